"""Files that are broken, huge, hostile or not there: each gives one clear error of ours, in English and German."""

from __future__ import annotations

import os
import random
import socket
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from reportlab.pdfgen.canvas import Canvas

from graph.errors import SourceError, WunderkammerError
from graph.types import Document, State
from ingest import errors
from ingest.chunk import chunk
from ingest.files import FileStore
from ingest.sources import read
from ingest.sources.base import Limits
from tests import make_files
from tests.reading import LIMITS, as_nobody, let_in


def code_of(path: Path, name: str | None = None, limits: Limits = LIMITS) -> str:
    """The code of the error that reading raises."""
    with pytest.raises(SourceError) as caught:
        read(path, name or path.name, limits)
    return caught.value.code


def test_empty_file(tmp_path: Path) -> None:
    path = tmp_path / "empty.txt"
    path.write_bytes(b"")
    assert code_of(path) == "EmptyFile"
    path.write_bytes(b" \n\t\r\n")
    assert code_of(path) == "EmptyFile"


def test_missing_file_and_folder(tmp_path: Path) -> None:
    assert code_of(tmp_path / "nothing.pdf") == "FileMissing"
    assert code_of(tmp_path) == "FolderGiven"


def test_pipes_devices_and_sockets_are_refused_at_once(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe.txt"
    os.mkfifo(pipe)
    assert code_of(pipe) == "NotAFile"
    assert code_of(Path("/dev/zero"), "zero.txt") == "NotAFile"
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(tmp_path / "socket.txt"))
        assert code_of(tmp_path / "socket.txt") == "NotAFile"


def test_no_permission(tmp_path: Path) -> None:
    closed = let_in(tmp_path) / "closed.txt"
    closed.write_text("secret")
    closed.chmod(0)
    locked = let_in(tmp_path) / "locked"
    locked.mkdir()
    (locked / "inside.txt").write_text("text")
    locked.chmod(0)
    with as_nobody():
        assert code_of(closed) == "NoPermission"
        assert code_of(locked / "inside.txt") == "NoPermission"
    locked.chmod(0o700)


def test_a_file_of_200_megabytes_is_refused_before_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "huge.txt"
    with path.open("wb") as file:
        file.truncate(200_000_000)
    with pytest.raises(errors.FileTooLarge) as caught:
        read(path, "huge.txt", LIMITS)
    assert caught.value.params == {"name": "huge.txt", "size_mb": 200, "limit_mb": 150}
    assert "200 MB" in caught.value.text("de") and "WUNDERKAMMER_MAX_FILE_MB" in caught.value.text("de")
    with pytest.raises(errors.FileTooLarge):
        FileStore(tmp_path / "files").put(path, "huge.txt")
    assert not list((tmp_path / "files").rglob("*original*"))


def test_encrypted_pdf(tmp_path: Path) -> None:
    from reportlab.lib.pdfencrypt import StandardEncryption

    locked = make_files.pages_of_lines(
        tmp_path / "locked.pdf", [["Geheim"]], encrypt=StandardEncryption("secret", "owner", strength=128)
    )
    assert code_of(locked) == "PdfEncrypted"
    open_for_reading = make_files.pages_of_lines(
        tmp_path / "open.pdf", [["Lesbar"]], encrypt=StandardEncryption("", "owner", strength=128)
    )
    assert read(open_for_reading, "open.pdf", LIMITS).text == "Lesbar"


def test_truncated_pdf_says_so_or_keeps_what_is_left(tmp_path: Path) -> None:
    whole = make_files.book(tmp_path / "whole.pdf", pages=12).read_bytes()
    for share in (0.02, 0.3, 0.6, 0.9, 0.99):
        path = tmp_path / "cut.pdf"
        path.write_bytes(whole[: int(len(whole) * share)])
        try:
            content = read(path, "cut.pdf", LIMITS)
        except errors.PdfDamaged as problem:
            assert "cut.pdf" in problem.text("de") and "beschädigt" in problem.text("de")
        except errors.PdfWithoutPages:
            pass
        else:
            assert content.failure is not None and content.failure.code == "PdfCutOff"


def test_a_damaged_page_fails_alone(tmp_path: Path) -> None:
    raw = make_files.pages_of_lines(
        tmp_path / "three.pdf", [["Seite eins"], ["Seite zwei"], ["Seite drei"]]
    ).read_bytes()
    kids = raw.index(b"/Kids")
    first = raw.index(b" 0 R", kids)
    number = raw[raw.rindex(b"[", 0, first) + 1 : first].strip()
    broken = raw[:kids] + raw[kids:].replace(number + b" 0 R", b"9" * len(number) + b" 0 R", 1)
    path = tmp_path / "broken.pdf"
    path.write_bytes(broken)
    content = read(path, "broken.pdf", LIMITS)
    assert [page.state for page in content.pages] == [State.FAILED, State.DONE, State.DONE]
    assert content.pages[0].failure is not None and content.pages[0].failure.code == "PageDamaged"
    assert content.text == "Seite zwei\n\nSeite drei"
    chunks = chunk(content, Document("d", "t", "u", content.media_type))
    assert [(c.page, c.state, c.text) for c in chunks] == [
        (1, State.FAILED, ""),
        (2, State.PENDING, "Seite zwei"),
        (3, State.PENDING, "Seite drei"),
    ]


def test_not_a_pdf_at_all_and_a_pdf_without_pages(tmp_path: Path) -> None:
    path = tmp_path / "x.pdf"
    path.write_bytes(b"%PDF-1.7\nnothing here\n%%EOF")
    assert code_of(path) in {"PdfDamaged", "PdfWithoutPages"}
    path.write_bytes(
        b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\n"
        b"trailer<</Root 1 0 R>>\n%%EOF"
    )
    assert code_of(path) in {"PdfDamaged", "PdfWithoutPages"}


def test_absurd_page_size(tmp_path: Path) -> None:
    def draw(canvas: Canvas) -> None:
        canvas.setPageSize((2_000_000, 3_000))
        canvas.rect(10, 10, 100, 100, fill=1)
        canvas.showPage()

    content = read(make_files.pdf(tmp_path / "absurd.pdf", draw), "absurd.pdf", LIMITS)
    failure = content.pages[0].failure
    assert content.pages[0].state is State.FAILED and failure is not None and failure.code == "PageTooLarge"
    assert "200" not in failure.text and "Papierformat" in failure.say("de")


def test_too_many_pages(tmp_path: Path) -> None:
    path = make_files.pages_of_lines(tmp_path / "many.pdf", [["x"]] * 7)
    assert code_of(path, limits=Limits(max_pages=6)) == "TooManyPages"


def test_pdf_without_text_waits_for_a_model(tmp_path: Path) -> None:
    content = read(make_files.scan(tmp_path / "scan.pdf"), "scan.pdf", LIMITS)
    assert content.text == ""
    assert [page.state for page in content.pages] == [State.WAITING, State.WAITING]
    chunks = chunk(content, Document("d", "t", "u", content.media_type, sha256="ab" * 32))
    assert [(c.kind, c.state, c.page, c.text) for c in chunks] == [
        ("ocr", State.WAITING, 1, ""),
        ("ocr", State.WAITING, 2, ""),
    ]
    assert len({c.id for c in chunks}) == 2
    assert chunks[1].failure is not None
    assert "Page 2 has no text. A vision model can read it" in chunks[1].failure.text
    assert chunks[1].failure.say("de").startswith("Seite 2 hat keinen Text.")
    assert chunks[0].image_uri == f"ab/{'ab' * 32}/pages/0001.jpg"


def test_picture_of_100_megapixels_is_refused_by_its_header(tmp_path: Path) -> None:
    path = tmp_path / "large.png"
    path.write_bytes(make_files.png_header(10_000, 10_000))
    with pytest.raises(errors.PictureTooLarge) as caught:
        read(path, "large.png", LIMITS)
    assert caught.value.params == {"name": "large.png", "megapixels": 100.0, "limit": 80}
    path.write_bytes(make_files.png_header(60_000, 60_000))
    assert code_of(path) == "PictureTooLarge"


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "TIFF", "WEBP", "GIF", "BMP"])
def test_truncated_picture(tmp_path: Path, kind: str) -> None:
    image = make_files.picture(300, 200)
    image.putdata([(random.Random(n).randrange(256), n % 251, n % 13) for n in range(300 * 200)])
    whole = make_files.encoded(image, kind)
    path = tmp_path / f"cut.{kind.lower()}"
    path.write_bytes(whole[: len(whole) // 2])
    assert code_of(path) == "PictureDamaged"


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_a_wrong_extension_does_no_harm(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "really.pdf"
    path.write_bytes(make_files.encoded(make_files.picture(), kind))
    content = read(path, "really.pdf", LIMITS)
    assert content.media_type == f"image/{kind.lower()}"
    assert (content.pages[0].width, content.pages[0].height) == (400, 300)


def test_a_pdf_called_text_and_a_text_called_picture(tmp_path: Path) -> None:
    path = make_files.pages_of_lines(tmp_path / "report.txt", [["Ein Bericht"]])
    assert read(path, "report.txt", LIMITS).media_type == "application/pdf"
    text = tmp_path / "photo.jpg"
    text.write_text("Nur ein Text über Ambras.", encoding="utf-8")
    assert read(text, "photo.jpg", LIMITS).text == "Nur ein Text über Ambras."


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("program.bin", b"\x7fELF\x02\x01\x01" + bytes(range(256)) * 20, "BinaryFile"),
        ("noise.txt", random.Random(1).randbytes(5000), "BinaryFile"),
        ("letter.docx", b"PK\x03\x04" + bytes(100), "OfficeDamaged"),
        ("page.html", b"<!DOCTYPE html><html><body></body></html>", "HtmlWithoutText"),
        ("book.epub", b"PK\x03\x04" + bytes(100), "EpubDamaged"),
        ("mail.eml", b"no header, only text", "MailDamaged"),
        ("old.doc", b"\xd0\xcf\x11\xe0" + bytes(100), "OldOffice"),
        ("broken.png", b"\x89PNG\r\n\x1a\n" + b"\0" * 40, "PictureDamaged"),
        ("broken.gif", b"GIF89a", "PictureDamaged"),
        ("fake.jpg", b"\0\1\2\3", "BinaryFile"),
    ],
)
def test_what_cannot_be_read_is_named(tmp_path: Path, name: str, content: bytes, code: str) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    assert code_of(path) == code


def own_errors() -> list[type[WunderkammerError]]:
    return [kind for kind in vars(errors).values() if isinstance(kind, type) and kind.__module__ == errors.__name__]


@pytest.mark.parametrize("kind", own_errors(), ids=lambda kind: kind.__name__)
def test_each_error_speaks_both_languages_with_the_same_values(kind: type[WunderkammerError]) -> None:
    import string

    fields = [{field for _, field, _, _ in string.Formatter().parse(text) if field} for text in (kind.en, kind.de)]
    assert fields[0] == fields[1]
    assert kind.en != kind.de
    assert WunderkammerError.known[kind.__name__] is kind


FUZZED: list[Callable[[Path], bytes]] = [
    lambda folder: make_files.pages_of_lines(folder / "a.pdf", [["Der Text", "der Seite"], ["zwei"]]).read_bytes(),
    lambda folder: make_files.encoded(make_files.picture(40, 30), "PNG"),
    lambda folder: make_files.encoded(make_files.picture(40, 30), "JPEG"),
    lambda folder: make_files.encoded(make_files.picture(40, 30), "TIFF", compression="tiff_lzw"),
    lambda folder: make_files.encoded(make_files.picture(40, 30), "GIF"),
    lambda folder: make_files.encoded(make_files.picture(40, 30), "WEBP"),
    lambda folder: make_files.encoded(make_files.picture(40, 30), "BMP"),
    lambda folder: "---\ntitle: [a\n---\n# Ä\n\n| a | b |\n|---|---|\n\n> q\n".encode(),
]


@pytest.mark.filterwarnings("ignore::UserWarning")  # Pillow's, about the damage
@pytest.mark.parametrize("number", range(len(FUZZED)))
def test_no_reader_raises_anything_but_our_errors(tmp_path: Path, number: int) -> None:
    whole = bytearray(FUZZED[number](tmp_path))
    path, dice = tmp_path / "fuzzed", random.Random(number)
    for _ in range(60):
        damaged = bytearray(whole)
        for _ in range(dice.randint(1, 12)):
            damaged[dice.randrange(len(damaged))] = dice.randrange(256)
        path.write_bytes(damaged[: dice.choice([len(damaged), dice.randrange(1, len(damaged))])])
        try:
            content = read(path, "fuzzed.md", LIMITS)
        except SourceError:
            continue
        chunks = chunk(content, Document("d", "t", "u", content.media_type))
        assert all(c.text == content.text[c.start : c.end] for c in chunks)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(raw=st.binary(min_size=1, max_size=300), name=st.sampled_from(["a.txt", "a.md", "a.pdf", "a.png", "a"]))
def test_no_bytes_surprise_us(tmp_path: Path, raw: bytes, name: str) -> None:
    path = tmp_path / "any"
    path.write_bytes(raw)
    try:
        content = read(path, name, LIMITS)
    except SourceError as problem:
        assert problem.text("de") and problem.text("en")
    else:
        assert content.pages
