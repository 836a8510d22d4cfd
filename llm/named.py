"""Which people, places and things of the graph a question names: whole names first, then parts of one."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from graph.types import Entity, normalise
from llm.words import STOPWORDS, content_words

if TYPE_CHECKING:
    from llm.views import Search

_WORD = re.compile(r"\w+", re.UNICODE)
_RUN = re.compile(r"[^\W\d_a-zß-öø-ÿ]\w*(?:[ '’.-]+(?:(?:de|von|van|der|of|the|di|da|zu)\s+)*[^\W\d_a-zß-öø-ÿ]\w*)*")
"""Capitalised words beside each other, as names are written."""
_CANDIDATES = 60
_RUNS = 6


@dataclass(frozen=True, slots=True)
class Mentioned:
    """A thing that a question names, and at which of its words."""

    entity: Entity
    start: int
    end: int
    whole: bool
    """Whether its whole name stands there, rather than a part such as the surname."""


def named(
    search: Search, question: str, collections: Sequence[str], degree: Callable[[str], int], parts: bool = True
) -> list[Mentioned]:
    """What a question names, in its order; of several that fit the same words the best connected.

    With `parts`, a surname or another word of a name counts where no whole name stands.
    """
    words = [normalise(word) for word in _WORD.findall(question)]
    found = _candidates(search, question, collections)
    whole = [each for entity in found for each in _whole(entity, words)]
    taken = _best(whole, degree)
    if parts:
        free = {at for at in range(len(words)) if not any(m.start <= at < m.end for m in taken)}
        capital = {normalise(word) for word in _WORD.findall(question) if word[:1].isupper()}
        some = [
            Mentioned(entity, at, at + 1, False)
            for entity in found
            for at in free
            if words[at] in capital and words[at] not in STOPWORDS and len(words[at]) > 2
            if any(_same(words[at], word) for word in _forms_words(entity))
        ]
        taken += _best([m for m in some if degree(m.entity.id)], degree)
    return sorted(taken, key=lambda m: m.start)


def two(mentioned: Sequence[Mentioned]) -> tuple[Mentioned, Mentioned] | None:
    """The two that a question names most clearly, in its order; None where there are not two."""
    clear = sorted(mentioned, key=lambda m: (not m.whole, m.start - m.end, m.start))
    best: list[Mentioned] = []
    for each in clear:
        if all(each.entity.id != other.entity.id for other in best):
            best.append(each)
    if len(best) < 2:
        return None
    first, second = sorted(best[:2], key=lambda m: m.start)
    return first, second


def _candidates(search: Search, question: str, collections: Sequence[str]) -> list[Entity]:
    ids: dict[str, None] = {}
    runs = sorted(set(_RUN.findall(question)), key=len, reverse=True)[:_RUNS]
    words = content_words(question)
    # The index knows no genitives.
    words += [word.removesuffix("s") for word in words if word.endswith("s") and len(word) > 4]
    for text in (*runs, " ".join(words)):
        ids.update(dict.fromkeys(id_ for id_, _ in search.entities_by_words(text, _CANDIDATES, collections)))
    return list(search.entities(list(ids)))


def _whole(entity: Entity, words: Sequence[str]) -> Iterable[Mentioned]:
    for form in dict.fromkeys((entity.name, *entity.aliases)):
        wanted = [normalise(word) for word in _WORD.findall(form)]
        if not wanted or all(word in STOPWORDS for word in wanted) or len("".join(wanted)) < 2:
            continue
        for start in range(len(words) - len(wanted) + 1):
            here = words[start : start + len(wanted)]
            if here[:-1] == wanted[:-1] and _same(here[-1], wanted[-1]):
                yield Mentioned(entity, start, start + len(wanted), True)


def _same(word: str, wanted: str) -> bool:
    """Whether a word is the wanted one, or its genitive."""
    return word == wanted or (len(wanted) > 2 and word in (f"{wanted}s", f"{wanted}es"))


def _forms_words(entity: Entity) -> set[str]:
    return {normalise(word) for form in (entity.name, *entity.aliases) for word in _WORD.findall(form)}


def _best(found: Sequence[Mentioned], degree: Callable[[str], int]) -> list[Mentioned]:
    """Longer names before shorter ones, the better connected before others; no word is used twice."""
    taken: list[Mentioned] = []
    for each in sorted(found, key=lambda m: (m.start - m.end, -degree(m.entity.id), m.start, m.entity.id)):
        if all(each.end <= other.start or each.start >= other.end for other in taken):
            taken.append(each)
    return taken
