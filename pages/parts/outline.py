"""The bundled outline of the land and where well-known places are; nothing is asked of another machine.

`pages/places/land.json`: Natural Earth 1:110m (public domain). `cities.json`: its populated places, and towns we added.
"""

from __future__ import annotations

import json
import math
from base64 import b64encode
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from graph.types import normalise

_FOLDER = Path(__file__).parents[1] / "places"
_LEAST = 8.0
"""Degrees of latitude that a map shows at least: the outline knows no more."""
_MARGIN = 0.14
Point = tuple[float, float]
"""Longitude and latitude in degrees."""


@dataclass(frozen=True, slots=True)
class Frame:
    """The part of the world that a map shows, in degrees."""

    west: float
    south: float
    east: float
    north: float

    @property
    def aspect(self) -> float:
        """Width by height, so that shapes in the middle are as they are."""
        middle = math.cos(math.radians((self.south + self.north) / 2))
        return (self.east - self.west) * middle / (self.north - self.south)

    def at(self, point: Point) -> Point:
        """Where a point is, as shares of the width and of the height from the top left."""
        x, y = point
        return (x - self.west) / (self.east - self.west), (self.north - y) / (self.north - self.south)


def around(points: Sequence[Point], aspect: float = 1.5) -> Frame:
    """A frame around points with a margin, about `aspect` times as wide as high, never beyond the world."""
    west, east = min(x for x, _ in points), max(x for x, _ in points)
    south, north = min(y for _, y in points), max(y for _, y in points)
    middle = math.cos(math.radians(min(70.0, abs(south + north) / 2)))
    high = max(_LEAST, (north - south) * (1 + 2 * _MARGIN), (east - west) * (1 + 2 * _MARGIN) * middle / aspect)
    high = min(high, 150.0)
    wide = min(360.0, max(high * aspect / middle, (east - west) * (1 + 2 * _MARGIN)))
    x = min(max((west + east) / 2, -180 + wide / 2), 180 - wide / 2)
    y = min(max((south + north) / 2, -75 + high / 2), 85 - high / 2) if high < 150 else 5.0
    return Frame(x - wide / 2, y - high / 2, x + wide / 2, y + high / 2)


def land(frame: Frame, ground: str, line: str) -> str:
    """The land inside of a frame as an SVG data address."""
    wide, high = frame.east - frame.west, frame.north - frame.south
    paths = "".join("M" + "L".join(f"{x:g} {-y:g}" for x, y in ring) + "Z" for ring in _land() if _touches(ring, frame))
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{frame.west:g} {-frame.north:g} {wide:g} {high:g}" '
        f'width="1200" height="{1200 / frame.aspect:.0f}" preserveAspectRatio="none"><path d="{paths}" fill="{ground}" '
        f'stroke="{line}" stroke-width="1" stroke-linejoin="round" vector-effect="non-scaling-stroke"/></svg>'
    )
    return "data:image/svg+xml;base64," + b64encode(svg.encode()).decode()


def by_name(names: Iterable[str]) -> Point | None:
    """Where the first of some names is that the list of places knows; None for none."""
    for name in names:
        found = _cities().get(normalise(name))
        if found:
            return found
    return None


def read(text: str) -> Point | None:
    """Coordinates written as "latitude, longitude" in degrees; None for anything else."""
    parts = text.split(",")
    if len(parts) != 2:
        return None
    try:
        latitude, longitude = (float(part.strip().rstrip("°")) for part in parts)
    except ValueError:
        return None
    fits = abs(latitude) <= 90 and abs(longitude) <= 180
    return (longitude, latitude) if fits else None


def _touches(ring: Sequence[Point], frame: Frame) -> bool:
    inside = min(x for x, _ in ring) <= frame.east and max(x for x, _ in ring) >= frame.west
    return inside and min(y for _, y in ring) <= frame.north and max(y for _, y in ring) >= frame.south


@cache
def _land() -> list[list[Point]]:
    return [[(x, y) for x, y in ring] for ring in _file("land.json")["rings"]]


@cache
def _cities() -> dict[str, Point]:
    return {normalise(name): (x, y) for name, (x, y) in _file("cities.json")["cities"].items()}


def _file(name: str) -> Any:
    return json.loads((_FOLDER / name).read_text(encoding="utf-8"))
