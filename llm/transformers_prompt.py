"""LangChain messages -> the tokens and pixels of a model of Hugging Face's transformers, by its own chat template."""

from __future__ import annotations

import base64
import binascii
import io
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, Final

from langchain_core.messages import AIMessage, BaseMessage, SystemMessage

from llm.errors import BadPicture, BadRequest, ReadsNoPictures

if TYPE_CHECKING:
    from PIL.Image import Image
    from transformers import BatchFeature, PreTrainedTokenizerBase, ProcessorMixin

Turn = dict[str, Any]
"""A message as chat templates take it: a role, and words or a list of words and pictures."""
_GAP: Final = "\n\n"
_TRANSPARENT: Final = frozenset({"RGBA", "LA", "PA"})


def encode(
    reader: ProcessorMixin | PreTrainedTokenizerBase, messages: Sequence[BaseMessage], model: str, vision: bool
) -> BatchFeature:
    """The input of a model, one begin-of-text token at most at its head. What a message says is never a control token.

    Raises ReadsNoPictures and BadPicture.
    """
    from jinja2.exceptions import TemplateError

    turns = _turns(messages, model, vision)
    _without_placeholder(turns, getattr(getattr(reader, "tokenizer", None), "image_token", None))
    try:
        return _apply(reader, turns)
    except TemplateError:
        # Some templates know no system message; its words then stand before those of the first question.
        if turns[0]["role"] != "system":
            raise
        return _apply(reader, _without_system(turns))


def picture(data: str, model: str) -> Image:
    """The pixels of a picture that came as base64, transparent ones on white; raises BadPicture."""
    from PIL import Image

    try:
        found = Image.open(io.BytesIO(base64.b64decode(data, validate=True)))
        found.load()
    except (binascii.Error, OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        raise BadPicture(model=model) from None
    if found.mode in _TRANSPARENT or "transparency" in found.info:
        above = found.convert("RGBA")
        ground = Image.new("RGBA", above.size, "white")
        return Image.alpha_composite(ground, above).convert("RGB")
    return found.convert("RGB")


def _apply(reader: ProcessorMixin | PreTrainedTokenizerBase, turns: list[Turn]) -> BatchFeature:
    encoded: BatchFeature = reader.apply_chat_template(  # type: ignore[assignment]
        turns,
        add_generation_prompt=True,
        tokenize=True,
        return_dict=True,
        return_tensors="pt",
        sanitize_control_tokens=True,
    )
    return encoded


def _turns(messages: Sequence[BaseMessage], model: str, vision: bool) -> list[Turn]:
    """The messages in the order given; neighbours of the same role become one, as templates want them to alternate."""
    turns: list[Turn] = []
    for message in messages:
        role = _role(message)
        parts = list(_parts(message, model, vision))
        if turns and turns[-1]["role"] == role:
            turns[-1]["content"] += [{"type": "text", "text": _GAP}, *parts]
        else:
            turns.append({"role": role, "content": parts})
    if not turns:
        raise BadRequest(server="transformers", model=model, detail="there is no message")
    return [{"role": turn["role"], "content": _plainer(turn["content"])} for turn in turns]


def _role(message: BaseMessage) -> str:
    if isinstance(message, SystemMessage):
        return "system"
    return "assistant" if isinstance(message, AIMessage) else "user"


def _parts(message: BaseMessage, model: str, vision: bool) -> Iterable[Turn]:
    for block in message.content_blocks:
        if block["type"] == "text":
            yield {"type": "text", "text": block["text"]}
        elif block["type"] == "image":
            if not vision:
                raise ReadsNoPictures(model=model)
            if "base64" not in block:
                # An address would make this computer fetch something that a document names.
                raise BadPicture(model=model)
            yield {"type": "image", "image": picture(block["base64"], model)}
        elif block["type"] != "reasoning":
            raise BadRequest(server="transformers", model=model, detail=f"{block['type']} in a message")


def _plainer(parts: list[Turn]) -> list[Turn] | str:
    """Words alone as one string, which every template takes."""
    if all(part["type"] == "text" for part in parts):
        return "".join(part["text"] for part in parts)
    return parts


def _without_placeholder(turns: list[Turn], token: str | None) -> None:
    """Break up the sign that stands for a piece of a picture: Gemma 3's processor counts it in quoted text too."""
    if not token:
        return
    broken = f"{token[:1]} {token[1:]}"
    for turn in turns:
        if isinstance(turn["content"], str):
            turn["content"] = turn["content"].replace(token, broken)
            continue
        for part in turn["content"]:
            if part["type"] == "text":
                part["text"] = part["text"].replace(token, broken)


def _without_system(turns: list[Turn]) -> list[Turn]:
    rules, rest = turns[0]["content"], turns[1:]
    if not rest or rest[0]["role"] != "user":
        return [{"role": "user", "content": rules}, *rest]
    words = rest[0]["content"]
    if isinstance(rules, str) and isinstance(words, str):
        return [{"role": "user", "content": f"{rules}{_GAP}{words}"}, *rest[1:]]
    joined = [*_listed(rules), {"type": "text", "text": _GAP}, *_listed(words)]
    return [{"role": "user", "content": joined}, *rest[1:]]


def _listed(content: list[Turn] | str) -> list[Turn]:
    return [{"type": "text", "text": content}] if isinstance(content, str) else content
