"""The one door to the graph: opens the database, brings its schema up to date, and holds what can be done with it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from types import TracebackType
from typing import Any

from graph import cypher
from graph.allowances import Allowances
from graph.annotated import Annotated
from graph.archived import Archived
from graph.cabinets import Cabinets
from graph.claimed import Claimed
from graph.claims import Claims
from graph.connection import Connection, Row
from graph.corrections import Corrections
from graph.described import Described
from graph.documents import Documents
from graph.drafts import Drafts
from graph.embeddings import Embeddings
from graph.explore import Explore
from graph.export import Exports
from graph.findings import Findings
from graph.journal import Journal
from graph.kept import Kept
from graph.looked import Looked
from graph.members import Members
from graph.origins import Origins
from graph.outbox import Outbox
from graph.rank import Ranking
from graph.reader import Reader
from graph.removal import Removal
from graph.resolution import Resolution
from graph.schema import Meta, migrate
from graph.schemas import Schemas
from graph.search import Search
from graph.spending import Spending
from graph.surroundings import Surroundings
from graph.tallies import Tallies
from graph.types import DEFAULT_COLLECTION
from graph.versions import Versions
from graph.watches import Watches
from graph.whereabouts import Whereabouts
from graph.work import Queue
from settings import Settings


class Store:
    """A graph of documents, chunks, entities and statements on the embedded database or on Neo4j.

    Opening starts the embedded server where it is needed. Safe to share between threads; `many` says that many people
    do, and what takes long is read by processes of its own then.
    """

    def __init__(self, settings: Settings, many: bool = False) -> None:
        self.settings = settings
        self._db = Connection(settings, many)
        self.quiet = self._db.quiet
        self.meta: Meta = migrate(self._db)
        self.documents = Documents(self._db)
        self.claims = Claims(self._db)
        self.described = Described(self._db)
        self.looked = Looked(self._db)
        self.embeddings = Embeddings(self._db)
        self.removal = Removal(self._db)
        self.schemas = Schemas(self._db)
        self.queue = Queue(self._db)
        self.origins = Origins(self._db)
        self.versions = Versions(self._db)
        self.watches = Watches(self._db)
        self.spending = Spending(self._db)
        self.search = Search(self._db)
        self.explore = Explore(self._db, self.search)
        self.surroundings = Surroundings(self._db, self.search)
        self.ranking = Ranking(self._db)
        self.tallies = Tallies(self._db)
        self.claimed = Claimed(self._db, self.tallies)
        self.reader = Reader(self._db)
        self.resolution = Resolution(self._db)
        self.corrections = Corrections(self._db, self.resolution)
        self.exports = Exports(self._db)
        self.archived = Archived(self._db)
        self.annotated = Annotated(self._db)
        self.findings = Findings(self._db)
        self.outbox = Outbox(self._db)
        self.drafts = Drafts(self.documents, self.search, self.surroundings, self.findings, settings.person)
        self.cabinets = Cabinets(self._db)
        self.members = Members(self._db)
        self.allowances = Allowances(self._db)
        self.journal = Journal(self._db)
        self.whereabouts = Whereabouts(self._db)
        self.here: tuple[str, ...] = (DEFAULT_COLLECTION,)
        """The collection that whoever holds this store works in, where nothing else is said."""
        self._shown: dict[str, Kept[Any, Any]] = {}

    @property
    def engine(self) -> str:
        """ "embedded" or "neo4j"."""
        return self._db.dialect.name

    def for_adding(self) -> Store:
        """The store for an import, which may take out what it puts in again; one that is guarded asks who may."""
        return self

    def stats(self, collections: Sequence[str]) -> dict[str, int]:
        """How many documents, chunks, entities and statements there are."""
        names = list(collections)
        return {name: self._db.read(query, collections=names)[0]["n"] for name, query in cypher.COUNTS.items()}

    def shown(self, name: str, load: Callable[[Sequence[str], Any], Any]) -> Kept[Any, Any]:
        """What pages show each time they run, by its name: `load` is called with collections and what it is about."""
        if name not in self._shown:
            # Of two pages that ask at once the first is kept.
            self._shown.setdefault(name, Kept(self._db, load))
        return self._shown[name]

    def check(self) -> dict[str, int]:
        """Violations of what the graph promises, by name; all 0 in a sound one."""
        found = {name: int(self._db.read(query)[0]["n"]) for name, query in cypher.CHECKS.items()}
        edges = self._db.read(cypher.READABLE_EDGE_COUNT)[0]["n"]
        statements = self._db.read(cypher.STATEMENT_COUNT)[0]["n"]
        return found | {"readable edges that differ from statements": abs(edges - statements)}

    def query(self, text: str, /, **parameters: object) -> list[Row]:
        """Rows of a query of our own, for tests and benchmarks; never for text from people or models."""
        return self._db.read(text, **parameters)

    def close(self) -> None:
        """Close the connection; the embedded server stops by itself when nobody uses it."""
        self._db.close()

    def __enter__(self) -> Store:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()
