"""Pages without text: whether a service reads them, and where they go then."""

from __future__ import annotations

import streamlit as st

from pages.language import say
from pages.parts.cabinet import Cabinet
from pages.parts.links import link
from pages.parts.plain import escaped


def choose(cabinet: Cabinet) -> str | None:
    """The service that reads pages without text, None where there is none or people do not want it."""
    from llm.endpoint import endpoint
    from llm.ocr import OCR_SERVICES, gap

    for spec in OCR_SERVICES:
        if gap(spec, cabinet.settings) is None:
            about = say("add.ocr.about", server=endpoint(spec.family, cabinet.settings).name)
            wanted = st.checkbox(say("add.ocr", name=spec.title), key=f"add.ocr.{spec.id}")
            st.html(f'<p class="wk-soft">{escaped(about)}</p>')
            return spec.id if wanted else None
    return None


def offer(cabinet: Cabinet) -> None:
    """Where no service is ready that could read the pages that wait: says which could, and where to make it ready."""
    from llm.ocr import OCR_SERVICES, gap

    if any(gap(spec, cabinet.settings) is None for spec in OCR_SERVICES):
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        words = say("add.no_ocr", name=OCR_SERVICES[0].title)
        st.html(f'<span class="wk-soft">{escaped(words)}</span>', width="content")
        link("models", say("ask.choose_model"), ":material/memory:")
