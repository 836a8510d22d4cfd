"""A family of models as a card: what it is good for, its key or address, each model with what it lacks and takes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import streamlit as st

from graph.roles import Role
from llm.spec import Family, ModelSpec, Readiness
from pages.language import count, current, say
from pages.parts import key_field, model_row, servers, trial
from pages.parts.cabinet import Cabinet
from pages.parts.plain import escaped

State = Literal["ready", "missing"]
_COLOURS: dict[State, Literal["green", "orange"]] = {"ready": "green", "missing": "orange"}
_ICONS: dict[State, str] = {"ready": ":material/check:", "missing": ":material/pending:"}


def show(cabinet: Cabinet, family: Family) -> None:
    """The whole card."""
    from llm.catalog import models
    from llm.ready import readiness

    known = [spec for spec in models(cabinet.settings) if spec.family == family.id]
    states = {spec.id: readiness(spec, cabinet.settings) for spec in known}
    own = family.id == servers.FAMILY
    offered = servers.offered(cabinet.settings) if own else servers.Offered()
    ready = bool(offered.names) if own else any(state.ready for state in states.values())
    with st.container(border=True, key=f"family-{family.id}", gap="small"):
        heading(say("family.server") if own else family.title, "ready" if ready else "missing")
        st.html(f'<p class="wk-soft">{escaped(family.about.say(current()))}</p>')
        _needs(cabinet, family, known, list(states.values()), offered)
        for spec in known:
            model_row.show(cabinet, spec, states[spec.id])
        if own:
            _of_server(cabinet, offered)


def heading(title: str, state: State) -> None:
    """The name of a card with its state."""
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.html(f'<strong class="wk-card">{escaped(title)}</strong>', width="content")
        st.badge(say(f"models.{state}"), icon=_ICONS[state], color=_COLOURS[state])


def _needs(
    cabinet: Cabinet,
    family: Family,
    known: Sequence[ModelSpec],
    states: Sequence[Readiness],
    offered: servers.Offered,
) -> None:
    """What the whole family needs: programs, a key, an address, a token."""
    package = next((state for state in states if state.missing in family.packages), None)
    if package is not None:
        st.html(f'<p class="wk-soft">{escaped(say("models.not_installed"))}</p>')
        st.code(family.command, language=None)
    if not cabinet.may(Role.HOST):
        return
    if family.id in ("openai", "mistral"):
        key_field.key(cabinet, family.id, f"{family.id.upper()}_API_KEY", family.title)
    elif family.id == servers.FAMILY:
        key_field.address(cabinet, offered)
    elif package is None and any(spec.weights and spec.weights.licence_page for spec in known):
        key_field.token()


def _of_server(cabinet: Cabinet, offered: servers.Offered) -> None:
    """What the server offers, by name; each can be tried."""
    if not offered.names:
        return
    from llm.catalog import find_model

    st.html(f"<p>{escaped(count('server.offers', len(offered.names)))}</p>")
    with st.container(height=260 if len(offered.names) > 6 else "content", border=False, gap="xsmall"):
        for name in offered.names[:60]:
            spec: ModelSpec = find_model(f"server:{name}", cabinet.settings)
            with st.expander(model_row.expander_label(spec.title, None), type="compact"):
                model_row.facts(cabinet, spec)
                trial.show(cabinet, spec)
