"""What it costs to write a document, in an empty graph and in a big one; statements per second.

`python -m bench.store [--entities 100000] [--json]` fills a graph to 1,000 entities, times documents of 20 chunks,
fills it up, times such documents again, and prints the medians and their ratio (goal: at most 1.3). With NEO4J_URI set
it measures that server, otherwise the embedded one in a folder of its own.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import settings as configuration
from graph.embedded import stop_server
from graph.store import Store
from graph.types import DEFAULT_COLLECTION, Chunk, Document, Entity, Extraction, Mention, Source, Statement, make_id

CHUNKS = 20
STATEMENTS_PER_CHUNK = 5
SMALL = 1_000


@dataclass(frozen=True, slots=True)
class Result:
    """Medians over the timed documents, in milliseconds; `ratio` is that of the big graph to the small one."""

    engine: str
    small_entities: int
    big_entities: int
    small_ms: float
    big_ms: float
    ratio: float
    statements_per_second: float


def entity(number: int) -> Entity:
    """One of the graph's entities."""
    name = f"Person {number}"
    return Entity(Entity.make_id(DEFAULT_COLLECTION, name), name, type="Person", trust=2)


def write(store: Store, name: str, numbers: Sequence[int]) -> tuple[float, int]:
    """Write one document whose chunks make claims about these entities; seconds and number of claims."""
    document = Document(make_id("document", name), name, f"{name}.txt", "text/plain", added_at=name)
    chunks = [
        Chunk(make_id("chunk", document.id, i), document.id, i, f"Passage {i} of {name}", i * 100, i * 100 + 90, page=1)
        for i in range(CHUNKS)
    ]
    found = []
    per_chunk = max(2, len(numbers) // CHUNKS)
    for chunk in chunks:
        here = [entity(n) for n in numbers[chunk.index * per_chunk : (chunk.index + 1) * per_chunk]]
        claims = tuple(
            Statement(a, "KNOWS", b, f"{a.name} knows {b.name}", Source(chunk.id, "", chunk.start, chunk.end, True))
            for a, b in zip(here, here[1:] + here[:1], strict=True)
        )
        found.append(Extraction(chunk.id, tuple(Mention(chunk.id, e) for e in here), claims))
    began = time.perf_counter()
    store.documents.put([document], "read")
    store.documents.put_chunks(document, chunks, "read", "none")
    store.claims.put(found, DEFAULT_COLLECTION)
    return time.perf_counter() - began, sum(len(x.statements) for x in found)


def fill(store: Store, upto: int, start: int) -> None:
    """Write documents of 1,000 new entities each until there are so many."""
    for begin in range(start, upto, 1_000):
        write(store, f"fill {begin}", range(begin, min(begin + 1_000, upto)))


def timed(store: Store, label: str, entities: int, documents: int, dice: random.Random) -> tuple[float, float]:
    """Median milliseconds of a document that names 100 existing entities, and claims per second."""
    times, claims = [], 0
    for number in range(documents):
        seconds, count = write(store, f"{label} {number}", dice.sample(range(entities), CHUNKS * STATEMENTS_PER_CHUNK))
        times.append(seconds)
        claims += count
    return statistics.median(times) * 1000, claims / sum(times)


def measure(store: Store, entities: int, documents: int) -> Result:
    """Time documents at 1,000 entities and at `entities`."""
    dice = random.Random(5)
    fill(store, SMALL, 0)
    timed(store, "warm", SMALL, 20, dice)
    small, _ = timed(store, "small", SMALL, documents, dice)
    fill(store, entities, SMALL)
    timed(store, "warm again", entities, 10, dice)
    big, rate = timed(store, "big", entities, documents, dice)
    return Result(store.engine, SMALL, entities, round(small, 1), round(big, 1), round(big / small, 2), round(rate))


def main(arguments: Sequence[str] | None = None) -> int:
    """Entry of the command."""
    parser = argparse.ArgumentParser(prog="python -m bench.store", description=__doc__)
    parser.add_argument("--entities", type=int, default=100_000)
    parser.add_argument("--documents", type=int, default=30)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="wunderkammer-bench-") as folder:
        settings = configuration.read(dict(os.environ) | {"WUNDERKAMMER_HOME": str(Path(folder))})
        with Store(settings) as store:
            result = measure(store, given.entities, given.documents)
        if not settings.neo4j_uri:
            stop_server(settings)
    print(json.dumps(asdict(result)) if given.json else result)
    return 0


if __name__ == "__main__":
    sys.exit(main())
