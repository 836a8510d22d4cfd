"""The folders that are watched while the app runs: one loop in a thread, one program of this computer at a time."""

from __future__ import annotations

import json
import logging
from collections.abc import Sequence
from dataclasses import asdict, fields, replace

import filelock

from graph.errors import Failure, StoreError, WunderkammerError
from graph.jobs import NO_LIMITS, Limits
from graph.rounds import Rounds
from graph.store import Store
from graph.watches import Watch, here
from graph.work import now
from ingest.claim_schema import from_data
from ingest.errors import Unexpected
from ingest.submit import Options
from ingest.watch import Watcher, folder_to_watch
from ingest.worker import ensure_worker
from settings import Settings

SECONDS = 10.0
"""Between two looks at the folders."""

log = logging.getLogger("wunderkammer.watch")


def begin(store: Store, settings: Settings, folder: str, options: Options, remove_missing: bool) -> Watch:
    """Watch a folder from now on; its files are read as `options` say. Raises as `folder_to_watch` does."""
    path = folder_to_watch(folder, settings)
    watch = Watch(str(path), options.collection, _stored(options), remove_missing, added_at=now(), host=here())
    store.watches.put(watch)
    return watch


def options_of(watch: Watch) -> Options:
    """How the files of a watched folder are read; what a later version of the program added has its usual value."""
    known = {each.name for each in fields(Options)}
    given = {name: value for name, value in json.loads(watch.options).items() if name in known}
    schema, limits = given.pop("schema", None), given.pop("limits", None)
    return replace(
        Options(**given),
        collection=watch.collection,
        schema=from_data(schema, schema["name"]) if schema else None,
        limits=Limits(**limits) if limits else NO_LIMITS,
    )


def _stored(options: Options) -> str:
    """Options as JSON, which `options_of` reads."""
    plain = asdict(replace(options, schema=None))
    return json.dumps(plain | {"schema": json.loads(options.schema.content) if options.schema else None})


class Watching:
    """Looks at all watched folders, one program of this home at a time."""

    def __init__(self, store: Store, settings: Settings) -> None:
        self._store, self._settings = store, settings
        self._watchers: dict[str, tuple[Watch, Watcher]] = {}

    def rounds(self) -> Rounds:
        """A thread that does so again and again, until none is watched any more."""
        return Rounds("watching", SECONDS, self.look)

    def look(self) -> bool:
        """Look at each folder once; False when none is watched. Raises what the database raises."""
        watches = self._store.watches.listed([each.id for each in self._store.cabinets.listed()])
        if watches:
            self._settings.run.mkdir(parents=True, exist_ok=True, mode=0o700)
            try:
                with filelock.FileLock(self._settings.run / "watch.lock").acquire(timeout=0):
                    self._look_at_all(watches)
            except filelock.Timeout:
                # Another program of this home looks already; it may end before this one.
                pass
        return bool(watches)

    def _look_at_all(self, watches: Sequence[Watch]) -> None:
        for watch in watches:
            missing, failure = 0, None
            try:
                missing = self._look_at(watch)
            except StoreError:
                raise
            except WunderkammerError as error:
                failure = error.failure()
            except Exception as error:
                # A bug of ours must not stop the others, nor go unnoticed while the page says that it watches.
                log.exception("%s", watch.folder)
                detail = f"{type(error).__name__}: {error}"[:300]
                failure = Unexpected(detail=detail, log="app.log").failure()
            self._note(watch, missing, failure)

    def _look_at(self, watch: Watch) -> int:
        """Take in what is new in a folder; how many files are missing."""
        known = self._watchers.get(watch.id)
        if known is None or (known[0].options, known[0].remove_missing) != (watch.options, watch.remove_missing):
            folder = folder_to_watch(watch.folder, self._settings)
            made = Watcher(self._store, self._settings, folder, options_of(watch), watch.remove_missing)
            known = self._watchers[watch.id] = (watch, made)
        found = known[1].look()
        if found.submitted is not None:
            ensure_worker(self._settings)
        return len(found.missing)

    def _note(self, watch: Watch, missing: int, failure: Failure | None) -> None:
        if (missing, failure) != (watch.missing, watch.failure) or watch.looked_at is None:
            self._store.watches.looked(watch, now(), missing, failure)
