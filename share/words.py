"""The few words of our own in messages, in the language that the finding was kept in."""

from __future__ import annotations

from typing import Final

_WORDS: Final[dict[str, dict[str, str]]] = {
    "en": {
        "evidence": "Evidence",
        "page": "page {n}",
        "open": "Open in Wunderkammer",
        "place": "show the place",
        "unsupported": "not supported by its sources",
        "no_answer": "Evidence only: no model wrote an answer.",
        "not_found": "Not found: {read} of {pages} pages in {documents} documents were searched.",
        "graph": "A part of the graph: {nodes} people, places and things, {claims} claims.",
        "cut": "The answer is longer; all of it is in Wunderkammer.",
        "more": "and {n} more",
        "picture": "There is a picture of this place; it can be seen in Wunderkammer.",
        "by_model": "described or read by {model}",
        "rights": "Rights",
        "model": "Model",
        "mode": "Looked for",
        "kept": "Kept",
        "who": "By",
        "nobody": "none",
        "auto": "as it fits",
        "hybrid": "by words and meaning",
        "mode.graph": "by what is connected",
        "path": "from one thing to another",
        "global": "in the whole",
        "cypher": "by a query",
        "checked": "looked through by a model",
        "imported": "An import has finished",
        "imported.about": "{documents} documents, {pages} pages; {failed} could not be read.",
        "collection": "Cabinet",
        "library": "Open the library",
        "digest": "New findings: {n}",
        "findings": "Open the findings",
        "test": "A test from Wunderkammer",
        "test.about": "This channel is set up. Findings that are sent here will look like this message.",
    },
    "de": {
        "evidence": "Belege",
        "page": "Seite {n}",
        "open": "In Wunderkammer öffnen",
        "place": "die Stelle zeigen",
        "unsupported": "durch die Quellen nicht gestützt",
        "no_answer": "Nur Belege: Kein Modell hat eine Antwort geschrieben.",
        "not_found": "Nicht gefunden: {read} von {pages} Seiten in {documents} Dokumenten wurden durchsucht.",
        "graph": "Ein Teil des Graphen: {nodes} Personen, Orte und Dinge, {claims} Aussagen.",
        "cut": "Die Antwort ist länger; ganz steht sie in Wunderkammer.",
        "more": "und {n} weitere",
        "picture": "Von dieser Stelle gibt es ein Bild; zu sehen ist es in Wunderkammer.",
        "by_model": "beschrieben oder gelesen von {model}",
        "rights": "Rechte",
        "model": "Modell",
        "mode": "Gesucht",
        "kept": "Aufgehoben",
        "who": "Von",
        "nobody": "keines",
        "auto": "wie es passt",
        "hybrid": "nach Wörtern und Bedeutung",
        "mode.graph": "nach Verbindungen",
        "path": "vom einen zum anderen",
        "global": "im Ganzen",
        "cypher": "mit einer Abfrage",
        "checked": "von einem Modell durchgesehen",
        "imported": "Ein Import ist fertig",
        "imported.about": "{documents} Dokumente, {pages} Seiten; {failed} nicht lesbar.",
        "collection": "Sammlung",
        "library": "Bibliothek öffnen",
        "digest": "Neue Fundstücke: {n}",
        "findings": "Fundstücke öffnen",
        "test": "Ein Versuch aus Wunderkammer",
        "test.about": "Dieser Kanal ist eingerichtet. Fundstücke, die hierher gesendet werden, sehen so aus.",
    },
}


def say(language: str, key: str, /, **values: object) -> str:
    """The text in one language, English where there is no other."""
    return _WORDS.get(language, _WORDS["en"])[key].format(**values)


def mode(language: str, name: str) -> str:
    """How it was looked for, in words; a way that is not known is shown as it is."""
    words = _WORDS.get(language, _WORDS["en"])
    return words["mode.graph"] if name == "graph" else words.get(name, name)
