"""Compound files, the container of Microsoft's old formats: nothing is read of them, but what to do is said.

A current Office file with a password is one too: its encrypted package lies inside.
"""

from __future__ import annotations

from pathlib import Path
from typing import NoReturn

from ingest.files import clean_name, open_source
from ingest.office_errors import OfficeEncrypted, OldFile, OldOffice
from ingest.sources.base import Limits

_STREAMS = (
    ("EncryptedPackage", "", ""),
    ("WordDocument", "Word", "DOCX"),
    ("PowerPoint Document", "PowerPoint", "PPTX"),
    ("Workbook", "Excel", "XLSX"),
    ("Book", "Excel", "XLSX"),
    ("VisioDocument", "Visio", "PDF"),
    ("__properties_version1.0", "Outlook", "PDF"),
)
_SUFFIXES = {".doc": ("Word", "DOCX"), ".dot": ("Word", "DOCX"), ".xls": ("Excel", "XLSX"), ".xlt": ("Excel", "XLSX"),
             ".ppt": ("PowerPoint", "PPTX"), ".pps": ("PowerPoint", "PPTX")}  # fmt: skip
_ENTRY = 128
"""Bytes of an entry of the directory: the name in 64, its length after that."""


def read(path: Path, name: str, limits: Limits) -> NoReturn:
    """Raise what this file is: `OfficeEncrypted`, `OldOffice`, or `OldFile` where nothing tells."""
    shown = clean_name(name)
    with open_source(path, name, limits.max_file_mb) as file:
        header = file.read(512)
        size = 1 << (header[30] if len(header) > 30 and header[30] in {9, 12} else 9)
        first = int.from_bytes(header[48:52], "little")
        file.seek((first + 1) * size)
        # The first sector of the directory has the streams that tell what it is; a damaged one tells nothing.
        names = _names(file.read(8 * size))
    for stream, program, new in _STREAMS:
        if stream in names:
            if not program:
                raise OfficeEncrypted(name=shown)
            raise OldOffice(name=shown, program=program, new=new)
    program, new = _SUFFIXES.get(Path(shown).suffix.lower(), ("", ""))
    if program:
        raise OldOffice(name=shown, program=program, new=new)
    raise OldFile(name=shown)


def _names(directory: bytes) -> set[str]:
    names: set[str] = set()
    for start in range(0, len(directory) - _ENTRY + 1, _ENTRY):
        length = int.from_bytes(directory[start + 64 : start + 66], "little")
        if 2 <= length <= 64:
            names.add(directory[start : start + length - 2].decode("utf-16-le", "replace"))
    return names
