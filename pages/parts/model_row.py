"""One model on a card: folded, its name and state; opened, what it is good for, costs and takes, and what it lacks."""

from __future__ import annotations

import re
from datetime import date as day

import streamlit as st

from llm.spec import ModelSpec, Readiness
from pages.language import current, date, money, say
from pages.parts import downloads, trial
from pages.parts.cabinet import Cabinet
from pages.parts.loaded import gigabytes
from pages.parts.plain import escaped, label

_ADDRESS = re.compile(r"https://[\w./-]+\w")
_DAYS_BEFORE_THE_END = 120


def show(cabinet: Cabinet, spec: ModelSpec, state: Readiness) -> None:
    """The whole row."""
    with st.expander(expander_label(spec.title, state), type="compact", key=f"model-{spec.id}"):
        facts(cabinet, spec)
        if state.ready:
            trial.show(cabinet, spec)
        else:
            _missing(cabinet, spec, state)


def expander_label(title: str, state: Readiness | None) -> str:
    """The name of a model with its state in a word or two."""
    return label(title + (f" · {in_short(state)}" if state is not None else ""), 90)


def in_short(state: Readiness) -> str:
    """The state of a model in a word or two."""
    if state.ready:
        return say("models.state.ready")
    missing = state.missing or ""
    if missing in ("weights", "memory", "apart", "file"):
        return say(f"models.state.{missing}")
    if missing.endswith("_KEY"):
        return say("models.state.key")
    return say("models.state.address" if missing.endswith("_URL") else "models.state.programs")


def facts(cabinet: Cabinet, spec: ModelSpec) -> None:
    """What it is good for, where words go, what it costs or takes, until when there is it."""
    from llm.catalog import family, where
    from llm.endpoint import endpoint

    place = where(spec, cabinet.settings)
    server = "" if family(spec.family).here else endpoint(spec.family, cabinet.settings).name
    rows = [
        (say("models.good_for"), spec.good_for.say(current())),
        (say("models.where"), say(f"models.where.{place}", server=server)),
    ]
    if spec.weights is None:
        rows.append((say("models.cost"), _price(spec, place)))
    elif spec.apart is None:
        rows += [
            (say("models.size"), gigabytes(spec.weights.size)),
            (say("models.memory"), _memory(spec)),
            (say("models.licence"), spec.weights.licence),
        ]
    rows += _end(spec)
    html = "".join(f"<dt>{escaped(name)}</dt><dd>{escaped(value)}</dd>" for name, value in rows)
    st.html(f'<dl class="wk-facts wk-small">{html}</dl>')


def _price(spec: ModelSpec, place: str) -> str:
    if place == "here":
        return say("models.free")
    if spec.price_in is None or spec.price_out is None or place != "provider":
        return say("models.price_unknown")
    return say("models.price", read=money(spec.price_in), written=money(spec.price_out))


def _memory(spec: ModelSpec) -> str:
    """What it takes, and whether that is free here, with the numbers."""
    from llm import memory, resident
    from llm.errors import NotEnoughMemory

    assert spec.weights is not None, f"{spec.id} does not run here"
    for each in resident.residents():
        if each.key == spec.id and each.share == 1:
            return say("memory.in_it", needed=gigabytes(each.size))
    here = memory.here_for_torch(resident.reclaimable())
    try:
        place = memory.placement(spec, here, four_bit=memory.four_bit())
    except NotEnoughMemory:
        return say("memory.short", needed=gigabytes(spec.weights.ram), free=gigabytes(here.ram_free))
    key = "memory.fits" if place.device == "cpu" else "memory.fits_gpu"
    return say(key, needed=gigabytes(place.needed), free=gigabytes(place.free))


def _end(spec: ModelSpec) -> list[tuple[str, str]]:
    """When the provider ends it, and what comes after it, in good time."""
    if spec.ends is None:
        return []
    left = (day.fromisoformat(spec.ends) - day.today()).days
    shown = date(f"{spec.ends}T12:00:00+00:00")
    if left > _DAYS_BEFORE_THE_END * 3 and not spec.successor:
        return []
    said = say("models.ends.on", date=shown)
    if spec.successor:
        said += " " + say("models.ends.then", name=spec.successor)
    return [(say("models.ends"), said)]


def _missing(cabinet: Cabinet, spec: ModelSpec, state: Readiness) -> None:
    """What it lacks, and the way to it."""
    if state.missing == "weights":
        _licence(spec)
        downloads.show(cabinet, spec)
    elif state.missing == "memory":
        st.html(f'<p class="wk-note">{escaped(state.todo.say(current()))}</p>')
    elif state.missing in ("apart", "file"):
        st.html(f'<p class="wk-soft wk-lines">{_with_links(state.todo.say(current()))}</p>')
    else:
        st.html(f'<p class="wk-soft">{escaped(say("models.see_above"))}</p>')


def _licence(spec: ModelSpec) -> None:
    """The steps before the first download of a model whose licence must be accepted."""
    page = spec.weights.licence_page if spec.weights else None
    if page is None:
        return
    steps = "".join(
        f"<li>{_with_links(say(f'licence.step.{step}', name=page))}</li>" for step in ("accept", "token", "type")
    )
    st.html(f"<p>{escaped(say('licence.title'))}</p><ol class='wk-steps'>{steps}</ol>")


def _with_links(text: str) -> str:
    """Escaped text in which the addresses of our own texts are links."""
    html = escaped(text)
    return _ADDRESS.sub(lambda m: f'<a href="{m.group()}" target="_blank" rel="noopener">{m.group()}</a>', html)
