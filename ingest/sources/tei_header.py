"""What a TEI file says about itself: its header as lines of text, and the fields that documents have."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from xml.etree.ElementTree import Element, TreeBuilder

from ingest.sources.base import tidy
from ingest.sources.codes import language_code

MOST_ELEMENTS = 50_000
_LONGEST = 2000
_LEFT_OUT = frozenset({"revisiondesc", "encodingdesc", "xenodata", "particdesc", "taxonomy"})
_APART = frozenset(
    "p title author editor publisher pubplace date idno repository settlement institution country collection bibl item "
    "availability licence edition extent forename surname persname orgname name addrline note".split()
)
"""Elements whose words are not glued to those of the next one."""
_PUBLISHED = frozenset({"publisher", "distributor", "authority", "pubplace", "p"})
_DATES = ("when", "when-iso", "value")


@dataclass(frozen=True, slots=True)
class Header:
    """The lines for people, and what of it is known by name."""

    lines: tuple[str, ...] = ()
    title: str | None = None
    language: str | None = None
    rights: str | None = None
    attribution: str | None = None


class HeaderReader:
    """Builds the small tree of a header; parts that say nothing of the source, and an endless rest, are left out."""

    def __init__(self) -> None:
        self._tree = TreeBuilder()
        self._open: list[bool] = []
        self._count = 0

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        self._count += 1
        wanted = (not self._open or self._open[-1]) and tag.lower() not in _LEFT_OUT and self._count <= MOST_ELEMENTS
        self._open.append(wanted)
        if wanted:
            self._tree.start(tag.lower(), dict(attributes))

    def end(self, tag: str) -> bool:
        """Close an element; True when it was the header itself."""
        if self._open.pop():
            self._tree.end(tag.lower())
        return not self._open

    def text(self, data: str) -> None:
        if self._open and self._open[-1]:
            self._tree.data(data)

    def header(self) -> Header:
        """What was read."""
        return _header(self._tree.close())


def _header(root: Element) -> Header:
    statement = _first(root, "titlestmt")
    title = _title(statement)
    authors, editors = _names(statement, "author"), _names(statement, "editor")
    language = _language(root)
    rights = _rights(root)
    lines = [
        *_lines("Title", [title]),
        *_lines("Author", authors),
        *_lines("Editor", editors),
        *_lines("Responsible", _responsible(statement)),
        *_lines("Published", [_published(_first(root, "publicationstmt"))]),
        *_lines("Date", [_date(_first(root, "creation")) or _origin(root)]),
        *_lines("Language", [language]),
        *_lines("Source", _sources(_first(root, "sourcedesc"))),
        *_lines("Rights", [rights]),
    ]
    return Header(
        lines=tuple(dict.fromkeys(lines)),
        title=tidy(title),
        language=language_code(language),
        rights=tidy(rights, 500),
        attribution=tidy("; ".join(authors or editors), 500),
    )


def _lines(label: str, values: list[str | None] | list[str]) -> Iterator[str]:
    for value in values:
        if line := tidy(value, _LONGEST):
            yield f"{label}: {line}"


def _first(above: Element | None, tag: str) -> Element | None:
    return None if above is None else next((element for element in above.iter(tag)), None)


def _words(element: Element | None) -> str | None:
    """All words inside of an element; elements that follow each other are not glued together."""
    if element is None:
        return None
    return tidy("".join(_spaced(element)), _LONGEST)


def _spaced(element: Element) -> Iterator[str]:
    yield element.text or ""
    for inner in element:
        yield from _spaced(inner)
        yield inner.tail or ""
    if element.tag in _APART:
        yield " "


def _title(statement: Element | None) -> str | None:
    """The main title, followed by the part of it that is called a subtitle."""
    if statement is None:
        return None
    titles = [(each.get("type", ""), _words(each)) for each in statement.iter("title")]
    main = next((text for kind, text in titles if text and kind in {"", "main"}), None)
    main = main or next((text for _, text in titles if text), None)
    below = next((text for kind, text in titles if text and kind == "sub"), None)
    return f"{main}. {below}" if main and below and below != main else main


def _names(statement: Element | None, tag: str) -> list[str]:
    found = [_name(each) for each in statement.iter(tag)] if statement is not None else []
    return list(dict.fromkeys(name for name in found if name))


def _name(element: Element) -> str | None:
    """A name; with a comma where the surname comes first."""
    parts = [each for each in element.iter() if each.tag in {"surname", "forename"}]
    if len(parts) == 2 and parts[0].tag == "surname" and (surname := _words(parts[0])):
        return ", ".join(filter(None, (surname, _words(parts[1]))))
    return _words(element)


def _responsible(statement: Element | None) -> list[str]:
    found: list[str] = []
    for each in [] if statement is None else statement.iter("respstmt"):
        what = ", ".join(filter(None, (_words(part) for part in each if part.tag == "resp")))
        who = ", ".join(filter(None, (_words(part) for part in each if part.tag != "resp")))
        found.append(f"{who} ({what})" if who and what else who or what)
    return found


def _published(statement: Element | None) -> str | None:
    """Publisher, place and date; without its statement on rights, which is a line of its own."""
    if statement is None:
        return None
    plain = [each for each in statement if each.tag in _PUBLISHED]
    date = next((each for each in statement if each.tag == "date"), None)
    return ", ".join(filter(None, [*(_called(each) for each in plain), _day(date)])) or None


def _called(element: Element) -> str | None:
    """The name of a publisher, without the address that may stand beside it."""
    name = next((each for each in element.iter() if each.tag in {"orgname", "persname", "name"}), None)
    return _words(element if name is None else name)


def _origin(root: Element) -> str | None:
    """The date of the source: of a manuscript's making, or of a print."""
    described = _first(root, "sourcedesc")
    found = _first(described, "origdate")
    found = found if found is not None else _first(described, "date")
    return _day(found)


def _date(above: Element | None) -> str | None:
    return _day(_first(above, "date"))


def _day(element: Element | None) -> str | None:
    if element is None:
        return None
    said = _words(element)
    return said or next((value for name in _DATES if (value := element.get(name))), None)


def _language(root: Element) -> str | None:
    """The language that the header names, as a code where it has one."""
    for element in root.iter("language"):
        if code := element.get("ident") or element.get("id"):
            return code
        if named := _words(element):
            return named
    return None


def _sources(described: Element | None) -> list[str]:
    found = [_words(each) for each in described] if described is not None else []
    return [text for text in found if text] or [text for text in [_words(described)] if text]


def _rights(root: Element) -> str | None:
    """The licence with its address, else what the file says of its availability."""
    available = _first(root, "availability")
    if available is None:
        return None
    said = _words(available)
    address = next((target for each in available.iter() if (target := each.get("target"))), None)
    if said and address and address not in said:
        return f"{said} ({address})"
    return said or address or available.get("status")
