"""Markdown: its own source is the document's text, so that spans are exact; the parser only says where things are."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import yaml
from markdown_it import MarkdownIt
from markdown_it.token import Token

from graph.types import State
from ingest.files import clean_name
from ingest.language import guess_language
from ingest.sources.base import Block, BlockKind, Limits, PageText, ReadDocument, cover, tidy
from ingest.sources.text import read_text

_KINDS = {
    "heading_open": BlockKind.HEADING,
    "paragraph_open": BlockKind.PARAGRAPH,
    "bullet_list_open": BlockKind.LIST,
    "ordered_list_open": BlockKind.LIST,
    "table_open": BlockKind.TABLE,
    "blockquote_open": BlockKind.PARAGRAPH,
    "fence": BlockKind.CODE,
    "code_block": BlockKind.CODE,
    "html_block": BlockKind.PARAGRAPH,
}
_FRONT = re.compile(r"---[ \t]*\n(.{0,20000}?)\n(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.S)


@dataclass(frozen=True, slots=True)
class FrontMatter:
    """What a Markdown file says about itself, and where that ends in the text."""

    end: int = 0
    title: str | None = None
    language: str | None = None
    rights: str | None = None
    attribution: str | None = None


def read(path: Path, name: str, limits: Limits) -> ReadDocument:
    """A Markdown file as one page with headings, lists, tables and code as blocks."""
    text = read_text(path, name, limits)
    front = front_matter(text)
    found = list(_blocks(text, front.end))
    if front.end:
        found.insert(0, Block(0, len(text[: front.end].rstrip()), 1, BlockKind.METADATA))
    blocks = cover(text, found)
    first = next((b for b in blocks if b.kind is BlockKind.HEADING), None)
    title = front.title or (_plain(text[first.start : first.end]) if first else None)
    return ReadDocument(
        title=title or Path(clean_name(name)).stem,
        media_type="text/markdown",
        text=text,
        pages=(PageText(1, 0, len(text), state=State.DONE),),
        blocks=blocks,
        language=front.language or guess_language(text[front.end :]),
        rights=front.rights,
        attribution=front.attribution,
    )


def front_matter(text: str) -> FrontMatter:
    """The YAML between two lines of dashes at the very start; nothing where it is not well-formed."""
    match = _FRONT.match(text)
    if not match:
        return FrontMatter()
    try:
        # The base loader leaves every value a string: no dates that do not exist, no objects.
        values = yaml.load(match.group(1), Loader=yaml.BaseLoader)
    except (yaml.YAMLError, RecursionError):
        return FrontMatter()
    if not isinstance(values, dict):
        return FrontMatter()

    def value(*keys: str) -> str | None:
        for key in keys:
            given = values.get(key)
            joined = ", ".join(str(item) for item in given) if isinstance(given, list) else given
            if isinstance(joined, str) and tidy(joined):
                return tidy(joined)
        return None

    return FrontMatter(
        end=match.end(),
        title=value("title", "Title"),
        language=value("language", "lang"),
        rights=value("rights", "license", "licence"),
        attribution=value("attribution", "author", "authors", "creator"),
    )


def _blocks(text: str, offset: int) -> Iterator[Block]:
    """The blocks of the top level, each with its span and the headings above it."""
    body = text[offset:]
    starts = [offset]
    for line in body.split("\n"):
        starts.append(starts[-1] + len(line) + 1)
    path: list[tuple[int, str]] = []
    position = offset
    for token in MarkdownIt("commonmark").enable("table").parse(body):
        kind = _KINDS.get(token.type)
        if token.level or kind is None or token.map is None:
            continue
        start, end = _span(text, starts, token)
        if start < position or start >= end:
            continue
        position = end
        if kind is BlockKind.HEADING:
            level = int(token.tag[1:])
            path = [above for above in path if above[0] < level]
            yield Block(start, end, 1, kind, tuple(title for _, title in path))
            path.append((level, _plain(text[start:end])))
        else:
            yield Block(start, end, 1, kind, tuple(title for _, title in path))


def _span(text: str, starts: list[int], token: Token) -> tuple[int, int]:
    first, last = token.map or [0, 0]
    start, end = starts[first], min(starts[min(last, len(starts) - 1)], len(text))
    piece = text[start:end]
    return start + len(piece) - len(piece.lstrip()), start + len(piece.rstrip())


def _plain(source: str) -> str:
    """A heading's words without the signs of Markdown."""
    words = re.sub(r"^\s*#{1,6}\s*|\s*#*\s*$|\n[=-]+\s*$", "", source)
    return re.sub(r"!?\[([^\]]*)\]\([^)]*\)|[*_`]", r"\1", words).strip()
