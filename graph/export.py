"""Exports: in which formats the graph, or a part of it, leaves the house; each writes a page at a time.

A format is a line of the table and a function. What needs pictures of pages is above the graph: `share`.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TextIO

from graph import export_bulk, export_jsonld, export_references, export_script, export_xml
from graph.connection import Connection
from graph.taken import Selection, Taken
from graph.whole_file import whole_file, whole_folder


@dataclass(frozen=True, slots=True)
class Format:
    """A format: `write` fills one file; where it is None the format is several files, a ZIP or a folder."""

    name: str
    title: str
    suffix: str
    media_type: str
    write: Callable[[Taken, TextIO], None] | None


FORMATS: Final = {
    each.name: each
    for each in (
        Format("jsonld", "JSON-LD", ".jsonld", "application/ld+json", export_jsonld.write),
        Format("graphml", "GraphML", ".graphml", "application/graphml+xml", export_xml.write_graphml),
        Format("gexf", "GEXF", ".gexf", "application/gexf+xml", export_xml.write_gexf),
        Format("csv", "CSV", ".zip", "application/zip", None),
        Format("cypher", "Cypher", ".cypher", "text/plain", export_script.write),
        Format("csl", "CSL-JSON", ".csl.json", "application/vnd.citationstyles.csl+json", export_references.write_csl),
        Format("bibtex", "BibTeX", ".bib", "application/x-bibtex", export_references.write_bibtex),
    )
}


@dataclass(frozen=True, slots=True)
class Exported:
    """What an export holds: how many of each kind, and the bytes of its file (0 for a folder)."""

    counts: dict[str, int]
    size: int


class Exports:
    """Writes exports of a database."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def take(self, selection: Selection) -> Taken:
        """The things of a selection, to be read in pages."""
        return Taken(self._db, selection)

    def write(self, selection: Selection, format_: Format, out: Path, force: bool = False) -> Exported:
        """Write an export; `out` is there whole or not at all. CSV becomes a folder unless `out` ends with `.zip`.

        Raises what `graph.whole_file` raises.
        """
        taken = self.take(selection)
        if format_.write is None and out.suffix.lower() != ".zip":
            with whole_folder(out) as folder:
                export_bulk.write(taken, lambda name: _text(folder / name))
            return Exported(counts_of(taken), 0)
        with whole_file(out, force) as path:
            if format_.write is not None:
                with _text(path) as file:
                    format_.write(taken, file)
            else:
                with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
                    export_bulk.write(taken, lambda name: _member(archive, name))
            size = path.stat().st_size
        return Exported(counts_of(taken), size)


def counts_of(taken: Taken) -> dict[str, int]:
    """How many of each kind were taken."""
    return {
        "documents": len(taken.document_ids),
        "passages": len(taken.passage_ids),
        "entities": len(taken.entity_ids),
        "claims": len(taken.claim_ids),
    }


@contextmanager
def _text(path: Path) -> Iterator[TextIO]:
    # A lone surrogate, which no database keeps, would otherwise stop an export of everything.
    with path.open("x", encoding="utf-8", errors="backslashreplace", newline="") as file:
        yield file


@contextmanager
def _member(archive: zipfile.ZipFile, name: str) -> Iterator[TextIO]:
    # Always the same moment: the same graph gives the same bytes.
    about = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
    about.compress_type = zipfile.ZIP_DEFLATED
    with (
        archive.open(about, "w", force_zip64=True) as member,
        io.TextIOWrapper(member, "utf-8", "backslashreplace", newline="") as file,
    ):
        yield file
