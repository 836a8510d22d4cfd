"""Authority files from the command line: candidates, accepting one, many at once, and what scripts see of trouble."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from graph.__main__ import main as graph_main
from graph.store import Store
from graph.types import DEFAULT_COLLECTION
from ingest.__main__ import main
from settings import Settings
from tests import authority_server as server
from tests.authority_server import Authorities, authorities
from tests.page_homes import page_home
from tests.test_corrections import worms

WORM = "https://d-nb.info/gnd/118771531"


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Settings]:
    with page_home(tmp_path) as settings:
        yield settings


@pytest.fixture
def served(own: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Authorities]:
    """A service that is set as one's own, and a cabinet with two people."""
    with authorities() as running, Store(own) as opened:
        monkeypatch.setenv("WUNDERKAMMER_HOME", str(own.home))
        monkeypatch.setenv("WUNDERKAMMER_USER", "Inga Kräft")
        monkeypatch.setenv("WUNDERKAMMER_AUTHORITY", running.url())
        monkeypatch.setenv("WUNDERKAMMER_ALLOW_PRIVATE", "1")
        worms(opened, DEFAULT_COLLECTION)
        yield running


def test_candidates_are_listed_and_one_is_accepted(served: Authorities, capsys: pytest.CaptureFixture[str]) -> None:
    def told(*arguments: str, code: int = 0, of: Any = main) -> dict[str, Any]:
        capsys.readouterr()
        assert of([*arguments, "--json"]) == code
        out = capsys.readouterr().out
        answer: dict[str, Any] = json.loads(out)
        return answer

    listed = told("authority", "Ole Worm", "--service", "own", "--limit", "1")
    assert listed["entity"]["same_as"] == [] and listed["more"] == 1
    assert listed["candidates"][0]["uri"] == WORM and listed["candidates"][0]["score"] == 87.31
    assert served.asked[-1][1]["q0"]["type"] == "DifferentiatedPerson"
    wide = told("authority", "Ole Worm", "--service", served.url(), "--any-kind")
    assert len(wide["candidates"]) == 2 and "type" not in served.asked[-1][1]["q0"]

    accepted = told("authority", "Ole Worm", "--service", "own", "--accept", "118771531")
    assert accepted["accepted"] == WORM and accepted["entity"]["same_as"] == [WORM]
    assert told("claims", "Ole Worm", of=graph_main)["entity"]["same_as"] == [WORM]
    (made,) = told("history", of=graph_main)["corrections"]
    assert (made["kind"], made["who"], made["after"]) == ("identify", "Inga Kräft", WORM)
    assert made["note"].startswith("Worm, Ole, 1588-1654")
    missing = told("authority", "Ole Worm", "--service", "own", "--accept", "1", code=2)
    assert missing["error"]["code"] == "NotAmongCandidates"
    again = told("authority", "Ole Worm", "--service", "own", "--accept", "118771531", code=2)
    assert again["error"]["code"] == "NothingToChange"

    # An address is taken without asking anybody.
    asked = len(served.asked)
    wikidata = "https://www.wikidata.org/wiki/Q562420"
    assert told("authority", "Ole Worm", "--accept", wikidata)["accepted"] == "http://www.wikidata.org/entity/Q562420"
    assert told("identify", "Copenhagen", "https://sws.geonames.org/2618425", of=graph_main)["kind"] == "identify"
    gone = told("identify", "Copenhagen", "https://sws.geonames.org/2618425/", "--remove", of=graph_main)
    assert gone["kind"] == "unidentify" and len(served.asked) == asked
    assert told("identify", "Copenhagen", "javascript:alert(1)", code=2, of=graph_main)["error"]["code"] == (
        "NoIdentifier"
    )
    told("undo", made["id"], of=graph_main)
    assert told("claims", "Ole Worm", of=graph_main)["entity"]["same_as"] == [
        "http://www.wikidata.org/entity/Q562420",
    ]


def test_many_are_looked_for_and_none_is_accepted(
    served: Authorities, own: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    with Store(own) as store:
        (worm,) = store.explore.of_kind([DEFAULT_COLLECTION], "Person")
        everybody = store.explore.of_kind([DEFAULT_COLLECTION], "")
        assert [each.id for each in everybody][1:] == [
            each.id for each in store.explore.of_kind([DEFAULT_COLLECTION], "", 1, 10)
        ]
    assert main(["authority", "--all", "--kind", "Person", "--service", "own", "--json"]) == 0
    (found,) = json.loads(capsys.readouterr().out)["found"]
    assert found["entity"]["id"] == worm.id and found["candidates"][0]["uri"] == WORM
    assert main(["authority", "--all", "--limit", "3", "--service", "own"]) == 0
    text = capsys.readouterr().out
    assert "    87.31  118771531  Worm, Ole, 1588-1654" in text and "no candidates" in text
    with Store(own) as store:
        assert [each.same_as for each in store.explore.of_kind([DEFAULT_COLLECTION], "")] == [()] * len(everybody)
        # Who has an entry of the file already is not asked for again.
        host = f"127.0.0.1:{served.port}"
        store.corrections.identify(worm.id, f"http://{host}/118771531", "Inga")
    assert main(["authority", "--all", "--kind", "Person", "--service", "own", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["found"] == []


def test_what_goes_wrong_is_one_line(served: Authorities, capsys: pytest.CaptureFixture[str]) -> None:
    def error(*arguments: str) -> str:
        capsys.readouterr()
        assert main(["authority", *arguments, "--json"]) == 2
        code: str = json.loads(capsys.readouterr().out)["error"]["code"]
        return code

    assert error() == error("Ole Worm", "--all") == "NobodyNamed"
    assert error("--all", "--accept", "1") == "AcceptOne"
    assert error("Nobody", "--service", "own") == "NoSuchEntity"
    assert error("Ole Worm", "--service", "viaf") == "NoAuthority"
    served.say(server.GND, {"error": "slow down"}, 429)
    assert error("Ole Worm", "--service", "own") == error("--all", "--service", "own") == "ServiceBusy"
    served.instead.clear()
    answered = 0

    def once(request: Any, body: bytes) -> None:
        nonlocal answered
        answered += 1
        if answered > 1:
            server.send(request, b"{}", 503)
        else:
            queries = json.loads(body)
            said = {key: served.answer(server.GND, query) for key, query in queries.items()}
            server.send(request, json.dumps(said).encode())

    served.manifest[server.GND] = served.about(server.GND) | {"batchSize": 1}
    served.instead[server.GND] = once
    capsys.readouterr()
    # What was found before it broke off is listed, and what was not asked is named.
    assert main(["authority", "--all", "--service", "own", "--json"]) == 1
    data = json.loads(capsys.readouterr().out)
    assert len(data["found"]) == 1 and data["not_asked"]
