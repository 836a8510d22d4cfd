"""`python -m llm ask --continue FILE`: a follow-up question after the answer that `ask --json` wrote into a file."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from pydantic import BaseModel, Field, ValidationError

import cli
from graph.errors import ModelError
from graph.types import Mode, Node, Retrieved, Subgraph
from llm.ask import Turn
from llm.conversation import Earlier, Name, Understood, about, by_model, by_rules
from llm.spec import ModelSpec

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

_MOST_BYTES = 20_000_000


class _Node(BaseModel):
    label: str = Field(min_length=1)
    type: str = "Thing"
    score: float = 0.0


class _Graph(BaseModel):
    nodes: list[_Node] = []


class _Name(BaseModel):
    label: str = Field(min_length=1)
    type: str
    sure: bool


class _Turn(BaseModel):
    question: str = Field(min_length=1)
    answer: str = ""
    names: list[_Name] = []


class _Asked(BaseModel):
    """What of `ask --json` a follow-up question needs."""

    question: str = Field(min_length=1)
    answer: str = ""
    subgraph: _Graph = _Graph()
    earlier: list[_Turn] = []


def add_continue(parser: argparse.ArgumentParser) -> None:
    """Give the command its `--continue`."""
    told = "a follow-up to what `ask --json` wrote into this file: “And where was he born?” is made whole first"
    parser.add_argument("--continue", dest="turns", type=_read, default=[], metavar="FILE.json", help=told)


def _read(path: str) -> list[Earlier]:
    """The turns so far, oldest first."""
    file = Path(path)
    try:
        if file.stat().st_size > _MOST_BYTES:
            raise ValueError
        asked = _Asked.model_validate_json(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise argparse.ArgumentTypeError(f"“{path}” cannot be read: {error.strerror}") from None
    except (ValidationError, ValueError):
        raise argparse.ArgumentTypeError(f"“{path}” is not what `python -m llm ask --json` writes") from None
    nodes = tuple(Node(str(n), node.label, node.type, node.score) for n, node in enumerate(asked.subgraph.nodes))
    last = Retrieved(asked.question, Mode.AUTO, subgraph=Subgraph(nodes))
    before = [
        Earlier(turn.question, turn.answer, tuple(Name(n.label, n.type, n.sure) for n in turn.names))
        for turn in asked.earlier
    ]
    return [*before, Earlier(asked.question, asked.answer, about(last, asked.answer))]


def understand(given: argparse.Namespace, chat: BaseChatModel | None, spec: ModelSpec | None) -> Understood:
    """The question made whole by the model that answers, or by rules without one or where it fails; said if changed."""
    turns = _turns(given)
    understood = by_rules(given.question, turns)
    if chat is not None and spec is not None:
        try:
            understood = by_model(given.question, turns, chat, spec)
        except ModelError as error:
            cli.say(f"rules make the question whole, for the model could not: {error}")
    if understood.changed and turns:
        cli.say(f"understood as: {understood.question}")
    return understood


def history(given: argparse.Namespace) -> list[Turn]:
    """The earlier answers, for the model."""
    return [Turn(turn.question, turn.answer) for turn in _turns(given) if turn.answer]


def data(given: argparse.Namespace, understood: Understood) -> dict[str, Any]:
    """What was typed, and the turns before, so that the next question can go on from the file."""
    turns = [
        {
            "question": turn.question,
            "answer": turn.answer,
            "names": [{"label": n.label, "type": n.type, "sure": n.sure} for n in turn.names],
        }
        for turn in _turns(given)
    ]
    return {"asked": understood.asked, "earlier": turns}


def _turns(given: argparse.Namespace) -> list[Earlier]:
    return cast("list[Earlier]", given.turns)
