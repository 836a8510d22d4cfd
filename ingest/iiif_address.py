"""IIIF by address: links of viewers, content states, manifests with the texts that stand elsewhere, single images.

What a link names is a stranger's text: it is fetched by `ingest.fetch`, under the same rules as what people type.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final
from urllib.parse import parse_qsl, unquote, urlsplit

from graph.errors import SourceError
from ingest.fetch import ANYTHING, is_address
from ingest.files import MEGABYTE
from ingest.iiif_collection import refuse
from ingest.iiif_fetch import TEXTS, from_web, with_texts
from ingest.iiif_json import MAX_MB, Node, first, id_of, listed, node, nodes, parse, type_of
from ingest.iiif_manifest import is_collection, is_manifest
from ingest.iiif_service import as_manifest, is_image_info
from ingest.sources import SNIFF
from settings import Settings

TEXT_SECONDS: Final = 60.0
"""For all texts of one manifest that stand elsewhere; what is not there by then is told on its pages."""
_LONGEST_STATE: Final = 20_000
_PARAMETERS: Final = ("iiif-content", "manifest", "collection", "manifestid", "iiif_manifest")
_LOOKS_LIKE: Final = re.compile(r"iiif|manifest|/collection|info\.json", re.I)
_IIIF: Final = tuple(
    f'application/ld+json;profile="http://iiif.io/api/presentation/{version}/context.json"' for version in (3, 2)
)


def behind(address: str) -> str:
    """The manifest or collection that a viewer's link shows; any other address as it is.

    Viewers name it after `?` or `#`: `manifest=`, `iiif-content=` (IIIF Content State 1.0: an address, JSON, or both
    in base64url).
    """
    parts = urlsplit(address.strip())
    found = dict(pair for text in (parts.fragment.lstrip("?/"), parts.query) for pair in parse_qsl(text))
    named = {name.lower(): value for name, value in found.items()}
    for name in _PARAMETERS:
        if (value := named.get(name)) and (wanted := _of_state(value)):
            return wanted
    return address


def accept(address: str) -> tuple[str, ...]:
    """What to ask a server for: one that has a manifest and a page about it is asked for the manifest."""
    return (*_IIIF, *ANYTHING) if _LOOKS_LIKE.search(address) else ANYTHING


def complete(path: Path, address: str, name: str, settings: Settings) -> bool:
    """Make what was fetched a file to keep: a manifest with its texts; for an `info.json` a manifest of one page.

    Whether it is one of these; all else stays as it is. Raises `CollectionGiven` and `CollectionEmpty`.
    """
    with path.open("rb") as file:
        if not is_json(file.read(SNIFF)) or path.stat().st_size > MAX_MB * MEGABYTE:
            return False
    try:
        content = node(parse(path.read_bytes(), name))
    except SourceError:
        return False
    if is_collection(content):
        raise refuse(content, name, address)
    if is_image_info(content):
        # The address stays the one that was asked: behind a proxy an image often names another.
        content = as_manifest(content | {"id": address.partition("?")[0].removesuffix("/info.json")})
    elif not is_manifest(content):
        return False
    elif not with_texts(content, from_web(settings), TEXTS, TEXT_SECONDS):
        return True
    path.write_bytes(json.dumps(content, ensure_ascii=False).encode("utf-8", "surrogatepass"))
    return True


def is_json(head: bytes) -> bool:
    """Whether a file that begins so may be JSON with something in it."""
    return head.lstrip(b"\xef\xbb\xbf\xff\xfe\0 \t\r\n")[:1] in (b"{", b"[")


def _of_state(value: str) -> str:
    """The address in the value of a link's parameter; empty where there is none."""
    for text in (value.strip(), unquote(value.strip()), _decoded(value.strip())):
        if is_address(text):
            return text
        if text.startswith(("{", "[")):
            return _in_state(text)
    return ""


def _decoded(value: str) -> str:
    """A content state in base64url, without its padding; and percent-encoded inside, as the specification has it."""
    if len(value) > _LONGEST_STATE or not re.fullmatch(r"[A-Za-z0-9_=-]+", value):
        return ""
    try:
        raw = base64.urlsafe_b64decode(value.rstrip("=") + "=" * (-len(value.rstrip("=")) % 4))
        return unquote(raw.decode("utf-8")).strip()
    except (binascii.Error, UnicodeDecodeError):
        return ""


def _in_state(text: str) -> str:
    try:
        state = parse(text.encode("utf-8", "surrogatepass")[:_LONGEST_STATE], "iiif-content")
    except SourceError:
        return ""
    every = list(_things(state))
    for kind in ("Manifest", "Collection"):
        if found := next((id_of(each) for each in every if type_of(each) == kind and is_address(id_of(each))), ""):
            return found
    return ""


def _things(value: object, depth: int = 0) -> Iterator[Node]:
    """What a content state is about, and what that is part of."""
    for each in nodes(listed(value)) if depth < 6 else ():
        yield each
        for name in ("target", "source", "partOf", "within"):
            yield from _things(first(each, name), depth + 1)
