"""HTML and XHTML as trees: parsed without entities, DTDs or network, and looked at by local names.

The parser is lxml (libxml2): one kind of tree for HTML, XHTML and the XML inside EPUBs, kept well for twenty years, and
it only parses. Extractors such as trafilatura guess what matters and leave out the rest; here nothing may be lost from
a page that has no furniture, so what is left out is said by `html_skip` in rules that can be read.
"""

from __future__ import annotations

import re
from typing import Final, TypeAlias

from lxml import etree

Element: TypeAlias = etree._Element
_CLOSED_AT_ONCE: Final = re.compile(
    r"<(?!(?:area|base|br|col|embed|hr|img|input|link|meta|param|source|track|wbr)\b)"
    r"""([A-Za-z][\w:-]{0,60})((?:\s+[\w:.-]{1,60}\s*=\s*(?:"[^"<]*"|'[^'<]*'))*)\s*/>"""
)
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


def parse_html(text: str) -> tuple[Element | None, bool]:
    """The tree of a page and whether it is whole: of one nested thousands deep only the beginning is read."""
    parser = etree.HTMLParser(
        encoding="utf-8", huge_tree=True, no_network=True, remove_comments=True, remove_pis=True, recover=True
    )
    root: Element | None = etree.fromstring(text.encode("utf-8", "replace"), parser)
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
        root: Element | None = etree.fromstring(raw, parser)
    except (etree.XMLSyntaxError, ValueError):
        return None
    return root


def parse_xhtml(text: str) -> tuple[Element | None, bool]:
    """The tree of a page of XHTML, also where it is not well-formed, and whether it is whole.

    The parser of HTML reads it: it knows the named letters that XHTML leaves to its DTD, which is never opened. Only
    elements closed at once mean something else there, so they are written out first.
    """
    return parse_html(_CLOSED_AT_ONCE.sub(r"<\1\2></\1>", text))
