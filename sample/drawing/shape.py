"""Points, curves and the light that falls on them."""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Tone = Callable[[Array], Array]
Points = Array | Sequence[tuple[float, float]] | str


def as_points(points: Points) -> Array:
    """Points as rows; a string such as "10,20 30,40" is the shortest way to write them."""
    if isinstance(points, str):
        points = [(float(x), float(y)) for x, y in (pair.split(",") for pair in points.split())]
    return np.asarray(points, dtype=np.float64).reshape(-1, 2)


def path_length(points: Array) -> Array:
    gaps = np.linalg.norm(np.diff(points, axis=0), axis=1)
    return np.concatenate([[0.0], np.cumsum(gaps)])


def resample(points: Array, step: float) -> Array:
    length = path_length(points)
    if length[-1] < 1e-6:
        return points[:1]
    count = max(2, int(np.ceil(length[-1] / step)) + 1)
    at = np.linspace(0, length[-1], count)
    return np.stack([np.interp(at, length, points[:, 0]), np.interp(at, length, points[:, 1])], axis=1)


def simplify(points: Array, slack: float) -> Array:
    """Fewer points for the same line: none is further away from it than `slack`."""
    keep = np.zeros(len(points), dtype=bool)
    keep[[0, -1]] = True
    todo = [(0, len(points) - 1)]
    while todo:
        i, j = todo.pop()
        if j - i < 2:
            continue
        way, to = points[j] - points[i], points[i + 1 : j] - points[i]
        size = float(way @ way)
        share = np.clip(to @ way / size, 0, 1) if size > 1e-12 else np.zeros(len(to))
        gap = to - share[:, None] * way
        far = np.einsum("ij,ij->i", gap, gap)
        k = int(far.argmax())
        if far[k] > slack * slack:
            keep[i + 1 + k] = True
            todo += [(i, i + 1 + k), (i + 1 + k, j)]
    return points[keep]


def swollen(line: Array) -> Array:
    """The outline of a line with a width at each point."""
    pts, half = line[:, :2], line[:, 2:] / 2
    along = np.empty_like(pts)
    along[1:-1], along[0], along[-1] = pts[2:] - pts[:-2], pts[1] - pts[0], pts[-1] - pts[-2]
    along /= np.maximum(np.linalg.norm(along, axis=1, keepdims=True), 1e-9)
    side = np.stack([-along[:, 1], along[:, 0]], axis=1) * half
    return np.vstack([pts + side, (pts - side)[::-1]])


def curve(points: Points, *, closed: bool = False, fine: int = 14) -> Array:
    """A smooth line through the given points (Catmull-Rom)."""
    p = as_points(points)
    p = np.vstack([p[-1:], p, p[:2]]) if closed else np.vstack([2 * p[:1] - p[1:2], p, 2 * p[-1:] - p[-2:-1]])
    t = np.linspace(0, 1, fine, endpoint=False)[:, None]
    parts = []
    for a, b, c, d in zip(p[:-3], p[1:-2], p[2:-1], p[3:], strict=True):
        parts.append(0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3))
    if not closed:
        parts.append(p[-2:-1])
    return np.vstack(parts)


def ellipse(
    cx: float, cy: float, rx: float, ry: float, start: float = 0, stop: float = 360, tilt: float = 0, n: int = 72
) -> Array:
    t = np.deg2rad(np.linspace(start, stop, n))
    x, y, k = rx * np.cos(t), ry * np.sin(t), np.deg2rad(tilt)
    return np.stack([cx + x * np.cos(k) - y * np.sin(k), cy + x * np.sin(k) + y * np.cos(k)], axis=1)


def box(x: float, y: float, w: float, h: float) -> Array:
    return as_points([(x, y), (x + w, y), (x + w, y + h), (x, y + h)])


def inside(poly: Array, points: Array) -> NDArray[np.bool_]:
    """Even-odd rule, for all points at once."""
    x, y = points[:, 0][:, None], points[:, 1][:, None]
    x1, y1 = poly[:, 0], poly[:, 1]
    x2, y2 = np.roll(x1, -1), np.roll(y1, -1)
    with np.errstate(divide="ignore", invalid="ignore"):
        hit = ((y1 > y) != (y2 > y)) & (x < (x2 - x1) * (y - y1) / (y2 - y1) + x1)
    return np.asarray(hit.sum(axis=1) % 2 == 1)


def ramp(start: tuple[float, float], stop: tuple[float, float], low: float = 0.0, high: float = 1.0) -> Tone:
    """Shade that grows from one point to another."""
    a, way = np.array(start), np.array(stop) - np.array(start)

    def tone(points: Array) -> Array:
        t = np.clip((points - a) @ way / (way @ way), 0, 1)
        return np.asarray(low + (high - low) * t)

    return tone


def pool(cx: float, cy: float, rx: float, ry: float, high: float = 0.8) -> Tone:
    """A shadow on the ground: dark in the middle, lost at the rim."""

    def tone(points: Array) -> Array:
        d = np.hypot((points[:, 0] - cx) / rx, (points[:, 1] - cy) / ry)
        return np.asarray(high * np.clip(1 - d, 0, 1) ** 0.7)

    return tone


def round_tone(poly: Array, swell: float, gain: float = 1.0, base: float = 0.0) -> Tone:
    """Light on a cushion with this outline: the edge curves away over the length `swell`."""
    a, b = poly, np.roll(poly, -1, axis=0)
    edge = b - a
    size = np.maximum((edge**2).sum(axis=1), 1e-9)
    turn = 1.0 if float(np.sum(a[:, 0] * b[:, 1] - b[:, 0] * a[:, 1])) > 0 else -1.0
    out = np.stack([edge[:, 1], -edge[:, 0]], axis=1) * turn / np.sqrt(size)[:, None]

    def tone(points: Array) -> Array:
        to = points[:, None, :] - a[None]
        t = np.clip((to * edge[None]).sum(axis=2) / size, 0, 1)
        gap = np.linalg.norm(to - t[..., None] * edge[None], axis=2)
        weight = 1.0 / (gap + 1.5) ** 3
        normal = (weight[..., None] * out[None]).sum(axis=1)
        normal /= np.maximum(np.linalg.norm(normal, axis=1, keepdims=True), 1e-9)
        lean = np.clip(1 - gap.min(axis=1) / swell, 0, 1)
        lit = -0.52 * normal[:, 0] * lean + 0.58 * normal[:, 1] * lean + 0.63 * np.sqrt(1 - lean**2)
        return np.asarray(base + gain * np.clip(0.88 - 1.1 * lit, 0, 1))

    return tone


def ball_tone(cx: float, cy: float, r: float, gain: float = 1.0, base: float = 0.0) -> Tone:
    def tone(points: Array) -> Array:
        x, y = (points[:, 0] - cx) / r, (points[:, 1] - cy) / r
        z = np.sqrt(np.clip(1 - x**2 - y**2, 0, 1))
        lit = -0.52 * x + 0.58 * y + 0.63 * z
        rim = np.clip((np.hypot(x, y) - 0.86) / 0.14, 0, 1) * 0.22
        return np.asarray(base + gain * np.clip(0.95 - 1.1 * lit - rim, 0, 1))

    return tone
