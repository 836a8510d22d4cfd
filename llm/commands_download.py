"""`python -m llm download`: the files of a model that runs here, with progress, without a browser."""

from __future__ import annotations

import argparse
import sys
import time
from typing import Any, Final

import cli
import settings as configuration
from graph.errors import WrongUse
from llm.catalog import find_model
from llm.download import download, plan
from llm.embed import embeddings
from llm.memory import gigabytes
from llm.spec import Local
from settings import Settings

_MB: Final = 10**6
_EACH: Final = 10.0
"""Seconds between two lines of progress where nobody watches a terminal."""


class NotAgreed(WrongUse):
    en = "Nothing was downloaded. To download without being asked, add --yes."
    de = "Es wurde nichts heruntergeladen. Ohne Rückfrage geht es mit --yes."


def download_command(given: argparse.Namespace) -> int:
    """Download a model that runs on this computer; goes on where it broke off, and checks what is here."""
    settings = configuration.read()
    spec = _find(given.model, settings)
    planned = plan(spec, settings)
    here = f"; {_size(planned.here)} of it here already, to be checked" if planned.here else ""
    cli.say(f"{spec.title}: {_size(planned.total)}{here}")
    if not given.yes and planned.here < planned.total:
        _ask()
    path = download(spec, settings, _Progress().tell)
    assert path is not None, "only a stop ends without files"
    data = {"model": spec.id, "title": spec.title, "path": str(path), "bytes": planned.total, "had": planned.here}
    cli.show(given, data, f"{spec.id} is here: {path}")
    return cli.DONE


def _find(id: str, settings: Settings) -> Local:
    """A chat model or an embedding model of that id."""
    embedding = {spec.id: spec for spec in embeddings()}.get(id)
    return embedding or find_model(id, settings)


def _ask() -> None:
    if not sys.stdin.isatty():
        raise NotAgreed()
    cli.say("Download? [y/N]")
    if sys.stdin.readline().strip().lower() not in {"y", "yes", "j", "ja"}:
        raise NotAgreed()


class _Progress:
    """How far it is: one line that changes on a terminal, a line now and then elsewhere; always on stderr."""

    def __init__(self) -> None:
        self._began: tuple[float, int] | None = None
        self._said = time.monotonic()

    def tell(self, done: int, total: int) -> None:
        now = time.monotonic()
        began, first = self._began = self._began or (now, done)
        speed = f", {(done - first) / _MB / (now - began):.1f} MB/s" if done > first and now > began else ""
        line = f"{100 * done // max(1, total):3d} % of {_size(total)}{speed}"
        if sys.stderr.isatty():
            print(f"\r{line}   ", end="\n" if done == total else "", file=sys.stderr, flush=True)
        elif done == total or now - self._said >= _EACH:
            self._said = now
            cli.say(line)


def _size(size: int) -> str:
    return f"{gigabytes(size)} GB" if size >= 100 * _MB else f"{size / _MB:.1f} MB"


def add_download(commands: Any) -> None:
    """Give the command line its `download`."""
    told = download_command.__doc__
    parser: argparse.ArgumentParser = cli.add_json(commands.add_parser("download", help=told, description=told))
    told = "a model's id, as `python -m llm models` lists them, or one that finds by meaning"
    parser.add_argument("model", metavar="MODEL", help=told)
    parser.add_argument("--yes", action="store_true", help="begin without asking")
    parser.set_defaults(command=download_command)
