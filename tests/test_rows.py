"""In a table the row is the sentence: what is marked, and what an answer is checked against."""

from __future__ import annotations

import pytest

from graph.types import Chunk, ChunkKind
from ingest.sentences import sentences
from llm.sentences import sentences as plain_sentences
from pages.parts.passages import answering_span, pieces
from pages.parts.sheet import Note, parts_of
from pages.parts.whose import claims_of, notes, words_of

TABLE = """No. | Object | Maker | Depot
No.: 1 | Object: Celestial globe. With stand | Maker: J. Blaeu | Depot: 7
No.: 2 | Object: Moon globe | Maker: T. Mayer | Depot: 7
No.: 3 | Object: Cup. Silver | Maker: unknown | Depot: 2"""
INVENTAR = """Nr. | Objekt | Hersteller | Depot
Nr.: 1 | Objekt: Himmelsglobus | Hersteller: J. Blaeu | Depot: 7
Nr.: 2 | Objekt: Mondglobus | Hersteller: T. Mayer | Depot: 7"""
LINES = TABLE.split("\n")


def passage(
    text: str, start: int = 0, page: int | None = None, kind: ChunkKind = ChunkKind.TEXT, by: str = ""
) -> Chunk:
    return Chunk(
        f"{start}", "d", start, text, start, start + len(text), kind=kind, page=page, written_by=by or None
    )  # fmt: skip


def test_each_row_of_a_table_is_a_sentence_and_prose_around_it_keeps_its_own() -> None:
    text = f"It was written by Dr. Worm. It says:\n{TABLE}\nHe died. He was old."
    prose = ["It was written by Dr. Worm.", "It says:"], ["He died.", "He was old."]
    assert [text[a:b] for a, b in sentences(text, 0, len(text))] == [*prose[0], *LINES, *prose[1]]


@pytest.mark.parametrize("line_ends", [True, False])
def test_rows_are_told_apart_where_answers_are_checked(line_ends: bool) -> None:
    text = f"Listed by Worm:\n{TABLE}\nHe died. He was old."
    found = [text[a:b] for a, b in plain_sentences(text, line_ends)]
    assert found == ["Listed by Worm:", *LINES, "He died.", "He was old."]


@pytest.mark.parametrize(
    ("table", "question", "row"),
    [
        (TABLE, "Who made the moon globe in depot 7?", 2),
        (INVENTAR, "Wer machte den Mondglobus im Depot 7?", 2),
    ],
)
def test_the_mark_is_on_the_row_that_answers(table: str, question: str, row: int) -> None:
    span = answering_span(passage(table, 100), question)
    assert span is not None
    assert table[span[0] - 100 : span[1] - 100] == table.split("\n")[row]


def test_pages_without_images_are_turned_as_pages() -> None:
    text = "First sheet\n\nSecond sheet\n\nA ship on the first"
    chunks = [passage("First sheet", 0, 1), passage("Second sheet", 13, 2)]
    seen = passage("A ship on the first", 27, 1, ChunkKind.CAPTION, "a model")
    assert [text[a:b] for a, b in pieces(text, [seen, *chunks])] == [text[:13], text[13:]]
    assert "".join(text[a:b] for a, b in pieces(text, chunks, size=8)) == text
    assert pieces(text, []) == [(0, len(text))]


def test_where_whose_words_begin_is_noted() -> None:
    file = passage("Title: A", 0, 1, ChunkKind.METADATA)
    own = passage("The ship", 10, 1)
    told = passage("A ship at sea", 20, 1, ChunkKind.CAPTION, "gpt-4o-mini")
    more = passage("Object shown: sail", 35, 1, ChunkKind.CAPTION, "gpt-4o-mini")
    read = passage("ANNO 1650", 55, 1, ChunkKind.OCR, "gpt-4o-mini")
    assert notes([read, more, told, own, file], 0, 70) == [
        Note(0, "said by the file"),
        Note(10, "in the source's own words"),
        Note(20, "described by gpt-4o-mini"),
        Note(55, "read by gpt-4o-mini"),
    ]
    assert notes([own, file], 10, 20) == []
    assert notes([more, read], 40, 70) == [Note(0, "described by gpt-4o-mini"), Note(15, "read by gpt-4o-mini")]
    assert words_of(own) == claims_of(own) == claims_of(file) == ""
    assert (claims_of(told), claims_of(read)) == ("seen by gpt-4o-mini", "read by gpt-4o-mini")


def test_notes_stand_between_the_words_and_marks_go_on_behind_them() -> None:
    assert parts_of("one two three", [(2, 9)], [Note(0, "a"), Note(4, "b")]) == [
        {"text": "a", "note": True},
        {"text": "on"},
        {"text": "e ", "marked": True},
        {"text": "b", "note": True},
        {"text": "two t", "marked": True},
        {"text": "hree"},
    ]
