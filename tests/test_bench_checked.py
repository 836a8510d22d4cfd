"""What the bench tells of a model that looks through passages: gain, calls, tokens, money; and the most possible."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bench.retrieval import main
from tests.fake_openai import FakeOpenAI, Status, Words, structured
from tests.page_homes import page_home

PASSAGES = [("a", "Narwhal horns", "Ole Worm kept the horn of a narwhal in Copenhagen."),
            ("b", "Letters on horns", "Ole Worm wrote letters on horns of narwhals to Copenhagen."),
            ("c", "Bread", "Bread is made of flour, water and salt.")]  # fmt: skip
QUESTION = "Where did Ole Worm keep the horn of a narwhal?"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two passages that answer about as well, and one that does not; the gold one is the one that is told later."""
    made = tmp_path_factory.mktemp("bench")
    lines = [json.dumps({"id": id_, "title": title, "text": text}) for id_, title, text in PASSAGES]
    (made / "passages.jsonl").write_text("\n".join(lines), encoding="utf-8")
    asked = [{"id": "1", "question": QUESTION, "gold": ["c"]}, {"id": "2", "question": f"{QUESTION} ", "gold": ["c"]}]
    (made / "questions.jsonl").write_text("\n".join(map(json.dumps, asked)), encoding="utf-8")
    return made


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    with page_home(tmp_path_factory.mktemp("bench-home")) as settings:
        yield settings.home


def told(folder: Path, kept: Path, capsys: pytest.CaptureFixture[str], model: str, code: int = 0) -> Any:
    given = ["--data", str(folder), "--home", str(kept), "--quick", "--check", model, "--json"]
    assert main(given) == code
    out = capsys.readouterr().out
    return json.loads(out) if out else None


def test_gain_and_cost_of_a_model(
    folder: Path, kept: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert told(folder, kept, capsys, "no-such-model", 2) is None
    assert told(folder, kept, capsys, "gpt-4o-mini", 3) is None, "without a key nobody is asked"
    monkeypatch.setenv("OPENAI_API_KEY", "sk-x")
    with FakeOpenAI() as server:
        monkeypatch.setenv("OPENAI_BASE_URL", server.url)
        server.replies(structured({"passages": [3]}, usage=(1000, 10)), Words("none", usage=(900, 5)))
        said = told(folder, kept, capsys, "gpt-4o-mini")
        before, after = said["scores"]
        assert before["setting"] == "graph" and before["measures"]["R@2"]["mean"] == 0
        assert (after["measures"]["R@2"]["mean"], after["measures"]["R@2"]["more"]) == (50, 50)
        took = said["check"]
        assert (took["calls"], took["chosen"], took["none_fits"], took["failed"]) == (2, 1, 1, {})
        assert (took["tokens_in"], took["tokens_out"], took["estimated"]) == (1900, 15, False)
        assert took["usd"] is None, "what another server takes is not known"
        assert took["median_seconds"] > 0
        server.default = Status(401)
        assert main(["--data", str(folder), "--home", str(kept), "--check", "gpt-4o-mini"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 3 and "2 of no use (BadKey)" in lines[2] and "price not known" in lines[2]


def test_the_most_that_a_model_could_reach(folder: Path, kept: Path, capsys: pytest.CaptureFixture[str]) -> None:
    said = told(folder, kept, capsys, "oracle")
    _, after = said["scores"]
    assert after["setting"] == "checked, at most" and after["measures"]["R@2"]["mean"] == 100 and "check" not in said
