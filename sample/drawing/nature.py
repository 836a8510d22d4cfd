"""What grew: coral, nautilus, narwhal, bezoar."""

import numpy as np

from sample.drawing.engrave import Plate
from sample.drawing.shape import Array, as_points, ball_tone, curve, ellipse, ramp, round_tone
from sample.drawing.turned import ground, turned


def coral() -> Plate:
    plate = Plate(600, 800, 5)
    ground(plate, 300, 78, 250, 26)
    turned(plate, 300, 70, "0,112 8,116 16,104 30,60 46,26 60,20 74,34 84,18")
    turned(plate, 300, 154, "0,18 10,40 26,54 34,56 40,46", dark=0.1)
    grow(plate, np.array([262.0, 188.0]), 2.15, 16, 150, 3)
    grow(plate, np.array([340.0, 188.0]), 0.92, 16, 150, 3)
    grow(plate, np.array([300.0, 186.0]), 1.57, 24, 176, 4)
    return plate


def grow(plate: Plate, start: Array, angle: float, size: float, length: float, depth: int) -> None:
    """A branch, and the branches on it; near the rim of the sheet it turns back to the middle."""
    rng = plate.rng
    pts, at, turn = [start], start, angle
    for _ in range(7):
        home = np.pi / 2 + np.clip((at[0] - 300) / 300, -1, 1) * 0.55
        turn += rng.normal(0, 0.12) + 0.10 * (home - turn)
        at = at + length / 7 * np.array([np.cos(turn), np.sin(turn)])
        pts.append(at)
    axis = curve(np.array(pts), fine=6)
    ends = size * (0.66 if depth else 0.5)
    radii = np.linspace(size, ends, len(axis)) * (1 + 0.07 * np.sin(np.linspace(0, 14, len(axis)) + depth))
    if depth == 0:
        radii[-3:] *= [0.95, 0.8, 0.45]
    plate.tube(axis, radii, dark=0.1, wide=1.6, gap=2.9, cap=False, contour=1.35)
    if depth == 0:
        tip = axis[-1]
        plate.solid(ellipse(tip[0], tip[1], ends * 0.62, ends * 0.62), 0.25, gap=2.6, contour=1.0)
        return
    if depth >= 2:
        side = 1 if rng.uniform() < 0.5 else -1
        grow(plate, axis[len(axis) // 2], turn + side * rng.uniform(0.7, 1.0), size * 0.5, length * 0.55, depth - 2)
    spread = rng.uniform(0.36, 0.52)
    grow(plate, axis[-2], turn + spread, ends, length * rng.uniform(0.72, 0.84), depth - 1)
    grow(plate, axis[-2], turn - spread, ends * 0.92, length * rng.uniform(0.70, 0.84), depth - 1)


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
    rim = at(np.zeros(30), np.linspace(0.0, 1.0, 30))
    lip = curve(
        [
            (float(rim[-1, 0]), float(rim[-1, 1])),
            (330, 530),
            (400, 546),
            (480, 522),
            (float(rim[0, 0]), float(rim[0, 1])),
        ]
    )
    mouth = np.vstack([lip, rim])
    plate.solid(mouth, lambda p: 1.05 - 0.75 * np.clip((p[:, 0] - 300) / 210, 0, 1), angle=78, gap=2.7, cross=0.5)
    plate.tube(lip, np.full(len(lip), 4.5), gap=2.5, bulge=0.2, cap=False)
    plate.tube(rim, np.full(30, 9.0), dark=0.05, gap=2.6, bulge=0.2, cap=False)
    for x, y in (rim[0], rim[-1]):
        plate.solid(ellipse(x, y, 10, 10), ball_tone(x, y, 11), gap=2.2)
    for angle in (-0.18, -0.5, -0.82):
        strap = at(np.full(40, angle * np.pi), np.linspace(0.012, 0.985, 40))
        plate.tube(strap, np.full(40, 6.5), gap=2.6, cap=False, contour=1.1)
        for k in range(4, 38, 7):
            plate.solid(ellipse(strap[k, 0], strap[k, 1], 5.5, 5.5), ball_tone(strap[k, 0], strap[k, 1], 7), gap=2)
        for k in (0, 39):
            plate.solid(ellipse(strap[k, 0], strap[k, 1], 8, 8), ball_tone(strap[k, 0], strap[k, 1], 9), gap=2)
    sea_horse(plate)
    return plate


def sea_horse(plate: Plate) -> None:
    """It rides on the whorl: horse before, fish behind."""
    tail = curve("176,582 130,562 92,584 86,622 112,640 132,622 120,606")
    plate.tube(tail, np.linspace(21, 3, len(tail)), gap=2.9, wide=1.4, cap=False)
    fin = curve("120,606 104,618 92,648 118,634 138,652 134,620", closed=True)
    plate.solid(fin, 0.35, angle=70, gap=2.6, contour=1.1)
    for dx, dy in ((20.0, -6.0), (0.0, 0.0)):
        leg = curve([(196 + dx, 612 + dy), (232 + dx, 622 + dy), (246 + dx, 604 + dy), (262 + dx, 612 + dy)])
        plate.tube(leg, np.interp(np.linspace(0, 1, len(leg)), [0, 0.6, 0.9, 1], [11, 6, 5, 7]), gap=2.7, wide=1.4)
    body = curve("166,560 200,584 214,620 204,656 196,690")
    plate.tube(
        body, np.interp(np.linspace(0, 1, len(body)), [0, 0.35, 0.7, 1], [25, 31, 22, 15]), gap=2.9, wide=1.4, cap=False
    )
    for k in range(10):
        x, y = 178 + 1.2 * k - 0.16 * k * k, 612 + 9.5 * k
        lock = curve([(x, y), (x - 13, y + 3), (x - 22, y - 10), (x - 9, y - 5), (x - 2, y - 8)], closed=True)
        plate.solid(lock, 0.3, angle=30, gap=2.3, contour=1.0)
    head = curve("182,690 188,712 208,718 236,700 258,680 252,668 234,670 214,680 204,668 190,672", closed=True)
    plate.solid(head, round_tone(head, 16, 0.75, 0.02), angle=60, gap=2.6, contour=1.4)
    for ear in ("196,714 192,734 204,718", "206,717 208,734 214,714"):
        plate.solid(ear, 0.35, gap=2.2, contour=1.1)
    plate.line(ellipse(214, 700, 3.4, 2.6), 2.0, closed=True)
    plate.line(curve("252,674 244,678 236,677"), 1.0)
    plate.line(ellipse(252, 681, 1.6, 1.2), 1.3, closed=True)


def narwhal() -> Plate:
    plate = Plate(800, 600, 15)
    ground(plate, 270, 84, 270, 20)
    jaw = curve("150,98 210,84 300,92 380,120 398,142 380,146 300,124 220,120 170,126", closed=True)
    plate.solid(jaw, round_tone(jaw, 22, 0.9, 0.15), angle=10, gap=2.8)
    skull = curve(
        "72,150 54,204 70,258 122,296 186,290 226,254 276,232 344,212 396,194 408,170 "
        "392,150 330,148 262,150 232,134 214,110 168,96 112,108",
        closed=True,
    )
    plate.solid(skull, round_tone(skull, 64, 0.9, 0.06), angle=30, gap=2.9, wide=1.6)
    hollow = curve("112,150 100,186 124,214 168,210 186,180 172,150 140,138", closed=True)
    plate.solid(hollow, round_tone(hollow, 26, -0.5, 0.95), angle=62, gap=2.4, wide=1.8, cross=0.5, contour=1.1)
    socket = curve("204,168 212,192 238,196 254,178 240,164", closed=True)
    plate.solid(socket, 0.95, angle=20, gap=2.3, wide=1.9, cross=0.3)
    arch = curve("120,132 160,124 204,142 250,152")
    plate.tube(arch, np.linspace(8, 5, len(arch)), gap=2.6, cap=False)
    plate.solid(ellipse(214, 250, 13, 6, tilt=-34), 1.0, angle=60, gap=2.1, cross=0.3)
    for ridge in (
        "96,276 110,244 100,214 84,186",
        "190,286 176,262 186,236 206,222",
        "234,240 300,206 392,184",
        "262,168 320,176 390,170",
    ):
        plate.line(curve(ridge), 1.1)
    for k in range(7):
        plate.line(curve([(246 + 18 * k, 222 - 5 * k), (252 + 18 * k, 214 - 5 * k), (254 + 18 * k, 206 - 4 * k)]), 0.8)
    axis = curve("366,178 506,251 646,324 786,397")
    plate.tube(axis, np.linspace(19, 2.5, len(axis)), gap=2.7, wide=1.6, contour=1.3, cap=False)
    along = axis[-1] - axis[0]
    along, span = along / np.linalg.norm(along), float(np.linalg.norm(along))
    side = np.array([-along[1], along[0]])
    for at in np.arange(6, span - 8, 14.0):
        r, u = 19 - 16.5 * at / span, np.linspace(-1, 1, 16)
        twist = axis[0] + along * at + np.outer(r * u, side) + np.outer(14 * u + 4 * np.sqrt(1 - u * u), along)
        plate.line(twist, 1.5)
    ground(plate, 620, 78, 130, 16)
    turned(plate, 610, 84, "0,70 52,72")
    for cx, cy, r in ((610.0, 124.0, 72.0),):
        plate.blank(ellipse(cx, cy + 12, r, r * 0.42))
        plate.line(ellipse(cx, cy + 12, r, r * 0.42), 1.3, closed=True)
        for k in range(1, 7):
            plate.line(ellipse(cx, cy + 12, r * (1 - k * 0.09), r * 0.42 * (1 - k * 0.09), 8 * k, 350 - 9 * k), 0.7)
        hole = ellipse(cx, cy + 12, r * 0.36, r * 0.15)
        plate.solid(hole, 0.95, angle=10, gap=2.2, cross=0.4)
    whale = curve("96,452 150,500 232,512 300,486 352,452 300,436 220,424 140,428", closed=True)
    tail = curve("340,452 390,482 424,486 400,454 420,420 386,428", closed=True)
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
    turned(plate, 300, 218, "0,12 12,40 34,88 70,120 78,124 84,118", dark=0.1)
    for k in range(9):
        x = 300 + 106 * np.sin((k - 4) * 0.36)
        plate.solid(ellipse(x, 300 - 15 * np.cos((k - 4) * 0.36), 7, 7), ball_tone(x, 300, 9), gap=2)
    turned(plate, 300, 590, "0,62 10,58 20,40 30,22 42,12 52,18 60,10")
    plate.line(ellipse(300, 660, 13, 13), 2.4, closed=True)
    chain = curve("300,676 330,728 400,742 452,690 476,600 480,500 512,430 540,380")
    for i, k in enumerate(range(0, len(chain) - 2, 4)):
        way = chain[k + 1] - chain[k]
        tilt = float(np.rad2deg(np.arctan2(way[1], way[0])))
        plate.line(ellipse(chain[k, 0], chain[k, 1], 13, 3 if i % 2 else 6.5, tilt=tilt), 1.9, closed=True)
    for hx, hy, s in ((474.0, 150.0, 1.0),):
        half = ellipse(hx, hy, 84 * s, 62 * s, tilt=-8)
        plate.solid(half + np.array([7, -12]), 0.75, angle=60, gap=2.6)
        plate.blank(half)
        plate.line(half, 1.4, closed=True)
        for k in range(1, 10):
            f = 1 - 0.1 * k
            wob = 1 + 0.03 * np.sin(np.linspace(0, 6 * np.pi, 72) + k)[:, None]
            ring = (half - [hx, hy]) * f * wob + [hx + 3 * k * 0.5, hy - k * 0.4]
            plate.line(ring, 1.5 if k % 3 == 0 else 0.8, closed=True)
        plate.hatch(half, ball_tone(hx, hy, 92, 0.7), angle=20, gap=3)
    return plate
