"""The models of a server of one's own, by name: asked for once a minute, so that pages stay quick when it is away."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from graph.errors import Failure, ModelError
from settings import Settings

FAMILY = "server"
_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Offered:
    """What servers offer, which of them did not say, or why none did."""

    names: tuple[str, ...] = ()
    silent: tuple[str, ...] = ()
    failure: Failure | None = None


def offered(settings: Settings) -> Offered:
    """The names of the models of the server whose address is set; nothing where none is."""
    if not settings.model_server_url:
        return Offered()
    return _ask(settings.model_server_url, bool(settings.model_server_key), settings)


def names(settings: Settings) -> tuple[str, ...]:
    """The names alone."""
    return offered(settings).names


def ask_anew() -> None:
    """Forget what the server said."""
    _ask.clear()


@st.cache_data(ttl=_SECONDS, show_spinner=False)
def _ask(url: str, with_key: bool, _settings: Settings) -> Offered:
    from llm.offered import server_models

    try:
        offer = server_models(FAMILY, _settings)
        return Offered(offer.names, offer.silent)
    except ModelError as error:
        return Offered(failure=error.failure())
