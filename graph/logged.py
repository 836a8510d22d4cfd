"""Log files: one form for all processes, lines of text or one JSON object a line; no secret stands in any of them."""

from __future__ import annotations

import json
import logging
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Final

import settings as configuration
from settings import SECRETS, VARIABLES, Settings

_HIDDEN: Final = "•••"
_SHORTEST: Final = 6
"""Characters of a secret below which it is not looked for: it would stand in the middle of words."""
_LOOKS_SECRET: Final = re.compile(
    r"(?P<before>(?i:authorization)\W{1,4}\w+\s+|Bearer\s+(?=\S*[\d.])|(?i:[?&](?:sig|key|token|access_token|api_key|password)=)|://[^/\s:@]+:)"
    r"[^\s&\"'@]+"
    r"|\b(?:sk|hf|gh[pousr])[-_][A-Za-z0-9_-]{16,}"
)
"""What is a secret by its looks: logins in headers and addresses, signatures of addresses, keys of known makers."""
_about: ContextVar[dict[str, str] | None] = ContextVar("about", default=None)


@contextmanager
def about(**known: str) -> Iterator[None]:
    """Whatever is logged inside says what it is about, such as `job` and `document`: ids, never titles."""
    token = _about.set({**(_about.get() or {}), **known})
    try:
        yield
    finally:
        _about.reset(token)


class Mask:
    """Takes secrets out of texts: those that are configured now, letter for letter, and what looks like one."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def __call__(self, text: str) -> str:
        """The text without secrets."""
        fields = [name for name, variable in VARIABLES.items() if variable in SECRETS]
        known = {getattr(self._settings, name) for name in fields} | set(configuration.typed.values())
        for secret in sorted((each for each in known if each and len(each) >= _SHORTEST), key=len, reverse=True):
            text = text.replace(secret, _HIDDEN)
        return _LOOKS_SECRET.sub(lambda found: f"{found['before'] or ''}{_HIDDEN}", text)


class TextLines(logging.Formatter):
    """Lines for people."""

    def __init__(self, mask: Mask) -> None:
        super().__init__("%(asctime)s %(process)d %(levelname)s %(name)s %(message)s")
        self._mask = mask

    def format(self, record: logging.LogRecord) -> str:
        """One entry."""
        return self._mask(super().format(record))


class JsonLines(logging.Formatter):
    """One JSON object a line, for programs that collect logs."""

    def __init__(self, mask: Mask) -> None:
        super().__init__()
        self._mask = mask

    def format(self, record: logging.LogRecord) -> str:
        """One entry."""
        said: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "process": record.process,
            "message": self._mask(record.getMessage()),
        }
        if record.exc_info and record.exc_info[0] is not None:
            said["error"] = record.exc_info[0].__name__
            said["trace"] = self._mask(self.formatException(record.exc_info))
        return json.dumps(said | (_about.get() or {}), ensure_ascii=False)


def formatter(settings: Settings) -> logging.Formatter:
    """Lines as the settings want them."""
    mask = Mask(settings)
    return JsonLines(mask) if settings.log_format == "json" else TextLines(mask)


def handlers(path: Path, settings: Settings, most: int, kept: int) -> list[logging.Handler]:
    """What writes to this file, of which so many are kept with so many bytes each; raises OSError.

    As JSON it is written to the process's output for errors too: that is where containers' logs are collected.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    made: list[logging.Handler] = [RotatingFileHandler(path, maxBytes=most, backupCount=kept, encoding="utf-8")]
    if settings.log_format == "json":
        made.append(logging.StreamHandler(sys.stderr))
    for each in made:
        each.setFormatter(formatter(settings))
    return made
