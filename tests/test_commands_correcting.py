"""Correcting from the command line: what a script sees, and in which words it is refused."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from graph.__main__ import main
from graph.store import Store
from graph.types import DEFAULT_COLLECTION
from settings import Settings
from tests.page_homes import page_home
from tests.test_corrections import worms


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Settings]:
    with page_home(tmp_path) as settings:
        monkeypatch.setenv("WUNDERKAMMER_HOME", str(settings.home))
        monkeypatch.setenv("WUNDERKAMMER_USER", "Inga Kräft")
        with Store(settings) as opened:
            worms(opened, DEFAULT_COLLECTION)
        yield settings


def test_corrections_from_the_command_line(home: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    def told(*arguments: str) -> tuple[int, dict[str, Any]]:
        capsys.readouterr()
        code = main([*arguments, "--json"])
        return code, json.loads(capsys.readouterr().out)

    code, made = told("rename", "Ole Worm", "Olaus Wormius", "--note", "as he signed")
    assert code == 0 and (made["kind"], made["who"], made["after"]) == ("rename", "Inga Kräft", "Olaus Wormius")
    assert told("rename", "Ole Worm", "Copenhagen")[1]["error"]["code"] == "NameTaken"
    assert told("rename", "Nobody", "Somebody")[0] == 2
    assert told("retype", "Copenhagen", "Organisation")[0] == told("alias", "Copenhagen", "Hafnia")[0] == 0
    assert told("alias", "Copenhagen", "Hafnia", "--remove")[0] == 0
    found = told("claims", "Olaus Wormius")[1]
    claims = {each["predicate"]: each["id"] for each in found["claims"]}
    assert set(claims) == {"LIVED_IN", "OWNED_A", "WROTE"} and len(found["passages"]) == 2
    assert told("split", "Ole Worm", "Worm II", "--claim", claims["WROTE"][:8])[1]["after"] == "Worm II"
    assert told("retract", claims["OWNED_A"])[0] == 0
    assert told("retract", claims["OWNED_A"])[1]["error"]["code"] == "NoSuchClaim"
    where = ("--document", "worms", "--page", "1")
    code, added = told("claim", "Ole Worm", "knew", "Steno", *where, "--quote", "owned an auk", "--region", "1,2,3,4")
    assert code == 0 and added["after"] == "Olaus Wormius knew Steno"
    assert told("claim", "Ole Worm", "knew", "Steno", *where, "--region", "here")[1]["error"]["code"] == "BadRegion"
    assert told("merge", "Copenhagen", "Steno")[0] == 0
    listed = told("history")[1]["corrections"]
    assert [each["kind"] for each in listed] == [
        "merge", "add", "retract", "split", "unalias", "alias", "retype", "rename",
    ]  # fmt: skip
    assert {each["who"] for each in listed} == {"Inga Kräft"}
    assert listed[1]["blocked_by"] == listed[0]["id"]
    assert [each["kind"] for each in told("history", "Worm II")[1]["corrections"]] == ["split"]
    assert told("undo", listed[1]["id"])[1]["error"]["code"] == "BuiltUpon"
    for each in listed:
        code, undone = told("undo", each["id"][:12])
        assert code == 0 and undone["undone_by"] == "Inga Kräft"
    assert told("undo", listed[0]["id"])[0] == 2
    assert told("check")[1]["sound"] is True
    capsys.readouterr()
    assert main(["history"]) == 0
    text = capsys.readouterr().out
    assert "Inga Kräft  rename: Ole Worm → Olaus Wormius  “as he signed”  undone by Inga Kräft" in text
