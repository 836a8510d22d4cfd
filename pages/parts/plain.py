"""Text from sources and models as text: never as HTML, never as Markdown, which could load pictures from elsewhere."""

from __future__ import annotations

import html
import re
from bisect import insort
from collections.abc import Mapping
from itertools import pairwise, zip_longest

_MARKDOWN = re.compile(r"([\\`*_{}\[\]()#+\-.!|~<>:$&^=@])")
_ADDRESS = re.compile(r"\\:(?=/)|\\@|\bwww(?=\\\.)", re.IGNORECASE)
"""After which an invisible joiner keeps Markdown from making a link of what looks like an address."""
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2069\U000e0000-\U000e007f]")
_LINES = re.compile(r"\s*\n\s*")
_ROW = re.compile(r" \| |^(?:<mark[^>]*>)*\s*(?:[-*•–—]|\d{1,3}[.)])\s")


def escaped(text: str) -> str:
    """The text for use inside HTML, between tags or in a quoted attribute."""
    return html.escape(_CONTROL.sub("", text), quote=True)


def label(text: str, limit: int = 120) -> str:
    """The text for a Streamlit label, which is Markdown: shown letter for letter, on one line, shortened to `limit`."""
    return _ADDRESS.sub("\\g<0>\u2060", _MARKDOWN.sub(r"\\\1", shortened(text, limit)))


def shortened(text: str, limit: int) -> str:
    """The text on one line with at most `limit` characters, cut at a word where there is one."""
    line = " ".join(_CONTROL.sub("", text).split())
    if len(line) <= limit:
        return line
    cut = line[: limit - 1]
    return (cut.rsplit(" ", 1)[0] if " " in cut[limit // 2 :] else cut).rstrip(" ,;:.") + "…"


def distinct(shown: Mapping[str, str]) -> dict[str, str]:
    """What is shown of each id, with a number where another is shown alike before it.

    Streamlit's lists tell which was chosen by what was shown: of two alike it would be the last.
    """
    taken: set[str] = set()
    told: dict[str, str] = {}
    for id_, text in shown.items():
        told[id_], number = text, 1
        while told[id_] in taken:
            number += 1
            told[id_] = f"{text} ({number})"
        taken.add(told[id_])
    return told


def marked(text: str, spans: list[tuple[int, int]]) -> str:
    """HTML of the text with the spans (start, end; may overlap) in `<mark>`; everything else is escaped."""
    parts: list[str] = []
    at = 0
    for start, end in merged(spans, len(text)):
        parts.append(escaped(text[at:start]))
        parts.append(f"<mark>{escaped(text[start:end])}</mark>")
        at = end
    parts.append(escaped(text[at:]))
    return "".join(parts)


def quoted(text: str, spans: list[tuple[int, int]], names: Mapping[tuple[int, int], str]) -> str:
    """HTML as of `marked`, in which each of the named spans is a `<mark>` of its own that a link can lead to.

    One inside another stands in it; of two that cross, the part of the later one that lies in the earlier is named.
    """
    left = [span for span in names if 0 <= span[0] < span[1] <= len(text)]
    spans = [*left, *(span for span in merged(spans, len(text)) if span not in left)]
    return _nested(text, sorted(spans, key=_outer_first), names, 0, len(text))


def _outer_first(span: tuple[int, int]) -> tuple[int, int]:
    return span[0], -span[1]


def _nested(text: str, spans: list[tuple[int, int]], names: Mapping[tuple[int, int], str], at: int, end: int) -> str:
    """HTML of the text from `at` to `end`; takes from the sorted spans those that begin there."""
    parts: list[str] = []
    while spans and spans[0][0] < end:
        span = spans.pop(0)
        start, stop = max(at, span[0]), min(end, span[1])
        if span[1] > end:
            insort(spans, (end, span[1]), key=_outer_first)
        if start >= stop:
            continue
        name = f' id="{escaped(names[span])}"' if span in names else ""
        parts.append(f"{escaped(text[at:start])}<mark{name}>{_nested(text, spans, names, start, stop)}</mark>")
        at = stop
    return "".join(parts) + escaped(text[at:end])


def in_lines(text: str) -> str:
    """HTML of text, as `marked` gives it, with rows of tables and points of lists on lines of their own.

    Other lines flow: where they break in the source depends on the width of its page.
    """
    parts = _LINES.split(text)
    own = [bool(_ROW.search(part)) for part in parts]
    between = ["<br>" if a or b else " " for a, b in pairwise(own)]
    return "".join(piece for pair in zip_longest(parts, between, fillvalue="") for piece in pair)


def merged(spans: list[tuple[int, int]], length: int) -> list[tuple[int, int]]:
    """The spans inside 0..length in order, those that touch or overlap joined, empty ones left out."""
    joined: list[tuple[int, int]] = []
    for start, end in sorted((max(0, a), min(length, b)) for a, b in spans):
        if end <= start:
            continue
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        else:
            joined.append((start, end))
    return joined
