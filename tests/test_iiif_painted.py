"""What is painted on canvases: several images, images behind a login, what is no picture."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingest.iiif_manifest import canvases
from tests.make_iiif import Made, canvas2, canvas3, codes, content_of, image3, manifest2, manifest3

IMAGES = [image3("https://i.example/1.jpg"), image3("https://i.example/2.jpg")]


@pytest.mark.parametrize(
    "body",
    [
        {"type": "Choice", "items": IMAGES},
        {"@type": "oa:Choice", "default": IMAGES[0], "item": [IMAGES[1], "rdf:nil"]},
        IMAGES,
        [{"type": "SpecificResource", "source": IMAGES[0]}, {"@type": "oa:SpecificResource", "full": IMAGES[1]}],
    ],
)
def test_the_first_of_several_images_is_taken_and_said(tmp_path: Path, body: object) -> None:
    (canvas,) = canvases(manifest3(canvas3(1, body=body)), [canvas3(1, body=body)])
    assert canvas.painting is not None and canvas.painting.url == "https://i.example/1.jpg"
    content = content_of(tmp_path, manifest3(canvas3(1, body=body)))
    assert codes(content) == [("waiting", "CanvasOfSeveral")]
    assert content.pages[0].failure is not None
    assert "2 images, of which the first is shown" in content.pages[0].failure.text


LOGINS: list[Made] = [
    {"@id": "https://a.example/login", "profile": "http://iiif.io/api/auth/0/login"},
    {"@context": "http://iiif.io/api/auth/1/context.json", "@id": "https://a.example", "profile": "clickthrough"},
    {"@type": "AuthCookieService1", "@id": "https://a.example", "profile": "http://iiif.io/api/auth/1/external"},
    {"id": "https://a.example/probe", "type": "AuthProbeService2"},
]


@pytest.mark.parametrize("login", LOGINS, ids=["0", "1", "1 by type", "2"])
@pytest.mark.parametrize("as_list", [True, False])
def test_images_behind_a_login_are_said_to_be(tmp_path: Path, login: Made, as_list: bool) -> None:
    service = {"id": "https://i.example/1", "type": "ImageService3", "profile": "level2"}
    service["service"] = [login] if as_list else login  # type: ignore[assignment]
    content = content_of(tmp_path, manifest3(canvas3(1, body=image3(service=[service])), canvas3(2)))
    assert codes(content) == [("failed", "CanvasRestricted"), ("waiting", "CanvasWithoutText")]
    assert content.pages[0].failure is not None and "Anmeldung" in content.pages[0].failure.say("de")


def test_a_login_at_the_head_of_the_manifest_that_images_name(tmp_path: Path) -> None:
    made = canvas2(1)
    made["images"][0]["resource"]["service"]["service"] = ["https://a.example/login"]
    head = {"@id": "https://a.example/login", "profile": "http://iiif.io/api/auth/1/login"}
    assert codes(content_of(tmp_path, manifest2(made, canvas2(2), service=[head])))[0] == ("failed", "CanvasRestricted")


def test_recordings_are_no_pictures_and_a_blank_canvas_is_empty(tmp_path: Path) -> None:
    sound = {"id": "https://i.example/1.mp3", "type": "Sound", "format": "audio/mpeg"}
    content = content_of(tmp_path, manifest3(canvas3(1, body=sound), canvas3(2, items=[])))
    assert codes(content) == [("skipped", "CanvasWithoutPicture"), ("empty", None)]
