"""Which picture: a file from this computer, or a picture or page from the library; shown as soon as it is chosen."""

from __future__ import annotations

import shutil
import uuid
from dataclasses import dataclass
from pathlib import Path

import streamlit as st
from streamlit.typing import UploadedFile

from graph.types import Document
from pages.language import say, size
from pages.parts import drop, pictures
from pages.parts.cabinet import Cabinet
from pages.parts.plain import distinct, escaped, shortened

_MOST = 300
"""Documents that the list of the library shows; a search narrows it."""
UPLOAD, LIBRARY = "upload", "library"
_PREVIEW = 1000


@dataclass(frozen=True, slots=True)
class Chosen:
    """A picture: its file, what it is called, the page, and the document where it is in the library."""

    path: Path
    name: str
    page: int = 1
    document: str | None = None


def choose(cabinet: Cabinet) -> Chosen | None:
    """Draw the choice and the picture; None while nothing is chosen."""
    names = {key: say(f"describe.from.{key}") for key in (UPLOAD, LIBRARY)}
    where = st.segmented_control(
        say("describe.picture"),
        list(names),
        default=LIBRARY if st.query_params.get("document") else UPLOAD,
        format_func=names.__getitem__,
        key="describe.from",
        required=True,
    )
    return _from_library(cabinet) if where == LIBRARY else _uploaded(cabinet)


def _uploaded(cabinet: Cabinet) -> Chosen | None:
    with st.container(key="describe-drop"):
        drop.in_our_words(
            "describe-drop", say("describe.choose"), say("describe.or_drop", n=cabinet.settings.max_file_mb)
        )
        given = st.file_uploader(
            say("describe.file"), key="describe.file", label_visibility="collapsed",
            max_upload_size=cabinet.settings.max_file_mb,
        )  # fmt: skip
    if given is None:
        st.html(f'<p class="wk-soft">{escaped(say("describe.kinds"))}</p>')
        return None
    path = _copied(cabinet, given)
    pages = _pages(str(path), given.file_id)
    number = _page_number(pages, given.file_id)
    chosen = Chosen(path, given.name, number)
    _preview(chosen, f"{shortened(given.name, 60)} · {size(given.size)}")
    return chosen


def _copied(cabinet: Cabinet, given: UploadedFile) -> Path:
    """The file as a path of our own; the one before it goes."""
    from ingest.files import clean_name

    name: str = st.session_state.setdefault("describe.folder", uuid.uuid4().hex)
    folder = cabinet.settings.home / "incoming" / name
    path = folder / given.file_id / clean_name(given.name)
    if not path.exists():
        shutil.rmtree(folder, ignore_errors=True)
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as copy:
            shutil.copyfileobj(given, copy)
    return path


def _from_library(cabinet: Cabinet) -> Chosen | None:
    text = st.text_input(say("library.search"), key="describe.search", placeholder=say("library.search"))
    listed = cabinet.store.documents.listed(cabinet.here, text=text.strip(), limit=_MOST)
    documents = {each.id: each for each in listed if pictures.has_pages(each) and each.pages}
    wanted = st.query_params.get("document", "")
    if wanted and wanted not in documents:
        documents |= {k: d for k, d in cabinet.store.documents.by_ids([wanted]).items() if pictures.has_pages(d)}
    if not documents:
        st.html(f'<p class="wk-soft">{escaped(say("describe.none"))}</p>')
        return None
    ids = list(documents)
    chosen = st.selectbox(
        say("describe.which"),
        ids,
        index=ids.index(wanted) if wanted in ids else 0,
        format_func=distinct({id_: shortened(documents[id_].title, 90) for id_ in ids}).__getitem__,
        key=f"describe.document.{wanted}",
    )
    document = documents[chosen]
    number = _page_number(document.pages, document.id, _asked_page() if document.id == wanted else 1)
    return _of_document(cabinet, document, number)


def _of_document(cabinet: Cabinet, document: Document, number: int) -> Chosen:
    pictures.bring(cabinet.settings, cabinet.files, document, number)
    path = cabinet.files.original(document.sha256 or "")
    chosen = Chosen(path, document.title, number, document.id)
    _preview(chosen, shortened(document.title, 90))
    return chosen


def _asked_page() -> int:
    text = st.query_params.get("page", "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 7 else 1


def _page_number(pages: int, key: str, first: int = 1) -> int:
    if pages <= 1:
        return 1
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        number = st.number_input(
            say("reader.number.page"), 1, pages, min(max(1, first), pages), key=f"describe.page.{key}", width=130
        )
        st.html(f'<span class="wk-soft">{escaped(say("reader.of", n=pages))}</span>', width="content")
    return int(number)


def _preview(chosen: Chosen, caption: str) -> None:
    image = _small(str(chosen.path), chosen.page, chosen.path.stat().st_mtime_ns)
    with st.container(key="describe-picture"):
        st.image(image, width="stretch", alt=caption)
    st.html(f'<p class="wk-soft">{escaped(caption)}</p>')


@st.cache_data(max_entries=40, show_spinner=False)
def _small(path: str, number: int, _changed: int) -> bytes:
    from ingest.for_model import preview

    return preview(Path(path), number, _PREVIEW)


@st.cache_data(max_entries=40, show_spinner=False)
def _pages(path: str, _id: str) -> int:
    from ingest.for_model import pages_in

    return pages_in(Path(path))
