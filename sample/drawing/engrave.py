"""A plate is a list of strokes. Shade is made as in copperplate: by lines that grow thicker."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from sample.drawing.shape import Array, Points, Tone, as_points, inside, path_length, resample

LIGHT = np.array([-0.52, 0.58, 0.63])
THIN = 0.2  # below this no line is cut
PAPER = (0.975, 0.952, 0.898)


@dataclass(frozen=True, slots=True)
class Fill:
    points: Array
    colour: tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Ink:
    """Lines as rows of x, y and width."""

    lines: list[Array]


@dataclass(slots=True)
class Plate:
    """Origin at the lower left, y upwards; one unit is about half a millimetre in print."""

    width: float
    height: float
    seed: int
    ops: list[Fill | Ink] = field(default_factory=list)
    rng: np.random.Generator = field(init=False)

    def __post_init__(self) -> None:
        self.rng = np.random.default_rng(self.seed)

    # what covers what is behind it
    def blank(self, points: Points, shade: float = 0.0) -> None:
        colour = tuple(c * (1 - shade) for c in PAPER)
        self.ops.append(Fill(as_points(points), (colour[0], colour[1], colour[2])))

    def line(
        self,
        points: Points,
        width: float = 1.1,
        *,
        closed: bool = False,
        swell: float = 0.45,
    ) -> None:
        """A contour that is thin at its ends and in the light, thick in the shade."""
        pts = as_points(points)
        if closed:
            pts = np.vstack([pts, pts[:1]])
        pts = resample(pts, 4.0)
        along = np.gradient(pts, axis=0)
        normal = np.stack([along[:, 1], -along[:, 0]], axis=1)
        normal /= np.maximum(np.linalg.norm(normal, axis=1, keepdims=True), 1e-9)
        shade = (normal @ -LIGHT[:2]) * (1.0 if closed and _area(pts) > 0 else 0.6)
        widths = width * (1.0 + swell * shade)
        if not closed and len(pts) > 6:
            taper = np.minimum(np.linspace(0, 5, len(pts)), np.linspace(5, 0, len(pts)))
            widths = widths * np.clip(0.35 + taper, 0.35, 1.0)
        self.ops.extend(_cut([(pts, widths)]))

    def strokes(self, curves: Sequence[Array], tone: Tone, wide: float, clip: Array | None) -> None:
        """Curves whose width follows the tone; where the tone is nothing the line is broken."""
        made: list[tuple[Array, Array]] = []
        for curve in curves:
            pts = resample(curve, 3.5)
            if len(pts) < 2:
                continue
            widths = wide * np.clip(tone(pts), 0.0, 1.0)
            widths *= 1.0 + 0.10 * self.rng.standard_normal()
            if clip is not None:
                widths = np.where(inside(clip, pts), widths, 0.0)
            made.append((pts, widths))
        self.ops.extend(_cut(made))

    def hatch(
        self,
        area: Points,
        tone: Tone | float,
        *,
        angle: float = 45.0,
        gap: float = 3.4,
        wide: float = 1.7,
        bend: float = 1.2,
    ) -> None:
        """Parallel lines over an area, a little bent, as a hand would lay them."""
        poly = as_points(area)
        shade: Tone = tone if callable(tone) else _flat(float(tone))
        turn = np.deg2rad(angle)
        axis, across = np.array([np.cos(turn), np.sin(turn)]), np.array([-np.sin(turn), np.cos(turn)])
        u, v = poly @ axis, poly @ across
        steps = np.arange(u.min() - 2, u.max() + 2, 3.5)
        if len(steps) < 2:
            return
        phase = self.rng.uniform(0, 6.28)
        curves = []
        for offset in np.arange(v.min() + gap / 2, v.max(), gap):
            sway = bend * np.sin(steps / 70.0 + phase + offset / 90.0)
            sway += 0.12 * gap * self.rng.standard_normal()
            curves.append(np.outer(steps, axis) + np.outer(offset + sway, across))
        self.strokes(curves, shade, wide, poly)

    def solid(
        self,
        area: Points,
        tone: Tone | float,
        *,
        angle: float = 45.0,
        gap: float = 3.4,
        wide: float = 1.7,
        contour: float = 1.3,
        cross: float = 0.55,
    ) -> None:
        """A body: paper, hatching, cross-hatching in the deep shade, contour."""
        poly = as_points(area)
        shade: Tone = tone if callable(tone) else _flat(float(tone))
        self.blank(poly)
        self.hatch(poly, shade, angle=angle, gap=gap, wide=wide)
        if cross < 1.0:
            self.hatch(poly, lambda p: (shade(p) - cross) * 1.5, angle=angle + 62, gap=gap, wide=wide * 0.8)
        if contour:
            self.line(poly, contour, closed=True)

    def tube(
        self,
        axis: Points,
        radii: Array | Sequence[float],
        *,
        gap: float = 3.2,
        wide: float = 1.7,
        bulge: float = 0.35,
        contour: float = 1.3,
        dark: float = 0.0,
        cap: bool = True,
    ) -> None:
        """A round body along a line, shaded by rings: limbs, tusks, stems, all that is turned."""
        pts = resample(as_points(axis), 2.0)
        place = path_length(as_points(axis))
        radius = np.interp(path_length(pts), place, np.asarray(radii, dtype=float))
        along = np.gradient(pts, axis=0)
        along /= np.maximum(np.linalg.norm(along, axis=1, keepdims=True), 1e-9)
        side = np.stack([-along[:, 1], along[:, 0]], axis=1)
        left, right = pts + side * radius[:, None], pts - side * radius[:, None]
        self.blank(np.vstack([left, right[::-1]]))
        u = np.linspace(-1, 1, 25)
        deep = np.sqrt(1 - u**2)
        total, where, made = path_length(pts), 0.0, []
        while where < total[-1]:
            i = int(np.searchsorted(total, where))
            ring = pts[i] + np.outer(u * radius[i], side[i]) + np.outer(-bulge * radius[i] * deep, along[i])
            facing = np.outer(u, np.append(side[i], 0)) + np.outer(deep, np.array([0, 0, 1.0]))
            lit = facing @ LIGHT
            widths = wide * np.clip(0.92 + dark - 1.12 * lit, 0, 1) * (1 + 0.1 * self.rng.standard_normal())
            made.append((ring, np.where((radius[i] > 1.2) & (widths > 0.12), widths, 0.0)))
            where += gap * (1 + 0.12 * self.rng.standard_normal())
        self.ops.extend(_cut(made))
        if contour:
            self.line(left, contour * 0.85)
            self.line(right, contour * 1.15)
            if cap:
                self.line(np.vstack([left[-1:], right[-1:]]), contour * 0.8)
                self.line(np.vstack([left[:1], right[:1]]), contour * 0.8)

    def dots(self, area: Array, tone: Tone, count: int, wide: float = 1.3) -> None:
        """Stipple, for stone and skin."""
        low, high = area.min(axis=0), area.max(axis=0)
        pts = self.rng.uniform(low, high, size=(count, 2))
        keep = inside(area, pts) & (self.rng.uniform(size=count) < tone(pts))
        shift = np.array([0.9, 0.3])
        size = np.full((2, 1), wide)
        self.ops.append(Ink([np.hstack([np.vstack([p, p + shift]), size]) for p in pts[keep]]))

    def merge(self, other: "Plate", scale: float, dx: float, dy: float) -> None:
        """Set another plate into this one."""
        move = np.array([dx, dy])
        for op in other.ops:
            if isinstance(op, Fill):
                self.ops.append(Fill(op.points * scale + move, op.colour))
            else:
                place = np.append(move, 0.0)
                self.ops.append(Ink([line * scale + place for line in op.lines]))


def _flat(value: float) -> Tone:
    def tone(points: Array) -> Array:
        return np.full(len(points), value)

    return tone


def _area(points: Array) -> float:
    x, y = points[:, 0], points[:, 1]
    return float(np.sum(x[:-1] * y[1:] - x[1:] * y[:-1]))


def _cut(lines: Sequence[tuple[Array, Array]]) -> list[Fill | Ink]:
    """Lines of changing width, cut where the width is nothing; each piece runs out to a point."""
    found: list[Array] = []
    for pts, widths in lines:
        whole = np.column_stack([pts, np.where(widths < THIN, 0.0, widths)])
        on = np.flatnonzero(whole[:, 2] > 0)
        for piece in np.split(on, np.flatnonzero(np.diff(on) > 1) + 1):
            if len(piece):
                start, stop = max(0, int(piece[0]) - 1), min(len(whole), int(piece[-1]) + 2)
                if stop - start > 1:
                    cut = whole[start:stop].copy()
                    cut[0, :2] += 0.6 * (cut[1, :2] - cut[0, :2]) * (cut[0, 2] == 0)
                    cut[-1, :2] += 0.6 * (cut[-2, :2] - cut[-1, :2]) * (cut[-1, 2] == 0)
                    found.append(cut)
    return [Ink(found)] if found else []
