"""The graph for network tools: GraphML and GEXF, entities as nodes and claims as edges, each with its sources.

GraphML takes no lists, GEXF loses an edge's attribute called `type`: lists are texts, one piece a line, and the kind of
a thing is `kind`. Of several sources of a claim the first is spelled out, and all of them stand in `sources` as JSON.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from typing import Any, Final, TextIO

from graph.leaving import Credit, credit
from graph.taken import Claim, Taken, Told
from graph.types import Entity

Values = dict[str, str | int | float | bool]

NODE: Final = {
    "name": "string",
    "kind": "string",
    "aliases": "string",
    "description": "string",
    "same_as": "string",
}
EDGE: Final = {
    "predicate": "string",
    "text": "string",
    "confidence": "double",
    "model": "string",
    "earliest": "int",
    "latest": "int",
    "dated": "string",
    "edtf": "string",
    "place": "string",
    "quote": "string",
    "supported": "boolean",
    "document": "string",
    "address": "string",
    "page": "int",
    "region": "string",
    "rights": "string",
    "attribution": "string",
    "sources_count": "int",
    "sources": "string",
}
"""What is said of nodes and edges, and of which type it is."""
_GEXF_TYPES: Final = {"int": "integer"}
_NOT_XML: Final = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_SPECIAL: Final = {
    "&": "&amp;",
    "<": "&lt;",
    ">": "&gt;",
    '"': "&quot;",
    # A parser would make spaces and line feeds of these.
    "\t": "&#9;",
    "\n": "&#10;",
    "\r": "&#13;",
}


def xml_text(value: object) -> str:
    """A value as text of XML or between quotes there; what XML cannot hold stands as its picture (␀) or as �."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return "".join(_SPECIAL.get(letter, letter) for letter in _NOT_XML.sub(_picture, str(value)))


def write_graphml(taken: Taken, out: TextIO) -> None:
    """Write everything that was taken as GraphML."""
    out.write(
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<graphml xmlns="http://graphml.graphdrawing.org/xmlns" '
        'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
        'xsi:schemaLocation="http://graphml.graphdrawing.org/xmlns '
        'http://graphml.graphdrawing.org/xmlns/1.0/graphml.xsd">\n'
    )
    for kind, table in (("node", NODE), ("edge", EDGE)):
        for name, type_ in table.items():
            out.write(f'<key id="{kind}_{name}" for="{kind}" attr.name="{name}" attr.type="{type_}"/>\n')
    out.write('<graph id="wunderkammer" edgedefault="directed">\n')
    for entity in taken.entities():
        said = _data("node", node_values(entity))
        out.write(f'<node id="{xml_text(entity.id)}">{said}</node>\n')
    for claim, values in _edges(taken):
        ends = f'source="{xml_text(claim.subject)}" target="{xml_text(claim.object)}"'
        out.write(f'<edge id="{xml_text(claim.id)}" {ends}>{_data("edge", values)}</edge>\n')
    out.write("</graph>\n</graphml>\n")


def write_gexf(taken: Taken, out: TextIO) -> None:
    """Write everything that was taken as GEXF."""
    out.write(
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<gexf xmlns="http://www.gexf.net/1.2draft" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
        'xsi:schemaLocation="http://www.gexf.net/1.2draft http://www.gexf.net/1.2draft/gexf.xsd" version="1.2">\n'
        '<graph mode="static" defaultedgetype="directed">\n'
    )
    for kind, table in (("node", NODE), ("edge", EDGE)):
        out.write(f'<attributes class="{kind}">\n')
        for name, type_ in table.items():
            out.write(f'<attribute id="{name}" title="{name}" type="{_GEXF_TYPES.get(type_, type_)}"/>\n')
        out.write("</attributes>\n")
    out.write("<nodes>\n")
    for entity in taken.entities():
        said = _attvalues(node_values(entity))
        out.write(f'<node id="{xml_text(entity.id)}" label="{xml_text(entity.name)}">{said}</node>\n')
    out.write("</nodes>\n<edges>\n")
    for claim, values in _edges(taken):
        ends = f'source="{xml_text(claim.subject)}" target="{xml_text(claim.object)}"'
        label = f'label="{xml_text(claim.predicate)}"'
        out.write(f'<edge id="{xml_text(claim.id)}" {ends} {label}>{_attvalues(values)}</edge>\n')
    out.write("</edges>\n</graph>\n</gexf>\n")


def node_values(entity: Entity) -> Values:
    """What is said of a person, place or thing."""
    return _said(
        name=entity.name,
        kind=entity.type,
        aliases="\n".join(entity.aliases),
        description=entity.description,
        same_as="\n".join(entity.same_as),
    )


def edge_values(claim: Claim, credits: Callable[[str], Credit | None]) -> Values:
    """What is said of a claim; `credits` gives the credit of a document."""
    first = claim.told[0] if claim.told else None
    values = _said(
        predicate=claim.predicate, text=claim.text, confidence=claim.confidence, model=claim.model,
        earliest=claim.earliest, latest=claim.latest, sources_count=len(claim.told),
    )  # fmt: skip
    if first is not None:
        values |= source_values(first, credits(first.document))
    every = [source_values(told, credits(told.document)) for told in claim.told]
    return values | {"sources": json.dumps(every, ensure_ascii=False)}


def source_values(told: Told, owned: Credit | None) -> Values:
    """Where a claim is made, and whose words these are."""
    when = told.source.when
    return _said(
        document=owned.title if owned else None,
        address=owned.address if owned else None,
        page=told.page,
        region=str(told.region) if told.region else None,
        quote=told.source.quote,
        supported=told.source.supported,
        dated=when.words if when else None,
        edtf=when.edtf if when else None,
        place=told.source.place,
        rights=owned.rights if owned else None,
        attribution=owned.attribution if owned else None,
    )


def _edges(taken: Taken) -> Iterator[tuple[Claim, Values]]:
    credits = {document.id: credit(document) for document in taken.documents()}
    for claim in taken.claims():
        yield claim, edge_values(claim, credits.get)


def _data(kind: str, values: Values) -> str:
    return "".join(f'<data key="{kind}_{name}">{xml_text(value)}</data>' for name, value in values.items())


def _attvalues(values: Values) -> str:
    each = (f'<attvalue for="{name}" value="{xml_text(value)}"/>' for name, value in values.items())
    return f"<attvalues>{''.join(each)}</attvalues>"


def _said(**values: Any) -> Values:
    return {name: value for name, value in values.items() if value not in (None, "")}


def _picture(letter: re.Match[str]) -> str:
    code = ord(letter.group())
    return chr(0x2400 + code) if code < 0x20 else "\ufffd"
