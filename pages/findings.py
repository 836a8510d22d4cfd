"""Findings: answers and parts of the graph that were kept; each is read, edited, asked again, sent and deleted here."""

from __future__ import annotations

import streamlit as st

from graph.finding import Listed
from graph.findings import PAGE, NoSuchFinding
from pages import page
from pages.language import count, say
from pages.parts import channels, finding
from pages.parts.cabinet import Cabinet
from pages.parts.corrected import when
from pages.parts.links import link
from pages.parts.plain import escaped, shortened

NUMBER = "findings.page"


def main(cabinet: Cabinet) -> None:
    """The finding that the address names, or all of them."""
    wanted = st.query_params.get("finding", "")
    if not wanted:
        _all(cabinet)
        return
    try:
        kept = cabinet.store.findings.get(wanted, cabinet.here)
    except NoSuchFinding:
        st.title(say("findings.title"))
        st.html(f'<p class="wk-lead">{escaped(say("findings.unknown"))}</p>')
        link("findings", say("findings.back"), ":material/arrow_back:")
        return
    finding.show(cabinet, kept)


def _all(cabinet: Cabinet) -> None:
    st.title(say("findings.title"))
    finding.told()
    st.html(f'<p class="wk-lead">{escaped(say("findings.lead"))}</p>')
    if cabinet.store.findings.count(cabinet.here):
        _search(cabinet)
    else:
        st.html(f"<p>{escaped(say('findings.empty'))}</p>")
        link("ask", say("nav.ask"), ":material/search:")
    channels.show(cabinet)


def _search(cabinet: Cabinet) -> None:
    words = st.text_input(
        say("findings.search"), key="findings.search", type="search", placeholder=say("findings.search"), width=420,
        label_visibility="collapsed",
    )  # fmt: skip
    words = (words or "").strip()
    found = cabinet.store.findings.count(cabinet.here, words)
    told = count("findings.n", found) if found else say("findings.nothing")
    st.html(f'<span class="wk-soft">{escaped(told)}</span>')
    last = max(1, -(-found // PAGE))
    number = min(int(st.session_state.get(NUMBER) or 1), last)
    with st.container(gap="small"):
        for each in cabinet.store.findings.listed(cabinet.here, words, (number - 1) * PAGE, PAGE):
            _row(each)
    if last > 1:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.html(f'<span class="wk-soft">{escaped(say("findings.page"))}</span>', width="content")
            st.number_input(say("findings.page"), 1, last, number, key=NUMBER, label_visibility="collapsed", width=130)
            st.html(f'<span class="wk-soft">{escaped(say("reader.of", n=last))}</span>', width="content")


def _row(each: Listed) -> None:
    facts = [
        say(f"finding.{each.outcome.value}"),
        count("finding.evidence", each.evidence),
        count("finding.unsupported", each.unsupported) if each.unsupported else "",
        each.model or "",
        say("finding.by", name=shortened(each.who, 60), date=when(each.created_at)),
    ]
    question = "" if each.question == each.title else each.question
    with st.container(border=True, key=f"finding-{each.id}", gap="xsmall"):
        with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
            with st.container(width="content", key=f"finding-title-{each.id}"):
                link("findings", shortened(each.title, 140), parameters={"finding": each.id})
            link("findings", say("findings.open"), ":material/bookmark:", {"finding": each.id})
        if question:
            st.html(f"<div>{escaped(shortened(question, 240))}</div>")
        if each.note:
            st.html(f'<div class="wk-soft">{escaped(shortened(each.note, 240))}</div>')
        st.html(f'<div class="wk-soft">{escaped(" · ".join(filter(None, facts)))}</div>')


with page("findings") as opened:
    main(opened)
