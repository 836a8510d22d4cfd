"""Keeping what a model saw in the pictures of a document: as passages with their places, the parts as claims.

The words follow the document's text, in the order of the pictures. They are written before the graph points to them,
and the graph changes in one transaction: an interruption leaves each picture waiting or described, never half.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

import filelock

from graph.store import Store
from graph.types import Chunk, ChunkKind, Document, Entity, Extraction, Region, State, make_id
from graph.work import Work
from ingest import picture_claims
from ingest.chunk import chunk
from ingest.files import FileStore
from ingest.look import Look
from ingest.part import Shown
from ingest.picture_claims import Line
from ingest.sources.base import Block, BlockKind, PageText, ReadDocument
from ingest.texts import document_text
from llm.caption import Caption, Part, Writing
from llm.ocr import OcrBlock
from settings import Settings

DEPICTS: Final = "DEPICTS"
_GAP: Final = "\n\n"
_SHOWN: Final[dict[str, dict[str, str]]] = {
    "en": {"person": "Person shown", "figure": "Figure shown", "animal": "Animal shown", "object": "Object shown",
           "place": "Place shown", "other": "Shown", "uncertain": "Uncertain"},
    "de": {"person": "Dargestellte Person", "figure": "Dargestellte Figur", "animal": "Dargestelltes Tier",
           "object": "Dargestellter Gegenstand", "place": "Dargestellter Ort", "other": "Dargestellt",
           "uncertain": "Unsicher"},
}  # fmt: skip
_TYPES: Final = {"person": "Person", "place": "Place", "object": "Object"}
"""What is shown and has a name of its own, or is a thing; anything else is of a kind that many pictures show."""
_MEANINGS: Final = {
    words[kind].casefold(): (DEPICTS, _TYPES.get(kind, "Concept"))
    for words in _SHOWN.values()
    for kind in words
    if kind != "uncertain"
}


@dataclass(frozen=True, slots=True)
class Passage:
    """Words that were seen, with the part of the page where they or what they tell of stands.

    `parts` are the lines of it that name what is shown: claims are made of them at once, and of nothing else in it.
    `blocks` are those of a page that was read, with their own places; without them the words are one block.
    """

    text: str
    kind: ChunkKind
    region: Region
    written_by: str | None = None
    parts: tuple[Line, ...] = ()
    blocks: tuple[Block, ...] = ()


def in_passages(look: Look) -> list[Passage]:
    """What was seen, passage by passage: the description, each part that has a place, the writing."""
    found = [_page(look.blocks, look.shown)] if look.blocks else []
    told = look.caption
    if told is None or told.empty:
        return found
    described = [*_description(told, look.shown), *_parts(told, look.shown)]
    # A page that was read has its words already.
    return [*described, *(found or _writing(told.writing, look.shown, told.model))]


def keep(
    store: Store,
    settings: Settings,
    document: Document,
    looks: Sequence[tuple[Chunk, Look]],
    step: Work = Work.CAPTION,
) -> bool:
    """Store what was seen where these chunks waited. False, and nothing changed, where the document is gone.

    For Work.NONE the document is one that nobody works on; its new passages are searched as they are. Raises what
    writing files and the database raise.
    """
    settings.run.mkdir(parents=True, exist_ok=True, mode=0o700)
    files = FileStore.of(settings)
    assert document.sha256 is not None
    # The text of a document is one file: whoever adds to it holds the lock.
    with filelock.FileLock(settings.run / "describe.lock"):
        end = store.looked.end(document.id)
        alone = store.documents.with_content(document.sha256) == (document.id,)
        text = document_text(files, document, newest=True)
        # What nothing points to was left by an interruption.
        writer = _Writer(document, text[: end.characters] if alone else text, end.index)
        for piece, look in looks:
            writer.add(piece, in_passages(look))
        text_sha256 = files.write_text(document.sha256, writer.text)
        characters = max([end.characters, *(each.end for each in writer.chunks)])
        after = replace(document, characters=characters, text_sha256=text_sha256)
        chunks = writer.chunks
        if step is Work.NONE:
            known = {each.chunk for each in writer.found}
            chunks = [each if each.id in known else replace(each, state=State.DONE) for each in chunks]
            state = document.state if document.state is State.FAILED else State.DONE
            after = replace(after, state=state)
        return store.looked.put(after, chunks, writer.found, step)


class _Writer:
    """Puts passages behind a text and makes chunks of them; the first of a picture fills the one that waited."""

    def __init__(self, document: Document, text: str, last: int) -> None:
        self.text, self._document, self._last = text, document, last
        self.chunks: list[Chunk] = []
        self.found: list[Extraction] = []

    def add(self, piece: Chunk, passages: Sequence[Passage]) -> None:
        """The passages of one picture; one in which there was nothing to see is empty."""
        filled = False
        self._last = max(self._last, piece.index)
        for passage in passages:
            for made in self._cut(passage, piece):
                self._last += filled
                placed = replace(made, index=self._last) if filled else replace(made, id=piece.id, index=piece.index)
                self.chunks.append(placed)
                filled = True
                if passage.parts:
                    self.found.append(_depicted(passage, self._document, placed))
        if not filled:
            self.chunks.append(replace(piece, state=State.EMPTY, failure=None))

    def _cut(self, passage: Passage, piece: Chunk) -> Iterator[Chunk]:
        """The passage as chunks behind the text, a long one cut between sentences."""
        self.text += _GAP if self.text.strip() else ""
        start = len(self.text)
        self.text += passage.text
        # What names the parts stays in one piece, so that each claim's line is in it.
        whole = max(len(passage.text), 1) if passage.parts else None
        for each in _chunks(passage, self._document, piece.page or 1, whole):
            begin, stop = start + each.start, start + each.end
            yield replace(
                each,
                id=make_id("chunk", self._document.id, begin, stop, passage.kind, piece.page),
                start=begin,
                end=stop,
                kind=passage.kind,
                page=piece.page,
                canvas=piece.canvas,
                region=each.region if passage.blocks else passage.region,
                image_uri=piece.image_uri,
                # A page is read by nothing but what its document was to be read by.
                written_by=passage.written_by or self._document.ocr,
            )


def _chunks(passage: Passage, document: Document, page: int, whole: int | None) -> list[Chunk]:
    region = passage.region
    kind = BlockKind.LIST if "\n" in passage.text else BlockKind.PARAGRAPH
    block = Block(0, len(passage.text), page, kind, region=region, ocr=passage.kind is ChunkKind.OCR)
    pages = (PageText(page, 0, len(passage.text), region.w, region.h),)
    blocks = tuple(replace(each, page=page) for each in passage.blocks) or (block,)
    read = ReadDocument(document.title, document.media_type, passage.text, pages, blocks)
    return chunk(read, document, whole) if whole else chunk(read, document)


def _page(read: Sequence[OcrBlock], shown: Shown) -> Passage:
    """All words of a page that was read; they are packed into chunks as those of any page are."""
    text, blocks = "", list[Block]()
    for each in read:
        text += _GAP if text else ""
        start, text = len(text), text + each.text
        blocks.append(Block(start, len(text), 1, BlockKind(each.kind), region=shown.place(each.box), ocr=True))
    return Passage(text, ChunkKind.OCR, shown.region, blocks=tuple(blocks))


def _description(told: Caption, shown: Shown) -> Iterator[Passage]:
    words = _SHOWN.get(told.language, _SHOWN["en"])
    uncertain = f"{words['uncertain']}: {' '.join(told.uncertain)}" if told.uncertain else ""
    text = "\n".join(filter(None, (told.caption, told.seen, uncertain)))
    if text:
        yield Passage(text, ChunkKind.CAPTION, shown.region, told.model)


def _parts(told: Caption, shown: Shown) -> Iterator[Passage]:
    """Each part that has a place, and then together those that have none."""
    words = _SHOWN.get(told.language, _SHOWN["en"])
    written = " ".join(each.text for each in told.writing).casefold()
    without: list[tuple[str, str]] = []
    for part in told.parts:
        line = Line(words[_kind(part, written)], (part.name,), 0)
        if part.box is None:
            without.append((line.name, f"{part.name}\n{part.about}".strip()))
            continue
        text = f"{line.text}\n{part.about}".strip()
        yield Passage(text, ChunkKind.CAPTION, shown.place(part.box), told.model, (line,))
    if without:
        lines: list[Line] = []
        text = ""
        for name, said in without:
            text += "\n" if text else ""
            lines.append(Line(name, (said.partition("\n")[0],), len(text)))
            text += f"{name}: {said}"
        yield Passage(text, ChunkKind.CAPTION, shown.region, told.model, tuple(lines))


def _kind(part: Part, written: str) -> str:
    """Which words tell what a part is: only who is named in the picture is a person, a place likewise."""
    named = re.search(rf"(?<!\w){re.escape(part.name.casefold())}(?!\w)", written) is not None
    if part.kind == "person":
        return "person" if named else "figure"
    if part.kind == "place":
        return "place" if named else "other"
    return part.kind


def _writing(writing: Sequence[Writing], shown: Shown, model: str) -> Iterator[Passage]:
    """Each piece that has a place, and together those that have none."""
    for each in writing:
        if each.box is not None:
            yield Passage(each.text, ChunkKind.OCR, shown.place(each.box), model)
    if rest := "\n".join(each.text for each in writing if each.box is None):
        yield Passage(rest, ChunkKind.OCR, shown.region, model)


def _depicted(passage: Passage, document: Document, chunk: Chunk) -> Extraction:
    """That the picture shows what the lines of a passage name."""
    of_a_page = not document.media_type.startswith("image/") or document.pages > 1
    name = f"{document.title}, {chunk.page}" if of_a_page else document.title
    subject = Entity(Entity.make_id(document.collection, name), name, document.collection, "Object", 1)
    return picture_claims.claims(passage.parts, document, chunk, passage.written_by or "", subject, _MEANINGS)
