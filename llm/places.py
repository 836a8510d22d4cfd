"""Where something is in a picture, as models say it: boxes and points in several measures, as parts of its sides.

Most models are asked for 0 to 1000 of width and height (as Gemma, Gemini, Qwen3-VL and Molmo 2 were trained);
Qwen2.5-VL knows pixels of the picture it was sent. Molmo points: `<point x="61.5" y="40.6">` in per cent, Molmo 2
writes `<points coords="1 1 615 406">`, per mille after the number of the point.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from llm.forms import Schema
from llm.spec import ModelSpec

Box = tuple[float, float, float, float]
"""Left, top, right, bottom as parts of width and height, 0 to 1."""
AROUND: Final = 0.06
"""How far the box around a point reaches to each side."""
_SMALLEST: Final = 0.004
_SIDES: Final = ("left", "top", "right", "bottom")
_NUMBER: Final[Schema] = {"type": "number"}
_PER_MILLE: Final = "from 0 (left, top) to 1000 (right, bottom) of its width and height"
_IN_PIXELS: Final = re.compile(r"qwen-?2[._]?5-?vl", re.IGNORECASE)
_POINT: Final = re.compile(r"<point\b[^>]*?\bx=\"([0-9.]+)\"[^>]*?\by=\"([0-9.]+)\"[^>]*>")
_POINTS: Final = re.compile(r"<points\b[^>]*?\bcoords=\"([^\"]*)\"[^>]*>")
_TRIPLE: Final = re.compile(r"[0-9]+ ([0-9]{3,4}) ([0-9]{3,4})(?=[ ;,\t]|$)")
_MARKS: Final = re.compile(r"</?points?\b[^>]*>")


@dataclass(frozen=True, slots=True)
class Measure:
    """How a model is asked where something is, and how its numbers are read: divided by `width` and `height`."""

    points: bool
    width: float
    height: float
    pixels: tuple[int, int]

    @property
    def field(self) -> str:
        """The name of the field that the place stands in."""
        return "point" if self.points else "box"

    @property
    def schema(self) -> Schema:
        """The form of that field."""
        names = ("x", "y") if self.points else _SIDES
        return {"type": "object", "properties": dict.fromkeys(names, _NUMBER), "required": list(names)}

    @property
    def in_words(self) -> str:
        """What the model is asked for."""
        if self.points:
            return f"point, x and y of its middle {_PER_MILLE}"
        if self.width == 1000:
            return f"box, its sides {_PER_MILLE}"
        return f"box, its sides in pixels of the picture, which is {self.pixels[0]} wide and {self.pixels[1]} high"


def measure_of(spec: ModelSpec, width: int, height: int) -> Measure:
    """The measure that a model was trained in, for a picture of that many pixels."""
    pixels = max(1, width), max(1, height)
    if _IN_PIXELS.search(spec.name):
        return Measure(False, *pixels, pixels)
    return Measure(spec.family == "molmo", 1000, 1000, pixels)


def box_in(value: object, measure: Measure) -> Box | None:
    """The place in a field of an answer, whatever form it has; None for what is none or has no extent."""
    if isinstance(value, str):
        return next(iter(points_in(value)), None)
    numbers = _numbers(value)
    if len(numbers) == 2:
        x, y = _scaled(numbers, measure)
        return _around(x, y)
    if len(numbers) != 4:
        return None
    left, top, right, bottom = (min(1.0, max(0.0, each)) for each in _scaled(numbers, measure))
    box = min(left, right), min(top, bottom), max(left, right), max(top, bottom)
    return box if box[2] - box[0] >= _SMALLEST and box[3] - box[1] >= _SMALLEST else None


def points_in(text: str) -> list[Box]:
    """The places that Molmo's marks in a text point at."""
    found = [(float(x) / 100, float(y) / 100) for x, y in _POINT.findall(text) if x.strip(".") and y.strip(".")]
    for coords in _POINTS.findall(text):
        found += [(int(x) / 1000, int(y) / 1000) for x, y in _TRIPLE.findall(coords)]
    return [_around(x, y) for x, y in found if x <= 1 and y <= 1]


def without_marks(text: str) -> str:
    """The text without Molmo's marks; what stands between them stays."""
    return _MARKS.sub("", text)


def _numbers(value: object) -> tuple[float, ...]:
    """Two or four finite numbers; none for anything else."""
    if isinstance(value, Mapping):
        names = next((each for each in (_SIDES, ("x", "y")) if all(name in value for name in each)), ())
        value = [value[name] for name in names]
    if not isinstance(value, list):
        return ()
    numbers = tuple(_number(each) for each in value)
    return tuple(float(each) for each in numbers if each is not None) if None not in numbers else ()


def _number(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float) or abs(value) > 1e9 or not math.isfinite(value):
        return None
    return float(value)


def _scaled(numbers: tuple[float, ...], measure: Measure) -> list[float]:
    """The numbers as parts of the sides, also where a model kept to a measure of its own that shows."""
    width, height = measure.width, measure.height
    if all(0 <= each <= 1 for each in numbers) and any(each != int(each) for each in numbers):
        width = height = 1
    elif width == 1000 and max(numbers) > 1001:
        width, height = measure.pixels
    return [each / (height if place % 2 else width) for place, each in enumerate(numbers)]


def _around(x: float, y: float) -> Box:
    x, y = min(1.0, max(0.0, x)), min(1.0, max(0.0, y))
    return max(0.0, x - AROUND), max(0.0, y - AROUND), min(1.0, x + AROUND), min(1.0, y + AROUND)
