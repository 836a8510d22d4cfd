"""Correcting and undoing it: seen by every query at once, and afterwards the graph as if it had never been."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from graph.correction import (
    BuiltUpon,
    ChangedMeanwhile,
    NewClaim,
    NoSuchClaim,
    NoSuchCorrection,
    WasRetracted,
)
from graph.store import Store
from graph.types import CoOccurrence, Document, Entity, Extraction, Mention
from settings import Settings
from tests import graph_samples as samples

WHO = "Inga Kräft"


@pytest.fixture(scope="module")
def store(store_target: Settings) -> Iterator[Store]:
    with Store(store_target) as opened:
        yield opened


@pytest.fixture
def collection(request: pytest.FixtureRequest) -> str:
    return f"corrections-{request.node.name}"


def sound(store: Store) -> bool:
    return not any(store.check().values())


def graph(store: Store, collection: str) -> dict[str, list[Any]]:
    """The graph without what was decided about it."""
    dump = samples.dump(store, collection)
    decided = ("(['Merge']", "(['Suggestion']", "(['Correction']")
    return {"nodes": [node for node in dump["nodes"] if not node.startswith(decided)], "edges": dump["edges"]}


def worms(store: Store, collection: str, name: str = "worms") -> tuple[Document, Entity, Entity, Entity]:
    """A man who owned an auk and lived in Copenhagen, and his grandson of the same name, who wrote a book."""
    of = samples.document(collection, name)
    texts = ["Ole Worm lived in Copenhagen and owned an auk.", "Worm the younger wrote a book.", "Copenhagen burned."]
    pieces = samples.chunks(of, texts)
    worm = samples.entity(collection, "Ole Worm", "Person", 1)
    place = samples.entity(collection, "Copenhagen", "Place", 2)
    book = samples.entity(collection, "book", "Work", 1)
    auk = samples.entity(collection, "auk", "Object", 2)
    first, second, third = pieces

    def pair(a: Entity, b: Entity) -> CoOccurrence:
        first_, second_ = sorted((a.id, b.id))
        return CoOccurrence(first_, second_, 1)

    found = [
        Extraction(
            first.id,
            (Mention(first.id, worm, 2), Mention(first.id, place)),
            (samples.statement(first, worm, "LIVED_IN", place), samples.statement(first, worm, "owned a", auk)),
            (pair(worm, place),),
        ),
        Extraction(
            second.id,
            (Mention(second.id, worm), Mention(second.id, book)),
            (samples.statement(second, worm, "WROTE", book),),
            (pair(worm, book),),
        ),
        Extraction(third.id, (Mention(third.id, place),)),
    ]
    samples.put(store, of, pieces, found)
    return of, worm, place, book


def claims(store: Store, entity: Entity) -> dict[str, str]:
    return {claim.predicate: claim.id for claim in store.explore.statements_of(entity.id)}


def again(store: Store, collection: str, name: str = "worms") -> None:
    """The document goes and is imported once more."""
    store.removal.remove(samples.document(collection, name).id, collection)
    worms(store, collection, name)


def test_a_new_name_holds_for_what_comes_later(store: Store, collection: str) -> None:
    _, worm, *_ = worms(store, collection)
    before = graph(store, collection)
    made = store.corrections.rename(worm.id, "  Olaus \n Wormius ", WHO, "as he signed", seen="Ole Worm")
    assert (made.before, made.after, made.who, made.note) == ("Ole Worm", "Olaus Wormius", WHO, "as he signed")
    renamed = store.explore.entity(worm.id)
    assert renamed and (renamed.name, renamed.aliases) == ("Olaus Wormius", ("Ole Worm",))
    for words in ("wormius", "ole"):
        assert [e.id for e in store.search.complete(words, 5, [collection])] == [worm.id]
    again(store, collection)
    assert store.explore.entity(worm.id) == renamed and sound(store)
    # Another document uses the new name by itself, and means the same man.
    of = samples.document(collection, "letters")
    pieces = samples.chunks(of, ["Olaus Wormius wrote letters."])
    named = samples.entity(collection, "Olaus Wormius")
    samples.put(store, of, pieces, [Extraction(pieces[0].id, (Mention(pieces[0].id, named),))])
    assert {m.chunk.document for m in store.explore.mentions_of(worm.id)} == {made_in(collection, "worms"), of.id}
    with pytest.raises(ChangedMeanwhile, match="Olaus Wormius"):
        store.corrections.rename(worm.id, "Worm", WHO, seen="Ole Worm")
    store.removal.remove(of.id, collection)
    undone = store.corrections.undo(made.id, "somebody else")
    assert undone.undone_by == "somebody else" and graph(store, collection) == before
    with pytest.raises(NoSuchCorrection):
        store.corrections.undo(made.id, WHO)


def made_in(collection: str, name: str) -> str:
    return samples.document(collection, name).id


def test_a_type_and_further_names_hold(store: Store, collection: str) -> None:
    _, worm, place, _ = worms(store, collection)
    before = graph(store, collection)
    first = store.corrections.retype(place.id, "Organisation", WHO, seen="Place")
    second = store.corrections.retype(place.id, "City of the <b>North</b>", WHO)
    alias = store.corrections.add_alias(place.id, "Hafnia", WHO)
    now = store.explore.entity(place.id)
    assert now and (now.type, now.aliases, now.trust) == ("City of the <b>North</b>", ("Hafnia",), 4)
    assert [e.id for e in store.search.complete("hafnia", 5, [collection])] == [place.id]
    again(store, collection)
    assert store.explore.entity(place.id) == now
    merge = store.resolution.merge(worm.id, place.id, who=WHO)
    one = store.explore.entity(place.id)
    assert one and one.name == "Ole Worm" and {"Copenhagen", "Hafnia"} <= set(one.aliases)
    hidden = store.corrections.remove_alias(worm.id, "Hafnia", WHO)
    assert "Hafnia" not in (store.explore.entity(worm.id) or worm).aliases
    with pytest.raises(BuiltUpon, match="City of the"):
        store.corrections.undo(first.id, WHO)
    for each in (hidden, merge, second, alias, first):
        store.corrections.undo(each.id, WHO)
        assert sound(store)
    assert graph(store, collection) == before
    kinds = [each.kind for each in store.corrections.history([collection])]
    assert sorted(kinds) == ["alias", "merge", "retype", "retype", "unalias"]


def test_a_retracted_claim_stays_out_when_it_is_found_again(store: Store, collection: str) -> None:
    of, worm, place, _ = worms(store, collection)
    before = graph(store, collection)
    made = store.corrections.retract(claims(store, worm)["LIVED_IN"], WHO)
    assert set(claims(store, worm)) == {"OWNED_A", "WROTE"}
    assert claims(store, place) == {}
    assert store.search.statements_by_words("LIVED_IN", 5, [collection]) == []
    assert store.claimed.graph([collection]).around.get(place.id) is None
    assert all(edge.label != "LIVED_IN" for edge in store.surroundings.of(place.id, 60).edges)
    again(store, collection)
    worms(store, collection, "another")
    assert set(claims(store, worm)) == {"OWNED_A", "WROTE"} and sound(store)
    (told,) = store.corrections.history([collection])
    assert (told.kind, told.before, told.held) == ("retract", "Ole Worm LIVED_IN Copenhagen", 2)
    with pytest.raises(NoSuchClaim):
        store.corrections.retract(made.other, WHO)
    with pytest.raises(WasRetracted, match=WHO):
        store.corrections.add(NewClaim(worm.id, "lived in", "Copenhagen", of.id), WHO)
    store.removal.remove(made_in(collection, "another"), collection)
    store.corrections.undo(made.id, WHO)
    assert graph(store, collection) == before


def test_a_claim_stays_out_when_another_name_makes_it_too(store: Store, collection: str) -> None:
    _, worm, place, _ = worms(store, collection)
    of = samples.document(collection, "variant")
    (piece,) = samples.chunks(of, ["O. Worm lived in Copenhagen."])
    short = samples.entity(collection, "O. Worm", "Person", 1)
    said = Extraction(piece.id, (Mention(piece.id, short),), (samples.statement(piece, short, "LIVED_IN", place),))
    samples.put(store, of, [piece], [said])
    before = graph(store, collection)
    made = store.corrections.retract(claims(store, worm)["LIVED_IN"], WHO)
    assert set(claims(store, place)) == {"LIVED_IN"}
    for kept, absorbed in ((worm, short), (short, worm)):
        merge = store.resolution.merge(kept.id, absorbed.id, "short", 0.95, "rule")
        assert claims(store, place) == {} and sound(store)
        store.removal.remove(of.id, collection)
        samples.put(store, of, [piece], [said])
        if store.resolution.survivor(absorbed.id) == absorbed.id:
            merge = store.resolution.merge(kept.id, absorbed.id, "short", 0.95, "rule")
        assert claims(store, place) == {} and sound(store)
        store.resolution.undo(merge.id)
        assert set(claims(store, place)) == {"LIVED_IN"} and sound(store)
    store.corrections.undo(made.id, WHO)
    assert graph(store, collection) == before


def test_a_split_stays_split_for_what_it_named(store: Store, collection: str) -> None:
    _, worm, *_ = worms(store, collection)
    before = graph(store, collection)
    second = next(m.chunk for m in store.explore.mentions_of(worm.id) if m.chunk.index == 1)
    made = store.corrections.split(worm.id, "Ole Worm the Younger", WHO, chunks=[second.id])
    younger = store.explore.entity(made.entity)
    assert younger and (younger.name, younger.aliases, younger.type) == (
        "Ole Worm the Younger",
        ("Ole Worm",),
        "Person",
    )
    assert set(claims(store, worm)) == {"LIVED_IN", "OWNED_A"} and set(claims(store, younger)) == {"WROTE"}
    assert [m.chunk.index for m in store.explore.mentions_of(worm.id)] == [0]
    split = graph(store, collection)
    again(store, collection)
    assert graph(store, collection) == split and sound(store)
    # No rule puts them together again.
    assert store.resolution.apart([worm.id]) == {frozenset((worm.id, younger.id))}
    renamed = store.corrections.rename(younger.id, "Oluf Worm", WHO)
    with pytest.raises(BuiltUpon, match="Oluf Worm"):
        store.corrections.undo(made.id, WHO)
    assert [e.blocked and e.blocked.id for e in store.corrections.history([collection])] == [None, renamed.id]
    back = store.resolution.merge(worm.id, younger.id)
    store.corrections.undo(back.id, WHO)
    store.corrections.undo(renamed.id, WHO)
    store.corrections.undo(made.id, WHO)
    assert graph(store, collection) == before and store.resolution.apart([worm.id]) == set()


def test_a_claim_can_go_alone(store: Store, collection: str) -> None:
    _, worm, place, _ = worms(store, collection)
    before = graph(store, collection)
    made = store.corrections.split(worm.id, "another Worm", WHO, claims=[claims(store, worm)["LIVED_IN"]])
    assert set(claims(store, worm)) == {"OWNED_A", "WROTE"} and sound(store)
    other = store.explore.entity(made.entity)
    assert other and [(m.chunk.index, m.count) for m in store.explore.mentions_of(other.id)] == [(0, 0)]
    split = graph(store, collection)
    again(store, collection)
    assert graph(store, collection) == split
    retracted = store.corrections.retract(claims(store, place)["LIVED_IN"], WHO)
    store.corrections.undo(made.id, WHO)
    store.corrections.undo(retracted.id, WHO)
    assert graph(store, collection) == before
