"""The whole text of a document, as its offsets count it."""

from __future__ import annotations

from graph.types import Document
from ingest.files import FileStore


def document_text(files: FileStore, document: Document) -> str:
    """The text that `start` and `end` of the document's chunks count in; empty where nothing was read."""
    if document.sha256 is None or not files.text_path(document.sha256).exists():
        return ""
    return files.read_text(document.sha256)
