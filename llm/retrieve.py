"""From a question to evidence, without any model at question time but the embedding.

`hybrid` fuses what is near by meaning with what shares words. `graph` reads on from the best of these (`llm.reading`),
starts a personalised PageRank at what it found so, at the entities of the statements nearest to the question and at
those that the question names, and ranks passages by where the walk ends (after HippoRAG 2, arXiv 2502.14802, without
its model call). `auto` takes `graph` where there is one. docs/retrieval.md says how the weights were chosen.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from graph.errors import WrongUse
from graph.types import DEFAULT_COLLECTION, Evidence, Mode, Retrieved
from llm.connect import connecting_subgraph
from llm.embed import Embedder
from llm.lookup import WEIGHTS, Clock, Lookup, Weights
from llm.together import ahead
from llm.views import Graph
from llm.words import content_words


class ModeNotHere(WrongUse):
    en = "The mode {mode!r} is not part of this version. Choose auto, hybrid or graph."
    de = "Den Modus {mode!r} gibt es in dieser Version nicht. Wählen Sie auto, hybrid oder graph."


class EmptyQuestion(WrongUse):
    en = "The question is empty. Write what you want to know."
    de = "Die Frage ist leer. Schreiben Sie, was Sie wissen möchten."


_WALKED = 200
"""Passages of the ranking that are looked at where not all of them may be shown."""


def retrieve(
    graph: Graph,
    embedder: Embedder | None,
    question: str,
    mode: Mode = Mode.AUTO,
    limit: int = 8,
    collections: Sequence[str] = (DEFAULT_COLLECTION,),
    weights: Weights = WEIGHTS,
    fitting: Callable[[Sequence[str]], Sequence[str]] | None = None,
) -> Retrieved:
    """Evidence for a question, best first, at most `limit` passages, with the claims that connect it.

    `fitting` tells which ids, in order, may be shown. Raises EmptyQuestion, ModeNotHere, what the database raises.
    """
    if not question.strip():
        raise EmptyQuestion()
    if mode not in (Mode.AUTO, Mode.HYBRID, Mode.GRAPH):
        raise ModeNotHere(mode=mode.value)
    clock = Clock()
    most = limit if fitting is None else _WALKED
    walks = mode is not Mode.HYBRID
    lookup = Lookup(graph, _usable(graph, embedder), question, collections, weights, clock, most, walks)
    searched = clock.time("searched", lambda: graph.documents.searched(collections))
    lookup.complete = not searched.unembedded
    scores, why = lookup.hybrid(), lookup.why
    if not content_words(question) or not lookup.is_about(scores):
        scores = {}
    seeds: dict[str, float] = {}
    chosen = Mode.HYBRID
    if walks and scores:
        ranked, seeds = lookup.by_graph(scores)
        if ranked:
            scores, chosen = ranked, Mode.GRAPH
    best = sorted(scores, key=lambda id_: (-scores[id_], id_))[:most]
    best = list(best if fitting is None else fitting(best))[:limit]
    drawn = ahead(lambda: clock.time("subgraph", lambda: connecting_subgraph(graph, best, seeds)))
    found = clock.time("read", lambda: graph.search.chunks(best))
    evidence = tuple(
        Evidence(n, f.chunk, f.title, f.media_type, float(scores[f.chunk.id]), tuple(why.get(f.chunk.id, ("graph",))))
        for n, f in enumerate(found, start=1)
    )
    nearest = lookup.about() if evidence else ()
    return Retrieved(question, chosen, evidence, drawn.result(), searched, clock.seconds, nearest)


def _usable(graph: Graph, embedder: Embedder | None) -> Embedder | None:
    """The embedder if the stored vectors are its own: vectors of different models never mix."""
    if embedder is None:
        return None
    return embedder if graph.embeddings.meta().embedding_model == embedder.spec.id else None
