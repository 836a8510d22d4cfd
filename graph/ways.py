"""What a question found besides passages, and why it was looked for that way: chains, themes, rows; what narrows it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from graph.errors import Failure


class Reason(StrEnum):
    """Why evidence was looked for as it was; pages and commands put it into words."""

    ASKED = "asked"
    """This way was asked for."""
    TWO_NAMES = "two_names"
    WHOLE = "whole"
    CONNECTED = "connected"
    WORDS = "words"
    NO_CHAIN = "no_chain"
    """Two names and a connecting word, but no claims lead from one to the other."""
    NOT_NAMED = "not_named"
    NO_CLAIMS = "no_claims"
    CHECKED = "checked"
    """A model looked through the passages and put some of them first."""
    NONE_FITS = "none_fits"
    """A model looked through the passages and saw none that helps: they stay as they were."""
    CHECK_FAILED = "check_failed"
    """A model was to look through the passages and answered nothing of use: they stay as they were."""
    NOT_CHECKED = "not_checked"
    """No model was asked to look through the passages."""


@dataclass(frozen=True, slots=True)
class Filters:
    """What narrows a question: ids of documents, kinds of what claims are about, days as in `graph.when`, a language.

    Dates narrow to what claims say of a time that overlaps; what has no date is left out then.
    """

    documents: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    earliest: int | None = None
    latest: int | None = None
    language: str = ""

    def __bool__(self) -> bool:
        return self != Filters()

    @property
    def dated(self) -> bool:
        return self.earliest is not None or self.latest is not None


@dataclass(frozen=True, slots=True)
class Named:
    """Somebody or something by id, name and kind."""

    id: str
    name: str
    type: str = "Thing"


@dataclass(frozen=True, slots=True)
class Step:
    """A claim as part of a chain or theme; `n` is the number of the evidence that states it, `quote` its words."""

    statement: str
    text: str
    subject: Named
    predicate: str
    object: Named
    n: int
    quote: str = ""


@dataclass(frozen=True, slots=True)
class Chain:
    """A way from one thing to another: `stations` one more than `steps`, and for each step the claims that make it."""

    stations: tuple[Named, ...]
    steps: tuple[tuple[Step, ...], ...]


@dataclass(frozen=True, slots=True)
class Theme:
    """What belongs together: its best connected names, its strongest claims, and a summary where a model wrote one."""

    names: tuple[Named, ...]
    size: int
    claims: tuple[Step, ...] = ()
    passages: tuple[int, ...] = ()
    """Numbers of the evidence where nothing is claimed."""
    summary: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """The rows of a query as text; `more` says that there were more than are kept."""

    query: str
    columns: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    more: bool = False


@dataclass(frozen=True, slots=True)
class Check:
    """What a model made of passages: `chosen` of the `passages` it was shown, what the call took, what went wrong."""

    model: str
    passages: int
    chosen: int = 0
    tokens_in: int = 0
    tokens_out: int = 0
    estimated: bool = False
    problem: Failure | None = None


@dataclass(frozen=True, slots=True)
class Way:
    """How evidence was looked for and why; `names` are what the question was seen to name, `claims` how many there are.

    `left_out` counts themes for which there was no room.
    """

    reason: Reason = Reason.ASKED
    names: tuple[str, ...] = ()
    claims: int = 0
    chains: tuple[Chain, ...] = ()
    themes: tuple[Theme, ...] = ()
    left_out: int = 0
    table: Table | None = None
    check: Check | None = None
    taken: tuple[tuple[str, str], ...] = ()
    """Words of the question that are only a part of a name, each with the name that they were taken for."""
