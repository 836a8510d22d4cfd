"""Chains, themes, and why evidence was looked for as it was, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from graph.types import Retrieved
from graph.ways import Chain, Named, Reason, Theme, Way
from pages.language import count, current, say
from pages.parts import glyphs
from pages.parts.claims import citations
from pages.parts.plain import escaped, shortened

if TYPE_CHECKING:
    from pages.parts.asking import Asked
    from pages.parts.cabinet import Cabinet


def found(retrieved: Retrieved) -> bool:
    """Whether there is more to show than passages."""
    return bool(retrieved.way.chains or retrieved.way.themes)


def show(retrieved: Retrieved, linked: bool = True) -> None:
    """The chains or themes, each claim with the number of the evidence that states it."""
    way = retrieved.way
    for chain in way.chains:
        st.html(_chain(chain, linked))
    if any(theme.summary for theme in way.themes):
        st.html(f'<p class="wk-soft">{escaped(say("ways.by_model"))}</p>')
    if way.themes:
        st.html("".join(_theme(theme, linked) for theme in way.themes))
    if way.left_out:
        st.html(f'<p class="wk-soft">{escaped(count("ways.left_out", way.left_out))}</p>')


def summarised(cabinet: Cabinet, asked: Asked, retrieved: Retrieved) -> Retrieved:
    """The themes with what the chosen model said of them, where it has."""
    from llm.summaries import kept

    return kept(retrieved, asked.model, current(), cabinet.settings.home / "themes")


def why(way: Way) -> str:
    """Why it was looked for this way, and what was taken for whom; empty where all that was asked for."""
    taken = [say("ways.taken", what=word, name=name) for word, name in way.taken]
    return " ".join([*taken, *filter(None, [_reason(way)])])


def _reason(way: Way) -> str:
    if way.reason is Reason.ASKED:
        return ""
    a, b = (*way.names, "", "")[:2]
    names = ", ".join(way.names) or say("ways.no_names")
    return say(f"reason.{way.reason.value}", a=a, b=b, n=way.claims, names=names, **_check(way))


def _check(way: Way) -> dict[str, str]:
    """What a model made of the passages, for the sentence that says so."""
    if way.check is None:
        return {}
    from pages.parts.asking import model_names

    check = way.check
    return {
        "name": model_names([check.model])[check.model],
        "passages": count("passages", check.passages),
        "chosen": count("passages", check.chosen),
        "why": check.problem.say(current()) if check.problem else "",
    }


def _chain(chain: Chain, linked: bool) -> str:
    items = [_station(chain.stations[0])]
    for claims, station in zip(chain.steps, chain.stations[1:], strict=True):
        said = "".join(f"<div>{escaped(step.text)} {citations([step.n], linked)}</div>" for step in claims)
        items += [f'<li class="wk-step">{said}</li>', _station(station)]
    return f'<ol class="wk-chain">{"".join(items)}</ol>'


def _station(named: Named) -> str:
    return f'<li class="wk-station">{glyphs.mark(named.type)}<strong>{escaped(shortened(named.name, 90))}</strong></li>'


def _theme(theme: Theme, linked: bool) -> str:
    names = " · ".join(escaped(shortened(name.name, 60)) for name in theme.names[:4])
    size = f'<span class="wk-soft">{escaped(count("held.entities", theme.size))}</span>'
    summary = f"<p>{escaped(theme.summary)}</p>" if theme.summary else ""
    claims = "".join(f"<li>{escaped(step.text)} {citations([step.n], linked)}</li>" for step in theme.claims)
    passages = f"<li>{escaped(say('ways.passages'))} {citations(theme.passages, linked)}</li>" if theme.passages else ""
    return (
        f'<section class="wk-theme"><h3>{names}</h3>{size}{summary}'
        f'<ul class="wk-claims">{claims}{passages}</ul></section>'
    )
