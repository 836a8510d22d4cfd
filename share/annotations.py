"""Findings and claims as W3C Web Annotations, or as an annotation page of IIIF Presentation 3: the words, and where.

Both have the same annotations; an IIIF page names its canvases, so that a viewer that has the manifest draws them. What
a claim is made of stands beside its words as `wk:claim`, so that another Wunderkammer takes in more than words.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from graph.export_jsonld import FRAGMENTS, address
from graph.finding import Finding, Piece, Stated
from graph.ids import make_id
from graph.leaving import Credit, credit, is_web, public_address
from graph.taken import Claim, Taken, Told
from graph.types import Entity, Region

Node = dict[str, Any]
W3C: Final = "http://www.w3.org/ns/anno.jsonld"
IIIF: Final = "http://iiif.io/api/presentation/3/context.json"
OURS: Final = {"wk": "urn:wunderkammer:vocabulary:"}


@dataclass(frozen=True, slots=True)
class Note:
    """What is said of a place: the words, who says it, and the place on its page."""

    id: str
    text: str
    by: str
    document: str
    owned: Credit
    page: int | None = None
    canvas: str | None = None
    region: Region | None = None
    quote: str = ""
    start: int | None = None
    end: int | None = None
    claim: Node | None = None
    created: str = ""


def notes_of(taken: Taken, document: str = "") -> Iterator[Note]:
    """A note for each source of each claim that was taken; with `document`, of that document only."""
    credits = {each.id: credit(each) for each in taken.documents()}
    known = {each.id: each for each in taken.entities()}
    for claim in taken.claims():
        for told in claim.told:
            if told.document in credits and document in ("", told.document):
                yield _of_claim(claim, told, credits[told.document], known)


def notes_of_finding(finding: Finding) -> Iterator[Note]:
    """A note for each piece of evidence, with the sentences that cite it, and for each source of its claims."""
    pieces = {piece.chunk: piece for piece in finding.evidence}
    owners = {piece.document: _credit_of(piece) for piece in finding.evidence}
    for piece in finding.evidence:
        said = [each.text for each in finding.said if any(cited.n == piece.n for cited in each.citations)]
        text = "\n".join(said) or finding.question or finding.title
        yield Note(
            make_id("note", finding.id, piece.n, piece.chunk), text, finding.model or finding.who or "hand",
            piece.document, owners[piece.document], piece.page, piece.canvas, piece.region, piece.quote, piece.start,
            piece.end, None, finding.created_at,
        )  # fmt: skip
    kinds = {node.id: node.type for node in finding.nodes}
    names = {node.id: node.label for node in finding.nodes}
    for claim in finding.claims:
        of = _claim_node(
            claim.id, (names.get(claim.subject, claim.subject), kinds.get(claim.subject, "Thing")), claim.predicate,
            (names.get(claim.object, claim.object), kinds.get(claim.object, "Thing")),
        )  # fmt: skip
        for stated in claim.sources:
            owned = owners.get(stated.document) or Credit(stated.title, "", "", "")
            region = stated.region or (pieces[stated.chunk].region if stated.chunk in pieces else None)
            yield Note(
                make_id("note", claim.id, stated.chunk, stated.start), claim.text, claim.model or "hand",
                stated.document, owned, stated.page, stated.canvas, region, stated.quote, stated.start, stated.end, of,
                finding.created_at,
            )  # fmt: skip


def annotation_page(notes: Iterable[Note], title: str, iiif: bool = False, base: str = "") -> Iterator[str]:
    """The JSON of an annotation page, a piece at a time. `base` is where the pages of own documents are published."""
    # Readers of IIIF take addresses of contexts only.
    about: Node = {"@context": IIIF if iiif else [OURS, W3C]}
    about |= {"id": f"urn:wunderkammer:annotations:{make_id('annotations', title)}", "type": "AnnotationPage"}
    about |= {"label": {"none": [title]}} if iiif else {"partOf": _collection(title)}
    yield json.dumps(about, ensure_ascii=False)[:-1] + ', "items": [\n'
    for number, note in enumerate(notes):
        yield (",\n" if number else "") + json.dumps(annotation(note, iiif, base), ensure_ascii=False)
    yield "\n]}\n"


def annotation(note: Note, iiif: bool = False, base: str = "") -> Node:
    """One annotation."""
    owned = note.owned
    source = ". ".join(
        each for each in (owned.title + (f", p. {note.page}" if note.page else ""), owned.attribution, owned.rights)
        if each
    )  # fmt: skip
    words: Node = {"type": "TextualBody", "value": note.text, "format": "text/plain", "purpose": "commenting"}
    origin: Node = {"type": "TextualBody", "value": source, "format": "text/plain", "purpose": "describing"}
    made: Node = {
        "id": f"urn:wunderkammer:annotation:{note.id}",
        "type": "Annotation",
        # What viewers show unasked.
        "motivation": "commenting",
        "creator": {"type": "Person" if note.by == "hand" else "Software", "name": note.by},
        "body": [words, origin],
        "target": _target(note, iiif, base),
    }
    if note.created:
        made["created"] = note.created
    if is_web(owned.rights) and " " not in owned.rights:
        made["rights"] = owned.rights
    return made | ({"wk:claim": note.claim} if note.claim else {})


def _target(note: Note, iiif: bool, base: str) -> Node:
    selectors: list[Node] = []
    if note.region:
        selectors.append({"type": "FragmentSelector", "conformsTo": FRAGMENTS, "value": f"xywh={note.region}"})
    if note.quote:
        selectors.append({"type": "TextQuoteSelector", "exact": note.quote})
    if note.start is not None and note.end is not None:
        selectors.append({"type": "TextPositionSelector", "start": note.start, "end": note.end})
    place = note.canvas or page_address(note.document, note.page, base)
    source: Node | str = place
    if iiif:
        manifest = note.owned.address if note.canvas and is_web(note.owned.address) else ""
        within = {"partOf": [{"id": manifest, "type": "Manifest"}]} if manifest else {}
        source = {"id": place, "type": "Canvas", **within}
    target: Node = {"type": "SpecificResource", "source": source}
    return target | ({"selector": selectors} if selectors else {})


def page_address(document: str, page: int | None, base: str = "") -> str:
    """What a page of a document of our own is called where it has no canvas."""
    if base:
        return f"{base.rstrip('/')}/document/{document}" + (f"/page/{page}" if page else "")
    return address("document", document) + (f":page:{page}" if page else "")


def _collection(title: str) -> Node:
    id_ = f"urn:wunderkammer:annotations:{make_id('collection', title)}"
    return {"id": id_, "type": "AnnotationCollection", "label": title}


def _of_claim(claim: Claim, told: Told, owned: Credit, known: dict[str, Entity]) -> Note:
    ends = [known.get(id_) for id_ in (claim.subject, claim.object)]
    (subject, object_) = (
        (end.name if end else name, end.type if end else "Thing")
        for end, name in zip(ends, (claim.subject_name, claim.object_name), strict=True)
    )
    source = told.source
    return Note(
        make_id("note", claim.id, source.chunk, source.start), told.text or claim.text, told.model or "hand",
        told.document, owned, told.page, told.canvas, told.region, source.quote, source.start, source.end,
        _claim_node(claim.id, subject, claim.predicate, object_),
    )  # fmt: skip


def _claim_node(id_: str, subject: tuple[str, str], predicate: str, object_: tuple[str, str]) -> Node:
    ends = {"wk:subject": subject, "wk:object": object_}
    said = {name: {"wk:name": end, "wk:kind": kind} for name, (end, kind) in ends.items()}
    return {"id": address("claim", id_), "wk:predicate": predicate, **said}


def _credit_of(piece: Piece | Stated) -> Credit:
    if isinstance(piece, Stated):
        return Credit(piece.title, "", "", "")
    return Credit(
        piece.title, public_address(piece.uri), piece.rights or "", piece.attribution or "", piece.language or "",
        piece.media_type,
    )  # fmt: skip
