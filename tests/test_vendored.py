"""What we ship of others is what the documentation says, and nothing on the pages comes from elsewhere."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
CANVAS = ROOT / "static" / "canvas"
OURS = [path for path in CANVAS.glob("*.js") if path.name != "cytoscape.min.js"]


def test_cytoscape_is_the_one_that_is_named_with_its_licence() -> None:
    digest = hashlib.sha256((CANVAS / "cytoscape.min.js").read_bytes()).hexdigest()
    assert f"sha256 `{digest}`" in (ROOT / "docs" / "explore.md").read_text(encoding="utf-8")
    assert "Permission is hereby granted" in (CANVAS / "cytoscape-LICENSE.txt").read_text(encoding="utf-8")


def test_our_scripts_make_no_html_of_words_and_load_nothing_from_elsewhere() -> None:
    assert len(OURS) >= 6
    for script in OURS:
        text = script.read_text(encoding="utf-8")
        assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(|new Function", text), (
            script
        )
        assert set(re.findall(r"https?://[^\s\"'`]+", text)) <= {"http://www.w3.org/2000/svg"}, script
        assert len(text.splitlines()) <= 320, script
