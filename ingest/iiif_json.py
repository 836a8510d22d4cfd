"""JSON as the world writes it: read with bounds, then asked without trust. No function here but `load` raises.

Manifests break the specification in every way: one thing where a list belongs, null in lists, numbers as text, `@id`
for `id`. What is asked here answers with what is usable and with nothing for the rest.
"""

from __future__ import annotations

import gc
import json
import math
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from ingest.files import MEGABYTE, clean_name, open_source
from ingest.iiif_errors import JsonDamaged, JsonTooLarge
from ingest.sources.base import Limits

IIIF: Final = "application/ld+json"
"""The media type of manifests."""
MAX_MB: Final = 60
"""The largest manifests that are known have 17 MB."""
MAX_VALUES: Final = 3_000_000
"""A few bytes of JSON become a hundred in memory: this many values are about 400 MB."""
LARGEST: Final = 1_000_000
"""Pixels of a side: what says more is no picture."""
_NUMBER = re.compile(r"\s*[0-9]{1,12}(?:\.[0-9]{1,20})?\s*(?:px)?\s*")

Node = dict[str, object]


@contextmanager
def uncollected() -> Iterator[None]:
    """Without the search for cycles meanwhile: large JSON has none, and it would be gone through again and again."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()


def load(path: Path, name: str, limits: Limits) -> object:
    """The file's content; raises the errors of `open_source`, `JsonTooLarge` and `JsonDamaged`.

    UTF-8, 16 and 32 are told apart; what is none of them is read as Windows-1252, as old programs wrote it.
    """
    with open_source(path, name, limits.max_file_mb) as file:
        raw = file.read(min(MAX_MB, limits.max_file_mb) * MEGABYTE + 1)
    return parse(raw, name)


def parse(raw: bytes, name: str) -> object:
    """The content of bytes; raises `JsonTooLarge` and `JsonDamaged`."""
    shown = clean_name(name)
    values = raw.count(b",") + raw.count(b"{") + raw.count(b"[")
    if len(raw) > MAX_MB * MEGABYTE or values > MAX_VALUES:
        raise JsonTooLarge(name=shown, limit_mb=MAX_MB, limit=MAX_VALUES)
    try:
        return json.loads(_decoded(raw))
    except json.JSONDecodeError as problem:
        raise JsonDamaged(name=shown, line=problem.lineno, column=problem.colno) from None
    except (ValueError, RecursionError):
        # A number of thousands of digits; thousands of lists in each other.
        raise JsonDamaged(name=shown, line=1, column=1) from None


def _decoded(raw: bytes) -> str:
    encoding = json.detect_encoding(raw)
    for codec in (encoding, "cp1252"):
        try:
            return raw.decode(codec)
        except UnicodeDecodeError:
            continue
    return raw.decode("latin-1")


def nodes(value: object) -> Iterator[Node]:
    """The objects in a value: itself, or those in the list that it is, also where lists lie in a list."""
    if isinstance(value, dict):
        yield value
    elif isinstance(value, list):
        for item in value:
            if isinstance(item, list):
                yield from (inner for inner in item if isinstance(inner, dict))
            elif isinstance(item, dict):
                yield item


def node(value: object) -> Node:
    """The first object in a value, or an empty one."""
    return next(nodes(value), {})


def listed(value: object) -> list[object]:
    """The value as a list: nothing, the one thing, or all."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def first(of: Node, *names: str) -> object:
    """The value of the first of these names that is there and not empty."""
    for name in names:
        value = of.get(name)
        if value is not None and value != "" and value != [] and value != {}:
            return value
    return None


def text_of(value: object) -> str:
    """A text, or a number as text; empty for everything else."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool) or not isinstance(value, int | float):
        return ""
    return str(value) if isinstance(value, int) or math.isfinite(value) else ""


def id_of(value: object) -> str:
    """The address that names a thing: of an object its `id`, of a text itself; without the place within it (`#`)."""
    found = first(value, "id", "@id") if isinstance(value, dict) else value
    return found.partition("#")[0].strip() if isinstance(found, str) else ""


def type_of(value: object) -> str:
    """The type of an object without its prefix, as in `Manifest` for `sc:Manifest`; empty where none is said."""
    if not isinstance(value, dict):
        return ""
    for kind in listed(first(value, "type", "@type")):
        if isinstance(kind, str):
            return kind.rsplit(":", 1)[-1].rsplit("/", 1)[-1].rsplit("#", 1)[-1].strip()
    return ""


def number(value: object) -> float | None:
    """A finite number from 0 on, also where it is written as text."""
    if isinstance(value, str) and _NUMBER.fullmatch(value):
        value = float(value.strip().removesuffix("px"))
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    if isinstance(value, int):
        return float(value) if 0 <= value < 10**15 else None
    return value if math.isfinite(value) and value >= 0 else None


def pixels(value: object) -> int:
    """A side in whole pixels; 0 where it is missing or absurd."""
    side = number(value)
    return round(side) if side is not None and side <= LARGEST else 0
