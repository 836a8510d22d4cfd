"""Unpacking what a server sends packed: the same content however it was cut, damage told."""

from __future__ import annotations

import gzip

import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

from ingest.inflate import Damaged, inflated


@examples(max_examples=60, deadline=None)
@given(st.binary(max_size=3000), st.lists(st.integers(1, 400), min_size=1, max_size=9))
def test_unpacking_does_not_depend_on_how_it_was_cut(content: bytes, sizes: list[int]) -> None:
    packed = gzip.compress(content)
    blocks: list[bytes] = []
    position = 0
    while position < len(packed):
        size = sizes[len(blocks) % len(sizes)]
        blocks.append(packed[position : position + size])
        position += size
    assert b"".join(inflated(blocks, "gzip")) == content
    if len(packed) > 2:
        with pytest.raises(Damaged):
            list(inflated([packed[:-1]], "gzip"))


def test_pieces_stay_small() -> None:
    assert max(map(len, inflated([gzip.compress(bytes(9_000_000))], "gzip"))) <= 1 << 20
