"""What all corrections on the pages share: who corrects, doing it, taking it back, and telling what was done."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from graph.correction import LONGEST_NAME, LONGEST_NOTE, Correction
from graph.errors import WrongUse
from pages.language import current, say
from pages.parts.cabinet import Cabinet
from pages.parts.click import safely
from pages.parts.corrected import sentence
from pages.parts.links import link
from pages.parts.plain import escaped, label, shortened

DONE = "correct.done"
"""Session state: what was corrected last, or a text that tells why it was not."""
OPEN = "correct.open"
"""Session state: which dialog is open, and on what (an id): it stays open while the page runs anew behind it."""
NAME = "correct.who"
"""Session state: the name that was typed for this session."""


def who(cabinet: Cabinet) -> str:
    """The name of the person who corrects: of whoever signed in, else as typed in this session or as configured."""
    typed = None if cabinet.person.signed_in else st.session_state.get(NAME)
    return str(typed or cabinet.settings.person)


def open_(deed: str, on: str) -> None:
    """Open a dialog in this run of the page, and what was told last is told no more."""
    st.session_state[OPEN] = (deed, on)
    st.session_state.pop(DONE, None)


def opened(on: str) -> str:
    """The dialog that is open on this, "" where none is."""
    deed, what = st.session_state.get(OPEN, ("", ""))
    return str(deed) if what == on else ""


def close() -> None:
    """No dialog is open any more."""
    st.session_state.pop(OPEN, None)


def note() -> str:
    """Asks why; may stay empty."""
    return st.text_input(say("correct.note"), key="correct.note", max_chars=LONGEST_NOTE) or ""


def confirmed(text: str, icon: str = ":material/check:") -> bool:
    """The buttons below a dialog; whether it is to be done."""
    with st.container(horizontal=True, horizontal_alignment="right"):
        if st.button(say("cancel"), key="correct.cancel"):
            close()
            st.rerun()
        return bool(st.button(text, key="correct.do", type="primary", icon=icon))


def done(cabinet: Cabinet, deed: Callable[[str], Correction]) -> None:
    """Do it, and show the page anew; what speaks against it is told in the dialog, which stays open."""
    try:
        st.session_state[DONE] = deed(who(cabinet))
    except WrongUse as error:
        st.error(label(error.text(current()), 700), icon=":material/info:")
        return
    vectors(cabinet)
    close()
    st.rerun()


def undo(cabinet: Cabinet, correction_id: str) -> None:
    """Take a correction back, or tell why it cannot be."""
    try:
        st.session_state[DONE] = cabinet.store.corrections.undo(correction_id, who(cabinet))
    except WrongUse as error:
        st.session_state[DONE] = error.text(current())
        return
    vectors(cabinet)


def told(cabinet: Cabinet) -> None:
    """What was corrected last, in words, with the way back."""
    made: Correction | str | None = st.session_state.get(DONE)
    if not made:
        return
    text = made if isinstance(made, str) else sentence(made)
    with st.container(border=True, horizontal=True, vertical_alignment="center", gap="small", key="correct-done"):
        st.html(f'<span role="status">{escaped(text)}</span>', width="stretch")
        if isinstance(made, Correction) and not made.undone_at:
            if made.kind == "split":
                link("explore", say("same.look", name=shortened(made.name, 30)), parameters={"entity": made.entity})
            st.button(
                say("same.undo"),
                key="correct.undo",
                icon=":material/undo:",
                on_click=safely(undo),
                args=(cabinet, made.id),
            )
        st.button(say("same.close"), key="correct.close", type="tertiary", on_click=_forget)


def _forget() -> None:
    st.session_state.pop(DONE, None)


def vectors(cabinet: Cabinet) -> None:
    """A claim that changed its words is found by meaning again when a worker has passed."""
    if cabinet.store.queue.left():
        from ingest.worker import ensure_worker

        ensure_worker(cabinet.settings)


def ask_name(cabinet: Cabinet) -> None:
    """The name that stands beside what this person corrects, which can be changed for this session."""
    if cabinet.person.signed_in:
        return
    st.text_input(
        say("correct.who"),
        key=NAME,
        placeholder=cabinet.settings.person,
        max_chars=LONGEST_NAME,
        persist_state="session",
    )
