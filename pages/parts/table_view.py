"""Everything on the canvas as tables: what is claimed, who and what there is; to sort, and for screen readers.

A line that is chosen is told of beside the table, with links to the exact places, as one that is clicked on the canvas.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

import streamlit as st

from graph.identifiers import in_order, named
from graph.types import Subgraph
from pages.language import count, kind, relation, say
from pages.parts.cabinet import Cabinet
from pages.parts.canvas import CO_OCCURS

_HEIGHT = 420


def show(cabinet: Cabinet, graph: Subgraph, on_go: Callable[..., None]) -> None:
    """A table of the claims, and one of the entities; `on_go` is told whom or which line is to be looked at."""
    names = {node.id: node.label for node in graph.nodes}
    edges = [edge for edge in graph.edges if edge.source in names and edge.target in names]
    # Always in one order: what is chosen is told by its number.
    edges.sort(key=lambda edge: (names[edge.source], edge.label, names[edge.target], edge.statement or ""))
    texts = cabinet.store.surroundings.texts([edge.statement for edge in edges if edge.statement])
    st.caption(f"{count('held.entities', len(names))} · {count('held.statements', len(edges))}. {say('table.hint')}")
    _table(
        {
            say("table.sentence"): [texts.get(edge.statement or "", "") for edge in edges],
            say("table.subject"): [names[edge.source] for edge in edges],
            say("table.relation"): [_relation(edge.label) for edge in edges],
            say("table.object"): [names[edge.target] for edge in edges],
        },
        "table.lines",
        say("explore.view.table"),
        [{"entity": edge.source, "with": edge.target} for edge in edges],
        on_go,
    )
    degree = dict.fromkeys(names, 0)
    for edge in edges:
        degree[edge.source] += 1
        degree[edge.target] += edge.source != edge.target
    nodes = sorted(graph.nodes, key=lambda node: (-degree[node.id], node.label))
    entries = cabinet.store.explore.entries([node.id for node in nodes])
    same = {say("table.entries"): [_entries(entries.get(node.id, ())) for node in nodes]} if entries else {}
    _table(
        {
            say("table.name"): [node.label for node in nodes],
            say("table.kind"): [kind(node.type) for node in nodes],
            say("table.claims"): [degree[node.id] for node in nodes],
            **same,
        },
        "table.names",
        say("table.entities"),
        [{"entity": node.id} for node in nodes],
        on_go,
    )


def _table(
    columns: Mapping[str, Sequence[object]],
    key: str,
    alt: str,
    leads: Sequence[Mapping[str, str]],
    on_go: Callable[..., None],
) -> None:
    """A table of which a row can be chosen; `leads` says for each where that leads."""

    def chosen() -> None:
        rows = st.session_state[key].selection.rows
        if rows and rows[0] < len(leads):
            on_go(**leads[rows[0]])

    st.dataframe(
        columns,
        hide_index=True,
        height=_HEIGHT,
        alt=alt,
        key=key,
        on_select=chosen,
        selection_mode="single-row",
        column_config={say("table.sentence"): st.column_config.TextColumn(width="large")},
    )


def _entries(uris: Iterable[str]) -> str:
    return ", ".join(named(uri) for uri in in_order(uris))


def _relation(label: str) -> str:
    if not label:
        return say("table.joined")
    return say("table.together") if label == CO_OCCURS else relation(label)
