"""PowerPoint: a slide is a page; its title is the heading, then the shapes in the order in which a screen reader goes.

Dates, footers and slide numbers are left out. Notes are kept and marked `[Notes]`, hidden slides are kept and marked
`[hidden]`. Regions are pixels of the slide at 96 dpi; a shape that is turned has none.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from graph.errors import Failure
from graph.types import Region
from ingest.errors import TooManyPages
from ingest.office_errors import OfficeDamaged, PartMissing, SlideDamaged, SlideWithoutText
from ingest.sources.base import BlockKind, Limits, ReadDocument
from ingest.sources.blocks import Writer, one_line
from ingest.sources.elements import Element, attribute, child, chosen, inside, is_on, local, number
from ingest.sources.office_about import core_properties, finished
from ingest.sources.package import Package, open_package
from ingest.sources.pptx_shapes import Places, Shape, pixels, shapes

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
_TITLES = {"title", "ctrTitle"}
_LEFT_OUT = {"dt", "ftr", "sldNum", "hdr", "sldImg"}
_BODIES = {"body", "obj"}


def read(path: Path, name: str, limits: Limits) -> ReadDocument:
    """A PowerPoint file; a damaged slide fails alone. Raises what reading a Word file raises, and `TooManyPages`."""
    with open_package(path, name, limits) as package:
        main = package.main()
        about = core_properties(package)
        presentation = package.tree(main)
        relations = package.relations(main)
        # Two attributes of a slide are called id: its number, and the relation, which has a namespace.
        listed = [_relation_id(slide) for slide in inside(presentation, "sldIdLst")]
        if len(listed) > limits.max_pages:
            raise TooManyPages(name=package.name, pages=len(listed), limit=limits.max_pages)
        size = child(presentation, "sldSz")
        width = pixels(size.get("cx")) if size is not None else 0
        height = pixels(size.get("cy")) if size is not None else 0
        writer = Writer()
        about.write(writer)
        places = Places(package, width, height)
        for page, relation in enumerate(listed, start=1):
            failure = None
            try:
                target = relations.get(relation)
                if target is None:
                    raise PartMissing(name=package.name, part=f"slide {page}")
                failure = _Slide(package, target.target, places, writer).write(page)
            except (OfficeDamaged, PartMissing):
                failure = SlideDamaged(page=page).failure()
            writer.close_headings()
            writer.end_page(width, height, failure)
        if not listed:
            writer.end_page(width, height)
    return finished(writer, about, MEDIA_TYPE, name)


def _relation_id(element: Element) -> str:
    return next((value for key, value in element.items() if key.startswith("{") and key.endswith("}id")), "")


class _Slide:
    def __init__(self, package: Package, part: str, places: Places, writer: Writer) -> None:
        self._package, self._part, self._writer = package, part, writer
        self._root = package.tree(part)
        self._shapes = list(shapes(self._root, places.of_slide(part), places))

    def write(self, page: int) -> Failure | None:
        """Write the slide; the failure says that it has only pictures."""
        before = len(self._writer.blocks)
        hidden = not is_on(attribute(self._root, "show"))
        titles = [shape for shape in self._shapes if shape.kind in _TITLES]
        title = next((shape for shape in titles if _plain(shape.element)), None)
        if title:
            text = _plain(title.element)
            self._writer.heading(f"{text} [hidden]" if hidden else text, 1, title.region)
        for shape in self._shapes:
            if shape is not title and shape.kind not in _LEFT_OUT:
                self._shape(shape)
        self._notes()
        if len(self._writer.blocks) == before:
            shows = any(local(shape.element) == "pic" for shape in self._shapes)
            return SlideWithoutText(page=page).failure() if shows else None
        if hidden and title is None:
            self._writer.add("[hidden]")
        return None

    def _shape(self, shape: Shape) -> None:
        table = child(shape.element, "graphic", "graphicData", "tbl")
        diagram = child(shape.element, "graphic", "graphicData", "relIds")
        if table is not None:
            rows = [
                " | ".join(_plain(cell) for cell in row if local(cell) == "tc") for row in table if local(row) == "tr"
            ]
            self._writer.lines([row for row in rows if row.strip(" |")], BlockKind.TABLE, shape.region)
        elif diagram is not None:
            self._diagram(attribute(diagram, "dm") or "", shape.region)
        else:
            self._paragraphs(inside(shape.element, "txBody"), shape.kind in _BODIES, shape.region)

    def _paragraphs(self, body: Iterable[Element], bullets: bool, region: Region | None) -> None:
        """Paragraphs, those with a sign in front as one list; in the slide's body all have one unless it says no."""
        items: list[str] = []
        paragraphs = [element for element in body if local(element) == "p"]
        several = sum(bool(_plain(p)) for p in paragraphs) > 1
        for paragraph in paragraphs:
            text = _words(paragraph)
            properties = child(paragraph, "pPr")
            signs = {local(element) for element in properties} if properties is not None else set()
            if signs & {"buChar", "buAutoNum", "buBlip"} or (bullets and several and "buNone" not in signs):
                level = number(properties.get("lvl")) if properties is not None else 0
                items.append("  " * min(max(level, 0), 8) + "- " + one_line(text) if text.strip() else "")
            elif text.strip():
                self._writer.lines(items, BlockKind.LIST, region)
                items = []
                self._writer.add(text, region=region)
        self._writer.lines(items, BlockKind.LIST, region)

    def _diagram(self, relation: str, region: Region | None) -> None:
        """The words of a SmartArt drawing, which lie in a part of their own."""
        target = self._package.relations(self._part).get(relation)
        if target is None or not self._package.has(target.target):
            return
        points = child(self._package.tree(target.target), "ptLst")
        words = [_plain(point) for point in points if child(point, "t") is not None] if points is not None else []
        self._writer.lines([f"- {text}" for text in words if text], BlockKind.LIST, region)

    def _notes(self) -> None:
        part = self._package.related(self._part, "notesSlide")
        if part is None:
            return
        notes = [shape for shape in shapes(self._package.tree(part), None, None) if shape.kind == "body"]
        text = "\n".join(_words(p) for shape in notes for p in inside(shape.element, "txBody") if local(p) == "p")
        if text.strip():
            self._writer.add(f"[Notes] {text.strip()}")


def _plain(element: Element) -> str:
    """The words of everything inside on one line."""
    return one_line(" ".join(_words(p) for p in element.iter() if local(p) == "p"))


def _words(paragraph: Element) -> str:
    return "".join(_pieces(paragraph))


def _pieces(element: Element) -> Iterator[str]:
    for inner in element:
        name = local(inner)
        if name == "t":
            yield (inner.text or "").replace("_x000B_", "\n")
        elif name == "br":
            yield "\n"
        elif name == "tab":
            yield "\t"
        elif name == "AlternateContent":
            yield from _pieces(chosen(inner))
        elif name != "fld" or not (inner.get("type") or "").startswith("slidenum"):
            yield from _pieces(inner)
