"""A report: what was found, line by line, and a footnote for each place that it stands at, with whose words these are.

Made of a finding or of a part of the graph; written as Markdown, PDF or a page by itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Final

from graph.finding import Finding, Outcome, Piece
from graph.leaving import Credit, credit, public_address
from graph.taken import Claim, Taken, Told
from graph.types import Chunk, ChunkKind, Edge, Evidence, Node, Region, State
from llm.crops import Cropper
from share.report_words import word

MOST_CLAIMS: Final = 3_000
"""Claims of a report: more than anybody reads; other formats hold them all."""
MOST_PICTURES: Final = 60


@dataclass(frozen=True, slots=True)
class Footnote:
    """A place: the words there, in which document, on which page, and whose they are."""

    n: int
    quote: str
    owned: Credit
    page: int | None = None
    region: Region | None = None
    written_by: str | None = None
    chunk: str = ""
    document: str = ""
    media_type: str = ""
    kind: str = "text"
    picture: bytes | None = None
    """A JPEG of the place."""


@dataclass(frozen=True, slots=True)
class Line:
    """A sentence or claim, and the footnotes that carry it; not `supported` where they do not say so."""

    text: str
    notes: tuple[int, ...] = ()
    supported: bool = True
    by: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    heading: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """All that a report says; `footnotes` in the order of their numbers."""

    title: str
    question: str = ""
    note: str = ""
    about: tuple[str, ...] = ()
    """Model, person and date, as they are shown."""
    outcome: str = ""
    """The value of an `Outcome`, empty where it is no finding."""
    sections: tuple[Section, ...] = ()
    footnotes: tuple[Footnote, ...] = ()
    nodes: tuple[Node, ...] = ()
    edges: tuple[Edge, ...] = ()
    claims: Mapping[str, Line] = field(default_factory=dict)
    """What the edges say, by the claim they name."""
    language: str = "en"
    left_out: int = 0
    """How many claims there are besides."""


def of_finding(finding: Finding) -> Report:
    """The report of a finding, as it stood when it was kept."""
    notes = [_of_piece(piece) for piece in finding.evidence]
    by_place = {(note.chunk, note.page): note.n for note in notes}
    number = max((note.n for note in notes), default=0)
    owners = {note.document: note.owned for note in notes}
    claims: dict[str, Line] = {}
    for claim in finding.claims:
        numbers = []
        for stated in claim.sources:
            place = (stated.chunk, stated.page)
            if place not in by_place:
                number += 1
                by_place[place] = number
                owned = owners.get(stated.document) or Credit(stated.title, "", "", "")
                notes.append(
                    Footnote(number, stated.quote, owned, stated.page, stated.region, None, stated.chunk,
                             stated.document, owned.media_type)
                )  # fmt: skip
            numbers.append(by_place[place])
        claims[claim.id] = Line(claim.text, tuple(dict.fromkeys(numbers)), True, claim.model)
    said = [Line(each.text, tuple(sorted({c.n for c in each.citations})), each.supported) for each in finding.said]
    sections = [Section("answer", tuple(said))] if said else []
    if not said and finding.answer:
        sections.append(Section("answer", (Line(finding.answer, (), finding.outcome is not Outcome.ANSWERED),)))
    if claims:
        sections.append(Section("claims", tuple(claims.values())))
    about = tuple(each for each in (finding.model, finding.who, finding.created_at[:10]) if each)
    return Report(
        finding.title, finding.question, finding.note, about, finding.outcome.value, tuple(sections), tuple(notes),
        finding.nodes, finding.edges, claims, finding.language,
    )  # fmt: skip


def of_taken(taken: Taken, title: str, language: str = "en") -> Report:
    """The report of a part of the graph: its claims by what they are about, at most `MOST_CLAIMS` of them."""
    owned = {each.id: (credit(each), each.media_type) for each in taken.documents()}
    kinds = {each.id: each for each in taken.entities()}
    notes: dict[tuple[str, str, int | None], Footnote] = {}
    by_subject: dict[str, list[Line]] = {}
    lines: dict[str, Line] = {}
    edges: list[Edge] = []
    some = islice(taken.claims(), MOST_CLAIMS)
    for claim in sorted(some, key=lambda each: (each.subject_name, each.predicate, each.id)):
        numbers = [_numbered(told, claim, notes, owned) for told in claim.told if told.document in owned]
        lines[claim.id] = Line(claim.text, tuple(dict.fromkeys(numbers)), True, claim.model)
        by_subject.setdefault(claim.subject_name, []).append(lines[claim.id])
        edges.append(Edge(claim.subject, claim.object, claim.predicate, claim.id, claim.confidence))
    nodes = tuple(Node(id_, each.name, each.type) for id_, each in kinds.items())
    sections = tuple(Section(subject, tuple(said)) for subject, said in by_subject.items())
    return Report(title, sections=sections, footnotes=tuple(notes.values()), nodes=nodes, edges=tuple(edges),
                  claims=lines, language=language, left_out=max(0, len(taken.claim_ids) - MOST_CLAIMS))  # fmt: skip


def with_pictures(report: Report, cropper: Cropper, most: int = MOST_PICTURES) -> Report:
    """The report with a picture of each place that has one; what cannot be had is left out."""
    wanted = [_evidence(note) for note in report.footnotes if note.page is not None]
    pictures = {number: crop.jpeg for crop in cropper(wanted, most) for number in crop.numbers}
    return replace(report, footnotes=tuple(replace(note, picture=pictures.get(note.n)) for note in report.footnotes))


def where(note: Footnote, language: str) -> Iterator[str]:
    """Where a footnote's words stand and whose they are, a piece each."""
    yield note.owned.title
    if note.page is not None:
        yield word("page", language, n=note.page)
    yield from (each for each in (note.owned.attribution, note.owned.rights, note.owned.address) if each)


def _of_piece(piece: Piece) -> Footnote:
    owned = Credit(
        piece.title, public_address(piece.uri), piece.rights or "", piece.attribution or "", piece.language or "",
        piece.media_type,
    )  # fmt: skip
    return Footnote(
        piece.n, piece.quote, owned, piece.page, piece.region, piece.written_by, piece.chunk, piece.document,
        piece.media_type, piece.kind,
    )  # fmt: skip


def _numbered(
    told: Told,
    claim: Claim,
    notes: dict[tuple[str, str, int | None], Footnote],
    owned: Mapping[str, tuple[Credit, str]],
) -> int:
    place = (told.source.chunk, told.source.quote, told.source.start)
    if place not in notes:
        credit_, media_type = owned[told.document]
        notes[place] = Footnote(
            len(notes) + 1, told.source.quote or told.text or claim.text, credit_, told.page, told.region, None,
            told.source.chunk, told.document, media_type,
        )  # fmt: skip
    return notes[place].n


def _evidence(note: Footnote) -> Evidence:
    chunk = Chunk(
        note.chunk, note.document, 0, note.quote, 0, len(note.quote), kind=ChunkKind(note.kind), page=note.page,
        region=note.region, state=State.DONE,
    )  # fmt: skip
    return Evidence(note.n, chunk, note.owned.title, note.media_type, 0.0)


def numbers(notes: Iterable[int]) -> str:
    """Footnotes as they follow a sentence: [1][3]."""
    return "".join(f"[{n}]" for n in notes)
