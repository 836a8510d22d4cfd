"""No page keeps anybody out: axe-core finds nothing serious, whatever the light, on a desk and on a phone."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from scripts.shots import Shot, looked_at, settle, states
from tests.browser.conftest import App

Visit = Callable[..., Page]
SERIOUS = {"serious", "critical"}
RULES = {"resultTypes": ["violations"]}


WAYS: tuple[tuple[Literal["light", "dark"], str, int], ...] = (("light", "en", 1280), ("dark", "de", 390))


@pytest.mark.parametrize("every", [False, pytest.param(True, marks=pytest.mark.slow)], ids=["by turns", "every"])
def test_axe_finds_nothing_serious(app: App, visit: Visit, every: bool) -> None:
    """Each state of each page, by turns on a desk in the light and on a phone in the dark, or in `every` way."""
    shots = states(*looked_at(app.settings))
    found: dict[str, list[str]] = {}
    for n, way in enumerate(WAYS):
        look(visit, app, way, shots if every else shots[n :: len(WAYS)], found)
    assert not found, json.dumps(found, indent=1)


def look(
    visit: Visit,
    app: App,
    way: tuple[Literal["light", "dark"], str, int],
    shots: Sequence[Shot],
    found: dict[str, list[str]],
) -> None:
    """Note in `found` what axe finds in these states."""
    scheme, language, width = way
    page = visit(f"{app.url}/models?lang={language}", width=width)
    page.emulate_media(color_scheme=scheme)
    for shot in shots:
        page.goto(shot.address(app.url, language))
        settle(page, calm=300)
        for violation in Axe().run(page, options=RULES).response["violations"]:
            if violation["impact"] in SERIOUS:
                where = [node["html"][:200] for node in violation["nodes"]]
                found.setdefault(f"{violation['id']}: {violation['help']}", []).append(f"{shot.name}: {where[:3]}")
