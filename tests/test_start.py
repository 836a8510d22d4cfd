"""`make run`: the browser opens once the app answers, and only where there is a screen."""

from __future__ import annotations

import pytest

from scripts.app import has_screen, open_browser
from tests.web_server import web


def test_the_browser_opens_once_the_app_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []

    def browser(url: str) -> bool:
        opened.append(url)
        return True

    monkeypatch.setattr("webbrowser.open", browser)
    monkeypatch.setenv("DISPLAY", ":0")
    monkeypatch.delenv("STREAMLIT_SERVER_HEADLESS", raising=False)
    with web() as app:
        assert open_browser(app.url(""), patience=0.5) is False and opened == [], "it does not answer yet"
        app.put("/_stcore/health", b"ok")
        assert open_browser(app.url("")) is True and opened == [app.url("")]


@pytest.mark.parametrize(("variable", "value"), [("STREAMLIT_SERVER_HEADLESS", "true"), ("DISPLAY", "")])
def test_no_browser_opens_where_none_is_wanted_or_there_is_no_screen(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str
) -> None:
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.setenv("DISPLAY", ":0")
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    monkeypatch.setenv(variable, value)
    assert has_screen() is False and open_browser("http://127.0.0.1:9", patience=0.0) is False
