"""A canvas: its size, the first image painted on it, and the words on it with their places.

What the versions call differently is asked for by all its names: `items`, `images` and `content` for what is painted,
`annotations` and `otherContent` for the rest, `body` and `resource`, `target` and `on`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from graph.types import Region
from ingest.iiif_json import Node, first, id_of, listed, node, nodes, pixels, text_of, type_of
from ingest.iiif_region import region_of
from ingest.iiif_service import ImageService, image_service, is_restricted
from ingest.iiif_words import PREFERRED, clean, line, plain

_IMAGE_NAME = re.compile(r"\.(?:jpe?g|png|tiff?|gif|webp|bmp|jp2)$", re.I)
_NO_PICTURE: Final = ("Sound", "Audio", "Video", "MovingImage", "Model", "PhysicalObject", "Document")
_GRANULARITY: Final = ("line", "paragraph", "block", "page", "word", "glyph")
"""Where one text is given several times, in parts of several sizes, the first of these is taken."""


@dataclass(frozen=True, slots=True)
class Painting:
    """The image of a canvas: the address of the image itself, and the service that cuts and scales it, where one is."""

    url: str
    service: ImageService | None = None
    width: int = 0
    height: int = 0
    place: Region | None = None
    """The part of the canvas that it covers; None for all of it."""


@dataclass(frozen=True, slots=True)
class Written:
    """Words on a canvas; `transcribed` where they are what stands there, not what somebody says of it."""

    text: str
    region: Region | None
    transcribed: bool
    tag: bool = False
    granularity: str = ""
    language: str = ""


@dataclass(frozen=True, slots=True)
class Canvas:
    """One page of a manifest; sides are 0 where none is given. `about` is the object itself."""

    id: str
    about: Node
    width: int
    height: int
    painting: Painting | None
    images: int
    """How many images are painted on it or can be chosen; the first is `painting`."""
    other: str
    """What is on it that is no picture, such as Sound; empty for none."""
    restricted: bool
    written: tuple[Written, ...]
    elsewhere: tuple[str, ...]
    """Addresses of annotations that the manifest names and does not hold."""


def canvas_of(about: Node, named: frozenset[str], extra: list[Node]) -> Canvas:
    """A canvas with what is painted on it; `named` are services with a login, `extra` annotations from elsewhere."""
    painted = [each for part in ("items", "images", "content") for each in annotations_in(about.get(part))]
    bodies = [body for each in painted for body in _bodies(first(each, "body", "resource"))]
    pictures = [
        (each, body) for each in painted for body in _bodies(first(each, "body", "resource")) if _is_picture(body)
    ]
    width, height = pixels(about.get("width")), pixels(about.get("height"))
    if pictures and not (width and height):
        width, height = pixels(pictures[0][1].get("width")), pixels(pictures[0][1].get("height"))
    if not (width and height):
        width = height = 0
    lists = [*listed(about.get("annotations")), *listed(about.get("otherContent"))]
    around = [*painted, *annotations_in(lists), *extra]
    return Canvas(
        id=id_of(about),
        about=about,
        width=width,
        height=height,
        painting=_painting(*pictures[0], width, height) if pictures else None,
        images=len(pictures),
        other=next((type_of(body) for body in bodies if type_of(body) in _NO_PICTURE), ""),
        restricted=any(is_restricted(first(body, "service", "services"), named) for _, body in pictures[:1]),
        written=tuple(_one_size([found for each in around for found in _written(each, width, height)])),
        elsewhere=tuple(_elsewhere(lists)),
    )


def annotations_in(value: object, depth: int = 0) -> Iterator[Node]:
    """The annotations in lists and pages of them, and those that stand by themselves."""
    for each in nodes(value) if depth < 4 else []:
        inner = first(each, "items", "resources")
        if inner is not None and first(each, "body", "resource") is None:
            yield from annotations_in(inner, depth + 1)
        else:
            yield each


def _elsewhere(lists: list[object]) -> Iterator[str]:
    for each in lists:
        held = isinstance(each, dict) and first(each, "items", "resources", "body", "resource") is not None
        if not held and id_of(each).startswith(("http://", "https://")):
            yield id_of(each)


def _bodies(value: object, depth: int = 0) -> Iterator[Node]:
    """What an annotation is made of: choices and lists opened, the part of a `SpecificResource` that it is about."""
    for each in listed(value) if depth < 4 else []:
        if isinstance(each, str):
            if each.startswith(("http://", "https://")):
                yield {"id": each}
            elif depth == 0:
                # In a choice a word is a name, such as rdf:nil for nothing; by itself it is what the annotation says.
                yield {"value": each}
        elif isinstance(each, dict):
            kind = type_of(each)
            if kind in {"Choice", "List", "Composite", "Independents"} or "default" in each:
                for name in ("default", "items", "item", "members"):
                    yield from _bodies(each.get(name), depth + 1)
            elif kind == "SpecificResource" or first(each, "source", "full") is not None:
                yield from _bodies(first(each, "source", "full"), depth + 1)
            else:
                yield each


def _is_picture(body: Node) -> bool:
    if not id_of(body) or type_of(body) in _NO_PICTURE:
        return False
    if type_of(body) == "Image" or text_of(body.get("format")).startswith("image/"):
        return True
    if type_of(body):
        return False
    return bool(_IMAGE_NAME.search(id_of(body))) or image_service(first(body, "service", "services")) is not None


def _painting(annotation: Node, body: Node, width: int, height: int) -> Painting:
    place = region_of(first(annotation, "target", "on"), width, height)
    return Painting(
        url=id_of(body),
        service=image_service(first(body, "service", "services")),
        width=pixels(body.get("width")),
        height=pixels(body.get("height")),
        place=place if width and height and place != Region(0, 0, width, height) else None,
    )


def _written(annotation: Node, width: int, height: int) -> Iterator[Written]:
    """The words of one annotation; of bodies that say the same in several languages all."""
    motivations = {text_of(each).rsplit(":", 1)[-1] for each in listed(first(annotation, "motivation", "motivatedBy"))}
    transcribed = bool(motivations & {"painting", "supplementing", "transcribing"})
    body = first(annotation, "body", "resource", "bodyValue")
    texts = [(each, found) for each in _bodies(body) if (found := _text(each))]
    if type_of(node(body)) == "Choice" and len(texts) > 1:
        # A choice offers one of them: the preferred language.
        texts = [min(texts, key=lambda each: _wanted(each[0]))]
    region = region_of(first(annotation, "target", "on"), width, height) if texts else None
    for each, text in texts:
        purposes = {text_of(purpose).rsplit(":", 1)[-1] for purpose in listed(each.get("purpose"))}
        tag = type_of(each) == "Tag" or "tagging" in (purposes or motivations)
        yield Written(
            text, region, transcribed and not tag, tag, text_of(annotation.get("textGranularity")), _language(each)
        )


def _text(body: Node) -> str:
    """The words of a body, its lines kept; HTML becomes text, plain text stays as it is."""
    value = text_of(first(body, "value", "chars", "cnt:chars"))
    if not value:
        return ""
    value = clean(value) if text_of(body.get("format")) == "text/plain" else plain(value)
    rows = (" ".join(row.split()) for row in value.split("\n"))
    return "\n".join(row for row in rows if row)


def _language(body: Node) -> str:
    return line(text_of(next(iter(listed(body.get("language"))), "")), 20)


def _wanted(body: Node) -> int:
    main = _language(body).partition("-")[0].lower()
    return PREFERRED.index(main) if main in PREFERRED else len(PREFERRED)


def _one_size(found: list[Written]) -> list[Written]:
    sizes = {each.granularity for each in found if each.transcribed}
    taken = next((size for size in _GRANULARITY if size in sizes), None)
    if taken is None:
        return found
    return [each for each in found if not each.transcribed or each.granularity in {taken, ""}]
