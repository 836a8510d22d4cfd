"""EPUB 2 and 3: pages in the order of the spine, headings, metadata; locked, damaged and hostile books."""

from __future__ import annotations

import random
import zipfile
from pathlib import Path

import pytest

from graph.errors import SourceError
from graph.types import State
from ingest.sources import read
from ingest.sources.base import Limits, ReadDocument
from tests.make_web import epub, xhtml, zipped
from tests.reading import LIMITS
from tests.test_html import blocks, check

PAGES = {
    "titel.xhtml": xhtml('<p>Titelei&nbsp;<a id="x"/>hier</p><img src="c.jpg" alt="Der Einband in rotem Leder"/>'),
    "eins.xhtml": xhtml("<h1>Erstes Kapitel</h1><p>Ole Worm sammelte.</p><h2>Muscheln</h2><p>Aus Java.</p>"),
    "zwei%20b.xhtml": xhtml("<p>Ohne Überschrift.</p><aside epub:type='footnote'><p>Fußnote.</p></aside>"),
}


def book(path: Path, limits: Limits = LIMITS) -> ReadDocument:
    document = read(path, path.name, limits)
    check(document)
    return document


def error_of(path: Path, limits: Limits = LIMITS) -> SourceError:
    with pytest.raises(SourceError) as caught:
        read(path, path.name, limits)
    return caught.value


@pytest.mark.parametrize("version", [2, 3])
def test_a_book(tmp_path: Path, version: int) -> None:
    pages = {name.replace("%20", " "): content for name, content in PAGES.items()}
    labels = {"eins.xhtml#anfang": "Kapitel 1", "zwei%20b.xhtml": "Kapitel 2"}
    path = epub(tmp_path / "buch.epub", pages, labels, version, spine=["titel.xhtml", "zwei b.xhtml", "eins.xhtml"])
    document = book(path)
    assert blocks(document) == [
        ("metadata", "Title: Das Buch der Kammern\nAuthor: Anna Meier; Bert Huber\nDate: 1596\n"
         "Language: de-AT\nRights: CC BY 4.0", ()),
        ("paragraph", "Titelei hier", ()),
        ("caption", "Der Einband in rotem Leder", ()),
        ("paragraph", "Ohne Überschrift.", ("Kapitel 2",)),
        ("paragraph", "Fußnote.", ("Kapitel 2",)),
        ("heading", "Erstes Kapitel", ()),
        ("paragraph", "Ole Worm sammelte.", ("Erstes Kapitel",)),
        ("heading", "Muscheln", ("Erstes Kapitel",)),
        ("paragraph", "Aus Java.", ("Erstes Kapitel", "Muscheln")),
    ]  # fmt: skip
    assert [b.page for b in document.blocks] == [1, 1, 1, 2, 2, 3, 3, 3, 3]
    assert [p.state for p in document.pages] == [State.DONE] * 3
    for number, page in enumerate(document.pages, start=1):
        assert all(page.start <= b.start < b.end <= page.end for b in document.blocks if b.page == number)
    assert (document.title, document.language, document.rights) == ("Das Buch der Kammern", "de", "CC BY 4.0")
    assert (document.attribution, document.media_type) == ("Anna Meier; Bert Huber", "application/epub+zip")
    assert document == book(path)


def test_a_book_is_known_by_its_content_and_else_by_its_name(tmp_path: Path) -> None:
    path = epub(tmp_path / "buch.txt", PAGES)
    assert read(path, "buch.txt", LIMITS).media_type == "application/epub+zip"
    other = zipped(tmp_path / "anders.epub", {"x": "y", "mimetype": "application/epub+zip"})
    assert error_of(other).code == "EpubDamaged"


def encryption(algorithm: str) -> str:
    return (
        '<encryption xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><EncryptedData '
        'xmlns="http://www.w3.org/2001/04/xmlenc#"><EncryptionMethod '
        f'Algorithm="{algorithm}"/><CipherData><CipherReference URI="OEBPS/x"/></CipherData></EncryptedData>'
        "</encryption>"
    )


def test_a_locked_book_is_said_to_be_so_and_hidden_fonts_are_no_lock(tmp_path: Path) -> None:
    locked = {"META-INF/encryption.xml": encryption("http://www.w3.org/2001/04/xmlenc#aes128-cbc")}
    problem = error_of(epub(tmp_path / "a.epub", PAGES, extra={**locked}))
    assert problem.code == "EpubProtected" and "DRM" in problem.text("de")
    assert error_of(epub(tmp_path / "b.epub", PAGES, extra={"META-INF/license.lcpl": "{}"})).code == "EpubProtected"
    fonts = {"META-INF/encryption.xml": encryption("http://www.idpf.org/2008/embedding")}
    assert book(epub(tmp_path / "c.epub", PAGES, extra={**fonts})).pages[0].state is State.DONE


def test_a_missing_page_fails_alone_and_a_page_without_words_is_empty(tmp_path: Path) -> None:
    pages = {"a.xhtml": xhtml("<p>Da.</p>"), "b.xhtml": "", "c.xhtml": xhtml("<img src='x'/>"), "d.xhtml": "<p>Kaputt"}
    document = book(epub(tmp_path / "a.epub", pages, metadata=""))
    assert [p.state for p in document.pages] == [State.DONE, State.FAILED, State.EMPTY, State.DONE]
    failure = document.pages[1].failure
    assert failure is not None and failure.code == "ChapterMissing" and "Teil 2" in failure.say("de")
    assert document.text == "Da.\n\nKaputt" and document.title == "a"


def test_damaged_books(tmp_path: Path) -> None:
    whole = epub(tmp_path / "whole.epub", PAGES).read_bytes()
    cut = tmp_path / "cut.epub"
    cut.write_bytes(whole[: len(whole) // 2])
    assert error_of(cut).code == "EpubDamaged"
    no_spine = epub(tmp_path / "a.epub", PAGES, spine=["titel.xhtml"])
    assert len(book(no_spine).pages) == 1
    empty = zipped(tmp_path / "b.epub", {"mimetype": "application/epub+zip", "META-INF/container.xml": "<container/>"})
    assert "container.xml" in error_of(empty).text("de")
    assert error_of(epub(tmp_path / "c.epub", {})).code == "EpubDamaged"


def test_limits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = epub(tmp_path / "a.epub", {f"{n}.xhtml": xhtml("<p>x</p>") for n in range(5)})
    assert error_of(path, Limits(max_pages=4)).code == "TooManyPages"
    bomb = epub(tmp_path / "b.epub", {"a.xhtml": xhtml("<p>" + " " * 21_000_000 + "</p>")})
    assert error_of(bomb).code in {"ArchiveTooLarge", "EpubTooLarge"}
    large = epub(tmp_path / "c.epub", {"a.xhtml": xhtml("<p>" + "Wort und Wort. " * 90 + "</p>")})
    monkeypatch.setattr("ingest.sources.epub.MAX_TEXT_MB", 0)
    assert error_of(large).code == "EpubTooLarge"


def test_entities_do_not_explode_and_open_nothing(tmp_path: Path) -> None:
    (tmp_path / "geheim").write_text("geheim")
    lol = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
    doctype = f'<!DOCTYPE package [<!ENTITY l0 "lol">{lol}<!ENTITY x SYSTEM "file://{tmp_path}/geheim">]>'
    page = f"{doctype}<html><body><p>Text &l11; &x;</p></body></html>"
    document = book(epub(tmp_path / "a.epub", {"a.xhtml": page}))
    assert "geheim" not in document.text and "lol" not in document.text and "Text" in document.text
    for entity, code in (("&x;", ""), ("&l11;", "EpubDamaged")):
        path = epub(tmp_path / "a.epub", PAGES, metadata=f"<dc:title>Titel {entity}</dc:title>")
        with zipfile.ZipFile(path) as archive:
            files: dict[str, str | bytes] = {name: archive.read(name) for name in archive.namelist()}
        files["OEBPS/book.opf"] = archive_bytes(files, "OEBPS/book.opf").replace(
            b"<package", doctype.encode() + b"<package", 1
        )
        path = zipped(tmp_path / "b.epub", files)
        if code:
            assert error_of(path).code == code
        else:
            assert book(path).title == "Titel &x;"


@pytest.mark.parametrize("seed", range(60))
def test_damage_raises_nothing_but_our_errors(tmp_path: Path, seed: int) -> None:
    dice = random.Random(seed)
    path = epub(tmp_path / "a.epub", PAGES, {"eins.xhtml": "Eins"})
    with zipfile.ZipFile(path) as archive:
        files: dict[str, str | bytes] = {name: archive.read(name) for name in archive.namelist()}
    name = dice.choice([each for each in files if each != "mimetype"])
    inner = bytearray(archive_bytes(files, name))
    for _ in range(dice.randint(0, 9)):
        inner[dice.randrange(len(inner))] = dice.choice(b"<>&\"'/= \0\xffa")
    raw = bytearray(
        zipped(path, {**files, name: bytes(inner[: dice.choice([len(inner), len(inner) // 2])])}).read_bytes()
    )
    for _ in range(dice.choice([0, 0, 3])):
        raw[dice.randrange(len(raw))] = dice.randrange(256)
    path.write_bytes(raw)
    try:
        check(read(path, "a.epub", LIMITS))
    except SourceError as problem:
        assert problem.text("de")


def archive_bytes(files: dict[str, str | bytes], name: str) -> bytes:
    content = files[name]
    return content if isinstance(content, bytes) else content.encode()
