"""A message as a MessageCard, which older tenants and gateways still take.

Its sections say that they are no Markdown, and angle brackets become signs that no HTML has: whatever reads it, the
text of documents stays text.
"""

from __future__ import annotations

from typing import Any, Final

from share.message import Item, Message
from share.teams import inert
from share.words import say

_LIKE: Final = str.maketrans({"<": "‹", ">": "›"})


def card(message: Message) -> dict[str, Any]:
    """The whole body."""
    said = " ".join(
        each.text if each.supported else f"{each.text} ({say(message.language, 'unsupported')})"
        for each in message.sentences
    )
    cut = say(message.language, "cut") if message.cut else ""
    sections: list[dict[str, Any]] = [
        {
            "title": _text(message.subtitle),
            "text": _text("  ".join(filter(None, (message.note, said, message.remark, cut)))),
            "facts": [{"name": _text(name), "value": _text(value)} for name, value in message.facts],
            "markdown": False,
        }
    ]
    sections += [{"text": _text(_item(item)), "markdown": False} for item in message.items]
    if message.more:
        sections.append({"text": say(message.language, "more", n=message.more), "markdown": False})
    made: dict[str, Any] = {
        "@type": "MessageCard",
        "@context": "https://schema.org/extensions",
        "summary": _text(message.title),
        "title": _text(message.title),
        "sections": sections,
    }
    if message.link:
        target = [{"os": "default", "uri": message.link}]
        made["potentialAction"] = [{"@type": "OpenUri", "name": message.link_label, "targets": target}]
    return made


def _item(item: Item) -> str:
    where = f", {item.where}" if item.where else ""
    quote = f": “{item.quote}”" if item.quote else ""
    return f"{item.n}  {item.title}{where}{quote}" + (f" · {item.about}" if item.about else "")


def _text(text: str) -> str:
    return inert(text).translate(_LIKE)
