"""The question as a chat model gets it: rules, the conversation so far, sources in their blocks, the question."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, cast

from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, SystemMessage

from graph.types import Competing, Evidence, Retrieved
from llm.competing import lines
from llm.cost import room
from llm.crops import Crop, Cropper, as_content, crops_for
from llm.guide import guide
from llm.language import NAMES, guess
from llm.prompts import prompt
from llm.sentences import without_markers
from llm.spec import ModelSpec
from llm.untrusted import inert, inert_line

ANSWER_PROMPT = "answer"
_TURNS = 3
_LONGEST_TURN = 1_500
_MOST_COMPETING = 6
_LONGEST_CLAIM = 400


@dataclass(frozen=True, slots=True)
class Turn:
    """An earlier question of the conversation and its answer."""

    question: str
    answer: str


@dataclass(frozen=True, slots=True)
class Asking:
    """What is sent, and the evidence that found room in it, in words and, for models that see, in pictures."""

    messages: list[BaseMessage]
    shown: tuple[Evidence, ...]
    crops: tuple[Crop, ...] = ()

    @property
    def characters(self) -> int:
        return sum(len(message.text) for message in self.messages)


def ask(
    retrieved: Retrieved,
    spec: ModelSpec | None,
    language: str | None,
    history: Sequence[Turn],
    cropper: Cropper | None = None,
) -> Asking:
    """The messages for a question; evidence that the model has no room for is left out, the best always stays.

    A model that sees also gets pictures of where the evidence stands, as far as `cropper` has any.
    """
    shown = tuple(_fitting(retrieved.evidence, room(spec)))
    rules = prompt(ANSWER_PROMPT).fill(language=_language(retrieved.question, language))
    sources = "\n\n".join(_block(piece) for piece in shown)
    earlier: list[BaseMessage] = []
    for turn in history[-_TURNS:]:
        earlier.append(HumanMessage(turn.question[:_LONGEST_TURN]))
        earlier.append(AIMessage(without_markers(turn.answer)[:_LONGEST_TURN]))
    differing = _differing(retrieved.competing, {piece.n for piece in shown})
    about = f"{sources}{differing}{guide(retrieved.way)}"
    question = f"\n\nQuestion: {inert_line(retrieved.question)}"
    crops = crops_for(shown, spec, cropper)
    if not crops:
        return Asking([SystemMessage(rules), *earlier, HumanMessage(about + question)], shown)
    content = [{"type": "text", "text": about}, *as_content(crops), {"type": "text", "text": question}]
    seeing = SystemMessage(f"{rules}\n{prompt('crops').text}")
    return Asking([seeing, *earlier, HumanMessage(cast("list[str | dict[Any, Any]]", content))], shown, crops)


def _differing(competing: Sequence[Competing], shown: set[int]) -> str:
    """What the shown sources contradict each other in, as a block; its words come from documents too."""
    known = [each for each in competing if all(shown & set(side.evidence) for side in each.sides)]
    if not known:
        return ""
    told = "\n".join(f"- {inert_line(line)[:_LONGEST_CLAIM]}" for line in lines(known[:_MOST_COMPETING]))
    return f"\n\n<<<THE SOURCES DISAGREE\n{told}\nTHE SOURCES DISAGREE>>>"


def _fitting(evidence: Sequence[Evidence], room: int) -> Iterator[Evidence]:
    for number, piece in enumerate(evidence):
        room -= len(piece.chunk.text) + len(piece.title) + 60
        if room < 0 and number:
            return
        yield piece


def _language(question: str, wanted: str | None) -> str:
    """The name of the language to answer in: the question's own, where it shows."""
    shown = guess(question) or wanted
    name = NAMES.get(shown or "")
    return f"{name}, the language of the question" if name else "the language of the question"


def _block(piece: Evidence) -> str:
    """A source between delimiters that its own words cannot imitate."""
    page = f", page {piece.chunk.page}" if piece.chunk.page else ""
    heading = f"\n[{inert_line(piece.chunk.heading)}]" if piece.chunk.heading else ""
    title = inert_line(piece.title)[:200]
    return f"<<<SOURCE {piece.n}: {title}{page}{heading}\n{inert(piece.chunk.text)}\nSOURCE {piece.n}>>>"
