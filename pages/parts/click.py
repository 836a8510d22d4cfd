"""What a click does, where it can be refused: Streamlit runs it before the page, where nothing would tell an error."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import ParamSpec

import streamlit as st

from graph.errors import WunderkammerError
from pages.language import current
from pages.parts.plain import label

P = ParamSpec("P")


def safely(do: Callable[P, object]) -> Callable[P, None]:
    """The same for `on_click` and its kind: one of our errors stands beside the page until somebody closes it."""

    @functools.wraps(do)
    def clicked(*args: P.args, **named: P.kwargs) -> None:
        try:
            do(*args, **named)
        except WunderkammerError as error:
            st.toast(label(error.text(current()), 700), icon=":material/error:", duration="infinite")

    return clicked
