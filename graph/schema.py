"""The schema's version and how an older database becomes the present one; which embedding model its vectors are of."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from filelock import FileLock

from graph import cypher, cypher_arrivals, cypher_merges
from graph.connection import Connection, Row
from graph.errors import StoreError
from graph.figures import count_all
from graph.names import keys
from graph.origins import Origins, is_place
from graph.rows import to_entity
from graph.types import DEFAULT_COLLECTION

BATCH = 1000


class NewerSchema(StoreError):
    en = (
        "This database was written by a newer version of Wunderkammer (schema {found}, this one knows {known}). Update."
    )
    de = (
        "Diese Datenbank stammt von einer neueren Version von Wunderkammer (Schema {found}, bekannt ist {known}). "
        "Bitte aktualisieren."
    )


class OtherEmbeddingModel(StoreError):
    en = (
        "The vectors in this database were made by {stored}; {wanted} cannot be mixed with them. "
        "Choose {stored} again, or make all vectors anew with `python -m ingest embed --model {wanted}`."
    )
    de = (
        "Die Vektoren dieser Datenbank stammen von {stored}; {wanted} lässt sich nicht damit mischen. "
        "Wählen Sie wieder {stored}, oder berechnen Sie alle neu mit `python -m ingest embed --model {wanted}`."
    )


@dataclass(frozen=True, slots=True)
class Meta:
    """What a database says of itself."""

    version: int = 0
    id: str = ""
    """Given once: two databases never have the same, and one that was emptied and begun anew has another."""
    embedding_model: str | None = None
    dimensions: int | None = None
    wanted_model: str | None = None
    """The model whose vectors are to replace the stored ones: set while a change is under way."""
    wanted_dimensions: int | None = None


def _first_schema(db: Connection) -> None:
    db.dialect.create_indexes(db.driver, db.database)
    db.run(cypher.PUT_COLLECTION, id=DEFAULT_COLLECTION, name="Wunderkammer")


def _origins(db: Connection) -> None:
    """Documents know the places they were found at."""
    db.dialect.create_indexes(db.driver, db.database)
    held: dict[str, dict[str, str]] = {}
    for row in db.read(cypher_arrivals.ALL_DOCUMENTS):
        if is_place(row["uri"]):
            held.setdefault(row["collection"], {})[row["uri"]] = row["id"]
    for collection, places in held.items():
        Origins(db).put(collection, places)


def _merging(db: Connection) -> None:
    """Indexes for merges and for names alike; what entities are found by, for those that were there before."""
    db.dialect.create_indexes(db.driver, db.database)
    while rows := db.read(cypher_merges.ENTITIES_WITHOUT_KEYS, limit=BATCH):
        known = [to_entity(row["entity"]) for row in rows]
        keyed = [{"id": entity.id, "keys": keys((entity.name, *entity.aliases))} for entity in known]
        db.run(cypher_merges.SET_KEYS, rows=keyed)


def _correcting(db: Connection) -> None:
    """Indexes for corrections."""
    db.dialect.create_indexes(db.driver, db.database)


def _sharing(db: Connection) -> None:
    """Indexes for findings and for messages on their way out."""
    db.dialect.create_indexes(db.driver, db.database)


def _identity(db: Connection) -> None:
    """A name of its own, by which what is kept beside the database knows whose it is."""
    if not read_meta(db).id:
        db.run(cypher.SET_META, properties={"database": uuid.uuid4().hex})


def _team(db: Connection) -> None:
    """Indexes for members, what they used, and the log."""
    db.dialect.create_indexes(db.driver, db.database)


MIGRATIONS: tuple[Callable[[Connection], None], ...] = (
    _first_schema,
    _origins,
    count_all,
    _merging,
    _correcting,
    _sharing,
    _identity,
    _team,
)
"""Step i brings version i to i + 1. Steps are only ever appended, and each can be run again after an interruption."""


def migrate(db: Connection) -> Meta:
    """Bring the database to the present schema; refuses one from a newer version and changes nothing in it."""
    meta = read_meta(db)
    if meta.version > len(MIGRATIONS):
        raise NewerSchema(found=meta.version, known=len(MIGRATIONS))
    if meta.version == len(MIGRATIONS):
        return meta
    # The app, its worker and a command may be started at once, and an engine refuses what two make at the same time.
    with FileLock(db.settings.run / "schema.lock"):
        for version in range(read_meta(db).version, len(MIGRATIONS)):
            MIGRATIONS[version](db)
            db.run(cypher.SET_META, properties={"version": version + 1})
    return read_meta(db)


def read_meta(db: Connection) -> Meta:
    """What the database says of itself; an empty one is version 0."""
    return to_meta(db.read(cypher.META))


def to_meta(rows: Sequence[Row]) -> Meta:
    """The same from the rows of the query for it."""
    if not rows:
        return Meta()
    row = rows[0]["meta"]
    return Meta(
        row.get("version") or 0,
        row.get("database") or "",
        row.get("embedding_model"),
        row.get("dimensions"),
        row.get("wanted_model"),
        row.get("wanted_dimensions"),
    )


def use_embedding_model(db: Connection, name: str, dimensions: int) -> None:
    """Make the vector indexes for this model, or check that the existing ones are of it; raises OtherEmbeddingModel."""
    meta = read_meta(db)
    stored = meta.wanted_model or meta.embedding_model
    if stored not in (None, name):
        raise OtherEmbeddingModel(stored=stored or "", wanted=name)
    if meta.embedding_model is None:
        db.dialect.create_vector_indexes(db.driver, db.database, dimensions)
        db.run(cypher.SET_META, properties={"embedding_model": name, "dimensions": dimensions})
