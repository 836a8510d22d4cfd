"""A file of questions as people make it in a spreadsheet: CSV with the columns question, document, page, quote."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from graph.errors import WrongUse

COLUMNS: Final = ("question", "document", "page", "quote")
GERMAN: Final = {"frage": "question", "dokument": "document", "seite": "page", "zitat": "quote"}
_MOST_BYTES: Final = 20_000_000
_LONGEST: Final = 1000


class QuestionsUnreadable(WrongUse):
    en = "{name} cannot be read as a CSV file: {why}."
    de = "{name} lässt sich nicht als CSV-Datei lesen: {why}."


class QuestionsWithoutColumns(WrongUse):
    en = (
        "{name} needs a first line with the columns question, and document or quote (page may stand beside); it has: "
        "{found}."
    )
    de = (
        "{name} braucht eine erste Zeile mit den Spalten frage und dokument oder zitat (seite kann dazukommen); sie "
        "hat: {found}."
    )


class QuestionsTooLarge(QuestionsUnreadable):
    en = "{name} is larger than 20 MB: too large for a file of questions."
    de = "{name} ist größer als 20 MB: zu groß für eine Datei mit Fragen."


class QuestionsNotUtf8(QuestionsUnreadable):
    en = "{name} is not in UTF-8. Save it from the spreadsheet as “CSV UTF-8”."
    de = "{name} ist nicht in UTF-8. Speichern Sie es in der Tabellenkalkulation als „CSV UTF-8“."


class QuestionLineWrong(WrongUse):
    en = "Line {line} of {name} has {cells} cells for {columns} columns; a text with “,” or “;” wants quotation marks."
    de = (
        "Zeile {line} von {name} hat {cells} Zellen für {columns} Spalten; ein Text mit „,“ oder „;“ braucht "
        "Anführungszeichen."
    )


class QuestionWithoutText(QuestionLineWrong):
    en = "In line {line} of {name} the question is missing or longer than 1,000 letters."
    de = "In Zeile {line} von {name} fehlt die Frage oder ist länger als 1.000 Zeichen."


class QuestionWithoutPlace(QuestionLineWrong):
    en = "Line {line} of {name} names neither a document nor a quote."
    de = "Zeile {line} von {name} nennt weder ein Dokument noch ein Zitat."


class QuestionPageWrong(QuestionLineWrong):
    en = "In line {line} of {name} the page is “{page}”, not a whole number from 1 on."
    de = "In Zeile {line} von {name} ist die Seite „{page}“, keine ganze Zahl ab 1."


class NoQuestions(WrongUse):
    en = "{name} holds no questions."
    de = "{name} enthält keine Fragen."


@dataclass(frozen=True, slots=True)
class Expected:
    """Where an answer stands: the document by id, title or file name, the page, words of the source; what was given."""

    document: str = ""
    page: int | None = None
    quote: str = ""


@dataclass(frozen=True, slots=True)
class Question:
    """A question and all places that answer it."""

    text: str
    expected: tuple[Expected, ...]


def read(path: Path) -> list[Question]:
    """The questions of a file, in its order; lines with the same question are places of one.

    Commas, semicolons and tabs are taken, UTF-8 with or without its mark, and the column names in English or German.
    Raises QuestionsUnreadable, QuestionsWithoutColumns, QuestionLineWrong or NoQuestions.
    """
    text = _text(path)
    head = text.partition("\n")[0]
    delimiter = max(",;\t", key=head.count)
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    expected: dict[str, list[Expected]] = {}
    try:
        names = [_column(name) for name in next(rows, [])]
        if "question" not in names or not {"document", "quote"} & set(names):
            raise QuestionsWithoutColumns(name=path.name, found=", ".join(filter(None, names)) or "–")
        for row in rows:
            if any(cell.strip() for cell in row):
                question, place = _line(path.name, rows.line_num, names, row)
                expected.setdefault(question, []).append(place)
    except csv.Error as error:
        raise QuestionsUnreadable(name=path.name, why=f"{error} ({rows.line_num})") from None
    if not expected:
        raise NoQuestions(name=path.name)
    return [Question(text, tuple(dict.fromkeys(places))) for text, places in expected.items()]


def _text(path: Path) -> str:
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise QuestionsTooLarge(name=path.name)
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise QuestionsUnreadable(name=path.name, why=str(error.strerror)) from None
    except UnicodeDecodeError:
        raise QuestionsNotUtf8(name=path.name) from None


def _column(name: str) -> str:
    low = name.strip().casefold()
    return GERMAN.get(low, low)


def _line(name: str, line: int, names: list[str], row: list[str]) -> tuple[str, Expected]:
    """One line as a question and a place."""
    if len(row) > len(names):
        raise QuestionLineWrong(name=name, line=line, cells=len(row), columns=len(names))
    cells = {column: " ".join(cell.split()) for column, cell in zip(names, row, strict=False) if column in COLUMNS}
    question = cells.get("question", "")
    if not question or len(question) > _LONGEST:
        raise QuestionWithoutText(name=name, line=line)
    page = cells.get("page", "")
    if page and not (page.isascii() and page.isdigit() and int(page) > 0 and len(page) < 9):
        raise QuestionPageWrong(name=name, line=line, page=page)
    place = Expected(cells.get("document", ""), int(page) if page else None, cells.get("quote", ""))
    if not (place.document or place.quote):
        raise QuestionWithoutPlace(name=name, line=line)
    return question, place
