"""The written answer: streamed as it comes, stopped on a click, kept for this session.

An answer is made from documents that anyone may have written, so it is shown letter for letter, with [n] as links.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import streamlit as st

from graph.types import Mode, Retrieved
from llm.answer import Answer, Status
from pages.language import count, current, decimal, money, say
from pages.parts import asking, metrics, spending
from pages.parts.asking import NO_MODEL, Asked
from pages.parts.claims import citations
from pages.parts.passages import Span
from pages.parts.plain import escaped, label

if TYPE_CHECKING:
    from llm.ask import Turn
    from llm.compare import Comparison, Seen
    from pages.parts.cabinet import Cabinet

HISTORY = "ask.history"
"""Session state: what was asked, oldest first; a question asked again stands once, at its last place."""
RUNNING = "ask.running"
"""Session state: the question that is being answered, so that another click on the page does not lose the answer."""
MOST_KEPT = 30
"""Questions that a session remembers, the latest: a day of asking must not fill the memory of the app."""
_LOOK_AGAIN = 0.1
_MARKERS = re.compile(r"((?:\[\d{1,3}\])+)")


@dataclass(frozen=True, slots=True)
class Exchange:
    """A question, the evidence it found, and the answer where a model wrote one."""

    asked: Asked
    retrieved: Retrieved
    answer: Answer | None = None


def history() -> list[Exchange]:
    """What was asked in this session."""
    kept: list[Exchange] = st.session_state.setdefault(HISTORY, [])
    return kept


def remember(cabinet: Cabinet, asked: Asked, retrieved: Retrieved, answer: Answer | None = None) -> None:
    """Keep a question with its outcome."""
    kept = history()
    if all(each.asked != asked for each in kept):
        without = "evidence_only" if retrieved.evidence else "not_found"
        metrics.asked(cabinet.settings, retrieved.mode, answer.status.value if answer else without, answer)
    kept[:] = [each for each in kept if each.asked != asked]
    kept.append(Exchange(asked, retrieved, answer))
    del kept[:-MOST_KEPT]


def kept_answer(asked: Asked) -> Answer | None:
    """The answer that this session has for the question, model and mode."""
    return next((each.answer for each in history() if each.asked == asked), None)


def spans_of(answer: Answer | None) -> dict[int, list[Span]]:
    """For each piece of evidence the words that the answer rests on."""
    spans: dict[int, list[Span]] = {}
    for citation in answer.citations if answer else ():
        if citation.supported and citation.start is not None and citation.end is not None:
            spans.setdefault(citation.n, []).append((citation.start, citation.end))
    return spans


def show(cabinet: Cabinet, asked: Asked, retrieved: Retrieved) -> None:
    """The answer: as kept, or streamed now and kept."""
    st.subheader(say("answer.title"))
    answer = kept_answer(asked)
    if answer is not None:
        _whole(answer, len(retrieved.evidence))
        st.button(say("answer.again"), type="tertiary", icon=":material/refresh:", on_click=_forget, args=(asked,))
        return
    if st.session_state.get(asking.CLICKED) != asked:
        # An address can come from anywhere; asking may cost money.
        st.html(f'<p class="wk-soft">{escaped(say("answer.on_click"))}</p>')
        name = asking.model_names([asked.model])[asked.model]
        st.button(
            label(say("answer.ask", name=name), 90),
            key="answer.ask",
            icon=":material/auto_awesome:",
            on_click=asking.ask,
            args=(asked.question, asked.model, asked.mode, asked.narrowed),
        )
        return
    _stream(cabinet, asked, retrieved)


def _forget(asked: Asked) -> None:
    st.session_state[asking.CLICKED] = asked
    st.session_state.pop(RUNNING, None)
    if asked.mode is Mode.CHECKED:
        # Asked again is asked anew: also which passages help.
        st.session_state.pop("ask.retrieved", None)
    history()[:] = [each for each in history() if each.asked != asked]


def _stream(cabinet: Cabinet, asked: Asked, retrieved: Retrieved) -> None:
    running = _running(cabinet, asked, retrieved)
    place = st.empty()
    with place.container():
        st.button(say("answer.stop"), icon=":material/stop_circle:", on_click=running.stop, key="ask.stop.button")
        shown = st.empty()
        drawn = None
        while not (seen := running.seen()[0]).over:
            if seen != drawn:
                shown.html(_so_far(seen, asked))
                drawn = seen
            time.sleep(_LOOK_AGAIN)
    place.empty()
    if seen.answer:
        st.session_state.pop(RUNNING, None)
        remember(cabinet, asked, retrieved, seen.answer)
        st.rerun()
    assert seen.failure is not None, "a column that is over has an answer or a failure"
    st.error(label(seen.failure.say(current()), 600), icon=":material/error:")
    st.button(say("error.again"), icon=":material/refresh:", on_click=_forget, args=(asked,))


def _running(cabinet: Cabinet, asked: Asked, retrieved: Retrieved) -> Comparison:
    """The question on its way to the model: the one that is under way, or begun now."""
    from ingest.crops import Crops
    from llm.compare import Column, Comparison

    kept: tuple[Asked, Comparison] | None = st.session_state.get(RUNNING)
    if kept and kept[0] == asked:
        return kept[1]
    if kept:
        kept[1].stop()
    column, found = Column(asked.model, asked.mode), {asked.mode: retrieved}
    crops = Crops(cabinet.store, cabinet.settings)
    spending.question(cabinet)
    settings = spending.asking(cabinet, asked.question, retrieved)
    begun = Comparison(asked.question, [column], found, settings, current(), _turns(asked), cropper=crops)
    st.session_state[RUNNING] = (asked, begun)
    begun.start()
    return begun


def _so_far(seen: Seen, asked: Asked) -> str:
    """HTML of what has come, or of what is being waited for."""
    if seen.text:
        return f'<div class="wk-answer" aria-live="polite">{_paragraphs(_linked(seen.text))}</div>'
    return f'<p class="wk-soft" aria-live="polite">{escaped(waiting(seen, asked.model))}</p>'


def waiting(seen: Seen, model: str) -> str:
    """What happens before the first word, in words."""
    from llm.compare import Stage

    if seen.stage is Stage.LOADING:
        name = asking.model_names([model])[model]
        return say("answer.loading", name=name, n=round(seen.share * 100))
    return say("answer.turn" if seen.stage is Stage.WAITING else "answer.writing")


def _turns(asked: Asked) -> list[Turn]:
    from llm.ask import Turn

    answered = [each for each in history() if each.asked != asked and each.answer and each.answer.text]
    return [Turn(each.asked.question, each.answer.text) for each in answered if each.answer]


def _whole(answer: Answer, evidence: int) -> None:
    if answer.status is Status.NOT_FOUND and not answer.text:
        st.html(f'<p class="wk-lead">{escaped(say("answer.none"))}</p>')
        return
    if answer.unfounded:
        st.warning(say("answer.unfounded"), icon=":material/search_off:")
    st.html(f'<div class="wk-answer">{written(answer)}</div>')
    if answer.failure:
        st.warning(label(answer.failure.say(current()), 700), icon=":material/warning:")
    if answer.stopped:
        st.html(f'<p class="wk-soft">{escaped(say("answer.stopped"))}</p>')
    if 0 < answer.shown < evidence:
        st.html(f'<p class="wk-soft">{escaped(count("answer.read", answer.shown, total=evidence))}</p>')


def written(answer: Answer, linked: bool = True) -> str:
    """HTML of a whole answer, what its sources do not say marked; `linked`: the evidence cards are on the page."""
    return _paragraphs("".join(_checked(answer, linked)))


def coming(text: str) -> str:
    """HTML of the words that have come so far, with markers that lead nowhere."""
    return _paragraphs(_linked(text, False))


def _checked(answer: Answer, linked: bool) -> Iterator[str]:
    """HTML of the answer with the sentences that their sources do not say marked as such, in words too."""
    at = 0
    for sentence in answer.sentences:
        yield _linked(answer.text[at : sentence.start], linked, answer.shown)
        doubtful = frozenset(each.n for each in sentence.citations if not each.supported)
        words = _linked(answer.text[sentence.start : sentence.end], linked, answer.shown, doubtful)
        if sentence.supported:
            yield words
        else:
            note = f' <span class="wk-note">({escaped(say("answer.unsupported"))})</span>'
            yield f'<span class="wk-unsupported">{words}</span>{note}'
        at = sentence.end
    yield _linked(answer.text[at:], linked, answer.shown)


def _linked(text: str, linked: bool = True, known: int | None = None, doubtful: frozenset[int] = frozenset()) -> str:
    """Escaped text with [n] as links to the evidence cards, or as numbers alone; a number that none has stays text.

    `doubtful` citations, whose words their source does not have, are marked as such.
    """
    return "".join(
        _markers(part, linked, known, doubtful) if odd % 2 else escaped(part)
        for odd, part in enumerate(_MARKERS.split(text))
    )


def _markers(text: str, linked: bool, known: int | None, doubtful: frozenset[int]) -> str:
    return "".join(_marker(int(n), linked, known, doubtful) for n in re.findall(r"\d+", text))


def _marker(n: int, linked: bool, known: int | None, doubtful: frozenset[int]) -> str:
    if known is not None and not 1 <= n <= known:
        return f"[{n}]"
    marker = citations([n], linked)
    if n not in doubtful:
        return marker
    return f'<span class="wk-doubt" title="{escaped(say("answer.citation"))}">{marker}?</span>'


def _paragraphs(html: str) -> str:
    """The HTML with empty lines as paragraphs and single ones as breaks; it holds no block elements."""
    return "".join(
        f"<p>{part.strip().replace(chr(10), '<br>')}</p>" for part in re.split(r"\n{2,}", html) if part.strip()
    )


def facts(answer: Answer) -> list[tuple[str, str]]:
    """Model, time, tokens and cost of an answer, for the details."""
    usage = answer.usage
    tokens = say("details.tokens.value", read=usage.tokens_in, written=usage.tokens_out)
    return [
        (say("details.model"), answer.model or NO_MODEL),
        (say("details.written"), f"{decimal(answer.timings.total)} s"),
        (say("details.tokens"), tokens),
        *([(say("details.pictures"), str(answer.pictures))] if answer.pictures else ()),
        (say("details.cost"), say("details.unknown") if usage.cost is None else money(usage.cost)),
    ]
