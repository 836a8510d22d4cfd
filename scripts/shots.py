"""Pictures of every page in its states, to be looked at: `python -m scripts.shots FOLDER [--only NAME ...]`.

An app of its own on an empty home, then with the sample; each state in English and German, light and dark, on a desk
and on a phone. The names say what is seen: `ask-path-de-dark-phone.png`. Needs the packages of the tests and Chromium.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Literal
from urllib.parse import urlencode

from playwright.sync_api import Browser, Page, sync_playwright

from graph.store import Store
from graph.types import DEFAULT_COLLECTION, Mode
from graph.ways import Filters
from llm.modes import find
from scripts import chromium
from settings import Settings
from tests.browser.conftest import running_app

ROOT = Path(__file__).resolve().parents[1]
SIZES = {"desk": (1280, 800), "phone": (390, 844)}
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
LANGUAGES = {"en": "en-GB", "de": "de-DE"}
WAIT = 90_000
_BUSY = '[data-testid="stStatusWidget"], [data-testid="stSkeleton"], [data-testid="stSpinner"]'
_AT_REST = '[data-testid="stApp"][data-test-script-state="notRunning"]'
_WORDS = "(document.querySelector('[data-testid=stMain]')?.innerText || '').trim().length > 20"
_CALM = 1_200
"""Milliseconds after the last sign of work: pictures and graphs draw themselves."""


@dataclass(frozen=True, slots=True)
class Shot:
    """A state of a page: its name, and the address that leads to it."""

    name: str
    page: str
    parameters: Mapping[str, str]

    def address(self, url: str, language: str) -> str:
        return f"{url}/{self.page}?{urlencode({**self.parameters, 'lang': language})}"


EMPTY = tuple(Shot(f"empty-{page or 'ask'}", page, {}) for page in ("", "add", "library", "explore", "findings"))


def states(document: str, entity: str, finding: str) -> tuple[Shot, ...]:
    """What is looked at over the sample: one of its documents, one of its people, an answer that was kept."""
    return (
        Shot("ask", "", {}),
        Shot("ask-found", "", {"q": "Who built the Gottorf globe?"}),
        Shot("ask-path", "", {"q": "How is Ole Worm connected with Adam Olearius?", "mode": "path"}),
        Shot("ask-whole", "", {"q": "What are the main themes?", "mode": "global"}),
        Shot("ask-query", "", {"q": "Who collected what?", "mode": "cypher", "query": _QUERY}),
        Shot("ask-nothing", "", {"q": "How much does a laser printer cost?"}),
        Shot("compare", "compare", {}),
        Shot("add", "add", {}),
        Shot("library", "library", {}),
        Shot("library-document", "library", {"document": document}),
        Shot("library-text", "library", {"document": document, "as": "text"}),
        Shot("library-unknown", "library", {"document": "nobody-knows-it"}),
        Shot("explore", "explore", {}),
        Shot("explore-person", "explore", {"entity": entity}),
        *(
            Shot(f"explore-{view}", "explore", {"entity": entity, "view": view})
            for view in ("groups", "table", "timeline", "map")
        ),
        Shot("explore-narrowed", "explore", {"only": document}),
        Shot("findings", "findings", {}),
        Shot("finding", "findings", {"finding": finding}),
        Shot("history", "history", {}),
        Shot("describe", "describe", {}),
        Shot("models", "models", {}),
        Shot("cabinets", "cabinets", {}),
    )


_QUERY = "MATCH (s:Statement)-[:SUBJECT]->(e:Entity) RETURN e.name, s.text LIMIT 10"


def main(arguments: Sequence[str] | None = None) -> int:
    """Entry of the command."""
    parser = argparse.ArgumentParser(prog="python -m scripts.shots", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--only", nargs="+", default=[], metavar="NAME", help="states whose name begins so")
    parser.add_argument("--language", choices=LANGUAGES, help="this one alone")
    parser.add_argument("--scheme", choices=SCHEMES, help="this one alone")
    parser.add_argument("--size", choices=SIZES, help="this one alone")
    given = parser.parse_args(arguments)
    browser_path = chromium.find()
    if browser_path is None:
        print("Chromium is not installed: nothing can be looked at.", file=sys.stderr)
        return 1
    given.folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="wunderkammer-shots-") as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browser_path, args=list(chromium.FLAGS))
        with running_app(Path(folder, "home")) as app:
            _take(browser, app.url, EMPTY, given)
            _take(browser, app.url, states(*_sample(app.settings)), given)
        browser.close()
    return 0


def _sample(settings: Settings) -> tuple[str, str, str]:
    """Import the sample; what of it is looked at."""
    environment = os.environ | {"WUNDERKAMMER_HOME": str(settings.home)}
    subprocess.run([sys.executable, "-m", "ingest", "sample"], cwd=ROOT, env=environment, check=True)
    return looked_at(settings)


def looked_at(settings: Settings) -> tuple[str, str, str]:
    """The ids of the document with most pages, of the best connected person, and of an answer that is kept now."""
    with Store(settings) as store:
        here = [DEFAULT_COLLECTION]
        document = max(store.documents.every(here), key=lambda each: each.pages)
        person = next(each for each in store.explore.most_connected(here) if each.type == "Person")
        found = find(store, None, "Who built the Gottorf globe?", Mode.AUTO, 8, here, Filters(), None)
        finding = store.findings.put(store.drafts.of(found, "The builders of the globe"))
    return document.id, person.id, finding


def _ways(given: argparse.Namespace) -> Iterator[tuple[str, Literal["light", "dark"], str]]:
    return product(
        [given.language] if given.language else list(LANGUAGES),
        [given.scheme] if given.scheme else list(SCHEMES),
        [given.size] if given.size else list(SIZES),
    )


def _take(browser: Browser, url: str, shots: Sequence[Shot], given: argparse.Namespace) -> None:
    wanted = [shot for shot in shots if not given.only or shot.name.startswith(tuple(given.only))]
    for language, scheme, size in _ways(given) if wanted else ():
        width, height = SIZES[size]
        context = browser.new_context(
            locale=LANGUAGES[language], color_scheme=scheme, viewport={"width": width, "height": height}
        )
        page = context.new_page()
        for shot in wanted:
            page.goto(shot.address(url, language))
            settle(page)
            path = given.folder / f"{shot.name}-{language}-{scheme}-{size}.png"
            page.screenshot(path=path, full_page=False)
            print(path)
        context.close()


def settle(page: Page, calm: int = _CALM) -> None:
    """Wait until a page has drawn itself: nothing runs any more, also not so many milliseconds later."""
    chromium.until(page, _WORDS)
    page.wait_for_timeout(calm)
    chromium.until(page, f"!!document.querySelector('{_AT_REST}') && !document.querySelectorAll('{_BUSY}').length")
    page.wait_for_timeout(calm)


if __name__ == "__main__":
    sys.exit(main())
