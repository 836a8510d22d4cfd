"""Documents of thousands of passages: stored while their lease is renewed, in parts, whole at the end or gone."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import pytest

from graph import cypher
from graph.connection import Transaction
from graph.documents import AT_ONCE
from graph.store import Store
from graph.types import Document
from graph.work import Lease, Work
from ingest.submit import remove_document
from settings import Settings
from tests import graph_samples as samples

OWNER = "tests"


@pytest.fixture(scope="module")
def store(store_target: Settings) -> Iterator[Store]:
    with Store(store_target) as opened:
        yield opened


def to_read(store: Store, name: str) -> Document:
    """A document that waits to be read, in a collection of its own."""
    of = samples.document(f"long {name}", name)
    store.documents.put([of], Work.READ)
    return of


def leased(store: Store, of: Document) -> Lease:
    query = "MATCH (d:Document {id: $id}) SET d.lease_owner = $owner, d.lease_until = 9999999999"
    store.documents._db.run(query, id=of.id, owner=OWNER)
    return Lease(of, Work.READ)


def test_a_lease_that_is_renewed_meanwhile_does_not_undo_it(store: Store) -> None:
    of = to_read(store, "renewed")
    pieces = samples.chunks(of, [f"Page {number} of a long register." for number in range(8 * AT_ONCE + 7)])
    lease, over, renewed = leased(store, of), threading.Event(), 0

    def renew() -> None:
        nonlocal renewed
        while True:
            renewed += bool(store.queue.renew([lease], OWNER))
            if over.wait(0.5):
                return

    thread = threading.Thread(target=renew)
    thread.start()
    try:
        assert store.documents.put_chunks(of, pieces, Work.READ, Work.NONE)
    finally:
        over.set()
        thread.join()
    assert len(list(store.documents.all_chunks(of.id))) == len(pieces)
    assert store.documents.coverage([of])[0].chunks == {pieces[0].state: len(pieces)}
    assert not any(store.check().values())
    assert renewed, "it was written meanwhile"
    remove_document(store, store.settings, of.id)


@pytest.mark.parametrize("removed", [False, True])
def test_stopped_halfway_it_is_read_again_whole_and_once_or_is_gone(
    store: Store, removed: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    of = to_read(store, f"halfway {removed}")
    pieces = samples.chunks(of, [f"Page {number}." for number in range(2 * AT_ONCE + 9)])
    run, times = Transaction.run, 0

    def stopped(self: Transaction, query: str, /, **parameters: Any) -> Any:
        nonlocal times
        times += query is cypher.PUT_CHUNKS
        if query is cypher.PUT_CHUNKS and times == 2:
            raise KeyboardInterrupt
        return run(self, query, **parameters)

    with monkeypatch.context() as patch:
        patch.setattr(Transaction, "run", stopped)
        with pytest.raises(KeyboardInterrupt):
            store.documents.put_chunks(of, pieces, Work.READ, Work.NONE)
    assert len(list(store.documents.all_chunks(of.id))) == AT_ONCE
    if removed:
        remove_document(store, store.settings, of.id)
        assert not store.documents.put_chunks(of, pieces, Work.READ, Work.NONE)
        assert not list(store.documents.all_chunks(of.id))
    else:
        assert store.documents.put_chunks(of, pieces, Work.READ, Work.NONE)
        assert [piece.id for piece in store.documents.all_chunks(of.id)] == [piece.id for piece in pieces]
        assert not store.documents.put_chunks(of, pieces, Work.READ, Work.NONE), "that step is over"
        remove_document(store, store.settings, of.id)
    assert not any(store.check().values())
