"""Who may do what in a cabinet, and what somebody is told who may not."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from graph.errors import WrongUse


class Role(StrEnum):
    """What a person may do in one cabinet; each may also do what those before it may."""

    READER = "reader"
    """Asks, looks, exports."""
    EDITOR = "editor"
    """Adds, corrects, keeps findings, sends them."""
    OWNER = "owner"
    """Also removes documents, manages members and limits, deletes the cabinet."""
    HOST = "host"
    """Runs the installation: owns every cabinet, makes new ones, sets up keys and models."""

    def may(self, needed: Role) -> bool:
        """Whether this is enough for what needs the other."""
        return _ORDER.index(self) >= _ORDER.index(needed)


_ORDER: Final = tuple(Role)
GIVEN: Final = (Role.READER, Role.EDITOR, Role.OWNER)
"""What a member of a cabinet can be."""


class NotAllowed(WrongUse):
    """Something that the role of a person does not allow."""

    en = "You may not do this here."
    de = "Das dürfen Sie hier nicht."


class NotAReader(NotAllowed):
    en = "This cabinet is not open to you. Ask one of its owners to invite your e-mail address."
    de = (
        "Dieses Kabinett ist Ihnen nicht zugänglich. Bitten Sie jemanden, dem es gehört, Ihre E-Mail-Adresse "
        "einzuladen."
    )


class NotAnEditor(NotAllowed):
    en = "You may ask, look and export here, but change nothing. Ask an owner of this cabinet to make you an editor."
    de = (
        "Sie können hier fragen, lesen und exportieren, aber nichts ändern. Bitten Sie jemanden, dem dieses Kabinett "
        "gehört, Sie zur Bearbeitung einzuladen."
    )


class NotAnOwner(NotAllowed):
    en = "Only owners of this cabinet may do this. Ask one of them."
    de = "Das dürfen nur diejenigen, denen dieses Kabinett gehört. Bitten Sie sie darum."


class NotTheHost(NotAllowed):
    en = "Only who runs this installation may do this, for it concerns all its cabinets. Ask them."
    de = "Das darf nur, wer diese Installation betreibt, denn es betrifft alle Kabinette. Bitten Sie dort darum."


class InAnotherCabinet(WrongUse):
    en = "This belongs to another cabinet, or to none. Open that one first."
    de = "Das gehört zu einem anderen Kabinett oder zu keinem. Öffnen Sie zuerst jenes."


_REFUSALS: Final = {
    Role.READER: NotAReader,
    Role.EDITOR: NotAnEditor,
    Role.OWNER: NotAnOwner,
    Role.HOST: NotTheHost,
}


def require(have: Role, needed: Role) -> None:
    """Raises the NotAllowed that says what is missing where a role is not enough."""
    if not have.may(needed):
        raise _REFUSALS[needed]()
