"""What is said of the packages of others: their licences, and whether weaknesses of them are known."""

from __future__ import annotations

import re
from importlib import metadata
from pathlib import Path

import pytest

from scripts.audit import UNASKED, WEAK, WELL, report
from scripts.licences import UNKNOWN, licence, required

ROOT = Path(__file__).resolve().parents[1]
LISTED = (ROOT / "docs" / "licences.md").read_text(encoding="utf-8")


def test_each_package_that_we_ask_for_is_listed_with_a_licence() -> None:
    core = required(ROOT / "requirements-core.txt")
    direct = [name for name, named in core.items() if named]
    assert len(direct) > 30 and len(core) > 100
    missing = [name for name in direct if f"| **{name}** | " not in LISTED]
    assert missing == [], "run: make licences"
    assert [name for name in direct if licence(name) == UNKNOWN] == []
    told = dict(re.findall(r"^\| \**([\w.-]+?)\** \| (.+) \|$", LISTED, re.MULTILINE))
    strong = re.compile(r"(?<!L)GPL|AGPL|SSPL|Proprietary", re.IGNORECASE)
    assert [name for name in core if strong.search(told.get(name, "")) and name not in {"text-unidecode"}] == []


def test_extras_and_markers_are_followed(tmp_path: Path) -> None:
    (tmp_path / "one.txt").write_text("-r two.txt\nuvicorn  # a server\nnobody-has-this>=1\n")
    (tmp_path / "two.txt").write_text("neo4j>=6; python_version < '3'\n")
    found = required(tmp_path / "one.txt")
    assert found["uvicorn"] is True and found["click"] is False and "nobody-has-this" not in found
    assert metadata.version("click")


@pytest.mark.parametrize(
    ("answer", "code", "said"),
    [
        (None, UNASKED, "could not be reached"),
        (
            {"dependencies": [{"name": "a", "skip_reason": "Dependency not found on PyPI"}]},
            UNASKED,
            "could not be reached",
        ),
        ({"dependencies": [{"name": "a", "version": "1", "vulns": []}]}, WELL, "✓ 1 packages asked about, 0"),
        (
            {"dependencies": [{"name": "a", "version": "1", "vulns": []}, {"name": "b", "skip_reason": "not found"}]},
            UNASKED,
            "not asked about 1: b",
        ),
        (
            {"dependencies": [{"name": "a", "version": "1", "vulns": [{"id": "CVE-1", "fix_versions": ["2"]}]}]},
            WEAK,
            "✗ a 1: CVE-1; fixed in 2",
        ),
    ],
)
def test_an_audit_that_asked_nobody_does_not_say_that_all_is_well(
    answer: dict[str, object], code: int, said: str
) -> None:
    ended, lines = report(answer)
    assert ended == code and said in "\n".join(lines)
