"""What becomes a finding: what a question found, or what is drawn on a canvas, with everything that it quotes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from graph.documents import Documents
from graph.finding import Claim, Finding, Outcome, Piece, Stated
from graph.findings import Findings
from graph.search import Search
from graph.surroundings import Surroundings
from graph.types import DEFAULT_COLLECTION, Document, Evidence, Retrieved, SourcedStatement, Subgraph
from graph.ways import Filters
from graph.work import now


class Drafts:
    """Reads what a finding keeps beside what was found; nothing is stored yet."""

    def __init__(
        self, documents: Documents, search: Search, surroundings: Surroundings, findings: Findings, who: str
    ) -> None:
        self._documents, self._search, self._surroundings = documents, search, surroundings
        self._findings, self._who = findings, who

    def of(
        self,
        retrieved: Retrieved,
        title: str,
        language: str = "en",
        filters: Filters | None = None,
        collection: str = DEFAULT_COLLECTION,
    ) -> Finding:
        """The finding of a question without an answer in words (`llm.saving` adds that)."""
        documents = self._documents.by_ids(sorted({each.chunk.document for each in retrieved.evidence}))
        claims = self._claims(retrieved.subgraph)
        return Finding(
            title=title,
            question=retrieved.question,
            outcome=Outcome.EVIDENCE_ONLY if retrieved.evidence else Outcome.NOT_FOUND,
            evidence=tuple(_piece(each, documents.get(each.chunk.document)) for each in retrieved.evidence),
            nodes=retrieved.subgraph.nodes,
            edges=retrieved.subgraph.edges,
            claims=claims,
            searched=retrieved.searched,
            filters=filters or Filters(),
            mode=retrieved.mode.value,
            language=language,
            who=self._who,
            created_at=now(),
            collection=collection,
            state=self._findings.state(collection),
        )

    def drawn(
        self, subgraph: Subgraph, title: str, language: str = "en", collection: str = DEFAULT_COLLECTION
    ) -> Finding:
        """The finding of a part of the graph: the passages that its claims stand in are its evidence."""
        claims = self._claims(subgraph)
        passages = dict.fromkeys(source.chunk for claim in claims for source in claim.sources)
        hits = {hit.chunk.id: hit for hit in self._search.chunks(list(passages))}
        documents = self._documents.by_ids(sorted({hit.chunk.document for hit in hits.values()}))
        found = [hits[chunk] for chunk in passages if chunk in hits]
        pieces = (Evidence(n, hit.chunk, hit.title, hit.media_type, 0.0) for n, hit in enumerate(found, start=1))
        return Finding(
            title=title,
            outcome=Outcome.GRAPH,
            evidence=tuple(_piece(each, documents.get(each.chunk.document)) for each in pieces),
            nodes=subgraph.nodes,
            edges=subgraph.edges,
            claims=claims,
            mode="graph",
            language=language,
            who=self._who,
            created_at=now(),
            collection=collection,
            state=self._findings.state(collection),
        )

    def _claims(self, subgraph: Subgraph) -> tuple[Claim, ...]:
        ends = {edge.statement: (edge.source, edge.target) for edge in subgraph.edges if edge.statement}
        made = self._surroundings.sourced(list(ends))
        return tuple(_claim(made[id_], *ends[id_]) for id_ in ends if id_ in made)


def _piece(piece: Evidence, document: Document | None) -> Piece:
    chunk = piece.chunk
    return Piece(
        n=piece.n,
        chunk=chunk.id,
        document=chunk.document,
        title=piece.title,
        quote=chunk.text,
        start=chunk.start,
        end=chunk.end,
        page=chunk.page,
        canvas=chunk.canvas,
        region=chunk.region,
        kind=chunk.kind.value,
        written_by=chunk.written_by,
        heading=chunk.heading,
        media_type=piece.media_type,
        language=document.language if document else None,
        uri=document.uri if document else "",
        sha256=document.sha256 if document else None,
        rights=document.rights if document else None,
        attribution=document.attribution if document else None,
        score=piece.score,
        why=piece.why,
    )


def _claim(made: SourcedStatement, subject: str, object_: str) -> Claim:
    sources = tuple(
        Stated(
            chunk=chunk.id,
            document=chunk.document,
            title=title,
            quote=source.quote,
            start=source.start,
            end=source.end,
            page=chunk.page,
            canvas=chunk.canvas,
            region=source.region or chunk.region,
            supported=source.supported,
            when=source.when.words if source.when else None,
            edtf=source.when.edtf or None if source.when else None,
            place=source.place,
        )
        for source, chunk, title in made.sources
    )
    return Claim(made.id, subject, made.predicate, object_, made.text, made.model, made.confidence, sources)


def with_images(finding: Finding, images: Mapping[int, str]) -> Finding:
    """The finding with the public addresses of pictures, by the number of the evidence."""
    pieces = tuple(replace(each, image=images.get(each.n, each.image)) for each in finding.evidence)
    return replace(finding, evidence=pieces)
