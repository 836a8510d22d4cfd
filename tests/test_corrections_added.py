"""Claims that people add, with their place; what is refused, and in which words; two people at once."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace

import pytest

from graph.correction import (
    AllPicked,
    BadRegion,
    BuiltUpon,
    Correction,
    NameMissing,
    NameTaken,
    NewClaim,
    NoSuchClaim,
    NoSuchCorrection,
    NothingPicked,
    NothingToChange,
    PageNotThere,
    QuoteNotThere,
    TooLong,
)
from graph.documents import NoSuchDocument
from graph.errors import WrongUse
from graph.merges import NoSuchEntity, OneAlready
from graph.store import Store
from graph.types import Collection, Extraction, Region
from tests import graph_samples as samples
from tests.test_corrections import WHO, claims, graph, sound, worms
from tests.test_corrections import collection as collection
from tests.test_corrections import store as store

PAYLOADS = ("<script>alert(1)</script>", "[x](javascript:alert(1))", "'}) DETACH DELETE n //", "𝕏\u202e\ud83d")


def test_an_added_claim_stands_where_it_was_drawn(store: Store, collection: str) -> None:
    of, worm, *_ = worms(store, collection)
    before = graph(store, collection)
    region = Region(12, 30, 200, 40)
    wanted = NewClaim(worm.id, "studied at", "Leiden", of.id, 1, "owned an  auk", region, "Place")
    made = store.corrections.add(wanted, WHO)
    (claim,) = [c for c in store.explore.statements_of(worm.id) if c.predicate == "STUDIED_AT"]
    assert (claim.subject, claim.object, claim.text, claim.model) == (
        "Ole Worm", "Leiden", "Ole Worm studied at Leiden", "hand",
    )  # fmt: skip
    ((source, chunk, title),) = claim.sources
    text = next(store.documents.all_chunks(of.id)).text
    assert source.start is not None and text[source.start : source.end] == "owned an auk"
    assert (source.region, source.supported, chunk.index, title) == (region, True, 0, "worms")
    assert (store.explore.entity(made.other) or worm).type == "Place"
    added = graph(store, collection)
    store.removal.remove(of.id, collection)
    assert graph(store, collection)["edges"] == []
    worms(store, collection)
    assert graph(store, collection) == added and sound(store)
    with pytest.raises(NothingToChange):
        store.corrections.add(wanted, WHO)
    renamed = store.corrections.rename(made.other, "Lugdunum Batavorum", WHO)
    with pytest.raises(BuiltUpon, match="Lugdunum"):
        store.corrections.undo(made.id, WHO)
    store.corrections.undo(renamed.id, WHO)
    store.corrections.undo(made.id, WHO)
    assert graph(store, collection) == before


def test_an_added_claim_moves_into_a_new_version(store: Store, collection: str) -> None:
    of, worm, *_ = worms(store, collection)
    for quote, page in (("wrote a book", None), ("", 1)):
        store.corrections.add(NewClaim(worm.id, f"knew {quote}", "Steno", of.id, page, quote, Region(1, 2, 3, 4)), WHO)
    store.corrections.retract(claims(store, worm)["WROTE"], WHO)
    new = samples.document(collection, "worms, second edition")
    pieces = samples.chunks(new, ["A preface.", "Worm the younger, they say, wrote a book."])
    book = samples.entity(collection, "book", "Work", 1)
    again = samples.statement(pieces[1], worm, "WROTE", book)
    samples.put(store, new, pieces, [Extraction(p.id, (), (again,) if p is pieces[1] else ()) for p in pieces])
    store.versions.put([(new.id, of.id)])
    for _ in range(2):
        store.versions.carry_added(of.id, new.id)
    store.removal.remove(of.id, collection)
    found = {c.predicate: c.sources for c in store.explore.statements_of(worm.id)}
    assert set(found) == {"KNEW", "KNEW_WROTE_A_BOOK"} and sound(store)
    ((source, chunk, _),) = found["KNEW_WROTE_A_BOOK"]
    assert chunk.id == pieces[1].id and source.start == pieces[1].start + 28 and source.region == Region(1, 2, 3, 4)
    for each in store.corrections.history([collection]):
        store.corrections.undo(each.id, WHO)
    assert set(claims(store, worm)) == {"WROTE"}


def test_what_cannot_be_is_refused_and_changes_nothing(store: Store, collection: str) -> None:
    of, worm, place, _ = worms(store, collection)
    elsewhere = samples.document(f"{collection}-other", "elsewhere")
    samples.put(store, elsewhere, samples.chunks(elsewhere, ["Nothing"]), [])
    before = samples.dump(store, collection)
    do = store.corrections
    claim = NewClaim(worm.id, "knew", "Steno", of.id)
    everything = [m.chunk.id for m in store.explore.mentions_of(worm.id)]
    own = claims(store, worm)
    refused: list[tuple[type[WrongUse], Callable[[], object]]] = [
        (NameMissing, lambda: do.rename(worm.id, " \n\x00 ", WHO)),
        (TooLong, lambda: do.rename(worm.id, "x" * 201, WHO)),
        (NothingToChange, lambda: do.rename(worm.id, "Ole Worm", WHO)),
        (NameTaken, lambda: do.rename(worm.id, "COPENHAGEN", WHO)),
        (NoSuchEntity, lambda: do.rename("no such id", "Worm", WHO)),
        (NameMissing, lambda: do.retype(worm.id, "", WHO)),
        (TooLong, lambda: do.retype(worm.id, "T" * 61, WHO)),
        (NothingToChange, lambda: do.retype(worm.id, "Person", WHO)),
        (NameMissing, lambda: do.add_alias(worm.id, "\t", WHO)),
        (NothingToChange, lambda: do.add_alias(worm.id, "Ole Worm", WHO)),
        (NothingToChange, lambda: do.remove_alias(worm.id, "nobody", WHO)),
        (OneAlready, lambda: store.resolution.merge(worm.id, worm.id)),
        (NoSuchEntity, lambda: store.resolution.merge(worm.id, "no such id")),
        (NothingPicked, lambda: do.split(worm.id, "Worm II", WHO)),
        (NameTaken, lambda: do.split(worm.id, "ole worm", WHO, chunks=everything[:1])),
        (AllPicked, lambda: do.split(worm.id, "Worm II", WHO, chunks=everything)),
        (NoSuchClaim, lambda: do.split(worm.id, "Worm II", WHO, chunks=["no such id"])),
        (NoSuchClaim, lambda: do.split(place.id, "Worm II", WHO, claims=[own["WROTE"]])),
        (NoSuchClaim, lambda: do.retract("no such id", WHO)),
        (NoSuchEntity, lambda: do.add(replace(claim, subject="no such id"), WHO)),
        (NameMissing, lambda: do.add(replace(claim, predicate=" "), WHO)),
        (NameMissing, lambda: do.add(replace(claim, object=""), WHO)),
        (NoSuchDocument, lambda: do.add(replace(claim, document="no such id"), WHO)),
        (NoSuchDocument, lambda: do.add(replace(claim, document=elsewhere.id), WHO)),
        (PageNotThere, lambda: do.add(replace(claim, page=7), WHO)),
        (QuoteNotThere, lambda: do.add(replace(claim, quote="wrote two books"), WHO)),
        (BadRegion, lambda: do.add(replace(claim, region=Region(0, 0, 0, 5)), WHO)),
        (BadRegion, lambda: do.add(replace(claim, region=Region(-1, 0, 5, 5)), WHO)),
        (NoSuchCorrection, lambda: do.undo("no such id", WHO)),
    ]
    for kind, deed in refused:
        with pytest.raises(kind) as problem:
            deed()
        assert "{" not in problem.value.text("en") + problem.value.text("de")
    assert samples.dump(store, collection) == before


@pytest.mark.parametrize("payload", PAYLOADS)
def test_names_are_only_ever_text(store: Store, collection: str, payload: str) -> None:
    of, worm, *_ = worms(store, collection)
    before = graph(store, collection)
    store.corrections.rename(worm.id, payload, WHO)
    store.corrections.retype(worm.id, payload, payload, payload)
    store.corrections.add(NewClaim(worm.id, payload, f"o{payload}", of.id, object_type=payload), WHO)
    found = store.explore.entity(worm.id)
    shown = payload.replace("\ud83d", "").strip()
    assert found and (found.name, found.type) == (shown, shown) and sound(store)
    for each in store.corrections.history([collection]):
        store.corrections.undo(each.id, WHO)
    assert graph(store, collection) == before


def test_two_people_at_once_lose_nothing(store: Store, collection: str) -> None:
    _, worm, place, _ = worms(store, collection)
    # As every collection of people has it: whoever changes it first is waited for.
    store.documents.put_collection(Collection(collection, "Two people"))
    before = graph(store, collection)
    claim = claims(store, worm)["LIVED_IN"]
    done: list[Correction] = []
    refused: list[WrongUse] = []

    def attempt(deed: Callable[[], Correction]) -> None:
        try:
            done.append(deed())
        except WrongUse as error:
            refused.append(error)

    deeds: list[Callable[[], Correction]] = [
        lambda: store.corrections.rename(worm.id, "Worm, Ole", "A", seen="Ole Worm"),
        lambda: store.corrections.rename(worm.id, "Olaus Worm", "B", seen="Ole Worm"),
        lambda: store.corrections.retract(claim, "A"),
        lambda: store.corrections.retract(claim, "B"),
        lambda: store.corrections.retype(place.id, "Event", "A"),
    ]
    threads = [threading.Thread(target=attempt, args=(deed,)) for deed in deeds]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(type(error).__name__ for error in refused) == ["ChangedMeanwhile", "NoSuchClaim"]
    assert {made.kind for made in done} == {"rename", "retract", "retype"} and sound(store)
    for made in done:
        store.corrections.undo(made.id, WHO)
    assert graph(store, collection) == before
