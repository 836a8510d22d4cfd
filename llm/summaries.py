"""What a model says of each theme, asked once: kept in the home by the words it saw, the model, prompt and language."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from graph.errors import ModelError
from graph.types import Retrieved, make_id
from graph.ways import Theme
from llm.cost import cost, estimate_tokens
from llm.hidden import Visible
from llm.language import NAMES, guess
from llm.prompts import prompt
from llm.sentences import without_markers
from llm.untrusted import inert_line

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

    from llm.answer import Answer
    from llm.spec import ModelSpec

_LONGEST = 500
_LONGEST_CLAIM = 300


@dataclass(frozen=True, slots=True)
class Spent:
    """Tokens of the calls that were made; nothing for what was kept."""

    tokens_in: int = 0
    tokens_out: int = 0

    def beside(self, answer: Answer, spec: ModelSpec | None) -> Answer:
        """The answer with these tokens, and what they cost, among its own."""
        if not self.tokens_in:
            return answer
        usage = answer.usage
        read, written = usage.tokens_in + self.tokens_in, usage.tokens_out + self.tokens_out
        more = replace(usage, tokens_in=read, tokens_out=written, estimated=True, cost=cost(spec, read, written))
        return replace(answer, usage=more)


def kept(retrieved: Retrieved, model: str, language: str | None, folder: Path) -> Retrieved:
    """The themes with the summaries that are kept; asks nobody."""
    name = _language(retrieved.question, language)
    themes = tuple(replace(theme, summary=_read(_path(folder, theme, model, name))) for theme in retrieved.way.themes)
    return replace(retrieved, way=replace(retrieved.way, themes=themes))


def summarised(
    chat: BaseChatModel | None,
    retrieved: Retrieved,
    spec: ModelSpec | None,
    language: str | None,
    folder: Path,
    stop: Callable[[], bool] = lambda: False,
) -> tuple[Retrieved, Spent]:
    """The themes with a summary each; what is not kept is asked, until `stop` or until the model fails."""
    if chat is None or spec is None or not retrieved.way.themes:
        return retrieved, Spent()
    name = _language(retrieved.question, language)
    spent = Spent()
    for theme in retrieved.way.themes:
        path = _path(folder, theme, spec.id, name)
        if not theme.claims or stop() or _read(path):
            continue
        try:
            said, more = _ask(chat, theme, name)
        except ModelError:
            # The answer itself is asked next, and says what is wrong.
            break
        spent = Spent(spent.tokens_in + more.tokens_in, spent.tokens_out + more.tokens_out)
        if said:
            _keep(path, said)
    return kept(retrieved, spec.id, language, folder), spent


def _ask(chat: BaseChatModel, theme: Theme, language: str) -> tuple[str, Spent]:
    from langchain_core.messages import HumanMessage, SystemMessage

    from llm.replies import check_finish, tokens

    rules = prompt("theme").fill(language=language)
    told = _told(theme)
    reply = chat.invoke([SystemMessage(rules), HumanMessage(f"<<<CLAIMS\n{told}\nCLAIMS>>>")])
    check_finish(reply, "?")
    visible = Visible()
    plain = without_markers(visible.feed(reply.text) + visible.finish())
    said = inert_line(plain).replace(" .", ".")[:_LONGEST]
    read, written = tokens(reply) or (estimate_tokens(len(rules) + len(told)), estimate_tokens(len(reply.text)))
    return said, Spent(read, written)


def _told(theme: Theme) -> str:
    return "\n".join(f"- {inert_line(step.text)[:_LONGEST_CLAIM]}" for step in theme.claims)


def _language(question: str, wanted: str | None) -> str:
    return NAMES.get(guess(question) or wanted or "en", "English")


def _path(folder: Path, theme: Theme, model: str, language: str) -> Path:
    return folder / f"{make_id('theme', model, prompt('theme').version, language, _told(theme))}.json"


def _read(path: Path) -> str:
    try:
        said = json.loads(path.read_text(encoding="utf-8"))["summary"]
    except (OSError, ValueError, KeyError, TypeError):
        return ""
    return said if isinstance(said, str) else ""


def _keep(path: Path, summary: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"summary": summary}, ensure_ascii=False), encoding="utf-8")
