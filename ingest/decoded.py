"""Decoded images that are kept in memory for a while, no more of them than there is room for."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Final

from PIL import Image

UNUSED: Final = 60.0
"""Seconds after which an image is dropped that nobody asked for: people read on, and memory stays as it was."""


class Decoded:
    """The images of the last `seconds`, of at most so many megapixels (3 MB each) together; safe in several threads."""

    def __init__(self, megapixels: int, seconds: float = UNUSED) -> None:
        self._most, self._seconds = megapixels * 1_000_000, seconds
        self._images: OrderedDict[Hashable, tuple[Image.Image, float]] = OrderedDict()
        """Those used last at the end, each with the moment."""
        self._lock = threading.Lock()
        self._drawing = threading.Lock()
        """One image is decoded at a time: each takes up to hundreds of megabytes. What is here does not wait for it."""
        self._sweeping = False

    def get(self, key: Hashable, draw: Callable[[], Image.Image]) -> Image.Image:
        """The image of this key, drawn unless it is here; whoever wants one meanwhile that is not here waits."""
        if found := self.find(key):
            return found
        with self._drawing:
            return self.find(key) or self.put(key, draw())

    def find(self, key: Hashable) -> Image.Image | None:
        """The image of this key where it is here."""
        with self._lock:
            if key not in self._images:
                return None
            image, _ = self._images.pop(key)
            self._images[key] = image, time.monotonic()
            return image

    def put(self, key: Hashable, image: Image.Image) -> Image.Image:
        """Keep an image; those that were not used for longest make room, but this one stays."""
        with self._lock:
            self._images.pop(key, None)
            self._images[key] = image, time.monotonic()
            while len(self._images) > 1 and self._pixels() > self._most:
                self._images.popitem(last=False)
            self._look_again()
            return image

    def pixels(self) -> int:
        """How many pixels are kept."""
        with self._lock:
            return self._pixels()

    def _pixels(self) -> int:
        return sum(image.width * image.height for image, _ in self._images.values())

    def _look_again(self) -> None:
        """Have what is not used dropped, with or without anybody who asks for more; called under the lock."""
        if self._images and not self._sweeping:
            _, used = next(iter(self._images.values()))
            timer = threading.Timer(max(0.0, used + self._seconds - time.monotonic()), self._sweep)
            timer.daemon, self._sweeping = True, True
            timer.start()

    def _sweep(self) -> None:
        with self._lock:
            self._sweeping = False
            before = time.monotonic() - self._seconds
            while self._images and next(iter(self._images.values()))[1] <= before:
                self._images.popitem(last=False)
            self._look_again()
