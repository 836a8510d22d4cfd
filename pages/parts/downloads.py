"""Bringing the files of a model to this computer: how much there is, a click, progress, stop; it goes on by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from graph.roles import Role
from llm.spec import Local
from pages.language import current, say, size
from pages.parts.cabinet import Cabinet
from pages.parts.loaded import gigabytes
from pages.parts.plain import escaped, label

if TYPE_CHECKING:
    from llm.fetching import Fetching


def show(cabinet: Cabinet, spec: Local) -> None:
    """What there is to bring and the button that brings it; or how far it is."""
    if not cabinet.may(Role.HOST):
        return
    from llm.fetching import fetch, known

    assert spec.weights is not None, f"{spec.id} has no files"
    running = known(spec.id)
    if running is not None and not running.over:
        _live(running)
        return
    if running is not None and running.failure:
        st.error(label(running.failure.say(current()), 700), icon=":material/error:")
    elif running is not None and running.stopped:
        st.html(f'<p class="wk-soft">{escaped(say("download.stopped"))}</p>')
    st.html(f'<p class="wk-soft">{escaped(say("download.size", name=gigabytes(spec.weights.size)))}</p>')
    if st.button(say("download.do"), key=f"download-{spec.id}", icon=":material/download:"):
        fetch(spec, cabinet.settings)
        st.rerun()


@st.fragment(run_every="0.5s")
def _live(running: Fetching) -> None:
    if running.over:
        st.rerun()
    text = say("download.progress", done=_shown(running.done), total=_shown(running.total))
    st.progress(running.share, text=text)
    st.button(
        say("answer.stop"),
        key=f"download-stop-{running.spec.id}",
        icon=":material/stop_circle:",
        on_click=running.stop,
        disabled=running.stopped,
    )


def _shown(bytes_: int) -> str:
    """Bytes in the unit that reads best."""
    return gigabytes(bytes_) if bytes_ >= 10**9 else size(bytes_)
