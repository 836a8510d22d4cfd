"""What a manifest or a canvas says about itself, as lines: label, summary, metadata, rights, provider, dates.

All languages are kept (see `ingest.iiif_words`). What the file gives a bare value for is called by the specification's
own name of the field, that of version 3 for both versions.
"""

from __future__ import annotations

from collections.abc import Iterator

from ingest.iiif_json import Node, first, id_of, listed, nodes, text_of
from ingest.iiif_words import LONGEST, all_languages, best, line, pair, said

_TITLE = 300
_RIGHTS = 500


def title(about: Node) -> str:
    """The label in the preferred language, short enough for a title."""
    return best(about.get("label"))[:_TITLE].rstrip()


def rights(about: Node) -> str | None:
    """The addresses or words of the licence: `rights` of version 3, `license` of version 2."""
    found = [id_of(each) or best(each) for each in listed(first(about, "rights", "license"))]
    return line("; ".join(each for each in dict.fromkeys(found) if each), _RIGHTS) or None


def attribution(about: Node) -> str | None:
    """Whom the institution wants to be named: the required statement, the attribution of version 2, or the provider."""
    statements = [best(each.get("value")) for each in nodes(about.get("requiredStatement"))]
    providers = [best(each.get("label")) for each in nodes(about.get("provider"))]
    for found in (statements, [best(about.get("attribution"))], providers):
        if text := "; ".join(each for each in found if each):
            return text[:_RIGHTS].rstrip()
    return None


def languages(about: Node) -> frozenset[str]:
    """The languages, without their regions, that its label and its metadata are in."""
    values = [
        about.get("label"),
        *(each.get(name) for each in nodes(about.get("metadata")) for name in ("label", "value")),
    ]
    return frozenset(each.language.partition("-")[0].lower() for value in values for each in said(value)) - {""}


def lines(about: Node, shown: str = "") -> tuple[str, ...]:
    """Everything that it says of itself, each thing once and on one line; `shown` is said elsewhere already."""
    found = dict.fromkeys(each[:LONGEST] for each in _lines(about) if any(c.isalnum() for c in each))
    found.pop(shown, None)
    return tuple(found)


def _lines(about: Node) -> Iterator[str]:
    yield all_languages(about.get("label"))
    for name in ("summary", "description"):
        yield all_languages(about.get(name))
    for each in nodes(about.get("metadata")):
        yield pair(each)
    for each in nodes(about.get("requiredStatement")):
        yield pair(each)
    if text := all_languages(about.get("attribution")):
        yield f"attribution: {text}"
    if text := rights(about) or "":
        yield f"rights: {text}"
    for each in nodes(about.get("provider")):
        if text := all_languages(each.get("label")):
            yield f"provider: {text}"
    for name in ("navDate", "viewingDirection"):
        if text := line(text_of(about.get(name)), 100):
            yield f"{name}: {text}"
