"""Adding a claim by hand: where it is to be read is found in the document, and found again when that comes back."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace

from graph import cypher
from graph import cypher_corrections as corrections
from graph.connection import Row, Transaction
from graph.correction import (
    LONGEST_NAME,
    LONGEST_NOTE,
    LONGEST_TYPE,
    BadRegion,
    Correction,
    NewClaim,
    NothingToChange,
    PageNotThere,
    QuoteNotThere,
    WasRetracted,
    cleaned,
)
from graph.corrections_facts import ADD, Made, words_of
from graph.corrections_retell import retell, ruled, rules_now
from graph.corrections_write import put, put_rulings
from graph.documents import NoSuchDocument
from graph.quotes import locate_quote
from graph.redirect import follow
from graph.rows import source_properties, to_chunk, to_document, to_entity
from graph.types import Chunk, Document, Entity, Region, Source, statement_id
from graph.vocabulary import predicate_key

_ALL = 1_000_000
_FARTHEST = 1_000_000
"""No page is wider or higher, in pixels."""


def add_in(tx: Transaction, subject: Entity, claim: NewClaim, correction: Correction, labels: bool) -> Correction:
    """Do it, and store it."""
    predicate = predicate_key(cleaned(claim.predicate, LONGEST_TYPE))
    object_ = _object(tx, claim, subject.collection)
    document = _document(tx, claim.document, subject.collection)
    source = _place(tx, document, claim)
    text = cleaned(claim.text, LONGEST_NOTE) if claim.text.strip() else _said(subject, predicate, object_)
    key = statement_id(subject.collection, subject.id, predicate, object_.id)
    known = ruled(tx, subject.collection, [key, source.chunk], [subject.id])
    wanted = Made(subject.id, predicate, object_.id, {})
    if held := rules_now(tx, subject.collection, known, [subject.id, object_.id]).holding(wanted):
        (ruling,) = (each for each in known if each["id"] == held)
        raise WasRetracted(name=tx.run(corrections.CORRECTION, id=ruling["correction"])[0]["correction"]["who"])
    ends = _end(tx, subject), _end(tx, object_)
    said = source_properties(source) | {"text": text, "confidence": 1.0, "model": "hand"}
    data: Row = {"subject": ends[0], "object": ends[1], "predicate": predicate, "source": said}
    if any(each["kind"] == ADD and _alike(json.loads(each["data"]), data) for each in known):
        raise NothingToChange(name=text)
    stored = replace(correction, after=text, other=object_.id)
    new = not tx.run(cypher.ENTITIES_BY_ID, ids=[object_.id])
    put(tx, stored, makes=object_.id if new else "")
    place: Row = {"kind": ADD, "key": source.chunk, "document": document.id, "page": claim.page, "data": _packed(data)}
    place |= {"found_in": words_of(_text(tx, source.chunk))}
    put_rulings(tx, stored, [place])
    retell(tx, [source.chunk], subject.collection, labels)
    return stored


def _packed(data: Row) -> str:
    return json.dumps(data, ensure_ascii=False, sort_keys=True)


def _alike(a: Row, b: Row) -> bool:
    """Whether two make the same claim in the same place."""
    return all(a[end]["id"] == b[end]["id"] for end in ("subject", "object")) and all(
        a[part] == b[part] for part in ("predicate", "source")
    )


def _object(tx: Transaction, claim: NewClaim, collection: str) -> Entity:
    """What the claim says something about: known by id or name, or new."""
    name = cleaned(claim.object)
    own = Entity.make_id(collection, name)
    to = follow(tx, [name, own])
    for id_ in (to.get(name, name), to.get(own, own)):
        rows = tx.run(cypher.ENTITIES_BY_ID, ids=[id_])
        if rows and rows[0]["entity"]["collection"] == collection:
            return to_entity(rows[0]["entity"])
    return Entity(own, name, collection, cleaned(claim.object_type, LONGEST_TYPE), 3)


def _end(tx: Transaction, entity: Entity) -> Row:
    """An end of the claim, as a passage would name it: what was corrected of it is no part of that."""
    said = [
        row
        for row in tx.run(cypher.MENTIONS_OF_ENTITIES, ids=[entity.id])
        if not row["form"] or row["form"] == entity.id
    ]
    name = min((row["name"] for row in said), default=entity.name)
    known = bool(said)
    return {
        "id": entity.id,
        "name": name,
        "type": "Thing" if known else entity.type,
        "trust": 0 if known else entity.trust,
        "aliases": [],
        "description": "",
    }


def _document(tx: Transaction, document_id: str, collection: str) -> Document:
    rows = tx.run(cypher.DOCUMENT, id=document_id)
    if not rows or rows[0]["document"]["collection"] != collection:
        raise NoSuchDocument(name=document_id)
    return to_document(rows[0]["document"])


def _place(tx: Transaction, document: Document, claim: NewClaim) -> Source:
    """The passage, and where in it; raises PageNotThere, QuoteNotThere, BadRegion."""
    region = claim.region
    if region and not _on_a_page(region):
        raise BadRegion()
    chunks = _chunks(tx, document.id, claim.page)
    if not chunks:
        raise PageNotThere(name=document.title, n=claim.page or 1)
    return seated(chunks, claim.quote, region) or _not_there()


def _on_a_page(region: Region) -> bool:
    farthest = max(region.x + region.w, region.y + region.h)
    return min(region.x, region.y) >= 0 and min(region.w, region.h) > 0 and farthest <= _FARTHEST


def _not_there() -> Source:
    raise QuoteNotThere()


def seated(chunks: Sequence[Chunk], quote: str, region: Region | None) -> Source | None:
    """The place among passages where a quote stands, or the first of them where none is asked for."""
    quote = " ".join(quote.split())
    if not quote:
        return Source(chunks[0].id, supported=region is not None, region=region)
    for chunk in chunks:
        if found := locate_quote(chunk.text, quote):
            begin, end = chunk.start + found.start, chunk.start + found.end
            return Source(chunk.id, quote, begin, end, True, region=region)
    return None


def _chunks(tx: Transaction, document: str, page: int | None) -> list[Chunk]:
    rows = (
        tx.run(cypher.CHUNKS_OF_DOCUMENT, document=document, after=-1, limit=_ALL)
        if page is None
        else tx.run(cypher.CHUNKS_OF_PAGE, document=document, page=page)
    )
    return [to_chunk(row["chunk"]) for row in rows]


def _text(tx: Transaction, chunk_id: str) -> str:
    return str(tx.run(corrections.PASSAGES, ids=[chunk_id])[0]["text"] or "")


def _said(subject: Entity, predicate: str, object_: Entity) -> str:
    relation = predicate.replace("_", " ").lower()
    return f"{subject.name[:LONGEST_NAME]} {relation} {object_.name[:LONGEST_NAME]}"


def reseat(tx: Transaction, old: str, new: str, labels: bool) -> None:
    """Let claims that were added to a version of a document stand in the one that replaces it.

    The same passage, else where the quote stands, else the first passage of the page, else the first of all.
    """
    rulings = [row["ruling"] for row in tx.run(corrections.RULINGS_IN, document=old)]
    there = {row["ruling"]["correction"] for row in tx.run(corrections.RULINGS_IN, document=new)}
    chunks = _chunks(tx, new, None)
    seats: list[str] = []
    for ruling in rulings:
        if ruling["correction"] in there or not chunks:
            continue
        data = json.loads(ruling["data"])
        seat = _seat(ruling, data["source"], chunks)
        data["source"] |= dict.fromkeys(("start", "end")) | source_properties(seat)
        again = {"document": new, "key": seat.chunk, "data": _packed(data)}
        kept = {name: ruling.get(name) for name in ("kind", "page", "found_in")}
        made = tx.run(corrections.CORRECTION, id=ruling["correction"])[0]["correction"]
        moved = Correction(made["id"], "add", "", "", "", "", "", made["at"], made["collection"])
        put_rulings(tx, moved, [{**kept, **again}])
        seats.append(seat.chunk)
    if seats:
        retell(tx, seats, rulings[0]["collection"], labels)


def _seat(ruling: Row, source: Row, chunks: Sequence[Chunk]) -> Source:
    region = Region.parse(source["region"]) if source.get("region") else None
    quote = source.get("quote") or ""
    same = [chunk for chunk in chunks if words_of(chunk.text) == ruling.get("found_in")]
    page = [chunk for chunk in chunks if ruling.get("page") and chunk.page == ruling["page"]]
    for here in (same, page, list(chunks)):
        if here and (found := seated(here, quote, region)):
            return found
    return Source((page or list(chunks))[0].id, quote, supported=False, region=region)
