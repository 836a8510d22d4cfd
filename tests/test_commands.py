"""The command line and the faults: what a script sees, and what survives kill -9."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from bench import faults
from graph.__main__ import main as graph_main
from ingest.__main__ import main as ingest_main
from llm.__main__ import main as llm_main
from tests import make_files
from tests.test_ingest import WORM

MAINS = {"ingest": ingest_main, "graph": graph_main, "llm": llm_main}


def test_the_command_line_from_files_to_evidence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "worm.md").write_text(WORM)
    (folder / "empty.txt").write_bytes(b"")
    (folder / "cut.pdf").write_bytes(b"%PDF-1.4 no more of it")
    make_files.book(folder / "book.pdf", 2)
    monkeypatch.setenv("WUNDERKAMMER_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("WUNDERKAMMER_SERVER_IDLE", "30")

    def program(*words: str) -> tuple[int, str]:
        """As a process of its own, as people start it."""
        done = subprocess.run([sys.executable, "-m", *words], capture_output=True, text=True, timeout=240, check=False)
        assert "Traceback" not in done.stderr, done.stderr
        return done.returncode, done.stdout

    def command(module: str, *words: str) -> tuple[int, str]:
        """The same within this process: each start of Python costs a second."""
        capsys.readouterr()
        code = MAINS[module](list(words))
        return code, capsys.readouterr().out

    try:
        code, out = program("ingest", "add", str(folder), "--extractor", "quick", "--yes", "--json")
        added = json.loads(out)
        assert code == 1 and len(added["failed"]) == 2 and len(added["documents"]) == 4
        told = {d["title"]: d["error"] for d in added["documents"] if d["state"] == "failed"}
        assert "empty" in told["empty.txt"] and "damaged" in told["cut.pdf"]
        assert command("ingest", "add", str(folder / "nothing.pdf"), "--json")[0] == 2
        code, out = command("ingest", "plan", str(folder), "--json")
        planned = json.loads(out)["totals"]
        assert planned["standing"]["known"] == 2 and planned["failed"] == 2 and planned["chunks"] == 0
        code, out = program("llm", "ask", "Who acquired the collection of Worm?", "--model", "none", "--json")
        answer = json.loads(out)
        assert code == 0 and answer["status"] == "evidence_only" and answer["answer"] == ""
        first = answer["evidence"][0]
        assert first["title"] == "Ole Worm" and first["page"] == 1 and first["n"] == 1
        texts = {id_: command("ingest", "text", id_)[1] for id_ in {e["document"] for e in answer["evidence"]}}
        for piece in answer["evidence"]:
            assert texts[piece["document"]][piece["start"] : piece["end"]] == piece["text"]
            if piece["region"]:
                assert Path(piece["image"]).exists()
        assert answer["searched"]["failed"] == 1
        code, out = command("ingest", "status", "--json")
        assert code == 0 and len(json.loads(out)["documents"]) == 3
        code, out = command("ingest", "remove", first["document"], "--json")
        assert code == 0 and json.loads(out)["chunks"] >= 1
        assert command("graph", "check", "--json")[0] == 0
        assert command("ingest", "text", "nothing")[0] == 2
        assert program("ingest", "add")[0] == 2
    finally:
        assert program("graph", "stop")[0] == 0


def test_killing_worker_and_database_loses_and_doubles_nothing() -> None:
    report = faults.compare(documents=2, kills=2, seed=11)
    assert report.sound, report
    assert report.worker_kills >= 1 and report.database_kills >= 1
