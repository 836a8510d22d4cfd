"""Everything on the canvas as tables: what is claimed, who and what there is; to sort, and for screen readers."""

from __future__ import annotations

from collections.abc import Iterable

import streamlit as st

from graph.identifiers import in_order, named
from graph.types import Subgraph
from pages.language import count, kind, relation, say
from pages.parts.cabinet import Cabinet
from pages.parts.canvas import CO_OCCURS

_HEIGHT = 420


def show(cabinet: Cabinet, graph: Subgraph) -> None:
    """A table of the claims, and one of the entities."""
    names = {node.id: node.label for node in graph.nodes}
    edges = [edge for edge in graph.edges if edge.source in names and edge.target in names]
    st.caption(f"{count('held.entities', len(names))} · {count('held.statements', len(edges))}")
    st.dataframe(
        {
            say("table.subject"): [names[edge.source] for edge in edges],
            say("table.relation"): [_relation(edge.label) for edge in edges],
            say("table.object"): [names[edge.target] for edge in edges],
        },
        hide_index=True,
        height=_HEIGHT,
        alt=say("explore.view.table"),
    )
    degree = dict.fromkeys(names, 0)
    for edge in edges:
        degree[edge.source] += 1
        degree[edge.target] += edge.source != edge.target
    nodes = sorted(graph.nodes, key=lambda node: (-degree[node.id], node.label))
    entries = cabinet.store.explore.entries([node.id for node in nodes])
    same = {say("table.entries"): [_entries(entries.get(node.id, ())) for node in nodes]} if entries else {}
    st.dataframe(
        {
            say("table.name"): [node.label for node in nodes],
            say("table.kind"): [kind(node.type) for node in nodes],
            say("table.claims"): [degree[node.id] for node in nodes],
            **same,
        },
        hide_index=True,
        height=_HEIGHT,
        alt=say("table.entities"),
    )


def _entries(uris: Iterable[str]) -> str:
    return ", ".join(named(uri) for uri in in_order(uris))


def _relation(label: str) -> str:
    if not label:
        return say("table.joined")
    return say("table.together") if label == CO_OCCURS else relation(label)
