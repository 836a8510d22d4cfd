"""Decoded images in memory: used ones stay, unused ones go by themselves, and what is here waits for nobody."""

from __future__ import annotations

import threading
import time

from PIL import Image

from ingest.decoded import Decoded


def picture() -> Image.Image:
    """Of one megapixel."""
    return Image.new("RGB", (1000, 1000))


def test_it_is_drawn_once_for_all_who_ask_at_once() -> None:
    kept, drawn, found = Decoded(10), [], []

    def draw() -> Image.Image:
        drawn.append(1)
        time.sleep(0.05)
        return picture()

    asking = [threading.Thread(target=lambda: found.append(kept.get("page", draw))) for _ in range(5)]
    for thread in asking:
        thread.start()
    for thread in asking:
        thread.join()
    assert len(drawn) == 1 and len(found) == 5 and len({id(image) for image in found}) == 1


def test_those_used_last_stay_and_one_that_is_larger_than_all_room_does_too() -> None:
    kept = Decoded(2)
    for name in "ab":
        kept.put(name, picture())
    assert kept.find("a")
    kept.put("c", picture())
    assert kept.find("a") and kept.find("b") is None and kept.pixels() == 2_000_000
    kept.put("large", Image.new("RGB", (2000, 2000)))
    assert kept.find("large") and kept.pixels() == 4_000_000


def test_what_nobody_asks_for_goes_though_nobody_asks_for_anything() -> None:
    kept = Decoded(10, seconds=0.2)
    kept.put("left", picture())
    kept.put("read", picture())
    until = time.monotonic() + 0.5
    while time.monotonic() < until:
        assert kept.find("read")
        time.sleep(0.02)
    assert kept.find("left") is None and kept.pixels() == 1_000_000
    gone = time.monotonic() + 5
    while kept.pixels() and time.monotonic() < gone:
        time.sleep(0.02)
    assert kept.pixels() == 0
    assert kept.get("left", picture)


def test_what_is_here_waits_for_no_drawing_and_a_failed_drawing_stops_nobody() -> None:
    kept, begun, go_on = Decoded(10), threading.Event(), threading.Event()
    kept.put("here", picture())

    def slow() -> Image.Image:
        begun.set()
        assert go_on.wait(10)
        raise ValueError("damaged")

    failed: list[ValueError] = []

    def ask() -> None:
        try:
            kept.get("damaged", slow)
        except ValueError as error:
            failed.append(error)

    asking = threading.Thread(target=ask)
    asking.start()
    assert begun.wait(10) and kept.get("here", slow)
    go_on.set()
    asking.join()
    assert failed and kept.get("damaged", picture)
