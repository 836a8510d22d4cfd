"""Image services: what a manifest or an `info.json` says of one, and the addresses of whole images and of parts.

Image API 1 to 3, level 0 to 2. Where a service cannot cut, the address is that of the whole image, and says so.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final
from urllib.parse import unquote

from graph.types import Region
from ingest.iiif_json import Node, first, id_of, listed, nodes, number, pixels, text_of, type_of

_LEVEL = re.compile(r"level\s*([012])\b", re.I)
_VERSION = re.compile(r"(?:image(?:-api)?/|ImageService)([123])", re.I)
_AUTH = re.compile(
    r"/api/auth/|\bAuth(?:Probe|Access|AccessToken|Logout|Cookie|Token|Login)\w*Service|/ld/iiif-ext/0/.*(?:login|terms)",
    re.I,
)


@dataclass(frozen=True, slots=True)
class ImageService:
    """One image on an image server; sides and limits are 0 where they are not known."""

    id: str
    version: int = 2
    level: int = 1
    width: int = 0
    height: int = 0
    sizes: tuple[tuple[int, int], ...] = ()
    max_width: int = 0
    max_height: int = 0
    max_area: int = 0
    native: bool = False
    """Whether the full quality is called `native`, as before version 2."""


@dataclass(frozen=True, slots=True)
class ImageAddress:
    """Where an image is, and whether it is only the asked part; `whole` has to be cut by whoever fetches it."""

    url: str
    whole: bool


def services(value: object, depth: int = 0) -> Iterator[Node]:
    """The services of a thing and the services of those; `value` is what stands under `service`."""
    for each in nodes(value):
        yield each
        if depth < 4:
            yield from services(first(each, "service", "services"), depth + 1)


def image_service(value: object) -> ImageService | None:
    """The first image service in what stands under `service`: an object, a list, in either version."""
    for each in nodes(value):
        words = " ".join(_said(each))
        if id_of(each).startswith(("http://", "https://")) and _is_image(each, words):
            return service_of(each)
    return None


def service_of(about: Node) -> ImageService:
    """A service as a manifest or its own `info.json` describes it."""
    words = " ".join(_said(about))
    level, version = _LEVEL.search(words), _VERSION.search(" ".join(_said(about, profile=False)) or words)
    if version is None:
        version = _VERSION.search(words)
    which = int(version[1]) if version else (3 if "id" in about else 2)
    limits = [about, *nodes(about.get("profile"))]
    side, upright, area = (max(pixels_of(each.get(name)) for each in limits) for name in _LIMITS)
    return ImageService(
        id=id_of(about).rstrip("/").removesuffix("/info.json"),
        version=which,
        level=int(level[1]) if level else 1,
        width=pixels(about.get("width")),
        height=pixels(about.get("height")),
        sizes=tuple(sorted(_sizes(about))),
        max_width=side,
        max_height=upright or side,
        max_area=area,
        native=which == 1,
    )


def is_image_info(about: Node) -> bool:
    """Whether this is what an image service says of its image, an `info.json`."""
    said = " ".join(_said(about))
    return (
        bool(id_of(about)) and all(pixels(about.get(side)) for side in ("width", "height")) and _is_image(about, said)
    )


def as_manifest(info: Node) -> Node:
    """A manifest of one canvas, on which the image of an `info.json` is painted; login services stay with it."""
    service = service_of(info)
    name = unquote(service.id.rstrip("/").rpartition("/")[2]) or service.id
    image: Node = {
        "id": address(service).url,
        "type": "Image",
        "width": service.width,
        "height": service.height,
        "service": [{"type": f"ImageService{service.version}", **info, "id": service.id, "@id": service.id}],
    }
    canvas = f"{service.id}#canvas"
    painting: Node = {"type": "Annotation", "motivation": "painting", "body": image, "target": canvas}
    return {
        "@context": "http://iiif.io/api/presentation/3/context.json",
        "id": f"{service.id}/info.json",
        "type": "Manifest",
        "label": {"none": [name]},
        "items": [
            {
                "id": canvas,
                "type": "Canvas",
                "width": service.width,
                "height": service.height,
                "items": [{"type": "AnnotationPage", "items": [painting]}],
            }
        ],
    } | {name: info[name] for name in ("rights", "license", "attribution", "logo") if name in info}


_LIMITS: Final = ("maxWidth", "maxHeight", "maxArea")


def pixels_of(value: object) -> int:
    """A limit in pixels; an area may be larger than a side may."""
    found = number(value)
    return int(found) if found is not None and found < 10**12 else 0


def restricted_services(manifest: Node) -> frozenset[str]:
    """The addresses of services, described at the head of a manifest, that stand before something restricted."""
    heads = [first(manifest, "service"), manifest.get("services")]
    return frozenset(id_of(each) for head in heads for each in nodes(head) if is_restricted(each)) - {""}


def is_restricted(value: object, named: frozenset[str] = frozenset()) -> bool:
    """Whether what stands under `service` has a login, a consent or a token before it (versions 0, 1 and 2).

    Services may be named by their address only; `named` has those that are known to be such.
    """
    if any(isinstance(each, str) and each in named for each in listed(value)):
        return True
    for each in services(value):
        inner = listed(first(each, "service", "services"))
        if _is_auth(each) or any(isinstance(name, str) and name in named for name in inner):
            return True
    return False


def _is_auth(about: Node) -> bool:
    return bool(_AUTH.search(" ".join(_said(about))))


def address(service: ImageService, region: Region | None = None, longest: int = 0) -> ImageAddress:
    """Where the image is, or a region in its pixels, at most `longest` a side (0: as large as the service gives it).

    Limits of the service are kept. Level 0 has whole images only, in the sizes it lists.
    """
    if region is not None and service.level == 0:
        return replace(address(service, None, _grown(service, region, longest)), whole=True)
    part = str(region) if region else "full"
    return ImageAddress(f"{service.id}/{part}/{_size(service, region, longest)}/0/{_quality(service)}.jpg", not region)


def _grown(service: ImageService, region: Region, longest: int) -> int:
    """How large the whole must be for its part to be `longest` pixels large."""
    if not longest or not service.width:
        return 0
    return math.ceil(longest * max(service.width, service.height) / max(region.w, region.h))


def _size(service: ImageService, region: Region | None, longest: int) -> str:
    width, height = (region.w, region.h) if region else (service.width, service.height)
    largest = "max" if service.version >= 3 else "full"
    if service.level == 0:
        fitting = [size for size in service.sizes if max(size) >= longest] if longest else []
        if not fitting:
            return largest
        return f"{fitting[0][0]},{fitting[0][1]}" if service.version >= 2 else f"{fitting[0][0]},"
    if not (width and height):
        # How large it is is not known: a box around it, which level 1 need not know, or a width, which it does.
        return largest if not longest else (f"!{longest},{longest}" if service.level == 2 else f"{longest},")
    scale = _scale(service, width, height, longest)
    if scale >= 1:
        return largest
    across, down = max(1, math.floor(width * scale)), max(1, math.floor(height * scale))
    # What is canonical in version 3 is `w,h`, which level 1 need not know; a width alone all know.
    return f"{across},{down}" if service.version >= 3 and service.level == 2 else f"{across},"


def _scale(service: ImageService, width: int, height: int, longest: int) -> float:
    scale = min(1.0, longest / max(width, height)) if longest else 1.0
    if service.max_width:
        scale = min(scale, service.max_width / width)
    if service.max_height:
        scale = min(scale, service.max_height / height)
    if service.max_area:
        scale = min(scale, math.sqrt(service.max_area / (width * height)))
    return scale


def _quality(service: ImageService) -> str:
    return "native" if service.native else "default"


def _said(about: Node, profile: bool = True) -> list[str]:
    """The words by which a service says what it is."""
    texts = [text_of(each) for each in (*listed(about.get("@context")), type_of(about), about.get("protocol"))]
    if profile:
        texts += [text_of(each) for each in (*listed(about.get("profile")), *listed(about.get("dcterms:conformsTo")))]
    return [text[:500] for text in texts if text]


def _is_image(about: Node, words: str) -> bool:
    if _AUTH.search(words):
        return False
    return bool(re.search(r"ImageService|/image\b|image-api|^level[012]$|level[012]\b", words))


def _sizes(about: Node) -> Iterator[tuple[int, int]]:
    for each in nodes(about.get("sizes")):
        size = pixels(each.get("width")), pixels(each.get("height"))
        if all(size):
            yield size
