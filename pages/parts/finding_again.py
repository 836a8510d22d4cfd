"""The question of a finding asked again: what is new, gone and the same, and the new answer beside the old."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING, Final

import streamlit as st

from graph.finding import Finding, Kept, Piece
from graph.finding_changes import Changes, changes
from graph.types import Mode, Retrieved
from llm.answer import Answer
from llm.saving import with_answer
from pages.language import count, current, say
from pages.parts import answering, asking, claims, keep, spending
from pages.parts.cabinet import Cabinet
from pages.parts.finding_evidence import pictured
from pages.parts.links import go
from pages.parts.plain import escaped, label, shortened

if TYPE_CHECKING:
    from llm.compare import Comparison

ASKED: Final = "finding.again"
"""Session state: the id of the finding that is asked again, what was found, and the answer on its way."""
_SHOWN: Final = 6
_LOOK_AGAIN: Final = 0.1


def button(kept: Kept) -> None:
    """The button that asks again."""
    if st.button(
        say("again.do"), key="finding.again.do", icon=":material/refresh:", help=label(say("again.about"), 300)
    ):
        st.session_state[ASKED] = (kept.id, None, None)
        st.rerun()


def asked(kept: Kept) -> bool:
    """Whether this finding is being asked again in this session."""
    id_, *_ = st.session_state.get(ASKED) or ("",)
    return bool(id_ == kept.id)


def show(cabinet: Cabinet, kept: Kept) -> None:
    """What came of it."""
    finding = kept.finding
    with st.container(border=True, key="finding-again"):
        st.subheader(say("again.title"))
        retrieved = _retrieved(cabinet, finding)
        running: Comparison | None = st.session_state[ASKED][2]
        answer = _wait(running, finding) if running else None
        later = with_answer(
            cabinet.store.drafts.of(retrieved, finding.title, current(), finding.filters, finding.collection),
            answer,
            sum(retrieved.timings.values()),
            claims.of_evidence(cabinet, retrieved),
        )
        found = changes(finding if answer else replace(finding, answer="", said=()), later)
        _told(found)
        if finding.model and not running:
            _offer(cabinet, kept, retrieved)
        if answer:
            _beside(finding, answer)
        with st.container(horizontal=True, gap="small"):
            if (answer or not finding.model) and st.button(
                say("again.keep"), key="finding.again.keep", icon=":material/bookmark_add:"
            ):
                id_ = keep.store(cabinet, replace(later, earlier=kept.id))
                st.session_state.pop(ASKED, None)
                go("findings", finding=id_)
            st.button(say("again.close"), key="finding.again.close", type="tertiary", on_click=_close)


def _close() -> None:
    st.session_state.pop(ASKED, None)


def _retrieved(cabinet: Cabinet, finding: Finding) -> Retrieved:
    from llm.modes import find

    id_, known, running = st.session_state[ASKED]
    if known is None:
        mode = Mode(finding.mode) if finding.mode in {each.value for each in asking.MODES} else Mode.AUTO
        limit = max(8, len(finding.evidence))
        with st.spinner(say("again.doing")):
            known = find(
                cabinet.store, cabinet.embedder(), finding.question, mode, limit, cabinet.here, finding.filters, None
            )
        st.session_state[ASKED] = (id_, known, running)
    found: Retrieved = known
    return found


def _told(found: Changes) -> None:
    """What is new and gone, in words and as lists."""
    if not found.evidence and not found.claims:
        st.html(f"<p>{escaped(say('again.same'))}</p>")
    said = [count("again.kept", len(found.evidence.same))] if found.evidence.same else []
    said += [count("again.claims.new", len(found.claims.new))] if found.claims.new else []
    said += [count("again.claims.gone", len(found.claims.gone))] if found.claims.gone else []
    for name, pieces in (("again.new", found.evidence.new), ("again.gone", found.evidence.gone)):
        if pieces:
            rows = "".join(f"<li>{_piece(piece)}</li>" for piece in pieces[:_SHOWN])
            more = f"<li>{escaped(count('more', len(pieces) - _SHOWN))}</li>" if len(pieces) > _SHOWN else ""
            st.html(f'<p><strong>{escaped(say(name))}</strong></p><ul class="wk-claims">{rows}{more}</ul>')
    for claim in (*found.claims.new[:_SHOWN],):
        st.html(f'<div class="wk-soft">+ {escaped(shortened(claim.text, 240))}</div>')
    for claim in (*found.claims.gone[:_SHOWN],):
        st.html(f'<div class="wk-soft">− {escaped(shortened(claim.text, 240))}</div>')
    if said:
        st.html(f'<div class="wk-soft">{escaped(" · ".join(said))}</div>')


def _piece(piece: Piece) -> str:
    where = f", {say('page', n=piece.page)}" if piece.page and pictured(piece) else ""
    title = escaped(shortened(piece.title, 80) + where)
    return f'{title}<div class="wk-quote">{escaped(shortened(piece.quote, 240))}</div>'


def _offer(cabinet: Cabinet, kept: Kept, retrieved: Retrieved) -> None:
    """Have the model of then write again; it is asked only after a click, for it may cost money."""
    model = kept.finding.model or ""
    if model not in asking.ready_models(cabinet):
        st.html(f'<p class="wk-soft">{escaped(say("again.no_model", name=shortened(model, 60)))}</p>')
        return
    if not retrieved.evidence or not st.button(
        label(say("again.model", name=model), 120), key="finding.again.model", icon=":material/auto_awesome:"
    ):
        return
    from ingest.crops import Crops
    from llm.compare import Column, Comparison

    spending.question(cabinet)
    settings = spending.asking(cabinet, kept.finding.question, retrieved)
    column = Column(model, retrieved.mode)
    crops = Crops(cabinet.store, cabinet.settings)
    begun = Comparison(kept.finding.question, [column], {retrieved.mode: retrieved}, settings, current(), cropper=crops)
    st.session_state[ASKED] = (kept.id, retrieved, begun)
    begun.start()
    st.rerun()


def _wait(running: Comparison, finding: Finding) -> Answer | None:
    """The new answer once it is there; what comes of it is shown as it comes."""
    place = st.empty()
    while not (seen := running.seen()[0]).over:
        with place.container():
            st.html(f'<div class="wk-answer" aria-live="polite">{answering.coming(seen.text)}</div>')
            if not seen.text:
                st.html(f'<p class="wk-soft">{escaped(answering.waiting(seen, finding.model or ""))}</p>')
        time.sleep(_LOOK_AGAIN)
    place.empty()
    if seen.failure:
        st.error(label(seen.failure.say(current()), 600), icon=":material/error:")
    return seen.answer


def _beside(finding: Finding, answer: Answer) -> None:
    from pages.parts.finding import as_answer

    then, now = st.columns(2, gap="large")
    for column, name, each in ((then, "again.then", as_answer(finding)), (now, "again.now", answer)):
        with column:
            html = answering.written(each, linked=False) if each.text else escaped(say("answer.none"))
            st.html(f'<p class="wk-soft">{escaped(say(name))}</p><div class="wk-answer wk-column">{html}</div>')
