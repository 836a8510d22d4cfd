"""The passages of a search looked through by a model, asked once: those that help to answer come first, in its order.

A model only reorders: passages it leaves out follow in the order of the search, and an answer of no use changes
nothing, which `Way.reason` says. So words planted in a passage can at most put passages before others.
"""

from __future__ import annotations

import re
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from graph.errors import Missing, ModelError
from graph.types import Evidence, Mode, Retrieved
from graph.ways import Check, Reason, Way
from llm.connect import connecting_subgraph
from llm.cost import estimate_tokens, room
from llm.errors import NotUnderstood, scrub
from llm.forms import Schema
from llm.hidden import Visible
from llm.prompts import prompt
from llm.seeing import held, json_in
from llm.untrusted import inert, inert_line

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel
    from langchain_core.messages import AIMessage, BaseMessage

    from llm.embed import Embedder
    from llm.spec import ModelSpec
    from llm.views import Graph

POOL: Final = 24
"""So many of the best passages are shown to the model."""
_CLAIMS: Final = 2
"""Claims of a passage that it is shown, the nearest to the question."""
_LONGEST: Final = 900
_SHORTEST: Final = 250
"""Characters of a passage: no more, and rather fewer passages than less."""
_LONGEST_LINE: Final = 200
_LONGEST_ANSWER: Final = 4_000
"""Characters; a longer one runs in circles."""
_SCHEMA: Final[Schema] = {
    "type": "object",
    "properties": {"passages": {"type": "array", "items": {"type": "integer"}}},
    "required": ["passages"],
    "additionalProperties": False,
}
_NUMBERS: Final = re.compile(r"(?:passages?|sources?|and|und|[\s\d,;.:\[\]()])+", re.IGNORECASE)
_NONE: Final = re.compile(r"\W*(?:none(?: of (?:them|the passages|these))?|keine[rs]?|\[\s*\])\W*", re.IGNORECASE)


class Checker:
    """The model that looks through the passages."""

    def __init__(self, chat: BaseChatModel, spec: ModelSpec | None = None) -> None:
        self.chat, self.spec = chat, spec


def checked(graph: Graph, embedder: Embedder | None, checker: Checker | None, pool: Retrieved, limit: int) -> Retrieved:
    """The best of the pool, at most `limit`, those that the model chooses first; without one, in their old order.

    A model that fails, is cut off or answers nothing of use raises nothing: the order stays, and the way says why.
    """
    if checker is None or not pool.evidence:
        return _arranged(graph, pool, (), limit, Way(Reason.NOT_CHECKED if pool.evidence else Reason.ASKED))
    began = time.perf_counter()
    shown = pool.evidence[: max(1, min(POOL, room(checker.spec) // _SHORTEST))]
    messages = _messages(graph, embedder, checker.spec, pool.question, shown, limit)
    numbers, check = _ask(checker, messages, len(shown))
    reason = Reason.CHECKED if numbers else Reason.CHECK_FAILED if check.problem else Reason.NONE_FITS
    found = _arranged(graph, pool, numbers, limit, Way(reason, check=check))
    return replace(found, timings=pool.timings | {"check": time.perf_counter() - began})


def _ask(checker: Checker, messages: list[BaseMessage], count: int) -> tuple[Sequence[int], Check]:
    """The numbers that the model chooses, and what became of the call."""
    from llm.replies import check_finish

    name = checker.spec.id if checker.spec else "?"
    check = Check(name, count)
    try:
        message, _ = held(checker.chat, messages, _SCHEMA)
        check = _counted(check, message, messages)
        check_finish(message, name)
        numbers = numbers_in(message.text, count)
        if numbers is None:
            raise NotUnderstood(model=name, detail=scrub(f"no numbers of passages: {message.text[:80]}"))
    except (ModelError, Missing) as failed:
        return (), replace(check, problem=failed.failure())
    return numbers, replace(check, chosen=len(numbers))


def _counted(check: Check, message: AIMessage, messages: Sequence[BaseMessage]) -> Check:
    from llm.replies import tokens

    counted = tokens(message)
    asked = sum(len(each.text) for each in messages)
    read, written = counted or (estimate_tokens(asked), estimate_tokens(len(message.text)))
    return replace(check, tokens_in=read, tokens_out=written, estimated=counted is None)


def numbers_in(text: str, most: int) -> list[int] | None:
    """The passages, 1 to `most`, that an answer names, each once, in its order; empty where it says that none fits.

    None for an answer of no use: no list of numbers, or of numbers that no passage has.
    """
    visible = Visible()
    text = (visible.feed(text) + visible.finish()).strip()
    if len(text) > _LONGEST_ANSWER:
        return None
    value = json_in(text)
    given = value.get("passages") if isinstance(value, dict) else None
    if not isinstance(given, list):
        if _NONE.fullmatch(text):
            return []
        given = re.findall(r"\d{1,9}", text) if _NUMBERS.fullmatch(text) else []
        if not given:
            return None
    found = dict.fromkeys(n for n in map(_whole, given) if 1 <= n <= most)
    return list(found) if found or not given else None


def _whole(value: object) -> int:
    """A whole number; 0, which no passage has, for anything else."""
    if isinstance(value, str) and value.strip().isascii() and value.strip().isdigit():
        return int(value.strip()[:9])
    return value if isinstance(value, int) and not isinstance(value, bool) else 0


def _arranged(graph: Graph, pool: Retrieved, first: Sequence[int], limit: int, way: Way) -> Retrieved:
    """The pool with the pieces of these places first, cut to the limit and numbered anew."""
    chosen = [pool.evidence[n - 1] for n in first]
    rest = [piece for n, piece in enumerate(pool.evidence, start=1) if n not in set(first)]
    marked = [replace(piece, why=("checked", *piece.why)) for piece in chosen]
    evidence = tuple(replace(piece, n=n) for n, piece in enumerate([*marked, *rest][:limit], start=1))
    seeds = {node.id: node.score for node in pool.subgraph.nodes}
    subgraph = connecting_subgraph(graph, [piece.chunk.id for piece in evidence], seeds)
    return replace(pool, mode=Mode.CHECKED, evidence=evidence, subgraph=subgraph, way=way)


def _messages(
    graph: Graph,
    embedder: Embedder | None,
    spec: ModelSpec | None,
    question: str,
    shown: Sequence[Evidence],
    most: int,
) -> list[BaseMessage]:
    from langchain_core.messages import HumanMessage, SystemMessage

    claims = _claims(graph, embedder, question, shown)
    each = min(_LONGEST, room(spec) // len(shown))
    blocks = "\n\n".join(_block(n, piece, claims.get(piece.chunk.id, ()), each) for n, piece in enumerate(shown, 1))
    rules = prompt("check").fill(most=str(most))
    return [SystemMessage(rules), HumanMessage(f"{blocks}\n\nQuestion: {inert_line(question)}")]


def _claims(
    graph: Graph, embedder: Embedder | None, question: str, shown: Sequence[Evidence]
) -> Mapping[str, Sequence[str]]:
    """The claims of each passage nearest to the question; none without vectors of this model."""
    if embedder is None or graph.embeddings.meta().embedding_model != embedder.spec.id:
        return {}
    vector = [float(x) for x in embedder.query(question)]
    return graph.search.claims_near(vector, [piece.chunk.id for piece in shown], _CLAIMS)


def _block(n: int, piece: Evidence, claims: Sequence[str], longest: int) -> str:
    """A passage between delimiters that its own words cannot imitate, shortened to what there is room for."""
    page = f", page {piece.chunk.page}" if piece.chunk.page else ""
    heading = f"\n[{inert_line(piece.chunk.heading)[:_LONGEST_LINE]}]" if piece.chunk.heading else ""
    text = inert(piece.chunk.text)
    told = "".join(f"\n- {inert_line(claim)[:_LONGEST_LINE]}" for claim in claims)
    words = text if len(text) <= longest else f"{text[: longest - 1].rstrip()}…"
    return f"<<<PASSAGE {n}: {inert_line(piece.title)[:_LONGEST_LINE]}{page}{heading}\n{words}{told}\nPASSAGE {n}>>>"
