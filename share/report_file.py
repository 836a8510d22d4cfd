"""Reports as files: Markdown by itself, or with its pictures in a ZIP or a folder; PDF."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Final

from graph.whole_file import whole_file, whole_folder
from share.report import Report
from share.report_markdown import to_markdown
from share.report_pdf import to_pdf

FORMATS: Final = ("markdown", "pdf")
_NAME: Final = "report.md"


def write_report(report: Report, format_: str, out: Path, force: bool = False) -> None:
    """Write a report; Markdown has its pictures with it where `out` ends with `.zip` or is no `.md` file.

    Raises what `graph.whole_file` raises.
    """
    if format_ == "pdf":
        with whole_file(out, force) as path:
            path.write_bytes(to_pdf(report))
    elif out.suffix.lower() == ".zip":
        with whole_file(out, force) as path:
            path.write_bytes(b"")
            with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
                _put(report, lambda name, data: _member(archive, name, data))
    elif out.suffix.lower() in (".md", ".markdown", ".txt"):
        with whole_file(out, force) as path:
            path.write_text(to_markdown(report), encoding="utf-8", newline="")
    else:
        with whole_folder(out) as folder:
            _put(report, lambda name, data: _beside(folder / name, data))


def _put(report: Report, keep: Callable[[str, bytes], None]) -> None:
    keep(_NAME, to_markdown(report, keep).encode())


def _member(archive: zipfile.ZipFile, name: str, data: bytes) -> None:
    about = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
    about.compress_type = zipfile.ZIP_DEFLATED
    archive.writestr(about, data)


def _beside(path: Path, data: bytes) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(data)
