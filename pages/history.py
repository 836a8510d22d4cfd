"""History: what was corrected, by whom and when, the latest first; each can be undone, or says what to undo before."""

from __future__ import annotations

import streamlit as st

from graph.correction import Correction
from graph.roles import Role
from pages import page
from pages.language import count, say
from pages.parts import correct_deed
from pages.parts.cabinet import Cabinet
from pages.parts.click import safely
from pages.parts.corrected import sentence, when
from pages.parts.links import link
from pages.parts.plain import escaped, shortened

STEP = 40
SHOWN = "history.shown"


def main(cabinet: Cabinet) -> None:
    """The whole page."""
    st.title(say("history.title"))
    entity = cabinet.store.explore.entity(st.query_params.get("entity", ""))
    correct_deed.told(cabinet)
    left, right = st.columns([3, 2], gap="large", vertical_alignment="bottom")
    with left:
        st.html(f'<p class="wk-lead">{escaped(say("history.lead"))}</p>')
        if entity:
            st.html(f'<p class="wk-soft">{escaped(say("history.only", name=shortened(entity.name, 80)))}</p>')
            with st.container(horizontal=True, gap="medium"):
                link("explore", entity.name, ":material/arrow_back:", {"entity": entity.id})
                link("history", say("history.all"))
    with right:
        correct_deed.ask_name(cabinet)
    rules = st.toggle(say("history.rules"), key="history.rules")
    shown: int = st.session_state.get(SHOWN, STEP)
    found = cabinet.store.corrections.history(cabinet.here, entity.id if entity else "", rules, shown + 1)
    if not found:
        st.html(f'<p class="wk-lead">{escaped(say("history.empty"))}</p>')
        link("explore", say("nav.explore"), ":material/hub:")
        return
    there = {entity.id for entity in cabinet.store.search.entities([made.entity for made in found if made.entity])}
    for made in found[:shown]:
        # What was split off and put back has no page to be looked at.
        _entry(cabinet, made, made.entity in there or cabinet.store.explore.entity(made.entity) is not None)
    if len(found) > shown and st.button(say("history.more"), key="history.more", icon=":material/expand_more:"):
        st.session_state[SHOWN] = shown + STEP
        st.rerun()


def _entry(cabinet: Cabinet, made: Correction, there: bool) -> None:
    with st.container(border=True, gap="xsmall", key=f"history-{made.id}"):
        with st.container(horizontal=True, gap="medium", vertical_alignment="center"):
            quiet = ' class="wk-soft"' if made.undone_at else ""
            st.html(f'<div{quiet}>{escaped(sentence(made))}</div><div class="wk-soft">{escaped(_by(made))}</div>')
            if made.entity and there:
                name = made.after if made.kind == "rename" else made.name
                link("explore", say("same.look", name=shortened(name, 30)), parameters={"entity": made.entity})
            if not made.undone_at and not made.blocked:
                _way_back(cabinet, made)
        if made.note and made.kind != "merge":
            st.html(f'<div class="wk-soft">{escaped(say("history.why", note=made.note))}</div>')
        if made.held:
            st.html(f'<div class="wk-soft">{escaped(count("history.held", made.held))}</div>')
        if made.blocked:
            st.html(f'<div class="wk-soft">{escaped(say("history.blocked", what=sentence(made.blocked)))}</div>')


def _by(made: Correction) -> str:
    """Who and when, and who took it back."""
    who = say("same.by_rule").rstrip(".") if made.by_rule else shortened(made.who, 80) or say("history.nobody")
    parts = [f"{who}, {when(made.at)}"]
    if made.undone_at:
        parts.append(say("history.undone_by", name=shortened(made.undone_by or "", 80), date=when(made.undone_at)))
    return " · ".join(parts)


def _way_back(cabinet: Cabinet, made: Correction) -> None:
    if not cabinet.may(Role.EDITOR):
        return
    st.button(
        say("same.undo"),
        key=f"history-undo-{made.id}",
        type="tertiary",
        icon=":material/undo:",
        on_click=safely(correct_deed.undo),
        args=(cabinet, made.id),
    )


with page("history") as opened_cabinet:
    main(opened_cabinet)
