"""The guard before the store: every action of every part needs a role, and nothing of another collection comes out."""

from __future__ import annotations

import inspect
import uuid
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from graph.correction import NewClaim
from graph.errors import WunderkammerError
from graph.export import FORMATS
from graph.finding import Finding
from graph.guarded import Guarded
from graph.merges import Pair
from graph.part import Part
from graph.permits import PARTS, PERMITS, labels
from graph.roles import InAnotherCabinet, NotAllowed, Role
from graph.store import Store
from graph.taken import Selection
from graph.types import (
    Edge,
    Evidence,
    Extraction,
    Mention,
    Mode,
    Node,
    Retrieved,
    Source,
    State,
    Statement,
    Subgraph,
)  # fmt: skip
from graph.ways import Filters
from llm.modes import find
from settings import Settings
from tests import graph_samples as samples

PLANTED = "Zwiebelfisch"
"""A word that stands in one of the two collections alone."""
NOT_IDS = {
    "text", "name", "query", "kind", "prefix", "names", "language", "uri", "uris", "format_", "note", "who", "by",
    "reason", "model", "email", "sha256", "title", "question", "schema_id", "entity_type", "type_", "alias", "after",
    "seen", "owner", "channel", "canvases", "step", "work", "wanted", "ids", "folder", "collection", "collections",
    "marks", "kinds", "before",
}  # fmt: skip
"""Arguments that are words, or names of what belongs to no collection."""


@pytest.fixture
def store(store_target: Settings) -> Iterator[Store]:
    with Store(store_target) as opened:
        yield opened


class Room:
    """A collection with two documents, claims, a merge suggestion, a finding, a correction, a job, a watch."""

    def __init__(self, store: Store, word: str) -> None:
        self.id = uuid.uuid4().hex[:12]
        self.word = word
        self.document = replace(samples.document(self.id, f"{word} I"), state=State.DONE, language="de")
        texts = [f"{word} wohnte in Gottorf.", f"Der Globus gehörte {word}.", f"{word} starb 1599 in Prag."]
        store.documents.put([self.document], "extract")
        self.chunks = samples.chunks(self.document, texts)
        store.documents.put_chunks(self.document, self.chunks, "extract", "none")
        self.a, self.b = samples.entity(self.id, word, "Person", 2), samples.entity(self.id, "Gottorf", "Place", 2)
        self.c = samples.entity(self.id, f"{word}e", "Person", 2)
        source = Source(self.chunks[0].id, texts[0], 0, len(texts[0]), True)
        self.claim = Statement(self.a, "LIVED_IN", self.b, texts[0], source, self.id)
        mentions = tuple(Mention(self.chunks[0].id, each) for each in (self.a, self.b, self.c))
        store.claims.put([Extraction(self.chunks[0].id, mentions, (self.claim,))], self.id)
        self.pair = Pair(self.a, self.c, 0.9, "likeness")
        store.resolution.suggest([self.pair])
        d = samples.entity(self.id, f"{word}ius", "Person", 2)
        store.claims.put([Extraction(self.chunks[1].id, (Mention(self.chunks[1].id, d),))], self.id)
        self.merge = store.resolution.merge(self.a.id, d.id, who="tester")
        self.correction = store.corrections.add_alias(self.a.id, f"{word}lein", "tester")
        found = store.drafts.of(self._retrieved(), f"{word} in Gottorf", collection=self.id)
        self.finding = store.findings.put(found)

    def _retrieved(self) -> Retrieved:
        evidence = (Evidence(1, self.chunks[0], self.document.title, "text/plain", 1.0),)
        nodes = tuple(Node(each.id, each.name, each.type) for each in (self.a, self.b))
        edges = (Edge(self.a.id, self.b.id, "LIVED_IN", self.claim.id),)
        self.retrieved = Retrieved(self.word, Mode.GRAPH, evidence, Subgraph(nodes, edges))
        return self.retrieved

    @property
    def ids(self) -> list[str]:
        things = [self.document.id, *(c.id for c in self.chunks), self.a.id, self.b.id, self.c.id, self.claim.id]
        return [*things, self.pair.id, self.correction.id, self.merge.id, self.finding]


@pytest.fixture
def two(store: Store) -> tuple[Room, Room]:
    return Room(store, PLANTED), Room(store, "Ambrosius")


Parts = dict[str, Any]


@pytest.fixture
def parts(store: Store) -> Parts:
    return {name: value for name, value in vars(store).items() if not name.startswith("_")}


def actions(parts: Parts) -> list[str]:
    """All public actions of a store, as "part.action"."""
    return [
        f"{part}.{action}"
        for part in PARTS
        for action, _ in inspect.getmembers(type(parts[part]), inspect.isfunction)
        if not action.startswith("_")
    ]


def parameters(parts: Parts, key: str) -> dict[str, inspect.Parameter]:
    part, action = key.split(".")
    return dict(list(inspect.signature(getattr(type(parts[part]), action)).parameters.items())[1:])


def call(store: Store, key: str, given: dict[str, Any]) -> Any:
    part, action = key.split(".")
    return getattr(getattr(store, part), action)(**given)


def test_every_action_of_a_store_is_decided_about(parts: Parts) -> None:
    assert set(parts) - {"settings", "meta", "whereabouts", "here"} == set(PARTS)
    assert set(actions(parts)) == set(PERMITS)


def test_every_argument_that_may_be_an_id_is_understood(parts: Parts) -> None:
    unknown = [
        f"{key}({name}: {parameter.annotation})"
        for key in actions(parts)
        for name, parameter in parameters(parts, key).items()
        if PERMITS[key] is not None
        and "str" in str(parameter.annotation)
        and not labels(key, name)
        and (name not in NOT_IDS or (name == "ids" and not key.startswith("schemas")))
    ]
    assert not unknown, "\n".join(unknown)


def arguments(store: Store, parts: Parts, key: str, room: Room, tmp: Path) -> dict[str, Any] | None:
    """Arguments that name things of a room; None for an action that takes something else than ids and words."""
    one = {
        "document_id": room.document.id, "documents": [room.document.id], "document_ids": [room.document.id],
        "entity_id": room.a.id, "entity_ids": [room.a.id, room.b.id, room.c.id], "chunk_id": room.chunks[0].id,
        "chunk_ids": [c.id for c in room.chunks], "statement_ids": [room.claim.id], "statement_id": room.claim.id,
        "text": room.word, "limit": 50, "page": 1, "vector": [0.1] * 384, "kept": room.a.id, "absorbed": room.c.id,
        "query": "MATCH (e:Person) RETURN e.name", "a": room.a.id, "b": room.c.id, "entities": [room.a],
        "kind": "Person", "filters": Filters(types=("Person",)), "name": room.document.title, "claims": [room.claim.id],
        "selection": Selection((room.id,)), "format_": FORMATS["jsonld"], "out": tmp / f"{uuid.uuid4().hex}.jsonld",
        "uris": [room.document.uri], "prefix": "", "pair_id": room.pair.id, "merge_id": room.merge.id, "ids": room.ids,
        "correction_id": room.correction.id, "who": "w", "alias": "x", "type_": "Thing", "finding_id": room.finding,
        "claim": NewClaim(room.a.id, "KNEW", room.b.id, room.document.id), "uri": "https://d-nb.info/gnd/118559214",
        "part": Part.of(parts["claimed"], Filters(types=("Person",)), (room.id,)), "job_id": "x", "canvases": ["x"],
        "finding": room.finding, "rule_id": "x", "watch_id": "x", "delivery_id": "x",
        "email": "a@b.example",
        "role": Role.READER, "by": "w", "sha256": "0" * 64, "schema_id": "x", "question": "x", "title": "x",
        "retrieved": room.retrieved, "subgraph": room.retrieved.subgraph, "document": room.document, "model": "none",
    }  # fmt: skip
    if key == "documents.coverage":
        one["documents"] = [room.document]
    elif key == "findings.standing":
        one["finding"] = store.findings.get(room.finding, (room.id,)).finding
    given: dict[str, Any] = {}
    for name, parameter in parameters(parts, key).items():
        if name in one and parameter.default is parameter.empty:
            given[name] = one[name]
        elif name in ("collection", "collections"):
            given[name] = room.id if name == "collection" else (room.id,)
        elif parameter.default is parameter.empty and name == "documents":
            given[name] = None
        elif parameter.default is parameter.empty:
            return None
    return given


def seen(result: Any, given: dict[str, Any]) -> str:
    """All that an action gave, as text."""
    if isinstance(result, Iterator):
        result = list(result)
    if hasattr(result, "document_ids"):
        result = [*result.documents(), *result.passages(), *result.entities()]
    if hasattr(result, "beginnings"):
        result = result.beginnings(10)
    out = given.get("out")
    return repr(result) + (out.read_text(encoding="utf-8") if out is not None and out.exists() else "")


def test_no_reading_action_shows_anything_of_another_collection(
    store: Store, parts: Parts, two: tuple[Room, Room], tmp_path: Path
) -> None:
    planted, other = two
    told: set[str] = set()
    leaks, tried = [], 0
    inside, outside = (Guarded(store, room.id, Role.READER, "r") for room in two)
    for key in (key for key, role in PERMITS.items() if role is Role.READER):
        given = arguments(store, parts, key, planted, tmp_path)
        if given is None:
            continue
        tried += 1
        try:
            told.update({key} if PLANTED in seen(call(inside, key, given), given) else ())
        except InAnotherCabinet:
            leaks.append(f"{key} keeps its own from people")
        except WunderkammerError:
            pass
        given = arguments(store, parts, key, planted, tmp_path) or {}
        # As a page asks: ids from an address, in the cabinet that it is in.
        for here in ({}, {"collection": other.id}, {"collections": (other.id,)}, None):
            asked = given if here is None else {k: v for k, v in given.items() if not k.startswith("collection")}
            asked |= {k: v for k, v in (here or {}).items() if k in given}
            words = {"text", "name", "query", "prefix"}
            shown = [PLANTED, *planted.ids] if not words & set(asked) else [*planted.ids, f"{PLANTED} wohnte"]
            try:
                said = seen(call(outside, key, asked), asked)
            except WunderkammerError:
                continue
            leaks += [
                f"{key} {asked} tells {each}" for each in shown if each in said and key != "search.without_vector"
            ]
    assert not leaks, "\n".join(leaks)
    assert tried > 80 and len(told) > 35, (tried, sorted(told))


def test_no_mode_of_asking_finds_anything_of_another_collection(store: Store, two: tuple[Room, Room]) -> None:
    planted, other = two
    inside, outside = (Guarded(store, room.id, Role.READER, "r") for room in two)
    question = f"Wo wohnte {PLANTED}, und was hat {PLANTED} mit Gottorf zu tun?"
    for mode in (Mode.HYBRID, Mode.GRAPH, Mode.GLOBAL, Mode.PATH):
        found = find(inside, None, question, mode, collections=(planted.id,))
        assert PLANTED in repr(found.evidence) + repr(found.subgraph) or mode in (Mode.GLOBAL,), mode
        elsewhere = find(outside, None, question, mode, collections=(other.id,))
        told = repr(elsewhere.evidence) + repr(elsewhere.subgraph) + repr(elsewhere.nearest)
        assert not [each for each in (f"{PLANTED} wohnte", *planted.ids) if each in told], mode
        with pytest.raises(InAnotherCabinet):
            find(outside, None, question, mode, collections=(planted.id,))


def test_a_reader_changes_nothing_and_an_editor_removes_nothing(
    store: Store, parts: Parts, two: tuple[Room, Room], tmp_path: Path
) -> None:
    mine, other = two
    before = store.stats((mine.id, other.id)), store.corrections.history((mine.id, other.id))
    for role, refused in ((Role.READER, {Role.EDITOR, Role.OWNER}), (Role.EDITOR, {Role.OWNER})):
        guarded = Guarded(store, mine.id, role, "r")
        for key, needed in PERMITS.items():
            if needed in {None, Role.HOST} | refused:
                with pytest.raises(NotAllowed):
                    call(guarded, key, arguments(store, parts, key, mine, tmp_path) or {})
    owner = Guarded(store, mine.id, Role.OWNER, "o")
    done = 0
    for key, needed in PERMITS.items():
        given = arguments(store, parts, key, other, tmp_path)
        # Neither is it enough to own one cabinet: whatever is named of another one is refused.
        if needed in {Role.EDITOR, Role.OWNER} and given and key not in ("outbox.forget", "documents.with_content"):
            for asked in (given, {k: v for k, v in given.items() if not k.startswith("collection")}):
                if any(labels(key, name) for name in asked) or (asked is given and len(given) > 0):
                    ids = {n for n in asked if labels(key, n) and asked[n] != "x"}
                    whole = {n for n in asked if n in ("collection", "collections", "claim", "document")}
                    if ids | whole:
                        with pytest.raises((InAnotherCabinet, NotAllowed)):
                            call(owner, key, asked)
                        done += 1
    assert done > 30
    assert (store.stats((mine.id, other.id)), store.corrections.history((mine.id, other.id))) == before


def test_what_is_done_is_told_of(store: Store, two: tuple[Room, Room]) -> None:
    mine, _ = two
    heard: list[tuple[str, Any]] = []
    guarded = Guarded(store, mine.id, Role.EDITOR, "ada@example.org", lambda key, given, _: heard.append((key, given)))
    made = guarded.corrections.rename(mine.a.id, "Zwiebelfisch der Ältere", guarded.who)
    guarded.findings.put(replace(store.findings.get(mine.finding, (mine.id,)).finding, title="Kept"))
    assert [key for key, _ in heard] == ["corrections.rename", "findings.put"]
    assert made.collection == mine.id and store.documents.get(mine.document.id) is not None
    assert Finding.__name__ == type(heard[1][1]["finding"]).__name__


def test_pages_reach_past_the_guard_only_where_it_is_meant() -> None:
    pages = Path(__file__).parents[1] / "pages"
    past = {path.name for path in pages.rglob("*.py") if "cabinet.whole" in path.read_text(encoding="utf-8")}
    # What works in the background for everybody; counts of cabinets that are open; the log and what is used up; titles
    # and graphs that are kept for all who are in one cabinet.
    assert past == {"watching.py", "sending.py", "cabinets.py", "spending.py", "narrowing.py", "beforehand.py"}
    opens = {path.name for path in pages.rglob("*.py") if " Store(" in path.read_text(encoding="utf-8")}
    assert opens == {"cabinet.py"}


def test_what_somebody_is_by_now_counts_and_not_what_they_were(store: Store, two: tuple[Room, Room]) -> None:
    """A page stands open while an owner takes a role away, or the membership."""
    mine, roles = two[0], [Role.OWNER]
    guarded = Guarded(store, mine.id, Role.OWNER, "o", asked=lambda: roles[-1] if roles else None)
    guarded.members.put(mine.id, "a@example.org", Role.READER, "o")
    roles.append(Role.EDITOR)
    with pytest.raises(NotAllowed):
        guarded.members.drop(mine.id, "a@example.org")
    assert guarded.documents.listed([mine.id], limit=1) is not None
    roles.clear()
    with pytest.raises(NotAllowed):
        guarded.require(Role.EDITOR)
    with pytest.raises(NotAllowed):
        guarded.documents.listed([mine.id], limit=1)
    assert set(store.members.roles("a@example.org")) == {mine.id}
