"""Asking authority files for candidates, of a server that speaks the protocol over a real socket, well and badly."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest

from graph.errors import WunderkammerError
from ingest import authority_errors as errors
from ingest.authority import BATCH, MOST, Question, ask, ask_all
from ingest.authority_services import GND, OWN, WIKIDATA, Service, kind_of, service, services
from ingest.web_errors import AddressMalformed, AddressPrivate
from settings import Settings
from tests import authority_server as server
from tests.authority_server import Authorities, authorities, send

WORM = Question(("Ole Worm",), "Person")


@pytest.fixture
def served() -> Iterator[Authorities]:
    with authorities() as running:
        yield running


@pytest.fixture
def near(tmp_path: Path) -> Settings:
    """Settings that allow the test's own server."""
    return Settings(home=tmp_path, allow_private=True)


def gnd(served: Authorities) -> Service:
    return replace(GND, address=served.url())


def own(served: Authorities) -> Service:
    return Service(OWN, "", served.url())


def error_of(service_: Service, settings: Settings, question: Question = WORM, **more: float) -> WunderkammerError:
    with pytest.raises(WunderkammerError) as caught:
        ask(service_, question, settings, "en", **more)
    assert caught.value.text("de") != caught.value.text("en")
    assert "{" not in caught.value.text("de") + caught.value.text("en")
    return caught.value


def test_candidates_of_the_gnd_with_score_type_and_address(served: Authorities, near: Settings) -> None:
    found = ask(gnd(served), WORM, near, "de")
    assert [each.id for each in found.candidates] == ["118771531", "1043210987"]
    first = found.candidates[0]
    assert (first.name, first.score, first.sure) == ("Worm, Ole", 87.31, False)
    assert first.description.startswith("1588-1654 | ") and first.types == ("Individualisierte Person",)
    assert (first.uri, first.page) == ("https://d-nb.info/gnd/118771531", "https://lobid.org/gnd/118771531")
    assert found.host == f"127.0.0.1:{served.port}" and found.left_out == 0
    assert served.asked == [
        (server.GND, {"q0": {"query": "Ole Worm", "limit": MOST, "type": "DifferentiatedPerson"}}),
    ]


def test_wikidata_is_asked_in_the_language_of_the_page(served: Authorities, near: Settings) -> None:
    wikidata = replace(WIKIDATA, address=served.url("/{language}/api"))
    found = ask(wikidata, WORM, near, "de")
    assert served.asked[0][0] == "/de/api" and served.asked[0][1]["q0"]["type"] == "Q5"
    (only,) = found.candidates
    assert only.sure and only.uri == "http://www.wikidata.org/entity/Q562420"
    assert only.page == "https://www.wikidata.org/wiki/Q562420"


def test_further_names_are_asked_in_one_request_and_each_entry_comes_once(served: Authorities, near: Settings) -> None:
    found = ask(gnd(served), Question(("Museum", "Ole Worm", "Worm, Ole"), ""), near, "en")
    assert len(served.asked) == 1 and set(served.asked[0][1]) == {"q0", "q1", "q2"}
    assert "type" not in served.asked[0][1]["q0"]
    assert [each.id for each in found.candidates] == ["118771531", "1043210987", "2012345-9"]


def test_many_are_asked_a_few_names_at_a_time(served: Authorities, near: Settings) -> None:
    questions = [Question(("Ole Worm", "Worm, Ole"), "Person")] * (BATCH // 2) + [Question(("Kopenhagen",), "Place")]
    found = list(ask_all(gnd(served), questions, near, "en"))
    assert len(found) == len(questions) and [each.id for each in found[-1].candidates] == ["4032399-2"]
    assert [len(asked) for _, asked in served.asked] == [BATCH, 1] and served.manifests == 1
    served.manifest[server.GND] = served.about(server.GND) | {"batchSize": 2}
    list(ask_all(gnd(served), questions[:2], near, "en"))
    assert [len(asked) for _, asked in served.asked[2:]] == [2, 2]


def test_a_service_of_ones_own_says_what_it_calls_kinds(served: Authorities, near: Settings) -> None:
    ask(own(served), Question(("Worm",), "Organisation"), near, "en")
    ask(own(served), Question(("Worm",), "Person"), near, "en")
    ask(own(served), Question(("Worm",), "Ship"), near, "en")
    asked = [queries["q0"].get("type") for _, queries in served.asked]
    assert asked == ["CorporateBody", "DifferentiatedPerson", None]
    assert kind_of(GND, "Object", ()) == kind_of(WIKIDATA, "Thing", ()) == ""
    assert kind_of(Service(OWN, "", "x"), "Ship", [("/ships", "Ship")]) == "/ships"


def test_services_are_the_known_ones_the_set_one_and_any_address(near: Settings) -> None:
    assert [each.key for each in services(near)] == ["gnd", "wikidata"]
    with_own = replace(near, authority_url="https://example.org/reconcile")
    assert [each.host for each in services(with_own)] == ["lobid.org", "wikidata.reconci.link", "example.org"]
    assert service("own", with_own).address == service("https://example.org/reconcile", near).address
    assert service("gnd", near) is GND


@pytest.mark.parametrize(
    ("told", "uri"),
    [
        ({"identifierSpace": "http://www.wikidata.org/entity/", "view": None}, "http://www.wikidata.org/entity/Q1"),
        ({"view": {"url": "https://example.org/{{id}}.html"}}, "https://example.org/Q1.html"),
        ({"view": {"url": "https://example.org/{id}"}, "versions": ["0.2", "1.0-draft"]}, "https://example.org/Q1"),
        ({"view": {"url": "javascript:alert({{id}})"}, "identifierSpace": "https://a.org/x#"}, "https://a.org/x#Q1"),
        ({"view": {"url": "javascript:alert('{{id}}')"}, "identifierSpace": "data:"}, ""),
        ({"view": {"url": "https://example.org/all"}, "identifierSpace": "https://example.org/space"}, ""),
        ({"view": ["https://example.org/{{id}}"], "identifierSpace": 7}, ""),
    ],
)
def test_addresses_follow_from_what_the_service_says_of_itself(
    served: Authorities, near: Settings, told: dict[str, object], uri: str
) -> None:
    served.manifest[server.GND] = {"name": "Mine", **told}
    served.say(server.GND, {"q0": {"result": [{"id": "Q1", "name": "One", "score": 1}]}})
    (only,) = ask(own(served), WORM, near, "en").candidates
    assert only.uri == uri


def test_types_scores_and_ids_as_old_services_write_them(served: Authorities, near: Settings) -> None:
    rows = [
        {"id": 7, "name": "Seven", "type": ["A", {"id": "B"}, {"id": "C", "name": "See"}, {"name": "no id"}, 5]},
        {"id": "8", "type": "D", "score": True, "match": "yes"},
        {"id": ["9"], "name": {}, "score": "high"},
        {"id": "10", "name": None, "description": 3, "type": {"id": "A"}, "score": 10**400},
        {"name": "without an id"},
        "no object",
    ]
    served.say(server.GND, {"q0": {"result": rows}})
    served.manifest[server.GND] = {
        "name": "Old",
        "versions": 3,
        "view": 4,
        "defaultTypes": {"id": "A"},
        "batchSize": "x",
    }
    seven, eight, ten = ask(gnd(served), WORM, near, "en").candidates
    assert (seven.id, seven.types, seven.score) == ("7", ("A", "B", "See"), None)
    assert (ten.name, ten.description, ten.types, ten.score, ten.uri) == ("10", "", (), None, "")
    assert (eight.name, eight.types, eight.score, eight.sure) == ("8", (), None, False)


def test_no_candidates_are_an_answer(served: Authorities, near: Settings) -> None:
    assert ask(gnd(served), Question(("Nobody",), "Person"), near, "en").candidates == ()


def test_ten_thousand_candidates_become_the_best(served: Authorities, near: Settings) -> None:
    rows = [{"id": str(n), "name": f"No {n}", "score": n % 1000} for n in range(10_000)]
    served.say(server.GND, {"q0": {"result": rows}})
    found = ask(gnd(served), WORM, near, "en")
    assert len(found.candidates) == MOST and found.candidates[0].score == 999
    assert found.left_out == 10_000 - MOST


def test_what_a_service_sends_is_cut_and_cleaned(served: Authorities, near: Settings) -> None:
    served.say(
        server.GND,
        json.dumps({"q0": {"result": [{**each, "type": [each["type"]]} for each in server.HOSTILE]}}).encode(),
    )
    first, second = ask(gnd(served), WORM, near, "en").candidates
    assert first.name == "<img src=x onerror=alert(1)> Worm"
    assert first.uri == "https://lobid.org/gnd/1%3Cscript%3Ealert(1)%3C/script%3E"
    assert second.score is None and len(second.description) == 300 and len(second.types[0]) <= 80
    assert "\n" not in second.name and "\x00" not in second.name
    assert second.uri.startswith("https://lobid.org/gnd/javascript:")


def test_bodies_that_are_no_answer(served: Authorities, near: Settings) -> None:
    asked = gnd(served)
    for body in (
        b"<!doctype html><p>For people",
        b"{",
        b"",
        b"[]",
        b"7",
        b"null",
        b"{}",
        b'{"q0": {}}',
        b"[" * 200_000,
    ):
        served.say(server.GND, body)
        assert isinstance(error_of(asked, near), errors.NoReconciliation), body[:20]
    served.say(server.GND, {"q0": {"result": {"id": "1"}}})
    assert isinstance(error_of(asked, near), errors.NoReconciliation)
    served.instead.clear()
    for about in (b"<!doctype html>", b'{"openapi": "3.0"}', b"[1]", b'{"name": 3}'):
        served.say(f"about {server.GND}", about)
        assert isinstance(error_of(asked, near), errors.NoReconciliation), about
    assert isinstance(error_of(replace(asked, address=served.url("/nothing")), near), errors.NoReconciliation)


def test_what_a_service_complains_of_is_told(served: Authorities, near: Settings) -> None:
    asked = gnd(served)
    served.say(server.GND, {"status": "error", "message": "invalid query", "details": "<b>type</b>\n" + "x" * 500})
    problem = error_of(asked, near)
    assert isinstance(problem, errors.ServiceRefused)
    assert "invalid query: <b>type</b> x" in str(problem) and len(str(problem)) < 400
    served.instead.clear()
    problem = error_of(asked, near, Question((" ",), ""))
    assert isinstance(problem, errors.ServiceRefused) and "needs the field" in str(problem)
    served.say(server.GND, {"error": "no"}, 400)
    assert isinstance(error_of(asked, near), errors.ServiceRefused)
    served.say(server.GND, b"go away", 403, "text/plain")
    assert isinstance(error_of(asked, near), errors.ServiceRefused)


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_busy_service_is_asked_again_later(served: Authorities, near: Settings, status: int) -> None:
    served.say(server.GND, {"error": "slow down"}, status)
    problem = error_of(gnd(served), near)
    assert isinstance(problem, errors.ServiceBusy) and str(status) in str(problem)


def test_other_versions_of_the_protocol_are_named(served: Authorities, near: Settings) -> None:
    served.manifest[server.GND] = {"name": "New", "versions": ["1.0-draft", "<b>"]}
    problem = error_of(gnd(served), near)
    assert isinstance(problem, errors.OtherProtocol) and "1.0-draft, <b>" in str(problem)


@pytest.mark.parametrize("path", [server.GND, f"about {server.GND}"])
def test_a_slow_service_is_given_up(served: Authorities, near: Settings, path: str) -> None:
    def drop_by_drop(request: BaseHTTPRequestHandler, _: bytes) -> None:
        request.send_response(200)
        request.end_headers()
        while True:
            request.wfile.write(b" ")
            time.sleep(0.05)

    served.instead[path] = drop_by_drop
    begin = time.monotonic()
    assert isinstance(error_of(gnd(served), near, seconds=1.0), errors.ServiceSlow)
    assert time.monotonic() - begin < 20


def test_an_endless_answer_is_cut_off(served: Authorities, near: Settings) -> None:
    served.say(server.GND, b'{"q0": "' + b"x" * (5 << 20) + b'"}')
    assert isinstance(error_of(gnd(served), near), errors.AnswerTooLong)


def test_where_nobody_answers(served: Authorities, near: Settings, tmp_path: Path) -> None:
    closed = replace(gnd(served), address="http://127.0.0.1:9/api")
    assert isinstance(error_of(closed, near), errors.ServiceAway)
    unknown = replace(GND, address="http://nowhere.invalid/api")
    assert isinstance(error_of(unknown, near), errors.ServiceUnknown)
    assert isinstance(error_of(replace(GND, address="lobid"), near), AddressMalformed)
    # Without leave, no private address is asked at all.
    assert isinstance(error_of(gnd(served), Settings(home=tmp_path)), AddressPrivate)
    assert served.asked == [] and served.manifests == 0


def test_a_service_that_moved_is_asked_where_it_is_now(served: Authorities, near: Settings) -> None:
    def moved(request: BaseHTTPRequestHandler, _: bytes) -> None:
        request.send_response(301)
        request.send_header("Location", served.url())
        request.send_header("Content-Length", "0")
        request.end_headers()

    served.entries["/old"] = []
    served.instead["about /old"] = moved
    found = ask(replace(GND, address=served.url("/old")), WORM, near, "en")
    assert len(found.candidates) == 2 and served.asked[0][0] == server.GND


@pytest.mark.parametrize(("status", "again"), [(307, True), (302, True), (303, False)])
def test_a_question_that_is_sent_on_keeps_its_names(
    served: Authorities, near: Settings, status: int, again: bool
) -> None:
    def on(request: BaseHTTPRequestHandler, _: bytes) -> None:
        request.send_response(status)
        request.send_header("Location", server.GND)
        request.send_header("Content-Length", "0")
        request.end_headers()

    def about(request: BaseHTTPRequestHandler, _: bytes) -> None:
        send(request, json.dumps(served.about(server.GND)).encode())

    served.entries["/on"] = []
    served.instead |= {"/on": on, "about /on": about}
    asked = replace(GND, address=served.url("/on"))
    if again:
        assert len(ask(asked, WORM, near, "en").candidates) == 2
    else:
        assert isinstance(error_of(asked, near), errors.NoReconciliation)
