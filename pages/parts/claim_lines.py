"""Claims in words, each with links to the exact places that state it."""

from __future__ import annotations

import streamlit as st

from graph.types import SourcedStatement
from pages.language import say
from pages.parts.dated import beside
from pages.parts.links import link, place_of, where
from pages.parts.plain import escaped, shortened
from pages.parts.whose import claims_of

SOURCES = 3


def show(statement: SourcedStatement) -> None:
    """One claim, with its first sources."""
    with st.container(gap=None):
        words(statement)
        sources(statement)


def words(statement: SourcedStatement) -> None:
    """The claim itself, with its time and place."""
    said = beside(statement.text, [source for source, _, _ in statement.sources])
    st.html(f"<div>{escaped(statement.text)}{said}</div>")


def sources(statement: SourcedStatement) -> None:
    """Links to the first places that state it, and to the part of the page where somebody drew one."""
    for source, chunk, title in statement.sources[:SOURCES]:
        page = f", {where(chunk)}" if where(chunk) else ""
        unsupported = "" if source.supported else f" ({say('claim.unsupported')})"
        seen = f" · {claims_of(chunk)}" if claims_of(chunk) else ""
        text = f"{shortened(title, 50)}{page}{seen}{unsupported}"
        link("library", text, ":material/format_quote:", place_of(chunk, source.start, source.end, source.region))
