"""Everything in which the two engines differ: making indexes, their names, read-only sessions, labels, conflicts.

`Neo4j` is the reference. `ArcadeDB` is the embedded database: it speaks Bolt and Cypher, takes index definitions as
SQL over HTTP, keeps an entity's type as a property only (a label added to a node moves its record), and enforces
read-only by a second login. A query that is not about these five things is the same for both: `graph/cypher.py`.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Any, Protocol

import httpx

from graph.bolt import neo4j
from graph.embedded import Server
from graph.errors import StoreError

UNIQUE = (
    "Document",
    "Chunk",
    "__Entity__",
    "Statement",
    "Collection",
    "Job",
    "Meta",
    "Community",
    "Merge",
    "Origin",
    "Watch",
    "Suggestion",
    "Correction",
    "Ruling",
    "Finding",
    "Delivery",
    "Rule",
    "Membership",
    "DayUse",
    "LogEntry",
)
_LOOK = 0.25
"""Seconds between two looks at whether indexes are made."""
PLAIN = (("Document", "work"), ("Document", "collection"), ("Document", "job"), ("Document", "sha256"))
PLAIN_CHUNK = (("Chunk", "document"),)
PLAIN_MERGE = (("Merge", "absorbed"), ("Merge", "kept"), ("Suggestion", "a"), ("Suggestion", "b"))
PLAIN_CORRECTION = (
    ("Correction", "entity"),
    ("Correction", "other"),
    ("Suggestion", "correction"),
    ("Ruling", "key"),
    ("Ruling", "correction"),
    ("Ruling", "collection"),
    ("Ruling", "document"),
    ("Ruling", "subject"),
    ("Ruling", "object"),
)
PLAIN_SHARING = (("Finding", "collection"), ("Delivery", "state"), ("Delivery", "finding"))
PLAIN_TEAM = (("Membership", "collection"), ("Membership", "email"), ("DayUse", "collection"), ("LogEntry", "at"))
PLAIN_ALL = PLAIN + PLAIN_CHUNK + PLAIN_MERGE + PLAIN_CORRECTION + PLAIN_SHARING + PLAIN_TEAM
FULLTEXT = (("Chunk", "text"), ("__Entity__", "search"), ("Statement", "text"), ("__Entity__", "keys"))
VECTOR = ("Chunk", "Statement")


_HOURS = 4 * 3600.0
"""A vector index over what is there already may take hundreds of seconds for each 100,000 vectors."""


class SchemaError(StoreError):
    en = "The database refused an index: {detail}"
    de = "Die Datenbank hat einen Index abgelehnt: {detail}"


class Dialect(Protocol):
    """What a database engine must answer for; one instance belongs to one connection."""

    name: str

    def create_indexes(self, driver: neo4j.Driver, database: str | None) -> None:
        """Make all unique, plain and full-text indexes; does nothing where they exist."""

    def create_vector_indexes(self, driver: neo4j.Driver, database: str | None, dimensions: int) -> None:
        """Make the vector indexes of chunks and statements (cosine); does nothing where they exist."""

    def drop_vector_indexes(self, driver: neo4j.Driver, database: str | None) -> None:
        """Drop the vector indexes, so that vectors of another model can be written."""

    def vector_dimensions(self, driver: neo4j.Driver, database: str | None) -> dict[str, int | None]:
        """Labels that have a vector index, with its dimensions where the engine tells them; only reads."""

    def vector_index(self, label: str) -> str:
        """Name of a vector index for `db.index.vector.queryNodes`."""

    def fulltext_index(self, label: str, key: str) -> str:
        """Name of a property's full-text index for `db.index.fulltext.queryNodes`."""

    def nearness(self, similarity: float) -> float:
        """What a vector index says of two vectors, 0 to 1, from what `vector.similarity.cosine` says of them."""

    @property
    def labels_types(self) -> bool:
        """Whether an entity also carries its type as a label."""


def _name(label: str, field_name: str) -> str:
    return f"wk_{label.strip('_').lower()}_{field_name}"


def _fulltext_name(label: str, key: str) -> str:
    return _name(label, "keys" if key == "keys" else "fulltext")


def _rows(driver: neo4j.Driver, database: str | None, query: str) -> list[dict[str, Any]]:
    with driver.session(database=database, default_access_mode=neo4j.READ_ACCESS) as session:
        return session.run(neo4j.Query(query)).data()


@dataclass(slots=True)
class Neo4jDialect:
    """Neo4j 5.26 or later, any edition; no APOC, no GDS."""

    name: str = "neo4j"
    labels_types: bool = True

    def create_indexes(self, driver: neo4j.Driver, database: str | None) -> None:
        statements = [
            f"CREATE CONSTRAINT {_name(label, 'id')} IF NOT EXISTS FOR (n:{label}) REQUIRE n.id IS UNIQUE"
            for label in UNIQUE
        ]
        statements += [
            f"CREATE INDEX {_name(label, key)} IF NOT EXISTS FOR (n:{label}) ON (n.{key})" for label, key in PLAIN_ALL
        ]
        statements += [
            f"CREATE FULLTEXT INDEX {_fulltext_name(label, key)} IF NOT EXISTS FOR (n:{label}) ON EACH [n.{key}] "
            "OPTIONS {indexConfig: {`fulltext.analyzer`: 'standard-no-stop-words', "
            "`fulltext.eventually_consistent`: false}}"
            for label, key in FULLTEXT
        ]
        self._run(driver, database, statements)

    def create_vector_indexes(self, driver: neo4j.Driver, database: str | None, dimensions: int) -> None:
        statements = [
            f"CREATE VECTOR INDEX {_name(label, 'embedding')} IF NOT EXISTS FOR (n:{label}) ON (n.embedding) "
            f"OPTIONS {{indexConfig: {{`vector.dimensions`: {dimensions}, `vector.similarity_function`: 'cosine'}}}}"
            for label in VECTOR
        ]
        self._run(driver, database, statements)

    def drop_vector_indexes(self, driver: neo4j.Driver, database: str | None) -> None:
        self._run(driver, database, [f"DROP INDEX {_name(label, 'embedding')} IF EXISTS" for label in VECTOR])

    def vector_dimensions(self, driver: neo4j.Driver, database: str | None) -> dict[str, int | None]:
        query = "SHOW VECTOR INDEXES YIELD labelsOrTypes, options"
        found = {row["labelsOrTypes"][0]: row["options"]["indexConfig"] for row in _rows(driver, database, query)}
        return {label: found[label].get("vector.dimensions") for label in VECTOR if label in found}

    def vector_index(self, label: str) -> str:
        return _name(label, "embedding")

    def fulltext_index(self, label: str, key: str) -> str:
        return _fulltext_name(label, key)

    def nearness(self, similarity: float) -> float:
        return similarity

    @staticmethod
    def _run(driver: neo4j.Driver, database: str | None, statements: list[str]) -> None:
        with driver.session(database=database) as session:
            for statement in statements:
                session.run(neo4j.Query(statement)).consume()
            # Of a large graph that takes as long as it takes; what then is not online has failed, and that is raised.
            while session.run("SHOW INDEXES YIELD state WHERE state = 'POPULATING' RETURN state").data():
                time.sleep(_LOOK)
            session.run("CALL db.awaitIndexes(300)").consume()


@dataclass(slots=True)
class ArcadeDialect:
    """The embedded ArcadeDB server, reached over loopback."""

    server: Server
    name: str = "embedded"
    labels_types: bool = False
    _http: httpx.Client = field(default_factory=lambda: httpx.Client(trust_env=False))

    def create_indexes(self, driver: neo4j.Driver, database: str | None) -> None:
        for label in UNIQUE:
            self._sql(f"CREATE VERTEX TYPE `{label}` IF NOT EXISTS")
            self._sql(f"CREATE PROPERTY `{label}`.id IF NOT EXISTS STRING")
            self._sql(f"CREATE INDEX IF NOT EXISTS ON `{label}` (id) UNIQUE")
        for label, key in PLAIN_ALL:
            self._sql(f"CREATE PROPERTY `{label}`.{key} IF NOT EXISTS STRING")
            self._sql(f"CREATE INDEX IF NOT EXISTS ON `{label}` ({key}) NOTUNIQUE")
        for label, key in FULLTEXT:
            self._sql(f"CREATE PROPERTY `{label}`.{key} IF NOT EXISTS STRING")
            self._sql(f"CREATE INDEX IF NOT EXISTS ON `{label}` ({key}) FULL_TEXT")

    def create_vector_indexes(self, driver: neo4j.Driver, database: str | None, dimensions: int) -> None:
        for label in VECTOR:
            self._sql(f"CREATE PROPERTY `{label}`.embedding IF NOT EXISTS ARRAY_OF_FLOATS")
            self._sql(
                f"CREATE INDEX IF NOT EXISTS ON `{label}` (embedding) LSM_VECTOR METADATA "
                f'{{"dimensions": {dimensions}, "similarity": "COSINE"}}',
                _HOURS,
            )

    def drop_vector_indexes(self, driver: neo4j.Driver, database: str | None) -> None:
        for label in VECTOR:
            self._sql(f"DROP INDEX `{self.vector_index(label)}` IF EXISTS")

    def vector_dimensions(self, driver: neo4j.Driver, database: str | None) -> dict[str, int | None]:
        found = {row["name"] for row in _rows(driver, database, "SHOW INDEXES")}
        return {label: None for label in VECTOR if self.vector_index(label) in found}

    def vector_index(self, label: str) -> str:
        return f"{label}[embedding]"

    def fulltext_index(self, label: str, key: str) -> str:
        return f"{label}[{key}]"

    def nearness(self, similarity: float) -> float:
        # Its function says the cosine itself, its indexes what those of Neo4j say.
        return (1.0 + similarity) / 2.0

    def _sql(self, command: str, seconds: float = 120) -> None:
        try:
            answer = self._http.post(
                f"{self.server.http_uri}/api/v1/command/{self.server.database}",
                json={"language": "sql", "command": command},
                auth=(self.server.user, self.server.password),
                timeout=seconds,
            )
        except httpx.HTTPError as problem:
            # It was killed, or is being started anew: whoever asked asks again.
            raise SchemaError(detail=f"{command}: {problem}") from None
        if answer.status_code >= 400:
            raise SchemaError(detail=f"{command}: {answer.json().get('detail') or answer.text}")
