"""Manifests and collections for the tests, in the shapes of both versions, as small as they can be."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from ingest.sources import read
from ingest.sources.base import ReadDocument
from tests.reading import LIMITS, check

P2 = "http://iiif.io/api/presentation/2/context.json"
P3 = "http://iiif.io/api/presentation/3/context.json"
Made = dict[str, Any]


def write(path: Path, content: object) -> Path:
    """The content as a JSON file."""
    path.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
    return path


def image3(url: str = "https://img.example.org/a.jpg", service: object = None, **more: object) -> Made:
    body: Made = {"id": url, "type": "Image", "format": "image/jpeg", **more}
    return body | ({"service": service} if service is not None else {})


def canvas3(number: int, label: object = None, body: object = None, **more: object) -> Made:
    """A canvas of 1000 x 2000 with a painted image."""
    id_ = f"https://example.org/canvas/{number}"
    painting = {"type": "Annotation", "motivation": "painting", "body": body or image3(), "target": id_}
    made: Made = {
        "id": id_,
        "type": "Canvas",
        "label": label if label is not None else {"none": [f"f. {number}r"]},
        "width": 1000,
        "height": 2000,
        "items": [{"type": "AnnotationPage", "items": [painting]}],
    }
    return made | more


def notes3(number: int, *items: Made) -> list[Made]:
    """Annotations of a canvas of version 3: of each `body`, `motivation` and `target` may be given."""
    usual = {"type": "Annotation", "motivation": "supplementing", "target": f"https://example.org/canvas/{number}"}
    return [{"type": "AnnotationPage", "items": [usual | each for each in items]}]


def said(text: str, xywh: str = "", number: int = 1, **more: object) -> Made:
    """An annotation with words at a place."""
    target = f"https://example.org/canvas/{number}" + (f"#xywh={xywh}" if xywh else "")
    return {"body": {"type": "TextualBody", "value": text, "format": "text/plain"}, "target": target, **more}


def manifest3(*canvases: object, **more: object) -> Made:
    label = {"en": ["Pictures from the cabinet"], "de": ["Bilder aus der Kammer"]}
    usual: Made = {"@context": P3, "id": "https://example.org/m", "type": "Manifest", "label": label}
    return usual | {"items": list(canvases)} | more


def canvas2(number: int, label: object = None, **more: object) -> Made:
    """A canvas of version 2, 1000 x 2000, with an image that a service has."""
    id_ = f"https://example.org/canvas/{number}"
    resource = {
        "@id": f"https://img.example.org/{number}/full/full/0/default.jpg",
        "@type": "dctypes:Image",
        "service": {
            "@context": "http://iiif.io/api/image/2/context.json",
            "@id": f"https://img.example.org/{number}",
            "profile": "http://iiif.io/api/image/2/level1.json",
        },
    }
    made: Made = {
        "@id": id_,
        "@type": "sc:Canvas",
        "label": label if label is not None else f"S. {number}",
        "width": 1000,
        "height": 2000,
        "images": [{"@type": "oa:Annotation", "motivation": "sc:painting", "resource": resource, "on": id_}],
    }
    return made | more


def manifest2(*canvases: object, **more: object) -> Made:
    usual: Made = {"@context": P2, "@id": "https://example.org/m", "@type": "sc:Manifest", "label": "Ein Kodex"}
    return usual | {"sequences": [{"@type": "sc:Sequence", "canvases": list(canvases)}]} | more


def content_of(folder: Path, made: object) -> ReadDocument:
    """The content read, all that is promised of it checked."""
    content = read(write(folder / "m.json", made), "m.json", LIMITS)
    check(content)
    return content


def codes(content: ReadDocument) -> list[tuple[str, str | None]]:
    """The state of each page, and what is said of it."""
    return [(page.state.value, page.failure.code if page.failure else None) for page in content.pages]
