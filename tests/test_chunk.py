"""Passages: nothing lost, spans exact, in order, on one page, sentences whole."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reportlab.pdfgen.canvas import Canvas

from graph.types import Chunk, ChunkKind, Document, Region, State
from ingest.chunk import chunk
from ingest.sentences import sentences
from ingest.sources import read
from ingest.sources.base import Block, BlockKind, Limits, Line, PageText, ReadDocument, cover
from ingest.sources.text import _blocks as text_blocks
from tests import make_files

PARTS = (
    *(
        "Am 5. Mai",
        "z. B.",
        "Dr. Worm",
        "Rudolf II. von",
        "Ende.",
        "Was?",
        "„Nein.“",
        "- Punkt",
        "1. Teil",
        "山田太郎。",
        "مرحبا",
    ),
    *("\n", "\n\n", "e\u0301" * 9, "\u00ad", "a" * 70, "\t", "\u2028", "\x1c", "\ufeff", "🦄" * 5),
)
DOCUMENT = Document("doc", "Titel", "datei.txt", "text/plain", sha256="cd" * 32)


def of_text(text: str) -> ReadDocument:
    """A text as its source gives it."""
    return ReadDocument("t", "text/plain", text, (PageText(1, 0, len(text)),), cover(text, text_blocks(text)))


def check(content: ReadDocument, chunks: list[Chunk], max_chars: int) -> None:
    """What is promised of every list of chunks."""
    assert [c.index for c in chunks] == list(range(len(chunks)))
    assert len({c.id for c in chunks}) == len(chunks)
    position = 0
    for piece in chunks:
        assert piece.text == content.text[piece.start : piece.end]
        assert position <= piece.start <= piece.end
        assert not content.text[position : piece.start].strip()
        assert len(piece.text) <= max_chars
        assert piece.text == piece.text.strip()
        position = piece.end
    assert not content.text[position:].strip()


@settings(max_examples=100, deadline=None)
@given(text=st.text(max_size=600), max_chars=st.integers(1, 200))
def test_any_text_is_cut_without_loss(text: str, max_chars: int) -> None:
    content = of_text(text)
    check(content, chunk(content, DOCUMENT, max_chars), max_chars)


@settings(max_examples=80, deadline=None)
@given(
    parts=st.lists(
        st.sampled_from(
            PARTS
        ),
        max_size=60,
    )
)  # fmt: skip
def test_pieces_of_real_text_in_any_order(parts: list[str]) -> None:
    content = of_text(" ".join(parts))
    check(content, chunk(content, DOCUMENT, 60), 60)


@settings(max_examples=100, deadline=None)
@given(data=st.data())
def test_pages_are_never_mixed(data: st.DataObject) -> None:
    texts = data.draw(st.lists(st.text("abc. \n", max_size=80).filter(str.strip), min_size=1, max_size=5))
    text, blocks, pages, lines = "", [], [], []
    for number, content_of_page in enumerate(texts, start=1):
        text += "\n\n" if text else ""
        start = len(text)
        text += content_of_page.strip()
        blocks.append(Block(start, len(text), number, BlockKind.PARAGRAPH))
        lines.append(Line(start, len(text), number, Region(10, 20 * number, 300, 15)))
        pages.append(PageText(number, start, len(text), 600, 800))
    content = ReadDocument("t", "application/pdf", text, tuple(pages), tuple(blocks), tuple(lines))
    chunks = chunk(content, DOCUMENT, 30)
    check(content, chunks, 30)
    for piece in chunks:
        page = pages[(piece.page or 0) - 1]
        assert page.start <= piece.start < piece.end <= page.end
        assert piece.region == Region(10, 20 * page.page, 300, 15)
        assert piece.image_uri == f"cd/{'cd' * 32}/pages/{page.page:04d}.jpg"


SPLIT = [
    ["Er kam am 13. Mai 1588.", "Danach ging er."],
    ["Im 16. Jahrhundert, z. B. in Prag, sammelte Rudolf II. von Habsburg viel.", "Er starb 1612."],
    ["Das Bild zeigt Rudolf II.", "Die Sammlung war groß."],
    ["Dr. O. Worm lebte in St. Petersburg.", "Ca. 30 Stücke, vgl. Abb. 4, S. 12."],
    ["Mr. J. S. Bach met Mrs. Smith at 5 p.m. in the U.S. Navy yard.", "They left."],
    ["„Was ist das?“, fragte er.", "„Ein Horn!“", "Sie lachte."],
    ["Was?", "Wirklich!", "Ja … gut."],
    ["Muscheln, Hörner usw.", "Das war alles."],
    ["Um 300 v. Chr. lebte er.", "Um 5.000 Taler kaufte er 3.5 kg."],
    ["Vitamin C. und D. fehlen.", "The Great Fire of 1666.", "It burned."],
]


@pytest.mark.parametrize("expected", SPLIT, ids=lambda parts: parts[0][:20])
def test_sentences_end_where_people_end_them(expected: list[str]) -> None:
    text = " ".join(expected)
    assert [text[start:end] for start, end in sentences(text, 0, len(text))] == expected


def test_sentences_of_japanese_end_without_a_space() -> None:
    text = "これは本です。あれは机です。"
    assert [text[start:end] for start, end in sentences(text, 0, len(text))] == ["これは本です。", "あれは机です。"]


def test_sentences_stay_whole_and_headings_open_passages() -> None:
    first = " ".join(f"Satz {n} handelt von der Kunstkammer in Prag und ihren vielen Dingen." for n in range(36))
    text = f"Die Kammer\n\n{first}\n\nKAPITEL ZWEI\n\nKurzer Text. Noch ein Satz."
    content = of_text(text)
    chunks = chunk(content, DOCUMENT)
    check(content, chunks, 900)
    assert all(c.text.endswith(".") for c in chunks)
    assert chunks[0].text.startswith("Die Kammer\n\nSatz 0")
    assert [c.heading for c in chunks] == ["Die Kammer"] * (len(chunks) - 1) + ["KAPITEL ZWEI"]
    assert chunks[-1].text == "KAPITEL ZWEI\n\nKurzer Text. Noch ein Satz."
    assert all(len(c.text) >= 700 for c in chunks[: len(chunks) - 2])


def test_ids_are_the_same_at_the_next_import_and_differ_between_documents() -> None:
    content = of_text("Erster Satz. Zweiter Satz.")
    again, other = chunk(content, DOCUMENT), chunk(content, Document("other", "t", "u", "text/plain"))
    assert [c.id for c in chunk(content, DOCUMENT)] == [c.id for c in again]
    assert {c.id for c in again}.isdisjoint(c.id for c in other)
    assert (again[0].document, again[0].kind, again[0].state, again[0].image_uri) == (
        "doc", ChunkKind.TEXT, State.PENDING, None,
    )  # fmt: skip


def test_a_page_that_waits_stands_at_its_place(tmp_path: Path) -> None:
    def draw(canvas: Canvas) -> None:
        make_files.write_lines(canvas, ["Vorne steht Text."], 72, 700)
        canvas.showPage()
        canvas.rect(100, 100, 200, 200, fill=1)
        canvas.showPage()
        canvas.showPage()
        make_files.write_lines(canvas, ["Hinten steht Text."], 72, 700)
        canvas.showPage()

    content = read(make_files.pdf(tmp_path / "mixed.pdf", draw), "mixed.pdf", Limits())
    chunks = chunk(content, DOCUMENT)
    assert [page.state for page in content.pages] == [State.DONE, State.WAITING, State.EMPTY, State.DONE]
    assert [(c.page, c.kind, c.state, c.text) for c in chunks] == [
        (1, ChunkKind.TEXT, State.PENDING, "Vorne steht Text."),
        (2, ChunkKind.OCR, State.WAITING, ""),
        (4, ChunkKind.TEXT, State.PENDING, "Hinten steht Text."),
    ]
    assert chunks[1].region == Region(0, 0, 1191, 1684)
    check(content, chunks, 900)


def test_a_million_characters_take_seconds() -> None:
    text = "\n\n".join(" ".join(make_files.SENTENCES) for _ in range(2000))
    assert len(text) > 1_000_000
    begin = time.process_time()
    content = of_text(text)
    chunks = chunk(content, DOCUMENT)
    assert time.process_time() - begin < 6
    check(content, chunks, 900)
    assert len(chunks) == 2000


def test_a_million_letters_without_a_space() -> None:
    begin = time.process_time()
    content = of_text("x" * 1_000_000)
    chunks = chunk(content, DOCUMENT)
    assert time.process_time() - begin < 3
    assert len(chunks) == 1112 and "".join(c.text for c in chunks) == content.text
