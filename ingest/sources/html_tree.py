"""HTML and XHTML as trees: decoded, parsed without entities, DTDs or network, and looked at by local names.

The parser is lxml (libxml2): one kind of tree for HTML, XHTML and the XML inside EPUBs, kept well for twenty years, and
it only parses. Extractors such as trafilatura guess what matters and leave out the rest; here nothing may be lost from
a page that has no furniture, so what is left out is said by `html_skip` in rules that can be read.
"""

from __future__ import annotations

import codecs
import re
from typing import Final

from lxml import etree

from ingest.sources.text import decode

Element = etree._Element
_DECLARED: Final = re.compile(
    rb"""<meta\b[^>]{0,300}?\bcharset\s*=\s*["']?\s*([\w.:-]{2,40})|<\?xml[^>]{0,100}?\bencoding\s*=\s*["']([\w.:-]{2,40})""",
    re.I,
)
_KNOWN: Final = re.compile(
    r"utf-?8|utf-16(?:le|be)?|(?:iso-?)?8859-?\d+|iso-?2022-\w+|iso8859-\d+|windows-?\d+|cp\d+|latin-?\d+|us-ascii|ascii"
    r"|koi8-\w+|shift[_-]?jis|sjis|euc[_-]\w+|gb\w+|big5(?:-?hkscs)?|mac-?\w+|hz|tis-620",
    re.I,
)
_LOOK: Final = 4096
_TOO_DEEP: Final = etree.ErrorTypes.ERR_RESOURCE_LIMIT


def local(element: Element) -> str:
    """The name of an element in small letters, without its namespace; empty for comments and the like."""
    tag = element.tag
    return tag.rpartition("}")[2].lower() if isinstance(tag, str) else ""


def attribute(element: Element, name: str) -> str:
    """The value of an attribute, empty where there is none."""
    return str(element.get(name) or "")


def words(element: Element) -> str:
    """All text in an element, as one line."""
    return " ".join("".join(str(piece) for piece in element.itertext()).split())


def decode_markup(raw: bytes, name: str) -> str:
    """Markup as text: by its mark, as valid UTF-8, by what it declares, then by its letters; raises `BinaryFile`.

    Bytes that are valid UTF-8 are taken for it whatever is declared: in another encoding they practically never are.
    """
    declared = declared_encoding(raw)
    if declared and not raw.startswith((codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        shifting = b"\x1b" in raw and "2022" in declared
        if shifting or not _is_utf8(raw):
            try:
                return raw.decode(declared)
            except (UnicodeDecodeError, LookupError):
                # The declaration does not hold; the letters decide.
                return decode(raw, name)
    return decode(raw, name)


def declared_encoding(raw: bytes) -> str | None:
    """The encoding that a page declares in its head, if it is a real one; Latin-1 means Windows-1252, as on the web."""
    found = _DECLARED.search(raw[:_LOOK])
    label = (found.group(1) or found.group(2)).decode("ascii", "replace") if found else ""
    if not _KNOWN.fullmatch(label):
        return None
    try:
        known = codecs.lookup(label).name
    except LookupError:
        return None
    if known in {"utf-8", "utf-16", "utf-16-le", "utf-16-be"}:
        return None
    return "cp1252" if known in {"iso8859-1", "ascii"} else known


def _is_utf8(raw: bytes) -> bool:
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def parse_html(text: str) -> tuple[Element | None, bool]:
    """The tree of a page and whether it is whole: of one nested thousands deep only the beginning is read."""
    parser = etree.HTMLParser(
        encoding="utf-8", huge_tree=True, no_network=True, remove_comments=True, remove_pis=True, recover=True
    )
    root = etree.fromstring(text.encode("utf-8", "replace"), parser)
    return root, not any(entry.type == _TOO_DEEP for entry in parser.error_log)


def parse_xml(raw: bytes) -> Element | None:
    """The tree of XML, mended where it can be; no entity is expanded, no DTD and no other file is opened."""
    parser = etree.XMLParser(
        resolve_entities=False,
        load_dtd=False,
        dtd_validation=False,
        no_network=True,
        remove_comments=True,
        remove_pis=True,
        recover=True,
        huge_tree=False,
    )
    try:
        return etree.fromstring(raw, parser)
    except (etree.XMLSyntaxError, ValueError):
        return None
