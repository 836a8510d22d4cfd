"""`docs/sources.md` is true: every kind of source is imported, and what comes out is what the table says."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from graph.errors import SourceError
from graph.store import Store
from graph.types import Chunk, ChunkKind, Document, State
from graph.work import Work, owner_name
from ingest.files import FileStore
from ingest.images import has_images
from ingest.sources import SOURCES, identify, read
from ingest.sources.base import BlockKind, Limits
from ingest.sources.iiif import PAGES
from ingest.steps import Steps
from ingest.submit import Options, remove_document, submit
from settings import VARIABLES, Settings
from tests.make_iiif import P3, write
from tests.make_kinds import FOLDER, MADE
from tests.web_server import web

ROOT = Path(__file__).resolve().parents[1]
TEXT = (ROOT / "docs" / "sources.md").read_text(encoding="utf-8")
COLUMNS = ("Text", "Pages", "Region", "Tables", "Image", "Rights", "Metadata", "Claims")


def table() -> dict[str, dict[str, str]]:
    """The rows of the table by their example."""
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in TEXT.splitlines() if line.startswith("|")]
    head, _, *body = rows
    return {row[1].strip("`"): dict(zip(head, row, strict=True)) for row in body}


@pytest.fixture(scope="module")
def imported(embedded_server: Settings) -> Iterator[tuple[Store, dict[str, Document]]]:
    """All examples, imported but for their vectors; by what the table calls them."""
    settings = replace(embedded_server, allow_private=True)
    with Store(settings) as store, web() as server:
        address = server.put("/page.html", (FOLDER / "page.html").read_bytes() + b"<!-- from the web -->")
        documents = submit(store, settings, [FOLDER, address], Options())
        steps, owner = Steps(store, settings), owner_name()
        while lease := store.queue.lease(owner, (Work.READ, Work.EXTRACT)):
            steps.take(lease, lambda: False)
        assert documents.failed == ()
        found = store.documents.by_ids(documents.queued)
        names = {_name(document): document for document in found.values()}
        assert len(names) == len(found)
        yield store, names
        for document in found.values():
            remove_document(store, settings, document.id)


def _name(document: Document) -> str:
    """What the table calls the document."""
    uri = document.uri.replace("\\", "/")
    if uri.startswith("http"):
        return "http://…/page.html"
    if document.claims:
        return "claims/claims.jsonl"
    return "letters.zip" if "letters.zip" in uri else uri.rpartition("/")[2]


def test_every_kind_has_an_example_and_every_example_its_row() -> None:
    assert {*table()} == {*MADE, "http://…/page.html"}
    kinds = {identify(FOLDER / name, name, Limits()).kind for name in MADE if not name.endswith(".zip")}
    # Both only say what to do with the file.
    assert kinds == {source.kind for source in SOURCES} - {"compound", "xml"}
    assert sum(path.stat().st_size for path in FOLDER.rglob("*") if path.is_file()) < 300_000


@pytest.mark.parametrize("example", [*MADE, "http://…/page.html"])
def test_the_table_says_what_comes_out(imported: tuple[Store, dict[str, Document]], example: str) -> None:
    store, documents = imported
    document = documents[example]
    chunks = list(store.documents.all_chunks(document.id))
    (coverage,) = store.documents.coverage([document])
    files = FileStore(store.settings.files)
    original = files.original(document.sha256 or "")
    tables = any(block.kind is BlockKind.TABLE for block in read(original, original.name, Limits()).blocks)
    said = {
        "Text": "words" if any(c.text and c.kind is not ChunkKind.METADATA for c in chunks) else "waits",
        "Pages": "several" if document.pages > 1 else "one",
        "Region": _region(chunks, files.lines_path(document.sha256 or "").exists()),
        "Tables": "yes" if tables else "–",
        "Image": "yes" if has_images(document.media_type) else "–",
        "Rights": "yes" if document.rights else "–",
        "Metadata": "yes" if any(c.kind is ChunkKind.METADATA for c in chunks) else "–",
        "Claims": "yes" if coverage.statements else "–",
    }
    assert said == {column: table()[example][column] for column in COLUMNS}
    assert document.state in {State.DONE, State.WAITING, State.EMPTY} and document.failure is None
    assert all(c.state in {State.DONE, State.EMPTY, State.WAITING} for c in chunks)


def _region(chunks: list[Chunk], lines: bool) -> str:
    if lines:
        return "lines"
    regions = [c.region for c in chunks if c.region]
    if not regions:
        return "–"
    return "page" if all((region.x, region.y) == (0, 0) for region in regions) else "parts"


def test_the_limits_are_those_of_the_code() -> None:
    limits = Limits()
    for words in (
        f"{limits.max_pages:,} pages", f"{limits.max_megapixels} megapixels", f"{limits.max_cells:,} cells",
        f"{PAGES * limits.max_pages:,} canvases", f"{limits.max_file_mb} MB", f"{limits.max_expanded_mb} MB",
    ):  # fmt: skip
        assert words in TEXT
    assert set(re.findall(r"`(WUNDERKAMMER_\w+?)(?:=1)?`", TEXT)) <= set(VARIABLES.values())


def test_a_collection_says_what_to_do_with_it(tmp_path: Path) -> None:
    made = {"@context": P3, "id": "https://example.org/c", "type": "Collection", "label": {"en": ["All"]}, "items": []}
    with pytest.raises(SourceError) as caught:
        read(write(tmp_path / "c.json", made), "c.json", Limits())
    assert "collection" in caught.value.text("en").lower()
