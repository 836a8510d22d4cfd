"""When a claim holds, as its source says it: the words, their EDTF form, and bounds that sort."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class When:
    """`words` as the source has them; `edtf` (ISO 8601-2, level 1) is empty where they could not be read.

    `earliest` and `latest` are the first and last day that may be meant, each as year * 10000 + month * 100 + day with
    astronomical years (1 BC is 0): they sort as the days do. None: not known, or open on that side.
    """

    words: str
    edtf: str = ""
    earliest: int | None = None
    latest: int | None = None
