"""A finding: an answer or a part of the graph that somebody kept, whole, with its sources as they stood that day.

It needs nothing of the graph to be read: a document that is removed takes nothing from the findings that quote it.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Final

from graph.ids import make_id
from graph.searched import Searched
from graph.types import DEFAULT_COLLECTION, Edge, Node, Region
from graph.ways import Filters

LONGEST_TITLE: Final = 200
LONGEST_NOTE: Final = 20_000
"""Characters of what people write beside a finding."""


class Outcome(StrEnum):
    """What a finding is: words of a model, evidence alone, that nothing was found, or a part of the graph."""

    ANSWERED = "answered"
    EVIDENCE_ONLY = "evidence_only"
    NOT_FOUND = "not_found"
    GRAPH = "graph"


class Standing(StrEnum):
    """What became of the place that a finding quotes."""

    HERE = "here"
    """The passage is in the graph as it was."""
    CHANGED = "changed"
    """Its document, or a newer version from the same place, is here; these words are not a passage of it any more."""
    GONE = "gone"
    """The document was removed; the finding keeps what it quotes."""


@dataclass(frozen=True, slots=True)
class Citation:
    """One [n] of a sentence. `quote` is what the source says at `start`:`end` (offsets in its document's text);
    where it was not found, the words the model claimed, and no place."""

    n: int
    quote: str = ""
    supported: bool = False
    start: int | None = None
    end: int | None = None


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence of the answer, `answer[start:end]`, its citations, and whether its sources say it."""

    text: str
    supported: bool
    citations: tuple[Citation, ...] = ()
    start: int = 0
    end: int = 0


@dataclass(frozen=True, slots=True)
class Stating:
    """What sources state about a question: a claim, or a sentence as it stands where no claim is about it as well."""

    text: str
    places: tuple[Citation, ...] = ()
    """Where the evidence says so, each place once; `supported`: the words were found there."""
    statement: str | None = None
    """The id of the claim; None for a sentence."""
    held: tuple[str, ...] = ()
    """When and where a claim holds, in the words of its sources, as far as its own words do not say it."""

    @property
    def numbers(self) -> list[int]:
        """The numbers of the evidence, in order, each once."""
        return sorted({place.n for place in self.places})


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of evidence as it stood: what `[n]` cites. `quote` is the whole passage, `start`:`end` its place."""

    n: int
    chunk: str
    document: str
    title: str
    quote: str
    start: int
    end: int
    page: int | None = None
    """Counts from 1; None for texts without pages."""
    canvas: str | None = None
    """The id of its IIIF canvas."""
    region: Region | None = None
    """Pixels of the rendered page (`PAGE_DPI`), picture or canvas."""
    kind: str = "text"
    """The value of a `ChunkKind`."""
    written_by: str | None = None
    """The model whose words the quote is; None for the source's own."""
    heading: str | None = None
    media_type: str = ""
    language: str | None = None
    uri: str = ""
    """Where the document came from: an address, a path or a file name."""
    sha256: str | None = None
    rights: str | None = None
    attribution: str | None = None
    image: str | None = None
    """The public https address of a picture of the place, where an institution serves one."""
    score: float = 0.0
    why: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Stated:
    """Where a claim of the subgraph is stated: the words and their place, as `Piece` has them."""

    chunk: str
    document: str
    title: str
    quote: str = ""
    start: int | None = None
    end: int | None = None
    page: int | None = None
    canvas: str | None = None
    region: Region | None = None
    supported: bool = False
    """Whether the quote was found in the passage."""
    when: str | None = None
    """The words of the source that say when; `edtf` is their form in EDTF."""
    edtf: str | None = None
    place: str | None = None


@dataclass(frozen=True, slots=True)
class Claim:
    """A statement of the subgraph with its sources; `id` is what `Edge.statement` names."""

    id: str
    subject: str
    predicate: str
    object: str
    text: str
    model: str = ""
    confidence: float = 1.0
    sources: tuple[Stated, ...] = ()


@dataclass(frozen=True, slots=True)
class GraphState:
    """The state of the collection that a finding came from: another whenever something in it changed."""

    stamp: int = 0
    corrected: int = 0


@dataclass(frozen=True, slots=True)
class Spent:
    """What the answer took: seconds altogether, tokens, dollars where the price is known."""

    seconds: float = 0.0
    tokens_in: int = 0
    tokens_out: int = 0
    estimated: bool = False
    cost: float | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """All that is kept. `title` and `note` can be edited later, the rest stays as it was."""

    title: str
    question: str = ""
    note: str = ""
    outcome: Outcome = Outcome.EVIDENCE_ONLY
    answer: str = ""
    said: tuple[Said, ...] = ()
    evidence: tuple[Piece, ...] = ()
    nodes: tuple[Node, ...] = ()
    edges: tuple[Edge, ...] = ()
    claims: tuple[Claim, ...] = ()
    """The statements that the edges name."""
    searched: Searched = field(default_factory=Searched)
    filters: Filters = field(default_factory=Filters)
    model: str | None = None
    mode: str = "auto"
    """The value of a `Mode`."""
    prompt: str | None = None
    """Name and version of the prompt."""
    language: str = "en"
    """The language of the interface that it was kept in."""
    who: str = ""
    created_at: str = ""
    """ISO 8601 in UTC."""
    edited_at: str | None = None
    collection: str = DEFAULT_COLLECTION
    state: GraphState = GraphState()
    spent: Spent = Spent()
    earlier: str | None = None
    """The finding whose question was asked again for this one."""
    stated: tuple[Stating, ...] = ()
    """What was shown in place of an answer that no model wrote, in the order in which it was shown."""

    @property
    def id(self) -> str:
        """The same answer kept twice under one title is one finding."""
        pieces = (f"{piece.n}:{piece.chunk}:{piece.start}:{piece.end}" for piece in self.evidence)
        drawn = sorted(node.id for node in self.nodes)
        said = (self.question, self.answer, self.mode, self.model, self.title)
        state = (self.state.stamp, self.state.corrected)
        return make_id("finding", self.collection, *said, *state, *pieces, *drawn)

    @property
    def documents(self) -> tuple[str, ...]:
        """The ids of all documents that it quotes, each once."""
        stated = (source.document for claim in self.claims for source in claim.sources)
        return tuple(dict.fromkeys((*(piece.document for piece in self.evidence), *stated)))

    @property
    def unsupported(self) -> int:
        """How many sentences their sources do not say."""
        return sum(not each.supported for each in self.said)


@dataclass(frozen=True, slots=True)
class Kept:
    """A stored finding: its id, which stays when the title is edited, and the finding itself."""

    id: str
    finding: Finding


@dataclass(frozen=True, slots=True)
class Listed:
    """A line of the list of findings."""

    id: str
    title: str
    question: str
    outcome: Outcome
    note: str
    model: str | None
    mode: str
    who: str
    created_at: str
    edited_at: str | None
    sentences: int
    unsupported: int
    evidence: int
    nodes: int


def with_words(finding: Finding, title: str | None = None, note: str | None = None) -> Finding:
    """The finding with another title or note, each no longer than it may be; an empty title changes nothing."""
    words = " ".join((title or "").split())[:LONGEST_TITLE]
    return replace(
        finding,
        title=words or finding.title,
        note=finding.note if note is None else note.strip()[:LONGEST_NOTE],
    )
