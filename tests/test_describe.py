"""Describing a picture: the form, what reaches the model, what comes back, and the command."""

from __future__ import annotations

import base64
import io
import json
import time
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from ingest import picture_claims
from ingest.errors import NoSuchPage
from ingest.for_model import TAKES, Takes, for_model
from ingest.sources.base import Limits
from llm.__main__ import main
from llm.catalog import find_model, open_chat
from llm.describe import Description, describe
from llm.errors import CutOff, NotUnderstood
from llm.forms import Field, FieldKind, FormUnusable, Schema, form_schema, problems, read_schema, strict
from llm.presets import PRESETS
from llm.seeing import json_in
from settings import Settings
from tests.fake_openai import FakeOpenAI, Status, Words, structured

GOBLET = {"Title": "Nautilus goblet", "Maker": "Nikolaus Schmidt", "Materials": ["shell", "silver"], "Date": "1594"}
FORM = (
    Field("Title", required=True),
    Field("Maker", description="who made it"),
    Field("Materials", FieldKind.TEXTS),
    Field("Date"),
    Field("Height", FieldKind.NUMBER),
    Field("Signed", FieldKind.YES_NO),
    Field("State", FieldKind.CHOICE, choices=("whole", "broken")),
)


def png(size: tuple[int, int] = (60, 40), **options: Any) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, "#a07040").save(out, "PNG", **options)
    return out.getvalue()


def asked(server: FakeOpenAI, schema: Schema | None, image: bytes = b"", language: str = "en") -> Description:
    settings = Settings(home=Path("nowhere"), openai_api_key="key", openai_base_url=server.url)
    spec = find_model("gpt-4o-mini")
    return describe(open_chat(spec, settings), image or png(), "image/png", schema, language, spec)


def test_a_form_becomes_a_schema_and_its_strict_form_asks_for_every_field() -> None:
    schema = form_schema(FORM)
    assert schema["required"] == ["Title"]
    assert problems({"Title": "a", "Height": 3.5, "State": "whole"}, schema) == []
    assert problems({"Title": "a", "State": "lost"}, schema) == ["State: 'lost' is not one of ['whole', 'broken']"]
    sent = strict(schema)
    assert sent["required"] == [field.name for field in FORM] and sent["additionalProperties"] is False
    assert sent["properties"]["Title"] == {"type": "string"}
    assert sent["properties"]["Height"] == {"type": ["number", "null"]}
    assert sent["properties"]["State"]["enum"] == ["whole", "broken", None]
    assert schema["properties"]["Height"] == {"type": "number"}, "the schema of the form stays as it is"


def test_strict_reaches_into_what_is_nested() -> None:
    inner = {"type": "object", "properties": {"name": {"type": "string", "default": "x"}, "of": {"$ref": "#/$defs/p"}}}
    sent = strict(
        {"type": "object", "properties": {"people": {"type": "array", "items": inner}}, "$defs": {"p": inner}}
    )
    for each in (sent["properties"]["people"]["items"], sent["$defs"]["p"]):
        assert each["required"] == ["name", "of"] and each["additionalProperties"] is False
        assert each["properties"]["name"] == {"type": ["string", "null"]}
        assert each["properties"]["of"] == {"anyOf": [{"$ref": "#/$defs/p"}, {"type": "null"}]}


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ((), "no fields"),
        ((Field("a"), Field("A")), "two fields are called “A”"),
        ((Field("  "),), "no name for a field"),
        ((Field("x{}"),), "no name for a field"),
        ((Field("state", FieldKind.CHOICE, choices=("one",)),), "two answers or more"),
        (tuple(Field(f"f{n}") for n in range(61)), "at most 60"),
    ],
)
def test_a_form_that_cannot_be_used_says_why(fields: tuple[Field, ...], said: str) -> None:
    with pytest.raises(FormUnusable, match=said) as caught:
        form_schema(fields)
    assert caught.value.text("de") != caught.value.text("en")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "not JSON"),
        ("[1]", '"type": "object"'),
        ('{"type": "object", "properties": {}}', "no fields"),
        ('{"type": "object", "properties": {"a": {"type": "words"}}}', "not valid"),
        (
            '{"type": "object", "properties": {"a": {"$ref": "http://127.0.0.1/s.json"}}}',
            "Other files are not followed",
        ),
        ('{"a":' * 5000, "not JSON"),
        (" " * 60_001, "more than 60,000"),
    ],
)
def test_a_schema_that_cannot_be_used_says_why(text: str, said: str) -> None:
    with pytest.raises(FormUnusable, match=said):
        read_schema(text)


@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize("preset", PRESETS, ids=lambda each: each.id)
def test_ready_forms_are_good_forms_and_say_what_they_claim(preset: Any, language: str) -> None:
    fields = preset.fields(language)
    assert strict(form_schema(fields))["properties"]
    meant = [field.name for field in fields if field.name.casefold() in picture_claims.MEANINGS]
    assert len(meant) >= 2, "at least two fields become claims"


def test_the_picture_and_the_strict_form_reach_the_model() -> None:
    image = png()
    with FakeOpenAI() as server:
        server.replies(structured(GOBLET | {"Height": None, "Signed": None, "State": None}))
        found = asked(server, form_schema(FORM), image, "de")
        body = server.requests[0].body
    assert found.data == GOBLET and not found.problems
    assert found.prompt.startswith("describe-") and found.model == "gpt-4o-mini"
    assert (found.usage.tokens_in, found.usage.tokens_out) == (100, 20)
    assert found.usage.cost == pytest.approx(100 * 0.15e-6 + 20 * 0.6e-6)
    sent = body["messages"][1]["content"][1]["image_url"]["url"]
    assert base64.b64decode(sent.removeprefix("data:image/png;base64,")) == image, "byte for byte"
    assert body["response_format"]["json_schema"]["strict"] is True
    assert body["response_format"]["json_schema"]["schema"]["required"] == [field.name for field in FORM]
    assert "Write in German" in body["messages"][0]["content"] and "who made it" in body["messages"][0]["content"]


def test_a_server_that_takes_no_schema_is_asked_in_words_and_checked_all_the_same() -> None:
    with FakeOpenAI() as server:
        server.replies(
            Status(400, "response_format is not supported"),
            Words('Here it is:\n```json\n{"Title": "Cup", "Height": "12", "Materials": "tin", "Note": "x"}\n```'),
        )
        found = asked(server, form_schema(FORM))
        assert [each.wants_schema for each in server.requests] == [True, False]
        assert found.data == {"Title": "Cup", "Height": 12, "Materials": ["tin"]}
        told = " ".join(each.en for each in found.problems)
        assert "asked in words" in told and "Left out: Note" in told and "another way: Height" in told
        server.replies(Status(400, "schema not supported"), Words('{"Title": 3, "State": "lost"}'))
        with pytest.raises(NotUnderstood, match="'lost' is not one of"):
            asked(server, form_schema(FORM))


def test_any_other_refusal_is_not_asked_again() -> None:
    with FakeOpenAI() as server:
        server.replies(Status(400, "the picture is too small"))
        with pytest.raises(Exception, match="the picture is too small"):
            asked(server, form_schema(FORM))
        assert len(server.requests) == 1


def test_without_a_form_the_model_chooses_the_fields() -> None:
    with FakeOpenAI() as server:
        server.replies(Words('{"Gegenstand": "Pokal", "Teile": [{"Name": "Fuß"}]}'), Words('[{"a": 1}]'))
        assert asked(server, None).data == {"Gegenstand": "Pokal", "Teile": [{"Name": "Fuß"}]}
        assert asked(server, None).data == {"items": [{"a": 1}]}
        assert not any(each.wants_schema for each in server.requests)


@pytest.mark.parametrize("text", ["I see a goblet.", "", "{}", '{"Title": NaN}', '{"Title": "cut', "[" * 3000])
@pytest.mark.parametrize("form", [FORM, None], ids=["form", "free"])
def test_what_is_no_json_object_is_not_understood(text: str, form: tuple[Field, ...] | None) -> None:
    with FakeOpenAI() as server:
        server.default = Words(text)
        with pytest.raises(NotUnderstood):
            asked(server, form_schema(form) if form else None)


@pytest.mark.parametrize("form", [FORM, None], ids=["form", "free"])
def test_an_answer_that_is_cut_off_is_never_taken_for_whole(form: tuple[Field, ...] | None) -> None:
    with FakeOpenAI() as server:
        server.default = structured(GOBLET, finish="length")
        with pytest.raises(CutOff):
            asked(server, form_schema(form) if form else None)


def shown(tmp_path: Path, data: bytes, family: str = "openai", name: str = "picture", page: int = 1) -> Any:
    path = tmp_path / name
    path.write_bytes(data)
    return for_model(path, name, family, Limits(), page)


@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
@pytest.mark.parametrize("mode", ["RGB", "L"])
def test_a_plain_picture_goes_through_byte_for_byte(tmp_path: Path, kind: str, mode: str) -> None:
    out = io.BytesIO()
    Image.new(mode, (33, 21), 120 if mode == "L" else "#336699").save(out, kind)
    found = shown(tmp_path, out.getvalue(), "gemma")
    assert found.data == out.getvalue() and found.mime_type == f"image/{kind.lower()}"
    assert (found.width, found.height, found.changes) == (33, 21, ())


def test_what_models_do_not_read_is_converted_and_told(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    out = io.BytesIO()
    Image.new("RGB", (40, 20), "red").save(out, "JPEG", exif=exif)
    turned = shown(tmp_path, out.getvalue())
    assert (turned.width, turned.height) == (20, 40)
    assert Image.open(io.BytesIO(turned.data)).getexif().get(0x0112) is None
    assert "upright" in turned.changes[0].en and "Aufrecht" in turned.changes[0].de
    for kind in ("TIFF", "GIF", "BMP", "WEBP"):
        out = io.BytesIO()
        Image.new("RGB", (40, 20), "red").save(out, kind)
        converted = shown(tmp_path, out.getvalue())
        assert converted.mime_type == "image/png" and kind in converted.changes[0].en
        assert Image.open(io.BytesIO(converted.data)).size == (40, 20)


def test_only_what_is_larger_than_a_provider_takes_is_made_smaller(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(TAKES, "mistral", Takes(bytes=20_000, side=5000))
    noise = Image.effect_noise((400, 300), 90)
    out = io.BytesIO()
    noise.save(out, "PNG")
    assert len(out.getvalue()) > 20_000
    small = shown(tmp_path, out.getvalue(), "mistral")
    assert small.mime_type == "image/jpeg"
    assert shown(tmp_path, out.getvalue(), "molmo").data == out.getvalue()
    wide = shown(tmp_path, png((6000, 50)), "mistral")
    assert (wide.width, wide.height) == (4096, 34)
    assert "6000 × 50" in wide.changes[0].en
    assert shown(tmp_path, png((6000, 50)), "gemma").changes == ()


def test_pages_of_a_pdf_are_drawn(tmp_path: Path) -> None:
    plates = (Path(__file__).parents[1] / "sample" / "a-cabinet-in-plates.pdf").read_bytes()
    found = shown(tmp_path, plates, name="plates.pdf", page=2)
    assert found.page == 2 and found.pages > 2 and found.width > 500
    assert "drawn from the PDF" in found.changes[0].en
    with pytest.raises(NoSuchPage):
        shown(tmp_path, plates, name="plates.pdf", page=999)


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, dict[str, Any]]:
    code = main(["describe", *arguments, "--json"])
    return code, json.loads(capsys.readouterr().out)


def test_the_command_describes_by_a_schema_and_freely(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "goblet.png").write_bytes(png())
    (tmp_path / "form.json").write_text(json.dumps(form_schema(FORM)), encoding="utf-8")
    with FakeOpenAI() as server:
        monkeypatch.setenv("OPENAI_API_KEY", "sk-planted-key")
        monkeypatch.setenv("OPENAI_BASE_URL", server.url)
        server.replies(structured(GOBLET), structured({"what": "a cup"}))
        code, told = run(capsys, str(tmp_path / "goblet.png"), "--schema", str(tmp_path / "form.json"))
        assert code == 0 and told["data"] == GOBLET
        assert told["tokens"] == {"in": 100, "out": 20, "estimated": False} and told["cost"] is None
        code, told = run(capsys, str(tmp_path / "goblet.png"))
        assert code == 0 and told["data"] == {"what": "a cup"}
        assert main(["describe", str(tmp_path / "goblet.png")]) == 0
        assert "ok [1]" not in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "code", "name"),
    [
        (["missing.png"], 2, "FileMissing"),
        (["note.txt"], 2, "PictureDamaged"),
        (["empty.png"], 2, "EmptyFile"),
        (["goblet.png", "--schema", "nothing.json"], 2, "FileMissing"),
        (["goblet.png", "--schema", "note.txt"], 2, "FormUnusable"),
        (["goblet.png", "--schema", "goblet.png"], 2, "NotText"),
        (["goblet.png", "--page", "2"], 2, "NoSuchPage"),
        (["goblet.png", "--model", "llama-3.2-3b"], 2, "SeesNothing"),
        (["goblet.png", "--model", "nothing"], 2, "UnknownModel"),
        (["goblet.png"], 3, "NoKey"),
    ],
)
def test_the_command_says_what_is_wrong(
    arguments: list[str],
    code: int,
    name: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("goblet.png").write_bytes(png())
    Path("note.txt").write_text("A goblet.", encoding="utf-8")
    Path("empty.png").touch()
    found, told = run(capsys, *arguments)
    assert (found, told["error"]["code"]) == (code, name)


def test_a_model_that_opens_brackets_for_ever_is_read_in_no_time() -> None:
    began = time.process_time()
    assert json_in("[" * 100_000) is None and json_in("{" * 100_000) is None
    assert time.process_time() - began < 10, "each bracket was read to the end: that takes an hour"
    assert json_in("As [1] says: nothing") == [1] and json_in('```json\n{"a": [1]}\n```') == {"a": [1]}
