"""The opened cabinet: one store and one embedding model for all sessions of this process."""

from __future__ import annotations

import logging
import secrets
import tempfile
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st

# A stored failure is said in words by its class, so all classes must be known before a page asks.
import ingest.errors
import ingest.worker  # noqa: F401
import llm.errors  # noqa: F401
import settings as configuration
import share.errors  # noqa: F401
from graph import logged
from graph.errors import Missing
from graph.guarded import Guarded
from graph.roles import Role, require
from graph.store import Store
from graph.types import DEFAULT_COLLECTION, Collection
from pages.language import say
from pages.parts import here, media, person, spending
from pages.parts.person import AT_THIS_COMPUTER, Person
from settings import Settings

if TYPE_CHECKING:
    from ingest.files import FileStore
    from llm.embed import Embedder


FIRST = Collection(DEFAULT_COLLECTION, "Wunderkammer")


@dataclass(frozen=True, slots=True)
class Cabinet:
    """What a page works with: the store as this person may see it in this cabinet, and settings that name them."""

    store: Store
    settings: Settings
    now: Collection = FIRST
    person: Person = AT_THIS_COMPUTER
    every: tuple[Collection, ...] = (FIRST,)
    """The cabinets that are open to the person."""
    opened: tuple[Store, Settings] | None = None

    @property
    def collection(self) -> str:
        """The id of the cabinet."""
        return self.now.id

    @property
    def here(self) -> tuple[str, ...]:
        """The same for what takes several."""
        return (self.now.id,)

    @property
    def whole(self) -> Store:
        """The store of all cabinets: for what works in the background for everybody, never for what a page shows."""
        return self.opened[0] if self.opened else self.store

    @property
    def configured(self) -> Settings:
        """The settings of the installation, which name nobody who is at a page."""
        return self.opened[1] if self.opened else self.settings

    @property
    def role(self) -> Role:
        """What the person is in this cabinet."""
        return self.person.role(self.now.id) or Role.READER

    def may(self, needed: Role) -> bool:
        """Whether to offer what needs this role; whether it is done, the store decides."""
        return self.role.may(needed)

    def require(self, needed: Role) -> None:
        """For what is done outside the store; raises NotAllowed."""
        if isinstance(self.store, Guarded):
            self.store.require(needed)
        require(self.role, needed)

    @property
    def files(self) -> FileStore:
        """Our copies of the imported files."""
        from ingest.files import FileStore

        return FileStore.of(self.settings)

    @property
    def counts(self) -> dict[str, int]:
        """How many documents, chunks, entities and statements there are; in a large cabinet some seconds old."""
        return self.store.tallies.counts(self.here)

    def embedder(self) -> Embedder | None:
        """The model of the stored vectors; None where it cannot run here, and words alone are searched."""
        from llm.embed import DEFAULT_EMBEDDING

        name = self.store.embeddings.meta().embedding_model or DEFAULT_EMBEDDING
        try:
            return _embedder(name, str(self.settings.home), self.settings)
        except Missing:
            return None


def shared_store(settings: Settings) -> Store:
    """The store of all cabinets that the sessions of this process share."""
    return _store(str(settings.home), settings.neo4j_uri, settings)


def open_cabinet(settings: Settings) -> Cabinet:
    """The cabinet that this person is in; the database is started or reached when the first page asks for it.

    The page ends where people have to sign in and this one has not, or where no cabinet is open to them.
    """
    with st.spinner(say("opening")):
        store = shared_store(settings)
    who = person.here(settings, store)
    every = store.cabinets.listed()
    now = here.choose(who, every)
    if who.signed_in:
        media.opened(who.email, now.id)
    name = who.email if who.signed_in else settings.person
    meter = spending.PageMeter(store, settings, name, now.id, who.signed_in)
    named = replace(settings, user=name, meter=meter)
    told = partial(spending.note, store, name, now.id)
    asked = (lambda: person.known(settings, store, who.email).role(now.id)) if who.signed_in else None
    guarded = Guarded(store, now.id, who.role(now.id) or Role.READER, name, told, asked)
    return Cabinet(guarded, named, now, who, tuple(who.open_to(every)), (store, settings))


@st.cache_resource(show_spinner=False)
def _store(home: str, uri: str | None, _settings: Settings) -> Store:
    return Store(_settings, many=True)


@st.cache_resource(show_spinner=False)
def _embedder(name: str, home: str, _settings: Settings) -> Embedder:
    from llm.embed import open_embedder

    return open_embedder(name, _settings)


def log_file() -> Path:
    """Where the pages write what went wrong; a temporary folder while the settings cannot be read."""
    try:
        return configuration.read().logs / "app.log"
    except ValueError:
        return Path(tempfile.gettempdir()) / "wunderkammer.log"


@st.cache_resource(show_spinner=False)
def log_to(path: Path) -> None:
    """Write what goes wrong on the pages to this file from now on."""
    try:
        settings = configuration.read()
    except ValueError:
        settings = Settings(home=path.parent)
    for handler in logged.handlers(path, settings, 1_000_000, 2):
        logging.getLogger("wunderkammer").addHandler(handler)


def session() -> str:
    """A name for the visit of one browser, for logs: it leads to nobody and opens nothing."""
    key = "log.session"
    if key not in st.session_state:
        st.session_state[key] = secrets.token_hex(4)
    return str(st.session_state[key])
