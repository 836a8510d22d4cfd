"""What is cut: the runestone."""

import numpy as np

from sample.drawing.engrave import Plate
from sample.drawing.shape import Array, as_points, box, curve, ellipse, pool, ramp, round_tone


def rune() -> Plate:
    plate = Plate(600, 800, 11)
    sky = box(24, 300, 552, 450)
    plate.hatch(sky, ramp((0, 330), (0, 750), 0.16, 0.40), angle=0, gap=4.6, wide=1.4, bend=3)
    for x, w, h in ((300.0, 280.0, 66.0), (90.0, 130.0, 96.0), (500.0, 130.0, 84.0)):
        hill = curve(
            [(x - w, 292), (x - w * 0.5, 300 + h * 0.6), (x, 300 + h), (x + w * 0.5, 300 + h * 0.5), (x + w, 292)]
        )
        hill = hill[(hill[:, 0] > 24) & (hill[:, 0] < 576)]
        plate.solid(np.vstack([hill, [[hill[-1, 0], 280]], [[hill[0, 0], 280]]]), 0.36, angle=35, gap=3.6, contour=0.0)
        plate.line(hill, 1.1)
    meadow = np.vstack([curve("24,296 160,304 330,292 480,302 576,294"), as_points("576,76 24,76")])
    plate.blank(meadow)
    plate.hatch(meadow, lambda p: 0.15 + pool(340, 120, 270, 60, 0.8)(p), angle=1, gap=4.0, bend=3)
    stone = curve(
        "134,112 118,250 132,420 164,572 232,684 312,716 392,668 446,548 474,390 484,240 470,112 300,100", closed=True
    )
    plate.solid(stone, round_tone(stone, 70, 0.75, 0.16), angle=52, gap=3.4, wide=1.5, contour=2.0, cross=0.5)
    plate.dots(stone, lambda p: np.full(len(p), 0.8), 900, 1.2)
    crack = curve("402,652 384,612 396,590 380,566")
    plate.line(crack, 1.6)
    beast(plate)
    runes(plate, curve("188,196 176,300 188,430 216,552 272,638 330,648 386,580 420,460 430,330 416,230"), 21.0)
    tufts = [
        (float(x), float(y))
        for x, y in zip(plate.rng.uniform(40, 560, 90), plate.rng.uniform(84, 136, 90), strict=True)
    ]
    for x, y in sorted(tufts, key=lambda p: -p[1]):
        for lean in plate.rng.normal(0, 7, 4):
            plate.line(curve([(x, y), (x + lean * 0.3, y + 12), (x + lean, y + 24)]), 1.2)
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
    serpent_head(plate, path[-1], along[-1])
    tail = path[0] - along[0] * 2
    plate.blank(ellipse(tail[0], tail[1] - 16, 24, 24))
    plate.line(ellipse(tail[0], tail[1] - 16, 24, 24, 10, 350), 2.2)
    plate.line(
        as_points(
            [
                (tail[0] + r * np.cos(a), tail[1] - 16 + r * np.sin(a))
                for a, r in zip(np.linspace(0.3, 11, 70), np.linspace(22, 3, 70), strict=True)
            ]
        ),
        2.2,
    )


def serpent_head(plate: Plate, at: Array, way: Array) -> None:
    """The band ends in a head seen from the side."""
    across = np.array([-way[1], way[0]])
    outline = "-22,-4 -26,16 -18,40 2,66 14,72 20,62 14,46 26,34 30,14 22,-4"
    head = curve(outline, closed=True)
    plate.solid(at + np.outer(head[:, 1], way) - np.outer(head[:, 0], across), 0.10, angle=30, gap=3.6, contour=2.4)

    def line(points: str, wide: float) -> None:
        p = curve(points)
        plate.line(at + np.outer(p[:, 1], way) - np.outer(p[:, 0], across), wide)

    line("-24,20 0,12 28,16", 2.0)
    line("14,46 2,42 -6,50", 1.6)
    eye = at + way * 30 + across * 2
    plate.line(ellipse(eye[0], eye[1], 7, 4.4), 1.8, closed=True)
    plate.line(ellipse(eye[0], eye[1], 1.4, 1.4), 2.0, closed=True)


def beast(plate: Plate) -> None:
    """A ribbon that passes over and under itself, three times round."""
    t = np.linspace(0, 2 * np.pi, 721)
    x = 303 + 88 * np.sin(2 * t) * (1 - 0.12 * np.cos(t))
    y = 404 + 172 * np.sin(3 * t + np.pi / 2)
    knot = np.stack([x, y], axis=1)
    along = np.gradient(knot, axis=0)
    along /= np.linalg.norm(along, axis=1, keepdims=True)
    side = np.stack([-along[:, 1], along[:, 0]], axis=1)

    def lay(start: int, stop: int) -> None:
        i = np.arange(start, stop) % 720
        p, s = knot[i], side[i]
        ribbon = np.vstack([p + s * 13, (p - s * 13)[::-1]])
        plate.blank(ribbon)
        plate.hatch(ribbon, 0.18, angle=70, gap=3.2)
        for d in (-13, 13):
            plate.line(p + s * d, 2.2, swell=0.1)
        for d in (-7, 7):
            plate.line(p + s * d, 0.9, swell=0.1)

    for start in range(0, 720, 60):
        lay(start, start + 62)
    gaps = np.linalg.norm(knot[:720, None] - knot[None, :720], axis=2)
    found: list[tuple[int, int]] = []
    for i in range(720):
        far = np.abs(np.arange(720) - i)
        far = np.minimum(far, 720 - far)
        j = int(np.where(far > 30, gaps[i], 1e9).argmin())
        if gaps[i, j] < 2.0 and i < j and all(abs(i - a) > 20 and abs(j - b) > 20 for a, b in found):
            found.append((i, j))
    passes = sorted([(i, k) for k, (i, _) in enumerate(found)] + [(j, k) for k, (_, j) in enumerate(found)])
    done: set[int] = set()
    for n, (i, k) in enumerate(passes):
        if n % 2 == 0 and k not in done:
            lay(i - 18, i + 19)
            done.add(k)
