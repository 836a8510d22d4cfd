"""Who belongs to which cabinet, by e-mail address, and who runs the installation."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from graph import cypher_team as cypher
from graph.connection import Connection
from graph.errors import WrongUse
from graph.ids import make_id
from graph.roles import GIVEN, Role
from graph.work import now

EVERYWHERE: Final = "*"
"""In place of a collection: the membership of whoever runs the installation."""
_FIRST: Final = "first host"
_BETWEEN: Final = re.compile(r"[,;\s]+")
_NAMED: Final = re.compile(r"[^<>,;@]*<([^<>]*)>")
"""A name and the address that belongs to it."""
_ADDRESS: Final = re.compile(r"[^@\s<>\"',;]{1,64}@[^@\s<>\"',;]{1,190}")


class NoEmailAddress(WrongUse):
    en = "This is no e-mail address: {text}"
    de = "Das ist keine E-Mail-Adresse: {text}"


class NoAddressGiven(WrongUse):
    en = "Type an e-mail address first, or paste several with commas between them."
    de = "Geben Sie zuerst eine E-Mail-Adresse ein, oder fügen Sie mehrere ein, durch Kommas getrennt."


class NoSuchRole(WrongUse):
    en = "A member is reader, editor or owner, not {text}."
    de = "Ein Mitglied ist reader, editor oder owner, nicht {text}."


@dataclass(frozen=True, slots=True)
class Member:
    """A person in a cabinet: who invited them, and when (ISO)."""

    collection: str
    email: str
    role: Role
    by: str = ""
    at: str = ""


class Members:
    """The members of all cabinets."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def put(self, collection: str, email: str, role: Role, by: str) -> Member:
        """Invite somebody, or give a member another role; raises NoEmailAddress, NoSuchRole."""
        if role not in GIVEN:
            raise NoSuchRole(text=str(role)[:40])
        member = Member(collection, address(email), role, by, now())
        rows = self._db.run(cypher.PUT_MEMBER, id=_id(collection, member.email), properties=_properties(member))
        return _to_member(rows[0]["member"])

    def drop(self, collection: str, email: str) -> None:
        """Somebody is no member any more."""
        self._db.run(cypher.DROP_MEMBER, id=_id(collection, address(email)))

    def of(self, collection: str) -> list[Member]:
        """The members of a cabinet by address."""
        return [_to_member(row["member"]) for row in self._db.read(cypher.MEMBERS, collection=collection)]

    def roles(self, email: str) -> dict[str, Role]:
        """What somebody is in each cabinet; under EVERYWHERE, that they run the installation."""
        rows = self._db.read(cypher.MEMBERSHIPS, email=address(email))
        return {row["member"]["collection"]: Role(row["member"]["role"]) for row in rows}

    def first_host(self, email: str) -> str:
        """The address of whoever signed in first, which is this one where nobody did before."""
        member = Member(EVERYWHERE, address(email), Role.HOST, at=now())
        if known := self._db.read(cypher.MEMBER, id=make_id("member", _FIRST)):
            return str(known[0]["member"]["email"])
        rows = self._db.run(cypher.FIRST_HOST, id=make_id("member", _FIRST), properties=_properties(member))
        return str(rows[0]["member"]["email"])


def addresses(text: str) -> tuple[str, ...]:
    """All e-mail addresses of a text, each once: alone, or as mail programs copy them, with names before <them>.

    Raises NoAddressGiven, and NoEmailAddress for the first that is none.
    """
    words = _BETWEEN.split(_NAMED.sub(r" \1 ", text) if "<" in text else text)
    found = tuple(dict.fromkeys(address(word) for word in words if word))
    if not found:
        raise NoAddressGiven()
    return found


def address(text: str) -> str:
    """An e-mail address in the one form in which addresses are compared; raises NoEmailAddress."""
    found = text.strip().casefold()
    if not _ADDRESS.fullmatch(found):
        raise NoEmailAddress(text=text.strip()[:80])
    return found


def _id(collection: str, email: str) -> str:
    return make_id("member", collection, email)


def _properties(member: Member) -> dict[str, str]:
    return {
        "collection": member.collection,
        "email": member.email,
        "role": member.role.value,
        "by": member.by,
        "at": member.at,
    }


def _to_member(row: Mapping[str, Any]) -> Member:
    return Member(row["collection"], row["email"], Role(row["role"]), row.get("by") or "", row.get("at") or "")
