"""Candidates from authority files, asked of services that speak the Reconciliation API, versions 0.1 and 0.2.

What is sent is a name (and further names, where somebody asks for that) with a kind; nothing is decided here, a person
accepts a candidate (`graph.corrections.Corrections.identify`). Whatever a service sends is untrusted text: cut to a
length, on one line, its addresses checked. https://reconciliation-api.github.io/specs/0.2/ is the protocol.
"""

from __future__ import annotations

import json
import math
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final
from urllib.parse import quote, urlsplit, urlunsplit

from graph.correction import LONGEST_NAME, on_one_line
from graph.identifiers import NoIdentifier, checked, identifier
from ingest import web_errors as web
from ingest.authority_errors import (
    AnswerTooLong,
    NoReconciliation,
    OtherProtocol,
    ServiceAway,
    ServiceBusy,
    ServiceRefused,
    ServiceSlow,
    ServiceUnknown,
)
from ingest.authority_services import Service, kind_of
from ingest.fetch import fetch
from settings import Settings

SECONDS: Final = 20.0
"""The longest that one question may take."""
MAX_MB: Final = 4
MOST: Final = 20
"""Candidates that are shown for one name, the best."""
READ: Final = 2000
"""Candidates of one name that are looked at, at most."""
BATCH: Final = 10
"""Names that are asked for at once."""
_ID, _TEXT, _TYPES = 200, 300, 5
_VERSIONS: Final = ("0.1", "0.2")


@dataclass(frozen=True, slots=True)
class Candidate:
    """An entry that may be the one, in the service's words: plain text.

    `uri` is what is stored where somebody accepts it, `page` where people read about it; both "" where the service
    says no usable address. `sure`: the service takes it for certain, which decides nothing here.
    """

    id: str
    name: str
    description: str
    types: tuple[str, ...]
    score: float | None
    sure: bool
    uri: str
    page: str

    @property
    def told(self) -> str:
        """Who that is, on one line."""
        return ", ".join(filter(None, (self.name, self.description)))


@dataclass(frozen=True, slots=True)
class Answer:
    """What a service answered: who answered, the best candidates first, how many more there were."""

    host: str
    candidates: tuple[Candidate, ...] = ()
    left_out: int = 0


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a service says of itself: where questions go, how ids become addresses, the types that it offers."""

    endpoint: str
    view: str
    space: str
    types: tuple[tuple[str, str], ...]
    batch: int = BATCH

    @property
    def host(self) -> str:
        return urlsplit(self.endpoint).netloc


@dataclass(frozen=True, slots=True)
class Question:
    """Whom to look for: the names that one has, its kind ("" for any)."""

    names: tuple[str, ...]
    kind: str = ""


def ask(service: Service, question: Question, settings: Settings, language: str, seconds: float = SECONDS) -> Answer:
    """Ask a service about one person, place or thing; raises `ingest.authority_errors`, AddressPrivate and the like."""
    return next(ask_all(service, [question], settings, language, seconds))


def ask_all(
    service: Service, questions: Sequence[Question], settings: Settings, language: str, seconds: float = SECONDS
) -> Iterator[Answer]:
    """The answers about several in their order, a few names in each request; raises as `ask` does, when it comes to it.

    `seconds` are for each request with what it takes to find out how the service wants to be asked.
    """
    until = time.monotonic() + seconds
    manifest = describe(service, settings, language, seconds)
    for some in _batches(questions, min(manifest.batch, BATCH)):
        yield from _asked(service, some, manifest, settings, until - time.monotonic())
        until = time.monotonic() + seconds


def describe(service: Service, settings: Settings, language: str, seconds: float = SECONDS) -> Manifest:
    """What a service says of itself; raises as `ask` does."""
    told, final = _json(service.address_in(language), settings, None, seconds)
    host = urlsplit(final).netloc
    if not isinstance(told, dict) or not isinstance(told.get("name"), str):
        raise NoReconciliation(host=host)
    named = told.get("versions")
    versions = [str(each)[:20] for each in named if isinstance(each, str | float)] if isinstance(named, list) else []
    if versions and not set(versions) & set(_VERSIONS):
        raise OtherProtocol(host=host, versions=_line(", ".join(versions), 60))
    view, types = told.get("view"), told.get("defaultTypes")
    batch = told.get("batchSize")
    return Manifest(
        urlunsplit(urlsplit(final)._replace(query="", fragment="")),
        _text(view.get("url"), 500) if isinstance(view, dict) else "",
        _text(told.get("identifierSpace"), 500),
        tuple(_types(types)[:100]),
        max(1, batch) if isinstance(batch, int) else BATCH,
    )


def _batches(questions: Sequence[Question], most: int) -> Iterator[list[Question]]:
    """Questions taken together as long as they have not too many names."""
    some: list[Question] = []
    for each in questions:
        if some and sum(len(one.names) for one in some) + len(each.names) > most:
            yield some
            some = []
        some.append(each)
    if some:
        yield some


def _asked(
    service: Service, questions: Sequence[Question], manifest: Manifest, settings: Settings, seconds: float
) -> list[Answer]:
    keys: list[list[str]] = []
    queries: dict[str, dict[str, Any]] = {}
    for question in questions:
        type_ = kind_of(service, question.kind, manifest.types)
        keys.append([f"q{len(queries) + number}" for number in range(len(question.names))])
        for key, name in zip(keys[-1], question.names, strict=True):
            asked: dict[str, Any] = {"query": on_one_line(name)[:LONGEST_NAME], "limit": MOST}
            queries[key] = asked | ({"type": type_} if type_ else {})
    form = {"queries": json.dumps(queries, ensure_ascii=False)}
    told, _ = _json(manifest.endpoint, settings, form, seconds)
    if not isinstance(told, dict):
        raise NoReconciliation(host=manifest.host)
    found = {key: each["result"] for key in queries if isinstance(each := told.get(key), dict)
             and isinstance(each.get("result"), list)}  # fmt: skip
    if not found:
        raise _refused(told, manifest.host)
    return [_answer([found.get(key, []) for key in each], manifest) for each in keys]


def _refused(told: Mapping[str, Any], host: str) -> NoReconciliation | ServiceRefused:
    """What a service says instead of candidates."""
    within = [told, *(each for each in told.values() if isinstance(each, dict))]
    said = [_text(each.get(name), 120) for each in within for name in ("message", "details", "error")]
    if any(said):
        return ServiceRefused(host=host, detail=_line(": ".join(dict.fromkeys(filter(None, said))), 200).rstrip("."))
    return NoReconciliation(host=host)


def _answer(results: Sequence[Sequence[object]], manifest: Manifest) -> Answer:
    """The candidates for all names of one, each once, with the best score that it has for any of them."""
    best: dict[str, Candidate] = {}
    for result in results:
        for each in result[:READ]:
            found = _candidate(each, manifest) if isinstance(each, dict) else None
            known = best.get(found.id) if found else None
            if found and (known is None or _rank(found) > _rank(known)):
                best[found.id] = found if known is None else replace(found, sure=found.sure or known.sure)
    ranked = sorted(best.values(), key=_rank, reverse=True)
    beyond = sum(max(0, len(result) - READ) for result in results)
    return Answer(manifest.host, tuple(ranked[:MOST]), max(0, len(ranked) - MOST) + beyond)


def _rank(candidate: Candidate) -> tuple[bool, float]:
    return candidate.sure, -math.inf if candidate.score is None else candidate.score


def _candidate(told: Mapping[str, Any], manifest: Manifest) -> Candidate | None:
    given = told.get("id")
    id_ = _text(str(given) if isinstance(given, int) else given, _ID)
    if not id_:
        return None
    page = _view(id_, manifest)
    return Candidate(
        id_,
        _text(told.get("name"), LONGEST_NAME) or id_,
        _text(told.get("description"), _TEXT),
        tuple(dict.fromkeys(name or id_ for id_, name in _types(told.get("type"))))[:_TYPES],
        _score(told.get("score")),
        told.get("match") is True,
        _or_none(identifier, page),
        page,
    )


def _score(told: object) -> float | None:
    """A score that is a number; some services give none."""
    if isinstance(told, bool) or not isinstance(told, int | float):
        return None
    try:
        number = float(told)
    except OverflowError:
        return None
    return number if math.isfinite(number) else None


def _view(id_: str, manifest: Manifest) -> str:
    """The address of an entry: by the service's template, else within its space of identifiers, else the id itself."""
    safe = quote(id_, safe="/:@!$'()*,;~-._")
    by_template = manifest.view.replace("{{id}}", safe).replace("{id}", safe)
    in_space = manifest.space + safe if manifest.space.endswith(("/", "#", "=")) else ""
    template = by_template if by_template != manifest.view else ""
    return next(filter(None, (_or_none(checked, each) for each in (template, in_space, id_))), "")


def _or_none(check: Any, address: str) -> str:
    try:
        return str(check(address))
    except NoIdentifier:
        return ""


def _types(told: object) -> list[tuple[str, str]]:
    """Types as (id, name); a service may say only the one or the other."""
    found: list[tuple[str, str]] = []
    for each in told[:READ] if isinstance(told, list) else ():
        id_, name = (each.get("id"), each.get("name")) if isinstance(each, dict) else (each, "")
        if id_ := _text(id_, 80):
            found.append((id_, _text(name, 80)))
    return found


def _text(told: object, most: int) -> str:
    return _line(told, most) if isinstance(told, str) else ""


def _line(text: str, most: int) -> str:
    line = on_one_line(text[: 4 * most])
    return line if len(line) <= most else line[: most - 1].rstrip() + "…"


def _json(url: str, settings: Settings, form: Mapping[str, str] | None, seconds: float) -> tuple[object, str]:
    """What stands at an address as JSON, and where that was in the end; what goes wrong in words for this purpose."""
    host = urlsplit(url).netloc.rpartition("@")[2][:100]
    begin = time.monotonic()
    try:
        with fetch(
            url, settings, accept=("application/json", "*/*;q=0.1"), max_mb=MAX_MB, seconds=max(seconds, 0.1), form=form
        ) as found:
            return json.loads(found.path.read_bytes()), found.final_url
    except (ValueError, RecursionError):
        raise NoReconciliation(host=host) from None
    except web.HostUnknown:
        raise ServiceUnknown(host=host) from None
    except (web.HostUnreachable, web.CertificateBad) as problem:
        if problem.params["detail"] != "timeout":
            raise ServiceAway(host=host, detail=problem.params["detail"]) from None
        raise ServiceSlow(host=host, seconds=max(1, round(time.monotonic() - begin))) from None
    except web.TooSlow as problem:
        raise ServiceSlow(host=host, seconds=problem.params["seconds"]) from None
    except web.HostBusy as problem:
        raise ServiceBusy(host=host, status=problem.params["status"]) from None
    except web.AnswerTooLarge:
        raise AnswerTooLong(host=host, limit_mb=MAX_MB) from None
    except (web.LoginNeeded, web.AnswerUnexpected) as problem:
        raise ServiceRefused(host=host, detail=f"status {problem.params['status']}") from None
    except (web.PageNotFound, web.TooManyRedirects, web.AnswerEmpty, web.AnswerDamaged):
        raise NoReconciliation(host=host) from None
