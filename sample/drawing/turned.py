"""Feet, stems, shadows: what many plates have in common."""

import numpy as np

from sample.drawing.engrave import Plate
from sample.drawing.shape import Points, as_points, ellipse, pool


def turned(plate: Plate, cx: float, y: float, profile: Points, *, dark: float = 0.0, gap: float = 2.9) -> None:
    """A body from the lathe: (height, radius) pairs, from below."""
    steps = as_points(profile)
    heights, radii = steps[:, 0], steps[:, 1]
    fine = np.arange(heights[0], heights[-1] + 0.1, 1.5)
    axis = np.stack([np.full(len(fine), cx), y + fine], axis=1)
    plate.tube(axis, np.interp(fine, heights, radii), gap=gap, bulge=0.16, dark=dark)
    for (h, r), (_, before), (_, after) in zip(steps[1:-1], steps[:-2], steps[2:], strict=True):
        if r > before and r > after:
            plate.line(ellipse(cx, y + h, r, r * 0.16, 180, 360), 1.2)


def ground(plate: Plate, cx: float, cy: float, rx: float, ry: float) -> None:
    """The shadow under a thing that stands on a table."""
    plate.hatch(ellipse(cx + rx * 0.12, cy, rx, ry), pool(cx + rx * 0.12, cy, rx, ry, 0.9), angle=0, gap=3.2, wide=1.9)


def banner(plate: Plate, x: float, y: float, length: float, height: float) -> None:
    """A pennant in the wind."""
    t = np.linspace(0, 1, 40)
    top = np.stack([x + length * t, y + height * (1 - 0.8 * t) / 2 + 5 * np.sin(9 * t)], axis=1)
    low = np.stack([x + length * t, y - height * (1 - 0.8 * t) / 2 + 5 * np.sin(9 * t)], axis=1)
    plate.solid(
        np.vstack([top, low[::-1]]), lambda p: 0.3 + 0.3 * np.sin((p[:, 0] - x) / length * 9 + 1), angle=85, gap=2.6
    )


def rule(plate: Plate, points: Points, width: float = 1.1) -> None:
    plate.line(points, width, swell=0.1)
