"""The graph as JSON-LD: schema.org for what things are, RDF statements for claims, PROV-O for who says so and where.

One object a line, so that a graph of any size is written, and can be read, a piece at a time. The same graph gives the
same bytes. Addresses of our own are `urn:wunderkammer:`; what each name stands for is in docs/exports.md.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import groupby
from typing import Any, Final, TextIO
from urllib.parse import quote

from graph.correction import Correction
from graph.leaving import Credit, credit, is_web, public_address
from graph.taken import Claim, Taken, Told
from graph.types import Chunk, Document, Entity, Region
from graph.vocabulary import predicate_key

Node = dict[str, Any]
CONTEXT: Final = {
    "wk": "urn:wunderkammer:vocabulary:",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    "prov": "http://www.w3.org/ns/prov#",
    "oa": "http://www.w3.org/ns/oa#",
    "dcterms": "http://purl.org/dc/terms/",
    "schema": "http://schema.org/",
}
EDTF: Final = "http://id.loc.gov/datatypes/edtf/EDTF"
FRAGMENTS: Final = "http://www.w3.org/TR/media-frags/"
_KINDS: Final = {
    "Person": "schema:Person",
    "Place": "schema:Place",
    "Organisation": "schema:Organization",
    "Collection": "schema:Collection",
    "Work": "schema:CreativeWork",
    "Event": "schema:Event",
    "Concept": "schema:DefinedTerm",
}
_BREAKS_ADDRESS: Final = set(' <>"{}|\\^`')


def write(taken: Taken, out: TextIO) -> None:
    """Write everything that was taken."""
    out.write('{"@context": ' + _json(CONTEXT) + ',\n"@graph": [\n')
    for number, node in enumerate(nodes(taken)):
        out.write((",\n" if number else "") + _json(node))
    out.write("\n]}\n")


def nodes(taken: Taken) -> Iterator[Node]:
    """Everything that was taken, one object each; what is said of one thing in several places adds up."""
    credits: dict[str, Credit] = {}
    known: set[str] = set()
    for document in taken.documents():
        credits[document.id] = credit(document)
        yield _document(document)
    for passage in taken.passages():
        yield from _agent(passage.written_by, known)
        yield _passage(passage)
    for entity in taken.entities():
        yield _entity(entity)
    for claim in taken.claims():
        for model in sorted({claim.model, *(told.model for told in claim.told)}):
            yield from _agent(model, known)
        relation = relation_address(claim.predicate)
        if relation not in known:
            known.add(relation)
            yield {"@id": relation, "@type": "rdf:Property", "rdfs:label": claim.predicate}
        yield _claim(claim, relation, credits)
        yield {"@id": address("entity", claim.subject), relation: _to("entity", claim.object)}
    for passage_id, named in groupby(taken.mentions(), key=lambda each: each.passage):
        entities = sorted({each.entity for each in named})
        yield {"@id": address("passage", passage_id), "schema:mentions": [_to("entity", id_) for id_ in entities]}
    for correction in taken.corrections():
        yield from _correction(correction, known)


def address(kind: str, id_: str) -> str:
    """The address of a thing of ours."""
    return f"urn:wunderkammer:{kind}:{quote(id_, safe='')}"


def relation_address(predicate: str) -> str:
    """The address of a relation; two that make the same claims have the same."""
    return address("relation", predicate_key(predicate))


def selectors(told: Told) -> list[Node]:
    """Where a source stands: its words, and the part of the page."""
    found: list[Node] = []
    if told.source.quote:
        found.append({"@type": "oa:TextQuoteSelector", "oa:exact": told.source.quote})
    return found + _part(told.region)


def _part(region: Region | None) -> list[Node]:
    if region is None:
        return []
    conforms = {"@id": FRAGMENTS}
    return [{"@type": "oa:FragmentSelector", "dcterms:conformsTo": conforms, "rdf:value": f"xywh={region}"}]


def _document(document: Document) -> Node:
    return _without_nothing(
        {
            "@id": address("document", document.id),
            "@type": ["wk:Document", "schema:CreativeWork", "prov:Entity"],
            "schema:name": document.title,
            "dcterms:source": _any_address(public_address(document.uri)),
            "dcterms:rights": document.rights,
            "schema:creditText": document.attribution,
            "dcterms:language": document.language,
            "schema:encodingFormat": document.media_type,
            "schema:numberOfPages": document.pages or None,
            "wk:sha256": document.sha256,
            "wk:addedAt": document.added_at,
        }
    )


def _passage(passage: Chunk) -> Node:
    position = {"@type": "oa:TextPositionSelector", "oa:start": passage.start, "oa:end": passage.end}
    return _without_nothing(
        {
            "@id": address("passage", passage.id),
            "@type": ["wk:Passage", "oa:SpecificResource", "prov:Entity"],
            "rdf:value": passage.text,
            "oa:hasSource": _to("document", passage.document),
            "dcterms:isPartOf": _to("document", passage.document),
            "oa:hasSelector": [position, *_part(passage.region)],
            "wk:kind": passage.kind.value,
            "wk:page": passage.page,
            "wk:canvas": _any_address(passage.canvas),
            "prov:wasAttributedTo": {"@id": agent(passage.written_by)} if passage.written_by else None,
        }
    )


def _entity(entity: Entity) -> Node:
    return _without_nothing(
        {
            "@id": address("entity", entity.id),
            "@type": ["wk:Entity", _KINDS.get(entity.type, "schema:Thing")],
            "wk:kind": entity.type,
            "schema:name": entity.name,
            "schema:alternateName": list(entity.aliases),
            "schema:description": entity.description,
            "schema:sameAs": [{"@id": each} for each in entity.same_as if _is_address(each)],
        }
    )


def _claim(claim: Claim, relation: str, credits: dict[str, Credit]) -> Node:
    return {
        "@id": address("claim", claim.id),
        "@type": ["wk:Claim", "rdf:Statement", "prov:Entity"],
        "rdfs:label": claim.text,
        "rdf:subject": _to("entity", claim.subject),
        "rdf:predicate": {"@id": relation},
        "rdf:object": _to("entity", claim.object),
        "wk:confidence": claim.confidence,
        "prov:wasAttributedTo": {"@id": agent(claim.model)},
        "prov:hadPrimarySource": [
            _to("passage", id_) for id_ in sorted({told.source.chunk for told in claim.told})
        ],
        "prov:qualifiedPrimarySource": [_source(told, credits.get(told.document)) for told in claim.told],
    }  # fmt: skip


def _source(told: Told, owned: Credit | None) -> Node:
    when = told.source.when
    return _without_nothing(
        {
            "@type": ["prov:PrimarySource", "oa:SpecificResource"],
            "prov:entity": _to("passage", told.source.chunk),
            "oa:hasSource": _to("document", told.document),
            "oa:hasSelector": selectors(told),
            "rdfs:label": told.text,
            "wk:page": told.page,
            "wk:supported": told.source.supported,
            "wk:confidence": told.confidence,
            "wk:saidBy": {"@id": agent(told.model)},
            "wk:dated": when.words if when else None,
            "dcterms:temporal": {"@value": when.edtf, "@type": EDTF} if when and when.edtf else None,
            "dcterms:spatial": told.source.place,
            "dcterms:rights": owned.rights if owned else None,
            "schema:creditText": owned.attribution if owned else None,
        }
    )


def agent(model: str | None) -> str:
    """Who made a claim or wrote a passage: people, or a model by its name."""
    return address("agent", model or "unknown")


def _agent(model: str | None, known: set[str]) -> Iterator[Node]:
    if model is not None and (id_ := agent(model)) not in known:
        known.add(id_)
        kind = "prov:Person" if model == "hand" else "prov:SoftwareAgent"
        yield {"@id": id_, "@type": [kind, "prov:Agent"], "rdfs:label": model}


def _correction(correction: Correction, known: set[str]) -> Iterator[Node]:
    who = address("person", correction.who)
    if who not in known:
        known.add(who)
        yield {"@id": who, "@type": ["prov:Person", "prov:Agent"], "rdfs:label": correction.who}
    yield _without_nothing(
        {
            "@id": address("correction", correction.id),
            "@type": ["wk:Correction", "prov:Activity"],
            "wk:kind": correction.kind,
            "wk:about": _to("entity", correction.entity),
            "rdfs:label": correction.name,
            "wk:before": correction.before,
            "wk:after": correction.after,
            "rdfs:comment": correction.note,
            "prov:endedAtTime": _moment(correction.at),
            "wk:undoneAt": _moment(correction.undone_at),
            "prov:wasAssociatedWith": {"@id": who},
        }
    )


def _moment(at: str | None) -> Node | None:
    return {"@value": at, "@type": "xsd:dateTime"} if at else None


def _to(kind: str, id_: str) -> Node:
    return {"@id": address(kind, id_)}


def _any_address(text: str | None) -> Node | str | None:
    return {"@value": text, "@type": "xsd:anyURI"} if text and is_web(text) and _is_address(text) else text


def _is_address(text: str) -> bool:
    """Whether a text can be an IRI: an RDF reader may refuse the whole file for one that cannot."""
    return is_web(text) and not any(letter in _BREAKS_ADDRESS or ord(letter) < 0x21 for letter in text)


def _without_nothing(node: Node) -> Node:
    return {name: value for name, value in node.items() if value not in (None, "", [])}


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
