"""Whose a document is and what may be done with it, to stand wherever its pages are shown."""

from __future__ import annotations

import re

from graph.types import Document
from pages.language import say
from pages.parts.plain import shortened

_CREATIVE_COMMONS = re.compile(
    r"https?://creativecommons\.org/(?:licenses/([a-z-]+)/([0-9.]+)|publicdomain/zero/[0-9.]+)/?\S*$"
)
_LONGEST = 300


def licence(rights: str) -> str:
    """Rights as people say them: the addresses of Creative Commons by their names, anything else as it is."""
    found = _CREATIVE_COMMONS.match(rights)
    if found is None:
        return rights
    return f"CC {found.group(1).upper()} {found.group(2)}" if found.group(1) else "CC0"


def credit(document: Document, host: str = "") -> str:
    """Who is to be named and what is allowed, on one line; `host`: where finer detail of a page is fetched from."""
    named = [shortened(document.attribution or "", _LONGEST), shortened(licence(document.rights or ""), _LONGEST)]
    said = list(dict.fromkeys(each for each in named if each)) or [say("reader.no_rights")]
    return " · ".join([*said, say("reader.details_from", host=host)] if host else said)
