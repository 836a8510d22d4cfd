"""Taking something out of the house: in which format, what that is good for, and the file."""

from __future__ import annotations

import tempfile
from functools import partial
from pathlib import Path

import streamlit as st

from pages.language import current, say
from pages.parts.cabinet import Cabinet
from pages.parts.plain import escaped
from share.offers import Offer, Wanted, file_name, offers, write


def offer(cabinet: Cabinet, wanted: Wanted, key: str) -> None:
    """A button that opens the choice; the file is made when it is asked for, and nothing before."""
    with st.popover(say("export.do"), icon=":material/ios_share:", key=f"export-{key}"):
        choices = {each.name: each for each in offers(wanted.kind)}
        chosen = st.selectbox(
            say("export.format"), list(choices), format_func=lambda name: say(f"export.{name}"), key=f"{key}.format"
        )  # fmt: skip
        form = choices[chosen or next(iter(choices))]
        st.html(f'<p class="wk-soft">{escaped(say(f"export.{form.name}.about"))}</p>')
        st.download_button(
            say("export.download"),
            partial(_made, cabinet, wanted, form, current()),
            file_name(wanted, form),
            form.media_type,
            key=f"{key}.download",
            icon=":material/download:",
            on_click="ignore",
        )
        st.caption(say("export.rights"))


def _made(cabinet: Cabinet, wanted: Wanted, form: Offer, language: str) -> bytes:
    """The file; called in a thread of its own, where no page runs."""
    from ingest.crops import Crops

    with tempfile.TemporaryDirectory(prefix="wunderkammer-export-") as folder:
        out = Path(folder) / f"export{form.suffix}"
        write(cabinet.store, wanted, form, out, Crops(cabinet.store, cabinet.settings), language)
        return out.read_bytes()
