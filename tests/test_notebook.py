"""The notebook of the workshop runs from top to bottom, without a key and with one.

Its cells are run here as plain Python, the last expression of each being what a notebook would show; a kernel for this
one file (nbclient, ipykernel) would bring 26 packages and 106 MB.
"""

from __future__ import annotations

import ast
import csv
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from tests.fake_openai import FakeOpenAI, Words
from tests.page_homes import page_home

NOTEBOOK = Path(__file__).resolve().parents[1] / "examples" / "ask_from_python.ipynb"
ANSWER = "Ole Worm showed that unicorn horns are narwhal tusks [1]."


def cells(kind: str) -> list[str]:
    """The sources of the notebook's cells."""
    notebook = json.loads(NOTEBOOK.read_text(encoding="utf-8"))
    return ["".join(cell["source"]) for cell in notebook["cells"] if cell["cell_type"] == kind]


def run() -> tuple[dict[str, Any], list[Any]]:
    """Run all cells in one namespace; what they leave there, and what each shows."""
    names: dict[str, Any] = {}
    shown: list[Any] = []
    for number, source in enumerate(cells("code"), 1):
        tree = ast.parse(source)
        last = tree.body.pop() if isinstance(tree.body[-1], ast.Expr) else None
        where = f"{NOTEBOOK.name}, code cell {number}"
        exec(compile(tree, where, "exec"), names)
        value = last.value if isinstance(last, ast.Expr) else None
        shown.append(eval(compile(ast.Expression(value), where, "eval"), names) if value else None)
    return names, shown


@pytest.fixture(scope="module")
def practice(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    with page_home(tmp_path_factory.mktemp("practice")) as settings:
        settings.home.mkdir(exist_ok=True)
        # The notebook keeps to a folder of this name, whatever cabinet the environment names.
        (settings.home.parent / "wunderkammer-practice").symlink_to(settings.home)
        yield settings.home


@pytest.fixture(autouse=True)
def as_opened(practice: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A notebook starts in its own folder, and may change folder and path as it likes."""
    monkeypatch.setenv("HOME", str(practice.parent))
    # Whose variable names a cabinet of their own must find nothing of the practice in it.
    monkeypatch.setenv("WUNDERKAMMER_HOME", str(practice.parent / "real"))
    monkeypatch.chdir(NOTEBOOK.parent)
    monkeypatch.setattr(sys, "path", list(sys.path))


def test_it_runs_without_a_key(practice: Path, capsys: pytest.CaptureFixture[str]) -> None:
    names, shown = run()
    said = capsys.readouterr().out
    assert Path.cwd() == NOTEBOOK.parents[1]
    assert any(isinstance(each, dict) and each.get("documents") == 3 for each in shown)
    assert "narwhal" in names["passages"][0].page_content
    picture = next(each for each in shown if isinstance(each, Image.Image))
    assert picture.width > 100 and picture.height > 20
    assert practice.is_dir() and not (practice.parent / "real").exists()
    assert "evidence_only" in shown and "gpt-4o-mini is not ready" in said
    assert "ten-year-old" in said, "the chain shows what it would ask"
    with (practice / "evidence.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["n"] for row in rows] == ["1", "2", "3", "4", "5"] and "narwhal" in rows[0]["text"]


def test_it_asks_where_there_is_one(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    with FakeOpenAI() as server:
        server.replies(Words(ANSWER), Words("Unicorns were whales."))
        monkeypatch.setenv("OPENAI_API_KEY", "sk-x")
        monkeypatch.setenv("OPENAI_BASE_URL", server.url)
        run()
        answered, own = server.chats()
    said = capsys.readouterr().out
    assert ANSWER in said and "supported [1]" in said and "Unicorns were whales." in said
    assert "<<<SOURCE 1" in answered.prompt and "ten-year-old" in own.prompt


def test_no_output_is_kept_in_the_file() -> None:
    notebook = json.loads(NOTEBOOK.read_text(encoding="utf-8"))
    code = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    assert len(code) > 5 and all(not cell["outputs"] and cell["execution_count"] is None for cell in code)
