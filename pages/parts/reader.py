"""The reader: one document, a page or part at a time, the place marked; beside it who and what this page is about."""

from __future__ import annotations

import re
from dataclasses import dataclass

import streamlit as st

from graph.documents import NoSuchDocument
from graph.errors import SourceError
from graph.types import Chunk, ChunkKind, Document, Region
from pages.language import count, current, in_address, say
from pages.parts import beside, closer, pictures, sheet
from pages.parts.cabinet import Cabinet
from pages.parts.links import link, place
from pages.parts.passages import Span, pieces, window_of, windows
from pages.parts.plain import escaped, label, merged, shortened
from pages.parts.whose import notes

_CREATIVE_COMMONS = re.compile(
    r"https?://creativecommons\.org/(?:licenses/([a-z-]+)/([0-9.]+)|publicdomain/zero/[0-9.]+)/?\S*$"
)
ZOOMS = (100, 150, 200)


@dataclass(frozen=True, slots=True)
class Place:
    """What the address asks to see; what is not a number or region in it is taken as not said."""

    page: int | None
    region: Region | None
    span: Span | None


def from_address() -> Place:
    """Read page, region, start and end from the address."""
    start, end = _number("start"), _number("end")
    try:
        region = Region.parse(st.query_params.get("region", ""))
    except ValueError:
        region = None
    span = (start, end) if start is not None and end is not None and start < end else None
    return Place(_number("page") or None, region, span)


def _number(name: str) -> int | None:
    text = st.query_params.get(name, "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 12 else None


def show(cabinet: Cabinet, document_id: str) -> None:
    """The reader of a document at the place that the address names; raises NoSuchDocument."""
    document = cabinet.store.documents.get(document_id)
    if document is None:
        raise NoSuchDocument(name=document_id)
    at = from_address()
    link("library", say("reader.back"), ":material/arrow_back:")
    st.html(f'<h1 class="wk-title">{escaped(shortened(document.title, 200))}</h1>')
    st.html(f'<p class="wk-soft">{escaped(about(document))}</p>')
    if document.failure:
        st.warning(label(document.failure.say(current()), 700), icon=":material/warning:")
    if document.left_out:
        with st.expander(say("reader.left_out"), type="compact"):
            lines = "".join(f"<li>{escaped(shortened(line, 160))}</li>" for line in document.left_out)
            st.html(f'<p class="wk-soft">{escaped(say("reader.left_out.about"))}</p><ul class="wk-soft">{lines}</ul>')
    left, right = st.columns([7, 4], gap="large")
    with left:
        chunks = _page_images(cabinet, document, at) if pictures.has_pages(document) else None
        if chunks is None:
            chunks = _text(cabinet, document, at)
    with right:
        beside.show(cabinet, document, chunks)


def about(document: Document) -> str:
    """What is known about a document, on one line."""
    facts = [
        count("pages", document.pages) if document.pages > 1 else "",
        document.attribution or "",
        licence(document.rights or ""),
        shortened(file_name(document), 80),
    ]
    return " · ".join(dict.fromkeys(fact for fact in facts if fact))


def file_name(document: Document) -> str:
    """What stands last in the address of a document."""
    return document.uri.replace("\\", "/").rsplit("/", 1)[-1]


def licence(rights: str) -> str:
    """Rights as people say them: the addresses of Creative Commons by their names, anything else as it is."""
    found = _CREATIVE_COMMONS.match(rights)
    if found is None:
        return rights
    return f"CC {found.group(1).upper()} {found.group(2)}" if found.group(1) else "CC0"


def _page_images(cabinet: Cabinet, document: Document, at: Place) -> list[Chunk] | None:
    """The page as an image with its marks; None where the reader of it asked for text.

    A page whose image does not come is shown in its words, between its neighbours all the same.
    """
    if st.query_params.get("as") == "text":
        return None
    pages = max(1, document.pages)
    shown = min(max(1, at.page or 1), pages)
    try:
        pictures.bring(cabinet.settings, cabinet.files, document, shown)
    except SourceError as problem:
        _turn(document, shown, pages)
        st.warning(label(problem.text(current()), 700), icon=":material/warning:")
        chunks = _words_of_page(cabinet, document, shown, at)
        link("library", say("reader.as_text"), ":material/notes:", _same_place(document, shown) | {"as": "text"})
        return chunks
    chunks = cabinet.store.documents.chunks_of_page(document.id, shown)
    _turn(document, shown, pages)
    image = pictures.page(cabinet.files, document, shown)
    marks = pictures.marks(cabinet.files, document, shown, at.span, at.region)
    name = f"{document.title}, {say('page', n=shown)}" if pages > 1 else document.title
    zoom = st.session_state.get("reader.zoom") or ZOOMS[0]
    sheet.show_image(image.address, image.width, image.height, marks, name, key="reader.sheet", zoom=zoom)
    _below(document, shown, images=True)
    closer.show(cabinet, document, shown, chunks, at.region)
    return chunks


def _words_of_page(cabinet: Cabinet, document: Document, shown: int, at: Place) -> list[Chunk]:
    """The words of a page whose image is not here, with the span marked, and its chunks."""
    from ingest.texts import document_text

    chunks = cabinet.store.documents.chunks_of_page(document.id, shown)
    written = [chunk for chunk in chunks if chunk.text]
    if all(chunk.kind is ChunkKind.METADATA for chunk in written):
        st.info(say("reader.no_words"), icon=":material/info:")
        return chunks
    start, end = min(chunk.start for chunk in written), max(chunk.end for chunk in written)
    spans = merged([(at.span[0] - start, at.span[1] - start)] if at.span else [], end - start)
    text = document_text(cabinet.files, document)[start:end]
    whose = notes(written, start, end)
    sheet.show_text(text, spans, document.title, key="reader.sheet", language=document.language, notes=whose)
    return chunks


def _text(cabinet: Cabinet, document: Document, at: Place) -> list[Chunk]:
    """A part of the text with the span marked, and the chunks in that part."""
    from ingest.texts import document_text

    text = document_text(cabinet.files, document)
    every = list(cabinet.store.documents.all_chunks(document.id))
    if not text:
        st.info(say("reader.no_text"), icon=":material/info:")
        return every[:1]
    parts = pieces(text, every) if not pictures.has_pages(document) else windows(text)
    if at.span:
        number = window_of(parts, at.span[0])
    elif pictures.has_pages(document) and at.page:
        number = window_of(parts, next((c.start for c in every if (c.page or 0) >= at.page), 0))
    else:
        number = min((at.page or 1), len(parts)) - 1
    start, end = parts[number]
    _turn(document, number + 1, len(parts), part=len(parts) != document.pages or pictures.has_pages(document))
    spans = merged([(at.span[0] - start, at.span[1] - start)] if at.span else [], end - start)
    whose = notes(every, start, end)
    sheet.show_text(text[start:end], spans, document.title, key="reader.sheet", language=document.language, notes=whose)
    chunks = [c for c in every if c.start < end and c.end > start]
    if pictures.has_pages(document):
        _below(document, chunks[0].page or 1 if chunks else 1, images=False)
    return chunks


def _turn(document: Document, shown: int, last: int, part: bool = False) -> None:
    """Buttons to turn the page, and the number of this one to type over."""
    if last == 1:
        return
    extra = {"as": "text"} if st.query_params.get("as") == "text" else {}
    word = "part" if part else "page"
    st.session_state["reader.number"] = shown
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="reader.turn"):
        st.button(
            say(f"reader.previous.{word}"),
            icon=":material/chevron_left:",
            disabled=shown <= 1,
            on_click=_go_to,
            args=(document.id, shown - 1, extra),
        )
        st.number_input(
            say(f"reader.number.{word}"),
            min_value=1,
            max_value=last,
            key="reader.number",
            label_visibility="collapsed",
            width=130,
            on_change=_go_to_typed,
            args=(document.id, extra),
        )
        st.html(f'<span class="wk-soft">{escaped(say("reader.of", n=last))}</span>', width="content")
        st.button(
            say(f"reader.next.{word}"),
            icon=":material/chevron_right:",
            icon_position="right",
            disabled=shown >= last,
            on_click=_go_to,
            args=(document.id, shown + 1, extra),
        )


def _go_to_typed(document: str, extra: dict[str, str]) -> None:
    _go_to(document, int(st.session_state["reader.number"]), extra)


def _go_to(document: str, page: int, extra: dict[str, str]) -> None:
    st.query_params.from_dict(in_address() | place(document, page) | extra)


def _below(document: Document, shown: int, images: bool) -> None:
    """Under the sheet: larger, and the same place as text or as image."""
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        if images:
            st.segmented_control(
                say("reader.zoom"),
                ZOOMS,
                default=ZOOMS[0],
                required=True,
                key="reader.zoom",
                format_func=lambda z: f"{z} %",
                label_visibility="collapsed",
            )
            link("library", say("reader.as_text"), ":material/notes:", _same_place(document, shown) | {"as": "text"})
        else:
            link("library", say("reader.as_image"), ":material/image:", _same_place(document, shown))


def _same_place(document: Document, shown: int) -> dict[str, str]:
    at = from_address()
    return place(document.id, shown, at.region, *(at.span or (None, None)))
