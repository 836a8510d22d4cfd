"""How alike two words of names are, and why: one of a few reasons, each with how far it can be trusted."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from graph.name_variants import GIVEN, OFTEN_APART, PLACES
from graph.names import skeleton, spelled
from ingest.parsed_name import Word

SAME, VARIANT, SPELLING, SCRIPT, LATIN, SCAN, SHORT, LOOSE, LETTERS = (
    "same", "variant", "spelling", "script", "latin", "scan", "short", "loose", "letters",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Likeness:
    """How far (0 to 1) and for what reason one word may stand for another."""

    score: float
    reason: str


_SAME = Likeness(1.0, SAME)
# fmt: off
_STRICT = tuple(
    (re.compile(pattern), letters)
    for pattern, letters in (
        ("ph", "f"), ("th", "t"), ("dt$", "t"), ("tz", "z"), ("ck", "k"), ("c(?=[eiy])", "z"), ("c(?!h)", "k"),
        ("[ae][iyj]", "ei"), ("y", "i"), ("^j(?=[aeou])|^i(?=[aeou])", "i"), ("v(?=[bcdfglmnprst])", "u"), ("sz", "ss"),
    )
)
"""Spellings that mean the same sound in German of all centuries, and seldom tell two names apart."""
_SCAN = tuple((re.compile(pattern), letters) for pattern, letters in (
    ("rn", "m"), ("vv", "w"), ("ii", "ue"), ("cl", "d"), ("f", "s"), ("l", "i"), ("j", "i"),
))
"""Letters that look alike in print: rn and m, ii and u (of \u00fc), long s and f, 1, l and i."""
_SLAVIC = tuple((re.compile(pattern), letters) for pattern, letters in (
    ("shch|schtsch|sc(?=h)", "q"), ("ts|tz(?!sch)", "z"), ("zsch|tsch|tch|ch|cz|kh", "c"), ("sch|sh|zh", "S"),
    ("h", "c"),
    ("ph|ff", "f"), ("(?<=[eo])f$", "v"), ("w", "v"), ("ks|x", "x"), ("[ijy](?=[uaoe])", ""), ("[jy]", "i"),
    ("i+", "i"), ("(.)\\1+", r"\1"),
))
# fmt: on
_SPELLED = {spelled(form): first for table in (GIVEN, PLACES) for form, first in table.items()}
_SLAVIC_END = re.compile("(?:sk[iy]+j?|o[wvy]|ew|ev|off|itsch|ich|oi|oj|ij)$")
_LATIN = re.compile("(?:i?us|aeus|is|es)$")
_ENDING = re.compile("(?<=...)(?:i?us|[aeio]s|is|i|o|a|e)$")
_MIN_SCAN, _MIN_LETTERS = 5, 6
"""Letters that a word must have before a slip of the scan, or of the pen, is thought of."""


@lru_cache(maxsize=100_000)
def alike(a: Word, b: Word, scripts: bool, given: bool) -> Likeness | None:
    """How alike two words are; None where they are different words.

    `scripts` says that the names are in different scripts, `given` that the words stand where given names do.
    """
    if a.plain == b.plain:
        return Likeness(0.8, SHORT) if len(a.plain) == 1 else _SAME
    if a.sigil or b.sigil:
        return None
    if a.short or b.short:
        return _shortened(a, b, given)
    x, y = a.plain, b.plain
    if GIVEN.get(x, x) == GIVEN.get(y, y) or PLACES.get(x, x) == PLACES.get(y, y):
        return Likeness(0.88 if {x, y} & OFTEN_APART else 0.97, VARIANT)
    if not given and (one := _SPELLED.get(spelled(x))) and one == _SPELLED.get(spelled(y)):
        return Likeness(0.88, VARIANT)
    if given and x in GIVEN and y in GIVEN and not scripts:
        # Two known names that are not one another's: Johann and Johanna, Julius and Julia.
        return None
    found = [each for each in (_other_script(x, y) if scripts else _transcribed(x, y), _written(x, y)) if each]
    return max(found, key=lambda each: each.score) if found else _nearly(x, y, given)


def _shortened(a: Word, b: Word, given: bool) -> Likeness | None:
    short, long = sorted((a.plain, b.plain), key=len)
    if not (a.short and b.short) and not (a if a.plain == short else b).short:
        return None
    forms = {long, *(form for form, first in GIVEN.items() if GIVEN.get(long) == first)} if given else {long}
    if any(form.startswith(short) for form in forms):
        return Likeness(0.8 if len(short) == 1 else 0.9, SHORT)
    return None


@lru_cache(maxsize=100_000)
def _fold(word: str, rules: tuple[tuple[re.Pattern[str], str], ...]) -> str:
    for pattern, letters in rules:
        word = pattern.sub(letters, word)
    return word


def _written(x: str, y: str) -> Likeness | None:
    """The same word in another spelling, or with what a scan makes of it."""
    strict = _fold(x, _STRICT), _fold(y, _STRICT)
    if strict[0] == strict[1]:
        # In short words every letter counts: Rain is not Rein. C for K means nothing even there.
        short = min(len(x), len(y)) < _MIN_SCAN and x.replace("c", "k") != y.replace("c", "k")
        return Likeness(0.88 if short else 0.95, SPELLING)
    if any(letter.isdigit() for letter in x + y):
        digits = str.maketrans("015", "ols")
        if x.translate(digits) == y.translate(digits) and not x.isdigit() and not y.isdigit():
            return Likeness(0.94, SCAN)
        return None
    seen = [_fold(word, _SCAN) for word in (x, y)]
    if seen[0] == seen[1] and min(len(x), len(y)) >= _MIN_SCAN:
        # Homburg and Hornburg are two towns; no word of these languages has two i, or two v for a w.
        return Likeness(0.88 if x.replace("ii", "ue") != y.replace("ii", "ue") else 0.93, SCAN)
    if spelled(x) == spelled(y):
        return Likeness(0.86, LOOSE)
    return Likeness(0.88, LATIN) if _latinised(*strict) or _latinised(*reversed(strict)) else None


def _latinised(x: str, y: str) -> bool:
    """Whether one word is the other with a Latin ending: Wormius and Worm, Aldrovandus and Aldrovandi."""
    bare = _LATIN.sub("", x)
    return bare != x and len(bare) >= 4 and y in (bare, f"{bare}i", f"{bare}o")


def _other_script(x: str, y: str) -> Likeness | None:
    """The same word from another script: consonants agree, and where both write vowels, most of these."""
    sounds = _fold(x, _SLAVIC), _fold(y, _SLAVIC)
    if sounds[0] == sounds[1] or _ENDING.sub("", spelled(x)) == _ENDING.sub("", spelled(y)):
        return Likeness(0.95, SCRIPT)
    if sounds[0].lower() == sounds[1].lower():
        return Likeness(0.88, SCRIPT)
    bones = [re.sub("[aeiouyjwh]", "", word) for word in (x, y)]
    if bones[0] == bones[1] and len(bones[0]) >= 2:
        return Likeness(0.85, SCRIPT)
    if skeleton(x) == skeleton(y) and len(skeleton(x)) >= 3:
        return Likeness(0.86, SCRIPT)
    return None


def _transcribed(x: str, y: str) -> Likeness | None:
    if _SLAVIC_END.search(x) and _SLAVIC_END.search(y) and _fold(x, _SLAVIC) == _fold(y, _SLAVIC):
        return Likeness(0.95, SCRIPT)
    return None


def _nearly(x: str, y: str, given: bool) -> Likeness | None:
    """Words that differ by one letter: a slip, or another word; only long ones are worth a question."""
    if given or min(len(x), len(y)) < _MIN_LETTERS or x[0] != y[0]:
        return None
    if len(x) == len(y) and any(a != b and {a, b} <= set("aeiou") for a, b in zip(x, y, strict=True)):
        # Müller and Möller, Ambras and Ambros: a vowel tells names apart.
        return None
    return Likeness(0.8, LETTERS) if _one_apart(x, y) else None


def _one_apart(x: str, y: str) -> bool:
    """Whether one letter is other, missing, too many, or two are exchanged (Damerau 1964)."""
    if len(x) > len(y):
        x, y = y, x
    at = next((i for i, (a, b) in enumerate(zip(x, y, strict=False)) if a != b), len(x))
    if len(x) == len(y):
        swapped = x[at + 1 : at + 2] + x[at : at + 1] + x[at + 2 :]
        return x[at + 1 :] == y[at + 1 :] or swapped == y[at:]
    return len(y) - len(x) == 1 and x[at:] == y[at + 1 :]
