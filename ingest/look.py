"""A vision model looks at a picture, a page or a part of one: asked once, then known.

What a model said of a picture is kept in the home under the hash of the very bytes it was shown, with the model, the
prompt and the language: the same picture is not paid for twice, in whatever document it comes again.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Final

from graph.types import Chunk, ChunkKind, Document
from ingest.files import FileStore
from ingest.part import Shown, halves, shown
from llm.caption import CAPTION_PROMPT, Caption, Part, Writing, caption
from llm.errors import CutOff
from llm.ocr import OcrBlock
from llm.prompts import prompt
from llm.spec import ModelSpec
from llm.transcribe import TRANSCRIBE_PROMPT, transcribe
from settings import Settings

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

SCARCE: Final = 200
"""Characters below which a page that was read is a picture with some words on it, and is described as well."""
MOST_DIVISIONS: Final = 2
"""A page whose answer is cut off is read in two halves, and each of these again; then it has failed."""
_UNREADABLE: Final = (OSError, ValueError, TypeError, KeyError)


@dataclass(frozen=True, slots=True)
class Eyes:
    """A model that is ready to be asked, and what it is in the catalog."""

    spec: ModelSpec
    chat: BaseChatModel


@dataclass(frozen=True, slots=True)
class Look:
    """What was seen: words read off a page, a description, both, or nothing at all."""

    shown: Shown
    blocks: tuple[OcrBlock, ...] = ()
    caption: Caption | None = None

    @property
    def empty(self) -> bool:
        """Whether there is nothing to see."""
        return not self.blocks and (self.caption is None or self.caption.empty)


class Looker:
    """Looks at the pictures of one document; may be used from several threads at once."""

    def __init__(self, document: Document, settings: Settings, reads: Eyes | None, describes: Eyes | None) -> None:
        """`reads` transcribes pages without text, `describes` describes pictures; one of them at least is there."""
        self._document, self._settings = document, settings
        self._reads, self._describes = reads, describes
        self._files = FileStore.of(settings)

    def look(self, piece: Chunk) -> Look:
        """What is to be seen where a chunk stands; raises the errors of `llm.errors` and of `ingest.part.shown`."""
        seen = shown(self._files, self._document, piece.page or 1, piece.region, self._settings)
        is_page = piece.kind is ChunkKind.OCR or self._describes is None
        blocks: tuple[OcrBlock, ...] = ()
        if self._reads is not None and is_page:
            blocks = read(self._reads, seen, self._settings)
            if self._describes is None or sum(len(block.text) for block in blocks) >= SCARCE:
                return Look(_plain(seen), blocks)
        assert self._describes is not None, "what neither reads nor describes is never asked"
        language = self._document.caption_language or "en"
        return Look(_plain(seen), blocks, described(self._describes, seen, language, self._settings))


def described(eyes: Eyes, seen: Shown, language: str, settings: Settings) -> Caption:
    """A description of what is shown, known from before or asked for now; raises the errors of `llm.errors`."""
    image = seen.jpeg
    kept = _Kept(settings, image, eyes.spec, prompt(CAPTION_PROMPT).version, language)
    found = kept.caption()
    if found is None:
        found = caption(eyes.chat, image, "image/jpeg", seen.image.size, language, eyes.spec)
        kept.put(asdict(found))
    return found


def read(eyes: Eyes, seen: Shown, settings: Settings, divisions: int = MOST_DIVISIONS) -> tuple[OcrBlock, ...]:
    """The words of a page, known from before or read now; raises the errors of `llm.errors`."""
    image = seen.jpeg
    kept = _Kept(settings, image, eyes.spec, prompt(TRANSCRIBE_PROMPT).version, "")
    known = kept.blocks()
    if known is not None:
        return known
    try:
        found = transcribe(eyes.chat, image, "image/jpeg", seen.image.size, eyes.spec)
    except CutOff:
        if not divisions:
            raise
        found = _in_halves(eyes, seen, settings, divisions - 1)
    kept.put([asdict(block) for block in found])
    return found


def _in_halves(eyes: Eyes, seen: Shown, settings: Settings, divisions: int) -> tuple[OcrBlock, ...]:
    found: list[OcrBlock] = []
    for half in halves(seen):
        top = (half.region.y - seen.region.y) / seen.region.h
        share = half.region.h / seen.region.h
        for block in read(eyes, half, settings, divisions):
            left, upper, right, lower = block.box or (0.0, 0.0, 1.0, 1.0)
            box = left, top + upper * share, right, top + lower * share
            found.append(OcrBlock(block.kind, block.text, box))
    return tuple(found)


def _plain(seen: Shown) -> Shown:
    """The same without its pixels: what was looked at need not be held until it is stored."""
    return Shown(seen.image.resize((1, 1)), seen.region)


class _Kept:
    """What one model said to one prompt about one picture, as a file in the home."""

    def __init__(self, settings: Settings, image: bytes, spec: ModelSpec, version: str, language: str) -> None:
        digest = hashlib.sha256(image).hexdigest()
        key = hashlib.sha256("\x1f".join((digest, spec.id, version, language)).encode()).hexdigest()
        self._store = FileStore(settings.looks)
        self._path = settings.looks / key[:2] / f"{key}.json"

    def caption(self) -> Caption | None:
        """The description that is kept; None where there is none that can be read."""
        try:
            return _caption_from(json.loads(self._path.read_bytes()))
        except _UNREADABLE:
            return None

    def blocks(self) -> tuple[OcrBlock, ...] | None:
        """The words that are kept; None where there are none that can be read."""
        try:
            return _blocks_from(json.loads(self._path.read_bytes()))
        except _UNREADABLE:
            return None

    def put(self, data: Any) -> None:
        """Keep it; raises NoSpaceForFile and FilesNotWritable."""
        self._store.write(self._path, json.dumps(data, ensure_ascii=False).encode("utf-8", "surrogatepass"))


def _caption_from(data: Any) -> Caption:
    """A kept caption; it costs nothing now, so its usage is left out."""
    parts = tuple(Part(**(each | {"box": _box(each["box"])})) for each in data["parts"])
    writing = tuple(Writing(**(each | {"box": _box(each["box"])})) for each in data["writing"])
    return Caption(
        str(data["caption"]),
        str(data["seen"]),
        parts,
        writing,
        tuple(str(each) for each in data["uncertain"]),
        str(data["language"]),
        str(data["model"]),
    )


def _blocks_from(data: Any) -> tuple[OcrBlock, ...]:
    return tuple(OcrBlock(str(each["kind"]), str(each["text"]), _box(each["box"])) for each in data)


def _box(value: Any) -> tuple[float, float, float, float] | None:
    if value is None:
        return None
    left, top, right, bottom = (float(each) for each in value)
    return left, top, right, bottom
