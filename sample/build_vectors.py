"""Writes `vectors.npz`: the vectors of the sample's passages and claims, so that opening it needs no computing.

`python -m sample.build_vectors` imports the sample into a temporary home, lets the offline model make every vector, and
keeps them under the hash of model and text. A text that changed since is simply computed when the sample is opened.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import settings as configuration
from graph.embedded import stop_server
from graph.store import Store
from ingest import vectors
from ingest.sample import submit_sample
from ingest.worker import work
from llm.embed import DEFAULT_EMBEDDING, open_embedder


def texts_to_embed(store: Store) -> list[str]:
    """Every text of the graph that gets a vector."""
    chunks = store.query("MATCH (c:Chunk) WHERE c.text <> '' RETURN c.text AS text")
    statements = store.query("MATCH (s:Statement) RETURN s.text AS text")
    return sorted({row["text"] for row in [*chunks, *statements]})


def main() -> None:
    """Make the file anew."""
    vectors.KNOWN.unlink(missing_ok=True)
    with tempfile.TemporaryDirectory(prefix="wunderkammer-sample-", ignore_cleanup_errors=True) as home:
        settings = configuration.read(dict(os.environ) | {"WUNDERKAMMER_HOME": home, "NEO4J_URI": ""})
        with Store(settings) as store:
            submit_sample(store, settings)
            work(settings, idle=1)
            texts = texts_to_embed(store)
        stop_server(settings)
    embedder = open_embedder(DEFAULT_EMBEDDING, configuration.read())
    vectors.save(vectors.KNOWN, embedder.spec.id, texts, embedder.passages(texts))
    print(f"{len(texts)} vectors in {Path(vectors.KNOWN).name}, {vectors.KNOWN.stat().st_size // 1024} kB")


if __name__ == "__main__":
    main()
