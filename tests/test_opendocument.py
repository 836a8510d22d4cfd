"""OpenDocument: texts with notes, lists, tables and pages; sheets with repeated cells; slides; passwords."""

from __future__ import annotations

from pathlib import Path

import pytest

from graph.types import State
from ingest import errors, office_errors
from ingest.sources import identify, read
from ingest.sources.base import Limits
from tests.make_office import odf
from tests.reading import LIMITS, check, kinds

META = """<dc:title>Die Kammer</dc:title><meta:initial-creator>Erna Muster</meta:initial-creator><dc:creator>Wer
anders</dc:creator><meta:creation-date>2024-05-17T10:00:00</meta:creation-date><dc:language>de-DE</dc:language>
<meta:keyword>Horn</meta:keyword><meta:keyword>Zahn</meta:keyword><meta:document-statistic meta:page-count="{}"/>"""
STYLES = """<style:style style:name="P1" style:family="paragraph" style:parent-style-name="Title"/>
<style:style style:name="P2" style:family="paragraph"><style:paragraph-properties fo:break-before="page"/></style:style>
<text:list-style style:name="L1"><text:list-level-style-number text:level="1" style:num-format="1"
style:num-suffix="."/>
<text:list-level-style-number text:level="2" style:num-format="a" style:num-suffix=")" text:display-levels="2"/>
</text:list-style>"""
BODY = """<text:tracked-changes><text:changed-region><text:deletion><text:p>Gelöscht.</text:p></text:deletion>
</text:changed-region></text:tracked-changes>
<text:p text:style-name="P1">Die Kammer</text:p>
<text:h text:outline-level="1">Der Raum</text:h>
<text:p>Die  Sammlung<text:s text:c="2"/>ist
alt<text:note text:note-class="footnote"><text:note-citation>1</text:note-citation><text:note-body><text:p>Siehe
Worm.</text:p></text:note-body></text:note> und <text:span>groß</text:span><office:annotation><text:p>Kommentar</text:p>
</office:annotation>.<text:line-break/>Sie steht.<text:note
text:note-class="endnote"><text:note-citation>i</text:note-citation>
<text:note-body><text:p>Am Ende.</text:p></text:note-body></text:note></text:p>
<text:list text:style-name="L1"><text:list-item><text:p>Eins</text:p><text:list><text:list-item><text:p>innen</text:p>
</text:list-item></text:list></text:list-item><text:list-item><text:p>Zwei</text:p></text:list-item></text:list>
<text:list><text:list-item><text:p>Zeichen</text:p></text:list-item></text:list>
<text:section><text:h text:outline-level="2">Die Schränke</text:h></text:section>
<table:table><table:table-header-rows><table:table-row><table:table-cell><text:p>Nr.</text:p></table:table-cell>
<table:table-cell><text:p>Stück</text:p></table:table-cell></table:table-row></table:table-header-rows>
<table:table-row><table:table-cell><text:p>1</text:p></table:table-cell><table:table-cell><text:p>Narwal</text:p>
<text:p>zahn</text:p></table:table-cell></table:table-row></table:table>
<text:p text:style-name="P2">Seite zwei <draw:frame><draw:text-box><text:p>Im Kasten.</text:p></draw:text-box>
<svg:desc xmlns:svg="s">Alternativtext</svg:desc></draw:frame>beginnt<text:soft-page-break/> hier.</text:p>
<text:p>Seite drei.</text:p>"""


def test_a_text(tmp_path: Path) -> None:
    path = odf(tmp_path / "a.odt", BODY, styles=STYLES, meta=META.format(3))
    content = read(path, "falsch.xlsx", LIMITS)
    about = "title: Die Kammer\nauthor: Erna Muster\ncreated: 2024-05-17\nlanguage: de-DE\nkeywords: Horn, Zahn"
    assert [(b.page, b.kind.value, content.text[b.start : b.end]) for b in content.blocks] == [
        (1, "metadata", about),
        (1, "heading", "Die Kammer"),
        (1, "heading", "Der Raum"),
        (1, "paragraph", "Die Sammlung ist alt[1] und groß.\nSie steht.[i]"),
        (1, "paragraph", "[1] Siehe Worm."),
        (1, "list", "1. Eins\n  1.a) innen\n2. Zwei"),
        (1, "list", "- Zeichen"),
        (1, "heading", "Die Schränke"),
        (1, "table", "Nr. | Stück\n1 | Narwal zahn"),
        (2, "paragraph", "Seite zwei beginnt hier."),
        (2, "paragraph", "Im Kasten."),
        (3, "paragraph", "Seite drei."),
        (3, "paragraph", "[i] Am Ende."),
    ]
    assert content.blocks[8].heading == ("Die Kammer", "Der Raum", "Die Schränke")
    assert (content.title, content.attribution, content.language) == ("Die Kammer", "Erna Muster", "de")
    assert content.media_type == "application/vnd.oasis.opendocument.text"
    check(content)
    other = read(odf(tmp_path / "a.odt", BODY, styles=STYLES, meta=META.format(7)), "a.odt", LIMITS)
    assert [page.page for page in other.pages] == [1] and other.text == content.text


def test_numbered_headings_come_as_lists(tmp_path: Path) -> None:
    body = "<text:list><text:list-item><text:p>davor</text:p><text:h text:outline-level='2'>Titel</text:h>"
    path = odf(tmp_path / "a.odt", body + "</text:list-item></text:list>")
    assert kinds(read(path, "a.odt", LIMITS)) == [("paragraph", "davor"), ("heading", "Titel")]


SHEETS = """<table:table table:name="Stücke"><table:table-row><table:table-cell
><text:p>Stück</text:p></table:table-cell>
<table:table-cell><text:p>Tag</text:p></table:table-cell><table:table-cell><text:p>Um</text:p></table:table-cell>
<table:table-cell table:number-columns-repeated="16000"/></table:table-row>
<table:table-row table:number-rows-repeated="2"><table:table-cell><text:p>Horn</text:p></table:table-cell>
<table:table-cell office:value-type="date" office:date-value="2024-05-17"><text:p>17.05.24</text:p></table:table-cell>
<table:table-cell office:value-type="time" office:time-value="PT09H05M00S"><text:p>9 Uhr</text:p></table:table-cell>
</table:table-row><table:table-row table:number-rows-repeated="1048000"><table:table-cell/></table:table-row>
</table:table><table:table table:name="Mehr" table:style-name="ta2"><table:table-row><table:table-cell
table:number-columns-repeated="3" office:value-type="float"><text:p>7</text:p></table:table-cell></table:table-row>
</table:table><table:table table:name="Leer"/>"""
HIDDEN = """<style:style style:name="ta2" style:family="table"><style:table-properties table:display="false"/>
</style:style><style:style style:name="dp2" style:family="drawing-page"><style:drawing-page-properties
presentation:visibility="hidden"/></style:style>"""


def test_a_spreadsheet(tmp_path: Path) -> None:
    path = odf(tmp_path / "a.ods", SHEETS, "spreadsheet", HIDDEN)
    content = read(path, "a.ods", LIMITS)
    row = "Stück: Horn | Tag: 2024-05-17 | Um: 09:05:00"
    assert [(b.page, content.text[b.start : b.end]) for b in content.blocks] == [
        (1, "Stücke"),
        (1, f"Stück | Tag | Um\n{row}\n{row}"),
        (2, "Mehr [hidden]"),
        (2, "7 | 7 | 7"),
    ]
    assert [page.state for page in content.pages] == [State.DONE, State.DONE, State.EMPTY]
    check(content)


def test_rows_that_are_repeated_a_million_times(tmp_path: Path) -> None:
    row = "<table:table-row table:number-rows-repeated='999999999'><table:table-cell><text:p>x</text:p>"
    table = f"<table:table table:name='T'>{row}</table:table-cell></table:table-row></table:table>"
    path = odf(tmp_path / "a.ods", table, "spreadsheet")
    content = read(path, "a.ods", Limits(max_cells=1000))
    assert content.failure is not None and content.failure.params["rows"] == 1000 and len(content.text) < 3000


def test_a_presentation(tmp_path: Path) -> None:
    def frame(kind: str, text: str) -> str:
        box = f"<draw:text-box><text:p>{text}</text:p></draw:text-box>"
        return f"<draw:frame presentation:class='{kind}'>{box}</draw:frame>"

    slides = f"<draw:page>{frame('outline', 'Der Rest.')}{frame('title', 'Der Titel')}{frame('footer', 'Fuß')}"
    slides += f"<presentation:notes>{frame('notes', 'Langsam.')}</presentation:notes></draw:page>"
    slides += f"<draw:page draw:style-name='dp2'><draw:g>{frame('', 'Tief.')}</draw:g></draw:page>"
    slides += "<draw:page><draw:frame><draw:image/></draw:frame></draw:page>"
    content = read(odf(tmp_path / "a.odp", slides, "presentation", HIDDEN), "a.odp", LIMITS)
    assert [(b.page, b.kind.value, content.text[b.start : b.end]) for b in content.blocks] == [
        (1, "heading", "Der Titel"),
        (1, "paragraph", "Der Rest."),
        (1, "paragraph", "[Notes] Langsam."),
        (2, "paragraph", "[hidden]"),
        (2, "paragraph", "Tief."),
    ]
    assert [page.state for page in content.pages] == [State.DONE, State.DONE, State.FAILED]


def test_what_cannot_be_read(tmp_path: Path) -> None:
    manifest = {"META-INF/manifest.xml": "<m><file-entry><encryption-data/></file-entry></m>"}
    with pytest.raises(office_errors.OfficeEncrypted):
        read(odf(tmp_path / "a.odt", "", **manifest), "a.odt", LIMITS)
    with pytest.raises(errors.UnknownKind):
        read(odf(tmp_path / "a.odg", "", "graphics"), "a.odg", LIMITS)
    with pytest.raises(office_errors.OfficeDamaged):
        read(odf(tmp_path / "a.odt", "</office:text>"), "a.odt", LIMITS)
    assert identify(odf(tmp_path / "a.ott", "", "text-template"), "x", LIMITS).kind == "opendocument"
