"""What grew: coral, nautilus, narwhal, bezoar."""

import numpy as np

from drawing.engrave import Plate
from drawing.shape import Array, as_points, ball_tone, curve, ellipse, ramp, round_tone
from drawing.turned import ground, turned


def coral() -> Plate:
    plate = Plate(600, 800, 3)
    ground(plate, 300, 78, 250, 26)
    turned(plate, 300, 70, "0,112 8,116 16,104 30,60 46,26 60,20 74,34 84,18")
    turned(plate, 300, 154, "0,18 10,40 26,54 34,56 40,46", dark=0.1)

    def branch(start: Array, angle: float, size: float, length: float, depth: int) -> None:
        rng = plate.rng
        pts, at, turn = [start], start, angle
        for _ in range(7):
            turn += rng.normal(0, 0.13) + 0.05 * (np.pi / 2 - turn)
            at = at + length / 7 * np.array([np.cos(turn), np.sin(turn)])
            pts.append(at)
        axis = curve([(float(p[0]), float(p[1])) for p in pts], fine=6)
        ends = size * (0.66 if depth else 0.5)
        radii = np.linspace(size, ends, len(axis)) * (1 + 0.07 * np.sin(np.linspace(0, 14, len(axis)) + depth))
        if depth == 0:
            radii[-3:] *= [0.95, 0.8, 0.45]
        plate.tube(axis, radii, dark=0.1, wide=1.75, gap=2.9, cap=False, contour=1.35)
        if depth == 0:
            tip = axis[-1]
            plate.solid(ellipse(tip[0], tip[1], ends * 0.62, ends * 0.62), 0.25, gap=2.6, contour=1.0)
            return
        spread = rng.uniform(0.34, 0.52)
        branch(axis[-2], turn + spread, ends, length * rng.uniform(0.7, 0.86), depth - 1)
        branch(axis[-2], turn - spread, ends * 0.92, length * rng.uniform(0.68, 0.86), depth - 1)
        if depth >= 2:
            sign = 1 if rng.uniform() < 0.5 else -1
            middle = axis[len(axis) // 2]
            branch(middle, turn + sign * rng.uniform(0.75, 1.05), size * 0.5, length * 0.5, depth - 2)

    branch("270,190"[0], 2.15, 17, 150, 3)
    branch("330,190"[0], 0.95, 17, 150, 3)
    branch("300,188"[0], 1.55, 23, 185, 4)
    return plate


def nautilus() -> Plate:
    plate = Plate(600, 800, 4)
    ground(plate, 300, 66, 240, 24)
    turned(plate, 300, 58, "0,108 8,112 15,100 26,88 36,50 52,22 70,14 84,30")
    turned(plate, 300, 142, "0,16 12,12 40,22 58,34 70,20 86,12 104,26 122,52")
    cx, cy, full, grow = 262.0, 452.0, 268.0, 0.178

    def edge(theta: Array | float) -> Array:
        return np.asarray(full * np.exp(grow * np.asarray(theta)))

    def at(theta: Array | float, share: Array | float) -> Array:
        t, u = np.asarray(theta), np.asarray(share)
        inner = edge(t - 2 * np.pi) * 0.96
        r = edge(t) * (1 - u) + inner * u
        a = t - 0.30 * np.sin(np.pi * u)
        return np.stack([cx + r * np.cos(a), cy + r * np.sin(a)], axis=-1)

    turn = np.linspace(-2 * np.pi, 0, 160)
    outline = np.vstack([at(turn, np.zeros(160)), at(np.zeros(30), np.linspace(0, 1, 30))])
    plate.blank(outline)
    share = np.linspace(0, 1, 60)
    growth = []
    t = -4.25 * np.pi
    while t < -0.03:
        growth.append(at(np.full(60, t), share))
        t += 2.9 / max(float(edge(t)), 34.0)
    light = ball_tone(cx - 4, cy - 30, 275, 0.75, 0.02)
    plate.strokes(growth, lambda p: light(p) + 0.10, 1.75, None)
    bands = [at(np.linspace(-1.7 * np.pi, -0.05, 120), np.full(120, s)) for s in (0.12, 0.2, 0.28)]
    for band in bands:
        plate.line(band, 0.7)
    plate.line(at(np.linspace(-4.6 * np.pi, 0, 400), np.zeros(400)), 1.6)
    rim = np.vstack([at(np.zeros(30), np.linspace(-0.06, 1.0, 30))])
    plate.tube(rim, np.full(30, 9.0), dark=0.05, gap=2.6, bulge=0.2)
    mouth = np.vstack([rim[::-1] + [0, 8], curve("285,475 310,520 380,538 470,520 536,462")[::1] + [0, 4]])
    plate.solid(mouth, ramp((300, 470), (520, 520), 0.85, 0.25), angle=80, gap=2.8, cross=0.5)
    for angle in (-0.18, -0.5, -0.82):
        strap = at(np.full(40, angle * np.pi), np.linspace(-0.02, 0.97, 40))
        plate.tube(strap, np.full(40, 6.5), gap=2.6, cap=False, contour=1.1)
        for k in range(3, 40, 7):
            plate.solid(ellipse(strap[k, 0], strap[k, 1], 5.5, 5.5), ball_tone(strap[k, 0], strap[k, 1], 7), gap=2)
    # a sea-horse rides on the whorl
    back = curve("150,560 172,600 160,640 182,682 226,690 244,664")
    plate.tube(
        back, np.interp(np.linspace(0, 1, len(back)), [0, 0.3, 0.7, 0.9, 1], [24, 27, 17, 15, 7]), gap=2.7, dark=0.05
    )
    tail = curve("156,572 118,566 92,590 98,620 120,622 122,604")
    plate.tube(tail, np.linspace(17, 3, len(tail)), gap=2.7, dark=0.05, cap=False)
    for k in range(8):
        x, y = 143 + 3.2 * k, 606 + 11.5 * k
        plate.solid([(x, y), (x - 17, y + 6), (x + 3, y + 12)], 0.45, gap=2.4, contour=0.9)
    plate.line(ellipse(220, 682, 3, 3), 1.4, closed=True)
    plate.solid(curve("196,694 190,716 206,702", closed=True), 0.4, gap=2.4, contour=0.9)
    for dx in (0.0, 16.0):
        leg = curve([(182 + dx, 612), (214 + dx, 618), (222 + dx, 596), (236 + dx, 594)])
        plate.tube(leg, np.linspace(8, 4, len(leg)), gap=2.5, cap=False)
    return plate


def narwhal() -> Plate:
    plate = Plate(800, 600, 5)
    ground(plate, 330, 92, 320, 24)
    skull = curve("62,180 96,118 170,96 236,118 300,146 352,178 350,214 300,246 232,276 166,296 94,268", closed=True)
    plate.solid(skull, round_tone(skull, 62, 0.95, 0.05), angle=28, gap=3.1, wide=1.9)
    for eye in (ellipse(196, 152, 28, 15, tilt=24), ellipse(190, 246, 26, 13, tilt=-26)):
        plate.solid(eye, 0.85, angle=70, gap=2.5, wide=1.8, cross=0.3)
    for hole in (ellipse(150, 196, 15, 9, tilt=8), ellipse(152, 218, 13, 8, tilt=-4)):
        plate.solid(hole, 1.0, angle=20, gap=2.2, wide=2.0, cross=0.3)
    for suture in (
        "120,270 112,232 124,200 110,160 120,120",
        "180,206 250,208 340,196",
        "210,262 262,236 338,222",
        "214,130 262,156 330,176",
    ):
        plate.line(curve([(float(x), float(y)) for x, y in suture]), 1.0)
    axis = curve("300,226 470,318 620,412 752,508")
    plate.tube(axis, np.linspace(19, 2.5, len(axis)), gap=2.7, wide=1.6, contour=1.3, cap=False)
    along = axis[-1] - axis[0]
    along, span = along / np.linalg.norm(along), float(np.linalg.norm(along))
    side = np.array([-along[1], along[0]])
    for k in np.arange(6, span - 8, 14.0):
        i = int(k / span * (len(axis) - 1))
        r = 19 + (2.5 - 19) * i / len(axis)
        twist = [
            axis[i] + side * r * u + along * (14 * u + 4 * np.sqrt(max(0.0, 1 - u * u))) for u in np.linspace(-1, 1, 16)
        ]
        plate.line(np.array(twist), 1.5)
    for cx, cy, r in ((560, 150, 62),):
        plate.tube(as_points([(cx + 8, cy - 34), (cx + 2, cy + 12)]), [r, r], gap=2.8, bulge=0.3)
        plate.blank(ellipse(cx, cy + 12, r, r * 0.42))
        plate.line(ellipse(cx, cy + 12, r, r * 0.42), 1.3, closed=True)
        for k in range(1, 7):
            plate.line(ellipse(cx, cy + 12, r * (1 - k * 0.09), r * 0.42 * (1 - k * 0.09), 8 * k, 350 - 9 * k), 0.7)
        hole = ellipse(cx, cy + 12, r * 0.36, r * 0.15)
        plate.solid(hole, 0.95, angle=10, gap=2.2, cross=0.4)
    whale = curve("96,452 150,500 232,512 300,486 352,452 300,436 220,424 140,428", closed=True)
    tail = curve("346,452 392,480 418,478 398,452 414,424 388,428", closed=True)
    plate.solid(tail, 0.4, angle=10, gap=2.9)
    plate.solid(whale, round_tone(whale, 44, 0.85, 0.05), angle=12, gap=2.9)
    plate.dots(whale, ramp((0, 440), (0, 510), 0.0, 0.9), 330, 2.0)
    plate.solid(curve("186,432 200,408 228,404 222,428", closed=True), 0.5, gap=2.8)
    plate.tube("100,458 20,486", [4.5, 1.2], gap=2.2, cap=False)
    plate.line(ellipse(128, 462, 3.2, 2.4), 1.8, closed=True)
    plate.line(curve("104,446 122,442 136,448"), 1.0)
    for k in range(9):
        y, x = 398 - 5.5 * k, 40 + 14 * (k % 3)
        wave = as_points([(x + t, y + 2.6 * np.sin(t / 13 + k)) for t in range(0, 372 - 18 * k, 4)])
        plate.line(wave, 0.9)
    return plate


def bezoar() -> Plate:
    plate = Plate(600, 800, 6)
    cx, cy, rx, ry = 300.0, 440.0, 132.0, 164.0
    ground(plate, 300, 92, 240, 26)
    turned(plate, 300, 76, "0,100 8,104 16,90 32,44 60,16 96,14 112,30 124,16 150,12")
    turned(plate, 300, 224, "0,12 14,40 34,84 56,108", dark=0.1)
    stone = ellipse(cx, cy, rx, ry, n=120)
    shade = round_tone(stone, 120, 0.95, 0.16)
    plate.solid(stone, shade, angle=38, gap=2.8, wide=2.0, cross=0.45)
    plate.dots(stone, lambda p: shade(p) + 0.1, 700, 1.4)
    for k in (-0.82, -0.42, 0.0, 0.42, 0.82):
        t = np.linspace(-np.pi / 2, np.pi / 2, 60)
        rib = np.stack([cx + rx * 1.02 * k * np.cos(t), cy + ry * 1.02 * np.sin(t)], axis=1)
        plate.tube(rib, np.full(60, 5.2), gap=2.5, cap=False, contour=1.0, dark=-0.1)
    for height in (-0.58, 0.0, 0.58):
        wide = rx * 1.02 * np.sqrt(1 - height**2)
        band = ellipse(cx, cy + ry * height, wide, 15, 180, 360, n=50)
        plate.tube(band, np.full(50, 6.2), gap=2.5, cap=False, contour=1.1, dark=-0.1)
        for k in (-0.82, -0.42, 0.0, 0.42, 0.82):
            x = cx + wide * k
            y = cy + ry * height - 15 * np.sqrt(1 - k * k)
            plate.solid(ellipse(x, y, 8.5, 8.5), ball_tone(x, y, 9), gap=2.1)
            plate.line(ellipse(x, y, 3.6, 3.6), 0.9, closed=True)
    for sx in (-1, 1):
        for row in (-0.29, 0.29):
            for k in (0.21, 0.62):
                x, y = cx + sx * k * rx * 0.98, cy + ry * row - 6
                scroll = [
                    (x + 15 * np.exp(-0.22 * a) * np.cos(a * sx), y + 19 * np.exp(-0.22 * a) * np.sin(a))
                    for a in np.linspace(0, 11, 60)
                ]
                plate.line(as_points(scroll), 2.2)
    turned(plate, 300, 590, "0,62 10,58 20,40 30,22 42,12 52,18 60,10")
    link = 0
    for t in np.linspace(0, 1, 17):
        x, y = 300 + 150 * t**1.4, 668 + 60 * np.sin(np.pi * t) - 40 * t
        plate.line(ellipse(x, y, 10, 6 if link % 2 else 3.4, tilt=40 - 100 * t), 1.9, closed=True)
        link += 1
    for hx, hy, s in ((474.0, 150.0, 1.0),):
        half = ellipse(hx, hy, 84 * s, 62 * s, tilt=-8)
        plate.solid(half + [7, -12], 0.75, angle=60, gap=2.6)
        plate.blank(half)
        plate.line(half, 1.4, closed=True)
        for k in range(1, 10):
            f = 1 - 0.1 * k
            wob = 1 + 0.03 * np.sin(np.linspace(0, 6 * np.pi, 72) + k)[:, None]
            ring = (half - [hx, hy]) * f * wob + [hx + 3 * k * 0.5, hy - k * 0.4]
            plate.line(ring, 1.5 if k % 3 == 0 else 0.8, closed=True)
        plate.hatch(half, ball_tone(hx, hy, 92, 0.7), angle=20, gap=3)
    return plate
