"""What a passage says, in its own words and as people corrected it: from the one to the other and back, without loss.

What passages say is never changed. A ruling, which is what a correction says of one claim or passage, is applied to it:
a claim is held back, or a name in it stands for somebody else. So rulings hold for documents that come later, and
taking one away ends in what there was before. Nothing here touches the database.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from graph.ids import make_id, normalise, statement_id

Properties = Mapping[str, Any]
RETRACT, CLAIM, PASSAGE, ADD = "retract", "claim", "passage", "add"
"""Kinds of rulings: a claim is held back; an end of a claim, or a name in a passage, is another; a claim is added."""
_TRACES = frozenset(("said", "copy", "form", "of", "subject", "object", "said_subject", "said_object"))


@dataclass(frozen=True, slots=True)
class Named:
    """That a passage names something: the id of the name, and what the passage says of it."""

    form: str
    properties: Properties
    said: str = ""
    """The id in the passage's own words, where a split gave it to another."""
    copy: bool = False
    """Whether the passage names `said` beside it as well."""


@dataclass(frozen=True, slots=True)
class Made:
    """That a passage makes a claim, by the ids of the names in it."""

    subject: str
    predicate: str
    object: str
    properties: Properties
    said_subject: str = ""
    said_object: str = ""

    def key(self, collection: str) -> str:
        """The id of the claim in the passage's own words."""
        subject, object_ = self.said_subject or self.subject, self.said_object or self.object
        return statement_id(collection, subject, self.predicate, object_)


@dataclass(frozen=True, slots=True)
class Said:
    """All that a passage says; `held` are claims that are held back, with the ruling that does so."""

    words: str
    """The hash of its text: the same words in another document are the same passage."""
    mentions: tuple[Named, ...] = ()
    sources: tuple[Made, ...] = ()
    held: tuple[tuple[str, Made], ...] = ()
    pairs: tuple[str, ...] = ()

    def __add__(self, more: Said) -> Said:
        return replace(
            self,
            mentions=self.mentions + more.mentions,
            sources=self.sources + more.sources,
            held=self.held + more.held,
        )


@dataclass(frozen=True, slots=True)
class Rules:
    """The rulings that hold for some passages; of two about one thing the later holds."""

    collection: str
    retracted: Mapping[str, str] = field(default_factory=dict)
    """Ids of claims, with the ruling."""
    claims: Mapping[tuple[str, str], tuple[str, str]] = field(default_factory=dict)
    """Id of a claim and of one of its ends: when it was decided, and what the end is."""
    passages: Mapping[tuple[str, str], tuple[str, str]] = field(default_factory=dict)
    """Id of a name and hash of the passage: when it was decided, and what the name is there."""

    placed: Mapping[str, str] = field(default_factory=dict)
    """Ids of retracted claims as they stand now, their names being part of others perhaps; with the ruling."""
    to: Mapping[str, str] = field(default_factory=dict)
    """Which entity a name is part of now, where it is not its own."""

    def holding(self, claim: Made) -> str | None:
        """The ruling that holds a claim back: it was retracted itself, or says now what a retracted one says."""
        ends = (self.to.get(end, end) for end in (claim.subject, claim.object))
        now = statement_id(self.collection, next(ends), claim.predicate, next(ends))
        return self.retracted.get(claim.key(self.collection)) or self.placed.get(now)

    def end(self, form: str, claim: str, words: str) -> str:
        """What one end of a claim is."""
        found = [each for each in (self.claims.get((claim, form)), self.passages.get((form, words))) if each]
        return max(found)[1] if found else form

    def name(self, form: str, words: str) -> str:
        """What a name in a passage is."""
        return self.passages.get((form, words), ("", form))[1]


def rules(collection: str, rulings: Iterable[Properties]) -> Rules:
    """Rulings as they are applied."""
    retracted: dict[str, str] = {}
    claims: dict[tuple[str, str], tuple[str, str]] = {}
    passages: dict[tuple[str, str], tuple[str, str]] = {}
    for each in sorted(rulings, key=lambda ruling: (ruling["at"], ruling["id"])):
        if each["kind"] == RETRACT:
            retracted[each["key"]] = each["id"]
        elif each["kind"] == CLAIM:
            claims[each["key"], each["form"]] = each["at"], each["to"]
        elif each["kind"] == PASSAGE:
            passages[each["key"], each["words"]] = each["at"], each["to"]
    return Rules(collection, retracted, claims, passages)


def words_of(text: str) -> str:
    """The hash by which a passage is known again, also in a new version of its document."""
    return make_id("words", normalise(text))


# --- from rows, and back to the passage's own words ---------------------------------------------------------------


def named(entity: str, properties: Properties) -> Named:
    """A mention from its edge."""
    own = {name: value for name, value in properties.items() if name not in _TRACES}
    form = properties.get("form") or entity
    return Named(form, own, properties.get("said") or "", bool(properties.get("copy")))


def made(subject: str, predicate: str, object_: str, properties: Properties) -> Made:
    """A source from its edge and the ends of its statement."""
    own = {name: value for name, value in properties.items() if name not in _TRACES}
    said = properties.get("said_subject") or "", properties.get("said_object") or ""
    return Made(properties.get("subject") or subject, predicate, properties.get("object") or object_, own, *said)


def own_words(said: Said) -> Said:
    """What the passage itself says: without what people added, held back or gave to others."""
    mentions = tuple(
        Named(each.said or each.form, each.properties)
        for each in said.mentions
        if not each.copy and not each.properties.get("correction")
    )
    sources = tuple(
        Made(each.said_subject or each.subject, each.predicate, each.said_object or each.object, each.properties)
        for each in (*said.sources, *(each for _, each in said.held))
        if not each.properties.get("correction")
    )
    return Said(said.words, mentions, sources, (), tuple(_own_pair(pair) for pair in said.pairs))


def _own_pair(pair: str) -> str:
    a, b, weight, *own = pair.split(" ")
    return f"{own[0]} {own[1]} {weight}" if own else f"{a} {b} {weight}"


# --- as people corrected it ---------------------------------------------------------------------------------------


def corrected(said: Said, by: Rules) -> Said:
    """What a passage says in its own words, or what was added to it, with the rulings applied."""
    placed = [_placed(each, by, said.words) for each in said.sources]
    kept = tuple(each for each in placed if not by.holding(each))
    held = tuple((ruling, each) for each in placed if (ruling := by.holding(each)))
    mentions = tuple(one for each in said.mentions for one in _mentions(each, placed, by, said.words))
    return Said(said.words, mentions, kept, held, tuple(_pair(pair, by, said.words) for pair in said.pairs))


def _placed(claim: Made, by: Rules, words: str) -> Made:
    key = claim.key(by.collection)
    subject, object_ = by.end(claim.subject, key, words), by.end(claim.object, key, words)
    return Made(
        subject, claim.predicate, object_, claim.properties,
        claim.subject if subject != claim.subject else "", claim.object if object_ != claim.object else "",
    )  # fmt: skip


def _mentions(mention: Named, placed: Sequence[Made], by: Rules, words: str) -> list[Named]:
    """A mention where it belongs; ends of claims that went elsewhere are mentioned there, too."""
    form, here = mention.form, by.name(mention.form, words)
    ends = [end for claim in placed for end in _ends(claim, form)]
    others = sorted({end for end in ends if end != here})
    if others and here not in ends and here == form and not mention.properties.get("count"):
        # It stood there for the sake of its claims alone, and all of them went.
        here, *others = others
    first = Named(here, mention.properties, form if here != form else "")
    uncounted = {**mention.properties, "count": 0}
    return [first, *(Named(other, uncounted, form, copy=True) for other in others)]


def _ends(claim: Made, form: str) -> list[str]:
    """Where the ends of a claim stand that its own words call so."""
    both = ((claim.subject, claim.said_subject), (claim.object, claim.said_object))
    return [end for end, said in both if (said or end) == form]


def _pair(pair: str, by: Rules, words: str) -> str:
    a, b, weight = pair.split(" ")
    now = by.name(a, words), by.name(b, words)
    return pair if now == (a, b) else f"{now[0]} {now[1]} {weight} {a} {b}"


def traces(mention: Named, entity: str) -> dict[str, Any]:
    """The properties of a mention's edge to the entity that its name is part of."""
    return {
        **mention.properties,
        **({"form": mention.form} if mention.form != entity else {}),
        **({"said": mention.said} if mention.said else {}),
        **({"copy": True} if mention.copy else {}),
    }


def source_traces(claim: Made, collection: str, ends: tuple[str, str]) -> dict[str, Any]:
    """The properties of a source's edge from the statement between these entities."""
    moved = {
        "of": statement_id(collection, claim.subject, claim.predicate, claim.object),
        "subject": claim.subject,
        "object": claim.object,
    }
    said = {"said_subject": claim.said_subject, "said_object": claim.said_object}
    return {
        **claim.properties,
        **(moved if ends != (claim.subject, claim.object) else {}),
        **{name: value for name, value in said.items() if value},
    }
