"""Trying a model with one sentence: what it says as it comes, when it began, how fast it writes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from llm.spec import ModelSpec
from pages.language import current, decimal, say
from pages.parts.cabinet import Cabinet
from pages.parts.plain import escaped, label

if TYPE_CHECKING:
    from llm.trial import Trial

TRIAL = "models.trial"
"""Session state: the model that is being or was tried last."""


def show(cabinet: Cabinet, spec: ModelSpec) -> None:
    """The field for the sentence, and the reply where this model was tried last."""
    row = st.form(f"try-{spec.id}", border=False)
    with row, st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        sentence = st.text_input(
            say("trial.label"), value=say("trial.sentence"), key=f"try.sentence.{spec.id}", max_chars=500
        )
        sent = st.form_submit_button(say("trial.do"), icon=":material/play_arrow:")
    if sent and sentence and sentence.strip():
        _begin(cabinet, spec, sentence.strip())
    tried: Trial | None = st.session_state.get(TRIAL)
    if tried is None or tried.spec.id != spec.id:
        return
    if tried.over:
        _reply(tried)
    else:
        _live(tried)


def _begin(cabinet: Cabinet, spec: ModelSpec, sentence: str) -> None:
    from llm.trial import Trial

    before: Trial | None = st.session_state.get(TRIAL)
    if before is not None:
        before.stop()
    begun = Trial(sentence, spec, cabinet.settings)
    begun.start()
    st.session_state[TRIAL] = begun


@st.fragment(run_every="0.3s")
def _live(tried: Trial) -> None:
    if tried.over:
        st.rerun()
    _reply(tried)
    st.button(say("answer.stop"), key="try.stop", icon=":material/stop_circle:", on_click=tried.stop)


def _reply(tried: Trial) -> None:
    if tried.text:
        st.html(f'<p class="wk-quote" aria-live="polite">{escaped(tried.text).replace(chr(10), "<br>")}</p>')
    if tried.failure:
        st.error(label(tried.failure.say(current()), 600), icon=":material/error:")
        return
    if not tried.text and not tried.over:
        said = say("answer.writing")
        if tried.loaded < 1:
            said = say("answer.loading", name=tried.spec.title, n=round(tried.loaded * 100))
        st.html(f'<p class="wk-soft" aria-live="polite">{escaped(said)}</p>')
    if tried.first_word is not None:
        told = [say("trial.first", n=decimal(tried.first_word))]
        if tried.over and (speed := tried.tokens_per_second) is not None:
            told.append(say("trial.speed", n=decimal(speed)))
        st.html(f'<p class="wk-soft">{escaped(" · ".join(told))}</p>')
