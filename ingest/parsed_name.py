"""A name taken apart: its words, and beside them titles, numbers, years and the rest that tells bearers apart."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from graph.names import romanised
from ingest.name_words import (
    APART,
    COUNTED,
    COURTESY,
    EPITHETS,
    FROM,
    GENERATIONS,
    MEANINGS,
    MEN,
    ORDINALS,
    PARTICLES,
    RANKS,
    TO,
    WOMEN,
)

_TOKEN = re.compile(r"[^\W_]+(?:['’][^\W_]+)*\.?", re.UNICODE)
_ROMAN = re.compile(r"(?=[IVXLC])(?:C{0,3})(?:XC|XL|L?X{0,4})(?:IX|IV|V?I{0,4})")
_GENERATION = re.compile(r"\b(?:[Dd]\.? ?)(?P<which>Ä|ä|Ae|J|j)\.?(?=$|[\s,)])")
_ABBREVIATED = ((re.compile(r"\bS(?:ank)?t\.? "), "Sankt "), (re.compile(r"\ba\. ?d\. "), "an der "))
_SIGIL = range(2, 5)
"""Letters of an abbreviation in capitals: of a museum, an archive, a licence."""
_INITIALS = frozenset("CL")
"""Roman numerals that are more often a letter of a name: no ruler was the fiftieth of his."""
_VALUES = {"I": 1, "V": 5, "X": 10, "L": 50, "C": 100}
_SCRIPTS = (
    ("\u0370", "\u03ff", "greek"),
    ("\u1f00", "\u1fff", "greek"),
    ("\u0400", "\u04ff", "cyrillic"),
    ("\u0600", "\u06ff", "arabic"),
)
_ARTICLES = frozenset("the der die das le la les el il".split())
_ADJECTIVE = re.compile("isch(?:e|er|es|en|em)$")
PERSON = "Person"


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a name; `short` where a dot or a single letter says that it is abbreviated."""

    plain: str
    short: bool = False
    sigil: bool = False
    """Whether it is an abbreviation in capitals, such as CC or GNM: the same only in the same letters."""
    hyphened: bool = False
    """Whether a hyphen joins it to its neighbour."""


@dataclass(frozen=True, slots=True)
class Parsed:
    """The parts of a name. Words are plain, without titles, particles and numbers, the family name last."""

    words: tuple[Word, ...]
    numbers: tuple[str, ...] = ()
    years: tuple[str, ...] = ()
    generation: str | None = None
    ranks: frozenset[str] = frozenset()
    gender: str | None = None
    direction: str | None = None
    script: str = "latin"
    apart: frozenset[str] = frozenset()


@lru_cache(maxsize=50_000)
def parse(name: str, type_: str) -> Parsed:
    """Take a name apart as one of this type; of a person "Worm, Ole" is "Ole Worm"."""
    text = " ".join(unicodedata.normalize("NFKC", name).split())
    for pattern, letters in _ABBREVIATED:
        text = pattern.sub(letters, text)
    generation = None
    if found := _GENERATION.search(text):
        generation = GENERATIONS["juengere" if found["which"].lower() == "j" else "aeltere"]
        text = text[: found.start()] + text[found.end() :]
    if type_ == PERSON:
        text = _upright(text)
    parts = _Parts(type_, generation, shouted=_shouted(text))
    for at, found in enumerate(_TOKEN.finditer(text)):
        hyphened = text[found.start() - 1 : found.start()] == "-" or text[found.end() : found.end() + 1] == "-"
        parts.take(found[0], at, hyphened)
    return parts.parsed(_script(text))


def _upright(text: str) -> str:
    """The name with the family name last; what stands in brackets goes behind."""
    if text.count(",") != 1:
        return text
    family, given = (part.strip() for part in text.split(","))
    return f"{given} {family}" if family and given else text


def _script(text: str) -> str:
    for low, high, script in _SCRIPTS:
        if any(low <= letter <= high for letter in text):
            return script
    return "latin"


def _shouted(text: str) -> bool:
    """Whether a whole name is in capitals, so that these say nothing about its short words: OLE WORMIUS."""
    words = [letters for token in _TOKEN.findall(text) if (letters := token.rstrip(".")).isalpha()]
    return all(word.isupper() for word in words) and any(len(word) not in (1, *_SIGIL) for word in words)


class _Parts:
    """Collects the parts of a name, word by word."""

    def __init__(self, type_: str, generation: str | None, shouted: bool) -> None:
        self.type, self.generation, self.shouted = type_, generation, shouted
        self.words: list[Word] = []
        self.numbers: list[str] = []
        self.years: list[str] = []
        self.titles: set[str] = set()
        self.apart: set[str] = set()
        self.direction: str | None = None

    def take(self, token: str, at: int, hyphened: bool) -> None:
        dotted = token.endswith(".")
        letters = token.rstrip(".")
        plain = re.sub("['’]", "", romanised(letters))
        if not plain or self._number(letters, plain, at):
            return
        if plain in GENERATIONS and (self.type == PERSON or at):
            self.generation = GENERATIONS[plain]
        elif self._title(plain) or (not at and plain in _ARTICLES):
            return
        elif plain in TO | FROM and letters == letters.lower():
            self.direction = self.direction or ("to" if plain in TO else "from")
        elif (plain in PARTICLES and letters == letters.lower()) or plain in COUNTED:
            return
        else:
            sigil = len(letters) in _SIGIL and letters.isalpha() and letters.isupper() and not self.shouted
            short = len(plain) == 1 or (dotted and len(plain) <= 5)
            if self.type != PERSON and not sigil:
                plain = _ADJECTIVE.sub("isch", plain)
                plain = MEANINGS.get(plain, plain)
            word = plain if self.type != PERSON else EPITHETS.get(plain, plain)
            self.words.append(Word(word, short, sigil, hyphened))
            if plain in APART:
                self.apart.add(plain)

    def _number(self, letters: str, plain: str, at: int) -> bool:
        if letters.isdigit():
            (self.years if len(letters) in (3, 4) and self.type == PERSON else self.numbers).append(str(int(letters)))
        elif _ROMAN.fullmatch(letters) and (letters not in _INITIALS if at else self.type == "Event"):
            self.numbers.append(str(_roman(letters)))
        elif plain in ORDINALS:
            self.numbers.append(ORDINALS[plain])
        else:
            return False
        return True

    def _title(self, plain: str) -> bool:
        if self.type != PERSON:
            return False
        if plain in RANKS and not (plain in ("papa", "comes", "dux") and self.words):
            self.titles.add(RANKS[plain])
        elif plain in COURTESY and not self.words:
            self.titles.add(plain)
        else:
            return False
        return True

    def parsed(self, script: str) -> Parsed:
        gender = "f" if self.titles & WOMEN else "m" if self.titles & MEN else None
        ranks = frozenset(self.titles & set(RANKS.values()))
        return Parsed(
            tuple(self.words), tuple(self.numbers), tuple(self.years), self.generation, ranks, gender,
            self.direction, script, frozenset(self.apart),
        )  # fmt: skip


def _roman(letters: str) -> int:
    total = 0
    for letter, following in zip(letters, [*letters[1:], ""], strict=True):
        value = _VALUES[letter]
        total += -value if _VALUES.get(following, 0) > value else value
    return total
