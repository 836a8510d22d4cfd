"""What an import that was stopped left: gone on with by adding it again or from the Library, told of wherever asked."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from graph.jobs import JobState, Limits
from graph.store import Store
from graph.types import DEFAULT_COLLECTION, Document, State
from graph.work import Work, owner_name
from ingest.__main__ import main
from ingest.known import Standing
from ingest.plan import plan
from ingest.rest import job_for, retry, unfinished
from ingest.submit import Options, Submitted, remove_document, submit
from ingest.worker import stop_worker, work
from llm.embed import open_embedder
from settings import Settings
from tests.fake_openai import FakeOpenAI
from tests.graph_samples import empty
from tests.make_web import zipped
from tests.page_homes import page_home
from tests.test_archive import encrypted
from tests.test_by_model import claims
from tests.test_pages import labels, run, words
from tests.test_pages_importing import nobody_works

Command = Callable[..., tuple[int, str, str]]
HERE = [DEFAULT_COLLECTION]
PASSAGES = 6
TEXT = "\n\n".join(f"## Part {n}\n\n" + f"Ole Worm showed tusk {n} in Copenhagen. " * 6 for n in range(PASSAGES))


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    with page_home(tmp_path_factory.mktemp("rest")) as settings:
        yield settings.home


@pytest.fixture
def server() -> Iterator[FakeOpenAI]:
    with FakeOpenAI() as running:
        running.default = claims
        yield running


@pytest.fixture
def settings(server: FakeOpenAI, home: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setenv("WUNDERKAMMER_HOME", str(home))
    monkeypatch.setenv("OPENAI_BASE_URL", server.url)
    monkeypatch.setenv("OPENAI_API_KEY", "sk-x")
    return Settings(home=home, openai_api_key="sk-x", openai_base_url=server.url, calls_at_once=2)


@pytest.fixture
def store(settings: Settings) -> Iterator[Store]:
    with Store(settings) as opened:
        empty(opened)
        for job in opened.queue.open_jobs(HERE):
            opened.queue.cancel(job.id)
        yield opened


def by_model(calls: int | None = None) -> Options:
    return Options("statements", "gpt-4o-mini", limits=Limits(calls=calls))


def stopped(store: Store, path: Path, calls: int = 2) -> Submitted:
    """A document of which a limit lets only some passages be read, and whose import is then stopped."""
    path.write_text(TEXT)
    submitted = submit(store, store.settings, [path], by_model(calls))
    work(store.settings, idle=0.1)
    store.queue.cancel(submitted.job.id)
    return submitted


def the_document(store: Store) -> Document:
    (document,) = store.documents.listed(HERE)
    return document


def ids(store: Store) -> list[str]:
    return [each.id for each in store.documents.listed(HERE)]


def read(store: Store) -> int:
    return store.documents.coverage([the_document(store)])[0].chunks.get(State.DONE, 0)


def test_adding_again_goes_on_under_the_new_limits(store: Store, server: FakeOpenAI, tmp_path: Path) -> None:
    path = tmp_path / "tusks.md"
    first = stopped(store, path)
    assert (read(store), len(server.chats())) == (2, 2)
    planned = plan([path], store.settings, by_model(), store=store)
    assert planned.documents[0].standing is Standing.REST and planned.calls == PASSAGES - 2
    second = submit(store, store.settings, [path, path], by_model(3))
    assert second.queued == second.updated == first.queued and not second.unchanged
    work(store.settings, idle=0.1)
    job = store.queue.job(second.job.id)
    assert job is not None and job.state is JobState.LIMIT and job.use.calls == 3
    assert (read(store), len(server.chats())) == (5, 5), "what is read is not asked about again"
    store.queue.cancel(job.id)
    third = submit(store, store.settings, [path], by_model())
    work(store.settings, idle=0.1)
    assert (read(store), len(server.chats())) == (PASSAGES, PASSAGES) and the_document(store).state is State.DONE
    assert not store.queue.left_off(third.queued) and not any(store.check().values())
    assert submit(store, store.settings, [path], by_model()).unchanged == third.queued


def test_what_was_read_in_part_is_read_anew_by_another_way(store: Store, server: FakeOpenAI, tmp_path: Path) -> None:
    path = tmp_path / "tusks.md"
    stopped(store, path)
    assert store.stats(HERE)["statements"] > 0
    submit(store, store.settings, [path], Options(quick_again=True))
    work(store.settings, idle=0.1)
    assert read(store) == PASSAGES and store.stats(HERE)["statements"] == 0, "nothing of the first way is left"


def test_vectors_that_a_stopped_import_did_not_make_are_made(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "tusks.txt"
    path.write_text(TEXT)
    submitted = submit(store, store.settings, [path], Options())
    owner = owner_name()
    with nobody_works(store.settings):
        from ingest.steps import Steps

        steps = Steps(store, store.settings)
        for kind in (Work.READ, Work.EXTRACT, Work.RESOLVE):
            lease = store.queue.lease(owner, (kind,))
            assert lease is not None
            steps.take(lease, lambda: False)
        assert store.queue.lease(owner, (Work.EMBED,)) is not None
        passages = store.documents.searched(HERE).chunks
        embedder = open_embedder(steps.embedding(), store.settings)
        first, *_ = store.embeddings.chunks_left(submitted.queued[0])
        store.embeddings.use_model(embedder.spec.id, embedder.spec.dimensions)
        store.embeddings.put_chunks([(first[0], embedder.passages([first[1]])[0].tolist())], embedder.spec.id)
        store.queue.cancel(submitted.job.id)
    assert store.documents.searched(HERE).unembedded == passages - 1 > 0, "what came before it was stopped is counted"
    assert the_document(store).state is State.DONE and store.documents.listed(HERE, unread=True)
    assert store.queue.left_off(submitted.queued) == {submitted.queued[0]: Work.EMBED}
    again = submit(store, store.settings, [path], Options())
    assert again.queued == submitted.queued
    work(store.settings, idle=0.1)
    assert store.documents.searched(HERE).unembedded == 0 and not store.documents.listed(HERE, unread=True)


def test_what_was_not_begun_is_tried_again_under_limits_of_its_own(
    store: Store, server: FakeOpenAI, tmp_path: Path
) -> None:
    first = stopped(store, tmp_path / "tusks.md")
    left = unfinished(store)
    assert (left.passages, left.asks, left.unknown) == (PASSAGES - 2, ("gpt-4o-mini",), 0)
    job = job_for(store, store.settings, left, Limits(calls=1))
    assert retry(store, None, job=job) == list(first.queued) and not unfinished(store).documents
    work(store.settings, idle=0.1)
    assert (read(store), len(server.chats())) == (3, 3)
    store.queue.cancel(job.id)
    # Without limits of its own those of its import hold, and that has used them up.
    assert retry(store, None) == list(first.queued)


def test_the_pages_tell_of_what_was_stopped_and_go_on(store: Store, server: FakeOpenAI, tmp_path: Path) -> None:
    stopped(store, tmp_path / "tusks.md")
    assert store.documents.searched(HERE).left_off == 1
    app = run("library", show="unread")
    assert "2 of 6 passages are read · its import was stopped" in words(app)
    german = words(run("library", "de-DE", show="unread"))
    assert "der Import wurde abgebrochen" in german and "Den Rest lesen" in labels(run("library", "de-DE"))
    asked = words(run("ask", q="Who showed the tusk?"))
    assert "one document is not read to the end, because its import was stopped" in asked
    assert "weil sein Import abgebrochen wurde" in words(run("ask", "de-DE", q="Who showed the tusk?"))
    (document,) = store.documents.listed(HERE)
    with nobody_works(store.settings):
        app.button(key=f"rest-{document.id}").click().run()
        assert "4 passages are still to be read" in words(app)
        assert not store.queue.left(), "nothing is asked before the second click"
        assert app.number_input(key="rest.calls").value is None
    remove_document(store, store.settings, document.id)
    (tmp_path / "unread.txt").write_text(TEXT)
    submitted = submit(store, store.settings, [tmp_path / "unread.txt"], Options())
    store.queue.cancel(submitted.job.id)
    app = run("library")
    assert "Not read: its import was stopped before" in words(app)
    with nobody_works(store.settings):
        app.button(key=f"rest-{submitted.queued[0]}").click().run()
        assert not app.exception and store.queue.left() == {Work.READ: 1}, "what costs nothing begins at once"
    work(store.settings, idle=0.1)
    assert the_document(store).state is State.DONE


@pytest.fixture
def command(settings: Settings, capsys: pytest.CaptureFixture[str]) -> Iterator[Command]:
    def run_it(*given: str) -> tuple[int, str, str]:
        code = main([*given])
        return code, *capsys.readouterr()

    yield run_it
    stop_worker(settings)


def test_retry_asks_before_it_costs_and_takes_limits(
    store: Store, server: FakeOpenAI, command: Command, tmp_path: Path
) -> None:
    stopped(store, tmp_path / "tusks.md")
    code, _, said = command("retry")
    assert code == 2 and "run it again with --yes" in said and len(server.chats()) == 2
    assert "to be tried again: 1 document, 4 passages" in said and "asked: gpt-4o-mini, price unknown" in said
    assert "the limit of its import holds: 2 of at most 2 calls" in said and len(store.queue.left_off(ids(store))) == 1
    assert command("retry", "--limit-calls", "0")[0] == 2
    code, out, _ = command("retry", "--limit-calls", "1", "--yes")
    assert code == 1 and len(server.chats()) == 3 == read(store) and "limit reached" in out
    (job,) = store.queue.open_jobs(HERE)
    assert job.limits == Limits(calls=1) and job.use.calls == 1
    store.queue.cancel(job.id)
    code, out, _ = command("retry", "--limit-calls", "9", "--yes")
    assert code == 0 and len(server.chats()) == PASSAGES == read(store) and "tried again: 1 document" in out
    assert command("retry")[:2] == (0, "tried again: 0 documents\n"), "nothing is asked where nothing is left"


def test_watch_asks_before_it_costs(store: Store, server: FakeOpenAI, command: Command, tmp_path: Path) -> None:
    (tmp_path / "tusks.md").write_text(TEXT)
    paid = ("watch", str(tmp_path), "--extractor", "statements", "--model", "gpt-4o-mini")
    for more in (("--once",), ()):
        code, _, said = command(*paid, *more)
        assert code == 2 and "run it again with --yes" in said and "6 model calls" in said
    assert not server.chats() and not store.documents.count(HERE)
    assert command(*paid, "--once", "--yes")[0] == 0 and len(server.chats()) == PASSAGES
    assert command(*paid, "--once")[0] == 0, "nothing new, nothing to ask"


def test_retry_says_what_it_leaves_out(store: Store, command: Command, tmp_path: Path) -> None:
    encrypted(tmp_path / "locked.zip")
    assert "“geheim.txt” in the archive “locked.zip” is protected by a password" in command("add", str(tmp_path))[1]
    (document,) = store.documents.listed(HERE)
    assert document.failure is not None and "„locked.zip“ ist mit einem Passwort" in document.failure.say("de")
    for given in ([], [document.id]):
        code, out, _ = command("retry", *given)
        assert code == 0 and "tried again: 0 documents" in out
        assert "left out: geheim.txt: it was never taken in" in out and "“locked.zip”" in out


@pytest.mark.parametrize("locale", ["en-GB", "de-DE"])
def test_what_is_no_web_address_is_said_to_be_none(store: Store, locale: str) -> None:
    app = run("add", locale)
    app.text_area(key="add.addresses.0").set_value("/tmp/x\nC:\\Quellen\nhtp:/falsch").run()
    path, windows, scheme = (each.value for each in app.warning)
    german = locale == "de-DE"
    for said, name in ((path, "/tmp/x"), (windows, "Quellen")):
        assert name in said and ("Pfad" if german else "a path on a computer") in said
        assert ("Einen Ordner auf diesem Rechner" if german else "Watch a folder on this computer") in said
    assert "falsch" in scheme and ("wird nicht geholt" if german else "is no address that is fetched") in scheme
    assert not app.exception and "https://htp" not in words(app)


def test_a_damaged_archive_is_told_of_no_more_where_a_sound_one_took_its_place(store: Store, tmp_path: Path) -> None:
    (tmp_path / "worm.txt").write_text(TEXT)
    (tmp_path / "letters.zip").write_bytes(b"PK\x03\x04 cut off")
    (failed,) = submit(store, store.settings, [tmp_path], Options()).failed
    work(store.settings, idle=0.1)
    zipped(tmp_path / "letters.zip", {"worm.txt": TEXT})
    submit(store, store.settings, [tmp_path], Options())
    assert failed not in ids(store) and len(ids(store)) == 1 and not any(store.check().values())
