"""Findings for tests: one of an answered question with all that a finding holds, and one of a part of the graph."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from graph.finding import Citation, Claim, Finding, GraphState, Outcome, Piece, Said, Spent, Stated
from graph.searched import Searched
from graph.types import Edge, Node, Region

ANSWER = "Ole Worm owned a great auk [1]. He sold it to the pope [2]."
QUOTE = "Ole Worm owned a great auk, which he kept alive."


def finding(**changes: Any) -> Finding:
    """An answer of two sentences, the second of which its source does not say; two pieces of evidence, one claim."""
    first = Piece(
        1,
        "c1",
        "d1",
        "Museum Wormianum",
        QUOTE,
        100,
        100 + len(QUOTE),
        3,
        region=Region(10, 20, 300, 40),
        media_type="application/pdf",
        language="en",
        uri="/sources/worm.pdf",
        sha256="0" * 64,
        rights="https://creativecommons.org/publicdomain/mark/1.0/",
        attribution="Royal Library, Copenhagen",
        score=0.9,
        why=("words", "claim: Ole Worm owned a great auk"),
    )
    second = replace(first, n=2, chunk="c2", quote="The museum went to the king.", start=200, end=228, page=4)
    source = Stated("c1", "d1", first.title, "owned a great auk", 109, 126, 3, None, first.region, True)
    made = Finding(
        title="Worm's auk",
        question="Who owned a great auk?",
        note="For the lecture.",
        outcome=Outcome.ANSWERED,
        answer=ANSWER,
        said=(
            Said(ANSWER[:31], True, (Citation(1, "owned a great auk", True, 109, 126),), 0, 31),
            Said(ANSWER[32:], False, (Citation(2, "sold to the pope"),), 32, len(ANSWER)),
        ),
        evidence=(first, second),
        nodes=(Node("e1", "Ole Worm", "Person", 1.0), Node("e2", "great auk", "Thing", 0.5)),
        edges=(Edge("e1", "e2", "OWNED", "s1", 2.0),),
        claims=(Claim("s1", "e1", "OWNED", "e2", "Ole Worm owned a great auk", "gpt-4o-mini", 0.9, (source,)),),
        searched=Searched(12, 2, pages=4, pages_total=5, pages_failed=1),
        model="gpt-4o-mini",
        mode="graph",
        prompt="answer@1234",
        who="Anna",
        created_at="2026-11-20T10:00:00+00:00",
        state=GraphState(7, 1),
        spent=Spent(2.5, 900, 80, False, 0.0004),
    )
    return replace(made, **changes)
