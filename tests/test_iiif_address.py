"""IIIF by address: manifests, collections, viewer links, content states, single images; over a real socket."""

from __future__ import annotations

import base64
import io
import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from graph.errors import SourceError
from graph.types import Region
from ingest.__main__ import main
from ingest.collect import Candidate, collect
from ingest.files import FileStore
from ingest.iiif_address import behind
from ingest.iiif_choice import Missed, NoCollection, TooManyToAdd, expanded, opened, walk
from ingest.iiif_fetch import from_web
from ingest.iiif_pages import bring_part, source_of
from ingest.sources import read
from ingest.sources.base import Limits, ReadDocument
from settings import Settings
from tests.make_iiif import P2, Made, canvas2, canvas3, image3, manifest2, manifest3, notes3, said
from tests.web_server import Web, web


@pytest.fixture
def served() -> Iterator[Web]:
    with web() as running:
        yield running


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path, allow_private=True)


def put(served: Web, path: str, made: object, kind: str = "application/json") -> str:
    return served.put(path, json.dumps(made).encode(), kind)


def one(address: str, settings: Settings) -> Candidate:
    (found,) = collect([address], FileStore(settings.files), settings)
    return found


def content(candidate: Candidate, settings: Settings) -> ReadDocument:
    assert candidate.failure is None and candidate.sha256, candidate.failure
    path = FileStore(settings.files).original(candidate.sha256)
    return read(path, candidate.name, Limits.of(settings))


def state(made: object) -> str:
    """A content state as it stands in a link."""
    return base64.urlsafe_b64encode(json.dumps(made).encode()).decode().rstrip("=")


def test_manifests_of_both_versions_with_the_texts_that_stand_elsewhere(served: Web, settings: Settings) -> None:
    notes = put(served, "/list/1", {"@type": "sc:AnnotationList", "resources": [_note("Ole Worm schrieb dies.")]})
    lost = served.url("/list/2")
    made = manifest2(canvas2(1, otherContent=[{"@id": notes}]), canvas2(2, otherContent=[{"@id": lost}]))
    old = one(put(served, "/m/2?x=1", made), settings)
    assert old.uri == served.url("/m/2?x=1")
    pages = content(old, settings).pages
    assert "Ole Worm schrieb dies." in content(old, settings).text
    assert pages[1].failure is not None and lost in pages[1].failure.say("de")
    new = one(put(served, "/iiif/3", manifest3(canvas3(1, annotations=notes3(1, said("Korallen"))))), settings)
    assert "Korallen" in content(new, settings).text and content(new, settings).title == "Bilder aus der Kammer"
    accepted = {path: headers["accept"] for path, headers in served.asked}
    assert "presentation/3" in accepted["/iiif/3"] and "presentation" not in accepted["/m/2?x=1"]


def _note(text: str) -> Made:
    return {"@type": "oa:Annotation", "resource": {"@type": "cnt:ContentAsText", "chars": text}, "on": "x"}


@pytest.mark.parametrize(
    "link",
    [
        "https://viewer.example.org/uv.html?manifest={m}",
        "https://viewer.example.org/uv.html#?c=0&manifest={m}&cv=3",
        "https://viewer.example.org/drop?manifest={m}&canvas=https%3A%2F%2Fx.org%2Fc1",
        "https://viewer.example.org/?iiif-content={m}",
        "https://viewer.example.org/?iiif-content={id}",
        "https://viewer.example.org/?iiif-content={canvas}",
        "https://viewer.example.org/?iiif-content={annotation}",
    ],
)
def test_links_of_viewers_lead_to_their_manifest(link: str) -> None:
    manifest = "https://example.org/iiif/1/manifest.json"
    whole = {"id": "https://x.org/c1#xywh=1,2,3,4", "type": "Canvas", "partOf": [{"id": manifest, "type": "Manifest"}]}
    states = {
        "id": state({"id": manifest, "type": "Manifest"}),
        "canvas": state(whole),
        "annotation": state({"id": "https://x.org/a", "type": "Annotation", "target": [whole]}),
    }
    assert behind(link.format(m=manifest, **states)) == manifest


@pytest.mark.parametrize(
    "address",
    [
        "https://example.org/iiif/1/manifest.json",
        "https://example.org/search?manifest=latin&page=2",
        "https://example.org/?iiif-content=" + "A" * 50_000,
        "https://example.org/?iiif-content=" + state({"id": "file:///etc/passwd", "type": "Manifest"}),
        "https://example.org/?iiif-content=" + state([[[{"type": "Manifest", "id": 3}]]]),
    ],
)
def test_other_links_stay_what_they_are(address: str) -> None:
    assert behind(address) == address


def test_what_a_link_names_is_checked_like_what_people_type(served: Web, tmp_path: Path) -> None:
    manifest = put(served, "/m", manifest3(canvas3(1)))
    settings = Settings(home=tmp_path)
    for link in (f"https://v.example.org/?manifest={manifest}", f"https://v.example.org/?iiif-content={manifest}"):
        failure = one(link, settings).failure
        assert failure is not None and failure.code == "AddressPrivate"
    with pytest.raises(SourceError) as refused:
        opened(manifest, settings)
    assert refused.value.code == "AddressPrivate" and served.asked == []


def test_an_image_service_alone_is_one_page(served: Web, settings: Settings) -> None:
    info: dict[str, Any] = {
        "@context": "http://iiif.io/api/image/2/context.json",
        "@id": "https://inside.example.org/iiif/Kunstkammer%201",
        "protocol": "http://iiif.io/api/image",
        "width": 4000,
        "height": 3000,
        "profile": ["http://iiif.io/api/image/2/level2.json"],
    }
    found = one(put(served, "/iiif/Kunstkammer%201/info.json", info), settings)
    told = content(found, settings)
    assert (told.title, len(told.pages), told.pages[0].width) == ("Kunstkammer 1", 1, 4000)
    source = source_of(FileStore(settings.files), found.sha256 or "", 1)
    assert source.painting is not None and source.painting.service is not None and not source.restricted
    assert source.painting.service.id == served.url("/iiif/Kunstkammer%201")
    auth = {
        "@context": "http://iiif.io/api/auth/1/context.json",
        "@id": "https://x.org/login",
        "profile": "x/api/auth/1/login",
    }
    closed = content(one(put(served, "/iiif/2/info.json", info | {"service": [auth]}), settings), settings)
    assert closed.pages[0].failure is not None and closed.pages[0].failure.code == "CanvasRestricted"


def entries(first: int, last: int) -> list[Made]:
    label = {"de": ["Blatt"]}
    return [{"id": f"https://e.org/m/{n}", "type": "Manifest", "label": label} for n in range(first, last)]


def collection(served: Web) -> str:
    """A collection in three pages, with one collection inside that is named and one that is embedded."""
    put(
        served,
        "/in",
        {
            "type": "Collection",
            "label": "x",
            "items": [*entries(90, 92), {"id": served.url("/c"), "type": "Collection"}],
        },
    )
    within = {"type": "Collection", "label": {"de": ["Teil"]}, "items": entries(80, 82), "id": served.url("/none")}
    put(served, "/c2", {"type": "CollectionPage", "items": entries(3, 6), "next": served.url("/c3")})
    put(served, "/c3", {"type": "CollectionPage", "items": entries(5, 7), "next": served.url("/c2")})
    named = {"id": served.url("/in"), "type": "Collection", "label": "Inside"}
    lost = {"id": served.url("/gone"), "type": "Collection", "label": "Gone"}
    items = [*entries(0, 3), named, within, lost]
    made = {"@context": P2, "type": "Collection", "label": "Alles", "items": items, "next": served.url("/c2")}
    return put(served, "/c", made)


def test_a_collection_is_read_page_by_page_and_no_further_than_wanted(served: Web, settings: Settings) -> None:
    address = collection(served)
    listing = opened(address, settings).listing
    assert (listing.label, listing.total, listing.next_page) == ("Alles", 6, served.url("/c2"))
    assert len(served.asked) == 1
    missed: list[Missed] = []
    taken = [int(entry.id.rsplit("/", 1)[1]) for entry in walk(address, settings, missed)]
    assert taken == [0, 1, 2, 90, 91, 80, 81, 3, 4, 5, 6]
    assert [(each.address, each.why.code) for each in missed] == [(served.url("/gone"), "PageNotFound")]
    served.asked.clear()
    few = expanded([address, Path("x.pdf")], settings, 2, [])
    assert few == ["https://e.org/m/0", "https://e.org/m/1", Path("x.pdf")]
    assert {path for path, _ in served.asked} == {"/c"}


def test_what_is_no_collection_is_added_as_it_is(
    served: Web, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page, manifest = served.put("/p", b"<html><p>x"), put(served, "/m", manifest3(canvas3(1)))
    assert expanded([page, manifest], settings, None, []) == [page, manifest]
    with pytest.raises(NoCollection):
        opened(page, settings)
    monkeypatch.setattr("ingest.iiif_choice.MOST", 2)
    file = tmp_path / "c.json"
    file.write_text(json.dumps({"type": "Collection", "items": entries(0, 3)}))
    with pytest.raises(TooManyToAdd):
        expanded([file], settings, None, [])
    assert len(expanded([file], settings, 2, [])) == 2


def test_a_collection_given_as_a_document_says_what_to_type(served: Web, settings: Settings) -> None:
    address = collection(served)
    failure = one(f"https://v.example.org/?collection={address}", settings).failure
    assert failure is not None and failure.code == "CollectionGiven"
    for language in ("en", "de"):
        assert f"python -m ingest add {address} --all" in failure.say(language)


def test_the_command_lists(served: Web, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("WUNDERKAMMER_ALLOW_PRIVATE", "1")
    address = collection(served)
    assert main(["list", address, "--json", "--limit", "4", "--skip", "1"]) == 0
    data = json.loads(capsys.readouterr().out)
    assert (data["total"], data["next"], data["label"]) == (6, served.url("/c2"), "Alles")
    assert [e["type"] for e in data["entries"]] == ["Manifest", "Manifest", "Collection", "Collection"]
    assert main(["list", address]) == 0
    assert f"list {address} --all` lists" in capsys.readouterr().out
    assert main(["list", address, "--all"]) == 1
    shown = capsys.readouterr()
    assert "11 entries" in shown.out and "https://e.org/m/90" in shown.out and f"add {address} --all" in shown.out
    assert f"list {address} --all" not in shown.out and f"could not be opened: {served.url('/gone')}: " in shown.err
    assert main(["list", address, "--all", "--json"]) == 1
    assert [each["address"] for each in json.loads(capsys.readouterr().out)["missed"]] == [served.url("/gone")]
    flat = put(served, "/flat", {"type": "Collection", "label": "Eins", "items": entries(0, 1)})
    assert main(["list", flat]) == 0
    told = capsys.readouterr().out
    assert "Eins: 1 entry\n" in told and f"list {flat} --all" not in told and f"add {flat} --all" in told
    assert main(["list", put(served, "/m", manifest3(canvas3(1)))]) == 0
    told = capsys.readouterr().out
    assert f"add {served.url('/m')}` adds it" in told and "--all" not in told and ", 1 page\n" in told
    assert main(["list", served.url("/nothing")]) == 2
    assert "404" in capsys.readouterr().err


def test_thousands_of_entries_are_listed_at_once(served: Web, settings: Settings) -> None:
    address = put(served, "/big", {"type": "Collection", "label": "x", "items": entries(0, 9000)})
    begin = time.monotonic()
    assert opened(address, settings).listing.total == 9000
    assert time.monotonic() - begin < 3


def test_a_canvas_is_what_it_says_in_a_file_too(tmp_path: Path, settings: Settings) -> None:
    file = tmp_path / "info.json"
    file.write_text(json.dumps({"id": "https://x.org/i/1", "type": "ImageService3", "width": 30, "height": 20}))
    told = read(file, "info.json", Limits.of(settings))
    assert [(page.width, page.height) for page in told.pages] == [(30, 20)]
    assert image3()["type"] == "Image"


def served_image(served: Web, path: str, width: int, height: int) -> None:
    """An image service of level 2 that gives one region in one size."""
    info = {"@context": "http://iiif.io/api/image/3/context.json", "id": served.url(path), "type": "ImageService3"}
    put(served, f"{path}/info.json", info | {"profile": "level2", "width": width, "height": height})


def test_the_part_that_evidence_shows_is_cut_by_the_server_and_kept(served: Web, settings: Settings) -> None:
    served_image(served, "/img/1", 1000, 2000)
    out = io.BytesIO()
    Image.new("RGB", (300, 100), "navy").save(out, "PNG")
    served.put("/img/1/100,200,300,100/max/0/default.jpg", out.getvalue(), "image/png")
    service = {"id": served.url("/img/1"), "type": "ImageService3", "profile": "level2"}
    made = manifest3(canvas3(1, body=image3(served.url("/img/1/full/max/0/default.jpg"), service)))
    found = one(put(served, "/m", made), settings)
    files, sha256, part = FileStore(settings.files), found.sha256 or "", Region(100, 200, 300, 100)
    served.asked.clear()
    for _ in range(2):
        kept = bring_part(files, sha256, 1, part, from_web(settings), 80)
    assert [path for path, _ in served.asked] == ["/img/1/info.json", "/img/1/100,200,300,100/max/0/default.jpg"]
    with Image.open(kept) as image:
        assert image.size == (300, 100)
    closed = Settings(home=settings.home)
    with pytest.raises(SourceError) as refused:
        bring_part(files, sha256, 1, Region(0, 0, 5, 5), from_web(closed), 80)
    assert refused.value.code == "AddressPrivate" and not files.page_image_path(sha256, 1).exists()
