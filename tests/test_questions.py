"""Questions of one's own: what a file may look like, and what is measured with it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from bench.questions import Asked, as_data, as_text, figure, main, stands
from bench.questions_file import (
    Expected,
    NoQuestions,
    Question,
    QuestionLineWrong,
    QuestionsUnreadable,
    QuestionsWithoutColumns,
    read,
)
from graph.types import Chunk, Document, Evidence
from tests.page_homes import page_home
from tests.test_pages import fill

FILE = """question,document,page,quote
Who built the globe of Gottorf?,globe.md,,"Andreas Bösch built the globe"
Who owned a great auk?,,,Ole Worm owned a great auk
Who owned a great auk?,The globe,,
Where did Ole Worm live?,worm,1,
"""


def written(folder: Path, text: str | bytes) -> Path:
    path = folder / "mine.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def test_lines_of_one_question_are_its_places(tmp_path: Path) -> None:
    questions = read(written(tmp_path, FILE))
    assert [len(question.expected) for question in questions] == [1, 2, 1]
    assert questions[0].expected == (Expected("globe.md", None, "Andreas Bösch built the globe"),)
    assert questions[2] == Question("Where did Ole Worm live?", (Expected("worm", 1),))


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_what_spreadsheets_write_is_read(tmp_path: Path, delimiter: str) -> None:
    lines = [("Frage", "Dokument", "Seite", "Bemerkung"), ("Wo?", "Größe", "3", "x"), ("", "", "", "")]
    text = "\r\n".join(delimiter.join(line) for line in lines)
    assert read(written(tmp_path, b"\xef\xbb\xbf" + text.encode())) == [Question("Wo?", (Expected("Größe", 3),))]


@pytest.mark.parametrize(
    ("text", "error", "told"),
    [
        ("", QuestionsWithoutColumns, "it has: –"),
        ("question,page\nWho?,1\n", QuestionsWithoutColumns, "question, page"),
        ("question,document\n\n", NoQuestions, "no questions"),
        ("question,document\nWho?,a,b\n", QuestionLineWrong, "Line 2 .* 3 cells"),
        ("question,document\nWho?,a\n,b\n", QuestionLineWrong, "line 3 .* the question is missing"),
        ("question,document,page\nWho?,a,iv\n", QuestionLineWrong, "“iv”"),
        ("question,document,page\nWho?,a,0\n", QuestionLineWrong, "“0”"),
        ("question,document,page\nWho?,,2\n", QuestionLineWrong, "neither a document nor a quote"),
        ('question,document\n"Who?,a\n', QuestionsUnreadable, "cannot be read as a CSV file"),
        ("question,document\nWo?,Größe\n".encode("latin-1"), QuestionsUnreadable, "not in UTF-8"),
    ],
)
def test_a_bad_file_is_told_with_its_line(tmp_path: Path, text: str | bytes, error: type[Exception], told: str) -> None:
    with pytest.raises(error, match=told) as raised:
        read(written(tmp_path, text))
    assert str(raised.value) != raised.value.text("de")  # type: ignore[attr-defined]


def test_every_column_that_is_filled_must_fit() -> None:
    document = Document("d1", "The Globe", "/home/x/globe.md", "text/plain")
    piece = Evidence(1, Chunk("c", "d1", 0, "Andreas Bösch built the globe.", 0, 30, page=2), "The Globe", "", 1.0)
    fits = [Expected("globe.md"), Expected("THE GLOBE", 2), Expected("globe"), Expected(quote="Bösch built  the")]
    fails = [Expected("other"), Expected("globe", 3), Expected("globe", 2, "Bösch built a"), Expected("lob")]
    assert all(stands(each, piece, {"d1": document}) for each in fits)
    assert not any(stands(each, piece, {"d1": document}) for each in fails)


def test_differences_are_paired() -> None:
    always, never = np.ones(40), np.zeros(40)
    mixed = np.array([1.0, 0.0] * 20)
    assert (figure(always).low, figure(always).high) == (100.0, 100.0)
    assert figure(mixed).low < 50 < figure(mixed).high
    one, two = Asked("hybrid", {1: mixed}, ()), Asked("graph", {1: np.minimum(mixed + 1, 1)}, ())
    questions = [Question(str(n), (Expected("a"),)) for n in range(40)]
    difference = as_data(questions, [one, two])["difference"]["recall"]["1"]
    assert difference["mean"] == 50.0 and difference["low"] > 0
    same = as_data(questions, [one, one])["difference"]["hit"]["1"]
    assert (same["mean"], same["low"], same["high"]) == (0.0, 0.0, 0.0), "of the same questions nothing is left"
    assert "more than chance" in as_text(questions, [one, two]) and "may be chance" in as_text(questions, [one, one])
    assert not Asked("x", {1: never}, ()).hit(1).any()


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    with page_home(tmp_path_factory.mktemp("questions")) as settings:
        fill(settings, tmp_path_factory.mktemp("sources"))
        yield settings.home


@pytest.fixture
def in_cabinet(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WUNDERKAMMER_HOME", str(home))


def test_a_cabinet_is_measured(in_cabinet: None, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = str(written(tmp_path, FILE))
    assert main([path, "--compare", "words", "hybrid", "--k", "1,5", "--json"]) == 0
    data = json.loads(capsys.readouterr().out)
    words, hybrid = data["settings"]
    assert data["questions"] == 3 and (words["setting"], hybrid["setting"]) == ("words", "hybrid")
    assert hybrid["hit"]["5"] == {"mean": 100.0, "low": 100.0, "high": 100.0} and hybrid["missed"] == []
    assert hybrid["recall"]["1"]["mean"] <= hybrid["recall"]["5"]["mean"]
    assert set(data["difference"]) == {"hit", "recall"}
    assert main([path]) == 0
    out = capsys.readouterr().out
    assert "3 questions" in out and "auto" in out and "first 8" in out


def test_wrong_use_is_one_clear_line(in_cabinet: None, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    unknown = str(written(tmp_path, "question,document\nWho?,The moon\n"))
    for words, told in (
        ([unknown], "The moon"),
        ([str(tmp_path / "none.csv")], "none.csv cannot be read"),
        ([unknown, "--k", "0,3"], "whole number from 1 to 100"),
        ([unknown, "--compare", "graph", "magic"], "magic"),
    ):
        assert main(words) == 2
        err = capsys.readouterr().err
        assert told in err and err.count("\n") == 1
