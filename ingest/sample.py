"""The sample cabinet: our own texts, plates and pictures on cabinets of curiosities, with claims made by hand."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from graph.errors import Language, Missing
from graph.store import Store
from graph.types import DEFAULT_COLLECTION
from ingest.submit import Options, Submitted, submit
from settings import Settings

FOLDER = Path(__file__).resolve().parent.parent / "sample"
STATEMENTS = FOLDER / "statements.jsonl"
QUESTIONS = FOLDER / "questions.json"


class SampleMissing(Missing):
    en = "The sample cabinet is not part of this installation: {path} is missing. Get the whole project again."
    de = "Der Beispielschrank fehlt in dieser Installation: {path}. Bitte das ganze Projekt neu beziehen."


@dataclass(frozen=True, slots=True)
class SampleQuestion:
    """A suggested question and the files that answer it."""

    text: str
    language: Language
    documents: tuple[str, ...]


def submit_sample(store: Store, settings: Settings, collection: str = DEFAULT_COLLECTION) -> Submitted:
    """Queue the sample cabinet; doing it twice changes nothing. Raises SampleMissing."""
    if not STATEMENTS.exists():
        raise SampleMissing(path=str(STATEMENTS))
    return submit(store, settings, [STATEMENTS], Options(collection=collection))


def sample_is_here(store: Store, collection: str = DEFAULT_COLLECTION) -> bool:
    """Whether any document of the sample is in the graph, or there is no sample that could be opened."""
    if not STATEMENTS.exists():
        return True
    places = [str(path) for path in FOLDER.rglob("*") if path.is_file()]
    return bool(store.origins.at(collection, places))


@cache
def sample_questions(language: Language) -> tuple[SampleQuestion, ...]:
    """The suggested questions in a language; none where the sample is not installed."""
    if not QUESTIONS.exists():
        return ()
    rows = json.loads(QUESTIONS.read_text(encoding="utf-8"))
    found = (SampleQuestion(r["question"], r["language"], tuple(r["documents"])) for r in rows)
    return tuple(q for q in found if q.language == language)
