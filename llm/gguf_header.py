"""What a GGUF file says about itself: read from its header, without llama.cpp and without its weights.

So the memory that a model takes is known, and a file that cannot work is refused, before anything is loaded.
"""

from __future__ import annotations

import mmap
import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from math import prod
from pathlib import Path
from typing import Any, Final

from llm.errors import BadModelFile

_MAGIC: Final = b"GGUF"
_VERSIONS: Final = (2, 3)
_SCALARS: Final = {0: "B", 1: "b", 2: "H", 3: "h", 4: "I", 5: "i", 6: "f", 7: "?", 10: "Q", 11: "q", 12: "d"}
_STRING, _ARRAY = 8, 9
_SHORT: Final = 64
"""Arrays up to this length are read, longer ones (the vocabulary) skipped: a model has fewer layers with tables."""
_MOST_ENTRIES: Final = 1 << 24
_MOST_DIMENSIONS: Final = 4
_PART: Final = re.compile(r"-(\d{5})-of-(\d{5})\.gguf$")
_BLOCKS: Final = {
    0: (1, 4),
    1: (1, 2),
    2: (32, 18),
    3: (32, 20),
    6: (32, 22),
    7: (32, 24),
    8: (32, 34),
    20: (32, 18),
    10: (256, 84),
    11: (256, 110),
    12: (256, 144),
    13: (256, 176),
    14: (256, 210),
    15: (256, 292),
    16: (256, 66),
    17: (256, 74),
    18: (256, 98),
    19: (256, 50),
    21: (256, 110),
    22: (256, 82),
    23: (256, 136),
    24: (1, 1),
    25: (1, 2),
    26: (1, 4),
    27: (1, 8),
    28: (1, 8),
    29: (256, 56),
    30: (1, 2),
    39: (32, 17),
}
"""Kind of tensor: how many weights a block has, and its bytes."""
_REORDERED: Final = frozenset({2, 12, 20})
"""Kinds (Q4_0, Q4_K, IQ4_NL) that llama.cpp copies in another order when it runs on a processor."""


@dataclass(frozen=True, slots=True)
class Header:
    """What of a header matters here. `size` is the file's, in bytes; `reordered` how much of it is kept a second time.

    `context` is the window it was trained for; `cache` the bytes that one token takes in the cache of keys and values.
    """

    name: str
    architecture: str
    licence: str
    size: int
    reordered: int
    context: int
    cache: int
    embedding: int
    feed_forward: int
    heads: int
    vocabulary: int
    template: bool

    def needed(self, window: int, batch: int) -> int:
        """Bytes that the model takes in all with a window of so many tokens, reading `batch` of them at once."""
        layer = 4 * (self.embedding + 2 * self.feed_forward) + self.heads * window
        return self.size + self.reordered + window * self.cache + 4 * batch * (self.vocabulary + layer)


def header(path: Path) -> Header:
    """The header of a GGUF file. Raises BadModelFile for one that is none, not whole, too new or no chat model."""
    try:
        parts = [each.stat() for each in part_paths(path)]
    except OSError as problem:
        raise _bad(path, f"it cannot be read ({problem.strerror})", f"nicht lesbar ({problem.strerror})") from None
    found = _header(path, parts[0].st_mtime_ns, parts[0].st_size, sum(part.st_size for part in parts))
    if not found.template:
        raise _bad(
            path,
            "it has no chat template, so it is a base model that continues texts and answers no questions; take the "
            "variant that is called Instruct, Chat or it",
            "es hat keine Chat-Vorlage, ist also ein Grundmodell, das Texte fortsetzt und keine Fragen beantwortet; "
            "nehmen Sie die Fassung, die Instruct, Chat oder it heißt",
        )
    return found


def part_names(name: str) -> tuple[str, ...]:
    """All files of a model that is split (NAME-00001-of-00003.gguf), or the one."""
    part = _PART.search(name)
    if part is None:
        return (name,)
    return tuple(f"{name[: part.start()]}-{n:05}-of-{part[2]}.gguf" for n in range(1, min(int(part[2]), 999) + 1))


def part_paths(path: Path) -> tuple[Path, ...]:
    """The same for a file here, the first one first."""
    return tuple(path.with_name(name) for name in part_names(path.name))


@lru_cache(maxsize=32)
def _header(path: Path, _changed: int, size: int, whole: int) -> Header:
    if size < len(_MAGIC):
        raise _no_gguf(path)
    try:
        with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
            return _parsed(_Reader(data, path), size, whole)
    except OSError as problem:
        raise _bad(path, f"it cannot be read ({problem.strerror})", f"nicht lesbar ({problem.strerror})") from None
    except (struct.error, IndexError):
        raise _cut(path) from None
    except (KeyError, TypeError, ValueError, ArithmeticError):
        raise _bad(path, "its header makes no sense", "sein Kopf ergibt keinen Sinn") from None


def _parsed(reader: _Reader, size: int, whole: int) -> Header:
    tensors, values = reader.begin()
    about = dict(reader.values(values))
    reordered = reader.tensors(tensors, int(about.get("general.alignment", 32)), size)
    kind = str(about["general.architecture"])

    def number(key: str, default: int = 0) -> int:
        value = about.get(f"{kind}.{key}", default)
        return int(max(value, default=default) if isinstance(value, list) else value)

    heads = number("attention.head_count", 1) or 1
    head = number("embedding_length") // heads
    kept = about.get(f"{kind}.attention.head_count_kv", heads)
    layers = number("block_count", 1)
    kept_heads = sum(int(each) for each in kept) if isinstance(kept, list) else int(kept) * layers
    keys_and_values = number("attention.key_length", head) + number("attention.value_length", head)
    template = about.get("tokenizer.chat_template")
    return Header(
        name=str(about.get("general.name") or reader.path.stem),
        architecture=kind,
        licence=str(about.get("general.license") or "?"),
        size=whole,
        # Of a model in parts the first tells for all.
        reordered=reordered * whole // size,
        context=number("context_length") or 2_048,
        cache=2 * kept_heads * keys_and_values,
        embedding=number("embedding_length"),
        feed_forward=number("feed_forward_length"),
        heads=heads,
        vocabulary=number("vocab_size") or int(about.get("tokenizer.ggml.tokens", 0)),
        template=isinstance(template, str) and bool(template.strip()),
    )


class _Reader:
    """Reads one value after another; struct.error and IndexError mean that the file ends too early."""

    def __init__(self, data: mmap.mmap, path: Path) -> None:
        self.path = path
        self._data = data
        self._at = 0

    def begin(self) -> tuple[int, int]:
        """How many tensors and how many values follow."""
        if self._data[: len(_MAGIC)] != _MAGIC:
            raise _no_gguf(self.path)
        self._at = len(_MAGIC)
        version = self._number("I")
        if version not in _VERSIONS:
            raise _version(self.path, version)
        tensors, values = self._number("Q"), self._number("Q")
        if max(tensors, values) > _MOST_ENTRIES:
            raise ValueError("too many entries")
        return tensors, values

    def values(self, count: int) -> Iterator[tuple[str, Any]]:
        """Names and values; of a long list only its length."""
        for _ in range(count):
            yield self._text(), self._value(self._number("I"))

    def tensors(self, count: int, alignment: int, size: int) -> int:
        """Bytes of the tensors that are kept a second time; raises where the file is shorter than they are together."""
        end, twice = 0, 0
        for _ in range(count):
            name = self._text()
            dimensions = self._number("I")
            if dimensions > _MOST_DIMENSIONS:
                raise ValueError("too many dimensions")
            weights = prod(self._number("Q") for _ in range(dimensions))
            kind, offset = self._number("I"), self._number("Q")
            block, width = _BLOCKS.get(kind, (1, 0))
            taken = weights // block * width
            end = max(end, offset + taken)
            if kind in _REORDERED and not name.startswith("token_embd"):
                twice += taken
        if -(-self._at // alignment) * alignment + end > size:
            raise _cut(self.path)
        return twice

    def _number(self, kind: str) -> Any:
        (value,) = struct.unpack_from(f"<{kind}", self._data, self._at)
        self._at += struct.calcsize(f"<{kind}")
        return value

    def _text(self) -> str:
        length = self._number("Q")
        start = self._at
        self._skip(length)
        return self._data[start : self._at].decode("utf-8", "replace")

    def _skip(self, length: int) -> None:
        if length > len(self._data) - self._at:
            raise IndexError("the file ends here")
        self._at += length

    def _value(self, kind: int) -> Any:
        if kind == _STRING:
            return self._text()
        if kind != _ARRAY:
            return self._number(_SCALARS[kind])
        kind, count = self._number("I"), self._number("Q")
        if count <= _SHORT or kind == _ARRAY:
            return [self._value(kind) for _ in range(min(count, _MOST_ENTRIES))]
        if kind != _STRING:
            self._skip(count * struct.calcsize(f"<{_SCALARS[kind]}"))
            return count
        unpack, at, data = struct.Struct("<Q").unpack_from, self._at, self._data
        for _ in range(count):
            at += 8 + unpack(data, at)[0]
        self._at = 0
        self._skip(at)
        return count


def _bad(path: Path, detail: str, grund: str) -> BadModelFile:
    return BadModelFile(file=path.name, detail=detail, grund=grund)


def _no_gguf(path: Path) -> BadModelFile:
    return _bad(
        path,
        "it is no GGUF file; take a file that ends in .gguf, made for llama.cpp",
        "es ist keine GGUF-Datei; nehmen Sie eine, die auf .gguf endet und für llama.cpp gemacht ist",
    )


def _cut(path: Path) -> BadModelFile:
    return _bad(
        path,
        "it ends too early, as after a download that broke off; load it again",
        "sie endet zu früh, wie nach einem abgebrochenen Herunterladen; laden Sie sie noch einmal",
    )


def _version(path: Path, version: int) -> BadModelFile:
    if version & 0xFFFF == 0:
        return _bad(
            path, "it was made for machines with another order of bytes", "sie ist für eine andere Bytefolge gemacht"
        )
    if version < min(_VERSIONS):
        return _bad(
            path,
            f"its format (version {version}) is too old; take a newer file of this model",
            f"ihr Format (Version {version}) ist zu alt; nehmen Sie eine neuere Datei dieses Modells",
        )
    return _bad(
        path,
        f"its format (version {version}) is newer than what can be read here; update with: make local-models",
        f"ihr Format (Version {version}) ist neuer als hier lesbar; aktualisieren Sie mit: make local-models",
    )
