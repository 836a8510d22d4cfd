"""A browser that walks through pages and notes whatever on them is alive, runs, asks or breaks."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from playwright.sync_api import Browser, Dialog, Locator, Page

from scripts.chromium import until
from tests.browser.conftest import WAIT, note_policy

SEEN = "planted"
"""A part of every payload's text, or of what stands beside it: with it, what was planted is on the page."""
_TELLS = (
    """Object.defineProperty(window, "hacked", { set: (value) => window.ranHere(`${location.pathname}: ${value}`) });"""
)
_ALIVE = """() => {
  const found = [], asks = ["src", "href", "xlink:href", "action", "formaction", "data", "poster", "background"];
  const look = (root) => {
    for (const each of root.querySelectorAll("*")) {
      for (const { name, value } of each.attributes) {
        let leads = "";
        if (asks.includes(name.toLowerCase()) && value) {
          try { const to = new URL(value, location.href); leads = to.protocol + to.host + to.pathname }
          catch { leads = value }
        }
        if (/^on/i.test(name) || /planted|^(javascript|vbscript):|^data:text/i.test(leads) || name === "srcdoc")
          found.push(`<${each.localName} ${name}=${value.slice(0, 80)}>`);
      }
      const works = ["script", "style"].includes(each.localName);
      if (works && /planted|hacked/.test(each.textContent)) found.push(each.localName);
      if (each.shadowRoot) look(each.shadowRoot);
    }
  };
  look(document);
  return found;
}"""
_WORDS = """(wanted) => {
  const word = (each) => each.nodeType === Node.TEXT_NODE ? each.data : each.nodeType !== Node.ELEMENT_NODE ? ""
    : `${each.value ?? ""} ${words(each)} ${each.shadowRoot ? words(each.shadowRoot) : ""}`;
  const words = (root) => [...root.childNodes].map(word).join("");
  const main = document.querySelector("[data-testid=stApp]");
  return main !== null && words(main).includes(wanted);
}"""
_BUSY = '[data-testid="stStatusWidget"], [data-testid="stSkeleton"], [data-testid="stSpinner"]'
_AT_REST = f"""() => document.querySelector('[data-testid="stApp"][data-test-script-state="notRunning"]') !== null
  && document.querySelector('[data-testid="stMain"] h1, [data-testid="stMain"] h2') !== null
  && document.querySelectorAll('{_BUSY}').length === 0"""


@dataclass(slots=True)
class Happened:
    """What happened on pages that should not."""

    dialogs: list[str] = field(default_factory=list)
    ran: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)
    alive: list[str] = field(default_factory=list)

    def nothing(self) -> bool:
        return not (self.dialogs or self.ran or self.asked or self.broken or self.alive)


@dataclass(slots=True)
class Walk:
    """A browser that walks through pages and notes what happens on them."""

    page: Page
    url: str
    happened: Happened

    def open(self, address: str, seen: str = SEEN) -> None:
        """Open an address, wait until the page is at rest and shows what was planted, and look at it."""
        self.page.goto(f"{self.url}/{address}")
        self.look(seen)

    def look(self, seen: str = SEEN) -> None:
        """Wait until what was planted is there, and note all of it that is alive."""
        until(self.page, _AT_REST)
        if seen:
            until(self.page, _WORDS, seen)
        # What would load or run has begun to by the second picture that is drawn.
        self.page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
        self.note_alive()

    def note_alive(self) -> None:
        """Note what of the page would run, load or lead elsewhere."""
        for frame in self.page.frames:
            self.happened.alive += [f"{urlsplit(self.page.url).path}: {each}" for each in frame.evaluate(_ALIVE)]

    def over(self, places: Locator, most: int = 5) -> None:
        """Point at some of them, as one who reads does."""
        for n in range(min(most, places.count())):
            places.nth(n).hover()


@contextmanager
def walking(browser: Browser, url: str) -> Iterator[Walk]:
    """A new window over the app at `url`; ends with nothing having happened."""
    happened = Happened()
    context = browser.new_context(locale="en-GB", viewport={"width": 1280, "height": 900})
    context.expose_binding("ranHere", lambda source, what: happened.ran.append(str(what)))
    context.add_init_script(_TELLS)
    page = context.new_page()
    page.set_default_timeout(WAIT)

    def note(dialog: Dialog) -> None:
        happened.dialogs.append(dialog.message)
        dialog.dismiss()

    def request(asked: str) -> None:
        parts = urlsplit(asked)
        elsewhere = parts.scheme not in ("data", "blob") and not asked.startswith(url)
        if elsewhere or "planted" in parts.path.casefold():
            happened.asked.append(asked)

    page.on("dialog", note)
    page.on("pageerror", lambda error: happened.broken.append(str(error)))
    page.on("console", lambda message: note_policy(message, happened.broken))
    context.on("request", lambda asked: request(asked.url))
    yield Walk(page, url, happened)
    context.close()
    assert happened.nothing(), happened
