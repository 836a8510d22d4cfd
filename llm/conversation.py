"""A follow-up question made whole, so that it can be searched: "And where was he born?" after one about Ole Worm.

By rules, German and English: a pronoun stands for the name that the turn before was about; a question without a subject
leans on the question before. By a model: one call, held to a form. Both only propose; people see it and may change it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from graph.types import Node, Retrieved
from llm.language import guess
from llm.sentences import without_markers
from llm.words import STOPWORDS

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

    from llm.spec import ModelSpec

LONGEST: Final = 4000
"""Characters of a question, as the pages take it."""
REWRITE_PROMPT: Final = "rewrite"
_LONGEST_REWRITTEN: Final = 1000
"""Characters of a question as a model rewrites it."""
_JOIN: Final = " – "
_FEW: Final = 3
"""Words that carry meaning, at most, of a question that leans on the one before."""
_TURNS: Final = 3
_LONGEST_TURN: Final = 1_500
_MOST_OTHERS: Final = 4
_SCHEMA: Final = {
    "title": "follow_up",
    "type": "object",
    "properties": {"question": {"type": "string"}},
    "required": ["question"],
    "additionalProperties": False,
}

_Ranks = Mapping[str, int | None]
"""Which types a word may stand for: the lower the likelier, None never; "" is for all that are not named."""
_WHO: Final[_Ranks] = {"Person": 0, "Thing": 1}
_THING: Final[_Ranks] = {"": 0, "Place": 1, "Person": None, "Date": None}
_ANY: Final[_Ranks] = {"Person": 0, "": 1, "Date": None}
_MANY: Final[_Ranks] = {"Organisation": 0, "": 1, "Person": 2, "Place": None, "Date": None}
_WHERE: Final[_Ranks] = {"Place": 0}
_ENGLISH: Final[Mapping[str, tuple[_Ranks, str]]] = {
    **dict.fromkeys(("he", "him", "she"), (_WHO, "")),
    **dict.fromkeys(("his", "her", "hers"), (_WHO, "'s")),
    **dict.fromkeys(("they", "them"), (_MANY, "")),
    **dict.fromkeys(("their", "theirs"), (_MANY, "'s")),
    "it": (_THING, ""),
    "its": (_THING, "'s"),
    "there": (_WHERE, "in "),
}
_GERMAN: Final[Mapping[str, tuple[_Ranks, str]]] = {
    **dict.fromkeys(("er", "ihn", "ihm", "sie", "ihnen"), (_ANY, "")),
    **dict.fromkeys(
        ("sein", "seine", "seinen", "seinem", "seiner", "seines", "ihre", "ihren", "ihrem", "ihrer", "ihres", "dessen"),
        (_ANY, "s"),
    ),
    "ihr": (_ANY, "s"),
    "es": (_THING, ""),
    "dort": (_WHERE, "in "),
    "dorthin": (_WHERE, "nach "),
    "dorther": (_WHERE, "aus "),
}
_EMPTY_BEFORE: Final = frozenset("gibt gab is are was were".split())
"""Before these, or after them, "it", "es" and "there" often stand for nothing."""
_EMPTY_AFTER: Final = frozenset("gibt gab is are was were true possible known likely dazu darum wahr möglich".split())
_OBJECT_AFTER: Final = frozenset("to from in at by with for of and or on as when where after before".split())
"""After which "her" is no possessive."""
_BEGIN = re.compile(
    r"^\s*(?P<so>(?:and|und|but|aber)\s+)?(?P<of>(?:what|how) about\s+|(?:was ist|wie ist es|wie steht es) mit\s+)?",
    re.I,
)
_WORD = re.compile(r"[^\W_]+")
_CLAUSE = re.compile(r"[,;]|\b(?:and|und)\b", re.I)
_ASKS_WHO = re.compile(r"^\W*(?:who|whose|whom|wer|wessen|wem|wen)\b", re.I)
_ROMAN = re.compile(r"[IVXLC]+\.?")


@dataclass(frozen=True, slots=True)
class Name:
    """Somebody or something that a turn was about."""

    label: str
    type: str
    sure: bool = True
    """Whether the turn named it or led to it; the rest only stands in what was found, and is never put in unasked."""


@dataclass(frozen=True, slots=True)
class Earlier:
    """An earlier turn: its question as it was searched, the answer if one was written, and what it was about."""

    question: str
    answer: str = ""
    names: tuple[Name, ...] = ()


@dataclass(frozen=True, slots=True)
class Understood:
    """A question as it is searched. `filled` pairs the words that were replaced with the names put there.

    `others` are names that could be meant instead; `leans` says that the question before was put in front; `model`
    names who rewrote it, None for the rules.
    """

    asked: str
    question: str
    filled: tuple[tuple[str, str], ...] = ()
    others: tuple[str, ...] = ()
    leans: bool = False
    model: str | None = None

    @property
    def changed(self) -> bool:
        """Whether it is searched in other words than it was asked in."""
        return self.question != self.asked


def about(retrieved: Retrieved, answer: str = "") -> tuple[Name, ...]:
    """What a turn was about: names in its question, then in its answer, then the best connected of its evidence.

    Of a question who somebody is, the one that the answer names comes first.
    """
    nodes = sorted(retrieved.subgraph.nodes, key=lambda node: -node.score)
    whole = [node for node in nodes if _says(node.label, retrieved.question)]
    asked = whole + [node for node in nodes if node not in whole and _named(node, retrieved.question)]
    told = [node for node in nodes if answer and _named(node, answer)]
    who = [node for node in told if node.type == "Person" and node not in asked]
    first = who if _ASKS_WHO.search(retrieved.question) else []
    sure = {node.id: node for node in (*first, *asked, *told, *(each for each in nodes if each.score > 0))}
    ranked = (*sure.values(), *(node for node in nodes if node.id not in sure))
    return tuple(Name(node.label, node.type, node.id in sure) for node in ranked)


def _named(node: Node, text: str) -> bool:
    """Whether a text names somebody or something: by the whole name, a person also by a long part of it."""
    parts = [word for word in node.label.split() if len(word) > 3 and word[0].isupper()]
    return _says(node.label, text) or (node.type == "Person" and any(_says(part, text, exactly=True) for part in parts))


def _says(name: str, text: str, exactly: bool = False) -> bool:
    """Whether the name stands in the text, perhaps in the genitive; `exactly`: with the same capitals."""
    return bool(re.search(rf"(?<!\w){re.escape(name)}(?:['’]?s)?(?!\w)", text, 0 if exactly else re.I))


def by_rules(asked: str, turns: Sequence[Earlier], meant: str | None = None) -> Understood:
    """The question with its pronouns and its missing subject filled from the turns, the last first.

    `meant` is the name that somebody chose instead of the one that the rules would take. What stands on its own, or
    finds nothing to be filled with, stays as it is.
    """
    asked = " ".join(asked.split())
    if not turns or not asked:
        return Understood(asked, asked)
    german = (guess(asked) or guess(turns[-1].question)) == "de"
    found = _pronouns(asked, turns, german, meant)
    return found if found.filled else _leaning(asked, turns[-1], found.others)


def _pronouns(asked: str, turns: Sequence[Earlier], german: bool, meant: str | None) -> Understood:
    words = list(_WORD.finditer(asked))
    parts, at = [], 0
    filled: dict[str, str] = {}
    others: dict[str, None] = {}
    for number, word in enumerate(words):
        stands_for = _stands_for(asked, words, number, german)
        if stands_for is None or _says_itself(asked[: word.start()]):
            continue
        ranks, form = stands_for
        fitting = [*_fitting(turns, ranks, True), *_fitting(turns, ranks, False)]
        name = meant if meant in fitting else next(_fitting(turns, ranks, True), None)
        others |= dict.fromkeys(each for each in fitting if each != name)
        if name is None:
            continue
        filled[word.group()] = name
        parts += [asked[at : word.start()], _formed(name, form, german)]
        at = word.end()
    offered = [name for name in others if name not in filled.values()][:_MOST_OTHERS]
    return Understood(asked, "".join([*parts, asked[at:]])[:LONGEST], tuple(filled.items()), tuple(offered))


def _stands_for(asked: str, words: Sequence[re.Match[str]], number: int, german: bool) -> tuple[_Ranks, str] | None:
    """Which types a word stands for and in which form, where it is a pronoun that stands for something."""
    word = words[number].group()
    found = (_GERMAN if german else _ENGLISH).get(word.casefold() if number == 0 else word)
    if found is None:
        return None
    before = words[number - 1].group().casefold() if number else ""
    after = words[number + 1].group().casefold() if number + 1 < len(words) else ""
    low = word.casefold()
    if low in ("there", "es", "it") and after in _EMPTY_AFTER:
        return None
    if low in ("there", "es") and before in _EMPTY_BEFORE and not (low == "es" and before in ("is", "was")):
        return None
    ends = asked[words[number].end() :].lstrip()[:1] in ("", "?", ".", ",", "!")
    if low == "her" and (ends or after in _OBJECT_AFTER):
        return found[0], ""
    if low == "ihr" and (ends or after in STOPWORDS):
        return found[0], ""
    return found


def _says_itself(before: str) -> bool:
    """Whether the question has named somebody in an earlier clause of its own."""
    named = [word for word in _WORD.finditer(before) if word.group()[0].isupper() and word.start() > 0]
    return any(_CLAUSE.search(before, word.end()) for word in named)


def _fitting(turns: Sequence[Earlier], ranks: _Ranks, sure: bool) -> Iterator[str]:
    """Labels that may be meant, the likeliest first: those of the last turn by their type, then of the turn before.

    Of what was only found, those of the likeliest type alone.
    """
    for turn in reversed(turns):
        named = [(ranks.get(name.type, ranks.get("")), name.label) for name in turn.names if name.sure is sure]
        ranked = [(rank, label) for rank, label in named if rank is not None and (sure or rank == 0)]
        yield from (label for _, label in sorted(ranked, key=lambda each: each[0]))


def _formed(name: str, form: str, german: bool) -> str:
    """The name in its place: as it is, after a preposition, or as whose something is."""
    if form.endswith(" "):
        return form + name
    if not form:
        return name
    if not german:
        return name + ("'" if name.endswith("s") else "'s")
    first, _, last = name.partition(" ")
    if last and _ROMAN.fullmatch(name.split()[-1]):
        return f"{_genitive(first)} {last}"
    return _genitive(name)


def _genitive(name: str) -> str:
    return name + ("’" if name[-1] in "sßxz" else "s")


def _leaning(asked: str, last: Earlier, others: tuple[str, ...]) -> Understood:
    """A question without a subject, such as "And when?" or "Und Kircher?", completed by the question before.

    `others`: it has a word that stands for something, perhaps for one of these.
    """
    begin = _BEGIN.match(asked)
    rest = asked[begin.end() :].rstrip("?!. ") if begin else asked
    joined = bool(begin and (begin.group("so") or begin.group("of")))
    carrying = [word for word in _WORD.findall(rest) if word.casefold() not in STOPWORDS]
    short = len(carrying) <= _FEW and (joined or not carrying)
    if not rest or not (short or others):
        return Understood(asked, asked)
    before = last.question.split(_JOIN)[0]
    instead = next((name.label for name in last.names if name.label in before), None)
    if instead and carrying and all(word[0].isupper() for word in rest.split()):
        return Understood(asked, before.replace(instead, rest)[:LONGEST], ((instead, rest),))
    return Understood(asked, f"{before.rstrip('?!. ')}{_JOIN}{rest}?"[:LONGEST], (), others, leans=True)


def by_model(asked: str, turns: Sequence[Earlier], chat: BaseChatModel, spec: ModelSpec) -> Understood:
    """The question as a model rewrites it; without earlier turns nobody is asked.

    Raises the errors of `llm.errors`: CutOff for an answer that is not whole, NotUnderstood for one without a question.
    """
    from langchain_core.messages import HumanMessage, SystemMessage

    from llm.errors import NotUnderstood
    from llm.prompts import prompt
    from llm.replies import check_finish
    from llm.seeing import held, json_in
    from llm.untrusted import inert_line

    asked = " ".join(asked.split())
    if not turns or not asked:
        return Understood(asked, asked)
    told = "\n".join(
        f"Question: {inert_line(turn.question)[:_LONGEST_TURN]}\n"
        f"Answer: {inert_line(without_markers(turn.answer))[:_LONGEST_TURN] or '(none was written)'}\n"
        f"It was about: {', '.join(inert_line(name.label) for name in turn.names[:_MOST_OTHERS]) or '(not known)'}"
        for turn in turns[-_TURNS:]
    )
    messages = [
        SystemMessage(prompt(REWRITE_PROMPT).text),
        HumanMessage(f"<<<EARLIER\n{told}\nEARLIER>>>\n\nFollow-up question: {inert_line(asked)}"),
    ]
    message, _ = held(chat, messages, _SCHEMA)
    check_finish(message, spec.id)
    reply = json_in(message.text)
    question = reply.get("question") if isinstance(reply, dict) else None
    line = " ".join(question.split()) if isinstance(question, str) else ""
    if not line or len(line) > _LONGEST_REWRITTEN:
        raise NotUnderstood(model=spec.id, detail="it holds no question")
    return Understood(asked, line, model=spec.id)
