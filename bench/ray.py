"""Reading by a model on a Ray cluster of two computers, one of which is killed halfway: how long, and what is lost.

`python -m bench.ray [--chunks 5000] [--latency 1] [--at-once 32] [--only] [--json]` imports the same passages twice,
from a server that takes so many seconds for each call: on both computers to the end, while the server is ten times as
quick; then in a new home with one computer killed (SIGKILL, its Ray and all that runs there) once half of the passages
were asked about. The two graphs are compared node by node; `--only` leaves out the first and the comparison. The ideal
is the passages' calls, as many at once as may be, and nothing else (`share`, goal: at most 1.2). Both computers, the
head, the server, the database and the worker share this machine.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import settings as configuration
from bench.faults import Graph, snapshot
from bench.ingest import DIMENSIONS, EMBEDDING, BusyServer
from graph.embedded import stop_server
from graph.store import Store
from graph.types import DEFAULT_COLLECTION
from ingest.submit import Options, submit
from ingest.worker import ensure_worker, keep_worker, stop_worker
from settings import Settings
from tests.fake_openai import Asked, Reply, structured
from tests.ray_nodes import RayNodes

PER_DOCUMENT = 50
CALM = 10
"""So many times quicker the server answers where nothing is measured but what comes of it."""
_SYLLABLES = [a + b for a in "bdfgklmnprstvwz" for b in ("a", "e", "i", "o", "u", "ar", "en", "il")]
_OPTIONS = Options(extractor="statements", model="gpt-4o-mini")


@dataclass(frozen=True, slots=True)
class Result:
    """Seconds, and what became of the passages; `share` is wall time over the ideal."""

    passages: int
    seconds: float
    ideal: float
    share: float
    states: dict[str, int]
    counts: dict[str, int]
    asked: int
    """Requests about passages that reached the server."""
    asked_again: int
    """Passages that it was asked about more than once: what the killed computer had asked, and what was late."""
    paid: int
    """Calls that stand in the import as paid, those for vectors among them."""
    most_at_once: int
    killed: int
    """Processes that were killed."""
    violations: int
    sound: bool
    """Whether `python -m graph check` says so."""
    missing: int = 0
    extra: int = 0
    load: float = 0.0
    """Programs that waited for one of the machine's processors at the end, over a minute."""


def name(number: int) -> str:
    """A name that is like no other: whom names that are alike may mean takes longer to see than to read them."""
    dice = random.Random(number)
    return " ".join("".join(dice.choice(_SYLLABLES) for _ in range(4)).capitalize() for _ in range(2)) + f"{number}"


def texts(count: int) -> list[str]:
    """Passages that say something of their own."""
    return [f"Ole Worm showed {name(n)} to his guests in Copenhagen. " * 11 for n in range(count)]


def answer(asked: Asked) -> Reply:
    """The one claim of a passage."""
    passage = asked.prompt.rsplit("<<<PASSAGE", 1)[1]
    shown = passage[passage.index("showed ") + 7 : passage.index(" to his guests")]
    claim = {"subject": "Ole Worm", "subject_type": "Person", "predicate": "showed", "object_type": "Object"}
    return structured({"statements": [claim | {"object": shown, "quote": f"Ole Worm showed {shown}"}]})


def write(folder: Path, passages: Sequence[str]) -> None:
    """The passages as documents."""
    folder.mkdir(parents=True)
    for number in range(0, len(passages), PER_DOCUMENT):
        parts = [f"## Number {number + i}\n\n{text}" for i, text in enumerate(passages[number : number + PER_DOCUMENT])]
        (folder / f"{number:05d}.md").write_text("\n\n".join(parts))


def run(settings: Settings, folder: Path, server: BusyServer, nodes: RayNodes, kill: bool) -> tuple[Graph, Result]:
    """Import a folder with a worker that runs already, and kill a computer at half of it if wanted."""
    try:
        return _run(settings, folder, server, nodes, kill)
    finally:
        stop_worker(settings)
        stop_server(settings)


def _run(settings: Settings, folder: Path, server: BusyServer, nodes: RayNodes, kill: bool) -> tuple[Graph, Result]:
    with Store(settings) as store:
        store.embeddings.start_anew(EMBEDDING, DIMENSIONS)
        (folder.parent / "warm.md").write_text("Ole Worm showed a tusk to his guests.")
        submit(store, settings, [folder.parent / "warm.md"], _OPTIONS)
        while store.queue.left():
            ensure_worker(settings)
            time.sleep(0.1)
        server.requests.clear()
        server.most_at_once = killed = 0
        began = time.perf_counter()
        submitted = submit(store, settings, [folder], _OPTIONS)
        half = sum(1 for _ in folder.iterdir()) * PER_DOCUMENT // 2
        while store.queue.left():
            keep_worker(settings)
            if kill and not killed and len(server.requests) > half:
                killed = nodes.kill()
            time.sleep(0.1)
        seconds = time.perf_counter() - began
        chunks = [chunk for id_ in submitted.queued for chunk in store.documents.all_chunks(id_)]
        job = store.queue.job(submitted.job.id)
        about = Counter(asked.prompt for asked in server.chats())
        ideal = len(chunks) * server.latency / settings.calls_at_once
        stop_worker(settings)
        check = subprocess.run([sys.executable, "-m", "graph", "check"], capture_output=True, check=False)
        result = Result(
            len(chunks),
            round(seconds, 1),
            round(ideal, 1),
            round(seconds / ideal, 3),
            dict(Counter(chunk.state.value for chunk in chunks)),
            store.stats((DEFAULT_COLLECTION,)),
            sum(about.values()),
            sum(times > 1 for times in about.values()),
            job.use.calls if job else 0,
            server.most_at_once,
            killed,
            sum(store.check().values()),
            check.returncode == 0,
            load=round(os.getloadavg()[0], 1),
        )
        return snapshot(store), result


def compare(chunks: int, latency: float, at_once: int, only: bool = False) -> list[Result]:
    """Undisturbed, then with a computer killed; the second says what it lacks or has too much.

    With `only`, the second alone, which is then compared with nothing.
    """
    expected: Graph | None = None
    results: list[Result] = []
    with (
        tempfile.TemporaryDirectory(prefix="wunderkammer-bench-") as folder,
        BusyServer(latency / CALM, 4 * at_once) as server,
        RayNodes(2) as nodes,
    ):
        server.default = answer
        write(Path(folder, "texts"), texts(chunks))
        # The worker is a process of its own and reads the environment.
        os.environ |= {
            "OPENAI_API_KEY": "sk-bench",
            "OPENAI_BASE_URL": server.url,
            "WUNDERKAMMER_CALLS": str(at_once),
            "RAY_ADDRESS": nodes.address,
        }
        if not only:
            os.environ["WUNDERKAMMER_HOME"] = f"{folder}/calm"
            expected, calm = run(configuration.read(), Path(folder, "texts"), server, nodes, kill=False)
            print(calm, file=sys.stderr)
            results.append(calm)
        server.latency = latency
        os.environ["WUNDERKAMMER_HOME"] = f"{folder}/storm"
        graph, storm = run(configuration.read(), Path(folder, "texts"), server, nodes, kill=True)
    if expected is None:
        return [storm]
    missing, extra = expected - graph, graph - expected
    for line in [*[f"missing: {each}" for each in missing][:3], *[f"extra: {each}" for each in extra][:3]]:
        print(line, file=sys.stderr)
    return [*results, Result(**asdict(storm) | {"missing": missing.total(), "extra": extra.total()})]


def main(arguments: Sequence[str] | None = None) -> int:
    """Entry of the command; 1 when anything was lost, doubled or left undone."""
    parser = argparse.ArgumentParser(prog="python -m bench.ray", description=__doc__)
    parser.add_argument("--chunks", type=int, default=5000)
    parser.add_argument("--latency", type=float, default=1.0)
    parser.add_argument("--at-once", type=int, default=32)
    parser.add_argument("--only", action="store_true", help="without the undisturbed run to compare with")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args(arguments)
    results = compare(given.chunks, given.latency, given.at_once, given.only)
    print(json.dumps([asdict(r) for r in results]) if given.json else "\n".join(map(str, results)))
    storm = results[-1]
    whole = set(storm.states) == {"done"} and not (storm.missing or storm.extra or storm.violations)
    return 0 if whole and storm.sound and storm.killed else 1


if __name__ == "__main__":
    sys.exit(main())
