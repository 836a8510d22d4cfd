"""EPUB 2 and 3: each item of the spine is a page, in the order of reading; headings, metadata, words for pictures.

A book that its seller has locked is said to be so, and no attempt is made.
"""

from __future__ import annotations

import posixpath
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final
from urllib.parse import unquote

from graph.errors import SourceError
from ingest.archive import Archive, open_archive
from ingest.archive_errors import ArchiveDamaged, ChapterMissing, EpubDamaged, EpubProtected, EpubTooLarge
from ingest.charset import decode_markup
from ingest.errors import BinaryFile, TooManyPages
from ingest.files import MEGABYTE, clean_name
from ingest.language import guess_language
from ingest.sources.base import BlockKind, Limits, ReadDocument
from ingest.sources.blocks import Writer
from ingest.sources.html_about import About
from ingest.sources.html_flow import write_flow
from ingest.sources.html_skip import is_unseen
from ingest.sources.html_tree import Element, attribute, local, parse_xhtml, parse_xml, words

MEDIA_TYPE = "application/epub+zip"
MAX_TEXT_MB = 120
"""What the pages of a book may unpack to together."""
_PART_LIMIT: Final = 10 * MEGABYTE
_PAGE_LIMIT: Final = 30 * MEGABYTE
_FONTS: Final = ("http://www.idpf.org/2008/embedding", "http://ns.adobe.com/pdf/enc#RC")
"""Fonts are hidden in books that are open, so that they are not copied; that is no lock."""
_LOCKS: Final = ("META-INF/license.lcpl", "META-INF/sinf.xml")
_FIELDS: Final = {
    "title": "Title", "creator": "Author", "date": "Date", "language": "Language", "publisher": "Publisher",
    "description": "Description", "rights": "Rights", "subject": "Keywords",
}  # fmt: skip
_MARKUP: Final = {"application/xhtml+xml", "text/html", "application/xml", "text/x-oeb1-document"}


@dataclass(frozen=True, slots=True)
class _Book:
    """What the package document says: pages by path in order of reading, what the book says of itself, its contents."""

    pages: tuple[str, ...]
    about: About
    labels: dict[str, str] = field(default_factory=dict)
    """The title of each page that the table of contents names."""


def read(path: Path, name: str, limits: Limits) -> ReadDocument:
    """A book with one page for each item of its spine; raises `EpubProtected`, `EpubDamaged`, `EpubTooLarge`."""
    shown = clean_name(name)
    try:
        with open_archive(path, name, limits.max_file_mb) as archive:
            _check_locks(archive, shown)
            book = _book(archive, shown, limits)
            return _read(archive, book, shown)
    except ArchiveDamaged:
        raise EpubDamaged(name=shown, detail="ZIP") from None


def _read(archive: Archive, book: _Book, shown: str) -> ReadDocument:
    writer, left = Writer(), MAX_TEXT_MB * MEGABYTE
    book.about.write(writer)
    begin = len(writer.blocks)
    for page in book.pages:
        first = len(writer.blocks) if writer.pages else begin
        raw = _content(archive, page, min(left, _PAGE_LIMIT) + 1)
        if raw is not None and len(raw) > min(left, _PAGE_LIMIT):
            raise EpubTooLarge(name=shown, limit_mb=min(left, _PAGE_LIMIT) // MEGABYTE)
        left -= len(raw or b"")
        read_well = raw is not None and _write(raw, page, writer)
        _label(writer, first, book.labels.get(page))
        writer.end_page(failure=None if read_well else ChapterMissing(page=writer.page).failure())
    content = writer.blocks[begin:]
    return ReadDocument(
        title=book.about.best_title() or Path(shown).stem,
        media_type=MEDIA_TYPE,
        text=writer.text,
        pages=tuple(writer.pages),
        blocks=tuple(writer.blocks),
        language=book.about.language or guess_language(writer.text[content[0].start :] if content else ""),
        rights=book.about.rights,
        attribution=book.about.attribution,
    )


def _content(archive: Archive, page: str, limit: int) -> bytes | None:
    """The bytes of a page, None where they are missing or damaged."""
    try:
        return archive.read(page, limit)
    except SourceError:
        return None


def _write(raw: bytes, page: str, writer: Writer) -> bool:
    """Write one page of the book; False where it is no text."""
    try:
        root, whole = parse_xhtml(decode_markup(raw, clean_name(page)))
    except BinaryFile:
        return False
    if root is not None:
        body = next((element for element in root.iter() if local(element) == "body"), root)
        write_flow(body, writer, is_unseen)
    return whole


def _label(writer: Writer, first: int, label: str | None) -> None:
    """Put the blocks of a page without a heading of its own under its title in the table of contents."""
    blocks = writer.blocks[first:]
    if label and not any(block.kind is BlockKind.HEADING for block in blocks):
        writer.blocks[first:] = [replace(block, heading=(label,)) for block in blocks]


def _check_locks(archive: Archive, shown: str) -> None:
    if any(archive.get(lock) for lock in _LOCKS) or any(member.encrypted for member in archive.members):
        raise EpubProtected(name=shown)
    root = _part(archive, "META-INF/encryption.xml")
    for element in root.iter() if root is not None else ():
        if local(element) == "encrypteddata":
            methods = [attribute(e, "Algorithm") for e in element if local(e) == "encryptionmethod"]
            if not methods or any(method not in _FONTS for method in methods):
                raise EpubProtected(name=shown)


def _book(archive: Archive, shown: str, limits: Limits) -> _Book:
    container = _part(archive, "META-INF/container.xml")
    paths = [attribute(e, "full-path") for e in _named(container, "rootfile")]
    package = _part(archive, paths[0]) if paths else None
    if package is None:
        raise EpubDamaged(name=shown, detail="META-INF/container.xml")
    folder = posixpath.dirname(paths[0])
    items = {attribute(e, "id"): e for e in _named(package, "item")}
    spine = [items.get(attribute(e, "idref")) for e in _named(package, "itemref")]
    pages = tuple(
        _inside(folder, attribute(item, "href"))
        for item in spine
        if item is not None and attribute(item, "media-type") in _MARKUP
    )
    if not pages:
        raise EpubDamaged(name=shown, detail="spine")
    if len(pages) > limits.max_pages:
        raise TooManyPages(name=shown, pages=len(pages), limit=limits.max_pages)
    return _Book(pages, _about(package), _labels(archive, package, folder, items))


def _about(package: Element) -> About:
    about = About()
    for metadata in _named(package, "metadata"):
        for element in metadata.iter():
            name = _FIELDS.get(local(element))
            if not name or "purl.org/dc/" not in str(element.tag):
                continue
            text = words(element)
            if name == "Description" and "<" in text and (root := parse_xhtml(text)[0]) is not None:
                text = words(root)
            about.add(name, text)
    return about


def _labels(archive: Archive, package: Element, folder: str, items: dict[str, Element]) -> dict[str, str]:
    """The titles of pages in the table of contents: of EPUB 3, else of EPUB 2; the first for each page."""
    found: dict[str, str] = {}
    for item in items.values():
        if "nav" in attribute(item, "properties").split():
            path = _inside(folder, attribute(item, "href"))
            for link in _named(_part(archive, path), "a"):
                _add(found, path, attribute(link, "href"), words(link))
    contents = next((items.get(attribute(e, "toc")) for e in _named(package, "spine")), None)
    if not found and contents is not None:
        path = _inside(folder, attribute(contents, "href"))
        for point in _named(_part(archive, path), "navpoint"):
            label = next((words(e) for e in point if local(e) == "navlabel"), "")
            source = next((attribute(e, "src") for e in point if local(e) == "content"), "")
            _add(found, path, source, label)
    return found


def _add(found: dict[str, str], contents: str, target: str, label: str) -> None:
    if label and target:
        found.setdefault(_inside(posixpath.dirname(contents), target), label[:300])


def _named(root: Element | None, name: str) -> list[Element]:
    return [element for element in root.iter() if local(element) == name] if root is not None else []


def _part(archive: Archive, path: str) -> Element | None:
    """A part as a tree, None where it is missing or damaged."""
    raw = _content(archive, path, _PART_LIMIT)
    return parse_xml(raw) if raw else None


def _inside(folder: str, target: str) -> str:
    """A path in the archive from one that is written relative to a folder in it; nothing leads out of it."""
    return posixpath.normpath(posixpath.join("/", folder, unquote(target.partition("#")[0]))).lstrip("/")
