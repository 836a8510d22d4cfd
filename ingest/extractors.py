"""The ways to read claims with a model, as a table, and the schema that a document is read by."""

from __future__ import annotations

import importlib
import json
from typing import TYPE_CHECKING, Final

from graph.errors import Missing, WrongUse
from graph.jobs import Purpose
from graph.schemas import StoredSchema
from graph.store import Store
from graph.types import Document
from ingest.budget import Budget
from ingest.claim_schema import ExtractionSchema, from_data
from ingest.hands import Hands
from llm.catalog import find_model
from llm.errors import NotEnoughMemory
from llm.ready import gap
from settings import Settings

if TYPE_CHECKING:
    from ingest.model_extractor import ModelExtractor

BY_MODEL: Final = {
    "statements": ("ingest.extract", "StatementExtractor"),
    "transformer": ("ingest.transformer", "TransformerExtractor"),
}
"""Extractors that ask a model, by the name people give: module and class."""
QUICK: Final = "quick"
EXTRACTORS: Final = (QUICK, *BY_MODEL)


class SchemaGone(Missing):
    en = "The kinds and relations this document was to be read by are not in the database any more. Import it again."
    de = (
        "Die Arten und Beziehungen, nach denen dieses Dokument gelesen werden sollte, fehlen in der Datenbank. "
        "Bitte importieren Sie es erneut."
    )


class NoModelNamed(WrongUse):
    en = "To read by {extractor} a model is needed: name one with --model; `python -m llm models` says which are ready."
    de = (
        "Das Lesen mit {extractor} braucht ein Modell: Nennen Sie eines mit --model; `python -m llm models` zeigt, "
        "welche bereit sind."
    )


def check_named(extractor: str, model: str | None) -> None:
    """Raises NoModelNamed for an extractor that needs a model and has none."""
    if extractor in BY_MODEL and not model:
        raise NoModelNamed(extractor=extractor)


def check_reader(extractor: str, model: str | None, settings: Settings) -> None:
    """Raises what keeps an extractor's model from being asked, as far as that can be known before it is asked."""
    check_named(extractor, model)
    if extractor not in BY_MODEL or not model:
        return
    missing = gap(find_model(model, settings), settings)
    # How much memory is free may change until the model is loaded.
    if missing is not None and not isinstance(missing, NotEnoughMemory):
        raise missing


def open_extractor(
    document: Document, store: Store, settings: Settings, budget: Budget, hands: Hands
) -> ModelExtractor:
    """The extractor that a document asks for, with its model and schema; raises what opening the model raises.

    What it asks counts on the document's import.
    """
    # Only here: LangChain and the providers' packages take seconds to import, and the quick way does not need them.
    from ingest.metering import metered

    module, name = BY_MODEL[document.extractor]
    kind: type[ModelExtractor] = getattr(importlib.import_module(module), name)
    model = find_model(document.model or "", settings)
    chat = metered(hands.chat(model), model, budget, document.job, Purpose.CLAIMS)
    return kind(chat, schema_of(document, store), document.collection, model.id)


def schema_of(document: Document, store: Store) -> ExtractionSchema:
    """The schema that a document is read by; raises SchemaGone."""
    if document.schema is None:
        return ExtractionSchema()
    stored = store.schemas.get(document.schema)
    if stored is None:
        raise SchemaGone()
    return restored(stored)


def restored(stored: StoredSchema) -> ExtractionSchema:
    """A stored schema to work with."""
    return from_data(json.loads(stored.content), stored.name)


def default_schema(store: Store, collection: str) -> ExtractionSchema:
    """What a collection is read by where nothing else is said."""
    stored = store.schemas.default(collection)
    return restored(stored) if stored else ExtractionSchema()


def keep(store: Store, schema: ExtractionSchema, collection: str) -> str | None:
    """Store a schema and make it the collection's default; its id, None for the one that needs no choice."""
    if schema.id is not None:
        store.schemas.put(StoredSchema(schema.id, schema.name, schema.content), collection)
    store.schemas.use(collection, schema.id)
    return schema.id
