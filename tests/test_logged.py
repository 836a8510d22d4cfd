"""Log files: as text and as JSON, what an entry is about, and no secret in any of them."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

import settings as configuration
from graph import logged
from settings import Settings

KEY, TYPED = "sk-abcdefghijklmnop1234", "typed-and-never-told"
SECRETS = [
    f"key {KEY}",
    f"typed {TYPED}",
    "Authorization: Bearer abc.def-123",
    "https://flow.example.org/invoke?api-version=1&sig=Zm9vYmFy_x-1&sv=1.0",
    "bolt://neo4j:hunter22@db.example.org:7687 does not answer",
    "hf_ABCDEFGHIJKLMNOPQRSTUV",
]
GONE = [KEY, TYPED, "abc.def-123", "Zm9vYmFy_x-1", "hunter22", "hf_ABCDEFGHIJKLMNOPQRSTUV", "s3cret-password"]


@contextmanager
def logger_to(path: Path, settings: Settings) -> Iterator[logging.Logger]:
    logger = logging.getLogger(f"wunderkammer.test.{settings.log_format}")
    logger.propagate = False
    logger.setLevel(logging.INFO)
    logger.handlers = logged.handlers(path, settings, 100_000, 1)
    yield logger
    for handler in logger.handlers:
        handler.close()


@pytest.mark.parametrize("form", configuration.LOG_FORMATS)
def test_no_secret_stands_in_a_log(
    tmp_path: Path, form: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(configuration.typed, "HF_TOKEN", TYPED)
    settings = Settings(home=tmp_path, log_format=form, openai_api_key=KEY, neo4j_password="s3cret-password")
    with logger_to(tmp_path / "logs" / "app.log", settings) as logger:
        for line in SECRETS:
            logger.info("%s", line)
        try:
            raise ValueError("the login s3cret-password was refused")
        except ValueError:
            logger.exception("page %s", "ask")
        logger.info("Sketches of basic task-based teaching in the key of life: 10:30, a@b.example")
    text = (tmp_path / "logs" / "app.log").read_text(encoding="utf-8") + capsys.readouterr().err
    assert [secret for secret in GONE if secret in text] == []
    assert "neo4j:•••@db.example.org" in text and "ValueError" in text and "&sv=1.0" in text
    assert "task-based teaching in the key of life: 10:30, a@b.example" in text, "what only sounds so stays"


def test_one_json_object_a_line_says_what_it_is_about(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    settings = Settings(home=tmp_path, log_format="json")
    with logger_to(tmp_path / "worker.log", settings) as logger:
        with logged.about(job="j1"), logged.about(document="d1"):
            logger.info("read\n%s", "two lines, „Ä“")
        try:
            raise OSError("disk")
        except OSError:
            logger.exception("afterwards")
    lines = [json.loads(line) for line in (tmp_path / "worker.log").read_text(encoding="utf-8").splitlines()]
    first, second = lines
    assert (first["message"], first["level"], first["job"], first["document"]) == (
        "read\ntwo lines, „Ä“",
        "info",
        "j1",
        "d1",
    )
    assert first["time"].endswith("+00:00") and first["logger"] == "wunderkammer.test.json"
    assert (second["error"], "job" in second) == ("OSError", False) and "Traceback" in second["trace"]
    assert [json.loads(line) for line in capsys.readouterr().err.splitlines()] == lines, "containers collect it there"
