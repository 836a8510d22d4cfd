"""Does the source say it? Every citation of an answer is looked up; what cannot be found there is marked, not hidden.

A citation [n] is supported when the words that the model quotes for it stand in source n and have to do with the
sentence. Where the model quotes nothing, or not truly, the sentence's own words must stand close together there.
A sentence is supported when one of its citations is and all its numbers stand in the sources it cites. A sentence
without citation is given one where a source says the same in nearly the same words.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from graph.quotes import fold, locate_quote
from graph.types import Evidence
from llm.language import guess
from llm.sentences import MARKER, paragraphs, sentences, without_markers
from llm.words import STOPWORDS

_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
_NUMBER = re.compile(r"\d{1,3}(?:[.,'’ ]\d{3})+(?!\d)|\d+")
_NEGATION = re.compile(
    r"\b(?:not?|never|none|nobody|without|neither|nor|n't|nicht|kein\w*|nie|niemals|ohne|weder|niemand)\b|n['’]t\b",
    re.I,
)
_STEM = 5
_SHORTEST_QUOTE = 8
"""Folded characters below which found words prove nothing."""
_ENOUGH_WORDS = 0.8


@dataclass(frozen=True, slots=True)
class Citation:
    """One [n] of a sentence. `quote` is what the source says at `start`:`end` (offsets in its document's text);
    where it was not found, the words the model claimed, and no place."""

    n: int
    quote: str = ""
    supported: bool = False
    start: int | None = None
    end: int | None = None


@dataclass(frozen=True, slots=True)
class CheckedSentence:
    """A sentence of an answer, `answer[start:end]`, its citations, and whether its sources say it."""

    text: str
    citations: tuple[Citation, ...]
    supported: bool
    start: int = 0
    end: int = 0


def check(answer: str, quotes: Sequence[tuple[int, str]], evidence: Sequence[Evidence]) -> tuple[CheckedSentence, ...]:
    """The sentences of a sanitised answer with every citation looked up; `quotes` are the model's (n, words)."""
    sources = {piece.n: piece for piece in evidence}
    left = _Quotes(quotes)
    checked: list[CheckedSentence] = []
    for start, end in paragraphs(answer):
        spans = [(start + a, start + b) for a, b in sentences(answer[start:end])]
        done = [_cited(answer, span, sources, left) for span in spans]
        checked += _borrowed(done, sources)
    return tuple(checked)


def _cited(answer: str, span: tuple[int, int], sources: Mapping[int, Evidence], left: _Quotes) -> CheckedSentence:
    """A sentence judged by the citations that stand in it."""
    text = answer[span[0] : span[1]]
    numbers = list(dict.fromkeys(int(number) for number in MARKER.findall(text)))
    citations = tuple(_look_up(text, n, left.take(n, text), sources.get(n)) for n in numbers)
    return CheckedSentence(text, citations, _holds(text, citations, sources), *span)


def _borrowed(done: Sequence[CheckedSentence], sources: Mapping[int, Evidence]) -> Iterator[CheckedSentence]:
    """Sentences without citation get the source that says them in their own words: the one cited next, or any."""
    following: tuple[int, ...] = ()
    judged: list[CheckedSentence] = []
    for sentence in reversed(done):
        if sentence.citations:
            following = tuple(each.n for each in sentence.citations)
        else:
            own = (_by_words(sentence.text, n, sources.get(n)) for n in dict.fromkeys((*following, *sources)))
            citation = next((each for each in own if each.supported), None)
            if citation:
                sentence = replace(sentence, citations=(citation,), supported=True)
        judged.append(sentence)
    return reversed(judged)


def _holds(text: str, citations: Sequence[Citation], sources: Mapping[int, Evidence]) -> bool:
    cited = " ".join(_whole(sources[each.n]) for each in citations if each.n in sources)
    return any(each.supported for each in citations) and _numbers(without_markers(text)) <= _numbers(cited)


class _Quotes:
    """The quotes a model gave, handed out to its citations: each once if possible, the likest first, then in order."""

    def __init__(self, quotes: Sequence[tuple[int, str]]) -> None:
        self._quotes: dict[int, list[str]] = defaultdict(list)
        self._used: set[tuple[int, str]] = set()
        for n, words in quotes:
            self._quotes[n].append(words)

    def take(self, n: int, sentence: str) -> str:
        """The words for this citation, or nothing."""
        wanted = _shared(without_markers(sentence))
        best = max(
            self._quotes.get(n, []),
            key=lambda words: ((n, words) not in self._used, len(wanted & _shared(words))),
            default="",
        )
        self._used.add((n, best))
        return best


def _look_up(sentence: str, n: int, quote: str, source: Evidence | None) -> Citation:
    if source is None:
        return Citation(n, quote)
    found = locate_quote(source.chunk.text, quote) if len(fold(quote)) >= _SHORTEST_QUOTE else None
    if found and _related(sentence, quote, source):
        words = source.chunk.text[found.start : found.end]
        return Citation(n, words, True, source.chunk.start + found.start, source.chunk.start + found.end)
    by_words = _by_words(sentence, n, source)
    return by_words if by_words.supported else Citation(n, quote)


def _related(sentence: str, quote: str, source: Evidence) -> bool:
    """Whether words can be about the same: across languages that cannot be seen, within one they share something."""
    words = without_markers(sentence)
    if _other_language(words, source):
        return True
    return bool(_shared(words) & _shared(quote))


def _other_language(words: str, source: Evidence) -> bool:
    languages = guess(words), guess(source.chunk.text)
    return None not in languages and languages[0] != languages[1]


def _by_words(sentence: str, n: int, source: Evidence | None) -> Citation:
    """Judge by words: nearly all of the sentence's, all names and numbers, in at most two sentences of the source."""
    words = without_markers(sentence)
    wanted = _stems(words)
    if source is None or len(wanted) < 2 or _other_language(words, source):
        return Citation(n)
    text = source.chunk.text
    around = _stems(f"{source.title} {source.chunk.heading or ''}")
    for start, end in _windows(text):
        window = text[start:end]
        found = wanted & (_stems(window) | around)
        if (
            len(found) >= _ENOUGH_WORDS * len(wanted)
            and _numbers(words) <= _numbers(window)
            and _names(words) <= _stems(window) | around
            and bool(_NEGATION.search(words)) == bool(_NEGATION.search(window))
        ):
            return Citation(n, window, True, source.chunk.start + start, source.chunk.start + end)
    return Citation(n)


def _windows(text: str) -> Iterator[tuple[int, int]]:
    """Spans of every sentence, then of every two that follow each other."""
    spans = list(sentences(text, line_ends=False))
    yield from spans
    for first, second in pairwise(spans):
        yield first[0], second[1]


def _whole(source: Evidence) -> str:
    return f"{source.title} {source.chunk.heading or ''} {source.chunk.text}"


def _stems(text: str) -> frozenset[str]:
    """What words share when they are inflected, roughly: their first letters; small words are left out."""
    words = (word.casefold() for word in _WORD.findall(unicodedata.normalize("NFKC", text)))
    return frozenset(word[:_STEM] for word in words if word not in STOPWORDS and len(word) > 2)


def _shared(text: str) -> frozenset[str]:
    """What a sentence and the words it rests on may have in common."""
    return _stems(text) | _numbers(text)


def _numbers(text: str) -> frozenset[str]:
    return frozenset(re.sub(r"\D", "", number) for number in _NUMBER.findall(text))


def _names(text: str) -> frozenset[str]:
    """Stems of capitalised words but the first; in German every noun has a capital, so none count there."""
    if guess(text) == "de":
        return frozenset()
    return _stems(" ".join(word for word in _WORD.findall(text)[1:] if word[0].isupper()))
