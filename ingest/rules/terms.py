"""Common nouns that a document comes back to and that say what it is about: coral, magic lantern, Kunstkammer."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from graph.types import normalise
from ingest.rules.nouns import is_common_noun
from ingest.rules.words import sections, words

_LISTS = sections("terms")
_NOUNS_DE = sections("nouns_de")
_PLAIN_DE = frozenset(word.lower() for part in ("people", "things") for word in _NOUNS_DE[part])
_KINDS = {
    language: {
        normalise(word): kind.split()[0]
        for kind, found in _LISTS.items()
        if kind.endswith(f" {language}") and not kind.startswith("dull")
        for word in found
    }
    for language in ("de", "en")
}
_FORMS_DE = {normalise(word): word for kind, found in _LISTS.items() if kind.endswith(" de") for word in found}
_DULL_DE = frozenset(word.lower() for word in _LISTS["dull de"])
_STOP_EN = words("starters") | words("frequent_en") | _LISTS["dull en"]
_DETERMINERS = frozenset(
    "a an the of his her its their our these those some many several two three four with from into".split()
)
_ABSTRACT_DE = re.compile(
    r".*(?:ung|heit|keit|schaft|nis|tion|tät|ismus|ling|erei|mittel|weise|zahl|zeit|jahr|tag|teil)(?:en|s|e|es|se)?"
)
_NOT_A_NOUN_EN = re.compile(
    r".*(?:ing|ed|ly|ous|ful|less|able|ible|ive|ish|ical|ian|ern|ward|wards|ness|ment|ten|own|est|ally|self|selves|ought)"
)
_WORD = re.compile(r"[^\W\d_]+(?:[-'’][^\W\d_]+)*|[^\w\s]")
_ENDINGS_DE = ("se", "n", "en", "e", "s", "es", "er", "ern")
_UMLAUTS = str.maketrans("äöü", "aou")
FEWEST_PASSAGES = 2
LONGEST = 40


@dataclass(frozen=True, slots=True)
class Term:
    """A noun in its base form where it stands; `sure` ones are nouns without doubt, the others need one that is."""

    start: int
    end: int
    name: str
    kind: str | None
    sure: bool

    @property
    def key(self) -> str:
        """The form in which terms are compared."""
        return normalise(self.name)


def listed_kind(name: str) -> str | None:
    """The type of a noun that is listed as a term, or None."""
    key = normalise(name)
    return _KINDS["de"].get(key) or _KINDS["en"].get(key)


def terms_in(text: str, start: int, end: int, german: bool) -> list[Term]:
    """What may be a term between two offsets, in order, not overlapping."""
    return list(_german(text, start, end) if german else _english(text, start, end))


def salient(passages: Iterable[tuple[int, Term]], count: int) -> frozenset[str]:
    """The keys of the terms worth an entity, given each with the number of its passage; few for `count` passages."""
    seen: dict[str, set[int]] = defaultdict(set)
    listed: set[str] = set()
    sure: set[str] = set()
    for number, term in passages:
        seen[term.key].add(number)
        if term.kind:
            listed.add(term.key)
        if term.sure:
            sure.add(term.key)
    returning = [key for key in seen if len(seen[key]) >= FEWEST_PASSAGES and key in sure]
    ranked = sorted(returning, key=lambda key: (key not in listed, -len(seen[key]), -len(key), key))
    return frozenset(ranked[: 8 + count // 2])


def _german(text: str, start: int, end: int) -> Iterator[Term]:
    for match in _WORD.finditer(text, start, end):
        word = match.group()
        if len(word) < 4 or len(word) > LONGEST or not word[0].isupper() or word.isupper():
            continue
        found = german_term(word)
        if found is not None:
            name, kind = found
            yield Term(match.start(), match.end(), name, kind, sure=True)


@lru_cache(maxsize=100_000)
def german_term(word: str) -> tuple[str, str | None] | None:
    """Base form and type of a German noun that may be a term; None for names, general and abstract nouns."""
    base = _base_de(word)
    lowered = base.lower()
    kind = _KINDS["de"].get(normalise(base))
    if kind is not None:
        return _FORMS_DE[normalise(base)], kind
    if len(base) < 9 or "-" in base or lowered in _PLAIN_DE or lowered in _DULL_DE:
        return None
    if _ABSTRACT_DE.fullmatch(lowered):
        return None
    return (base, None) if is_common_noun(word) else None


def _base_de(word: str) -> str:
    """A German noun without the ending of plural or genitive, where a list knows what is left or its last part."""
    if normalise(word) in _FORMS_DE or word.lower() in _PLAIN_DE:
        return word
    for ending in _ENDINGS_DE:
        stem = word.removesuffix(ending)
        if stem == word or len(stem) < 4:
            continue
        for form in (stem, stem.lower().translate(_UMLAUTS).capitalize()):
            if normalise(form) in _FORMS_DE or form.lower() in _PLAIN_DE:
                return form
        if any(stem.lower()[cut:] in _PLAIN_DE for cut in range(3, len(stem) - 3)):
            return stem
    return word


def _english(text: str, start: int, end: int) -> Iterator[Term]:
    tokens = [(m.start(), m.end(), m.group()) for m in _WORD.finditer(text, start, end)]
    position = 0
    while position < len(tokens):
        begin, stop, word = tokens[position]
        before = tokens[position - 1][2].lower() if position else ""
        after = tokens[position + 1] if position + 1 < len(tokens) else None
        after = after if after and text[stop : after[0]].isspace() else None
        pair = _pair_en(word, after[2] if after else "", before, _next(tokens, position + 2))
        if pair is not None and after is not None:
            yield Term(begin, after[1], *pair)
            position += 2
            continue
        single = _single_en(word, before, after[2] if after else "")
        if single is not None:
            yield Term(begin, stop, *single)
        position += 1


def _next(tokens: list[tuple[int, int, str]], position: int) -> str:
    return tokens[position][2] if position < len(tokens) else ""


def _pair_en(first: str, second: str, before: str, after: str) -> tuple[str, str | None, bool] | None:
    """Two words as one term: listed, or a rare noun with its attribute between small words."""
    if not second.islower() or not (first.islower() or first.lower() in _KINDS["en"]):
        return None
    name = f"{first.lower()} {singular(second)}"
    kind = _KINDS["en"].get(name)
    if kind is not None:
        return name, kind, True
    if not _may_be_noun(second) or first in words("starters") or len(first) < 4 or _NOT_A_NOUN_EN.fullmatch(first):
        return None
    bounded = before in _DETERMINERS and (not after.islower() or after in words("starters"))
    return (name, None, True) if bounded else None


def _single_en(word: str, before: str, after: str) -> tuple[str, str | None, bool] | None:
    base = singular(word)
    kind = _KINDS["en"].get(base.lower())
    if kind is not None and (word.islower() or not before):
        return base.lower(), kind, True
    if not word.islower() or not _may_be_noun(word):
        return None
    return base, None, before in _DETERMINERS and (not after.islower() or after in words("starters"))


@lru_cache(maxsize=100_000)
def _may_be_noun(word: str) -> bool:
    """Whether an English word is rare enough for a term and does not look like a verb, adjective or adverb."""
    if not 5 <= len(word) <= LONGEST or not word.islower() or "'" in word or "’" in word:
        return False
    base = singular(word)
    return word not in _STOP_EN and base not in _STOP_EN and not _NOT_A_NOUN_EN.fullmatch(word)


@lru_cache(maxsize=100_000)
def singular(word: str) -> str:
    """An English noun without the s of its plural."""
    if len(word) < 4 or not word.endswith("s") or word.endswith(("ss", "us", "is", "ics", "ous", "as", "os")):
        return word
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("shes", "ches", "xes", "sses", "zes")):
        return word[:-2]
    return word[:-1]
