"""Correcting by people: names, types, claims; each correction is one record, written with its effect or not at all.

What passages say stays as it is: corrections are laid over it, so each can be undone, and holds for what is imported
later (docs/correcting.md). Merging has its own record (`graph.resolution`), and stands in the same history.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TypeVar

from graph import cypher
from graph import cypher_corrections as corrections
from graph import cypher_merges as merges
from graph.connection import Connection, Transaction
from graph.correction import (
    ALIAS,
    LONGEST_NAME,
    LONGEST_NOTE,
    LONGEST_TYPE,
    NAME,
    SAME_AS,
    TYPE,
    ChangedMeanwhile,
    Correction,
    NameTaken,
    NewClaim,
    NoSuchClaim,
    NothingToChange,
    cleaned,
    on_one_line,
)
from graph.corrections_add import add_in
from graph.corrections_facts import RETRACT, made
from graph.corrections_history import find, history
from graph.corrections_retell import retell
from graph.corrections_split import split_in
from graph.corrections_undo import undo_in
from graph.corrections_write import put, put_rulings
from graph.identifiers import identifier, named
from graph.merges import Merge, NoSuchEntity, merge_properties
from graph.redirect import follow
from graph.resolution import Resolution
from graph.rows import to_entity
from graph.settle import settle_entities
from graph.types import Entity, make_id, normalise
from graph.work import now

T = TypeVar("T")


class Corrections:
    """Changes what the graph says, and changes it back; every change is one transaction."""

    def __init__(self, connection: Connection, resolution: Resolution) -> None:
        self._db, self._resolution = connection, resolution

    @property
    def _labels(self) -> bool:
        return self._db.dialect.labels_types

    # --- an entity ----------------------------------------------------------------------------------------------

    def rename(self, entity_id: str, name: str, who: str, note: str = "", seen: str | None = None) -> Correction:
        """Call an entity otherwise; what it was called stays as a further name, and leads to it as before.

        `seen` is the name that was on the screen. Raises NoSuchEntity, NameMissing, TooLong, NothingToChange,
        NameTaken, ChangedMeanwhile.
        """
        name = cleaned(name)

        def work(tx: Transaction, entity: Entity, at: str) -> Correction:
            if seen is not None and entity.name != seen:
                raise ChangedMeanwhile(name=entity.name)
            if entity.name == name:
                raise NothingToChange(name=name)
            made_ = _of(entity, "rename", who, at, note, entity.name, name)
            self._lead(tx, entity, name, made_)
            put(tx, made_, field=NAME, value=name)
            return made_

        return self._on(entity_id, work)

    def _lead(self, tx: Transaction, entity: Entity, name: str, by: Correction) -> None:
        """Let documents that use the new name by themselves mean this entity."""
        own = Entity.make_id(entity.collection, name)
        to = follow(tx, [own])
        holder = to.get(own, own)
        if holder == entity.id:
            return
        if own in to or tx.run(cypher.ENTITIES_BY_ID, ids=[holder]):
            raise NameTaken(name=name)
        merge = Merge(
            make_id("merge", entity.id, own, by.at), entity.id, own, entity.name, name, entity.collection,
            "renamed", 1.0, "person", by.at, who=by.who,
        )  # fmt: skip
        tx.run(merges.PUT_MERGE, id=merge.id, properties={**merge_properties(merge), "correction": by.id})

    def retype(self, entity_id: str, type_: str, who: str, note: str = "", seen: str | None = None) -> Correction:
        """Say of what kind an entity is; raises as `rename` does."""
        type_ = cleaned(type_, LONGEST_TYPE)

        def work(tx: Transaction, entity: Entity, at: str) -> Correction:
            if seen is not None and entity.type != seen:
                raise ChangedMeanwhile(name=entity.type)
            if entity.type == type_:
                raise NothingToChange(name=type_)
            made_ = _of(entity, "retype", who, at, note, entity.type, type_)
            put(tx, made_, field=TYPE, value=type_)
            return made_

        return self._on(entity_id, work)

    def add_alias(self, entity_id: str, alias: str, who: str, note: str = "") -> Correction:
        """Give an entity a further name to be found by; raises as `rename` does."""
        alias = cleaned(alias)

        def work(tx: Transaction, entity: Entity, at: str) -> Correction:
            if alias in (entity.name, *entity.aliases):
                raise NothingToChange(name=alias)
            made_ = _of(entity, "alias", who, at, note, "", alias)
            put(tx, made_, field=ALIAS + normalise(alias), value=alias)
            return made_

        return self._on(entity_id, work)

    def remove_alias(self, entity_id: str, alias: str, who: str, note: str = "") -> Correction:
        """Show a further name no more; what passages say stays. Raises NoSuchEntity, NothingToChange."""

        def work(tx: Transaction, entity: Entity, at: str) -> Correction:
            if alias not in entity.aliases:
                raise NothingToChange(name=entity.name)
            made_ = _of(entity, "unalias", who, at, note, alias, "")
            put(tx, made_, field=ALIAS + normalise(alias), value="")
            return made_

        return self._on(entity_id, work)

    def identify(self, entity_id: str, uri: str, who: str, note: str = "") -> Correction:
        """Say that an entry of an authority file is the same; raises NoSuchEntity, NoIdentifier, NothingToChange."""
        uri = identifier(uri)

        def work(tx: Transaction, entity: Entity, at: str) -> Correction:
            if uri in entity.same_as:
                raise NothingToChange(name=f"{entity.name}, {named(uri)}")
            made_ = _of(entity, "identify", who, at, note, "", uri)
            put(tx, made_, field=SAME_AS + uri, value=uri)
            return made_

        return self._on(entity_id, work)

    def unidentify(self, entity_id: str, uri: str, who: str, note: str = "") -> Correction:
        """Say that an entry of an authority file is not the same after all; raises as `identify` does."""
        uri = identifier(uri)

        def work(tx: Transaction, entity: Entity, at: str) -> Correction:
            if uri not in entity.same_as:
                raise NothingToChange(name=entity.name)
            made_ = _of(entity, "unidentify", who, at, note, uri, "")
            put(tx, made_, field=SAME_AS + uri, value="")
            return made_

        return self._on(entity_id, work)

    def split(
        self,
        entity_id: str,
        name: str,
        who: str,
        claims: Sequence[str] = (),
        chunks: Sequence[str] = (),
        note: str = "",
    ) -> Correction:
        """Give some claims and passages to another entity of that name, a new one or one that there is.

        A chosen claim goes with all its sources; a chosen passage with all it says of the entity. Raises NoSuchEntity,
        NameMissing, TooLong, NameTaken (its own), NoSuchClaim, NothingPicked, AllPicked.
        """
        name = cleaned(name)
        return self._on(
            entity_id,
            lambda tx, entity, at: split_in(
                tx, entity, _of(entity, "split", who, at, note, entity.name, name), claims, chunks, self._labels
            ),
            settle=False,
        )

    # --- claims -------------------------------------------------------------------------------------------------

    def retract(self, statement_id: str, who: str, note: str = "") -> Correction:
        """Take a claim out: no search, answer or picture has it any more, also when it is found again.

        Raises NoSuchClaim.
        """

        def work(tx: Transaction) -> Correction:
            found = tx.run(corrections.CLAIM, id=statement_id)
            if not found:
                raise NoSuchClaim()
            collection = found[0]["statement"]["collection"]
            tx.run(corrections.TOUCH, id=collection)
            found, sources = (tx.run(corrections.CLAIM, id=statement_id),
                              tx.run(corrections.SOURCES_OF_CLAIMS, ids=[statement_id]))  # fmt: skip
            if not found or not sources:
                raise NoSuchClaim()
            subject, object_ = to_entity(found[0]["subject"]), to_entity(found[0]["object"])
            text = found[0]["statement"]["text"]
            made_ = replace(_of(subject, "retract", who, now(), note, text, ""), other=object_.id)
            put(tx, made_)
            rulings = {}
            for row in sources:
                claim = made(row["subject"], row["predicate"], row["object"], row["properties"])
                own = {
                    "subject": claim.said_subject or claim.subject,
                    "predicate": claim.predicate,
                    "object": claim.said_object or claim.object,
                }
                rulings[claim.key(collection)] = {"kind": RETRACT, "key": claim.key(collection), **own}
            put_rulings(tx, made_, list(rulings.values()))
            retell(tx, [row["chunk"] for row in sources], collection, self._labels)
            return made_

        return self._db.write(work)

    def add(self, claim: NewClaim, who: str, note: str = "") -> Correction:
        """Add a claim with where it is to be read; it comes back with its document, and moves into its new versions.

        Raises NoSuchEntity, NoSuchDocument, NameMissing, TooLong, PageNotThere, QuoteNotThere, BadRegion, WasRetracted,
        NothingToChange.
        """
        return self._on(
            claim.subject,
            lambda tx, entity, at: add_in(tx, entity, claim, _of(entity, "add", who, at, note, "", ""), self._labels),
            settle=False,
        )

    # --- undoing and telling ------------------------------------------------------------------------------------

    def undo(self, correction_id: str, who: str) -> Correction:
        """Take a correction back, exactly; of a merge, its id. Raises NoSuchCorrection, BuiltUpon."""
        return undo_in(self._db, self._resolution, correction_id, who)

    def history(
        self, collections: Sequence[str], entity: str = "", rules: bool = False, limit: int = 200
    ) -> list[Correction]:
        """Corrections, the latest first, the undone ones too; `rules`: also what was merged without asking.

        With `entity` those that name it or one of its forms.
        """
        return history(self._db, collections, entity, rules, limit)

    def find(self, text: str, collections: Sequence[str]) -> str:
        """The id that begins so; raises NoSuchCorrection where none or several do."""
        return find(self._db, text, collections)

    def _on(
        self, entity_id: str, work: Callable[[Transaction, Entity, str], Correction], settle: bool = True
    ) -> Correction:
        """Do `work` with the entity as it is when nobody else can change it any more."""

        def whole(tx: Transaction) -> Correction:
            entity = _current(tx, entity_id)
            tx.run(corrections.TOUCH, id=entity.collection)
            entity = _current(tx, entity_id)
            made_ = work(tx, entity, now())
            if settle:
                settle_entities(tx, [entity.id], self._labels)
            return made_

        return self._db.write(whole)


def _current(tx: Transaction, entity_id: str) -> Entity:
    id_ = follow(tx, [entity_id]).get(entity_id, entity_id)
    rows = tx.run(cypher.ENTITIES_BY_ID, ids=[id_])
    if not rows:
        raise NoSuchEntity(name=entity_id)
    return to_entity(rows[0]["entity"])


def _of(entity: Entity, kind: str, who: str, at: str, note: str, before: str, after: str) -> Correction:
    """A correction of an entity, not yet written."""
    who, said = on_one_line(who)[:LONGEST_NAME], on_one_line(note)[:LONGEST_NOTE]
    id_ = make_id("correction", kind, entity.id, before, after, who, at)
    return Correction(id_, kind, entity.id, entity.name, before, after, who, at, entity.collection, note=said)
