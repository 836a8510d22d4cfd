"""What servers of one's own offer: the models that they name, each server asked by itself and none waited for long."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Final

import httpx2
import openai

from graph.errors import ModelError
from llm.endpoint import Endpoint, each_of, endpoint
from llm.errors import NoAddress, TimedOut
from llm.openai_chat import bases, translated
from llm.remote import NO_KEY_NEEDED
from settings import Settings, within

LISTING_SECONDS: Final = 2.0


@dataclass(frozen=True, slots=True)
class Offer:
    """The names of the models that servers offer, sorted, and what the servers are called that did not say."""

    names: tuple[str, ...]
    silent: tuple[str, ...] = ()


def server_models(family: str, settings: Settings, seconds: float = LISTING_SECONDS) -> Offer:
    """What a family's servers offer together; raises the errors of `llm.errors` where none of them says it.

    After `seconds` in all a server is TimedOut: a page waits for it.
    """
    at = endpoint(family, settings)
    if not at.urls:
        raise NoAddress(variable=at.address)
    apart = each_of(at, family)
    with ThreadPoolExecutor(len(apart), thread_name_prefix="offered") as pool:
        answers = list(pool.map(lambda one: _listed(one, seconds), apart))
    names = {name for answer in answers if not isinstance(answer, ModelError) for name in answer}
    problems = [answer for answer in answers if isinstance(answer, ModelError)]
    if len(problems) == len(answers):
        raise problems[0]
    silent = tuple(one.name for one, answer in zip(apart, answers, strict=True) if isinstance(answer, ModelError))
    return Offer(tuple(sorted(names)), silent)


def _listed(at: Endpoint, seconds: float) -> tuple[str, ...] | ModelError:
    """The models of one server, or why it did not say."""

    def ask() -> tuple[str, ...]:
        with translated("", at), httpx2.Client(timeout=seconds) as http:
            client = openai.OpenAI(
                api_key=at.key or NO_KEY_NEEDED,
                base_url=bases(at)[0],
                max_retries=0,
                timeout=seconds,
                http_client=http,
            )
            return tuple(model.id for model in client.models.list())

    try:
        found = within(seconds, ask, None)
    except ModelError as error:
        return error
    return TimedOut(server=at.name) if found is None else found
