"""Claims as a list: what passages state, each with the number of the evidence or the place that says so."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import streamlit as st

from graph.explore import ClaimOfChunk
from graph.types import Claimed, Retrieved, Source
from pages.language import relation, say
from pages.parts.dated import beside
from pages.parts.plain import escaped, shortened
from pages.parts.whose import claims_of


def stated(retrieved: Retrieved, claims: Sequence[ClaimOfChunk], limit: int = 7, linked: bool = True) -> None:
    """The claims of the evidence that are near to the question, nearest first, or that there are none."""
    number = {piece.chunk.id: piece.n for piece in retrieved.evidence}
    by = {piece.chunk.id: claims_of(piece.chunk) for piece in retrieved.evidence}
    near = {id_: rank for rank, id_ in enumerate(retrieved.nearest)}
    texts: dict[str, str] = {}
    sources: dict[str, list[Source]] = {}
    numbers: dict[str, list[int]] = {}
    seen: dict[str, dict[str, None]] = {}
    for claim in claims:
        texts.setdefault(claim.statement, claim.text)
        numbers.setdefault(claim.statement, []).append(number[claim.chunk])
        sources.setdefault(claim.statement, []).append(claim.source)
        seen.setdefault(claim.statement, {})[by[claim.chunk]] = None
    ranked = sorted(texts, key=lambda id_: (near.get(id_, len(near)), min(numbers[id_])))
    if near:
        ranked = [id_ for id_ in ranked if id_ in near]
    if not ranked:
        st.html(f'<p class="wk-soft">{escaped(say("ask.no_fitting_claims" if claims else "ask.no_claims"))}</p>')
        return
    items = [
        f"<li>{escaped(texts[id_])}{beside(texts[id_], sources[id_])}{_seen(seen[id_])} "
        f"{citations(sorted(set(numbers[id_])), linked)}</li>"
        for id_ in ranked[:limit]
    ]
    st.html(f'<ul class="wk-claims">{"".join(items)}</ul>')


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
