"""What finding names alike costs as a cabinet grows: `python -m bench.resolve_growth [--sizes 10000 100000] [--json]`.

Made-up names of people in an embedded database of its own; 200 of them are compared with all others at each size.
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from graph.embedded import stop_server
from graph.name_variants import GIVEN
from graph.store import Store
from graph.types import Chunk, Document, Entity, Extraction, Mention, make_id
from ingest.resolving import resolve_document
from settings import Settings

PER_CHUNK, PER_DOCUMENT = 50, 10_000
COMPARED = 200
_SYLLABLES = (
    "ha ber mann lin den berg stein hof wald kra mer schu mai er ro sen feld bach gar ten win ter ol brandt".split()
)


def name(dice: random.Random) -> str:
    """A given name of the table and a made-up family name, as people have them: many share one of the two."""
    family = "".join(dice.choice(_SYLLABLES) for _ in range(dice.choice((2, 3, 3))))
    return f"{dice.choice(sorted(GIVEN)).title()} {family.title()}"


def fill(store: Store, names: Sequence[str], title: str) -> str:
    """A document that names these; returns its id."""
    of = Document(make_id("document", title), title, title, "text/plain")
    parts = [names[at : at + PER_CHUNK] for at in range(0, len(names), PER_CHUNK)]
    pieces = [Chunk(make_id("chunk", of.id, i), of.id, i, ", ".join(p), i, i + 1) for i, p in enumerate(parts)]
    store.documents.put([of], "read")
    store.documents.put_chunks(of, pieces, "read", "none")
    found = []
    for piece, part in zip(pieces, parts, strict=True):
        entities = [Entity(Entity.make_id(of.collection, each), each, type="Person", trust=2) for each in part]
        found.append(Extraction(piece.id, tuple(Mention(piece.id, entity) for entity in entities)))
    for at in range(0, len(found), 20):
        store.claims.put(found[at : at + 20], of.collection)
    return of.id


def grow(sizes: Sequence[int], home: Path) -> list[dict[str, float]]:
    """Seconds to compare 200 new names, and the memory of this process, at each size of the cabinet."""
    settings, dice, results = Settings(home=home), random.Random(7), []
    try:
        with Store(settings) as store:
            for size in sizes:
                while (have := store.stats(["default"])["entities"]) < size:
                    wanted = min(PER_DOCUMENT, size - have)
                    fill(store, [name(dice) for _ in range(wanted)], f"{have}")
                new = fill(store, [name(dice) for _ in range(COMPARED)], f"new {size}")
                began = time.perf_counter()
                done = resolve_document(store.resolution, new)
                seconds = time.perf_counter() - began
                memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
                results.append(
                    {"entities": size, "ms_per_name": round(1000 * seconds / COMPARED, 1), "memory_mb": round(memory),
                     "merged": done.merged, "suggested": done.suggested}
                )  # fmt: skip
                print(results[-1], file=sys.stderr, flush=True)
    finally:
        stop_server(settings)
    return results


def main(arguments: Sequence[str] | None = None) -> int:
    """Entry of the command."""
    parser = argparse.ArgumentParser(prog="python -m bench.resolve_growth", description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=[1_000, 10_000, 100_000])
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        results = grow(given.sizes, Path(folder))
    print(json.dumps({"growth": results}) if given.json else "\n".join(map(str, results)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
