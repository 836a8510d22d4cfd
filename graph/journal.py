"""What was done, by whom and when: entries are added and read, and nothing here changes or deletes one."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

from graph import cypher_team as cypher
from graph.connection import Connection
from graph.work import now

PAGE: Final = 500
QUESTIONS: Final = ("text", "hash", "none")
"""How a question is noted: as it is, as a hash that tells whether it is a certain one, or not at all."""
_LAST: Final = "9999"
_LONGEST: Final = 2_000


@dataclass(frozen=True, slots=True)
class Entry:
    """One deed. `did` is one of few words; `subject` the id or name of what it was done to.

    A call of a model has its name, the question, the documents and passages that were sent along, tokens and US
    dollars (None where the price is not known).
    """

    who: str
    did: str
    collection: str
    subject: str = ""
    about: str = ""
    model: str | None = None
    question: str | None = None
    documents: tuple[str, ...] = ()
    passages: tuple[str, ...] = ()
    tokens_in: int = 0
    tokens_out: int = 0
    usd: float | None = None
    at: str = ""
    id: str = ""


class Journal:
    """The log of all cabinets."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def put(self, entry: Entry) -> None:
        """Note a deed, now."""
        at = now()
        properties: dict[str, Any] = asdict(entry) | {
            "at": at,
            "day": at[:10],
            "subject": entry.subject[:_LONGEST],
            "about": entry.about[:_LONGEST],
            "question": entry.question[:_LONGEST] if entry.question else None,
            "documents": list(entry.documents),
            "passages": list(entry.passages),
        }
        del properties["id"]
        self._db.note(cypher.PUT_ENTRY, id=uuid.uuid4().hex, properties=properties)

    def listed(
        self, collections: Sequence[str] | None, before: str = _LAST, limit: int = 100, after: str = "~"
    ) -> list[Entry]:
        """Entries, the latest first; those `before` a moment (ISO); None for all collections.

        Of that very moment those whose ids come `after` this one; without it none.
        """
        names = None if collections is None else list(collections)
        rows = self._db.read(cypher.ENTRIES, collections=names, before=before, after=after, limit=limit)
        return [_to_entry(row["entry"]) for row in rows]

    def every(self, collections: Sequence[str] | None) -> Iterator[Entry]:
        """All entries, the latest first, read in pages."""
        before, after = _LAST, "~"
        while some := self.listed(collections, before, PAGE, after):
            yield from some
            before, after = some[-1].at, some[-1].id


def noted(question: str, how: str) -> str | None:
    """A question as it is noted; `how` is one of QUESTIONS."""
    if how == "text":
        return question
    return hashlib.sha256(question.encode()).hexdigest() if how == "hash" else None


def _to_entry(row: dict[str, Any]) -> Entry:
    known = {name: row.get(name) for name in Entry.__slots__}
    lists = {name: tuple(known[name] or ()) for name in ("documents", "passages")}
    return Entry(**{name: value for name, value in known.items() if value is not None} | lists)
