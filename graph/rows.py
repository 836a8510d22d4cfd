"""Between rows of the database and our nouns: what is stored as which property, in one place."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from graph.errors import Failure
from graph.names import keys
from graph.types import Chunk, ChunkKind, Document, Entity, Region, Source, State
from graph.when import When

Properties = dict[str, Any]


def failure_properties(failure: Failure | None) -> Properties:
    """A failure as three properties: the text for people who look into the database, code and values for our pages."""
    if failure is None:
        return {"error": None, "error_code": None, "error_params": None}
    return {"error": failure.text, "error_code": failure.code, "error_params": json.dumps(failure.params)}


def to_failure(row: Mapping[str, Any]) -> Failure | None:
    """The stored failure of a document or chunk, None where it has none."""
    if not row.get("error"):
        return None
    return Failure(row.get("error_code") or "", row["error"], json.loads(row.get("error_params") or "{}"))


def document_properties(document: Document) -> Properties:
    """All properties of a document but its work and lease (`graph.work`), and the figures of `graph.figures`."""
    return {
        "id": document.id,
        "collection": document.collection,
        "title": document.title,
        "uri": document.uri,
        "media_type": document.media_type,
        "sha256": document.sha256,
        "size": document.size,
        "language": document.language,
        "rights": document.rights,
        "attribution": document.attribution,
        "pages": document.pages,
        "characters": document.characters,
        "text_sha256": document.text_sha256,
        "state": document.state.value,
        "added_at": document.added_at,
        "extractor": document.extractor,
        "model": document.model,
        "job": document.job,
        "claims": document.claims,
        "ocr": document.ocr,
        "left_out": list(document.left_out),
        "schema": document.schema,
        "caption_model": document.caption_model,
        "caption_language": document.caption_language,
    } | failure_properties(document.failure)


def text_properties(document: Document) -> Properties:
    """What is stored of a document's text when words were added to it."""
    return {"characters": document.characters, "text_sha256": document.text_sha256}


def to_document(row: Mapping[str, Any]) -> Document:
    """A document from its node's properties."""
    return Document(
        id=row["id"],
        title=row["title"],
        uri=row["uri"],
        media_type=row["media_type"],
        collection=row["collection"],
        sha256=row.get("sha256"),
        size=row.get("size") or 0,
        language=row.get("language"),
        rights=row.get("rights"),
        attribution=row.get("attribution"),
        pages=row.get("pages") or 0,
        characters=row.get("characters") or 0,
        text_sha256=row.get("text_sha256"),
        state=State(row["state"]),
        failure=to_failure(row),
        added_at=row.get("added_at") or "",
        extractor=row.get("extractor") or "quick",
        model=row.get("model"),
        job=row.get("job"),
        claims=row.get("claims"),
        ocr=row.get("ocr"),
        left_out=tuple(row.get("left_out") or ()),
        pages_failed=row.get("pages_failed") or 0,
        pages_waiting=row.get("pages_waiting") or 0,
        schema=row.get("schema"),
        caption_model=row.get("caption_model"),
        caption_language=row.get("caption_language"),
    )


def chunk_properties(chunk: Chunk) -> Properties:
    """All properties of a chunk but its embedding."""
    return {
        "id": chunk.id,
        "collection": chunk.collection,
        "document": chunk.document,
        "index": chunk.index,
        "text": chunk.text,
        "start": chunk.start,
        "end": chunk.end,
        "kind": chunk.kind.value,
        "page": chunk.page,
        "canvas": chunk.canvas,
        "region": str(chunk.region) if chunk.region else None,
        "image_uri": chunk.image_uri,
        "heading": chunk.heading,
        "state": chunk.state.value,
        "embedded": chunk.embedded,
        "written_by": chunk.written_by,
    } | failure_properties(chunk.failure)


def to_chunk(row: Mapping[str, Any]) -> Chunk:
    """A chunk from its node's properties."""
    return Chunk(
        id=row["id"],
        document=row["document"],
        index=row["index"],
        text=row["text"],
        start=row["start"],
        end=row["end"],
        collection=row["collection"],
        kind=ChunkKind(row["kind"]),
        page=row.get("page"),
        canvas=row.get("canvas"),
        region=Region.parse(row["region"]) if row.get("region") else None,
        image_uri=row.get("image_uri"),
        heading=row.get("heading"),
        state=State(row["state"]),
        failure=to_failure(row),
        embedded=bool(row.get("embedded")),
        written_by=row.get("written_by"),
    )


def entity_properties(entity: Entity) -> Properties:
    """All properties of an entity; full-text indexes read `search`, all its forms, and `keys`, which finds its like."""
    return {
        "id": entity.id,
        "collection": entity.collection,
        "name": entity.name,
        "type": entity.type,
        "trust": entity.trust,
        "aliases": list(entity.aliases),
        "description": entity.description,
        # Absent where there are none, as in databases from before there were any.
        "sameAs": list(entity.same_as) or None,
        "search": " | ".join((entity.name, *entity.aliases)),
        "keys": keys((entity.name, *entity.aliases)),
    }


def to_entity(row: Mapping[str, Any]) -> Entity:
    """An entity from its node's properties."""
    return Entity(
        id=row["id"],
        name=row["name"],
        collection=row["collection"],
        type=row.get("type") or "Thing",
        trust=row.get("trust") or 0,
        aliases=tuple(row.get("aliases") or ()),
        description=row.get("description") or "",
        same_as=tuple(row.get("sameAs") or ()),
    )


def source_properties(source: Source) -> Properties:
    """All properties of a source but its chunk; what is not said is left out."""
    found: Properties = {
        "quote": source.quote,
        "start": source.start,
        "end": source.end,
        "supported": source.supported,
    }
    if source.when is not None:
        found |= {
            "dated": source.when.words,
            "edtf": source.when.edtf,
            "earliest": source.when.earliest,
            "latest": source.when.latest,
        }
    found |= {"place": source.place} if source.place else {}
    return found | ({"region": str(source.region)} if source.region else {})


def to_source(row: Mapping[str, Any]) -> Source:
    """A source from a row with its chunk's id and the fields of `cypher.SOURCE`."""
    when = None
    if row.get("dated"):
        when = When(row["dated"], row.get("edtf") or "", row.get("earliest"), row.get("latest"))
    return Source(
        row["chunk"], row["quote"] or "", row["start"], row["end"], bool(row["supported"]), when, row.get("place"),
        Region.parse(row["region"]) if row.get("region") else None,
    )  # fmt: skip
