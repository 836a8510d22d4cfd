"""Excel: rows that can be read by themselves, headers found, values as people see them, merged cells, limits."""

from __future__ import annotations

from datetime import date, datetime, time
from pathlib import Path

import openpyxl
import pytest
from openpyxl.worksheet.table import Table

from graph.types import Document, State
from ingest.chunk import chunk
from ingest.quick import extract_quick
from ingest.sources import read
from ingest.sources.base import Limits
from tests.make_office import sheet
from tests.reading import LIMITS, check, kinds


def cell(value: object, style: int = 0, kind: str = "n", place: str = "") -> str:
    place = f' r="{place}"' if place else ""
    return f'<c{place} s="{style}" t="{kind}"><v>{value}</v></c>'


def test_a_workbook_of_openpyxl(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.properties.title, book.properties.creator = "Inventar 1607", "Erna Muster"
    first = book.active
    assert first is not None
    first.title = "Stücke"
    first.append(["Inventar der Kammer"])
    first.append([])
    for row in (
        ["Nr.", "Stück", "Jahr", "Wert", "Anteil", "Erworben", "Um"],
        [1, "Narwal\nzahn", 1588, 0.1 + 0.2, 0.25, date(1999, 12, 31), time(9, 5)],
        [2, None, 1655, 12, 1, datetime(2024, 5, 17, 14, 30), None],
        [3, "Horn | Bein", True, "=A4*2", 0.07, None, None],
    ):
        first.append(row)
    for line in range(4, 7):
        first.cell(line, 5).number_format = "0%"
    first.cell(4, 1).number_format = "000"
    hidden = book.create_sheet("Notizen")
    hidden.sheet_state = "hidden"
    hidden.append(["nur Worte"])
    book.create_sheet("Leer")
    book.save(tmp_path / "a.xlsx")
    content = read(tmp_path / "a.xlsx", "liste.docx", LIMITS)
    assert [(b.page, b.kind.value) for b in content.blocks] == [
        (1, "metadata"),
        (1, "heading"),
        (1, "paragraph"),
        (1, "table"),
        (2, "heading"),
        (2, "table"),
    ]
    assert [text for _, text in kinds(content)[1:]] == [
        "Stücke",
        "Inventar der Kammer",
        "Nr. | Stück | Jahr | Wert | Anteil | Erworben | Um\n"
        "Nr.: 001 | Stück: Narwal zahn | Jahr: 1588 | Wert: 0.3 | Anteil: 25% | Erworben: 1999-12-31 | Um: 09:05\n"
        "Nr.: 2 | Jahr: 1655 | Wert: 12 | Anteil: 100% | Erworben: 2024-05-17T14:30\n"
        # Formulas that no program has calculated yet have no value.
        "Nr.: 3 | Stück: Horn | Bein | Jahr: TRUE | Anteil: 7%",
        "Notizen [hidden]",
        "nur Worte",
    ]
    assert [page.state for page in content.pages] == [State.DONE, State.DONE, State.EMPTY]
    assert (content.title, content.attribution) == ("Inventar 1607", "Erna Muster")
    chunks = chunk(content, Document("d", "t", "u", content.media_type))
    assert all(c.text == content.text[c.start : c.end] for c in chunks)
    assert [c.heading for c in chunks] == [None, "Stücke", "Notizen [hidden]"]
    check(content)


def test_merged_cells_are_said_in_each_row_and_tables_name_their_header(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    for row in (["Werte", "Werte"], ["Ort", "a", "b"], ["Halle", 1, 2], [None, 3, 4], ["Ulm", 5, 6]):
        page.append(row)
    page.merge_cells("A3:A4")
    page.add_table(Table(displayName="T", ref="A2:C5"))
    book.save(tmp_path / "a.xlsx")
    assert [text for _, text in kinds(read(tmp_path / "a.xlsx", "a.xlsx", LIMITS))[1:]] == [
        "Sheet",
        "Werte | Werte",
        "Ort | a | b\nOrt: Halle | a: 1 | b: 2\nOrt: Halle | a: 3 | b: 4\nOrt: Ulm | a: 5 | b: 6",
    ]
    page.freeze_panes = "A4"
    page.merge_cells("A1:C1")
    del page.tables["T"]
    book.save(tmp_path / "a.xlsx")
    assert kinds(read(tmp_path / "a.xlsx", "a.xlsx", LIMITS))[-1][1].startswith(
        "Halle | 1 | 2\nHalle: Halle | 1: 3 | 2: 4"
    )


STYLES = """<styleSheet><numFmts><numFmt numFmtId="170" formatCode="[$-407]mmmm\\ yyyy;@"/>
<numFmt numFmtId="171" formatCode="yyyy"/><numFmt numFmtId="172" formatCode="[h]:mm"/>
<numFmt numFmtId="173" formatCode="&quot;Tag &quot;0.0"/><numFmt numFmtId="174" formatCode="dd/mm/yyyy hh:mm"/>
</numFmts><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="170"/><xf numFmtId="171"/><xf numFmtId="172"/>
<xf numFmtId="173"/><xf numFmtId="174"/><xf numFmtId="99999"/></cellXfs></styleSheet>"""


@pytest.mark.parametrize(
    ("value", "style", "shown"),
    [
        ("1", 1, "1900-01-01"),
        ("59", 1, "1900-02-28"),
        ("60", 1, "60"),
        ("61", 1, "1900-03-01"),
        ("45429", 1, "2024-05-17"),
        ("2958465", 1, "9999-12-31"),
        ("2958466", 1, "2958466"),
        ("-3", 1, "-3"),
        ("45429", 2, "2024-05"),
        ("45429", 3, "2024"),
        ("1.5", 4, "36:00:00"),
        ("45429", 5, "45429"),
        ("45429.999999", 6, "2024-05-18T00:00"),
        ("0.1", 7, "0.1"),
        ("0.1", 4711, "0.1"),
        ("1e300", 0, "1e+300"),
        ("nan", 1, "nan"),
        ("inf", 0, "inf"),
        ("kein", 0, "kein"),
        ("12345678901234567", 0, "1.23456789012346e+16"),
        ("0.30000000000000004", 0, "0.3"),
    ],
)
def test_values_as_people_see_them(tmp_path: Path, value: str, style: int, shown: str) -> None:
    path = sheet(tmp_path / "a.xlsx", f"<row>{cell(value, style)}</row>", parts={"xl/styles.xml": STYLES})
    assert kinds(read(path, "a.xlsx", LIMITS))[-1] == ("table", shown)


def test_all_kinds_of_cells_and_places_that_are_not_told(tmp_path: Path) -> None:
    strings = "<sst><si><r><t>Rot</t></r><r><t>es_x000D_Horn</t></r><rPh><t>ホルン</t></rPh></si></sst>"
    row = cell(0, kind="s") + cell(99, kind="s") + cell("=", kind="str") + cell("#N/A", kind="e") + cell(0, kind="b")
    row += '<c t="inlineStr"><is><t>innen</t></is></c><c t="d"><v>2024-05-17</v></c><c/>' + cell("x", kind="s")
    path = sheet(tmp_path / "a.xlsx", f"<row>{row}</row><row r='9'/>", parts={"xl/sharedStrings.xml": strings})
    assert kinds(read(path, "a.xlsx", LIMITS))[-1][1] == "Rotes Horn | = | #N/A | FALSE | innen | 2024-05-17"


def test_a_sheet_larger_than_is_read_is_cut_off_and_says_so(tmp_path: Path) -> None:
    rows = "".join(f"<row>{cell(n)}{cell(n)}</row>" for n in range(100))
    path = sheet(tmp_path / "a.xlsx", rows)
    content = read(path, "a.xlsx", Limits(max_cells=50))
    assert content.failure is not None and content.failure.code == "SheetCutOff"
    assert "25 Zeilen" in content.failure.say("de") and content.text.count("\n") == 26
    assert content.pages[0].state is State.DONE
    check(content)
    wide = sheet(tmp_path / "b.xlsx", f"<row>{cell('x' * 900, kind='str')}</row>" * 50)
    content = read(wide, "b.xlsx", Limits(max_characters=10_000))
    assert content.failure is not None and len(content.text) < 12_000


def test_merged_areas_cannot_be_used_to_grow_a_file(tmp_path: Path) -> None:
    top = "".join(cell(n, place=f"{chr(65 + n // 26)}{chr(65 + n % 26)}1") for n in range(600))
    rows = f"<row r='1'>{top}</row>" + "".join(f"<row r='{n}'>{cell(1, place=f'A{n}')}</row>" for n in range(2, 3000))
    merged = "".join(f'<mergeCell ref="{chr(65 + n // 26)}{chr(65 + n % 26)}1:ZZZ9999999"/>' for n in range(600))
    path = sheet(tmp_path / "a.xlsx", rows, f"<mergeCells>{merged}</mergeCells>")
    assert len(read(path, "a.xlsx", Limits(max_cells=10_000)).text) < 200_000


def test_a_damaged_sheet_fails_alone(tmp_path: Path) -> None:
    path = sheet(tmp_path / "a.xlsx", "<row><c><v>1</v></row>")
    (page,) = read(path, "a.xlsx", LIMITS).pages
    assert page.state is State.FAILED and page.failure is not None
    assert page.failure.code == "SheetDamaged" and "„Blatt“" in page.failure.say("de")


def test_names_do_not_run_from_one_row_into_the_next(tmp_path: Path) -> None:
    rows = [["Stück", "Sammler"], ["Bezoar", "Ole Worm"], ["Saliera", "Benvenuto Cellini"]]
    book = openpyxl.Workbook()
    assert book.active is not None
    for row in rows:
        book.active.append(row)
    book.properties.creator, book.properties.created = "Erna Muster", datetime(2024, 5, 17)
    book.save(tmp_path / "a.xlsx")
    content = read(tmp_path / "a.xlsx", "a.xlsx", LIMITS)
    chunks = chunk(content, Document("d", "t", "u", content.media_type))
    names = {mention.entity.name for found in extract_quick(chunks, "de", "default") for mention in found.mentions}
    assert {"Ole Worm", "Benvenuto Cellini"} <= names
    assert not {name for name in names if "Stück" in name and name != "Stück"}
