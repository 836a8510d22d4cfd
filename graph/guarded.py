"""The store as one person sees it who is in one collection: nothing of another one, and only what their role allows.

Every page gets its store like this. Each action passes one door, which asks three things: whether the role is enough
(`graph.permits`), whether everything that is named belongs here, and whether what comes back does. So a page can
forget to hide a button, or pass on an id from an address, and nothing comes of it.
"""

from __future__ import annotations

import inspect
import math
import time
from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from dataclasses import replace
from functools import cache
from typing import Any

from graph.connection import Row
from graph.drafts import Drafts
from graph.kept import Kept
from graph.permits import CONTENTS, INSIDE, PARTS, PERMITS, labels
from graph.roles import InAnotherCabinet, NotAllowed, NotAReader, Role, require
from graph.store import Store
from graph.surroundings import Surroundings

_BELIEVED = 5.0
"""Seconds for which a role is believed where something is only looked at."""
Told = Callable[[str, Mapping[str, Any], Any], None]
"""Is told of each action that changes or takes something, by "part.action", its arguments and its result."""


def nobody(action: str, arguments: Mapping[str, Any], result: object) -> None:
    """Told of what is done, does nothing."""


class Guarded(Store):
    """A store for one person in one collection; raises NotAllowed and InAnotherCabinet instead of doing wrong.

    What is read by an id of elsewhere is not there. `told` hears of what was done. `asked` answers what the person is
    by now, None for nobody: a page may stand open for hours, and what it holds is of the moment when it was drawn.
    """

    def __init__(
        self,
        store: Store,
        here: str,
        role: Role,
        who: str,
        told: Told = nobody,
        asked: Callable[[], Role | None] | None = None,
    ) -> None:
        self.__dict__.update(store.__dict__)
        self.collection, self.role, self.who = here, role, who
        self.here = (here,)
        self._whole, self._told, self._asked, self._at = store, told, asked, time.monotonic()
        for name in PARTS:
            self.__dict__[name] = _Door(self, name, getattr(store, name))
        self.drafts = Drafts(self.documents, self.search, self.surroundings, self.findings, who)
        self.__dict__["drafts"] = _Door(self, "drafts", self.drafts)

    def require(self, needed: Role) -> None:
        """Raises NotAllowed where what the person is by now is not enough."""
        if self._asked is not None and (needed is not Role.READER or time.monotonic() - self._at > _BELIEVED):
            now, self._at = self._asked(), time.monotonic()
            if now is None:
                self._at = -math.inf
                raise NotAReader()
            self.role = now
        require(self.role, needed)

    def for_adding(self) -> Store:
        """The same for an import, which may have to take out what it puts in again; raises NotAnEditor."""
        self.require(Role.EDITOR)
        role = self.role if self.role.may(Role.OWNER) else Role.OWNER
        return Guarded(self._whole, self.collection, role, self.who, self._told)

    def stats(self, collections: Sequence[str]) -> dict[str, int]:
        self._only_here(collections)
        return self._whole.stats(collections)

    def shown(self, name: str, load: Callable[[Sequence[str], Any], Any]) -> Kept[Any, Any]:
        # It is shared by all sessions, so it must not look through the door of the one that asked first.
        return self._whole.shown(f"{name} of {self.collection}", load)

    def check(self) -> dict[str, int]:
        self.require(Role.HOST)
        return self._whole.check()

    def query(self, text: str, /, **parameters: object) -> list[Row]:
        raise NotAllowed()

    def close(self) -> None:
        """Stays open: it belongs to all sessions."""

    def do(self, key: str, part: object, action: Callable[..., Any], given: Sequence[Any], named: Row) -> Any:
        """One action: checked, done, told of. Raises NotAllowed, InAnotherCabinet."""
        needed = PERMITS.get(key)
        if needed is None:
            raise NotAllowed()
        self.require(needed)
        signature = _signature(action)
        bound = signature.bind_partial(part, *given, **named)
        arguments = bound.arguments
        for name in list(arguments)[1:]:
            if name in ("collection", "collections"):
                self._only_here((arguments[name],) if name == "collection" else arguments[name])
            else:
                arguments[name] = self._checked(arguments[name], labels(key, name), needed is Role.READER)
        if "collection" in signature.parameters:
            arguments.setdefault("collection", self.collection)
        if "collections" in signature.parameters:
            arguments.setdefault("collections", (self.collection,))
        result = self._ours(action(*bound.args, **bound.kwargs))
        self._told(key, arguments, result)
        return result

    def _only_here(self, collections: Iterable[str]) -> None:
        if any(each != self.collection for each in collections):
            raise InAnotherCabinet()

    def _checked(self, value: Any, of: tuple[str, ...], reading: bool) -> Any:
        """An argument without what is not from here; raises InAnotherCabinet where something is to be done with it."""
        if value is None or isinstance(value, bytes):
            return value
        if isinstance(value, str):
            return value if not of or not value or not self._foreign((value,), of) else _refused(reading, "")
        if isinstance(value, Mapping):
            if of and self._foreign([*value.values()], of):
                raise InAnotherCabinet()
            return value
        if isinstance(value, Sequence | Set):
            if value and isinstance(next(iter(value)), int | float):
                return value
            texts = [each for each in value if isinstance(each, str)] if of else []
            foreign = self._foreign(texts, of) if texts else frozenset()
            kept = [each for each in value if not isinstance(each, str) or each not in foreign]
            if foreign and not reading:
                raise InAnotherCabinet()
            return _like(value, [each if isinstance(each, str) else self._checked(each, of, reading) for each in kept])
        return self._checked_object(value, reading)

    def _checked_object(self, value: Any, reading: bool) -> Any:
        if (home := getattr(value, "collection", None)) is not None and home != self.collection:
            raise InAnotherCabinet()
        if isinstance(homes := getattr(value, "collections", None), tuple):
            self._only_here(homes)
        for name, field, of in CONTENTS.get(type(value).__name__, ()):
            ids = [id_ for each in _at(value, name) if isinstance(id_ := _at(each, field), str)]
            if self._foreign(ids, of):
                raise InAnotherCabinet()
        for name, of in INSIDE.get(type(value).__name__, {}).items():
            before = getattr(value, name)
            after = self._checked(before, of, reading)
            if after != before:
                # A selection of nothing would be one of everything.
                value = replace(value, **{name: after or _like(before, ["-"])})
        return value

    def _foreign(self, ids: Sequence[str], of: tuple[str, ...]) -> Set[str]:
        found: dict[str, str] = {}
        for label in of:
            found |= self._whole.whereabouts.of(label, ids)
        return {id_ for id_, home in found.items() if home != self.collection}

    def _ours(self, result: Any) -> Any:
        """What came back, without what is not from here."""
        if isinstance(result, Surroundings):
            return _Door(self, "surroundings", result)
        if isinstance(result, list):
            return [each for each in result if self._is_ours(each)]
        if isinstance(result, dict):
            return {key: each for key, each in result.items() if self._is_ours(each)}
        return result if self._is_ours(result) else None

    def _is_ours(self, each: Any) -> bool:
        return bool(getattr(each, "collection", self.collection) == self.collection)


class _Door:
    """Stands before one part of the store; every action goes through it."""

    def __init__(self, guard: Guarded, name: str, part: object) -> None:
        self._guard, self._name, self._part = guard, name, part

    def __getattr__(self, name: str) -> Any:
        action = getattr(type(self._part), name)
        if isinstance(action, property) and isinstance(told := getattr(self._part, name), bool | int):
            return told
        if not inspect.isfunction(action):
            raise NotAllowed()

        def through(*given: Any, **named: Any) -> Any:
            return self._guard.do(f"{self._name}.{name}", self._part, action, given, named)

        return through


@cache
def _signature(action: Callable[..., Any]) -> inspect.Signature:
    return inspect.signature(action)


def _at(value: Any, path: str) -> Any:
    for name in path.split("."):
        value = getattr(value, name)
    return value


def _refused(reading: bool, nothing: str) -> str:
    if not reading:
        raise InAnotherCabinet()
    return nothing


def _like(value: Any, kept: list[Any]) -> Any:
    """The same kind of collection with these in it."""
    if isinstance(value, tuple):
        return tuple(kept) if type(value) is tuple else value
    if isinstance(value, frozenset):
        return frozenset(kept)
    return set(kept) if isinstance(value, Set) else kept
