"""A document on its way to models: which of its pieces are out, and how what comes back is told of."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from graph.errors import Failure, WunderkammerError
from graph.store import Store
from graph.types import Chunk, Document, Extraction
from graph.work import Lease
from ingest.calls import Calls
from ingest.errors import Unexpected
from ingest.heartbeat import Held
from ingest.own_claims import with_own_claims

if TYPE_CHECKING:
    from ingest.model_extractor import ModelExtractor

Key = tuple[str, str]
"""A document and one of its chunks; for vectors, see `ingest.asked_vectors`."""
AnyCalls = Calls[Key, object]
_AT_ONCE: Final = 64
"""Passages that are read from the database at once."""
_LATER: Final = 0.2

log = logging.getLogger("wunderkammer.by_model")


@dataclass(slots=True, eq=False)
class Asked:
    """A document whose vectors are asked for; `more` says whether there may be pieces that are not out yet."""

    lease: Lease
    held: Held
    calls: AnyCalls
    out: set[str] = field(default_factory=set)
    more: bool = True
    not_before: float = 0.0
    """When it may be asked for again, where there was no room for it in what its job may spend."""
    alone: bool = False
    """Whether its vectors are asked for without those of others: together with them it failed."""

    @property
    def document(self) -> Document:
        return self.lease.document

    @property
    def ready(self) -> bool:
        """Whether more of it may be asked for by now."""
        return time.monotonic() >= self.not_before

    def again(self, piece: str) -> None:
        """A call was not made, for lack of room in the budget or because the job is halted: it is asked for later."""
        self.more, self.not_before = True, time.monotonic() + _LATER

    def forget(self) -> None:
        """Nobody wants what is out any more; a request that others share goes on."""
        self.out.clear()


@dataclass(slots=True, eq=False)
class AskedForClaims(Asked):
    """A document whose passages are read by a chat model; `text` is what its offsets count in."""

    extractor: ModelExtractor = field(kw_only=True)
    text: str = field(kw_only=True)
    handed: set[str] = field(default_factory=set)

    def feed(self, store: Store) -> None:
        """Hand on passages while there is room for them."""
        if not self.more or not self.calls.hungry:
            return
        wanted = len(self.out) + _AT_ONCE
        pieces = store.documents.open_chunks(self.document.id, limit=wanted)
        self.more = len(pieces) == wanted
        for piece in pieces:
            if piece.id not in self.handed:
                self.handed.add(piece.id)
                self.out.add(piece.id)
                self.calls.add((self.document.id, piece.id), self._ask(piece))

    def again(self, piece: str) -> None:
        """A passage was not asked about: it is handed on later."""
        self.handed.discard(piece)
        Asked.again(self, piece)

    def forget(self) -> None:
        """Nobody wants what is out any more."""
        for piece in self.out:
            self.calls.drop((self.document.id, piece))
        self.out.clear()

    def _ask(self, piece: Chunk) -> Callable[[], Extraction]:
        return lambda: with_own_claims(self.extractor.extract(piece, self.text), self.document, piece, self.text)


def failure(problem: object) -> Failure:
    """Why a piece has no answer, for people."""
    if isinstance(problem, WunderkammerError):
        return problem.failure()
    # A bug of ours must not stop the other pieces: it is logged in full and told on the piece.
    log.error("asking a model", exc_info=problem if isinstance(problem, BaseException) else None)
    return Unexpected(detail=f"{type(problem).__name__}: {problem}"[:300], log="worker.log").failure()
