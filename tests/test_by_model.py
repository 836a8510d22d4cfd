"""Documents read by a chat model: several at once, all of them to their end, whatever the server does."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from graph.store import Store
from graph.types import Chunk, Document, State
from ingest import by_model
from ingest.calls import ALWAYS_TWICE
from ingest.extractors import NoModelNamed
from ingest.rest import retry
from ingest.steps import Steps
from ingest.submit import Options, Submitted, submit
from ingest.worker import work
from llm.errors import NoKey
from settings import Settings
from tests.fake_openai import Asked, FakeOpenAI, Raw, Reply, Status, Words, structured
from tests.graph_samples import empty

DOCUMENTS, PARAGRAPHS = 5, 4
OPTIONS = Options(extractor="statements", model="gpt-4o-mini")


@pytest.fixture
def server() -> Iterator[FakeOpenAI]:
    with FakeOpenAI() as running:
        yield running


@pytest.fixture
def settings(server: FakeOpenAI, embedded_server: Settings) -> Iterator[Settings]:
    for_test = replace(embedded_server, openai_api_key="sk-x", openai_base_url=server.url, calls_at_once=8)
    _empty(for_test)
    yield for_test
    _empty(for_test)


def _empty(settings: Settings) -> None:
    with Store(settings) as store:
        empty(store)


def handed_in(store: Store, settings: Settings, folder: Path) -> Submitted:
    """Some documents, each of whose passages says something of its own."""
    for number in range(DOCUMENTS):
        parts = [
            f"## Part {part}\n\n" + f"Ole Worm showed tusk {number}-{part} in Copenhagen. " * 18
            for part in range(PARAGRAPHS)
        ]
        (folder / f"{number}.md").write_text("\n\n".join(parts))
    return submit(store, settings, [folder], OPTIONS)


def claims(asked: Asked) -> Words:
    """One claim of the passage, in its own words."""
    passage = asked.prompt.rsplit("<<<PASSAGE", 1)[1]
    quote = passage[passage.index("Ole Worm") : passage.index(" in Copenhagen")]
    claim = {
        "subject": "Ole Worm",
        "subject_type": "Person",
        "predicate": "showed",
        "object": quote.removeprefix("Ole Worm showed "),
        "object_type": "Object",
        "quote": quote,
    }
    return structured({"statements": [claim]}, wait=0.3)


def pieces(store: Store, submitted: Submitted) -> list[Chunk]:
    return [chunk for id_ in submitted.queued for chunk in store.documents.all_chunks(id_)]


def test_several_documents_are_read_at_once(settings: Settings, server: FakeOpenAI, tmp_path: Path) -> None:
    server.default = claims
    with Store(settings) as store:
        submitted = handed_in(store, settings, tmp_path)
        work(settings, idle=0.1)
        chunks = pieces(store, submitted)
        assert {chunk.state for chunk in chunks} == {State.DONE} and all(chunk.embedded for chunk in chunks)
        assert server.most_at_once == 8 and 15 < len(chunks) <= len(server.chats()) <= len(chunks) + ALWAYS_TWICE + 1
        found = store.explore.claims_of_chunks([chunk.id for chunk in chunks])
        assert len(found) >= DOCUMENTS * PARAGRAPHS and all(claim.source.supported for claim in found)
        assert store.queue.left() == {} and not any(store.check().values())


def test_whatever_the_server_does_each_passage_is_done_or_has_a_reason(
    settings: Settings, server: FakeOpenAI, tmp_path: Path
) -> None:
    chance, lock = random.Random(3), threading.Lock()

    def troubled(asked: Asked) -> Reply:
        with lock:
            number = chance.random()
        if number < 0.12:
            return Status(429, headers={"retry-after": "0.2"})
        if number < 0.2:
            return Status(500)
        if number < 0.3:
            return Raw(b'{"choices": [{"message": {"content": "{\\"statements\\": [{"}}]}')
        return claims(asked)

    server.default = troubled
    with Store(settings) as store:
        submitted = handed_in(store, settings, tmp_path)
        work(settings, idle=0.1)
        chunks = pieces(store, submitted)
        assert {chunk.state for chunk in chunks} <= {State.DONE, State.FAILED}
        assert all(chunk.failure for chunk in chunks if chunk.state is State.FAILED)
        done = sum(chunk.state is State.DONE for chunk in chunks)
        assert done > 0.9 * len(chunks), "an answer that is of no use is asked for once more"
        assert store.queue.left() == {} and not any(store.check().values())


def test_a_key_that_is_not_taken_is_told_on_the_document_and_not_tried_for_each_passage(
    settings: Settings, server: FakeOpenAI, tmp_path: Path
) -> None:
    server.default = Status(401)
    long = "\n\n".join(
        f"## Part {part}\n\n" + f"Ole Worm showed tusk {part} in Copenhagen. " * 18 for part in range(24)
    )
    (tmp_path / "long.md").write_text(long)
    with Store(settings) as store:
        submitted = submit(store, settings, [tmp_path], OPTIONS)
        work(settings, idle=0.1)
        (document,) = store.documents.by_ids(submitted.queued).values()
        assert document.state is State.FAILED and document.failure is not None
        assert document.failure.code == "BadKey" and store.queue.left() == {}
        chunks = pieces(store, submitted)
        assert {chunk.state for chunk in chunks} == {State.FAILED} and len(chunks) >= 24 > 2 * settings.calls_at_once
        assert all(chunk.failure and chunk.failure.code == "BadKey" for chunk in chunks)
        assert len(server.chats()) <= 2 * settings.calls_at_once
        server.default = claims
        assert len(retry(store, document.id)) == 1
        work(settings, idle=0.1)
        assert {chunk.state for chunk in pieces(store, submitted)} == {State.DONE}


def test_without_a_key_it_fails_and_is_read_when_there_is_one(
    settings: Settings, server: FakeOpenAI, tmp_path: Path
) -> None:
    server.default = claims
    without = replace(settings, openai_api_key=None, openai_base_url=None)
    with Store(settings) as store:
        with pytest.raises(NoKey):
            submit(store, without, [tmp_path], OPTIONS)
        with pytest.raises(NoModelNamed):
            submit(store, settings, [tmp_path], replace(OPTIONS, model=None))
        submitted = handed_in(store, settings, tmp_path)
        work(without, idle=0.1)
        documents = store.documents.by_ids(submitted.queued).values()
        assert {document.failure.code for document in documents if document.failure} == {"NoKey"}
        assert len(retry(store, None)) == DOCUMENTS
        work(settings, idle=0.1)
        assert {chunk.state for chunk in pieces(store, submitted)} == {State.DONE} and store.queue.left() == {}


def test_a_bug_of_ours_is_told_and_stops_neither_the_worker_nor_the_others(
    settings: Settings, server: FakeOpenAI, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.default = claims
    steps = Steps.extracted

    def with_a_bug(self: Steps, document: Document) -> None:
        if document.title == "Number 2":
            raise RuntimeError("a bug")
        steps(self, document)

    monkeypatch.setattr(Steps, "extracted", with_a_bug)
    monkeypatch.setattr(by_model, "SURPRISES", 1)
    for number in (1, 2):
        (tmp_path / f"{number}.md").write_text(f"# Number {number}\n\nOle Worm showed tusk {number} in Copenhagen.")
    with Store(settings) as store:
        submitted = submit(store, settings, [tmp_path / "2.md"], OPTIONS)
        work(settings, idle=0.1)
        (document,) = store.documents.by_ids(submitted.queued).values()
        assert document.failure is not None and (document.state, document.failure.code) == (State.FAILED, "Unexpected")
        submitted = submit(store, settings, [tmp_path / "1.md"], OPTIONS)
        work(settings, idle=0.1)
        assert store.documents.by_ids(submitted.queued)[submitted.queued[0]].state is State.DONE
        assert store.queue.left() == {}


def test_what_is_cancelled_is_asked_no_more(settings: Settings, server: FakeOpenAI, tmp_path: Path) -> None:
    server.default = lambda asked: replace(claims(asked), wait=1.0)
    with Store(settings) as store:
        submitted = handed_in(store, settings, tmp_path)
        working = threading.Thread(target=work, args=(replace(settings, calls_at_once=2), 0.1))
        working.start()
        end = time.monotonic() + 30
        while not server.chats():
            assert time.monotonic() < end
            time.sleep(0.02)
        store.queue.cancel(submitted.job.id)
        working.join(20)
        assert not working.is_alive() and len(server.chats()) < DOCUMENTS * PARAGRAPHS / 2
        assert store.queue.left() == {} and not any(store.check().values())
