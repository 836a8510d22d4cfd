"""Which names are one person, place or thing: merges that can be undone, and suggestions that wait for a person.

Nothing is thrown away: see `graph.moving`. What people decided, "the same" or "not the same", is never overruled.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from graph import cypher
from graph import cypher_corrections as corrections
from graph import cypher_merges as merges
from graph.connection import Connection, Row, Transaction
from graph.correction import BuiltUpon
from graph.corrections_blocked import blocking_merge
from graph.corrections_retell import hold_again
from graph.foreseen import foreseen, weights
from graph.merges import (
    DifferentCollections,
    Merge,
    NoSuchEntity,
    NoSuchMerge,
    OneAlready,
    Pair,
    Preview,
    Weight,
    merge_properties,
    pair_properties,
    to_merge,
)
from graph.moving import RULE, merge_in, undo_in
from graph.names import keys
from graph.redirect import absorbed_by, follow, forms_of
from graph.rows import to_entity
from graph.settle import settle_entities
from graph.types import Entity, make_id
from graph.work import now

PERSON = "person"
"""`by` of what somebody decided."""
BATCH = 500
LIKES = 30
"""Names that a name is compared with at most, the likest first; so a cabinet's size does not matter."""
LIKE_BATCH = 50


class Resolution:
    """Merges, undoes, suggests; every change is one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    # --- merging ------------------------------------------------------------------------------------------------

    def merge(
        self, kept: str, absorbed: str, reason: str = "hand", score: float = 1.0, by: str = PERSON, who: str = ""
    ) -> Merge:
        """Make two entities one that is called as `kept`; the other's names stay as its further forms.

        `who` is the name of the person whose decision it was.

        Raises NoSuchEntity, OneAlready, DifferentCollections.
        """
        at = now()

        def work(tx: Transaction) -> Merge:
            a, b = self._pair(tx, kept, absorbed)
            tx.run(cypher.TOUCH_COLLECTION if by == RULE else corrections.TOUCH, id=a.collection)
            # Read again now that nobody else can change it.
            a, b = self._pair(tx, kept, absorbed)
            merge_in(tx, a.id, b.id, self._db.dialect.labels_types)
            id_ = make_id("merge", a.id, b.id, at)
            made = Merge(id_, a.id, b.id, a.name, b.name, a.collection, reason, score, by, at, who=who)
            tx.run(merges.PUT_MERGE, id=made.id, properties=merge_properties(made))
            hold_again(tx, [a.id], a.collection, self._db.dialect.labels_types)
            if by != RULE:
                tx.run(merges.ACCEPT_SUGGESTION, id=Pair(a, b, score, reason).id)
            return made

        return self._db.write(work)

    def undo(self, merge_id: str, by: str = PERSON) -> Merge:
        """Make two of one again, exactly as they would be; raises NoSuchMerge, BuiltUpon.

        What was merged without asking is then known not to be the same; a person's own merge leaves what was before.
        """
        at = now()

        def work(tx: Transaction) -> Merge:
            rows = tx.run(merges.MERGE, id=merge_id)
            if rows:
                tx.run(corrections.TOUCH, id=rows[0]["merge"]["collection"])
                rows = tx.run(merges.MERGE, id=merge_id)
            if not rows or rows[0]["merge"].get("undone_at") or rows[0]["merge"].get("correction"):
                raise NoSuchMerge(name=merge_id)
            merge = to_merge(rows[0]["merge"])
            if later := blocking_merge(tx, merge):
                raise BuiltUpon(name=later.told)
            undo_in(tx, merge.kept, merge.absorbed, self._db.dialect.labels_types)
            tx.run(merges.END_MERGE, id=merge.id, at=at, by=by)
            ends = [follow(tx, [merge.kept]).get(merge.kept, merge.kept), merge.absorbed]
            # Entries in authority files go with the name that they were found for.
            settle_entities(tx, ends[:1], self._db.dialect.labels_types)
            hold_again(tx, ends, merge.collection, self._db.dialect.labels_types)
            pair = Pair(
                Entity(merge.kept, merge.kept_name, merge.collection),
                Entity(merge.absorbed, merge.absorbed_name, merge.collection),
                merge.score,
                merge.reason,
            )
            if merge.by == RULE:
                _decide(tx, pair, "dismissed", by, at)
            else:
                tx.run(merges.RESTORE_SUGGESTION, id=pair.id)
            return replace(merge, undone_at=at, undone_by=by)

        return self._db.write(work)

    def _pair(self, tx: Transaction, kept: str, absorbed: str) -> tuple[Entity, Entity]:
        to = follow(tx, [kept, absorbed])
        found = _entities(tx, [to.get(kept, kept), to.get(absorbed, absorbed)])
        for id_ in (kept, absorbed):
            if to.get(id_, id_) not in found:
                raise NoSuchEntity(name=id_)
        a, b = found[to.get(kept, kept)], found[to.get(absorbed, absorbed)]
        if a.id == b.id:
            raise OneAlready(a=kept, b=absorbed) if kept == absorbed else OneAlready(a=a.name, b=absorbed)
        if a.collection != b.collection:
            raise DifferentCollections(a=a.name, b=b.name)
        return a, b

    def merges(self, collections: Sequence[str], undone: bool = False, skip: int = 0, limit: int = 200) -> list[Merge]:
        """Merges, the latest first; those that were undone only where `undone`."""
        rows = self._db.read(merges.MERGES, collections=list(collections), undone=undone, skip=skip, limit=limit)
        return [to_merge(row["merge"]) for row in rows]

    def find(self, text: str, collections: Sequence[str]) -> Merge:
        """The merge whose id begins so; raises NoSuchMerge where none or several do."""
        rows = self._db.read(merges.FIND_MERGES, collections=list(collections), text=text) if text else []
        if len(rows) != 1:
            raise NoSuchMerge(name=text)
        return to_merge(rows[0]["merge"])

    def merged_into(self, entity_id: str) -> list[Merge]:
        """The merges that an entity consists of, the earliest first."""

        def work(tx: Transaction) -> list[Merge]:
            return [to_merge(row["merge"]) for row in tx.run(merges.MERGES_INTO, ids=forms_of(tx, entity_id))]

        return self._db.look(work)

    def survivor(self, entity_id: str) -> str:
        """The id that this one is part of now: its own where it was not merged away."""
        return self._db.look(lambda tx: follow(tx, [entity_id])).get(entity_id, entity_id)

    def current(self, entity_ids: Sequence[str]) -> list[Entity]:
        """What these entities are part of now, in that order; those that are gone are left out."""

        def work(tx: Transaction) -> list[Entity]:
            to = follow(tx, entity_ids)
            now = [to.get(id_, id_) for id_ in entity_ids]
            found = _entities(tx, now)
            return [found[id_] for id_ in now if id_ in found]

        return self._db.look(work)

    def company(self, entity_ids: Sequence[str]) -> dict[str, frozenset[str]]:
        """For each entity those that stand in one sentence with it, 200 at most."""
        found = {id_: frozenset[str]() for id_ in entity_ids}
        for row in self._db.read(merges.NEIGHBOURS, ids=list(entity_ids)):
            found[row["id"]] = frozenset(row["around"])
        return found

    def weights(self, entity_ids: Sequence[str]) -> dict[str, Weight]:
        """How much is known of each of these entities."""
        return weights(self._db, entity_ids)

    def preview(self, kept: str, absorbed: str) -> Preview:
        """What merging would do, without doing it; raises NoSuchEntity."""
        return foreseen(self._db, kept, absorbed)

    # --- suggestions --------------------------------------------------------------------------------------------

    def suggest(self, pairs: Iterable[Pair]) -> None:
        """Keep pairs for people to decide; what was decided before stays decided."""
        rows = [{"id": pair.id, "properties": pair_properties(pair, now())} for pair in pairs]
        if rows:
            self._db.write(lambda tx: tx.batches(merges.PUT_SUGGESTIONS, rows, BATCH))

    def suggestions(self, collections: Sequence[str], limit: int = 50) -> list[Pair]:
        """Open suggestions, the likeliest first."""
        # More than asked for, since some are of names that were merged or removed since.
        rows = self._db.read(merges.OPEN_SUGGESTIONS, collections=list(collections), limit=4 * limit)
        return self._pairs(rows)[:limit]

    def suggestions_of(self, entity_id: str, limit: int = 5) -> list[Pair]:
        """Open suggestions for one entity, which is `a` in all of them, the likeliest first."""
        rows = self._about([entity_id], "open")
        turned = [pair if pair.a.id == entity_id else replace(pair, a=pair.b, b=pair.a) for pair in self._pairs(rows)]
        return turned[:limit]

    def dismiss(self, a: str, b: str, by: str = PERSON) -> None:
        """These two are not the same: they are not suggested again, and never merged without asking."""

        def work(tx: Transaction) -> None:
            found = _entities(tx, [a, b])
            for id_ in (a, b):
                if id_ not in found:
                    raise NoSuchEntity(name=id_)
            _decide(tx, Pair(found[a], found[b], 0.0, "hand"), "dismissed", by, now())

        self._db.write(work)

    def reopen(self, a: str, b: str) -> None:
        """Take back that two are not the same."""
        self._db.run(merges.REOPEN_SUGGESTION, id=make_id("pair", *sorted((a, b))))

    def reopen_pair(self, pair_id: str) -> bool:
        """Take back that the two of a pair are not the same; False where nobody said so."""
        return bool(self._db.run(merges.REOPEN_SUGGESTION, id=pair_id))

    def apart(self, entity_ids: Sequence[str]) -> set[frozenset[str]]:
        """Pairs of entities that somebody said are not the same, as far as one of them is among these."""
        forms = self._forms(entity_ids)
        ends = [(row["suggestion"]["a"], row["suggestion"]["b"]) for row in self._rows_about(forms, "dismissed")]
        to = self._db.look(lambda tx: follow(tx, {id_ for pair in ends for id_ in pair})) if ends else {}
        return {frozenset((to.get(a, a), to.get(b, b))) for a, b in ends}

    def _about(self, entity_ids: Sequence[str], state: str) -> list[Row]:
        return self._rows_about(self._forms(entity_ids), state)

    def _forms(self, entity_ids: Sequence[str]) -> list[str]:
        return self._db.look(lambda tx: sorted({*entity_ids, *absorbed_by(tx, entity_ids)}))

    def _rows_about(self, forms: Sequence[str], state: str) -> list[Row]:
        return [row for query in merges.SUGGESTIONS_OF for row in self._db.read(query, ids=list(forms), state=state)]

    def _pairs(self, rows: Sequence[Row]) -> list[Pair]:
        """Suggestions with the entities as they are now; those of one entity, or of one that is gone, are left out."""

        def work(tx: Transaction) -> list[Pair]:
            ends = {id_ for row in rows for id_ in (row["suggestion"]["a"], row["suggestion"]["b"])}
            to = follow(tx, ends)
            entities = _entities(tx, sorted({to.get(id_, id_) for id_ in ends}))
            best: dict[frozenset[str], Pair] = {}
            for row in sorted(rows, key=lambda row: (-row["suggestion"]["score"], row["suggestion"]["id"])):
                said = row["suggestion"]
                a, b = to.get(said["a"], said["a"]), to.get(said["b"], said["b"])
                if a != b and a in entities and b in entities:
                    pair = Pair(entities[a], entities[b], said["score"], said["reason"])
                    best.setdefault(frozenset((a, b)), pair)
            return list(best.values())

        found = self._db.look(work)
        apart = self.apart([pair.a.id for pair in found]) if found else set()
        return [pair for pair in found if frozenset((pair.a.id, pair.b.id)) not in apart]

    # --- what is new --------------------------------------------------------------------------------------------

    def unresolved(self, document_id: str, limit: int = 500) -> list[Entity]:
        """Entities of a document that were not compared with others yet."""
        return [to_entity(row["entity"]) for row in self._db.read(merges.UNRESOLVED, document=document_id, limit=limit)]

    def resolved(self, entity_ids: Sequence[str]) -> None:
        """Remember that these were compared with all that there was."""
        self._db.run(merges.MARK_RESOLVED, ids=list(entity_ids))

    def like(self, entities: Sequence[Entity], limit: int = LIKES) -> dict[str, list[Entity]]:
        """For each entity those of its collection whose names look or sound alike, the likest first; not itself."""
        wanted = [(entity, keys((entity.name, *entity.aliases))) for entity in entities]
        rows = [{"id": e.id, "collection": e.collection, "query": found} for e, found in wanted if found]
        index = self._db.dialect.fulltext_index("__Entity__", "keys")
        found: dict[str, list[Entity]] = {}
        for begin in range(0, len(rows), LIKE_BATCH):
            for row in self._db.read(merges.LIKE, index=index, rows=rows[begin : begin + LIKE_BATCH], limit=limit):
                found[row["id"]] = [to_entity(entity) for entity in row["found"]]
        return found


def _decide(tx: Transaction, pair: Pair, state: str, by: str, at: str) -> None:
    tx.run(merges.DECIDE_SUGGESTION, id=pair.id, properties=pair_properties(pair, at), state=state, by=by, at=at)


def _entities(tx: Transaction, ids: Sequence[str]) -> dict[str, Entity]:
    return {row["entity"]["id"]: to_entity(row["entity"]) for row in tx.run(cypher.ENTITIES_BY_ID, ids=list(ids))}
