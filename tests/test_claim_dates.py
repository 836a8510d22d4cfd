"""When and where a claim holds: taken over from the passage, kept on its source, put together on the statement."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from graph.store import Store
from graph.types import Chunk, Document, Entity, Source, State
from graph.when import When
from ingest.claim_schema import ExtractionSchema
from ingest.hand import hand_extractions
from ingest.made_claims import Maker
from ingest.model_extractor import Read
from ingest.reply import RawClaim
from ingest.sources.statements import parse
from ingest.when_where import dated_by
from settings import Settings
from tests.graph_samples import chunks, document, put

TEXT = "Ole Worm kaufte den Zahn um 1650 in Kopen-\nhagen. Er starb am 31. August 1654 dort."
CHUNK = Chunk("c", "d", 0, TEXT, 0, len(TEXT), collection="museum")
MAKER = Maker(ExtractionSchema(), "museum", "m")


def claim(date: str = "", place: str = "", object_: str = "Zahn", kind: str = "Object") -> RawClaim:
    return RawClaim("Ole Worm", "ACQUIRED", object_, "Person", kind, "Ole Worm kaufte den Zahn", date, place)


@pytest.mark.parametrize(
    ("date", "when"),
    [
        ("um 1650", When("um 1650", "1650~", 16500101, 16501231)),
        ("31. August 1654", When("31. August 1654", "1654-08-31", 16540831, 16540831)),
        ("31 August 1654", When("31. August 1654", "1654-08-31", 16540831, 16540831)),
        ("1654-08-31", When("31. August 1654", "1654-08-31", 16540831, 16540831)),
        ("c. 1650", When("1650", "1650", 16500101, 16501231)),
        ("kaufte", When("kaufte")),
    ],
)
def test_a_date_is_kept_as_the_passage_writes_it(date: str, when: When) -> None:
    (statement,) = MAKER.made(CHUNK, TEXT, Read([claim(date, "Kopenhagen")])).statements
    assert statement.source.when == when and statement.source.place == "Kopenhagen"


def test_what_does_not_stand_there_is_dropped_and_listed() -> None:
    extraction = MAKER.made(CHUNK, TEXT, Read([claim("1999", "Rom")]))
    assert (extraction.statements[0].source.when, extraction.statements[0].source.place) == (None, None)
    assert extraction.refused == (
        "date not in the passage: Ole Worm | ACQUIRED | Zahn | 1999",
        "place not in the passage: Ole Worm | ACQUIRED | Zahn | Rom",
    )


def test_words_for_nothing_are_nothing() -> None:
    extraction = MAKER.made(CHUNK, TEXT, Read([claim("unknown", "N/A")]))
    assert extraction.refused == () and extraction.statements[0].source.when is None


def test_a_claim_whose_object_is_a_date_holds_then() -> None:
    (statement,) = MAKER.made(CHUNK, TEXT, Read([claim(object_="31. August 1654", kind="Date")])).statements
    assert statement.source.when == When("31. August 1654", "1654-08-31", 16540831, 16540831)
    assert dated_by(Source("c"), Entity("e", "Ostern", type="Date")).when is None
    assert dated_by(Source("c"), Entity("e", "1654", type="Object")).when is None


def test_claims_made_by_people_carry_dates_too() -> None:
    line = {
        "type": "statement", "subject": "Ole Worm", "predicate": "ACQUIRED", "object": "Zahn", "document": "d.txt",
        "quote": "Ole Worm kaufte den Zahn", "date": "1649/1651", "place": "Dänemark",
    }  # fmt: skip
    content = parse([json.dumps(line), json.dumps(line | {"date": "x" * 200})])
    assert len(content.refused) == 1
    of = Document("d", "d", "d.txt", "text/plain", "museum")
    (extraction,) = hand_extractions(content, of, [CHUNK], TEXT)
    source = extraction.statements[0].source
    assert (source.when, source.place) == (When("1649/1651", "1649/1651", 16490101, 16511231), "Dänemark")


def test_the_store_keeps_them_and_joins_the_bounds(store_target: Settings) -> None:
    with Store(store_target) as store:
        name = "dates of claims"
        first, second = document(name, "a"), document(name, "b")
        for of, date in ((first, "um 1650"), (second, "31. August 1654")):
            (piece,) = chunks(of, [TEXT])
            made = Maker(ExtractionSchema(), name, "m").made(piece, TEXT, Read([claim(date, "Kopenhagen")]))
            put(store, of, [piece], [made])
        (id_,) = (s.id for s in made.statements)

        def bounds() -> tuple[int | None, int | None]:
            query = "MATCH (s:Statement {id: $id}) RETURN s.earliest AS a, s.latest AS b"
            (row,) = store.query(query, id=id_)
            return row["a"], row["b"]

        sources = sorted((s.when.words if s.when else "", s.place) for s in store.search.sources([id_])[id_])
        assert sources == [("31. August 1654", "Kopenhagen"), ("um 1650", "Kopenhagen")]
        assert bounds() == (16500101, 16540831)
        (shown,) = store.explore.claims_of_chunks([chunks(first, [TEXT])[0].id])
        assert shown.source.when == When("um 1650", "1650~", 16500101, 16501231)
        store.removal.remove(first.id, name)
        assert bounds() == (16540831, 16540831)
        store.removal.remove(second.id, name)


def test_refused_answers_are_counted_and_listed(store_target: Settings, tmp_path: Path) -> None:
    with Store(store_target) as store:
        of = document("refused answers", "a")
        (piece,) = chunks(of, [TEXT])
        made = Maker(ExtractionSchema(), of.collection, "m").made(piece, TEXT, Read([claim("1999")], ["no subject: x"]))
        put(store, of, [piece], [made])
        (coverage,) = store.documents.coverage([of])
        assert (coverage.refused, coverage.chunks) == (2, {State.DONE: 1})
        first, second = store.documents.refused(of.id)
        assert (first.why, first.what, first.page) == ("no subject", ("x",), 1)
        assert (second.why, second.what) == ("date not in the passage", ("Ole Worm", "ACQUIRED", "Zahn", "1999"))
        store.removal.remove(of.id, of.collection)
