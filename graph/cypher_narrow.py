"""What narrows a query from outside, as conditions on the nodes of its patterns: the same that narrow any question.

A claim fits that a document allowed states of the time asked, with one end of the kinds asked; a passage, where it
stands in such a document, states a claim of that time, names something of that kind; a name, where a document allowed
or a claim of that time names it, and it or what a claim joins it to is of that kind; a document, where a passage of it
fits. Since each part of a pattern is narrowed before anything is counted, counts are right too.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from graph.errors import WrongUse
from graph.ways import Filters

RESERVED: Final = "only__"
"""How the names begin that stand in these conditions; a query has none such."""
_EARLY: Final = "(q.earliest IS NULL OR q.earliest <= $only_latest)"
_LATE: Final = "(q.latest IS NULL OR q.latest >= $only_earliest)"
_DATED: Final = "NOT (q.earliest IS NULL AND q.latest IS NULL)"
_EVERYTHING: Final = Filters()
_ENDS: Final = "<-[:SUBJECT|OBJECT]-(only__s:Statement)"
_SOURCES: Final = "-[only__q:STATED_IN]->(only__c:Chunk)"


class NotNarrowed(WrongUse):
    en = (
        "Edges between two names are drawn from all documents together and cannot be narrowed. Ask for the claims that "
        "join them: (a:Entity)<-[:SUBJECT]-(s:Statement)-[:OBJECT]->(b:Entity), or ask without narrowing."
    )
    de = (
        "Kanten zwischen zwei Namen sind aus allen Dokumenten zusammen gezogen und lassen sich nicht eingrenzen. "
        "Fragen Sie nach den Aussagen, die sie verbinden: (a:Entity)<-[:SUBJECT]-(s:Statement)-[:OBJECT]->(b:Entity), "
        "oder fragen Sie ohne Eingrenzung."
    )


@dataclass(frozen=True, slots=True)
class Narrowing:
    """The filters of a question, its documents and language as the ids of the documents allowed (None: all)."""

    filters: Filters = _EVERYTHING
    documents: frozenset[str] | None = None

    def __bool__(self) -> bool:
        return self.documents is not None or bool(self.filters.types) or self.filters.dated

    @property
    def parameters(self) -> dict[str, object]:
        """The values that the conditions name."""
        given = self.filters
        values: dict[str, object] = {} if self.documents is None else {"only_documents": sorted(self.documents)}
        values |= {"only_types": list(given.types)} if given.types else {}
        values |= {} if given.earliest is None else {"only_earliest": given.earliest}
        return values | ({} if given.latest is None else {"only_latest": given.latest})

    def node(self, name: str, label: str) -> list[str]:
        """The conditions on a node of a pattern."""
        made = {"Document": self._document, "Chunk": self._chunk, "Statement": self._statement}
        return list(made.get(label, self._entity)(name))

    def source(self, name: str) -> list[str]:
        """The conditions on a relationship from a claim to a passage that states it."""
        return [" AND ".join(self._dates(name))] if self.filters.dated else []

    def _dates(self, name: str) -> Iterator[str]:
        given = self.filters
        if given.dated:
            yield _DATED.replace("q.", f"{name}.")
        if given.latest is not None:
            yield _EARLY.replace("q.", f"{name}.")
        if given.earliest is not None:
            yield _LATE.replace("q.", f"{name}.")

    def _stated(self) -> list[str]:
        """The conditions on a source of a claim."""
        here = [] if self.documents is None else ["only__c.document IN $only_documents"]
        return [*here, *self._dates("only__q")]

    def _document(self, name: str) -> Iterator[str]:
        if self.documents is not None:
            yield f"{name}.id IN $only_documents"
        passages = f"({name})<-[:FROM_DOCUMENT]-(only__c:Chunk)"
        if self.filters.dated:
            yield _exists(f"{passages}<-[only__q:STATED_IN]-(only__s:Statement)", *self._dates("only__q"))
        if self.filters.types:
            yield _exists(f"{passages}<-[:FROM_CHUNK]-(only__e:__Entity__)", "only__e.type IN $only_types")

    def _chunk(self, name: str) -> Iterator[str]:
        if self.documents is not None:
            yield f"{name}.document IN $only_documents"
        if self.filters.dated:
            ends = "-[:SUBJECT|OBJECT]->(only__e:__Entity__)" if self.filters.types else ""
            of_kind = ["only__e.type IN $only_types"] if self.filters.types else []
            claims = f"({name})<-[only__q:STATED_IN]-(only__s:Statement){ends}"
            yield _exists(claims, *self._dates("only__q"), *of_kind)
        if self.filters.types:
            yield _exists(f"({name})<-[:FROM_CHUNK]-(only__e:__Entity__)", "only__e.type IN $only_types")

    def _statement(self, name: str) -> Iterator[str]:
        if stated := self._stated():
            yield _exists(f"({name}){_SOURCES}", *stated)
        if self.filters.types:
            yield _exists(f"({name})-[:SUBJECT|OBJECT]->(only__e:__Entity__)", "only__e.type IN $only_types")

    def _entity(self, name: str) -> Iterator[str]:
        if stated := self._stated():
            claimed = _exists(f"({name}){_ENDS}{_SOURCES}", *stated)
            named = _exists(f"({name})-[:FROM_CHUNK]->(only__c:Chunk)", "only__c.document IN $only_documents")
            yield claimed if self.filters.dated else f"({named} OR {claimed})"
        if self.filters.types:
            joined = f"({name}){_ENDS}-[:SUBJECT|OBJECT]->(only__e:__Entity__)"
            yield f"({name}.type IN $only_types OR {_exists(joined, 'only__e.type IN $only_types')})"


def _exists(pattern: str, *conditions: str) -> str:
    return f"EXISTS {{ MATCH {pattern} WHERE {' AND '.join(conditions)} }}"
