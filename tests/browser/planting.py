"""An app in which every name, text and answer of a model holds script, and what of it is looked at."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from graph.merges import Pair
from graph.store import Store
from graph.types import DEFAULT_COLLECTION
from ingest.submit import Options, submit
from ingest.worker import work
from settings import Settings
from tests import payloads
from tests.browser.conftest import App, running_app
from tests.fake_openai import Asked, FakeOpenAI, Words, structured
from tests.web_server import Web, web

KEY = "sk-real-key-of-the-user"
HERE = [DEFAULT_COLLECTION]


@dataclass(frozen=True, slots=True)
class Planted:
    """An app full of payloads, and what of it is looked at."""

    app: App
    trap: Web
    server: FakeOpenAI
    hub: str
    other: str
    text: str
    picture: str
    pair: str
    payloads: list[str]


def reply(asked: Asked, trap: str) -> Words:
    """A model that says all of it, whatever it is asked."""
    if not asked.wants_schema:
        return Words(f"planted: {' '.join(payloads.payloads(trap))} [1].")
    wanted = asked.body["response_format"]["json_schema"]["schema"].get("properties", {})
    if "parts" in wanted:
        return structured(payloads.described(trap))
    wicked = payloads.payloads(trap)
    return structured({name: _fitting(each, wicked[n]) for n, (name, each) in enumerate(wanted.items())})


def _fitting(wanted: dict[str, Any], said: str) -> Any:
    """What is said in the shape that a form wants; nothing where words do not fit."""
    kinds = wanted.get("type", "")
    return [said] if "array" in kinds else said if "string" in kinds else None


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Planted]:
    folder, home = tmp_path_factory.mktemp("planted"), tmp_path_factory.mktemp("nothing-runs") / "home"
    with web() as trap, FakeOpenAI() as server:
        wicked = payloads.payloads(trap.url(""))
        server.default = lambda asked: reply(asked, trap.url(""))
        server.models = ["local-model", *wicked[:3]]
        model = {"OPENAI_BASE_URL": server.url, "OPENAI_API_KEY": KEY, "WUNDERKAMMER_ALLOW_PRIVATE": "1"}
        model |= {"MODEL_SERVER_URL": server.url, "WUNDERKAMMER_USER": wicked[6]}
        settings = Settings(home=home, openai_api_key=KEY, openai_base_url=server.url)
        with Store(settings) as store:
            payloads.plant(store, trap.url(""))
            submit(store, settings, [payloads.picture(folder)], Options(caption_model="gpt-4o-mini"))
            work(settings, idle=0.1)
            kept = _correct(store, wicked)
            documents = {document.media_type: document.id for document in store.documents.every(HERE)}
            assert set(documents) == {"text/plain", "image/png"}, documents
            named = {entity.name for entity in store.explore.most_connected(HERE, 30)}
            assert payloads.HUB in named and len(named & set(wicked)) > 20
        with running_app(home, model) as app:
            hub, other, pair = kept
            yield Planted(app, trap, server, hub, other, documents["text/plain"], documents["image/png"], pair, wicked)


def _correct(store: Store, wicked: list[str]) -> tuple[str, str, str]:
    """Corrections, a merge and a question whether two are one; the hub, somebody beside it, and that pair."""
    hub, *_ = store.search.complete(payloads.HUB, 1, HERE)
    near = [store.explore.entity(claim) for claim in _neighbours(store, hub.id)]
    one, two, three, four, five = [each for each in near if each is not None][:5]
    store.corrections.rename(three.id, f"{three.name} planted", wicked[6], wicked[44])
    claim = store.explore.statements_of(four.id)[0]
    store.corrections.retract(claim.id, wicked[0], wicked[45])
    store.resolution.merge(one.id, five.id, who=wicked[7])
    assert five.id in {merge.absorbed for merge in store.resolution.merged_into(one.id)}
    pair = Pair(one, two, 0.9, "letters")
    store.resolution.suggest([pair])
    return hub.id, one.id, pair.id


def _neighbours(store: Store, hub: str) -> list[str]:
    graph = store.surroundings.of(hub, 12)
    return sorted({end for edge in graph.edges for end in (edge.source, edge.target)} - {hub})
