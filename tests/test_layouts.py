"""Reading ALTO, PAGE-XML and hOCR: words with the boxes of their lines, reading order, divided words."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graph.errors import SourceError
from graph.types import ChunkKind, Document, Region, State
from ingest.chunk import chunk
from ingest.sources import identify, read
from ingest.sources.base import Limits, ReadDocument
from tests.make_xml import alto, alto_line, hocr, page_line, page_xml
from tests.reading import LIMITS, check, kinds


def content_of(tmp_path: Path, source: str | bytes, kind: str, name: str = "0001.xml") -> ReadDocument:
    path = tmp_path / "file"
    path.write_bytes(source if isinstance(source, bytes) else source.encode())
    assert identify(path, name, LIMITS).kind == kind
    content = read(path, name, LIMITS)
    check(content)
    assert all(block.ocr for block in content.blocks)
    return content


def lines(content: ReadDocument) -> list[tuple[str, Region]]:
    return [(content.text[line.start : line.end], line.region) for line in content.lines]


HYP = (
    '<SP/><String CONTENT="{}" SUBS_TYPE="HypPart1" SUBS_CONTENT="{}"/><HYP CONTENT="-"/>',
    '<String CONTENT="{}" SUBS_TYPE="HypPart2" SUBS_CONTENT="{}"/>',
)


def divided(first: str, second: str, whole: str) -> str:
    above = alto_line(["die"], 10, 10, HYP[0].format(first, whole))
    return f"<TextBlock>{above}{alto_line([], 10, 60, HYP[1].format(second, whole), 80)}</TextBlock>"


def test_alto_lines_and_their_boxes(tmp_path: Path) -> None:
    block = (
        f'<TextBlock ID="b1" LANG="ger">{alto_line(["Die", "Kammer"], 100, 200)}{alto_line(["zu", "Halle"], 100, 240)}'
    )
    content = content_of(tmp_path, alto(block + "</TextBlock>"), "alto")
    assert content.text == "Die Kammer zu Halle"
    assert lines(content) == [("Die Kammer", Region(100, 200, 170, 30)), ("zu Halle", Region(100, 240, 170, 30))]
    (page,) = content.pages
    assert (page.width, page.height, page.state, content.language) == (1000, 1500, State.DONE, "de")
    assert content.blocks[0].region == Region(100, 200, 170, 70)
    (piece,) = chunk(content, Document("d", "t", "u", content.media_type, sha256="ef" * 32))
    assert (piece.kind, piece.region, piece.image_uri) == (ChunkKind.OCR, Region(100, 200, 170, 70), None)


@pytest.mark.parametrize(
    ("first", "second", "whole", "expected"),
    [
        ("Wunder", "kammer", "Wunderkammer", [("die Wunder"), ("kammer")]),
        ("Zuk", "ker,", "Zucker", [("die Zu"), ("cker,")]),
        ("Kunst", "Kammer", "Kunst-Kammer", [("die Kunst"), ("-Kammer")]),
        ("Wunder", "kammer", "etwas ganz anderes", [("die Wunder"), ("kammer")]),
    ],
)
def test_alto_words_that_a_line_divides_are_found_whole(
    tmp_path: Path, first: str, second: str, whole: str, expected: list[str]
) -> None:
    content = content_of(tmp_path, alto(divided(first, second, whole)), "alto")
    assert [text for text, _ in lines(content)] == expected
    assert content.text == "".join(expected)


@pytest.mark.parametrize(
    ("unit", "more", "scale"),
    [
        ("pixel", "", 1.0),
        ("mm10", "", 300 / 254),
        ("inch1200", "", 0.25),
        ("mm10", "xdpi:508", 2.0),
        ("inch1200", "600 dpi", 0.5),
        ("mm10", "width:3000 height:4500", 3.0),
    ],
)
def test_alto_units_become_pixels(tmp_path: Path, unit: str, more: str, scale: float) -> None:
    block = f"<TextBlock>{alto_line(['Wal'], 100, 200)}</TextBlock>"
    more = f"<OCRProcessing><processingStepSettings>{more}</processingStepSettings></OCRProcessing>"
    content = content_of(tmp_path, alto(block, unit, more=more), "alto")
    ((_, box),) = lines(content)
    assert content.pages[0].width == round(1000 * scale)
    assert (box.x, box.y) == (int(100 * scale), int(200 * scale))
    assert abs(box.w - 80 * scale) <= 1 and abs(box.h - 30 * scale) <= 1


def test_alto_reading_order_kinds_and_several_pages(tmp_path: Path) -> None:
    tags = '</Description><Tags><LayoutTag ID="t1" LABEL="heading"/></Tags><Description>'
    blocks = (
        f'<TextBlock ID="b">{alto_line(["zwei"], 0, 0)}</TextBlock>'
        f'<TextBlock ID="a" IDNEXT="b" TAGREFS="t1">{alto_line(["eins"], 0, 50)}</TextBlock>'
        f'<ComposedBlock TYPE="table"><TextBlock ID="c">{alto_line(["drei"], 0, 90)}</TextBlock></ComposedBlock>'
    )
    source = alto(blocks, more=tags).replace("</Page>", '</Page><Page WIDTH="10" HEIGHT="20"/><Page/>', 1)
    source = source.replace("<Page/>", f"<Page>{alto_line(['vier'], 5, 5)}</Page>")
    content = content_of(tmp_path, source, "alto")
    assert kinds(content) == [("heading", "eins"), ("paragraph", "zwei"), ("table", "drei"), ("paragraph", "vier")]
    assert [b.heading for b in content.blocks] == [(), ("eins",), ("eins",), ("eins",)]
    assert [(p.state, p.width) for p in content.pages] == [(State.DONE, 1000), (State.EMPTY, 10), (State.DONE, 85)]


def test_alto_order_of_version_4(tmp_path: Path) -> None:
    order = '<ReadingOrder><OrderedGroup><ElementRef REF="b"/><ElementRef REF="a"/></OrderedGroup></ReadingOrder>'
    blocks = "".join(f'<TextBlock ID="{i}">{alto_line([i * 3], 0, 0)}</TextBlock>' for i in "ab")
    source = alto(blocks, version=4).replace("<Layout>", f"<Layout>{order}")
    assert content_of(tmp_path, source, "alto").text == "bbb\n\naaa"


def test_alto_without_spaces_boxes_or_words(tmp_path: Path) -> None:
    line = '<TextLine><String CONTENT="Die"/><String CONTENT="Kammer"/></TextLine><TextLine/>'
    content = content_of(tmp_path, alto(f"<TextBlock>{line}</TextBlock>"), "alto")
    assert content.text == "Die Kammer" and content.lines == () and content.blocks[0].region is None
    content = content_of(tmp_path, alto(""), "alto")
    assert (content.text, content.pages[0].state) == ("", State.EMPTY)


def region(id_: str, inside: str, more: str = "") -> str:
    return f'<TextRegion id="{id_}" {more}><Coords points="10,10 500,10 500,400 10,400"/>{inside}</TextRegion>'


@pytest.mark.parametrize("year", ["2013-07-15", "2017-07-15", "2019-07-15"])
def test_page_xml_lines_and_reading_order(tmp_path: Path, year: str) -> None:
    order = (
        '<ReadingOrder><OrderedGroup id="g"><RegionRefIndexed index="0" regionRef="r2"/>'
        '<RegionRefIndexed index="1" regionRef="r1"/></OrderedGroup></ReadingOrder>'
    )
    body = page_line("Die Wunder¬", 20, 100) + page_line("kammer zu Halle", 20, 140)
    both = region("r1", body) + region("r2", page_line("Vorrede", 20, 20), 'type="heading"')
    content = content_of(tmp_path, page_xml(both, order, year, 'primaryLanguage="German"'), "pagexml")
    assert kinds(content) == [("heading", "Vorrede"), ("paragraph", "Die Wunderkammer zu Halle")]
    assert lines(content) == [
        ("Vorrede", Region(20, 20, 300, 30)),
        ("Die Wunder", Region(20, 100, 300, 30)),
        ("kammer zu Halle", Region(20, 140, 300, 30)),
    ]
    assert (content.language, content.blocks[1].heading) == ("de", ("Vorrede",))


def test_page_xml_of_transkribus_and_its_tables(tmp_path: Path) -> None:
    first = page_line("unten", 20, 90, more='custom="readingOrder {index:1;}"')
    second = page_line("oben", 20, 20, more='custom="readingOrder {index:0;}"')
    texts = region("r1", first + second, 'custom="readingOrder {index:1;}"') + region(
        "r2", page_line("Titel", 0, 0), 'custom="readingOrder {index:0;} structure {type:heading;}"'
    )
    cells = "".join(
        f'<TableCell row="{row}" col="{col}"><Coords points="{col * 100},{row * 50} {col * 100 + 90},{row * 50 + 40}"/>'
        f"{page_line(f'z{row}s{col}', col * 100, row * 50, 90)}</TableCell>"
        for row in (1, 0)
        for col in (1, 0)
    )
    content = content_of(tmp_path, page_xml(f"{texts}<TableRegion id='t'>{cells}</TableRegion>"), "pagexml")
    assert kinds(content) == [
        ("heading", "Titel"),
        ("paragraph", "oben unten"),
        ("table", "z0s0 | z0s1\nz1s0 | z1s1"),
    ]
    assert lines(content)[-1] == ("z1s0 | z1s1", Region(0, 50, 190, 40))


def test_page_xml_words_alternatives_and_old_points(tmp_path: Path) -> None:
    coords = '<Coords><Point x="10" y="20"/><Point x="110" y="50"/></Coords>'
    words = "".join(f"<Word>{coords}<TextEquiv><Unicode>{w}</Unicode></TextEquiv></Word>" for w in ("Das", "Horn"))
    other = (
        f'<TextLine>{coords}<TextEquiv index="1" conf="0.9"><Unicode>falsch</Unicode></TextEquiv>'
        '<TextEquiv index="0" conf="0.1"><Unicode>richtig</Unicode></TextEquiv></TextLine>'
    )
    whole = region("r3", "<TextEquiv><Unicode>nur\nRegion</Unicode></TextEquiv>")
    inner = region("r2", page_line("innen", 5, 5))
    source = page_xml(region("r1", f"<TextLine>{coords}{words}</TextLine>{other}{inner}") + whole, year="2010-03-19")
    content = content_of(tmp_path, source, "pagexml")
    assert [text for _, text in kinds(content)] == ["Das Horn richtig", "innen", "nur Region"]
    assert lines(content)[0] == ("Das Horn", Region(10, 20, 100, 30))
    assert content.blocks[2].region == Region(10, 10, 490, 390)


HOCR_PAGE = """<div class='ocr_page' title='image "a.png"; bbox 0 0 1000 1500; ppageno 0'>
<div class='ocr_carea' title="bbox 10 10 500 400"><p class='ocr_par' lang='deu' title="bbox 10 10 500 60">
<span class='ocr_header' title="bbox 10 10 300 40"><span class='ocrx_word' title='x_wconf 3'>Vorrede</span></span></p>
<p class='ocr_par' lang='deu' title="bbox 10 50 500 160"><span class='ocr_line' title="bbox 10 50 500 90">
<span class='ocrx_word'>Die</span> <span class='ocrx_word'>Wunder-</span></span>
<span class='ocr_line' title="bbox 10 100 500 140"><span class='ocrx_word'>kammer</span><span
class='ocrx_word'>alt</span></span></p></div></div>"""


@pytest.mark.parametrize(
    "source",
    [
        hocr(HOCR_PAGE),
        hocr(HOCR_PAGE, doctype='<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0//EN" "http://127.0.0.1:9/x">'),
        "<!DOCTYPE html>\n<html><head><meta name='ocr-system' content='x'><title>OCR Output</title></head><body>"
        + HOCR_PAGE,
        f"<HTML><HEAD><META name='ocr-system' content='x'><STYLE>p {{}}</STYLE></HEAD><BODY><br>{HOCR_PAGE}</HTML>",
    ],
)
def test_hocr_as_xhtml_and_as_html(tmp_path: Path, source: str) -> None:
    content = content_of(tmp_path, source, "hocr", "0001.hocr")
    assert kinds(content) == [("heading", "Vorrede"), ("paragraph", "Die Wunderkammer alt")]
    assert lines(content) == [
        ("Vorrede", Region(10, 10, 290, 30)),
        ("Die Wunder", Region(10, 50, 490, 40)),
        ("kammer alt", Region(10, 100, 490, 40)),
    ]
    assert (content.language, content.title, content.media_type) == ("de", "0001", "text/vnd.hocr+html")
    assert (content.pages[0].width, content.pages[0].height) == (1000, 1500)


def test_hocr_words_outside_of_lines_and_several_pages(tmp_path: Path) -> None:
    loose = "<p class='ocr_par' title='bbox 1 2 30 40'>Absatz</p>"
    loose = f"<div class='ocr_page' title='bbox 0 0 50 50'>lose &amp; frei{loose}</div>"
    content = content_of(tmp_path, hocr(HOCR_PAGE + loose + loose, "<title>Das Buch</title>"), "hocr")
    assert [page.page for page in content.pages] == [1, 2, 3] and content.title == "Das Buch"
    assert kinds(content)[2:4] == [("paragraph", "lose & frei"), ("paragraph", "Absatz")]
    assert lines(content)[-1] == ("Absatz", Region(1, 2, 29, 38))


def test_html_without_ocr_is_left_to_html(tmp_path: Path) -> None:
    path = tmp_path / "a.html"
    path.write_text("<!DOCTYPE html><html><body><p>Text</p></body></html>")
    assert identify(path, "a.html", LIMITS).kind == "html"


@pytest.mark.parametrize(("kind", "page"), [("alto", "<Page/>"), ("pagexml", "<Page/>"), ("hocr", "")])
def test_too_many_pages(tmp_path: Path, kind: str, page: str) -> None:
    path = tmp_path / "a.xml"
    root = {"alto": "alto", "pagexml": "PcGts"}.get(kind)
    path.write_text(f"<{root}>{page * 4}</{root}>" if root else hocr("<div class='ocr_page'></div>" * 4))
    with pytest.raises(SourceError) as caught:
        read(path, "a.xml", Limits(max_pages=3))
    assert caught.value.code == "TooManyPages"


WORD = st.text("abcäß-¬=.", min_size=1, max_size=6)
NUMBER = st.sampled_from(["0", "10", "-5", "99999", "1e5", "nan", "inf", "", "x", "12.7"])


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data(), rows=st.lists(st.lists(WORD, max_size=3), max_size=5))
def test_any_alto_line_has_its_words_and_a_box_on_the_page(
    tmp_path: Path, data: st.DataObject, rows: list[list[str]]
) -> None:
    made = []
    for row in rows:
        size = " ".join(f'{key}="{data.draw(NUMBER)}"' for key in ("HPOS", "VPOS", "WIDTH", "HEIGHT"))
        whole = f'SUBS_TYPE="HypPart1" SUBS_CONTENT="{data.draw(WORD)}"' if data.draw(st.booleans()) else ""
        strings = "".join(f'<String CONTENT="{word}" {whole}/>' for word in row)
        made.append(f"<TextLine {size}>{strings}</TextLine>")
    content = content_of(tmp_path, alto(f"<TextBlock>{''.join(made)}</TextBlock>"), "alto")
    assert all(line.start < line.end for line in content.lines)
    for block in content.blocks:
        page = content.pages[block.page - 1]
        assert page.start <= block.start < block.end <= page.end
