"""Statements out of what a model wrote: names checked, words looked up in the passage, the rest refused by name.

A statement whose quote is not in the chunk is kept as unsupported: people decide about it, they are told. One of which
neither quote nor names stand there was invented, or copied from the prompt, and is refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Final

from graph.quotes import fold, locate_quote
from graph.types import Chunk, Entity, Extraction, Mention, Source, Statement
from ingest.claim_schema import FALLBACK_TYPE, ExtractionSchema, is_type_name
from ingest.model_extractor import Read
from ingest.reply import RawClaim
from ingest.sentences import sentences
from ingest.when_where import dated_by, place_in, when_in

CONTEXT: Final = 400
"""Characters before the chunk that are shown so that pronouns can be understood."""
SOUGHT: Final = 0.8
"""How sure a claim is for which the model gave no words, so that a sentence with both names was looked for."""
_LONGEST_NAME: Final = 200
_NEAR: Final = 3
"""Sentences in a row in which two names are taken to belong together, where a model gives no quote."""
_NOTHING: Final = frozenset(
    {"-", "–", "?", "none", "null", "n/a", "unknown", "not stated", "unbekannt", "keine", "keiner"}
)
"""What models write into a field that has to stay empty."""
_PRONOUN_WORDS: Final = """
he she it they him her them his hers its their this that these those i we you who which er sie es ihm ihn ihr ihnen sein
seine dieser diese dieses man ich wir wer das der die
"""
_PRONOUNS: Final = frozenset(_PRONOUN_WORDS.split())


@dataclass(frozen=True, slots=True)
class Maker:
    """Makes statements. `free_hand`: for a model that gives no quotes, capitalises names and chooses types itself."""

    schema: ExtractionSchema
    collection: str
    model: str
    free_hand: bool = False

    def made(self, chunk: Chunk, document_text: str, read: Read) -> Extraction:
        """The claims as statements with their places; of the same claim twice, the supported one is kept."""
        passage = _Passage(chunk, document_text)
        statements: dict[str, Statement] = {}
        refused = list(read.refused)
        for claim in read.claims:
            statement = self._statement(claim, passage, refused)
            if isinstance(statement, str):
                refused.append(_refusal(statement, claim))
            elif statement.id not in statements or not statements[statement.id].source.supported:
                statements[statement.id] = statement
        ends = [end for each in statements.values() for end in (each.subject, each.object)]
        told = {end for claim in read.claims for end in (claim.subject, claim.object)}
        named = [self._alone(name, kind, passage, [] if name in told else refused) for name, kind in read.named]
        mentions = tuple(passage.mentions([*ends, *filter(None, named)]))
        return Extraction(chunk.id, mentions, tuple(statements.values()), refused=tuple(dict.fromkeys(refused)))

    def _statement(self, claim: RawClaim, passage: _Passage, refused: list[str]) -> Statement | str:
        """The statement, or why it is refused."""
        predicate = self.schema.predicate_of(claim.predicate)
        if predicate is None:
            return "predicate not in the schema"
        subject = self._entity(claim.subject, claim.subject_type, passage)
        object_ = self._entity(claim.object, claim.object_type, passage)
        if isinstance(subject, str) or isinstance(object_, str):
            return subject if isinstance(subject, str) else str(object_)
        if subject.id == object_.id:
            return "about itself"
        names = (subject.name, object_.name)
        sought = self.free_hand and not claim.quote
        source = passage.between(*names) if sought else passage.quoted(claim.quote)
        named = sum(passage.names(name) for name in names)
        if not source.supported and not named:
            return "nothing of it stands in the passage"
        source = _held(source, claim, passage, refused)
        return Statement(
            subject,
            predicate,
            object_,
            f"{subject.name} {self.schema.in_words(predicate)} {object_.name}",
            dated_by(source, object_),
            self.collection,
            _confidence(source, named) * (SOUGHT if sought else 1),
            self.model,
        )

    def _entity(self, written: str, kind: str, passage: _Passage) -> Entity | str:
        """The entity of a name, or why it is none: a pronoun, no name, a kind that the schema does not have."""
        name = " ".join(written.split()).strip("\"'“”„«»‘’‚ ,;")
        if not name or len(name) > _LONGEST_NAME or name.casefold() in _PRONOUNS:
            return "a pronoun or no name"
        if self.free_hand:
            name = passage.as_written(name)
        type_, trust = self._type(kind)
        if type_ is None:
            return "type not in the schema"
        return Entity(Entity.make_id(self.collection, name), name, self.collection, type_, trust)

    def _type(self, kind: str) -> tuple[str | None, int]:
        """The type and how much it is to be trusted; None where the schema has none for it."""
        known = self.schema.type_of(kind)
        if known is not None:
            return known, 2 if known != FALLBACK_TYPE else 0
        if self.schema.free and self.free_hand and is_type_name(kind):
            return " ".join(kind.split()), 1
        return (FALLBACK_TYPE if self.schema.free or FALLBACK_TYPE in self.schema.types else None), 0

    def _alone(self, name: str, kind: str, passage: _Passage, refused: list[str]) -> Entity | None:
        """A name that stands in no claim, where it stands in the passage."""
        entity = self._entity(name, kind, passage)
        if isinstance(entity, str):
            refused.append(f"{entity}: {name} ({kind})")
        elif not passage.names(entity.name):
            refused.append(f"name not in the passage: {name} ({kind})")
        else:
            return entity
        return None


@dataclass(frozen=True, slots=True)
class _Passage:
    """A chunk in its document's text, and what stands where in it."""

    chunk: Chunk
    text: str

    def quoted(self, quote: str) -> Source:
        """Where the words stand in the document; without a place where they are not in the chunk."""
        found = locate_quote(self.text, quote, (self.chunk.start, self.chunk.end))
        if found is None:
            return Source(self.chunk.id, quote)
        return self._source(found.start, found.end)

    def between(self, subject: str, object_: str) -> Source:
        """The sentence that names both, or a few in a row that do; else one that names either, as unsupported."""
        spans = list(sentences(self.text, self.chunk.start, self.chunk.end))
        for many in range(1, _NEAR + 1):
            for at in range(len(spans) - many + 1):
                start, end = spans[at][0], spans[at + many - 1][1]
                if self._has(subject, start, end) and self._has(object_, start, end):
                    return self._source(start, end)
        either = (s for s in spans if self._has(subject, *s) or self._has(object_, *s))
        first = next(either, None)
        return replace(self._source(*first), supported=False) if first else Source(self.chunk.id)

    def _source(self, start: int, end: int) -> Source:
        return Source(self.chunk.id, self.text[start:end], start, end, True)

    def _has(self, name: str, start: int, end: int) -> bool:
        return locate_quote(self.text, name, (start, end)) is not None

    def names(self, name: str) -> bool:
        """Whether every word of a name stands in what the model was shown: passage, heading and context."""
        chunk = self.chunk
        shown = fold(self.text[max(0, chunk.start - CONTEXT) : chunk.end] + "\n" + (chunk.heading or ""))
        return all(fold(word) in shown for word in name.split())

    def as_written(self, name: str) -> str:
        """A name with the capitals that the passage gives it: "Henry Viii" is "Henry VIII" there."""
        found = locate_quote(self.text, name, (self.chunk.start, self.chunk.end))
        if found is None:
            return name
        written = " ".join(self.text[found.start : found.end].split())
        return written if written.casefold() == name.casefold() else name

    def mentions(self, entities: Iterable[Entity]) -> Iterator[Mention]:
        """How often the chunk names each entity; those it does not name literally are left out."""
        for entity in {each.id: each for each in entities}.values():
            pattern = rf"(?<!\w){re.escape(entity.name)}(?!\w)"
            count = len(re.findall(pattern, self.chunk.text, re.IGNORECASE)) or int(
                locate_quote(self.chunk.text, entity.name) is not None
            )
            if count:
                yield Mention(self.chunk.id, entity, count)


def _held(source: Source, claim: RawClaim, passage: _Passage, refused: list[str]) -> Source:
    """The source with the claim's date and place; one that is not in the passage is refused by itself."""
    date, place = (words if words.casefold() not in _NOTHING else "" for words in (claim.date, claim.place))
    if date and (when := when_in(date, passage.chunk, passage.text)) is not None:
        source = replace(source, when=when)
    elif date:
        refused.append(_refusal("date not in the passage", claim, date))
    if place and (where := place_in(place, passage.chunk, passage.text)) is not None:
        source = replace(source, place=where)
    elif place:
        refused.append(_refusal("place not in the passage", claim, place))
    return source


def _refusal(why: str, claim: RawClaim, *more: str) -> str:
    return f"{why}: {' | '.join((claim.subject, claim.predicate, claim.object, *more))}"


def _confidence(source: Source, named: int) -> float:
    """1 for a claim with true words about two things the passage names; half of that for each thing that is missing."""
    return 0.5 ** ((not source.supported) + (2 - named))
