"""Counts and durations for those who run the app, as Prometheus reads them; nothing of it names a text or a person.

Off unless WUNDERKAMMER_METRICS says otherwise. What the pages do is counted in this process, what is in the cabinet and
what imports spent is read from the database when somebody asks. docs/operation.md lists all of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING, Final

from graph.condition import Figures

if TYPE_CHECKING:
    from prometheus_client import CollectorRegistry, Counter, Histogram
    from prometheus_client.core import GaugeMetricFamily
    from prometheus_client.metrics_core import Metric

    from graph.types import Mode
    from llm.answer import Answer
    from settings import Settings

_SECONDS: Final = (0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0)


class Meters:
    """What is counted in this process."""

    def __init__(self) -> None:
        from prometheus_client import CollectorRegistry, Counter, Histogram, ProcessCollector, disable_created_metrics

        disable_created_metrics()  # type: ignore[no-untyped-call]
        self.registry: CollectorRegistry = CollectorRegistry()
        ProcessCollector(registry=self.registry)

        def counter(name: str, about: str, *labels: str) -> Counter:
            return Counter(f"wunderkammer_{name}", about, labels, registry=self.registry)

        self.pages = counter("page_runs", "Times that a page was run", "page")
        self.questions = counter("questions", "Questions asked on the page Ask", "mode", "outcome")
        self.calls = counter("answers", "Answers written by models on the page Ask", "model")
        self.tokens = counter("answer_tokens", "Tokens of these answers", "model", "direction")
        self.money = counter("answer_usd", "US dollars of these answers, where prices are known", "model")
        self.retrieval: Histogram = Histogram(
            "wunderkammer_retrieval_seconds",
            "Time that looking for evidence took",
            ["mode"],
            buckets=_SECONDS,
            registry=self.registry,
        )


@cache
def meters() -> Meters:
    """The one set of counters of this process."""
    return Meters()


def page_run(settings: Settings, page: str) -> None:
    """A page was run."""
    if settings.metrics:
        meters().pages.labels(page).inc()


def retrieved(settings: Settings, mode: Mode, seconds: float) -> None:
    """Evidence was looked for."""
    if settings.metrics:
        meters().retrieval.labels(mode.value).observe(seconds)


def asked(settings: Settings, mode: Mode, outcome: str, answer: Answer | None) -> None:
    """A question came to its end."""
    if not settings.metrics:
        return
    meters().questions.labels(mode.value, outcome).inc()
    if answer is None or answer.model is None:
        return
    model, usage = public_name(answer.model), answer.usage
    meters().calls.labels(model).inc()
    meters().tokens.labels(model, "in").inc(usage.tokens_in)
    meters().tokens.labels(model, "out").inc(usage.tokens_out)
    meters().money.labels(model).inc(usage.cost or 0.0)


def public_name(model: str) -> str:
    """A model as the table of models names it; of one that people named themselves, its family alone."""
    from llm.catalog import models
    from llm.embed import embeddings

    if model in {spec.id for spec in models()} | {spec.id for spec in embeddings()}:
        return model
    return f"{model.partition(':')[0]}:…" if ":" in model else "other"


def _gauge(name: str, about: str, *labels: str) -> GaugeMetricFamily:
    from prometheus_client.core import GaugeMetricFamily

    return GaugeMetricFamily(f"wunderkammer_{name}", about, labels=labels)


class _Database:
    """What was read from the database, in the form that prometheus_client collects."""

    def __init__(self, figures: Figures) -> None:
        self._figures = figures

    def collect(self) -> Iterator[Metric]:
        for name, n in self._figures.things.items():
            one = _gauge(name, f"{name.capitalize()} in the database")
            one.add_metric([], n)
            yield one
        waiting = _gauge("documents_waiting", "Documents by what is next for them", "work")
        for work, n in self._figures.waiting.items():
            waiting.add_metric([work], n)
        jobs = _gauge("imports", "Imports by their state", "state")
        for state, n in self._figures.jobs.items():
            jobs.add_metric([state], n)
        yield from (waiting, jobs)
        yield from self._spent()

    def _spent(self) -> Iterator[Metric]:
        calls = _gauge("import_calls", "Calls of models by imports", "model", "purpose")
        tokens = _gauge("import_tokens", "Tokens of these calls", "model", "purpose", "direction")
        usd = _gauge("import_usd", "US dollars of these calls, where prices are known", "model", "purpose")
        for labels, numbers in self._by_public_name().items():
            calls.add_metric(list(labels), numbers[0])
            tokens.add_metric([*labels, "in"], numbers[1])
            tokens.add_metric([*labels, "out"], numbers[2])
            usd.add_metric(list(labels), numbers[3])
        yield from (calls, tokens, usd)

    def _by_public_name(self) -> dict[tuple[str, str], tuple[float, ...]]:
        # Two models that people named themselves may have one public name.
        found: dict[tuple[str, str], tuple[float, ...]] = {}
        for paid, use in self._figures.spent.items():
            labels = (public_name(paid.model), paid.purpose.value)
            more = (use.calls, use.tokens_in, use.tokens_out, use.usd)
            found[labels] = tuple(a + b for a, b in zip(found.get(labels, (0.0,) * 4), more, strict=True))
        return found


def exposition(figures: Figures | None) -> bytes:
    """All of it as Prometheus's text; without the database where it does not answer, and says so."""
    from prometheus_client import CollectorRegistry, Gauge, generate_latest

    here = CollectorRegistry()
    Gauge("wunderkammer_database_up", "Whether the database answered", registry=here).set(figures is not None)
    if figures is not None:
        here.register(_Database(figures))
    return generate_latest(here) + generate_latest(meters().registry)
