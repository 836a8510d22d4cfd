"""A message as an Adaptive Card 1.4, which Workflows of Microsoft Teams post, and in the envelope that they take.

Text from documents, models and people stands in text runs alone, which are no Markdown: nothing in it is a link, a
mention or markup. Only our own words are Markdown, and facts, whose values are escaped.
"""

from __future__ import annotations

import re
from typing import Any, Final

from share.message import Item, Message
from share.words import say

Element = dict[str, Any]
_MARKDOWN: Final = re.compile(r"[\\`*_\[\]()!|~<>]|^[#+=-]|(?<=^\d)[.)]|(?<=^\d\d)[.)]")
"""What Markdown means something by: anywhere, or at the beginning alone. Other signs stay, for the eye's sake."""
_ALIVE: Final = re.compile(r"\{(?=\{)|\$(?=\{)|@(?=\{)")
"""What cards and flows fill in themselves: {{DATE(…)}}, ${…}, @{…}."""
JOINER: Final = "\u2060"
"""Is not seen, and keeps apart what would be alive together."""


def envelope(message: Message) -> Element:
    """The body that a flow "when a Teams webhook request is received" takes."""
    attachment = {
        "contentType": "application/vnd.microsoft.card.adaptive",
        "contentUrl": None,
        "content": card(message),
    }
    return {"type": "message", "attachments": [attachment]}


def card(message: Message) -> Element:
    """The card alone, which flows made by hand may take."""
    body: list[Element] = [_text(message.title, size="large", weight="bolder")]
    if message.subtitle:
        body.append(_text(message.subtitle, italic=True))
    if message.note:
        body.append(_text(message.note))
    if message.sentences:
        body.append(_answer(message))
    if message.remark:
        body.append(_ours(message.remark, subtle=True))
    if message.cut:
        body.append(_ours(say(message.language, "cut"), subtle=True))
    if message.heading:
        body.append(_ours(message.heading, weight="bolder", spacing="medium"))
    body += [_item(item, message.language) for item in message.items]
    if message.more:
        body.append(_ours(say(message.language, "more", n=message.more), subtle=True))
    if message.facts:
        facts = [{"title": escaped(name), "value": escaped(value)} for name, value in message.facts]
        body.append({"type": "FactSet", "facts": facts, "separator": True})
    made: Element = {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.4",
        "lang": message.language,
        "fallbackText": inert(message.title),
        "body": body,
        "msteams": {"width": "Full"},
    }
    if message.link:
        made["actions"] = [{"type": "Action.OpenUrl", "title": message.link_label, "url": message.link}]
    return made


def escaped(text: str) -> str:
    """Text for a place that reads Markdown: shown letter for letter."""
    return _MARKDOWN.sub(lambda sign: f"\\{sign.group()}", inert(text))


def inert(text: str) -> str:
    """Text in which nothing is filled in by cards or flows, and no address becomes a link by itself."""
    apart = _ALIVE.sub(lambda sign: f"{sign.group()}{JOINER}", text)
    return re.sub(r"(?<=:)(?=//)|(?<=\bwww)(?=\.)|(?<=mailto)(?=:)", JOINER, apart, flags=re.IGNORECASE)


def _ours(text: str, subtle: bool = False, weight: str = "default", spacing: str = "default") -> Element:
    """Words of our own, filled with numbers at most."""
    return {
        "type": "TextBlock",
        "text": escaped(text),
        "wrap": True,
        "isSubtle": subtle,
        "weight": weight,
        "spacing": spacing,
    }


def _text(text: str, **look: Any) -> Element:
    return {"type": "RichTextBlock", "inlines": [_run(text, **look)]}


def _run(text: str, link: str | None = None, **look: Any) -> Element:
    run: Element = {"type": "TextRun", "text": inert(text), **look}
    if link:
        run["selectAction"] = {"type": "Action.OpenUrl", "url": link}
    return run


def _answer(message: Message) -> Element:
    runs: list[Element] = []
    for sentence in message.sentences:
        if sentence.supported:
            runs.append(_run(f"{sentence.text} "))
        else:
            runs.append(_run(sentence.text, isSubtle=True))
            runs.append(_run(f" ({say(message.language, 'unsupported')}) ", isSubtle=True, italic=True))
    return {"type": "RichTextBlock", "inlines": runs, "spacing": "medium"}


def _item(item: Item, language: str) -> Element:
    head = [_run(f"{item.n}  ", weight="bolder"), _run(item.title, item.link, weight="bolder")]
    if item.where:
        head.append(_run(f", {item.where}", item.link))
    inside: list[Element] = [{"type": "RichTextBlock", "inlines": head}]
    if item.quote:
        inside.append({"type": "RichTextBlock", "inlines": [_run(f"“{item.quote}”", italic=True)], "spacing": "small"})
    if item.image:
        alternative = escaped(f"{item.title} {item.where}".strip())
        inside.append({"type": "Image", "url": item.image, "altText": alternative, "size": "stretch"})
    elif item.has_picture:
        inside.append(_ours(say(language, "picture"), subtle=True, spacing="small"))
    if item.about:
        about = _run(item.about, isSubtle=True, size="small")
        inside.append({"type": "RichTextBlock", "inlines": [about], "spacing": "small"})
    return {"type": "Container", "items": inside, "spacing": "medium"}
