"""Which words of a passage to mark, and how much of it to show: pure functions over text and offsets."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import pairwise

from graph.types import Chunk, Source
from ingest.sentences import of_passage as sentences
from llm.words import content_words

Span = tuple[int, int]

_HEADINGS = re.compile(r"(?:#{1,6} [^\n]*\n+)+")
_STEM = 5
"""Letters of a word that must agree: German and English endings differ, the beginning of a word hardly does."""
_PLAIN = 3
"""Words shared with the question that make a sentence plainly the one."""
QUOTE = 420
"""Characters of a passage that an evidence card shows."""
_CLOSE = 60
"""Characters between two excerpts that are shown rather than left out."""
WINDOW = 6000
"""Characters of a long text that the reader shows at a time."""


def shared_words(text: str, question: str) -> int:
    """How many words that carry meaning the text shares with the question, whatever their endings."""
    stems = {word[:_STEM] for word in content_words(question)}
    return len(stems & {word[:_STEM] for word in content_words(text)})


def best_sentence(text: str, question: str) -> Span | None:
    """The sentence that shares most words with the question, None where none shares any."""

    def shared(span: Span) -> int:
        return shared_words(text[span[0] : span[1]], question)

    best = max(sentences(text), key=shared, default=None)
    return best if best and shared(best) else None


def answering_span(chunk: Chunk, question: str, claims: Iterable[Source] = (), first: bool = False) -> Span | None:
    """The words of a chunk to mark, as offsets of the document: its best sentence, or else the first claim it makes.

    `first`: that claim is known to be near to the question; then it is taken unless the sentence shares many words.
    """
    stated = next(((s.start, s.end) for s in claims if s.supported and s.start is not None and s.end is not None), None)
    found = best_sentence(chunk.text, question)
    plain = found is not None and shared_words(chunk.text[found[0] : found[1]], question) >= _PLAIN
    if first and stated and not plain:
        return _whole_sentences(chunk, stated)
    return (chunk.start + found[0], chunk.start + found[1]) if found else stated


def card_spans(
    chunk: Chunk, question: str, quotes: Iterable[Span], claims: Iterable[Source] = (), first: bool = False
) -> list[Span]:
    """The words of a chunk that its card marks: the quotes of all that cite it, and the sentence that plainly answers.

    Without quotes, what `answering_span` finds, to which `claims` and `first` are given.
    """
    spans = list(dict.fromkeys(quotes))
    found = answering_span(chunk, question, claims, first)
    if found is None:
        return spans
    said = chunk.text[found[0] - chunk.start : found[1] - chunk.start]
    if not spans or shared_words(said, question) >= _PLAIN:
        spans.append(found)
    return spans


def excerpts(text: str, spans: Sequence[Span], limit: int = QUOTE) -> list[Span]:
    """The parts of a text to show so that all spans are in them: one where they stand close, else several."""
    if not spans:
        return [around(text, None, limit)]
    parts: list[Span] = []
    low, high = min(a for a, _ in spans), max(b for _, b in spans)
    if high - low <= limit:
        return [around(text, (low, high), limit)]
    for span in sorted(spans):
        left, right = around(text, span, max(limit // 2, span[1] - span[0]))
        if parts and left <= parts[-1][1] + _CLOSE:
            parts[-1] = (parts[-1][0], max(parts[-1][1], right))
        else:
            parts.append((left, right))
    return parts


def _whole_sentences(chunk: Chunk, span: Span) -> Span:
    """The sentences of a chunk that a span touches, as offsets of the document."""
    touched = [s for s in sentences(chunk.text) if s[0] < span[1] - chunk.start and s[1] > span[0] - chunk.start]
    return (chunk.start + touched[0][0], chunk.start + touched[-1][1]) if touched else span


def body_start(text: str) -> int:
    """Where a passage begins after the headings, written as in Markdown, that stand before it."""
    found = _HEADINGS.match(text)
    return found.end() if found and found.end() < len(text) else 0


def around(text: str, span: Span | None, limit: int = QUOTE) -> Span:
    """A part of the text of about `limit` characters around the span, or from its body's start; whole words."""
    first = body_start(text) if span is None or span[0] >= body_start(text) else 0
    if len(text) - first <= limit:
        return first, len(text)
    start, end = span or (first, first)
    spare = max(0, limit - (end - start))
    left = max(first, start - spare // 3)
    right = min(len(text), max(end, left + limit))
    if left > first:
        left = min(start, text.find(" ", left) + 1 or left)
    if right < len(text):
        right = max(end, text.rfind(" ", 0, right))
    return left, right


def windows(text: str, size: int = WINDOW) -> list[Span]:
    """The text in parts of at most `size` characters, cut at paragraphs, lines or words; nothing is lost."""
    parts: list[Span] = []
    at = 0
    while len(text) - at > size:
        cut = at + size
        for gap in ("\n\n", "\n", " "):
            found = text.rfind(gap, at + size // 2, at + size)
            if found > 0:
                cut = found + len(gap)
                break
        parts.append((at, cut))
        at = cut
    parts.append((at, len(text)))
    return parts


def pieces(text: str, chunks: Iterable[Chunk], size: int = WINDOW) -> list[Span]:
    """The text of a document whose pages are no images, cut where a page begins, and within pages as `windows` does.

    What models saw stands behind the last page, whichever it is about.
    """
    firsts: dict[int, int] = {}
    for chunk in sorted(chunks, key=lambda chunk: chunk.index):
        if chunk.text and chunk.page and not chunk.written_by and chunk.start >= max(firsts.values(), default=0):
            firsts.setdefault(chunk.page, chunk.start)
    begins = [0, *sorted(firsts.values())[1:], len(text)]
    return [(a + x, a + y) for a, b in pairwise(begins) for x, y in windows(text[a:b], size)]


def window_of(parts: Sequence[Span], start: int) -> int:
    """Which part an offset lies in."""
    return next((n for n, (_, end) in enumerate(parts) if start < end), len(parts) - 1)


def of_page(text: str, chunks: Iterable[Chunk]) -> list[Span]:
    """The parts of a document's text that belong to a page; what stands between two of them belongs to other pages.

    What models saw on a page stands behind the last page of the document.
    """
    parts: list[Span] = []
    for chunk in sorted(chunks, key=lambda chunk: chunk.start):
        if not chunk.text:
            continue
        if parts and not text[parts[-1][1] : chunk.start].strip():
            parts[-1] = (parts[-1][0], max(parts[-1][1], chunk.end))
        else:
            parts.append((chunk.start, chunk.end))
    return parts


def moved(span: Span, parts: Sequence[Span], gap: int) -> list[Span]:
    """Where the words of a span are once these parts of the text stand one after the other, `gap` characters apart."""
    found: list[Span] = []
    at = 0
    for start, end in parts:
        first, last = max(span[0], start), min(span[1], end)
        if first < last:
            found.append((at + first - start, at + last - start))
        at += end - start + gap
    return found
