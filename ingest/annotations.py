"""Annotations of others, taken in: each a passage of the document that it is about, at its place, with its claim.

What is here already stays as it is: a claim that this document makes, and an annotation that was taken in before.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import filelock

from graph.errors import StoreError
from graph.store import Store
from graph.types import (
    DEFAULT_COLLECTION,
    Chunk,
    ChunkKind,
    Document,
    Entity,
    Extraction,
    Region,
    Source,
    State,
    Statement,
    make_id,
    normalise,
)
from ingest.annotation_page import Foreign, Refused, read_annotations
from ingest.files import FileStore, clean_name, open_source, page_image_uri
from ingest.images import has_images
from ingest.texts import document_text
from settings import Settings

_GAP = "\n\n"


class DocumentBusy(StoreError):
    en = "“{name}” is being worked on. Take its annotations in when that is done; nothing of them was stored."
    de = "„{name}“ wird gerade bearbeitet. Nehmen Sie die Anmerkungen danach auf; es wurde nichts davon gespeichert."


@dataclass(slots=True)
class TakenIn:
    """What became of a file of annotations."""

    new: int = 0
    claims: int = 0
    known: int = 0
    refused: list[Refused] = field(default_factory=list)


def take_in(
    store: Store, settings: Settings, path: Path, collection: str = DEFAULT_COLLECTION, document: str | None = None
) -> TakenIn:
    """Take in the annotations of a file; with `document` those about canvases unknown here are about it as a whole.

    Raises NoAnnotations, DocumentBusy, and what opening the file raises.
    """
    with open_source(path, path.name, settings.max_file_mb) as file:
        read = read_annotations(file.read(), clean_name(path.name))
    taken = TakenIn(refused=[each for each in read if isinstance(each, Refused)])
    found = [each for each in read if isinstance(each, Foreign)]
    for of, notes in _by_document(store, collection, document, found, taken).items():
        settings.run.mkdir(parents=True, exist_ok=True, mode=0o700)
        # The text of a document is one file, which descriptions are added to as well.
        with filelock.FileLock(settings.run / "describe.lock"):
            _take(store, FileStore.of(settings), of, notes, taken)
    return taken


Placed = tuple[Foreign, int | None]


def _by_document(
    store: Store, collection: str, document: str | None, found: Sequence[Foreign], taken: TakenIn
) -> dict[Document, list[Placed]]:
    """The annotations of each document with their pages; the others are refused with the reason."""
    canvases = store.annotated.pages_of(sorted({each.source for each in found if each.own is None}), [collection])
    named = {each.own[0] for each in found if each.own} | {id_ for id_, _ in canvases.values()}
    known = {d.id: d for d in store.documents.by_ids(sorted(named)).values() if d.collection == collection}
    fallback = store.documents.get(document) if document else None
    by: dict[str, list[Placed]] = {}
    for each in found:
        nowhere: tuple[str, int | None] = ("", None)
        id_, page = each.own or canvases.get(each.source) or nowhere
        of = known.get(id_) or fallback
        if of is None:
            taken.refused.append(Refused(each.id, f"what it is about is not here: {each.source[:200]}"))
        elif page is not None and page > max(1, of.pages):
            taken.refused.append(Refused(each.id, f"the document has no page {page}"))
        else:
            by.setdefault(of.id, []).append((each, page if id_ in known else None))
            known[of.id] = of
    return {known[id_]: notes for id_, notes in by.items()}


def _take(store: Store, files: FileStore, document: Document, notes: Sequence[Placed], taken: TakenIn) -> None:
    chunks = list(store.documents.all_chunks(document.id))
    here = {chunk.id for chunk in chunks}
    stating = store.annotated.stating(sorted({note.claim.id for note, _ in notes if note.claim and note.claim.id}))
    new: dict[str, Placed] = {}
    for note, page in notes:
        id_ = make_id("chunk", document.id, "annotation", note.id or note.text, str(note.region or ""), page)
        stated = note.claim is not None and document.id in stating.get(note.claim.id, ())
        if stated or id_ in here or id_ in new:
            taken.known += 1
        else:
            new[id_] = (note, page)
    if not new or document.sha256 is None:
        return
    before = document_text(files, document, newest=True)
    alone = store.documents.with_content(document.sha256) == (document.id,)
    text = before[: max((chunk.end for chunk in chunks), default=0)] if alone else before
    index = max((chunk.index for chunk in chunks), default=-1)
    made: list[Chunk] = []
    found: list[Extraction] = []
    for id_, (note, page) in new.items():
        index += 1
        text += _GAP if text.strip() else ""
        chunk = _chunk(document, id_, index, note, page, len(text), chunks)
        text += note.text
        made.append(chunk)
        found.append(_extraction(document, chunk, note))
    state = document.state if document.state is State.FAILED else State.DONE
    after = replace(document, characters=len(text), text_sha256=files.write_text(document.sha256, text), state=state)
    if not store.annotated.put(after, made, found):
        files.write_text(document.sha256, before)
        raise DocumentBusy(name=document.title)
    taken.new += len(made)
    taken.claims += sum(len(each.statements) for each in found)


def _chunk(
    document: Document, id_: str, index: int, note: Foreign, page: int | None, start: int, chunks: Sequence[Chunk]
) -> Chunk:
    region = note.region or _where(note.quote, page, chunks)
    shown = page if has_images(document.media_type) else None
    return Chunk(
        id=id_, document=document.id, index=index, text=note.text, start=start, end=start + len(note.text),
        collection=document.collection, kind=ChunkKind.ANNOTATION, page=page, region=region if page else None,
        canvas=next((each.canvas for each in chunks if page and each.page == page and each.canvas), None),
        image_uri=page_image_uri(document.sha256, shown) if shown and document.sha256 else None, state=State.DONE,
    )  # fmt: skip


def _where(quote: str, page: int | None, chunks: Sequence[Chunk]) -> Region | None:
    """The place of the passage that has the quoted words."""
    words = normalise(quote)
    if not words:
        return None
    here = (each for each in chunks if each.page == page and words in normalise(each.text))
    return next((each.region for each in here), None)


def _extraction(document: Document, chunk: Chunk, note: Foreign) -> Extraction:
    if note.claim is None:
        return Extraction(chunk.id)
    subject, object_ = (
        Entity(Entity.make_id(document.collection, name), name, document.collection, kind, 3)
        for name, kind in (note.claim.subject, note.claim.object)
    )
    source = Source(chunk.id, chunk.text, chunk.start, chunk.end, True, region=note.region)
    claim = Statement(subject, note.claim.predicate, object_, note.text, source, document.collection)
    return Extraction(chunk.id, (), (claim,))
