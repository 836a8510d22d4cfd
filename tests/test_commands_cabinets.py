"""`--collection` of the command lines: each works in the named cabinet, and tells nothing of another."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import cli
from graph.__main__ import main as graph
from ingest.__main__ import main as ingest
from ingest.worker import work
from llm.__main__ import main as llm
from settings import Settings
from share.__main__ import main as share

SECRET = "Der Zwiebelfisch gehörte Ambrosius Quadflieg aus Gottorf."


def test_commands_work_in_the_cabinet_that_is_named(
    own: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setenv("WUNDERKAMMER_HOME", str(own.home))
    path = str(tmp_path / "secret.txt")
    Path(path).write_text(SECRET, encoding="utf-8")

    def run(main: Any, *arguments: str) -> tuple[int, Any]:
        code = main([*arguments, "--json"])
        return code, json.loads(capsys.readouterr().out)

    there = ("--collection", "geheim")
    assert run(graph, "cabinets", "--make", "Geheim")[0] == cli.DONE
    assert run(graph, "cabinets", "--make", "geheim")[0] == cli.WRONG_USE
    assert run(ingest, "plan", path, *there)[0] == cli.DONE
    assert run(ingest, "add", path, *there)[0] == cli.DONE
    work(own, idle=0.1)
    said: dict[str, tuple[Any, ...]] = {
        "status": (ingest, "status"),
        "ask": (llm, "ask", "Wem gehörte der Zwiebelfisch?", "--model", "none", "--save", "Fisch"),
        "text": (ingest, "text", path),
        "merges": (graph, "merges", "--undone"),
        "history": (graph, "history"),
        "list": (share, "list"),
    }
    here = {name: run(main, *arguments) for name, (main, *arguments) in said.items()}
    elsewhere = {name: run(main, *arguments, *there) for name, (main, *arguments) in said.items()}
    assert {name: told for name, (code, told) in elsewhere.items() if code != cli.DONE} == {}
    assert "Quadflieg" not in json.dumps({name: told for name, (_, told) in here.items()})
    assert here["text"][0] == cli.WRONG_USE
    assert elsewhere["text"][1]["text"].strip() == SECRET and elsewhere["status"][1]["total"] == 1
    assert "Quadflieg" in json.dumps(elsewhere["ask"][1]["evidence"]) and elsewhere["list"][1]["total"] == 1
    assert run(ingest, "status", "--collection", "nowhere")[1]["error"]["code"] == "NoSuchCabinet"
    assert run(graph, "cabinets", "--rename", "Geheim", "Offen")[0] == cli.DONE
    assert run(graph, "cabinets", "--delete", "Offen")[0] == cli.WRONG_USE
    code, left = run(graph, "cabinets", "--delete", "Offen", "--with-all")
    assert code == cli.DONE and [each["id"] for each in left["cabinets"]] == ["default"]
