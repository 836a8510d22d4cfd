"""Connections for what is fetched: those of `llm.web_connection`, which say what is wrong as sources do."""

from __future__ import annotations

from ingest.web_errors import AddressPrivate, HostUnknown
from llm import web_connection
from llm.web_connection import Resolver, look_up

__all__ = ["CheckedNetwork", "Resolver", "look_up"]


class CheckedNetwork(web_connection.CheckedNetwork):
    """As it stands there; what is refused is no document."""

    unknown = HostUnknown
    private = AddressPrivate
