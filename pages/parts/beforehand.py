"""Reads beforehand what the first question needs, while the first page is looked at: nobody waits for it then."""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING

import streamlit as st

from graph.errors import WunderkammerError
from pages.parts import process

if TYPE_CHECKING:
    from graph.store import Store
    from pages.parts.cabinet import Cabinet
    from settings import Settings

log = logging.getLogger("wunderkammer.pages")


def read(cabinet: Cabinet) -> None:
    """Begin to read what questions in this cabinet are looked up in; once in a process that serves people."""
    if process.serves():
        _begin(str(cabinet.configured.home), cabinet.configured.neo4j_uri, cabinet.collection, cabinet)


@st.cache_resource(show_spinner=False)
def _begin(home: str, uri: str | None, collection: str, _cabinet: Cabinet) -> threading.Thread:
    what = (_cabinet.whole, _cabinet.configured, collection)
    thread = threading.Thread(target=_read, args=what, name="beforehand", daemon=True)
    thread.start()
    return thread


def _read(store: Store, settings: Settings, collection: str) -> None:
    from llm.embed import DEFAULT_EMBEDDING, find_embedding, open_embedder

    try:
        name = store.embeddings.meta().embedding_model or DEFAULT_EMBEDDING
        if store.tallies.documents((collection,)):
            store.ranking.graph((collection,))
            store.claimed.graph((collection,))
            if find_embedding(name).here:
                # A model elsewhere is asked, and paid, for questions alone.
                open_embedder(name, settings).query("?")
    except WunderkammerError as problem:
        # Whoever asks meets the same, and is told.
        log.info("nothing read beforehand: %s", type(problem).__name__)
