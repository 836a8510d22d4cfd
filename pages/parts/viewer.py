"""The viewer of a page: OpenSeadragon over the image service, places as buttons, keys to turn, a part to be drawn.

A component of our own: `viewer.html`, `viewer.css`, `viewer_drawing.js` and `viewer.js` beside this file. The library
lies in `static/` and comes from nowhere else (docs/reader.md).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

import streamlit as st

from graph.types import Document, Region
from ingest.files import FileStore
from pages.language import say
from pages.parts.image_address import ROOT, image_of, name_of

_HERE = Path(__file__).parent


def _of(*names: str) -> str:
    return "\n".join((_HERE / name).read_text(encoding="utf-8") for name in names)


_viewer = st.components.v2.component(
    "wunderkammer_viewer",
    html=_of("viewer.html"),
    css=_of("viewer.css"),
    js=_of("viewer_drawing.js", "viewer.js"),
)


class Kind(StrEnum):
    """What a place on a page is, and so how it is drawn."""

    WORDS = "words"
    CITED = "cited"
    CLAIM = "claim"
    PART = "part"


@dataclass(frozen=True, slots=True)
class Spot:
    """A place on a page; several of one id are one thing, such as the lines of a sentence."""

    id: str
    kind: Kind
    region: Region
    label: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """A page image: its name in the image service, its finest size, and the size that regions count in."""

    image: str
    width: int
    height: int
    page_width: int
    page_height: int


def sheet_of(files: FileStore, document: Document, page: int) -> Sheet:
    """The image of a page that is here; raises what `ingest.zoom.zoom_of` raises."""
    from ingest.zoom import zoom_of

    image = image_of(document, page)
    zoom = zoom_of(files, image)
    return Sheet(
        f"{ROOT}/3/{name_of(image, document.collection)}", zoom.width, zoom.height, zoom.page_width, zoom.page_height
    )


def show(
    sheet: Sheet,
    title: str,
    key: str,
    spots: Sequence[Spot] = (),
    fit: Region | None = None,
    credit: str = "",
    chosen: str = "",
    page: int = 1,
    pages: int = 1,
    turned: Callable[[int], None] | None = None,
    picked: Callable[[str], None] | None = None,
) -> None:
    """A page with its places; `fit` is shown first, with air around it, `chosen` and `credit` stand below.

    `turned` gets the number of the page that a key asked for, `picked` the id of a place that was clicked.
    """
    _mount(
        key,
        _content(sheet, title, credit)
        | {"regions": [_drawn(spot) for spot in spots], "fit": asdict(fit) if fit else None, "chosen": chosen}
        | {"page": page, "pages": pages, "drawing": None},
        turned=turned,
        chosen=picked,
    )


def draw(
    sheet: Sheet, title: str, key: str, drawn: Callable[[Region], None], start: Region | None = None, credit: str = ""
) -> None:
    """A page on which a part is drawn by mouse, finger or numbers; `drawn` gets each that is drawn."""
    _mount(
        key,
        _content(sheet, title, credit)
        | {"regions": [], "fit": asdict(start) if start else None, "chosen": "", "page": 1, "pages": 1}
        | {"drawing": {"start": asdict(start) if start else None}},
        drawn=lambda given: drawn(_region(given, sheet)),
    )


def _mount(key: str, data: Mapping[str, Any], **heard: Callable[[Any], None] | None) -> None:
    def call(name: str) -> None:
        value = getattr(st.session_state[key], name, None)
        hears = heard.get(name)
        if value is not None and hears is not None:
            hears(value)

    _viewer(
        key=key,
        data=dict(data),
        on_turned_change=lambda: call("turned"),
        on_chosen_change=lambda: call("chosen"),
        on_drawn_change=lambda: call("drawn"),
    )


def _content(sheet: Sheet, title: str, credit: str) -> dict[str, Any]:
    return {
        "image": sheet.image,
        "width": sheet.width,
        "height": sheet.height,
        "pageWidth": sheet.page_width,
        "pageHeight": sheet.page_height,
        "title": title,
        "credit": credit,
        "labels": {name: say(key) for name, key in _LABELS.items()},
    }


def _drawn(spot: Spot) -> dict[str, Any]:
    return asdict(spot.region) | {"id": spot.id, "kind": spot.kind.value, "label": spot.label}


def _region(given: Mapping[str, Any], sheet: Sheet) -> Region:
    """What the browser drew, cut to the page: what comes from there is checked like all that does."""
    x, y = (
        min(max(0, int(given[side])), most - 1) for side, most in (("x", sheet.page_width), ("y", sheet.page_height))
    )
    w, h = max(1, int(given["w"])), max(1, int(given["h"]))
    return Region(x, y, min(w, sheet.page_width - x), min(h, sheet.page_height - y))


_LABELS = {
    "bar": "viewer.bar",
    "previous": "reader.previous.page",
    "next": "reader.next.page",
    "move": "viewer.move",
    "larger": "viewer.larger",
    "smaller": "viewer.smaller",
    "whole": "viewer.whole",
    "rotate": "viewer.rotate",
    "full": "viewer.full",
    "unavailable": "viewer.unavailable",
    "again": "error.again",
    "draw": "viewer.draw",
    "taken": "viewer.taken",
    "x": "viewer.x",
    "y": "viewer.y",
    "w": "viewer.w",
    "h": "viewer.h",
}
"""What the component says, by the names that it knows."""
