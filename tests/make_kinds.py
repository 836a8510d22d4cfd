"""Writes `tests/data/kinds`: one small real file of each kind of source, our own words, for `docs/sources.md`.

`python -m tests.make_kinds` makes them anew. The programs and packages that people use for these formats write them
where there is one; the rest is written part by part.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

import docx
import openpyxl
import pptx
from docx.enum.text import WD_BREAK
from PIL import Image
from pptx.util import Inches
from reportlab.lib import colors
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Table, TableStyle

from tests import make_files, make_iiif, make_office, make_web, make_xml

FOLDER = Path(__file__).resolve().parent / "data" / "kinds"
WORM = "Ole Worm taught medicine at Copenhagen and filled his house with horns, shells and bones."
HORN = "In 1638 Ole Worm showed that the horn of the unicorn is the tusk of the narwhal."
ROWS = [("No.", "Thing", "Year"), ("1", "Horn of a narwhal", "1638"), ("2", "Great auk", "1655")]
LICENCE = "https://creativecommons.org/licenses/by/4.0/"


def _pdf(path: Path) -> None:
    def draw(canvas: Canvas) -> None:
        canvas.setTitle("The museum of Ole Worm")
        canvas.setAuthor("Wunderkammer")
        make_files.write_lines(canvas, ["The museum of Ole Worm"], 72, 760, 18, "Helvetica-Bold")
        make_files.write_lines(canvas, make_files.wrap(WORM, 70), 72, 720)
        table = Table(ROWS, style=TableStyle([("GRID", (0, 0), (-1, -1), 0.5, colors.black)]))
        table.drawOn(canvas, 72, 680 - table.wrapOn(canvas, 400, 400)[1])
        canvas.showPage()
        make_files.write_lines(canvas, make_files.wrap(HORN, 70), 72, 760)
        canvas.showPage()

    make_files.pdf(path, draw)


def _scan(path: Path) -> None:
    make_files.scan(path, 2)


def _picture(path: Path) -> None:
    exif = Image.Exif()
    exif[0x013B], exif[0x8298], exif[0x010E] = "Erna Muster", "CC BY 4.0", "A horn on a table"
    exif.get_ifd(0x8769)[0x9003] = "2019:05:04 10:22:33"
    path.write_bytes(make_files.encoded(make_files.picture(), "JPEG", exif=exif))


def _word(path: Path) -> None:
    file = docx.Document()
    file.core_properties.title, file.core_properties.author = "The museum of Ole Worm", "Wunderkammer"
    file.add_heading("The museum of Ole Worm", 1)
    file.add_paragraph(WORM)
    table = file.add_table(0, 3)
    for row in ROWS:
        for cell, text in zip(table.add_row().cells, row, strict=True):
            cell.text = text
    file.add_paragraph().add_run().add_break(WD_BREAK.PAGE)
    file.add_paragraph(HORN)
    file.save(str(path))


def _slides(path: Path) -> None:
    show = pptx.Presentation()
    show.core_properties.title, show.core_properties.author = "The museum of Ole Worm", "Wunderkammer"
    first = show.slides.add_slide(show.slide_layouts[1])
    first.shapes.title.text, first.placeholders[1].text = "The museum of Ole Worm", WORM
    second = show.slides.add_slide(show.slide_layouts[6])
    table = second.shapes.add_table(3, 3, Inches(1), Inches(1), Inches(6), Inches(2)).table
    for row, texts in enumerate(ROWS):
        for column, text in enumerate(texts):
            table.cell(row, column).text = text
    show.save(str(path))


def _workbook(path: Path) -> None:
    book = openpyxl.Workbook()
    book.properties.title, book.properties.creator = "The museum of Ole Worm", "Wunderkammer"
    for title in ("Things", "Later"):
        sheet = book.active if title == "Things" else book.create_sheet(title)
        sheet.title = title
        for row in ROWS:
            sheet.append(row)
    book.save(path)


def _open_text(path: Path) -> None:
    cells = "".join(
        "<table:table-row>"
        + "".join(f"<table:table-cell><text:p>{text}</text:p></table:table-cell>" for text in row)
        + "</table:table-row>"
        for row in ROWS
    )
    styles = (
        '<style:style style:name="P2" style:family="paragraph">'
        '<style:paragraph-properties fo:break-before="page"/></style:style>'
    )
    body = (
        f'<text:h text:outline-level="1">The museum of Ole Worm</text:h><text:p>{WORM}</text:p>'
        f'<table:table>{cells}</table:table><text:p text:style-name="P2">{HORN}</text:p>'
    )
    meta = '<dc:title>The museum of Ole Worm</dc:title><meta:document-statistic meta:page-count="2"/>'
    make_office.odf(path, body, styles=styles, meta=meta)


def _csv(path: Path) -> None:
    path.write_text("\n".join(",".join(row) for row in ROWS) + "\n", encoding="utf-8")


def _html(path: Path) -> None:
    rows = "".join("<tr>" + "".join(f"<td>{text}</td>" for text in row) + "</tr>" for row in ROWS)
    path.write_text(
        f'<!doctype html><html lang="en"><head><title>The museum of Ole Worm</title><meta name="author" '
        f'content="Wunderkammer"><link rel="license" href="{LICENCE}"></head><body><main>'
        f"<h1>The museum of Ole Worm</h1><p>{WORM}</p><p>{HORN}</p><table>{rows}</table></main></body></html>",
        encoding="utf-8",
    )


def _epub(path: Path) -> None:
    pages = {
        "one.xhtml": make_web.xhtml(f"<h1>The museum</h1><p>{WORM}</p>"),
        "two.xhtml": make_web.xhtml(f"<h1>The horn</h1><p>{HORN}</p>"),
    }
    make_web.epub(path, pages)


def _mail(path: Path) -> None:
    make_web.mail(path, f"Dear colleagues,\n\n{WORM}\n\n{HORN}")


def _tei(path: Path) -> None:
    rows = "".join("<row>" + "".join(f"<cell>{text}</cell>" for text in row) + "</row>" for row in ROWS)
    body = f'<pb n="1"/><p>{WORM}</p><table>{rows}</table><pb n="2"/><p>{HORN}</p>'
    path.write_text(make_xml.tei(body, make_xml.HEADER), encoding="utf-8")


def _alto(path: Path) -> None:
    lines = make_xml.alto_line(["Ole", "Worm", "taught"], 100, 200) + make_xml.alto_line(["in", "Copenhagen"], 100, 240)
    path.write_text(make_xml.alto(f"<TextBlock>{lines}</TextBlock>"), encoding="utf-8")


def _page_xml(path: Path) -> None:
    line = make_xml.page_line("Ole Worm taught in Copenhagen", 100, 200)
    coords = '<Coords points="100,200 400,200 400,230 100,230"/>'
    path.write_text(make_xml.page_xml(f'<TextRegion id="r1">{coords}{line}</TextRegion>'), encoding="utf-8")


def _hocr(path: Path) -> None:
    line = "<span class='ocr_line' title='bbox 10 10 300 40'>Ole Worm taught in Copenhagen</span>"
    page = f"<div class='ocr_page' title='bbox 0 0 1000 1500'><p class='ocr_par'>{line}</p></div>"
    path.write_text(make_xml.hocr(page), encoding="utf-8")


def _manifest(path: Path) -> None:
    said = make_iiif.notes3(1, make_iiif.said(WORM, "100,200,300,50"))
    made = make_iiif.manifest3(
        make_iiif.canvas3(1, annotations=said),
        make_iiif.canvas3(2),
        rights=LICENCE,
        metadata=[{"label": {"en": ["Maker"]}, "value": {"en": ["Ole Worm"]}}],
    )
    path.write_text(json.dumps(made, indent=1), encoding="utf-8")


def _statements(path: Path) -> None:
    (path.parent / "told.txt").write_text(f"{WORM} So it is told.\n", encoding="utf-8")
    lines = [
        {"type": "document", "file": "told.txt", "title": "The museum of Ole Worm", "language": "en"},
        {
            "type": "statement", "subject": "Ole Worm", "subject_type": "Person", "predicate": "LIVED_IN",
            "object": "Copenhagen", "object_type": "Place", "text": "Ole Worm taught at Copenhagen.",
            "document": "told.txt", "quote": "Ole Worm taught medicine at Copenhagen",
        },
    ]  # fmt: skip
    path.write_text("\n".join(json.dumps(line) for line in lines) + "\n", encoding="utf-8")


def _markdown(path: Path) -> None:
    table = "| No. | Thing | Year |\n|---|---|---|\n" + "\n".join(f"| {' | '.join(row)} |" for row in ROWS[1:])
    head = f"---\ntitle: The museum of Ole Worm\nrights: {LICENCE}\n---\n"
    path.write_text(f"{head}\n# The museum\n\n{WORM}\n\n{HORN}\n\n{table}\n", encoding="utf-8")


def _text(path: Path) -> None:
    path.write_text(f"{WORM}\n\n{HORN}\n", encoding="utf-8")


def _zip(path: Path) -> None:
    with tempfile.TemporaryDirectory() as folder:
        _text(inside := Path(folder) / "inside.txt")
        make_web.zipped(path, {"letters/inside.txt": inside.read_bytes() + b"From a ZIP.\n"})


MADE: dict[str, Callable[[Path], None]] = {
    "printed.pdf": _pdf,
    "scanned.pdf": _scan,
    "photograph.jpg": _picture,
    "report.docx": _word,
    "talk.pptx": _slides,
    "inventory.xlsx": _workbook,
    "report.odt": _open_text,
    "inventory.csv": _csv,
    "page.html": _html,
    "book.epub": _epub,
    "letter.eml": _mail,
    "edition.xml": _tei,
    "alto.xml": _alto,
    "pagexml.xml": _page_xml,
    "scan.hocr": _hocr,
    "manifest.json": _manifest,
    "claims/claims.jsonl": _statements,
    "notes.md": _markdown,
    "plain.txt": _text,
    "letters.zip": _zip,
}


def main() -> None:
    """Make the folder anew."""
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True)
    for name, make in MADE.items():
        (FOLDER / name).parent.mkdir(exist_ok=True)
        make(FOLDER / name)


if __name__ == "__main__":
    main()
