"""What a model writes for the machine and people do not see: its quotes, NOT_FOUND, and what it thinks to itself."""

from __future__ import annotations

import re

_QUOTES = re.compile(r"<{2,3}\s*QUOTES[>:\s]*|(?:\A|\n)[ \t*#_]*QUOTES[ \t*_]*:?[ \t*_]*(?:\n|\Z)", re.IGNORECASE)
_NOT_FOUND = re.compile(r"[*\"`]*NOT_FOUND[*\"`.!]*")
_THINKING = re.compile(r"\s*<think>.*?(?:</think>|\Z)", re.IGNORECASE | re.DOTALL)
_QUOTE_LINE = re.compile(
    r"^[\s*+\-–•]*[\[【(]?\s*(\d{1,3})\s*[\]】).:]?\s*[:\-–]?\s*[\"'“”„«»‘’‚](.+)[\"'“”„«»‘’‚][.,;]?\s*$"
)
_LONGEST = 40_000


def _beginnings(word: str) -> str:
    """A pattern for every beginning of a word, itself included: ABC as (?:A(?:B(?:C)?)?)?."""
    return "".join(f"(?:{re.escape(letter)}" for letter in word) + ")?" * len(word)


_MAY_BECOME_HIDDEN = re.compile(
    rf"(?:<{{1,3}}\s*{_beginnings('QUOTES')}[>:\s]*"
    rf"|(?:\A|\n)[ \t*#_]*{_beginnings('QUOTES')}[ \t*_:]*"
    rf"|[*\"`]*{_beginnings('NOT_FOUND')}[*\"`.!]*)\Z",
    re.IGNORECASE,
)


class Visible:
    """A model's words as they arrive, without the hidden parts; those are read when the stream has ended."""

    def __init__(self) -> None:
        self._held = ""
        self._machine = ""
        self._begun = self._in_quotes = False
        self.not_found = False

    def feed(self, piece: str) -> str:
        """What people may see after this piece; whatever may yet turn out to be hidden is held back."""
        return self._read(piece, ended=False)

    def finish(self) -> str:
        """The rest that people may see."""
        return self._read("", ended=True)

    @property
    def quotes(self) -> tuple[tuple[int, str], ...]:
        """(n, words) for each line of the quotes, in order; lines of another form are left out."""
        lines = (_QUOTE_LINE.match(line) for line in self._machine[:_LONGEST].splitlines())
        return tuple((int(line.group(1)), line.group(2).strip()) for line in lines if line)

    def _read(self, piece: str, ended: bool) -> str:
        if self._in_quotes:
            self._machine += piece
            return ""
        self._held += piece
        if not self._begun and not self._past_thinking(ended):
            return ""
        if mark := self._quotes_begin(ended):
            self._in_quotes = True
            self._machine, self._held = self._held[mark.end() :], self._held[: mark.start()]
            ended = True
        keep = None if ended else _MAY_BECOME_HIDDEN.search(self._held)
        cut = keep.start() if keep else len(self._held)
        shown, self._held = self._held[:cut], self._held[cut:]
        self.not_found = self.not_found or bool(_NOT_FOUND.search(shown))
        return _NOT_FOUND.sub("", shown)

    def _quotes_begin(self, ended: bool) -> re.Match[str] | None:
        mark = _QUOTES.search(self._held)
        return mark if mark and (ended or mark.end() < len(self._held) or self._held.endswith("\n")) else None

    def _past_thinking(self, ended: bool) -> bool:
        """Whether the answer proper has begun; what stands before it between <think> and </think> is dropped."""
        start = self._held.lstrip().casefold()
        if not ended and "<think>".startswith(start[:7]) and (len(start) < 7 or "</think>" not in start):
            return False
        self._held = _THINKING.sub("", self._held, count=1) if start.startswith("<think>") else self._held
        self._begun = True
        return True
