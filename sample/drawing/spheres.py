"""The heavens and the earth: armillary sphere and globe."""

import numpy as np

from sample.drawing.engrave import Plate
from sample.drawing.shape import as_points, ball_tone, box, curve, ellipse, ramp
from sample.drawing.turned import ground, rule, turned


def ring(
    plate: Plate, cx: float, cy: float, rx: float, ry: float, tilt: float, wide: float, *, front: bool, marks: int = 0
) -> None:
    """Half of a broad ring of brass: the far half first, the near half later."""
    start, stop = (180, 360) if front else (0, 180)
    outer = ellipse(cx, cy, rx, ry, start, stop, tilt, n=90)
    k = np.deg2rad(tilt)
    lift = np.array([-np.sin(k), np.cos(k)]) * wide
    band = np.vstack([outer + lift / 2, (outer - lift / 2)[::-1]])
    plate.solid(
        band, ramp((cx - rx, cy), (cx + rx, cy), 0.1 if front else 0.45, 0.8), angle=tilt + 90, gap=2.6, contour=1.1
    )
    for i in range(0, 90, max(1, 90 // marks) if marks else 91):
        plate.line(np.vstack([outer[i] + lift / 2, outer[i] - lift / 2]), 1.0)


def armillary() -> Plate:
    plate = Plate(600, 800, 8)
    ground(plate, 300, 60, 250, 24)
    turned(plate, 300, 52, "0,120 9,124 18,110 34,60 52,28 66,20 80,32 96,46 112,30 126,16 150,12 168,24 180,12")
    cx, cy, r = 300.0, 470.0, 216.0
    for side in (-1, 1):
        arm = curve([(300, 226), (300 + side * 96, 252), (300 + side * 188, 330), (300 + side * 236, 452)])
        plate.tube(arm, np.linspace(11, 7, len(arm)), gap=2.7)
    ring(plate, cx, cy, 236, 58, 0, 18, front=False, marks=36)
    ring(plate, cx, cy, r, 62, 23, 26, front=False, marks=24)
    for tilt in (66.0, 114.0):
        ring(plate, cx, cy, r, 84, tilt, 9, front=False)
    for h in (-0.62, 0.62):
        ring(plate, cx + 30 * h, cy + r * h, r * 0.77, 34, -6, 8, front=False)
    axis = as_points([(cx - 52, cy - 222), (cx + 52, cy + 222)])
    plate.tube(axis, [3.4, 3.4], gap=2.4)
    earth = ellipse(cx, cy, 54, 54)
    plate.solid(earth, ball_tone(cx, cy, 54), angle=30, gap=2.6, wide=1.7)
    for land in (
        "272,494 288,506 312,504 326,492 316,484 320,474 302,478 288,482",
        "292,468 314,468 326,458 318,444 316,428 308,424 304,444 290,456",
        "258,486 268,476 262,456 252,462",
    ):
        blob = curve(land, closed=True)
        plate.solid(blob, ball_tone(cx, cy, 54, 0.8, 0.3), angle=-20, gap=2.3, contour=0.8, cross=0.9)
    for tilt in (66.0, 114.0):
        ring(plate, cx, cy, r, 84, tilt, 9, front=True)
    for h in (-0.62, 0.62):
        ring(plate, cx + 30 * h, cy + r * h, r * 0.77, 34, -6, 8, front=True)
    ring(plate, cx, cy, r, 62, 23, 26, front=True, marks=24)
    for a in range(0, 360, 3):
        c, s = np.cos(np.deg2rad(a)), np.sin(np.deg2rad(a))
        rule(
            plate,
            [(cx + (r + 3) * c, cy + (r + 3) * s), (cx + (r + 10) * c, cy + (r + 10) * s)],
            1.6 if a % 15 == 0 else 0.8,
        )
    for radius, w in ((r - 4, 1.0), (r + 2, 0.7), (r + 11, 1.5)):
        plate.line(ellipse(cx, cy, radius, radius, n=140), w, closed=True)
    ring(plate, cx, cy, 236, 58, 0, 18, front=True, marks=36)
    turned(plate, 300, 696, "0,8 8,14 16,8 26,12 38,4 46,2")
    return plate


def globe() -> Plate:
    plate = Plate(600, 800, 9)
    cx, cy, r = 300.0, 430.0, 232.0
    ground(plate, 300, 84, 280, 28)
    for x in (92.0, 508.0, 190.0, 410.0):
        y = 84.0 if x in (190.0, 410.0) else 118.0
        turned(
            plate,
            x,
            y,
            [(0, 22), (10, 26), (24, 14), (60, 20), (100, 12), (118, 22), (130, 24), (404 - y - 20, 13), (404 - y, 24)],
            gap=2.8,
        )
    half = ellipse(cx, 420, 268, 40, 0, 180, n=90)
    plate.blank(np.vstack([half, half[::-1] + np.array([0, -22])]))
    sphere = ellipse(cx, cy, r, r, n=160)
    light = ball_tone(cx, cy, r, 1.0, 0.0)
    plate.blank(sphere)
    lines = [
        ellipse(cx, cy + r * np.sin(a) * 0.94, r * np.cos(a), r * np.cos(a) * 0.26, 180, 360, n=90)
        for a in np.linspace(-1.5, 1.5, 118)
    ]
    plate.strokes(lines, light, 1.8, sphere)
    plate.hatch(sphere, lambda p: (light(p) - 0.5) * 1.4, angle=62, gap=3.2, wide=1.5)
    for a in (-60, -30, 0, 30, 60):
        k = np.sin(np.deg2rad(a))
        plate.line(ellipse(cx, cy, r * abs(k) + 0.1, r, 90 if k < 0 else -90, 270 if k < 0 else 90, n=80), 0.8)
    coasts(plate, cx, cy, r)
    plate.line(sphere, 2.0, closed=True)
    near = ellipse(cx, 420, 268, 40, 180, 360, n=110)
    band = np.vstack([near, near[::-1] + np.array([0, -24])])
    plate.solid(band, ramp((40, 0), (560, 0), 0.12, 0.7), angle=90, gap=2.7)
    for i in range(2, 110, 3):
        plate.line(np.vstack([near[i], near[i] + [0, -8 if i % 4 else -12]]), 0.9)
    hatch_open(plate)
    turned(plate, 300, 660, "0,12 8,20 18,12 30,16 44,6 56,9 66,3")
    for k in range(4):
        w, y = 62 - 7 * k, 92 + 26 * k
        plate.solid(
            as_points([(300 - w, y), (300 + w, y), (300 + w, y + 15), (300 - w, y + 15)]), 0.55, angle=0, gap=2.4
        )
        plate.solid(
            as_points([(300 - w, y + 15), (300 + w, y + 15), (300 + w - 6, y + 26), (300 - w + 6, y + 26)]),
            0.08,
            angle=0,
            gap=3,
        )
    return plate


def coasts(plate: Plate, cx: float, cy: float, r: float) -> None:
    """Coasts from the globe-maker's fancy, bent over the sphere."""
    lands = (
        "-62,62 -30,66 -4,58 10,64 24,50 6,40 -10,44 -22,36 -36,44 -54,46",
        "-34,26 -8,30 16,24 26,8 10,-10 6,-32 -6,-36 -14,-8 -30,6 -42,16",
        "34,62 66,58 74,34 58,12 48,22 40,6 34,30 24,44",
        "-82,30 -66,34 -58,12 -60,-20 -70,-40 -76,-8",
    )
    for land in lands:
        ring = curve(land, closed=True, fine=10)
        ring = ring + plate.rng.normal(0, 0.9, ring.shape)
        lon, lat = np.deg2rad(ring[:, 0]), np.deg2rad(ring[:, 1] * 0.95)
        x = cx + r * np.cos(lat) * np.sin(lon)
        y = cy + r * (0.94 * np.sin(lat) - 0.30 * np.cos(lat) * np.cos(lon))
        shape = np.stack([x, y], axis=1)
        tone = ball_tone(cx, cy, r, 0.8, 0.0)
        plate.blank(shape)
        plate.hatch(shape, tone, angle=100, gap=3.0, wide=1.5)
        plate.dots(shape, lambda p: np.full(len(p), 0.5), 60, 1.2)
        for k, w in ((1.0, 1.4), (1.025, 0.6)):
            middle = shape.mean(axis=0)
            plate.line((shape - middle) * k + middle, w, closed=True)


def hatch_open(plate: Plate) -> None:
    """The door, the dark, the stars, and people on the bench."""
    door = np.vstack([as_points("240,208 360,208"), ellipse(300, 276, 60, 62, 0, 180, n=40)])
    plate.solid(door, 1.0, angle=10, gap=2.2, wide=2.1, cross=0.2, contour=2.0)
    plate.line(np.vstack([as_points("234,208"), ellipse(300, 276, 66, 68, 180, 0, n=40), as_points("366,208")]), 1.0)
    points = np.deg2rad(np.arange(0, 360, 45))
    for k in range(26):
        x, y, size = 250.0 + (k * 61) % 100, 280.0 + (k * 37) % 56, 2.2 + k % 3
        if np.hypot((x - 300) / 54, (y - 276) / 56) < 1:
            reach = np.where(np.arange(8) % 2 == 0, size, size * 0.35)
            plate.blank(np.stack([x + reach * np.cos(points), y + reach * np.sin(points)], axis=1))
    for x in (266.0, 300.0, 334.0):
        turned(plate, x, 224, "0,14 14,12 28,13 36,5", gap=2.3)
        plate.solid(ellipse(x, 267, 8, 9.5), ball_tone(x, 267, 10, 0.8), gap=2.1)
    plate.solid(box(242, 210, 116, 16), 0.35, angle=0, gap=2.4)
    plate.solid("360,208 414,190 414,316 360,338", 0.35, angle=84, gap=2.8)
    plate.line("368,218 406,204 406,308 368,326", 0.9, closed=True)
