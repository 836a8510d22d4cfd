"""Models in a real browser: answers side by side as they come, a picture described, a key that is never seen again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from settings import Settings
from tests.browser.conftest import App, running_app
from tests.fake_openai import Asked, FakeOpenAI, Words, structured
from tests.test_describe import png
from tests.test_pages import fill

Visit = Callable[..., Page]
QUESTION = "Who%20built%20the%20globe%20of%20Gottorf%3F"
KEY = "sk-planted-key-for-the-browser"


def reply(asked: Asked) -> Words:
    if asked.wants_schema:
        return structured(
            {"Titel": "Goblet", "Beschreibung": "<img src=x onerror=alert(1)>", "Hersteller": "Hans Weber"}
        )
    slow = asked.body["model"] == "gpt-6-luna"
    # The slow one is stopped: who comes late to that, on a busy machine, finds it still writing.
    more = "It is so. " * (300 if slow else 12)
    return Words(f"Andreas Bösch built the globe [1]. {more}", pause=0.12 if slow else 0.01)


@pytest.fixture(scope="module")
def provider() -> Iterator[FakeOpenAI]:
    """A provider that answers at once, or word by word for the one model."""
    with FakeOpenAI() as server:
        server.default = reply
        yield server


@pytest.fixture(scope="module")
def keyed(provider: FakeOpenAI, tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    """An app with a few documents whose OpenAI is the provider of these tests; its key is still to be typed."""
    home = tmp_path_factory.mktemp("models") / "home"
    fill(Settings(home=home), tmp_path_factory.mktemp("sources"))
    with running_app(home, {"OPENAI_BASE_URL": provider.url}) as running:
        yield running


def test_a_key_is_typed_once_and_never_seen_again(keyed: App, visit: Visit, provider: FakeOpenAI) -> None:
    page = visit(f"{keyed.url}/models")
    card = page.locator(".st-key-family-openai")
    card.get_by_label("Key for OpenAI").fill(KEY)
    card.get_by_role("button", name="Use it").click()
    expect(card.get_by_text("is kept until the program ends")).to_be_visible()
    assert KEY not in page.content() and KEY not in page.url
    card.locator("summary", has_text="GPT-4o mini").click()
    card.get_by_role("button", name="Try").first.click()
    # How fast it wrote is told only where it wrote for long enough.
    expect(card.get_by_text("First word after")).to_be_visible()
    assert provider.chats()[-1].headers["authorization"] == f"Bearer {KEY}"


def test_answers_come_side_by_side(keyed: App, visit: Visit) -> None:
    page = visit(f"{keyed.url}/compare?q={QUESTION}&c=gpt-4o-mini@auto&c=gpt-6-luna@hybrid&c=none@graph")
    page.get_by_role("button", name="Compare", exact=True).click()
    columns = page.locator("[class*='st-key-compare-column-']")
    expect(columns).to_have_count(3)
    expect(columns.nth(1).locator(".wk-answer")).to_contain_text("Andreas Bösch")
    expect(page.get_by_role("button", name="Stop")).to_be_visible()
    page.get_by_role("button", name="Stop").click()
    expect(page.get_by_role("button", name="As a table (CSV)")).to_be_visible()
    expect(columns.nth(1)).to_contain_text("Stopped. What was written so far is kept.")
    expect(columns.nth(0)).to_contain_text("First word after")
    columns.nth(0).get_by_role("button", name="This one is better").click()
    expect(columns.nth(0).locator(".wk-better")).to_be_visible()
    expect(page.locator("[data-testid=stApp]")).to_have_attribute("data-test-script-state", "notRunning")
    with page.expect_download() as download:
        page.get_by_role("button", name="As a table (CSV)").click()
    rows = Path(download.value.path()).read_text(encoding="utf-8-sig").splitlines()
    assert rows[0].startswith("question,model,mode,status,better") and ",yes," in rows[1]


def test_a_picture_is_described_and_found_again(keyed: App, visit: Visit, tmp_path: Path) -> None:
    picture = tmp_path / "pokal.png"
    picture.write_bytes(png((500, 400)))
    page = visit(f"{keyed.url}/describe", locale="de-DE")
    page.locator("input[type=file]").set_input_files(picture)
    expect(page.locator(".st-key-describe-picture img")).to_be_visible()
    page.get_by_role("button", name="Beschreiben", exact=True).click()
    expect(page.get_by_role("heading", name="Was das Modell gesehen hat")).to_be_visible()
    expect(page.locator(".st-key-describe-result")).to_contain_text("<img src=x onerror=alert(1)>")
    page.get_by_role("button", name="In die Bibliothek aufnehmen").click()
    expect(page.get_by_text("Sie steht in der Bibliothek.")).to_be_visible(timeout=90_000)
    page.get_by_role("link", name="Dort nachlesen").click()
    expect(page.get_by_text("Goblet, Hersteller: Hans Weber")).to_be_visible()


@pytest.mark.parametrize("path", ["compare", "describe", "models"])
def test_on_a_phone_nothing_is_wider_than_the_screen(keyed: App, visit: Visit, path: str) -> None:
    page = visit(f"{keyed.url}/{path}", width=390)
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    page.wait_for_timeout(1000)
    assert page.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth") <= 390
