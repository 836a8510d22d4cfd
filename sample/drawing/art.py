"""What was made: cabinet and ship."""

import numpy as np

from sample.drawing.engrave import Plate
from sample.drawing.shape import Array, as_points, ball_tone, box, curve, ellipse, pool, ramp, round_tone
from sample.drawing.turned import banner, ground, rule, turned


def cabinet() -> Plate:
    plate = Plate(600, 800, 2)
    ground(plate, 300, 54, 290, 22)
    for x in (120.0, 300.0, 480.0):
        turned(plate, x, 50, "0,16 10,24 24,24 34,12 42,26")
    plate.solid(box(86, 92, 428, 26), ramp((86, 0), (514, 0), 0.35, 0.75), angle=0, gap=2.6)
    plate.solid(box(98, 118, 404, 330), 0.8, angle=0, gap=2.6, wide=1.9)
    for side in (-1, 1):
        hinge, outer = 300 + side * 202, 300 + side * 288
        door = as_points([(hinge, 118), (outer, 96), (outer, 474), (hinge, 448)])
        plate.solid(door, ramp((300, 0), (outer, 0), 0.2, 0.6 if side > 0 else 0.4), angle=88, gap=2.9)
        for low, high in ((0.06, 0.47), (0.53, 0.94)):

            def on(u: float, v: float, h: float = hinge, o: float = outer) -> tuple[float, float]:
                return h + (o - h) * u, (118 - 22 * u) * (1 - v) + (448 + 26 * u) * v

            panel = as_points([on(0.16, low), on(0.86, low), on(0.86, high), on(0.16, high)])
            plate.solid(panel, 0.16, angle=40, gap=3.2)
            cx, cy = on(0.51, (low + high) / 2)
            oval = ellipse(cx, cy, 22, 56)
            plate.solid(oval, ball_tone(cx, cy, 70, 0.9, 0.1), angle=-30, gap=2.8)
            plate.line(ellipse(cx, cy, 26, 62), 0.8, closed=True)
    for row in range(6):
        for col in range(5):
            x, y = 106 + 78.4 * col, 126 + 53.2 * row
            if 1 <= col <= 3 and 2 <= row <= 4:
                continue
            drawer(plate, x, y, 74, 48)
    niche(plate)
    plate.solid(box(90, 448, 420, 14), 0.3, angle=90, gap=2.8)
    plate.solid(box(78, 462, 444, 16), ramp((78, 0), (522, 0), 0.15, 0.7), angle=0, gap=2.6)
    plate.solid("140,478 460,478 424,516 176,516", ramp((140, 0), (460, 0), 0.2, 0.75), angle=12, gap=2.8)
    mountain(plate)
    return plate


def drawer(plate: Plate, x: float, y: float, w: float, h: float) -> None:
    plate.solid(box(x, y, w, h), ramp((x, y + h), (x + w, y), 0.25, 0.6), angle=0, gap=2.8, contour=1.1)
    plate.blank(box(x + 7, y + 7, w - 14, h - 14), 0.0)
    plate.hatch(box(x + 7, y + 7, w - 14, h - 14), ramp((x, y), (x + w, y + h), 0.45, 0.05), angle=52, gap=3.2)
    plate.line(box(x + 7, y + 7, w - 14, h - 14), 0.9, closed=True)
    kind = int(plate.rng.integers(0, 3))
    cx, cy = x + w / 2, y + h / 2
    if kind == 0:
        plate.line(ellipse(cx, cy, 21, 11), 0.8, closed=True)
    elif kind == 1:
        for s in (-1, 1):
            spiral = [
                (cx + s * (22 - 1.5 * a) + 8 * np.cos(a), cy + 8 * np.sin(a) * np.exp(-0.1 * a))
                for a in np.linspace(0, 9, 40)
            ]
            plate.line(as_points(spiral), 0.8)
    else:
        plate.line(as_points([(cx - 24, cy), (cx, cy + 12), (cx + 24, cy), (cx, cy - 12)]), 0.8, closed=True)
    plate.solid(ellipse(cx, cy, 4.2, 4.2), ball_tone(cx, cy, 5), gap=1.7)


def niche(plate: Plate) -> None:
    """The middle of the cabinet: a little temple."""
    plate.solid(box(184.4, 232.4, 231, 153.6), 0.15, angle=90, gap=3.2)
    for x in (200.0, 246.0, 354.0, 400.0):
        turned(plate, x, 240, "0,11 7,11 9,7.5 104,6.5 108,10 114,11", gap=2.4)
    arch = np.vstack([as_points("264,240 336,240"), ellipse(300, 316, 36, 36, 0, 180)])
    plate.solid(arch, ramp((300, 240), (300, 352), 0.55, 1.0), angle=90, gap=2.4, wide=2.0, cross=0.4)
    turned(plate, 300, 242, "0,18 8,18 10,10 26,14 46,8 58,12 66,5", gap=2.2)
    plate.solid(ellipse(300, 317, 8.5, 9.5), ball_tone(300, 317, 9), gap=2)
    plate.solid(box(188, 354, 224, 10), 0.3, angle=0, gap=2.4)
    plate.solid("196,364 404,364 300,384", 0.5, angle=0, gap=2.3)


def mountain(plate: Plate) -> None:
    """Stones, shells and coral on the top, and a nut made into a ship."""
    rng = plate.rng
    body = curve("178,516 204,560 240,604 270,640 330,640 362,602 398,558 422,516", closed=False)
    plate.solid(body, round_tone(body, 60, 0.6, 0.35), angle=50, gap=2.6)
    for k in range(110):
        t = (k / 109) ** 1.1
        spread = 112 * (1 - t) ** 0.9 + 12
        x, y = 300 + rng.uniform(-spread, spread), 520 + 122 * t + rng.uniform(-4, 4)
        r = 19 - 7 * t + rng.uniform(-4, 4)
        n = int(rng.integers(6, 9))
        a = np.sort(rng.uniform(0, 2 * np.pi, n))
        rock = np.stack([x + r * np.cos(a), y + 0.8 * r * np.sin(a)], axis=1)
        plate.solid(rock, round_tone(rock, r * 0.8, 0.9, 0.12), angle=float(rng.uniform(20, 70)), gap=2.5, contour=1.0)
    for side in (-1, 1):
        for k in range(5):
            x, y = 300 + side * (34 + 22 * k), 626 - 24 * k
            tip = (x + side * (22 + 5 * k), y + 52)
            axis = curve([(x, y), (x + side * 4, y + 26), tip])
            plate.tube(axis, np.linspace(5, 2, len(axis)), gap=2.3, cap=False, dark=0.15)
            twig = curve([(float(axis[14][0]), float(axis[14][1])), (x - side * 4, y + 40), (x - side * 8, y + 50)])
            plate.tube(twig, np.linspace(3.4, 1.5, len(twig)), gap=2.2, cap=False, dark=0.15)
    for x, y, r in ((232.0, 544.0, 20.0), (366.0, 548.0, 22.0), (300.0, 530.0, 18.0)):
        shell = np.vstack([ellipse(x, y, r, r, -10, 190, n=30), as_points([(x, y - r * 0.7)])])
        plate.solid(shell, 0.0, contour=1.2)
        for a in np.linspace(0, 180, 9):
            rule(plate, [(x, y - r * 0.7), (x + r * np.cos(np.deg2rad(a)), y + r * np.sin(np.deg2rad(a)))], 0.9)
    nut = curve("238,668 246,642 280,628 300,634 320,628 354,642 362,668 300,676", closed=True)
    plate.solid(nut, round_tone(nut, 30, 0.9, 0.25), angle=20, gap=2.5, wide=1.9)
    plate.tube(curve("234,670 300,680 366,670"), np.full(29, 5.0), gap=2.3)
    turned(plate, 300, 682, "0,10 8,5 34,4 40,9 46,4")
    plate.solid(ellipse(300, 738, 10, 10), ball_tone(300, 738, 11), gap=2)
    banner(plate, 302, 758, 46, 20)
    rule(plate, "301,744 301,772", 1.4)


def automaton() -> Plate:
    plate = Plate(800, 600, 7)
    plate.solid("30,84 770,84 730,122 70,122", 0.12, angle=0, gap=3.4)
    plate.solid(box(30, 62, 740, 22), ramp((30, 0), (770, 0), 0.3, 0.8), angle=0, gap=2.6)
    plate.hatch(ellipse(410, 104, 330, 20), pool(410, 104, 330, 20, 0.9), angle=0, gap=2.8, wide=2.0)
    for x in (230.0, 560.0):
        plate.solid(ellipse(x, 124, 24, 24), ball_tone(x, 124, 30, 0.8, 0.1), gap=2.6)
        plate.line(ellipse(x, 124, 7, 7), 1.3, closed=True)
        for a in range(0, 180, 45):
            c, s = 22 * np.cos(np.deg2rad(a)), 22 * np.sin(np.deg2rad(a))
            rule(plate, [(x - c, 124 - s), (x + c, 124 + s)], 1.0)
    masts(plate)
    hull = curve(
        "118,330 150,250 206,168 300,142 480,142 590,170 650,250 688,366 640,352 600,276 520,258 300,256 "
        "206,286 168,340",
        closed=True,
    )
    plate.solid(hull, round_tone(hull, 80, 0.75, 0.12), angle=4, gap=3.0, wide=1.8)
    for k in range(6):
        y = 250 - 17 * k
        left, right = 196 + 3 * k + 1.0 * k * k, 622 - 6 * k - 1.2 * k * k
        plate.line(curve([(left, y + 14), (400, y - 6), (right, y + 12)]), 1.3)
    for k in range(9):
        x = 232 + 42 * k
        plate.solid(box(x - 9, 214, 18, 15), 1.0, angle=20, gap=2.1, cross=0.3, contour=1.2)
        plate.tube(as_points([(x, 221), (x - 4, 206)]), [5.5, 6.5], gap=2.1)
    stern = "590,268 650,252 700,420 624,420"
    plate.solid(stern, ramp((590, 0), (700, 0), 0.15, 0.6), angle=82, gap=2.9)
    for row in range(3):
        for k in range(3):
            x, y = 618 + 20 * k + 9 * row, 298 + 38 * row
            arch = np.vstack([as_points([(x - 6, y - 10), (x + 6, y - 10)]), ellipse(x, y + 6, 6, 6, 0, 180, n=14)])
            plate.solid(arch, 0.9, angle=60, gap=2.1, cross=0.3, contour=1.0)
    turned(plate, 668, 420, "0,9 6,14 22,12 30,5 40,2")
    prow = "118,326 60,372 172,352 206,290"
    plate.solid(prow, ramp((60, 0), (206, 0), 0.2, 0.6), angle=20, gap=2.8)
    plate.tube("126,344 20,440", [7, 3], gap=2.6)
    dial = ellipse(404, 306, 50, 50)
    plate.solid(ellipse(404, 306, 60, 60), ball_tone(404, 306, 66, 0.9, 0.1), gap=2.6)
    plate.blank(dial)
    plate.line(dial, 1.5, closed=True)
    plate.line(ellipse(404, 306, 36, 36), 0.8, closed=True)
    for k in range(12):
        turn = np.pi * k / 6
        rule(
            plate,
            [(404 + 38 * np.cos(turn), 306 + 38 * np.sin(turn)), (404 + 48 * np.cos(turn), 306 + 48 * np.sin(turn))],
            2.6 if k % 3 == 0 else 1.5,
        )
    rule(plate, [(404, 306), (404 + 26, 306 + 16)], 2.4)
    rule(plate, [(404, 306), (404 - 8, 306 + 34)], 1.8)
    plate.solid(ellipse(404, 306, 4, 4), 0.6, gap=1.6)
    for k, x in enumerate((246.0, 290.0, 500.0, 544.0)):
        trumpeter(plate, x, 268, -1 if k < 2 else 1)
    return plate


def masts(plate: Plate) -> None:
    """Three masts with shrouds, tops and pennants."""
    for x, top in ((262.0, 500.0), (404.0, 548.0), (566.0, 480.0)):
        plate.tube(as_points([(x, 250), (x, top)]), [5.5, 3], gap=2.8)
        for k in range(5):
            rule(plate, [(x, top - 30), (x - 74 + 11 * k, 268)], 0.6)
            rule(plate, [(x, top - 30), (x + 74 - 11 * k, 268)], 0.6)
        for low, high, wide in ((368, top - 66, 62), (top - 56, top - 22, 38)):
            w = wide if x == 404.0 else wide * 0.8
            sail(plate, x, w, low, high)
            plate.tube(as_points([(x - w - 8, high + 2), (x + w + 8, high + 2)]), [2.6, 2.6], gap=2.2)
        turned(plate, x, top - 18, "0,8 12,13 14,11")
        banner(plate, x + 2, top + 18, 58, 18)
        rule(plate, [(x, top - 4), (x, top + 30)], 1.5)


def sail(plate: Plate, x: float, w: float, low: float, high: float) -> None:
    """A square sail, full of wind."""
    middle = (low + high) / 2
    head = curve([(x - w, high), (x, high + 3), (x + w, high)])
    foot = [(x + w * 0.86, low), (x, low + 13), (x - w * 0.86, low)]
    belly = curve([(x + w, high), (x + w + 12, middle), *foot, (x - w + 10, middle), (x - w, high)])

    def shade(p: Array) -> Array:
        right, left = np.clip((p[:, 0] - x) / w, 0, 1), np.clip((x - p[:, 0]) / w - 0.5, 0, 1)
        return np.asarray(0.05 + 0.65 * right + 0.28 * left)

    plate.solid(np.vstack([head, belly]), shade, angle=86, gap=2.9)


def trumpeter(plate: Plate, x: float, y: float, way: int) -> None:
    turned(plate, x, y, "0,10 18,7 30,9 36,4", gap=2.2)
    plate.solid(ellipse(x, y + 42, 6, 6.5), ball_tone(x, y + 42, 7), gap=1.9)
    plate.tube(as_points([(x + 4 * way, y + 41), (x + 32 * way, y + 50), (x + 38 * way, y + 52)]), [1.6, 2.2, 6], gap=2)
