"""What reads words off pictures of pages: the table, and what is given back. Importing it imports no SDK."""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from dataclasses import dataclass

from graph.errors import Missing, WrongUse
from settings import Settings


class UnknownOcr(WrongUse):
    en = "There is no OCR {name}. There is: {known}, or the id of a vision model, such as gpt-4o-mini."
    de = "Eine Texterkennung {name} gibt es nicht. Es gibt: {known}, oder die ID eines Bildmodells, etwa gpt-4o-mini."


@dataclass(frozen=True, slots=True)
class OcrSpec:
    """One service; its price is USD per thousand pages."""

    id: str
    family: str
    name: str
    title: str
    price_per_thousand: float


def is_service(id: str | None) -> bool:
    """Whether this is a service for whole documents; what is none and not None is a vision model that reads pages."""
    return id in {spec.id for spec in OCR_SERVICES}


@dataclass(frozen=True, slots=True)
class OcrBlock:
    """A piece of a page: `kind` is heading, list, table, caption, code or paragraph.

    `box` is (left, top, right, bottom) as parts of the page's width and height, None where the service does not say.
    """

    kind: str
    text: str
    box: tuple[float, float, float, float] | None = None


@dataclass(frozen=True, slots=True)
class OcrPage:
    """What stands on a page (its number from 1), in reading order; nothing where no words were found."""

    page: int
    blocks: tuple[OcrBlock, ...] = ()


# The provider's own price list in October 2026; half of it for those who can wait (batch), which we do not use.
OCR_SERVICES: tuple[OcrSpec, ...] = (OcrSpec("mistral-ocr", "mistral", "mistral-ocr-latest", "Mistral OCR", 4.0),)


def find_ocr(id: str) -> OcrSpec:
    """The service of that id; raises UnknownOcr."""
    for spec in OCR_SERVICES:
        if spec.id == id:
            return spec
    raise UnknownOcr(name=id, known=", ".join(spec.id for spec in OCR_SERVICES))


def gap(spec: OcrSpec, settings: Settings) -> Missing | None:
    """What keeps the service from being asked; None where nothing does. Asks no network."""
    from llm.endpoint import endpoint
    from llm.errors import NoKey

    at = endpoint(spec.family, settings)
    missing = at.key is None and at.place == "provider"
    return NoKey(model=spec.title, server=at.name, variable=at.variable) if missing else None


def cost(spec: OcrSpec, pages: int, settings: Settings) -> float | None:
    """US dollars for so many pages; None at another server than the provider's."""
    from llm.endpoint import endpoint

    at_provider = endpoint(spec.family, settings).place == "provider"
    return pages * spec.price_per_thousand / 1000 if at_provider else None


def read_pages(spec: OcrSpec, data: bytes, media_type: str, pages: Sequence[int], settings: Settings) -> list[OcrPage]:
    """What stands on these pages (from 1) of a PDF or picture; raises what is missing and what the service says."""
    if missing := gap(spec, settings):
        raise missing
    backend = importlib.import_module(f"llm.{spec.family}_ocr")
    found: list[OcrPage] = backend.read_pages(data, media_type, pages, settings, spec.name)
    return found
