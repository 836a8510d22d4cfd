"""Make `.venv` fit for a purpose: `python3 -m scripts.prepare core|local|dev`. Needs nothing but Python itself.

core: what the app needs; local: also the models that run on this computer; dev: also what the tests need.
Each step says what it does and how long it took; what is up to date is left alone.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
VENV = ROOT / ".venv"
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
NEEDED = (3, 11)
PURPOSES = {
    "core": ["requirements-core.txt"],
    "local": ["requirements.txt"],
    "dev": ["requirements.txt", "requirements-dev.txt"],
}
ARCHIVE = "[Ll]ib/**/arcadedb_embedded/wunderkammer.jsa"
"""Where `graph.classes` puts its work."""
SAFE_LLAMA = {"CMAKE_ARGS": "-DGGML_NATIVE=OFF -DLLAVA_BUILD=OFF"}
"""For pip, which does not read pyproject.toml as uv does: see there."""


class StepFailed(Exception):
    """A step that cannot be done; the text says what to do."""


def done(text: str, since: float) -> None:
    """One line for a step that is finished."""
    print(f"✓ {text} ({time.monotonic() - since:.1f} s)", flush=True)


def run(command: list[str], **environment: str) -> None:
    """Run a program quietly; raises StepFailed with the end of what it printed."""
    finished = subprocess.run(
        command,
        cwd=ROOT,
        env={**os.environ, **environment},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    )
    if finished.returncode != 0:
        raise StepFailed(f"{' '.join(command)}\n{finished.stdout[-6000:]}")


def interpreter() -> str:
    """A Python that is new enough: this one, or the newest beside it."""
    if sys.version_info >= NEEDED:
        return sys.executable
    for minor in range(14, NEEDED[1] - 1, -1):
        found = shutil.which(f"python3.{minor}")
        if found:
            return found
    raise StepFailed(
        f"Wunderkammer needs Python 3.11 or newer; this is {sys.version.split()[0]} ({sys.executable}).\n"
        "Install it from your system's packages or from python.org, or name it: make run PYTHON=/path/to/python3.12"
    )


def make_venv() -> None:
    """Create `.venv` unless it works already."""
    since = time.monotonic()
    if PYTHON.exists() and subprocess.run([str(PYTHON), "-c", ""], check=False).returncode == 0:
        return
    shutil.rmtree(VENV, ignore_errors=True)
    try:
        run([interpreter(), "-m", "venv", str(VENV)])
    except StepFailed as error:
        raise StepFailed(f"{error}\nOn Debian and Ubuntu: sudo apt install python3-venv") from error
    done("made .venv", since)


def stamp(purpose: str) -> str:
    """What decides whether the packages of a purpose are up to date."""
    parts = [VENV.as_posix(), (VENV / "pyvenv.cfg").read_text(encoding="utf-8")]
    parts += [path.read_text(encoding="utf-8") for path in [*sorted(ROOT.glob("requirements*.txt")), Path(__file__)]]
    return hashlib.sha256("\0".join([purpose, *parts]).encode()).hexdigest()


def install(purpose: str) -> None:
    """Install the packages of a purpose, with uv where it can be had and with pip otherwise."""
    mark = VENV / f".installed-{purpose}"
    if mark.exists() and mark.read_text(encoding="utf-8") == stamp(purpose):
        print("✓ packages are up to date", flush=True)
        return
    since = time.monotonic()
    if purpose == "core":
        print("… installing packages: about a minute, 1 GB", flush=True)
    else:
        print("… installing packages: 5 GB, and Llama is compiled: 3 to 8 minutes", flush=True)
        need_compiler()
    files = [argument for name in PURPOSES[purpose] for argument in ("-r", name)]
    if uv_works():
        # Compiled now, or the first page would wait for it: importing takes 2.5 times as long without.
        run([str(PYTHON), "-m", "uv", "pip", "install", "--python", str(PYTHON), "--compile-bytecode", *files])
    else:
        run([str(PYTHON), "-m", "pip", "install", "--no-cache-dir", *files], **SAFE_LLAMA)
    for old in VENV.glob(ARCHIVE):
        # It fits only the engine that it was made with.
        old.unlink()
    mark.write_text(stamp(purpose), encoding="utf-8")
    done("packages installed", since)


def prepare_database() -> None:
    """Let the embedded database start in half the time from now on; it works without, so a failure is only told."""
    if any(VENV.glob(ARCHIVE)):
        return
    since = time.monotonic()
    try:
        run([str(PYTHON), "-m", "graph.classes"])
    except StepFailed as error:
        print(f"– {str(error).splitlines()[-1]}", flush=True)
        return
    done("database made ready", since)


def uv_works() -> bool:
    """Whether uv, which installs several times faster than pip, is in `.venv` or could be put there."""
    try:
        run([str(PYTHON), "-m", "uv", "--version"])
    except StepFailed:
        try:
            run([str(PYTHON), "-m", "pip", "install", "--quiet", "uv>=0.9"])
        except StepFailed:
            return False
    return True


def need_compiler() -> None:
    """llama-cpp-python is compiled; say so before ten minutes are gone."""
    if os.name != "nt" and not any(shutil.which(name) for name in ("c++", "g++", "clang++")):
        raise StepFailed(
            "Llama needs a C++ compiler. On Debian and Ubuntu: sudo apt install g++; on macOS: xcode-select --install"
        )


def main(purpose: str) -> int:
    """Prepare `.venv`; 0 when it is fit, 1 with a message otherwise."""
    try:
        make_venv()
        install(purpose)
        prepare_database()
    except StepFailed as error:
        print(f"✗ {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    if len(sys.argv) != 2 or sys.argv[1] not in PURPOSES:
        sys.exit(f"usage: python3 -m scripts.prepare  {'|'.join(PURPOSES)}")
    sys.exit(main(sys.argv[1]))
