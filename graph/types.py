"""The nouns of the product: frozen values, no dictionaries between modules, no statement without its source.

Offsets `start` and `end` count characters (Unicode code points) of the document's text, `end` exclusive.
Pages count from 1. Regions are whole pixels of the rendered page (`PAGE_DPI`), picture or IIIF canvas, origin top left.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from graph.competing import Claimed as Claimed
from graph.competing import Competing as Competing
from graph.errors import Failure
from graph.ids import make_id as make_id
from graph.ids import normalise as normalise
from graph.ids import statement_id as statement_id
from graph.searched import Searched as Searched
from graph.ways import Way
from graph.when import When

DEFAULT_COLLECTION = "default"
PAGE_DPI = 144
"""Pages of a PDF are rendered with this many pixels per inch: two pixels a point, sharp enough to read on a screen."""


class State(StrEnum):
    """State of a document or chunk as a unit of work."""

    PENDING = "pending"
    RUNNING = "running"
    DONE = "done"
    EMPTY = "empty"
    FAILED = "failed"
    WAITING = "waiting"
    """Needs something that is not here yet, such as a vision model for a page without text."""
    SKIPPED = "skipped"
    """Is nothing that is read here, such as a page that is sound: neither a failure nor anything to wait for."""


class ChunkKind(StrEnum):
    TEXT = "text"
    CAPTION = "caption"
    OCR = "ocr"
    ANNOTATION = "annotation"
    METADATA = "metadata"


class Mode(StrEnum):
    """How evidence is looked for; see `llm.retrieve`."""

    AUTO = "auto"
    HYBRID = "hybrid"
    GRAPH = "graph"
    GLOBAL = "global"
    PATH = "path"
    CYPHER = "cypher"
    CHECKED = "checked"
    """As auto finds them, then looked through by a model; see `llm.checked`."""


@dataclass(frozen=True, slots=True, order=True)
class Region:
    """A rectangle in whole pixels of a page image or canvas, origin top left; written `x,y,w,h` as IIIF does."""

    x: int
    y: int
    w: int
    h: int

    def __str__(self) -> str:
        return f"{self.x},{self.y},{self.w},{self.h}"

    @classmethod
    def parse(cls, text: str) -> Region:
        """Read `x,y,w,h`; raises ValueError for anything else."""
        x, y, w, h = (int(part) for part in text.split(","))
        return cls(x, y, w, h)

    def union(self, other: Region) -> Region:
        """The smallest rectangle around both."""
        x, y = min(self.x, other.x), min(self.y, other.y)
        return Region(x, y, max(self.x + self.w, other.x + other.w) - x, max(self.y + self.h, other.y + other.h) - y)


@dataclass(frozen=True, slots=True)
class Collection:
    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Document:
    """One imported source. `uri` is where it came from (file name or address), `sha256` names its copy in `files/`."""

    id: str
    title: str
    uri: str
    media_type: str
    collection: str = DEFAULT_COLLECTION
    sha256: str | None = None
    size: int = 0
    language: str | None = None
    rights: str | None = None
    attribution: str | None = None
    pages: int = 0
    characters: int = 0
    text_sha256: str | None = None  # of its kept text: a copy with another hash is old
    state: State = State.PENDING
    failure: Failure | None = None
    added_at: str = ""
    extractor: str = "quick"
    model: str | None = None
    job: str | None = None
    claims: str | None = None
    """sha256 of the statements file whose hand-made claims belong to this document."""
    ocr: str | None = None
    """What reads its pages without text; None: they wait for a vision model."""
    left_out: tuple[str, ...] = ()
    """Lines that stand on many of its pages and are no part of its text, such as running heads, with how often."""
    pages_failed: int = 0
    pages_waiting: int = 0
    """Pages without words, because they could not be read or wait for a model that can see. The store counts both."""
    schema: str | None = None
    """Id of the kinds and relations its claims were asked for with (`graph.schemas`); None: no choice was made."""
    caption_model: str | None = None
    caption_language: str | None = None
    """The vision model that describes its pictures, and the language it does so in; None: they wait for one."""


@dataclass(frozen=True, slots=True)
class Chunk:
    """A passage of a document with its exact place. `text` is the document's text from `start` to `end`.

    `image_uri` is relative to `files/`; the page image may be rendered on first use (`ingest.images.page_image`).
    `state` is that of extraction; `embedded` says whether the passage can be found by meaning already.
    """

    id: str
    document: str
    index: int
    text: str
    start: int
    end: int
    collection: str = DEFAULT_COLLECTION
    kind: ChunkKind = ChunkKind.TEXT
    page: int | None = None
    canvas: str | None = None
    region: Region | None = None
    image_uri: str | None = None
    heading: str | None = None
    state: State = State.PENDING
    failure: Failure | None = None
    embedded: bool = False
    written_by: str | None = None
    """The model whose words `text` is (a caption), or that read them off a picture; None for the source's own words."""


@dataclass(frozen=True, slots=True)
class Entity:
    """A person, place, thing or idea. `trust` ranks where its type comes from: 0 unknown, 1 rule, 2 model, 3 person."""

    id: str
    name: str
    collection: str = DEFAULT_COLLECTION
    type: str = "Thing"
    trust: int = 0
    aliases: tuple[str, ...] = ()
    description: str = ""
    same_as: tuple[str, ...] = ()
    """Addresses of entries in authority files that a person found to be the same (`graph.identifiers`)."""

    @staticmethod
    def make_id(collection: str, name: str) -> str:
        """Entities of one collection are the same when their normalised names are."""
        return make_id("entity", collection, normalise(name))


@dataclass(frozen=True, slots=True)
class Mention:
    """That a chunk names an entity: the form it uses, how often, and what it says about the type."""

    chunk: str
    entity: Entity
    count: int = 1


@dataclass(frozen=True, slots=True)
class Source:
    """Where a statement is made: a chunk and, where the words were found there, their place in the document's text."""

    chunk: str
    quote: str = ""
    start: int | None = None
    end: int | None = None
    supported: bool = False
    """Whether the quote was found in the chunk, verbatim or up to white space and hyphenation."""
    when: When | None = None
    place: str | None = None
    region: Region | None = None
    """The part of the page that somebody drew for it; None: where the quote, or the chunk, stands."""


@dataclass(frozen=True, slots=True)
class Statement:
    """A claim: subject, predicate, object, in words, with the source that makes it."""

    subject: Entity
    predicate: str
    object: Entity
    text: str
    source: Source
    collection: str = DEFAULT_COLLECTION
    confidence: float = 1.0
    model: str = "hand"

    @property
    def id(self) -> str:
        """The same claim from two sources is one statement with two sources."""
        return statement_id(self.collection, self.subject.id, self.predicate, self.object.id)


@dataclass(frozen=True, slots=True)
class CoOccurrence:
    """How often two entities stand in the same sentence of a chunk; `a` < `b` by id."""

    a: str
    b: str
    weight: int


@dataclass(frozen=True, slots=True)
class Extraction:
    """All that was found in one chunk. `refused` lists what was answered but not kept, and why."""

    chunk: str
    mentions: tuple[Mention, ...] = ()
    statements: tuple[Statement, ...] = ()
    co_occurrences: tuple[CoOccurrence, ...] = ()
    refused: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Evidence:
    """One piece of evidence, best first; `n` counts from 1 and is what `[n]` in an answer cites."""

    n: int
    chunk: Chunk
    title: str
    media_type: str
    score: float
    why: tuple[str, ...] = ()
    """Why it was found: "words", "meaning", "claim: ...", "entity: ..."; for people, in English keys."""


@dataclass(frozen=True, slots=True)
class Node:
    id: str
    label: str
    type: str
    score: float = 0.0


@dataclass(frozen=True, slots=True)
class Edge:
    source: str
    target: str
    label: str
    statement: str | None = None
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Subgraph:
    nodes: tuple[Node, ...] = ()
    edges: tuple[Edge, ...] = ()


@dataclass(frozen=True, slots=True)
class Retrieved:
    """The result of `retrieve`; `timings` are seconds, `nearest` ids of the statements nearest to the question."""

    question: str
    mode: Mode
    evidence: tuple[Evidence, ...] = ()
    subgraph: Subgraph = Subgraph()
    searched: Searched = field(default_factory=Searched)
    timings: dict[str, float] = field(default_factory=dict)
    nearest: tuple[str, ...] = ()
    competing: tuple[Competing, ...] = ()
    """Claims of the evidence that contradict each other (`llm.competing`)."""
    way: Way = field(default_factory=Way)


@dataclass(frozen=True, slots=True)
class SourcedStatement:
    """A statement as it is shown: with the document, page and region of each of its sources."""

    id: str
    subject: str
    predicate: str
    object: str
    text: str
    model: str
    confidence: float
    sources: tuple[tuple[Source, Chunk, str], ...] = ()
    """(source, chunk, title of the document) each."""


@dataclass(frozen=True, slots=True)
class Coverage:
    """How far a document is: chunks by state, embedded chunks, entities and statements that come from it."""

    document: Document
    chunks: dict[State, int] = field(default_factory=dict)
    embedded: int = 0
    statements: int = 0
    entities: int = 0
    unsupported: int = 0
    refused: int = 0
