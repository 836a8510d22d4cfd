"""The licences of all packages that Wunderkammer brings, as they tell them: `python -m scripts.licences [FILE]`.

Whatever the requirements ask for, and what these ask for in turn, as far as it is installed here.
"""

from __future__ import annotations

import re
import sys
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from scripts.prepare import ROOT

UNKNOWN = "not told"
_FREE = re.compile(r"License :: (?:OSI Approved :: )?(.+)")
_LONGEST = 60
"""Characters of a licence's name; some packages put the whole text there."""
HEAD = """# Licences of what Wunderkammer is built on

Made by `make licences` from what is installed; what a package tells of itself, so its own files have the last word. The
SBOM of an installation, with versions and hashes: `make sbom`. Why the main ones are there: README.

## Files of others in this repository

| What | Where | Licence |
|---|---|---|
| OpenSeadragon | `static/openseadragon` | BSD-3-Clause |
| cytoscape.js | `static/canvas` | MIT |
| Source Sans 3, Source Serif 4 | `static/fonts` | OFL-1.1 |
| DejaVu Sans | `share/fonts` | Bitstream Vera |
| Natural Earth | `pages/places` | public domain |

The package arcadedb-embedded holds a Java runtime (OpenJDK, GPL-2.0 with the Classpath Exception), which runs as a
program of its own.
"""
LOCAL = (
    "On Linux, torch from PyPI brings packages of NVIDIA under NVIDIA's own terms. Without a graphics card it runs "
    "without them: install it from https://download.pytorch.org/whl/cpu first."
)


def licence(name: str) -> str:
    """The licence that an installed package tells, by the newest of the three ways of telling it."""
    told = metadata.metadata(name).json
    expression = told.get("license_expression")
    if expression:
        return str(expression)
    classes = [found.group(1) for each in told.get("classifier") or [] if (found := _FREE.match(each))]
    named = [each for each in classes if each != "OSI Approved"]
    if named:
        return ", ".join(dict.fromkeys(named))
    free = next(iter(str(told.get("license") or "").strip().splitlines()), "")
    return free[:_LONGEST] or _by_its_file(name)


def _by_its_file(name: str) -> str:
    for path in metadata.files(name) or []:
        if path.name.upper().startswith("LICENSE"):
            begins = path.read_text(encoding="utf-8")[:400]
            found = next((said for said in ("Apache License", "MIT License", "BSD") if said in begins), None)
            if found:
                return f"{found} (by its licence file)"
    return UNKNOWN


def required(listed: Path) -> dict[str, bool]:
    """All packages of a list and what they need, by name; True for those that the list itself names."""
    found: dict[str, bool] = {}
    waiting = [(Requirement(line), True) for line in _lines(listed)]
    seen: set[tuple[str, frozenset[str]]] = set()
    while waiting:
        requirement, direct = waiting.pop()
        name, extras = canonicalize_name(requirement.name), frozenset(requirement.extras)
        if (name, extras) in seen:
            if name in found:
                found[name] |= direct
            continue
        seen.add((name, extras))
        try:
            further = metadata.requires(name) or []
        except metadata.PackageNotFoundError:
            continue
        found[name] = found.get(name, False) or direct
        for text in further:
            needed = Requirement(text)
            wanted = needed.marker is None or any(needed.marker.evaluate({"extra": each}) for each in (extras or {""}))
            if wanted:
                waiting.append((needed, False))
    return found


def _lines(listed: Path) -> list[str]:
    """What a list asks for, with the lists that it takes in."""
    lines: list[str] = []
    for raw in listed.read_text(encoding="utf-8").splitlines():
        line = raw.partition("#")[0].strip()
        if line.startswith("-r "):
            lines += _lines(listed.parent / line[3:].strip())
        elif line:
            lines.append(line)
    return lines


def table(names: dict[str, bool]) -> str:
    """The packages with their licences, those that the list names in bold."""
    rows = [
        f"| {f'**{name}**' if direct else name} | {_cell(licence(name))} |" for name, direct in sorted(names.items())
    ]
    return "\n".join(["| Package | Licence |", "|---|---|", *rows])


def _cell(text: str) -> str:
    return text.replace("|", "/")


def document() -> str:
    """The whole list."""
    core = required(ROOT / "requirements-core.txt")
    further = {name: direct for name, direct in required(ROOT / "requirements.txt").items() if name not in core}
    team = {name: direct for name, direct in required(ROOT / "requirements-team.txt").items() if name not in core}
    return (
        f"{HEAD}\n## The app\n\nIn bold: what `requirements-core.txt` names.\n\n{table(core)}\n\n"
        f"## Models that run here (`make local-models`)\n\n{LOCAL}\n\n{table(further)}\n\n"
        f"## Several machines (`requirements-team.txt`)\n\n{table(team)}\n"
    )


def main() -> None:
    """Entry of the command."""
    text = document()
    if len(sys.argv) > 1:
        Path(sys.argv[1]).write_text(text, encoding="utf-8")
    else:
        print(text, end="")


if __name__ == "__main__":
    main()
