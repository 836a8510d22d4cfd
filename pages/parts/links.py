"""Links between our pages. All that a page shows is in its address, so every link can be kept, sent and reopened."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from graph.types import Chunk, ChunkKind, Region
from pages.language import say
from pages.parts.here import in_address
from pages.parts.plain import label

Parameters = dict[str, str]


def link(
    page: str,
    text: str,
    icon: str = "",
    parameters: Mapping[str, str | list[str]] | None = None,
    stretch: bool = False,
) -> None:
    """A link to one of our pages with parameters; `text` is shown letter for letter."""
    st.page_link(
        f"pages/{page}.py",
        label=label(text),
        icon=icon,
        help="",
        width="stretch" if stretch else "content",
        query_params={**in_address(), **(parameters or {})},
    )


def go(page: str, **parameters: str) -> None:
    """Leave this page for another one."""
    st.switch_page(f"pages/{page}.py", query_params=in_address() | parameters)


def place(
    document: str,
    page: int | None = None,
    region: Region | None = None,
    start: int | None = None,
    end: int | None = None,
) -> Parameters:
    """The reader's address of a place in a document."""
    parts = {"document": document, "page": page, "region": region, "start": start, "end": end}
    return {name: str(value) for name, value in parts.items() if value is not None}


def place_of(
    chunk: Chunk, start: int | None = None, end: int | None = None, region: Region | None = None
) -> Parameters:
    """The reader's address of a passage, or of some words or a part of the page in it."""
    if region is not None:
        return place(chunk.document, chunk.page, region, start, end)
    if start is None or end is None:
        start, end = chunk.start, chunk.end
    return place(chunk.document, chunk.page, chunk.region, start, end)


def where(chunk: Chunk) -> str:
    """The page of a passage in words; empty for a text, which has none that could be shown, and for a picture."""
    if not chunk.page or not chunk.image_uri or (chunk.kind is ChunkKind.CAPTION and chunk.page == 1):
        return ""
    return say("page", n=chunk.page)
