"""What is wrong with an installation: `make doctor`, or `python -m scripts.doctor [--json] [--language en|de]`.

It begins with Python's own library, so that it has something to say where nothing is installed; then the Python of
`.venv` goes on. It changes nothing in the cabinet. Ends with 1 where something is broken, otherwise with 0.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys

from scripts import doctor_basics as basics
from scripts.doctor_lines import BROKEN, LOOK, WELL, Line
from scripts.prepare import NEEDED, PYTHON, ROOT

END = {
    WELL: ("All is well.", "Alles in Ordnung."),
    LOOK: ("It works; some things deserve a look (–).", "Es läuft; manches verdient einen Blick (–)."),
    BROKEN: ("Something is broken (✗): begin with the first.", "Etwas ist defekt (✗): beginnen Sie mit dem ersten."),
}
NOT_SEEN = (
    "The cabinet itself could not be looked at before that is put right.",
    "Die Sammlung selbst lässt sich erst ansehen, wenn das behoben ist.",
)


def spoken() -> str:
    """The language of this terminal: German where it is set so, English otherwise."""
    said = next((os.environ[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if os.environ.get(name)), "")
    return "de" if said.lower().startswith("de") else "en"


def worst(lines: list[Line]) -> str:
    """The state that the installation is in."""
    states = [line.state for line in lines]
    return BROKEN if BROKEN in states else LOOK if LOOK in states else WELL


def _elsewhere(arguments: list[str]) -> int | None:
    """Let the Python of `.venv` do it where it is fit and this one is not; None where this one must."""
    here = sys.version_info[:2] >= NEEDED and not basics.unfit(ROOT / basics.REQUIREMENTS)
    if here or os.environ.get("WUNDERKAMMER_DOCTOR") or not basics.venv_works():
        return None
    environment = {**os.environ, "WUNDERKAMMER_DOCTOR": "1", "PYTHONUTF8": "1"}
    command = [str(PYTHON), "-m", "scripts.doctor", *arguments]
    return subprocess.run(command, cwd=str(ROOT), env=environment, check=False).returncode


def looked() -> tuple[list[Line], bool]:
    """All lines, and whether the cabinet could be looked at too."""
    lines = [basics.python(), basics.packages()]
    if lines[-1].state == BROKEN:
        lines.insert(1, basics.environment())
        return [*lines, basics.port()], False
    from scripts import doctor_cabinet

    return [*lines, *doctor_cabinet.looked(), basics.port()], True


def main(arguments: list[str] | None = None) -> int:
    """Look at everything and say it; 1 where something is broken."""
    given_arguments = sys.argv[1:] if arguments is None else arguments
    parser = argparse.ArgumentParser(prog="python -m scripts.doctor", description="what is wrong with an installation")
    parser.add_argument("--json", action="store_true", help="for scripts: one JSON document on stdout, nothing else")
    parser.add_argument("--language", choices=["en", "de"], default=spoken())
    given = parser.parse_args(given_arguments)
    code = _elsewhere(given_arguments)
    if code is not None:
        return code
    lines, whole = looked()
    state, which = worst(lines), 1 if given.language == "de" else 0
    if given.json:
        said = {"state": state, "complete": whole, "checks": [line.data(given.language) for line in lines]}
        print(json.dumps(said, ensure_ascii=False))
    else:
        print("\n".join(line.text(given.language) for line in lines))
        print("\n" + END[state][which] + ("" if whole else " " + NOT_SEEN[which]))
    return 1 if state == BROKEN else 0


if __name__ == "__main__":
    sys.exit(main())
