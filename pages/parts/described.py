"""Asking a model what it sees, watching it look, and what it saw: as a form, as JSON, and into the library."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import streamlit as st

from graph.roles import Role
from llm.spec import ModelSpec, Text
from pages.language import current, decimal, money, say
from pages.parts import asking, model_row
from pages.parts.cabinet import Cabinet
from pages.parts.form_builder import Form
from pages.parts.links import link, place
from pages.parts.picture_choice import Chosen
from pages.parts.plain import escaped

if TYPE_CHECKING:
    from llm.describe import Description
    from llm.looking import Looking

RUN = "describe.run"
"""Session state: the picture that is being or was described last."""
KEPT = "describe.kept"
"""Session state: where the last description went in the library, and whether that changed anything."""


@dataclass(frozen=True, slots=True)
class Run:
    """A picture and the look at it; `changes` is what had to be done to show it to the model."""

    picture: Chosen
    looking: Looking
    changes: tuple[Text, ...] = ()


def model(cabinet: Cabinet) -> ModelSpec | None:
    """The choice among the models that see and are ready; the others with what they lack."""
    ready = [spec for spec in asking.ready_specs(cabinet) if spec.vision]
    chosen = None
    if ready:
        by_id = {spec.id: spec for spec in ready}
        names = asking.model_names(list(by_id))
        id_ = st.selectbox(say("ask.model"), list(by_id), format_func=names.__getitem__, key="describe.model")
        chosen = by_id[id_]
    else:
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.html(f"<span>{escaped(say('describe.no_model'))}</span>", width="content")
            link("models", say("ask.choose_model"), ":material/memory:")
    _others(cabinet, {spec.id for spec in ready})
    return chosen


def _others(cabinet: Cabinet, ready: set[str]) -> None:
    from llm.catalog import models
    from llm.ready import readiness

    missing = [spec for spec in models(cabinet.settings) if spec.vision and spec.id not in ready]
    if not missing:
        return
    with st.expander(say("describe.others"), type="compact"):
        items = "".join(
            f"<dt>{escaped(spec.title)}</dt><dd>{escaped(model_row.in_short(readiness(spec, cabinet.settings)))}</dd>"
            for spec in missing
        )
        st.html(f'<dl class="wk-facts wk-small">{items}</dl>')
        if ready:
            link("models", say("ask.choose_model"), ":material/memory:")


def start(cabinet: Cabinet, picture: Chosen | None, spec: ModelSpec | None, form: Form) -> None:
    """The button that asks the model, and why it cannot be pressed where that is so."""
    run: Run | None = st.session_state.get(RUN)
    under_way = run is not None and not run.looking.over
    ready = picture is not None and spec is not None and form.problem is None and not under_way
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        pressed = st.button(
            say("describe.do"), type="primary", icon=":material/visibility:", disabled=not ready, key="describe.do"
        )
        if form.problem:
            st.html(f'<span class="wk-note">{escaped(form.problem)}</span>')
        elif spec is None:
            st.html(f'<span class="wk-soft">{escaped(say("describe.first_model"))}</span>')
        elif picture is None:
            st.html(f'<span class="wk-soft">{escaped(say("describe.first_picture"))}</span>')
    if pressed and picture is not None and spec is not None:
        _begin(cabinet, picture, spec, form)


def _begin(cabinet: Cabinet, picture: Chosen, spec: ModelSpec, form: Form) -> None:
    from ingest.for_model import for_model
    from ingest.sources.base import Limits
    from llm.looking import Looking

    shown = for_model(picture.path, picture.name, spec.family, Limits.of(cabinet.settings), picture.page)
    looking = Looking(shown.data, shown.mime_type, form.schema, current(), spec, cabinet.settings)
    looking.start()
    st.session_state[RUN] = Run(picture, looking, shown.changes)
    st.session_state.pop(KEPT, None)
    st.rerun()


def show(cabinet: Cabinet) -> None:
    """What is under way, what came of it, or why nothing did."""
    run: Run | None = st.session_state.get(RUN)
    if run is None:
        return
    looking = run.looking
    if not looking.over:
        _live(run)
    elif looking.result is not None and not looking.given_up:
        _result(cabinet, run, looking.result)
    else:
        asking.came_to_nothing(looking)


@st.fragment(run_every="0.5s")
def _live(run: Run) -> None:
    looking = run.looking
    if looking.over:
        st.rerun()
    name, share = looking.spec.title, looking.loaded
    if share < 1:
        said = say("answer.loading", name=name, n=round(share * 100))
    else:
        said = say("describe.looking", name=name, n=round(looking.seconds))
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="describe-running"):
        st.button(say("answer.stop"), icon=":material/stop_circle:", on_click=looking.give_up, key="describe.stop")
        st.html(f'<span aria-live="polite">{escaped(said)}</span>', width="content")


def _result(cabinet: Cabinet, run: Run, found: Description) -> None:
    st.subheader(say("describe.result"))
    left, right = st.columns([7, 5], gap="large")
    with left, st.container(border=True, key="describe-result"):
        st.html(f'<dl class="wk-facts wk-sheet">{"".join(_fields(found.data))}</dl>')
    with right:
        _keep(cabinet, run, found)
        _facts(run, found)
        for note in (*run.changes, *found.problems):
            st.html(f'<p class="wk-soft">{escaped(note.say(current()))}</p>')
    written = json.dumps(found.data, ensure_ascii=False, indent=2)
    with st.expander("JSON", type="compact"):
        st.code(written, language="json", wrap_lines=True)
    st.download_button(
        say("describe.download"),
        written,
        "description.json",
        "application/json",
        icon=":material/download:",
        on_click="ignore",
        key="describe.json",
    )


def _fields(data: Mapping[str, Any]) -> Iterator[str]:
    """The description as HTML: a term and what was written for it, nested ones inside."""
    for name, value in data.items():
        yield f"<dt>{escaped(str(name))}</dt><dd>{_value(value)}</dd>"


def _value(value: Any) -> str:
    if isinstance(value, Mapping):
        return f'<dl class="wk-facts wk-sheet">{"".join(_fields(value))}</dl>' if value else "–"
    if isinstance(value, list):
        return "".join(f"<div>{_value(each)}</div>" for each in value) or "–"
    if isinstance(value, bool):
        return escaped(say("describe.yes" if value else "describe.no"))
    text = "" if value is None else str(value)
    lines = "<br>".join(escaped(line) for line in text.splitlines())
    return f'<span class="wk-quote">{lines}</span>' if lines.strip() else "–"


def _facts(run: Run, found: Description) -> None:
    usage = found.usage
    tokens = say("details.tokens.value", read=usage.tokens_in, written=usage.tokens_out)
    free = run.looking.spec.weights is not None
    cost = say("models.free") if free else say("details.unknown") if usage.cost is None else money(usage.cost)
    facts = [
        (say("details.model"), run.looking.spec.title),
        (say("details.time"), f"{decimal(found.seconds)} s"),
        (say("details.tokens"), say("compare.about", name=tokens) if usage.estimated else tokens),
        (say("details.cost"), cost),
    ]
    rows = "".join(f"<dt>{escaped(name)}</dt><dd>{escaped(value)}</dd>" for name, value in facts)
    st.html(f'<dl class="wk-facts wk-small">{rows}</dl>')


def _keep(cabinet: Cabinet, run: Run, found: Description) -> None:
    """The button that adds it to the library, or where it went."""
    if not cabinet.may(Role.EDITOR):
        return
    kept: tuple[str, int, bool] | None = st.session_state.get(KEPT)
    if kept is None:
        if st.button(say("describe.keep"), icon=":material/library_add:", key="describe.keep"):
            st.session_state[KEPT] = _kept(cabinet, run, found)
            st.rerun()
        st.html(f'<p class="wk-soft">{escaped(say("describe.keep.about"))}</p>')
        return
    document, number, changed = kept
    st.success(say("describe.kept" if changed else "describe.kept.already"), icon=":material/check:")
    link("library", say("evidence.open"), ":material/menu_book:", place(document, number))


def _kept(cabinet: Cabinet, run: Run, found: Description) -> tuple[str, int, bool]:
    from ingest.describe import add_described
    from ingest.worker import ensure_worker

    def worker() -> None:
        ensure_worker(cabinet.settings)

    picture = run.picture
    with st.spinner(say("describe.keeping")):
        id_, changed = add_described(
            cabinet.store,
            cabinet.settings,
            picture.path,
            picture.page,
            found,
            worker,
            cabinet.collection,
            picture.document,
        )
        worker()
    return id_, picture.page, changed
