"""Does the source say it? Every citation of an answer is looked up; what cannot be found there is marked, not hidden.

A citation [n] is supported when the words that the model quotes for it stand in source n (letter for letter, or up to
what copying and misreading change) and say the same as the sentence in what can be seen of that (`llm.sense`). Where
the model quotes nothing, or not truly, the sentence's own words must stand close together there. A sentence is
supported when one of its citations is and all its numbers stand where it rests on. A sentence without citation is given
one where a source says the same in nearly the same words. How often that is right: `python -m bench.citations`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from graph.finding import Citation
from graph.misread import locate_misread, numbers
from graph.quotes import Found, fold, locate_quote
from graph.types import Evidence
from llm.sense import Basis, basis, languages_differ, same_numbers, says, stems
from llm.sentences import MARKER, paragraphs, sentences, without_markers

_SHORTEST_QUOTE = 8
"""Folded characters below which found words prove nothing."""
_ENOUGH_WORDS = 0.8
_ENOUGH_WITH_A_FALSE_QUOTE = 0.95
"""Share of a sentence's words that one or two sentences of its source must have where no quote shows the place."""


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
    """Whether a citation is true and the sentence's numbers stand where its true citations lead."""
    rests_on = [
        basis(sources[each.n], each.start - sources[each.n].chunk.start, each.end - sources[each.n].chunk.start)
        for each in citations
        if each.supported and each.start is not None and each.end is not None
    ]
    return bool(rests_on) and same_numbers(without_markers(text), rests_on)


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
    found = _locate(source.chunk.text, quote)
    if found:
        there = basis(source, found.start, found.end)
        if _related(sentence, quote, there) and says(without_markers(sentence), there):
            return _citation(n, source, found.start, found.end)
        return Citation(n, quote)
    enough = _ENOUGH_WITH_A_FALSE_QUOTE if quote else _ENOUGH_WORDS
    by_words = _by_words(sentence, n, source, enough)
    return by_words if by_words.supported else Citation(n, quote)


def _locate(text: str, quote: str) -> Found | None:
    if len(fold(quote)) < _SHORTEST_QUOTE:
        return None
    return locate_quote(text, quote) or locate_misread(text, quote)


def _citation(n: int, source: Evidence, start: int, end: int) -> Citation:
    chunk = source.chunk
    return Citation(n, chunk.text[start:end], True, chunk.start + start, chunk.start + end)


def _related(sentence: str, quote: str, there: Basis) -> bool:
    """Whether words can be about the same: across languages that cannot be seen, within one they share something."""
    words = without_markers(sentence)
    return languages_differ(words, there.source.chunk.text) or bool(_shared(words) & _shared(quote))


def _by_words(sentence: str, n: int, source: Evidence | None, enough: float = _ENOUGH_WORDS) -> Citation:
    """Judge by words: nearly all of the sentence's, all names and numbers, in at most two sentences of the source."""
    words = without_markers(sentence)
    wanted = stems(words)
    if source is None or len(wanted) < 2 or languages_differ(words, source.chunk.text):
        return Citation(n)
    around = stems(f"{source.title} {source.chunk.heading or ''}")
    for start, end in _windows(source.chunk.text, pairs=enough == _ENOUGH_WORDS):
        there = basis(source, start, end)
        if (
            len(wanted & (stems(there.window) | around)) >= enough * len(wanted)
            and same_numbers(words, [there])
            and says(words, there)
        ):
            return _citation(n, source, start, end)
    return Citation(n)


def _windows(text: str, pairs: bool) -> Iterator[tuple[int, int]]:
    """Spans of every sentence, then of every two that follow each other if `pairs` may be taken."""
    spans = list(sentences(text, line_ends=False))
    yield from spans
    if not pairs:
        return
    for first, second in pairwise(spans):
        yield first[0], second[1]


def _shared(text: str) -> frozenset[str]:
    """What a sentence and the words it rests on may have in common."""
    return stems(text) | numbers(text)
