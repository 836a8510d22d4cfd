"""The shapes of a PowerPoint slide and where they stand, groups opened, places inherited from the slide's layout."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from graph.types import Region
from ingest.office_errors import OfficeDamaged, PartMissing
from ingest.sources.elements import Element, child, chosen, inside, local, number
from ingest.sources.package import Package

EMU_PER_PIXEL = 9525
_SHAPES = {"sp", "graphicFrame", "pic", "cxnSp"}
_ALIKE = {"obj": "body", "subTitle": "body", "ctrTitle": "title"}
"""What the master calls a placeholder that the layout calls so."""
Box = tuple[float, float, float, float]


def pixels(emu: str | None) -> int:
    """A length of the file in pixels at 96 dpi; 0 for one that no slide can have."""
    length = number(emu) // EMU_PER_PIXEL
    return length if 0 < length < 20_000 else 0


@dataclass(frozen=True, slots=True)
class Shape:
    """A shape, what it is on the slide (title, body, ... or empty), and its place."""

    element: Element
    kind: str
    region: Region | None


@dataclass(frozen=True, slots=True)
class _Frame:
    """From the lengths of a group to those of the slide: scale and shift."""

    sx: float = 1.0
    sy: float = 1.0
    dx: float = 0.0
    dy: float = 0.0

    def box(self, box: Box) -> Box:
        x, y, w, h = box
        return x * self.sx + self.dx, y * self.sy + self.dy, w * self.sx, h * self.sy


Inherited = dict[tuple[str, str], Box]
"""Places for the placeholders of a layout, by (kind, "") and ("", number)."""


class Places:
    """Where placeholders stand when the slide does not say: as on its layout, or on that layout's master."""

    def __init__(self, package: Package, width: int, height: int) -> None:
        self._package, self._width, self._height = package, width, height
        self._known: dict[str, Inherited] = {}

    def of_slide(self, slide: str) -> Inherited:
        """The places for a slide; none where the layout is missing or damaged, for the words do not need it."""
        try:
            layout = self._package.related(slide, "slideLayout")
            if layout is None:
                return {}
            if layout not in self._known:
                master = self._package.related(layout, "slideMaster")
                above = _placeholders(self._package.tree(master)) if master else {}
                # Numbers belong to one layout; only the kinds mean the same on the master.
                kinds = {key: box for key, box in above.items() if key[0]}
                self._known[layout] = kinds | _placeholders(self._package.tree(layout))
            return self._known[layout]
        except (OfficeDamaged, PartMissing):
            return {}

    def region(self, box: Box | None) -> Region | None:
        """A box in the file's lengths as whole pixels inside the slide."""
        if box is None or not self._width or not self._height:
            return None
        x, y, w, h = (length / EMU_PER_PIXEL for length in box)
        left, top = max(0, round(x)), max(0, round(y))
        right, bottom = min(self._width, round(x + w)), min(self._height, round(y + h))
        return Region(left, top, right - left, bottom - top) if right > left and bottom > top else None


def shapes(root: Element, inherited: Inherited | None, places: Places | None) -> Iterator[Shape]:
    """The shapes of a slide in its own order, those in groups too."""
    tree = child(root, "cSld", "spTree")
    if tree is not None:
        yield from _shapes(tree, _Frame(), inherited or {}, places)


def _shapes(tree: Element, frame: _Frame, inherited: Inherited, places: Places | None) -> Iterator[Shape]:
    for element in tree:
        name = local(element)
        if name == "AlternateContent":
            yield from _shapes(chosen(element), frame, inherited, places)
        elif name == "grpSp":
            yield from _shapes(element, _inside(element, frame), inherited, places)
        elif name in _SHAPES:
            kind, index = _placeholder(element)
            box, turned = _box(element)
            if box is not None:
                box = frame.box(box)
            elif kind or index:
                keys = (("", index), (kind, ""), (_ALIKE.get(kind, ""), ""))
                box = next((inherited[key] for key in keys if key in inherited), None)
            yield Shape(element, kind, places.region(box) if places and not turned else None)


def _placeholder(element: Element) -> tuple[str, str]:
    """What kind of placeholder a shape is, and its number; two empty words for one that is none."""
    about = next((inner for inner in element if local(inner).startswith("nv")), None)
    placeholder = child(about, "nvPr", "ph")
    if placeholder is None:
        return "", ""
    return placeholder.get("type", "obj"), placeholder.get("idx", "")


def _placeholders(root: Element) -> Inherited:
    found: Inherited = {}
    for element in inside(root, "cSld", "spTree"):
        kind, index = _placeholder(element)
        box, _ = _box(element)
        if box is not None and (kind or index):
            found.setdefault(("", index) if index else (kind, ""), box)
            found.setdefault((kind, ""), box)
    found.pop(("", ""), None)
    return found


def _transform(element: Element) -> Element | None:
    own = child(element, "xfrm")
    return child(element, "spPr", "xfrm") if own is None else own


def _box(element: Element) -> tuple[Box | None, bool]:
    """Where a shape says that it stands, and whether it is turned."""
    transform = _transform(element)
    corner, size = child(transform, "off"), child(transform, "ext")
    if transform is None or corner is None or size is None:
        return None, False
    box = (number(corner.get("x")), number(corner.get("y")), number(size.get("cx")), number(size.get("cy")))
    return box, number(transform.get("rot")) % 21_600_000 != 0


def _inside(group: Element, frame: _Frame) -> _Frame:
    transform = child(group, "grpSpPr", "xfrm")
    parts = [child(transform, name) for name in ("off", "ext", "chOff", "chExt")]
    if any(part is None for part in parts):
        return frame
    corner, size, inner_corner, inner_size = (part for part in parts if part is not None)
    inner_w, inner_h = number(inner_size.get("cx")), number(inner_size.get("cy"))
    if inner_w <= 0 or inner_h <= 0:
        return frame
    x, y, w, h = frame.box(
        (number(corner.get("x")), number(corner.get("y")), number(size.get("cx")), number(size.get("cy")))
    )
    sx, sy = w / inner_w, h / inner_h
    return _Frame(sx, sy, x - number(inner_corner.get("x")) * sx, y - number(inner_corner.get("y")) * sy)
