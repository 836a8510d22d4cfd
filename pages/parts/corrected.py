"""A correction in one sentence, and when it was made."""

from __future__ import annotations

from datetime import datetime

from graph.correction import Correction
from graph.identifiers import named
from pages.language import date, kind, say
from pages.parts.plain import shortened

_LONGEST = 240


def sentence(made: Correction) -> str:
    """What was changed, or changed back, as a sentence; plain text."""
    if made.undone_at and made.undone_by is not None:
        return say("history.undone", what=_sentence(made))
    return _sentence(made)


def _sentence(made: Correction) -> str:
    before, after = shortened(made.before, _LONGEST), shortened(made.after, _LONGEST)
    name = shortened(made.name, _LONGEST)
    if made.kind == "retype":
        return say("history.retype", name=name, a=kind(before), b=kind(after))
    if made.kind == "merge":
        return say("same.done", kept=name, absorbed=before)
    if made.kind == "apart":
        return say("same.apart", a=name, b=before)
    if made.kind in ("alias", "unalias"):
        return say(f"history.{made.kind}", name=name, a=after or before)
    if made.kind in ("identify", "unidentify"):
        return say(f"history.{made.kind}", name=name, a=named(made.after or made.before))
    return say(f"history.{made.kind}", a=before, b=after)


def when(moment: str) -> str:
    """The day and the time of day of an ISO moment, as a clock here shows it; empty for what is no moment."""
    try:
        local = datetime.fromisoformat(moment).astimezone()
    except ValueError:
        return ""
    return f"{date(local.replace(tzinfo=None).isoformat() + '+00:00')}, {local:%H:%M}"
