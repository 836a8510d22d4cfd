"""What is turned away before a copy of it is made: files that are no documents, although they can be opened.

The border: what was never a document (nothing there, no answer, empty, neither text nor anything else that can be read,
a IIIF collection, which is a list to choose from) is refused, told of after its import and kept nowhere. What was read
and turned out to be damaged, protected or without words is a document that failed, with its reason.
"""

from __future__ import annotations

from pathlib import Path
from typing import BinaryIO, Final

from graph.errors import NoDocument, SourceError
from ingest.errors import BinaryFile, EmptyFile
from ingest.files import clean_name
from ingest.iiif_json import load
from ingest.sources import SNIFF
from ingest.sources.base import Limits
from ingest.sources.iiif import manifest_in
from ingest.sources.text import marked_encoding

_OF_COLLECTIONS: Final = (b"ollection", b'"manifests"', b'"members"')
_WORDS: Final = frozenset({"text", "markdown"})


def check_document(file: BinaryIO, path: Path, name: str, kind: str, limits: Limits) -> None:
    """Raises `EmptyFile`, `BinaryFile`, `CollectionGiven` and `CollectionEmpty`; leaves the open file at its start."""
    shown = clean_name(name)
    if kind == "iiif" and _may_be_collection(file):
        try:
            manifest_in(load(path, name, limits), shown)
        except NoDocument:
            raise
        except SourceError:
            # What else is wrong with it, reading tells.
            return
    head = file.read(SNIFF)
    file.seek(0)
    if len(head) < SNIFF and not head.strip(b"\xef\xbb\xbf\xff\xfe\0 \t\r\n\f"):
        raise EmptyFile(name=shown)
    if kind in _WORDS and b"\0" in head and not marked_encoding(head[:4096]):
        raise BinaryFile(name=shown)


def _may_be_collection(file: BinaryIO) -> bool:
    """Whether a closer look is worth it: a manifest of thousands of pages takes a while to read."""
    content = file.read()
    file.seek(0)
    # In the wide encodings there are zeros between the letters.
    return any(word in content for word in _OF_COLLECTIONS) or b"\0" in content[:SNIFF]
