"""Pages, books, mails, archives and web addresses from end to end: in, and found again at their exact place."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from graph.store import Store
from graph.types import DEFAULT_COLLECTION, Document, State
from ingest.collect import collect, named
from ingest.files import FileStore, name_in
from ingest.plan import plan
from ingest.submit import Options, submit
from ingest.texts import document_text
from ingest.worker import work
from settings import Settings
from tests import make_files
from tests.graph_samples import empty
from tests.make_web import epub, mail, xhtml, zipped
from tests.web_server import Web, web

PAGE = (
    "<!doctype html><html lang=de><title>Ambras</title><link rel=license href='https://example.org/frei'><main>"
    "<h1>Ambras</h1><p>Erzherzog Ferdinand II. sammelte Korallen auf Schloss Ambras.</main>"
)


@pytest.fixture
def served() -> Iterator[Web]:
    with web() as running:
        yield running


@pytest.fixture
def store(embedded_server: Settings) -> Iterator[Store]:
    """The shared server, where the test's own web server may be asked; emptied before and after."""
    with Store(replace(embedded_server, allow_private=True)) as opened:
        empty(opened)
        yield opened
        empty(opened)


def run(store: Store, *sources: Path | str) -> dict[str, Document]:
    """Import and work until nothing is left; documents by what stands last in their address."""
    submitted = submit(store, store.settings, sources, Options())
    work(store.settings, idle=0.1)
    found = store.documents.by_ids([*submitted.queued, *submitted.failed, *submitted.unchanged])
    return {d.uri.rsplit("/", 1)[-1]: d for d in (*found.values(), *submitted.refused)}


def test_everything_becomes_evidence_with_its_exact_place(store: Store, served: Web, tmp_path: Path) -> None:
    epub(tmp_path / "buch.epub", {"a.xhtml": xhtml("<h1>Eins</h1><p>Ole Worm besaß das Horn eines Narwals.</p>")})
    (tmp_path / "seite.html").write_text(PAGE.replace("Korallen", "Muscheln"))
    mail(tmp_path / "post.eml", "Rudolf II. holte Kepler nach Prag.\n", files={"anhang.txt": b"Anhang aus Gotha."})
    zipped(tmp_path / "a.zip", {"tief/kircher.md": "# Kircher\n\nAthanasius Kircher lehrte in Rom.\n"})
    pdf = make_files.pages_of_lines(tmp_path / "x", [["Ein Bericht aus Kopenhagen"]]).read_bytes()
    (tmp_path / "x").unlink()
    served.put("/alt", b"", status=301, Location="/sammlung/ambras?s=1")
    served.put("/sammlung/ambras?s=1", PAGE.encode())
    served.put("/bericht", pdf, "text/html", Content_Disposition="attachment; filename=Bericht.pdf")
    served.put("/notiz.md", b"# Notiz\n\nAus Dresden.", "text/plain")
    documents = run(store, tmp_path, served.url("/alt"), served.url("/bericht"), served.url("/notiz.md"))
    assert {name: d.state for name, d in documents.items()} == dict.fromkeys(
        ["buch.epub", "seite.html", "post.eml", "anhang.txt", "kircher.md", "ambras?s=1", "bericht", "notiz.md"],
        State.DONE,
    )
    files = FileStore(store.settings.files)
    for document in documents.values():
        text = document_text(files, document)
        chunks = list(store.documents.all_chunks(document.id))
        assert chunks
        for chunk in chunks:
            assert text[chunk.start : chunk.end] == chunk.text and chunk.embedded
    page = documents["ambras?s=1"]
    assert page.uri == served.url("/sammlung/ambras?s=1")
    assert (page.title, page.language, page.rights) == ("Ambras", "de", "https://example.org/frei")
    assert page.media_type == "text/html"
    assert documents["bericht"].media_type == "application/pdf"
    assert documents["notiz.md"].media_type == "text/markdown"
    assert documents["anhang.txt"].uri == f"{tmp_path}/post.eml!/anhang.txt"
    assert documents["kircher.md"].uri == f"{tmp_path}/a.zip!/tief/kircher.md"
    found = [c for c in store.documents.all_chunks(documents["buch.epub"].id) if "Narwals" in c.text]
    assert found[0].heading in {None, "Eins"} and found[0].page == 1
    again = submit(store, store.settings, [served.url("/alt")], Options())
    assert again.queued == () and again.unchanged == (page.id,)
    assert not any(store.check().values())


def test_addresses_without_an_answer_are_no_documents_and_can_be_tried_again(store: Store, served: Web) -> None:
    url = served.url("/spaeter.html")
    documents = run(store, url, "http://nirgends.invalid/x", served.put("/leer.html", b"<html></html>"))
    failed = documents["spaeter.html"]
    assert failed.state is State.FAILED and failed.failure is not None and failed.failure.code == "PageNotFound"
    assert failed.uri == url and "404" in failed.failure.say("de")
    assert {d.failure.code for d in documents.values() if d.failure} == {
        "PageNotFound", "HostUnknown", "HtmlWithoutText",
    }  # fmt: skip
    assert [d.title for d in store.documents.every([DEFAULT_COLLECTION])] == ["leer.html"]
    served.put("/spaeter.html", PAGE.encode())
    assert run(store, url)["spaeter.html"].state is State.DONE
    served.put("/spaeter.html", b"", status=503)
    assert run(store, url)["spaeter.html"].state is State.FAILED
    held = {d.uri: d.state for d in store.documents.every([DEFAULT_COLLECTION])}
    assert held[url] is State.DONE, "the address that gives no answer today keeps what it gave before"


def test_private_addresses_fail_where_they_are_not_allowed(tmp_path: Path, served: Web) -> None:
    settings = Settings(home=tmp_path)
    (one,) = collect([served.put("/x", PAGE.encode())], FileStore(settings.files), settings)
    assert one.failure is not None and one.failure.code == "AddressPrivate"
    assert served.asked == []


def test_a_plan_looks_at_what_an_address_gives(tmp_path: Path, served: Web) -> None:
    settings = Settings(home=tmp_path, allow_private=True)
    planned = plan([served.put("/x", PAGE.encode())], settings, Options())
    assert [(d.name, d.kind, d.failure) for d in planned.documents] == [("x", "text/html", None)]


def test_an_encoding_that_only_the_server_knows_is_kept(tmp_path: Path, served: Web) -> None:
    settings = Settings(home=tmp_path, allow_private=True)
    words = "<!doctype html><p>Кунсткамера"
    for path, raw, kind, kept in (
        ("/nur-server", words.encode("cp1251"), "text/html; charset=windows-1251", b"\xef\xbb\xbf" + words.encode()),
        ("/utf-8", words.encode(), "text/html; charset=windows-1251", words.encode()),
        ("/falsch", words.encode("cp1251"), "text/html; charset=iso-2022-jp", words.encode("cp1251")),
        ("/bild", b"\x89PNG\xe4", "image/png; charset=windows-1251", b"\x89PNG\xe4"),
    ):
        files = FileStore(settings.files)
        (one,) = collect([served.put(path, raw, kind)], files, settings)
        assert files.original(one.sha256 or "").read_bytes() == kept


def test_what_people_type() -> None:
    assert named(["a.txt", " https://x.org/a//b "]) == [Path("a.txt"), "https://x.org/a//b"]
    assert name_in("https://x.org/a/B%C3%A4r.html?x=/y.pdf") == "Bär.html"
    assert name_in("https://x.org/a", ".pdf") == "a.pdf" and name_in("https://x.org", ".html") == "unnamed.html"
    assert name_in("/tmp/a.zip!/b/c.md", ".txt") == "c.md" and name_in("a%20b.txt") == "a%20b.txt"


def test_the_command_takes_addresses(tmp_path: Path, served: Web) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "ingest", "plan", "--json", served.put("/ambras", PAGE.encode())],
        env={"PATH": "/usr/bin:/bin", "WUNDERKAMMER_HOME": str(tmp_path), "WUNDERKAMMER_ALLOW_PRIVATE": "1"},
        cwd=Path(__file__).parents[1],
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    planned = json.loads(done.stdout)
    assert [(d["name"], d["pages"], d["error"]) for d in planned["documents"]] == [("ambras", 1, None)]
