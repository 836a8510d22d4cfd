"""Findings as they are stored: kept, listed, searched, edited and removed; where their sources are now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from graph import cypher, cypher_findings
from graph.connection import Connection, Row
from graph.errors import WrongUse
from graph.finding import Finding, GraphState, Kept, Listed, Outcome, Standing, with_words
from graph.ids import normalise
from graph.origins import Origins
from graph.types import DEFAULT_COLLECTION
from graph.work import now

if TYPE_CHECKING:
    from pydantic import TypeAdapter

PAGE: Final = 20
"""Findings of one page of a list."""


class NoSuchFinding(WrongUse):
    en = "There is no finding “{name}”. `python -m share list` shows them all."
    de = "Ein Fundstück „{name}“ gibt es nicht. `python -m share list` zeigt alle."


class FindingUnclear(WrongUse):
    en = "Several findings are called “{name}”. Name one by its id; `python -m share list` shows them."
    de = "Mehrere Fundstücke heißen „{name}“. Nennen Sie eines mit seiner Kennung; `python -m share list` zeigt sie."


class Findings:
    """The findings of all collections; each question names those that it may see."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def put(self, finding: Finding) -> str:
        """Keep a finding, and return its id; one that is kept already stays as it is, with its note."""
        finding = with_words(finding, finding.title, finding.note)
        self._db.run(cypher_findings.PUT_FINDING, id=finding.id, properties=_properties(finding))
        return finding.id

    def get(self, finding_id: str, collections: Sequence[str] = (DEFAULT_COLLECTION,)) -> Kept:
        """The whole finding; raises NoSuchFinding."""
        rows = self._db.read(cypher_findings.FINDING, id=finding_id, collections=list(collections))
        if not rows:
            raise NoSuchFinding(name=finding_id[:80])
        return Kept(finding_id, _to_finding(rows[0]["finding"]))

    def find(self, text: str, collections: Sequence[str] = (DEFAULT_COLLECTION,)) -> Kept:
        """The finding with this id, the beginning of one, or this title; raises NoSuchFinding and FindingUnclear."""
        wanted = text.strip()
        query = cypher_findings.FIND_FINDINGS
        rows = self._db.read(query, text=wanted, collections=list(collections)) if wanted else []
        if not rows:
            raise NoSuchFinding(name=text[:80])
        if len(rows) > 1:
            raise FindingUnclear(name=text[:80])
        return self.get(rows[0]["id"], collections)

    def listed(
        self,
        collections: Sequence[str] = (DEFAULT_COLLECTION,),
        text: str = "",
        skip: int = 0,
        limit: int = PAGE,
        after: str | None = None,
    ) -> list[Listed]:
        """Findings, the latest first: those whose title, note, question or answer have all words of `text`.

        `after`: only those kept later than this ISO moment.
        """
        rows = self._db.read(
            cypher_findings.FINDINGS,
            collections=list(collections),
            words=_words(text),
            after=after,
            skip=skip,
            limit=limit,
        )
        return [_to_line(row) for row in rows]

    def count(
        self, collections: Sequence[str] = (DEFAULT_COLLECTION,), text: str = "", after: str | None = None
    ) -> int:
        """How many `listed` would give without a limit."""
        query = cypher_findings.COUNT_FINDINGS
        return int(self._db.read(query, collections=list(collections), words=_words(text), after=after)[0]["n"])

    def edit(
        self,
        finding_id: str,
        title: str | None = None,
        note: str | None = None,
        collections: Sequence[str] = (DEFAULT_COLLECTION,),
    ) -> Kept:
        """Change title or note (None: as it is); raises NoSuchFinding."""
        finding = with_words(self.get(finding_id, collections).finding, title, note)
        changed = self._db.run(
            cypher_findings.EDIT_FINDING,
            id=finding_id,
            collections=list(collections),
            title=finding.title,
            note=finding.note,
            words=_searched(finding),
            at=now(),
        )
        if not changed:
            raise NoSuchFinding(name=finding_id[:80])
        return self.get(finding_id, collections)

    def remove(self, finding_id: str, collections: Sequence[str] = (DEFAULT_COLLECTION,)) -> None:
        """Remove a finding for good; documents, claims and what was sent of it stay. Raises NoSuchFinding."""
        if not self._db.run(cypher_findings.DROP_FINDING, id=finding_id, collections=list(collections)):
            raise NoSuchFinding(name=finding_id[:80])

    def quoting(self, document_id: str, collections: Sequence[str] = (DEFAULT_COLLECTION,)) -> int:
        """How many findings quote a document; they keep their quotes when it is removed."""
        query = cypher_findings.FINDINGS_QUOTING
        return int(self._db.read(query, document=document_id, collections=list(collections))[0]["n"])

    def state(self, collection: str = DEFAULT_COLLECTION) -> GraphState:
        """The state that a collection is in now."""
        rows = self._db.read(cypher.STAMPS, collections=[collection])
        return GraphState(rows[0]["stamp"], rows[0]["corrected"]) if rows else GraphState()

    def standing(self, finding: Finding) -> dict[str, Standing]:
        """What became of each passage that a finding quotes, by the passage's id."""
        places = {piece.chunk: (piece.document, piece.uri) for piece in finding.evidence}
        for claim in finding.claims:
            for source in claim.sources:
                places.setdefault(source.chunk, (source.document, ""))
        chunks = self._here(cypher_findings.CHUNKS_HERE, list(places))
        lost = {chunk: place for chunk, place in places.items() if chunk not in chunks}
        documents = self._here(cypher_findings.DOCUMENTS_HERE, sorted({document for document, _ in lost.values()}))
        uris = sorted({uri for document, uri in lost.values() if document not in documents and uri})
        newer = Origins(self._db).at(finding.collection, uris) if uris else {}
        return dict.fromkeys(chunks, Standing.HERE) | {
            chunk: Standing.CHANGED if document in documents or uri in newer else Standing.GONE
            for chunk, (document, uri) in lost.items()
        }

    def _here(self, query: str, ids: list[str]) -> set[str]:
        return {row["id"] for row in self._db.read(query, ids=ids)} if ids else set()


@lru_cache(maxsize=1)
def _content() -> TypeAdapter[Finding]:
    """What writes and reads findings; made when the first is, for that takes longer than opening a database."""
    from pydantic import TypeAdapter

    return TypeAdapter(Finding)


def to_json(finding: Finding) -> str:
    """A finding as JSON, which `from_json` reads."""
    return _content().dump_json(finding).decode()


def from_json(text: str) -> Finding:
    """The finding that was written; what a later version of the program added to it is left out."""
    return _content().validate_json(text)


def _properties(finding: Finding) -> Row:
    """What is stored: all as JSON, and beside it what is listed, searched and edited."""
    return {
        "collection": finding.collection,
        "title": finding.title,
        "note": finding.note,
        "question": finding.question,
        "outcome": finding.outcome.value,
        "model": finding.model,
        "mode": finding.mode,
        "who": finding.who,
        "created_at": finding.created_at,
        "edited_at": finding.edited_at,
        "sentences": len(finding.said),
        "unsupported": finding.unsupported,
        "evidence": len(finding.evidence),
        "nodes": len(finding.nodes),
        "documents": list(finding.documents),
        "words": _searched(finding),
        "content": to_json(finding),
    }


def _to_finding(row: Mapping[str, Any]) -> Finding:
    """Title and note stand beside the JSON, because they can be edited."""
    kept = from_json(row["content"])
    return replace(kept, title=row["title"], note=row["note"], edited_at=row.get("edited_at"))


def _to_line(row: Row) -> Listed:
    return Listed(**row | {"outcome": Outcome(row["outcome"])})


def _searched(finding: Finding) -> str:
    """The words that a finding is found by, in the form in which words are compared."""
    return normalise("\n".join((finding.title, finding.note, finding.question, finding.answer)))


def _words(text: str) -> list[str]:
    return normalise(text[:500]).split()
