"""Office files that are old, locked, broken, hostile: one clear error each, nothing read beyond the limits."""

from __future__ import annotations

import random
import resource
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graph.errors import SourceError
from graph.types import Document
from ingest import office_errors
from ingest.chunk import chunk
from ingest.collect import collect
from ingest.files import FileStore
from ingest.sources import identify, read
from ingest.sources.base import Limits
from settings import Settings
from tests.make_office import W, compound, odf, p, packed, relations, sheet, word
from tests.reading import LIMITS, check
from tests.test_pptx import made

ENTITY = '<!DOCTYPE d [<!ENTITY e "{}">]>'


def parts_of(path: Path) -> dict[str, str | bytes]:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def code_of(path: Path, name: str | None = None, limits: Limits = LIMITS) -> str:
    with pytest.raises(SourceError) as caught:
        read(path, name or path.name, limits)
    return caught.value.code


@pytest.mark.parametrize(
    ("stream", "name", "code", "told"),
    [
        ("WordDocument", "a.xls", "OldOffice", "Word"),
        ("Workbook", "a.doc", "OldOffice", "Excel"),
        ("Book", "a", "OldOffice", "Excel"),
        ("PowerPoint Document", "a.ppt", "OldOffice", "PowerPoint"),
        ("EncryptedPackage", "a.docx", "OfficeEncrypted", "Passwort"),
        ("Anderes", "a.doc", "OldOffice", "Word"),
        ("Anderes", "a.bin", "OldFile", "PDF"),
    ],
)
def test_old_and_locked_files(tmp_path: Path, stream: str, name: str, code: str, told: str) -> None:
    path = compound(tmp_path / "file", stream)
    with pytest.raises(SourceError) as caught:
        read(path, name, LIMITS)
    assert caught.value.code == code and told in caught.value.text("de")


def test_what_a_file_is_is_told_by_its_content(tmp_path: Path) -> None:
    path = word(tmp_path / "a", p("Text."))
    for name in ("a.pdf", "a.xlsx", "a.csv", "a.zip", "a"):
        assert identify(path, name, LIMITS).kind == "docx"
    other = packed(tmp_path / "b", {"a.txt": "x"})
    assert code_of(other, "b.zip") == "UnknownKind"
    # What promises to be a Word file and is another ZIP lacks what makes it one.
    assert code_of(other, "b.docx") == "PartMissing"
    text = tmp_path / "brief.docx"
    text.write_text("Nur ein Text.")
    assert read(text, "brief.docx", LIMITS).text == "Nur ein Text."


def test_files_that_are_collected_are_looked_into(tmp_path: Path) -> None:
    word(tmp_path / "a.xlsx", p("Text."))
    settings_ = Settings(home=tmp_path / "home")
    (found,) = collect([tmp_path / "a.xlsx"], FileStore(settings_.files), settings_)
    assert found.failure is None and found.media_type.endswith("wordprocessingml.document")


def test_parts_that_are_missing(tmp_path: Path) -> None:
    whole = parts_of(word(tmp_path / "a.docx", p("Text.")))
    for gone in ("_rels/.rels", "word/document.xml"):
        path = packed(tmp_path / "b.docx", {name: part for name, part in whole.items() if name != gone})
        assert code_of(path) == "PartMissing"
    assert code_of(packed(tmp_path / "c.odt", {"mimetype": "application/vnd.oasis.opendocument.text"})) == "PartMissing"


@pytest.mark.parametrize("share", [0.05, 0.3, 0.6, 0.9, 0.99])
def test_truncated_files(tmp_path: Path, share: float) -> None:
    made().save(str(tmp_path / "a.pptx"))
    for whole in (tmp_path / "a.pptx", word(tmp_path / "a.docx", p("Text. " * 50)), odf(tmp_path / "a.odt", "")):
        content = whole.read_bytes()
        path = tmp_path / f"cut{whole.suffix}"
        path.write_bytes(content[: int(len(content) * share)])
        assert code_of(path) == "OfficeDamaged"


DOCTYPES = [
    ENTITY.format("x" * 100),
    '<!DOCTYPE d SYSTEM "file:///etc/hostname">',
    '<!DOCTYPE d [<!ENTITY e SYSTEM "http://127.0.0.1:9/x">]>',
    '<?xml version="1.0"?><!-- davor --><!DOCTYPE d>',
]


@pytest.mark.parametrize("doctype", DOCTYPES)
def test_xml_that_declares_entities_or_names_files_is_refused(tmp_path: Path, doctype: str) -> None:
    content = f"{doctype}<w:document {W}><w:body>{p('&#38;e;')}</w:body></w:document>"
    whole = parts_of(word(tmp_path / "a.docx", ""))
    assert code_of(packed(tmp_path / "a.docx", whole | {"word/document.xml": content})) == "XmlDeclaresEntities"
    wide = packed(tmp_path / "b.docx", whole | {"word/document.xml": ("\ufeff" + content).encode("utf-16-le")})
    assert code_of(wide) == "XmlDeclaresEntities"
    assert code_of(packed(tmp_path / "c.docx", whole | {"_rels/.rels": doctype + "<a/>"})) == "XmlDeclaresEntities"
    assert code_of(odf(tmp_path / "d.odt", "", **{"meta.xml": doctype + "<a/>"})) == "XmlDeclaresEntities"


def test_a_member_that_grows_a_thousandfold_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    bomb = "<w:t>" + " " * 60_000_000 + "</w:t>"
    path = word(tmp_path / "a.docx", bomb)
    assert path.stat().st_size < 200_000
    begin = time.perf_counter()
    assert code_of(path) == "ExpandsTooFar"
    assert time.perf_counter() - begin < 1


def test_what_all_parts_expand_to_is_counted_as_it_is_read(tmp_path: Path) -> None:
    dice = random.Random(1)
    body = "".join(p(f"{dice.random()}") for _ in range(30_000))
    path = word(tmp_path / "a.docx", body)
    assert code_of(path, limits=Limits(max_expanded_mb=1)) == "ExpandsTooFar"
    assert read(path, "a.docx", LIMITS).text.count("\n\n") == 29_999


def test_a_list_of_members_without_end_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "a.docx"
    with zipfile.ZipFile(path, "w") as archive:
        for number in range(40_000):
            archive.writestr(zipfile.ZipInfo(f"{number:0200d}"), b"")
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert code_of(path) == "ExpandsTooFar"
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 60_000


def test_xml_nested_without_end_and_words_without_end(tmp_path: Path) -> None:
    path = word(tmp_path / "a.docx", "<w:ins>" * 100_000 + "</w:ins>" * 100_000)
    assert code_of(path) == "OfficeDamaged"
    deep = "<w:ins>" * 140 + p("Tief.") + "</w:ins>" * 140
    assert read(word(tmp_path / "a.docx", deep), "a.docx", LIMITS).text == "Tief."
    table = "<w:tbl>" + "<w:tr><w:tc/><w:tc/></w:tr>" * 700_000 + "</w:tbl>"
    assert code_of(word(tmp_path / "b.docx", table[:-8] + p("x" * 200_000) + "</w:tbl>")) == "BlockTooLarge"


def test_encryption_of_members_and_unknown_packing(tmp_path: Path) -> None:
    path = word(tmp_path / "a.docx", p("Text."))
    content = bytearray(path.read_bytes())
    for sign, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        start = content.find(sign)
        while start >= 0:
            content[start + place] |= 1
            start = content.find(sign, start + 1)
    path.write_bytes(content)
    assert code_of(path) == "OfficeEncrypted"
    with zipfile.ZipFile(tmp_path / "b.docx", "w", zipfile.ZIP_LZMA) as archive:
        for name, part in parts_of(word(tmp_path / "c.docx", p("Text."))).items():
            archive.writestr(name, part)
    assert read(tmp_path / "b.docx", "b.docx", LIMITS).text == "Text."


def test_relations_cannot_leave_the_file(tmp_path: Path) -> None:
    secret = tmp_path / "secret.xml"
    secret.write_text(f"<w:document {W}><w:body>{p('geheim')}</w:body></w:document>")
    whole = parts_of(word(tmp_path / "a.docx", p("Text.")))
    for target in ("../../secret.xml", str(secret), f"file://{secret}"):
        path = packed(tmp_path / "b.docx", whole | {"_rels/.rels": relations(a=f"officeDocument:{target}")})
        assert code_of(path) == "PartMissing"


FUZZED: list[Callable[[Path], Path]] = [
    lambda folder: word(folder / "a.docx", p("Wort ", "<w:r><w:br/></w:r>", style="Title") * 3),
    lambda folder: sheet(folder / "a.xlsx", "<row r='1'><c r='A1' s='1' t='n'><v>1.5</v></c></row>" * 3),
    lambda folder: odf(
        folder / "a.odt", "<text:h text:outline-level='1'>a</text:h><text:p>b<text:s text:c='3'/></text:p>"
    ),
    lambda folder: odf(folder / "a.ods", "<table:table><table:table-row/></table:table>", "spreadsheet"),
    lambda folder: compound(folder / "a.doc", "Anderes"),
]


@pytest.mark.parametrize("number", range(len(FUZZED)))
def test_no_damage_to_the_bytes_surprises_us(tmp_path: Path, number: int) -> None:
    path = FUZZED[number](tmp_path)
    whole, dice = path.read_bytes(), random.Random(number)
    for _ in range(150):
        damaged = bytearray(whole)
        for _ in range(dice.randint(1, 10)):
            damaged[dice.randrange(len(damaged))] = dice.randrange(256)
        path.write_bytes(damaged)
        _read_or_refuse(path)


_XML = st.lists(
    st.sampled_from(
        ["<w:p>", "</w:p>", "<w:r>", "</w:r>", "<w:t>a</w:t>", "<w:tbl>", "</w:tbl>", "<w:tr>", "</w:tr>", "<w:tc>",
         "</w:tc>", "<w:pPr/>", "<w:sdt/>", '<w:outlineLvl w:val="x"/>', '<w:numPr><w:numId w:val="7"/></w:numPr>',
         "<row>", "</row>", '<c r="ZZZ99" s="-1" t="s">', "</c>", "<v>1e999</v>", "<v>-5</v>", "<is/>", "&#1;", "<"]
    ),
    max_size=25,
).map("".join)  # fmt: skip


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(xml=_XML, excel=st.booleans())
def test_no_xml_surprises_us(tmp_path: Path, xml: str, excel: bool) -> None:
    strings = {"xl/sharedStrings.xml": "<sst><si><t>a</t></si></sst>"}
    made_ = sheet(tmp_path / "a", xml.replace("w:", ""), parts=strings) if excel else word(tmp_path / "a", xml)
    _read_or_refuse(made_)


def _read_or_refuse(path: Path) -> None:
    try:
        content = read(path, path.name, LIMITS)
    except SourceError as problem:
        assert problem.text("de") and problem.text("en")
    else:
        check(content)
        chunks = chunk(content, Document("d", "t", "u", content.media_type))
        assert all(c.text == content.text[c.start : c.end] for c in chunks)


def test_errors_say_what_to_do() -> None:
    assert "DOCX" in office_errors.OldOffice(name="a.doc", program="Word", new="DOCX").text("en")
    assert "ohne Passwort" in office_errors.OfficeEncrypted(name="a.docx").text("de")
