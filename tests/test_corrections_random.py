"""Any corrections, in any order, with documents coming and going: all taken back is the graph that never had them."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest

from graph.correction import BuiltUpon, NewClaim
from graph.errors import WrongUse
from graph.store import Store
from graph.types import Region
from tests import graph_samples as samples
from tests.test_corrections import WHO, graph, sound
from tests.test_corrections import collection as collection
from tests.test_corrections import store as store

ENTRIES = ("https://d-nb.info/gnd/118560409", "http://www.wikidata.org/entity/Q937")
DOCUMENTS = ("a", "b", "c")
NEW_NAMES = ("Olaus", "Müller", "Prague II", "the younger", "山田太郎", "Ole Worm")


def deeds(store: Store, collection: str, dice: random.Random) -> dict[str, Callable[[], object]]:
    """What somebody may wish, whether or not it can be."""
    rows = store.query("MATCH (e:__Entity__) WHERE e.collection = $c RETURN e.id AS id ORDER BY id", c=collection)
    here = [row["id"] for row in rows]
    first, second = dice.sample(here, 2)
    name = dice.choice(NEW_NAMES)
    claims = [each.id for each in store.explore.statements_of(first)]
    passages = [each.chunk.id for each in store.explore.mentions_of(first)]
    some = dice.sample(claims, dice.randint(0, len(claims)))
    few = dice.sample(passages, dice.randint(0, max(0, len(passages) - 1)))
    of = samples.document(collection, dice.choice(DOCUMENTS)).id
    do = store.corrections
    return {
        "rename": lambda: do.rename(first, name, WHO),
        "retype": lambda: do.retype(first, dice.choice(("Person", "Place", "Ship")), WHO),
        "alias": lambda: do.add_alias(first, name, WHO),
        "unalias": lambda: do.remove_alias(first, dice.choice(store.explore.entity(first).aliases or ("",)), WHO),  # type: ignore[union-attr]
        "identify": lambda: do.identify(first, dice.choice(ENTRIES), WHO),
        "unidentify": lambda: do.unidentify(first, dice.choice(ENTRIES), WHO),
        "merge": lambda: store.resolution.merge(first, second, who=WHO),
        "split": lambda: do.split(first, name, WHO, some, few),
        "retract": lambda: do.retract(dice.choice([*claims, "none"]), WHO),
        "add": lambda: do.add(
            NewClaim(first, "KNEW", dice.choice((second, name)), of, 1, region=Region(1, 1, 9, 9)), WHO
        ),
    }


def undo_some(store: Store, collection: str, dice: random.Random, every: bool) -> int:
    """Undo corrections in a random order; what is blocked is refused, and can be undone once the later one is."""
    undone = 0
    while open_ := [each for each in store.corrections.history([collection]) if not each.undone_at]:
        assert any(each.blocked is None for each in open_)
        chosen = dice.choice(open_)
        if chosen.blocked is not None:
            with pytest.raises(BuiltUpon):
                store.corrections.undo(chosen.id, WHO)
            continue
        store.corrections.undo(chosen.id, WHO)
        undone += 1
        if not every and undone == 2:
            break
    return undone


@pytest.mark.parametrize("seed", [0, 1, *(pytest.param(n, marks=pytest.mark.slow) for n in range(2, 10))])
def test_all_undone_in_any_order_is_the_graph_without_corrections(store: Store, collection: str, seed: int) -> None:
    dice = random.Random(seed)
    for name in DOCUMENTS:
        samples.put_random(store, collection, name, 3)
    never = graph(store, collection)
    done: dict[str, int] = {}
    for _ in range(16):
        deed = dice.choice(
            (
                "rename",
                "retype",
                "alias",
                "unalias",
                "identify",
                "identify",
                "unidentify",
                "merge",
                "merge",
                "split",
                "split",
                "retract",
                "add",
                "undo",
            )
        )
        try:
            if deed == "undo":
                undo_some(store, collection, dice, every=False)
            else:
                deeds(store, collection, dice)[deed]()
                done[deed] = done.get(deed, 0) + 1
        except WrongUse:
            continue
        assert sound(store), deed
    assert len(done) > 3
    corrected = graph(store, collection)
    # Documents that are removed and come again, in another order, are corrected as before.
    for name in DOCUMENTS:
        store.removal.remove(samples.document(collection, name).id, collection)
    assert graph(store, collection)["edges"] == []
    for name in reversed(DOCUMENTS):
        samples.put_random(store, collection, name, 3)
    assert graph(store, collection) == corrected and sound(store)
    assert undo_some(store, collection, dice, every=True)
    assert graph(store, collection) == never and sound(store)
