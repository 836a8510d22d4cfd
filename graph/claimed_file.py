"""The claims of a large collection as arrays, for the file that they are kept in.

Rows name each other by number: claims their ends and sources, in the order of the claims; sources their passages.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from graph.claim_graph import Claim, ClaimGraph, Stated, without_collecting
from graph.kept_file import Arrays, packed, unpacked

T = TypeVar("T")
_NEVER = np.iinfo(np.int64).min
"""Stands for no date."""


class _Numbers(dict[T, int]):
    """Numbers things in the order in which they are first met."""

    def __missing__(self, thing: T) -> int:
        self[thing] = number = len(self)
        return number


def to_arrays(graph: ClaimGraph) -> dict[str, npt.NDArray[Any]]:
    """All of a graph of claims, but for what was worked out from it."""
    claims = list(graph.claims.values())
    names, chunks, documents, kinds = (_Numbers[str]() for _ in range(4))
    pairs = _Numbers[tuple[str, str]]()
    sources = [source for claim in claims for source in claim.sources]
    ends = [(names[c.subject], names[c.object]) for c in claims]
    types = [pairs[claim.types] for claim in claims]
    places = [(chunks[s.chunk], documents[s.document]) for s in sources]
    dates = [[_NEVER if date is None else date for date in (s.earliest, s.latest)] for s in sources]
    together = [(names[a], names[b], times) for a, b, times in graph.together]
    return {
        "ids": packed([claim.id for claim in claims]),
        "ends": np.array(ends, np.int32).reshape(-1, 2),
        "types": np.array(types, np.int32),
        "pairs": np.array([(kinds[a], kinds[b]) for a, b in pairs], np.int32).reshape(-1, 2),
        "confidence": np.array([claim.confidence for claim in claims], np.float64),
        "stated": np.concatenate([[0], np.cumsum([len(claim.sources) for claim in claims])]).astype(np.int64),
        "places": np.array(places, np.int32).reshape(-1, 2),
        "supported": np.array([source.supported for source in sources], np.bool_),
        "dates": np.array(dates, np.int64).reshape(-1, 2),
        "together": np.array(together, np.int64).reshape(-1, 3),
        "names": packed(list(names)),
        "chunks": packed(list(chunks)),
        "documents": packed(list(documents)),
        "kinds": packed(list(kinds)),
    }  # fmt: skip


def from_arrays(held: Arrays) -> ClaimGraph:
    """The graph that `to_arrays` was given; ValueError or IndexError where the arrays do not belong together."""
    with without_collecting():
        names, kinds = unpacked(held["names"]), unpacked(held["kinds"])
        sources = _sources(held)
        pairs = [(kinds[a], kinds[b]) for a, b in held["pairs"].tolist()]
        begins = held["stated"].tolist()
        if begins[0] != 0 or begins[-1] != len(sources) or sorted(begins) != begins:
            raise ValueError("sources that belong to no claim")
        ends, ids, sure = held["ends"].tolist(), unpacked(held["ids"]), held["confidence"].tolist()
        claims = {
            id_: Claim(id_, names[a], names[b], pairs[of], confidence, tuple(sources[at:to]))
            for id_, (a, b), of, confidence, (at, to) in zip(
                ids, ends, held["types"].tolist(), sure, pairwise(begins), strict=True
            )
        }
        return ClaimGraph(claims, [(names[a], names[b], times) for a, b, times in held["together"].tolist()])


def _sources(held: Arrays) -> Sequence[Stated]:
    chunks, documents = unpacked(held["chunks"]), unpacked(held["documents"])
    rows = zip(held["places"].tolist(), held["supported"].tolist(), held["dates"].tolist(), strict=True)
    return [
        Stated(
            chunks[chunk], documents[document], supported,
            None if earliest == _NEVER else earliest, None if latest == _NEVER else latest,
        )
        for (chunk, document), supported, (earliest, latest) in rows
    ]  # fmt: skip
