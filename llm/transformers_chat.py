"""Gemma and Molmo on this computer, through Hugging Face's transformers: a chat model as LangChain knows it."""

from __future__ import annotations

from pydantic import PrivateAttr

from llm.local_chat import LONGEST_ANSWER, LocalChat
from llm.local_run import Asked, Run
from llm.resident import Plan
from llm.spec import ModelSpec
from llm.transformers_model import Loaded, plan
from llm.transformers_run import answer
from settings import Settings


def open_chat(spec: ModelSpec, settings: Settings) -> TransformersChat:
    """A chat model for a row of the catalog; its files are read into memory when the first question is asked."""
    chat = TransformersChat(model_name=spec.name, max_tokens=min(spec.max_output, LONGEST_ANSWER))
    chat._spec, chat._plan = spec, plan(spec, settings)
    return chat


class TransformersChat(LocalChat):
    """A model of Hugging Face's transformers."""

    _spec: ModelSpec = PrivateAttr()
    _plan: Plan[Loaded] = PrivateAttr()

    @property
    def _llm_type(self) -> str:
        return "transformers"

    def _run(self, asked: Asked) -> Run[Loaded]:
        return Run(self._plan, lambda loaded, give, cancelled: answer(loaded, self._spec, asked, give, cancelled))
