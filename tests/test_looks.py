"""Pictures described and scans read by a vision model, from the file to the question that finds the very part."""

from __future__ import annotations

import base64
import io
import json
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageDraw

from graph.jobs import JobState, Limits, Purpose
from graph.store import Store
from graph.types import Chunk, ChunkKind, Document, Mode, Region, State
from ingest import __main__ as command
from ingest import asked_looks
from ingest.describe import StillWorkedOn
from ingest.files import FileStore
from ingest.limits import PriceUnknown, resume
from ingest.looked import keep
from ingest.plan import plan
from ingest.rest import retry
from ingest.submit import Options, remove_document, submit
from ingest.texts import document_text
from ingest.worker import work
from llm.describe import SeesNothing
from llm.errors import NoKey
from llm.ocr import UnknownOcr
from llm.retrieve import retrieve
from settings import Settings
from tests.fake_openai import Asked, FakeOpenAI, Reply, Status, structured
from tests.graph_samples import empty
from tests.test_ocr import scanned

DESCRIBED: dict[str, Any] = {
    "caption": "A painted cabinet with a narwhal tusk.",
    "seen": "Shelves fill the wall. A crocodile hangs from the ceiling.",
    "parts": [
        {"name": "narwhal tusk", "kind": "object", "about": "Long and spirally grooved, at the left.",
         "box": {"left": 0, "top": 100, "right": 250, "bottom": 900}},
        {"name": "Ole Worm", "kind": "person", "about": "Named on the label.",
         "box": {"left": 500, "top": 500, "right": 1000, "bottom": 1000}},
        {"name": "crocodile", "kind": "animal", "about": "Hanging.", "box": None},
    ],
    "writing": [
        {"text": "MUSEUM\nWORMIANUM", "language": "la", "box": {"left": 400, "top": 0, "right": 900, "bottom": 100}},
        {"text": "Ole Worm 1655", "language": "la", "box": None},
    ],
    "uncertain": ["The date could be 1635."],
}  # fmt: skip
EYES = Options(caption_model="gpt-4o-mini")


@pytest.fixture
def server() -> Iterator[FakeOpenAI]:
    with FakeOpenAI() as running:
        running.default = structured(DESCRIBED)
        yield running


@pytest.fixture
def settings(server: FakeOpenAI, embedded_server: Settings, tmp_path: Path) -> Iterator[Settings]:
    for_test = replace(embedded_server, openai_api_key="sk-x", openai_base_url=server.url, calls_at_once=4)
    _empty(for_test)
    yield for_test
    _empty(for_test)


def _empty(settings: Settings) -> None:
    shutil.rmtree(settings.looks, ignore_errors=True)
    with Store(settings) as store:
        empty(store)


@pytest.fixture
def store(settings: Settings) -> Iterator[Store]:
    with Store(settings) as opened:
        yield opened


def paint(path: Path, size: tuple[int, int] = (800, 400)) -> Path:
    """A picture that no other test has."""
    image = Image.new("RGB", size, "#" + f"{abs(hash(str(path))) % 0xFFFFFF:06x}")
    ImageDraw.Draw(image).text((10, 10), str(path))
    image.save(path)
    return path


def imported(store: Store, settings: Settings, path: Path, options: Options = EYES) -> Document:
    (id_,) = submit(store, settings, [path], options).queued
    work(settings, idle=0.1)
    return the(store, id_)


def the(store: Store, id_: str) -> Document:
    found = store.documents.get(id_)
    assert found is not None
    return found


def chunks_of(store: Store, settings: Settings, document: Document) -> list[Chunk]:
    """All chunks, each proven to be exactly its part of the text, each claim's quote likewise."""
    text = document_text(FileStore(settings.files), document)
    chunks = list(store.documents.all_chunks(document.id))
    assert all(text[chunk.start : chunk.end] == chunk.text for chunk in chunks)
    assert [chunk.index for chunk in chunks] == list(range(len(chunks)))
    for claim in store.explore.claims_of_chunks([chunk.id for chunk in chunks]):
        assert text[claim.source.start : claim.source.end] == claim.source.quote
    assert not any(store.check().values()) and store.queue.left() == {}
    return chunks


def picture_in(asked: Asked) -> Image.Image:
    url = asked.body["messages"][1]["content"][1]["image_url"]["url"]
    return Image.open(io.BytesIO(base64.b64decode(url.partition(",")[2])))


def test_a_picture_is_described_and_a_question_opens_the_part_of_it(
    store: Store, settings: Settings, server: FakeOpenAI, tmp_path: Path
) -> None:
    document = imported(store, settings, paint(tmp_path / "cabinet.png"))
    assert document.state is State.DONE and document.failure is None
    chunks = chunks_of(store, settings, document)
    told = {chunk.text.split("\n")[0]: chunk for chunk in chunks}
    whole = Region(0, 0, 800, 400)
    main = told["A painted cabinet with a narwhal tusk."]
    assert (main.kind, main.region, main.written_by, main.index) == (ChunkKind.CAPTION, whole, "gpt-4o-mini", 0)
    assert main.text.endswith("Uncertain: The date could be 1635.")
    tusk = told["Object shown: narwhal tusk"]
    assert (tusk.kind, tusk.region) == (ChunkKind.CAPTION, Region(0, 40, 200, 320))
    assert told["Person shown: Ole Worm"].region == Region(400, 200, 400, 200)
    assert told["Animal shown: crocodile"].region == whole
    museum = told["MUSEUM"]
    assert (museum.kind, museum.region, museum.written_by) == (ChunkKind.OCR, Region(320, 0, 400, 40), "gpt-4o-mini")
    assert told["Ole Worm 1655"].region == whole
    assert all(chunk.embedded and chunk.state in {State.DONE, State.EMPTY} for chunk in chunks)
    claims = store.explore.claims_of_chunks([tusk.id])
    assert [(claim.text, claim.source.quote) for claim in claims] == [
        ("cabinet, Object shown: narwhal tusk", "Object shown: narwhal tusk")
    ]
    best = retrieve(store, None, "Where is the narwhal tusk, spirally grooved?", Mode.HYBRID).evidence[0].chunk
    assert (best.id, best.region) == (tusk.id, tusk.region)
    (asked,) = server.chats()
    assert asked.wants_schema and picture_in(asked).size == (800, 400)
    assert "from 0 (left, top) to 1000" in asked.prompt and "Write in English" in asked.prompt


def test_the_same_picture_is_paid_for_once(
    store: Store, settings: Settings, server: FakeOpenAI, tmp_path: Path
) -> None:
    path = paint(tmp_path / "once.png")
    first = imported(store, settings, path)
    before = [(c.text, c.region) for c in chunks_of(store, settings, first)]
    assert submit(store, settings, [path], EYES).unchanged == (first.id,)
    remove_document(store, settings, first.id)
    again = imported(store, settings, path)
    assert [(c.text, c.region) for c in chunks_of(store, settings, again)] == before
    assert len(server.chats()) == 1
    remove_document(store, settings, again.id)
    german = imported(store, settings, path, replace(EYES, caption_language="de"))
    assert len(server.chats()) == 2 and "Write in German" in server.chats()[1].prompt
    assert any(c.text.startswith("Dargestellter Gegenstand: narwhal") for c in chunks_of(store, settings, german))


def test_what_waits_is_looked_at_later_and_nothing_else_is_done_again(
    store: Store, settings: Settings, server: FakeOpenAI, tmp_path: Path
) -> None:
    path = paint(tmp_path / "later.png")
    document = imported(store, settings, path, Options())
    assert document.state is State.WAITING and not server.chats()
    assert imported(store, settings, path).state is State.DONE
    assert len(server.chats()) == 1 and len(chunks_of(store, settings, document)) == 6


def test_each_picture_fails_alone_with_its_reason_and_is_tried_again(
    store: Store, settings: Settings, server: FakeOpenAI, tmp_path: Path
) -> None:
    pages = [paint(tmp_path / f"{n}.png", (300 + n, 200)) for n in range(4)]
    first, *rest = [Image.open(page) for page in pages]
    path = tmp_path / "four.tiff"
    first.save(path, save_all=True, append_images=rest)

    def troubled(asked: Asked) -> Reply:
        return Status(400, "no such picture") if picture_in(asked).width == 302 else structured(DESCRIBED)

    server.default = troubled
    document = imported(store, settings, path)
    chunks = chunks_of(store, settings, document)
    (failed,) = [chunk for chunk in chunks if chunk.state is State.FAILED]
    assert failed.page == 3 and failed.failure is not None and "no such picture" in failed.failure.text
    assert {chunk.page for chunk in chunks if chunk.text} == {1, 2, 4}
    assert len(server.chats()) == 4
    server.default = structured({"caption": "", "seen": "", "parts": [], "writing": [], "uncertain": []})
    assert len(retry(store, document.id)) == 1
    work(settings, idle=0.1)
    chunks = chunks_of(store, settings, document)
    assert len(server.chats()) == 5, "only what failed"
    assert [chunk.state for chunk in chunks if chunk.page == 3] == [State.EMPTY]


def test_without_a_key_the_import_says_so_before_anything_is_sent(
    store: Store, settings: Settings, server: FakeOpenAI, tmp_path: Path
) -> None:
    path = paint(tmp_path / "a.png")
    at_provider = replace(settings, openai_api_key=None, openai_base_url=None)
    for options in (EYES, Options(ocr="gpt-4o-mini")):
        with pytest.raises(NoKey):
            submit(store, at_provider, [path], options)
    with pytest.raises(SeesNothing):
        submit(store, settings, [path], Options(caption_model="gemma-3-1b"))
    with pytest.raises(UnknownOcr):
        submit(store, settings, [path], Options(ocr="nonsense"))
    assert not server.requests


def test_what_was_seen_when_the_database_was_away_is_not_asked_again(
    store: Store, settings: Settings, server: FakeOpenAI, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried: list[int] = []

    def breaks_once(*given: Any, **more: Any) -> bool:
        tried.append(1)
        if len(tried) == 1:
            raise StillWorkedOn(name="a")
        return keep(*given, **more)

    monkeypatch.setattr(asked_looks, "keep", breaks_once)
    document = imported(store, settings, paint(tmp_path / "a.png"))
    assert len(tried) == 2 and len(server.chats()) == 1
    assert document.state is State.DONE and len(chunks_of(store, settings, document)) == 6


def test_looks_count_against_the_limits_of_an_import(
    store: Store, settings: Settings, server: FakeOpenAI, tmp_path: Path
) -> None:
    first, *rest = [Image.open(paint(tmp_path / f"{n}.png")) for n in range(4)]
    path = tmp_path / "four.tiff"
    first.save(path, save_all=True, append_images=rest)
    submitted = submit(store, settings, [path], replace(EYES, limits=Limits(calls=2)))
    work(settings, idle=0.1)
    job = store.queue.job(submitted.job.id)
    assert job is not None and job.state is JobState.LIMIT and len(server.chats()) == 2
    assert [(paid.purpose, use.calls) for paid, use in dict(job.spent).items()] == [(Purpose.PICTURES, 2)]
    resume(store, settings, job, Limits(calls=9))
    work(settings, idle=0.1)
    assert len(server.chats()) == 4 and the(store, submitted.queued[0]).state is State.DONE
    assert {chunk.page for chunk in chunks_of(store, settings, the(store, submitted.queued[0]))} == {1, 2, 3, 4}
    at_provider = replace(settings, openai_base_url="http://127.0.0.1:9/v1")
    with pytest.raises(PriceUnknown):
        submit(store, at_provider, [path], replace(EYES, limits=Limits(usd=1.0)))


def test_a_wrong_key_is_told_on_every_picture_and_the_text_goes_on(
    store: Store, settings: Settings, server: FakeOpenAI, tmp_path: Path
) -> None:
    server.default = Status(401)
    path = scanned(tmp_path / "scan.pdf", [50, "Getippter Text über Prag und Rudolf.", 120, 200])
    document = imported(store, settings, path, replace(EYES, ocr="gpt-4o-mini"))
    states = {c.page: (c.state, c.failure.code if c.failure else None) for c in chunks_of(store, settings, document)}
    assert states == {2: (State.DONE, None)} | dict.fromkeys((1, 3, 4), (State.FAILED, "BadKey"))
    assert document.state is State.DONE
    server.default = structured({"blocks": [{"kind": "paragraph", "text": "Korallen und Muscheln. " * 12}]})
    assert len(retry(store, document.id)) == 1
    work(settings, idle=0.1)
    assert {c.state for c in chunks_of(store, settings, document)} <= {State.DONE, State.EMPTY}


def test_the_plan_says_what_looking_costs(
    settings: Settings, server: FakeOpenAI, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    for n in range(3):
        paint(tmp_path / f"{n}.png")
    at_provider = replace(settings, openai_base_url=None)
    planned = plan([tmp_path], at_provider, EYES)
    assert (planned.described, planned.calls, planned.pictures) == (3, 3, 3)
    assert planned.cost == pytest.approx(3 * (1700 * 0.15 + 600 * 0.6) / 1e6)
    assert plan([tmp_path], settings, EYES).cost is None, "another server has other prices"
    assert plan([tmp_path], settings, Options()).described == 0
    scanned(tmp_path / "scan.pdf", [50, 120])
    both = plan([tmp_path], at_provider, Options(ocr="gpt-4o-mini", caption_model="gpt-4o-mini"))
    assert (both.ocr_pages, both.described, both.calls) == (2, 3, 5)
    monkeypatch.setenv("WUNDERKAMMER_HOME", str(settings.home))
    assert command.main(["add", str(tmp_path), "--caption-model", "gpt-4o-mini", "--json"]) == 2
    assert json.loads(capsys.readouterr().out)["error"]["code"] == "NotConfirmed"
    assert not server.chats()
