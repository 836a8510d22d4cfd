"""Findings in the database: kept whole, listed, searched, edited, removed; what became of their sources."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.errors import WrongUse
from graph.finding import Piece, Standing
from graph.findings import FindingUnclear, NoSuchFinding, from_json, to_json
from graph.store import Store
from graph.types import DEFAULT_COLLECTION
from settings import Settings
from tests import graph_samples as samples
from tests.make_findings import finding

HERE = "findings"


@pytest.fixture(scope="module")
def store(store_target: Settings) -> Iterator[Store]:
    with Store(store_target) as opened:
        yield opened
        for each in opened.findings.listed([HERE], limit=1000):
            opened.findings.remove(each.id, [HERE])


def test_a_finding_is_kept_whole_once_and_in_its_collection(store: Store) -> None:
    made = finding(collection=HERE)
    id_ = store.findings.put(made)
    assert store.findings.get(id_, [HERE]).finding == made
    store.findings.edit(id_, note="Mine.", collections=[HERE])
    assert store.findings.put(made) == id_ and store.findings.count([HERE]) == 1
    kept = store.findings.get(id_, [HERE]).finding
    assert (kept.note, kept.evidence, kept.claims) == ("Mine.", made.evidence, made.claims) and kept.edited_at
    for ask in (store.findings.get, store.findings.remove, store.findings.edit):
        with pytest.raises(NoSuchFinding):
            ask(id_, collections=["elsewhere"])
    store.findings.remove(id_, [HERE])
    with pytest.raises(NoSuchFinding):
        store.findings.get(id_, [HERE])


def test_findings_are_listed_in_pages_and_found_by_words_in_any_of_their_texts(store: Store) -> None:
    titles = ("Müller's list", "Möller", "Ştefan, 山田", "Straße 100%", "Ole' OR 1=1 //")
    for n, title in enumerate(titles):
        made = finding(title=title, note=f"note {n}", collection=HERE, created_at=f"2026-01-0{n + 1}T00:00:00+00:00")
        store.findings.put(made)
    here = [HERE]
    assert [each.title for each in store.findings.listed(here)] == [*reversed(titles)]
    pages = [store.findings.listed(here, skip=skip, limit=2) for skip in (0, 2, 4, 6)]
    assert [len(page) for page in pages] == [2, 2, 1, 0] and len({each.id for page in pages for each in page}) == 5
    for words, expected in (
        ("müller LIST", 1), ("muller", 0), ("山田", 1), ("STRASSE", 1), ("100%", 1), ("1=1 //", 1), ("note 3", 1),
        ("great auk pope", 5), ("great dodo", 0), ("", 5), ("%", 1), (".*", 0), ("\\", 0),
    ):  # fmt: skip
        assert store.findings.count(here, words) == expected == len(store.findings.listed(here, words)), words
    assert store.findings.count(here, after="2026-01-03T00:00:00+00:00") == 2
    first = store.findings.listed(here, "müller")[0]
    assert store.findings.find(first.id[:10], here).finding.title == "Müller's list"
    assert store.findings.find(" Möller ", here).finding.note == "note 1"
    same = store.findings.put(finding(title="Möller", collection=HERE, question="Again?"))
    with pytest.raises(FindingUnclear):
        store.findings.find("Möller", here)
    for nothing in ("", "Moller", "'"):
        with pytest.raises(NoSuchFinding):
            store.findings.find(nothing, here)
    store.findings.remove(same, here)
    line = store.findings.listed(here, "müller")[0]
    assert (line.sentences, line.unsupported, line.evidence, line.nodes) == (2, 1, 2, 2)


def test_a_finding_outlives_its_documents_and_says_where_they_are(store: Store) -> None:
    of = samples.put_random(store, DEFAULT_COLLECTION, "sources")
    passages = list(store.documents.all_chunks(of.id))
    pieces = [Piece(n, c.id, of.id, of.title, c.text, c.start, c.end, c.page) for n, c in enumerate(passages, start=1)]
    gone = Piece(9, "nowhere", "no document", "Lost", "words", 0, 5, uri="/lost.txt")
    changed = Piece(10, "no passage", of.id, of.title, "words", 0, 5)
    made = finding(evidence=(*pieces, gone, changed), claims=(), collection=DEFAULT_COLLECTION)
    id_ = store.findings.put(made)
    assert store.findings.quoting(of.id) == 1
    state = store.findings.state()
    places = store.findings.standing(made)
    assert [places[c.id] for c in passages] == [Standing.HERE] * len(passages)
    assert (places["nowhere"], places["no passage"]) == (Standing.GONE, Standing.CHANGED)
    store.origins.put(DEFAULT_COLLECTION, {"/lost.txt": of.id})
    assert store.findings.standing(made)["nowhere"] is Standing.CHANGED
    store.removal.remove(of.id, DEFAULT_COLLECTION)
    assert store.findings.state() != state
    kept = store.findings.get(id_).finding
    assert kept == made and set(store.findings.standing(kept).values()) == {Standing.GONE}
    store.findings.remove(id_)


def test_a_long_finding_of_odd_characters_is_kept_letter_for_letter(store: Store) -> None:
    odd = (
        "\u202e</script>'\"\\ \x00\ud83d\ude00山".encode("utf-16", "surrogatepass").decode("utf-16").replace("\x00", "")
    )
    pieces = tuple(Piece(n, f"c{n}", "d", odd, odd * 400, 0, 9) for n in range(100))
    made = finding(title="long", answer=odd * 5000, said=(), evidence=pieces, collection=HERE)
    id_ = store.findings.put(made)
    assert store.findings.get(id_, [HERE]).finding == made
    store.findings.remove(id_, [HERE])


@given(st.text(max_size=300), st.text(max_size=60))
def test_what_is_written_as_json_is_read_again(answer: str, title: str) -> None:
    made = finding(answer=answer.encode("utf-8", "replace").decode(), title=title.encode("utf-8", "replace").decode())
    assert from_json(to_json(made)) == made
    assert made.id == from_json(to_json(made)).id
    more = to_json(made)[:-1] + ', "of_a_later_version": 1}'
    assert from_json(more) == made


def test_errors_say_what_to_do_next() -> None:
    for kind in (NoSuchFinding, FindingUnclear):
        assert issubclass(kind, WrongUse) and "share list" in kind(name="x").text("de")
