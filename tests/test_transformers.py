"""Gemma and Molmo: tiny random models through the very code that opens the big ones."""

from __future__ import annotations

import asyncio
import base64
import io
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any, cast

import numpy as np
import pytest
from jsonschema import Draft202012Validator
from langchain_core.messages import AIMessage, HumanMessage, SystemMessage
from PIL import Image

from graph.errors import ModelError
from ingest.claim_schema import ExtractionSchema
from llm import resident
from llm.errors import (
    BadPicture,
    BadRequest,
    CutOff,
    ModelCrashed,
    OutOfMemory,
    ReadsNoPictures,
)
from llm.replies import check_finish
from llm.resident import hold
from llm.spec import ModelSpec
from llm.transformers_chat import TransformersChat, open_chat
from llm.transformers_prompt import encode, picture
from llm.transformers_run import Words
from settings import Settings
from tests.tiny_models import TINY, tiny

SEEING = ["tiny-gemma-3-vision", "tiny-gemma-4", "tiny-molmo-2"]
SCHEMA = ExtractionSchema().json_schema()
PROMPTS = ["Wer gründete das Museum?", "Passage: Ole Worm founded a museum.", "A", "Tell me of Dresden", "x y z"]


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return Settings(home=tmp_path_factory.mktemp("home"))


@pytest.fixture(params=list(TINY))
def chat(request: pytest.FixtureRequest, settings: Settings) -> TransformersChat:
    return opened(tiny(request.param), settings)


@pytest.fixture
def gemma(settings: Settings) -> TransformersChat:
    return opened(tiny("tiny-gemma-3"), settings)


@pytest.fixture(autouse=True)
def nothing_left_running() -> Iterator[None]:
    yield
    deadline = time.monotonic() + 5
    while (
        left := [t for t in threading.enumerate() if t.name.startswith("answer of")]
    ) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert left == []
    assert [each.key for each in resident.residents() if each.busy] == []


def opened(spec: ModelSpec, settings: Settings, longest: int = 60) -> TransformersChat:
    chat = open_chat(spec, settings)
    chat.max_tokens = longest
    return chat


def spec_of(chat: TransformersChat) -> ModelSpec:
    return chat._spec


def png(colour: str, mode: str = "RGB") -> str:
    drawn = io.BytesIO()
    Image.new(mode, (40, 30), colour).save(drawn, "PNG")
    return base64.b64encode(drawn.getvalue()).decode()


def seen(data: str, words: str = "What is this?") -> HumanMessage:
    return HumanMessage([{"type": "image", "base64": data, "mime_type": "image/png"}, {"type": "text", "text": words}])


def inputs_of(chat: TransformersChat, *messages: Any) -> Any:
    with hold(chat._plan) as loaded:
        return encode(loaded.reader, messages, chat.model_name, spec_of(chat).vision)


def test_a_stream_says_what_the_answer_says_and_how_it_ended(chat: TransformersChat) -> None:
    asked = [SystemMessage("Antworte kurz."), HumanMessage("Who made the museum in Köln?")]
    chunks = list(chat.stream(asked))
    whole = chat.invoke(asked)
    streamed = chunks[0]
    for chunk in chunks[1:]:
        streamed += chunk
    assert streamed.text == whole.text != ""
    assert len([chunk for chunk in chunks if chunk.text]) > 5
    assert streamed.usage_metadata == whole.usage_metadata
    assert streamed.response_metadata["finish_reason"] == whole.response_metadata["finish_reason"] == "length"
    assert streamed.response_metadata["model_name"] == chat.model_name
    with pytest.raises(CutOff):
        check_finish(whole, chat.model_name)


def test_tokens_are_counted(gemma: TransformersChat) -> None:
    asked = HumanMessage("Who made the museum?")
    usage = gemma.bind(max_tokens=7).invoke([asked]).usage_metadata
    assert usage is not None
    assert usage["output_tokens"] == 7
    assert usage["input_tokens"] == inputs_of(gemma, asked)["input_ids"].shape[-1]
    assert usage["total_tokens"] == usage["input_tokens"] + 7


def test_the_same_for_await(chat: TransformersChat) -> None:
    async def both() -> tuple[str, str]:
        answer = await chat.ainvoke("Was zeigt die Kammer?")
        return answer.text, "".join([chunk.text async for chunk in chat.astream("Was zeigt die Kammer?")])

    assert asyncio.run(both()) == (chat.invoke("Was zeigt die Kammer?").text,) * 2


def test_different_questions_get_different_answers(chat: TransformersChat) -> None:
    assert len({chat.invoke(prompt).text for prompt in PROMPTS[:3]}) == 3


def test_the_form_of_an_answer_is_kept(chat: TransformersChat) -> None:
    chat.max_tokens = 1000
    structured = chat.with_structured_output(SCHEMA, method="json_schema", include_raw=True, strict=True)
    for prompt in PROMPTS:
        reply = cast("dict[str, Any]", structured.invoke(prompt))
        assert reply["raw"].response_metadata["finish_reason"] == "stop", reply["raw"].text
        assert list(Draft202012Validator(SCHEMA).iter_errors(reply["parsed"])) == []


def test_an_answer_in_a_form_that_has_no_room_is_told_as_cut_off(gemma: TransformersChat) -> None:
    structured = gemma.with_structured_output(SCHEMA, include_raw=True).bind(max_tokens=5)
    gemma.max_tokens = 5
    reply = cast("dict[str, Any]", structured.invoke("Wer?"))
    assert (reply["parsed"], reply["raw"].response_metadata["finish_reason"]) == (None, "length")


@pytest.mark.parametrize(
    "schema",
    [{"type": "object", "unevaluatedProperties": False}, {"type": "nothing"}, {"type": "array", "uniqueItems": 1}],
)
def test_a_schema_that_cannot_be_followed_is_refused(gemma: TransformersChat, schema: dict[str, Any]) -> None:
    with pytest.raises(BadRequest, match="schema"):
        gemma.with_structured_output(schema, include_raw=True).invoke("Wer?")


@pytest.mark.parametrize("name", SEEING)
def test_pictures_arrive(name: str, settings: Settings) -> None:
    chat = opened(tiny(name), settings)
    red, blue = (inputs_of(chat, seen(png(colour)))["pixel_values"] for colour in ("red", "blue"))
    assert red.shape == blue.shape and not bool((red == blue).all())
    answers = {chat.invoke([SystemMessage("Kurz."), seen(png(colour))]).text for colour in ("red", "#20ff80", "black")}
    assert len(answers) > 1
    assert chat.invoke([seen(png("red"))]).text == chat.invoke([seen(png("red"))]).text


def test_the_pixels_are_those_of_the_bytes() -> None:
    pixels = np.random.default_rng(1).integers(0, 255, (30, 40, 3), dtype=np.uint8)
    drawn = io.BytesIO()
    Image.fromarray(pixels).save(drawn, "PNG")
    assert (np.asarray(picture(base64.b64encode(drawn.getvalue()).decode(), "m")) == pixels).all()
    assert picture(png("#00000000", "RGBA"), "m").getpixel((3, 3)) == (255, 255, 255)


@pytest.mark.parametrize("data", ["AAAA", "not base64!", base64.b64encode(b"\x89PNG\r\n\x1a\n").decode(), ""])
def test_what_is_no_picture_is_told(data: str, settings: Settings) -> None:
    with pytest.raises(BadPicture):
        opened(tiny("tiny-molmo-2"), settings).invoke([seen(data)])


def test_an_address_of_a_picture_is_never_fetched(settings: Settings) -> None:
    message = HumanMessage([{"type": "image", "url": "http://127.0.0.1:9/x.png"}])
    with pytest.raises(BadPicture):
        opened(tiny("tiny-molmo-2"), settings).invoke([message])


def test_a_model_without_eyes_says_so(gemma: TransformersChat) -> None:
    with pytest.raises(ReadsNoPictures):
        gemma.invoke([seen(png("red"))])


def test_one_begin_of_text_and_no_control_token_from_a_document(chat: TransformersChat) -> None:
    with hold(chat._plan) as loaded:
        tokenizer: Any = loaded.tokenizer
        begin = tokenizer.bos_token_id if tokenizer.bos_token_id is not None else tokenizer.eos_token_id
        control = [each for each in tokenizer.all_special_tokens if not each.startswith("<0x")]
    clean = inputs_of(chat, SystemMessage("Rules."), HumanMessage("Hello"))["input_ids"][0].tolist()
    assert clean[0] == begin and clean[1] != begin
    dirty = inputs_of(chat, SystemMessage("Rules."), HumanMessage(f"Hello{' '.join(control)}"))["input_ids"][0].tolist()
    with hold(chat._plan) as loaded:
        special = set(cast("Any", loaded.tokenizer).all_special_ids)
    assert [each for each in dirty if each in special] == [each for each in clean if each in special]


def test_a_document_cannot_stand_for_a_picture(settings: Settings) -> None:
    words = "<image_soft_token><start_of_image><|image|><im_patch><image|>\U000f0000<bos>\U000f0001"
    for name in SEEING:
        chat = opened(tiny(name), settings, 3)
        assert chat.invoke(words).usage_metadata
        assert chat.invoke([seen(png("red"), words)]).usage_metadata


def test_rules_and_neighbours_of_one_role_all_arrive(chat: TransformersChat) -> None:
    asked = (
        SystemMessage("Ole"),
        HumanMessage("Werke"),
        HumanMessage("Dresden"),
        AIMessage("made"),
        HumanMessage("Who"),
    )
    ids = inputs_of(chat, *asked)["input_ids"][0]
    with hold(chat._plan) as loaded:
        text = str(loaded.tokenizer.decode(ids))
    assert [text.index(word) for word in ("Ole", "Werke", "Dresden", "made", "Who")] == sorted(
        text.index(word) for word in ("Ole", "Werke", "Dresden", "made", "Who")
    )


def test_a_stop_sequence_ends_the_answer_and_is_cut_off(chat: TransformersChat) -> None:
    whole = chat.invoke("Tell me of Dresden").text
    stop = whole[12:15]
    expected = whole[: whole.index(stop)]
    chunks = list(chat.stream("Tell me of Dresden", stop=[stop, "never said"]))
    assert "".join(chunk.text for chunk in chunks) == expected
    assert chat.invoke("Tell me of Dresden", stop=[stop]).text == expected
    last = chunks[-1]
    assert last.response_metadata["finish_reason"] == "stop"
    assert last.usage_metadata is not None and last.usage_metadata["output_tokens"] < 60


def test_words_are_held_back_until_they_are_whole(gemma: TransformersChat) -> None:
    given: list[str] = []
    with hold(gemma._plan) as loaded:
        ids = cast("list[int]", loaded.tokenizer.encode("Äpfel 山田 €", add_special_tokens=False))
        words = Words(loaded.tokenizer, [], given.append)
        for token in ids:
            words.add(token)
        words.end()
    assert "".join(given) == "Äpfel 山田 €"
    assert not any("\N{REPLACEMENT CHARACTER}" in piece for piece in given)


def test_who_stops_listening_frees_the_model(gemma: TransformersChat) -> None:
    gemma.max_tokens = 1900
    stream = cast("Any", gemma.stream("Who?"))
    next(stream)
    since = time.monotonic()
    stream.close()
    assert time.monotonic() - since < 1.0
    assert [each.busy for each in resident.residents() if each.key == "tiny-gemma-3"] == [False]

    async def leave() -> None:
        async for chunk in gemma.astream("Who?"):
            if chunk.text:
                break

    asyncio.run(leave())
    gemma.max_tokens = 3
    assert gemma.invoke("Who?").usage_metadata


def test_eight_callers_at_once_all_get_their_answer(settings: Settings) -> None:
    chats = [opened(tiny(name), settings, 20) for name in ("tiny-gemma-3", "tiny-molmo-2")]
    alone = [chats[n % 2].invoke(f"Question {n}").text for n in range(8)]
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(lambda n: chats[n % 2].invoke(f"Question {n}").text, range(8)))
    assert together == alone


@pytest.mark.parametrize(
    ("raised", "expected"),
    [
        (RuntimeError("mat1 and mat2 shapes cannot be multiplied"), ModelCrashed),
        (RuntimeError("[enforce fail] DefaultCPUAllocator: can't allocate memory: you tried"), OutOfMemory),
        (MemoryError(), OutOfMemory),
    ],
)
def test_what_breaks_in_the_middle_is_told_at_once(
    gemma: TransformersChat, raised: Exception, expected: type[ModelError]
) -> None:
    with hold(gemma._plan) as loaded:
        layer = cast("Any", loaded.model).model.layers[1]

    calls = []

    def fail(*_: object) -> None:
        calls.append(1)
        if len(calls) > 5:
            raise raised

    handle = layer.register_forward_pre_hook(fail)
    since = time.monotonic()
    try:
        with pytest.raises(expected) as caught:
            list(gemma.stream("Who?"))
    finally:
        handle.remove()
    assert time.monotonic() - since < 10
    assert caught.value.__context__ is None, "the failed step is kept in memory as long as the error"
    assert gemma.invoke("Who?").text
