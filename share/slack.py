"""A message for an incoming webhook of Slack: blocks whose untrusted text is plain, so that nothing in it is a mention.

Links of our own are the only markup, in blocks that hold nothing else.
"""

from __future__ import annotations

from typing import Any, Final

from share.message import Item, Message, short
from share.words import say

_SPECIAL: Final = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})
_TEXT, _HEADER, _BLOCKS = 2900, 150, 48
"""What Slack takes at most: characters of a text, of a header, blocks (two are kept for the end)."""


def blocks(message: Message) -> dict[str, Any]:
    """The whole body."""
    said = " ".join(
        each.text if each.supported else f"{each.text} ({say(message.language, 'unsupported')})"
        for each in message.sentences
    )
    cut = say(message.language, "cut") if message.cut else ""
    made: list[dict[str, Any]] = [{"type": "header", "text": _plain(message.title, _HEADER)}]
    for text in (message.subtitle, message.note, said, message.remark, cut, message.heading):
        if text:
            made.append({"type": "section", "text": _plain(text)})
    for item in message.items:
        made.append({"type": "section", "text": _plain(_item(item))})
        if item.link:
            made.append(_context(_link(item.link, say(message.language, "place"))))
    del made[_BLOCKS:]
    facts = " · ".join(f"{name}: {value}" for name, value in message.facts)
    if facts:
        made.append({"type": "context", "elements": [_plain(facts)]})
    if message.link:
        made.append(_context(_link(message.link, message.link_label)))
    # Where no blocks are shown, as in notifications, this is; it is markup, with its special signs escaped.
    return {"text": short(message.title, _HEADER).translate(_SPECIAL), "mrkdwn": False, "blocks": made}


def _item(item: Item) -> str:
    where = f", {item.where}" if item.where else ""
    quote = f": “{item.quote}”" if item.quote else ""
    return f"{item.n}  {item.title}{where}{quote}" + (f" · {item.about}" if item.about else "")


def _plain(text: str, limit: int = _TEXT) -> dict[str, Any]:
    return {"type": "plain_text", "text": short(text, limit) or "–", "emoji": False}


def _context(markup: str) -> dict[str, Any]:
    return {"type": "context", "elements": [{"type": "mrkdwn", "text": markup}]}


def _link(url: str, label: str) -> str:
    return f"<{url.translate(_SPECIAL).replace('|', '%7C')}|{label.translate(_SPECIAL)}>"
