"""Writes a made-up cabinet into a new Neo4j with Neo4j's own bulk import: a million passages in minutes, not hours.

What is in it is what `bench.latency_fill` writes (`tests/test_latency.py`), but that vectors have five digits. The
indexes are made afterwards, by the server, as on any other way.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any, BinaryIO, Final

import numpy as np
import numpy.typing as npt

from bench.latency_cabinet import DIMENSIONS, MODEL, Cabinet, Passage
from bench.latency_fill import Filler, chunk_row, claim_row, document_row, mention_row, source_row
from graph import cypher
from graph.connection import Connection
from graph.export_bulk import BETWEEN
from graph.rows import entity_properties
from graph.store import Store
from graph.types import Statement
from graph.vocabulary import TYPES, relationship_type
from settings import Settings
from tests.servers import java_and_jars, start_neo4j

_SCALE: Final = 10_000
_DIGITS: Final = np.array([list(f"{n / _SCALE:+.4f}{BETWEEN}".encode()) for n in range(-_SCALE, _SCALE + 1)], np.uint8)
"""Each number that a vector may hold, as text."""
_KINDS: Final = {bool: "boolean", int: "long", float: "double", str: "string", list: "string[]"}
_TOLD: Final = 50_000


class Table:
    """A file of nodes or edges in the form of the bulk import: what a row has is told by the first one."""

    def __init__(self, path: Path, ends: Sequence[str] = (), vector: bool = False) -> None:
        self.path = path
        self._out: BinaryIO = path.open("wb", 1 << 22)
        self._ends, self._vector = list(ends), vector
        self._columns: dict[str, type] | None = None
        self.empty: set[str] = set()
        """Columns where a list is empty: the import takes that for a list that is not there."""

    def put(self, ends: Sequence[str], properties: Mapping[str, Any], vector: npt.NDArray[Any] | None = None) -> None:
        """One row: what the columns of `ends` hold, properties, and for a table of vectors its vector."""
        if self._columns is None:
            self._columns = {name: type(value) for name, value in properties.items() if value is not None}
            typed = [f"{name}:{_KINDS[kind]}" for name, kind in self._columns.items()]
            head = [*self._ends, *typed, *(["embedding:double[]"] if self._vector else [])]
            self._out.write(("\t".join(head) + "\n").encode())
        if unknown := [n for n, value in properties.items() if value is not None and n not in self._columns]:
            raise ValueError(f"{self.path.name}: the first row had no {unknown}")
        self.empty.update(name for name, value in properties.items() if value == [])
        cells = [*ends, *(_cell(properties[name]) for name in self._columns)]
        self._out.write("\t".join(cells).encode())
        if vector is not None:
            self._out.write(b"\t")
            self._out.write(_DIGITS[np.rint(vector * _SCALE).astype(np.int32) + _SCALE].tobytes()[:-1])
        self._out.write(b"\n")

    def close(self) -> bool:
        """End the file; whether anything is in it."""
        self._out.close()
        return self._columns is not None


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    text = BETWEEN.join(value) if isinstance(value, list) else str(value)
    # What is there and empty stands in quotes: without them it would not be there.
    return text or '""'


class Bulk:
    """Writes the files of a cabinet into a folder."""

    def __init__(self, folder: Path, cabinet: Cabinet) -> None:
        self._cabinet = cabinet
        self._claims: set[str] = set()
        self._pairs: Counter[tuple[str, str]] = Counter()

        def nodes(name: str, more: Sequence[str] = (), vector: bool = False) -> Table:
            return Table(folder / f"{name}.tsv", [f"id:ID({name})", *more], vector)

        def edges(name: str, a: str, b: str, more: Sequence[str] = ()) -> Table:
            return Table(folder / f"{name}.tsv", [f":START_ID({a})", f":END_ID({b})", *more])

        self.nodes = {
            "Document": nodes("Document"), "Chunk": nodes("Chunk", vector=True), "": nodes("__Entity__", [":LABEL"]),
            "Statement": nodes("Statement", vector=True),
        }  # fmt: skip
        self.edges = {
            "FROM_DOCUMENT": edges("FROM_DOCUMENT", "Chunk", "Document"),
            "NEXT_CHUNK": edges("NEXT_CHUNK", "Chunk", "Chunk"),
            "FROM_CHUNK": edges("FROM_CHUNK", "__Entity__", "Chunk"),
            "SUBJECT": edges("SUBJECT", "Statement", "__Entity__"),
            "OBJECT": edges("OBJECT", "Statement", "__Entity__"),
            "STATED_IN": edges("STATED_IN", "Statement", "Chunk"),
            "CO_OCCURS": edges("CO_OCCURS", "__Entity__", "__Entity__"),
            "": edges("READABLE", "__Entity__", "__Entity__", [":TYPE"]),
        }

    def write(self) -> None:
        """Write all of it."""
        began = time.perf_counter()
        for number in range(self._cabinet.documents):
            found = list(self._cabinet.of_document(number))
            self._document(number, found)
            for passage in found:
                self._passage(passage)
            done = (number + 1) * len(found)
            if done % _TOLD == 0:
                print(f"{done} passages written after {time.perf_counter() - began:.0f} s", file=sys.stderr, flush=True)
        # Each of them is named in a passage of its own.
        for number in range(self._cabinet.entities):
            entity = self._cabinet.entity(number)
            labels = ["__Entity__", *([entity.type] if entity.type in TYPES else [])]
            self.nodes[""].put([entity.id, BETWEEN.join(labels)], _without_id(entity_properties(entity)))
        for (a, b), weight in self._pairs.items():
            self.edges["CO_OCCURS"].put([a, b], {"weight": weight})

    def _document(self, number: int, found: Sequence[Passage]) -> None:
        document = self._cabinet.document(number)
        self.nodes["Document"].put([document.id], _without_id(document_row(document, len(found))))
        for before, after in pairwise(found):
            self.edges["NEXT_CHUNK"].put([before.chunk.id, after.chunk.id], {})

    def _passage(self, passage: Passage) -> None:
        chunk = chunk_row(passage)
        properties = {n: value for n, value in chunk["properties"].items() if n != "embedding"}
        self.nodes["Chunk"].put([chunk["id"]], _without_id(properties), passage.vector)
        self.edges["FROM_DOCUMENT"].put([chunk["id"], chunk["document"]], {})
        for entity in passage.names:
            row = mention_row(passage, entity)
            self.edges["FROM_CHUNK"].put([row["entity"], row["chunk"]], row["properties"])
        for both in passage.together:
            self._pairs[min(both.a, both.b), max(both.a, both.b)] += both.weight
        for claim, vector in zip(passage.claims, passage.claim_vectors, strict=True):
            if claim.id not in self._claims:
                self._claims.add(claim.id)
                self._claim(claim, vector)
        for claim in {claim.id: claim for claim in passage.claims}.values():
            row = source_row(claim)
            self.edges["STATED_IN"].put([row["statement"], row["chunk"]], row["properties"])

    def _claim(self, claim: Statement, vector: npt.NDArray[Any]) -> None:
        row = claim_row(claim, [])
        said = {name: value for name, value in row["properties"].items() if name != "embedding"}
        self.nodes["Statement"].put([claim.id], said, vector)
        self.edges["SUBJECT"].put([claim.id, row["subject"]], {})
        self.edges["OBJECT"].put([claim.id, row["object"]], {})
        edge = {"statement": claim.id, "predicate": said["predicate"]}
        self.edges[""].put([row["subject"], row["object"], relationship_type(said["predicate"])], edge)

    def empty_lists(self) -> Iterator[str]:
        """Queries that give to what was imported the lists that are empty."""
        for pattern, tables in (("(n:{})", self.nodes), ("()-[n:{}]->()", self.edges)):
            for kind, table in tables.items():
                for name in sorted(table.empty):
                    yield (
                        f"MATCH {pattern.format(kind or '__Entity__')} WHERE n.{name} IS NULL "
                        f"CALL (n) {{ SET n.{name} = [] }} IN TRANSACTIONS OF 20000 ROWS"
                    )

    def files(self) -> Iterator[str]:
        """What the import is told of the files, all of them closed."""
        for label, table in self.nodes.items():
            if table.close():
                yield f"--nodes={f'{label}=' if label else ''}{table.path}"
        for kind, table in self.edges.items():
            if table.close():
                yield f"--relationships={f'{kind}=' if kind else ''}{table.path}"


def _without_id(properties: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in properties.items() if name != "id"}


def fill(home: Path, cabinet: Cabinet, memory: Mapping[str, int]) -> float:
    """Make a Neo4j in `home / "server"` that holds the cabinet; seconds that it took, indexes among them."""
    began = time.perf_counter()
    server = home / "server"
    first = _begun(home, memory)
    files = home / "files to import"
    files.mkdir(exist_ok=True)
    bulk = Bulk(files, cabinet)
    bulk.write()
    _import(server, [*bulk.files(), *_kept(files, first)])
    shutil.rmtree(files)
    again = start_neo4j(server, **memory)
    try:
        settings = Settings(home, again.uri, again.user, again.password)
        db = Connection(settings)
        for query in bulk.empty_lists():
            with db.driver.session(database=db.database) as session:
                session.run(query).consume()
        db.dialect.create_indexes(db.driver, db.database)
        Filler(db, cabinet).index()
        db.run(cypher.TOUCH_COLLECTION, id=cabinet.collection)
        db.close()
    finally:
        again.stop()
    return time.perf_counter() - began


def _begun(home: Path, memory: Mapping[str, int]) -> list[tuple[str, dict[str, Any]]]:
    """Begin a cabinet as the app does; the nodes that it begins with, each with its label."""
    server = start_neo4j(home / "server", **memory)
    try:
        settings = Settings(home, server.uri, server.user, server.password)
        with Store(settings) as store:
            db = Connection(settings)
            db.run(cypher.SET_META, properties={"embedding_model": MODEL, "dimensions": DIMENSIONS})
            db.close()
            rows = store.query("MATCH (n) RETURN labels(n) AS labels, properties(n) AS said")
        return [(row["labels"][0], row["said"]) for row in rows]
    finally:
        server.stop()


def _kept(folder: Path, nodes: Sequence[tuple[str, dict[str, Any]]]) -> Iterator[str]:
    for number, (label, said) in enumerate(nodes):
        table = Table(folder / f"first-{number}.tsv", [f":ID(first-{number})"])
        table.put([str(number)], said)
        table.close()
        yield f"--nodes={label}={table.path}"


def _import(server: Path, files: Sequence[str]) -> None:
    """Replace what the server's database holds by these files."""
    java, jars = java_and_jars()
    said = [
        "database", "import", "full", "neo4j", "--overwrite-destination=true", "--delimiter=TAB",
        "--array-delimiter=U+001F", f"--report-file={server / 'import.report'}", *files,
    ]  # fmt: skip
    command = [java, "-Xmx3g", "--add-opens=java.base/java.nio=ALL-UNNAMED", "-cp", f"{jars}/*"]
    environment = os.environ | {"NEO4J_HOME": str(server), "NEO4J_CONF": str(server)}
    done = subprocess.run(
        [*command, "org.neo4j.cli.AdminTool", *said], env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise RuntimeError(f"nothing was imported: {done.stdout[-1500:]}{done.stderr[-1500:]}")
