"""How well your own cabinet finds what you know is in it: questions of yours, and where their answers stand.

`python -m bench.questions FILE.csv [--setting SETTING | --compare SETTING SETTING] [--k 1,3,5,8] [--json]` asks the
questions of the file, without any model, and tells for how many something expected is among the first k passages
(hit@k) and how much of it (recall@k), with 95 % bootstrap intervals over the questions. Of two settings it tells the
difference with its paired interval: if that does not hold 0, the difference is more than chance. docs/questions.md has
an example of a file. Nothing in the cabinet is changed.
"""

from __future__ import annotations

import sys
from argparse import ArgumentTypeError, Namespace
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

import cli
import settings as configuration
from bench.questions_file import Expected, Question, read
from graph.errors import WrongUse
from graph.quotes import locate_quote
from graph.store import Store
from graph.types import DEFAULT_COLLECTION, Chunk, Document, Evidence, Mode
from graph.wording import many
from llm.embed import Embedder, open_embedder
from llm.retrieve import retrieve

BOOTSTRAPS: Final = 2000
SETTINGS: Final[Mapping[str, tuple[Mode, bool]]] = {
    "auto": (Mode.AUTO, True),
    "hybrid": (Mode.HYBRID, True),
    "graph": (Mode.GRAPH, True),
    "words": (Mode.HYBRID, False),
    "graph-words": (Mode.GRAPH, False),
}
"""By name: the mode, and whether meaning is searched too; none of them asks a chat model."""
Scores = npt.NDArray[np.float64]


class NotInTheCabinet(WrongUse):
    en = "These documents of the file are not in the cabinet: {names}. Write titles or file names as the Library does."
    de = (
        "Diese Dokumente der Datei sind nicht im Schrank: {names}. Schreiben Sie Titel oder Dateinamen wie in der "
        "Bibliothek."
    )


@dataclass(frozen=True, slots=True)
class Figure:
    """A mean in per cent with its 95 % interval."""

    mean: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.mean:5.1f} ({self.low:.1f} to {self.high:.1f})"


@dataclass(frozen=True, slots=True)
class Asked:
    """What one setting found for all questions: for each k and question the share of what was expected."""

    setting: str
    recall: dict[int, Scores]
    missed: tuple[str, ...]
    """Questions for which nothing expected was found among the largest k."""

    def hit(self, k: int) -> Scores:
        return (self.recall[k] > 0).astype(np.float64)


def figure(values: Scores) -> Figure:
    """The mean and its interval; the same draws each time, so that paired values stay paired."""
    draws = np.random.default_rng(7).integers(0, len(values), (BOOTSTRAPS, len(values)))
    low, high = np.percentile(values[draws].mean(axis=1) * 100, (2.5, 97.5))
    return Figure(round(float(values.mean()) * 100, 1), round(float(low), 1), round(float(high), 1))


def ask_all(questions: Sequence[Question], ks: Sequence[int], find: Callable[[str], Sequence[Evidence]], name: str,
            documents: Mapping[str, Document]) -> Asked:  # fmt: skip
    """Ask every question once and look for what was expected among the first k passages."""
    recall: dict[int, list[float]] = {k: [] for k in ks}
    missed: list[str] = []
    for question in questions:
        found = find(question.text)
        for k in ks:
            there = [any(stands(e, piece, documents) for piece in found[:k]) for e in question.expected]
            recall[k].append(sum(there) / len(there))
        if not recall[max(ks)][-1]:
            missed.append(question.text)
    return Asked(name, {k: np.array(shares) for k, shares in recall.items()}, tuple(missed))


def stands(expected: Expected, piece: Evidence, documents: Mapping[str, Document]) -> bool:
    """Whether a passage is, or has, what was expected: every column that the file fills must fit."""
    chunk = piece.chunk
    document = documents.get(chunk.document)
    return (
        (not expected.document or (document is not None and expected.document.casefold() in named(document)))
        and (expected.page is None or chunk.page == expected.page)
        and (not expected.quote or _quoted(chunk, expected.quote))
    )


def _quoted(chunk: Chunk, quote: str) -> bool:
    return locate_quote(chunk.text, quote) is not None


def named(document: Document) -> set[str]:
    """What a document may be called in the file: its id, title, address or file name, with and without its ending."""
    name = document.uri.replace("\\", "/").rsplit("/", 1)[-1]
    return {each.casefold() for each in (document.id, document.title, document.uri, name, name.rsplit(".", 1)[0])}


def measure(store: Store, embedder: Embedder | None, questions: Sequence[Question], settings: Sequence[str],
            ks: Sequence[int]) -> list[Asked]:  # fmt: skip
    """All questions in each setting. Raises NotInTheCabinet for documents that could never be found."""
    documents = {document.id: document for document in store.documents.every((DEFAULT_COLLECTION,))}
    known = {name for document in documents.values() for name in named(document)}
    wanted = [e.document for question in questions for e in question.expected if e.document]
    if missing := [name for name in dict.fromkeys(wanted) if name.casefold() not in known]:
        more = f" … ({len(missing)})" if len(missing) > 5 else ""
        raise NotInTheCabinet(names=", ".join(missing[:5]) + more)
    asked = []
    for name in settings:
        mode, by_meaning = SETTINGS[name]
        used = embedder if by_meaning else None

        def find(question: str, mode: Mode = mode, used: Embedder | None = used) -> Sequence[Evidence]:
            return retrieve(store, used, question, mode, max(ks), (DEFAULT_COLLECTION,)).evidence

        asked.append(ask_all(questions, ks, find, name, documents))
    return asked


def as_data(questions: Sequence[Question], asked: Sequence[Asked]) -> dict[str, Any]:
    """The result for scripts; `difference` is the second setting less the first."""
    data: dict[str, Any] = {"questions": len(questions), "settings": [], "difference": None}
    for each in asked:
        data["settings"].append(
            {
                "setting": each.setting,
                "hit": {str(k): asdict(figure(each.hit(k))) for k in each.recall},
                "recall": {str(k): asdict(figure(shares)) for k, shares in each.recall.items()},
                "missed": list(each.missed),
            }
        )
    if len(asked) == 2:
        first, second = asked
        data["difference"] = {
            "hit": {str(k): asdict(figure(second.hit(k) - first.hit(k))) for k in first.recall},
            "recall": {str(k): asdict(figure(second.recall[k] - first.recall[k])) for k in first.recall},
        }
    return data


def as_text(questions: Sequence[Question], asked: Sequence[Asked]) -> str:
    """The result for people."""
    lines = [f"{many(len(questions), 'question')}; in per cent, with 95 % intervals"]
    for each in asked:
        lines.append(f"\n{each.setting}")
        for k, shares in each.recall.items():
            lines.append(f"  first {k:<3} hit {figure(each.hit(k))}   recall {figure(shares)}")
        lines += [f"  not found: {text}" for text in each.missed]
    if len(asked) == 2:
        first, second = asked
        lines.append(f"\n{second.setting} less {first.setting}")
        for k in first.recall:
            hit, recall = figure(second.hit(k) - first.hit(k)), figure(second.recall[k] - first.recall[k])
            chance = "may be chance" if recall.low <= 0 <= recall.high else "more than chance"
            lines.append(f"  first {k:<3} hit {hit}   recall {recall}   {chance}")
    return "\n".join(lines)


def command(given: Namespace) -> int:
    """Measure the questions of a file on the cabinet."""
    questions = read(given.file)
    settings = configuration.read()
    names = given.compare or [given.setting]
    with Store(settings) as store:
        model = store.embeddings.meta().embedding_model
        embedder = open_embedder(model, settings) if model and any(SETTINGS[name][1] for name in names) else None
        asked = measure(store, embedder, questions, names, given.k)
    cli.show(given, as_data(questions, asked), as_text(questions, asked))
    return cli.DONE


def _ks(text: str) -> list[int]:
    """Numbers from 1 to 100, in order."""
    read_one = cli.whole(1, 100)
    try:
        return sorted({read_one(part.strip()) for part in text.split(",")})
    except ArgumentTypeError as error:
        raise ArgumentTypeError(f"{error}; write them like 1,3,5,8") from None


def main(arguments: list[str] | None = None) -> int:
    """Entry of the command."""
    parser = cli.add_json(cli.Parser(prog="python -m bench.questions", description=__doc__))
    parser.add_argument("file", type=Path, metavar="FILE.csv", help="columns: question, document, page, quote")
    either = parser.add_mutually_exclusive_group()
    either.add_argument("--setting", choices=SETTINGS, default="auto", help="how passages are looked for (auto)")
    either.add_argument("--compare", choices=SETTINGS, nargs=2, metavar="SETTING", help=f"two of {', '.join(SETTINGS)}")
    parser.add_argument("--k", type=_ks, default=[1, 3, 5, 8], metavar="K,K", help="among how many passages (1,3,5,8)")
    parser.set_defaults(command=command)
    return cli.run(parser, arguments)


if __name__ == "__main__":
    sys.exit(main())
