"""A question to an authority file on its way: asked in a thread of its own, so that the page stays usable meanwhile."""

from __future__ import annotations

import time
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import streamlit as st

from graph.errors import WunderkammerError

if TYPE_CHECKING:
    from ingest.authority import Answer, Question
    from ingest.authority_services import Service
    from settings import Settings

ASKED, OF = "authority.asked", "authority.of"
"""Session state: the last question to each service, and the id of the entity that they were about."""


@dataclass(slots=True)
class Asked:
    """One question to one service; given up, its answer is thrown away when it comes."""

    host: str
    coming: Future[Answer]
    begun: float = field(default_factory=time.monotonic)
    given_up: bool = False

    def give_up(self) -> None:
        """Wait no longer."""
        self.given_up = True

    @property
    def over(self) -> bool:
        return self.given_up or self.coming.done()

    @property
    def seconds(self) -> float:
        """Since it was begun."""
        return time.monotonic() - self.begun

    @property
    def problem(self) -> WunderkammerError | None:
        """Why there is no answer, None while there may be one; raises what is none of our errors."""
        if self.given_up or not self.coming.done():
            return None
        error = self.coming.exception()
        if error is not None and not isinstance(error, WunderkammerError):
            raise error
        return error

    @property
    def answer(self) -> Answer | None:
        """The answer, None where there is none."""
        done = not self.given_up and self.coming.done() and self.coming.exception() is None
        return self.coming.result() if done else None


def begin(entity: str, service: Service, question: Question, settings: Settings, language: str) -> None:
    """Ask; returns at once."""
    from ingest.authority import ask

    pool = ThreadPoolExecutor(1, "authority")
    coming = pool.submit(ask, service, question, settings, language)
    pool.shutdown(wait=False)
    others = {} if st.session_state.get(OF) != entity else st.session_state[ASKED]
    st.session_state[OF] = entity
    st.session_state[ASKED] = others | {service.key: Asked(service.host, coming)}


def of(entity: str, service: str) -> Asked | None:
    """The last question to this service, where it was about this entity."""
    asked: dict[str, Asked] = st.session_state.get(ASKED, {}) if st.session_state.get(OF) == entity else {}
    return asked.get(service)
