"""The entries in authority files that somebody found to be the same, as links, and the way to look for more."""

from __future__ import annotations

import streamlit as st

from graph.identifiers import in_order, named, page_of
from graph.roles import Role
from graph.types import Entity
from pages.language import say
from pages.parts import correct_deed as deed
from pages.parts.cabinet import Cabinet
from pages.parts.plain import escaped

DEED = "authority"
"""The correction that the dialog is."""


def show(cabinet: Cabinet, entity: Entity) -> None:
    """The entries of an entity, and the button that opens the dialog; asks nobody anything."""
    with st.container(horizontal=True, gap="small", vertical_alignment="center", key="identified"):
        if entity.same_as:
            links = " · ".join(entry(uri) for uri in in_order(entity.same_as))
            st.html(f'<span class="wk-entries">{links}</span>', width="content")
        if not cabinet.may(Role.EDITOR):
            return
        st.button(
            say("authority.find"),
            key="identified.find",
            icon=":material/fingerprint:",
            type="tertiary",
            on_click=deed.open_,
            args=(DEED, entity.id),
        )


def entry(uri: str) -> str:
    """HTML of an entry as a link that leads to where people read about it."""
    return outside(page_of(uri), named(uri))


def outside(address: str, words: str) -> str:
    """HTML of a link to an address elsewhere, which opens beside this page and is told nothing of it.

    Anything but an http or https address is words alone.
    """
    if not address.startswith(("http://", "https://")):
        return escaped(words)
    return f'<a href="{escaped(address)}" target="_blank" rel="noopener noreferrer">{escaped(words)}</a>'
