"""A document whose pictures are on their way through a vision model: handed out in order, kept in order."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from graph.errors import Failure
from graph.store import Store
from graph.types import Chunk
from ingest.asked import Asked, failure
from ingest.look import Look, Looker
from ingest.looked import keep
from settings import Settings

TOGETHER: Final = 40
"""Looks that are stored in one go: each time the document's text is written anew."""
_AT_ONCE: Final = 64


@dataclass(slots=True, eq=False)
class AskedForLooks(Asked):
    """A document whose pictures are looked at; what was seen waits here until all before it was seen too."""

    store: Store = field(kw_only=True)
    settings: Settings = field(kw_only=True)
    looker: Looker = field(kw_only=True)
    handed: dict[str, Chunk] = field(default_factory=dict)
    """Chunks that were handed on and are not stored yet, in order."""
    seen: dict[str, Look] = field(default_factory=dict)

    def feed(self, store: Store) -> None:
        """Hand on pictures while there is room for them, and store what was seen."""
        self.keep()
        if not self.more or not self.calls.hungry:
            return
        wanted = len(self.handed) + _AT_ONCE
        pieces = store.looked.waiting(self.document.id, wanted)
        self.more = len(pieces) == wanted
        for piece in pieces:
            if piece.id not in self.handed:
                self.handed[piece.id] = piece
                self.out.add(piece.id)
                self.calls.add((self.document.id, piece.id), self._ask(piece))

    def again(self, piece: str) -> None:
        """A picture was not looked at: it is handed on later."""
        self.handed.pop(piece, None)
        Asked.again(self, piece)

    def forget(self) -> None:
        """Nobody wants what is out any more; what was seen is known when it is asked for again."""
        for piece in self.out:
            self.calls.drop((self.document.id, piece))
        self.out.clear()

    def came(self, piece: str, result: object) -> None:
        """Take what was seen, or tell on the chunk why nothing could be. Raises what the database raises."""
        if piece not in self.handed:
            return
        if isinstance(result, Look):
            self.seen[piece] = result
        else:
            del self.handed[piece]
            self.store.looked.fail(piece, failure(result))

    def give_up(self, why: Failure) -> None:
        """Store what was seen, and tell on every other picture why nobody looks at it."""
        self.forget()
        self.more = False
        self.keep(at_the_end=True)
        self.handed.clear()
        self.store.looked.fail_waiting(self.document.id, why)

    def keep(self, at_the_end: bool = False) -> None:
        """Store what was seen up to the first picture that is still out; at the end, all."""
        ready: list[str] = []
        for id_ in self.handed:
            if id_ in self.seen:
                ready.append(id_)
            elif not at_the_end:
                break
        if not ready or (len(ready) < TOGETHER and not at_the_end):
            return
        looks = [(self.handed[id_], self.seen[id_]) for id_ in ready]
        keep(self.store, self.settings, self.document, looks)
        for id_ in ready:
            del self.handed[id_], self.seen[id_]

    def _ask(self, piece: Chunk) -> Callable[[], Look]:
        return lambda: self.looker.look(piece)
