"""Correcting what is known of somebody or something: the menu of the panel, and what was done last."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from graph.roles import Role
from graph.types import Entity
from pages.language import say
from pages.parts import authority, correct_add, correct_deed, correct_names, correct_same, correct_split, identified
from pages.parts.cabinet import Cabinet
from pages.parts.links import link

DEEDS: dict[str, tuple[str, Callable[[Cabinet, Entity], None]]] = {
    "rename": (":material/edit:", correct_names.rename),
    "retype": (":material/category:", correct_names.retype),
    "aliases": (":material/badge:", correct_names.aliases),
    "merge": (":material/join_inner:", correct_same.merge),
    "split": (":material/call_split:", correct_split.split),
    identified.DEED: (":material/fingerprint:", authority.find),
    "add": (":material/add_comment:", correct_add.add),
}


def menu(cabinet: Cabinet, entity: Entity) -> None:
    """What can be done with an entity, what was done last, and the way to what was done before."""
    if not cabinet.may(Role.EDITOR):
        return
    correct_deed.told(cabinet)
    with st.container(horizontal=True, gap="medium", vertical_alignment="center", key="correct-row"):
        chosen = st.menu_button(
            say("correct.title"),
            list(DEEDS),
            key="correct.menu",
            icon=":material/edit_note:",
            format_func=lambda deed: f"{DEEDS[deed][0]} {say(f'correct.{deed}')}",
        )
        link("history", say("history.of"), ":material/history:", {"entity": entity.id})
    if chosen:
        correct_deed.open_(chosen, entity.id)
    if deed := correct_deed.opened(entity.id):
        DEEDS[deed][1](cabinet, entity)
