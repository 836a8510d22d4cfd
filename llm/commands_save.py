"""`python -m llm ask --save TITLE`: the answer is kept as a finding."""

from __future__ import annotations

import argparse

import cli
from graph.drafts import with_images
from graph.finding import Stating
from graph.store import Store
from graph.types import Retrieved
from graph.ways import Filters
from ingest.files import FileStore
from ingest.public_image import public_images
from llm.answer import Answer
from llm.language import guess
from llm.saving import with_answer
from settings import Settings


def add_save(parser: argparse.ArgumentParser) -> None:
    """Give the command its `--save`."""
    told = "keep the answer with its evidence as a finding of this title; `python -m share` lists and sends findings"
    parser.add_argument("--save", type=_title, metavar="TITLE", help=told)


def _title(text: str) -> str:
    if not text.strip():
        raise argparse.ArgumentTypeError("a finding needs a title")
    return text


def save(
    given: argparse.Namespace,
    store: Store,
    settings: Settings,
    retrieved: Retrieved,
    answer: Answer,
    filters: Filters,
    said: tuple[Stating, ...] = (),
) -> str | None:
    """Keep what was found where that was asked for; the id of the finding, or None."""
    if given.save is None:
        return None
    draft = store.drafts.of(retrieved, given.save, guess(retrieved.question) or "en", filters, store.here[0])
    draft = with_images(draft, public_images(FileStore.of(settings), draft.evidence))
    id_ = store.findings.put(with_answer(draft, answer, sum(retrieved.timings.values()), said))
    cli.say(f"kept as finding {id_}")
    return id_
