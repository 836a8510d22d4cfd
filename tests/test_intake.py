"""Files that were sent and never imported do not stay for ever."""

from __future__ import annotations

import os
import time
from pathlib import Path

from pages.parts.intake import sweep


def test_what_nobody_imported_for_days_is_taken_away(tmp_path: Path) -> None:
    sweep(tmp_path / "nothing yet")
    old, new = tmp_path / "incoming" / "old", tmp_path / "incoming" / "new"
    for folder in (old, new):
        (folder / "0").mkdir(parents=True)
        (folder / "0" / "letter.txt").write_text("Dear Rudolf", encoding="utf-8")
    (tmp_path / "incoming" / "a file").touch()
    days_ago = time.time() - 3 * 86_400
    os.utime(old, (days_ago, days_ago))
    sweep(tmp_path / "incoming")
    assert not old.exists() and (new / "0" / "letter.txt").read_text(encoding="utf-8") == "Dear Rudolf"
    sweep(tmp_path / "incoming", now=time.time() + 3 * 86_400)
    assert not new.exists()
