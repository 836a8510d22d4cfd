"""Known weaknesses of the packages that are installed: `make audit`. Says so where nobody could be asked.

pip-audit itself ends well where an index knows none of the packages it was asked about, so its answer is counted. Ends
with 0: asked about all, none known; 1: weaknesses are known; 2: some or all could not be asked about.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from typing import Any, Final

SERVICES: Final = ("pypi", "osv")
WELL, WEAK, UNASKED = 0, 1, 2
_SHOWN: Final = 12


def ask(service: str) -> dict[str, Any] | None:
    """What pip-audit says of this environment; None where the service did not answer."""
    options = ["--local", "--progress-spinner", "off", "--format", "json", "--vulnerability-service", service]
    done = subprocess.run([sys.executable, "-m", "pip_audit", *options], capture_output=True, text=True, check=False)
    try:
        answer: dict[str, Any] = json.loads(done.stdout)
    except ValueError:
        return None
    return answer


def report(answer: dict[str, Any] | None) -> tuple[int, list[str]]:
    """How it stands, and the lines that say so."""
    told: Sequence[dict[str, Any]] = answer["dependencies"] if answer else ()
    asked = [each for each in told if "skip_reason" not in each]
    if not asked:
        return UNASKED, [
            "✗ The advisory database could not be reached: nothing is known of any package. Try again online."
        ]
    lines, weak = [], [each for each in asked if each["vulns"]]
    for each in weak:
        for found in each["vulns"]:
            fixed = ", ".join(found["fix_versions"]) or "no version yet"
            lines.append(f"✗ {each['name']} {each['version']}: {found['id']}; fixed in {fixed}")
    skipped = [each["name"] for each in told if "skip_reason" in each]
    if skipped:
        more = "" if len(skipped) <= _SHOWN else f" and {len(skipped) - _SHOWN} more"
        lines.append(f"– not asked about {len(skipped)}: {', '.join(skipped[:_SHOWN])}{more}")
    lines.append(f"{'✗' if weak else '✓'} {len(asked)} packages asked about, {len(weak)} with known weaknesses")
    return WEAK if weak else UNASKED if skipped else WELL, lines


def main() -> int:
    """Ask the services in turn until one knows something."""
    code, lines = UNASKED, [""]
    for service in SERVICES:
        code, lines = report(ask(service))
        if len(lines) > 1 or code != UNASKED:
            break
    print("\n".join(lines))
    return code


if __name__ == "__main__":
    sys.exit(main())
