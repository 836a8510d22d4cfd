"""Collections of either version, listed without fetching anything: a page of entries when it is asked for.

Entries are manifests and collections, embedded or only named. A collection that is given in pages (`first`, `next`)
says where the next page is; who wants it fetches that.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Final

from graph.errors import SourceError, WrongUse
from ingest.files import clean_name
from ingest.iiif_errors import CollectionEmpty, CollectionGiven, JsonWithoutIiif
from ingest.iiif_json import Node, first, id_of, listed, load, nodes, number, type_of
from ingest.iiif_manifest import canvas_nodes, is_collection, is_manifest
from ingest.iiif_words import best
from ingest.sources.base import Limits

AT_ONCE: Final = 100
_PARTS: Final = ("items", "members", "collections", "manifests")
_LABEL: Final = 300


class TooManyManifests(WrongUse):
    en = "{count} manifests are more than {limit} at once. Choose fewer, or raise the limit."
    de = "{count} Manifeste sind mehr als {limit} auf einmal. Bitte weniger auswählen oder die Grenze höher setzen."


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing in a collection: `type` is Manifest or Collection, `count` how many are in it, None where unknown.

    `path` leads to it from the collection, for `children`; `embedded` is whether its own entries are in this file.
    """

    label: str
    id: str
    type: str
    count: int | None = None
    path: tuple[int, ...] = ()
    embedded: bool = False


@dataclass(frozen=True, slots=True)
class Listing:
    """A page of a collection: `total` entries in this file, and the address of what follows elsewhere, if anything."""

    label: str
    entries: tuple[Entry, ...]
    total: int
    start: int = 0
    next_page: str | None = None


def listing(collection: Node, path: Sequence[int] = (), start: int = 0, count: int = AT_ONCE) -> Listing:
    """The entries from `start` on of a collection, or of the embedded one at `path`; one that is not there is empty."""
    about: Node = collection
    for step in path:
        below = list(islice(_members(about), step, step + 1)) if step >= 0 else []
        about = below[0] if below else {}
    every = list(_members(about))
    begin = max(start, 0)
    chosen = every[begin : begin + max(count, 0)]
    entries = tuple(_entry(each, (*path, begin + n)) for n, each in enumerate(chosen))
    return Listing(best(about.get("label"))[:_LABEL], entries, len(every), begin, _next(about))


def listed_file(
    path: Path, name: str, limits: Limits, inside: Sequence[int] = (), start: int = 0, count: int = AT_ONCE
) -> Listing:
    """What `listing` says of a file; a manifest is listed as its own only entry. Raises as a manifest that is read."""
    for each in nodes(load(path, name, limits)):
        if is_manifest(each):
            entry = _entry(each, ())
            return Listing(entry.label, (entry,)[start : start + max(count, 0)], 1, start)
        if is_collection(each):
            return listing(each, inside, start, count)
    raise JsonWithoutIiif(name=clean_name(name))


def addresses(chosen: Sequence[Entry], limit: int) -> tuple[str, ...]:
    """Where the chosen manifests are, each once; raises `TooManyManifests`. Collections are left out."""
    found = tuple(dict.fromkeys(each.id for each in chosen if each.type == "Manifest" and _is_address(each.id)))
    if len(found) > limit:
        raise TooManyManifests(count=len(found), limit=limit)
    return found


def refuse(collection: Node, name: str, where: str = "") -> SourceError:
    """What to say to whoever imports a collection as if it were a document; `where` is its address, if it has one."""
    page = listing(collection, count=0)
    if not page.total and page.next_page is None:
        return CollectionEmpty(name=name)
    example = (_example(collection) or page.next_page or "…")[:300]
    return CollectionGiven(name=name, count=page.total, example=example, where=where or name)


def _example(collection: Node, depth: int = 0) -> str:
    """The address of a manifest in a collection, also of one in a collection in it; else of whatever is in it."""
    every = [(each, id_of(each)) for each in islice(_members(collection), AT_ONCE)]
    for each, address in every:
        if _is_address(address) and type_of(each) == "Manifest":
            return address
    if depth < 4 and (found := next((found for each, _ in every if (found := _example(each, depth + 1))), "")):
        return found
    return next((address for _, address in every if _is_address(address)), "")


def _members(about: Node) -> Iterator[Node]:
    """The entries of a collection in order, each once, by all names that they have in the versions."""
    seen: set[str] = set()
    first_page = about.get("first")
    holders = [about, first_page] if isinstance(first_page, dict) else [about]
    for holder in holders:
        for part in _PARTS:
            for each in listed(holder.get(part)):
                entry = _described(each, part)
                if entry is None or (id_of(entry) and id_of(entry) in seen):
                    continue
                seen.add(id_of(entry))
                yield entry


def _described(each: object, part: str) -> Node | None:
    if isinstance(each, str):
        return {"id": each, "type": "Collection" if part == "collections" else "Manifest"} if each.strip() else None
    if not isinstance(each, dict) or not (id_of(each) or first(each, "label")):
        return None
    return each


def _entry(about: Node, path: tuple[int, ...]) -> Entry:
    kind = type_of(about)
    if kind not in {"Manifest", "Collection"}:
        kind = "Collection" if any(name in about for name in _PARTS) else "Manifest"
    inside = sum(1 for _ in _members(about)) if kind == "Collection" else _canvases(about)
    given = number(first(about, "total", "totalItems"))
    count = inside or (int(given) if given is not None else None)
    label = best(about.get("label"))[:_LABEL] or id_of(about)
    return Entry(label, id_of(about), kind, count, path, embedded=kind == "Collection" and inside > 0)


def _canvases(about: Node) -> int:
    """How many canvases an embedded manifest has; 0 for one that is only named."""
    return len(canvas_nodes(about))


def _next(about: Node) -> str | None:
    """Where a collection goes on: its next page, or its first where none of it is here."""
    held = about.get("first")
    for each in ((held if isinstance(held, dict) else {}).get("next"), about.get("next"), held):
        if _is_address(id_of(each)) and not (each is held and isinstance(held, dict) and any(_members(about))):
            return id_of(each)
    return None


def _is_address(text: str) -> bool:
    return text.startswith(("http://", "https://"))
