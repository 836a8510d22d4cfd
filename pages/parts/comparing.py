"""What to compare: the question and its columns, kept in the address; a click, not the address, asks the models."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import streamlit as st

from graph.types import Mode, Retrieved
from pages.language import current, say
from pages.parts import asking, spending
from pages.parts.asking import MODES, NO_MODEL
from pages.parts.cabinet import Cabinet
from pages.parts.links import link
from pages.parts.plain import escaped

if TYPE_CHECKING:
    from llm.checked import Checker
    from llm.compare import Column, Comparison

FEWEST, MOST = 2, 4
RUNNING = "compare.running"
"""Session state: the comparison that was started last; it goes on while other pages are looked at."""
BETTER = "compare.better"
"""Session state: the number of the column that was marked as the better one."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the address holds."""

    question: str
    columns: tuple[tuple[str, Mode], ...]


def from_address() -> Wanted:
    """Read the address: `q`, and for each column `c=MODEL@MODE`; what is not understood is left out."""
    known = {mode.value: mode for mode in MODES}
    found: list[tuple[str, Mode]] = []
    for part in st.query_params.get_all("c"):
        model, _, mode = part.rpartition("@")
        if model and mode in known:
            found.append((model, known[mode]))
    return Wanted(st.query_params.get("q", "").strip(), tuple(found[:MOST]))


def running() -> Comparison | None:
    """The comparison of this session, if there is one."""
    kept: Comparison | None = st.session_state.get(RUNNING)
    return kept


def form(cabinet: Cabinet) -> None:
    """Draw the question and the columns; sending them starts the comparison."""
    ready = asking.ready_models(cabinet)
    wanted = from_address()
    new = _take_over(wanted, ready)
    number: int = st.session_state["compare.number"]
    chosen = [st.session_state[f"compare.model.{n}"] for n in range(number)]
    models = list(dict.fromkeys([NO_MODEL, *ready, *chosen]))
    titles = asking.model_names(models)
    in_use = {st.session_state[f"compare.mode.{n}"] for n in range(number)}
    offered = [mode for mode in MODES if mode is not Mode.CHECKED or ready or mode in in_use]
    modes = {mode: say(f"mode.{mode.value}") for mode in offered}
    with st.form("compare", border=False, enter_to_submit=True):
        with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
            st.text_input(
                say("ask.question"),
                key="compare.question",
                placeholder=say("ask.placeholder"),
                width="stretch",
            )
            sent = st.form_submit_button(say("compare.send"), type="primary", icon=":material/compare_arrows:")
        for n, place in enumerate(st.columns(number, gap="small")):
            with place, st.container(border=True, gap="xsmall", key=f"compare-choice-{n}"):
                st.selectbox(
                    say("compare.model", n=n + 1), models, key=f"compare.model.{n}", format_func=titles.__getitem__
                )
                st.selectbox(say("ask.mode"), offered, key=f"compare.mode.{n}", format_func=modes.__getitem__)
        # Within the form: a button beside it would not send what was typed.
        with st.container(horizontal=True, gap="small", vertical_alignment="center"):
            st.form_submit_button(
                say("compare.more"), icon=":material/add:", type="tertiary", disabled=number >= MOST,
                on_click=_set_number, args=(number + 1,), key="compare.more",
            )  # fmt: skip
            st.form_submit_button(
                say("compare.fewer"), icon=":material/remove:", type="tertiary", disabled=number <= FEWEST,
                on_click=_set_number, args=(number - 1,), key="compare.fewer",
            )  # fmt: skip
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        if not ready:
            st.html(f'<span class="wk-soft">{escaped(say("compare.no_model"))}</span>', width="content")
            link("models", say("ask.choose_model"), ":material/memory:")
    if sent and not asking.too_long("compare.question") and st.session_state["compare.question"].strip():
        _start(cabinet)
    elif not sent and new and _asks_nobody(wanted):
        # Nothing is asked of a model: what a link shows needs no click.
        _start(cabinet)
    asking.tell_too_long("compare.question")


def _asks_nobody(wanted: Wanted) -> bool:
    """Whether the address asks something for which no model is needed, and which is not on the page yet."""
    before = running()
    shown = before is not None and (before.question, [(c.model, c.mode) for c in before.columns])
    asks = len(wanted.columns) >= FEWEST and all(model == NO_MODEL for model, _ in wanted.columns)
    return bool(wanted.question) and asks and shown != (" ".join(wanted.question.split()), list(wanted.columns))


def _take_over(wanted: Wanted, ready: Sequence[str]) -> bool:
    """Fill the form from the address when that is new, and with something sensible when it is empty.

    Whether the address was new.
    """
    state = st.session_state
    first_visit = "compare.number" not in state
    if not first_visit and (state.get("compare.address") == wanted or not wanted.columns):
        # What was chosen stays chosen while other pages are looked at.
        for name in [key for key in state if str(key).startswith(("compare.model.", "compare.mode.", "compare.quest"))]:
            state[name] = state[name]
        _complete(ready)
        return False
    state["compare.address"] = wanted
    state["compare.question"] = wanted.question
    state["compare.number"] = max(FEWEST, len(wanted.columns))
    for n, (model, mode) in enumerate(wanted.columns):
        state[f"compare.model.{n}"], state[f"compare.mode.{n}"] = model, mode
    _complete(ready)
    return True


def _complete(ready: Sequence[str]) -> None:
    """A model and a mode for every column that has none: the models that are ready, else two ways of searching.

    No column is like another as long as there is something else to put into it.
    """
    state = st.session_state
    ways = [(NO_MODEL, mode) for mode in (Mode.HYBRID, Mode.GRAPH, Mode.PATH, Mode.GLOBAL)]
    models = [(model, Mode.AUTO) for model in ready]
    offered = models if len(ready) > 1 else [*models, *([(NO_MODEL, Mode.AUTO)] if ready else []), *ways]
    for n in range(state["compare.number"]):
        taken = {(state.get(f"compare.model.{each}"), state.get(f"compare.mode.{each}")) for each in range(n)}
        free = [each for each in offered if each not in taken]
        model, mode = free[0] if free else offered[n % len(offered)]
        state.setdefault(f"compare.model.{n}", model)
        state.setdefault(f"compare.mode.{n}", mode)
    state.setdefault("compare.question", "")


def _set_number(number: int) -> None:
    st.session_state["compare.number"] = min(MOST, max(FEWEST, number))


def _start(cabinet: Cabinet) -> None:
    """Write the address, look for the evidence of each mode once, ask all models."""
    from ingest.crops import Crops
    from llm.compare import Column, Comparison
    from llm.competing import with_competing
    from llm.modes import find

    state = st.session_state
    question = " ".join(state["compare.question"].split())
    columns: list[Column] = [
        Column(state[f"compare.model.{n}"], state[f"compare.mode.{n}"]) for n in range(state["compare.number"])
    ]
    st.query_params["q"] = question
    st.query_params["c"] = [f"{column.model}@{column.mode.value}" for column in columns]
    state["compare.address"] = from_address()
    if (before := running()) is not None:
        before.stop()
    spending.question(cabinet)
    store, embedder = cabinet.store, cabinet.embedder()

    def found(mode: Mode, checker: Checker | None = None) -> Retrieved:
        return with_competing(store, find(store, embedder, question, mode, collections=cabinet.here, checker=checker))

    with st.spinner(say("ask.searching")):
        modes = dict.fromkeys(column.mode for column in columns)
        evidence = {mode: found(mode) for mode in modes}
    check = partial(found, Mode.CHECKED)
    settings = spending.asking(cabinet, question, next(iter(evidence.values()), None))
    begun = Comparison(
        question, columns, evidence, settings, current(), check=check, cropper=Crops(store, cabinet.settings)
    )
    begun.start()
    state[RUNNING] = begun
    state.pop(BETTER, None)
