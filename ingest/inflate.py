"""Unpacking what a server sends packed, piece by piece, so that a small answer cannot become a huge one in memory."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator
from typing import Final

_PIECE: Final = 1 << 20
_GZIP: Final = b"\x1f\x8b"
_EITHER: Final = 47
"""zlib's number for: with a header, and the header says whether gzip or zlib."""
_BARE: Final = -15
"""Without a header, as some servers understand deflate."""


class Damaged(ValueError):
    """What was sent cannot be unpacked."""


def inflated(blocks: Iterable[bytes], encoding: str) -> Iterator[bytes]:
    """The content of an answer with this `Content-Encoding`, in pieces of at most a megabyte; raises `Damaged`."""
    match encoding.strip().lower():
        case "" | "identity":
            yield from blocks
        case "gzip" | "x-gzip" | "deflate":
            yield from _inflated(blocks)
        case other:
            raise Damaged(f"it is packed as {other[:40]!r}, which was not asked for")


def _inflated(blocks: Iterable[bytes]) -> Iterator[bytes]:
    machine, begun = zlib.decompressobj(_EITHER), False
    for block in blocks:
        rest = block
        while rest:
            if machine.eof:
                # Several packed pieces in a row are one content; what else follows the end is no part of it.
                if not rest.startswith(_GZIP):
                    return
                machine = zlib.decompressobj(_EITHER)
            try:
                piece = machine.decompress(rest, _PIECE)
            except zlib.error as problem:
                if begun:
                    raise Damaged(str(problem)) from None
                machine = zlib.decompressobj(_BARE)
                piece = _bare(machine, rest)
            begun = True
            rest = machine.unused_data if machine.eof else machine.unconsumed_tail
            if piece:
                yield piece
    yield from _rest(machine, begun)


def _bare(machine: zlib._Decompress, block: bytes) -> bytes:
    try:
        return machine.decompress(block, _PIECE)
    except zlib.error as problem:
        raise Damaged(str(problem)) from None


def _rest(machine: zlib._Decompress, begun: bool) -> Iterator[bytes]:
    """What the machine still holds; a content without its end is damaged."""
    while not machine.eof and (piece := machine.decompress(machine.unconsumed_tail or b"", _PIECE)):
        yield piece
    if begun and not machine.eof:
        raise Damaged("the packed content has no end")
