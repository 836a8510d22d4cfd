"""Web Annotations: what leaves is what W3C and IIIF ask for; what comes back is known, foreign ones find a place."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import ingest.__main__ as ingest_command
import share.__main__ as share_command
from graph.finding import Citation, Finding, Outcome, Piece, Said
from graph.store import Store
from graph.taken import Selection
from graph.types import ChunkKind, Document, Extraction, Mention, Region
from ingest.annotation_page import NoAnnotations
from ingest.annotations import DocumentBusy, take_in
from ingest.files import FileStore
from settings import Settings
from share.annotations import annotation_page, notes_of, notes_of_finding
from tests import graph_samples as samples
from tests.payloads import PAYLOADS
from tests.w3c_annotation import Canvas, FragmentSelector, Page, TextQuoteSelector

HERE = "annotations"
CANVAS = "https://example.org/iiif/canvas/1"
MANIFEST = "https://example.org/iiif/manifest"
QUOTE = "Ole Worm bought a narwhal tusk"


@pytest.fixture(scope="module")
def store(store_target: Settings) -> Iterator[Store]:
    with Store(store_target) as opened:
        yield opened


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path)


@pytest.fixture
def letters(store: Store, settings: Settings, request: pytest.FixtureRequest) -> Iterator[Document]:
    """A document of one canvas, with a claim that has a place; it goes again after the test."""
    text = f"{QUOTE} in 1650. {PAYLOADS[0]}"
    files = FileStore(settings.files)
    settings.home.mkdir(exist_ok=True)
    (settings.home / "m.json").write_text(request.node.name)
    kept = files.put(settings.home / "m.json", "m.json")
    files.write_text(kept.sha256, text)
    of = replace(
        samples.document(HERE, request.node.name), uri=MANIFEST, sha256=kept.sha256, rights="https://creativecommons.org/x",
        attribution=PAYLOADS[3], pages=1, characters=len(text),
    )  # fmt: skip
    (piece,) = (replace(each, canvas=CANVAS) for each in samples.chunks(of, [text]))
    worm, tusk = samples.entity(HERE, "Ole Worm", "Person", 3), samples.entity(HERE, "narwhal tusk", "Object", 3)
    claim = samples.statement(piece, worm, "ACQUIRED", tusk)
    claim = replace(claim, source=replace(claim.source, quote=QUOTE, end=piece.start + len(QUOTE)))
    samples.put(store, of, [piece], [Extraction(piece.id, (Mention(piece.id, worm),), (claim,))])
    yield of
    store.removal.remove(of.id, HERE)


def exported(store: Store, of: Document, **more: Any) -> dict[str, Any]:
    notes = notes_of(store.exports.take(Selection((HERE,), documents=(of.id,))), of.id)
    raw: dict[str, Any] = json.loads("".join(annotation_page(notes, of.title, **more)))
    return raw


@pytest.mark.parametrize("iiif", [False, True])
def test_a_document_as_annotations_of_both_kinds(store: Store, letters: Document, iiif: bool) -> None:
    raw = exported(store, letters, iiif=iiif)
    page = Page.model_validate(raw)
    last = "http://iiif.io/api/presentation/3/context.json" if iiif else "http://www.w3.org/ns/anno.jsonld"
    assert last in (page.context, page.context[-1])
    (made,) = page.items
    assert made.rights == letters.rights and made.creator.name == "hand"
    assert next(each for each in made.target.selector if isinstance(each, TextQuoteSelector)).exact == QUOTE
    assert next(each for each in made.target.selector if isinstance(each, FragmentSelector)).value == "xywh=10,0,100,20"
    assert PAYLOADS[3] in made.body[1].value
    if iiif:
        assert isinstance(made.target.source, Canvas)
        assert (made.target.source.id, made.target.source.partOf[0].id) == (CANVAS, MANIFEST)
    else:
        assert made.target.source == CANVAS


@pytest.mark.parametrize("iiif", [False, True])
def test_what_was_exported_comes_back_as_known(
    store: Store, settings: Settings, letters: Document, tmp_path: Path, iiif: bool
) -> None:
    path = tmp_path / "a.json"
    path.write_text(json.dumps(exported(store, letters, iiif=iiif)))
    before = samples.dump(store, HERE)
    taken = take_in(store, settings, path, HERE)
    assert (taken.new, taken.claims, taken.known, taken.refused) == (0, 0, 1, [])
    assert samples.dump(store, HERE) == before


def test_foreign_ones_find_their_place_and_bad_ones_are_listed(
    store: Store, settings: Settings, letters: Document, tmp_path: Path
) -> None:
    word = {"type": "TextualBody", "value": f"A seal of <b>Worm</b> {PAYLOADS[5]}", "format": "text/html"}
    claim = {"wk:subject": {"wk:name": "Ole Worm", "wk:kind": "Person"}, "wk:predicate": "SIGNED",
             "wk:object": {"wk:name": "the letter", "wk:kind": "Work"}}  # fmt: skip
    selector = {"type": "FragmentSelector", "value": "xywh=pixel:5.4,6,70,8.2"}
    items = [
        {"id": "https://x.org/1", "type": "Annotation", "body": word, "target": f"{CANVAS}#xywh=1,2,30,40"},
        {"id": "https://x.org/2", "type": "Annotation", "body": [word], "wk:claim": claim,
         "target": {"type": "SpecificResource", "source": {"id": CANVAS, "type": "Canvas"}, "selector": selector}},
        {"id": "https://x.org/3", "type": "Annotation", "body": "of the passage", "target": {
            "type": "SpecificResource", "source": f"urn:wunderkammer:document:{letters.id}:page:1",
            "selector": [{"type": "TextQuoteSelector", "exact": "narwhal"}]}},
        {"id": "bad-1", "type": "Annotation", "body": word, "target": "https://elsewhere.org/canvas"},
        {"id": "bad-2", "type": "Annotation", "body": word, "target": f"{CANVAS}#xywh=percent:1,2,3,4"},
        {"id": "bad-3", "type": "Annotation", "body": [], "target": CANVAS},
        {"id": "bad-4", "type": "Annotation", "body": word, "target": f"{CANVAS}#xywh=1,2,0,0"},
        {"id": "bad-5", "type": "Annotation", "body": word, "target": {"type": "SpecificResource", "source": []}},
        {"id": "bad-6", "type": "Annotation", "body": word, "target": CANVAS, "wk:claim": {"wk:subject": 1}},
        {"id": "bad-7", "type": "Annotation", "body": word, "target": f"urn:wunderkammer:document:{letters.id}:page:9"},
        "no annotation",
    ]  # fmt: skip
    path = tmp_path / "foreign.json"
    path.write_text(
        json.dumps({"@context": "http://www.w3.org/ns/anno.jsonld", "type": "AnnotationPage", "items": items})
    )
    taken = take_in(store, settings, path, HERE)
    assert (taken.new, taken.claims, taken.known) == (3, 1, 0)
    assert {each.id for each in taken.refused} == {*(f"bad-{n}" for n in range(1, 8)), "number 11"}
    assert all(each.reason for each in taken.refused)
    added = [each for each in store.documents.all_chunks(letters.id) if each.kind is ChunkKind.ANNOTATION]
    assert {str(each.region) for each in added} == {"1,2,30,40", "5,6,70,8", "10,0,100,20"}
    assert all(each.page == 1 and each.canvas == CANVAS for each in added)
    assert not any("<script" in each.text or "<b>" in each.text for each in added)
    of = store.documents.get(letters.id)
    assert of is not None
    text = FileStore(settings.files).read_text(of.sha256 or "")
    assert all(text[each.start : each.end] == each.text for each in store.documents.all_chunks(letters.id))
    assert of.characters == len(text) == max(each.end for each in added)
    (claim_of,) = list(store.explore.claims_of_chunks([each.id for each in added]))
    assert claim_of.source.region == Region(5, 6, 70, 8)
    assert not any(store.check().values())
    # The document waits for its vectors; then the same again is known.
    store.documents.advance(of, "embed", "none")
    again = take_in(store, settings, path, HERE)
    assert (again.new, again.known) == (0, 3)


def test_while_a_document_is_worked_on_nothing_is_added(
    store: Store, settings: Settings, letters: Document, tmp_path: Path
) -> None:
    path = tmp_path / "one.json"
    path.write_text(json.dumps({"type": "Annotation", "id": "x:1", "body": "a note", "target": CANVAS}))
    store.documents.update(letters, "extract")
    before = FileStore(settings.files).read_text(letters.sha256 or "")
    with pytest.raises(DocumentBusy):
        take_in(store, settings, path, HERE)
    assert FileStore(settings.files).read_text(letters.sha256 or "") == before
    store.documents.update(letters, "none")


@pytest.mark.parametrize("data", [b"", b"[" * 100_000, b'{"type": "Manifest", "items": []}', b"\xff\xfe\x00", b'"x"'])
def test_other_files_are_no_annotations(store: Store, settings: Settings, tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "x.json"
    path.write_bytes(data or b" ")
    with pytest.raises(NoAnnotations):
        take_in(store, settings, path, HERE)


def test_a_finding_as_annotations() -> None:
    piece = Piece(1, "c", "d", "Letters", QUOTE, 5, 35, 3, None, Region(1, 2, 3, 4), uri="/home/me/letters.pdf",
                  rights="all of them", attribution="a museum")  # fmt: skip
    finding = Finding(
        "Who had it?", "Who had the tusk?", outcome=Outcome.ANSWERED, answer="Worm had it. [1]",
        said=(Said("Worm had it.", True, (Citation(1, QUOTE, True, 5, 35),)),), evidence=(piece,), model="gpt-x",
        created_at="2026-11-27T10:00:00.000000+00:00",
    )  # fmt: skip
    page = Page.model_validate(json.loads("".join(annotation_page(notes_of_finding(finding), finding.title))))
    (made,) = page.items
    assert made.body[0].value == "Worm had it." and made.body[1].value == "Letters, p. 3. a museum. all of them"
    assert made.creator.name == "gpt-x" and made.target.source == "urn:wunderkammer:document:d:page:3"
    published = json.loads("".join(annotation_page(notes_of_finding(finding), "x", True, "https://me.example/")))
    assert published["items"][0]["target"]["source"]["id"] == "https://me.example/document/d/page/3"


def test_the_commands(
    embedded_server: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WUNDERKAMMER_HOME", str(embedded_server.home))
    with Store(embedded_server) as opened:
        kept = opened.findings.put(Finding("A kept tusk", evidence=(Piece(1, "c", "d", "Letters", QUOTE, 0, 9),)))
    out = tmp_path / "out.json"
    assert share_command.main(["annotations", "A kept tusk", str(out), "--iiif", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["annotations"] == 1
    assert share_command.main(["annotations", "A kept tusk", str(out)]) == 2
    assert share_command.main(["annotations", "nothing", str(out)]) == 2
    capsys.readouterr()
    assert ingest_command.main(["annotations", str(out), "--json"]) == 1
    assert "not here" in json.loads(capsys.readouterr().out)["refused"][0]["reason"]
    with Store(embedded_server) as opened:
        opened.findings.remove(kept)
