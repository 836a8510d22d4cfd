"""The routes for whoever runs the app, over a real socket: what they say on both databases, and what they do not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families
from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from graph import cypher
from graph.condition import KNOWN, Condition, Figures, figures, look
from graph.jobs import Paid, Purpose, Use
from graph.store import Store
from graph.types import Mode
from llm.answer import Answer, Status, Usage
from pages.parts import health, metrics
from pages.parts.headers import ALWAYS, SecurityHeaders, policy
from pages.parts.health import Health, OwnCounts
from settings import Settings
from tests.served import served

SECRET = "Who poisoned the duke?"


def told(url: str) -> tuple[int, object]:
    answer = httpx.get(f"{url}/readyz", timeout=60)
    assert answer.headers["cache-control"] == "no-store"
    return answer.status_code, answer.json()


def samples(text: str) -> dict[tuple[str, ...], float]:
    """What was counted, by name and values of labels."""
    return {
        (
            sample.name.removeprefix("wunderkammer_"),
            *(sample.labels[name] for name in sorted(sample.labels)),
        ): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def test_the_database_answers_and_its_schema_fits(store_target: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "KEPT", 0.0)
    monkeypatch.setattr(health, "PATIENCE", 30.0)
    with Store(store_target) as store, served(Health(lambda: store_target).routes()) as url:
        assert httpx.get(f"{url}/healthz").text == "ok\n"
        assert told(url) == (200, {"ready": True})
        try:
            store._db.run(cypher.SET_META, properties={"version": KNOWN + 1})
            assert told(url) == (503, {"ready": False, "reason": "schema"})
        finally:
            store._db.run(cypher.SET_META, properties={"version": KNOWN})
        assert told(url) == (200, {"ready": True})
        assert httpx.get(f"{url}/metrics").status_code == 404, "off unless it is switched on"


def test_one_look_serves_all_who_ask(store_target: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    looks: list[Settings] = []

    def counted(settings: Settings) -> Condition:
        looks.append(settings)
        return look(settings)

    monkeypatch.setattr(health, "look", counted)
    monkeypatch.setattr(health, "KEPT", 60.0)
    monkeypatch.setattr(health, "PATIENCE", 30.0)
    with served(Health(lambda: store_target).routes()) as url:
        assert [told(url)[0] for _ in range(5)] == [200] * 5
    assert len(looks) == 1


def test_what_keeps_it_from_being_ready_is_a_word(neo4j_server: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> Settings:
        raise ValueError(SECRET)

    monkeypatch.setattr(health, "PATIENCE", 30.0)
    gone = replace(neo4j_server, neo4j_uri="bolt://127.0.0.1:1")
    reads: dict[str, Callable[[], Settings]] = {
        "login": lambda: replace(neo4j_server, neo4j_password=SECRET),
        "database": lambda: gone,
        "settings": broken,
    }
    for reason, read in reads.items():
        with served(Health(read).routes()) as url:
            assert told(url) == (503, {"ready": False, "reason": reason})
            assert httpx.get(f"{url}/healthz").status_code == 200, "the process lives all the same"
    # Whoever takes the connection and says nothing.
    with served([]) as silent:
        monkeypatch.setattr(health, "PATIENCE", 0.0)
        with served(Health(lambda: replace(gone, neo4j_uri=silent.replace("http", "bolt"))).routes()) as url:
            assert told(url) == (503, {"ready": False, "reason": "slow"})


def test_what_is_counted(store_target: Settings) -> None:
    counting = replace(store_target, metrics=True)
    answer = Answer(SECRET, Status.ANSWERED, Mode.GRAPH, SECRET, model="gpt-4o-mini", usage=Usage(7, 5, cost=0.25))
    metrics.page_run(counting, "ask")
    metrics.retrieved(counting, Mode.GRAPH, 0.3)
    metrics.asked(counting, Mode.GRAPH, answer.status.value, answer)
    metrics.asked(counting, Mode.HYBRID, "not_found", None)
    metrics.asked(counting, Mode.GRAPH, "answered", replace(answer, model="llama:/home/jane/secret.gguf"))
    metrics.page_run(store_target, "nobody-counts-this")
    with Store(store_target) as store, served(Health(lambda: counting).routes()) as url:
        text = httpx.get(f"{url}/metrics", timeout=60).text
        documents = store.query("MATCH (n:Document) RETURN count(n) AS n")[0]["n"]
    found = samples(text)
    assert found["database_up",] == 1 and found["documents",] == documents
    assert found["page_runs_total", "ask"] >= 1 and found["questions_total", "hybrid", "not_found"] >= 1
    assert found["answer_tokens_total", "in", "gpt-4o-mini"] >= 7 and found["answer_usd_total", "gpt-4o-mini"] >= 0.25
    seconds = {bound: found["retrieval_seconds_bucket", bound, "graph"] for bound in ("0.2", "0.5")}
    assert seconds["0.2"] == 0 < seconds["0.5"]
    assert found["answers_total", "llama:…"] >= 1
    assert not [word for word in (SECRET, "jane", "nobody") if word in text]


def test_what_imports_spent_and_a_database_that_is_gone(neo4j_server: Settings) -> None:
    spent = {
        Paid(Purpose.CLAIMS, "gpt-4o-mini"): Use(3, 40, 50, 0.5),
        Paid(Purpose.CLAIMS, "server:a"): Use(1, 2, 3),
        Paid(Purpose.CLAIMS, "server:b"): Use(1, 2, 3),
    }
    made = Figures({"documents": 4}, {"read": 2}, {"paused": 1}, spent)
    found = samples(metrics.exposition(made).decode())
    purpose = Purpose.CLAIMS.value
    assert found["documents_waiting", "read"] == 2 and found["imports", "paused"] == 1
    assert found["import_usd", "gpt-4o-mini", purpose] == 0.5
    assert found["import_calls", "server:…", purpose] == 2, "names that people chose are told together"
    gone = replace(neo4j_server, neo4j_uri="bolt://127.0.0.1:1", metrics=True)
    with served(Health(lambda: gone).routes()) as url:
        assert samples(httpx.get(f"{url}/metrics", timeout=60).text)["database_up",] == 0
    assert figures(neo4j_server).things.keys() == {"documents", "passages", "entities", "claims"}


def test_every_response_has_the_headers(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path)
    own = Route("/_stcore/metrics", lambda request: PlainTextResponse("cache_memory_bytes"))
    routes = [*Health(lambda: settings).routes(), own, Route("/component/{x}", lambda request: PlainTextResponse("c"))]
    for counting, status in ((settings, 404), (replace(settings, metrics=True), 200)):
        middleware = [Middleware(SecurityHeaders), Middleware(OwnCounts, read=partial(replace, counting))]
        with served(routes, middleware) as url:
            assert httpx.get(f"{url}/_stcore/metrics").status_code == status
            for path, framed in (("/healthz", "'none'"), ("/nobody", "'none'"), ("/component/x", "'self'")):
                headers = httpx.get(url + path).headers
                assert headers["content-security-policy"] == policy(framed)
                assert {name: headers[name] for name in ALWAYS} == ALWAYS
            brought = httpx.get(f"{url}/media/a-picture.svg").headers["content-security-policy"]
            assert "sandbox" in brought and "script-src" not in brought and "default-src 'none'" in brought


def test_the_policy_knows_the_scripts_that_are_installed() -> None:
    assert policy("'none'").count("'sha256-") == 2, "one in the HTML of Streamlit, one in that of streamlit-agraph"
    assert "unsafe-eval" not in policy("'none'") and "https:" not in policy("'none'")
    script = policy("'none'").partition("script-src ")[2].partition(";")[0]
    assert "unsafe-inline" not in script and "*" not in script
