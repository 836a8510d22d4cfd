"""What is drawn on a page: the cited place, the claims where their words stand, the parts that somebody described.

Ids say what a click means: `claim:ID` a claim of the page, `part:x,y,w,h` a described part, `cited` the place itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from graph.explore import ClaimOfChunk
from graph.types import Chunk, ChunkKind, Document, Region
from pages.language import say
from pages.parts import pictures
from pages.parts.cabinet import Cabinet
from pages.parts.passages import Span
from pages.parts.plain import shortened
from pages.parts.viewer import Kind, Sheet, Spot
from pages.parts.whose import claims_of, words_of

MOST = 150
"""Places that are drawn; a page with more is a list that nobody could click."""
CITED, CLAIM, PART = "cited", "claim:", "part:"
_PARTS = frozenset({ChunkKind.CAPTION, ChunkKind.ANNOTATION})


@dataclass(frozen=True, slots=True)
class Drawn:
    """The places of a page, the one to be seen first, and the words of what was chosen."""

    spots: tuple[Spot, ...] = ()
    fit: Region | None = None
    chosen: str = ""


def drawn(
    cabinet: Cabinet,
    document: Document,
    sheet: Sheet,
    page: int,
    chunks: Sequence[Chunk],
    claims: Sequence[ClaimOfChunk],
    span: Span | None,
    region: Region | None,
    claim: str | None = None,
) -> Drawn:
    """The places of a page; `span`, `region` and `claim` say what was cited or chosen."""
    whole = Region(0, 0, sheet.page_width, sheet.page_height)
    by_id = {chunk.id: chunk for chunk in chunks}
    cited = _cited(cabinet, document, page, span, region)
    own = _claims(cabinet, document, page, by_id, claims, whole)
    parts = _parts(chunks, whole)
    chosen = _chosen(claims, parts, claim, region)
    taken = {spot.region for spot in cited if spot.kind is Kind.CITED}
    others = [spot for spot in (*parts, *own) if spot.region not in taken]
    around = cited[0].region if cited else None
    for spot in cited[1:]:
        around = around.union(spot.region) if around else spot.region
    if around == whole:
        return Drawn(tuple(others[:MOST]), None, chosen)
    return Drawn((*others[:MOST], *cited), around, chosen)


def _cited(cabinet: Cabinet, document: Document, page: int, span: Span | None, region: Region | None) -> list[Spot]:
    boxes = pictures.boxes(cabinet.files, document, page, (span,))[0] if span else ()
    if boxes:
        return [Spot(CITED, Kind.WORDS, box, say("spots.cited")) for box in boxes]
    return [Spot(CITED, Kind.CITED, region, say("spots.cited"))] if region else []


def _claims(
    cabinet: Cabinet,
    document: Document,
    page: int,
    chunks: dict[str, Chunk],
    claims: Sequence[ClaimOfChunk],
    whole: Region,
) -> list[Spot]:
    """Claims where their words stand on the page; where that is not known, as the place of their passage."""
    spans = [(c.source.start, c.source.end) for c in claims if c.source.start is not None and c.source.end is not None]
    boxes = dict(zip(spans, pictures.boxes(cabinet.files, document, page, tuple(spans)), strict=True))
    spots: dict[tuple[str, Region], Spot] = {}
    for made in claims:
        chunk = chunks[made.chunk]
        found = boxes.get((made.source.start or 0, made.source.end or 0), ())
        if not found and chunk.kind not in _PARTS and chunk.region and chunk.region != whole:
            found = (chunk.region,)
        label = " · ".join(filter(None, (shortened(made.text, 200), claims_of(chunk))))
        for box in found:
            spots.setdefault((made.statement, box), Spot(f"{CLAIM}{made.statement}", Kind.CLAIM, box, label))
    return [*spots.values()]


def _parts(chunks: Sequence[Chunk], whole: Region) -> list[Spot]:
    """The parts of the page that somebody described, largest first, so that what lies in another can be clicked."""
    known: dict[Region, Spot] = {}
    for chunk in chunks:
        if chunk.kind in _PARTS and chunk.region and chunk.region != whole and chunk.text:
            label = " · ".join(filter(None, (shortened(chunk.text, 200), words_of(chunk))))
            known.setdefault(chunk.region, Spot(f"{PART}{chunk.region}", Kind.PART, chunk.region, label))
    return sorted(known.values(), key=lambda spot: -spot.region.w * spot.region.h)


def _chosen(claims: Sequence[ClaimOfChunk], parts: Sequence[Spot], claim: str | None, region: Region | None) -> str:
    said = next((each.text for each in claims if each.statement == claim), None) if claim else None
    said = said or next((spot.label for spot in parts if spot.region == region), "")
    return shortened(said, 300)
