"""A query that somebody wrote, a model or a person, taken to pieces: words, numbers, texts and signs, nothing else."""

from __future__ import annotations

import re
from typing import NamedTuple

from graph.errors import WrongUse

LONGEST = 3000
MOST_WORDS = 600
_TOKEN = re.compile(
    r"""\s+|(?P<word>[A-Za-z_][A-Za-z0-9_]*)|(?P<number>\d{1,9}(?:\.\d{1,9})?)(?![\w.])"""
    r"""|(?P<text>'(?:[^'\\]|\\['"\\nrt])*'|"(?:[^"\\]|\\['"\\nrt])*")|(?P<sign><=|>=|<>|[()\[\]{},.:;=<>+\-*%|]|/(?![/*]))""",
    re.ASCII,
)
_ESCAPED = {"n": "\n", "r": "\r", "t": "\t"}


class QueryNotUnderstood(WrongUse):
    en = (
        "The query could not be understood at “{near}”. Queries are made of MATCH, OPTIONAL MATCH, WHERE, WITH, "
        "RETURN, ORDER BY, SKIP and LIMIT."
    )
    de = (
        "Die Abfrage ließ sich bei „{near}“ nicht verstehen. Abfragen bestehen aus MATCH, OPTIONAL MATCH, WHERE, WITH, "
        "RETURN, ORDER BY, SKIP und LIMIT."
    )


class QueryForbidden(WrongUse):
    en = "“{word}” is not allowed: a query may only read, and only what is in this cabinet."
    de = "„{word}“ ist nicht erlaubt: Eine Abfrage darf nur lesen, und nur, was in dieser Sammlung ist."


class QueryWithoutKind(WrongUse):
    en = "“{word}” needs to say what it is: Document, Chunk, Entity or Statement, such as (e:Entity)."
    de = "„{word}“ muss sagen, was es ist: Document, Chunk, Entity oder Statement, zum Beispiel (e:Entity)."


class QueryTooBroad(WrongUse):
    en = "The query could go through far too much ({word}). Join all its parts, and name each step."
    de = "Die Abfrage könnte viel zu viel durchlaufen ({word}). Verbinden Sie ihre Teile und nennen Sie jeden Schritt."


class Token(NamedTuple):
    """A piece of a query; a text without its quotation marks and escapes."""

    kind: str
    value: str

    def says(self, word: str) -> bool:
        """Whether it is this word, in capitals or not."""
        return self.kind == "word" and self.value.upper() == word


END = Token("end", "")


def tokens(query: str) -> list[Token]:
    """The pieces of a query; raises QueryNotUnderstood, QueryTooBroad for what is no such piece, or too much."""
    query = query.strip().removesuffix(";")
    if len(query) > LONGEST:
        raise QueryTooBroad(word=f"> {LONGEST}")
    found: list[Token] = []
    at = 0
    while at < len(query):
        match = _TOKEN.match(query, at)
        if match is None:
            raise QueryNotUnderstood(near=query[at : at + 20])
        at = match.end()
        kind = match.lastgroup
        if kind == "text":
            found.append(Token(kind, _plain(match.group()[1:-1])))
        elif kind:
            found.append(Token(kind, match.group()))
    if len(found) > MOST_WORDS:
        raise QueryTooBroad(word=f"> {MOST_WORDS}")
    return found


def _plain(text: str) -> str:
    return re.sub(r"\\(.)", lambda each: _ESCAPED.get(each.group(1), each.group(1)), text)
