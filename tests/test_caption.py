"""What models say of pictures: their measures of place, their ways to answer, what is made of what has no sense."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from graph.types import Region
from ingest.look import Look
from ingest.looked import in_passages
from ingest.part import Shown, halves
from llm.caption import caption_schema, read_caption
from llm.catalog import find_model
from llm.errors import NotUnderstood
from llm.forms import problems, strict
from llm.places import Measure, box_in, measure_of, points_in
from llm.prompts import prompt
from llm.spec import ModelSpec
from llm.transcribe import read_blocks, transcribe_schema

GPT = find_model("gpt-4o-mini")
QWEN_2_5 = find_model("server:Qwen/Qwen2.5-VL-7B-Instruct")
MOLMO = find_model("molmo2-4b")
SIDES = ("left", "top", "right", "bottom")


def sides(*numbers: float) -> dict[str, float]:
    return dict(zip(SIDES, numbers, strict=True))


@pytest.mark.parametrize(
    ("spec", "said", "box"),
    [
        (GPT, sides(100, 200, 300, 400), (0.1, 0.2, 0.3, 0.4)),
        (GPT, [100, 200, 300, 400], (0.1, 0.2, 0.3, 0.4)),
        (GPT, sides(0.1, 0.2, 0.3, 0.4), (0.1, 0.2, 0.3, 0.4)),
        (GPT, sides(200, 100, 1500, 400), (0.1, 0.1, 0.75, 0.4)),
        (GPT, sides(300, 400, 100, 200), (0.1, 0.2, 0.3, 0.4)),
        (GPT, sides(-50, 0, 500, 1000), (0.0, 0.0, 0.5, 1.0)),
        (QWEN_2_5, sides(200, 100, 1000, 500), (0.1, 0.1, 0.5, 0.5)),
        (MOLMO, {"x": 500, "y": 250}, (0.44, 0.19, 0.56, 0.31)),
        (MOLMO, '<point x="50" y="25" alt="tusk">tusk</point>', (0.44, 0.19, 0.56, 0.31)),
        (MOLMO, '<points coords="1 1 0500 0250">tusk</points>', (0.44, 0.19, 0.56, 0.31)),
        (GPT, sides(100, 100, 100, 100), None),
        (GPT, None, None),
        (GPT, {"left": 1}, None),
        (GPT, sides(float("inf"), 0, 1, 1), None),
        (GPT, [True, 0, 5, 5], None),
        (GPT, "somewhere at the left", None),
    ],
)
def test_places_are_read_in_the_measure_of_each_model(spec: ModelSpec, said: Any, box: Any) -> None:
    found = box_in(said, measure_of(spec, 2000, 1000))
    assert found == (None if box is None else pytest.approx(box))


def test_each_model_is_asked_in_its_own_measure() -> None:
    assert "0 (left, top) to 1000" in measure_of(GPT, 2000, 1000).in_words
    assert "2000 wide and 1000 high" in measure_of(QWEN_2_5, 2000, 1000).in_words
    assert "point" in measure_of(MOLMO, 2000, 1000).in_words
    assert measure_of(find_model("server:qwen3-vl"), 5, 5).width == 1000


@pytest.mark.parametrize("spec", [GPT, QWEN_2_5, MOLMO])
def test_what_the_prompts_ask_for_is_what_is_read(spec: ModelSpec) -> None:
    measure = measure_of(spec, 800, 400)
    place = dict.fromkeys(measure.schema["required"], 100) | ({} if measure.points else {"right": 300, "bottom": 300})
    answer = {
        "caption": "A cabinet.",
        "seen": "Shelves.",
        "parts": [{"name": "tusk", "kind": "object", "about": "Long.", measure.field: place}],
        "writing": [{"text": "A\nB", "language": "la", measure.field: None}],
        "uncertain": [],
    }
    assert problems(answer, strict(caption_schema(measure))) == []
    told = read_caption(json.dumps(answer), measure, "en", spec.id)
    assert told.parts[0].box is not None and (told.writing[0].text, told.writing[0].language) == ("A\nB", "la")
    page = {"blocks": [{"kind": "heading", "text": "Das Inventar", measure.field: place}]}
    assert problems(page, strict(transcribe_schema(measure))) == []
    (block,) = read_blocks(json.dumps(page), measure, spec.id)
    assert (block.kind, block.text) == ("heading", "Das Inventar") and block.box is not None
    filled = prompt("caption").fill(language="German", where=measure.in_words, form="{}")
    for name in caption_schema(measure)["properties"]:
        assert f"- {name}:" in filled


def test_answers_that_have_no_sense_are_refused_and_parts_of_them_are_left_out() -> None:
    measure = measure_of(GPT, 10, 10)
    for text in ("", "I cannot see it.", "[]", '{"answer": 1}', '{"caption": '):
        with pytest.raises(NotUnderstood):
            read_caption(text, measure, "en", "m")
    with pytest.raises(NotUnderstood):
        read_blocks("no words", measure, "m")
    assert read_blocks('{"blocks": [{"text": ""}, 7, "plain"]}', measure, "m")[0].text == "plain"
    told = read_caption(
        'Here: ```json\n{"caption": "A \\u0000cup", "parts": [1, {"name": ""}, {"name": "cup", "kind": "?"}]}\n```',
        measure, "en", "m",
    )  # fmt: skip
    assert told.caption == "A cup" and [(part.name, part.kind) for part in told.parts] == [("cup", "other")]
    assert read_caption('{"caption": "", "seen": ""}', measure, "en", "m").empty


JSON = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=False, allow_infinity=False) | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["name", "text", "kind", "box", "about", *SIDES, "x", "y"]), inner, max_size=5
        )
    ),
    max_leaves=12,
)


@settings(max_examples=60, deadline=None)
@given(parts=JSON, writing=JSON, seen=JSON)
def test_whatever_a_model_answers_its_places_lie_in_the_picture(parts: Any, writing: Any, seen: Any) -> None:
    whole = Region(40, 30, 300, 200)
    answer = json.dumps({"caption": "A picture.", "seen": seen, "parts": parts, "writing": writing})
    told = read_caption(answer, measure_of(GPT, 600, 400), "de", "m")
    for passage in in_passages(Look(Shown(Image.new("RGB", (1, 1)), whole), caption=told)):
        assert passage.text.strip() and whole.union(passage.region) == whole
        for line in passage.parts:
            assert passage.text[line.start : line.start + len(line.text)] == line.text


def test_points_in_a_text() -> None:
    text = 'The tusk <points coords="1 1 100 200 2 300 400">tusks</points> and <point x="12.5" y="20">x</point>.'
    middles = [((a + c) / 2, (b + d) / 2) for a, b, c, d in points_in(text)]
    assert [pytest.approx(middle) for middle in middles] == [(0.125, 0.2), (0.1, 0.2), (0.3, 0.4)]
    assert points_in('<point x="." y="1"><points coords="nonsense">') == []


def test_a_page_is_divided_between_its_lines() -> None:
    image = Image.new("L", (400, 1000), 255)
    draw = ImageDraw.Draw(image)
    for top in range(20, 980, 60):
        for x in range(20, 380, 6):
            draw.line((x, top, x, top + 40), fill=0)
    upper, lower = halves(Shown(image.convert("RGB"), Region(100, 0, 800, 2000)))
    assert upper.image.height + lower.image.height == 1000
    assert upper.image.height % 60 <= 20, "in a gap, not through the letters"
    assert upper.region.y + upper.region.h == lower.region.y and lower.region.y + lower.region.h == 2000
    assert abs(lower.region.y - 1000) <= 70 and lower.region.x == 100


def test_only_who_is_named_in_the_picture_is_a_person() -> None:
    measure: Measure = measure_of(GPT, 100, 100)
    box = sides(0, 0, 500, 500)
    parts = [{"name": "Ole Worm", "kind": "person", "box": box}, {"name": "Mann", "kind": "person", "box": box}]
    answer = {"caption": "Ein Bild.", "parts": parts, "writing": [{"text": "Ole Worm"}]}
    told = read_caption(json.dumps(answer), measure, "de", "m")
    texts = [each.text for each in in_passages(Look(Shown(Image.new("RGB", (1, 1)), Region(0, 0, 100, 100)), (), told))]
    assert texts == ["Ein Bild.", "Dargestellte Person: Ole Worm", "Dargestellte Figur: Mann", "Ole Worm"]
    assert in_passages(Look(Shown(Image.new("RGB", (1, 1)), Region(0, 0, 9, 9)), (), replace(told, language="xx")))
