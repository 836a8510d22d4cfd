"""How often the check of citations is right, beside a plain look for the quoted words: `python -m bench.citations`.

The cases lie in `bench/citations/`: made by rules from the sample (`bench.citation_cases`) and by hand. Half of them,
other documents, was held out while the check was written. Precision: of the sentences that pass, how many their source
really says. Recall: of those that it says, how many pass. `--wrong` lists the cases of the tuned half that go wrong.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from graph.types import Chunk, Evidence
from llm.cite import check
from llm.sentences import without_markers

FOLDER = Path(__file__).with_name("citations")
HALVES = ("tuned", "held")


@dataclass(frozen=True, slots=True)
class Case:
    """An answer of one sentence with its quote, the source it cites, and whether that source says it."""

    half: str
    kind: str
    language: str
    source: Evidence
    answer: str
    quote: str
    supported: bool


def cases() -> list[Case]:
    """All cases of both files."""
    return [case for path in sorted(FOLDER.glob("*.jsonl")) for case in _read(path)]


def _read(path: Path) -> Iterator[Case]:
    passages: dict[str, dict[str, Any]] = {}
    for raw in path.read_text(encoding="utf-8").splitlines():
        line = json.loads(raw)
        if "half" not in line:
            passages[line["id"]] = line
            continue
        passage = passages[line["passage"]]
        text = line.get("text", passage["text"])
        chunk = Chunk(line["passage"], "d", 0, text, 0, len(text), heading=passage["heading"] or None)
        source = Evidence(1, chunk, passage["title"], "text/plain", 1.0)
        said = (line["answer"], line["quote"], line["supported"])
        yield Case(line["half"], line["kind"], line["language"], source, *said)


def checked(case: Case) -> bool:
    """What the product says."""
    quotes = [(1, case.quote)] if case.quote else []
    return all(sentence.supported for sentence in check(case.answer, quotes, (case.source,)))


def substring(case: Case) -> bool:
    """What a plain look for the quoted words says, or for the sentence where nothing is quoted."""
    wanted = case.quote or without_markers(case.answer).strip(" .")
    return wanted in case.source.chunk.text


def measure(judged: Sequence[Case], judge: Callable[[Case], bool]) -> dict[str, float | int]:
    """Precision and recall of one way of judging, in per cent."""
    passed = [case for case in judged if judge(case)]
    right = sum(case.supported for case in passed)
    true = sum(case.supported for case in judged)
    return {
        "cases": len(judged),
        "precision": round(100 * right / len(passed), 1) if passed else 0.0,
        "recall": round(100 * right / true, 1) if true else 0.0,
        "right": round(100 * sum(judge(case) == case.supported for case in judged) / len(judged), 1),
    }


def kinds(judged: Sequence[Case]) -> dict[str, str]:
    """How many of each kind are judged rightly, as "5 of 6"."""
    said: dict[str, str] = {}
    for kind in sorted({case.kind for case in judged}):
        of_kind = [case for case in judged if case.kind == kind]
        said[kind] = f"{sum(checked(case) == case.supported for case in of_kind)} of {len(of_kind)}"
    return said


def main(arguments: Sequence[str] | None = None) -> int:
    """Entry of the command."""
    parser = argparse.ArgumentParser(prog="python -m bench.citations", description=__doc__)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--wrong", action="store_true", help="list the cases of the tuned half that go wrong")
    given = parser.parse_args(arguments)
    every = cases()
    found = {
        half: {
            "check": measure(of_half, checked),
            "substring": measure(of_half, substring),
            "kinds": kinds(of_half),
        }
        for half in HALVES
        if (of_half := [case for case in every if case.half == half])
    }
    print(json.dumps(found, ensure_ascii=False) if given.json else "\n".join(_lines(found)))
    for case in every:
        if given.wrong and case.half == "tuned" and checked(case) != case.supported:
            print(f"{case.kind} {case.language} {case.source.chunk.id}: {case.answer} | {case.quote}", file=sys.stderr)
    return 0


def _lines(found: dict[str, dict[str, Any]]) -> Iterator[str]:
    for half, each in found.items():
        for way in ("check", "substring"):
            rates = each[way]
            yield (
                f"{half:6} {way:10} {rates['cases']} cases: precision {rates['precision']:5} %, "
                f"recall {rates['recall']:5} %, right {rates['right']:5} %"
            )
        for kind, right in each["kinds"].items():
            yield f"       {kind:34} {right}"


if __name__ == "__main__":
    sys.exit(main())
