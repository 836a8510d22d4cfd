"""The pictures as a IIIF Presentation 3 manifest."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from PIL import Image

BASE = "https://example.org/wunderkammer"
ZERO = "https://creativecommons.org/publicdomain/zero/1.0/"


def write(target: Path, names: Sequence[str], notes: dict[str, dict[str, str]]) -> None:
    manifest: dict[str, Any] = {
        "@context": "http://iiif.io/api/presentation/3/context.json",
        "id": f"{BASE}/manifest.json",
        "type": "Manifest",
        "label": {"de": ["Bilder aus der Wunderkammer"], "en": ["Pictures from the cabinet"]},
        "summary": {
            "de": ["Zeichnungen in der Art alter Kupferstiche, von einem Programm gezeichnet."],
            "en": ["Drawings in the manner of old copperplates, drawn by a program."],
        },
        "rights": ZERO,
        "requiredStatement": {
            "label": {"de": ["Herkunft"], "en": ["Attribution"]},
            "value": {"de": ["Projekt Wunderkammer"], "en": ["Wunderkammer project"]},
        },
        "items": [canvas(target.parent / "pictures" / f"{name}.png", name, notes[name]) for name in names],
    }
    target.write_text(json.dumps(manifest, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def canvas(picture: Path, name: str, note: dict[str, str]) -> dict[str, Any]:
    with Image.open(picture) as image:
        width, height = image.size
    here = f"{BASE}/canvas/{name}"
    body = {
        "id": f"{BASE}/pictures/{name}.png",
        "type": "Image",
        "format": "image/png",
        "width": width,
        "height": height,
    }
    painting = {"id": f"{here}/painting", "type": "Annotation", "motivation": "painting", "body": body, "target": here}
    return {
        "id": here,
        "type": "Canvas",
        "label": {"de": [note["title_de"]], "en": [note["title_en"]]},
        "summary": {"de": [note["de"]], "en": [note["en"]]},
        "width": width,
        "height": height,
        "rights": ZERO,
        "items": [{"id": f"{here}/page", "type": "AnnotationPage", "items": [painting]}],
    }
