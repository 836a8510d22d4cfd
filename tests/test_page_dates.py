"""A date beside a claim: in the language of the page where it is exact, and not again where the claim has it."""

from __future__ import annotations

import pytest

from graph.types import Edge, Node, Source, Subgraph
from ingest.dates import read_when
from pages.parts import dated, timeline


def source(words: str) -> Source:
    return Source("c", "", 0, 1, when=read_when(words))


@pytest.mark.parametrize(
    ("text", "date", "beside"),
    [
        ("Er wurde am 14. Juni 1529 geboren.", "14 June 1529", ""),
        ("Er wurde geboren.", "14. Juni 1529", "14 June 1529"),
        ("Er war im Jahr 1529 da.", "14. Juni 1529", "14 June 1529"),
        ("Es kam im April 1632.", "April 1632", ""),
        ("Es kam 1632.", "April 1632", "April 1632"),
        ("It was made.", "um 1650", "um 1650"),
        ("It was made in 1650.", "1650", ""),
    ],
)
def test_a_date_stands_once_beside_a_claim(text: str, date: str, beside: str) -> None:
    assert dated.when_where(text, [source(date)]) == beside


def test_the_timeline_knows_which_claims_it_shows() -> None:
    when = read_when("1611")
    assert when is not None
    nodes = (Node("a", "Ole Worm", "Person"), Node("b", "Basel", "Place"), Node("c", "Marburg", "Place"))
    edges = (Edge("a", "b", "STUDIED_IN", "one"), Edge("a", "c", "STUDIED_IN", "two"))
    assert [each.claim for each in timeline.dated(Subgraph(nodes, edges), {"one": [when]})] == ["one"]
