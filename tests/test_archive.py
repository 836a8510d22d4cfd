"""Archives and mails at import: what is in them comes out as documents of its own, and nothing hostile does."""

from __future__ import annotations

import json
import stat
import struct
import zipfile
from email.message import EmailMessage
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph import zip_limits
from graph.errors import WunderkammerError
from ingest import archive, archive_errors
from ingest.archive import open_archive, safe_parts
from ingest.collect import Candidate, collect
from ingest.files import FileStore
from settings import Settings
from tests import make_files
from tests.make_web import epub, mail, xhtml, zipped

TEXT = "Erzherzog Ferdinand II. sammelte Korallen auf Schloss Ambras.\n"


def collected(tmp_path: Path, *paths: Path, max_mb: int = 150) -> dict[str, Candidate]:
    """Candidates by where they came from, relative to the test's folder."""
    settings = Settings(home=tmp_path / "home", max_file_mb=max_mb)
    found = list(collect(paths, FileStore(settings.files), settings))
    assert len({one.uri for one in found}) == len(found)
    return {one.uri.removeprefix(f"{tmp_path}/"): one for one in found}


def codes(found: dict[str, Candidate]) -> dict[str, str | None]:
    return {uri: one.failure.code if one.failure else None for uri, one in found.items()}


def test_the_files_in_an_archive_are_candidates_of_their_own(tmp_path: Path) -> None:
    pdf = make_files.pages_of_lines(tmp_path / "x.pdf", [["Seite"]]).read_bytes()
    path = zipped(tmp_path / "a.zip", {"Ordner/": "", "Ordner/b.pdf": pdf, "ä.txt": TEXT, "leer.txt": ""})
    found = collected(tmp_path, path)
    assert codes(found) == {"a.zip!/Ordner/b.pdf": None, "a.zip!/ä.txt": None, "a.zip!/leer.txt": "EmptyFile"}
    one = found["a.zip!/Ordner/b.pdf"]
    assert (one.name, one.media_type, one.size) == ("b.pdf", "application/pdf", len(pdf))
    assert FileStore(tmp_path / "home" / "files").original(one.sha256 or "").read_bytes() == pdf
    assert found == collected(tmp_path, path)


def test_litter_links_and_hidden_files_stay_where_they_are(tmp_path: Path) -> None:
    path = zipped(
        tmp_path / "a.zip",
        {"gut.txt": TEXT, "__MACOSX/._gut.txt": "x", ".DS_Store": "x", "a/.git/config": "x", "Thumbs.db": "x"},
    )
    with zipfile.ZipFile(path, "a") as file:
        link = zipfile.ZipInfo("passwd")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        file.writestr(link, "/etc/passwd")
    assert list(collected(tmp_path, path)) == ["a.zip!/gut.txt"]


def test_names_that_lead_elsewhere_are_only_names(tmp_path: Path) -> None:
    names = ["../../flucht.txt", "/etc/absolut.txt", "C:\\Windows\\laufwerk.txt", "a\\..\\b.txt"]
    names += ["x/\u202etxt.exe", "..."]
    path = zipped(tmp_path / "a.zip", {name: f"{TEXT}{name}" for name in names})
    before = {each for each in tmp_path.rglob("*") if "home" not in each.parts}
    found = collected(tmp_path, path)
    assert list(found) == [
        "a.zip!/flucht.txt", "a.zip!/etc/absolut.txt", "a.zip!/Windows/laufwerk.txt", "a.zip!/a/b.txt",
        "a.zip!/x/txt.exe", "a.zip!/unnamed",
    ]  # fmt: skip
    assert {each for each in tmp_path.rglob("*") if "home" not in each.parts} == before


@given(st.text(alphabet="ab./\\:\0\u202e ", max_size=20))
def test_no_name_leads_out_of_its_archive(name: str) -> None:
    parts = safe_parts(name)
    assert not Path(*parts).is_absolute() and ".." not in parts and "." not in parts and "" not in parts
    assert not any(sign in part for part in parts for sign in "/\\\0\u202e")


def test_office_files_and_books_are_not_unpacked(tmp_path: Path) -> None:
    epub(tmp_path / "b.epub", {"a.xhtml": xhtml("<p>x</p>")})
    zipped(tmp_path / "w.docx", {"[Content_Types].xml": "<Types/>", "word/document.xml": "<x/>"})
    zipped(tmp_path / "renamed.zip", {"[Content_Types].xml": "<Types/>", "xl/workbook.xml": "<x/>"})
    zipped(tmp_path / "o.odt", {"mimetype": "application/vnd.oasis.opendocument.text", "content.xml": "<x/>"})
    found = collected(tmp_path, *sorted(tmp_path.glob("*.*")))
    assert set(found) == {"b.epub", "w.docx", "renamed.zip", "o.odt"}
    assert found["b.epub"].media_type == "application/epub+zip"


def test_an_archive_in_an_archive_is_opened_and_no_deeper_one(tmp_path: Path) -> None:
    content: bytes | str = TEXT
    for depth in range(4):
        content = zipped(tmp_path / "build", {f"{depth}.txt": TEXT + str(depth), f"{depth}.zip": content}).read_bytes()
    (tmp_path / "a.zip").write_bytes(content if isinstance(content, bytes) else b"")
    assert codes(collected(tmp_path, tmp_path / "a.zip")) == {
        "a.zip!/3.txt": None,
        "a.zip!/3.zip!/2.txt": None,
        "a.zip!/3.zip!/2.zip": "ArchiveNested",
    }


def encrypted(path: Path) -> Path:
    """An archive whose only file says that it needs a password."""
    raw = bytearray(zipped(path, {"geheim.txt": TEXT}).read_bytes())
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = raw.index(mark) + offset
        raw[at : at + 2] = struct.pack("<H", struct.unpack("<H", raw[at : at + 2])[0] | 1)
    path.write_bytes(raw)
    return path


def test_what_cannot_come_out_says_why_and_the_rest_comes(tmp_path: Path) -> None:
    encrypted(tmp_path / "a.zip")
    whole = zipped(tmp_path / "b.zip", {"eins.txt": TEXT * 20, "zwei.txt": TEXT}, zipfile.ZIP_STORED).read_bytes()
    (tmp_path / "b.zip").write_bytes(whole.replace(b"Korallen", b"Muscheln", 1))
    (tmp_path / "c.zip").write_bytes(whole[: len(whole) // 2])
    zipped(tmp_path / "d.zip", {})
    zipped(tmp_path / "e.zip", {"gross.txt": b"\1\2" * 1_000_000, "klein.txt": TEXT}, zipfile.ZIP_STORED)
    found = collected(tmp_path, *sorted(tmp_path.glob("?.zip")), max_mb=3)
    assert codes(found) == {
        "a.zip!/geheim.txt": "MemberEncrypted",
        "b.zip!/eins.txt": "MemberDamaged",
        "b.zip!/zwei.txt": None,
        "c.zip": "ArchiveDamaged",
        "d.zip": "ArchiveEmpty",
        "e.zip!/gross.txt": None,
        "e.zip!/klein.txt": None,
    }
    path = zipped(tmp_path / "f.zip", {"gross.txt": b"x" * 1_500_000, "klein.txt": TEXT})
    assert codes(collected(tmp_path, path, max_mb=1)) == {
        "f.zip!/gross.txt": "MemberTooLarge",
        "f.zip!/klein.txt": None,
    }


def test_bombs_are_refused_before_they_are_unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = zipped(tmp_path / "a.zip", {"nullen.bin": bytes(30_000_000)})
    assert codes(collected(tmp_path, path)) == {"a.zip": "ArchiveTooLarge"}
    assert not list((tmp_path / "home").rglob("original*"))
    many = zipped(tmp_path / "b.zip", {f"{n}.txt": TEXT for n in range(12)})
    sums = zipped(tmp_path / "c.zip", {f"{n}.bin": bytes(range(256)) * 4000 for n in range(3)})
    monkeypatch.setattr(archive, "MAX_MEMBERS", 11)
    monkeypatch.setattr(archive, "MAX_TOTAL_MB", 2)
    assert codes(collected(tmp_path, many, sums)) == {"b.zip": "ArchiveTooMany", "c.zip": "ArchiveTooLarge"}
    monkeypatch.setattr(zip_limits, "MAX_DIRECTORY", 300)
    assert codes(collected(tmp_path, many)) == {"b.zip": "ArchiveTooMany"}


def test_archives_in_an_archive_count_together(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    inner = zipped(tmp_path / "i", {f"{n}.txt": f"{TEXT}{n}" for n in range(6)}).read_bytes()
    path = zipped(tmp_path / "a.zip", {"eins.zip": inner, "zwei.zip": inner})
    monkeypatch.setattr(archive, "MAX_MEMBERS", 10)
    found = codes(collected(tmp_path, path))
    assert sum(code is None for code in found.values()) <= 10
    assert "ArchiveTooMany" in found.values()


def test_statements_in_an_archive_find_their_documents_there(tmp_path: Path) -> None:
    (tmp_path / "worm.md").write_text("# Außerhalb")
    rows = [
        {"type": "document", "file": "texte/worm.md", "title": "Über Worm", "language": "de"},
        {"type": "document", "file": "../draußen.md"},
        {"type": "document", "file": "/etc/passwd"},
    ]
    lines = "\n".join(json.dumps(row) for row in rows)
    path = zipped(
        tmp_path / "a.zip", {"x/statements.jsonl": lines, "x/texte/worm.md": "# Worm\n\nText", "x/anders.md": "# B"}
    )
    found = collected(tmp_path, path)
    assert codes(found) == {
        "a.zip!/x/texte/worm.md": None,
        "../draußen.md": "FileMissing",
        "/etc/passwd": "FileMissing",
        "a.zip!/x/anders.md": None,
    }
    worm = found["a.zip!/x/texte/worm.md"]
    assert worm.claims and worm.about and worm.about.title == "Über Worm"


def test_attachments_of_a_mail_come_beside_it(tmp_path: Path) -> None:
    inner = mail(tmp_path / "i", "innen", files={"tief.txt": b"tief unten"}).read_bytes()
    message = EmailMessage()
    message["From"], message["Subject"] = "x@example.org", "Post"
    message.set_content("außen")
    message.add_attachment(TEXT.encode(), maintype="text", subtype="plain", filename="a/../Ä 1.txt")
    message.add_attachment(
        zipped(tmp_path / "z", {"b.txt": TEXT + "b"}).read_bytes(), maintype="x", subtype="y", filename="b.zip"
    )
    message.add_attachment(inner, maintype="application", subtype="octet-stream", filename="alt.eml")
    (tmp_path / "post.eml").write_bytes(message.as_bytes())
    assert codes(collected(tmp_path, tmp_path / "post.eml")) == {
        "post.eml": None,
        "post.eml!/Ä 1.txt": None,
        "post.eml!/b.zip!/b.txt": None,
        "post.eml!/alt.eml": None,
        "post.eml!/alt.eml!/tief.txt": None,
    }
    (tmp_path / "kaputt.eml").write_bytes(b"nur Text")
    assert list(collected(tmp_path, tmp_path / "kaputt.eml")) == ["kaputt.eml"]


def test_names_in_utf_8_that_do_not_say_so(tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.zip", {"Größe.txt": TEXT})
    raw = bytearray(path.read_bytes())
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = raw.index(mark) + offset
        raw[at : at + 2] = b"\0\0"
    path.write_bytes(raw)
    with open_archive(path, "a.zip", 1) as opened:
        assert [member.path for member in opened.members] == ["Größe.txt"]


@pytest.mark.parametrize("seed", range(80))
def test_damage_raises_nothing_but_our_errors(tmp_path: Path, seed: int) -> None:
    import random

    dice = random.Random(seed)
    raw = bytearray(zipped(tmp_path / "a.zip", {"a.txt": TEXT * 9, "b/c.txt": TEXT}).read_bytes())
    for _ in range(dice.randint(1, 10)):
        raw[dice.randrange(len(raw))] = dice.randrange(256)
    (tmp_path / "a.zip").write_bytes(raw)
    settings = Settings(home=tmp_path / "home")
    assert list(collect([tmp_path / "a.zip"], FileStore(settings.files), settings))


@pytest.mark.parametrize(
    "kind", [kind for kind in vars(archive_errors).values() if isinstance(kind, type) and "Source" not in kind.__name__]
)
def test_errors_speak_both_languages(kind: type[WunderkammerError]) -> None:
    import string

    fields = [{field for _, field, _, _ in string.Formatter().parse(text) if field} for text in (kind.en, kind.de)]
    assert fields[0] == fields[1] and kind.en != kind.de
