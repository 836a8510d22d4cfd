"""A question as a query: a model writes it from what the graph is made of, the store checks and runs it."""

from __future__ import annotations

import re
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING

from graph.errors import WrongUse
from graph.types import Mode, Node, Retrieved, Subgraph
from graph.ways import Filters, Way
from llm.numbered import Numbered, edge_of, steps
from llm.prompts import prompt
from llm.untrusted import inert_line

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

    from llm.views import Graph

_FENCED = re.compile(r"```(?:\w+)?\s*(.*?)```", re.DOTALL)
_LONGEST_QUESTION = 1000
_ATTEMPTS = 2
EVERYTHING = Filters()


def write_query(
    chat: BaseChatModel, graph: Graph, question: str, collections: Sequence[str], filters: Filters = EVERYTHING
) -> str:
    """The query that a model writes for a question; where it would be refused, the model is told once.

    What it writes is checked again where it runs. Raises the errors of `llm.errors`.
    """
    from langchain_core.messages import AIMessage, HumanMessage, SystemMessage

    from llm.hidden import Visible
    from llm.replies import check_finish

    kinds = graph.claimed.kinds(collections)
    documents = graph.claimed.allowed_documents(filters, collections)
    rules = prompt("cypher").fill(
        kinds=", ".join(_value(kind) for kind in kinds),
        predicates=", ".join(_value(each) for each in graph.claimed.predicates(collections)),
    )
    asked = [SystemMessage(rules), HumanMessage(f"Question: {inert_line(question)[:_LONGEST_QUESTION]}")]
    query = ""
    for _ in range(_ATTEMPTS):
        reply = chat.invoke(asked)
        check_finish(reply, "?")
        visible = Visible()
        query = _query(visible.feed(reply.text) + visible.finish())
        try:
            graph.reader.check(query, collections[0], kinds, filters=filters, documents=documents)
        except WrongUse as refused:
            told = HumanMessage(f"This query is refused: {refused}\nWrite it anew, only the query.")
            asked = [*asked[:2], AIMessage(query), told]
        else:
            break
    return query


def rows(
    graph: Graph,
    question: str,
    query: str,
    limit: int,
    collections: Sequence[str],
    filters: Filters = EVERYTHING,
) -> Retrieved:
    """The rows of a query within the filters, with the passages and claims among them as evidence.

    Raises what `graph.reader.Reader.rows` raises.
    """
    began = time.perf_counter()
    kinds, documents = graph.claimed.kinds(collections), graph.claimed.allowed_documents(filters, collections)
    found = graph.reader.rows(query, collections[0], kinds, filters=filters, documents=documents)
    claims = graph.claimed.graph(collections).only(filters, documents).claims
    numbered = Numbered(limit)
    told = steps(graph, [claims[id_] for id_ in found.ids if id_ in claims][:limit], numbered)
    for passage in graph.search.chunks([id_ for id_ in found.ids if id_ not in claims]):
        if passage.chunk.collection in collections:
            numbered.number(passage.chunk.id, "query")
    nodes = {end.id: Node(end.id, end.name, end.type) for s in told.values() for end in (s.subject, s.object)}
    return Retrieved(
        question,
        Mode.CYPHER,
        numbered.evidence(graph),
        Subgraph(tuple(nodes.values()), tuple(edge_of(step) for step in told.values())),
        graph.documents.searched(collections, documents),
        {"query": time.perf_counter() - began},
        tuple(told),
        way=Way(claims=len(claims), table=found.table),
    )


def _value(text: str) -> str:
    return inert_line(text)[:60]


def _query(reply: str) -> str:
    fenced = _FENCED.search(reply)
    return (fenced.group(1) if fenced else reply).strip()
