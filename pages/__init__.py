"""What people see. Each page is `with page("ask") as cabinet:` and needs nothing that another file did before it.

Streamlit takes the files of this folder for pages by itself until `st.navigation` has run once, and then runs a
bookmarked page alone, without `streamlit_app.py`. So `page` names the pages where nobody did.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import streamlit as st
from streamlit.navigation.page import StreamlitPage

import settings as configuration
from graph.errors import StoreError, WunderkammerError
from graph.logged import about
from pages.language import CHOSEN, LANGUAGES, PARAMETER, current, in_address, of_browser, say
from pages.parts import beforehand, glyphs, here, metrics, person, sending, watching
from pages.parts.cabinet import Cabinet, log_file, log_to, open_cabinet, session
from pages.parts.plain import escaped, label

PAGES = ("ask", "compare", "add", "library", "explore", "findings", "history", "describe", "models", "cabinets")
"""The pages in their order; the file of each is `pages/KEY.py`."""

_LOOK = Path(__file__).parent / "parts" / "look.css"
_STATIC = Path(__file__).parent.parent / "static"
_named = False
_SHOWN = "pages.shown"
"""Session state: the page that ran last, with what its address said."""
log = logging.getLogger("wunderkammer.pages")


def navigation() -> StreamlitPage:
    """Name the pages, in the language of this session; returns the one to run."""
    global _named
    _named = True
    # Without icons: the browser would fetch a page's icon for its tab from a server of Google's.
    named = [st.Page(f"pages/{key}.py", title=say(f"nav.{key}"), default=key == "ask") for key in PAGES]
    return st.navigation(named)


@contextmanager
def page(key: str) -> Iterator[Cabinet]:
    """Open the cabinet for a page and draw what all pages have; our errors appear as text, others as one sentence."""
    if not _named:
        navigation()
        st.rerun()
    st.set_page_config(
        page_title=f"{say(f'nav.{key}')} · Wunderkammer",
        page_icon=str(_STATIC / "mark.svg"),
        layout="wide",
    )
    # A dialog stands beside the app, not in it: without this it would have the colours of the light look in the dark.
    dialogs = f".stDialog {{ color-scheme: {_theme()} }}"
    st.html(f"<style>{_LOOK.read_text(encoding='utf-8')}{glyphs.css()}{dialogs}</style>")
    _tell_address(key)
    with _telling(key):
        # First: who has yet to sign in, or is let in nowhere, sees where they are.
        st.logo(str(_STATIC / f"wordmark-{_theme()}.svg"), size="large")
        cabinet = open_cabinet(configuration.read())
        metrics.page_run(cabinet.settings, key)
        watching.keep(cabinet)
        sending.keep(cabinet)
        _sidebar(cabinet)
    with _telling(key):
        yield cabinet
        beforehand.read(cabinet)


def _tell_address(key: str) -> None:
    """Have the browser's address say what a link within this page led to: Streamlit tells it to the server alone."""
    asked = {name: st.query_params.get_all(name) for name in st.query_params}
    before, st.session_state[_SHOWN] = st.session_state.get(_SHOWN), (key, asked)
    if before is not None and before[0] == key and before[1] != asked:
        st.query_params.from_dict(asked)


@contextmanager
def _telling(key: str) -> Iterator[None]:
    """Tell what goes wrong inside as text, and end the page there."""
    try:
        yield
    except WunderkammerError as error:
        _tell(error)
        st.stop()
    except Exception:
        # The last line of defence: a traceback helps nobody who reads a page, so it goes to the log.
        log_to(log_file())
        with about(page=key, session=session()):
            log.exception("page %s", key)
        st.error(say("error.unexpected", log=str(log_file())), icon=":material/error:")
        st.stop()


def _tell(error: WunderkammerError) -> None:
    st.error(label(error.text(current()), 700), icon=":material/error:")
    if isinstance(error, StoreError):
        st.caption(say("error.safe"))
        if st.button(say("error.again"), icon=":material/refresh:"):
            st.cache_resource.clear()
            st.rerun()


def _theme() -> str:
    return "dark" if st.context.theme.type == "dark" else "light"


def _sidebar(cabinet: Cabinet) -> None:
    from pages.parts import tray

    if in_address() and PARAMETER not in st.query_params:
        st.query_params[PARAMETER] = current()
    with st.sidebar:
        here.switch(cabinet.person, list(cabinet.every), cabinet.now)
        tray.draw(cabinet)
        st.session_state["language_switch"] = current()
        st.segmented_control(
            say("sidebar.language"),
            list(LANGUAGES),
            format_func=LANGUAGES.__getitem__,
            key="language_switch",
            required=True,
            on_change=_choose_language,
            label_visibility="collapsed",
        )
        if cabinet.person.signed_in:
            st.html(f'<span class="wk-soft">{escaped(cabinet.person.email)}</span>')
            person.sign_out()


def _choose_language() -> None:
    chosen = st.session_state["language_switch"]
    st.session_state[CHOSEN] = chosen
    if chosen == of_browser():
        st.query_params.pop(PARAMETER, None)
    else:
        st.query_params[PARAMETER] = chosen
    _keep_choices()


def _keep_choices() -> None:
    """Choose anew what is chosen on the page: a browser knows an option by its words, and these change now."""
    for key, value in list(st.session_state.items()):
        if isinstance(key, str) and isinstance(value, str) and "." in key:
            st.session_state[key] = value
