"""The dialog that asks authority files: nothing is sent before the click, whatever comes is text, what is accepted
stands in the panel."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
from streamlit.testing.v1 import AppTest

from graph.store import Store
from settings import Settings
from tests import authority_server as server
from tests.authority_server import Authorities, authorities
from tests.test_pages import ENTRY, run, words
from tests.test_pages_correcting import filled as filled
from tests.test_pages_correcting import store as store
from tests.test_pages_correcting import the

PATIENCE = 90


@pytest.fixture
def served(filled: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Authorities]:
    """A service of one's own, as the setting names it."""
    with authorities() as running:
        monkeypatch.setenv("WUNDERKAMMER_AUTHORITY", running.url())
        monkeypatch.setenv("WUNDERKAMMER_ALLOW_PRIVATE", "1")
        yield running


def dialog(store: Store, locale: str = "en-GB") -> AppTest:
    """The panel of Ole Worm with the dialog open, one's own service chosen."""
    app = run("explore", locale, entity=the(store, "Ole Worm").id)
    app.button(key="identified.find").click().run()
    app.session_state["authority.service"] = "own"
    return app.run()


def asked(app: AppTest) -> AppTest:
    """Ask, and wait until there is an answer."""
    app.button(key="authority.ask").click().run()
    deadline = time.monotonic() + PATIENCE
    while any(button.key == "authority.stop" for button in app.button) and time.monotonic() < deadline:
        time.sleep(0.05)
        app.run()
    assert not app.exception and not any(button.key == "authority.stop" for button in app.button)
    return app


@pytest.mark.parametrize(
    ("locale", "sent", "found", "done"),
    [
        ("en-GB", "Only this button sends something, and only this, to {}: “Ole Worm”, Person.",
         "2 candidates, says {}", "“Ole Worm” is the same as GND 118771531."),
        ("de-DE", "Erst dieser Knopf sendet etwas, und nur dies, an {}: „Ole Worm“, Person.",
         "2 Kandidaten, sagt {}", "„Ole Worm“ ist dasselbe wie GND 118771531."),
    ],
)  # fmt: skip
def test_a_candidate_is_found_accepted_shown_and_undone(
    store: Store, served: Authorities, locale: str, sent: str, found: str, done: str
) -> None:
    host = f"127.0.0.1:{served.port}"
    app = dialog(store, locale)
    assert sent.format(host) in words(app)
    assert served.manifests == 0 and served.asked == []
    asked(app)
    assert served.asked == [
        (server.GND, {"q0": {"query": "Ole Worm", "limit": 20, "type": "DifferentiatedPerson"}}),
    ]
    said = words(app)
    assert found.format(host) in said and "1588-1654 | Dänischer Arzt" in said
    assert ("Punkte: 87,3" if locale == "de-DE" else "score 87.3") in said
    assert '<a href="https://lobid.org/gnd/118771531" target="_blank" rel="noopener noreferrer">' in said
    app.button(key="authority.accept.0").click().run()
    assert done in words(app)
    worm = the(store, "Ole Worm")
    assert worm.same_as == ("https://d-nb.info/gnd/118771531",)
    panel = '<a href="https://d-nb.info/gnd/118771531" target="_blank" rel="noopener noreferrer">GND 118771531</a>'
    assert panel in words(run("explore", locale, entity=worm.id))
    history = run("history", locale, entity=worm.id)
    assert done in words(history) and f"Sammler und Altertumsforscher ({host})" in words(history)
    app.button(key="correct.undo").click().run()
    assert the(store, "Ole Worm").same_as == ()


def test_an_entry_is_removed_and_another_noted_by_hand(store: Store, served: Authorities) -> None:
    worm = the(store, "Ole Worm")
    store.corrections.identify(worm.id, "https://d-nb.info/gnd/118771531", "Inga")
    table = run("explore", entity=worm.id, view="table").dataframe[1].value
    assert list(table[table["Name"] == "Ole Worm"]["Authority files"]) == ["GND 118771531"]
    app = asked(dialog(store))
    assert "Noted already" in words(app) and "authority.accept.0" not in {button.key for button in app.button}
    app.button(key="authority.remove.0").click().run()
    assert "“Ole Worm” is not noted as GND 118771531 any more." in words(app)
    app = dialog(store)
    app.text_input(key=f"authority.address.{worm.id}").set_value("javascript:alert(1)").run()
    app.button(key="authority.by_hand").click().run()
    assert "names no entry of an authority file" in app.error[0].value
    app.text_input(key=f"authority.address.{worm.id}").set_value("https://www.wikidata.org/wiki/Q562420").run()
    app.button(key="authority.by_hand").click().run()
    assert the(store, "Ole Worm").same_as == ("http://www.wikidata.org/entity/Q562420",)
    assert len(served.asked) == 1


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_dialogs_have_the_colours_of_the_page(store: Store, theme: str) -> None:
    app = AppTest.from_file(ENTRY, default_timeout=60)
    app.context = {"locale": "en-GB", "theme": theme}
    app.run()
    assert f".stDialog {{ color-scheme: {theme} }}" in "".join(element.value for element in app.html)


def test_further_names_and_other_kinds_are_asked_for_where_somebody_wants_it(store: Store, served: Authorities) -> None:
    worm = the(store, "Ole Worm")
    store.corrections.add_alias(worm.id, "Museum Wormianum", "Inga")
    app = dialog(store)
    app.checkbox(key=f"authority.further.{worm.id}").check()
    app.checkbox(key=f"authority.kind.{worm.id}").uncheck().run()
    assert "“Ole Worm”, “Museum Wormianum”." in words(app)
    asked(app)
    assert [query for _, queries in served.asked for query in queries.values()] == [
        {"query": "Ole Worm", "limit": 20},
        {"query": "Museum Wormianum", "limit": 20},
    ]
    assert "3 candidates" in words(app)


@pytest.mark.parametrize(
    ("body", "status", "locale", "told"),
    [
        (b"<!doctype html>", 200, "de-DE", "antwortet nicht wie ein Dienst für Normdaten"),
        ({"status": "error", "message": "<b>no</b>"}, 200, "en-GB", "refused the question"),
        ({"error": "slow down"}, 429, "de-DE", "Bitte eine Minute warten"),
        ({"q0": {"result": []}}, 200, "en-GB", "knows nobody and nothing of that name"),
    ],
)
def test_failures_are_told_and_the_dialog_stays(
    store: Store, served: Authorities, body: object, status: int, locale: str, told: str
) -> None:
    served.say(server.GND, body, status)
    app = asked(dialog(store, locale))
    text = words(app) + "".join(error.value for error in app.error)
    assert told in text.replace("\\", "") and "<b>no" not in text.replace("\\<", "")
    assert app.button(key="authority.ask").disabled is False
    assert the(store, "Ole Worm").same_as == ()


def test_a_slow_service_can_be_given_up(store: Store, served: Authorities) -> None:
    served.delay = 3.0
    app = dialog(store)
    app.button(key="authority.ask").click().run()
    assert app.button(key="authority.ask").disabled
    assert f"Asking 127.0.0.1:{served.port}" in words(app)
    app.button(key="authority.stop").click().run()
    assert not app.button(key="authority.ask").disabled and not app.exception


def test_what_a_service_sends_is_text(store: Store, served: Authorities) -> None:
    served.entries[server.GND] = [{**each, "name": f"{each['name']} Ole Worm"} for each in server.HOSTILE]
    app = dialog(store)
    app.checkbox(key=f"authority.kind.{the(store, 'Ole Worm').id}").uncheck().run()
    asked(app)
    said = words(app)
    assert "&lt;img src=x onerror=alert(1)&gt;" in said
    assert "<img" not in said and "<script" not in said and "<b>Q5" not in said and 'href="javascript:' not in said
    app.button(key="authority.accept.0").click().run()
    history = words(run("history"))
    assert "<img" not in history and "&lt;img src=x" in history
