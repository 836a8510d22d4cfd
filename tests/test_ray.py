"""Work on a real Ray cluster: what it brings is what this program would have found, whoever goes away meanwhile."""

from __future__ import annotations

import json
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from bench.faults import Graph, snapshot
from graph.store import Store
from graph.types import State
from ingest import worker
from ingest.cluster import Cluster
from ingest.cluster_errors import ClusterDiffers, ClusterError, NoClusterAddress, RayNotInstalled
from ingest.submit import Options, Submitted, submit
from ingest.worker import work
from scripts import doctor_cluster
from scripts.doctor_lines import BROKEN, WELL
from settings import Settings
from tests.fake_openai import JSON, Asked, FakeOpenAI, Words, structured
from tests.graph_samples import empty
from tests.ray_nodes import RayNodes

KEY = "sk-planted-0123456789abcdef"
PASSAGES = 12
NOBODY = "127.0.0.1:9"


@pytest.fixture(scope="module")
def server() -> Iterator[FakeOpenAI]:
    with FakeOpenAI() as running:
        yield running


@pytest.fixture(scope="module")
def nodes() -> Iterator[RayNodes]:
    with RayNodes(2) as running:
        yield running
        assert KEY.encode() not in running.written(), "also where computers went away in the middle"
    left = [each for each in psutil.process_iter(["cmdline"]) if str(running.folder) in str(each.info["cmdline"])]
    assert not left and not running.folder.exists()


@pytest.fixture(scope="module")
def here(server: FakeOpenAI, embedded_server: Settings) -> Iterator[Settings]:
    """Settings without a cluster."""
    settings = replace(embedded_server, openai_api_key=KEY, openai_base_url=server.url, calls_at_once=4)
    yield settings
    with Store(settings) as store:
        empty(store)


@pytest.fixture(scope="module")
def papers(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A document of which a model is asked, and two whose names are found without one."""
    folder = tmp_path_factory.mktemp("papers")
    parts = [f"## Part {n}\n\n" + f"Ole Worm showed tusk {n} in Copenhagen. " * 18 for n in range(PASSAGES)]
    (folder / "asked.md").write_text("\n\n".join(parts))
    for n in range(2):
        text = f"Rudolf II of Prague kept narwhal tusk {n} and wrote to Philipp Hainhofer in Augsburg. " * 9
        (folder / f"named-{n}.txt").write_text(text)
    return folder


@pytest.fixture(scope="module")
def expected(server: FakeOpenAI, here: Settings, papers: Path) -> Graph:
    """What comes of the papers without a cluster."""
    server.default = claims
    graph, paid = imported(here, papers)
    assert paid == len(server.chats())
    return graph


def claims(asked: Asked) -> Words:
    """One claim of the passage, in its own words."""
    passage = asked.prompt.rsplit("<<<PASSAGE", 1)[1]
    number = passage[passage.index("tusk ") + 5 :].split(" ", 1)[0]
    claim = {"subject": "Ole Worm", "subject_type": "Person", "predicate": "showed", "object_type": "Object"}
    return structured({"statements": [claim | {"object": f"tusk {number}", "quote": f"Worm showed tusk {number}"}]})


def in_order(body: JSON) -> str:
    return json.dumps(body, sort_keys=True)


def handed_in(store: Store, settings: Settings, papers: Path) -> list[Submitted]:
    asked = Options(extractor="statements", model="gpt-4o-mini")
    empty(store)
    return [
        submit(store, settings, [papers / "asked.md"], asked),
        submit(store, settings, sorted(papers.glob("named-*")), Options()),
    ]


def imported(settings: Settings, papers: Path) -> tuple[Graph, int]:
    """The graph that comes of the papers, and how many calls stand in it as paid."""
    with Store(settings) as store:
        submitted = handed_in(store, settings, papers)
        work(settings, idle=0.1)
        jobs = [store.queue.job(each.job.id) for each in submitted]
        return finished(store, submitted), sum(job.use.calls for job in jobs if job)


def finished(store: Store, submitted: list[Submitted]) -> Graph:
    chunks = [chunk for each in submitted for id_ in each.queued for chunk in store.documents.all_chunks(id_)]
    assert chunks and {chunk.state for chunk in chunks} == {State.DONE}
    assert all(chunk.embedded for chunk in chunks)
    assert store.queue.left() == {} and not any(store.check().values())
    return snapshot(store)


@pytest.mark.slow
def test_a_cluster_finds_what_is_found_here_and_keys_stay_out_of_its_files(
    server: FakeOpenAI, here: Settings, nodes: RayNodes, papers: Path, expected: Graph
) -> None:
    asked = [each.body for each in server.chats()]
    graph, paid = imported(replace(here, ray_address=nodes.address), papers)
    there = [each.body for each in server.chats()][len(asked) :]
    assert graph == expected and paid == len(there)
    assert {*map(in_order, there)} == {*map(in_order, asked)}, "the server is asked the very same"
    assert {each.headers["authorization"] for each in server.chats()} == {f"Bearer {KEY}"}
    written = nodes.written()
    assert (b"class Desk:" in written, KEY.encode() in written) == (True, False), "our code is there, no key is"
    assert doctor_cluster.cluster(replace(here, ray_address=nodes.address))[0].state == WELL


@pytest.mark.slow
def test_a_computer_that_goes_away_costs_a_try_and_nothing_is_stored_twice(
    server: FakeOpenAI, here: Settings, nodes: RayNodes, papers: Path, expected: Graph
) -> None:
    killed = threading.Event()
    before = len(server.chats())

    def slow(asked: Asked) -> Words:
        if len(server.chats()) - before >= PASSAGES // 2 and not killed.is_set():
            killed.set()
            assert nodes.kill() > 1
        return replace(claims(asked), wait=0.3)

    server.default = slow
    graph, paid = imported(replace(here, ray_address=nodes.address), papers)
    assert graph == expected and killed.is_set()
    asked = len(server.chats()) - before
    assert PASSAGES < asked <= paid <= asked + here.calls_at_once, (
        "what was on its way there was asked, and paid, again"
    )


@pytest.mark.slow
def test_a_cluster_that_goes_away_or_was_never_there_keeps_documents_waiting(
    server: FakeOpenAI, here: Settings, nodes: RayNodes, papers: Path, expected: Graph, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "TROUBLE_ROUNDS", 2)
    gone = threading.Event()

    def last_words(asked: Asked) -> Words:
        if not gone.is_set():
            gone.set()
            nodes.kill_head()
        return replace(claims(asked), wait=0.3)

    server.default = last_words
    with Store(here) as store:
        submitted = handed_in(store, here, papers)
        for address in (nodes.address, NOBODY):
            work(replace(here, ray_address=address), idle=0.1)
            assert gone.is_set() and sum(store.queue.left().values()) == 3
            documents = store.documents.by_ids([id_ for each in submitted for id_ in each.queued]).values()
            told = [each.failure for each in documents if each.failure]
            assert {each.code for each in told} == {"ClusterUnreachable"}
            assert address in " ".join(each.say("de") for each in told)
        server.default = claims
        work(here, idle=0.1)
        assert finished(store, submitted) == expected
    line = doctor_cluster.cluster(replace(here, ray_address=NOBODY))[0]
    assert line.state == BROKEN and f"ray start --address={NOBODY}" in line.found[0]
    assert doctor_cluster.cluster(here) == []


def test_a_cluster_that_was_never_there_keeps_documents_waiting(
    here: Settings, papers: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "TROUBLE_ROUNDS", 1)
    with Store(here) as store:
        empty(store)
        submitted = submit(store, here, [papers / "named-0.txt"], Options())
        work(replace(here, ray_address=NOBODY), idle=0.1)
        document = store.documents.by_ids(submitted.queued)[submitted.queued[0]]
        assert sum(store.queue.left().values()) == 1
        assert document.failure is not None and document.failure.code == "ClusterUnreachable"
        assert NOBODY in document.failure.say("de")
        work(here, idle=0.1)
        assert finished(store, [submitted])


def test_each_trouble_with_a_cluster_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    from ray._private.utils import check_version_info

    for address in ("ray://10.0.0.5:10001", "auto", "10.0.0.5:many"):
        with pytest.raises(NoClusterAddress):
            Cluster(address, 1).ready()
    with pytest.raises(RuntimeError) as other:
        check_version_info({"ray_version": "2.50.0", "python_version": "3.12.1"}, "10.0.0.5:6379")
    problem = Cluster("10.0.0.5:6379", 1)._differs(other.value)
    assert isinstance(problem, ClusterDiffers)
    assert "ray 2.50.0, Python 3.12.1" in problem.text("de") and sys.version.split()[0] in problem.text("en")
    monkeypatch.setitem(sys.modules, "ray", None)
    monkeypatch.setattr(Cluster, "_reach", lambda self: None)
    with pytest.raises(RayNotInstalled, match=r"requirements-team\.txt"):
        Cluster("10.0.0.5:6379", 1).ready()
    assert len(ClusterError.__subclasses__()) > 4
