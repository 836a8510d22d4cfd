"""Deleting a whole cabinet: its imports end, its documents go with their files, then all the rest of it."""

from __future__ import annotations

from graph.store import Store
from ingest.files import FileStore
from ingest.versions import remove
from settings import Settings


def remove_cabinet(store: Store, settings: Settings, collection: str, with_all: bool = False) -> None:
    """Delete a cabinet, `with_all` that is in it; raises as `graph.cabinets.Cabinets.remove` does, first of all."""
    named = store.cabinets.check_removal(collection, with_all)
    for job in store.queue.open_jobs([named.id]):
        store.queue.cancel(job.id)
    files = FileStore.of(settings)
    while some := store.documents.listed([named.id], limit=100):
        for document in some:
            remove(store, files, document)
    store.cabinets.remove(named.id, with_all)
