"""A worker that ends: nothing that was queued meanwhile is left lying, and nobody takes it for one that works."""

from __future__ import annotations

import json
import os
import threading
import time
from pathlib import Path

from graph.record import born, private, write_private
from graph.store import Store
from ingest import worker
from ingest.submit import Options, remove_document, submit
from settings import Settings


def test_what_is_queued_while_a_worker_decides_to_end_is_done(embedded_server: Settings, tmp_path: Path) -> None:
    """Whoever starts a worker and whoever is about to stop being one wait for the same lock."""
    (tmp_path / "late.txt").write_text("Ole Worm died in Copenhagen in 1654.")
    run = private(embedded_server.run)
    note: dict[str, object] = {"pid": os.getpid(), "born": born(os.getpid()), "salt": "", "keys": {}}
    write_private(run / "worker.json", json.dumps(note))
    with Store(embedded_server) as store:
        with worker._changing(embedded_server):
            ending = threading.Thread(target=worker.work, args=(embedded_server, 0.1))
            ending.start()
            time.sleep(1.5)
            assert ending.is_alive(), "it asks once more before it ends"
            (late,) = submit(store, embedded_server, [tmp_path / "late.txt"], Options()).queued
        ending.join(30)
        assert store.queue.left() == {}
        assert worker.worker_pid(embedded_server) is None and not (run / "worker.json").exists()
        remove_document(store, embedded_server, late)
