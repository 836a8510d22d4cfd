"""What the command lines say when something is wrong with what they are given: one clear line, and the right code."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import cli
from graph.__main__ import main as graph_main
from graph.merges import Pair
from graph.store import Store
from graph.types import DEFAULT_COLLECTION, Entity
from ingest.__main__ import main as ingest_main
from ingest.limits import BadLimit, StillAtLimit
from ingest.watch import WatchedFolderEmptied
from ingest.worker import stop_worker
from llm.__main__ import main as llm_main
from settings import Settings
from tests.fake_openai import FakeOpenAI, structured
from tests.graph_samples import alone, empty

MAINS = {"ingest": ingest_main, "graph": graph_main, "llm": llm_main}


@pytest.fixture
def home(embedded_server: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Settings]:
    """A home with nothing in it, which the commands find."""
    monkeypatch.setenv("WUNDERKAMMER_HOME", str(embedded_server.home))
    with Store(embedded_server) as store:
        alone(store)
        yield embedded_server
        stop_worker(embedded_server)
        empty(store)


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("ingest add", "PATH"),
        ("ingest bogus", "invalid choice"),
        ("ingest plan ''", "empty name"),
        ("ingest list ''", "empty name"),
        ("ingest plan EMPTY", "no file"),
        ("ingest add EMPTY", "no file"),
        ("ingest plan ftp://example.org/x", "http://"),
        ("ingest plan EMPTY --language klingon", "de, el, en"),
        ("ingest plan EMPTY --limit-calls 99999999999999999999", "1,000,000,000"),
        ("ingest plan EMPTY --limit-calls -1", "from 0"),
        ("ingest plan EMPTY --limit-usd nan", "nan"),
        ("ingest plan EMPTY --limit 0", "from 1"),
        ("ingest list EMPTY --skip -1", "from 0"),
        ("ingest watch EMPTY --interval 0", "from 1"),
        ("ingest watch /no/such/folder --once", "is not there"),
        ("ingest status №1", "№1"),
        ("ingest remove ''", "''"),
        ("ingest pause", "ingest status"),
        ("ingest resume abc", "abc"),
        ("graph merge A B", "exact name"),
        ("graph unmerge ''", "graph merges"),
        ("graph suggestions --limit many", "many"),
        ("llm ask ''", "empty"),
        ("llm ask x --limit 101", "from 1 to 100"),
        ("llm describe EMPTY --model gpt-4o-mini", "folder"),
        ("llm describe x.png --page 0", "from 1"),
    ],
)
def test_one_clear_line(
    line: str, says: str, home: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    module, *words = [{"''": "", "EMPTY": str(tmp_path)}.get(word, word) for word in line.split()]
    assert MAINS[module]([*words, "--json"]) == cli.WRONG_USE
    shown = capsys.readouterr()
    said = json.loads(shown.out)["error"]["message"]
    assert says in said and f"error: {said}\n" in shown.err and "Traceback" not in shown.err


def test_why_a_watched_file_failed(home: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "garbage.pdf").write_bytes(bytes(range(256)) * 9)
    assert ingest_main(["watch", str(tmp_path), "--once"]) == cli.IN_PART
    shown = capsys.readouterr().out
    assert "1 file: 0 added, 0 updated, 0 unchanged, 1 refused" in shown
    assert "not taken in: " in shown and "neither text nor a PDF" in shown
    (tmp_path / "cut.pdf").write_bytes(b"%PDF-1.7\n1 0 obj\n<</Type /Catalog")
    assert ingest_main(["watch", str(tmp_path), "--once"]) == cli.IN_PART
    assert "could not be read: cut" in capsys.readouterr().out


def test_what_fails_again_is_told(home: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "cut.pdf").write_bytes(b"%PDF-1.7\n1 0 obj\n<</Type /Catalog")
    assert ingest_main(["add", str(tmp_path)]) == cli.WRONG_USE
    assert "0 added, 0 updated, 0 unchanged, 1 failed, 0 refused" in capsys.readouterr().err
    assert ingest_main(["retry", "--json"]) == cli.IN_PART
    said = json.loads(capsys.readouterr().out)
    assert said["retried"] == 1 and len(said["failed"]) == 1
    assert ingest_main(["retry"]) == cli.IN_PART
    assert "tried again: 1 document\n" in capsys.readouterr().out


def test_a_document_is_told_by_its_title_and_its_file(
    home: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "page7.html").write_text("<title>Of\x9b Horns</title><p>Ole Worm held a horn.", encoding="utf-8")
    (tmp_path / "worm.txt").write_text("Ole Worm held a horn of a narwhal.", encoding="utf-8")
    (tmp_path / "globe.txt").write_text("The horn was long.", encoding="utf-8")
    assert ingest_main(["add", str(tmp_path)]) == cli.DONE
    shown = capsys.readouterr().out
    assert "Of Horns (page7.html): 1 page" in " ".join(shown.split()), "nothing that a terminal obeys"
    assert "held a horn of a narwhal.: 1 page" in shown and "The horn was long. (globe.txt): 1 page" in shown


def test_at_its_limit_a_document_waits_and_what_to_type_is_said(
    home: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(3):
        (tmp_path / f"{number}.txt").write_text(f"Ole Worm taught medicine in Copenhagen, says letter {number}.")
    with FakeOpenAI() as server:
        server.default = structured({"claims": []})
        monkeypatch.setenv("OPENAI_API_KEY", "sk-a-key-of-the-test-0123")
        monkeypatch.setenv("OPENAI_BASE_URL", server.url)
        how = ["--extractor", "statements", "--model", "gpt-4o-mini", "--limit-calls", "1", "--yes"]
        assert ingest_main(["add", str(tmp_path), *how]) == cli.IN_PART
        shown = capsys.readouterr()
        assert "--limit-calls N`, `--limit-usd USD` or `--no-limit` goes on" in shown.err
        assert shown.out.count("waiting ") >= 2 and "running" not in shown.out
        assert ingest_main(["status", "--json"]) == cli.DONE
        documents = json.loads(capsys.readouterr().out)["documents"]
        halted = [each["halted"] for each in documents if each["state"] in ("pending", "running")]
        assert len(halted) >= 2 and set(halted) == {"limit"}
        assert ingest_main(["resume"]) == cli.WRONG_USE
        assert "has used $0.00" in (told := capsys.readouterr().err) and "1 call," in told and "--no-limit" in told
        assert ingest_main(["resume", "--no-limit"]) == cli.DONE
        capsys.readouterr()
        assert ingest_main(["add", str(tmp_path), *how[:4], "--yes"]) == cli.DONE, "it waits for what is read already"
        assert len(server.chats()) == 3


def test_why_two_names_may_be_one(home: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    a, b = (Entity(name, "Person", DEFAULT_COLLECTION) for name in ("Ole Worm", "Olaus Wormius"))
    with Store(home) as store:
        for each in (a, b):
            store.query(
                "CREATE (e:__Entity__ {id: $id, name: $name, type: 'Person', collection: $c, key: $id})",
                id=each.id, name=each.name, c=DEFAULT_COLLECTION,
            )  # fmt: skip
        store.resolution.suggest([Pair(a, b, 0.8, "latin")])
        code = graph_main(["suggestions"])
        store.query("MATCH (e:__Entity__) WHERE e.id IN $ids DETACH DELETE e", ids=[a.id, b.id])
        store.query("MATCH (s:Suggestion) DETACH DELETE s")
    told = capsys.readouterr().out
    assert code == cli.DONE and " 80%  " in told and "one is the Latin form of the other" in told


def test_numbers_in_errors_speak_the_language() -> None:
    at_limit = StillAtLimit(usd=0.12345, calls=1, job="ab")
    assert "has used $0.12 and 1 call," in at_limit.text() and "0,12 $ und 1 Aufruf verbraucht" in at_limit.text("de")
    assert "2 Aufrufe" in StillAtLimit(usd=0.0, calls=2, job="ab").text("de")
    one, many = (WatchedFolderEmptied(folder="x", count=n) for n in (1, 2))
    assert "1 document came" in one.text() and "2 documents came" in many.text()
    assert at_limit.failure().say("de") == at_limit.text("de"), "also where it was stored"
    assert "Limit" not in BadLimit().text("de") + at_limit.text("de")


COMMAND = [sys.executable, "-m", "ingest"]


def test_who_reads_no_further_gets_no_trace(home: Settings) -> None:
    environment = os.environ | {"PYTHONUNBUFFERED": ""}
    for words in (["--help"], ["status"], ["status", "--json"], ["text"]):
        read, write = os.pipe()
        os.close(read)
        done = subprocess.run([*COMMAND, *words], stdout=write, stderr=subprocess.PIPE, text=True, env=environment)
        os.close(write)
        assert "Traceback" not in done.stderr and "Exception ignored" not in done.stderr, done.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGINT between processes")
def test_ctrl_c_leaves_the_import_to_the_worker(home: Settings, tmp_path: Path) -> None:
    for number in range(8):
        (tmp_path / f"{number}.txt").write_text(f"Ole Worm wrote letter {number} to Rudolf II in Prague.")
    begun = subprocess.Popen([*COMMAND, "add", str(tmp_path)], stderr=subprocess.PIPE, text=True)
    assert begun.stderr is not None
    first = begun.stderr.readline()
    begun.send_signal(signal.SIGINT)
    rest = begun.stderr.read()
    assert begun.wait(60) == cli.IN_PART and "Traceback" not in first + rest
    assert "ingest status" in rest or "goes on from there" in rest
    assert ingest_main(["add", str(tmp_path)]) == cli.DONE
    with Store(home) as store:
        assert store.queue.left() == {} and store.documents.count([DEFAULT_COLLECTION]) == 8
