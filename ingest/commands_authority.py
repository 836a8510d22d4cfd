"""`python -m ingest authority`: candidates from authority files, listed; one is accepted where somebody says so."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import cli
import settings as configuration
from graph.commands_here import add_collection, opened
from graph.commands_merges import entity_data, named
from graph.errors import SourceError, WrongUse
from graph.identifiers import authority, identifier
from graph.identifiers import named as named_entry
from graph.store import Store
from graph.types import Entity
from graph.wording import many
from ingest.authority import Answer, Candidate, Question, ask, ask_all
from ingest.authority_errors import NotAmongCandidates
from ingest.authority_services import GND, OWN, WIKIDATA, Service, service
from ingest.fetch import is_address

if TYPE_CHECKING:
    from argparse import _SubParsersAction

PAGE = 500
SHORT = 8


class NobodyNamed(WrongUse):
    en = "Name a person, place or thing, or say --all (with --kind, such as Person) to have many looked for."
    de = "Nennen Sie eine Person, einen Ort oder Gegenstand, oder mit --all (und --kind, etwa Person) viele."


class AcceptOne(WrongUse):
    en = "Nothing is accepted for many at once: name the one that --accept is about."
    de = "Für viele auf einmal wird nichts übernommen: Nennen Sie das eine, das mit --accept gemeint ist."


class NoAuthority(WrongUse):
    en = "“{name}” is no service: write gnd, wikidata, own (WUNDERKAMMER_AUTHORITY), or the address of one."
    de = "„{name}“ ist kein Dienst: gnd, wikidata, own (WUNDERKAMMER_AUTHORITY) oder eine Adresse angeben."


def authority_command(given: argparse.Namespace) -> int:
    """Look for persons, places and things in an authority file. Their names are sent to its service.

    Nothing is stored unless --accept names a candidate; `python -m graph undo` takes that back.
    """
    settings = configuration.read()
    if bool(given.name) == given.all:
        raise NobodyNamed()
    if given.all and given.accept:
        raise AcceptOne()
    asked = service(given.service, settings)
    if asked.key == OWN and not is_address(asked.address):
        raise NoAuthority(name=given.service)
    with opened(given, settings) as store:
        if given.all:
            return _many(given, store, asked)
        entity = named(store, given.name)
        if is_address(given.accept):
            return _accepted(given, store, entity, identifier(given.accept), "")
        names = (entity.name, *(entity.aliases if given.further else ()))
        cli.say(f"asking {asked.host} for {many(len(names), 'name')}")
        answer = ask(asked, Question(names, _kind(given, entity)), settings, given.language)
        if given.accept:
            found = _of_id(answer, given.accept)
            return _accepted(given, store, entity, found.uri, found.told)
    data = {"service": answer.host, "entity": entity_data(entity), **_answer_data(answer, given.limit)}
    cli.show(given, data, _answer_text(answer, given.limit))
    return cli.DONE


def _many(given: argparse.Namespace, store: Store, asked: Service) -> int:
    """The best candidates for those that have no entry in this file yet; never accepted."""
    entities = list(_open(store, given.kind or "", _file(asked), given.limit))
    cli.say(f"asking {asked.host} for {many(len(entities), 'name')}")
    questions = [Question((each.name,), _kind(given, each)) for each in entities]
    answers: list[Answer] = []
    problem: SourceError | None = None
    try:
        answers.extend(ask_all(asked, questions, store.settings, given.language))
    except SourceError as error:
        if not answers:
            raise
        problem = error
        cli.say(f"error: {error}")
    told = [
        {"entity": entity_data(entity), **_answer_data(answer, given.best)}
        for entity, answer in zip(entities, answers, strict=False)
    ]
    lines = [
        f"{entity.name} ({entity.type})\n{_answer_text(answer, given.best)}"
        for entity, answer in zip(entities, answers, strict=False)
    ]
    data = {"service": asked.host, "found": told, "not_asked": [each.name for each in entities[len(answers) :]]}
    cli.show(given, data, "\n".join(lines) or "nothing is left to look for")
    return cli.IN_PART if problem else cli.DONE


def _open(store: Store, kind: str, file: str, limit: int) -> Iterator[Entity]:
    """Entities of a kind without an entry in this authority file, those that most passages name first."""
    skip = found = 0
    while some := store.explore.of_kind(store.here, kind, skip, PAGE):
        for entity in some:
            if found < limit and file not in {authority(uri) for uri in entity.same_as}:
                found += 1
                yield entity
        if found >= limit:
            return
        skip += PAGE


def _file(asked: Service) -> str:
    """How identifiers of a service's authority file are called; of one's own, by where it is."""
    return asked.name or asked.host


def _kind(given: argparse.Namespace, entity: Entity) -> str:
    return "" if given.any_kind else given.kind or entity.type


def _of_id(answer: Answer, id_: str) -> Candidate:
    for each in answer.candidates:
        if each.id == id_ and each.uri:
            return each
    raise NotAmongCandidates(id=id_)


def _accepted(given: argparse.Namespace, store: Store, entity: Entity, uri: str, told: str) -> int:
    made = store.corrections.identify(entity.id, uri, store.settings.person, given.note or told)
    now = store.explore.entity(entity.id)
    data = {"entity": entity_data(now or entity), "accepted": uri, "correction": made.id}
    text = f"{entity.name}: {named_entry(uri)}, {uri}\nundo: python -m graph undo {made.id[:SHORT]}"
    cli.show(given, data, text)
    return cli.DONE


def _answer_data(answer: Answer, limit: int) -> dict[str, Any]:
    names = ("id", "name", "description", "score", "sure", "uri", "page")
    shown = answer.candidates[:limit]
    return {
        "candidates": [{name: getattr(each, name) for name in names} | {"types": list(each.types)} for each in shown],
        "more": len(answer.candidates) - len(shown) + answer.left_out,
    }


def _answer_text(answer: Answer, limit: int) -> str:
    if not answer.candidates:
        return "  no candidates"
    lines = []
    for each in answer.candidates[:limit]:
        score = "" if each.score is None else f"{each.score:g}"
        types = f" ({', '.join(each.types)})" if each.types else ""
        lines.append(f"{score:>9}  {each.id}  {each.told}{types}{'  sure, says the service' if each.sure else ''}")
    more = len(answer.candidates) - limit + answer.left_out
    return "\n".join([*lines, *([f"           and {more:,} more"] if more > 0 else [])])


def add_authority(commands: _SubParsersAction[argparse.ArgumentParser]) -> None:
    """Give the command line its `authority`."""
    told = authority_command.__doc__
    sub = add_collection(cli.add_json(commands.add_parser("authority", help=told, description=told)))
    sub.add_argument("name", nargs="?", metavar="NAME", help="a person, place or thing: exact name, or id")
    told = f"{GND.key} (lobid.org, the default), {WIKIDATA.key}, {OWN} (WUNDERKAMMER_AUTHORITY), or an address"
    sub.add_argument("--service", default=GND.key, metavar="SERVICE", help=told)
    sub.add_argument("--accept", default="", metavar="ID", help="the candidate, or the address of an entry, that it is")
    sub.add_argument("--further", action="store_true", help="ask for its further names as well")
    sub.add_argument("--any-kind", action="store_true", help="do not ask for entries of its kind only")
    sub.add_argument("--all", action="store_true", help="list the best candidates for many; accepts none")
    sub.add_argument(
        "--kind", metavar="KIND", help="ask for entries of this kind, such as Person; with --all, for those of it"
    )
    told = "show at most N candidates, or with --all ask for N names (20)"
    sub.add_argument("--limit", type=cli.whole(1), default=20, metavar="N", help=told)
    sub.add_argument("--best", type=cli.whole(1), default=3, metavar="N", help="with --all: candidates for each (3)")
    sub.add_argument("--language", choices=("en", "de"), default="en", help="of names, where the service has several")
    sub.add_argument("--note", default="", metavar="WORDS", help="why; it stands in the history")
    sub.set_defaults(command=authority_command)
