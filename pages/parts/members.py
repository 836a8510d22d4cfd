"""Who belongs to a cabinet, for its owners: invite by e-mail address, change what somebody may do, take it away."""

from __future__ import annotations

import streamlit as st

from graph.errors import WrongUse
from graph.members import Member, addresses
from graph.roles import GIVEN, Role
from pages.language import current, date, say
from pages.parts.cabinet import Cabinet
from pages.parts.click import safely
from pages.parts.plain import escaped, label, shortened


def show(cabinet: Cabinet) -> None:
    """The members, for owners; for others who they may ask."""
    st.subheader(say("members.title", name=cabinet.now.name))
    st.html(f'<p class="wk-soft">{escaped(say(f"members.you.{cabinet.role}"))}</p>')
    if not cabinet.may(Role.OWNER):
        return
    for each in cabinet.store.members.of(cabinet.collection):
        _row(cabinet, each)
    _invite(cabinet)


def _row(cabinet: Cabinet, each: Member) -> None:
    with st.container(
        border=True, horizontal=True, vertical_alignment="center", horizontal_alignment="distribute",
        key=f"member-{each.email}", gap="small",
    ):  # fmt: skip
        since = say("members.since", date=date(each.at), by=shortened(each.by, 60))
        st.html(
            f'<strong>{escaped(shortened(each.email, 80))}</strong><div class="wk-soft">{escaped(since)}</div>',
            width="content",
        )
        with st.container(horizontal=True, vertical_alignment="center", gap="small", width="content"):
            key = f"members.role.{each.email}"
            st.session_state[key] = each.role.value
            st.selectbox(
                say("members.role"), [role.value for role in GIVEN], key=key, width=170, label_visibility="collapsed",
                format_func=lambda role: say(f"role.{role}"),
                on_change=safely(_change), args=(cabinet, each.email, key),
            )  # fmt: skip
            st.button(
                say("members.drop"), key=f"members.drop.{each.email}", type="tertiary", icon=":material/person_remove:",
                on_click=safely(cabinet.store.members.drop), args=(cabinet.collection, each.email),
            )  # fmt: skip


def _change(cabinet: Cabinet, email: str, key: str) -> None:
    cabinet.store.members.put(cabinet.collection, email, Role(st.session_state[key]), cabinet.settings.person)


def _invite(cabinet: Cabinet) -> None:
    begun = st.session_state.get("members.begun", 0)
    with st.form("members.form", border=False):
        with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
            email = st.text_input(say("members.email"), key=f"members.email.{begun}", max_chars=8000, width=420)
            role = st.selectbox(
                say("members.role"), [role.value for role in GIVEN], key="members.role", width=170,
                format_func=lambda role: say(f"role.{role}"),
            )  # fmt: skip
            sent = st.form_submit_button(say("members.invite"), icon=":material/person_add:")
        st.html(f'<p class="wk-soft">{escaped(say("members.about"))}</p>')
    if not sent:
        return
    try:
        for each in addresses(email or ""):
            cabinet.store.members.put(cabinet.collection, each, Role(role), cabinet.settings.person)
    except WrongUse as error:
        st.error(label(error.text(current()), 400), icon=":material/error:")
        return
    st.session_state["members.begun"] = begun + 1
    st.rerun()
