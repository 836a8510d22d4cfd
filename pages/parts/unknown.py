"""What an address names that is not here: said, so that nobody takes the page for an answer about it."""

from __future__ import annotations

from collections.abc import Iterable

import streamlit as st

from pages.language import say
from pages.parts.cabinet import Cabinet
from pages.parts.links import link
from pages.parts.plain import label


def told(cabinet: Cabinet, parameters: Iterable[str]) -> None:
    """Say so where one of these parameters names nobody and nothing here; a name that was merged away is one."""
    wanted = [given for each in parameters if (given := st.query_params.get(each, ""))]
    if all(cabinet.store.explore.entity(id_) for id_ in wanted):
        return
    with st.container(gap="xsmall", key="unknown"):
        st.info(label(say("explore.unknown"), 400), icon=":material/info:")
        link("history", say("explore.unknown.history"), ":material/history:")
