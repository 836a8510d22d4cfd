"""Statements made by people: each goes to the passage of its document in which its words stand."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from graph.quotes import locate_quote
from graph.types import Chunk, Document, Entity, Extraction, Mention, Source, State, Statement, normalise
from ingest.dates import read_when
from ingest.sources.statements import EntityLine, StatementFile, StatementLine
from ingest.when_where import dated_by

TRUST = 3


def hand_extractions(
    content: StatementFile, document: Document, chunks: Sequence[Chunk], text: str
) -> list[Extraction]:
    """One extraction per chunk: the statements whose quote stands in it, and every known name it contains.

    A statement whose words are not found is kept at the first chunk of its page, or of the document, as unsupported.
    """
    known = {normalise(line.name): line for line in content.entities}
    entities = {key: _entity(line, document.collection) for key, line in known.items()}
    statements: dict[str, list[Statement]] = {}
    for line in content.statements_of(document.uri):
        statement = _statement(line, entities, document, chunks, text)
        if statement is not None:
            statements.setdefault(statement.source.chunk, []).append(statement)
            for entity in (statement.subject, statement.object):
                entities.setdefault(normalise(entity.name), entity)
    pattern, forms = _gazetteer(list(entities.values()))
    return [
        Extraction(piece.id, _mentions(piece, pattern, forms), tuple(statements.get(piece.id, ())))
        for piece in chunks
        if piece.state is State.PENDING or statements.get(piece.id)
    ]


def _entity(line: EntityLine, collection: str) -> Entity:
    return Entity(
        Entity.make_id(collection, line.name), line.name, collection, line.type, TRUST, line.aliases, line.description
    )


def _named(line: EntityLine, entities: dict[str, Entity], collection: str) -> Entity:
    return entities.get(normalise(line.name)) or _entity(line, collection)


def _statement(
    line: StatementLine, entities: dict[str, Entity], document: Document, chunks: Sequence[Chunk], text: str
) -> Statement | None:
    place = _place(line, chunks, text)
    if place is None:
        return None
    object_ = _named(line.object, entities, document.collection)
    source = replace(place, when=read_when(line.date), place=line.place or None)
    return Statement(
        subject=_named(line.subject, entities, document.collection),
        predicate=line.predicate,
        object=object_,
        text=line.text,
        source=dated_by(source, object_),
        collection=document.collection,
        confidence=line.confidence,
        model=line.made_by,
    )


def _place(line: StatementLine, chunks: Sequence[Chunk], text: str) -> Source | None:
    """Where the quote stands; the page says where to look first, since the same words may stand twice."""
    here = [c for c in chunks if line.page is None or c.page == line.page] or list(chunks)
    if not here:
        return None
    if line.quote:
        found = locate_quote(text, line.quote, (here[0].start, here[-1].end)) or locate_quote(text, line.quote)
        if found is not None:
            piece = next((c for c in chunks if c.text and c.start <= found.start < c.end), None)
            if piece is not None:
                return Source(piece.id, line.quote, found.start, found.end, True)
    return Source(here[0].id, line.quote or "")


def _gazetteer(entities: Sequence[Entity]) -> tuple[re.Pattern[str] | None, dict[str, Entity]]:
    """One pattern for all names and other forms, longest first, whole words only."""
    forms = {normalise(form): entity for entity in entities for form in (*entity.aliases, entity.name) if len(form) > 2}
    if not forms:
        return None, {}
    longest_first = sorted(forms, key=lambda form: (-len(form), form))
    words = "|".join(r"\s+".join(re.escape(part) for part in form.split()) for form in longest_first)
    return re.compile(rf"(?<!\w)(?:{words})(?!\w)", re.IGNORECASE), forms


def _mentions(piece: Chunk, pattern: re.Pattern[str] | None, forms: dict[str, Entity]) -> tuple[Mention, ...]:
    if pattern is None:
        return ()
    counts: dict[str, int] = {}
    found: dict[str, Entity] = {}
    for match in pattern.finditer(piece.text):
        entity = forms.get(normalise(match.group()))
        if entity is not None:
            counts[entity.id] = counts.get(entity.id, 0) + 1
            found[entity.id] = entity
    return tuple(Mention(piece.id, found[id_], count) for id_, count in counts.items())
