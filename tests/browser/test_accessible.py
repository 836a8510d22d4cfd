"""No page keeps anybody out: axe-core finds nothing serious, whatever the light, on a desk and on a phone."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from scripts.shots import looked_at, settle, states
from tests.browser.conftest import App
from tests.browser.test_first_five_minutes import open_sample

Visit = Callable[..., Page]
SERIOUS = {"serious", "critical"}
RULES = {"resultTypes": ["violations"]}


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 390)])
def test_axe_finds_nothing_serious(app: App, visit: Visit, scheme: Literal["light", "dark"], width: int) -> None:
    language = "en" if scheme == "light" else "de"
    open_sample(visit(app.url))
    page = visit(f"{app.url}/models?lang={language}", width=width)
    page.emulate_media(color_scheme=scheme)
    found: dict[str, list[str]] = {}
    for shot in states(*looked_at(app.settings)):
        page.goto(shot.address(app.url, language))
        settle(page, calm=300)
        for violation in Axe().run(page, options=RULES).response["violations"]:
            if violation["impact"] in SERIOUS:
                where = [node["html"][:200] for node in violation["nodes"]]
                found.setdefault(f"{violation['id']}: {violation['help']}", []).append(f"{shot.name}: {where[:3]}")
    assert not found, json.dumps(found, indent=1)
