"""Kinds and relations that claims were asked for with, kept as they were: a document names the one it was read by."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from graph import cypher_schemas as cypher
from graph.connection import Connection


@dataclass(frozen=True, slots=True)
class StoredSchema:
    """A schema as JSON; `id` is the hash of it, so that what a document was read by can never change."""

    id: str
    name: str
    content: str


class Schemas:
    """The schemas of all collections, and which one a collection uses where nothing else is said."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def put(self, schema: StoredSchema, collection: str) -> None:
        """Keep a schema; one that is kept already stays as it is."""
        self._db.run(cypher.PUT_SCHEMA, id=schema.id, collection=collection, name=schema.name, content=schema.content)

    def get(self, schema_id: str) -> StoredSchema | None:
        """The schema, or None."""
        rows = self._db.read(cypher.SCHEMA, id=schema_id)
        return StoredSchema(**rows[0]) if rows else None

    def by_ids(self, ids: Sequence[str]) -> dict[str, StoredSchema]:
        """Schemas by id; unknown ids are left out."""
        return {row["id"]: StoredSchema(**row) for row in self._db.read(cypher.SCHEMAS, ids=list(ids))}

    def use(self, collection: str, schema_id: str | None) -> None:
        """Make a schema what a collection uses from now on where nothing else is said; None for no choice."""
        self._db.run(cypher.SET_DEFAULT_SCHEMA, collection=collection, schema=schema_id)

    def default(self, collection: str) -> StoredSchema | None:
        """What a collection uses where nothing else is said, None where no choice was made."""
        rows = self._db.read(cypher.DEFAULT_SCHEMA, collection=collection)
        return StoredSchema(**rows[0]) if rows else None
