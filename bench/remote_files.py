"""What it costs to keep files at a storage: the sample imported with one and without, then shown by another machine.

`python -m bench.remote_files [ROUNDS]`: the storage is moto's server on this machine, so the network's own time is not
in the figures; what is asked of it is counted.
"""

from __future__ import annotations

import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

import pytest

from graph.embedded import stop_server
from graph.store import Store
from graph.types import DEFAULT_COLLECTION, Document
from ingest.files import FileStore
from ingest.images import has_images, is_here, page_image, thumbnail
from ingest.sample import submit_sample
from ingest.texts import document_text
from ingest.worker import work
from settings import Settings
from tests.s3_server import BUCKET, S3Server, s3_server


def imported(settings: Settings) -> tuple[float, list[Document]]:
    """Seconds that the sample takes, from its files to the last vector, and its documents."""
    with Store(settings) as store:
        begun = time.perf_counter()
        submit_sample(store, settings)
        work(settings, idle=0.1)
        return time.perf_counter() - begun, list(store.documents.every([DEFAULT_COLLECTION]))


def shelf(settings: Settings, documents: list[Document]) -> float:
    """Seconds for the covers of all documents."""
    files, begun = FileStore.of(settings), time.perf_counter()
    for each in documents:
        if has_images(each.media_type) and is_here(files, each.sha256 or "", each.media_type, 1):
            thumbnail(files, each.sha256 or "", each.media_type, 1)
    return time.perf_counter() - begun


def reader(settings: Settings, document: Document) -> float:
    """Seconds for a page's image and the text."""
    files, begun = FileStore.of(settings), time.perf_counter()
    document_text(files, document)
    page_image(files, document.sha256 or "", document.media_type, 1)
    return time.perf_counter() - begun


def asked(server: S3Server) -> int:
    """How often the storage was asked since this was asked."""
    count = len(server.asked)
    server.asked.clear()
    return count


def main(rounds: int) -> None:
    with pytest.MonkeyPatch.context() as patch, s3_server(patch) as server, tempfile.TemporaryDirectory() as folder:
        for n in range(rounds):
            alone = Settings(home=Path(folder, f"alone{n}"))
            there = Settings(home=Path(folder, f"there{n}"), files_address=f"s3://{BUCKET}/{n}")
            # The model of the vectors is loaded by the first.
            seconds = {}
            for settings in (alone, there) if n % 2 else (there, alone):
                asked(server)
                seconds[settings.home.name], documents = imported(settings)
                told = f"{settings.home.name:8} {len(documents)} documents in {seconds[settings.home.name]:.1f} s"
                print(f"{told}, the storage was asked {asked(server)} times", flush=True)
                stop_server(settings)
            second = replace(there, home=Path(folder, f"second{n}"))
            (book,) = [each for each in documents if each.media_type == "application/pdf"][:1]
            for what, how in (("for the first time", there), ("on another machine", second), ("again", second)):
                took = shelf(how, documents)
                print(f"covers {what}: {took * 1000:.0f} ms, asked {asked(server)} times", flush=True)
                took = reader(how, book)
                print(f"a page {what}: {took * 1000:.0f} ms, asked {asked(server)} times", flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 2)
