"""Where on a canvas an annotation stands: from media fragments and from SVG, as whole pixels of the canvas.

An SVG shape becomes the box around it. It is read by patterns, never by an XML parser, since it is a stranger's text.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from typing import Final

from graph.types import Region
from ingest.iiif_json import Node, first, listed, nodes, number, text_of, type_of

_FRAGMENT = re.compile(r"xywh=(pixel:|percent:|pct:)?(-?[0-9.]+),(-?[0-9.]+),([0-9.]+),([0-9.]+)")
_SHAPE = re.compile(r"<(?:\w+:)?(path|polygon|polyline|rect|circle|ellipse|line|image)\b([^<>]*)", re.I)
_ATTRIBUTE = re.compile(r"""([\w:-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')""")
_NUMBER: Final = r"[-+]?(?:[0-9]{1,12}\.?[0-9]{0,12}|\.[0-9]{1,12})(?:[eE][-+]?[0-9]{1,2})?"
_NUMBERS = re.compile(_NUMBER)
_STEPS = re.compile(rf"([MmLlHhVvCcSsQqTtAaZz])|({_NUMBER})")
_TAKES: Final = {"M": 2, "L": 2, "T": 2, "H": 1, "V": 1, "S": 4, "Q": 4, "C": 6, "A": 7}
SVG_LIMIT: Final = 200_000

Point = tuple[float, float]
Box = tuple[float, float, float, float]


def region_of(target: object, width: int, height: int) -> Region | None:
    """The place that a target names on a canvas of this size (0 where it is not known); None where it names none."""
    for box in _boxes(target, width, height):
        if (found := _whole(box, width, height)) is not None:
            return found
    return None


def fragment(text: str, width: int, height: int) -> Region | None:
    """The place that a fragment such as `xywh=1,2,3,4` or `xywh=percent:…` names."""
    box = _of_fragment(text, width, height)
    return _whole(box, width, height) if box else None


def _boxes(target: object, width: int, height: int, depth: int = 0) -> Iterator[Box]:
    for each in listed(target) if depth < 5 else []:
        if isinstance(each, str):
            if box := _of_fragment(each.partition("#")[2], width, height):
                yield box
        elif isinstance(each, dict):
            yield from _selected(first(each, "selector"), width, height, depth)
            yield from _boxes(first(each, "source", "full", "id", "@id"), width, height, depth + 1)


def _selected(selector: object, width: int, height: int, depth: int) -> Iterator[Box]:
    if isinstance(selector, str) and (box := _of_fragment(selector, width, height)):
        yield box
    for each in nodes(selector):
        value = text_of(first(each, "value", "chars"))
        if box := _of_fragment(value, width, height) or _of_svg(value) or _of_point(each):
            yield box
        if depth < 5:
            for inner in (first(each, "default"), first(each, "item", "items"), first(each, "refinedBy")):
                yield from _selected(inner, width, height, depth + 1)


def _of_fragment(text: str, width: int, height: int) -> Box | None:
    found = _FRAGMENT.search(text[-2000:])
    if not found:
        return None
    try:
        x, y, w, h = (float(part) for part in found.groups()[1:])
    except ValueError:
        return None
    if found[1] in {"percent:", "pct:"}:
        if not (width and height):
            return None
        x, w, y, h = x * width / 100, w * width / 100, y * height / 100, h * height / 100
    return (x, y, x + w, y + h)


def _of_point(selector: Node) -> Box | None:
    if type_of(selector) != "PointSelector":
        return None
    x, y = number(selector.get("x")), number(selector.get("y"))
    return None if x is None or y is None else (x, y, x + 1, y + 1)


def _of_svg(text: str) -> Box | None:
    """The box around all shapes; None where there is none, or where one is turned or moved by a transformation."""
    if "<" not in text or "transform" in text[:SVG_LIMIT]:
        return None
    points: list[Point] = []
    for shape, rest in _SHAPE.findall(text[:SVG_LIMIT]):
        given = {key.lower(): one or other for key, one, other in _ATTRIBUTE.findall(rest)}
        points += _points(shape.lower(), given)
    points = [(x, y) for x, y in points if math.isfinite(x) and math.isfinite(y)]
    if not points:
        return None
    across, down = [x for x, _ in points], [y for _, y in points]
    return (min(across), min(down), max(across), max(down))


def _points(shape: str, given: dict[str, str]) -> list[Point]:
    def value(name: str) -> float:
        found = _NUMBERS.match(given.get(name, "").strip())
        return float(found[0]) if found else 0.0

    if shape == "path":
        return list(_along(given.get("d", "")))
    if shape in {"polygon", "polyline"}:
        numbers = [float(each) for each in _NUMBERS.findall(given.get("points", ""))]
        return list(zip(numbers[::2], numbers[1::2], strict=False))
    if shape in {"circle", "ellipse"}:
        rx, ry = value("rx") or value("r"), value("ry") or value("r")
        return [(value("cx") - rx, value("cy") - ry), (value("cx") + rx, value("cy") + ry)]
    if shape == "line":
        return [(value("x1"), value("y1")), (value("x2"), value("y2"))]
    return [(value("x"), value("y")), (value("x") + value("width"), value("y") + value("height"))]


def _along(path: str) -> Iterator[Point]:
    """The points of a path and of the handles of its curves, in pixels; a curve lies within them."""
    here, begin, command = (0.0, 0.0), (0.0, 0.0), ""
    numbers: list[float] = []
    for letter, digits in _STEPS.findall(path):
        if letter:
            command, numbers = letter, []
            if letter in "Zz":
                here = begin
            continue
        numbers.append(float(digits))
        if len(numbers) < _TAKES.get(command.upper(), 2):
            continue
        reached = _reached(command, numbers, here)
        yield from reached
        here = reached[-1]
        if command in "Mm":
            begin, command = here, "L" if command == "M" else "l"
        numbers = []


def _reached(command: str, numbers: list[float], here: Point) -> list[Point]:
    dx, dy = here if command.islower() else (0.0, 0.0)
    match command.upper():
        case "H":
            return [(numbers[0] + dx, here[1])]
        case "V":
            return [(here[0], numbers[0] + dy)]
        case "A":
            return [(numbers[5] + dx, numbers[6] + dy)]
    return [(x + dx, y + dy) for x, y in zip(numbers[::2], numbers[1::2], strict=False)]


def _whole(box: Box, width: int, height: int) -> Region | None:
    """The box in whole pixels, cut to the canvas; None where nothing of it lies there."""
    if not all(math.isfinite(side) and abs(side) < 1e9 for side in box):
        return None
    x0, y0 = max(0, math.floor(box[0])), max(0, math.floor(box[1]))
    x1, y1 = math.ceil(box[2]), math.ceil(box[3])
    if width and height:
        x1, y1 = min(x1, width), min(y1, height)
    if x1 <= x0 or y1 <= y0:
        return None
    return Region(x0, y0, x1 - x0, y1 - y0)
