"""Questions that follow each other: earlier turns with their sources, a field to ask further, how it was understood.

A follow-up question is made whole before it is searched, so the address always holds a question that stands alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

import streamlit as st

from graph.errors import Failure, Missing, ModelError
from graph.types import Evidence
from pages.language import count, current, say
from pages.parts import answering, asking, spending
from pages.parts.answering import Exchange
from pages.parts.asking import NO_MODEL, Asked
from pages.parts.cabinet import Cabinet
from pages.parts.evidence import quoted
from pages.parts.links import link, place_of, where
from pages.parts.passages import Span, answering_span
from pages.parts.plain import escaped, label, shortened

if TYPE_CHECKING:
    from llm.conversation import Earlier, Understood

PENDING: Final = "ask.follow.pending"
"""Session state: a follow-up question that a model is to make whole on this run."""
UNDERSTOOD: Final = "ask.follow.understood"
"""Session state: by the question that is searched, how it came from what was typed."""
FAILED: Final = "ask.follow.failed"
"""Session state: by the question that is searched, why the model did not rewrite it."""
FIELD: Final = "ask.follow"
_SHOWN: Final = 3
"""Passages shown of an earlier turn that has no answer to cite them."""
_TURNS: Final = 10
"""Earlier turns that are drawn, the latest: each of them is drawn anew with every question."""


def earlier(asked: Asked) -> None:
    """The turns before, folded: each with its answer, its sources and a way to ask it again."""
    before = [each for each in answering.history() if each.asked != asked]
    if not before:
        return
    with st.expander(count("history.title", len(before)), type="compact", key="ask.earlier"):
        for n, exchange in enumerate(before[-_TURNS:]):
            with st.container(border=True, gap="xsmall", key=f"turn-{n}"):
                _turn(n, exchange)
        if len(before) > _TURNS:
            st.caption(count("more", len(before) - _TURNS))


def _turn(n: int, exchange: Exchange) -> None:
    asked, found, answer = exchange.asked, exchange.retrieved, exchange.answer
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute", gap="small"):
        st.html(f"<strong>{escaped(shortened(asked.question, 300))}</strong>", width="stretch")
        st.button(
            say("turn.again"),
            key=f"earlier-{n}",
            type="tertiary",
            icon=":material/history:",
            on_click=_put,
            args=(asked, asked.question),
        )
    if answer and answer.text:
        st.html(f'<div class="wk-answer">{answering.written(answer, linked=False)}</div>')
    if not found.evidence:
        st.html(f'<p class="wk-soft">{escaped(say("ask.not_found.searched"))}</p>')
    for piece, spans in _sources(exchange):
        _source(piece, spans)


def _sources(exchange: Exchange) -> Iterator[tuple[Evidence, list[Span]]]:
    """The evidence that the answer cites, with the words it rests on; without citations the first pieces."""
    answer, evidence = exchange.answer, exchange.retrieved.evidence
    rests_on = answering.spans_of(answer)
    cited = {citation.n for citation in answer.citations} if answer else set()
    for piece in [piece for piece in evidence if piece.n in cited] or evidence[:_SHOWN]:
        span = answering_span(piece.chunk, exchange.asked.question)
        yield piece, rests_on.get(piece.n) or ([span] if span else [])


def _source(piece: Evidence, spans: list[Span]) -> None:
    with st.container(gap=None):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.html(
                f'<span class="wk-n wk-inline">{piece.n}</span> {escaped(shortened(piece.title, 90))}'
                f' <span class="wk-soft">{escaped(where(piece.chunk))}</span>',
                width="content",
            )
            first = spans[0] if spans else (None, None)
            link("library", say("evidence.open"), ":material/menu_book:", place_of(piece.chunk, *first))
        st.html(f'<div class="wk-quote">{escaped(shortened(quoted(piece, spans), 240))}</div>')


def follow_up(asked: Asked) -> None:
    """The field to ask further, and the way to begin anew."""
    with (
        st.form("ask.follow.form", border=False),
        st.container(horizontal=True, vertical_alignment="bottom", gap="small"),
    ):
        st.text_input(say("follow.label"), key=FIELD, placeholder=say("follow.placeholder"), width="stretch")
        st.form_submit_button(say("follow.send"), icon=":material/reply:", on_click=_sent, args=(asked,))
    asking.tell_too_long(FIELD)
    st.button(
        say("history.clear"), key="ask.clear", type="tertiary", icon=":material/restart_alt:", on_click=_begin_anew
    )


def _sent(asked: Asked) -> None:
    if asking.too_long(FIELD):
        return
    typed = st.session_state[FIELD].strip()
    st.session_state[FIELD] = ""
    if not typed:
        return
    if asked.model == NO_MODEL:
        from llm.conversation import by_rules

        _ask(by_rules(typed, _turns(asked)), asked)
    else:
        st.session_state[PENDING] = (asked, typed)


def _ask(understood: Understood, asked: Asked) -> None:
    """Search the question as it was understood, with the model and mode of the turn before."""
    kept: dict[str, Understood] = st.session_state.setdefault(UNDERSTOOD, {})
    kept[understood.question] = understood
    _put(asked, understood.question)


def _put(asked: Asked, question: str) -> None:
    """Ask a question as another one was asked: the same model, the same way of searching."""
    asking.ask(question, asked.model, asked.mode, asked.narrowed)


def make_whole(cabinet: Cabinet) -> None:
    """Let the model rewrite a follow-up question that was just asked; the rules do it where the model cannot."""
    pending: tuple[Asked, str] | None = st.session_state.pop(PENDING, None)
    if pending is None:
        return
    from llm.catalog import find_model, open_chat
    from llm.conversation import by_model, by_rules

    asked, typed = pending
    turns = _turns(asked)
    try:
        with st.spinner(say("follow.working")):
            spec = find_model(asked.model, cabinet.settings)
            understood = by_model(typed, turns, open_chat(spec, spending.asking(cabinet, typed)), spec)
    except (ModelError, Missing) as error:
        understood = by_rules(typed, turns)
        st.session_state.setdefault(FAILED, {})[understood.question] = error.failure()
    _ask(understood, asked)
    st.rerun()


def _turns(asked: Asked) -> list[Earlier]:
    """The turns so far, the one on the page last."""
    from llm.conversation import Earlier, about

    kept = sorted(answering.history(), key=lambda each: each.asked == asked)
    texts = [(each, each.answer.text if each.answer else "") for each in kept]
    return [Earlier(each.asked.question, text, about(each.retrieved, text)) for each, text in texts]


def note(asked: Asked) -> None:
    """How a follow-up question was understood, and who else could be meant."""
    kept: dict[str, Understood] = st.session_state.get(UNDERSTOOD, {})
    understood = kept.get(asked.question)
    failures: dict[str, Failure] = st.session_state.get(FAILED, {})
    failed = failures.get(asked.question)
    if understood is None or not (understood.changed or failed):
        return
    with st.container(gap="xsmall", key="ask.understood"):
        said = " · ".join([say("follow.asked", what=understood.asked), *_how(understood)])
        st.html(f'<p class="wk-soft" role="status">{escaped(said)}. {escaped(say("follow.change"))}</p>')
        if failed:
            st.html(f'<p class="wk-soft">{escaped(say("follow.failed", why=failed.say(current())))}</p>')
        if understood.others:
            with st.container(horizontal=True, vertical_alignment="center", gap="small"):
                st.html(f'<span class="wk-soft">{escaped(say("follow.others"))}</span>', width="content")
                for n, name in enumerate(understood.others):
                    args = (asked, understood.asked, name)
                    st.button(label(name, 60), key=f"follow.other.{n}", type="tertiary", on_click=_mean, args=args)


def _how(understood: Understood) -> list[str]:
    """What was done to the question, in words."""
    if understood.model:
        return [say("follow.by_model", name=asking.model_names([understood.model])[understood.model])]
    filled = [say("follow.filled", what=word, name=name) for word, name in understood.filled]
    return filled + ([say("follow.leans")] if understood.leans else [])


def _mean(asked: Asked, typed: str, name: str) -> None:
    """Search the same follow-up question with another name; the turn that was misunderstood is forgotten."""
    from llm.conversation import by_rules

    answering.history()[:] = [each for each in answering.history() if each.asked != asked]
    _ask(by_rules(typed, _turns(asked), meant=name), asked)


def _begin_anew() -> None:
    answering.history().clear()
    for name in (UNDERSTOOD, FAILED, PENDING):
        st.session_state.pop(name, None)
    asking.ask("")
