"""Changing what somebody or something is called, and of what kind it is."""

from __future__ import annotations

import streamlit as st

from graph.correction import LONGEST_NAME
from graph.types import Entity
from graph.vocabulary import TYPES
from pages.language import kind, say
from pages.parts import correct_deed as deed
from pages.parts.cabinet import Cabinet
from pages.parts.plain import distinct, escaped, label


def rename(cabinet: Cabinet, entity: Entity) -> None:
    """Ask for another name."""

    @st.dialog(say("correct.rename"), on_dismiss=deed.close)
    def ask() -> None:
        st.html(f'<p class="wk-soft">{escaped(say("correct.rename.about", name=entity.name))}</p>')
        name = st.text_input(say("correct.name"), entity.name, key=f"correct.name.{entity.id}", max_chars=LONGEST_NAME)
        why = deed.note()
        if deed.confirmed(say("correct.rename")):
            change = cabinet.store.corrections.rename
            deed.done(cabinet, lambda who: change(entity.id, name or "", who, why, seen=entity.name))

    ask()


def retype(cabinet: Cabinet, entity: Entity) -> None:
    """Ask for another kind: one that there is, or a new one."""

    @st.dialog(say("correct.retype"), on_dismiss=deed.close)
    def ask() -> None:
        chosen = kinds(cabinet, entity.type, f"correct.kind.{entity.id}")
        why = deed.note()
        if deed.confirmed(say("correct.retype")):
            change = cabinet.store.corrections.retype
            deed.done(cabinet, lambda who: change(entity.id, chosen, who, why, seen=entity.type))

    ask()


def kinds(cabinet: Cabinet, now: str, key: str) -> str:
    """A choice among the kinds that there are; another may be written."""
    known = list(dict.fromkeys((now, *cabinet.store.claimed.kinds(cabinet.here), *TYPES)))
    return (
        st.selectbox(
            say("correct.kind"),
            known,
            key=key,
            # What is written anew is a kind as well; a kind is shown letter for letter.
            format_func=lambda each: kind(each),
            accept_new_options=True,
            placeholder=say("correct.kind.choose"),
        )
        or ""
    )


def aliases(cabinet: Cabinet, entity: Entity) -> None:
    """The further names, each of which can go, and a field for one more."""

    @st.dialog(say("correct.aliases"), on_dismiss=deed.close)
    def ask() -> None:
        st.html(f'<p class="wk-soft">{escaped(say("correct.aliases.about"))}</p>')
        corrections = cabinet.store.corrections
        others = [alias for alias in entity.aliases if alias != entity.name]
        with st.container(height=220 if len(others) > 5 else "content", border=False, gap="xxsmall"):
            for number, alias in enumerate(others):
                with st.container(horizontal=True, vertical_alignment="center", gap="small"):
                    st.html(f"<div>{escaped(alias)}</div>", width="stretch")
                    if st.button(
                        say("correct.aliases.remove"),
                        key=f"correct.alias.{number}",
                        type="tertiary",
                        icon=":material/close:",
                    ):
                        deed.done(cabinet, lambda who, gone=alias: corrections.remove_alias(entity.id, gone, who))  # type: ignore[misc]
        new = st.text_input(say("correct.aliases.new"), key=f"correct.alias.new.{entity.id}", max_chars=LONGEST_NAME)
        if deed.confirmed(say("correct.aliases.add"), ":material/add:"):
            deed.done(cabinet, lambda who: corrections.add_alias(entity.id, new or "", who))

    ask()


def found(cabinet: Cabinet, entity: Entity, key: str, text: str) -> Entity | None:
    """Somebody or something else, looked for by name and chosen; None as long as nobody is."""
    wanted = st.text_input(text, key=f"{key}.search", type="search", live=True, placeholder=say("explore.search"))
    if not wanted or not wanted.strip():
        return None
    others = [each for each in cabinet.store.search.complete(wanted, 9, cabinet.here) if each.id != entity.id][:8]
    if not others:
        st.html(f'<p class="wk-soft">{escaped(say("explore.nothing", name=wanted))}</p>')
        return None
    by_id = {each.id: each for each in others}
    shown = distinct({id_: f"{label(each.name, 80)} · {label(kind(each.type), 40)}" for id_, each in by_id.items()})
    which = say("correct.which")
    chosen = st.radio(which, list(by_id), index=None, format_func=shown.__getitem__, key=f"{key}.chosen.{wanted}")
    return by_id[chosen] if chosen else None
