"""OpenDocument: texts (ODT), spreadsheets (ODS) and presentations (ODP), and their templates.

A text's pages are those of its last layout where the file has one: the breaks that LibreOffice notes and those that
people set must come to the number of pages that the file tells of itself. Otherwise all is page 1.
"""

from __future__ import annotations

from pathlib import Path

from ingest.errors import TooManyPages, UnknownKind
from ingest.office_errors import OfficeDamaged, OfficeEncrypted, PartMissing
from ingest.sources.base import Limits, ReadDocument
from ingest.sources.blocks import Writer
from ingest.sources.elements import Element, attribute, child, inside, local, number
from ingest.sources.odf_sheets import Sheets
from ingest.sources.odf_slides import write_slides
from ingest.sources.odf_styles import OdfStyles
from ingest.sources.odf_text import OdfText
from ingest.sources.office_about import About, finished
from ingest.sources.package import Package, open_package

PREFIX = "application/vnd.oasis.opendocument."
CONTENT, META, MANIFEST = "content.xml", "meta.xml", "META-INF/manifest.xml"


def read(path: Path, name: str, limits: Limits) -> ReadDocument:
    """An OpenDocument file; raises what reading a Word file raises, and what reading an Excel file raises."""
    with open_package(path, name, limits) as package:
        media_type = package.read("mimetype", 200).decode("ascii", "replace").strip()
        kind = media_type.removeprefix(PREFIX).removesuffix("-template").removesuffix("-master")
        _refuse_encrypted(package)
        about, pages = _about(package)
        writer = Writer()
        about.write(writer)
        failure = None
        title = None
        if kind == "text":
            _write_text(package, writer, pages, limits)
        elif kind == "spreadsheet":
            sheets = Sheets(package, limits)
            sheets.write(CONTENT, writer)
            failure = sheets.cut_off() if sheets.budget.cut else None
            title = Path(package.name).stem
        elif kind == "presentation":
            write_slides(package, CONTENT, writer, limits)
        else:
            raise UnknownKind(name=package.name, kind=f"OpenDocument ({kind})")
    return finished(writer, about, f"{PREFIX}{kind}", name, failure, title)


def _refuse_encrypted(package: Package) -> None:
    """A manifest that says how something is encrypted, or a package inside of the package."""
    told = package.read(MANIFEST, 1 << 16) if package.has(MANIFEST) else b""
    if package.has("encrypted-package") or b"encryption-data" in told:
        raise OfficeEncrypted(name=package.name)
    if not package.has(CONTENT):
        raise PartMissing(name=package.name, part=CONTENT)


def _about(package: Package) -> tuple[About, int | None]:
    """What the file says of itself, and how many pages it had when it was last laid out."""
    about = About()
    if not package.has(META):
        return about, None
    meta = child(package.tree(META), "meta")
    if meta is None:
        return about, None
    about.take(meta)
    statistic = child(meta, "document-statistic")
    pages = attribute(statistic, "page-count") if statistic is not None else None
    return about, number(pages) or None


def _write_text(package: Package, writer: Writer, pages: int | None, limits: Limits) -> None:
    styles = OdfStyles(package, CONTENT)
    text = OdfText(styles, writer, limits, package.name)
    seen = False
    for element in package.children(CONTENT, "text"):
        seen = True
        if not _is_setting(element):
            text.block(element)
    if not seen and not any(local(inner) == "text" for inner in inside(package.tree(CONTENT), "body")):
        raise OfficeDamaged(name=package.name)
    text.end()
    if writer.page - 1 > limits.max_pages:
        raise TooManyPages(name=package.name, pages=writer.page - 1, limit=limits.max_pages)
    if len(writer.pages) != pages:
        writer.on_one_page()


def _is_setting(element: Element) -> bool:
    """What stands at the head of a text without being part of it; deleted words wait there too."""
    return local(element) in {"tracked-changes", "forms", "sequence-decls", "variable-decls", "user-field-decls"}
