"""The beginning: what an empty cabinet is for, the sample that fills it, and questions to try."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from graph.roles import Role
from graph.work import Progress
from pages.language import count, current, say
from pages.parts import asking, tray
from pages.parts.cabinet import Cabinet
from pages.parts.links import go, link
from pages.parts.plain import escaped, label

_PICTURE = Path(__file__).parents[2] / "sample" / "pictures" / "chamber.png"


def empty_cabinet(cabinet: Cabinet) -> None:
    """One sentence on what this is, and the two ways to begin."""
    text, picture = st.columns([6, 5], gap="large", vertical_alignment="center")
    with text:
        st.title(say("welcome.title"))
        st.html(f'<p class="wk-lead">{escaped(say("welcome.text"))}</p>')
        if not cabinet.may(Role.EDITOR):
            st.html(f'<p class="wk-soft">{escaped(say("welcome.reader"))}</p>')
            return
        with st.container(horizontal=True, gap="small"):
            if st.button(say("welcome.sample"), type="primary", icon=":material/inventory_2:"):
                open_sample(cabinet)
            if st.button(say("welcome.add"), icon=":material/add_circle:"):
                go("add")
        st.html(f'<p class="wk-soft">{escaped(say("welcome.sample.about"))}</p>')
    if _PICTURE.exists():
        with picture:
            st.image(_PICTURE, width="stretch", alt=say("welcome.picture"))


def offer_sample(cabinet: Cabinet) -> None:
    """The sample for whoever has begun without it: a line, and nothing where it is here already."""
    if not cabinet.may(Role.EDITOR):
        return
    from ingest.sample import sample_is_here

    if sample_is_here(cabinet.store, cabinet.collection):
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.html(f'<span class="wk-soft">{escaped(say("welcome.sample.also"))}</span>', width="content")
        if st.button(say("welcome.sample"), key="sample.also", type="tertiary", icon=":material/inventory_2:"):
            open_sample(cabinet)


def open_sample(cabinet: Cabinet) -> None:
    """Load the sample; its progress is shown in place, and this page goes on by itself."""
    from ingest.sample import submit_sample
    from ingest.worker import ensure_worker

    with st.spinner(say("welcome.opening")):
        submit_sample(cabinet.store, cabinet.settings, cabinet.collection)
        ensure_worker(cabinet.settings)
    st.rerun()


def suggestions(cabinet: Cabinet, counts: dict[str, int]) -> None:
    """What the cabinet holds, what is being read, and, where the sample is in it, three questions to try."""
    _numbers(counts)
    reading = tray.running(cabinet)
    if any(not progress.searchable for progress in reading):
        _reading(cabinet)
        return
    questions = _sample_questions(cabinet)
    with st.container(horizontal=True, gap="medium"):
        link("library", say("ask.library"), ":material/menu_book:")
        link("explore", say("ask.explore"), ":material/hub:")
    if questions:
        st.subheader(say("ask.try"))
        with st.container(gap="xsmall", horizontal_alignment="left"):
            for n, question in enumerate(questions):
                st.button(
                    label(question, 200),
                    key=f"suggested-{n}",
                    icon=":material/arrow_forward:",
                    on_click=asking.ask,
                    args=(question,),
                )


def _numbers(counts: dict[str, int]) -> None:
    shown = ("documents", "entities", "statements")
    items = []
    for name in shown:
        number, _, word = count(f"held.{name}", counts[name]).partition(" ")
        items.append(f"<div><b>{escaped(number)}</b><span>{escaped(word)}</span></div>")
    st.html(f'<div class="wk-numbers">{"".join(items)}</div>')


@st.fragment(run_every="0.5s")
def _reading(cabinet: Cabinet) -> None:
    reading: list[Progress] = [progress for progress in tray.running(cabinet) if not progress.searchable]
    if not reading:
        st.rerun()
    for progress in reading:
        share, text = tray.how_far(progress)
        st.progress(share, text=text)


def _sample_questions(cabinet: Cabinet) -> list[str]:
    from ingest.sample import sample_questions

    titles = cabinet.store.documents.titled(cabinet.here, 60)
    there = any(_of_sample(document.uri) for document in titles)
    return [question.text for question in sample_questions(current())[:3]] if there else []


def _of_sample(uri: str) -> bool:
    return "/sample/" in uri.replace("\\", "/")
