"""One contract for all families: what the answer layer and the extraction rely on holds whoever runs the model.

OpenAI and Mistral speak to scripted servers on real sockets, `server` to a real llama.cpp server, Gemma, Molmo and
Llama to small models in this process, opened by the code that opens the big ones.
"""

from __future__ import annotations

import asyncio
import base64
import io
import json
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage, HumanMessage, SystemMessage
from PIL import Image

from graph.errors import ModelError
from graph.types import Chunk, Evidence, Mode, Retrieved
from ingest.claim_schema import ExtractionSchema
from llm import resident
from llm.answer import Answer, Status, Words, stream_answer
from llm.catalog import FAMILIES, find_model, open_chat
from llm.replies import check_finish, tokens
from llm.spec import ModelSpec
from settings import Settings
from tests import fake_openai
from tests.fake_mistral import FakeMistral
from tests.fake_openai import FakeOpenAI, structured
from tests.live_server import live_server
from tests.tiny_models import tiny

MODEL = Path(__file__).resolve().parents[1] / ".cache" / "models" / "SmolLM2-135M-Instruct.Q4_1.gguf"
ROOM = 160
"""Tokens that a small model may answer with."""
KEY = "sk-contract-0123456789"
SENTENCE = "The horn of the unicorn is the tooth of a whale [1]. Ole Worm proved it in Copenhagen in 1638 [1]."
CLAIM = {
    "statements": [
        {
            "subject": "Ole Worm",
            "subject_type": "Person",
            "predicate": "LIVED_IN",
            "object": "Copenhagen",
            "object_type": "Place",
            "quote": "Ole Worm lived in Copenhagen",
            "date": "",
            "place": "",
        }
    ]
}
QUESTION: Sequence[BaseMessage] = (
    SystemMessage("You answer briefly."),
    HumanMessage("What is the horn of the unicorn?"),
)


@dataclass(frozen=True, slots=True)
class Family:
    """A family under test: an opened model and, where its words are scripted, the server that speaks them."""

    id: str
    spec: ModelSpec
    chat: BaseChatModel
    server: FakeOpenAI | None = None

    def will_say(self, text: str, pause: float = 0.0) -> None:
        """Script the answers that follow; a real model says what it says."""
        if self.server:
            self.server.default = fake_openai.Words(text, pause=pause)


@pytest.fixture(scope="module", params=[family.id for family in FAMILIES])
def opened(request: pytest.FixtureRequest, home: Path) -> Iterator[Family]:
    """Each family of the catalog in turn, loaded once."""
    yield from _OPEN[request.param](request.param, home)


@pytest.fixture
def family(opened: Family) -> Family:
    """A family as if nobody had asked it anything."""
    if opened.server:
        opened.server.disconnected.clear()
        opened.server.requests.clear()
    return opened


def _openai(id: str, home: Path) -> Iterator[Family]:
    with FakeOpenAI() as server:
        spec = find_model("gpt-4o-mini")
        yield Family(id, spec, open_chat(spec, Settings(home, openai_api_key=KEY, openai_base_url=server.url)), server)


def _mistral(id: str, home: Path) -> Iterator[Family]:
    with FakeMistral() as server:
        spec = find_model("mistral-small-latest")
        settings = Settings(home, mistral_api_key=KEY, mistral_base_url=server.url)
        yield Family(id, spec, open_chat(spec, settings), server)


def _own_server(id: str, home: Path) -> Iterator[Family]:
    with live_server(MODEL) as address:
        spec = find_model("server:SmolLM2")
        chat = open_chat(spec, Settings(home, model_server_url=address))
        yield Family(id, spec, chat.model_copy(update={"max_tokens": ROOM}))


def _here(name: str) -> Any:
    def make(id: str, home: Path) -> Iterator[Family]:
        if name:
            spec = tiny(name)
        else:
            from tests.tiny_gguf import tiny_gguf

            spec = tiny_gguf()
        chat = open_chat(spec, Settings(home))
        yield Family(id, spec, chat.model_copy(update={"max_tokens": ROOM}))
        assert resident.unload(spec.id) or not resident.residents()

    return make


_OPEN = {
    "openai": _openai,
    "mistral": _mistral,
    "gemma": _here("tiny-gemma-3-vision"),
    "llama": _here(""),
    "molmo": _here("tiny-molmo-2"),
    "server": _own_server,
}


def _joined(chunks: Sequence[AIMessageChunk]) -> AIMessageChunk:
    whole = chunks[0]
    for chunk in chunks[1:]:
        whole = whole + chunk
    return whole


def _brief(chat: BaseChatModel, limit: int = 24) -> BaseChatModel:
    return chat.model_copy(update={"max_tokens": limit})


def test_a_stream_says_what_a_whole_answer_says_and_await_too(family: Family) -> None:
    family.will_say(SENTENCE)
    chat = _brief(family.chat)

    async def awaited() -> tuple[AIMessage, AIMessageChunk]:
        return await chat.ainvoke(QUESTION), _joined([chunk async for chunk in chat.astream(QUESTION)])

    whole, streamed = chat.invoke(QUESTION), _joined(list(chat.stream(QUESTION)))
    answers = [whole, streamed, *asyncio.run(awaited())]
    assert len({message.text for message in answers}) == 1 and whole.text
    for message in answers:
        counted = tokens(message)
        assert counted is not None and counted[0] > 5 and counted[1] > 0
        assert message.response_metadata["finish_reason"] in {"stop", "length"}
        assert message.response_metadata["model_name"]


def test_structured_output_fits_its_schema_or_is_one_of_our_errors(family: Family) -> None:
    import jsonschema

    schema = ExtractionSchema()
    asked = [
        SystemMessage(schema.instructions()),
        HumanMessage("<<<PASSAGE\nOle Worm lived in Copenhagen.\nPASSAGE>>>"),
    ]
    if family.server:
        family.server.default = structured(CLAIM)
    chat = family.chat.with_structured_output(schema.json_schema(), method="json_schema", include_raw=True, strict=True)
    try:
        reply = chat.invoke(asked)
        assert isinstance(reply, dict)
        raw = reply["raw"]
        check_finish(raw, family.spec.id)
    except ModelError as told:
        # A small model may run out of room; then it says so, and no half of an answer is taken for a whole one.
        assert told.code == "CutOff" and family.server is None
        return
    jsonschema.validate(json.loads(raw.text), schema.json_schema())


def test_an_answer_that_is_cut_off_says_so(family: Family) -> None:
    if family.server:
        family.server.default = fake_openai.Words("It is the", finish="length")
    message = _joined(list(_brief(family.chat, 3).stream(QUESTION)))
    with pytest.raises(ModelError) as told:
        check_finish(message, family.spec.id)
    assert told.value.code == "CutOff"


def test_words_after_which_to_stop_are_not_said(family: Family) -> None:
    family.will_say(SENTENCE)
    chat = _brief(family.chat, 30)
    whole = chat.invoke(QUESTION).text
    stop = next((part for part in whole.split() if whole.index(part) > 4), whole[-3:])
    if family.server:
        chat.invoke(QUESTION, stop=[stop])
        assert family.server.chats()[-1].body["stop"] == [stop]
        return
    cut = _joined(list(chat.stream(QUESTION, stop=[stop]))).text
    assert stop not in cut and whole.startswith(cut.rstrip())


def test_leaving_in_the_middle_frees_the_model(family: Family) -> None:
    family.will_say("word " * 200, pause=0.05)
    stream = family.chat.stream(QUESTION)
    with closing(stream):  # type: ignore[type-var]
        assert next(stream) is not None
    family.will_say("At once.")
    since = time.monotonic()
    assert _brief(family.chat, 4).invoke(QUESTION).text
    assert time.monotonic() - since < 20
    if family.server:
        assert family.server.disconnected.wait(5)


def test_eight_callers_at_once_each_get_their_answer(family: Family) -> None:
    family.will_say(SENTENCE)
    chat = _brief(family.chat, 12)
    alone = chat.invoke(QUESTION).text
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: chat.invoke(QUESTION).text, range(8)))
    if family.id == "server":
        # A server that computes several answers together rounds otherwise than for one alone.
        assert all(answers)
    else:
        assert answers == [alone] * 8


def test_pictures_arrive_as_they_are_or_are_refused(family: Family) -> None:
    picture = io.BytesIO()
    Image.new("RGB", (40, 30), (120, 30, 60)).save(picture, "PNG")
    sent = base64.b64encode(picture.getvalue()).decode()
    asked = HumanMessage(
        [
            {"type": "text", "text": "What is this?"},
            {"type": "image", "base64": sent, "mime_type": "image/png"},
        ]
    )
    family.will_say("A red plate.")
    if family.id in {"llama", "server"}:
        with pytest.raises(ModelError):
            _brief(family.chat, 4).invoke([asked])
        return
    assert _brief(family.chat, 4).invoke([asked]).text.strip() or family.server is None
    if family.server:
        assert f"data:image/png;base64,{sent}" in json.dumps(family.server.chats()[-1].body)


def test_a_question_is_answered_with_its_evidence_checked(family: Family) -> None:
    family.will_say(SENTENCE)
    text = "The horn of the unicorn is the tooth of a whale. Ole Worm proved it in Copenhagen in 1638."
    chunk = Chunk("c1", "d1", 0, text, 0, len(text), page=1)
    found = Retrieved("What is the horn?", Mode.GRAPH, (Evidence(1, chunk, "Museum Wormianum", "text/plain", 1.0),))
    events = list(stream_answer(_brief(family.chat, 60), found, spec=family.spec))
    answer = events[-1]
    assert isinstance(answer, Answer) and answer.status is Status.ANSWERED
    assert "".join(event.text for event in events if isinstance(event, Words)) == answer.text
    assert answer.usage.tokens_in > 50 and answer.model == family.spec.id
    if family.server:
        assert [c.supported for c in answer.citations] == [True, True]
    if family.spec.weights or family.id == "server":
        assert answer.usage.cost is None


def test_a_prompt_beyond_the_window_is_refused_before_it_is_read(family: Family) -> None:
    if family.server:
        pytest.skip("a scripted server has no window; its error of that kind is tested with the provider")
    since = time.monotonic()
    with pytest.raises(ModelError) as told:
        family.chat.invoke("worm " * 20_000)
    assert told.value.code in {"ContextTooLong", "BadRequest"}
    assert time.monotonic() - since < 20


def test_every_family_is_here() -> None:
    assert set(_OPEN) == {family.id for family in FAMILIES}
