"""Does memory stay flat? Small mixed documents imported by the worker; the most that each process ever held.

`python -m bench.memory [--documents 200 2000] [--json]`: each number in a home of its own, quick extractor, offline
vectors. The worker and the command are measured by the system itself (VmHWM); the database server, which fills the
heap it is given, apart. The goal: the worker's peak with the last number stays below 1.5 times that with the first.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
import zlib
from dataclasses import asdict, dataclass
from email.message import EmailMessage
from pathlib import Path

import psutil
from PIL import Image

from graph.embedded import server_status, stop_server
from graph.store import Store
from graph.types import DEFAULT_COLLECTION
from ingest.worker import worker_pid
from settings import Settings

GOAL = 1.5
_LOOK = 0.3
_PEOPLE = ("Ole Worm", "Kaiser Rudolf II.", "Adam Olearius", "Philipp Hainhofer", "Athanasius Kircher")
_PLACES = ("Kopenhagen", "Prag", "Gottorf", "Augsburg", "Rom")


@dataclass(frozen=True, slots=True)
class Peaks:
    """Megabytes at most, of each process, and seconds until all was read and had its vectors."""

    documents: int
    worker: float
    command: float
    server: float
    seconds: float


def make(folder: Path, count: int) -> None:
    """Small documents of seven kinds, no two of them alike."""
    kinds = (_text, _markdown, _html, _csv, _mail, _picture, _pdf)
    for number in range(count):
        words = (
            f"{_PEOPLE[number % 5]} kaufte 1{number % 900 + 100:03d} in {_PLACES[number // 5 % 5]} das Stück {number}."
        )
        kinds[number % len(kinds)](folder / f"{number:05d}", words, number)


def _text(path: Path, words: str, number: int) -> None:
    path.with_suffix(".txt").write_text(words, encoding="utf-8")


def _markdown(path: Path, words: str, number: int) -> None:
    path.with_suffix(".md").write_text(f"# Stück {number}\n\n{words}\n", encoding="utf-8")


def _html(path: Path, words: str, number: int) -> None:
    path.with_suffix(".html").write_text(f"<!doctype html><title>{number}</title><p>{words}</p>", encoding="utf-8")


def _csv(path: Path, words: str, number: int) -> None:
    path.with_suffix(".csv").write_text(f"Nummer,Text\n{number},{words}\n", encoding="utf-8")


def _mail(path: Path, words: str, number: int) -> None:
    message = EmailMessage()
    message["From"], message["Subject"] = "a@example.org", f"Stück {number}"
    message.set_content(words)
    path.with_suffix(".eml").write_bytes(message.as_bytes())


def _picture(path: Path, words: str, number: int) -> None:
    color = (number % 256, number // 256 % 256, 90)
    Image.new("RGB", (640, 480), color).save(path.with_suffix(".png"))


def _pdf(path: Path, words: str, number: int) -> None:
    content = zlib.compress(f"BT /F1 12 Tf 72 700 Td ({words}) Tj ET".encode("latin-1"))
    font = "<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>"
    parts = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1{font}>>>>>>".encode(),
        b"<</Length %d/Filter/FlateDecode>>stream\n" % len(content) + content + b"\nendstream",
    ]
    out, places = b"%PDF-1.7\n", []
    for n, part in enumerate(parts, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n" % n + part + b"\nendobj\n"
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    end = b"xref\n0 5\n0000000000 65535 f \n" + table + b"trailer<</Size 5/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF"
    path.with_suffix(".pdf").write_bytes(out + end % len(out))


def peak(pid: int | None) -> float:
    """Megabytes that a process held at most so far, 0 for one that is gone; where only the present is known, that."""
    if pid is None:
        return 0.0
    try:
        for line in Path(f"/proc/{pid}/status").read_text(encoding="ascii", errors="replace").splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) / 1024
        return psutil.Process(pid).memory_info().rss / 2**20
    except (OSError, psutil.NoSuchProcess):
        return 0.0


def measure(count: int) -> Peaks:
    """Import so many documents into a new home; raises AssertionError where not all of them arrived."""
    with tempfile.TemporaryDirectory(prefix="wunderkammer-memory-", ignore_cleanup_errors=True) as temporary:
        sources = Path(temporary) / "sources"
        sources.mkdir()
        make(sources, count)
        settings = Settings(home=Path(temporary) / "home")
        environment = os.environ | {"WUNDERKAMMER_HOME": str(settings.home), "NEO4J_URI": ""}
        words = [sys.executable, "-m", "ingest", "add", str(sources), "--extractor", "quick", "--yes", "--json"]
        begun = time.monotonic()
        with subprocess.Popen(words, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as command:
            most = {"worker": 0.0, "command": 0.0, "server": 0.0}
            while command.poll() is None or worker_pid(settings) is not None:
                server = server_status(settings).server
                now = {
                    "worker": peak(worker_pid(settings)),
                    "command": peak(command.pid),
                    "server": peak(server.pid if server else None),
                }
                most = {name: max(most[name], value) for name, value in now.items()}
                time.sleep(_LOOK)
        seconds = time.monotonic() - begun
        with Store(settings) as store:
            searched = store.documents.searched([DEFAULT_COLLECTION])
            assert searched.documents == count and not searched.failed and not searched.unembedded, searched
        stop_server(settings)
    return Peaks(count, most["worker"], most["command"], most["server"], seconds)


def main(arguments: list[str] | None = None) -> int:
    """Entry of the command: 0 where the goal is met, 1 otherwise."""
    parser = argparse.ArgumentParser(prog="python -m bench.memory", description=__doc__)
    parser.add_argument("--documents", type=int, nargs="+", default=[200, 2000])
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args(arguments)
    found = [measure(count) for count in given.documents]
    growth = found[-1].worker / found[0].worker
    if given.json:
        print(json.dumps({"peaks": [asdict(each) for each in found], "growth": growth, "goal": GOAL}))
    else:
        print(f"{'documents':>10}{'worker MB':>12}{'command MB':>12}{'server MB':>12}{'seconds':>10}")
        for each in found:
            sizes = "".join(f"{size:>12.0f}" for size in (each.worker, each.command, each.server))
            print(f"{each.documents:>10}{sizes}{each.seconds:>10.0f}")
        print(f"the worker's peak grew {growth:.2f} times; goal: below {GOAL}")
    return 0 if growth < GOAL else 1


if __name__ == "__main__":
    sys.exit(main())
