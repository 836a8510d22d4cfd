"""An answer in words for a terminal, in the language of its question; says what was not found and what was searched."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from graph.finding import Stating
from graph.types import Evidence, Retrieved, Searched
from llm.answer import Answer, Status
from llm.competing import lines as competing_lines
from llm.language import guess
from llm.plain import one_line
from llm.sentences import sentences as spans_of
from llm.stated import Sentences, answering

_LONGEST = 240
_WORDS: dict[str, dict[str, str]] = {
    "en": {
        "nothing": "Not found: nothing in the cabinet answers this.",
        "denied": "Not found: the model found no answer in the evidence below.",
        "unfounded": "Not found in the evidence: no sentence of this answer is supported by it.",
        "unsupported": "not supported by its sources",
        "citation": "not in the source",
        "disagree": "the sources disagree",
        "evidence": "Evidence only; a model writes an answer with --model ID.",
        "stated": "What the sources state:",
        "not_stated": "Nothing here states it in so many words; these are the nearest passages.",
        "page": "page",
        "searched": "searched {read} of {pages} in {documents}",
        "page.one": "1 page",
        "page.many": "{n} pages",
        "document.one": "1 document",
        "document.many": "{n} documents",
        "pages_failed.one": "1 page could not be read",
        "pages_failed.many": "{n} pages could not be read",
        "documents_failed.one": "1 document could not be read",
        "documents_failed.many": "{n} documents could not be read",
        "waiting.one": "1 page or picture waits to be read",
        "waiting.many": "{n} pages or pictures wait to be read",
        "left_off.one": "1 document is not read to the end, because its import was stopped",
        "left_off.many": "{n} documents are not read to the end, because their import was stopped",
    },
    "de": {
        "nothing": "Nicht gefunden: Nichts in der Sammlung beantwortet das.",
        "denied": "Nicht gefunden: Das Modell fand in den Belegen unten keine Antwort.",
        "unfounded": "In den Belegen nicht gefunden: Kein Satz dieser Antwort ist durch sie gestützt.",
        "unsupported": "durch die Quellen nicht gestützt",
        "citation": "steht nicht in der Quelle",
        "disagree": "die Quellen widersprechen sich",
        "evidence": "Nur Belege; mit --model ID schreibt ein Modell eine Antwort.",
        "stated": "Was die Quellen aussagen:",
        "not_stated": "Nichts hier sagt es ausdrücklich; dies sind die nächstliegenden Stellen.",
        "page": "Seite",
        "searched": "durchsucht: {read} von {pages} in {documents}",
        "page.one": "1 Seite",
        "page.many": "{n} Seiten",
        "document.one": "1 Dokument",
        "document.many": "{n} Dokumenten",
        "pages_failed.one": "1 Seite war nicht lesbar",
        "pages_failed.many": "{n} Seiten waren nicht lesbar",
        "documents_failed.one": "1 Dokument war nicht lesbar",
        "documents_failed.many": "{n} Dokumente waren nicht lesbar",
        "waiting.one": "1 Seite oder Bild muss noch gelesen werden",
        "waiting.many": "{n} Seiten oder Bilder müssen noch gelesen werden",
        "left_off.one": "1 Dokument ist nicht zu Ende gelesen, weil sein Import abgebrochen wurde",
        "left_off.many": "{n} Dokumente sind nicht zu Ende gelesen, weil ihr Import abgebrochen wurde",
    },
}


def told(
    retrieved: Retrieved,
    answer: Answer,
    ways: Sequence[str] = (),
    why: str = "",
    said: Sequence[Stating] | None = None,
    sentences: Sentences = spans_of,
) -> str:
    """The whole answer with what it rests on; nothing in it can steer a terminal.

    `ways` are chains, themes or rows as lines, `why` says why it was looked for so, `said` is what the sources state
    where no model writes (None: that is not asked), `sentences` finds those of a passage.
    """
    say = _WORDS[language_of(retrieved.question)]
    lines = [answer.text, ""] if answer.text else []
    if message := not_found(retrieved, answer):
        lines.append(message)
    elif answer.status is Status.EVIDENCE_ONLY:
        if said is not None and not ways:
            lines += [say["stated"], *(_stated(each) for each in said), ""] if said else [say["not_stated"], ""]
        lines.append(say["evidence"])
    lines += [f"{say['unsupported']}: {s.text}" for s in answer.sentences if not s.supported]
    lines += [
        f"{say['citation']}: [{c.n}] {one_line(c.quote)}".rstrip()
        for s in answer.sentences
        if s.supported
        for c in s.citations
        if not c.supported
    ]
    if said != () or answer.model:
        lines += [f"{say['disagree']}: {one_line(each)}" for each in competing_lines(retrieved.competing)]
    lines += ways
    lines += [_evidence(retrieved.question, piece, say, sentences) for piece in retrieved.evidence]
    searched = [why, *_searched(retrieved.searched, say)]
    return "\n".join([*lines, "", "; ".join(filter(None, searched))])


def not_found(retrieved: Retrieved, answer: Answer) -> str | None:
    """That there is no answer, in the language of the question; None where there is one."""
    say = _WORDS[language_of(retrieved.question)]
    if not retrieved.evidence and not retrieved.way.table:
        return say["nothing"]
    if answer.status is Status.NOT_FOUND:
        return say["denied"]
    return say["unfounded"] if answer.unfounded else None


def language_of(question: str) -> str:
    """The language in which a question is answered where no model writes: its own, or English."""
    return guess(question) or "en"


def _stated(said: Stating) -> str:
    text = one_line(said.text)
    held = f" ({one_line(', '.join(said.held))})" if said.held else ""
    return f"- {text if said.statement else f'“{text}”'}{held} {''.join(f'[{n}]' for n in said.numbers)}".rstrip()


def _evidence(question: str, piece: Evidence, say: dict[str, str], sentences: Sentences) -> str:
    """Where it stands, and its sentence that answers."""
    text = piece.chunk.text
    start, end = answering(question, text, sentences) or (0, len(text))
    words = one_line(text[start:end])
    page = f", {say['page']} {piece.chunk.page}" if piece.chunk.page else ""
    more = "…" if len(words) > _LONGEST else ""
    return f"[{piece.n}] {one_line(piece.title)}{page}: {words[:_LONGEST]}{more}"


def _searched(searched: Searched, say: dict[str, str]) -> Iterator[str]:
    """How much was searched, and what could not be."""
    pages = _many(say, "page", searched.pages_total)
    yield say["searched"].format(read=searched.pages, pages=pages, documents=_many(say, "document", searched.documents))
    for name in ("pages_failed", "documents_failed", "waiting", "left_off"):
        if n := getattr(searched, name):
            yield _many(say, name, n)


def _many(say: dict[str, str], what: str, n: int) -> str:
    return say[f"{what}.one" if n == 1 else f"{what}.many"].format(n=n)
