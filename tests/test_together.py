"""Several who write at once: what one says is not overwritten by what another read a moment before."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import pytest

from graph import claims
from graph.errors import StoreError
from graph.store import Store
from graph.types import Extraction, Mention
from settings import Settings
from tests import graph_samples as samples


@pytest.fixture(scope="module")
def store(store_target: Settings) -> Iterator[Store]:
    with Store(store_target) as opened:
        yield opened


@pytest.mark.parametrize("between", ["rewrite_entities", "rewrite_statements"])
def test_who_stores_meanwhile_is_not_overwritten(
    store: Store, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, between: str
) -> None:
    """The second stores what it has to say after the first has read what is there, and before it has written."""
    collection = request.node.name
    of = samples.document(collection, "said")
    pieces = samples.chunks(of, ["Worm lived in Aarhus.", "OLE WORM lived in Aarhus.", "Ole Worm lived in Aarhus."])
    aarhus = samples.entity(collection, "Aarhus", "Place", 2)

    def extraction(number: int, type_: str, trust: int, alias: str, confidence: float, model: str) -> Extraction:
        worm = samples.entity(collection, "Worm", type_, trust, alias)
        claim = samples.statement(pieces[number], worm, "LIVED_IN", aarhus, confidence=confidence, model=model)
        return Extraction(pieces[number].id, (Mention(pieces[number].id, worm),), (claim,))

    found = [
        extraction(0, "Thing", 0, "Wormius", 0.4, "gpt-4o-mini"),
        extraction(1, "Object", 1, "O. W.", 0.5, "gpt-4o-mini"),
        extraction(2, "Person", 3, "Olaus", 0.9, "hand"),
    ]
    samples.put(store, of, pieces, found[:1])
    write = getattr(claims, between)
    others: list[threading.Thread] = []
    problems: list[StoreError] = []

    def store_meanwhile() -> None:
        try:
            with Store(store.settings) as second:
                second.claims.put(found[2:], collection)
        except StoreError as problem:
            problems.append(problem)

    def interrupted(*arguments: Any) -> None:
        if not others:
            others.append(threading.Thread(target=store_meanwhile))
            others[0].start()
            others[0].join(1.5)
        write(*arguments)

    monkeypatch.setattr(claims, between, interrupted)
    store.claims.put(found[1:2], collection)
    others[0].join()
    assert problems == []
    (worm,) = store.search.entities([found[0].mentions[0].entity.id])
    assert (worm.type, worm.trust, worm.aliases) == ("Person", 3, ("O. W.", "Olaus", "Wormius"))
    (claim,) = store.explore.statements_of(worm.id)
    assert (claim.confidence, claim.model, len(claim.sources)) == (0.9, "hand", 3)
    assert not any(store.check().values())
