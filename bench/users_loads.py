"""What a browser loads beside the page: scripts once, images, tiles of a page in the reader, files of components."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, Final

import streamlit as st
from streamlit.proto.WidgetStates_pb2 import WidgetState

from bench.users_tree import Placed

_INDEX: Final = Path(st.__file__).parent / "static" / "index.html"
_OURS: Final = Path(__file__).resolve().parents[1] / "static"
_LINKED: Final = re.compile(r'(?:src|href)="\./(static/[^"]+)"')
_IN_HTML: Final = re.compile(r'(?:src="|url\(["\']?)(/[^"\')]+)')
_TILE: Final = 1024
_SCREEN: Final = 900
"""Pixels of the larger side of a page in the reader."""
_INTERNAL: Final = "$$STREAMLIT_INTERNAL_KEY"


@cache
def assets() -> tuple[str, ...]:
    """The scripts and styles that the page names, the letters that it draws with."""
    named = _LINKED.findall(_INDEX.read_text(encoding="utf-8"))
    fonts = [f"app/static/fonts/{path.name}" for path in sorted(_OURS.glob("fonts/*-latin-wght-normal.woff2"))]
    return tuple(f"/{name}" for name in dict.fromkeys([*named, *fonts]))


def of(placed: Placed) -> Iterator[tuple[str, str]]:
    """The addresses that an element has loaded, each with what it is."""
    if placed.kind == "imgs":
        for image in placed.what.imgs:
            yield image.url, "load image"
    elif placed.kind == "html":
        for address in _IN_HTML.findall(placed.what.body):
            yield address, "load image"
    elif placed.kind == "bidi_component":
        yield from _of_component(placed)
    elif placed.kind == "component_instance" and placed.what.component_name.startswith("streamlit_agraph"):
        yield f"/component/{placed.what.component_name}/index.html", "load component"


def _of_component(placed: Placed) -> Iterator[tuple[str, str]]:
    data = data_of(placed)
    if "nodes" in data and "base" in data:
        for path in sorted(_OURS.glob("canvas/*.js")):
            yield f"{data['base']}/{path.name}?{data['version']}", "load script"
    elif "image" in data and "width" in data:
        for path in sorted(_OURS.glob("openseadragon/*.js")):
            yield f"/app/static/openseadragon/{path.name}", "load script"
        yield from ((tile, "load tile") for tile in _tiles(data["image"], data["width"], data["height"]))


def _tiles(image: str, width: int, height: int) -> Iterator[str]:
    """The tiles that fill a page when it opens: those of the coarsest level, and of the one that the screen needs."""
    last = max(0, math.ceil(math.log2(max(width, height) / _TILE)))
    wanted = min(last, max(0, math.floor(math.log2(max(width, height) / _SCREEN))))
    root = image if image.startswith("/") else f"/{image}"
    for level in sorted({last, wanted}, reverse=True):
        side = _TILE * 2**level
        for y in range(0, height, side):
            for x in range(0, width, side):
                w, h = min(side, width - x), min(side, height - y)
                yield f"{root}/{x},{y},{w},{h}/{-(-w // 2**level)},{-(-h // 2**level)}/0/default.jpg"


def data_of(component: Placed) -> dict[str, Any]:
    """What a component of ours was given."""
    what = component.what
    said = json.loads(what.json or (what.mixed.json if what.HasField("mixed") else "") or "{}")
    return said if isinstance(said, dict) else {}


def event(component: str, name: str, value: Any) -> WidgetState:
    """What a component tells, as the browser sends it."""
    return WidgetState(
        id=f"{_INTERNAL}_{component}__events", json_trigger_value=json.dumps([{"event": name, "value": value}])
    )
