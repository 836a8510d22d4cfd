"""The expressions of a query from outside: comparisons, sums, a few functions; read and written anew."""

from __future__ import annotations

from collections.abc import Sequence

from graph.cypher_words import END, QueryForbidden, QueryNotUnderstood, QueryTooBroad, Token

FUNCTIONS = frozenset(
    "count collect sum avg min max size tolower toupper tostring tointeger tofloat coalesce type labels head last "
    "substring left right trim split replace abs round".split()
)
QUANTIFIERS = frozenset(("any", "all", "none", "single"))
_DEEPEST = 40
_COMPARED = frozenset(("=", "<>", "<", ">", "<=", ">="))
KEPT = frozenset(
    "MATCH OPTIONAL WHERE WITH RETURN ORDER BY SKIP LIMIT UNWIND CALL YIELD LOAD CSV CREATE MERGE SET DELETE DETACH "
    "REMOVE FOREACH UNION USE DROP ALTER GRANT REVOKE DENY SHOW TERMINATE START STOP EXPLAIN PROFILE USING IN AND OR "
    "XOR NOT IS AS DISTINCT CASE WHEN THEN ELSE END EXISTS CONTAINS STARTS ENDS FINISH INSERT LET FILTER".split()
)
"""Words that are no names; most of them would begin what is not allowed here."""


class Expressions:
    """Reads tokens one after the other; `out` is what was understood, `parameters` the texts in it."""

    def __init__(self, given: Sequence[Token]) -> None:
        self._tokens = [*given, END]
        self._at = 0
        self._depth = 0
        self.out: list[str] = []
        self.parameters: dict[str, object] = {}

    @property
    def now(self) -> Token:
        return self._tokens[self._at]

    def next(self) -> Token:
        token = self.now
        self._at += token is not END
        return token

    def take(self, word: str) -> str:
        """This word, which must stand here."""
        if not self.now.says(word):
            raise QueryNotUnderstood(near=self.now.value or "…")
        self.next()
        return word

    def sign(self, sign: str) -> bool:
        """Whether this sign stands here; it is passed then."""
        here = self.now.kind == "sign" and self.now.value == sign
        self._at += here
        return here

    def expect(self, sign: str) -> None:
        if not self.sign(sign):
            raise QueryNotUnderstood(near=self.now.value or "…")

    def name(self) -> str:
        """A name that means nothing else."""
        token = self.next()
        if token.kind != "word":
            raise QueryNotUnderstood(near=token.value or "…")
        if token.value.upper() in KEPT:
            raise QueryForbidden(word=token.value)
        return token.value

    def whole(self) -> int:
        token = self.next()
        if token.kind != "number" or "." in token.value:
            raise QueryNotUnderstood(near=token.value or "…")
        return int(token.value)

    def parameter(self, value: object) -> str:
        name = f"p{len(self.parameters)}"
        self.parameters[name] = value
        return f"${name}"

    def expression(self) -> None:
        """One expression, as deep as people write them."""
        self._depth += 1
        if self._depth > _DEEPEST:
            raise QueryTooBroad(word=f"> {_DEEPEST}")
        self._negated()
        while any(self.now.says(word) for word in ("AND", "OR", "XOR")):
            self.out.append(self.next().value.upper())
            self._negated()
        self._depth -= 1

    def _negated(self) -> None:
        while self.now.says("NOT"):
            self.out.append(self.take("NOT"))
        self._compared()

    def _compared(self) -> None:
        self._sum()
        while True:
            if self.now.kind == "sign" and self.now.value in _COMPARED:
                sign = self.next().value
                if sign == "<" and self.now.value == "-":
                    raise QueryForbidden(word="<-")
                self.out.append(sign)
            elif self.now.says("IN") or self.now.says("CONTAINS"):
                self.out.append(self.next().value.upper())
            elif self.now.says("STARTS") or self.now.says("ENDS"):
                self.out += [self.next().value.upper(), self.take("WITH")]
            elif self.now.says("IS"):
                self.out.append(self.take("IS"))
                if self.now.says("NOT"):
                    self.out.append(self.take("NOT"))
                self.out.append(self.take("NULL"))
                continue
            else:
                return
            self._sum()

    def _sum(self) -> None:
        self._atom()
        while self.now.kind == "sign" and self.now.value in ("+", "-", "*", "/", "%"):
            sign = self.next().value
            # (a)-[r]-(b) and (a)-->(b) are patterns, not sums: what the engine would read so is refused.
            if sign == "-" and self.now.value in ("-", "[", ">"):
                raise QueryForbidden(word=f"-{self.now.value}")
            self.out.append(sign)
            self._atom()

    def _atom(self) -> None:
        token = self.now
        if token.kind == "text":
            self.out.append(self.parameter(self.next().value))
        elif token.kind == "number":
            self.out.append(self.next().value)
        elif self.sign("-"):
            if self.now.kind != "number":
                raise QueryForbidden(word="-")
            self.out.append(f"-{self.next().value}")
        elif self.sign("("):
            self.out.append("(")
            self.expression()
            self.expect(")")
            self.out.append(")")
        elif self.sign("["):
            self.out.append("[")
            self._list("]")
        elif token.kind == "word" and token.value.lower() in ("true", "false", "null"):
            self.out.append(self.next().value.lower())
        else:
            self._named()
        self._behind()

    def _named(self) -> None:
        """A variable, or a function that is allowed."""
        name = self.name()
        if not self.sign("("):
            self.out.append(name)
            return
        plain = name.lower()
        if plain in QUANTIFIERS:
            self.out += [plain, "(", self.name(), self.take("IN")]
            self.expression()
            self.out.append(self.take("WHERE"))
            self.expression()
            self.expect(")")
            self.out.append(")")
            return
        if plain not in FUNCTIONS:
            raise QueryForbidden(word=name)
        self.out += [name, "("]
        if self.now.says("DISTINCT"):
            self.out.append(self.take("DISTINCT"))
        if plain == "count" and self.sign("*"):
            self.out.append("*")
            self.expect(")")
            self.out.append(")")
            return
        self._list(")")

    def _list(self, end: str) -> None:
        """Expressions up to the closing sign."""
        while not self.sign(end):
            self.expression()
            if self.sign(","):
                self.out.append(",")
            elif self.now.value != end or self.now.kind != "sign":
                raise QueryNotUnderstood(near=self.now.value or "…")
        self.out.append(end)

    def _behind(self) -> None:
        """Properties and places in a list."""
        while True:
            if self.sign("."):
                self.out[-1] += f".{self.name()}"
            elif self.sign("["):
                self.out += ["[", str(self.whole()), "]"]
                self.expect("]")
            else:
                return
