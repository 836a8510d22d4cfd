"""Decoded images that are kept in memory for a while, no more of them than there is room for."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable

from PIL import Image


class Decoded:
    """The images that were used last, of at most so many megapixels (3 MB each) together; safe in several threads."""

    def __init__(self, megapixels: int) -> None:
        self._most = megapixels * 1_000_000
        self._images: OrderedDict[Hashable, Image.Image] = OrderedDict()
        self._lock = threading.RLock()

    def get(self, key: Hashable, draw: Callable[[], Image.Image]) -> Image.Image:
        """The image of this key, drawn unless it is here; whoever wants one meanwhile waits for that."""
        with self._lock:
            return self.find(key) or self.put(key, draw())

    def find(self, key: Hashable) -> Image.Image | None:
        """The image of this key where it is here."""
        with self._lock:
            if key in self._images:
                self._images.move_to_end(key)
            return self._images.get(key)

    def put(self, key: Hashable, image: Image.Image) -> Image.Image:
        """Keep an image; those that were not used for longest make room, but this one stays."""
        with self._lock:
            self._images[key] = image
            while len(self._images) > 1 and self.pixels() > self._most:
                self._images.popitem(last=False)
            return image

    def pixels(self) -> int:
        """How many pixels are kept."""
        with self._lock:
            return sum(image.width * image.height for image in self._images.values())
