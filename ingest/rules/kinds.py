"""What kind of thing a name names: told by its words and by the words around it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from ingest.rules.candidates import Votes, merged
from ingest.rules.tokens import Token
from ingest.rules.words import sections, words

PLACES = words("places")
FIRST_NAMES = words("first_names")
TITLES = sections("roles")["titles"]
ROLES = sections("roles")["roles"]
SAINTS = sections("roles")["saints"]
EPITHETS = sections("roles")["epithets"]
PARTICLES = sections("roles")["particles"]
HEADS: dict[str, str] = {word: kind for kind, heads in sections("heads").items() for word in heads if kind}
_LOWER_HEADS = {word.lower(): kind for word, kind in HEADS.items()}
_COMPOUND_HEADS = tuple((word.lower(), kind) for word, kind in HEADS.items() if len(word) >= 5)
_ALL_HEADS = tuple(head for head, _ in _COMPOUND_HEADS)
_ROMAN = re.compile(r"[IVX]+\.?")
_INITIAL = re.compile(r"(?:[^\W\d_]\.)+")
_PLACE_END = re.compile(
    r".{2,}(?:burg|berg|stadt|dorf|heim|hausen|furt|ingen|shire|land|ville|town|grad|minster|borough|holm|itz|ow)"
)
_LIFE = re.compile(
    r"\s*\((?:\*|†|born|b\.|geb\.|geboren|c\.|ca\.|um|reg\.|r\.|ruled)?\s*(?:[^()]{0,25}\s)?(?:1\d|20)\d\d\b"
)
_DOES = re.compile(
    r"\s*,?\s*(?:was born|were born|died|wrote|painted|collected|studied|married|taught|"
    r"(?:is|was) an? (?:\w+ ){0,4}(?:actor|actress|singer|writer|player|politician|footballer|author|painter|musician|"
    r"director|producer|physician|scholar|scientist)|"
    r"starb|schrieb|malte|sammelte|studierte|heiratete|lehrte|reiste|wurde (?:\S+ ){0,4}geboren|ließ|besaß|"
    r"kaufte|erbte|schenkte)"
)
_IN = {"in", "near", "at", "nach", "bei", "aus", "bis", "nahe"}


def votes_within(name: list[str]) -> Votes:
    """What the words of a name say about its type."""
    joined = " ".join(name)
    found: list[tuple[str, int]] = []
    if joined in PLACES:
        found.append(("Place", 4))
    elif len(name) > 1 and (name[0].split("-")[0] in FIRST_NAMES or _INITIAL.fullmatch(name[0])):
        found.append(("Person", 4))
    elif len(name) == 1 and name[0] in FIRST_NAMES:
        found.append(("Person", 2))
    if len(name) > 1 and any(_INITIAL.fullmatch(word) for word in name):
        found.append(("Person", 2))
    if len(name) > 1 and name[0] in FIRST_NAMES and (_ROMAN.fullmatch(name[-1]) or name[-1] in EPITHETS):
        found.append(("Person", 4))
    if len(name) > 2 and any(word in PARTICLES for word in name[1:-1]) and "of" not in name:
        found.append(("Person", 1))
    if len(name) > 2 and name[0] in TITLES and name[1] == "of":
        found.append(("Person", 6))
    if head := _head(name):
        # Many family names end like a place: Niels Heidenreich, Carl Burgstaller.
        found.append((head, 3 if head == "Place" and len(name) == 2 and name[0] in FIRST_NAMES else 5))
    if name[0] in SAINTS and len(name) == 2 and joined not in PLACES:
        found.append(("Person", 1))
    if len(name) == 1 and _PLACE_END.fullmatch(name[0]):
        found.append(("Place", 1))
    if len(name) == 1 and len(joined) > 1 and joined.isupper() and joined not in PLACES:
        found.append(("Organisation", 2))
    return merged(found)


def _head(name: list[str]) -> str | None:
    """The type that the word gives which stands for the whole: the last, the one before `of`, or the first."""
    if len(name) == 1:
        return head_kind(name[0]) if name[0] not in HEADS else None
    spots = [name.index(link) - 1 for link in ("of", "for", "de", "der", "des") if link in name[1:]]
    order = [*(name[spot] for spot in spots), name[-1], name[0]]
    if _ROMAN.fullmatch(name[-1]) and len(name) > 2:
        order.insert(0, name[-2])
    for word in order:
        if kind := HEADS.get(word) or _LOWER_HEADS.get(word.lower().removesuffix("es").removesuffix("s")):
            return kind
    return head_kind(name[-1])


@lru_cache(maxsize=50_000)
def head_kind(word: str) -> str | None:
    """The type of thing that a German noun such as Nationalmuseum or Schatzkammer stands for, or None."""
    lowered = word.lower()
    for form in (lowered, lowered.removesuffix("s"), lowered.removesuffix("es")):
        if form.endswith(_ALL_HEADS):
            return next(kind for head, kind in _COMPOUND_HEADS if form.endswith(head))
    return HEADS.get(word)


def votes_around(before: Token | None, after: str, name: list[str]) -> Votes:
    """What the word before and the text after a name say about its type."""
    found: list[tuple[str, int]] = []
    single, name_is_latin = len(name) == 1, name[-1].endswith("us")
    if before is not None and before.word:
        if before.text in _IN and not name_is_latin:
            found.append(("Place", 2 if single and before.text == "in" else 1))
        elif before.text in ROLES or before.text in TITLES:
            found.append(("Person", 3))
    if _LIFE.match(after):
        found.append(("Person", 3))
    elif _DOES.match(after):
        found.append(("Person", 2))
    return merged(found)


def place_before_person(words: Sequence[str]) -> int:
    """How many words at the beginning are a place that only stands before a person: In Prague Jost Bürgi ..."""
    for length in (2, 1):
        place = " ".join(words[:length])
        if len(words) > length + 1 and place in PLACES and place not in FIRST_NAMES and words[length] in FIRST_NAMES:
            return length
    return 0


def is_known(word: str) -> bool:
    """Whether a word alone is the name of a place or a first name."""
    return word in PLACES or word in FIRST_NAMES
