"""The image service over a real socket: parts and sizes, what is refused and how, who may ask at all."""

from __future__ import annotations

import asyncio
import io
import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from PIL import Image
from reportlab.pdfgen.canvas import Canvas

from ingest.files import FileStore
from ingest.iiif_json import IIIF
from ingest.zoom import PageOf
from pages.parts import image_address
from pages.parts.image_address import name_of
from pages.parts.image_server import ImageServer
from settings import Settings
from tests.make_iiif import canvas3, image3, manifest3, write
from tests.served import served as serving
from tests.web_server import Web, web

QUARTERS = {(0, 0): "red", (1, 0): "green", (0, 1): "blue", (1, 1): "yellow"}


@dataclass(frozen=True, slots=True)
class Served:
    """A running service and what it serves from."""

    url: str
    settings: Settings

    @property
    def files(self) -> FileStore:
        return FileStore(self.settings.files)

    def put(self, content: bytes, media_type: str, name: str = "a") -> PageOf:
        return PageOf(self.files.put(io.BytesIO(content), name).sha256, media_type, 1)

    def ask(self, page: PageOf, rest: str, **headers: str) -> httpx.Response:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return httpx.get(f"{self.url}/iiif/3/{name_of(page)}/{rest}", headers=named, timeout=60)


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    settings = Settings(home=tmp_path / "home", allow_private=True)
    with serving(ImageServer(lambda: settings).routes()) as address:
        yield Served(address, settings)


def quarters(width: int, height: int, format_: str = "PNG", **options: Any) -> bytes:
    """A picture whose quarters are red, green, blue and yellow."""
    image = Image.new("RGB", (width, height))
    for (x, y), name in QUARTERS.items():
        image.paste(Image.new("RGB", (width // 2, height // 2), name), (x * width // 2, y * height // 2))
    out = io.BytesIO()
    image.save(out, format_, **options)
    return out.getvalue()


def opened(answer: httpx.Response) -> Image.Image:
    assert answer.status_code == 200, answer.text
    return Image.open(io.BytesIO(answer.content)).convert("RGB")


def near(image: Image.Image, x: float, y: float, wanted: tuple[int, int, int]) -> bool:
    pixel = image.getpixel((int(image.width * x), int(image.height * y)))
    assert isinstance(pixel, tuple)
    return all(abs(a - b) < 12 for a, b in zip(pixel, wanted, strict=True))


RED, GREEN, BLUE, YELLOW = (255, 0, 0), (0, 128, 0), (0, 0, 255), (255, 255, 0)


@pytest.mark.parametrize(
    ("rest", "size", "middle"),
    [
        ("full/max/0/default.jpg", (800, 400), None),
        ("full/200,/0/default.png", (200, 100), None),
        ("full/,100/0/default.webp", (200, 100), None),
        ("0,0,400,200/100,50/0/default.png", (100, 50), RED),
        ("400,0,400,200/max/0/default.jpg", (400, 200), GREEN),
        ("500,250,9999,9999/max/0/default.png", (300, 150), YELLOW),
        ("pct:0,50,50,50/pct:50/0/default.png", (200, 100), BLUE),
        ("full/!100,100/0/default.png", (100, 50), None),
        ("square/40,/0.0/color.jpg", (40, 40), None),
        ("799,399,1,1/max/0/default.png", (1, 1), YELLOW),
    ],
)
def test_parts_and_sizes(served: Served, rest: str, size: tuple[int, int], middle: tuple[int, int, int] | None) -> None:
    page = served.put(quarters(800, 400), "image/*")
    answer = served.ask(page, rest)
    image = opened(answer)
    assert image.size == size
    assert answer.headers["content-type"] == f"image/{rest.rpartition('.')[2].replace('jpg', 'jpeg')}"
    assert middle is None or near(image, 0.5, 0.5, middle)


@pytest.mark.parametrize(
    ("rest", "status"),
    [
        ("0,0,0,10/max/0/default.jpg", 400),
        ("800,0,10,10/max/0/default.jpg", 400),
        ("-1,0,10,10/max/0/default.jpg", 400),
        ("1e3,0,10,10/max/0/default.jpg", 400),
        ("1,2,3/max/0/default.jpg", 400),
        ("99999999999999999999,0,1,1/max/0/default.jpg", 400),
        ("pct:nan,0,10,10/max/0/default.jpg", 400),
        ("full/0,/0/default.jpg", 400),
        ("full/,/0/default.jpg", 400),
        ("full/full/0/default.jpg", 400),
        ("full/!100,/0/default.jpg", 400),
        ("full/801,/0/default.jpg", 400),
        ("full/99999,99999/0/default.jpg", 400),
        ("full/pct:0/0/default.jpg", 400),
        ("full/pct:101/0/default.jpg", 400),
        ("full/max/361/default.jpg", 400),
        ("full/max/left/default.jpg", 400),
        ("full/max/0/sepia.jpg", 400),
        ("full/max/0/default.exe", 400),
        ("full/max/0/default", 400),
        ("full/max/0/<script>.jpg", 400),
        ("full/^max/0/default.jpg", 501),
        ("full/max/90/default.jpg", 501),
        ("full/max/!0/default.jpg", 501),
        ("full/max/0/gray.jpg", 501),
        ("full/max/0/default.tif", 501),
        ("full/max/0/default.jpg/more", 404),
        ("full/max/0", 404),
    ],
)
def test_what_is_wrong_is_refused_with_its_reason(served: Served, rest: str, status: int) -> None:
    page = served.put(quarters(800, 400), "image/*")
    answer = served.ask(page, rest)
    assert answer.status_code == status
    assert answer.headers["content-type"].startswith("text/plain")
    assert len(answer.text) > 20 and "script" not in answer.text
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    "path",
    [
        "/iiif/3/../../../etc/passwd/full/max/0/default.jpg",
        "/iiif/3/..%2F..%2F..%2Fetc%2Fpasswd/full/max/0/default.jpg",
        "/iiif/3/%2e%2e/info.json",
        "/iiif/3/" + "a" * 64 + ".1.pdf." + "0" * 32 + "/info.json",
        "/iiif/3/" + "a" * 64 + "/info.json",
        "/iiif/4/x/info.json",
        "/iiif/",
        "/iiif/3/" + "x" * 20_000 + "/info.json",
    ],
)
def test_no_path_and_no_guess_leads_to_a_file(served: Served, path: str) -> None:
    served.put(quarters(80, 40), "image/*")
    host, port = served.url.removeprefix("http://").split(":")

    async def raw() -> bytes:
        reader, writer = await asyncio.open_connection(host, int(port))
        # By hand: a client would tidy the dots away.
        writer.write(f"GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode())
        answer = await reader.read()
        writer.close()
        return answer

    answer = asyncio.run(raw())
    assert answer.split(b" ", 2)[1] == b"404"
    assert b"root:" not in answer


def test_the_name_of_an_image_is_signed_and_of_this_process_alone(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = served.put(quarters(80, 40), "image/*")
    name = name_of(page)
    changed = [name[:-1] + ("0" if name[-1] != "0" else "1"), name.replace(".1.picture", ".2.picture"), name.upper()]
    for each in changed:
        assert httpx.get(f"{served.url}/iiif/3/{each}/info.json").status_code == 404
    assert served.ask(page, "info.json").status_code == 200
    monkeypatch.setattr(image_address, "_KEY", b"another process")
    assert httpx.get(f"{served.url}/iiif/3/{name}/info.json").status_code == 404


def test_other_websites_get_nothing(served: Served) -> None:
    page = served.put(quarters(80, 40), "image/*")
    for site, status in (("cross-site", 403), ("same-site", 403), ("same-origin", 200), ("none", 200)):
        answer = served.ask(page, "full/max/0/default.jpg", sec_fetch_site=site, origin="https://evil.example")
        assert answer.status_code == status
        assert "access-control-allow-origin" not in answer.headers
        assert answer.headers["cross-origin-resource-policy"] == "same-origin"
        assert answer.headers["x-content-type-options"] == "nosniff"
    assert httpx.post(f"{served.url}/iiif/3/{name_of(page)}/info.json").status_code == 405


def test_what_it_says_of_an_image(served: Served) -> None:
    page = served.put(quarters(3000, 1600), "image/*")
    answer = served.ask(page, "info.json")
    told = answer.json()
    assert answer.headers["content-type"].startswith("application/ld+json")
    assert (told["type"], told["profile"], told["width"], told["height"]) == ("ImageService3", "level1", 3000, 1600)
    assert told["id"] == f"{served.url}/iiif/3/{name_of(page)}"
    assert told["tiles"] == [{"width": 1024, "height": 1024, "scaleFactors": [1, 2, 4]}]
    old = httpx.get(f"{served.url}/iiif/2/{name_of(page)}/info.json").json()
    assert old["@context"].endswith("/2/context.json") and old["@id"].endswith(name_of(page))
    assert httpx.get(f"{served.url}/iiif/2/{name_of(page)}/full/full/0/default.jpg").status_code == 200
    moved = httpx.get(f"{served.url}/iiif/3/{name_of(page)}")
    assert moved.status_code == 303 and moved.headers["location"] == f"{name_of(page)}/info.json"
    assert httpx.get(f"{served.url}/iiif/3/{name_of(page)}", follow_redirects=True).json() == told


def test_browsers_may_keep_images_and_ask_whether_they_changed(served: Served) -> None:
    page = served.put(quarters(80, 40), "image/*")
    first = served.ask(page, "full/max/0/default.jpg")
    assert first.headers["cache-control"] == "private, max-age=86400"
    again = served.ask(page, "full/max/0/default.jpg", if_none_match=first.headers["etag"])
    assert (again.status_code, again.content) == (304, b"")
    assert served.ask(page, "full/40,/0/default.jpg").headers["etag"] != first.headers["etag"]


def test_a_large_picture_is_not_given_larger_than_is_allowed(served: Served) -> None:
    page = served.put(quarters(9000, 3000, "JPEG", quality=60), "image/*")
    assert opened(served.ask(page, "full/max/0/default.jpg")).size == (4096, 1365)
    assert served.ask(page, "full/4097,/0/default.jpg").status_code == 400
    tile = opened(served.ask(page, "8192,2048,808,952/max/0/default.png"))
    assert tile.size == (808, 952) and near(tile, 0.5, 0.5, YELLOW)


def test_a_page_of_a_pdf_is_drawn_finer_when_it_is_zoomed_into(served: Served) -> None:
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=(300, 400))
    canvas.setFillColorRGB(1, 0, 0)
    canvas.rect(0, 0, 1, 400, stroke=0, fill=1)
    canvas.showPage()
    canvas.save()
    page = served.put(out.getvalue(), "application/pdf")
    told = served.ask(page, "info.json").json()
    assert (told["width"], told["height"]) == (1800, 2400)
    edge = opened(served.ask(page, "0,0,12,12/max/0/default.png"))
    assert near(edge, 0.2, 0.5, RED) and near(edge, 0.8, 0.5, (255, 255, 255)), "one point is six pixels wide"
    assert served.ask(replace(page, page=2), "info.json").status_code == 404


def test_what_cannot_be_shown_says_why(served: Served) -> None:
    broken = served.put(quarters(800, 400)[:900], "image/*")
    answer = served.ask(broken, "full/max/0/default.jpg")
    assert answer.status_code == 404 and "damaged" in answer.text
    page = served.put(quarters(80, 40), "image/*")
    assert served.ask(page, "full/max/0/default.jpg").status_code == 200
    served.files.remove(page.sha256)
    assert served.ask(page, "full/max/0/default.jpg").status_code == 404, "what is removed is not remembered"
    text = PageOf(served.put(b"words", "image/*").sha256, "image/*", 1)
    assert served.ask(text, "info.json").status_code == 404


def test_many_at_once_are_all_answered(served: Served) -> None:
    page = served.put(quarters(2000, 1000), "image/*")

    async def all_of_them() -> list[int]:
        async with httpx.AsyncClient(timeout=60) as client:
            base = f"{served.url}/iiif/3/{name_of(page)}"
            asked = [client.get(f"{base}/{x},0,100,100/max/0/default.jpg") for x in range(0, 1900, 50)]
            return [answer.status_code for answer in await asyncio.gather(*asked)]

    assert set(asyncio.run(all_of_them())) == {200}


@pytest.fixture
def museum() -> Iterator[Web]:
    with web() as running:
        yield running


def test_details_come_from_the_institution_and_our_copy_stands_in(served: Served, museum: Web, tmp_path: Path) -> None:
    service = {"id": museum.url("/image"), "type": "ImageService3", "profile": "level1", "width": 8000, "height": 4000}
    about = {"@context": "http://iiif.io/api/image/3/context.json", "protocol": "http://iiif.io/api/image", **service}
    museum.put("/image/info.json", json.dumps(about).encode(), "application/json")
    museum.put("/image/4000,2000,1000,1000/max/0/default.jpg", quarters(1000, 1000, "JPEG"), "image/jpeg")
    body = image3(museum.url("/whole.jpg")) | {"width": 8000, "height": 4000, "service": [service]}
    made = write(tmp_path / "m.json", manifest3(canvas3(1, body=body, width=2000, height=1000)))
    page = served.put(made.read_bytes(), IIIF, "m.json")
    assert served.ask(page, "info.json").status_code == 404, "nobody has opened the page yet"
    served.files.write(served.files.page_image_path(page.sha256, 1), quarters(1000, 500, "JPEG"))
    told = served.ask(page, "info.json").json()
    assert (told["width"], told["height"]) == (8000, 4000)
    assert opened(served.ask(page, "full/500,/0/default.jpg")).size == (500, 250)
    assert not museum.asked, "our copy is enough for that"
    detail = served.ask(page, "4000,2000,1000,1000/max/0/default.png")
    assert near(opened(detail), 0.25, 0.25, RED), "a part that is yellow in our copy"
    assert "private" in detail.headers["cache-control"]
    known = len(museum.asked)
    assert near(opened(served.ask(page, "4000,2000,1000,1000/max/0/default.png")), 0.25, 0.25, RED)
    assert len(museum.asked) == known, "asked for once"
    missing = served.ask(page, "0,0,1000,1000/max/0/default.png")
    assert near(opened(missing), 0.5, 0.5, RED) and missing.headers["cache-control"] == "no-store"
    known = len(museum.asked)
    served.ask(page, "1000,0,1000,1000/max/0/default.png")
    assert len(museum.asked) == known, "a server that failed is left in peace"
