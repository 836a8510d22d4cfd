"""The memory of this computer, and the models that are in it now; each can be put out of it."""

from __future__ import annotations

import streamlit as st

from pages.language import decimal, say
from pages.parts.plain import escaped


def show() -> None:
    """One line on memory; a row for each model that is loaded or being loaded, kept up to date while one is."""
    from llm import memory, resident

    st.html(f'<p class="wk-soft">{escaped(_memory(memory.here(resident.reclaimable())))}</p>')
    if resident.residents():
        _live()


def _memory(here: object) -> str:
    from llm.memory import Memory

    assert isinstance(here, Memory)
    ram = say("memory.ram", free=gigabytes(here.ram_free), total=gigabytes(here.ram_total))
    if here.gpu is None:
        return f"{ram} {say('memory.no_gpu')}"
    return f"{ram} " + say("memory.gpu", name=here.gpu, free=gigabytes(here.gpu_free), total=gigabytes(here.gpu_total))


def gigabytes(size: int) -> str:
    """Bytes as people say memory: 9.5 GB."""
    return f"{decimal(size / 10**9)} GB"


@st.fragment(run_every="1s")
def _live() -> None:
    from llm import resident

    now = resident.residents()
    if not now:
        st.rerun()
    with st.container(border=True, key="models-loaded", gap="xsmall"):
        st.html(f"<strong>{escaped(say('loaded.title'))}</strong>")
        for each in now:
            with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
                state = (
                    say("loaded.loading", n=round(each.share * 100))
                    if each.share < 1
                    else say("loaded.busy" if each.busy else "loaded.idle")
                )
                size = gigabytes(each.size)
                place = say("loaded.on_card", size=size) if each.taken.gpu else size
                words = f"{each.title} · {place} · {state}"
                st.html(f"<span>{escaped(words)}</span>", width="content")
                if st.button(
                    say("loaded.unload"),
                    key=f"unload-{each.key}",
                    icon=":material/eject:",
                    disabled=each.busy or each.share < 1,
                ):
                    resident.unload(each.key)
                    st.rerun()
