"""Documents of the same title, told apart by where they are from."""

from __future__ import annotations

from collections.abc import Sequence

from graph.types import Document
from pages.language import say

_LONGEST = 4
"""Parts of a path that are looked at: a folder tells files apart, a whole path is not read by anybody."""


def told_apart(documents: Sequence[Document]) -> dict[str, str]:
    """What tells each document from others of its title, by id: as little of its path as does, else which came first.

    A document whose title no other has is left out.
    """
    alike: dict[str, list[Document]] = {}
    for document in {each.id: each for each in documents}.values():
        alike.setdefault(" ".join(document.title.split()).casefold(), []).append(document)
    return {
        document.id: _what_differs(document, group) for group in alike.values() if len(group) > 1 for document in group
    }


def _what_differs(document: Document, group: Sequence[Document]) -> str:
    others = [each for each in group if each.id != document.id]
    for length in range(1, _LONGEST + 1):
        end = _end(document, length)
        if all(_end(other, length) != end for other in others):
            return end
    same = sorted((each for each in group if each.uri == document.uri), key=lambda each: (each.added_at, each.id))
    return f"{_end(document, 1)} ({same.index(document) + 1} {say('reader.of', n=len(same))})"


def _end(document: Document, length: int) -> str:
    return "/".join(document.uri.replace("\\", "/").rstrip("/").split("/")[-length:])
