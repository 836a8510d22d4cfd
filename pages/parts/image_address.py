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

from graph.types import DEFAULT_COLLECTION, Document
from ingest.iiif_json import IIIF
from ingest.zoom import PageOf

ROOT: Final = "iiif"
_KEY: Final = secrets.token_bytes(32)
_KINDS: Final = {"pdf": "application/pdf", "iiif": IIIF, "picture": "image/*"}
"""Words for the kinds of originals: what is drawn, what was fetched, what is a picture, whatever its format."""
_NAME: Final = re.compile(r"([0-9a-f]{64})\.([0-9]{1,7})\.([a-z]{1,8})(?:\.c([0-9a-f]{2,128}))?\.([0-9a-f]{32})")


def image_of(document: Document, page: int) -> PageOf:
    """A page of a document as the image service knows it."""
    media_type = "image/*" if document.media_type.startswith("image/") else document.media_type
    return PageOf(document.sha256 or "", media_type, page)


def name_of(image: PageOf, collection: str = DEFAULT_COLLECTION) -> str:
    """The name of an image in addresses of the image service, for those who may see this collection."""
    kind = next(word for word, media_type in _KINDS.items() if media_type == image.media_type)
    told = f"{image.sha256}.{image.page}.{kind}"
    if collection != DEFAULT_COLLECTION:
        told += f".c{collection.encode().hex()}"
    return f"{told}.{_signature(told)}"


def image_named(name: str) -> PageOf | None:
    """The image that a name of ours stands for; None for any other name."""
    found = _ours(name)
    return None if found is None else PageOf(found.group(1), _KINDS[found.group(3)], int(found.group(2)))


def collection_named(name: str) -> str | None:
    """The collection that a name of ours was made in; None for any other name."""
    found = _ours(name)
    if found is None:
        return None
    return bytes.fromhex(found.group(4)).decode() if found.group(4) else DEFAULT_COLLECTION


def _ours(name: str) -> re.Match[str] | None:
    found = _NAME.fullmatch(name)
    genuine = found and hmac.compare_digest(found.group(5), _signature(name.rpartition(".")[0]))
    return found if genuine else None


def _signature(told: str) -> str:
    return hmac.new(_KEY, told.encode(), sha256).hexdigest()[:32]
