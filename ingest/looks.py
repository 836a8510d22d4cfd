"""Which pictures and pages of a document a vision model is asked to look at, and who looks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Final

from graph.errors import Missing
from graph.jobs import Purpose
from graph.store import Store
from graph.types import Chunk, ChunkKind, Document, Region, State, make_id
from graph.work import Work
from ingest.budget import Budget
from ingest.files import FileStore, page_image_uri
from ingest.hands import Hands
from ingest.iiif_json import IIIF
from ingest.images import has_images, page_size
from ingest.look import Eyes, Looker
from ingest.plates import plates
from llm.catalog import find_model
from llm.describe import SeesNothing
from llm.errors import UnknownModel
from llm.ocr import OCR_SERVICES, UnknownOcr, find_ocr, is_service
from llm.ocr import gap as ocr_gap
from llm.spec import ModelSpec
from settings import Settings

PDF: Final = "application/pdf"
_AT_REST: Final = frozenset({State.DONE, State.WAITING, State.EMPTY})


def reader(document: Document) -> str | None:
    """The vision model that reads pages without text; None where a service does, or nobody."""
    return None if document.ocr is None or is_service(document.ocr) else document.ocr


def to_look_at(document: Document, chunks: Iterable[Chunk]) -> bool:
    """Whether a vision model was chosen that may have something to see; in a PDF its pages are opened for that."""
    if not has_images(document.media_type) or not (document.caption_model or reader(document)):
        return False
    has_plates = document.caption_model is not None and document.media_type != IIIF
    return has_plates or any(each.state is State.WAITING for each in chunks)


def find_eyes(id: str, settings: Settings) -> ModelSpec:
    """The model of that id; raises UnknownModel, and SeesNothing for one that cannot look at pictures."""
    from llm.catalog import models

    spec = find_model(id, settings)
    if not spec.vision:
        raise SeesNothing(model=spec.title, others=", ".join(each.id for each in models() if each.vision))
    return spec


def check_eyes(id: str, settings: Settings, reads: bool = False) -> None:
    """Raises what keeps a model from looking at pictures, or, for `reads`, a model or service from reading pages.

    That is UnknownModel or UnknownOcr, SeesNothing, and what is missing, such as NoKey.
    """
    from llm.ready import gap

    missing: Missing | None
    if reads and is_service(id):
        missing = ocr_gap(find_ocr(id), settings)
    else:
        try:
            missing = gap(find_eyes(id, settings), settings)
        except UnknownModel:
            if not reads:
                raise
            raise UnknownOcr(name=id, known=", ".join(spec.id for spec in OCR_SERVICES)) from None
    if missing:
        raise missing


def looks_again(known: Document, new: Document) -> bool:
    """Whether a vision model was chosen that may see what nobody has looked at in a document that is there already."""
    describes = new.caption_model is not None and known.caption_model is None
    reads = reader(new) is not None and known.ocr is None
    return known.state in _AT_REST and (describes or reads)


def look_again(store: Store, known: Document, new: Document) -> bool:
    """Have a vision model look at the pictures of a document that is there already; False where that adds nothing.

    What was read and found in its text stays as it is.
    """
    if not looks_again(known, new):
        return False
    looked = replace(
        known,
        caption_model=new.caption_model or known.caption_model,
        caption_language=new.caption_language or known.caption_language,
        ocr=reader(new) or known.ocr,
        job=new.job,
        state=State.RUNNING,
        failure=None,
    )
    store.documents.update(looked, Work.CAPTION)
    return True


def open_looker(document: Document, settings: Settings, budget: Budget, hands: Hands) -> Looker:
    """Who looks at the pictures of a document; raises what opening its models raises.

    What is asked counts on the document's import.
    """
    # Only here: LangChain takes a second to import, and most documents are read without it.
    from ingest.metering import metered

    def eyes(id: str | None, purpose: Purpose) -> Eyes | None:
        if id is None:
            return None
        spec = find_eyes(id, settings)
        return Eyes(spec, metered(hands.chat(spec), spec, budget, document.job, purpose))

    reads, describes = eyes(reader(document), Purpose.PAGES), eyes(document.caption_model, Purpose.PICTURES)
    return Looker(document, settings, reads, describes)


def add_plates(store: Store, settings: Settings, document: Document) -> None:
    """Give pictures that no chunk stands for yet one that waits: plates among text, pictures whose words were read."""
    if document.caption_model is None or document.sha256 is None:
        return
    chunks = list(store.documents.all_chunks(document.id))
    places = pictures_beside_text(FileStore.of(settings), document, chunks)
    end = store.looked.end(document.id)
    new = [
        _waiting(document, page, region, end.characters, end.index + n) for n, (page, region) in enumerate(places, 1)
    ]
    known = {each.id for each in chunks}
    store.looked.put(document, [each for each in new if each.id not in known], ())


def pictures_beside_text(files: FileStore, document: Document, chunks: Sequence[Chunk]) -> list[tuple[int, Region]]:
    """(page, region) of the pictures on pages that have text and no chunk for what they show."""
    assert document.sha256 is not None
    characters: dict[int, int] = {}
    for each in chunks:
        if each.page is not None and each.kind is not ChunkKind.METADATA:
            characters[each.page] = characters.get(each.page, 0) + len(each.text)
    shown = {each.page for each in chunks if each.kind is ChunkKind.CAPTION or each.state in _NO_TEXT}
    left = {page: count for page, count in characters.items() if page not in shown}
    if document.media_type == PDF:
        return list(plates(files.original(document.sha256), left))
    if not document.media_type.startswith("image/"):
        return []
    sizes = {page: page_size(files, document.sha256, document.media_type, page) for page in sorted(left)}
    return [(page, Region(0, 0, *size)) for page, size in sizes.items()]


_NO_TEXT: Final = frozenset({State.WAITING, State.FAILED})


def _waiting(document: Document, page: int, region: Region, start: int, index: int) -> Chunk:
    assert document.sha256 is not None
    return Chunk(
        id=make_id("chunk", document.id, "plate", page, str(region)),
        document=document.id,
        index=index,
        text="",
        start=start,
        end=start,
        collection=document.collection,
        kind=ChunkKind.CAPTION,
        page=page,
        region=region,
        image_uri=page_image_uri(document.sha256, page),
        state=State.WAITING,
    )
