"""Folders that are watched, each on the computer it lies on."""

from __future__ import annotations

import platform
from collections.abc import Sequence
from dataclasses import dataclass

from graph import cypher_arrivals as cypher
from graph.connection import Connection
from graph.errors import Failure
from graph.rows import failure_properties, to_failure
from graph.types import make_id


@dataclass(frozen=True, slots=True)
class Watch:
    """A watched folder; `options` says how its files are read, as JSON. `looked_at` is the time of the last look."""

    folder: str
    collection: str
    options: str = "{}"
    remove_missing: bool = False
    added_at: str = ""
    looked_at: str | None = None
    missing: int = 0
    """Files that were there once and are not now, while their documents are."""
    failure: Failure | None = None
    """Why the last look found nothing out."""
    host: str = ""

    @property
    def id(self) -> str:
        """The same folder of one computer is watched once in a collection."""
        return make_id("watch", self.collection, self.host, self.folder)


def here() -> str:
    """The name of this computer."""
    return platform.node()


class Watches:
    """The watched folders of all computers that share this database; each sees its own."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def put(self, watch: Watch) -> None:
        """Watch a folder from now on, or in another way than before."""
        properties = {
            "folder": watch.folder,
            "collection": watch.collection,
            "options": watch.options,
            "remove_missing": watch.remove_missing,
            "added_at": watch.added_at,
            "host": watch.host,
        }
        self._db.run(cypher.PUT_WATCH, id=watch.id, properties=properties)

    def listed(self, collections: Sequence[str]) -> list[Watch]:
        """The folders that are watched on this computer."""
        rows = self._db.read(cypher.WATCHES, collections=list(collections), host=here())
        return [
            Watch(
                each["folder"],
                each["collection"],
                each.get("options") or "{}",
                bool(each.get("remove_missing")),
                each.get("added_at") or "",
                each.get("looked_at"),
                each.get("missing") or 0,
                to_failure(each),
                each.get("host") or "",
            )
            for each in (row["watch"] for row in rows)
        ]

    def looked(self, watch: Watch, when: str, missing: int, failure: Failure | None) -> bool:
        """Note how the last look went; False when the folder is not watched any more."""
        properties = {"looked_at": when, "missing": missing} | failure_properties(failure)
        return bool(self._db.run(cypher.UPDATE_WATCH, id=watch.id, properties=properties))

    def stop(self, watch_id: str) -> None:
        """Watch a folder no more; its documents stay."""
        self._db.run(cypher.DROP_WATCH, id=watch_id)
