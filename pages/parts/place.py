"""The place in a document that an address of the reader asks to see."""

from __future__ import annotations

import re
from dataclasses import dataclass

import streamlit as st

from graph.types import Region
from pages.parts.passages import Span

_ID = re.compile(r"[0-9a-f]{1,64}")


@dataclass(frozen=True, slots=True)
class Place:
    """What the address asks to see; what is not a number, region or id in it is taken as not said."""

    page: int | None
    region: Region | None
    span: Span | None
    claim: str | None = None


def from_address() -> Place:
    """Read page, region, start, end and claim from the address."""
    start, end = _number("start"), _number("end")
    try:
        region = Region.parse(st.query_params.get("region", "")[:60])
    except ValueError:
        region = None
    if region is not None and (min(region.x, region.y) < 0 or min(region.w, region.h) < 1):
        region = None
    span = (start, end) if start is not None and end is not None and start < end else None
    claim = st.query_params.get("claim", "")
    return Place(_number("page") or None, region, span, claim if _ID.fullmatch(claim) else None)


def _number(name: str) -> int | None:
    text = st.query_params.get(name, "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 12 else None
