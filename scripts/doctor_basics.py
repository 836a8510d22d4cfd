"""What the doctor looks at with Python's own library alone: it must work where nothing of ours is installed."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import urllib.request
from importlib import metadata
from pathlib import Path

from scripts.doctor_lines import BROKEN, LOOK, Line, well
from scripts.prepare import NEEDED, PYTHON, ROOT, VENV

REQUIREMENTS = "requirements-core.txt"
_LINE = re.compile(r"^([A-Za-z0-9._-]+)\s*((?:(?:==|>=|<=|<|>)[0-9.]+,?)*)")
_LIMIT = re.compile(r"(==|>=|<=|<|>)([0-9.]+)")


def python() -> Line:
    """Whether this Python is new enough."""
    version = ".".join(map(str, sys.version_info[:3]))
    if sys.version_info[:2] >= NEEDED:
        return well("python", version, version)
    least = ".".join(map(str, NEEDED))
    todo = (
        "Install a newer one from your system's packages or from python.org, or name it: "
        "make doctor PYTHON=/path/to/python3.12",
        "Installieren Sie ein neueres aus den Paketen Ihres Systems oder von python.org, oder nennen Sie es: "
        "make doctor PYTHON=/pfad/zu/python3.12",
    )
    return Line("python", BROKEN, (f"{version}, {least} is needed", f"{version}, nötig ist {least}"), todo)


def venv_works() -> bool:
    """Whether the Python of `.venv` can be started."""
    try:
        return PYTHON.exists() and subprocess.run([str(PYTHON), "-c", ""], check=False, timeout=30).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def environment() -> Line:
    """Whether `.venv` is there and works."""
    if VENV in Path(sys.executable).absolute().parents:
        return well("environment", ".venv works", ".venv läuft")
    todo = ("Run: make run", "Führen Sie aus: make run")
    if VENV.exists():
        todo = ("Run: make clean, then make run", "Führen Sie aus: make clean, dann make run")
        return Line("environment", BROKEN, (".venv does not start", ".venv startet nicht"), todo)
    return Line("environment", BROKEN, ("there is no .venv yet", "es gibt noch kein .venv"), todo)


def unfit(requirements: Path) -> list[str]:
    """Packages of a list that are missing here or of another version, each with what is wanted."""
    wrong = []
    for line in requirements.read_text(encoding="utf-8").splitlines():
        found = _LINE.match(line)
        if found is None:
            continue
        name, limits = found.groups()
        try:
            version = metadata.version(name)
        except metadata.PackageNotFoundError:
            wrong.append(name)
            continue
        if not all(_holds(version, how, than) for how, than in _LIMIT.findall(limits)):
            wrong.append(f"{name} {version} ({limits})")
    return wrong


def _holds(version: str, how: str, than: str) -> bool:
    parts = [re.match(r"\d+", part) for part in version.split("+")[0].split(".")]
    a, b = [int(part.group()) for part in parts if part], [int(part) for part in than.split(".")]
    length = max(len(a), len(b))
    a, b = a + [0] * (length - len(a)), b + [0] * (length - len(b))
    return {"==": a == b, ">=": a >= b, "<=": a <= b, "<": a < b, ">": a > b}[how]


def packages(requirements: Path = ROOT / REQUIREMENTS) -> Line:
    """Whether what the app needs is installed for this Python, in versions that it was written for."""
    wrong = unfit(requirements)
    if not wrong:
        return well("packages", f"as {requirements.name} says", f"wie in {requirements.name}")
    named = ", ".join(wrong[:6]) + (f" (+{len(wrong) - 6})" if len(wrong) > 6 else "")
    todo = (
        f"Run: make run (or: pip install -r {requirements.name})",
        f"Führen Sie aus: make run (oder: pip install -r {requirements.name})",
    )
    return Line("packages", BROKEN, (f"missing or unfit: {named}", f"fehlen oder passen nicht: {named}"), todo)


def port() -> Line:
    """Whether the app's port is free, or the app has it."""
    text = os.environ.get("PORT") or "8501"
    if not text.isdecimal() or not 0 < int(text) < 65536:
        todo = ("Set PORT to a number such as 8501.", "Setzen Sie PORT auf eine Zahl wie 8501.")
        return Line("port", BROKEN, (f"PORT is {text!r}", f"PORT ist {text!r}"), todo)
    with socket.socket() as probe:
        if os.name != "nt":
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", int(text)))
        except OSError:
            return _taken(text)
    return well("port", f"{text} is free", f"{text} ist frei")


def _taken(text: str) -> Line:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{text}/healthz", timeout=2) as answer:
            ours = answer.read(200).strip() == b"ok"
    except (OSError, ValueError):
        ours = False
    if ours:
        return well("port", f"Wunderkammer answers at {text}", f"Wunderkammer antwortet auf {text}")
    todo = (
        "`make run` takes the next free one; or choose: make run PORT=9000",
        "`make run` nimmt den nächsten freien; oder wählen Sie: make run PORT=9000",
    )
    return Line("port", LOOK, (f"another program has {text}", f"ein anderes Programm belegt {text}"), todo)
