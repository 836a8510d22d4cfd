"""A query from outside, read by a grammar of our own and written anew: only what was understood is ever run.

The grammar is a small part of Cypher that can only read: MATCH, OPTIONAL MATCH, WHERE, WITH, RETURN and a few
functions. Every node is one of four kinds and of the collection asked, texts become parameters, the parts of a pattern
hang together, and the number of rows is limited; what narrows a question narrows each pattern (`graph.cypher_narrow`).
Whatever else a query holds is refused, known or not.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from graph.cypher_expressions import Expressions
from graph.cypher_narrow import RESERVED, Narrowing, NotNarrowed
from graph.cypher_words import QueryForbidden, QueryNotUnderstood, QueryTooBroad, QueryWithoutKind, tokens

LABELS = {"Document": "Document", "Chunk": "Chunk", "Statement": "Statement", "Entity": "__Entity__"}
LABELS |= {"__Entity__": "__Entity__"}
MOST_STEPS = 8
EVERYTHING = Narrowing()


@dataclass(frozen=True, slots=True)
class Checked:
    """A query that only reads, with its parameters; `columns` are what it returns, in order."""

    text: str
    parameters: dict[str, object]


def checked(
    query: str, collection: str, kinds: Collection[str], most: int, narrowing: Narrowing = EVERYTHING
) -> Checked:
    """The query written anew, for at most `most` rows; `kinds` are the types that may stand as labels.

    Raises QueryNotUnderstood, QueryForbidden, QueryWithoutKind, QueryTooBroad, NotNarrowed.
    """
    return _Query(query, collection, kinds, most, narrowing).read()


class _Query(Expressions):
    """One query while it is read; what is understood is written to `out`."""

    def __init__(
        self, query: str, collection: str, kinds: Collection[str], most: int, narrowing: Narrowing = EVERYTHING
    ) -> None:
        super().__init__(tokens(query))
        self._kinds, self._most, self._narrowing = frozenset(kinds), most, narrowing
        self.parameters["collection"] = collection
        self._nodes: dict[str, str] = {}
        """Variables that stand for nodes which were checked, with their kinds."""
        self._conditions: list[str] = []
        """What narrows the patterns of the MATCH that is read."""
        self._unnamed = 0
        self._steps = 0

    def read(self) -> Checked:
        if not (self.now.says("MATCH") or self.now.says("OPTIONAL")):
            raise QueryForbidden(word=self.now.value or "…") if self.now.kind == "word" else self.confused()
        while not self.now.says("RETURN"):
            if self.now.says("MATCH") or self.now.says("OPTIONAL"):
                self._match()
            elif self.now.says("WITH"):
                self._with()
            elif self.now.kind == "word":
                raise QueryForbidden(word=self.now.value)
            else:
                raise self.confused()
        self.take("RETURN")
        self.out.append("RETURN")
        self._items()
        self._order(self._most)
        if self.now.kind != "end":
            raise QueryForbidden(word=self.now.value) if self.now.kind == "word" else self.confused()
        return Checked(" ".join(self.out), self.parameters | self._narrowing.parameters)

    def _match(self) -> None:
        if self.now.says("OPTIONAL"):
            self.take("OPTIONAL")
            self.out.append("OPTIONAL")
        self.take("MATCH")
        self.out.append("MATCH")
        known = set(self._nodes)
        first = not known and len(self.out) == 1
        self._conditions = []
        while True:
            here = self._pattern()
            if not first and not here & known:
                raise QueryTooBroad(word=", ".join(sorted(here)) or "()")
            known |= here
            first = False
            if not self.sign(","):
                break
            self.out.append(",")
        self._where(self._conditions)

    def _where(self, narrowed: Sequence[str] = ()) -> None:
        """The condition that stands here, if any; what narrows comes after it, for what it leaves."""
        given = self.now.says("WHERE")
        if given or narrowed:
            self.out.append("WHERE")
        if given:
            self.take("WHERE")
            self.out += ["("] if narrowed else []
            self.expression()
            self.out += [")", "AND"] if narrowed else []
        if narrowed:
            self.out.append(" AND ".join(narrowed))

    def _pattern(self) -> set[str]:
        """One chain of nodes; returns the names of its nodes."""
        name, label = self._node()
        names = {name}
        while self.now.value in ("-", "<") and self.now.kind == "sign":
            self._steps += 1
            if self._steps > MOST_STEPS:
                raise QueryTooBroad(word=f"> {MOST_STEPS}")
            at = len(self.out)
            between = self._relationship()
            name, other = self._node()
            if self._narrowing:
                self._narrow_step({label, other}, between, at)
            label = other
            names.add(name)
        return names - {""}

    def _narrow_step(self, ends: set[str], name: str, at: int) -> None:
        """Narrow the step whose relationship was written from `at` on; raises NotNarrowed where that cannot be."""
        if ends == {"__Entity__"}:
            raise NotNarrowed()
        if ends == {"Statement", "Chunk"}:
            if not name:
                name = self._made_up()
                self.out.insert(at + 1, name)
            self._conditions += self._narrowing.source(name)

    def _made_up(self) -> str:
        self._unnamed += 1
        return f"{RESERVED}{self._unnamed}"

    def name(self) -> str:
        """A name that means nothing else."""
        name = super().name()
        if name.startswith(RESERVED):
            raise QueryForbidden(word=name)
        return name

    def _node(self) -> tuple[str, str]:
        """Name and kind of a node."""
        self.expect("(")
        name = self.name() if self.now.kind == "word" else ""
        held = ["collection: $collection"]
        label = ""
        if self.sign(":"):
            label = self.name()
            if label in LABELS:
                label = LABELS[label]
            elif label in self._kinds:
                held.append(f"type: {self.parameter(label)}")
                label = "__Entity__"
            else:
                raise QueryWithoutKind(word=f"({name}:{label})")
        elif name not in self._nodes:
            raise QueryWithoutKind(word=f"({name})")
        known = name in self._nodes
        kind = self._nodes[name] if known else label
        if self._narrowing and not known:
            name = name or self._made_up()
            self._conditions += self._narrowing.node(name, kind)
        self.out.append(f"({name}{':' + label if label else ''}")
        self._map(held)
        self.expect(")")
        self.out.append(")")
        if name:
            self._nodes[name] = kind
        return name, kind

    def _map(self, held: list[str]) -> None:
        """The properties of a pattern, after those that we ask for."""
        given = self.sign("{")
        if not held and not given:
            return
        self.out.append("{" + ", ".join(held))
        comma = bool(held)
        while given and not self.sign("}"):
            if comma:
                self.out.append(",")
            self.out.append(self.name())
            self.expect(":")
            self.out.append(":")
            self.expression()
            comma = True
            if not self.sign(","):
                self.expect("}")
                break
        self.out.append("}")

    def _relationship(self) -> str:
        """A step; returns its name, if it has one."""
        name = ""
        left = self.sign("<")
        self.expect("-")
        self.out.append("<-[" if left else "-[")
        if self.sign("["):
            if self.now.kind == "word":
                name = self.name()
                self.out.append(name)
            if self.sign(":"):
                kinds = [self.name()]
                while self.sign("|"):
                    self.sign(":")
                    kinds.append(self.name())
                self.out.append(":" + "|".join(kinds))
            if self.now.value == "*":
                raise QueryTooBroad(word="*")
            self._map([])
            self.expect("]")
        self.expect("-")
        self.out.append("]->" if self.sign(">") and not left else "]-")
        return name

    def _with(self) -> None:
        self.take("WITH")
        self.out.append("WITH")
        self._nodes = self._items()
        self._order(None)
        self._where()

    def _items(self) -> dict[str, str]:
        """What is handed on; returns those of its names that stand for nodes, with their kinds."""
        if self.now.says("DISTINCT"):
            self.take("DISTINCT")
            self.out.append("DISTINCT")
        nodes: dict[str, str] = {}
        while True:
            begin = len(self.out)
            self.expression()
            said = self.out[begin:]
            name = said[0] if len(said) == 1 else ""
            alias = name
            if self.now.says("AS"):
                self.take("AS")
                alias = self.name()
                self.out += ["AS", alias]
            if name in self._nodes:
                nodes[alias] = self._nodes[name]
            if not self.sign(","):
                return nodes
            self.out.append(",")

    def _order(self, most: int | None) -> None:
        """ORDER BY, SKIP and LIMIT; with `most` a limit always stands there, and is no larger."""
        if self.now.says("ORDER"):
            self.take("ORDER")
            self.take("BY")
            self.out.append("ORDER BY")
            while True:
                self.expression()
                for word in ("ASC", "DESC", "ASCENDING", "DESCENDING"):
                    if self.now.says(word):
                        self.out.append(self.take(word))
                        break
                if not self.sign(","):
                    break
                self.out.append(",")
        if self.now.says("SKIP"):
            self.out += [self.take("SKIP"), str(self.whole())]
        if self.now.says("LIMIT"):
            self.take("LIMIT")
            wanted = self.whole()
            self.out += ["LIMIT", str(wanted if most is None else min(wanted, most))]
        elif most is not None:
            self.out += ["LIMIT", str(most)]

    def confused(self) -> QueryNotUnderstood:
        return QueryNotUnderstood(near=self.now.value or "…")
