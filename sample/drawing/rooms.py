"""What one walks into: the chamber."""

from itertools import pairwise

import numpy as np

from sample.drawing.animals import hang_crocodile
from sample.drawing.engrave import Plate
from sample.drawing.shape import Array, as_points, ball_tone, box, curve, ellipse, pool, ramp, round_tone
from sample.drawing.turned import rule, turned


def chamber() -> Plate:
    plate = Plate(600, 800, 1)
    bx, by, bw, bh = 170.0, 250.0, 260.0, 290.0  # the far wall
    floor = as_points([(10, 30), (590, 30), (bx + bw, by), (bx, by)])
    plate.blank(floor)
    vanish = np.array([300.0, 352.0])
    rows = [30 + (by - 30) * (1 - 0.78**k) / (1 - 0.78**9) for k in range(10)]
    for i, (y0, y1) in enumerate(pairwise(rows)):
        for j in range(-5, 5):

            def foot(u: float, y: float) -> tuple[float, float]:
                return 300 + u * 58 * (vanish[1] - y) / (vanish[1] - 30), y

            tile = as_points([foot(j, y0), foot(j + 1, y0), foot(j + 1, y1), foot(j, y1)])
            plate.hatch(tile, 0.62 if (i + j) % 2 else 0.12, angle=0, gap=2.6, wide=1.6)
    for side in (-1, 1):
        wall(plate, side, bx, by, bw, bh)
    back = box(bx, by, bw, bh)
    plate.solid(back, 0.22, angle=0, gap=3.0)
    far_wall(plate, bx, by, bw)
    vault(plate, bx, by, bw, bh)
    beast = Plate(800, 600, 21)
    hang_crocodile(beast)
    for x, y, top in ((250.0, 640.0, 722.0), (398.0, 632.0, 722.0)):
        for k in range(int((top - y) / 8)):
            plate.line(ellipse(x, y + 8 * k, 2.2 if k % 2 else 3.6, 5), 1.1, closed=True)
    plate.merge(beast, 0.47, 108, 500)
    table(plate)
    visitor(plate, 132, 84, 1.0)
    visitor(plate, 452, 120, 0.86)
    plate.line(box(10, 30, 580, 740), 2.0, closed=True)
    return plate


def wall(plate: Plate, side: int, bx: float, by: float, bw: float, bh: float) -> None:
    """Shelves going back in perspective; u runs into the depth, v upwards."""
    near, far = 300 + side * 290, 300 + side * bw / 2

    def at(u: float, v: float) -> tuple[float, float]:
        s = u * 0.62 / (1 - u * 0.38)
        low, high = 30 + (by - 30) * s, 640 + (by + bh - 640) * s
        return near + (far - near) * s, low + (high - low) * v

    plate.solid([at(0, 0), at(1, 0), at(1, 1), at(0, 1)], 0.34 if side < 0 else 0.6, angle=90, gap=2.8)
    for v0 in (0.02, 0.22, 0.41, 0.60, 0.79):
        for k in range(4):
            u0, u1 = 0.03 + 0.245 * k, 0.25 + 0.245 * k
            cell = as_points([at(u0, v0), at(u1, v0), at(u1, v0 + 0.165), at(u0, v0 + 0.165)])
            plate.solid(cell, 0.95 if side > 0 else 0.8, angle=0, gap=2.4, wide=1.8, cross=0.7 if side < 0 else 0.5)
            width = abs(cell[1, 0] - cell[0, 0])
            height = abs(cell[3, 1] - cell[0, 1])
            for j in range(3):
                p = as_points([at(u0 + (u1 - u0) * (0.2 + 0.3 * j), v0 + 0.004)])[0]
                thing(plate, p[0], p[1], width * 0.12, height * float(plate.rng.uniform(0.45, 0.8)))


def thing(plate: Plate, x: float, y: float, r: float, h: float) -> None:
    kind = int(plate.rng.integers(0, 4))
    if kind == 0:
        turned(
            plate, x, y, [(0, r * 0.7), (h * 0.1, r * 0.4), (h * 0.5, r), (h * 0.8, r * 0.5), (h, r * 0.75)], gap=2.1
        )
    elif kind == 1:
        plate.solid(
            box(x - r, y, 2 * r, h * 0.6), ramp((x - r, y), (x + r, y), 0.05, 0.5), angle=90, gap=2.2, contour=1.0
        )
        plate.line(box(x - r * 0.6, y + h * 0.2, r * 1.2, h * 0.18), 0.8, closed=True)
    elif kind == 2:
        plate.solid(
            ellipse(x, y + h * 0.36, r, h * 0.36, n=30),
            ball_tone(x, y + h * 0.36, max(r, h * 0.36)),
            gap=2.1,
            contour=1.0,
        )
    else:
        for k in range(3):
            plate.solid(
                box(x - r + 0.67 * r * k, y, r * 0.6, h * (0.8 + 0.1 * (k % 2))), 0.2 * k, angle=0, gap=2.2, contour=1.0
            )


def far_wall(plate: Plate, bx: float, by: float, bw: float) -> None:
    window = np.vstack([box(250, 372, 100, 84)[:2], ellipse(300, 456, 50, 50, 0, 180)])
    plate.blank(window)
    plate.line(window, 1.6, closed=True)
    plate.line(np.vstack([box(242, 364, 116, 92)[:2], ellipse(300, 456, 58, 58, 0, 180)]), 1.0, closed=True)
    for x in (275.0, 300.0, 325.0):
        rule(plate, [(x, 372), (x, 498 if x == 300.0 else 496)], 1.0)
    for y in (396.0, 420.0, 444.0, 468.0):
        rule(plate, [(252, y), (348, y)], 0.8)
    for x0 in (178.0, 366.0):
        plate.solid(box(x0, by + 2, 58, 96), 0.4, angle=90, gap=2.6)
        for r in range(4):
            for c in range(2):
                plate.solid(box(x0 + 4 + 26 * c, by + 7 + 23 * r, 23, 18), 0.25, angle=40, gap=2.5, contour=0.9)
                plate.solid(ellipse(x0 + 15.5 + 26 * c, by + 16 + 23 * r, 2, 2, n=12), 0.8, gap=1.5, contour=0.9)
        for k in range(3):
            thing(plate, x0 + 12 + 17 * k, by + 98, 6, 26)
        for k, y in enumerate((396.0, 440.0, 484.0)):
            oval = ellipse(x0 + 29, y, 19, 17)
            plate.solid(oval, ball_tone(x0 + 29, y, 22, 0.9, 0.12), angle=30 + 40 * k, gap=2.4)
            plate.line(ellipse(x0 + 29, y, 22, 20), 0.8, closed=True)


def vault(plate: Plate, bx: float, by: float, bw: float, bh: float) -> None:
    top = by + bh
    front = ellipse(300, 640, 290, 130, 0, 180, n=60)
    rear = ellipse(300, top, bw / 2, 62, 0, 180, n=60)
    plate.blank(np.vstack([front, rear[::-1]]))
    plate.solid(np.vstack([rear, rear[:1]]), 0.42, angle=0, gap=2.8)
    steps = np.linspace(0, 1, 26) ** 0.8
    arcs = [front * (1 - s) + rear * s for s in steps]

    def tone(p: Array) -> Array:
        return np.asarray(
            0.28 + 0.45 * np.clip((p[:, 0] - 150) / 430, 0, 1) + 0.2 * np.clip((700 - p[:, 1]) / 160, 0, 1)
        )

    plate.strokes(arcs, tone, 1.5, None)
    for i in (0, 15, 30, 44, 59):
        plate.line(np.vstack([front[i], rear[i]]), 1.5)
    corner = np.vstack([as_points("10,770 10,640"), front[::-1], as_points("590,640 590,770")])
    plate.solid(corner, 0.5, angle=45, gap=3.0)
    plate.line(rear, 1.4)
    for x, y, r in (
        (120.0, 668.0, 17.0),
        (482.0, 672.0, 18.0),
        (300.0, 742.0, 15.0),
        (196.0, 716.0, 13.0),
        (410.0, 716.0, 13.0),
    ):
        star = [
            (
                x + (r if k % 2 == 0 else r * 0.45) * np.cos(np.pi * k / 5 + 1.57),
                y + (r if k % 2 == 0 else r * 0.45) * np.sin(np.pi * k / 5 + 1.57),
            )
            for k in range(10)
        ]
        plate.solid(star, 0.25, angle=20, gap=2.4)


def table(plate: Plate) -> None:
    plate.hatch(ellipse(310, 92, 150, 18), pool(310, 92, 150, 18, 0.9), angle=0, gap=2.6, wide=1.9)
    for x in (232.0, 380.0):
        turned(plate, x, 88, "0,12 8,14 20,7 42,11 62,7 78,12")
    plate.solid("200,166 412,166 388,196 226,196", 0.1, angle=0, gap=3.0)
    plate.solid(box(200, 156, 212, 10), ramp((200, 0), (412, 0), 0.3, 0.8), angle=0, gap=2.3)
    turned(plate, 262, 176, "0,20 5,18 10,6 18,5", gap=2.3)
    plate.solid(ellipse(262, 220, 29, 29), ball_tone(262, 220, 29), angle=30, gap=2.4)
    plate.line(ellipse(262, 220, 34, 8, 180, 360, tilt=20), 1.6)
    plate.solid("312,176 346,170 380,178 376,194 344,186 318,192", 0.08, angle=10, gap=3.2)
    for k in range(4):
        rule(plate, [(318, 179 + 3 * k), (342, 175 + 3 * k)], 0.7)
        rule(plate, [(350, 175 + 3 * k), (374, 180 + 3 * k)], 0.7)


def visitor(plate: Plate, x: float, y: float, s: float) -> None:
    """A scholar in a cloak, seen from behind."""
    plate.hatch(ellipse(x + 12, y, 54 * s, 9 * s), pool(x + 12, y, 54 * s, 9 * s, 0.9), angle=0, gap=2.6, wide=1.9)
    cloak = curve(
        [
            (x - 34 * s, y),
            (x + 36 * s, y),
            (x + 30 * s, y + 74 * s),
            (x + 23 * s, y + 122 * s),
            (x, y + 134 * s),
            (x - 22 * s, y + 122 * s),
            (x - 30 * s, y + 70 * s),
        ],
        closed=True,
    )
    plate.solid(cloak, round_tone(cloak, 38 * s, 0.8, 0.30), angle=86, gap=2.5, wide=1.9)
    for k in (-18, -6, 8, 20):
        plate.line(curve([(x + k * s, y + 4 * s), (x + k * 0.8 * s, y + 60 * s), (x + k * 0.4 * s, y + 112 * s)]), 1.4)
    collar = ellipse(x, y + 132 * s, 19 * s, 6 * s)
    plate.solid(collar, 0.0, contour=1.2)
    plate.solid(ellipse(x, y + 149 * s, 13 * s, 16 * s), 0.45, angle=80, gap=2.2)
    plate.solid(ellipse(x, y + 158 * s, 31 * s, 7 * s, tilt=4), 0.65, angle=5, gap=2.2)
    turned(plate, x, y + 160 * s, [(0, 15 * s), (22 * s, 12 * s), (26 * s, 8 * s)], dark=0.3, gap=2.2)
