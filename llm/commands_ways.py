"""The ways of `python -m llm ask`: what narrows a question, and chains, themes and rows as text and as data."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Final

from graph.errors import WrongUse
from graph.store import Store
from graph.types import Retrieved
from graph.ways import Chain, Filters, Reason, Theme, Way
from graph.wording import many
from ingest.dates import read_when
from llm.modes import QueryNeeded
from llm.plain import one_line
from llm.queries import write_query

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

WHY: Final = {
    Reason.ASKED: "",
    Reason.TWO_NAMES: "looked for how {names} are connected, because the question names both",
    Reason.WHOLE: "looked at the whole, because the question asks for an overview",
    Reason.CONNECTED: "followed connections, because there are claims or names to follow",
    Reason.WORDS: "looked at passages by words and meaning",
    Reason.NO_CHAIN: "no claims lead from one to the other of {names}; looked through {claims}",
    Reason.NOT_NAMED: "two people, places or things must be named as the documents do; the question names {names}",
    Reason.NO_CLAIMS: "there are no claims here along which a connection could be followed",
    Reason.CHECKED: "{model} looked through {passages} and put {chosen} first",
    Reason.NONE_FITS: "{model} looked through {passages} and saw none that helps; they stand as the search found them",
    Reason.CHECK_FAILED: "{model} did not check the passages; they stand in the order of the search: {problem}",
    Reason.NOT_CHECKED: "no model checked the passages; they stand in the order of the search",
}


class NotADate(WrongUse):
    en = "{text!r} is not a date. Write one such as 1638, 1638-05, 16XX or 'around 1650'."
    de = "{text!r} ist keine Zeitangabe. Schreiben Sie zum Beispiel 1638, 1638-05, 16XX oder „um 1650“."


def add_filters(ask: argparse.ArgumentParser) -> None:
    """What narrows a question, in every mode."""
    told = "with --mode cypher: this query instead of one that the model writes"
    ask.add_argument("--query", metavar="CYPHER", help=told)
    narrowed = ask.add_argument_group("narrowing", "only what fits is looked at, in every mode")
    narrowed.add_argument(
        "--document", action="append", default=[], metavar="DOCUMENT", help="id or title; may be repeated"
    )
    narrowed.add_argument(
        "--type", action="append", default=[], metavar="KIND", help="such as Person or Place; may be repeated"
    )
    narrowed.add_argument("--from", dest="begin", metavar="DATE", help="claims of this time or later: 1638, 16XX")
    narrowed.add_argument("--to", dest="end", metavar="DATE", help="claims of this time or earlier")
    narrowed.add_argument("--text-language", metavar="LANGUAGE", default="", help="documents in this language: de, en")


def query_by(
    chat: BaseChatModel | None, store: Store, question: str, collections: tuple[str, ...], filters: Filters
) -> str:
    """The query that the model writes; raises QueryNeeded where there is no model."""
    if chat is None:
        raise QueryNeeded()
    return write_query(chat, store, question, collections, filters)


def filters_of(given: argparse.Namespace, store: Store, collections: tuple[str, ...]) -> Filters:
    """The filters that were asked for; raises NotADate and what the store raises for a document it does not know."""
    documents = tuple(store.documents.find(text, collections).id for text in given.document)
    return Filters(
        documents, tuple(given.type), day(given.begin, 0), day(given.end, 1), given.text_language.strip().lower()
    )


def day(text: str | None, end: int) -> int | None:
    """The first or last day that may be meant by a date, in words or EDTF; raises NotADate."""
    if not text or not text.strip():
        return None
    when = read_when(text)
    found = (when.earliest, when.latest)[end] if when else None
    if found is None:
        raise NotADate(text=text)
    return found


def why(way: Way) -> str:
    """Why it was looked for this way, as a line; empty where that was asked for."""
    check = way.check
    taken = "".join(f"“{one_line(word)}” was taken for {one_line(name)}; " for word, name in way.taken)
    return taken + WHY[way.reason].format(
        names=" and ".join(way.names) or "none",
        claims=many(way.claims, "claim"),
        model=check.model if check else "none",
        passages=many(check.passages if check else 0, "passage"),
        chosen=check.chosen if check else 0,
        problem=one_line(check.problem.text) if check and check.problem else "",
    )


def data(way: Way) -> dict[str, Any]:
    """The way as data."""
    return {
        "reason": way.reason.value,
        "why": why(way),
        "names": list(way.names),
        "claims": way.claims,
        "chains": [asdict(chain) for chain in way.chains],
        "themes": [asdict(theme) for theme in way.themes],
        "themes_left_out": way.left_out,
        "table": asdict(way.table) if way.table else None,
        "check": asdict(way.check) if way.check else None,
        "taken": dict(way.taken),
    }


def lines(retrieved: Retrieved) -> list[str]:
    """Chains, themes and rows as lines of text, with the numbers of their evidence."""
    way = retrieved.way
    said = [line for chain in way.chains for line in _chain(chain)]
    said += [line for n, theme in enumerate(way.themes, start=1) for line in _theme(n, theme)]
    if way.left_out:
        said.append(f"{many(way.left_out, 'smaller theme')} left out")
    if way.table:
        said += [way.table.query, "", "\t".join(way.table.columns), *("\t".join(row) for row in way.table.rows)]
        said += ["there are more rows"] if way.table.more else []
    return [*said, ""] if said else []


def _chain(chain: Chain) -> list[str]:
    said = [" – ".join(station.name for station in chain.stations)]
    return said + [f"  {step.text} [{step.n}]" for claims in chain.steps for step in claims]


def _theme(n: int, theme: Theme) -> list[str]:
    said = [f"{n}. {', '.join(name.name for name in theme.names)} ({theme.size})"]
    said += [f"  {theme.summary}"] if theme.summary else []
    said += [f"  {step.text} [{step.n}]" for step in theme.claims]
    return said + ([f"  {''.join(f'[{n}]' for n in theme.passages)}"] if theme.passages else [])
