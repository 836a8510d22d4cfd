"""A conversation as the tokens of a GGUF model, by its own chat template."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from langchain_core.messages import AIMessage, BaseMessage, SystemMessage

from llm.errors import BadRequest, ReadsNoPictures, scrub
from llm.llama_model import Loaded

Turn = dict[str, str]
_SEAM: Final = "\ufdd0"
"""Where a text is parted before it becomes tokens; a code point that no text has."""
_GAP: Final = "\n\n"


def encode(loaded: Loaded, messages: Sequence[BaseMessage], model: str) -> list[int]:
    """The tokens of a conversation, one begin-of-text token at most at its head. What a message says is never a control
    token: it arrives letter for letter, as the words that it is.

    Raises ReadsNoPictures, and BadRequest where the template does not take the conversation.
    """
    text = _rendered(loaded, _turns(messages, loaded.marks, model), model)
    tokens = [token for part in text.split(_SEAM) for token in loaded.tokenized(part)]
    return [loaded.begin, *tokens] if loaded.adds_begin and tokens[:1] != [loaded.begin] else tokens


def _rendered(loaded: Loaded, turns: list[Turn], model: str) -> str:
    import jinja2

    refused: Exception | None = None
    # Some templates know no system message; its words then stand before those of the first question.
    for each in (turns, _without_system(turns)):
        try:
            return str(loaded.template(messages=each).prompt)
        except (jinja2.TemplateError, ValueError, TypeError, LookupError) as problem:
            refused = refused or problem
    raise BadRequest(server="llama.cpp", model=model, detail=scrub(f"chat template: {refused}")) from None


def _turns(messages: Sequence[BaseMessage], marks: re.Pattern[str] | None, model: str) -> list[Turn]:
    """The messages in the order given; neighbours of the same role become one, as templates want them to alternate."""
    turns: list[Turn] = []
    for message in messages:
        role, text = _role(message), _inert(_text(message, model), marks)
        if turns and turns[-1]["role"] == role:
            turns[-1]["content"] += f"{_GAP}{text}"
        else:
            turns.append({"role": role, "content": text})
    if not turns:
        raise BadRequest(server="llama.cpp", model=model, detail="there is no message")
    return turns


def _role(message: BaseMessage) -> str:
    if isinstance(message, SystemMessage):
        return "system"
    return "assistant" if isinstance(message, AIMessage) else "user"


def _text(message: BaseMessage, model: str) -> str:
    found = []
    for block in message.content_blocks:
        if block["type"] == "text":
            found.append(block["text"])
        elif block["type"] == "image":
            raise ReadsNoPictures(model=model)
        elif block["type"] != "reasoning":
            raise BadRequest(server="llama.cpp", model=model, detail=f"{block['type']} in a message")
    return "".join(found)


def _inert(text: str, marks: re.Pattern[str] | None) -> str:
    """The text with a seam after the first character of every control token that stands in it."""
    text = text.replace(_SEAM, "")
    if marks is None:
        return text
    cuts = [found.start() + 1 for found in marks.finditer(text)]
    return _SEAM.join(text[start:end] for start, end in zip([0, *cuts], [*cuts, len(text)], strict=True))


def _without_system(turns: list[Turn]) -> list[Turn]:
    if turns[0]["role"] != "system":
        return turns
    rules, rest = turns[0]["content"], turns[1:]
    if not rest or rest[0]["role"] != "user":
        return [{"role": "user", "content": rules}, *rest]
    return [{"role": "user", "content": f"{rules}{_GAP}{rest[0]['content']}"}, *rest[1:]]
