"""The same file again: unchanged, changed, moved, broken; what a new version takes over and what goes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from graph.store import Store
from graph.types import DEFAULT_COLLECTION, Document, State
from ingest.files import FileStore
from ingest.known import Standing
from ingest.plan import plan
from ingest.submit import Options, Submitted, submit
from ingest.texts import document_text
from ingest.worker import work
from settings import Settings
from tests.fake_openai import Asked, FakeOpenAI, Words, structured
from tests.graph_samples import empty

WORM = "Ole Worm owned a great auk. He lived in Copenhagen, where he taught medicine for many years."
BOESCH = "Andreas Bösch built the globe of Gottorf between 1650 and 1664."


@pytest.fixture
def store(embedded_server: Settings) -> Iterator[Store]:
    with Store(embedded_server) as opened:
        empty(opened)
        yield opened
        empty(opened)


def add(store: Store, *paths: Path, options: Options | None = None, settings: Settings | None = None) -> Submitted:
    done = submit(store, settings or store.settings, paths, options or Options())
    work(settings or store.settings, idle=0.05)
    assert not any(store.check().values())
    return done


def texts(store: Store) -> dict[str, str]:
    """All documents: what stands last in their address, and their words."""
    return {
        d.uri.rsplit("/", 1)[-1]: " ".join(c.text for c in store.documents.all_chunks(d.id))
        for d in store.documents.every([DEFAULT_COLLECTION])
    }


def only(store: Store) -> Document:
    (document,) = store.documents.every([DEFAULT_COLLECTION])
    return document


def test_a_changed_file_replaces_its_old_version_and_what_only_that_said(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "worm.txt"
    path.write_text(WORM, encoding="utf-8")
    first = add(store, path)
    assert (len(first.queued), first.updated) == (1, ())
    assert add(store, path).unchanged == first.queued
    path.write_text(BOESCH, encoding="utf-8")
    second = add(store, path)
    assert second.updated == second.queued and second.queued != first.queued
    assert texts(store) == {"worm.txt": BOESCH}
    assert store.search.complete("Worm", 5, [DEFAULT_COLLECTION]) == []
    assert not store.settings.files.joinpath(first.queued[0]).exists()
    path.write_text(WORM, encoding="utf-8")
    assert add(store, path).updated == first.queued
    assert texts(store) == {"worm.txt": WORM}


def test_a_version_that_cannot_be_read_replaces_nothing_until_one_can(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "worm.txt"
    path.write_text(WORM, encoding="utf-8")
    (good,) = add(store, path).queued
    path.write_bytes(b"")
    for _ in range(2):
        assert len(add(store, path).refused) == 1
        assert only(store).id == good
    path.write_bytes(b"%PDF-1.4 no more of it")
    add(store, path)
    states = sorted(d.state for d in store.documents.every([DEFAULT_COLLECTION]))
    assert states == [State.DONE, State.FAILED]
    path.write_text(WORM, encoding="utf-8")
    assert add(store, path).unchanged == (good,)
    assert only(store).id == good
    path.write_bytes(b"")
    add(store, path)
    path.write_text(BOESCH, encoding="utf-8")
    add(store, path)
    assert texts(store) == {"worm.txt": BOESCH}


def test_what_another_file_still_says_stays(store: Store, tmp_path: Path) -> None:
    one, two = tmp_path / "a.txt", tmp_path / "b.txt"
    one.write_text(WORM, encoding="utf-8")
    two.write_text(WORM, encoding="utf-8")
    add(store, tmp_path)
    assert only(store).uri == str(one)
    one.write_text(BOESCH, encoding="utf-8")
    add(store, one)
    assert texts(store) == {"a.txt": BOESCH, "b.txt": WORM}
    two.write_text(BOESCH, encoding="utf-8")
    add(store, two)
    assert list(texts(store).values()) == [BOESCH]


def test_a_file_that_was_moved_is_the_same_document_there(store: Store, tmp_path: Path) -> None:
    one, two = tmp_path / "a.txt", tmp_path / "b.txt"
    one.write_text(WORM, encoding="utf-8")
    add(store, one)
    one.rename(two)
    assert len(add(store, two).unchanged) == 1
    assert only(store).uri == str(two)
    one.write_text(BOESCH, encoding="utf-8")
    add(store, one)
    assert texts(store) == {"b.txt": WORM, "a.txt": BOESCH}


def upload(store: Store, number: int, content: str) -> Path:
    path = store.settings.home / "incoming" / "session" / str(number) / "notes.txt"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content, encoding="utf-8")
    return path


def test_uploads_of_the_same_name_never_replace_each_other_by_themselves(store: Store) -> None:
    for number, content in enumerate((WORM, BOESCH, "", "", WORM)):
        add(store, upload(store, number, content))
    found = list(store.documents.every([DEFAULT_COLLECTION]))
    assert [(d.uri, d.state) for d in found] == [("notes.txt", State.DONE)] * 2


def test_an_upload_replaces_the_one_that_somebody_names(store: Store) -> None:
    (first,) = add(store, upload(store, 1, WORM)).queued
    changed = upload(store, 2, BOESCH)
    (planned,) = plan([changed], store.settings, Options(), store=store).documents
    assert planned.standing is Standing.NEW and planned.earlier is not None and planned.earlier.id == first
    done = submit(store, store.settings, [changed], Options(), {planned.uri: first})
    assert done.updated == done.queued != (first,)
    assert {d.id for d in store.documents.every([DEFAULT_COLLECTION])} == {first, *done.queued}
    work(store.settings, idle=0.05)
    assert texts(store) == {"notes.txt": BOESCH} and not any(store.check().values())
    (again,) = plan([upload(store, 3, BOESCH)], store.settings, Options(), store=store).documents
    assert (again.standing, again.earlier) == (Standing.KNOWN, None)


def test_a_plan_tells_what_is_here_already_and_the_import_finds_the_same(store: Store, tmp_path: Path) -> None:
    for name, content in (("worm.txt", WORM), ("boesch.txt", BOESCH)):
        (tmp_path / name).write_text(content, encoding="utf-8")
    add(store, tmp_path)
    (tmp_path / "worm.txt").write_text(WORM + " Und mehr.", encoding="utf-8")
    (tmp_path / "neu.txt").write_text("Rudolf II. in Prag.", encoding="utf-8")
    (tmp_path / "neu (1).txt").write_text("Rudolf II. in Prag.", encoding="utf-8")
    (tmp_path / "leer.txt").write_bytes(b"")
    planned = plan([tmp_path], store.settings, Options(), store=store)
    found = {each: planned.counted(each) for each in Standing}
    assert found == {
        Standing.NEW: 1, Standing.CHANGED: 1, Standing.KNOWN: 1, Standing.TWICE: 1, Standing.AGAIN: 0, Standing.REST: 0,
    }  # fmt: skip
    assert planned.chunks == planned.pages == 2, "only what is read is counted"
    done = add(store, tmp_path)
    job = store.queue.job(done.job.id)
    assert job is not None and len(done.queued) == 2
    arrivals = job.arrivals
    assert (arrivals.unchanged, arrivals.changed, arrivals.again, len(arrivals.refused)) == (1, 1, 0, 1)
    by_model = plan([tmp_path], store.settings, Options("statements", "gpt-4o-mini"), store=store)
    assert by_model.counted(Standing.AGAIN) == 3 and by_model.calls == 3


def claim(asked: Asked) -> Words:
    """One claim of the passage, in its own words."""
    passage = asked.prompt.rsplit("<<<PASSAGE", 1)[1]
    quote = passage[passage.index("Ole Worm") :].split(".")[0]
    named = {"subject": "Ole Worm", "object": quote.split("owned ")[1]}
    return structured({"statements": [named | {"predicate": "owned", "quote": quote}]})


def test_passages_that_stay_the_same_keep_claims_and_are_not_asked_about_again(store: Store, tmp_path: Path) -> None:
    parts = [f"# Part {n}\n\n" + f"In Prag Ole Worm owned item {n}. " * 25 for n in range(4)]
    path = tmp_path / "parts.md"
    path.write_text("\n\n".join(parts), encoding="utf-8")
    with FakeOpenAI() as server:
        server.default = claim
        settings = replace(store.settings, openai_base_url=server.url, openai_api_key="test")
        options = Options(extractor="statements", model="gpt-4o-mini")
        add(store, path, options=options, settings=settings)
        asked, old = len(server.requests), only(store)
        before = {c.text for c in store.documents.all_chunks(old.id)}
        assert asked == len(before) and store.documents.coverage([old])[0].statements == 4
        path.write_text("\n\n".join(["A new line.", *parts[:3], parts[3].replace("item", "tusk")]), encoding="utf-8")
        add(store, path, options=options, settings=settings)
        new = only(store)
        after = list(store.documents.all_chunks(new.id))
        changed = [c for c in after if c.text not in before]
        # What stands after new words may mean something else by them, so it is asked about again.
        assert len(changed) <= len(server.requests) - asked <= len(changed) + 1 < len(after)
    assert new.id != old.id and all(c.embedded and c.state is State.DONE for c in after)
    text = document_text(FileStore(store.settings.files), new)
    told = store.explore.claims_of_chunks([c.id for c in after])
    for each in told:
        source = each.source
        assert source.supported and source.start is not None and source.end is not None
        assert text[source.start : source.end] == source.quote
    assert {each.source.quote for each in told} >= {f"Ole Worm owned item {n}" for n in range(3)}
    assert "Ole Worm owned item 3" not in {each.source.quote for each in told}


def test_a_place_is_one_place_however_it_is_written(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "letters" / "worm.txt"
    path.parent.mkdir()
    path.write_text(WORM, encoding="utf-8")
    add(store, tmp_path / "letters" / ".." / "letters")
    path.write_text(WORM + "\n\n" + BOESCH, encoding="utf-8")
    assert len(add(store, path).updated) == 1
    assert only(store).uri == str(path)


def test_what_a_model_has_read_is_not_read_again_without_one_unless_that_is_said(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "worm.txt"
    path.write_text(WORM, encoding="utf-8")
    with FakeOpenAI() as server:
        server.default = claim
        settings = replace(store.settings, openai_base_url=server.url, openai_api_key="test")
        add(store, path, options=Options(extractor="statements", model="gpt-4o-mini"), settings=settings)
    claims = store.documents.coverage([only(store)])[0].statements
    assert claims
    assert plan([path], store.settings, Options(), store=store).counted(Standing.KNOWN) == 1
    assert add(store, path).unchanged == (only(store).id,)
    assert store.documents.coverage([only(store)])[0].statements == claims
    said = Options(quick_again=True)
    assert plan([path], store.settings, said, store=store).replaces
    assert add(store, path, options=said).updated == (only(store).id,)
    assert (only(store).extractor, store.documents.coverage([only(store)])[0].statements) == ("quick", 0)


def test_an_interruption_between_reading_and_taking_over_is_made_up_for(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "worm.txt"
    path.write_text(WORM, encoding="utf-8")
    add(store, path)
    path.write_text(WORM + "\n\n" + BOESCH, encoding="utf-8")
    with monkeypatch.context() as patch:
        patch.setattr("ingest.steps.settle", lambda *_: None)
        add(store, path)
    assert len(texts(store)) == 1 and store.documents.count([DEFAULT_COLLECTION]) == 2
    work(store.settings, idle=0.05)
    assert only(store).characters > len(WORM) + len(BOESCH)


def test_documents_of_an_older_database_are_known_by_their_place_too(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "worm.txt"
    path.write_text(WORM, encoding="utf-8")
    (first,) = add(store, path).queued
    store._db.run("MATCH (o:Origin) DETACH DELETE o")
    store._db.run("MATCH (m:Meta {id: 'schema'}) SET m.version = 1")
    with Store(store.settings) as again:
        assert again.origins.at(DEFAULT_COLLECTION, [str(path)]) == {str(path): first}
    path.write_text(BOESCH, encoding="utf-8")
    assert len(add(store, path).updated) == 1 and texts(store) == {"worm.txt": BOESCH}
