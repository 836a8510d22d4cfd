"""The ways in which a question is looked into: by passages, through connections, as a whole, from one thing to another.

`find` is what pages and commands call. `auto` takes the way that the question's words ask for, and says why.
"""

from __future__ import annotations

import re
import time
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

from graph.errors import WrongUse
from graph.types import DEFAULT_COLLECTION, Mode, Node, Retrieved, Subgraph
from graph.ways import Chain, Filters, Named, Reason, Step, Way
from llm import paths
from llm.checked import POOL, Checker, checked
from llm.choose import connects, overlooks
from llm.filtered import only_fitting
from llm.named import named, two
from llm.numbered import Numbered, edge_of, steps
from llm.retrieve import EmptyQuestion, retrieve
from llm.themes import MOST_PASSAGES, themes

if TYPE_CHECKING:
    from llm.embed import Embedder
    from llm.views import ClaimGraph, Graph

EVERYTHING = Filters()
OFFERED = (Mode.AUTO, Mode.HYBRID, Mode.GRAPH, Mode.PATH, Mode.GLOBAL, Mode.CHECKED, Mode.CYPHER)
_MOST_STATED = 16
"""Claims of all chains together."""
_BRIEF = 2
"""Up to so many steps, more than one claim is told for each."""


class QueryNeeded(WrongUse):
    en = "This way of searching needs a query. Choose a model that writes one, or write it yourself."
    de = "Diese Suche braucht eine Abfrage. Wählen Sie ein Modell, das sie schreibt, oder schreiben Sie sie selbst."


def find(
    graph: Graph,
    embedder: Embedder | None,
    question: str,
    mode: Mode = Mode.AUTO,
    limit: int = 8,
    collections: Sequence[str] = (DEFAULT_COLLECTION,),
    filters: Filters = EVERYTHING,
    checker: Checker | None = None,
) -> Retrieved:
    """Evidence for a question in the given way, at most `limit` passages (more for chains and themes), and why so.

    `checker` is who looks through the passages of `Mode.CHECKED`; nobody else asks a model here.

    Raises EmptyQuestion, QueryNeeded, and what the database raises.
    """
    if not question.strip():
        raise EmptyQuestion()
    if mode is Mode.CYPHER:
        raise QueryNeeded()
    if mode is Mode.PATH:
        return _path(graph, question, limit, collections, filters)
    if mode is Mode.GLOBAL:
        return _whole(graph, question, limit, collections, filters, Reason.ASKED)
    if mode is Mode.CHECKED:
        pool = max(POOL, limit)
        wide = only_fitting(graph, embedder, question, Mode.AUTO, pool, collections, filters, retrieve)
        return checked(graph, embedder, checker, wide, limit)
    way = Way()
    if mode is Mode.AUTO:
        if connects(question):
            tried = _path(graph, question, limit, collections, filters)
            if tried.evidence:
                return replace(tried, way=replace(tried.way, reason=Reason.TWO_NAMES))
            way = tried.way if tried.way.reason is Reason.NO_CHAIN else way
        elif overlooks(question) and not named(
            graph.search, question, collections, graph.claimed.graph(collections).degree, parts=False
        ):
            whole = _whole(graph, question, limit, collections, filters, Reason.WHOLE)
            if whole.evidence:
                return whole
    found = only_fitting(graph, embedder, question, mode, limit, collections, filters, retrieve)
    if mode is Mode.AUTO and way.reason is Reason.ASKED:
        way = Way(Reason.CONNECTED if found.mode is Mode.GRAPH else Reason.WORDS)
    return replace(found, way=way)


def _path(graph: Graph, question: str, limit: int, collections: Sequence[str], filters: Filters) -> Retrieved:
    began = time.perf_counter()
    every = graph.claimed.graph(collections)
    mentioned = named(graph.search, question, collections, every.degree)
    ends = two(mentioned)
    documents = graph.claimed.allowed_documents(filters, collections)
    claims = every.only(filters, documents)
    names = tuple(m.entity.name for m in (ends or mentioned))
    words = re.findall(r"\w+", question)
    parts = ((" ".join(words[m.start : m.end]), m.entity.name) for m in ends or () if not m.whole)
    way = Way(Reason.NOT_NAMED, names, len(claims.claims), taken=tuple(parts))
    found = Retrieved(question, Mode.PATH, searched=graph.documents.searched(collections, documents))
    if not claims.claims:
        way = replace(way, reason=Reason.NO_CLAIMS)
    elif ends is not None:
        numbered = Numbered(max(limit, _MOST_STATED))
        chains = _chains(graph, claims, ends[0].entity.id, ends[1].entity.id, numbered)
        way = replace(way, reason=Reason.ASKED if chains else Reason.NO_CHAIN, chains=chains)
        told = [step for chain in chains for many in chain.steps for step in many]
        nearest = tuple(dict.fromkeys(step.statement for step in told))
        found = replace(
            found,
            evidence=numbered.evidence(graph),
            subgraph=_drawn(told, {e.entity.id for e in ends}),
            nearest=nearest,
        )
    return replace(found, way=way, timings={"path": time.perf_counter() - began})


def _chains(graph: Graph, claims: ClaimGraph, begin: str, end: str, numbered: Numbered) -> tuple[Chain, ...]:
    """The best ways from one thing to the other, each step with the claims and passages that make it."""
    made: list[Chain] = []
    for way in paths.ways(claims, begin, end):
        most = 2 if len(way) - 1 <= _BRIEF else 1
        between = [paths.claims_between(claims, a, b, most) for a, b in pairwise(way)]
        told = steps(graph, [claim for many in between for claim in many], numbered)
        links = tuple(tuple(told[claim.id] for claim in many if claim.id in told) for many in between)
        # A way with a step that nothing shows is no evidence of anything.
        if all(links):
            stations = graph.search.entities(list(way))
            made.append(Chain(tuple(Named(e.id, e.name, e.type) for e in stations), links))
    return tuple(made)


def _whole(
    graph: Graph, question: str, limit: int, collections: Sequence[str], filters: Filters, reason: Reason
) -> Retrieved:
    began = time.perf_counter()
    documents = graph.claimed.allowed_documents(filters, collections)
    claims = graph.claimed.graph(collections).only(filters, documents)
    numbered = Numbered(max(limit, MOST_PASSAGES))
    found, left_out = themes(graph, claims, numbered, documents)
    told = [step for theme in found for step in theme.claims]
    way = Way(reason, claims=len(claims.claims), themes=found, left_out=left_out)
    return Retrieved(
        question,
        Mode.GLOBAL,
        numbered.evidence(graph),
        _drawn(told, set()),
        graph.documents.searched(collections, documents),
        {"themes": time.perf_counter() - began},
        tuple(dict.fromkeys(step.statement for step in told)),
        way=way,
    )


def _drawn(told: Sequence[Step], strong: set[str]) -> Subgraph:
    """The claims as a graph; what was asked about stands out."""
    ends = {end.id: end for step in told for end in (step.subject, step.object)}
    edges = {step.statement: edge_of(step) for step in told}
    nodes = (Node(end.id, end.name, end.type, 1.0 if end.id in strong else 0.0) for end in ends.values())
    return Subgraph(tuple(nodes), tuple(edges.values()))
