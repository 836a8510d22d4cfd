"""Bringing the files of a model to this computer: how much there is, a click, progress, stop."""

from __future__ import annotations

import streamlit as st

from llm.spec import ModelSpec
from pages.language import say
from pages.parts.cabinet import Cabinet
from pages.parts.loaded import gigabytes
from pages.parts.plain import escaped


def show(cabinet: Cabinet, spec: ModelSpec) -> None:
    """What there is to bring, and the button that brings it."""
    assert spec.weights is not None, f"{spec.id} has no files"
    st.html(f'<p class="wk-soft">{escaped(say("download.size", name=gigabytes(spec.weights.size)))}</p>')
