"""Taking something out of the house: in which format, what that is good for, and the file."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import streamlit as st

from graph.errors import WunderkammerError
from pages.language import current, say, size
from pages.parts import spending
from pages.parts.cabinet import Cabinet
from pages.parts.plain import escaped, label
from share.offers import Offer, Wanted, file_name, offers, write

MADE: Final = "export.made"
"""Session state: the file that was made last; only one is kept, for it may be large."""


@dataclass(frozen=True, slots=True)
class Made:
    """A file, what it was made from, and in which state that was."""

    what: str
    state: str
    data: bytes


@st.fragment
def offer(cabinet: Cabinet, wanted: Wanted, key: str) -> None:
    """A button that opens the choice; a file is made when it is asked for, and nothing before.

    It is kept until another is made: what Streamlit makes during a click is gone after two runs of any page.
    """
    with st.popover(say("export.do"), icon=":material/ios_share:", key=f"export-{key}"):
        choices = {each.name: each for each in offers(wanted.kind)}
        titles = {name: say(f"export.{name}") for name in choices}
        chosen = st.selectbox(
            say("export.format"), list(choices), format_func=titles.__getitem__, key=f"{key}.format.{current()}"
        )  # fmt: skip
        form = choices[chosen or next(iter(choices))]
        st.html(f'<p class="wk-soft">{escaped(say(f"export.{form.name}.about"))}</p>')
        state = str(cabinet.store.findings.state(wanted.selection.collections[0]))
        what = str((wanted.kind, wanted.title, wanted.selection, form.name, current()))
        made = st.session_state.get(MADE)
        if isinstance(made, Made) and made.what == what:
            _download(made, wanted, form, key)
            if made.state == state:
                st.caption(say("export.rights"))
                return
            # While an import runs this is so from one moment to the next, and what was made is to be had all the same.
            st.html(f'<p class="wk-soft">{escaped(say("export.changed"))}</p>')
        # One button for every format: of one that the choice replaced, a click would be lost.
        if st.button(say("export.make"), key=f"{key}.make", icon=":material/draft:"):
            _make(cabinet, wanted, form, what, state)
        st.caption(say("export.rights"))


def _download(made: Made, wanted: Wanted, form: Offer, key: str) -> None:
    st.download_button(
        f"{say('export.download')} ({size(len(made.data))})",
        made.data,
        file_name(wanted, form),
        form.media_type,
        key=f"{key}.download.{form.name}",
        icon=":material/download:",
        type="primary",
        on_click="ignore",
    )


def _make(cabinet: Cabinet, wanted: Wanted, form: Offer, what: str, state: str) -> None:
    from ingest.crops import Crops

    try:
        with (
            st.spinner(say("export.making")),
            tempfile.TemporaryDirectory(prefix="wunderkammer-export-", ignore_cleanup_errors=True) as folder,
        ):
            out = Path(folder) / f"export{form.suffix}"
            write(cabinet.store, wanted, form, out, Crops(cabinet.store, cabinet.settings), current())
            st.session_state[MADE] = Made(what, state, out.read_bytes())
            spending.exported(cabinet, wanted.kind, wanted.title, form.name)
    except WunderkammerError as problem:
        st.error(label(problem.text(current()), 700), icon=":material/error:")
        return
    st.rerun(scope="fragment")
