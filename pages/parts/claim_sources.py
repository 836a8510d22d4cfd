"""The claims of a finding as a list, each with where it is stated."""

from __future__ import annotations

from typing import Final

import streamlit as st

from graph.finding import Claim, Finding
from pages.language import count, say
from pages.parts.plain import escaped, shortened

SHOWN: Final = 7


def listed(finding: Finding) -> None:
    """The claims of its graph, the first open and the rest folded; of what was stated already, none again."""
    said = {each.statement for each in finding.stated}
    claims = tuple(claim for claim in finding.claims if claim.id not in said)
    if not claims:
        return
    if finding.stated:
        with st.expander(count("finding.claims.more", len(claims))):
            _list(claims, finding)
        return
    st.subheader(say("finding.claims"))
    _list(claims[:SHOWN], finding)
    if rest := claims[SHOWN:]:
        with st.expander(count("more", len(rest))):
            _list(rest, finding)


def _list(claims: tuple[Claim, ...], finding: Finding) -> None:
    number = {piece.chunk: piece.n for piece in finding.evidence}
    items = []
    for claim in claims:
        known = dict.fromkeys(number[each.chunk] for each in claim.sources if each.chunk in number)
        marks = "".join(f'<a class="wk-n wk-cite-{n}" href="#evidence-{n}">{n}</a>' for n in known)
        titles = dict.fromkeys(shortened(each.title, 70) for each in claim.sources if each.chunk not in number)
        others = f' <span class="wk-soft">{escaped(" · ".join(titles))}</span>' if titles else ""
        items.append(f"<li>{escaped(shortened(claim.text, 300))} {marks}{others}</li>")
    st.html(f'<ul class="wk-claims">{"".join(items)}</ul>')
