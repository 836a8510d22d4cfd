"""Quantized models from a GGUF file, on this computer, through llama.cpp: a chat model as LangChain knows it."""

from __future__ import annotations

from pydantic import PrivateAttr

from llm.llama_model import Loaded, plan
from llm.llama_run import answer
from llm.local_chat import LONGEST_ANSWER, LocalChat
from llm.local_run import Asked, Run
from llm.resident import Plan
from llm.spec import ModelSpec
from settings import Settings


def open_chat(spec: ModelSpec, settings: Settings) -> LlamaChat:
    """A chat model for a GGUF file; it is read into memory when the first question is asked."""
    chat = LlamaChat(model_name=spec.name, max_tokens=min(spec.max_output, LONGEST_ANSWER))
    chat._spec, chat._plan = spec, plan(spec)
    return chat


class LlamaChat(LocalChat):
    """A model of llama.cpp. The beginning that a question shares with the one before is not read again.

    An answer in the form of a schema is valid JSON also where there was no room for all of it (`finish_reason`
    "length"): its lists then end after their last whole element.
    """

    _spec: ModelSpec = PrivateAttr()
    _plan: Plan[Loaded] = PrivateAttr()

    @property
    def _llm_type(self) -> str:
        return "llama.cpp"

    def _run(self, asked: Asked) -> Run[Loaded]:
        return Run(self._plan, lambda loaded, give, cancelled: answer(loaded, self._spec, asked, give, cancelled))
