"""Fields for keys, tokens and the address of a server: typed once, never shown again, and it is said where they are."""

from __future__ import annotations

import streamlit as st

from graph.errors import WunderkammerError
from pages.language import current, say
from pages.parts import servers
from pages.parts.cabinet import Cabinet
from pages.parts.plain import escaped, label

ADDRESS, ADDRESS_KEY, TOKEN = "MODEL_SERVER_URL", "MODEL_SERVER_KEY", "HF_TOKEN"


def key(cabinet: Cabinet, family: str, variable: str, provider: str) -> None:
    """The key of a provider: where it is kept, or a field for it."""
    from llm.endpoint import endpoint

    at = endpoint(family, cabinet.settings)
    if at.place != "provider" and at.url:
        st.html(f'<p class="wk-soft">{escaped(say("key.other_server", server=at.name))}</p>')
    _field(variable, say("key.label", name=provider), secret=True)


def token() -> None:
    """The token of the Hugging Face hub."""
    _field(TOKEN, say("key.token"), secret=True)


def address(cabinet: Cabinet, offered: servers.Offered) -> None:
    """The address of a server of one's own, its key where it wants one, and whether it answers."""
    from llm.endpoint import endpoint

    at = endpoint(servers.FAMILY, cabinet.settings)
    if at.url:
        st.html(f'<p class="wk-soft">{escaped(say("server.at", server=at.name))}</p>')
    _field(ADDRESS, say("server.address"), secret=False)
    if at.url:
        _field(ADDRESS_KEY, say("server.key"), secret=True)
    if offered.silent:
        st.warning(label(say("server.silent", server=", ".join(offered.silent)), 400), icon=":material/warning:")
    if offered.failure:
        st.warning(label(offered.failure.say(current()), 400), icon=":material/warning:")
        if st.button(say("error.again"), key="server.again", icon=":material/refresh:"):
            servers.ask_anew()
            st.rerun()


def _field(variable: str, name: str, secret: bool) -> None:
    from llm.keys import forget, kept

    place = kept(variable)
    if place is None:
        _ask(variable, name, secret)
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.html(f'<span class="wk-soft">{escaped(f"{name}: " + say(f"key.in.{place}"))}</span>', width="content")
        if place in ("session", "keyring"):
            st.button(
                say("key.forget"),
                key=f"models.forget.{variable}",
                type="tertiary",
                icon=":material/delete:",
                on_click=forget,
                args=(variable,),
            )


def _ask(variable: str, name: str, secret: bool) -> None:
    from llm.keys import keep

    with st.form(f"key.{variable}", border=False, clear_on_submit=secret):
        with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
            given = st.text_input(
                name,
                type="password" if secret else "default",
                key=f"models.key.{variable}",
                autocomplete="off",
                placeholder="" if secret else "https://models.example.org/v1",
            )
            sent = st.form_submit_button(say("models.key.use"))
        if secret:
            st.html(f'<p class="wk-soft">{escaped(say("models.key.kept", name=variable))}</p>')
    if sent and given and given.strip():
        try:
            keep(variable, given)
        except WunderkammerError as error:
            st.error(label(error.text(current()), 500), icon=":material/error:")
            return
        servers.ask_anew()
        st.rerun()
