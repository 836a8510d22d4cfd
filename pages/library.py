"""Library: the documents and how far each is read; with `?document=` the reader, at the place in the address."""

from __future__ import annotations

import streamlit as st

from pages import page
from pages.parts import reader, shelf
from pages.parts.cabinet import Cabinet


def main(cabinet: Cabinet) -> None:
    """The reader where the address names a document, otherwise the list."""
    if document := st.query_params.get("document"):
        reader.show(cabinet, document)
    else:
        shelf.show(cabinet)


with page("library") as opened:
    main(opened)
