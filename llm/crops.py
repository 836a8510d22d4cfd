"""Pictures of the places where evidence stands, shown to models that see: which models, how many, in what words."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol

from graph.types import ChunkKind, Evidence
from llm.spec import ModelSpec

MOST: Final = 4
_CONTEXT_EACH: Final = 8_000
"""Tokens of context for each picture, so that the words of the sources keep most of the room."""


@dataclass(frozen=True, slots=True)
class Crop:
    """A JPEG of a part of a page, with the numbers of the evidence that stands there."""

    numbers: tuple[int, ...]
    jpeg: bytes


class Cropper(Protocol):
    """Makes the pictures, at most `most`, of the first of the evidence that has any; `ingest.crops.Crops` is one.

    What cannot be had is left out; nothing is raised for it.
    """

    def __call__(self, evidence: Sequence[Evidence], most: int) -> Sequence[Crop]: ...


def most_for(spec: ModelSpec | None) -> int:
    """How many pictures a model is shown: none where it sees none, one where it runs here or takes little."""
    if spec is None or not spec.vision:
        return 0
    return 1 if spec.weights is not None else max(1, min(MOST, spec.context_tokens // _CONTEXT_EACH))


def crops_for(evidence: Sequence[Evidence], spec: ModelSpec | None, cropper: Cropper | None) -> tuple[Crop, ...]:
    """The pictures for a model; what is a picture, or was read off one, before what has words of its own."""
    most = most_for(spec)
    if cropper is None or not most or not evidence:
        return ()
    return tuple(cropper(sorted(evidence, key=lambda piece: (not _seen(piece), piece.n)), most))


def as_content(crops: Sequence[Crop]) -> list[dict[str, Any]]:
    """The pictures as parts of a message, each after the numbers of its sources."""
    parts: list[dict[str, Any]] = []
    for crop in crops:
        numbers = ", ".join(str(n) for n in crop.numbers)
        parts.append({"type": "text", "text": f"\n\nWhere SOURCE {numbers} stands:\n"})
        encoded = b64encode(crop.jpeg).decode("ascii")
        parts.append({"type": "image", "base64": encoded, "mime_type": "image/jpeg"})
    return parts


def _seen(piece: Evidence) -> bool:
    return piece.chunk.kind in (ChunkKind.CAPTION, ChunkKind.OCR) or piece.media_type.startswith("image/")
