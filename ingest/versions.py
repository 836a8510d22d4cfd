"""New versions: the same file or address with other content. What stayed the same is taken over, the old version goes.

The old version stays, and can be found, until the new one has been read. One that cannot be read replaces nothing.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from graph.contents import was_stored
from graph.contents_room import due, has_original, holdings, looked_at
from graph.errors import SourceError, StoreError
from graph.removal import Removed
from graph.store import Store
from graph.types import Chunk, ChunkKind, Document, State
from graph.versions import Same
from ingest.files import FileStore
from ingest.texts import document_text

CONTEXT = 400
"""Characters before a passage that a model is shown with it: where they differ, “he” may be somebody else."""

LEFT_ALONE = 3600.0
"""Seconds for which a copy stays that no document has."""

Key = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Settled:
    """How a new version came in: passages that kept their claims, and those that kept their vectors."""

    claims: int = 0
    vectors: int = 0


def settle(store: Store, files: FileStore, document: Document) -> Settled:
    """Take over what is still true of the versions that a document replaces, and remove them; can be repeated.

    A version that another file or address still holds stays, under that address.
    """
    replaced = store.versions.replaced_by([document.id]).get(document.id, ())
    old = store.documents.by_ids(replaced)
    held = store.origins.of(replaced)
    claims = vectors = 0
    for id_ in replaced:
        if id_ in old and id_ in held:
            store.versions.drop(document.id, id_)
            if old[id_].uri not in held[id_]:
                store.origins.move(id_, held[id_][0])
        elif id_ in old:
            taken = _take_over(store, files, old[id_], document)
            claims, vectors = claims + taken.claims, vectors + taken.vectors
            store.versions.carry_added(id_, document.id)
            remove(store, files, old[id_])
    return Settled(claims, vectors)


def settle_all(store: Store, files: FileStore) -> None:
    """Settle what an interruption left beside its new version."""
    for document in store.documents.by_ids(store.versions.unsettled()).values():
        settle(store, files, document)


def remove(store: Store, files: FileStore, document: Document) -> Removed:
    """Take a document out of the graph, and its copy where no other document shares it; returns what went."""
    removed = store.removal.remove(document.id, document.collection)
    if document.sha256 and not store.documents.with_content(document.sha256):
        files.remove(document.sha256)
    return removed


def tidy_files(store: Store, files: FileStore) -> None:
    """Where a storage stands behind the files: remove what was left there, and copies of what other machines removed.

    Does nothing more where the storage does not answer: the next worker does it.
    """
    for sha256 in files.left_behind():
        if store.documents.with_content(sha256):
            files.stays(sha256)
        else:
            files.remove(sha256)
            if sha256 in files.left_behind():
                return
    if files.storage is None or not due(files):
        return
    known = {each.id for each in store.cabinets.listed()}
    held = {sha256 for each in store.documents.every(sorted(known)) for sha256 in (each.sha256, each.claims)}
    for here in list(holdings(files)):
        # What came in a moment ago may be an import that is not in the graph yet.
        unknown = here.folder.name not in held and was_stored(here.folder)
        if unknown and time.time() - here.used > LEFT_ALONE:
            try:
                gone = not has_original(files, here.folder.name)
            except StoreError:
                return
            if gone:
                files.remove(here.folder.name)
    looked_at(files)


def _take_over(store: Store, files: FileStore, old: Document, new: Document) -> Settled:
    before = list(store.documents.all_chunks(old.id))
    if not before:
        return Settled()
    now = list(store.documents.all_chunks(new.id))
    claims = 0
    if _read_alike(old, new):
        try:
            texts = document_text(files, old), document_text(files, new)
        except SourceError:
            texts = ("", "")
        same = _pairs(_in_context(before, texts[0]), _in_context(now, texts[1])) if all(texts) else []
        claims = store.versions.carry_claims(same, new.collection)
    words = _pairs(((c, (c.text,)) for c in before if c.text), ((c, (c.text,)) for c in now if c.text))
    return Settled(claims, store.versions.carry_vectors(words))


def _read_alike(old: Document, new: Document) -> bool:
    """Whether a model read both in the same way. Rules understand names across a whole document, and cost nothing."""
    way = (old.extractor, old.model, old.claims, old.schema, old.collection)
    return way == (new.extractor, new.model, new.claims, new.schema, new.collection) and new.extractor not in {
        "quick",
        "hand",
    }


def _in_context(chunks: Sequence[Chunk], text: str) -> Iterable[tuple[Chunk, Key]]:
    """Passages with all that a model is shown of them."""
    for each in chunks:
        if each.kind is not ChunkKind.CAPTION and each.text:
            yield each, (each.heading or "", text[max(0, each.start - CONTEXT) : each.start], each.text)


def _pairs(before: Iterable[tuple[Chunk, Key]], now: Iterable[tuple[Chunk, Key]]) -> list[Same]:
    """Passages with the same key, in order: the first with the first, each once."""
    waiting: dict[Key, list[Chunk]] = {}
    for chunk, key in before:
        waiting.setdefault(key, []).append(chunk)
    found: list[Same] = []
    for chunk, key in now:
        if (known := waiting.get(key)) and chunk.state is not State.FAILED:
            old = known.pop(0)
            found.append(Same(old.id, chunk.id, chunk.start - old.start))
    return found
