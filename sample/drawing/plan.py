"""What is built: a ground plan."""

import numpy as np

from sample.drawing.engrave import Fill, Plate
from sample.drawing.shape import Array, box, ellipse
from sample.drawing.turned import rule


def plan() -> Plate:
    plate = Plate(600, 800, 14)
    for x, y in ((112.0, 250.0), (488.0, 250.0), (112.0, 590.0), (488.0, 590.0)):
        garden(plate, x, y)
    for x, y, w, h in ((300.0, 612.0, 128.0, 150.0), (300.0, 228.0, 128.0, 150.0)):
        hall(plate, x, y, w, h)
    for x, y, w, h in ((110.0, 420.0, 150.0, 128.0), (490.0, 420.0, 150.0, 128.0)):
        hall(plate, x, y, w, h)
    a = np.deg2rad(np.arange(22.5, 382.5, 45))
    outer = np.stack([300 + 136 * np.cos(a), 420 + 136 * np.sin(a)], axis=1)
    plate.blank(outer)
    walls(plate, outer, (outer - [300, 420]) * 0.87 + [300, 420])
    for x, y, w, h in ((300, 541, 40, 26), (300, 299, 40, 26), (179, 420, 26, 40), (421, 420, 26, 40)):
        plate.blank(box(x - w / 2, y - h / 2, w, h))
        dx, dy = (w / 2, 0.0) if w > h else (0.0, h / 2)
        for s in (-1, 1):
            jamb = [(x + s * dx - dy * w / h / 2, y + s * dy - dx * h / w / 2)]
            jamb.append((x + s * dx + dy * w / h / 2, y + s * dy + dx * h / w / 2))
            rule(plate, jamb, 1.6)
    for k in range(16):
        b = 2 * np.pi * k / 16
        tip = (300 + 62 * np.cos(b), 420 + 62 * np.sin(b))
        left = (300 + 16 * np.cos(b + 0.2), 420 + 16 * np.sin(b + 0.2))
        plate.solid([(300, 420), left, tip], 0.75 if k % 2 else 0.1, angle=30, gap=2.2, contour=0.9)
    for radius, wide in ((68.0, 1.2), (92.0, 0.8)):
        plate.line(ellipse(300, 420, radius, radius), wide, closed=True)
    numerals(plate)
    for k in range(8):
        plate.solid(box(180 + 30 * k, 100, 30, 9), 0.9 if k % 2 else 0.0, angle=45, gap=1.9, contour=1.0)
    compass(plate, 300.0, 728.0)
    return plate


def walls(plate: Plate, outer: Array, inner: Array) -> None:
    """Masonry in section."""
    both = np.vstack([outer, outer[:1], inner[:1], inner[::-1]])
    plate.ops.append(Fill(both, (0.957, 0.925, 0.855)))
    plate.hatch(both, 0.95, angle=45, gap=2.3, wide=1.5, bend=0)
    plate.line(outer, 1.5, closed=True)
    plate.line(inner, 1.5, closed=True)


def hall(plate: Plate, x: float, y: float, w: float, h: float) -> None:
    """A room with cupboards along its long sides."""
    walls(plate, box(x - w / 2, y - h / 2, w, h), box(x - w / 2 + 14, y - h / 2 + 14, w - 28, h - 28))
    for k in range(6):
        for s in (-1, 1):
            along, across = -max(w, h) / 2 + 22 + 18.5 * k, s * (min(w, h) / 2 - 24) - 7
            chest = box(x + across, y + along, 14, 12) if w < h else box(x + along, y + across, 12, 14)
            plate.solid(chest, 0.45, angle=0, gap=2.4, contour=1.0)


def garden(plate: Plate, x: float, y: float) -> None:
    """A bed with a path round it."""
    for k in range(4):
        plate.line(box(x - 62 + 9 * k, y - 62 + 9 * k, 124 - 18 * k, 124 - 18 * k), 0.9, closed=True)
    for k in range(40):
        a, d = k * 2.4, 4.4 * np.sqrt(k)
        plate.line(ellipse(x + d * np.cos(a), y + d * np.sin(a), 2.4, 2.4, n=12), 0.9, closed=True)


def compass(plate: Plate, x: float, y: float) -> None:
    for k in range(4):
        b = np.pi / 2 * k
        for s in (-1, 1):
            side = (x + 9 * np.cos(b + s * 0.78), y + 9 * np.sin(b + s * 0.78))
            tip = (x + 34 * np.cos(b), y + 34 * np.sin(b))
            plate.solid([(x, y), side, tip], 0.85 if s > 0 else 0.0, angle=40, gap=2.0, contour=1.0)
    plate.line(ellipse(x, y, 20, 20), 0.9, closed=True)


def numerals(plate: Plate) -> None:
    """The numbers of the five classes, cut as strokes."""
    strokes = {"I": [(0.0, 0.0, 0.0, 1.0)], "V": [(-0.34, 1.0, 0.0, 0.0), (0.34, 1.0, 0.0, 0.0)]}
    for text, x, y in (("I", 300, 408), ("II", 300, 598), ("III", 478, 408), ("IV", 300, 218), ("V", 110, 408)):
        if text == "I":
            plate.blank(ellipse(x, y + 12, 20, 20))
            plate.line(ellipse(x, y + 12, 20, 20), 1.2, closed=True)
        span = {"I": 9.0, "V": 19.0}
        at = x - sum(span[c] for c in text) / 2
        for c in text:
            for x0, y0, x1, y1 in strokes[c]:
                mid = at + span[c] / 2
                rule(plate, [(mid + x0 * 22, y + y0 * 24), (mid + x1 * 22, y + y1 * 24)], 3.0 if x0 <= 0 else 1.7)
            at += span[c]
