"""Addresses of page images that nobody can guess: they are made for the pages of this app and end with it.

Pictures of a private cabinet must not be there for every website that a browser has open, nor for whoever knows how an
address is built. So an address carries a signature with a key that only this process has.
"""

from __future__ import annotations

import hmac
import re
import secrets
from hashlib import sha256
from typing import Final

from graph.types import Document
from ingest.iiif_json import IIIF
from ingest.zoom import PageOf

ROOT: Final = "iiif"
_KEY: Final = secrets.token_bytes(32)
_KINDS: Final = {"pdf": "application/pdf", "iiif": IIIF, "picture": "image/*"}
"""Words for the kinds of originals: what is drawn, what was fetched, what is a picture, whatever its format."""
_NAME: Final = re.compile(r"([0-9a-f]{64})\.([0-9]{1,7})\.([a-z]{1,8})\.([0-9a-f]{32})")


def image_of(document: Document, page: int) -> PageOf:
    """A page of a document as the image service knows it."""
    media_type = "image/*" if document.media_type.startswith("image/") else document.media_type
    return PageOf(document.sha256 or "", media_type, page)


def name_of(image: PageOf) -> str:
    """The name of an image in addresses of the image service."""
    kind = next(word for word, media_type in _KINDS.items() if media_type == image.media_type)
    told = f"{image.sha256}.{image.page}.{kind}"
    return f"{told}.{_signature(told)}"


def image_named(name: str) -> PageOf | None:
    """The image that a name of ours stands for; None for any other name."""
    found = _NAME.fullmatch(name)
    if found is None or not hmac.compare_digest(found.group(4), _signature(name.rpartition(".")[0])):
        return None
    return PageOf(found.group(1), _KINDS[found.group(3)], int(found.group(2)))


def _signature(told: str) -> str:
    return hmac.new(_KEY, told.encode(), sha256).hexdigest()[:32]
