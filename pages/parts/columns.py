"""The answers of a comparison side by side: as they come, then with what they took, which is better, and as files."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from graph.types import Retrieved
from pages.language import count, current, decimal, money, say
from pages.parts import answering, asking, claims, ways
from pages.parts.asking import NO_MODEL
from pages.parts.cabinet import Cabinet
from pages.parts.comparing import BETTER
from pages.parts.evidence import excerpt
from pages.parts.links import link, place_of, where
from pages.parts.passages import card_spans
from pages.parts.plain import escaped, label, shortened

if TYPE_CHECKING:
    from llm.answer import Answer
    from llm.compare import Column, Comparison, Seen

_QUOTE = 220
_SHOWN = 4
"""What is stated at most; the page has room for little more in four columns."""


def show(cabinet: Cabinet, comparison: Comparison) -> None:
    """All columns; while words come, they are drawn anew twice a second."""
    st.html(f'<h2 class="wk-name">{escaped(comparison.question)}</h2>')
    if comparison.over:
        _columns(cabinet, comparison)
        _export(comparison)
    else:
        _live(cabinet, comparison)


@st.fragment(run_every="0.5s")
def _live(cabinet: Cabinet, comparison: Comparison) -> None:
    over = comparison.over
    if over:
        st.rerun()
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.button(
            say("answer.stop"),
            icon=":material/stop_circle:",
            on_click=comparison.stop,
            disabled=comparison.stopped,
            key="compare.stop",
        )
        said = say("compare.stopping") if comparison.stopped else say("compare.running")
        st.html(f'<span class="wk-soft">{escaped(said)}</span>', width="content")
    _columns(cabinet, comparison)


def _columns(cabinet: Cabinet, comparison: Comparison) -> None:
    titles = asking.model_names([column.model for column in comparison.columns])
    # Looked at once: what is drawn is one moment of all columns.
    seen = comparison.seen()
    over = all(each.over for each in seen)
    alone = all(column.model == NO_MODEL for column in comparison.columns)
    for n, place in enumerate(st.columns(len(seen), gap="small")):
        with place, st.container(border=True, key=f"compare-column-{n}", gap="small"):
            column = comparison.columns[n]
            retrieved = comparison.evidence(n)
            _head(titles[column.model], column, retrieved, st.session_state.get(BETTER) == n)
            _body(cabinet, column, seen[n], retrieved, alone)
            if over and seen[n].answer:
                _mark(n)


def _head(title: str, column: Column, retrieved: Retrieved, better: bool) -> None:
    way = say(f"mode.{column.mode.value}")
    if retrieved.mode is not column.mode:
        way += f": {say(f'mode.{retrieved.mode.value}')}"
    mark = f' <span class="wk-better">{escaped(say("compare.is_better"))}</span>' if better else ""
    st.html(
        f'<div class="wk-head"><strong>{escaped(title)}</strong>{mark}</div><div class="wk-soft">{escaped(way)}</div>'
    )


def _body(cabinet: Cabinet, column: Column, seen: Seen, retrieved: Retrieved, alone: bool) -> None:
    if seen.failure:
        if seen.text:
            st.html(f'<div class="wk-answer wk-column">{answering.coming(seen.text)}</div>')
        st.error(label(seen.failure.say(current()), 700), icon=":material/error:")
        return
    if seen.answer is None:
        words = answering.coming(seen.text) if seen.text else ""
        note = f'<p class="wk-soft">{escaped(answering.waiting(seen, column.model))}</p>' if not seen.text else ""
        st.html(f'<div class="wk-answer wk-column" aria-live="polite">{words}{note}</div>')
        return
    if column.model == NO_MODEL or not retrieved.evidence:
        _stated(cabinet, retrieved)
    else:
        _answer(seen.answer)
        _facts(seen.answer, retrieved)
    _evidence(cabinet, column, retrieved, open_=alone)


def _answer(answer: Answer) -> None:
    if answer.text:
        st.html(f'<div class="wk-answer wk-column">{answering.written(answer, linked=False)}</div>')
    else:
        said = say("compare.not_asked" if answer.stopped else "answer.none")
        st.html(f'<p class="wk-soft">{escaped(said)}</p>')
    if answer.failure:
        st.warning(label(answer.failure.say(current()), 700), icon=":material/warning:")
    if answer.stopped and answer.text:
        st.html(f'<p class="wk-soft">{escaped(say("answer.stopped"))}</p>')


def _facts(answer: Answer, retrieved: Retrieved) -> None:
    """Time, tokens, cost, and how much of it the sources bear out."""
    if answer.model is None:
        return
    usage, first = answer.usage, answer.timings.first_word
    supported = sum(each.supported for each in answer.citations)
    tokens = say("details.tokens.value", read=usage.tokens_in, written=usage.tokens_out)
    facts = [
        (say("compare.first_word"), "–" if first is None else f"{decimal(first)} s"),
        (say("compare.total"), f"{decimal(answer.timings.total)} s"),
        (say("details.tokens"), say("compare.about", name=tokens) if usage.estimated else tokens),
        (say("details.cost"), say("details.unknown") if usage.cost is None else money(usage.cost)),
        (say("compare.supported"), f"{supported} {say('reader.of', n=len(answer.citations))}"),
        (say("compare.unsupported"), str(answer.unsupported)),
        *([(say("details.pictures"), str(answer.pictures))] if answer.pictures else ()),
        (say("compare.read"), f"{answer.shown} {say('reader.of', n=len(retrieved.evidence))}"),
    ]
    rows = "".join(f"<dt>{escaped(name)}</dt><dd>{escaped(value)}</dd>" for name, value in facts)
    st.html(f'<dl class="wk-facts wk-small wk-narrow">{rows}</dl>')


def _stated(cabinet: Cabinet, retrieved: Retrieved) -> None:
    """Without a model: what the sources state, or that nothing was found."""
    if not retrieved.evidence:
        st.html(f'<p class="wk-soft">{escaped(say("ask.not_found"))}</p>')
        return
    if ways.found(retrieved):
        ways.show(retrieved, linked=False)
        return
    said = claims.of_evidence(cabinet, retrieved)
    claims.shown(said, {each.n: each.chunk for each in retrieved.evidence}, _SHOWN)
    if said:
        claims.disagreeing(retrieved, linked=False)


def _evidence(cabinet: Cabinet, column: Column, retrieved: Retrieved, open_: bool) -> None:
    if not retrieved.evidence:
        return
    said = claims.quotes(claims.of_evidence(cabinet, retrieved)[:_SHOWN]) if column.model == NO_MODEL else {}
    with st.expander(count("history.evidence", len(retrieved.evidence)), expanded=open_, type="compact"):
        for piece in retrieved.evidence:
            chunk = piece.chunk
            spans = card_spans(chunk, retrieved.question, said.get(piece.n, ()))
            st.html(
                f'<div class="wk-head"><span class="wk-n">{piece.n}</span>'
                f'<span class="wk-quote wk-small">{excerpt(chunk, spans, limit=_QUOTE)}</span></div>'
            )
            at = where(chunk)
            name = shortened(piece.title, 60) + (f", {at}" if at else "")
            link("library", name, ":material/menu_book:", place_of(chunk, *(spans[0] if spans else (None, None))))


def _mark(number: int) -> None:
    better = st.session_state.get(BETTER) == number
    st.button(
        say("compare.unmark" if better else "compare.mark"),
        key=f"compare.better.{number}",
        icon=":material/star:" if better else ":material/thumb_up:",
        type="tertiary",
        on_click=_set_better,
        args=(None if better else number,),
    )


def _set_better(number: int | None) -> None:
    st.session_state[BETTER] = number


def _export(comparison: Comparison) -> None:
    from llm.compare_export import to_csv, to_markdown

    better: int | None = st.session_state.get(BETTER)
    with st.container(horizontal=True, gap="small"):
        st.download_button(
            say("compare.csv"),
            # Excel takes a file for UTF-8 only when it begins with this mark.
            to_csv(comparison, better).encode("utf-8-sig"),
            "comparison.csv",
            "text/csv",
            icon=":material/table:",
            on_click="ignore",
            key="compare.csv",
        )
        st.download_button(
            say("compare.markdown"),
            to_markdown(comparison, better),
            "comparison.md",
            "text/markdown",
            icon=":material/notes:",
            on_click="ignore",
            key="compare.md",
        )
