"""The question field with model and mode beside it. The address holds all three, so a link asks the same question."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import streamlit as st

from graph.types import Mode
from pages.language import current, say
from pages.parts import narrowing
from pages.parts.cabinet import Cabinet
from pages.parts.narrowing import Narrowed
from pages.parts.plain import escaped, label

if TYPE_CHECKING:
    from llm.looking import Watched
    from llm.spec import ModelSpec

NO_MODEL = "none"
LONGEST = 4000
"""Characters of a question."""
MODES = (Mode.AUTO, Mode.HYBRID, Mode.GRAPH, Mode.PATH, Mode.GLOBAL, Mode.CHECKED)
OFFERED = (*MODES, Mode.CYPHER)
"""Those of a page that shows rows too."""
EVERYTHING = Narrowed()


QUERY = "query"
"""The name of a query in the address."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address asks for; an empty question asks nothing."""

    question: str
    model: str
    mode: Mode
    narrowed: Narrowed = EVERYTHING


def from_address() -> Asked:
    """Read the address; what it does not know of becomes the default."""
    mode = st.query_params.get("mode", "")
    return Asked(
        st.query_params.get("q", "").strip(),
        st.query_params.get("model", NO_MODEL),
        Mode(mode) if mode in {m.value for m in OFFERED} else Mode.AUTO,
        narrowing.from_address(),
    )


_HELP = ("ask.mode.help", "ask.mode.help.checked")
CLICKED = "ask.clicked"
"""Session state: what was asked by a click of this session, and not only by an address."""


def ask(question: str, model: str = NO_MODEL, mode: Mode = Mode.AUTO, narrowed: Narrowed = EVERYTHING) -> None:
    """Put a question into the address; the page shows its result on this run or the next."""
    st.session_state[CLICKED] = Asked(question.strip(), model, mode, narrowed)
    narrowing.to_address(narrowed)
    if mode is not Mode.CYPHER:
        st.query_params.pop(QUERY, None)
    for name, value, default in (("q", question.strip(), ""), ("model", model, NO_MODEL), ("mode", mode.value, "auto")):
        if value == default:
            st.query_params.pop(name, None)
        else:
            st.query_params[name] = value


def ready_models(cabinet: Cabinet) -> list[str]:
    """Ids of the models that can be asked now, those of a server of one's own among them."""
    return [spec.id for spec in ready_specs(cabinet)]


def ready_specs(cabinet: Cabinet) -> list[ModelSpec]:
    """The models that can be asked now; those of a server of one's own by the names that it tells."""
    from llm.catalog import find_model, models
    from llm.ready import readiness
    from pages.parts.servers import names

    ready = [spec.id for spec in models(cabinet.settings) if readiness(spec, cabinet.settings).ready]
    ids = [*ready, *(f"server:{name}" for name in names(cabinet.settings))]
    return [find_model(id_, cabinet.settings) for id_ in ids]


def form(cabinet: Cabinet, asked: Asked) -> None:
    """Draw the form; sending it changes the address."""
    ready = ready_models(cabinet)
    models = [NO_MODEL, *ready] + ([asked.model] if asked.model not in (NO_MODEL, *ready) else [])
    if st.session_state.get("ask.address") != asked:
        st.session_state["ask.address"] = asked
        st.session_state["ask.question"] = asked.question
        st.session_state["ask.model"] = asked.model
        st.session_state["ask.mode"] = asked.mode
        narrowing.take_over(asked.narrowed)
    # Who has no model is not offered what only a model can do; a query can be written by hand.
    offered = [mode for mode in OFFERED if mode is not Mode.CHECKED or ready or asked.mode is Mode.CHECKED]
    modes = {mode: say(f"mode.{mode.value}") for mode in offered}
    with st.form("ask", border=False):
        _fields(models, modes)
        narrowing.draw(cabinet, asked.narrowed)
    tell_too_long("ask.question")


def _fields(models: Sequence[str], modes: dict[Mode, str]) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        # Without `max_chars`: a browser leaves the field empty where more is pasted, and says nothing.
        st.text_input(say("ask.question"), key="ask.question", placeholder=say("ask.placeholder"), width="stretch")
        st.selectbox(say("ask.model"), models, key="ask.model", format_func=model_names(models).__getitem__, width=210)
        st.selectbox(
            say("ask.mode"),
            list(modes),
            key="ask.mode",
            format_func=modes.__getitem__,
            width=190,
            help=" ".join(say(each) for each in _HELP if Mode.CHECKED in modes or each == _HELP[0]),
        )
        st.form_submit_button(say("ask.send"), type="primary", icon=":material/search:", on_click=_sent)


def too_long(key: str) -> bool:
    """Whether the question in a field is longer than questions may be; it stays there, and `tell_too_long` says so."""
    length = len(st.session_state.get(key) or "")
    st.session_state[f"{key}.length"] = length if length > LONGEST else 0
    return length > LONGEST


def tell_too_long(key: str) -> None:
    """Say once that the question that was sent last from a field is too long."""
    if length := st.session_state.pop(f"{key}.length", 0):
        st.warning(say("ask.too_long", n=length, most=LONGEST), icon=":material/short_text:")


def _sent() -> None:
    state = st.session_state
    if too_long("ask.question"):
        return
    ask(state["ask.question"], state["ask.model"], state["ask.mode"], narrowing.typed())


def model_names(ids: Sequence[str]) -> dict[str, str]:
    """What the models are called, by id."""
    return {id_: say("ask.no_model") if id_ == NO_MODEL else _title(id_) for id_ in ids}


def _title(id_: str) -> str:
    """The name of a model; of one that is not there any more, what the address calls it."""
    from graph.errors import WunderkammerError
    from llm.catalog import find_model

    try:
        spec = find_model(id_)
    except WunderkammerError:
        return id_
    return say("ask.model.of_server", name=spec.title) if spec.family == "server" else spec.title


def came_to_nothing(watched: Watched[Any]) -> None:
    """Why a model that was to look brought no result."""
    if watched.failure is not None and not watched.given_up:
        st.error(label(watched.failure.say(current()), 800), icon=":material/error:")
    else:
        st.html(f'<p class="wk-soft">{escaped(say("describe.given_up"))}</p>')
