"""What a picture's file says of the picture, as claims: who made it, when and where; without any model.

They are about the picture, not about what it shows: the photographer of a reliquary did not make the reliquary. So
their subject has a name of its own, and each rests on the line of the passage that says it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from graph.types import Chunk, ChunkKind, Document, Entity, Extraction
from ingest import picture_claims
from ingest.picture_claims import Line

MADE_BY: Final = "file"
"""What stands where claims name the model that made them."""
CONFIDENCE: Final = 0.9
"""People wrote it into the file, or their camera did, whose clock may be wrong."""
_MEANINGS: Final = {
    "photographer": ("MADE_BY", "Person"),
    "creator": ("MADE_BY", "Person"),
    "date": ("DATED", "Date"),
    "place": ("TAKEN_IN", "Place"),
    "city": ("TAKEN_IN", "Place"),
    "region": ("TAKEN_IN", "Place"),
    "country": ("TAKEN_IN", "Place"),
}
_BETWEEN: Final = ": "


def with_own_claims(found: Extraction, document: Document, chunk: Chunk, document_text: str) -> Extraction:
    """What was found in a passage, and with it the claims of a picture's file where this is what the file says.

    What rests on a model's description of a picture counts no more than the look itself.
    """
    if chunk.written_by and chunk.kind is ChunkKind.CAPTION:
        most = picture_claims.CONFIDENCE
        seen = tuple(replace(each, confidence=min(each.confidence, most)) for each in found.statements)
        return replace(found, statements=seen)
    if chunk.kind is not ChunkKind.METADATA or not document.media_type.startswith("image/"):
        return found
    name = f"{document.title} (picture)"
    subject = Entity(Entity.make_id(document.collection, name), name, document.collection, "Object", 1)
    own = picture_claims.claims(
        tuple(_lines(chunk, document_text)), document, chunk, MADE_BY, subject, _MEANINGS, CONFIDENCE
    )
    known = {mention.entity.id for mention in found.mentions}
    mentions = (mention for mention in own.mentions if mention.entity.id not in known)
    return replace(found, mentions=(*found.mentions, *mentions), statements=(*found.statements, *own.statements))


def _lines(chunk: Chunk, document_text: str) -> Iterator[Line]:
    """The lines of a passage that are whole: a long one may be cut by its borders."""
    start = 0
    for text in chunk.text.split("\n"):
        begin, end = chunk.start + start, chunk.start + start + len(text)
        name, colon, value = text.partition(_BETWEEN)
        if colon and document_text[begin - 1 : begin] in {"", "\n"} and document_text[end : end + 1] in {"", "\n"}:
            yield Line(name, (value,), start)
        start += len(text) + 1
