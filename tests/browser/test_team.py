"""A workshop signs in: a real provider, a real browser; who may see and do what, on pages and beside them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from graph.roles import Role
from graph.store import Store
from ingest.submit import Options, submit
from ingest.worker import work
from settings import VARIABLES, Settings
from tests.browser.conftest import App, running_app
from tests.make_files import pages_of_lines
from tests.oidc_server import Provider, provider

ADA, BEN, EVE = "ada@example.org", "ben@example.org", "eve@example.org"


@pytest.fixture(scope="module")
def at() -> Iterator[Provider]:
    with provider() as running:
        for name, email in (("Ada", ADA), ("Ben", "Ben@Example.ORG"), ("Eve", EVE)):
            running.person(name, email)
        running.person("Mallory", ADA, email_verified=False)
        yield running


@pytest.fixture(scope="module")
def team(at: Provider, tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    with running_app(tmp_path_factory.mktemp("team") / "home", at.variables()) as running:
        yield App(running.url.replace("127.0.0.1", "localhost"), running.settings)


def sign_in(browser: Browser, app: App, name: str, address: str = "", locale: str = "en-GB") -> Page:
    page = browser.new_context(locale=locale).new_page()
    page.set_default_timeout(60_000)
    page.goto(app.url + address)
    page.get_by_role("button", name="Sign in" if locale == "en-GB" else "Anmelden").click()
    page.get_by_role("link", name=name, exact=True).click()
    page.wait_for_url(f"{app.url}/**")
    return page


def test_a_workshop_signs_in(browser: Browser, team: App, at: Provider, tmp_path: Path) -> None:
    # The first one runs the installation.
    ada = sign_in(browser, team, "Ada", "/cabinets")
    expect(ada.get_by_text(ADA)).to_be_visible()
    assert ada.url == f"{team.url}/cabinets", "whoever signs in comes back to the page that was opened"
    expect(ada.get_by_text("You run this installation").first).to_be_visible()
    # Somebody whose address is not verified is let in under no name.
    mallory = sign_in(browser, team, "Mallory")
    expect(mallory.get_by_text("your provider does not say")).to_be_visible()
    # To a second one nothing is open until they are invited.
    ben = sign_in(browser, team, "Ben", locale="de-DE")
    expect(ben.get_by_text("Noch ist Ihnen kein Kabinett zugänglich")).to_be_visible()
    ada.get_by_label("E-mail address").fill("Ben@example.org")
    ada.get_by_role("button", name="Invite").click()
    expect(ada.get_by_text("invited by ada@example.org")).to_be_visible()
    ben.goto(f"{team.url}/cabinets")
    expect(ben.get_by_text("Sie können hier fragen, lesen und exportieren.").first).to_be_visible()
    expect(ben.get_by_role("button", name="Neues Kabinett")).to_have_count(0)
    # Who signed in brings files as before.
    (tmp_path / "owl.txt").write_text("The owl of Gottorf sleeps.", encoding="utf-8")
    ada.goto(f"{team.url}/add")
    ada.locator('input[type="file"]').first.set_input_files(tmp_path / "owl.txt")
    expect(ada.get_by_role("button", name="Import one document")).to_be_visible()
    assert at.refused == []


@pytest.fixture(params=["embedded", "neo4j"])
def either(request: pytest.FixtureRequest, at: Provider, tmp_path: Path) -> Iterator[App]:
    """The app of a team at each kind of database."""
    if request.param == "embedded":
        yield request.getfixturevalue("team")
        return
    server: Settings = request.getfixturevalue("neo4j_server")
    database = {name: getattr(server, name) for name in ("neo4j_uri", "neo4j_username", "neo4j_password")}
    variables = {VARIABLES[name]: value for name, value in database.items()}
    with running_app(tmp_path / "home", at.variables() | variables | {"WUNDERKAMMER_OWNERS": ADA}) as running:
        yield App(running.url.replace("127.0.0.1", "localhost"), replace(running.settings, **database))


def test_pictures_and_files_are_there_for_members_alone(browser: Browser, either: App, tmp_path: Path) -> None:
    team = either
    pages_of_lines(tmp_path / "a.pdf", [["The owl of Gottorf sleeps in the great hall."]])
    with Store(team.settings) as store:
        store.members.first_host(ADA)
        other = store.cabinets.make("Second", "tester").id
        third = store.cabinets.make("Third", "tester").id
        store.members.put(other, EVE, Role.READER, "tester")
        store.members.put(third, BEN, Role.OWNER, "tester")
        (document,) = submit(store, team.settings, [tmp_path / "a.pdf"], Options(collection=other)).queued
    work(team.settings, idle=0.1)
    eve = sign_in(browser, team, "Eve")
    seen: list[str] = []

    def is_cover(address: str) -> bool:
        return address.startswith(f"{team.url}/media/") and address.endswith(".jpg")

    eve.on("response", lambda response: seen.append(response.url) if response.ok else None)
    with eve.expect_response(lambda response: "/iiif/" in response.url and response.ok):
        eve.goto(f"{team.url}/library?document={document}&cabinet={other}")
    with eve.expect_response(lambda response: is_cover(response.url) and response.ok):
        eve.goto(f"{team.url}/library?cabinet={other}")
    picture = next(each for each in seen if each.startswith(f"{team.url}/iiif/"))
    cover = next(each for each in seen if is_cover(each))
    assert eve.request.get(picture).ok and eve.request.get(cover).ok
    ben = sign_in(browser, team, "Ben")
    expect(ben.get_by_text("ben@example.org")).to_be_visible()
    ada = sign_in(browser, team, "Ada")
    expect(ada.get_by_text(ADA).first).to_be_visible()
    no_picture, no_file = f"{team.url}/iiif/3/{'0' * 64}.1.pdf.{'0' * 32}/info.json", f"{team.url}/media/{'0' * 56}.jpg"
    for there, nowhere in ((picture, no_picture), (cover, no_file)):
        for address in (there, nowhere):
            assert httpx.get(address).status_code == 403, "who has not signed in"
        told = [told_of(ben, address) for address in (there, nowhere)]
        assert told[0] == told[1] and told[0][0] == 404, "who is no member of the cabinet cannot tell it from nothing"
    assert ada.request.get(cover).status == 404, "who runs all, but has it on no page"
    with ada.expect_response(lambda response: response.url == cover and response.ok):
        ada.goto(f"{team.url}/library?cabinet={other}")
    forged = {"_streamlit_user": f"2|1:0|10:1|4:user|8:{'x' * 8}|{'0' * 64}"}
    assert httpx.get(picture, cookies=forged).status_code == httpx.get(cover, cookies=forged).status_code == 403
    assert httpx.put(f"{team.url}/_stcore/upload_file/a/b", files={"file": b"x"}).status_code == 403
    ben.goto(f"{team.url}/library?document={document}&cabinet={other}")
    expect(ben.get_by_text("is not open to you")).to_be_visible()
    expect(ben.get_by_text("The owl of Gottorf")).to_have_count(0)
    # Nor is anything answered out of another cabinet that is open to him.
    ben.goto(f"{team.url}/?cabinet={other}&q=owl")
    expect(ben.get_by_text("is not open to you")).to_be_visible()
    expect(ben.get_by_text("Nothing found")).to_have_count(0)
    ben.get_by_role("button", name="To “").click()
    expect(ben.get_by_text("is not open to you")).to_have_count(0)
    assert other not in ben.url and "q=" not in ben.url
    # What is taken away is gone with the next click.
    with Store(team.settings) as store:
        store.members.drop(other, EVE)
    eve.reload()
    expect(eve.get_by_text("No cabinet is open to you yet")).to_be_visible()


def told_of(page: Page, address: str) -> tuple[int, str, dict[str, str]]:
    """All that an answer tells but when it was given."""
    answer = page.request.get(address)
    return answer.status, answer.text(), {name: value for name, value in answer.headers.items() if name != "date"}
