"""In which formats a thing can be had: a line each, and one function that writes any of them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from graph.export import FORMATS
from graph.finding import Finding
from graph.store import Store
from graph.taken import Selection
from graph.types import Document
from graph.whole_file import whole_file
from llm.crops import Cropper
from share.alone import to_page
from share.annotations import annotation_page, notes_of, notes_of_finding
from share.report import of_finding, of_taken, with_pictures
from share.report_file import write_report

COLLECTION, DOCUMENT, CANVAS, FINDING = "collection", "document", "canvas", "finding"
_PARTS: Final = frozenset((DOCUMENT, CANVAS, FINDING))
_ALL: Final = _PARTS | {COLLECTION}
_SOURCES: Final = frozenset((COLLECTION, DOCUMENT, FINDING))


@dataclass(frozen=True, slots=True)
class Offer:
    """A format: `name` is what texts about it are found by; `things` are the kinds that can be had in it."""

    name: str
    suffix: str
    media_type: str
    things: frozenset[str]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to leave the house: a kind of the above, what it is called, and what it is."""

    kind: str
    title: str
    selection: Selection
    finding: Finding | None = None


OFFERS: Final = (
    Offer("pdf", ".pdf", "application/pdf", _PARTS),
    Offer("markdown", ".zip", "application/zip", _PARTS),
    Offer("html", ".html", "text/html", frozenset((FINDING, CANVAS))),
    Offer("annotations", ".annotations.json", "application/ld+json", frozenset((DOCUMENT, FINDING))),
    Offer("iiif", ".iiif.json", "application/ld+json", frozenset((DOCUMENT, FINDING))),
    *(
        Offer(each.name, each.suffix, each.media_type, _SOURCES if each.name in ("csl", "bibtex") else _ALL)
        for each in FORMATS.values()
    ),
)


def offers(kind: str) -> list[Offer]:
    """The formats of a kind of thing, those to read before those for programs."""
    return [each for each in OFFERS if kind in each.things]


def of_collection(collections: Iterable[str], title: str) -> Wanted:
    """Everything of some collections."""
    return Wanted(COLLECTION, title, Selection(tuple(collections), title=title))


def of_document(document: Document) -> Wanted:
    """A document, and all that it says."""
    selection = Selection((document.collection,), documents=(document.id,), title=document.title)
    return Wanted(DOCUMENT, document.title, selection)


def of_canvas(collections: Iterable[str], entities: Iterable[str], title: str) -> Wanted:
    """Some people, places and things, and what joins them."""
    return Wanted(CANVAS, title, Selection(tuple(collections), tuple(entities), title=title))


def of_kept(finding: Finding) -> Wanted:
    """A finding; for programs what of it is still in the graph, for readers all of it as it stood."""
    return Wanted(FINDING, finding.title, part_of(finding), finding)


def part_of(finding: Finding) -> Selection:
    """What of a finding is still in the graph: its claims, its people, places and things, its passages."""
    return Selection(
        (finding.collection,),
        tuple(node.id for node in finding.nodes),
        tuple(claim.id for claim in finding.claims),
        tuple(piece.chunk for piece in finding.evidence),
        title=finding.title,
    )


def file_name(wanted: Wanted, offer: Offer) -> str:
    """A name for the file: words of the title, small letters without accents."""
    plain = unicodedata.normalize("NFKD", wanted.title.replace("ß", "ss")).encode("ascii", "ignore").decode().lower()
    words = re.findall(r"[a-z0-9]+", plain)[:8]
    return ("-".join(words)[:60] or "wunderkammer") + offer.suffix


def write(store: Store, wanted: Wanted, offer: Offer, out: Path, cropper: Cropper, language: str = "en") -> None:
    """Write a thing in a format; `cropper` makes pictures of places. Raises what `graph.whole_file` raises."""
    finding = wanted.finding
    if offer.name in FORMATS:
        store.exports.write(wanted.selection, FORMATS[offer.name], out)
        return
    if offer.name in ("annotations", "iiif"):
        of = wanted.selection.documents[0] if wanted.selection.documents else ""
        notes = notes_of_finding(finding) if finding else notes_of(store.exports.take(wanted.selection), of)
        pieces = annotation_page(notes, wanted.title, offer.name == "iiif")
    else:
        taken = store.exports.take
        report = of_finding(finding) if finding else of_taken(taken(wanted.selection), wanted.title, language)
        report = with_pictures(report, cropper)
        if offer.name != "html":
            write_report(report, offer.name, out)
            return
        pieces = to_page([report], report.language)
    with whole_file(out) as path, path.open("w", encoding="utf-8", newline="") as file:
        file.writelines(pieces)
