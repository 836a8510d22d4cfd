"""The prompts, as files; a prompt's version is a hash of its words, so every answer says what it was asked with."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from string import Template

_FOLDER = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Prompt:
    """One prompt file; `$name` in it is filled by `fill`."""

    name: str
    text: str

    @property
    def version(self) -> str:
        """The name and the first eight digits of the text's hash, as `answer-1a2b3c4d`."""
        return f"{self.name}-{hashlib.sha256(self.text.encode()).hexdigest()[:8]}"

    def fill(self, **values: str) -> str:
        """The text with its values; raises KeyError for one that is missing."""
        return Template(self.text).substitute(values)


@cache
def prompt(name: str) -> Prompt:
    """The prompt of that name; raises FileNotFoundError for one that does not exist."""
    return Prompt(name, (_FOLDER / f"{name}.md").read_text(encoding="utf-8"))
