"""CSV and TSV: separators, quotes, encodings and headers told from the content; long files cut off and said so."""

from __future__ import annotations

import csv
import io
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graph.types import Document
from ingest import errors, office_errors
from ingest.chunk import chunk
from ingest.sources import read
from ingest.sources.base import Limits
from tests.reading import LIMITS, check, kinds

ROWS = [["Stück", "Ort", "Jahr"], ["Narwalzahn", "Kopenhagen", "1655"], ["Größe; Maß, «x»", "", "1588"]]
LINES = "Stück | Ort | Jahr\nStück: Narwalzahn | Ort: Kopenhagen | Jahr: 1655\nStück: Größe; Maß, «x» | Jahr: 1588"


def written(rows: list[list[str]], separator: str, end: str = "\r\n") -> str:
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=separator, lineterminator=end).writerows(rows)
    return out.getvalue()


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_separators_and_encodings(tmp_path: Path, separator: str, encoding: str) -> None:
    path = tmp_path / "Inventar.csv"
    path.write_bytes(written(ROWS, separator).encode(encoding))
    content = read(path, "Inventar.csv", LIMITS)
    assert kinds(content) == [("table", LINES)]
    assert content.title == "Inventar" and content.failure is None
    assert content.media_type == ("text/tab-separated-values" if separator == "\t" else "text/csv")
    check(content)


def test_a_letter_that_tells_the_encoding_comes_late(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"a;b\n" + b"1;2\n" * 60_000 + "Käfer;3\n".encode("cp1252"))
    assert read(path, "a.csv", LIMITS).text.endswith("\na: Käfer | b: 3")
    path.write_bytes("город;год\n".encode("cp1251") + "Москва;1714\nПетербург;1727\n".encode("cp1251") * 40)
    assert read(path, "a.csv", LIMITS).text.startswith("город | год\nгород: Москва | год: 1714")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("sep=;\na;b\n1,5;2\n", "a | b\na: 1,5 | b: 2"),
        ("Die Liste\n\nName;Jahr\nWorm;1655\n", "Die Liste#Name | Jahr\nName: Worm | Jahr: 1655"),
        ("1;2\n3;4\n", "1 | 2\n3 | 4"),
        ("Worm;Arzt\nWorm;Sammler\n", "Worm | Arzt\nWorm | Sammler"),
        ("nur\nZeilen\n", "nur\nZeilen"),
        (";Ulm;Halle\n2020;1;2\n2021;3;4\n", "Ulm | Halle\n2020 | Ulm: 1 | Halle: 2\n2021 | Ulm: 3 | Halle: 4"),
        ('a,b\n"zwei\nZeilen","ein ""Wort"""\n', 'a | b\na: zwei Zeilen | b: ein "Wort"'),
        ("a,b\r1,2\r", "a | b\na: 1 | b: 2"),
        ("a;b\n1;2,5\n3;4,5\n", "a | b\na: 1 | b: 2,5\na: 3 | b: 4,5"),
    ],
)  # fmt: skip
def test_dialects_and_headers(tmp_path: Path, text: str, expected: str) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(text.encode())
    assert "#".join(text for _, text in kinds(read(path, "a.csv", LIMITS))) == expected


def test_a_quotation_mark_that_never_closes_loses_nothing(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("a;b\n" + '"5 Zoll;1\n' + "x;2\n" * 50_000)
    content = read(path, "a.csv", LIMITS)
    assert content.text.startswith('a | b\na: "5 Zoll | b: 1\na: x | b: 2') and content.text.count("\n") == 50_001


def test_long_files_are_cut_off_and_say_so(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("a,b\n" + "".join(f"x{n},{n}\n" for n in range(1000)))
    content = read(path, "a.csv", Limits(max_cells=200))
    assert content.failure is not None and content.failure.params["rows"] == 100
    assert content.text.endswith("a: x98 | b: 98")
    path.write_text("x" * 200_000)
    content = read(path, "a.csv", LIMITS)
    assert content.failure is None and len(content.text) == 200_000
    with pytest.raises(office_errors.SheetCutOff):
        read(path, "a.csv", Limits(max_characters=100_000))


def test_what_is_no_table(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(bytes(range(256)) * 20)
    with pytest.raises(errors.BinaryFile):
        read(path, "a.csv", LIMITS)
    path.write_bytes(b" ;;\n;\n")
    with pytest.raises(errors.EmptyFile):
        read(path, "a.tsv", LIMITS)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rows=st.lists(st.lists(st.text("ab1 ,;|\t\"'\n\ré–", max_size=8), min_size=1, max_size=4), min_size=1, max_size=40),
    separator=st.sampled_from([",", ";", "\t", "|"]),
)
def test_any_table_is_covered_and_keeps_all_its_letters(tmp_path: Path, rows: list[list[str]], separator: str) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(("kopf\n" + written(rows, separator, "\n")).encode())
    content = read(path, "a.csv", LIMITS)
    check(content)
    letters = Counter(c for row in rows for value in row for c in value if c in "ab1é–")
    assert Counter(c for c in content.text if c in letters) >= letters
    assert all(c.text == content.text[c.start : c.end] for c in chunk(content, Document("d", "t", "u", "text/csv")))
