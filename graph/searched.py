"""What an answer looked through."""

from __future__ import annotations

from dataclasses import dataclass, fields


@dataclass(frozen=True, slots=True)
class Searched:
    """What an answer looked through: chunks that could be found, their documents, and what could not be seen.

    `pages` of `pages_total` have words that can be found, or are empty; `failed` counts pages and documents that could
    not be read and chunks in which no claims could be looked for, `waiting` what waits for a model that can see.
    """

    chunks: int = 0
    documents: int = 0
    failed: int = 0
    waiting: int = 0
    unembedded: int = 0
    pages: int = 0
    pages_total: int = 0
    pages_failed: int = 0
    documents_failed: int = 0
    left_off: int = 0
    """Documents that are not read, or only in part, because their import was stopped."""

    def __add__(self, other: Searched) -> Searched:
        return Searched(*(getattr(self, each.name) + getattr(other, each.name) for each in fields(self)))
