"""Keeping what a model saw in a picture: as a passage of its document, with its claims, found like any other.

A page has one description. Describing it again, with the same model or another, replaces the one before with all that
only it said; words that people or sources wrote are never touched. The text is written before the graph points to it,
and the graph changes in one transaction: an interruption leaves either the old description or the new one.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import filelock

from graph.documents import NoSuchDocument
from graph.errors import SourceError, StoreError, WunderkammerError
from graph.store import Store
from graph.types import DEFAULT_COLLECTION, Chunk, ChunkKind, Document, Extraction, Region, State, make_id
from ingest import picture_claims
from ingest.errors import NoPageImage, NoSuchPage
from ingest.files import FileStore, page_image_uri
from ingest.images import has_images, page_size
from ingest.submit import Options, submit
from ingest.texts import document_text, hash_of
from llm.describe import Description
from settings import Settings

WAIT_SECONDS = 90.0
"""As long as a picture is given to be read before its description is added."""
_ASK_AGAIN = 0.3
_GAP = "\n\n"


class StillWorkedOn(StoreError):
    en = "“{name}” is being worked on. Add the description when that is done; it is kept on the page until then."
    de = "„{name}“ wird gerade bearbeitet. Fügen Sie die Beschreibung danach hinzu; bis dahin bleibt sie auf der Seite."


class NotTakenIn(SourceError):
    en = "The picture could not be added to the library: {reason}"
    de = "Das Bild ließ sich nicht in die Bibliothek aufnehmen: {reason}"


class NothingDescribed(SourceError):
    en = "The description is empty; there is nothing to add."
    de = "Die Beschreibung ist leer; es gibt nichts hinzuzufügen."


def keep_description(store: Store, settings: Settings, document_id: str, page: int, description: Description) -> bool:
    """Make a description the text of a page's picture; False, and nothing changed, where it is that already.

    Raises NoSuchDocument, NoPageImage, NoSuchPage, NothingDescribed, StillWorkedOn, and what the database raises.
    """
    document = store.documents.get(document_id)
    if document is None:
        raise NoSuchDocument(name=document_id)
    described = picture_claims.lines(description.data, description.language)
    if not described:
        raise NothingDescribed()
    settings.run.mkdir(parents=True, exist_ok=True, mode=0o700)
    # The text of a document is one file: two descriptions at once would each write theirs over the other's.
    with filelock.FileLock(settings.run / "describe.lock"):
        chunks = list(store.documents.all_chunks(document.id))
        old = _passage(document, page, chunks, FileStore.of(settings))
        text = picture_claims.in_words(described)
        if (old.text, old.written_by) == (text, description.model):
            return False
        _keep(store, FileStore.of(settings), document, old, chunks, text, description, described)
    return True


def add_described(
    store: Store,
    settings: Settings,
    source: Path,
    page: int,
    description: Description,
    work: Callable[[], None],
    collection: str = DEFAULT_COLLECTION,
    document_id: str | None = None,
) -> tuple[str, bool]:
    """Take a picture in, unless the graph has it, and keep its description: its id, and whether anything changed.

    `document_id` is given where the graph is known to have the picture. `work` sees to it that queued documents are
    read; it is called while this waits. Raises what `keep_description` raises, and what the file's failure was.
    """
    document_id = document_id or _known(store, settings, source, collection)
    if document_id is None:
        submitted = submit(store, settings, [source], Options(collection=collection))
        if submitted.refused:
            raise _not_taken(submitted.refused[0])
        document_id = (*submitted.queued, *submitted.unchanged, *submitted.failed)[0]
    deadline = time.monotonic() + WAIT_SECONDS
    while True:
        document = store.documents.get(document_id)
        if document is not None and document.state is State.FAILED:
            raise _not_taken(document)
        try:
            return document_id, keep_description(store, settings, document_id, page, description)
        except StillWorkedOn:
            if time.monotonic() > deadline:
                raise
            work()
            time.sleep(_ASK_AGAIN)


def _known(store: Store, settings: Settings, source: Path, collection: str) -> str | None:
    """The document that has this content already; one that failed is read again."""
    stored = FileStore.of(settings).put(source, source.name, settings.max_file_mb)
    document = store.documents.get(make_id("document", collection, stored.sha256))
    return document.id if document is not None and document.state is not State.FAILED else None


def _not_taken(document: Document) -> WunderkammerError:
    failure = document.failure
    kind = WunderkammerError.known.get(failure.code) if failure else None
    if failure is None or kind is None:
        return NotTakenIn(reason=failure.text if failure else document.title)
    return kind(**failure.params)


def _passage(document: Document, page: int, chunks: list[Chunk], files: FileStore) -> Chunk:
    """The passage that holds a page's description, filled or still waiting; a new one where the page has none."""
    if not has_images(document.media_type) or document.sha256 is None:
        raise NoPageImage(media_type=document.media_type)
    if not chunks:
        raise StillWorkedOn(name=document.title)
    if not 1 <= page <= max(1, document.pages):
        raise NoSuchPage(page=page, pages=max(1, document.pages))
    width, height = page_size(files, document.sha256, document.media_type, page)
    # What is said of a part of the page is not what is said of the page.
    whole = None, Region(0, 0, width, height)
    here = [each for each in chunks if each.page == page and each.kind is ChunkKind.CAPTION and each.region in whole]
    found = next((each for each in here if each.written_by or each.state is State.WAITING), None)
    if found is not None:
        return found
    return Chunk(
        id=make_id("chunk", document.id, "description", page),
        document=document.id,
        index=max(each.index for each in chunks) + 1,
        text="",
        start=0,
        end=0,
        collection=document.collection,
        kind=ChunkKind.CAPTION,
        page=page,
        region=Region(0, 0, width, height),
        image_uri=page_image_uri(document.sha256, page),
    )


def _keep(
    store: Store,
    files: FileStore,
    document: Document,
    old: Chunk,
    chunks: list[Chunk],
    text: str,
    description: Description,
    described: tuple[picture_claims.Line, ...],
) -> None:
    assert document.sha256 is not None
    before = document_text(files, document, newest=True)
    alone = store.documents.with_content(document.sha256) == (document.id,)
    others = max((each.end for each in chunks if each.id != old.id), default=0)
    written, start = _with(before, text, (old.start, old.end) if old.text else None, others if alone else len(before))
    new = replace(
        old,
        text=text,
        start=start,
        end=start + len(text),
        state=State.DONE,
        failure=None,
        embedded=False,
        written_by=description.model,
    )
    # What nothing points to any more is not read as if it were the document's.
    tidy = written[:others] + _blank(written[others:start]) + text if alone else written
    if not alone and old.text:
        tidy = written[: old.start] + _blank(written[old.start : old.end]) + written[old.end :]
    files.write_text(document.sha256, written)
    found: Extraction = picture_claims.claims(described, document, new, description.model)
    state = document.state if document.state is State.FAILED else State.DONE
    after = replace(document, characters=max(others, new.end), text_sha256=hash_of(tidy), state=state)
    if not store.described.put(after, new, found):
        files.write_text(document.sha256, before)
        raise StillWorkedOn(name=document.title)
    files.write_text(document.sha256, tidy)


def _with(before: str, text: str, old: tuple[int, int] | None, others: int) -> tuple[str, int]:
    """The document's text with `text` added where neither other passages nor the old description stand, and where.

    `others` is where the other passages end; what stands behind them, but for the old description, is left over.
    """
    gap = _GAP if before[:others].strip() else ""
    start = others + len(gap)
    if old is not None and start + len(text) + len(_GAP) <= old[0]:
        return before[:others] + gap + text + " " * (old[0] - start - len(text)) + before[old[0] : old[1]], start
    kept = before[: max(others, old[1] if old else 0)]
    gap = _GAP if kept.strip() else ""
    return kept + gap + text, len(kept) + len(gap)


def _blank(text: str) -> str:
    """White space of the same length: every place in the text stays where it is."""
    return "".join("\n" if character == "\n" else " " for character in text)
