"""Reads a folder of passages, questions and recorded extractions, and loads it into a store as an import would.

Format: `passages.jsonl` {id, title, text}; `questions.jsonl` {id, question, gold: [passage ids]};
`extractions.jsonl` {passage_id, entities: [name], triples: [[subject, predicate, object]]}, malformed ones included.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from graph.store import Store
from graph.types import (
    DEFAULT_COLLECTION,
    Chunk,
    Document,
    Entity,
    Extraction,
    Mention,
    Source,
    State,
    Statement,
    make_id,
    normalise,
)
from graph.work import now
from ingest.quick import extract_quick


@dataclass(frozen=True, slots=True)
class Passage:
    id: str
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Question:
    id: str
    text: str
    gold: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a load did: passages stored, statements kept, triples that were none."""

    passages: int
    statements: int
    malformed: int


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)


def passages(folder: Path) -> list[Passage]:
    """All passages of the folder."""
    return [Passage(row["id"], row["title"], row["text"]) for row in _lines(folder / "passages.jsonl")]


def questions(folder: Path) -> list[Question]:
    """All questions of the folder."""
    return [Question(row["id"], row["question"], tuple(row["gold"])) for row in _lines(folder / "questions.jsonl")]


def recorded(folder: Path) -> dict[str, dict[str, Any]]:
    """Recorded extractions by passage id; empty where the folder has none."""
    path = folder / "extractions.jsonl"
    return {row["passage_id"]: row for row in _lines(path)} if path.exists() else {}


def document_of(passage: Passage) -> Document:
    """The document that a passage becomes."""
    text = passage_text(passage)
    return Document(
        id=make_id("document", DEFAULT_COLLECTION, passage.id),
        title=passage.title,
        uri=passage.id,
        media_type="text/plain",
        language="en",
        pages=1,
        characters=len(text),
        size=len(text.encode()),
        state=State.DONE,
        added_at=now(),
        extractor="recorded",
    )


def passage_text(passage: Passage) -> str:
    """The text that is embedded and searched: title and body."""
    return f"{passage.title}\n{passage.text}"


def chunk_of(passage: Passage, document: Document) -> Chunk:
    """The one chunk of a passage."""
    text = passage_text(passage)
    return Chunk(make_id("chunk", document.id, 0), document.id, 0, text, 0, len(text), page=1)


def extraction_of(chunk: Chunk, row: dict[str, Any]) -> Extraction:
    """A recorded extraction as ours; triples that are not three strings are refused one by one."""
    mentions = {}
    statements: list[Statement] = []
    refused: list[str] = []
    folded = normalise(chunk.text)
    for name in row.get("entities", ()):
        if isinstance(name, str) and normalise(name):
            entity = _entity(name)
            mentions[entity.id] = Mention(chunk.id, entity, folded.count(normalise(name)))
    for triple in row.get("triples", ()):
        if not _is_triple(triple):
            refused.append(f"not a triple of three strings: {json.dumps(triple, ensure_ascii=False)[:200]}")
            continue
        subject, predicate, object_ = triple
        statements.append(
            Statement(
                _entity(subject),
                predicate,
                _entity(object_),
                f"{subject} {predicate} {object_}",
                Source(chunk.id),
                model="recorded",
            )
        )
    return Extraction(chunk.id, tuple(mentions.values()), tuple(statements), (), tuple(refused))


def _is_triple(triple: object) -> bool:
    return (
        isinstance(triple, list)
        and len(triple) == 3
        and all(isinstance(part, str) and normalise(part) for part in triple)
    )


def _entity(name: str) -> Entity:
    return Entity(Entity.make_id(DEFAULT_COLLECTION, name), name, trust=0)


def load(store: Store, folder: Path, quick: bool = False, batch: int = 200) -> Loaded:
    """Store every passage with its recorded extraction, or with the names that the quick way finds; returns counts."""
    rows = {} if quick else recorded(folder)
    all_passages = passages(folder)
    statements = malformed = 0
    for begin in range(0, len(all_passages), batch):
        part = all_passages[begin : begin + batch]
        documents = [document_of(passage) for passage in part]
        store.documents.put(documents, "read")
        extractions: list[Extraction] = []
        for passage, document in zip(part, documents, strict=True):
            chunk = chunk_of(passage, document)
            store.documents.put_chunks(document, [chunk], "read", "none")
            if quick:
                extractions += extract_quick([chunk], document.language, DEFAULT_COLLECTION)
            else:
                extractions.append(extraction_of(chunk, rows.get(passage.id, {})))
        store.claims.put(extractions, DEFAULT_COLLECTION)
        statements += sum(len(x.statements) for x in extractions)
        malformed += sum(len(x.refused) for x in extractions)
    return Loaded(len(all_passages), statements, malformed)


def chunk_ids(all_passages: Sequence[Passage]) -> dict[str, str]:
    """Passage id by chunk id."""
    return {chunk_of(p, document_of(p)).id: p.id for p in all_passages}
