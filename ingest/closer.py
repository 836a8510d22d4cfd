"""A second look at a part of a page, on request; what was seen can be kept beside what is known of the page."""

from __future__ import annotations

from graph.documents import NoSuchDocument
from graph.store import Store
from graph.types import Chunk, ChunkKind, Document, Region, State, make_id
from graph.work import Work
from ingest.describe import NothingDescribed, StillWorkedOn
from ingest.files import FileStore, page_image_uri
from ingest.look import Eyes, Look, described
from ingest.looked import keep
from ingest.part import shown
from llm.catalog import open_chat
from llm.spec import ModelSpec
from settings import Settings


def look_closer(
    document: Document, page: int, region: Region, language: str, spec: ModelSpec, settings: Settings
) -> Look:
    """What one model sees in a part of a page; raises the errors of `llm.errors` and of `ingest.part.shown`."""
    seen = shown(FileStore.of(settings), document, page, region, settings)
    told = described(Eyes(spec, open_chat(spec, settings)), seen, language, settings)
    return Look(seen, caption=told)


def keep_closer(store: Store, settings: Settings, document_id: str, page: int, look: Look) -> bool:
    """Keep it as passages with their places; False, and nothing changed, where this model's look is there already.

    Raises NoSuchDocument, NothingDescribed, StillWorkedOn, and what the database raises.
    """
    document = store.documents.get(document_id)
    if document is None or document.sha256 is None:
        raise NoSuchDocument(name=document_id)
    if look.caption is None or look.empty:
        raise NothingDescribed()
    region = look.shown.region
    piece = Chunk(
        id=make_id("chunk", document.id, "closer", page, str(region), look.caption.model, look.caption.language),
        document=document.id,
        index=store.looked.end(document.id).index + 1,
        text="",
        start=0,
        end=0,
        collection=document.collection,
        kind=ChunkKind.CAPTION,
        page=page,
        region=region,
        image_uri=page_image_uri(document.sha256, page),
        state=State.WAITING,
    )
    if any(each.id == piece.id for each in store.documents.chunks_of_page(document.id, page)):
        return False
    if not keep(store, settings, document, [(piece, look)], Work.NONE):
        raise StillWorkedOn(name=document.title)
    return True
