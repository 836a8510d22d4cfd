"""Drawing a part of a page, wherever a page of ours needs one: for a claim that is added, a part to look at closer."""

from __future__ import annotations

import streamlit as st

from graph.types import Document, Region
from pages.language import say
from pages.parts import pictures, viewer
from pages.parts.cabinet import Cabinet
from pages.parts.rights import credit


def draw_region(
    cabinet: Cabinet, document: Document, page: int, key: str, start: Region | None = None
) -> Region | None:
    """A viewer in which a rectangle is drawn; returns the one that was drawn last, in pixels of the page.

    `start` stands there at first and counts as drawn. The document must have page images (`pictures.has_pages`).
    Raises SourceError where the image of the page does not come.
    """
    pictures.bring(cabinet.settings, cabinet.files, document, page)
    sheet = viewer.sheet_of(cabinet.files, document, page)
    kept = f"{key}.drawn.{document.id}.{page}"

    def keep(region: Region) -> None:
        st.session_state[kept] = region

    drawn: Region | None = st.session_state.get(kept, start)
    title = f"{document.title}, {say('page', n=page)}"
    viewer.draw(sheet, title, f"{key}.{document.id}.{page}", keep, drawn, credit(document))
    return drawn


def forget_region(document: Document, page: int, key: str) -> None:
    """Forget what was drawn, so that the next drawing with this key begins anew."""
    st.session_state.pop(f"{key}.drawn.{document.id}.{page}", None)
