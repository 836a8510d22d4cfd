"""What the graph has already of what is handed in: the same, an earlier version of it, or nothing. Changes nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from graph.origins import is_place
from graph.store import Store
from graph.types import Document, State
from graph.work import Work
from ingest.extractors import BY_MODEL, QUICK
from ingest.looks import looks_again
from llm.ocr import is_service


class Standing(StrEnum):
    """How a file stands to what the graph has."""

    NEW = "new"
    CHANGED = "changed"
    """A new version of what its place held."""
    AGAIN = "again"
    """The same content, read or looked at in another way."""
    REST = "rest"
    """Here already, but its import was stopped before its end: what is left of it is done."""
    KNOWN = "known"
    TWICE = "twice"
    """The same content stands in the same import before."""


@dataclass(frozen=True, slots=True)
class Compared:
    """Documents that are handed in together, beside what the graph has.

    `places` are the addresses they were found at and `held` what these hold until now; `known` are the stored documents
    that matter here, `new` those that are to be stored, and `replaced` says which versions each document replaces.
    """

    places: dict[str, str] = field(default_factory=dict)
    held: dict[str, str] = field(default_factory=dict)
    known: dict[str, Document] = field(default_factory=dict)
    new: dict[str, Document] = field(default_factory=dict)
    replaced: dict[str, list[str]] = field(default_factory=dict)
    left: dict[str, Work] = field(default_factory=dict)
    """Of the known ones those that nobody goes on with although they are not finished, and what is next for them."""

    def standing(self, document: Document) -> Standing:
        """How one of the documents stands to what the graph has; a version that failed is none."""
        if document.id not in self.new:
            if looks_again(self.known[document.id], document):
                return Standing.AGAIN
            return Standing.REST if document.id in self.left else Standing.KNOWN
        if self._was_read(document.id):
            return Standing.AGAIN
        return Standing.CHANGED if any(map(self._was_read, self.replaced.get(document.id, ()))) else Standing.NEW

    def _was_read(self, id_: str) -> bool:
        return id_ in self.known and self.known[id_].state is not State.FAILED


def compare(
    store: Store, collection: str, documents: Sequence[Document], instead: dict[str, str], quick_again: bool = False
) -> Compared:
    """Look up what the graph has of these documents.

    A place that holds other content than before has a new version; so has what somebody says is one: `instead` names
    the document that an upload, by its address, replaces. What a model has read stays as it is where it would now be
    read without one, unless `quick_again`: whoever hands in a folder once more does not want its claims to go.
    """
    places = {d.uri: d.id for d in documents if is_place(d.uri)}
    held = store.origins.at(collection, [*places])
    earlier = {d.uri: instead[d.uri] for d in documents if d.uri in instead}
    known = store.documents.by_ids([*{*(d.id for d in documents), *held.values(), *earlier.values()}])
    new = {d.id: d for d in reversed(documents) if not _same(known.get(d.id), d, store, quick_again)}
    replaced = _replaced(store, places, held, new)
    for document in documents:
        old = known.get(earlier.get(document.uri, ""))
        if old is not None and old.id != document.id and document.id in new:
            replaced.setdefault(document.id, []).append(old.id)
    left = store.queue.left_off([*{d.id for d in documents if d.id in known}])
    return Compared(places, held, known, new, replaced, left)


def _same(known: Document | None, new: Document, store: Store, quick_again: bool) -> bool:
    """Whether the graph has this document already, read the same way; one that failed is tried again."""
    if known is None or known.state is State.FAILED:
        return False
    if is_service(new.ocr) and new.ocr != known.ocr and store.documents.coverage([known])[0].chunks.get(State.WAITING):
        return False
    if known.extractor in BY_MODEL and new.extractor == QUICK and known.claims == new.claims and not quick_again:
        return True
    asked = ((d.extractor, d.model, d.claims, d.schema) for d in (known, new))
    return next(asked) == next(asked)


def _replaced(
    store: Store, places: dict[str, str], held: dict[str, str], new: dict[str, Document]
) -> dict[str, list[str]]:
    """The versions that each document replaces: what its places held until now, and what that was to replace."""
    before = store.versions.replaced_by([*{*held.values(), *places.values()}])
    replaced: dict[str, list[str]] = {}
    for uri, id_ in places.items():
        previous = held.get(uri)
        if previous is not None and previous != id_:
            replaced.setdefault(id_, []).extend((previous, *before.get(previous, ())))
        elif id_ in new and id_ in before:
            # Stored anew, it would forget what it was to replace.
            replaced.setdefault(id_, []).extend(before[id_])
    return {id_: [old for old in dict.fromkeys(olds) if old != id_] for id_, olds in replaced.items()}
