"""The few words of our own in reports and on pages by themselves, in two languages."""

from __future__ import annotations

from typing import Final

_WORDS: Final[dict[str, dict[str, str]]] = {
    "en": {
        "answer": "Answer",
        "claims": "Claims",
        "sources": "Sources",
        "graph": "What is connected",
        "page": "p. {n}",
        "question": "Question",
        "note": "Note",
        "unsupported": "not supported by its sources",
        "by_model": "described or read by {model}",
        "contents": "Findings",
        "found": "Made with Wunderkammer: every claim opens the place it comes from.",
        "not_drawn": "Characters that could not be drawn here stand as □: {n}.",
        "not_found": "Not found in what was searched.",
        "graph_help": "Drag to move, scroll to zoom, click a name to see its claims.",
        "rights": "Rights",
        "close": "Show all",
        "left_out": "{n} further claims are not in this report; JSON-LD and CSV have them all.",
    },
    "de": {
        "answer": "Antwort",
        "claims": "Aussagen",
        "sources": "Quellen",
        "graph": "Was zusammenhängt",
        "page": "S. {n}",
        "question": "Frage",
        "note": "Notiz",
        "unsupported": "von den Quellen nicht gestützt",
        "by_model": "beschrieben oder gelesen von {model}",
        "contents": "Fundstücke",
        "found": "Entstanden mit Wunderkammer: Jede Aussage öffnet die Stelle, aus der sie stammt.",
        "not_drawn": "Zeichen, die sich hier nicht darstellen ließen, stehen als □: {n}.",
        "not_found": "In dem, was durchsucht wurde, nicht gefunden.",
        "graph_help": "Ziehen verschiebt, Scrollen vergrößert, ein Klick auf einen Namen zeigt seine Aussagen.",
        "rights": "Rechte",
        "close": "Alles zeigen",
        "left_out": "{n} weitere Aussagen stehen nicht in diesem Bericht; JSON-LD und CSV enthalten alle.",
    },
}


def word(name: str, language: str, **values: object) -> str:
    """A word or sentence of ours."""
    return _WORDS["de" if language == "de" else "en"][name].format(**values)
