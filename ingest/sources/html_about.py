"""What a page says about itself: title, authors, date, language, rights, address; in `meta`, `link` and JSON-LD.

Read are the plain names, Dublin Core, the names that libraries and journals use (`citation_…`), Open Graph and
schema.org. What several of them say alike is said once.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urlsplit

from ingest.sources.base import BlockKind, tidy
from ingest.sources.blocks import Writer
from ingest.sources.html_tree import Element, attribute, local, words

_META: Final = {
    "citation_title": "Title", "dc.title": "Title", "dcterms.title": "Title", "og:title": "Title",
    "twitter:title": "Title",
    "citation_author": "Author", "citation_authors": "Author", "dc.creator": "Author", "dcterms.creator": "Author",
    "author": "Author", "article:author": "Author",
    "citation_publication_date": "Date", "citation_date": "Date", "dc.date": "Date", "dc.date.issued": "Date",
    "dcterms.date": "Date", "dcterms.issued": "Date", "dcterms.created": "Date", "article:published_time": "Date",
    "date": "Date",
    "citation_publisher": "Publisher", "dc.publisher": "Publisher", "dcterms.publisher": "Publisher",
    "publisher": "Publisher", "og:site_name": "Publisher",
    "dc.rights": "Rights", "dcterms.rights": "Rights", "dcterms.license": "Rights", "dc.rights.license": "Rights",
    "copyright": "Rights", "rights": "Rights", "license": "Rights",
    "dc.language": "Language", "dcterms.language": "Language", "language": "Language", "citation_language": "Language",
    "og:locale": "Language",
    "description": "Description", "dc.description": "Description", "og:description": "Description",
    "keywords": "Keywords", "og:url": "Address",
}  # fmt: skip
_LD: Final = {
    "headline": "Title", "name": "Title", "author": "Author", "creator": "Author", "datePublished": "Date",
    "dateCreated": "Date", "publisher": "Publisher", "license": "Rights", "copyrightNotice": "Rights",
    "inLanguage": "Language",
}  # fmt: skip
_LD_TYPES: Final = re.compile(
    r"(?:\w*Article|\w*Posting|WebPage|\w*Page|Book|Chapter|CreativeWork|VisualArtwork|Painting|Photograph|Report"
    r"|Thesis|ArchiveComponent|Manuscript|Map|Dataset|Collection|ScholarlyArticle)"
)
_ORDER: Final = (
    "Title", "Author", "Date", "Language", "Publisher", "Description", "Keywords", "Rights", "Address",
)  # fmt: skip
_MANY: Final = {"Author", "Rights", "Keywords"}
_LD_LIMIT: Final = 500_000
_AT_MOST: Final = 30
_LANGUAGE: Final = re.compile(r"([A-Za-z]{2,3})(?:[-_][A-Za-z0-9_-]*)?")


@dataclass(slots=True)
class About:
    """What was said, by its name; `title` holds what the page's title element says."""

    said: dict[str, list[str]] = field(default_factory=dict)
    title: str | None = None

    def add(self, name: str, value: object) -> None:
        """Take a value, once; links are taken as rights and addresses only."""
        clean = tidy(value, limit=2000)
        if not clean or (clean.startswith(("http://", "https://")) and name not in {"Rights", "Address"}):
            return
        known = self.said.setdefault(name, [])
        if clean.casefold() not in {each.casefold() for each in known} and len(known) < _AT_MOST:
            known.append(clean)

    def get(self, name: str) -> str | None:
        """What is said under one name: the first of it, or all of authors, rights and keywords."""
        values = self.said.get(name, [])
        return "; ".join(values if name in _MANY else values[:1])[:2000] or None

    @property
    def language(self) -> str | None:
        """The language as its short code."""
        found = _LANGUAGE.fullmatch(self.get("Language") or "")
        return found.group(1).lower() if found else None

    @property
    def rights(self) -> str | None:
        return tidy(self.get("Rights"), limit=500)

    @property
    def attribution(self) -> str | None:
        return tidy(self.get("Author") or self.get("Publisher"), limit=500)

    def best_title(self, heading: str | None = None) -> str | None:
        """The title the page gives itself; of a title with the site's name around it, the heading that is in it."""
        if given := self.get("Title"):
            return tidy(given)
        if heading and self.title and heading.casefold() in self.title.casefold():
            return heading
        return tidy(self.title) or heading

    def write(self, writer: Writer) -> None:
        """Write what is said as the block that comes first, a line for each name."""
        values = {name: self.get(name) for name in _ORDER}
        values["Title"] = values["Title"] or self.title
        writer.lines([f"{name}: {value}" for name, value in values.items() if value], BlockKind.METADATA)


def about_page(root: Element) -> About:
    """All that the page says about itself."""
    about = About()
    language = attribute(root, "lang") or attribute(root, "{http://www.w3.org/XML/1998/namespace}lang")
    about.add("Language", language)
    later: list[tuple[str, object]] = []
    for element in root.iter():
        match local(element):
            case "title" if about.title is None and local(element.getparent()) == "head":
                about.title = tidy(words(element), limit=500)
            case "meta":
                _take_meta(element, about)
            case "link" | "a":
                _take_link(element, about)
            case "script" if attribute(element, "type").lower().strip() == "application/ld+json":
                later += _json_ld(str(element.text or ""))
            case "time" if "pubdate" in element.attrib or attribute(element, "itemprop") == "datePublished":
                later.append(("Date", attribute(element, "datetime") or words(element)))
    known = set(about.said) - {"Rights"}
    for name, value in later:
        # Of a name that meta elements gave already, schema.org mostly repeats a variant.
        if name not in known:
            about.add(name, value)
    return about


def _take_meta(element: Element, about: About) -> None:
    key = (attribute(element, "name") or attribute(element, "property") or attribute(element, "http-equiv")).lower()
    name = _META.get(key.replace("dc:", "dc.").replace("dcterms:", "dcterms."))
    if key == "content-language":
        name = "Language"
    if name == "Address":
        _take_address(attribute(element, "content"), about)
    elif name:
        about.add(name, attribute(element, "content"))


def _take_link(element: Element, about: About) -> None:
    rel, href = attribute(element, "rel").lower().split(), attribute(element, "href").strip()
    if "license" in rel or "copyright" in rel:
        about.add("Rights", words(element))
        if href.startswith(("http://", "https://")):
            about.add("Rights", href)
    elif "canonical" in rel:
        about.said.pop("Address", None)
        _take_address(href, about)
    elif "author" in rel and local(element) == "a":
        about.add("Author", words(element))


def _take_address(href: str, about: About) -> None:
    try:
        parts = urlsplit(href.strip())
    except ValueError:
        return
    if parts.scheme in {"http", "https"} and parts.netloc and "@" not in parts.netloc:
        about.add("Address", href.strip())


def _json_ld(source: str) -> list[tuple[str, object]]:
    """What schema.org says of the first thing that is a page, an article, a work; nothing where it is not JSON."""
    if len(source) > _LD_LIMIT:
        return []
    try:
        content = json.loads(source)
    except (ValueError, RecursionError):
        return []
    for thing in _things(content):
        kinds = thing.get("@type")
        if any(_LD_TYPES.fullmatch(str(kind)) for kind in (kinds if isinstance(kinds, list) else [kinds])):
            return [(name, value) for key, name in _LD.items() if key in thing for value in _values(thing[key], name)]
    return []


def _things(content: Any) -> Iterator[dict[str, Any]]:
    for item in content if isinstance(content, list) else [content]:
        if isinstance(item, dict):
            yield item
            graph = item.get("@graph")
            yield from (inner for inner in graph if isinstance(inner, dict)) if isinstance(graph, list) else ()


def _values(value: Any, name: str) -> Iterator[object]:
    for item in value if isinstance(value, list) else [value]:
        if isinstance(item, dict):
            found = item.get("name") or (item.get("url") or item.get("@id") if name == "Rights" else None)
            if isinstance(found, str):
                yield found
        elif isinstance(item, str):
            yield item
