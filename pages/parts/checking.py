"""The passages of a question looked through by the chosen model, after a click, watched and stopped like an answer."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

import streamlit as st

from graph.types import Mode, Retrieved
from pages.language import say
from pages.parts import answering, asking, spending
from pages.parts.asking import NO_MODEL, Asked
from pages.parts.cabinet import Cabinet
from pages.parts.plain import escaped

if TYPE_CHECKING:
    from llm.checked import Checker
    from llm.looking import Watched

RUNNING = "ask.checking"
"""Session state: the question whose passages are looked through, so that another click does not lose it."""
_LOOK_AGAIN = 0.1


def wanted(asked: Asked) -> bool:
    """Whether a model is to look through the passages: only after a click, since it may cost money."""
    if asked.mode is not Mode.CHECKED or asked.model == NO_MODEL:
        return False
    return st.session_state.get(asking.CLICKED) == asked or answering.kept_answer(asked) is not None


def looked_through(cabinet: Cabinet, asked: Asked, look: Callable[[Checker], Retrieved]) -> Retrieved | None:
    """What the model put first; None where that was stopped or the model cannot be asked, which its answer will tell.

    The call goes on while other pages are looked at.
    """
    known = next((each.retrieved for each in answering.history() if each.asked == asked), None)
    if known and known.way.check:
        return known
    watched = _running(cabinet, asked, look)
    if watched is None:
        return None
    place = st.empty()
    with place.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.button(say("answer.stop"), icon=":material/stop_circle:", on_click=_stop, args=(watched,), key="check.stop")
        told = st.empty()
        name = asking.model_names([asked.model])[asked.model]
        while not watched.over:
            said = say("check.running", name=name, n=round(watched.seconds))
            told.html(f'<span class="wk-soft" aria-live="polite">{escaped(said)}</span>')
            time.sleep(_LOOK_AGAIN)
    place.empty()
    st.session_state.pop(RUNNING, None)
    return None if watched.given_up else watched.result


def _stop(watched: Watched[Retrieved]) -> None:
    """Wait no longer, and ask nothing else of the model until somebody clicks again."""
    watched.give_up()
    st.session_state.pop(asking.CLICKED, None)
    st.session_state.pop(RUNNING, None)


def _running(cabinet: Cabinet, asked: Asked, look: Callable[[Checker], Retrieved]) -> Watched[Retrieved] | None:
    """The call that is under way, or one begun now; None for a model that there is not."""
    from graph.errors import WunderkammerError
    from llm.catalog import find_model, open_chat
    from llm.checked import Checker
    from llm.looking import Watched

    kept: tuple[Asked, Watched[Retrieved]] | None = st.session_state.get(RUNNING)
    if kept and kept[0] == asked:
        return kept[1]
    try:
        spec = find_model(asked.model, cabinet.settings)
        chat = open_chat(spec, spending.asking(cabinet, asked.question))
    except WunderkammerError:
        return None
    watched = Watched(spec, lambda: look(Checker(chat, spec)))
    watched.start()
    st.session_state[RUNNING] = (asked, watched)
    return watched
