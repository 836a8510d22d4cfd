"""Which way suits a question, told by its words, German and English; whether it can be gone is seen on the way."""

from __future__ import annotations

import re

_CONNECTING = re.compile(
    r"\b(?:connect(?:s|ed|ions?|ing)?|link(?:s|ed)?|relat(?:e[sd]?|ions?|ionships?)|associated"
    r"|verb[ai]nd(?:en|et)|verbunden|verbindung(?:en)?|zusammenh(?:a|ä)ng(?:e|en|t)?"
    r"|h(?:a|ä)ng(?:en|t) .{1,120}\bzusammen|beziehung(?:en)?|verknüpf(?:t|ung|ungen))\b",
    re.IGNORECASE,
)
_SOURCES = (
    r"(?:documents?|texts?|sources?|collection|cabinet|library|corpus|files?|papers?|letters?|material"
    r"|dokumente?n?|texte?n?|quellen?|sammlung|bestand|kabinett|bibliothek|dateien|schriften|briefe?n?)"
)
_WHOLE = re.compile(
    r"|".join(
        (
            rf"\bwhat (?:is|are) (?:\w+ ){{0,3}}{_SOURCES}(?: here)?(?: all)? about\b",
            rf"\bwhat (?:do|does) (?:\w+ ){{0,3}}{_SOURCES} (?:deal with|cover|talk about|treat)\b",
            rf"\bwhat is in (?:\w+ ){{0,2}}{_SOURCES}\b",
            r"\b(?:main|key|central|major|most important) (?:themes?|topics?|subjects?|issues)\b",
            r"\bwhat (?:themes?|topics?|subjects?)\b",
            r"\b(?:overview|summary|summari[sz]e)\b",
            r"\bwor(?:um|über) (?:geht|gehen|handeln|handelt|sprechen|berichten)\b",
            r"\bwovon (?:handeln|handelt|sprechen|erzählen|berichten)\b",
            r"\b(?:haupt|kern|leit)them(?:a|en)\b",
            r"\b(?:wichtigste|zentrale|große|größte)[nr]? them(?:a|en)\b",
            r"\bwelche them(?:a|en)\b",
            r"\b(?:überblick|übersicht|zusammenfassung)\b",
        )
    ),
    re.IGNORECASE,
)


def connects(question: str) -> bool:
    """Whether the question asks how things are connected."""
    return _CONNECTING.search(question) is not None


def overlooks(question: str) -> bool:
    """Whether the question is about the whole rather than about something in it."""
    return _WHOLE.search(question) is not None
