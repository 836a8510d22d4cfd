"""What the styles of an OpenDocument file say: which paragraphs begin a page, which is the title, how lists count."""

from __future__ import annotations

from dataclasses import dataclass

from ingest.sources.elements import Element, attribute, local, number
from ingest.sources.numerals import written
from ingest.sources.package import Package

_LETTERS = {"1": "decimal", "a": "lowerLetter", "A": "upperLetter", "i": "lowerRoman", "I": "upperRoman"}


@dataclass(frozen=True, slots=True)
class ListLevel:
    """How one level of a list is shown: a kind of number with what stands around it, or a sign."""

    kind: str = ""
    before: str = ""
    after: str = ""
    shown: int = 1
    start: int = 1


@dataclass(frozen=True, slots=True)
class _Style:
    parent: str
    new_page: bool
    ends_page: bool
    hidden: bool


class OdfStyles:
    """The styles of a file by name, those of its content and the common ones."""

    def __init__(self, package: Package, content: str) -> None:
        self._styles: dict[str, _Style] = {}
        self._lists: dict[str, dict[int, ListLevel]] = {}
        for part in ("styles.xml", content):
            if package.has(part):
                for element in package.children(part, "styles", "automatic-styles"):
                    self._take(element)

    def _take(self, element: Element) -> None:
        name = attribute(element, "name") or ""
        if local(element) == "list-style":
            levels = [level for level in element if local(level).startswith("list-level-style")]
            self._lists[name] = {number(attribute(level, "level"), 1): _level(level) for level in levels}
        elif local(element) == "style" and attribute(element, "family") in {"paragraph", "drawing-page", "table"}:
            properties = [inner for inner in element if local(inner).endswith("-properties")]

            def says(word: str, value: str) -> bool:
                return any(attribute(inner, word) == value for inner in properties)

            self._styles[name] = _Style(
                attribute(element, "parent-style-name") or "",
                says("break-before", "page") or bool(attribute(element, "master-page-name")),
                says("break-after", "page"),
                says("visibility", "hidden") or says("display", "false"),
            )

    def is_title(self, name: str | None) -> bool:
        """Whether a paragraph of this style is the document's title."""
        style = self._styles.get(name or "")
        return name == "Title" or (style is not None and style.parent == "Title")

    def is_caption(self, name: str | None) -> bool:
        """Whether a paragraph of this style says what is shown above or below it."""
        captions = {"Caption", "Figure", "Illustration", "Table", "Drawing", "Text"}
        style = self._styles.get(name or "")
        return name in captions or (style is not None and style.parent in captions)

    def begins_page(self, name: str | None) -> bool:
        """Whether what has this style begins a page."""
        style = self._styles.get(name or "")
        return style is not None and style.new_page

    def ends_page(self, name: str | None) -> bool:
        """Whether a page ends after what has this style."""
        style = self._styles.get(name or "")
        return style is not None and style.ends_page

    def is_hidden(self, name: str | None) -> bool:
        """Whether what has this style is hidden: a slide, a sheet."""
        style = self._styles.get(name or "")
        return style is not None and style.hidden

    def list_level(self, name: str, level: int) -> ListLevel:
        """How a list of this style shows its level, counted from 1."""
        return self._lists.get(name, {}).get(level, ListLevel())


def _level(element: Element) -> ListLevel:
    if local(element) != "list-level-style-number":
        return ListLevel()
    return ListLevel(
        _LETTERS.get(attribute(element, "num-format") or "", ""),
        attribute(element, "num-prefix") or "",
        attribute(element, "num-suffix") or "",
        number(attribute(element, "display-levels"), 1),
        number(attribute(element, "start-value"), 1),
    )


def list_label(styles: OdfStyles, name: str, counts: list[int]) -> str:
    """The number or sign of an item, from the counts of its level and those above."""
    own = styles.list_level(name, len(counts))
    if not own.kind:
        return "-"
    first = max(0, len(counts) - max(own.shown, 1))
    levels = [(styles.list_level(name, depth + 1), counts[depth]) for depth in range(first, len(counts))]
    return own.before + ".".join(written(count, level.kind) for level, count in levels if level.kind) + own.after
