"""The graph as a script in Cypher for cypher-shell: constraints, then nodes and edges, some hundred at once.

Labels, types and names of properties are words of ours; everything else is a literal that nothing can leave. A
statement is one line, and each merges: what was loaded twice, or half, is there once.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from itertools import groupby, islice
from typing import Final, TextIO, TypeVar

from graph.export_tables import EDGES, NODES, Edge, Edges, Node, Value, Values
from graph.taken import Taken
from graph.vocabulary import TYPES, is_identifier

T = TypeVar("T", Node, Edge)
K = TypeVar("K", str, tuple[str, ...])

ROWS: Final = 100
"""Nodes or edges in one statement: a server compiles each statement anew."""
_SHORT: Final = {"\\": "\\\\", "'": "\\'", "\n": "\\n", "\r": "\\r", "\t": "\\t"}
_HARD: Final = re.compile("[\\\\'\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ufffe\uffff]")
_NUMBERED: Final = re.compile(r"\\(?=u)")
"""A backslash before a u: Cypher reads what follows as a letter by its number before it reads the literal."""
_PRIVATE: Final = range(0xE000, 0xF8FF)


def write(taken: Taken, out: TextIO) -> None:
    """Write everything that was taken."""
    out.write("// A graph of Wunderkammer. To load it: cypher-shell -a ADDRESS -u USER -f FILE\n")
    for table in NODES:
        out.write(f"CREATE CONSTRAINT IF NOT EXISTS FOR (n:{table.label}) REQUIRE n.id IS UNIQUE;\n")
    for table in NODES:
        for labels, some in _alike(table.read(taken), lambda node: node.labels):
            more = "".join(f":{label}" for label in labels[1:] if label in TYPES)
            rows = _list(_map(node.values) for node in some)
            given = f" SET n{more}" if more else ""
            out.write(f"UNWIND {rows} AS row MERGE (n:{table.label} {{id: row.id}}) SET n += row{given};\n")
    for edges in EDGES:
        for type_, few in _alike(edges.read(taken), lambda edge: edge.type):
            if is_identifier(type_):
                out.write(_edges(edges, type_, few))


def literal(value: Value) -> str:
    """A value as Cypher writes it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, tuple):
        return _list(map(literal, value))
    if isinstance(value, str):
        return _text(value)
    return "null" if value is None else repr(value)


def _text(value: str) -> str:
    if not _NUMBERED.search(value):
        return f"'{_HARD.sub(_escaped, value)}'"
    # Put back by the database, when no number can be read any more.
    stand_in = next(chr(code) for code in _PRIVATE if chr(code) not in value)
    return f"replace('{_HARD.sub(_escaped, _NUMBERED.sub(stand_in, value))}', '{stand_in}', '\\\\')"


def _edges(table: Edges, type_: str, edges: Iterable[Edge]) -> str:
    rows = _list(_map({"a": edge.start, "b": edge.end}, v=_map(edge.values)) for edge in edges)
    key = f" {{{table.key}: row.v.{table.key}}}" if table.key else ""
    return (
        f"UNWIND {rows} AS row MATCH (a:{table.start} {{id: row.a}}) MATCH (b:{table.end} {{id: row.b}}) "
        f"MERGE (a)-[r:{type_}{key}]->(b) SET r += row.v;\n"
    )


def _alike(things: Iterable[T], key: Callable[[T], K]) -> Iterator[tuple[K, list[T]]]:
    """Some at once, those of one sort together."""
    source = iter(things)
    while some := list(islice(source, ROWS)):
        for sort, same in groupby(sorted(some, key=key), key):
            yield sort, list(same)


def _map(values: Values, **more: str) -> str:
    pairs = [f"{name}: {literal(value)}" for name, value in values.items() if value not in (None, "", ())]
    return "{" + ", ".join([*pairs, *(f"{name}: {text}" for name, text in more.items())]) + "}"


def _list(texts: Iterable[str]) -> str:
    return "[" + ", ".join(texts) + "]"


def _escaped(letter: re.Match[str]) -> str:
    found = letter.group()
    return _SHORT.get(found) or f"\\u{ord(found):04x}"
