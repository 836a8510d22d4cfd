"""The reader: one document, a page or part at a time, the place marked; beside it who and what this page is about.

Its address names a place: `document`, `page`, and `region`, `start` and `end`, or `claim`.
"""

from __future__ import annotations

import streamlit as st

from graph.types import Document
from pages.language import count, current, say
from pages.parts import exporting, pictures, reader_page, reader_text, turning
from pages.parts.cabinet import Cabinet
from pages.parts.links import link
from pages.parts.place import from_address
from pages.parts.plain import escaped, label, shortened
from pages.parts.rights import licence
from share.offers import of_document


def show(cabinet: Cabinet, document_id: str) -> None:
    """The reader of a document at the place that the address names; where there is none of this id, that is said."""
    document = cabinet.store.documents.get(document_id)
    if document is None:
        st.title(say("reader.gone"))
        st.html(f'<p class="wk-lead">{escaped(say("reader.gone.about"))}</p>')
        link("library", say("reader.back"), ":material/arrow_back:")
        return
    at = from_address()
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        link("library", say("reader.back"), ":material/arrow_back:")
        with st.container(
            horizontal=True, width="content", vertical_alignment="center", gap="small", key="reader.tools"
        ):
            if pictures.has_pages(document):
                turning.views()
            exporting.offer(cabinet, of_document(document), "document")
    st.html(f'<h1 class="wk-title">{escaped(shortened(document.title, 200))}</h1>')
    st.html(f'<p class="wk-soft">{escaped(about(document))}</p>')
    if document.failure:
        st.warning(label(document.failure.say(current()), 700), icon=":material/warning:")
    if pictures.has_pages(document):
        reader_page.show(cabinet, document, at)
    else:
        reader_text.show(cabinet, document, at)
    if document.left_out:
        _left_out(document)


def _left_out(document: Document) -> None:
    with st.expander(say("reader.left_out"), type="compact"):
        lines = "".join(f"<li>{escaped(shortened(line, 160))}</li>" for line in document.left_out)
        st.html(f'<p class="wk-soft">{escaped(say("reader.left_out.about"))}</p><ul class="wk-soft">{lines}</ul>')


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
