"""The policy of the pages holds in a real browser. That no page of ours tries what it forbids, every walk checks."""

from __future__ import annotations

from playwright.sync_api import Browser, expect

from tests.browser.conftest import App, note_policy
from tests.web_server import web

_TRIES = """(elsewhere) => {
  const script = document.createElement("script");
  script.textContent = "window.inlineRan = true";
  document.body.append(script);
  const picture = document.createElement("img");
  picture.src = `${elsewhere}/picture.png`;
  document.body.append(picture);
  try { setTimeout("window.stringRan = true", 0) } catch { /* as it should be */ }
  return fetch(`${elsewhere}/told`, { mode: "no-cors" }).then(() => "sent", () => "kept in");
}"""


def test_nothing_foreign_runs_or_loads_and_nobody_frames_a_page(app: App, browser: Browser) -> None:
    noticed: list[str] = []
    page = browser.new_page()
    page.on("console", lambda message: note_policy(message, noticed))
    with web() as elsewhere:
        elsewhere.put("/", f'<iframe src="{app.url}/healthz"></iframe><iframe src="{app.url}"></iframe>'.encode())
        page.goto(app.url)
        expect(page.get_by_test_id("stApp")).to_be_visible()
        assert noticed == [], "our own page tries nothing"
        assert page.evaluate(_TRIES, elsewhere.url("")) == "kept in"
        assert page.evaluate("[window.inlineRan, window.stringRan]") == [None, None]
        assert len(noticed) >= 3
        assert elsewhere.asked == []
        page.goto(elsewhere.url("/"))
        assert [frame.get_by_test_id("stApp").count() for frame in page.frames[1:]] == [0, 0]
        assert "ok" not in [frame.locator("body").inner_text() for frame in page.frames[1:]]
    page.context.close()
