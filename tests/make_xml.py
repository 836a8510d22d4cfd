"""XML of libraries and editions for the tests, made when it is needed."""

from __future__ import annotations

from collections.abc import Sequence

TEI_NS = ' xmlns="http://www.tei-c.org/ns/1.0"'
HEADER = """<teiHeader><fileDesc>
<titleStmt><title type="main">Die Kammer zu Gottorf</title><title type="sub">Ein Katalog</title>
<author><forename>Adam</forename> <surname>Olearius</surname></author><editor>Erna Muster</editor>
<respStmt><resp>Transkription</resp><name>Max Beispiel</name></respStmt></titleStmt>
<publicationStmt><publisher>Landesbibliothek</publisher><pubPlace>Kiel</pubPlace><date when="2021">2021</date>
<availability><licence target="https://creativecommons.org/licenses/by/4.0/">CC BY 4.0</licence></availability>
</publicationStmt>
<sourceDesc><bibl>Gottorffische Kunst-Kammer, Schleswig <date>1674</date></bibl></sourceDesc></fileDesc>
<profileDesc><langUsage><language ident="de">Deutsch</language></langUsage></profileDesc></teiHeader>"""


def tei(body: str, header: str = "", namespace: str = TEI_NS, before: str = '<?xml version="1.0"?>') -> str:
    """A TEI file with this body."""
    return f"{before}\n<TEI{namespace}>{header}<text><body>{body}</body></text></TEI>"


def alto_line(words: Sequence[str], x: int, y: int, last: str = "", width: int = 80, height: int = 30) -> str:
    """A line whose words stand side by side; `last` is put behind them."""
    step = width + 10
    strings = "<SP/>".join(
        f'<String CONTENT="{word}" HPOS="{x + n * step}" VPOS="{y}" WIDTH="{width}" HEIGHT="{height}" WC="0.12"/>'
        for n, word in enumerate(words)
    )
    whole = max(len(words) * step - 10, width)
    return f'<TextLine HPOS="{x}" VPOS="{y}" WIDTH="{whole}" HEIGHT="{height}">{strings}{last}</TextLine>'


def alto(
    blocks: str, unit: str = "pixel", size: str = 'WIDTH="1000" HEIGHT="1500"', version: int = 3, more: str = ""
) -> str:
    """An ALTO file with one page."""
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><alto xmlns="http://www.loc.gov/standards/alto/ns-v{version}#">'
        f"<Description><MeasurementUnit>{unit}</MeasurementUnit>{more}</Description>"
        f"<Layout><Page ID='p1' {size}><PrintSpace>{blocks}</PrintSpace></Page></Layout></alto>"
    )


def page_line(text: str, x: int, y: int, width: int = 300, height: int = 30, more: str = "") -> str:
    """A line of PAGE-XML with its outline."""
    points = f"{x},{y} {x + width},{y} {x + width},{y + height} {x},{y + height}"
    return (
        f'<TextLine id="l{x}_{y}" {more}><Coords points="{points}"/><Baseline points="{x},{y} {x + width},{y}"/>'
        f"<TextEquiv><Unicode>{text}</Unicode></TextEquiv></TextLine>"
    )


def page_xml(regions: str, order: str = "", year: str = "2013-07-15", attributes: str = "") -> str:
    """A PAGE file with one page."""
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><PcGts xmlns="http://schema.primaresearch.org/PAGE/gts/pagecontent/{year}">'
        f'<Metadata><Creator>Test</Creator></Metadata><Page imageFilename="a.jpg" imageWidth="1000" imageHeight="1500"'
        f" {attributes}>{order}{regions}</Page></PcGts>"
    )


def hocr(pages: str, head: str = "<title></title>", doctype: str = "") -> str:
    """A hOCR file as Tesseract writes it."""
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n{doctype}<html xmlns="http://www.w3.org/1999/xhtml" lang="en"><head>'
        f"{head}<meta name='ocr-system' content='tesseract 5.3' /></head><body>{pages}</body></html>"
    )
