"""Words and signs of a text with their places, and what their letters say: capital, number, initial, numeral."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ingest.rules.words import sections

_SAINTS = sections("roles")["saints"]
_TOKEN = re.compile(
    r"(?P<dotted>(?:[^\W\d_]\.){2,})"  # U.S.  J.S.
    r"|(?P<word>[^\W\d_](?:[^\W_]|[\u0300-\u036f]|['’`\-\u2010\u2011&](?=[^\W\d_]))*)"
    r"|(?P<number>\d+)"
    r"|(?P<sign>[^\w\s]|_)"
)
_ROMAN = re.compile(r"(?=[IVX])X{0,3}(?:IX|IV|V?I{0,3})")
_DOTTED_TITLES = frozenset(
    {
        "Dr",
        "Prof",
        "Mr",
        "Mrs",
        "Ms",
        "Jr",
        "Sr",
        "Rev",
        "Gen",
        "Col",
        "Capt",
        "Lt",
        "Gov",
        "Sen",
        "Rep",
        "Mt",
        "Inc",
        "Ltd",
        "Co",
        "Corp",
        "Bros",
    }
)
_NO_CASE = re.compile(
    r"[\u0590-\u07ff\u0900-\u0fff\u1000-\u109f\u1100-\u11ff\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff]"
)


@dataclass(frozen=True, slots=True)
class Token:
    """A word, number or sign; `text` is the text from start to end."""

    text: str
    start: int
    end: int
    word: bool
    capital: bool
    roman: bool = False
    initial: bool = False
    number: bool = False

    @property
    def lower(self) -> str:
        return self.text.lower()


def tokenise(text: str, start: int, end: int) -> list[Token]:
    """The tokens between two offsets, in order; white space is in none."""
    found: list[Token] = []
    for match in _TOKEN.finditer(text, start, end):
        if found and match.start() < found[-1].end:
            continue  # the full stop that the word before has taken
        kind = match.lastgroup
        content, stop = match.group(), match.end()
        if kind == "sign":
            found.append(Token(content, match.start(), stop, word=False, capital=False))
        elif kind == "number":
            found.append(Token(content, match.start(), stop, word=False, capital=False, number=True))
        elif kind == "dotted":
            found.append(Token(content, match.start(), stop, word=True, capital=content[0].isupper(), initial=True))
        else:
            found.append(_word(text, match.start(), stop, end))
    return found


def _word(text: str, start: int, stop: int, end: int) -> Token:
    content = text[start:stop]
    dot = text[stop : stop + 1] == "." and stop < end
    roman = _ROMAN.fullmatch(content) is not None
    initial = len(content) == 1 and content.isupper() and dot
    if dot and (initial or content in _DOTTED_TITLES or content + "." in _SAINTS):
        stop += 1
        content += "."
    return Token(content, start, stop, word=True, capital=content[0].isupper(), roman=roman, initial=initial)


def without_case(text: str) -> bool:
    """Whether a word is written in a script that has no capitals, such as Arabic, Hebrew, Chinese or Japanese."""
    return _NO_CASE.match(text) is not None
