"""The graph as CSV in the form that `neo4j-admin database import` takes, one file for each kind of node and edge.

A list is joined by U+001F, which in a name becomes a space; IMPORT.txt beside the tables has the command for it.
"""

from __future__ import annotations

import csv
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Final, TextIO

from graph.export_tables import EDGES, NODES, Edges, Nodes, Value
from graph.taken import Taken

Open = Callable[[str], AbstractContextManager[TextIO]]
"""Opens a new file of the export by its name."""
BETWEEN: Final = "\x1f"
GUIDE: Final = """\
These tables are a graph of Wunderkammer. To make a database of them, with Neo4j 5 or newer, in this folder:

neo4j-admin database import full neo4j --array-delimiter=U+001F --multiline-fields=true \\
{files}

Afterwards, in the database:

{constraints}

Who reads them with LOAD CSV sets dbms.import.csv.legacy_quote_escaping=false, so that a backslash is one.
The texts are as they stand in their sources: a spreadsheet may take one that begins with = for a formula.
"""


def write(taken: Taken, opened: Open) -> None:
    """Write all tables, and how to import them."""
    for table in NODES:
        with opened(f"{table.name}.csv") as out:
            rows = csv.writer(out, lineterminator="\n")
            rows.writerow(header(table))
            for node in table.read(taken):
                rows.writerow([*(_cell(node.values.get(name)) for name in table.columns), _cell(node.labels)])
    for edges in EDGES:
        with opened(f"{edges.name}.csv") as out:
            rows = csv.writer(out, lineterminator="\n")
            rows.writerow(header(edges))
            for edge in edges.read(taken):
                said = (_cell(edge.values.get(name)) for name in edges.columns)
                rows.writerow([edge.start, edge.type, edge.end, *said])
    with opened("IMPORT.txt") as out:
        files = [f"  --nodes={table.name}.csv" for table in NODES]
        files += [f"  --relationships={table.name}.csv" for table in EDGES]
        constraints = (f"CREATE CONSTRAINT FOR (n:{table.label}) REQUIRE n.id IS UNIQUE;" for table in NODES)
        out.write(GUIDE.format(files=" \\\n".join(files), constraints="\n".join(constraints)))


def header(table: Nodes | Edges) -> list[str]:
    """The first line of a table."""
    columns = [name if type_ == "string" else f"{name}:{type_}" for name, type_ in table.columns.items()]
    if isinstance(table, Edges):
        return [f":START_ID({table.start})", ":TYPE", f":END_ID({table.end})", *columns]
    return [f"id:ID({table.label})", *columns[1:], ":LABEL"]


def _cell(value: Value) -> str | int | float | None:
    if isinstance(value, bool):
        return "true" if value else "false"
    return BETWEEN.join(each.replace(BETWEEN, " ") for each in value) if isinstance(value, tuple) else value
