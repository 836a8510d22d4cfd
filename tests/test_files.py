"""Our copies of files: whole or not at all, never outside their folder, and what happens when the disk will not."""

from __future__ import annotations

import hashlib
import io
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from graph import storage_errors
from ingest import errors
from ingest.files import FileStore, clean_name, page_image_uri
from tests.reading import as_nobody, let_in


def test_the_same_content_is_kept_once(tmp_path: Path) -> None:
    store = FileStore(tmp_path / "files")
    first = store.put(io.BytesIO(b"content" * 1000), "Brief an Kircher.PDF")
    again = store.put(io.BytesIO(b"content" * 1000), "anders.txt")
    digest = hashlib.sha256(b"content" * 1000).hexdigest()
    assert (first.sha256, first.size, first.new) == (digest, 7000, True)
    assert first.path == tmp_path / "files" / digest[:2] / digest / "original.pdf"
    assert (again.path, again.new) == (first.path, False)
    assert [path for path in (tmp_path / "files").rglob("*") if path.is_file()] == [first.path]
    assert store.original(digest) == first.path
    assert tmp_path / "files" / page_image_uri(digest, 12) == store.page_image_path(digest, 12)


def test_text_is_kept_to_the_letter_and_removal_leaves_nothing(tmp_path: Path) -> None:
    store = FileStore(tmp_path / "files")
    digest = store.put(io.BytesIO(b"x"), "x.txt").sha256
    text = "Zeile\r\n\u2028ä\x0c\ud800 Ende"
    store.write_text(digest, text)
    assert store.read_text(digest) == text
    store.remove(digest)
    store.remove(digest)
    assert [path for path in (tmp_path / "files").rglob("*") if path.is_file()] == []
    with pytest.raises(storage_errors.CopyMissing):
        store.original(digest)
    with pytest.raises(storage_errors.CopyMissing):
        store.read_text(digest)


def test_many_writers_of_the_same_content(tmp_path: Path) -> None:
    store, found = FileStore(tmp_path / "files"), []

    def put() -> None:
        found.append(store.put(io.BytesIO(b"z" * 300_000), "z.txt").path)

    threads = [threading.Thread(target=put) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8 and len(set(found)) == 1
    assert found[0].stat().st_size == 300_000


def test_a_stream_that_never_ends_is_cut_at_the_limit(tmp_path: Path) -> None:
    class Endless(io.RawIOBase):
        def read(self, size: int = -1) -> bytes:
            return bytes(size)

    store = FileStore(tmp_path / "files")
    with pytest.raises(errors.FileTooLarge):
        store.put(Endless(), "endless.txt", max_mb=3)  # type: ignore[arg-type]
    assert [path for path in (tmp_path / "files").rglob("*") if path.is_file()] == []


@pytest.mark.parametrize(
    ("given_name", "shown"),
    [
        ("../../etc/passwd", "passwd"),
        ("..\\..\\windows\\system.ini", "system.ini"),
        ("a\x00b\u202egpj.exe", "abgpj.exe"),
        ("..", "unnamed"),
        ("", "unnamed"),
        ("/", "unnamed"),
        ("ordner/Bücher & Bilder.pdf", "Bücher & Bilder.pdf"),
        ("x" * 500, "x" * 200),
    ],
)
def test_names_are_shown_clean_and_never_used_as_paths(tmp_path: Path, given_name: str, shown: str) -> None:
    assert clean_name(given_name) == shown
    store = FileStore(tmp_path / "files")
    stored = store.put(io.BytesIO(b"content"), given_name)
    assert stored.path.resolve().is_relative_to((tmp_path / "files").resolve())
    assert stored.path.read_bytes() == b"content"
    assert stored.path.name.startswith("original")


def test_ids_that_are_no_hash_reach_no_path(tmp_path: Path) -> None:
    for bad in ("../" * 5, "", "A" * 64, "0" * 63, "0" * 64 + "/x"):
        with pytest.raises(ValueError):
            FileStore(tmp_path).folder(bad)


def test_disk_full_is_said_and_leaves_nothing_behind(tmp_path: Path) -> None:
    script = """
import io, resource, signal, sys
from pathlib import Path
from graph.storage_errors import NoSpaceForFile
from ingest.files import FileStore
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (500_000, 500_000))
try:
    FileStore(Path(sys.argv[1])).put(io.BytesIO(bytes(2_000_000)), "large.pdf")
except NoSpaceForFile as problem:
    print(problem.text("de"))
"""
    done = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path / "files")],
        capture_output=True,
        text=True,
        cwd=Path(__file__).parent.parent,
        timeout=60,
    )
    assert done.stdout.startswith("Kein Speicherplatz mehr, um „large.pdf“"), done.stderr
    assert [path for path in (tmp_path / "files").rglob("*") if path.is_file()] == []


def test_a_real_full_disk() -> None:
    full = Path("/dev/full")
    if not full.exists():
        pytest.skip("this system has no /dev/full")
    with pytest.raises(OSError) as caught, full.open("wb", buffering=0) as file:
        file.write(b"x")
    problem = FileStore(Path("/somewhere"))._cannot_write(caught.value, "a.pdf")
    assert problem.code == "NoSpaceForFile" and problem.params == {"name": "a.pdf", "folder": "/somewhere"}


def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    closed = let_in(tmp_path) / "closed"
    closed.mkdir(mode=0o555)
    with as_nobody(), pytest.raises(storage_errors.FilesNotWritable) as caught:
        FileStore(closed / "files").put(io.BytesIO(b"content"), "a.txt")
    assert "WUNDERKAMMER_HOME" in caught.value.text("en")
