"""The magic lantern and what it shows."""

import numpy as np

from sample.drawing.engrave import Plate
from sample.drawing.shape import Array, Points, as_points, box, curve, ellipse, ramp, round_tone
from sample.drawing.turned import rule, turned


def lantern() -> Plate:
    plate = Plate(600, 800, 10)
    room = box(18, 70, 564, 690)
    disk = ellipse(404, 560, 128, 128)
    cone = "232,306 250,284 520,508 316,654"

    def night(p: Array) -> Array:
        lit = np.clip(np.hypot(p[:, 0] - 404, p[:, 1] - 560) / 300 - 0.30, 0, 1)
        return np.asarray(0.42 + 0.42 * lit)

    plate.hatch(room, night, angle=0, gap=3.0, wide=1.8, bend=0.6)
    plate.hatch(room, lambda p: night(p) - 0.28, angle=58, gap=3.4, wide=1.5, bend=0.6)
    plate.blank(cone)
    plate.hatch(cone, ramp((240, 290), (420, 580), 0.02, 0.34), angle=48, gap=4.2, wide=1.2, bend=0)
    plate.line("246,322 312,640", 0.8)
    plate.line("276,300 508,490", 0.8)
    plate.blank(disk)
    plate.line(disk, 1.4, closed=True)
    plate.hatch(
        disk, lambda p: 0.55 * np.clip(np.hypot(p[:, 0] - 404, p[:, 1] - 560) / 128 - 0.72, 0, 1) * 2, angle=20, gap=3.0
    )
    skeleton(plate, 404, 560)
    top = "18,150 400,150 360,206 60,206"
    plate.solid(top, 0.3, angle=0, gap=3.0)
    plate.solid(box(18, 128, 382, 22), ramp((18, 0), (400, 0), 0.5, 0.9), angle=0, gap=2.5, wide=1.9)
    for x in (60.0, 350.0):
        turned(plate, x, 70, "0,12 12,16 34,9 50,14 58,14")
    plate.solid(box(66, 188, 140, 168), ramp((66, 0), (206, 0), 0.15, 0.65), angle=90, gap=2.9)
    plate.solid("206,188 228,206 228,366 206,356", 0.85, angle=80, gap=2.5, wide=1.9)
    plate.solid("66,356 206,356 228,366 94,368", 0.1, angle=0, gap=3)
    turned(plate, 146, 362, "0,34 10,34 16,22 52,18 58,28 64,28 70,14", dark=0.1)
    for k in range(5):
        smoke = curve([(140 + 4 * k, 434), (126 + 12 * k, 474), (156 + 7 * k, 520), (134 + 13 * k, 574 + 6 * k)])
        plate.line(smoke, 0.9)
    door = np.vstack([as_points("98,206 172,206"), ellipse(135, 282, 37, 37, 0, 180, n=30)])
    plate.blank(door)
    plate.line(door, 1.4, closed=True)
    plate.hatch(
        door, lambda p: 0.7 * np.clip(np.hypot(p[:, 0] - 135, p[:, 1] - 268) / 70 - 0.25, 0, 1), angle=30, gap=2.9
    )
    turned(plate, 135, 208, "0,22 6,22 10,8 26,7 30,18 42,16 46,6", gap=2.3)
    flame = curve("135,292 124,268 135,252 146,268", closed=True)
    plate.solid(flame, 0.0, contour=1.3)
    for a in np.linspace(0.2, 2.9, 11):
        rule(plate, [(135 + 26 * np.cos(a), 270 + 28 * np.sin(a)), (135 + 36 * np.cos(a), 270 + 40 * np.sin(a))], 0.8)
    plate.tube("220,282 252,306", [26, 26], gap=2.6, bulge=0.3)
    plate.tube("250,304 270,320", [20, 20], gap=2.6, bulge=0.3)
    plate.solid(ellipse(272, 321, 8, 20, tilt=38), 0.25, angle=50, gap=2.4)
    return plate


def skeleton(plate: Plate, x: float, y: float) -> None:
    """A figure of bones that lifts its hat."""

    def bone(points: Points, r: float = 4.0) -> None:
        axis = curve(as_points(points) + np.array([x, y]))
        t = np.linspace(0, 1, len(axis))
        plate.tube(axis, r * (0.62 + 0.55 * np.abs(2 * t - 1) ** 3), gap=2.3, contour=1.2)

    bone("0,-34 2,0 0,34", 4.4)
    for k in range(5):
        w, h = 26 - 2.4 * abs(k - 1), 26 - 10 * k
        plate.line(ellipse(x, y + h, w, 8, 195, 345), 2.4)
        plate.line(ellipse(x, y + h + 1, w, 9, 15, 165), 1.2)
    plate.solid(
        curve([(x - 20, y - 30), (x, y - 40), (x + 20, y - 30), (x + 12, y - 48), (x - 12, y - 48)], closed=True),
        0.35,
        gap=2.3,
    )
    for side in (-1, 1):
        bone([(side * 12, -44), (side * 20, -66), (side * 15, -82)])
        bone([(side * 15, -82), (side * 20, -98), (side * 14, -114)], 3.4)
        bone([(side * 14, -114), (side * 28, -116)], 3.0)
    bone("-24,32 -46,12 -44,-8", 3.6)
    bone("-44,-8 -30,-24 -22,-34", 3.2)
    bone("24,32 50,40 58,58", 3.6)
    bone("58,58 60,74 52,88", 3.2)
    bone("-24,34 0,37 24,34", 3.4)
    skull = curve(
        [
            (x - 17, y + 62),
            (x - 10, y + 46),
            (x + 8, y + 46),
            (x + 15, y + 62),
            (x + 13, y + 80),
            (x - 2, y + 88),
            (x - 15, y + 80),
        ],
        closed=True,
    )
    plate.solid(skull, round_tone(skull, 14, 0.7, 0.0), gap=2.4)
    for side in (-1, 1):
        plate.solid(ellipse(x - 1 + side * 6.4, y + 66, 4.4, 5), 1.0, gap=1.7, wide=2)
    plate.line(as_points([(x - 8, y + 53), (x + 7, y + 53)]), 1.4)
    for k in range(5):
        plate.line(as_points([(x - 7 + 3.4 * k, y + 50), (x - 7 + 3.4 * k, y + 56)]), 0.8)
    plate.solid(ellipse(x + 44, y + 96, 24, 6, tilt=24), 0.5, angle=30, gap=2.2)
    crown = as_points([(x + 30, y + 95), (x + 56, y + 106), (x + 46, y + 124), (x + 26, y + 115)])
    plate.solid(crown, 0.6, angle=65, gap=2.2)
