"""Folders of this computer that are watched: begin, see how it goes, stop. Offered only where the app runs locally."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

import streamlit as st

from graph.errors import WrongUse
from graph.roles import Role
from graph.watches import Watch
from pages.language import count, current, date, say
from pages.parts.cabinet import Cabinet
from pages.parts.plain import escaped, label
from settings import LOOPBACK

if TYPE_CHECKING:
    from graph.rounds import Rounds
    from ingest.submit import Options

_PASSED_ON: Final = ("x-forwarded-for", "forwarded", "x-real-ip")


def show(cabinet: Cabinet, options: Options) -> None:
    """The watched folders, and a field for one more, whose files are read as the choice above says."""
    if not cabinet.may(Role.HOST):
        return
    if not is_local():
        return
    watches = cabinet.store.watches.listed(cabinet.here)
    with st.expander(say("watch.title"), icon=":material/folder_eye:", expanded=bool(watches)):
        st.html(f'<p class="wk-soft">{escaped(say("watch.about"))}</p>')
        for watch in watches:
            _row(cabinet, watch)
        _more(cabinet, options)


def is_local() -> bool:
    """Whether whoever looks sits at the computer that the app runs on: others must not have its folders read."""
    if st.context.ip_address is not None or any(name in st.context.headers for name in _PASSED_ON):
        return False
    return st.context.url is None or urlsplit(st.context.url).hostname in LOOPBACK


def keep(cabinet: Cabinet) -> None:
    """See to it that watched folders are looked at while the app runs; asks the database once for each home."""
    _keeper(str(cabinet.settings.home), cabinet.settings.neo4j_uri, cabinet)


@st.cache_resource(show_spinner=False)
def _keeper(home: str, uri: str | None, _cabinet: Cabinet) -> Rounds:
    from ingest.watching import Watching

    keeper = Watching(_cabinet.whole, _cabinet.configured).rounds()
    if _cabinet.whole.watches.listed([each.id for each in _cabinet.whole.cabinets.listed()]):
        keeper.ensure()
    return keeper


def _row(cabinet: Cabinet, watch: Watch) -> None:
    with st.container(border=True, key=f"watch-{watch.id}", gap="xsmall"):
        with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
            since = say("watch.since", date=date(watch.added_at))
            st.html(
                f'<strong>{escaped(watch.folder)}</strong><div class="wk-soft">{escaped(since)}</div>', width="content"
            )
            if st.button(say("watch.stop"), key=f"watch.stop.{watch.id}", icon=":material/stop:", type="tertiary"):
                cabinet.store.watches.stop(watch.id)
                st.rerun()
        if watch.failure:
            # Said by its class, which must be known.
            import ingest.watch  # noqa: F401

            st.warning(label(watch.failure.say(current()), 500), icon=":material/warning:")
        if watch.missing:
            st.html(f'<p class="wk-soft">{escaped(count("watch.missing", watch.missing))}</p>')


def _more(cabinet: Cabinet, options: Options) -> None:
    begun = st.session_state.get("watch.begun", 0)
    with st.form("watch.form", border=False):
        folder = st.text_input(say("watch.folder"), key=f"watch.folder.{begun}", placeholder=say("watch.example"))
        gone = st.checkbox(say("watch.remove"), key="watch.remove", help=say("watch.remove.about"))
        if options.model:
            st.html(f'<p class="wk-soft">{escaped(say("watch.model", name=options.model))}</p>')
        if not st.form_submit_button(say("watch.begin"), icon=":material/visibility:") or not folder.strip():
            return
    from ingest.watching import begin

    try:
        begin(cabinet.store, cabinet.settings, folder.strip(), options, gone)
    except WrongUse as error:
        st.error(label(error.text(current()), 500), icon=":material/error:")
        return
    _keeper(str(cabinet.settings.home), cabinet.settings.neo4j_uri, cabinet).ensure()
    st.session_state["watch.begun"] = begun + 1
    st.rerun()
