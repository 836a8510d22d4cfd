"""Office files for the tests: by python-docx, python-pptx, openpyxl; OpenDocument and odd ones part by part."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from pathlib import Path

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
R = 'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
_TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
_KINDS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
WORD_MAIN = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
SHEET_MAIN = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
ODF = " ".join(
    f'xmlns:{short}="urn:oasis:names:tc:opendocument:xmlns:{long}:1.0"'
    for short, long in (
        ("office", "office"),
        ("text", "text"),
        ("table", "table"),
        ("style", "style"),
        ("draw", "drawing"),
        ("meta", "meta"),
        ("presentation", "presentation"),
        ("fo", "xsl-fo-compatible"),
    )
)


def packed(path: Path, parts: Mapping[str, str | bytes], method: int = zipfile.ZIP_DEFLATED) -> Path:
    """A ZIP of these parts, in this order."""
    with zipfile.ZipFile(path, "w", method) as archive:
        for name, content in parts.items():
            info = zipfile.ZipInfo(name, (2026, 1, 2, 3, 4, 6))
            info.compress_type = zipfile.ZIP_STORED if name == "mimetype" else method
            archive.writestr(info, content)
    return path


def relations(**targets: str) -> str:
    """A list of relations: id=kind:target."""
    listed = "".join(
        f'<Relationship Id="{id_}" Type="{_KINDS}/{given.split(":")[0]}" Target="{given.split(":", 1)[1]}"/>'
        for id_, given in targets.items()
    )
    return f'<Relationships xmlns="{_RELATIONS}">{listed}</Relationships>'


def content_types(main: str, part: str) -> str:
    """The list of content types with the main part's."""
    return (
        f'<Types xmlns="{_TYPES}"><Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/{part}" ContentType="{main}"/></Types>'
    )


def word(path: Path, body: str, parts: Mapping[str, str] | None = None, **related: str) -> Path:
    """A Word file with this body, written in the words of the format; other parts by their names."""
    return packed(
        path,
        {
            "[Content_Types].xml": content_types(WORD_MAIN, "word/document.xml"),
            "_rels/.rels": relations(rId1="officeDocument:word/document.xml", rId2="extended-properties:app.xml"),
            "word/_rels/document.xml.rels": relations(**related),
            "word/document.xml": f"<w:document {W}><w:body>{body}</w:body></w:document>",
            **(parts or {}),
        },
    )


def p(*runs: str, style: str = "", properties: str = "") -> str:
    """A paragraph of Word's format; plain words become a run."""
    inside = "".join(
        run if run.startswith("<") else f'<w:r><w:t xml:space="preserve">{run}</w:t></w:r>' for run in runs
    )
    styled = f'<w:pStyle w:val="{style}"/>' if style else ""
    return f"<w:p><w:pPr>{styled}{properties}</w:pPr>{inside}</w:p>"


def pages_told(pages: int) -> dict[str, str]:
    """The part in which Word says how many pages it counted."""
    return {"app.xml": f"<Properties><Pages>{pages}</Pages></Properties>"}


def sheet(path: Path, rows: str, after: str = "", before: str = "", parts: Mapping[str, str] | None = None) -> Path:
    """An Excel file with one sheet of these rows, written in the words of the format."""
    main = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    return packed(
        path,
        {
            "[Content_Types].xml": content_types(SHEET_MAIN, "xl/workbook.xml"),
            "_rels/.rels": relations(rId1="officeDocument:xl/workbook.xml"),
            "xl/workbook.xml": f'<workbook {main} {R}><sheets><sheet name="Blatt" r:id="rId1"/></sheets></workbook>',
            "xl/_rels/workbook.xml.rels": relations(
                rId1="worksheet:worksheets/sheet1.xml", rId2="sharedStrings:sharedStrings.xml", rId3="styles:styles.xml"
            ),
            "xl/worksheets/sheet1.xml": (
                f"<worksheet {main} {R}>{before}<sheetData>{rows}</sheetData>{after}</worksheet>"
            ),
            **(parts or {}),
        },
    )


def odf(path: Path, body: str, kind: str = "text", styles: str = "", meta: str = "", **parts: str) -> Path:
    """An OpenDocument file with this body, written in the words of the format."""
    mimetype = f"application/vnd.oasis.opendocument.{kind}"
    listed = {
        "mimetype": mimetype,
        "content.xml": (
            f"<office:document-content {ODF}><office:automatic-styles>{styles}</office:automatic-styles>"
            f"<office:body><office:{kind}>{body}</office:{kind}></office:body></office:document-content>"
        ),
    }
    if meta:
        listed["meta.xml"] = (
            f'<office:document-meta {ODF} xmlns:dc="http://purl.org/dc/elements/1.1/">'
            f"<office:meta>{meta}</office:meta></office:document-meta>"
        )
    return packed(path, listed | parts)


def compound(path: Path, *streams: str) -> Path:
    """A compound file's header and a directory that names these streams."""
    header = bytearray(512)
    header[:8] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
    header[30] = 9
    directory = b""
    for name in ("Root Entry", *streams):
        entry = bytearray(128)
        wide = name.encode("utf-16-le")
        entry[: len(wide)] = wide
        entry[64:66] = (len(wide) + 2).to_bytes(2, "little")
        directory += bytes(entry)
    path.write_bytes(bytes(header) + directory)
    return path
