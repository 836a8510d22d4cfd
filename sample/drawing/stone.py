"""What is cut and what is built: runestone and plan."""

import numpy as np

from drawing.engrave import Fill, Plate
from drawing.shape import Array, as_points, box, curve, ellipse, pool, ramp, round_tone
from drawing.turned import rule


def rune() -> Plate:
    plate = Plate(600, 800, 11)
    sky = box(30, 330, 540, 410)
    plate.hatch(sky, ramp((0, 380), (0, 740), 0.04, 0.36), angle=0, gap=4.6, wide=1.4, bend=3)
    for x0, h in ((40.0, 40.0), (150.0, 62.0), (400.0, 54.0)):
        hill = curve([(x0 - 60, 296), (x0 + 20, 300 + h), (x0 + 110, 304 + h * 0.5), (x0 + 190, 292)])
        plate.blank(np.vstack([hill, as_points([(x0 + 190, 270), (x0 - 60, 270)])]))
        plate.line(hill, 1.0)
        plate.hatch(np.vstack([hill, as_points([(x0 + 190, 290), (x0 - 60, 290)])]), 0.3, angle=35, gap=3.6)
    plate.hatch(box(30, 70, 540, 226), lambda p: 0.12 + pool(340, 120, 270, 60, 0.8)(p), angle=1, gap=4.0, bend=3)
    stone = curve(
        "146,104 132,250 150,420 178,570 236,676 310,712 388,664 440,540 462,380 470,230 458,104 300,92", closed=True
    )
    plate.solid(stone, round_tone(stone, 64, 0.75, 0.16), angle=52, gap=3.4, wide=1.5, contour=2.0, cross=0.5)
    plate.dots(stone, lambda p: np.full(len(p), 0.8), 900, 1.2)
    path = curve("206,150 190,260 206,420 232,550 284,634 330,636 380,560 408,420 414,270 398,160")
    runes(plate, path, 21.0)
    beast(plate)
    for k in range(60):
        x = 60 + (k * 97) % 480
        y = 96 + (k * 29) % 34
        for s in (-6, 0, 6):
            plate.line(curve([(x, y), (x + s * 0.4, y + 12), (x + s * 1.5, y + 22)]), 1.1)
    return plate


def runes(plate: Plate, path: Array, half: float) -> None:
    """A band with letters in it, ending in the head of a serpent."""
    along = np.gradient(path, axis=0)
    along /= np.linalg.norm(along, axis=1, keepdims=True)
    side = np.stack([-along[:, 1], along[:, 0]], axis=1)
    band = np.vstack([path + side * half, (path - side * half)[::-1]])
    plate.blank(band)
    plate.hatch(band, 0.14, angle=30, gap=4.2)
    plate.line(path + side * half, 2.4)
    plate.line(path - side * half, 2.4)
    letters = {
        "u": "0,-1 0,1|0,1 .6,.4 .6,-1",
        "n": "0,-1 0,1|-.5,.4 .5,-.4",
        "t": "0,-1 0,1|0,1 -.5,.4|0,1 .5,.4",
        "i": "0,-1 0,1",
        "r": "0,-1 0,1|0,1 .6,.5 0,.1 .6,-1",
        "k": "0,-1 0,1|0,0 .6,.9",
        "a": "0,-1 0,1|-.5,.3 .5,-.2",
        "m": "0,-1 0,1|0,.2 -.6,1|0,.2 .6,1",
        "s": "-.3,1 -.3,0 .3,0 .3,-1",
        "b": "0,-1 0,1|0,1 .5,.5 0,0 .5,-.5 0,-1",
        "l": "0,-1 0,1|0,1 .5,.3",
    }
    text = "u n t i r k a m i r | r i s t i | r u n a r".replace(" ", "")
    place = np.linspace(7, len(path) - 8, len(text)).astype(int)
    for letter, i in zip(text, place, strict=True):
        if letter == "|":
            for d in (-5, 5):
                c = path[i] + side[i] * d
                plate.solid(ellipse(c[0], c[1], 2.2, 2.2, n=14), 1.0, gap=1.4)
            continue
        for stroke in letters[letter].split("|"):
            pts = [tuple(float(v) for v in pair.split(",")) for pair in stroke.split()]
            line = np.array([path[i] + along[i] * a * 13 + side[i] * b * half * 0.78 for a, b in pts])
            plate.line(line, 3.0, swell=0.1)
    head = path[-1]
    shape = curve(
        [
            (head[0] - 22, head[1] + 6),
            (head[0] - 28, head[1] - 24),
            (head[0] - 6, head[1] - 44),
            (head[0] + 30, head[1] - 36),
            (head[0] + 24, head[1] + 4),
        ],
        closed=True,
    )
    plate.solid(shape, 0.12, angle=30, gap=3.2, contour=2.2)
    plate.line(ellipse(head[0] + 2, head[1] - 14, 7, 4, tilt=-20), 1.8, closed=True)
    plate.line(curve([(head[0] - 26, head[1] - 26), (head[0] - 4, head[1] - 30), (head[0] + 22, head[1] - 22)]), 1.8)
    tail = path[0]
    for s in (-1, 1):
        spiral = [
            (tail[0] + s * 14 + 13 * np.exp(-0.12 * a) * np.cos(a), tail[1] - 16 + 13 * np.exp(-0.12 * a) * np.sin(a))
            for a in np.linspace(0.5 * np.pi, 3.6 * np.pi, 50)
        ]
        plate.line(as_points(spiral), 2.2)


def beast(plate: Plate) -> None:
    """A loop that passes over and under itself."""
    t = np.linspace(0, 2 * np.pi, 361)
    x = 303 + 64 * np.sin(2 * t) + 18 * np.sin(t)
    y = 376 + 158 * np.cos(t) - 26 * np.cos(3 * t)
    knot = np.stack([x, y], axis=1)
    along = np.gradient(knot, axis=0)
    along /= np.linalg.norm(along, axis=1, keepdims=True)
    side = np.stack([-along[:, 1], along[:, 0]], axis=1)
    for start in list(range(0, 360, 20)) + [0, 160]:
        part = slice(start, start + 22)
        p, s = knot[part], side[part]
        if len(p) < 3:
            continue
        plate.blank(np.vstack([p + s * 12, (p - s * 12)[::-1]]))
        plate.hatch(np.vstack([p + s * 12, (p - s * 12)[::-1]]), 0.16, angle=70, gap=3.2)
        for d in (-12, 12):
            plate.line(p + s * d, 2.2, swell=0.1)
        plate.line(p, 0.9, swell=0.1)
    for sx in (-1, 1):
        claw = curve([(303 + sx * 60, 330), (303 + sx * 88, 318), (303 + sx * 84, 290), (303 + sx * 68, 286)])
        plate.tube(claw, np.linspace(9, 3, len(claw)), gap=2.8, contour=2.0)


def plan() -> Plate:
    plate = Plate(600, 800, 14)

    def walls(outer: Array, inner: Array) -> None:
        both = np.vstack([outer, outer[:1], inner[:1], inner[::-1]])
        plate.ops.append(Fill(both, (0.957, 0.925, 0.855)))
        ring = np.vstack([outer, outer[:1], inner[:1], inner[::-1], inner[-1:]])
        plate.hatch(ring, 0.95, angle=45, gap=2.3, wide=1.5, bend=0)
        plate.line(outer, 1.5, closed=True)
        plate.line(inner, 1.5, closed=True)

    for x, y in ((112, 250), (488, 250), (112, 590), (488, 590)):
        for k in range(4):
            plate.line(box(x - 62 + 9 * k, y - 62 + 9 * k, 124 - 18 * k, 124 - 18 * k), 0.9, closed=True)
        for k in range(40):
            a, d = k * 2.4, 4.4 * np.sqrt(k)
            plate.line(ellipse(x + d * np.cos(a), y + d * np.sin(a), 2.4, 2.4, n=12), 0.9, closed=True)
    arms = [
        (300.0, 612.0, 128.0, 150.0),
        (300.0, 228.0, 128.0, 150.0),
        (110.0, 420.0, 150.0, 128.0),
        (490.0, 420.0, 150.0, 128.0),
    ]
    for x, y, w, h in arms:
        walls(box(x - w / 2, y - h / 2, w, h), box(x - w / 2 + 14, y - h / 2 + 14, w - 28, h - 28))
        for k in range(6):
            if w < h:
                for s in (-1, 1):
                    plate.solid(
                        box(x + s * (w / 2 - 24) - 7, y - h / 2 + 22 + 18.5 * k, 14, 12),
                        0.45,
                        angle=0,
                        gap=2.4,
                        contour=1.0,
                    )
            else:
                for s in (-1, 1):
                    plate.solid(
                        box(x - w / 2 + 22 + 18.5 * k, y + s * (h / 2 - 24) - 7, 12, 14),
                        0.45,
                        angle=0,
                        gap=2.4,
                        contour=1.0,
                    )
    a = np.deg2rad(np.arange(22.5, 382.5, 45))
    outer = np.stack([300 + 136 * np.cos(a), 420 + 136 * np.sin(a)], axis=1)
    inner = (outer - [300, 420]) * 0.87 + [300, 420]
    plate.blank(outer)
    walls(outer, inner)
    for x, y, w, h in ((300, 541, 40, 26), (300, 299, 40, 26), (179, 420, 26, 40), (421, 420, 26, 40)):
        plate.blank(box(x - w / 2, y - h / 2, w, h))
        for s in (-1, 1):
            if w > h:
                rule(plate, [(x + s * w / 2, y - h / 2), (x + s * w / 2, y + h / 2)], 1.6)
            else:
                rule(plate, [(x - w / 2, y + s * h / 2), (x + w / 2, y + s * h / 2)], 1.6)
    for k in range(16):
        b = 2 * np.pi * k / 16
        tip = (300 + 62 * np.cos(b), 420 + 62 * np.sin(b))
        left = (300 + 16 * np.cos(b + 0.2), 420 + 16 * np.sin(b + 0.2))
        plate.solid([(300, 420), left, tip], 0.75 if k % 2 else 0.1, angle=30, gap=2.2, contour=0.9)
    plate.line(ellipse(300, 420, 68, 68), 1.2, closed=True)
    plate.line(ellipse(300, 420, 92, 92), 0.8, closed=True)
    numerals(plate)
    for k in range(8):
        plate.solid(box(180 + 30 * k, 100, 30, 9), 0.9 if k % 2 else 0.0, angle=45, gap=1.9, contour=1.0)
    rose = (300.0, 728.0)
    for k in range(4):
        b = np.pi / 2 * k
        for s in (-1, 1):
            plate.solid(
                [
                    rose,
                    (rose[0] + 9 * np.cos(b + s * 0.78), rose[1] + 9 * np.sin(b + s * 0.78)),
                    (rose[0] + 34 * np.cos(b), rose[1] + 34 * np.sin(b)),
                ],
                0.85 if s > 0 else 0.0,
                angle=40,
                gap=2.0,
                contour=1.0,
            )
    plate.line(ellipse(rose[0], rose[1], 20, 20), 0.9, closed=True)
    return plate


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
