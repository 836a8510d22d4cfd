"""A manifest of either version as one shape: its canvases in order, and the ranges above each of them."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass

from ingest.iiif_canvas import Canvas, annotations_in, canvas_of
from ingest.iiif_json import Node, first, id_of, listed, nodes, text_of, type_of
from ingest.iiif_service import restricted_services
from ingest.iiif_words import best

MAX_DEPTH = 12


@dataclass(frozen=True, slots=True)
class RangeLabel:
    """One heading of the table of contents; `key` tells it from others of the same words."""

    key: int
    text: str


def is_manifest(about: Node) -> bool:
    """Whether this is a manifest, also one that says so only by what it holds."""
    kind = type_of(about)
    if kind in {"Manifest", "Collection"}:
        return kind == "Manifest"
    if "sequences" in about or "mediaSequences" in about:
        return True
    return not kind and any(type_of(each) == "Canvas" for each in nodes(about.get("items")))


def is_collection(about: Node) -> bool:
    """Whether this is a collection, also one that says so only by what it holds."""
    if kind := type_of(about):
        return kind in {"Collection", "CollectionPage"}
    return any(name in about for name in ("manifests", "collections", "members")) and not is_manifest(about)


def canvas_nodes(manifest: Node) -> list[Node]:
    """The canvases as they stand in the manifest: of the first sequence that holds any, and recordings beside them."""
    found: list[Node] = []
    for sequence in nodes(manifest.get("sequences")):
        found = list(nodes(first(sequence, "canvases", "items")))
        if found:
            break
    if not found:
        found = [each for each in nodes(manifest.get("items")) if type_of(each) not in {"Manifest", "Collection"}]
    for sequence in nodes(manifest.get("mediaSequences")):
        for each in nodes(sequence.get("elements")):
            found.append({**each, "items": [{"body": each}]})
    return found


def canvases(manifest: Node, among: list[Node]) -> Iterator[Canvas]:
    """The canvases of these nodes one by one, each with the annotations of the manifest that are about it."""
    named = restricted_services(manifest)
    about: dict[str, list[Node]] = {}
    for each in annotations_in([*listed(manifest.get("annotations")), *listed(manifest.get("otherContent"))]):
        about.setdefault(_subject(first(each, "target", "on")), []).append(each)
    for each in among:
        yield canvas_of(each, named, about.get(id_of(each), []) if id_of(each) else [])


def _subject(target: object, depth: int = 0) -> str:
    """The canvas that an annotation is about."""
    for each in listed(target)[:1]:
        inner = first(each, "source", "full") if isinstance(each, dict) else None
        return _subject(inner, depth + 1) if inner is not None and depth < 4 else id_of(each)
    return ""


def headings(manifest: Node) -> dict[str, tuple[RangeLabel, ...]]:
    """The labels of the ranges that each canvas lies in, outermost first: of the deepest range that names it.

    Ranges that contain each other are walked once. The range that only is the table of contents itself is left out.
    """
    every = list(_ranges(manifest.get("structures")))
    by_id: dict[str, int] = {}
    for number, each in enumerate(every):
        if id_of(each):
            by_id.setdefault(id_of(each), number)
    own = {id(each): number for number, each in enumerate(every)}
    inner = [_inner(each, by_id, own) for each in every]
    roots = sorted(set(range(len(every))) - {number for children in inner for number in children})
    paths: dict[str, tuple[RangeLabel, ...]] = {}
    seen: set[int] = set()
    # Ranges in a circle have no root: they are begun at the first that was not seen.
    for root in (*roots, *range(len(every))):
        waiting: list[tuple[int, tuple[RangeLabel, ...]]] = [(root, ())]
        while waiting:
            number, above = waiting.pop()
            if number in seen:
                continue
            seen.add(number)
            path = _below(every[number], number, above)
            for canvas in _members(every[number], by_id):
                if canvas not in paths or len(paths[canvas]) < len(path):
                    paths[canvas] = path
            waiting += [(child, path) for child in reversed(inner[number])]
    return paths


def _below(about: Node, number: int, above: tuple[RangeLabel, ...]) -> tuple[RangeLabel, ...]:
    hints = {text_of(each) for each in (*listed(about.get("viewingHint")), *listed(about.get("behavior")))}
    label = best(about.get("label"))[:300]
    if "top" in hints or not label or len(above) >= MAX_DEPTH:
        return above
    return (*above, RangeLabel(number, label))


def _ranges(value: object) -> Iterator[Node]:
    """All ranges, those within others after them."""
    waiting = deque(nodes(value))
    seen: set[int] = set()
    while waiting:
        each = waiting.popleft()
        if id(each) in seen:
            continue
        seen.add(id(each))
        yield each
        for name in ("items", "ranges", "members"):
            waiting += [inner for inner in nodes(each.get(name)) if type_of(inner) == "Range" and _holds(inner)]


def _holds(about: Node) -> bool:
    """Whether a range is described here; otherwise it is only named."""
    return any(name in about for name in ("items", "ranges", "canvases", "members", "label"))


def _inner(about: Node, by_id: dict[str, int], own: dict[int, int]) -> list[int]:
    """The ranges in a range: described in it, or named."""
    found: list[int] = []
    for name in ("ranges", "items", "members"):
        for each in listed(about.get(name)):
            number = by_id.get(id_of(each), own.get(id(each)))
            if number is not None:
                found.append(number)
    return list(dict.fromkeys(found))


def _members(about: Node, by_id: dict[str, int]) -> Iterator[str]:
    """The canvases that a range names itself."""
    for name in ("canvases", "items", "members"):
        for each in listed(about.get(name)):
            source = first(each, "source", "full") if isinstance(each, dict) else None
            found = id_of(source if source is not None else each)
            if found and type_of(each) != "Range" and found not in by_id:
                yield found
