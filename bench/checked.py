"""What a model that looks through the passages brings, and what it takes: for `python -m bench.retrieval --check`.

`--check MODEL` asks any model of the catalog; `--check oracle` takes the gold passages among those that a model would
be shown, so it is the most that any model can reach: no model is as good.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from typing import Final

import numpy as np

from graph.store import Store
from graph.types import DEFAULT_COLLECTION, Mode
from graph.ways import Check
from llm.catalog import find_model, open_chat
from llm.checked import POOL, Checker
from llm.cost import cost
from llm.embed import Embedder
from llm.modes import find
from llm.retrieve import retrieve
from settings import Settings

ORACLE: Final = "oracle"
HERE: Final = (DEFAULT_COLLECTION,)


@dataclass(slots=True)
class Took:
    """What the calls of a model took, over all questions; `usd` is None where a price is not known."""

    model: str
    calls: int = 0
    chosen: int = 0
    none_fits: int = 0
    failed: dict[str, int] = field(default_factory=dict)
    tokens_in: int = 0
    tokens_out: int = 0
    estimated: bool = False
    usd: float | None = None
    median_seconds: float = 0.0

    def __str__(self) -> str:
        price = "price not known" if self.usd is None else f"${self.usd:.4f}"
        useless = sum(self.failed.values())
        told = f", {useless} of no use ({', '.join(sorted(self.failed))})" if useless else ""
        about = "about " if self.estimated else ""
        return (
            f"{self.model}: {self.calls} calls, {self.chosen / max(1, self.calls):.1f} passages chosen in each, "
            f"none in {self.none_fits}{told}; {about}{self.tokens_in} tokens in, {self.tokens_out} out, {price}; "
            f"{self.median_seconds:.2f} s a call (median)"
        )


class ByModel:
    """The passages of a question in the order of the mode `checked`; `took` adds up what its calls took."""

    def __init__(self, store: Store, embedder: Embedder, model: str, settings: Settings, limit: int) -> None:
        self._store, self._embedder, self._limit = store, embedder, limit
        spec = find_model(model, settings)
        self._checker = Checker(open_chat(spec, settings), spec)
        self._checks: list[tuple[Check, float]] = []

    def __call__(self, question: str) -> list[str]:
        """Ids, best first."""
        found = find(self._store, self._embedder, question, Mode.CHECKED, self._limit, HERE, checker=self._checker)
        if found.way.check:
            self._checks.append((found.way.check, found.timings["check"]))
        return [piece.chunk.id for piece in found.evidence]

    @property
    def took(self) -> Took:
        checks = [check for check, _ in self._checks]
        spec = self._checker.spec
        took = Took(spec.id if spec else "?", len(checks))
        for check in checks:
            took.chosen += check.chosen
            took.none_fits += not check.chosen and check.problem is None
            if check.problem:
                took.failed[check.problem.code] = took.failed.get(check.problem.code, 0) + 1
            took.tokens_in, took.tokens_out = took.tokens_in + check.tokens_in, took.tokens_out + check.tokens_out
            took.estimated = took.estimated or check.estimated
        took.usd = cost(spec, took.tokens_in, took.tokens_out)
        took.median_seconds = round(float(np.median([seconds for _, seconds in self._checks] or [0.0])), 3)
        return took

    @property
    def data(self) -> dict[str, object]:
        """What they took, as data."""
        return asdict(self.took)


def oracle(
    store: Store, embedder: Embedder, gold_of: Callable[[str], Sequence[str]], limit: int
) -> Callable[[str], list[str]]:
    """The gold passages first, those among what a model would be shown; `gold_of` gives the ids of a question's."""

    def ask(question: str) -> list[str]:
        gold = set(gold_of(question))
        pool = [piece.chunk.id for piece in retrieve(store, embedder, question, Mode.AUTO, POOL, HERE).evidence]
        return sorted(pool, key=lambda id_: id_ not in gold)[:limit]

    return ask
