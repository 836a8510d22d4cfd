"""Reading by a model: wall time over the ideal, on a server that takes a second for each call and so many at once.

`python -m bench.ingest [--chunks 200] [--latency 1] [--at-once 16] [--troubled] [--rivals] [--json]` imports documents
of ten passages with the extractor `statements` and vectors from the same server; the worker runs already. The ideal is
the passages' calls, as many at once as may be, and nothing else (`share`, goal: at most 1.1). We also give each claim
its vector, which cannot be asked for before the last claims are there: that is one call more, however many places are
free, so `over_least` is wall time over the least that this takes. With `--troubled` the server answers 10 % of all
calls with 429, 5 % with 500, 5 % with broken JSON, and 2 % never: all passages must end done or failed with a reason
(goal: at most 1.5). `--rivals` gives the same passages, in the same run, to LangChain's LLMGraphTransformer and, where
neo4j-graphrag can be imported and Neo4j be started, to its SimpleKGPipeline.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import random
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import settings as configuration
from bench import ingest_rivals
from graph.embedded import stop_server
from graph.store import Store
from graph.types import State
from ingest.submit import Options, submit
from ingest.worker import ensure_worker, keep_worker, stop_worker
from settings import Settings
from tests.fake_openai import Asked, FakeOpenAI, Hang, Reply, Status, Words, structured

PER_DOCUMENT = 10
EMBEDDING = "openai:text-embedding-3-small@384"
DIMENSIONS = 384
SEED = 7
REFUSED = Status(429, headers={"retry-after": "1"})
"""One too many: said at once, as providers' gateways do, while an error or nonsense takes as long as an answer."""


class BusyServer(FakeOpenAI):
    """Takes its time, and no more calls at once than it likes; on request with trouble."""

    def __init__(self, latency: float, at_once: int) -> None:
        super().__init__(DIMENSIONS)
        self.latency, self.troubled = latency, False
        # Its threads share a process with whoever measures: none should wait long for its turn.
        sys.setswitchinterval(0.001)
        self.refused = 0
        self._places = threading.Semaphore(at_once)
        self._chance = random.Random(SEED)
        self._chances = threading.Lock()

    def next_reply(self, asked: Asked) -> Reply:
        if not self._places.acquire(blocking=False):
            self.refused += 1
            return REFUSED
        try:
            trouble = self._trouble(asked) if self.troubled else None
            if not isinstance(trouble, Hang) and trouble != REFUSED:
                self.sleep(self.latency)
            return trouble or super().next_reply(asked)
        finally:
            self._places.release()

    def _trouble(self, asked: Asked) -> Reply | None:
        with self._chances:
            number = self._chance.random()
        if number < 0.10:
            return REFUSED
        if number < 0.15:
            return Status(500)
        if number < 0.17:
            return Hang(120)
        broken = number < 0.22 and not asked.path.endswith("/embeddings")
        return Words('{"statements": [{"subject": "Ole') if broken else None


@dataclass(frozen=True, slots=True)
class Result:
    """Seconds, and what became of the passages; `share` is wall time over the ideal.

    `over_least` is the same over the ideal and one call for the last vectors, where they are of what was found.
    """

    name: str
    passages: int
    seconds: float
    ideal: float
    share: float
    over_least: float
    done: int
    failed: int
    lost: int
    calls: int
    embedded: int | None = None
    """Passages with a vector; None where a program is not asked."""


def answer(asked: Asked) -> Reply:
    """What each of the programs wants to hear, made of the words it sent."""
    passage = asked.prompt
    number = passage[passage.rindex("tusk ") + 5 :].split(" ", 1)[0]
    if "<<<PASSAGE" in passage:
        claim = {"subject": "Ole Worm", "predicate": "showed", "object": f"tusk {number}"}
        types = {"subject_type": "Person", "object_type": "Object"}
        return structured({"statements": [claim | types | {"quote": f"Ole Worm showed tusk {number}"}]})
    return ingest_rivals.answer(asked, number)


def texts(count: int) -> list[str]:
    """Passages that say something of their own."""
    return [f"Ole Worm showed tusk {n} to his guests in Copenhagen. " * 14 for n in range(count)]


def write(folder: Path, passages: Sequence[str]) -> None:
    """The passages as documents."""
    folder.mkdir()
    for number in range(0, len(passages), PER_DOCUMENT):
        parts = [f"## Number {number + i}\n\n{text}" for i, text in enumerate(passages[number : number + PER_DOCUMENT])]
        (folder / f"{number:05d}.md").write_text("\n\n".join(parts))


def ours(server: BusyServer, settings: Settings, passages: Sequence[str], folder: Path, troubled: bool) -> Result:
    """Import the passages through the worker, as the app does."""
    options = Options(extractor="statements", model="gpt-4o-mini")
    write(folder, passages)
    with Store(settings) as store:
        store.embeddings.start_anew(EMBEDDING, DIMENSIONS)
        _warm_up(store, settings, folder.parent, options)
        server.troubled = troubled
        before = len(server.requests)
        began = time.perf_counter()
        submitted = submit(store, settings, [folder], options)
        while store.queue.left():
            keep_worker(settings)
            time.sleep(0.1)
        seconds = time.perf_counter() - began
        chunks = [chunk for id_ in submitted.queued for chunk in store.documents.all_chunks(id_)]
        stop_worker(settings)
    done = sum(chunk.state is State.DONE for chunk in chunks)
    failed = sum(chunk.state is State.FAILED and chunk.failure is not None for chunk in chunks)
    ideal = math.ceil(len(chunks) / settings.calls_at_once) * server.latency
    return Result(
        "Wunderkammer",
        len(chunks),
        round(seconds, 2),
        ideal,
        round(seconds / ideal, 3),
        round(seconds / (ideal + server.latency), 3),
        done,
        failed,
        len(chunks) - done - failed,
        len(server.requests) - before,
        sum(chunk.embedded for chunk in chunks),
    )


def _warm_up(store: Store, settings: Settings, folder: Path, options: Options) -> None:
    """A worker that runs, with what it imports on its first document."""
    (folder / "warm.md").write_text("Ole Worm showed tusk 0 to his guests.")
    submit(store, settings, [folder / "warm.md"], options)
    while store.queue.left():
        ensure_worker(settings)
        time.sleep(0.1)


def main(arguments: Sequence[str] | None = None) -> int:
    """Entry of the command."""
    parser = argparse.ArgumentParser(prog="python -m bench.ingest", description=__doc__)
    parser.add_argument("--chunks", type=int, default=200)
    parser.add_argument("--latency", type=float, default=1.0)
    parser.add_argument("--at-once", type=int, default=16)
    parser.add_argument("--troubled", action="store_true")
    parser.add_argument("--rivals", action="store_true")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args(arguments)
    passages = texts(given.chunks)
    with (
        tempfile.TemporaryDirectory(prefix="wunderkammer-bench-") as folder,
        BusyServer(given.latency, given.at_once) as server,
    ):
        server.default = answer
        # The worker is a process of its own and reads the environment.
        os.environ |= {
            "WUNDERKAMMER_HOME": f"{folder}/home",
            "OPENAI_API_KEY": "sk-bench",
            "OPENAI_BASE_URL": server.url,
            "WUNDERKAMMER_CALLS": str(given.at_once),
        }
        settings = configuration.read()
        results = [ours(server, settings, passages, Path(folder, "ours"), given.troubled)]
        if given.rivals:
            results += [Result(**row) for row in ingest_rivals.run(server.url, passages, given.at_once, given.latency)]
        stop_server(settings)
    print(json.dumps([asdict(r) for r in results]) if given.json else "\n".join(map(str, results)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
