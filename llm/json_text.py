"""JSON while it is being written: where it can be ended so that what stands there is whole."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any, Final

LONGEST_STRING: Final = 1_000
"""Characters of a string where the schema sets no limit: a small model that has lost the thread goes on for ever."""
_SETTLED: Final = ("enum", "const", "pattern", "format", "maxLength")


def bounded(schema: Any) -> Any:
    """The same JSON Schema, every free string of it limited in length."""
    if isinstance(schema, list):
        return [bounded(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    found = {key: value if key in ("enum", "const") else bounded(value) for key, value in schema.items()}
    if found.get("type") == "string" and not any(key in found for key in _SETTLED):
        found["maxLength"] = max(LONGEST_STRING, int(found.get("minLength", 0)))
    return found


@dataclass(slots=True)
class _Open:
    """An object or a list that is not closed yet; of a list, where its last element began, and those before it."""

    closer: str
    start: int = 0
    seen: set[str] = field(default_factory=set)


class JsonText:
    """Takes JSON piece by piece. `safe` characters of it stay whatever comes.

    `complete` once it is whole; `repeats` once an object comes that its list already has: that goes on for ever.
    """

    def __init__(self, schema: dict[str, Any]) -> None:
        self.text = ""
        self.safe = 0
        self.repeats = self.complete = False
        self._schema = schema
        self._open: list[_Open] = []
        self._closers: str | None = None
        self._in_string = self._escaped = False
        self._at = 0

    def feed(self, piece: str) -> None:
        """Take some more; nothing after a repetition is taken."""
        self.text += piece
        while self._at < len(self.text) and not self.repeats:
            self._character(self.text[self._at])
            self._at += 1

    def ended(self) -> str:
        """All of it if it is whole; else up to the last whole element of a list, closed, where that fits the schema."""
        if self.complete or self._closers is None:
            return self.text
        return self.text[: self.safe] + self._closers

    def _character(self, character: str) -> None:
        if self._in_string:
            self._in_string = self._escaped or character != '"'
            self._escaped = character == "\\" and not self._escaped
        elif character == '"':
            self._in_string = True
        elif character in "[{":
            self._open.append(_Open("]" if character == "[" else "}", self._at + 1))
            if character == "[":
                self._stop_here(self._at + 1)
        elif character in "]}" and self._open:
            self._open.pop()
            self.complete = not self._open
            if character == "}":
                self._object_ends()
        elif character == "," and self._open and self._open[-1].closer == "]":
            self._stop_here(self._at)
            self._open[-1].start = self._at + 1

    def _object_ends(self) -> None:
        """An object in a list: the list can end after it; where it was there before, it ends before it."""
        if not self._open or self._open[-1].closer != "]":
            return
        around = self._open[-1]
        element = self.text[around.start : self._at + 1].strip()
        if element in around.seen:
            self.repeats = True
            return
        around.seen.add(element)
        self._stop_here(self._at + 1)

    def _stop_here(self, end: int) -> None:
        closers = "".join(each.closer for each in reversed(self._open))
        try:
            value = json.loads(self.text[:end] + closers)
        except ValueError:
            return
        if _whole(value, self._schema):
            self.safe, self._closers = end, closers


def _whole(value: Any, schema: Any) -> bool:
    """Whether nothing that the schema requires is missing."""
    if not isinstance(schema, dict):
        return True
    if isinstance(value, dict):
        fields = schema.get("properties", {})
        return all(key in value for key in schema.get("required", ())) and all(
            _whole(each, fields.get(key)) for key, each in value.items()
        )
    if isinstance(value, list):
        return len(value) >= schema.get("minItems", 0) and all(_whole(each, schema.get("items")) for each in value)
    return True
