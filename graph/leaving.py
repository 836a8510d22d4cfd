"""What of a document may leave the house with an excerpt: how it is called, where it is, whose it is."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from graph.types import Document

_SECRET: Final = re.compile(r"(?i)(^|[-_.])(key|apikey|token|secret|sig|signature|password|passwd|auth|session|sid)$")
_SIGNED: Final = re.compile(r"(?i)^x-(amz|goog|ms)-")


@dataclass(frozen=True, slots=True)
class Credit:
    """What stands beside an excerpt of a document."""

    title: str
    address: str
    rights: str
    attribution: str
    language: str = ""
    media_type: str = ""
    added_at: str = ""


def credit(document: Document) -> Credit:
    """The credit of a document."""
    return Credit(
        document.title, public_address(document.uri), document.rights or "", document.attribution or "",
        document.language or "", document.media_type, document.added_at,
    )  # fmt: skip


def public_address(uri: str) -> str:
    """A web address without logins and keys in it; of a file only its name, for folders are nobody's business."""
    if not uri.lower().startswith(("http://", "https://")):
        return re.split(r"[\\/]", uri.removeprefix("file://").rstrip("/\\"))[-1]
    try:
        parts = urlsplit(uri)
        host = parts.netloc.rpartition("@")[2]
        asked = parse_qsl(parts.query, keep_blank_values=True)
    except ValueError:
        return ""
    kept = [(name, value) for name, value in asked if not (_SECRET.search(name) or _SIGNED.match(name))]
    query = parts.query if len(kept) == len(asked) else urlencode(kept)
    return urlunsplit((parts.scheme, host, parts.path, query, parts.fragment))


def is_web(address: str) -> bool:
    """Whether an address can be a link."""
    return address.lower().startswith(("http://", "https://"))
