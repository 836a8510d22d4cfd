"""XML that is broken, hostile, huge or of another kind: one clear error each, no network, no memory lost."""

from __future__ import annotations

import random
import socket
import time
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graph.errors import SourceError
from ingest.sources import identify, read
from ingest.sources.base import Limits
from ingest.sources.xml_events import LONGEST_TAG_MB, MAX_DEPTH
from tests.make_xml import alto, alto_line, hocr, page_line, page_xml, tei
from tests.reading import LIMITS, check


def error_of(tmp_path: Path, source: str | bytes, name: str = "a.xml", limits: Limits = LIMITS) -> SourceError:
    """The error that reading raises; it can be said in both languages."""
    path = tmp_path / "file"
    path.write_bytes(source if isinstance(source, bytes) else source.encode())
    with pytest.raises(SourceError) as caught:
        read(path, name, limits)
    for language in ("en", "de"):
        assert name in caught.value.text(language) and "{" not in caught.value.text(language)
    return caught.value


def declared(entities: str, used: str) -> str:
    return tei(f"<p>{used}</p>", before=f'<?xml version="1.0"?><!DOCTYPE TEI [{entities}]>')


LAUGHS = '<!ENTITY a0 "ha">' + "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 12))


@pytest.mark.parametrize(
    ("source", "entity"),
    [
        (declared(LAUGHS, "&a11;"), "a1"),
        (declared(f'<!ENTITY long "{"x" * 10_000}">', "&long;" * 50_000), "long"),
        (declared('<!ENTITY file SYSTEM "/etc/passwd">', "&file;"), "file"),
        (declared('<!ENTITY % p "<!ENTITY x SYSTEM \'/etc/passwd\'>"> %p; <!ENTITY y SYSTEM "y">', "&y;"), None),
        (declared('<!ENTITY tag "<del>x</del>">', "&tag;"), "tag"),
        (declared('<!ENTITY a "&b;"><!ENTITY b "&a;">', "&a;"), "a"),
    ],
)
def test_entities_that_bring_in_text_are_refused(tmp_path: Path, source: str, entity: str | None) -> None:
    if entity is None:
        # Behind a parameter entity nothing is declared any more: its name stays as it is written.
        path = tmp_path / "a.xml"
        path.write_text(source)
        assert read(path, "a.xml", LIMITS).text == "&y;"
        return
    error = error_of(tmp_path, source)
    assert (error.code, error.params["entity"]) == ("XmlEntity", entity)


def test_nothing_is_fetched(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.2)
        address = f"http://127.0.0.1:{server.getsockname()[1]}/x"
        doctype = f'<!DOCTYPE TEI PUBLIC "-//TEI//DTD" "{address}" [<!ENTITY % e SYSTEM "{address}"> %e;]>'
        path = tmp_path / "a.xml"
        path.write_text(tei("<p>Wal</p>", before=f'<?xml version="1.0"?>{doctype}'))
        assert read(path, "a.xml", LIMITS).text == "Wal"
        error_of(tmp_path, declared(f'<!ENTITY e SYSTEM "{address}">', "&e;"))
        with pytest.raises(TimeoutError):
            server.accept()


def test_deep_and_overlong_ones_are_refused_quickly(tmp_path: Path) -> None:
    began = time.monotonic()
    deep = "<seg>" * 200_000
    assert error_of(tmp_path, tei(f"<p>{deep}")).params["limit"] == MAX_DEPTH
    long = b"<?xml version='1.0'?><TEI><!--" + b"x" * 40_000_000
    assert error_of(tmp_path, long).code == "XmlTooLong"
    attribute = b"<TEI a='" + b"x" * (LONGEST_TAG_MB * 1_000_000 + 200_000)
    assert error_of(tmp_path, attribute + b"'/>").code == "XmlTooLong"
    html = "<!DOCTYPE html><html><head><meta name='ocr-system'></head><body><p " + "a='" * 100_000
    assert error_of(tmp_path, html).code == "XmlTooLong"
    assert time.monotonic() - began < 20


def test_broken_ones_say_where(tmp_path: Path) -> None:
    error = error_of(tmp_path, "<TEI><text>\n<p>Wal</text></TEI>")
    assert (error.code, error.params["line"]) == ("XmlBroken", 2)
    for whole in (tei("<p>Wal</p>"), alto(alto_line(["Wal"], 0, 0)), page_xml(page_line("Wal", 0, 0))):
        assert error_of(tmp_path, whole[:-20]).code == "XmlBroken"
    assert error_of(tmp_path, tei("<p>\xe4</p>").encode("latin-1")).code == "XmlBroken"
    assert error_of(tmp_path, '<?xml version="1.0"?>').code == "XmlBroken"
    for encoding in ("shift_jis", "klingon"):
        error = error_of(tmp_path, f'<?xml version="1.0" encoding="{encoding}"?><TEI><p>a</p></TEI>')
        assert error.code == "XmlEncoding"


def test_other_kinds_are_named(tmp_path: Path) -> None:
    error = error_of(tmp_path, '<?xml version="1.0"?><kml xmlns="http://www.opengis.net/kml/2.2"><Document/></kml>')
    assert error.code == "XmlKindUnknown" and "<kml>" in error.text("de") and "opengis" in error.text("de")
    assert error_of(tmp_path, '<svg xmlns="http://www.w3.org/2000/svg"/>', "a.svg").params["root"] == "svg"
    assert error_of(tmp_path, "<eintrag/>").params["namespace"] == "–"
    mets = '<mets:mets xmlns:mets="http://www.loc.gov/METS/"><mets:fileSec/></mets:mets>'
    assert error_of(tmp_path, mets, "mets.xml").code == "MetsAlone"
    assert "ALTO" in error_of(tmp_path, f'<?xml version="1.0"?>{mets}', "mets").text("de")


def test_kinds_are_told_by_content_not_by_name(tmp_path: Path) -> None:
    path = tmp_path / "file"
    for source, kind in (
        (tei("<p>a</p>"), "tei"),
        (alto(""), "alto"),
        (page_xml(""), "pagexml"),
        (hocr("<div class='ocr_page'/>"), "hocr"),
        (f"<?xml version='1.0'?><!--{'x' * 20_000}--><TEI><text><p>a</p></text></TEI>", "xml"),
        ("<div align='center'>Markdown</div>", "markdown"),
        ("<name> ist ein Platzhalter, <tei> auch; ocr_page und <html> nur genannt.", "markdown"),
        ("kein XML", "markdown"),
    ):
        path.write_text(source)
        assert identify(path, "README.md", LIMITS).kind == kind
    path.write_text(f"\n <?xml version='1.0'?><!--{'x' * 20_000}--><TEI><text><p>a</p></text></TEI>")
    assert read(path, "a.xml", LIMITS).media_type == "application/tei+xml"
    path.write_text("nur Text")
    assert identify(path, "a.xml", LIMITS).kind == "text"


def test_a_large_file_is_streamed_and_a_larger_one_refused(tmp_path: Path) -> None:
    page = "".join(f"<TextBlock>{alto_line(['Wunder'] * 8, 10, y)}</TextBlock>" for y in range(0, 1500, 50))
    path = tmp_path / "large.xml"
    head, _, tail = alto("@").partition("<Page")
    with path.open("w") as file:
        file.write(head)
        for _ in range(600):
            file.write(f"<Page WIDTH='1000' HEIGHT='1500'>{page}</Page>")
        file.write(tail.partition("</Page>")[2])
    size = path.stat().st_size
    assert size > 12_000_000
    tracemalloc.start()
    content = read(path, "large.xml", LIMITS)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(content.pages) == 600 and len(content.lines) == 18_000
    assert peak < 2.5 * size
    assert error_of(tmp_path, path.read_bytes(), limits=Limits(max_file_mb=10)).code == "FileTooLarge"


KINDS = [
    tei('<pb n="1"/><head>Horn</head><p>Wal &amp; Zahn<note>x</note></p><table><row><cell>a</cell></row></table>'),
    alto(f"<TextBlock>{alto_line(['Wal', 'Horn'], 1, 2)}</TextBlock>"),
    page_xml(f"<TextRegion id='r'><Coords points='1,2 3,4'/>{page_line('Wal', 1, 2)}</TextRegion>"),
    hocr("<div class='ocr_page' title='bbox 0 0 9 9'><span class='ocr_line' title='bbox 1 1 5 5'>Wal</span></div>"),
]


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(kind=st.sampled_from(KINDS), seed=st.integers(0, 10**6), changes=st.integers(1, 12))
def test_damaged_files_are_read_or_refused(tmp_path: Path, kind: str, seed: int, changes: int) -> None:
    chance = random.Random(seed)
    raw = bytearray(kind.encode())
    for _ in range(changes):
        place = chance.randrange(len(raw))
        if chance.random() < 0.5:
            raw[place] = chance.randrange(256)
        else:
            del raw[place : place + chance.randrange(1, 30)]
    path = tmp_path / "file"
    path.write_bytes(bytes(raw))
    try:
        content = read(path, "a.xml", LIMITS)
    except SourceError as error:
        assert error.text("de")
    else:
        check(content)
