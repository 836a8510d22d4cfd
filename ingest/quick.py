"""Names and terms without a model, German and English: who and what each passage mentions, and what stands together."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import combinations, groupby

from graph.types import Chunk, CoOccurrence, Entity, Extraction, Mention, normalise
from ingest.language import guess_language
from ingest.rules.candidates import Candidate
from ingest.rules.document import Names
from ingest.rules.scan import is_shouted, names_in
from ingest.sentences import sentences

_PIECE = re.compile(r"(?:(?!\n\s*\n|\n\s*(?:[-*•|#]|\d+[.)])\s|\t).)+", re.S)
_SIGN = re.compile(r"[^\w\s]")
MOST_TOGETHER = 40
"""A sentence with more names is a list or a register, in which standing together says little."""


@dataclass(slots=True)
class _Sentence:
    chunk: int
    text: str
    candidates: list[Candidate] = field(default_factory=list)
    shouted: bool = False


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
    names = Names([candidate for sentence in read for candidate in sentence.candidates])
    entities: dict[str, Entity] = {}
    counts: list[Counter[str]] = [Counter() for _ in chunks]
    together: list[Counter[tuple[str, str]]] = [Counter() for _ in chunks]
    for sentence in read:
        here = Counter(_entity(name, names, entities, collection) for name in _named(sentence, names))
        counts[sentence.chunk].update(here)
        if len(here) <= MOST_TOGETHER:
            together[sentence.chunk].update(
                combinations(sorted(entity.id for entity in map(entities.get, here) if entity), 2)
            )
    return [_extraction(chunk, counts[n], together[n], entities) for n, chunk in enumerate(chunks)]


def _extraction(
    chunk: Chunk, counts: Counter[str], together: Counter[tuple[str, str]], entities: dict[str, Entity]
) -> Extraction:
    return Extraction(
        chunk=chunk.id,
        mentions=tuple(Mention(chunk.id, entities[key], count) for key, count in counts.items()),
        co_occurrences=tuple(CoOccurrence(a, b, weight) for (a, b), weight in sorted(together.items())),
    )


def _entity(name: str, names: Names, entities: dict[str, Entity], collection: str) -> str:
    """The key of the entity with this name, made when it is met first."""
    key = normalise(name)
    if key not in entities:
        kind = names.kind(name)
        entities[key] = Entity(
            id=Entity.make_id(collection, name),
            name=name,
            collection=collection,
            type=kind or "Thing",
            trust=1 if kind else 0,
            aliases=names.aliases(name),
        )
    return key


def _named(sentence: _Sentence, names: Names) -> Iterator[str]:
    """The full names that a sentence mentions, as often as it does."""
    if sentence.shouted:
        line = f" {normalise(_SIGN.sub(' ', sentence.text))} "
        yield from (names.form(key) for key in names.known() if f" {key} " in line)
        return
    for candidate in sentence.candidates:
        name = names.name(candidate)
        if name is not None:
            yield name


def _sentences(chunk: Chunk, number: int, usual: str | None) -> Iterator[_Sentence]:
    """The sentences of a chunk with what may be names in them."""
    german = (guess_language(chunk.text) or usual) == "de"
    for piece in _PIECE.finditer(chunk.text):
        heading = _is_heading(piece.group(), chunk)
        for start, end in sentences(chunk.text, piece.start(), piece.end()):
            text = chunk.text[start:end]
            if is_shouted(text):
                yield _Sentence(number, text, shouted=True)
                continue
            candidates = names_in(chunk.text, start, end, german)
            if heading and not german:
                # In English headings every word may have a capital: they count only what the text names too.
                candidates = [c if c.votes and c.certain else replace(c, certain=False, support=0) for c in candidates]
            yield _Sentence(number, text, candidates)


def _is_heading(text: str, chunk: Chunk) -> bool:
    line = text.strip()
    return line.startswith("#") or (chunk.heading is not None and line in chunk.heading)
