"""How long exports of a large graph take, and how much memory: `python -m bench.exports [--claims N] [--formats ...]`.

A made-up cabinet on the embedded database; each export runs in a process of its own, whose peak is what is told.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from graph import cypher
from graph.connection import Connection
from graph.embedded import stop_server
from graph.export import FORMATS
from graph.rows import chunk_properties, document_properties, entity_properties
from graph.settle import create_statements
from graph.store import Store
from graph.taken import Selection
from graph.types import DEFAULT_COLLECTION, Chunk, Document, Entity, Region, State, make_id
from settings import Settings
from share.cabinet import write_cabinet

_AT_ONCE = 2000
_OF_DOCUMENT = 300
"""Claims of one document: ten to a passage."""
ARCHIVE = "archive"


def fill(database: Connection, claims: int) -> float:
    """Write so many claims, with a passage for ten and a name for three of them; seconds."""
    began = time.perf_counter()
    names = [Entity(Entity.make_id(DEFAULT_COLLECTION, f"Name {n}"), f"Name {n}", type="Person", trust=3)
             for n in range(max(2, claims // 3))]  # fmt: skip
    _put(database, cypher.MERGE_ENTITIES, [{"id": e.id, "properties": entity_properties(e)} for e in names])
    for first in range(0, claims, _AT_ONCE * 5):
        _some(database, names, range(first, min(claims, first + _AT_ONCE * 5)))
    return time.perf_counter() - began


def _some(database: Connection, names: Sequence[Entity], numbers: range) -> None:
    documents = {number // _OF_DOCUMENT for number in numbers}
    passages = {number // 10 for number in numbers}
    made = [Document(make_id("d", n), f"Document {n}", f"{n}.txt", "text/plain", state=State.DONE,
                     rights="CC BY 4.0", attribution="A museum") for n in sorted(documents)]  # fmt: skip
    _put(database, cypher.PUT_DOCUMENTS, [{"id": d.id, "properties": document_properties(d) | {"work": "none"}}
                                          for d in made])  # fmt: skip
    words = "Whoever reads this passage finds ten claims in it, and each of them has a place of its own on the page. "
    chunks = [
        Chunk(make_id("c", n), make_id("d", n * 10 // _OF_DOCUMENT), n, words * 8, n * 1000, n * 1000 + 900,
              page=n % 30 + 1, region=Region(10, 20, 300, 40), state=State.DONE)
        for n in sorted(passages)
    ]  # fmt: skip
    _put(database, cypher.PUT_CHUNKS, [{"id": c.id, "document": c.document, "properties": chunk_properties(c)}
                                       for c in chunks])  # fmt: skip
    rows: list[dict[str, Any]] = []
    sources: list[dict[str, Any]] = []
    for n in numbers:
        subject, object_ = names[n % len(names)], names[(n * 7 + 1) % len(names)]
        text = f"{subject.name} wrote to {object_.name}"
        said = {"text": text, "confidence": 0.9, "model": "made-up"}
        values = {"collection": DEFAULT_COLLECTION, "predicate": "CORRESPONDED_WITH", "state": "accepted"}
        rows.append({"id": make_id("s", n), "subject": subject.id, "object": object_.id,
                     "properties": values | said | {"embedded": False}})  # fmt: skip
        place = {"quote": words[:60], "start": n * 100, "end": n * 100 + 60, "supported": True}
        sources.append({"statement": make_id("s", n), "chunk": make_id("c", n // 10), "properties": place | said})
    for at in range(0, len(rows), _AT_ONCE):
        database.write(lambda tx, at=at: create_statements(tx, rows[at : at + _AT_ONCE]))  # type: ignore[misc]
    _put(database, cypher.CREATE_SOURCES, sources)
    named = [{"entity": names[n % len(names)].id, "chunk": make_id("c", n // 10),
              "properties": {"count": 1, "name": names[n % len(names)].name}} for n in numbers]  # fmt: skip
    _put(database, cypher.CREATE_MENTIONS, named)


def _put(database: Connection, query: str, rows: Sequence[Any]) -> None:
    for at in range(0, len(rows), _AT_ONCE):
        database.run(query, rows=rows[at : at + _AT_ONCE])


def export(home: Path, name: str, out: Path) -> dict[str, Any]:
    """One export, in this process: seconds, megabytes of the file and of memory at the most."""
    settings = Settings(home=home)
    with Store(settings) as store:
        before = _peak_mb()
        began = time.perf_counter()
        if name == ARCHIVE:
            write_cabinet(store, settings, out)
        else:
            store.exports.write(Selection((DEFAULT_COLLECTION,)), FORMATS[name], out)
        seconds = time.perf_counter() - began
    size = round(out.stat().st_size / 1e6, 1)
    memory = {"memory_mb": _peak_mb(), "memory_before_mb": before}
    return {"format": name, "seconds": round(seconds, 1), "file_mb": size} | memory


def _peak_mb() -> int:
    """Megabytes of memory at the most, of this process alone; `getrusage` counts its parent's too. Linux only."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return round(int(re.findall(r"VmHWM:\s+(\d+) kB", status)[0]) / 1e3)


def main(arguments: Sequence[str] | None = None) -> int:
    """Entry of the command."""
    parser = argparse.ArgumentParser(prog="python -m bench.exports", description=__doc__)
    parser.add_argument("--claims", type=int, default=300_000, metavar="N")
    parser.add_argument("--formats", nargs="+", default=[*FORMATS, ARCHIVE], choices=[*FORMATS, ARCHIVE])
    parser.add_argument("--one", nargs=3, metavar=("HOME", "FORMAT", "OUT"), help=argparse.SUPPRESS)
    given = parser.parse_args(arguments)
    if given.one:
        print(json.dumps(export(Path(given.one[0]), given.one[1], Path(given.one[2]))))
        return 0
    with tempfile.TemporaryDirectory(prefix="wunderkammer-exports-") as folder:
        settings = Settings(home=Path(folder, "home"))
        with Store(settings) as store:
            print(
                json.dumps({"claims": given.claims, "fill_seconds": round(fill(store._db, given.claims))}), flush=True
            )
        for name in given.formats:
            out = Path(folder, f"out-{name}{'.zip' if name in ('csv', ARCHIVE) else ''}")
            one = [sys.executable, "-m", "bench.exports", "--one", str(settings.home), name, str(out)]
            subprocess.run(one, check=True)
            out.unlink()
        stop_server(settings)
    return 0


if __name__ == "__main__":
    sys.exit(main())
