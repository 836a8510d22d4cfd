"""Cabinets: the spaces that documents are kept apart in; open, make, rename, delete one; who belongs to it."""

from __future__ import annotations

import streamlit as st

from graph.errors import WrongUse
from graph.roles import Role
from graph.types import DEFAULT_COLLECTION, Collection
from pages import page
from pages.language import count, current, say
from pages.parts import correct_deed, here, log, members
from pages.parts.cabinet import Cabinet
from pages.parts.plain import escaped, label


def main(cabinet: Cabinet) -> None:
    """The whole page."""
    st.title(say("cabinets.title"))
    st.html(f'<p class="wk-lead">{escaped(say("cabinets.lead"))}</p>')
    with st.container(gap="small"):
        for each in cabinet.every:
            _row(cabinet, each)
    if cabinet.may(Role.HOST):
        _more(cabinet)
    if cabinet.person.signed_in:
        members.show(cabinet)
        log.limits(cabinet)
    log.show(cabinet)


def _row(cabinet: Cabinet, each: Collection) -> None:
    held = count("held.documents", cabinet.whole.tallies.documents((each.id,)))
    role = cabinet.person.role(each.id)
    said = [held] + ([say(f"role.{role}")] if cabinet.person.signed_in and role and role is not Role.HOST else [])
    with st.container(border=True, key=f"cabinet-{each.id}", gap="xsmall"):
        with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
            st.html(
                f'<strong>{escaped(each.name)}</strong> <span class="wk-soft">{escaped(" · ".join(said))}</span>',
                width="content",
            )
            with st.container(horizontal=True, vertical_alignment="center", gap="small", width="content"):
                if each.id != cabinet.collection:
                    st.button(
                        say("cabinets.open"), key=f"cabinets.open.{each.id}", icon=":material/door_open:",
                        on_click=here.go_to, args=(each.id,),
                    )  # fmt: skip
                    return
                st.html(f'<span class="wk-soft">{escaped(say("cabinets.now"))}</span>', width="content")
        if cabinet.may(Role.OWNER):
            with st.container(horizontal=True, gap="small"):
                for deed, icon in (("rename", ":material/edit:"), ("delete", ":material/delete:")):
                    if deed == "delete" and each.id == DEFAULT_COLLECTION:
                        continue
                    st.button(
                        say(f"cabinets.{deed}"), key=f"cabinets.{deed}", icon=icon, type="tertiary",
                        on_click=correct_deed.open_, args=(deed, each.id),
                    )  # fmt: skip
            opened = correct_deed.opened(each.id)
            if opened == "rename":
                _rename(cabinet)
            elif opened == "delete":
                _delete(cabinet)


def _more(cabinet: Cabinet) -> None:
    begun = st.session_state.get("cabinets.begun", 0)
    with (
        st.form("cabinets.form", border=False),
        st.container(horizontal=True, vertical_alignment="bottom", gap="small"),
    ):
        name = st.text_input(say("cabinets.new"), key=f"cabinets.name.{begun}", max_chars=80, width=320)
        sent = st.form_submit_button(say("cabinets.make"), icon=":material/add:")
    if not sent:
        return
    try:
        made = cabinet.store.cabinets.make(name or "", cabinet.settings.person)
    except WrongUse as error:
        st.error(label(error.text(current()), 400), icon=":material/error:")
        return
    st.session_state["cabinets.begun"] = begun + 1
    here.go_to(made.id)
    st.rerun()


def _rename(cabinet: Cabinet) -> None:
    @st.dialog(say("cabinets.rename"), on_dismiss=correct_deed.close)
    def ask() -> None:
        name = st.text_input(say("cabinets.name"), cabinet.now.name, key="cabinets.rename.name", max_chars=80)
        st.html(f'<p class="wk-soft">{escaped(say("cabinets.rename.about"))}</p>')
        if correct_deed.confirmed(say("cabinets.rename.do")):
            try:
                cabinet.store.cabinets.rename(cabinet.collection, name or "")
            except WrongUse as error:
                st.error(label(error.text(current()), 400), icon=":material/error:")
                return
            correct_deed.close()
            st.rerun()

    ask()


def _delete(cabinet: Cabinet) -> None:
    @st.dialog(say("cabinets.delete"), on_dismiss=correct_deed.close)
    def ask() -> None:
        from ingest.cabinets import remove_cabinet

        held = cabinet.store.cabinets.held(cabinet.collection)
        sure = True
        if held.nothing:
            st.html(f"<p>{escaped(say('cabinets.delete.empty', name=cabinet.now.name))}</p>")
        else:
            what = (
                count("held.documents", held.documents),
                count("held.statements", held.claims),
                count("findings.n", held.findings),
            )
            st.html(f"<p>{escaped(say('cabinets.delete.full', name=cabinet.now.name, what=', '.join(what)))}</p>")
            typed = st.text_input(say("cabinets.delete.type"), key="cabinets.delete.name", placeholder=cabinet.now.name)
            sure = (typed or "").strip() == cabinet.now.name
        if correct_deed.confirmed(say("cabinets.delete.do"), ":material/delete:"):
            if not sure:
                st.error(label(say("cabinets.delete.unsure"), 400), icon=":material/error:")
                return
            with st.spinner(say("cabinets.deleting")):
                remove_cabinet(cabinet.store, cabinet.settings, cabinet.collection, with_all=True)
            here.go_to(DEFAULT_COLLECTION)
            correct_deed.close()
            st.rerun()

    ask()


with page("cabinets") as opened:
    main(opened)
