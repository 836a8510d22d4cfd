"""Where links of the page Explore lead: what it is narrowed to, its view and its language go along.

Links in a drawing that is HTML can be kept and opened in another tab as any other; a script of three lines hears a
click on one of them, so that the page is run again and not loaded again: Streamlit has nothing for that.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache, partial
from typing import Any
from urllib.parse import parse_qs, urlencode

import streamlit as st

from pages.language import PARAMETER
from pages.parts.here import PARAMETER as CABINET
from pages.parts.narrowing import EXPLORE

_STAYS = (PARAMETER, CABINET, "view", *EXPLORE.address)
_GOES = ("entity", "with")
_LISTENER = """export default function ({ data, setTriggerValue }) {
  const follow = (event) => {
    const link = event.target.closest?.(`.${data.within} a`);
    const elsewhere = event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey;
    if (!link || elsewhere || event.defaultPrevented) return;
    event.preventDefault();
    setTriggerValue("went", link.search);
  };
  document.addEventListener("click", follow);
  return () => document.removeEventListener("click", follow);
}"""


def stays() -> dict[str, str | list[str]]:
    """What the address says that links within the page take along."""
    given = st.query_params
    return {name: list(given.get_all(name)) for name in _STAYS if name in given}


def address(to: Mapping[str, str]) -> str:
    """The address of the page for a link in HTML."""
    return f"explore?{urlencode({**stays(), **to}, doseq=True)}"


def listen(within: str, on_go: Callable[..., None]) -> None:
    """Hear clicks on the links inside of what has this class; `on_go` is called with the entities they lead to."""
    key = f"going.{within}"
    _component()(key=key, data={"within": within}, height=1, on_went_change=partial(_went, key, on_go))


def _went(key: str, on_go: Callable[..., None]) -> None:
    state = st.session_state.get(key)
    said = state.get("went") if state is not None else None
    asked = parse_qs(said.removeprefix("?")) if isinstance(said, str) else {}
    if to := {name: asked[name][0][:64] for name in _GOES if name in asked}:
        on_go(**to)


@cache
def _component() -> Any:
    return st.components.v2.component("wunderkammer_going", js=_LISTENER)
