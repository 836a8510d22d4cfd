"""Word: structure, numbers of lists, notes, tracked changes, text boxes, pages, properties; always the exact words."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import docx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graph.types import State
from ingest import errors
from ingest.sources import identify, read
from ingest.sources.base import Limits
from tests.make_office import W, p, pages_told, word
from tests.reading import LIMITS, check, kinds

BREAK = "<w:r><w:lastRenderedPageBreak/></w:r>"


def test_a_document_of_python_docx(tmp_path: Path) -> None:
    made = docx.Document()
    made.core_properties.title, made.core_properties.author = "Die Kammer zu Halle", "Erna Muster"
    made.core_properties.created, made.core_properties.language = datetime(2024, 5, 17), "de-DE"
    made.add_heading("Die Kammer", 0)
    made.add_heading("Der Raum", 1)
    made.add_paragraph("Die Sammlung ist alt und sie ist auch groß.\nSie steht in der Stadt.")
    made.add_heading("Die Schränke", 2)
    made.add_paragraph("Muscheln", style="List Bullet")
    made.add_paragraph("Hörner", style="List Bullet")
    made.add_paragraph("Erstens", style="List Number")
    made.add_paragraph("Zweitens", style="List Number")
    made.add_heading("Der Katalog", 1)
    table = made.add_table(2, 3)
    for row, texts in zip(table.rows, (("Nr.", "Stück", "Ort"), ("1", "Narwal\nzahn", "")), strict=True):
        for cell, text in zip(row.cells, texts, strict=True):
            cell.text = text
    made.add_paragraph("Abb. 1: Der Zahn", style="Caption")
    made.sections[0].header.paragraphs[0].text = "Kopfzeile"
    made.sections[0].footer.paragraphs[0].text = "Fußzeile"
    made.save(str(tmp_path / "a.bin"))
    content = read(tmp_path / "a.bin", "falsch.pdf", LIMITS)
    assert kinds(content) == [
        ("metadata", "title: Die Kammer zu Halle\nauthor: Erna Muster\ncreated: 2024-05-17\nlanguage: de-DE"),
        ("heading", "Die Kammer"),
        ("heading", "Der Raum"),
        ("paragraph", "Die Sammlung ist alt und sie ist auch groß.\nSie steht in der Stadt."),
        ("heading", "Die Schränke"),
        ("list", "- Muscheln\n- Hörner\n1. Erstens\n2. Zweitens"),
        ("heading", "Der Katalog"),
        ("table", "Nr. | Stück | Ort\n1 | Narwal zahn |"),
        ("caption", "Abb. 1: Der Zahn"),
    ]
    assert content.blocks[5].heading == ("Die Kammer", "Der Raum", "Die Schränke")
    assert content.blocks[7].heading == ("Die Kammer", "Der Katalog")
    assert (content.title, content.language, content.attribution) == ("Die Kammer zu Halle", "de", "Erna Muster")
    assert content.media_type.endswith("wordprocessingml.document") and len(content.pages) == 1
    check(content)


def test_what_programs_fill_in_is_no_description(tmp_path: Path) -> None:
    docx.Document().save(str(tmp_path / "leer.docx"))
    content = read(tmp_path / "leer.docx", "leer.docx", LIMITS)
    assert (content.title, content.attribution) == ("leer", None)
    assert [page.state for page in content.pages] == [State.EMPTY]


def test_tracked_changes_and_fields_and_hidden_words(tmp_path: Path) -> None:
    body = p(
        "Worm ",
        "<w:del><w:r><w:delText>kaufte</w:delText></w:r></w:del>",
        "<w:ins><w:r><w:t>sammelte</w:t></w:r></w:ins>",
        "<w:moveFrom><w:r><w:t> weg</w:t></w:r></w:moveFrom>",
        '<w:r><w:fldChar w:fldCharType="begin"/><w:instrText> PAGEREF x </w:instrText></w:r>',
        "<w:r><w:rPr><w:vanish/></w:rPr><w:t> geheim</w:t></w:r>",
        "<w:hyperlink><w:r><w:t> Hör\u00adner</w:t></w:r></w:hyperlink>",
        "<w:r><w:tab/><w:t>Nr</w:t><w:noBreakHyphen/><w:t>7</w:t></w:r>",
    )
    body += p("<w:del><w:r><w:delText>Ganz weg.</w:delText></w:r></w:del>")
    body += p("Ein Absatz,", properties="<w:rPr><w:del/></w:rPr>") + p(" der einer war.")
    body += "<w:ins>" + p("Neu.") + "</w:ins><w:del>" + p("Alt.") + "</w:del>"
    content = read(word(tmp_path / "a.docx", body), "a.docx", LIMITS)
    assert [text for _, text in kinds(content)] == [
        "Worm sammelte Hörner\tNr-7",
        "Ein Absatz, der einer war.",
        "Neu.",
    ]
    check(content)


NOTES = {
    "word/footnotes.xml": f'<w:footnotes {W}><w:footnote w:id="-1" w:type="separator">{p("---")}</w:footnote>'
    f'<w:footnote w:id="2">{p("Siehe Worm 1655.")}{p("S. 7.")}</w:footnote>'
    f'<w:footnote w:id="3">{p("Ebenda.")}</w:footnote></w:footnotes>',
    "word/endnotes.xml": f'<w:endnotes {W}><w:endnote w:id="1">{p("Am Ende.")}</w:endnote></w:endnotes>',
}


def test_notes_stand_under_what_they_belong_to(tmp_path: Path) -> None:
    def reference(kind: str, number: int) -> str:
        return f'<w:r><w:{kind}noteReference w:id="{number}"/></w:r>'

    table = "<w:tbl>" + "".join(
        f"<w:tr><w:tc>{p(text)}</w:tc><w:tc>{p('b', more)}</w:tc></w:tr>"
        for text, more in (("a", reference("foot", 3)), ("c", "d"))
    )
    body = p("Das Horn", reference("foot", 2), " ist ein Zahn.", reference("end", 1)) + p("Danach.")
    body += table + "</w:tbl>" + p("Fehlt", reference("foot", 99), ".")
    path = word(tmp_path / "a.docx", body, NOTES, a="footnotes:footnotes.xml", b="endnotes:endnotes.xml")
    content = read(path, "a.docx", LIMITS)
    assert kinds(content) == [
        ("paragraph", "Das Horn[1] ist ein Zahn.[i]"),
        ("paragraph", "[1] Siehe Worm 1655.\nS. 7."),
        ("paragraph", "Danach."),
        ("table", "a | b[2]\nc | bd"),
        ("paragraph", "[2] Ebenda."),
        ("paragraph", "Fehlt."),
        ("paragraph", "[i] Am Ende."),
    ]
    check(content)


def test_text_boxes_are_kept_once_and_a_frame_of_one_cell_is_no_table(tmp_path: Path) -> None:
    box = f"<w:txbxContent>{p('Im Kasten.')}</w:txbxContent>"
    body = (
        f'<w:p xmlns:mc="m"><w:r><mc:AlternateContent><mc:Choice><w:drawing>{box}</w:drawing></mc:Choice>'
        f"<mc:Fallback><w:pict>{box}</w:pict></mc:Fallback></mc:AlternateContent><w:t>Daneben.</w:t></w:r></w:p>"
        f"<w:tbl><w:tr><w:tc>{p('Gerahmt.')}{p('Auch das.')}</w:tc></w:tr></w:tbl>"
        f"<w:sdt><w:sdtContent>{p('Im Feld.')}</w:sdtContent></w:sdt>"
    )
    content = read(word(tmp_path / "a.docx", body), "a.docx", LIMITS)
    assert [text for _, text in kinds(content)] == ["Daneben.", "Im Kasten.", "Gerahmt.", "Auch das.", "Im Feld."]
    check(content)


NUMBERING = f"""<w:numbering {W}><w:abstractNum w:abstractNumId="4">
<w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:lvlText w:val="§ %1"/></w:lvl>
<w:lvl w:ilvl="1"><w:start w:val="1"/><w:numFmt w:val="lowerLetter"/><w:lvlText w:val="%1.%2)"/></w:lvl>
<w:lvl w:ilvl="2"><w:start w:val="9"/><w:numFmt w:val="upperRoman"/><w:lvlText w:val="%3"/></w:lvl></w:abstractNum>
<w:num w:numId="7"><w:abstractNumId w:val="4"/></w:num>
<w:num w:numId="8"><w:abstractNumId w:val="4"/><w:lvlOverride w:ilvl="0"><w:startOverride w:val="5"/></w:lvlOverride>
</w:num></w:numbering>"""


def test_items_have_the_numbers_that_word_shows(tmp_path: Path) -> None:
    def item(text: str, level: int, num: int = 7) -> str:
        return p(text, properties=f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{num}"/></w:numPr>')

    body = item("a", 0) + item("b", 1) + item("c", 1) + item("d", 2) + item("e", 2) + item("f", 0) + item("g", 1)
    body += item("h", 0, 8) + item("i", 0, 8) + item("j", 0, 99) + item("k", 0, 0)
    path = word(tmp_path / "a.docx", body, {"word/numbering.xml": NUMBERING}, a="numbering:numbering.xml")
    lines = "§ 1 a\n  1.a) b\n  1.b) c\n    IX d\n    X e\n§ 2 f\n  2.a) g\n§ 5 h\n§ 6 i\n- j"
    assert kinds(read(path, "a.docx", LIMITS)) == [("list", lines), ("paragraph", "k")]


STYLES = f"""<w:styles {W}>
<w:style w:type="paragraph" w:default="1" w:styleId="Standard"><w:name w:val="Normal"/></w:style>
<w:style w:type="paragraph" w:styleId="berschrift2"><w:name w:val="heading 2"/><w:basedOn w:val="Standard"/></w:style>
<w:style w:type="paragraph" w:styleId="Eigen"><w:name w:val="Eigen"/><w:basedOn w:val="Mitte"/></w:style>
<w:style w:type="paragraph" w:styleId="Mitte"><w:name w:val="Mitte"/><w:basedOn w:val="Eigen"/>
<w:pPr><w:outlineLvl w:val="2"/></w:pPr></w:style></w:styles>"""


def test_headings_by_name_by_level_and_through_a_circle_of_styles(tmp_path: Path) -> None:
    body = p("Zwei", style="berschrift2") + p("Drei", style="Eigen") + p("Text")
    body += p("Eins", properties='<w:outlineLvl w:val="0"/>')
    body += p("Keine", style="berschrift2", properties='<w:outlineLvl w:val="9"/>') + p("Fremd", style="Nirgends")
    path = word(tmp_path / "a.docx", body, {"word/styles.xml": STYLES}, a="styles:styles.xml")
    content = read(path, "a.docx", LIMITS)
    assert [(b.kind.value, b.heading) for b in content.blocks] == [
        ("heading", ()),
        ("heading", ("Zwei",)),
        ("paragraph", ("Zwei", "Drei")),
        ("heading", ()),
        ("paragraph", ("Eins",)),
        ("paragraph", ("Eins",)),
    ]
    assert content.title == "Zwei"


def test_pages_where_the_breaks_come_to_the_number_that_the_file_tells(tmp_path: Path) -> None:
    rows = "".join(
        f"<w:tr><w:tc>{p(turn, text)}</w:tc><w:tc>{p('x')}</w:tc></w:tr>" for turn, text in (("", "r1"), (BREAK, "r2"))
    )
    body = p("Eins.") + p('<w:r><w:br w:type="page"/></w:r>') + p(BREAK, "Zwei") + p("noch zwei ", BREAK, "und drei.")
    body += p("Drei.") + f"<w:tbl>{rows}</w:tbl>" + p("Fünf.", properties="<w:pageBreakBefore/>")
    path = word(tmp_path / "a.docx", body, pages_told(5))
    content = read(path, "a.docx", LIMITS)
    assert [(b.page, content.text[b.start : b.end]) for b in content.blocks] == [
        (1, "Eins."),
        (2, "Zwei"),
        (2, "noch zwei und drei."),
        (3, "Drei."),
        (3, "r1 | x"),
        (4, "r2 | x"),
        (5, "Fünf."),
    ]
    assert all(p.start <= b.start < b.end <= p.end for b in content.blocks for p in [content.pages[b.page - 1]])
    check(content)
    for told in (4, 6, 0):
        content = read(word(tmp_path / "a.docx", body, pages_told(told)), "a.docx", LIMITS)
        assert {b.page for b in content.blocks} == {1} and len(content.pages) == 1
        check(content)


def test_more_pages_than_allowed(tmp_path: Path) -> None:
    path = word(tmp_path / "a.docx", p("a", *[BREAK] * 60, "b"), pages_told(61))
    with pytest.raises(errors.TooManyPages):
        read(path, "a.docx", Limits(max_pages=50))


def test_the_strict_form_and_names_with_backslashes(tmp_path: Path) -> None:
    path = word(tmp_path / "a.docx", p("Streng."))
    strict = path.read_bytes()
    from zipfile import ZipFile

    from tests.make_office import packed

    with ZipFile(path) as archive:
        parts = {name.replace("/", "\\"): archive.read(name) for name in archive.namelist()}
    parts = {
        name: content.replace(
            b"schemas.openxmlformats.org/wordprocessingml/2006/main", b"purl.oclc.org/ooxml/wordprocessingml/main"
        )
        for name, content in parts.items()
    }
    assert strict and read(packed(tmp_path / "b.docx", parts), "b.docx", LIMITS).text == "Streng."
    assert identify(tmp_path / "b.docx", "b.xlsx", LIMITS).kind == "docx"


_INLINE = st.sampled_from(
    ["Wort ", " und", "<w:r><w:tab/></w:r>", "<w:r><w:br/></w:r>", BREAK, '<w:r><w:br w:type="page"/></w:r>', "ä­b",
     "<w:del><w:r><w:delText>x</w:delText></w:r></w:del>", '<w:r><w:footnoteReference w:id="2"/></w:r>', "<w:r/>"]
)  # fmt: skip
_PARAGRAPH = st.builds(
    lambda runs, style: p(*runs, style=style),
    st.lists(_INLINE, max_size=5),
    st.sampled_from(["", "Heading1", "Title", "ListBullet", "x"]),
)
_TABLE = st.lists(st.lists(st.lists(_PARAGRAPH, max_size=2), min_size=1, max_size=3), min_size=1, max_size=3).map(
    lambda rows: (
        "<w:tbl>"
        + "".join("<w:tr>" + "".join(f"<w:tc>{''.join(c)}</w:tc>" for c in r) + "</w:tr>" for r in rows)
        + "</w:tbl>"
    )
)


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(blocks=st.lists(st.one_of(_PARAGRAPH, _TABLE), max_size=8), pages=st.integers(0, 4))
def test_any_document_is_covered_by_its_blocks(tmp_path: Path, blocks: list[str], pages: int) -> None:
    path = word(tmp_path / "a.docx", "".join(blocks), {**NOTES, **pages_told(pages)}, a="footnotes:footnotes.xml")
    content = read(path, "a.docx", LIMITS)
    check(content)
    assert [page.page for page in content.pages] == list(range(1, len(content.pages) + 1))
    assert len(content.pages) in {1, pages}
    for block in content.blocks:
        page = content.pages[block.page - 1]
        assert page.start <= block.start < block.end <= page.end
    assert read(path, "a.docx", LIMITS) == content
