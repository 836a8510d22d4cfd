"""HTML and XHTML: the content of a page with its structure, and what the page says about itself.

Nothing is fetched while a page is read: no picture, no style, no frame.
"""

from __future__ import annotations

from pathlib import Path

from graph.errors import Failure
from ingest.charset import decode_markup
from ingest.errors import EmptyFile
from ingest.files import MEGABYTE, clean_name, open_source
from ingest.language import guess_language
from ingest.sources.base import BlockKind, Limits, ReadDocument, tidy
from ingest.sources.blocks import Writer
from ingest.sources.html_about import About, about_page
from ingest.sources.html_flow import write_flow
from ingest.sources.html_skip import Furniture, content_root, is_unseen
from ingest.sources.html_tree import Element, local, parse_html, parse_xhtml
from ingest.web_errors import HtmlCutOff, HtmlTooLarge, HtmlWithoutText

MAX_MB = 30
"""The tree of a page takes up to seventeen times its size in memory."""


def read(path: Path, name: str, limits: Limits) -> ReadDocument:
    """A page of the web as one page; raises `HtmlWithoutText` for one that shows nothing before programs run."""
    shown = clean_name(name)
    with open_source(path, name, limits.max_file_mb) as file:
        raw = file.read(MAX_MB * MEGABYTE + 1)
    if len(raw) > MAX_MB * MEGABYTE:
        raise HtmlTooLarge(name=shown, limit_mb=MAX_MB)
    text = decode_markup(raw, shown)
    if not text.strip():
        raise EmptyFile(name=shown)
    root, whole = (parse_xhtml if text.lstrip().startswith("<?xml") else parse_html)(text)
    writer = Writer()
    about = About() if root is None else about_page(root)
    about.write(writer)
    begin = len(writer.blocks)
    if root is not None:
        write_page(root, writer)
    if len(writer.blocks) == begin:
        raise HtmlWithoutText(name=shown)
    return finished(writer, about, shown, None if whole else HtmlCutOff(name=shown).failure(), begin)


def write_page(root: Element, writer: Writer) -> None:
    """Write the content of a page; where rules about furniture leave nothing, all that can be seen."""
    body = next((element for element in root.iter() if local(element) == "body"), root)
    begin = len(writer.blocks)
    furniture = Furniture(body)
    write_flow(content_root(body), writer, lambda element: is_unseen(element) or furniture(element))
    if len(writer.blocks) == begin:
        write_flow(body, writer, is_unseen)


def finished(writer: Writer, about: About, shown: str, failure: Failure | None, begin: int) -> ReadDocument:
    """The page as it was read, with its title: its own word, its first heading, or the file's name."""
    writer.end_page()
    text = writer.text
    content = writer.blocks[begin:]
    heading = next((b for b in content if b.kind is BlockKind.HEADING), None)
    first = tidy(text[heading.start : heading.end]) if heading else None
    return ReadDocument(
        title=about.best_title(first) or Path(shown).stem,
        media_type="text/html",
        text=text,
        pages=tuple(writer.pages),
        blocks=tuple(writer.blocks),
        language=about.language or guess_language(text[content[0].start :]),
        rights=about.rights,
        attribution=about.attribution,
        failure=failure,
    )
