"""When and where a claim holds, taken over only as far as its passage says so."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from graph.quotes import locate_quote
from graph.types import Chunk, Entity, Source
from graph.when import When
from ingest.dates import read_when, to_edtf
from ingest.rules.dates import dates

DATE: Final = "Date"
_LONGEST_PLACE: Final = 120


def when_in(words: str, chunk: Chunk, document_text: str) -> When | None:
    """The date as the passage writes it, also where a model wrote it in another form; None where it is not there."""
    found = locate_quote(document_text, words, (chunk.start, chunk.end))
    if found is not None:
        return read_when(document_text[found.start : found.end])
    wanted = _bare(to_edtf(words))
    for date in dates(document_text, chunk.start, chunk.end) if wanted else ():
        if _bare(to_edtf(date.name)) == wanted:
            return read_when(document_text[date.start : date.end])
    return None


def _bare(edtf: str | None) -> str:
    """A date without its signs of doubt: what is equal then is the same date, and the passage says how sure it is."""
    return (edtf or "").translate(str.maketrans("", "", "?~%"))


def place_in(words: str, chunk: Chunk, document_text: str) -> str | None:
    """The place as the passage writes it; None where it is not there."""
    found = locate_quote(document_text, words, (chunk.start, chunk.end)) if len(words) <= _LONGEST_PLACE else None
    if found is None:
        return None
    written = " ".join(document_text[found.start : found.end].split())
    # A name that is broken at the end of a line is better in the model's words.
    return written if written.casefold() == words.casefold() else words


def dated_by(source: Source, object_: Entity) -> Source:
    """The source with the date that its claim's object is, where it says no other: "born on 13 May 1588"."""
    if source.when is not None or object_.type != DATE:
        return source
    when = read_when(object_.name)
    return replace(source, when=when) if when is not None and when.edtf else source
