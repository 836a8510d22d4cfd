"""Names as letters: other scripts in Latin letters, spellings of one sound alike, and keys by which likes are found.

`plain` loses nothing that tells names apart within a language (Müller is mueller, Möller is moeller). `spelled` folds
German spellings of five centuries (Cöln and Köln, Baiern and Bayern, Thurn and Turn). `skeleton` keeps consonants
alone, for finding candidates; whether two candidates are one is decided elsewhere (`ingest.resolve`).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

from graph.name_variants import GIVEN, PLACES

_UMLAUTS = str.maketrans(
    {
        "ä": "ae",
        "ö": "oe",
        "ü": "ue",
        "æ": "ae",
        "ø": "oe",
        "œ": "oe",
        "å": "a",
        "ð": "d",
        "þ": "th",
        "ł": "l",
        "đ": "d",
    }
)
_CYRILLIC = dict(
    zip(
        "абвгдеёжзийклмнопрстуфхцчшщъыьэюяіїєґўћђљњџј",
        "a b v g d e e zh z i i k l m n o p r s t u f kh ts ch sh shch  y  e yu ya i i e g u c dj lj nj dz j".split(
            " "
        ),
        strict=True,
    )
)
_GREEK = dict(
    zip("αβγδεζηθικλμνξοπρσςτυφχψω", "a v g d e z i th i k l m n x o p r s s t y ph ch ps o".split(), strict=True)
)
_ARABIC = dict(
    zip(
        "ابتثجحخدذرزسشصضطظعغفقكلمنهويىةأإآؤئءپچگژک",
        "a b t th j h kh d dh r z s sh s d t z  gh f q k l m n h w y a a a i a w y  p ch g zh k".split(" "),
        strict=True,
    )
)
_LETTERS = str.maketrans(_CYRILLIC | _GREEK | _ARABIC)
_GREEK_PAIRS = (
    ("ου", "u"),
    ("αι", "ai"),
    ("ει", "i"),
    ("οι", "oi"),
    ("μπ", "b"),
    ("ντ", "d"),
    ("γγ", "ng"),
    ("γκ", "g"),
    ("ευ", "ev"),
)
_WORD = re.compile(r"[^\W_]+", re.UNICODE)

# fmt: off
_SPELLINGS = tuple(
    (re.compile(pattern), letters)
    for pattern, letters in (
        ("ph", "f"), ("th", "t"), ("dt$", "t"), ("tz", "z"), ("ck", "k"), ("sz", "s"), ("cz", "z"), ("qu", "kw"),
        ("c(?=[eiy])", "z"), ("c(?!h)", "k"), ("[aeo](?:i|y|j)", "ei"), ("y", "i"), ("j", "i"), ("ie", "i"),
        ("ue", "u"), ("oe", "o"), ("ae", "a"), ("v", "f"), ("uw|w", "w"), (r"([aeiou])h(?![aeiou])", r"\1"),
        (r"(.)\1+", r"\1"), ("x", "ks"),
    )
)
_ENDING = re.compile("(?<=...)(?:i?us|[aeio]s)$")
"""Of Latin and Greek names: Wormius and Worm, Aristoteles and Aristotle."""
_SOUNDS = tuple(
    (re.compile(pattern), letters)
    for pattern, letters in (
        ("r[nm]", "m"), ("tsch|tch|tsh|zsch|cz|ch|sch|sh|sz|zh|kh|ts|tz|z|c|j", "c"),
        ("ph|pf|v|w|ff", "f"), ("th|dt|d", "t"),
        ("ck|qu|q|g|x", "k"), ("b", "p"), ("n", "m"),
    )
)
# fmt: on


def romanised(text: str) -> str:
    """Small Latin letters for Cyrillic, Greek and Arabic ones; other letters lose their accents, umlauts become two."""
    text = unicodedata.normalize("NFKC", text).casefold()
    greek = unicodedata.normalize("NFC", _bare(unicodedata.normalize("NFD", text))) if _is_greek(text) else text
    for pair, letters in _GREEK_PAIRS if greek != text or _is_greek(text) else ():
        greek = greek.replace(pair, letters)
    return _bare(unicodedata.normalize("NFD", greek.translate(_UMLAUTS).translate(_LETTERS)))


def _is_greek(text: str) -> bool:
    return any("\u0370" <= letter <= "\u03ff" or "\u1f00" <= letter <= "\u1fff" for letter in text)


def _bare(text: str) -> str:
    return "".join(letter for letter in text if not unicodedata.combining(letter))


def plain(word: str) -> str:
    """A word in small Latin letters, with umlauts as two letters and long s as s."""
    return romanised(word)


@lru_cache(maxsize=100_000)
def spelled(word: str) -> str:
    """A plain word with spellings of one sound alike, as German has had them since the sixteenth century."""
    for pattern, letters in _SPELLINGS:
        word = pattern.sub(letters, word)
    return word


def skeleton(word: str) -> str:
    """The consonants of a plain word, those that are often mistaken or written for each other as one."""
    letters = _ENDING.sub("", spelled(word.translate(str.maketrans("015", "ols"))))
    for pattern, letter in _SOUNDS:
        letters = pattern.sub(letter, letters)
    bones = re.sub("[aeiouyh]", "", letters)
    first = letters[:1] if letters[:1] in tuple("aeiouyh") else ""
    return first.translate(str.maketrans("eoyh", "aui ")).strip() + re.sub(r"(.)\1+", r"\1", bones)


def words(name: str) -> list[str]:
    """The words of a name in plain letters, in order."""
    return [plain(word) for word in _WORD.findall(unicodedata.normalize("NFKC", name)) if plain(word)]


def keys(names: Iterable[str]) -> str:
    """What names are found by, as words of a full-text index: skeletons, and those with one letter left out.

    Two words whose skeletons differ by one letter share a key (after SymSpell, W. Garbe 2012).
    """
    found: set[str] = set()
    for name in names:
        for word in words(name):
            bones = skeleton(word)
            if len(word) < 2 or not bones:
                continue
            found.add(f"k{bones}")
            if len(bones) >= 4:
                found |= {f"k{bones[:i]}{bones[i + 1 :]}" for i in range(len(bones))}
            found |= {f"v{table[word]}" for table in (GIVEN, PLACES) if word in table}
    return " ".join(sorted(found))
