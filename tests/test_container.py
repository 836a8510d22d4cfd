"""The image's recipe is sound and what goes into it is enough to run: checked without an engine, with its own files."""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from fnmatch import fnmatch
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml
from dockerfile_parse import DockerfileParser
from jsonschema import Draft202012Validator

from graph.embedded import release_server, stop_server
from settings import SECRETS, VARIABLES, Settings

ROOT = Path(__file__).resolve().parents[1]
COMPOSE = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))
OTHERS = {"NEO4J_HEAP", "NEO4J_PAGECACHE", "LOCAL_MODELS", "PORT"}
"""Variables that compose.yaml takes beside those of the app."""


def instructions() -> list[tuple[str, str]]:
    parser = DockerfileParser(fileobj=(ROOT / "Dockerfile").open("rb"))
    return [(each["instruction"], each["value"]) for each in parser.structure if each["instruction"] != "COMMENT"]


def last(name: str) -> str:
    return [value for instruction, value in instructions() if instruction == name][-1]


def taken(path: Path) -> bool:
    """Whether `.dockerignore` lets a file into the image; its last word counts, as for Docker."""
    name = path.relative_to(ROOT).as_posix()
    inside = True
    for line in (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines():
        pattern = line.strip().lstrip("!")
        if not pattern or pattern.startswith("#"):
            continue
        parents = [name, *(parent.as_posix() for parent in Path(name).parents)]
        if any(fnmatch(each, pattern) or fnmatch(f"/{each}", pattern.replace("**", "*")) for each in parents):
            inside = line.startswith("!")
    return inside


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder `/app` of the image: the files that are kept, as far as they may come along."""
    folder = tmp_path_factory.mktemp("image") / "app"
    listed = subprocess.run(["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True)
    for name in listed.stdout.splitlines():
        if (ROOT / name).is_file() and taken(ROOT / name):
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, folder / name)
    return folder


def test_the_recipe_is_sound() -> None:
    steps = instructions()
    bases = [value.split()[0] for name, value in steps if name == "FROM"]
    assert len(bases) == 2 and all(re.fullmatch(r"[a-z/]+:\d[\w.-]+", base) for base in bases), (
        "pinned bases, two stages"
    )
    assert last("USER") not in {"root", "0"}
    assert steps.index(("USER", last("USER"))) > max(n for n, (name, _) in enumerate(steps) if name in {"RUN", "COPY"})
    assert not [name for name, _ in steps if name in {"ADD", "MAINTAINER"}]
    assert "/healthz" in last("HEALTHCHECK") and json.loads(last("VOLUME")) == ["/data"]
    for name in ("CMD", "ENTRYPOINT"):
        assert isinstance(json.loads(last(name)), list), "a program, not a line for a shell: signals reach it"
    for name, value in steps:
        if name == "RUN" and "apt-get install" in value:
            assert "--no-install-recommends" in value and "rm -rf /var/lib/apt/lists/*" in value
        if name in {"ENV", "ARG", "LABEL"}:
            assert not [secret for secret in SECRETS if secret in value], "what is in a layer is no secret"
    assert "requirements-core.txt" in " ".join(value for name, value in steps if name == "RUN")


def test_all_that_is_copied_is_there_and_no_secret_comes_along(image: Path) -> None:
    for name, value in instructions():
        if name == "COPY" and not value.startswith("--from"):
            assert all((ROOT / source).exists() for source in value.split()[:-1]), value
    for name in (".env", ".git/config", "tests/conftest.py", "cabinet.zip", "secrets/neo4j", "pages/.env", ".venv/x"):
        assert not taken(ROOT / name), name
    for name in (
        "streamlit_app.py",
        "requirements-core.txt",
        ".streamlit/config.toml",
        "static/mark.svg",
        "pages/ask.py",
    ):
        assert taken(ROOT / name) and (image / name).exists(), name


def test_compose_is_as_its_specification_says() -> None:
    spec = find_spec("check_jsonschema")
    assert spec is not None and spec.origin is not None
    (schema,) = Path(spec.origin).parent.rglob("compose-spec.json")
    validator = Draft202012Validator(json.loads(schema.read_text(encoding="utf-8")))
    assert [error.message for error in validator.iter_errors(COMPOSE)] == []
    assert list(validator.iter_errors(COMPOSE | {"services": {"app": {"imagee": "x"}}})), "the schema says no to others"


def test_compose_gives_the_app_what_it_knows_and_keeps_its_ports_to_this_machine() -> None:
    services: dict[str, Any] = COMPOSE["services"]
    assert set(services["app"]["environment"]) <= set(VARIABLES.values())
    text = (ROOT / "compose.yaml").read_text(encoding="utf-8")
    assert set(re.findall(r"\$\{([A-Z0-9_]+)", text)) <= set(VARIABLES.values()) | OTHERS
    assert all(port.startswith("127.0.0.1:") for each in services.values() for port in each.get("ports", []))
    assert "ports" not in services["neo4j"]
    for each in services.values():
        assert "no-new-privileges:true" in each["security_opt"]
        password = [str(v) for k, v in each["environment"].items() if "PASSWORD" in k or "AUTH" in k]
        assert password and all("${NEO4J_PASSWORD:?" in value for value in password), "asked for, never written here"


@pytest.fixture
def running(image: Path, tmp_path: Path) -> Iterator[tuple[str, Settings]]:
    """The image's command in the image's files, on another port and with this Python."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    settings = Settings(home=tmp_path / "cabinet")
    command = [sys.executable, *json.loads(last("CMD"))[1:]]
    command = [word.replace("8501", str(port)).replace("0.0.0.0", "127.0.0.1") for word in command]
    environment = os.environ | {"WUNDERKAMMER_HOME": str(settings.home), "HOME": str(tmp_path)}
    with (tmp_path / "out").open("wb") as out:
        process = subprocess.Popen(command, cwd=image, env=environment, stdout=out, stderr=out)
    yield str(port), settings
    process.terminate()
    process.wait(20)
    stop_server(settings)
    release_server(settings)


def test_the_files_of_the_image_run_and_its_healthcheck_says_so(running: tuple[str, Settings], image: Path) -> None:
    port, settings = running
    check = json.loads(last("HEALTHCHECK").partition("CMD")[2].replace("8501", port))
    check[0] = sys.executable
    until = time.monotonic() + 60
    while (code := subprocess.run(check, capture_output=True, check=False).returncode) and time.monotonic() < until:
        time.sleep(0.2)
    assert code == 0
    until = time.monotonic() + 60
    while (ready := httpx.get(f"http://127.0.0.1:{port}/readyz")).status_code != 200 and time.monotonic() < until:
        time.sleep(0.2)
    assert ready.json() == {"ready": True}
    assert os.name == "nt" or settings.home.stat().st_mode & 0o077 == 0, "a home that is made is its owner's alone"
    # The pages, the worker and the commands import nothing that was left out.
    modules = (
        "pages.ask, pages.parts.tray, ingest.worker, ingest.__main__, llm.__main__, share.__main__, graph.__main__"
    )
    done = subprocess.run(
        [sys.executable, "-c", f"import streamlit_app, {modules}, scripts.doctor_cabinet"],
        cwd=image,
        capture_output=True,
    )
    assert done.returncode == 0, done.stderr.decode()[-2000:]
