"""Words that a machine read off a page: letters that look alike are taken for each other, a few are lost.

`locate_misread` finds a quote that was written down correctly in a source that was not; numbers and denials must agree.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from itertools import product

from rapidfuzz import fuzz
from rapidfuzz.distance import Levenshtein

from graph.quotes import Found, fold, folded, on_word_edges

_ALIKE = str.maketrans("c|!i1uüh8f50äö2", "ellllnnbbssoaoz")
_RUNS = (("rn", "m"), ("vv", "w"), ("cl", "d"), ("ii", "n"), ("ß", "ss"))
_SHORTEST = 16
"""Folded characters below which a quote is looked for letter by letter only."""
_LONGEST = 600
"""And above which: nobody quotes so much, and the time needed grows with it."""
_LEAST = 82.0
"""How alike, in per cent, the likest place must be before it is looked at more closely."""
_LETTERS_PER_SLIP = 14
_LONGEST_SLIP = 2
_PARTED = re.compile(r"(?<=[^\W\d_])[-\u00ad\u00ac\u2e17=]\s*\n\s*(?=[^\W\d_])")
_NUMBER = re.compile(r"\d{1,3}(?:[.,'’ ]\d{3})+(?!\d)|(?<!\w)[\dlIOoSBZ]{2,4}(?!\w)|(?<![^\W\d_])\d+|\d+(?![^\W\d_])")
_DIGITS = str.maketrans("lIOoSBZ", "1100582")
_WORD = re.compile(r"[^\W\d_]+(?:['’]t\b)?")
_DENYING = frozenset(
    """not no never none nobody nothing without neither nor cannot
    nicht nichts nie niemals ohne weder niemand niemandem niemanden
    kein keine keinem keinen keiner keines""".split()
)


@lru_cache(maxsize=50_000)
def look_of(word: str) -> str:
    """The same for a word."""
    return _looks(unicodedata.normalize("NFKC", word).casefold())


def looks(text: str) -> str:
    """The text with letters that look alike made the same: what stays equal however it is misread."""
    return _looks(fold(text))


def denials(text: str) -> list[tuple[int, int]]:
    """Where a text denies something, in German or English, the words as they stand or misread."""
    return [word.span() for word in _WORD.finditer(text) if _denies(word.group())]


@lru_cache(maxsize=50_000)
def _denies(word: str) -> bool:
    return look_of(word) in _LOOKS_DENYING or word.casefold().endswith(("n't", "n’t"))


def _looks(text: str) -> str:
    for run, one in _RUNS:
        text = text.replace(run, one)
    return text.translate(_ALIKE)


_LOOKS_DENYING = frozenset(look_of(word) for word in _DENYING)


def joined(text: str) -> str:
    """The text with words that are parted at the end of a line put together."""
    return _PARTED.sub("", text)


def numbers(text: str) -> frozenset[str]:
    """The numbers of a text as digits, however they are grouped; 16S2 and l652 are 1652."""
    found = _NUMBER.findall(text)
    return frozenset(
        re.sub(r"\D", "", each.translate(_DIGITS)) for each in found if sum(c.isdigit() for c in each) * 2 >= len(each)
    )


@lru_cache(maxsize=256)
def locate_misread(text: str, quote: str) -> Found | None:
    """The place of a quote in a misread text, or None; never raises. For quotes that are found truly nowhere in it."""
    wanted = fold(quote)
    source = folded(text)
    if not _SHORTEST <= len(wanted) <= min(_LONGEST, 2 * len(source.skeleton)):
        return None
    likest = fuzz.partial_ratio_alignment(wanted, source.skeleton, score_cutoff=_LEAST)
    if likest is None or likest.dest_end <= likest.dest_start:
        return None
    for start, end in _whole_words(text, *source.span(likest.dest_start, likest.dest_end)):
        if _is_misread(quote, text[start:end]):
            return Found(start, end, False)
    return None


def _is_misread(quote: str, there: str) -> bool:
    if not _same_but_for_slips(looks(quote), looks(there)) or numbers(quote) != numbers(there):
        return False
    return len(denials(quote)) == len(denials(joined(there)))


def _same_but_for_slips(wanted: str, there: str) -> bool:
    """Whether few letters differ, and never several beside each other: a lost word is no slip."""
    slips = Levenshtein.opcodes(wanted, there)
    differing = [slip for slip in slips if slip.tag != "equal"]
    size = sum(max(d.src_end - d.src_start, d.dest_end - d.dest_start) for d in differing)
    longest = max((max(d.src_end - d.src_start, d.dest_end - d.dest_start) for d in differing), default=0)
    return size <= max(1, len(wanted) // _LETTERS_PER_SLIP) and longest <= _LONGEST_SLIP


def _whole_words(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The span with whole words: the words at its edges taken in or left out."""
    starts = (_edge(text, start, -1), _edge(text, start, 1))
    ends = (_edge(text, end, 1), _edge(text, end, -1))
    for pair in product(dict.fromkeys(starts), dict.fromkeys(ends)):
        if pair[0] < pair[1]:
            yield pair


def _edge(text: str, at: int, step: int) -> int:
    """The next place in a direction that is not inside a word."""
    while 0 < at < len(text) and not on_word_edges(text, at, len(text)):
        at += step
    return at
