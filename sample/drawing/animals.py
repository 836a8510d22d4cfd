"""What hung and what ran: crocodile and dodo."""

import numpy as np

from sample.drawing.engrave import Plate
from sample.drawing.shape import Points, Tone, as_points, box, curve, ellipse, pool, ramp, round_tone


def crocodile() -> Plate:
    plate = Plate(800, 600, 12)
    beam = "20,548 780,556 780,584 20,578"
    plate.solid(beam, ramp((0, 585), (0, 548), 0.2, 0.8), angle=1, gap=3.0)
    for x, y in ((286.0, 330.0), (560.0, 318.0)):
        for k in range(int((552 - y) / 11)):
            plate.line(ellipse(x + 0.6 * np.sin(k), 548 - 11 * k, 3.2 if k % 2 else 5.2, 7.4), 1.5, closed=True)
    hang_crocodile(plate)
    for k, (x, y) in enumerate(((690.0, 430.0), (120.0, 440.0), (424.0, 470.0))):
        fish = curve(
            [(x - 52, y), (x - 20, y + 20), (x + 24, y + 12), (x + 48, y), (x + 24, y - 12), (x - 20, y - 18)],
            closed=True,
        )
        fin = as_points([(x + 42, y), (x + 68, y + 18), (x + 60, y), (x + 68, y - 18)])
        plate.line(as_points([(x - 6, y + 18), (x - 4, 552)]), 0.8)
        plate.solid(fin, 0.5, angle=20, gap=2.6)
        plate.solid(fish, round_tone(fish, 20, 0.8, 0.08), angle=75 + 10 * k, gap=2.7)
        plate.line(ellipse(x - 36, y + 3, 3, 3), 1.3, closed=True)
        plate.line(curve([(x - 22, y + 14), (x - 16, y), (x - 22, y - 14)]), 1.0)
    plate.hatch(ellipse(420, 78, 330, 30), pool(420, 78, 330, 30, 0.75), angle=0, gap=3.4)
    return plate


def hang_crocodile(plate: Plate) -> None:
    """The beast itself, in the middle of an 800 by 600 sheet."""

    def leg(points: Points, wide: float) -> None:
        axis = curve(points)
        plate.tube(axis, np.linspace(wide, wide * 0.5, len(axis)), gap=2.8, dark=0.1, cap=False)
        foot = axis[-1]
        for k in (-1, 0, 1, 2):
            toe = as_points([(foot[0], foot[1]), (foot[0] - 20 + 4 * k, foot[1] - 8 - 9 * abs(k - 0.5))])
            plate.tube(toe, [5.0, 1.6], gap=2.4, cap=False)

    leg("318,240 326,196 300,168 292,150", 19)
    leg("520,236 540,190 514,164 504,146", 22)
    spine = curve("236,268 300,286 400,296 500,286 580,250 650,210 716,222 762,280")
    t = np.linspace(0, 1, len(spine))
    girth = np.interp(t, [0, 0.1, 0.25, 0.42, 0.58, 0.75, 1], [36, 44, 56, 60, 42, 22, 3])
    plate.tube(spine, girth, gap=2.9, wide=1.7, dark=0.0, bulge=0.28, cap=False)
    along = np.gradient(spine, axis=0)
    along /= np.linalg.norm(along, axis=1, keepdims=True)
    side = np.stack([-along[:, 1], along[:, 0]], axis=1)
    for row, reach in ((0.18, 0.9), (0.44, 1.1), (0.70, 1.25)):
        for i in range(3, len(spine) - 4, 2):
            size = girth[i] * 0.105 * reach + 0.9
            p = spine[i] + side[i] * girth[i] * row
            plate.solid(
                curve(
                    [(p[0] - size, p[1] - size * 0.6), (p[0], p[1] + size), (p[0] + size, p[1] - size * 0.6)],
                    closed=True,
                    fine=4,
                ),
                0.4,
                angle=80,
                gap=2.1,
                contour=0.9,
            )
    for i in range(2, len(spine) - 2, 2):
        p, size = spine[i] + side[i] * girth[i] * 0.94, 3.2 + girth[i] * 0.13
        q = p + side[i] * size
        a, b = p - along[i] * size * 0.8, p + along[i] * size * 0.8
        plate.solid([(a[0], a[1]), (q[0], q[1]), (b[0], b[1])], 0.5, angle=70, gap=2.0, contour=1.1)
    for i in range(8, 70, 3):
        belly = [spine[i] - side[i] * girth[i] * f for f in (0.45, 0.7, 0.97)]
        plate.line(np.array(belly), 0.8)
    lower = curve("262,240 206,222 140,190 70,158 48,162 62,176 140,212 220,256", closed=True)
    plate.solid(lower, round_tone(lower, 20, 0.8, 0.2), angle=70, gap=2.7)
    mouth = "60,172 150,216 230,252 214,268 120,246 48,232"
    plate.solid(mouth, 1.0, angle=25, gap=2.2, wide=2.0, cross=0.4, contour=0.6)
    upper = curve(
        "268,300 236,316 212,312 190,296 120,274 62,264 38,252 40,238 70,238 140,250 214,262 262,246", closed=True
    )
    plate.solid(upper, round_tone(upper, 26, 0.85, 0.08), angle=76, gap=2.7)
    plate.dots(upper, lambda p: np.full(len(p), 0.7), 150, 1.5)
    for k in range(13):
        x = 58 + 12.5 * k
        y = 239 + 0.135 * (x - 60) + 2 * np.sin(k)
        plate.solid([(x - 4, y + 3), (x + 4, y + 4), (x - 1, y - 11)], 0.0, contour=1.0)
        y = 178 + 0.43 * (x - 62)
        if k < 12:
            plate.solid([(x - 3, y - 3), (x + 5, y), (x + 1, y + 11)], 0.0, contour=1.0)
    plate.solid(ellipse(222, 302, 11, 9, tilt=10), 0.3, gap=2.4)
    plate.line(ellipse(221, 302, 3.4, 6), 2.2, closed=True)
    plate.line(ellipse(50, 254, 4, 3), 1.5, closed=True)
    leg("290,246 262,204 230,190 210,170", 18)
    leg("566,226 590,184 566,158 552,138", 21)
    plate.line(curve("266,300 278,272 268,246"), 1.2)


def dodo() -> Plate:
    plate = Plate(600, 800, 13)
    sea(plate)
    palm(plate)
    shore(plate)
    for x, dy in ((246.0, 0.0), (312.0, -8.0)):
        plate.tube(as_points([(x, 272), (x - 4, 216), (x - 2, 166 + dy)]), [21, 14, 10], gap=2.8, dark=0.1)
        for k in (-1, 0, 1):
            toe = curve([(x - 2, 166 + dy), (x - 24 + 14 * k, 154 + dy - 6 * k), (x - 46 + 24 * k, 142 + dy - 5 * k)])
            plate.tube(toe, np.linspace(8, 2.5, len(toe)), gap=2.5, cap=False)
    for k in range(9):
        a = 0.35 + 0.17 * k
        plume = curve(
            [
                (410, 372),
                (410 + 58 * np.cos(a), 382 + 62 * np.sin(a)),
                (436 + 60 * np.cos(a - 0.7), 380 + 70 * np.sin(a - 0.25)),
            ]
        )
        plate.tube(plume, np.linspace(13, 2, len(plume)), gap=2.6, cap=False, bulge=0.9)
    body = curve("164,392 190,318 250,270 330,266 402,310 432,372 402,440 330,478 250,482 190,456", closed=True)
    shade = round_tone(body, 120, 0.9, 0.1)
    plate.solid(body, shade, angle=30, gap=3.4, wide=1.5, cross=0.6)
    for row in range(11):
        for k in range(16):
            x, y = 182 + 17 * k + 8 * (row % 2), 292 + 17 * row
            if (
                bool(np.all(round_tone(body, 14, 1, 0)(as_points([(x, y)])) < 0.8))
                and ((x - 298) / 126) ** 2 + ((y - 376) / 98) ** 2 < 1
            ):
                plate.line(curve([(x - 8, y + 5), (x + 2, y - 5), (x + 11, y + 3)]), 1.15)
    wing = curve("262,398 300,430 372,412 400,362 352,344 296,352", closed=True)
    plate.solid(wing, round_tone(wing, 34, 0.8, 0.1), angle=-12, gap=3.0)
    for k in range(7):
        plate.line(curve([(290 + 9 * k, 408 - 4 * k), (330 + 8 * k, 392 - 6 * k), (366 + 4 * k, 352 + 5 * k)]), 1.2)
    neck = curve("220,430 176,470 164,520 186,566 204,590")
    plate.tube(
        neck,
        np.interp(np.linspace(0, 1, len(neck)), [0, 0.3, 0.6, 1], [66, 48, 34, 36]),
        gap=3.0,
        cap=False,
        contour=1.2,
    )
    head = curve("232,548 250,590 232,628 190,638 152,622 136,590 150,556 190,540", closed=True)
    plate.solid(head, round_tone(head, 44, 0.8, 0.05), angle=48, gap=3.0)
    beak = curve("168,626 118,628 66,604 44,566 48,530 60,524 66,548 92,560 150,560 164,590", closed=True)
    plate.solid(beak, round_tone(beak, 30, 0.85, 0.06), angle=-20, gap=2.8)
    jaw = curve("150,560 96,560 70,546 80,536 118,538 160,548", closed=True)
    plate.solid(jaw, 0.6, angle=-20, gap=2.6)
    plate.line(ellipse(122, 588, 9, 3.4, tilt=24), 1.7, closed=True)
    plate.solid(ellipse(182, 598, 12, 12), 0.0, contour=1.3)
    plate.line(ellipse(181, 598, 4.4, 4.4), 3.4, closed=True)
    plate.line(curve("158,634 172,600 160,556"), 1.3)
    return plate


def sea(plate: Plate) -> None:
    """Sky, waves, and the ship that has brought the rats."""
    sky = box(24, 470, 552, 280)
    plate.hatch(sky, ramp((0, 540), (0, 750), 0.14, 0.42), angle=0, gap=4.4, wide=1.5, bend=2)
    for k in range(17):
        y = 470 - 4.4 * k * (1 + 0.05 * k)
        wave = [(t, y + 1.5 * np.sin(t / 17 + k)) for t in range(24, 577, 5)]
        plate.strokes([np.array(wave)], ripple(2.1 * k), 1.5, None)
    ship = "70,476 120,476 112,466 78,466"
    plate.solid(ship, 0.8, angle=0, gap=2.2, contour=1.0)
    for x, low, high in ((84.0, 478.0, 502.0), (100.0, 478.0, 512.0)):
        plate.line([(x, low - 2), (x, high + 6)], 0.9)
        plate.solid(
            [(x - 9, low + 4), (x + 9, low + 4), (x + 6, high), (x - 7, high)], 0.12, angle=80, gap=2.6, contour=0.9
        )


def palm(plate: Plate) -> None:
    """A hill, and a palm before it."""
    hill = np.vstack([curve("300,440 372,492 430,556 474,548 520,590 576,606"), as_points("576,430 420,430")])
    plate.solid(hill, ramp((360, 560), (560, 470), 0.2, 0.6), angle=55, gap=3.6, contour=0.9)
    trunk = curve("500,300 492,380 508,520 498,640")
    plate.tube(trunk, np.linspace(15, 8, len(trunk)), gap=4.2, dark=0.1)
    for k in range(11):
        a = np.deg2rad(-28 + 24 * k)
        reach = 92 + 12 * np.sin(3 * k)
        tip = (498 + reach * np.cos(a), 640 + reach * 0.62 * np.sin(a) - 34)
        mid = (498 + reach * 0.55 * np.cos(a), 640 + reach * 0.6 * np.sin(a) + 24)
        rib = curve([(498, 640), mid, tip])
        plate.line(rib, 1.6)
        for i in range(4, len(rib) - 1, 1):
            for s in (-1, 1):
                leaf = rib[i] + [12 * s * np.cos(a + 1.2), -17]
                plate.line(np.vstack([rib[i], leaf]), 0.95)


def shore(plate: Plate) -> None:
    """Sand, grass, stones."""
    earth = np.vstack([curve("24,300 110,318 230,300 360,322 470,306 576,318"), as_points("576,76 24,76")])
    plate.blank(earth)
    plate.hatch(
        earth,
        lambda p: 0.14 + 0.16 * np.clip((200 - p[:, 1]) / 130, 0, 1) + pool(290, 146, 240, 66, 0.8)(p),
        angle=2,
        gap=4.2,
        bend=4,
    )
    plate.line(earth[:-2], 1.2)
    places = np.stack([plate.rng.uniform(36, 560, 70), plate.rng.uniform(84, 290, 70)], axis=1)
    for x, y in places[np.argsort(-places[:, 1])]:
        if np.hypot((x - 280) / 110, (y - 190) / 70) > 1:
            tall = 26 - 0.05 * y
            for lean in plate.rng.normal(0, 8, 4):
                plate.line(curve([(x, y), (x + lean * 0.3, y + tall / 2), (x + lean, y + tall)]), 1.1)
    for x, y, r in ((84.0, 120.0, 34.0), (520.0, 108.0, 40.0), (470.0, 92.0, 22.0)):
        rock = curve(
            [(x - r, y - 8), (x - r * 0.7, y + r * 0.5), (x, y + r * 0.7), (x + r * 0.8, y + r * 0.4), (x + r, y - 8)]
        )
        plate.solid(rock, round_tone(rock, r * 0.6, 0.9, 0.15), angle=40, gap=2.7)


def ripple(phase: float) -> Tone:
    """A wave that is now dark, now lost."""
    return lambda p: np.asarray(0.35 + 0.35 * np.sin(p[:, 0] / 31 + phase))
