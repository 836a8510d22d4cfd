"""Entries in authority files: which addresses are taken, and where they stand when names are merged and parted."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.correction import BuiltUpon, NothingToChange
from graph.identifiers import LONGEST, NoIdentifier, authority, differing, identifier, in_order, named, of_file, page_of
from graph.store import Store
from graph.types import Extraction
from tests import graph_samples as samples
from tests.test_corrections import WHO, graph, sound, worms
from tests.test_corrections import collection as collection
from tests.test_corrections import store as store

GND, WIKIDATA, VIAF = (
    "https://d-nb.info/gnd/118560409",
    "http://www.wikidata.org/entity/Q937",
    "http://viaf.org/viaf/12345",
)


@pytest.mark.parametrize(
    ("given_", "stored", "told"),
    [
        ("https://d-nb.info/gnd/118560409", GND, "GND 118560409"),
        (" http://d-nb.info/gnd/118560409/ ", GND, "GND 118560409"),
        ("https://lobid.org/gnd/4035206-7", "https://d-nb.info/gnd/4035206-7", "GND 4035206-7"),
        ("https://lobid.org/gnd/116362988x", "https://d-nb.info/gnd/116362988X", "GND 116362988X"),
        ("https://www.wikidata.org/wiki/Q937", WIKIDATA, "Wikidata Q937"),
        ("HTTP://WWW.Wikidata.org/entity/q937", WIKIDATA, "Wikidata Q937"),
        ("http://vocab.getty.edu/page/ulan/500115588", "http://vocab.getty.edu/ulan/500115588", "ULAN 500115588"),
        ("https://Example.org:8080/a/b?id=3", "https://example.org:8080/a/b?id=3", "example.org:8080 id=3"),
        ("http://de.dbpedia.org/resource/Köln", "http://de.dbpedia.org/resource/K%C3%B6ln", "de.dbpedia.org K%C3%B6ln"),
    ],
)
def test_addresses_are_stored_as_they_are_cited(given_: str, stored: str, told: str) -> None:
    assert identifier(given_) == stored and identifier(stored) == stored
    assert named(stored) == told


@pytest.mark.parametrize(
    "text",
    [
        "",
        "118560409",
        "javascript:alert(1)",
        "data:text/html,<script>alert(1)</script>",
        "ftp://d-nb.info/gnd/118560409",
        "https://",
        "https://d-nb.info",
        "https://d-nb.info/",
        "https://user:secret@d-nb.info/gnd/118560409",
        "https://d-nb.info/gnd/118560409 and more",
        "https://d-nb.info/gnd/\n118560409",
        "https://d-nb.info/gnd/‮118560409",
        "https://-bad-.org/x",
        "https://dnb<script>.info/x",
        "https://example.org/" + "x" * LONGEST,
        "https://example.org/" + "ä" * (LONGEST // 3),
    ],
)
def test_what_is_no_entry_is_refused(text: str) -> None:
    with pytest.raises(NoIdentifier):
        identifier(text)


@given(st.text(max_size=80) | st.from_regex(r"https?://[a-z.]{1,9}/.{0,30}", fullmatch=True))
def test_whatever_is_taken_is_an_address_and_stays_as_it_is(text: str) -> None:
    try:
        uri = identifier(text)
    except NoIdentifier:
        return
    assert uri.startswith(("http://", "https://")) and uri.isascii() and not set(uri) & set(' "<>\\^`{|}\n')
    assert identifier(uri) == uri and page_of(uri).startswith("http") and named(uri)


def test_known_files_come_first_and_lead_to_pages() -> None:
    other = "https://example.org/x"
    assert in_order([other, WIKIDATA, GND, other]) == [GND, WIKIDATA, other]
    assert page_of(WIKIDATA) == "https://www.wikidata.org/wiki/Q937" and page_of(other) == other
    assert [authority(uri) for uri in (GND, other)] == ["GND", "example.org"]


def entries(store: Store, entity_id: str) -> tuple[str, ...]:
    found = store.explore.entity(entity_id)
    assert found is not None
    assert found.same_as == tuple(sorted(found.same_as))
    return tuple(in_order(found.same_as))


def test_an_entry_is_recorded_removed_and_undone(store: Store, collection: str) -> None:
    _, worm, _, _ = worms(store, collection)
    never = graph(store, collection)
    first = store.corrections.identify(worm.id, "https://lobid.org/gnd/118560409", WHO, "Worm, Ole")
    assert (first.kind, first.before, first.after, first.who, first.note) == ("identify", "", GND, WHO, "Worm, Ole")
    store.corrections.identify(worm.id, WIKIDATA, WHO)
    assert entries(store, worm.id) == (GND, WIKIDATA)
    rows = store.query("MATCH (e:__Entity__ {id: $id}) RETURN e.sameAs AS same", id=worm.id)
    assert rows[0]["same"] == [WIKIDATA, GND]
    with pytest.raises(NothingToChange):
        store.corrections.identify(worm.id, GND, WHO)
    gone = store.corrections.unidentify(worm.id, GND, WHO)
    assert entries(store, worm.id) == (WIKIDATA,)
    with pytest.raises(NothingToChange):
        store.corrections.unidentify(worm.id, GND, WHO)
    with pytest.raises(BuiltUpon):
        store.corrections.undo(first.id, WHO)
    told = store.corrections.history([collection], worm.id)
    assert [each.kind for each in told] == ["unidentify", "identify", "identify"]
    assert told[2].blocked is not None and told[2].blocked.id == gone.id
    for each in told:
        store.corrections.undo(each.id, WHO)
    assert graph(store, collection) == never and sound(store)


def test_entries_survive_the_document_and_come_back_with_it(store: Store, collection: str) -> None:
    of, worm, _, _ = worms(store, collection)
    store.corrections.identify(worm.id, GND, WHO)
    # Another document that names him changes nothing of it.
    other = samples.document(collection, "other")
    pieces = samples.chunks(other, ["Ole Worm wrote."])
    again = samples.entity(collection, "Ole Worm", "Person", 1, "Olaus")
    claim = samples.statement(pieces[0], again, "WROTE", samples.entity(collection, "letters"))
    samples.put(store, other, pieces, [Extraction(pieces[0].id, (), (claim,))])
    assert entries(store, worm.id) == (GND,)
    for each in (of, other):
        store.removal.remove(each.id, collection)
    assert store.explore.entity(worm.id) is None
    worms(store, collection)
    assert entries(store, worm.id) == (GND,) and sound(store)


def test_entries_of_merged_names_are_those_of_all_of_them(store: Store, collection: str) -> None:
    _, worm, place, book = worms(store, collection)
    corrections, resolution = store.corrections, store.resolution
    corrections.identify(worm.id, GND, WHO)
    corrections.identify(book.id, WIKIDATA, WHO)
    before = graph(store, collection)
    assert resolution.preview(worm.id, book.id).after.same_as == (WIKIDATA, GND)
    first = resolution.merge(worm.id, book.id, who=WHO)
    second = resolution.merge(place.id, worm.id, who=WHO)
    assert entries(store, place.id) == (GND, WIKIDATA)
    added = corrections.identify(place.id, VIAF, WHO)
    taken = corrections.unidentify(place.id, WIKIDATA, WHO)
    assert entries(store, place.id) == (GND, VIAF)
    # Parted again, each has what was found for it; what was taken from the whole was taken from that.
    resolution.undo(second.id)
    assert entries(store, place.id) == (VIAF,) and entries(store, worm.id) == (GND, WIKIDATA)
    resolution.undo(first.id)
    assert entries(store, worm.id) == (GND,) and entries(store, book.id) == (WIKIDATA,)
    for each in (taken, added):
        corrections.undo(each.id, WHO)
    assert graph(store, collection) == before and sound(store)


def test_what_was_decided_last_of_an_entry_holds_for_the_whole(store: Store, collection: str) -> None:
    _, worm, place, _ = worms(store, collection)
    corrections = store.corrections
    corrections.identify(worm.id, GND, WHO)
    corrections.unidentify(worm.id, GND, WHO)
    corrections.identify(place.id, GND, WHO)
    merge = store.resolution.merge(worm.id, place.id, who=WHO)
    assert entries(store, worm.id) == (GND,)
    store.resolution.undo(merge.id)
    assert entries(store, worm.id) == () and entries(store, place.id) == (GND,)


def test_a_name_that_no_passage_has_any_more_still_says_its_entries(store: Store, collection: str) -> None:
    _, worm, _, _ = worms(store, collection)
    other = samples.document(collection, "misprinted")
    pieces = samples.chunks(other, ["Ole Wurm wrote."])
    wrong = samples.entity(collection, "Ole Wurm", "Person", 1)
    letters = samples.entity(collection, "letters")
    claim = samples.statement(pieces[0], wrong, "WROTE", letters)
    samples.put(store, other, pieces, [Extraction(pieces[0].id, (), (claim,))])
    store.corrections.identify(wrong.id, GND, WHO)
    merge = store.resolution.merge(worm.id, wrong.id, who=WHO)
    store.removal.remove(other.id, collection)
    assert entries(store, worm.id) == (GND,)
    store.corrections.rename(worm.id, "Olaus Wormius", WHO)
    assert entries(store, worm.id) == (GND,)
    store.resolution.undo(merge.id)
    assert entries(store, worm.id) == () and sound(store)


def test_what_a_rule_merged_takes_its_entries_along(store: Store, collection: str) -> None:
    _, worm, _, _ = worms(store, collection)
    other = samples.document(collection, "misprinted")
    pieces = samples.chunks(other, ["Ole Wurm wrote."])
    wrong = samples.entity(collection, "Ole Wurm", "Person", 1)
    claim = samples.statement(pieces[0], wrong, "WROTE", samples.entity(collection, "letters"))
    samples.put(store, other, pieces, [Extraction(pieces[0].id, (), (claim,))])
    store.corrections.identify(wrong.id, GND, WHO)
    store.resolution.merge(worm.id, wrong.id, "letters", 0.95, "rule")
    assert entries(store, worm.id) == (GND,)
    # The rule's merge was for the sake of a name that is gone, and goes with it.
    store.removal.remove(other.id, collection)
    assert entries(store, worm.id) == () and sound(store)


def test_a_part_that_is_split_off_has_no_entries_yet(store: Store, collection: str) -> None:
    _, worm, _, _ = worms(store, collection)
    store.corrections.identify(worm.id, GND, WHO)
    claims = [each.id for each in store.explore.statements_of(worm.id) if each.predicate == "WROTE"]
    made = store.corrections.split(worm.id, "Worm the younger", WHO, claims)
    assert entries(store, made.entity) == () and entries(store, worm.id) == (GND,)


def test_other_entries_of_one_file_are_told_before_merging(store: Store, collection: str) -> None:
    other = "https://d-nb.info/gnd/118560410"
    assert differing((GND, VIAF), (WIKIDATA, other)) == [(GND, other)]
    assert differing((GND, other), (other,)) == differing((GND,), (VIAF,)) == []
    _, ole, olaus, _ = worms(store, collection)
    store.corrections.identify(ole.id, GND, WHO)
    assert store.resolution.preview(ole.id, olaus.id).entries == ()
    store.corrections.identify(olaus.id, other, WHO)
    assert store.resolution.preview(ole.id, olaus.id).entries == ((GND, other),)


def test_a_bare_number_is_of_the_file_that_was_chosen_and_joiners_of_a_page_do_not_count() -> None:
    assert of_file(" 118771531 ", "GND") == "https://d-nb.info/gnd/118771531"
    assert of_file("Q937", "Wikidata") == "http://www.wikidata.org/entity/Q937"
    for other in ("Q937", "https://d-nb.info/gnd/118771531", "1/../2"):
        assert of_file(other, "GND") == other
    assert identifier("https:\u2060//d-nb.info/gnd/118771531") == "https://d-nb.info/gnd/118771531"
