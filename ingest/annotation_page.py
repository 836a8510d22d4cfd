"""Annotations of others, W3C or IIIF Presentation 3, read with care: the words, and the place that they are about."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from graph.errors import WrongUse
from graph.types import Entity, Region
from ingest.iiif_words import plain

MOST: Final = 20_000
"""Annotations of one file."""
LONGEST: Final = 20_000
"""Characters of one annotation."""
_FARTHEST: Final = 1_000_000
_XYWH: Final = re.compile(r"xywh=(?:pixel:)?([\d.]{1,12}),([\d.]{1,12}),([\d.]{1,12}),([\d.]{1,12})")
_OWN_PAGE: Final = re.compile(r"urn:wunderkammer:document:([^:/]{1,100})(?::page:(\d{1,7}))?")
_PUBLISHED: Final = re.compile(r"https?://.*/document/([0-9a-f]{32})(?:/page/(\d{1,7}))?")
_OWN_CLAIM: Final = re.compile(r"urn:wunderkammer:claim:([^:/]{1,100})")


class NoAnnotations(WrongUse):
    en = "“{name}” holds no Web Annotations. Give a page, a collection or a list of them, W3C or IIIF Presentation 3."
    de = "In „{name}“ stehen keine Web Annotations. Geben Sie eine Seite, Sammlung oder Liste davon, W3C oder IIIF 3."


class BadAnnotation(Exception):
    """One that cannot be taken, with the reason."""


@dataclass(frozen=True, slots=True)
class Triple:
    """What a claim in an annotation of ours is made of; `id` is the claim's in the cabinet that it comes from."""

    id: str
    subject: tuple[str, str]
    predicate: str
    object: tuple[str, str]


@dataclass(frozen=True, slots=True)
class Foreign:
    """An annotation: the words, the canvas or document it is about, and the part of it."""

    id: str
    text: str
    source: str
    region: Region | None = None
    quote: str = ""
    claim: Triple | None = None

    @property
    def own(self) -> tuple[str, int | None] | None:
        """The document and page, where the target is one of ours."""
        found = _OWN_PAGE.fullmatch(self.source) or _PUBLISHED.fullmatch(self.source)
        return (found[1], int(found[2]) if found[2] else None) if found else None


@dataclass(frozen=True, slots=True)
class Refused:
    """An annotation that was not taken: its id, or its number in the file, and why."""

    id: str
    reason: str


def read_annotations(data: bytes, name: str) -> list[Foreign | Refused]:
    """The annotations of a file, each or the reason why it cannot be taken; raises NoAnnotations."""
    try:
        raw = json.loads(data)
    except (ValueError, RecursionError):
        raise NoAnnotations(name=name) from None
    found: list[Foreign | Refused] = []
    for number, node in enumerate(_items(raw, name), 1):
        id_ = _text(node.get("id") or node.get("@id")) if isinstance(node, dict) else ""
        try:
            if len(found) >= MOST:
                raise BadAnnotation(f"more than {MOST} in one file")
            found.append(_foreign(node, id_))
        except BadAnnotation as problem:
            found.append(Refused(id_[:300] or f"number {number}", str(problem)))
    return found


def _items(raw: Any, name: str) -> Iterator[Any]:
    if isinstance(raw, list):
        return iter(raw)
    if isinstance(raw, dict):
        if raw.get("type") == "Annotation":
            return iter([raw])
        if isinstance(raw.get("items"), list) and raw.get("type") == "AnnotationPage":
            return iter(raw["items"])
        if raw.get("type") == "AnnotationCollection" and isinstance(raw.get("first"), dict):
            return _items(raw["first"] | {"type": "AnnotationPage"}, name)
    raise NoAnnotations(name=name)


def _foreign(node: Any, id_: str) -> Foreign:
    if not isinstance(node, dict) or node.get("type") != "Annotation":
        raise BadAnnotation("it is no Annotation")
    target = node.get("target")
    if isinstance(target, list):
        target = target[0] if target else None
    source, region, quote = _place(target)
    text = "\n".join(_words(node.get("body")))[:LONGEST].strip()
    claim = _claim(node.get("wk:claim"))
    if not text:
        raise BadAnnotation("it has no words")
    return Foreign(id_[:300], text, source, region, quote, claim)


def _place(target: Any) -> tuple[str, Region | None, str]:
    if isinstance(target, str):
        source, _, fragment = target.partition("#")
        return source, _region(fragment), ""
    if not isinstance(target, dict):
        raise BadAnnotation("it is about nothing")
    about: Any = target.get("source") if target.get("type") == "SpecificResource" else target.get("id")
    if isinstance(about, dict):
        about = about.get("id")
    if not isinstance(about, str) or not about:
        raise BadAnnotation("it does not say what it is about")
    source, _, fragment = about.partition("#")
    region, quote = _region(fragment), ""
    selectors = target.get("selector") or []
    for selector in selectors if isinstance(selectors, list) else [selectors]:
        if isinstance(selector, dict) and selector.get("type") == "FragmentSelector":
            region = _region(_text(selector.get("value"))) or region
        elif isinstance(selector, dict) and selector.get("type") == "TextQuoteSelector":
            quote = plain(_text(selector.get("exact"))[:LONGEST])
    return source[:2000], region, quote


def _region(fragment: str) -> Region | None:
    if not fragment:
        return None
    found = _XYWH.fullmatch(fragment)
    if found is None:
        raise BadAnnotation(f"its place is not xywh in pixels: {fragment[:60]}")
    try:
        x, y, w, h = (float(each) for each in found.groups())
    except ValueError:
        raise BadAnnotation(f"its place is not xywh in pixels: {fragment[:60]}") from None
    if not (w > 0 and h > 0) or max(x + w, y + h) > _FARTHEST:
        raise BadAnnotation("its place has no width and height on a page")
    return Region(math.floor(x), math.floor(y), max(1, round(w)), max(1, round(h)))


def _words(body: Any) -> Iterator[str]:
    """What an annotation says; not whose page it is, which ours say beside it."""
    for each in body if isinstance(body, list) else [body]:
        if isinstance(each, str):
            # A body that is only an address says nothing by itself.
            if not re.match(r"\w+://\S+$", each):
                yield plain(each)
        elif isinstance(each, dict) and each.get("type") == "TextualBody" and each.get("purpose") != "describing":
            yield plain(_text(each.get("value"))[: LONGEST * 2])


def _claim(node: Any) -> Triple | None:
    if not isinstance(node, dict):
        return None
    try:
        ends = [(_name(node[key]["wk:name"]), _name(node[key]["wk:kind"])) for key in ("wk:subject", "wk:object")]
        predicate = _name(node["wk:predicate"])
    except (KeyError, TypeError):
        raise BadAnnotation("its claim has no subject, relation and object") from None
    found = _OWN_CLAIM.fullmatch(_text(node.get("id")))
    return Triple(found[1] if found else "", ends[0], predicate, ends[1])


def _name(value: Any) -> str:
    name = " ".join(plain(_text(value)).split())
    if not name or len(name) > 300 or not Entity.make_id("", name):
        raise BadAnnotation("its claim has no subject, relation and object")
    return name


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""
