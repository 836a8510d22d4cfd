"""Names and terms without a model, German and English: who and what each passage mentions, and what stands together."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby, islice

from graph.types import Chunk, ChunkKind, CoOccurrence, Entity, Extraction, Mention, normalise
from ingest.language import guess_language
from ingest.rules.candidates import Candidate
from ingest.rules.document import Names
from ingest.rules.scan import is_shouted, names_in
from ingest.rules.terms import Term, listed_kind, salient, terms_in
from ingest.sentences import sentences

_PIECE = re.compile(r"(?:(?!\n\s*\n|\n\s*(?:[-*•|#]|\d+[.)])\s|\t).)+", re.S)
_BROKEN = re.compile(r"(?<=[^\W\d_])[-\u2010\u00ad]\n\s*(?!(?:und|oder|bis|and|or)\b)(?=[a-zß-ÿ])|\u00ad")
_LIGATURES = str.maketrans({"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st"})
_WORD = re.compile(r"\w+(?:[-'’.]\w+)*")
_LABEL = re.compile(r"^[^\W\d_][\w /-]{0,50}: ", re.MULTILINE)
_UNUSABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
MOST_PAIRS = 30
"""Of a sentence with more pairs than this, a list or a register, only the names next to each other are kept."""


@dataclass(slots=True)
class _Sentence:
    chunk: int
    text: str
    candidates: list[Candidate] = field(default_factory=list)
    terms: list[Term] = field(default_factory=list)
    shouted: bool = False
    named: list[tuple[int, int, str]] = field(default_factory=list)
    """Start, end and full name of what turned out to be a name in the whole document."""


def extract_quick(chunks: Sequence[Chunk], language: str | None, collection: str) -> list[Extraction]:
    """One extraction per chunk, in order: entities with counts and their co-occurrences; no statements; never raises.

    Names are understood across each document, so all chunks of a document are wanted at once.
    """
    found: list[Extraction] = []
    for _, group in groupby(chunks, key=lambda chunk: chunk.document):
        found += _document(list(group), language, collection)
    return found


def _document(chunks: list[Chunk], language: str | None, collection: str) -> list[Extraction]:
    usual = language or guess_language("\n".join(chunk.text for chunk in chunks[:20]))
    read = [sentence for number, chunk in enumerate(chunks) for sentence in _sentences(chunk, number, usual)]
    document = _Document(read, len(chunks), collection)
    counts: list[Counter[Entity]] = [Counter() for _ in chunks]
    together: list[Counter[tuple[str, str]]] = [Counter() for _ in chunks]
    for sentence in read:
        here = list(document.entities(sentence))
        counts[sentence.chunk].update(here)
        together[sentence.chunk].update(_pairs([entity.id for entity in dict.fromkeys(here)]))
    return [_extraction(chunk, counts[n], together[n]) for n, chunk in enumerate(chunks)]


def _extraction(chunk: Chunk, counts: Counter[Entity], together: Counter[tuple[str, str]]) -> Extraction:
    return Extraction(
        chunk=chunk.id,
        mentions=tuple(Mention(chunk.id, entity, count) for entity, count in counts.items()),
        co_occurrences=tuple(CoOccurrence(a, b, weight) for (a, b), weight in sorted(together.items())),
    )


def _pairs(ids: list[str]) -> Iterator[tuple[str, str]]:
    """Pairs of what stands in one sentence, smaller id first, the closest ones where there are too many."""
    closest = ((ids[n], ids[n + gap]) for gap in range(1, len(ids)) for n in range(len(ids) - gap))
    yield from ((min(pair), max(pair)) for pair in islice(closest, MOST_PAIRS))


class _Document:
    """The names and terms of one document, and the entities that its sentences mention."""

    def __init__(self, read: list[_Sentence], passages: int, collection: str) -> None:
        self._collection = collection
        self._entities: dict[str, Entity | None] = {}
        self._names = Names([candidate for sentence in read for candidate in sentence.candidates])
        for sentence in read:
            found = ((c.start, c.end, self._names.name(c)) for c in sentence.candidates)
            sentence.named = [(start, end, name) for start, end, name in found if name]
            sentence.terms = list(_free(sentence))
        free = [(sentence.chunk, term) for sentence in read for term in sentence.terms]
        chosen = salient(free, passages)
        self._terms = {term.key: term for _, term in reversed(free) if term.key in chosen}
        self._by_first_word: dict[str, list[list[str]]] = defaultdict(list)
        for key in sorted(self._names.known(), key=lambda key: (-len(key), key)):
            words = _WORD.findall(key)
            if words:
                self._by_first_word[words[0]].append([*words, key])

    def entities(self, sentence: _Sentence) -> Iterator[Entity]:
        """The entities that a sentence mentions, in order, as often as it does."""
        if sentence.shouted:
            names = self._shouted(sentence.text)
        else:
            found = [(start, name) for start, _, name in sentence.named]
            found += [(term.start, term.name) for term in sentence.terms if term.key in self._terms]
            names = [name for _, name in sorted(found)]
        for name in names:
            entity = self._entity(name)
            if entity is not None:
                yield entity

    def _shouted(self, line: str) -> list[str]:
        """The names that the document knows in a line without small letters, the longest first where they overlap."""
        words = _WORD.findall(normalise(line))
        names: list[str] = []
        position = 0
        while position < len(words):
            known = self._by_first_word.get(words[position], ())
            for *name, key in known:
                if words[position : position + len(name)] == name:
                    names.append(self._names.form(key))
                    position += len(name) - 1
                    break
            position += 1
        return names

    def _entity(self, name: str) -> Entity | None:
        """The entity with a name, the same object each time; None for a name that cannot be shown or stored."""
        key = normalise(name)
        if key not in self._entities:
            self._entities[key] = self._made(name) if key and not _UNUSABLE.search(name) else None
        return self._entities[key]

    def _made(self, name: str) -> Entity:
        term = self._terms.get(normalise(name))
        known = normalise(name) in self._names.known()
        kind = listed_kind(name) or (self._names.kind(name) if known else None) or (term.kind if term else None)
        return Entity(
            id=Entity.make_id(self._collection, name),
            name=name,
            collection=self._collection,
            type=kind or "Thing",
            trust=1 if kind else 0,
            aliases=tuple(alias for alias in self._names.aliases(name) if not _UNUSABLE.search(alias)) if known else (),
        )


def _free(sentence: _Sentence) -> Iterator[Term]:
    """The terms of a sentence that are no part of a name."""
    for term in sentence.terms:
        if not any(start < term.end and term.start < end for start, end, _ in sentence.named):
            yield term


def _sentences(chunk: Chunk, number: int, usual: str | None) -> Iterator[_Sentence]:
    """The sentences of a chunk with what may be names in them."""
    german = (guess_language(chunk.text) or usual) == "de"
    # What a file says about itself is lines of a label and a value: neither the label nor the next line is in a name.
    said = _LABEL.sub("\n", chunk.text) if chunk.kind is ChunkKind.METADATA else chunk.text
    whole = _readable(said)
    for piece in _PIECE.finditer(whole):
        heading = _is_heading(piece.group(), chunk)
        for start, end in sentences(whole, piece.start(), piece.end()):
            text = whole[start:end]
            if is_shouted(text) and (heading or len(text) > 15):
                yield _Sentence(number, text, shouted=True)
                continue
            candidates = names_in(whole, start, end, german)
            if heading and not german:
                # In English headings every word may have a capital: they count only what the text names too.
                candidates = [c if c.votes and c.certain else replace(c, certain=False, support=0) for c in candidates]
            yield _Sentence(number, text, candidates, terms_in(whole, start, end, german))


def _readable(text: str) -> str:
    """A text with its letters composed, without ligatures and with the words in one piece that a line end divides."""
    return unicodedata.normalize("NFC", _BROKEN.sub("", text).translate(_LIGATURES))


def _is_heading(text: str, chunk: Chunk) -> bool:
    line = text.strip()
    return line.startswith("#") or (chunk.heading is not None and line in chunk.heading)
