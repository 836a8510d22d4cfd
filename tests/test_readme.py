"""The README is true: every setting, page, command and model in the code is in it, and the other way round."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import settings as configuration
from graph.__main__ import main as graph_main
from ingest.__main__ import main as ingest_main
from llm.__main__ import main as llm_main
from llm.catalog import FAMILIES, models
from share.__main__ import main as share_main

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_every_setting_is_explained_and_every_explained_one_exists() -> None:
    known = set(configuration.VARIABLES.values())
    named = set(re.findall(r"`([A-Z][A-Z0-9]*_[A-Z0-9_]+)`", README.partition("## Settings")[2].partition("\n## ")[0]))
    assert named == known


def test_every_model_is_named() -> None:
    assert [spec.id for spec in models() if f"`{spec.id}`" not in README] == []
    for family in FAMILIES:
        assert family.title.split()[0] in README


def test_every_page_is_named() -> None:
    files = {path.stem for path in (ROOT / "pages").glob("*.py")} - {"__init__"}
    table = README.partition("## Pages")[2].partition("\n## ")[0]
    assert {name.lower() for name in re.findall(r"^\| (\w+) \|", table, re.MULTILINE)} - {"page"} == files


def test_every_command_is_named_and_every_named_one_exists(capsys: pytest.CaptureFixture[str]) -> None:
    block = README.partition("## Command line")[2].partition("```\n")[2].partition("```")[0]
    for module, main in (("ingest", ingest_main), ("llm", llm_main), ("graph", graph_main), ("share", share_main)):
        with pytest.raises(SystemExit):
            main(["--help"])
        known = re.search(r"\{([a-z,]+)\}", capsys.readouterr().out)
        assert known is not None
        said = " ".join(re.findall(rf"python -m {module} +([a-z |A-Z.]+)", block))
        named = {word for word in re.findall(r"[a-z]+", said) if word != "python"}
        assert named == set(known.group(1).split(","))


def test_every_file_and_folder_in_the_tree_exists() -> None:
    tree = README.partition("## How it is built")[2].partition("```\n")[2].partition("```")[0]
    folder = Path()
    for line in tree.splitlines():
        name = line.split()[0] if line.strip() else ""
        if not line.startswith(" ") and name.endswith("/"):
            folder = Path(name)
        for part in re.findall(r"(?<![\w.])[\w/]+\.py\b|^\s+\w+/", line):
            path = (folder if line.startswith(" ") else Path()) / part.strip()
            assert (ROOT / path).exists(), path


def test_links_and_pictures_lead_somewhere() -> None:
    for target in re.findall(r"\]\((?!https?:)([^)#]+)", README):
        assert (ROOT / target).exists(), target
