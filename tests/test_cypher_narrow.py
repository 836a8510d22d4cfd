"""Queries from outside see what the filters let through and nothing else, also where they count; on both databases."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from graph.cypher_narrow import Narrowing, NotNarrowed
from graph.cypher_read import checked
from graph.cypher_words import QueryForbidden
from graph.store import Store
from graph.types import Document
from graph.ways import Filters
from llm.filtered import _Fits
from llm.queries import rows
from settings import Settings
from tests import graph_samples as samples

HERE = "narrowed"
FIRST = Narrowing(Filters(documents=("x",)), frozenset(("x",)))


@pytest.fixture(scope="module")
def made() -> list[Document]:
    return [samples.document(HERE, f"n{n}") for n in range(4)]


@pytest.fixture(scope="module")
def store(store_target: Settings, made: list[Document]) -> Iterator[Store]:
    with Store(store_target) as opened:
        for n in range(4):
            samples.put_random(opened, HERE, f"n{n}", 5)
        yield opened
        for of in made:
            opened.removal.remove(of.id, of.collection)


def filters_of(made: list[Document]) -> dict[str, Filters]:
    return {
        "documents": Filters(documents=(made[0].id, made[2].id)),
        "one document": Filters(documents=(made[1].id,)),
        "types": Filters(types=("Place",)),
        "from": Filters(earliest=15990101),
        "to": Filters(latest=15981231),
        "all": Filters((made[0].id, made[1].id), ("Person", "Collection"), 15990601, 16000101),
        "nothing": Filters(documents=("nowhere",)),
    }


NAMES = ("documents", "one document", "types", "from", "to", "all", "nothing")


def column(store: Store, query: str, filters: Filters) -> list[str]:
    """The first column of all rows."""
    documents = store.claimed.allowed_documents(filters, [HERE])
    found = store.reader.rows(query, HERE, most=1000, filters=filters, documents=documents)
    return [row[0] for row in found.table.rows]


@pytest.mark.parametrize("name", NAMES)
def test_claims_passages_and_counts_are_those_that_search_lets_through(
    store: Store, made: list[Document], name: str
) -> None:
    filters = filters_of(made)[name]
    documents = store.claimed.allowed_documents(filters, [HERE])
    claims = store.claimed.graph([HERE]).only(filters, documents).claims
    assert set(column(store, "MATCH (s:Statement) RETURN s.id", filters)) == set(claims)
    assert column(store, "MATCH (s:Statement) RETURN count(s)", filters) == [str(len(claims))]
    every = [chunk.id for of in made for chunk in store.documents.all_chunks(of.id)]
    fitting = _Fits(store, filters, [HERE]).chunks(every)
    assert set(column(store, "MATCH (c:Chunk) RETURN c.id", filters)) == set(fitting)
    sources = "MATCH (s:Statement)-[:STATED_IN]->(c:Chunk) RETURN s.id + c.id"
    stated = {claim.id + source.chunk for claim in claims.values() for source in claim.sources}
    named = {pair for pair in stated if pair[32:] in set(fitting)}
    assert set(column(store, sources, filters)) == named
    if not filters.types:
        assert named == stated


@pytest.mark.parametrize("name", NAMES)
def test_names_are_those_of_what_fits(store: Store, made: list[Document], name: str) -> None:
    filters = filters_of(made)[name]
    documents = store.claimed.allowed_documents(filters, [HERE])
    claims = store.claimed.graph([HERE]).only(filters, documents).claims.values()
    found = set(column(store, "MATCH (e:Entity) RETURN e.id", filters))
    ends = {end for claim in claims for end in (claim.subject, claim.object)}
    assert ends <= found
    if filters.documents and not (filters.types or filters.dated):
        rows_ = store.query(
            "MATCH (e:__Entity__)-[:FROM_CHUNK]->(c:Chunk) WHERE c.document IN $d RETURN DISTINCT e.id AS id",
            d=list(filters.documents),
        )
        assert found == ends | {row["id"] for row in rows_}
    elif filters.dated and not filters.types:
        assert found == ends


def test_documents_are_those_asked_for(store: Store, made: list[Document]) -> None:
    filters = filters_of(made)
    assert set(column(store, "MATCH (d:Document) RETURN d.id", filters["documents"])) == {made[0].id, made[2].id}
    joined = "MATCH (d:Document)<-[:FROM_DOCUMENT]-(c:Chunk) WHERE c.id <> '' OR true RETURN DISTINCT d.id"
    assert column(store, joined, filters["one document"]) == [made[1].id], "no OR leads round it"
    assert column(store, "MATCH (d:Document) RETURN d.id", filters["nothing"]) == []


def test_what_is_handed_on_or_may_be_missing_stays_narrowed(store: Store, made: list[Document]) -> None:
    only = filters_of(made)["one document"]
    handed = "MATCH (e:Entity) WITH e AS x MATCH (x)-[:FROM_CHUNK]->(c:Chunk)-[:FROM_DOCUMENT]->(d:Document)"
    assert set(column(store, f"{handed} RETURN d.id", only)) == {made[1].id}
    loose = (
        "MATCH (d:Document) OPTIONAL MATCH (d)<-[:FROM_DOCUMENT]-(:Chunk)-[:NEXT_CHUNK]->(n:Chunk) RETURN n.document"
    )
    assert set(column(store, loose, only)) <= {made[1].id, ""}
    unnamed = "MATCH (:Chunk)<-[:STATED_IN]-(:Statement)-[:SUBJECT]->(e:Entity) RETURN count(*)"
    one, all_ = int(column(store, unnamed, only)[0]), int(column(store, unnamed, Filters())[0])
    assert 0 < one < all_


def test_the_evidence_of_rows_is_narrowed_too(store: Store, made: list[Document]) -> None:
    only = filters_of(made)["one document"]
    found = rows(store, "?", "MATCH (s:Statement) RETURN s.text, s.id", 50, [HERE], only)
    assert found.evidence and {piece.chunk.document for piece in found.evidence} == {made[1].id}
    assert len(rows(store, "?", "MATCH (s:Statement) RETURN s.id", 50, [HERE]).evidence) > len(found.evidence)


@pytest.mark.parametrize(
    "query",
    [
        "MATCH (a:Entity)-[r]-(b:Entity) RETURN r",
        "MATCH (a:Entity)-[:CO_OCCURS]->(b:Entity) RETURN count(*)",
        "MATCH (a:Entity) MATCH (a)-[:BORN_IN]->(:Entity) RETURN a",
    ],
)
def test_edges_of_all_documents_together_are_refused_when_narrowed(query: str) -> None:
    checked(query, HERE, (), 100)
    with pytest.raises(NotNarrowed) as refused:
        checked(query, HERE, (), 100, FIRST)
    assert "Statement" in refused.value.text("de") != refused.value.text("en")


@pytest.mark.parametrize("name", ["only__c", "only__1", "only__anything"])
def test_our_own_names_cannot_be_taken(name: str) -> None:
    for query in (f"MATCH ({name}:Chunk) RETURN {name}", f"MATCH (c:Chunk) WITH c AS {name} RETURN {name}"):
        with pytest.raises(QueryForbidden):
            checked(query, HERE, (), 100, FIRST)


def test_the_condition_of_the_query_stays_whole() -> None:
    done = checked("MATCH (c:Chunk) WHERE c.page = 1 OR c.page = 2 RETURN c", HERE, (), 5, FIRST)
    assert done.text == (
        "MATCH (c:Chunk {collection: $collection } ) WHERE ( c.page = 1 OR c.page = 2 ) AND "
        "c.document IN $only_documents RETURN c LIMIT 5"
    )
    assert done.parameters == {"collection": HERE, "only_documents": ["x"]}
