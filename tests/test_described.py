"""What the graph keeps of a described picture: its words at their place, claims with sources, one for each page."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from PIL import Image

from graph.store import Store
from graph.types import Chunk, ChunkKind, Document, State
from graph.work import Work
from ingest import picture_claims
from ingest.describe import NothingDescribed, StillWorkedOn, add_described, keep_description
from ingest.errors import NoSuchPage, PictureDamaged
from ingest.files import FileStore
from ingest.submit import Options, submit
from ingest.texts import document_text
from ingest.worker import work
from llm.describe import Description
from settings import Settings

GOBLET: dict[str, object] = {
    "Title": "Nautilus goblet",
    "Maker": "Nikolaus Schmidt",
    "Materials": ["shell", "silver"],
    "Date": "1594",
}
Pictured = tuple[Store, Settings, str]


def paint(path: Path) -> Path:
    """A picture that no other test has."""
    colour = "#" + hashlib.sha256(str(path).encode()).hexdigest()[:6]
    Image.new("RGB", (60, 40), colour).save(path)
    return path


@pytest.fixture
def picture(store_target: Settings, tmp_path: Path) -> Iterator[Pictured]:
    """A picture in the graph that waits for a description: (store, settings, document)."""
    path = paint(tmp_path / "goblet.png")
    with Store(store_target) as store:
        document = submit(store, store_target, [path], Options()).queued[0]
        work(store_target, idle=0.1)
        yield store, store_target, document
        store.removal.remove(document, "default")
        assert not any(store.check().values())


def described(data: Mapping[str, object], model: str = "gpt-4o-mini", language: str = "en") -> Description:
    return Description(dict(data), json.dumps(data), model, "describe-1", language)


def the(store: Store, document: str) -> Document:
    found = store.documents.get(document)
    assert found is not None
    return found


def claims_of(store: Store, document: str) -> set[str]:
    chunks = [each.id for each in store.documents.all_chunks(document)]
    return {each.text for each in store.explore.claims_of_chunks(chunks)}


def check_places(store: Store, settings: Settings, document: str) -> str:
    """The document's text, in which every passage and every quote of a claim stands where it says."""
    text = document_text(FileStore(settings.files), the(store, document))
    chunks = list(store.documents.all_chunks(document))
    assert all(text[each.start : each.end] == each.text for each in chunks)
    for claim in store.explore.claims_of_chunks([each.id for each in chunks]):
        assert text[claim.source.start : claim.source.end] == claim.source.quote
    return text


def test_a_description_fills_the_waiting_passage_of_its_picture(picture: Pictured) -> None:
    store, settings, id_ = picture
    before = list(store.documents.all_chunks(id_))
    assert before[-1].state is State.WAITING and the(store, id_).state is State.WAITING
    assert keep_description(store, settings, id_, 1, described(GOBLET | {"Signed": True})) is True
    after = list(store.documents.all_chunks(id_))
    assert [each.id for each in after] == [each.id for each in before]
    kept = after[-1]
    assert kept.text.splitlines() == [
        "Title: Nautilus goblet",
        "Maker: Nikolaus Schmidt",
        "Materials: shell, silver",
        "Date: 1594",
        "Signed: yes",
    ]
    assert (kept.kind, kept.state, kept.written_by) == (ChunkKind.CAPTION, State.DONE, "gpt-4o-mini")
    assert kept.region == before[-1].region and kept.failure is None
    assert claims_of(store, id_) == {
        "Nautilus goblet, Maker: Nikolaus Schmidt",
        "Nautilus goblet, Materials: shell",
        "Nautilus goblet, Materials: silver",
        "Nautilus goblet, Date: 1594",
    }
    assert the(store, id_).state is State.DONE and the(store, id_).characters == kept.end
    check_places(store, settings, id_)
    work(settings, idle=0.1)
    assert list(store.documents.all_chunks(id_))[-1].embedded
    maker = store.search.complete("Nikolaus", 1, ["default"])[0]
    assert (maker.name, maker.type) == ("Nikolaus Schmidt", "Person")
    assert not any(store.check().values())


def test_the_same_again_changes_nothing_and_another_replaces_it(picture: Pictured) -> None:
    store, settings, id_ = picture
    keep_description(store, settings, id_, 1, described(GOBLET))
    work(settings, idle=0.1)
    text, claims = check_places(store, settings, id_), claims_of(store, id_)
    stamp = store.query("MATCH (c:Collection {id: 'default'}) RETURN c AS c")
    assert keep_description(store, settings, id_, 1, described(GOBLET)) is False
    assert (check_places(store, settings, id_), claims_of(store, id_)) == (text, claims)
    assert store.query("MATCH (c:Collection {id: 'default'}) RETURN c AS c") == stamp
    for round_, maker in enumerate(("Wenzel Jamnitzer", "Hans", "Nikolaus Schmidt and a very long workshop " * 2)):
        new = {"Title": "Nautilus goblet", "Maker": maker, "Materials": ["shell"]}
        assert keep_description(store, settings, id_, 1, described(new, f"model-{round_}"))
        work(settings, idle=0.1)
        text = check_places(store, settings, id_)
        assert "1594" not in text and "silver" not in text
        assert claims_of(store, id_) == {
            f"Nautilus goblet, Maker: {maker.strip()}",
            "Nautilus goblet, Materials: shell",
        }
        assert not any(store.check().values())
    assert len(text) < 900, "what nothing points to does not pile up"
    assert not store.search.complete("Wenzel", 1, ["default"])
    assert [each.written_by for each in store.documents.all_chunks(id_)][-1] == "model-2"


def test_nothing_is_half_written_while_a_document_is_worked_on(picture: Pictured) -> None:
    store, settings, id_ = picture
    before = check_places(store, settings, id_)
    store.documents.update(the(store, id_), Work.EXTRACT)
    with pytest.raises(StillWorkedOn):
        keep_description(store, settings, id_, 1, described(GOBLET))
    assert check_places(store, settings, id_) == before and not claims_of(store, id_)
    store.documents.update(the(store, id_), Work.NONE)
    with pytest.raises(NothingDescribed):
        keep_description(store, settings, id_, 1, described({"Title": "", "Parts": []}))
    with pytest.raises(NoSuchPage):
        keep_description(store, settings, id_, 2, described(GOBLET))


def test_a_page_that_has_text_gets_a_passage_of_its_own(store_target: Settings) -> None:
    plates = Path(__file__).parents[1] / "sample" / "a-cabinet-in-plates.pdf"
    with Store(store_target) as store:
        id_ = submit(store, store_target, [plates], Options()).queued[0]
        work(store_target, idle=0.1)
        before = list(store.documents.all_chunks(id_))
        keep_description(store, store_target, id_, 3, described({"Title": "Plate", "People": ["Ole Worm"]}))
        work(store_target, idle=0.1)
        keep_description(store, store_target, id_, 4, described({"Title": "Another"}))
        after = list(store.documents.all_chunks(id_))
        assert after[: len(before)] == before and [each.page for each in after[len(before) :]] == [3, 4]
        assert {"Plate, People: Ole Worm"} <= claims_of(store, id_)
        check_places(store, store_target, id_)
        store.removal.remove(id_, "default")
        assert not any(store.check().values())


def test_a_picture_that_is_not_in_the_library_is_taken_in_first(store_target: Settings, tmp_path: Path) -> None:
    path = paint(tmp_path / "new.png")
    with Store(store_target) as store:

        def worker() -> None:
            work(store_target, idle=0.1)

        id_, changed = add_described(store, store_target, path, 1, described(GOBLET), worker)
        assert changed and the(store, id_).title == "new"
        again = add_described(store, store_target, path, 1, described(GOBLET), worker)
        assert again == (id_, False)
        (tmp_path / "broken.png").write_bytes(b"\x89PNG\r\n\x1a\n" + b"0" * 40)
        with pytest.raises(PictureDamaged):
            add_described(store, store_target, tmp_path / "broken.png", 1, described(GOBLET), worker)
        for each in (id_, store.documents.find("broken.png", ["default"]).id):
            store.removal.remove(each, "default")


def test_values_that_name_nothing_make_no_claims() -> None:
    data = {
        "Maker": "unknown",
        "Date": "n/a",
        "Place": "?",
        "Materials": [],
        "Artist": "x" * 200,
        "Notes": {"a": [{"b": 1}]},
    }
    lines = picture_claims.lines(data)
    assert [line.text for line in lines][-1] == "Notes › a 1 › b: 1"
    document = Document("d", "A picture", "a.png", "image/png")
    chunk = Chunk("c", "d", 0, picture_claims.in_words(lines), 0, 10)
    assert picture_claims.claims(lines, document, chunk, "m").statements == ()
