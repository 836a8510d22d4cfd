"""`python -m ingest embed`: the vectors by which passages are found by meaning, made anew or by another model."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

import cli
import settings as configuration
from graph.store import Store
from graph.wording import many, money
from ingest.commands_jobs import wait
from llm.embed import DEFAULT_EMBEDDING, EmbeddingSpec, open_embedder

if TYPE_CHECKING:
    from argparse import _SubParsersAction

TOKENS_PER_PASSAGE = 200


def embed_command(given: argparse.Namespace) -> int:
    """Have passages found by meaning by another model, or make anew what the present one needs for it (vectors).

    It goes on where it was after an interruption. Until it is done, words still find everything. A model that is not
    ready changes nothing.
    """
    settings = configuration.read()
    with Store(settings) as store:
        meta = store.embeddings.meta()
        if given.cancel:
            count = store.embeddings.stop()
            cli.show(given, {"cancelled": count}, f"left without new vectors: {many(count, 'document')}")
            return cli.DONE
        embedder = open_embedder(
            given.model or meta.wanted_model or meta.embedding_model or DEFAULT_EMBEDDING, settings
        )
        # One question before the old vectors go: a wrong key or a missing model shows now.
        embedder.query("ready?")
        _tell_what_is_sent(
            embedder.spec, store.documents.searched([each.id for each in store.cabinets.listed()]).chunks
        )
        store.embeddings.start_anew(embedder.spec.id, embedder.spec.dimensions)
        try:
            wait(store, settings, None)
        except KeyboardInterrupt:
            cli.say("it goes on in the background; `python -m ingest status` shows how far, `embed --cancel` stops it")
            return cli.IN_PART
        stats = store.documents.searched([each.id for each in store.cabinets.listed()])
    data = {"model": embedder.spec.id, "chunks": stats.chunks, "unembedded": stats.unembedded}
    cli.show(
        given,
        data,
        f"{stats.chunks - stats.unembedded} of {many(stats.chunks, 'passage')} with vectors of {data['model']}",
    )
    return cli.DONE if not stats.unembedded else cli.IN_PART


def _tell_what_is_sent(spec: EmbeddingSpec, chunks: int) -> None:
    """How many passages leave this computer, and what that costs about."""
    if not spec.here:
        price = spec.price_in
        cost = "" if price is None else f", about {money(chunks * TOKENS_PER_PASSAGE * price / 1_000_000)}"
        cli.say(f"to {spec.id} goes at most {many(chunks, 'passage')}{cost}")


def add_embed(commands: _SubParsersAction[argparse.ArgumentParser]) -> None:
    """Give the command line its `embed`."""
    sub = cli.add_json(commands.add_parser("embed", help=embed_command.__doc__, description=embed_command.__doc__))
    sub.add_argument("--model", metavar="ID", help="model that finds by meaning; without it, the present one")
    sub.add_argument("--cancel", action="store_true", help="stop; `embed --model` with the former one goes back to it")
    sub.set_defaults(command=embed_command)
