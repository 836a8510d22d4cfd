"""Whether names are one: precision and recall of our rules on labelled names, beside two simple ways in the same run.

`python -m bench.resolve [--half held|tune|all] [--names FILE.tsv] [--errors] [--json]`. The names (bench/data) come in
groups; half of the groups was never looked at while the rules were written. `--errors` refuses that half.
"""

from __future__ import annotations

import argparse
import csv
import json
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from graph.types import normalise
from ingest.resolve import MERGE, SUGGEST, compare_names

NAMES = Path(__file__).parent / "data" / "names.tsv"


@dataclass(frozen=True, slots=True)
class Labelled:
    """Two names of one type, and whether a person who knows them says that they are one."""

    group: str
    half: str
    type: str
    a: str
    b: str
    same: bool


def read(path: Path) -> list[Labelled]:
    """The labelled pairs of a file with columns group, half, type, a, b, label."""
    with path.open(encoding="utf-8", newline="") as file:
        return [
            Labelled(row["group"], row["half"], row["type"], row["a"], row["b"], row["label"] == "same")
            for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        ]


@dataclass(frozen=True, slots=True)
class Measured:
    """How well a way of deciding does: of what it calls one, how much is (precision); of what is, how much (recall)."""

    found: int
    right: int
    all: int

    @property
    def precision(self) -> float:
        return self.right / self.found if self.found else 1.0

    @property
    def recall(self) -> float:
        return self.right / self.all if self.all else 1.0

    @property
    def f1(self) -> float:
        total = self.precision + self.recall
        return 2 * self.precision * self.recall / total if total else 0.0

    def as_data(self) -> dict[str, float]:
        """For `--json`."""
        return {
            "precision": round(self.precision, 4), "recall": round(self.recall, 4), "f1": round(self.f1, 4),
            "found": self.found, "right": self.right, "same": self.all,
        }  # fmt: skip


Decide = Callable[[Labelled], bool]


def measure(pairs: Iterable[Labelled], decide: Decide) -> Measured:
    """What deciding so finds, and how much of it is right."""
    pairs = list(pairs)
    found = [pair for pair in pairs if decide(pair)]
    return Measured(len(found), sum(pair.same for pair in found), sum(pair.same for pair in pairs))


def ours(threshold: float) -> Decide:
    """Our rules from a score upwards."""
    return lambda pair: compare_names(pair.a, pair.b, pair.type, pair.type).value >= threshold


def ratio(pair: Labelled) -> bool:
    """What rapidfuzz calls alike at 0.9."""
    from rapidfuzz import fuzz

    return bool(fuzz.ratio(normalise(pair.a), normalise(pair.b)) >= 90)


def equal(pair: Labelled) -> bool:
    """Names that are equal up to case, width and white space."""
    return normalise(pair.a) == normalise(pair.b)


WAYS: dict[str, Decide] = {
    "ours, merged without asking": ours(MERGE),
    "ours, merged or suggested": ours(SUGGEST),
    "rapidfuzz.ratio >= 0.9": ratio,
    "equal when normalised": equal,
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Entry of the command."""
    parser = argparse.ArgumentParser(prog="python -m bench.resolve", description=__doc__)
    parser.add_argument("--half", choices=("held", "tune", "all"), default="held")
    parser.add_argument("--names", type=Path, default=NAMES)
    parser.add_argument("--errors", action="store_true", help="list what is decided wrongly (of the half for tuning)")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args(arguments)
    if given.errors and given.half != "tune":
        parser.error("errors are shown of the half for tuning alone: --half tune")
    pairs = [pair for pair in read(given.names) if given.half in ("all", pair.half)]
    results = {name: measure(pairs, decide) for name, decide in WAYS.items()}
    if given.json:
        data = {name: result.as_data() for name, result in results.items()}
        print(json.dumps({"half": given.half, "pairs": len(pairs), "ways": data}, ensure_ascii=False))
        return 0
    print(f"{len(pairs)} pairs ({given.half}), {sum(pair.same for pair in pairs)} of them the same")
    for name, result in results.items():
        print(f"{name:30} precision {result.precision:.3f}  recall {result.recall:.3f}  F1 {result.f1:.3f}")
    if given.errors:
        _show_errors(pairs)
    return 0


def _show_errors(pairs: Sequence[Labelled]) -> None:
    for pair in pairs:
        score = compare_names(pair.a, pair.b, pair.type, pair.type)
        if (score.value >= MERGE) != pair.same:
            kind = "one by mistake" if not pair.same else "a question" if score.value >= SUGGEST else "not found"
            print(f"{kind:15} {score.value:.2f} {score.reason:10} {pair.type:8} {pair.a} | {pair.b}")


if __name__ == "__main__":
    sys.exit(main())
