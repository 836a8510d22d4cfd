"""What the styles and the numbering of a Word document say of a paragraph: is it a heading, which number has it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from ingest.sources.elements import Element, attribute, child, is_on, local, number
from ingest.sources.numerals import written
from ingest.sources.package import Package

_HEADING = re.compile(r"heading (\d)", re.I)
_LEVEL = re.compile(r"%(\d)")
TITLE, BODY = 0, 9
"""The level above all headings, and the outline level that Word gives to what is none."""


@dataclass(frozen=True, slots=True)
class Style:
    """What a paragraph takes from its style and those that it is based on."""

    name: str = ""
    outline: int | None = None
    num_id: str | None = None
    level: int | None = None

    @property
    def heading(self) -> int | None:
        """The level of the heading, 0 for the document's title; None for what is no heading."""
        if self.outline is not None:
            return self.outline + 1 if self.outline < BODY else None
        if self.name == "title":
            return TITLE
        named = _HEADING.fullmatch(self.name)
        return int(named.group(1)) if named else None


class Styles:
    """The paragraph styles of a document by their ids."""

    def __init__(self, package: Package, main: str) -> None:
        part = package.related(main, "styles")
        self._elements: dict[str, Element] = {}
        self._known: dict[str, Style] = {}
        self._default = ""
        for element in package.tree(part) if part else ():
            if local(element) != "style" or attribute(element, "type") != "paragraph":
                continue
            style_id = attribute(element, "styleId") or ""
            self._elements[style_id] = element
            if is_on(attribute(element, "default"), absent=False):
                self._default = style_id

    def of(self, properties: Element | None) -> Style:
        """What a paragraph with these properties is; its own properties come before those of its style."""
        named = value(child(properties, "pStyle"))
        style = self.named(self._default if named is None else named)
        own = _style(properties, style.name)
        return Style(
            style.name,
            style.outline if own.outline is None else own.outline,
            style.num_id if own.num_id is None else own.num_id,
            style.level if own.level is None else own.level,
        )

    def named(self, style_id: str) -> Style:
        """The style with this id, what it inherits included; a circle of styles ends where it closes."""
        if style_id not in self._known:
            chain: list[str] = []
            following: str | None = style_id
            while following and following in self._elements and following not in chain:
                chain.append(following)
                following = value(child(self._elements[following], "basedOn"))
            found = Style()
            for link in reversed(chain):
                element = self._elements[link]
                own = _style(child(element, "pPr"), (value(child(element, "name")) or "").casefold())
                found = Style(
                    own.name,
                    found.outline if own.outline is None else own.outline,
                    found.num_id if own.num_id is None else own.num_id,
                    found.level if own.level is None else own.level,
                )
                if _HEADING.fullmatch(own.name) and own.outline is None:
                    found = Style(own.name, None, found.num_id, found.level)
            self._known[style_id] = found
        return self._known[style_id]


def _style(properties: Element | None, name: str) -> Style:
    outline = child(properties, "outlineLvl")
    level = child(properties, "numPr", "ilvl")
    return Style(
        name,
        None if outline is None else number(value(outline), BODY),
        value(child(properties, "numPr", "numId")),
        None if level is None else number(value(level)),
    )


@dataclass(frozen=True, slots=True)
class _Level:
    start: int
    kind: str
    text: str


@dataclass(slots=True)
class _List:
    levels: dict[int, _Level]
    counts: dict[int, int] = field(default_factory=dict)


class Numbering:
    """Counts the items of a document's lists as Word does: lists made from one plan go on where the last one ended."""

    def __init__(self, package: Package, main: str) -> None:
        part = package.related(main, "numbering")
        root = package.tree(part) if part else None
        self._lists: dict[str, _List] = {}
        self._plan: dict[str, str] = {}
        self._restart: dict[str, dict[int, int]] = {}
        for element in root if root is not None else ():
            if local(element) == "abstractNum":
                levels = {number(attribute(lvl, "ilvl")): _level(lvl) for lvl in element if local(lvl) == "lvl"}
                self._lists[attribute(element, "abstractNumId") or ""] = _List(levels)
            elif local(element) == "num":
                num_id = attribute(element, "numId") or ""
                self._plan[num_id] = value(child(element, "abstractNumId")) or ""
                self._restart[num_id] = {
                    number(attribute(override, "ilvl")): number(value(child(override, "startOverride")), 1)
                    for override in element
                    if child(override, "startOverride") is not None
                }

    def label(self, style: Style) -> str | None:
        """The number or sign of the next item in front of its words; None for a paragraph that is in no list."""
        if style.num_id in {None, "0", ""}:
            return None
        plan = self._lists.get(self._plan.get(style.num_id or "", ""))
        level = min(max(style.level or 0, 0), 8)
        if plan is None or level not in plan.levels:
            return "-"
        restart = self._restart.pop(style.num_id or "", {})
        for restarted, start in restart.items():
            plan.counts[restarted] = start - 1
        for deeper in [known for known in plan.counts if known > level and known not in restart]:
            del plan.counts[deeper]
        plan.counts[level] = plan.counts.get(level, plan.levels[level].start - 1) + 1
        if plan.levels[level].kind == "bullet":
            return "-"
        return _LEVEL.sub(lambda match: _count(plan, int(match.group(1)) - 1), plan.levels[level].text)


def _level(element: Element) -> _Level:
    start = child(element, "start")
    return _Level(
        number(value(start), 1) if start is not None else 0,
        value(child(element, "numFmt")) or "decimal",
        value(child(element, "lvlText")) or "",
    )


def _count(plan: _List, level: int) -> str:
    known = plan.levels.get(level)
    if known is None:
        return ""
    return written(plan.counts.get(level, known.start), known.kind)


def value(element: Element | None) -> str | None:
    """The value that an element of a Word document carries in its attribute `val`."""
    return None if element is None else attribute(element, "val")
