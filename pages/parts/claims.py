"""Claims as a list: what passages state, each with the numbers of the evidence and the way to its own words."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

import streamlit as st

from graph.finding import Stating
from graph.types import Chunk, Claimed, Retrieved
from ingest.sentences import of_passage
from llm.stated import SHOWN, stated
from pages.language import count, current, relation, say
from pages.parts.links import link, place_of
from pages.parts.passages import Span
from pages.parts.plain import escaped, shortened
from pages.parts.whose import claims_of

if TYPE_CHECKING:
    from pages.parts.cabinet import Cabinet


def of_evidence(cabinet: Cabinet, retrieved: Retrieved) -> tuple[Stating, ...]:
    """What the evidence states about the question; nothing where nothing is about it, or a way of its own is shown."""
    if not retrieved.evidence or retrieved.way.chains or retrieved.way.themes:
        return ()
    made = cabinet.store.explore.claims_of_chunks([piece.chunk.id for piece in retrieved.evidence])
    return stated(retrieved, made, of_passage)


def listed(said: Sequence[Stating], chunks: Mapping[int, Chunk], here: Container[str] | None = None) -> None:
    """What sources state, the first open and the rest folded; `chunks` are the passages by number.

    Each leads to its own words in the reader, beside its numbers, which lead to the cards; `here` are the ids of the
    passages that can still be read there, None: all.
    """
    if not said:
        st.html(f'<p class="wk-lead">{escaped(say("ask.not_stated"))}</p>')
        return
    with st.container(gap=None, key="said"):
        for n, each in enumerate(said[:SHOWN]):
            _line(each, chunks, here, n)
    if rest := said[SHOWN:]:
        with st.expander(count("more", len(rest))), st.container(gap=None, key="said-rest"):
            for n, each in enumerate(rest, start=SHOWN):
                _line(each, chunks, here, n)


def _line(said: Stating, chunks: Mapping[int, Chunk], here: Container[str] | None, n: int) -> None:
    with st.container(key=f"said-{n}", gap=None):
        st.html(f'<div class="wk-claims">{_words(said, chunks)} {_leading(said)}</div>')
        known = [p for p in said.places if p.n in chunks and (here is None or chunks[p.n].id in here)]
        if place := next(iter(known), None):
            claim = {"claim": said.statement} if said.statement else {}
            at = place_of(chunks[place.n], place.start, place.end) | claim
            link("library", say("evidence.open"), ":material/menu_book:", at)


def shown(said: Sequence[Stating], chunks: Mapping[int, Chunk], limit: int) -> None:
    """The first of what sources state, with numbers that lead nowhere: there are no cards on the page."""
    items = "".join(f"<li>{_words(each, chunks)} {citations(each.numbers, False)}</li>" for each in said[:limit])
    if not items:
        st.html(f'<p class="wk-soft">{escaped(say("ask.not_stated"))}</p>')
    more = f"<li>{escaped(count('more', len(said) - limit))}</li>" if len(said) > limit else ""
    st.html(f'<ul class="wk-claims">{items}{more}</ul>')


def _words(said: Stating, chunks: Mapping[int, Chunk]) -> str:
    """HTML of a claim with its time and place and who saw it, or of a sentence in quotation marks."""
    text = escaped(shortened(said.text, 600))
    if said.statement is None:
        text = (
            f'<span class="wk-quote">„{text}“</span>'
            if current() == "de"
            else f'<span class="wk-quote">“{text}”</span>'
        )
    held = escaped(", ".join(shortened(words, 60) for words in said.held))
    by = dict.fromkeys(claims_of(chunks[n]) for n in said.numbers if n in chunks)
    return text + (f' <span class="wk-soft wk-when">{held}</span>' if held else "") + _seen(by)


def quote_name(n: int, start: int, end: int) -> str:
    """What a quote on a card is called, so that a link can lead to it."""
    return f"quote-{n}-{start}-{end}"


def quotes(said: Iterable[Stating]) -> dict[int, list[Span]]:
    """For each number of the evidence the words that are stated there, each once."""
    spans: dict[int, dict[Span, None]] = {}
    for place in (place for each in said for place in each.places):
        if place.start is not None and place.end is not None:
            spans.setdefault(place.n, {})[place.start, place.end] = None
    return {n: list(each) for n, each in spans.items()}


def _leading(said: Stating) -> str:
    """HTML of [n] markers, each to the words of the claim on its card, or to the card where they are not known."""
    first = {place.n: place for place in reversed(said.places)}
    parts = []
    for n in said.numbers:
        start, end = first[n].start, first[n].end
        goal = f"evidence-{n}" if start is None or end is None else quote_name(n, start, end)
        parts.append(f'<a class="wk-n wk-cite-{n}" href="#{goal}">{n}</a>')
    return "".join(parts)


def disagreeing(retrieved: Retrieved, linked: bool = True) -> None:
    """Where the evidence contradicts itself: each version with its documents and the numbers of the evidence."""
    if not retrieved.competing:
        return
    titles = {piece.n: piece.title for piece in retrieved.evidence}
    blocks: list[str] = []
    for each in retrieved.competing:
        about = f"{shortened(each.subject, 80)}: {relation(each.predicate)}"
        sides = "".join(
            f"<li>{_said(side)} {citations(side.evidence, linked)} "
            f'<span class="wk-soft wk-from">{_from(titles[n] for n in side.evidence)}</span>'
            "</li>"
            for side in each.sides
        )
        blocks.append(f'<p class="wk-about">{escaped(about)}</p><ul class="wk-claims">{sides}</ul>')
    heading = f'<p class="wk-disagree-title">{escaped(say("ask.disagree"))}</p>'
    st.html(f'<div class="wk-disagree">{heading}{"".join(blocks)}</div>')


def _said(side: Claimed) -> str:
    """The value claimed, and the whole claim, which has the words of the source's author."""
    return f"<strong>{escaped(shortened(side.value, 80))}</strong> · {escaped(shortened(side.text, 240))}"


def _from(titles: Iterable[str]) -> str:
    return escaped(" · ".join(dict.fromkeys(shortened(title, 70) for title in titles)))


def _seen(by: Iterable[str]) -> str:
    """HTML of who saw or read what is claimed, where that was a model."""
    words = " · ".join(filter(None, by))
    return f' <span class="wk-soft">{escaped(words)}</span>' if words else ""


def citations(numbers: Sequence[int], linked: bool = True) -> str:
    """HTML of [n] markers that lead to the evidence cards where those are on the page."""
    if not linked:
        return "".join(f'<span class="wk-n wk-inline">{n}</span>' for n in numbers)
    return "".join(f'<a class="wk-n wk-cite-{n}" href="#evidence-{n}">{n}</a>' for n in numbers)
