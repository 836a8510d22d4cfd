"""What the canvas of Explore has drawn, asked of the page: where names stand, so that they can be clicked."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page, expect

from scripts.chromium import until

_MAYBE = "document.querySelector('[data-testid=stBidiComponentIsolated]')?.shadowRoot?.querySelector('.canvas')?.canvas"
_CANVAS = "document.querySelector('[data-testid=stBidiComponentIsolated]').shadowRoot.querySelector('.canvas').canvas"


_STILL = """async () => {
  const look = () => JSON.stringify([canvas()?.cy.zoom(), canvas()?.cy.pan(),
    canvas()?.cy.nodes().map((node) => [node.id(), node.position()])]);
  const end = performance.now() + 20000;
  let [before, since] = [look(), performance.now()];
  while (performance.now() < end) {
    await new Promise((wake) => setTimeout(wake, 100));
    const now = look();
    if (now !== before) [before, since] = [now, performance.now()];
    if (canvas() && performance.now() - since > 500) return true;
  }
  return false;
}"""


def wait_until_drawn(page: Page) -> None:
    """Until the canvas can be used."""
    expect(page.locator(".canvas[data-ready]")).to_be_visible()


def wait_until_still(page: Page) -> None:
    """Until everything has stood where it is for half a second: a click now finds what it aims at."""
    wait_until_drawn(page)
    assert page.evaluate(f"({_STILL.replace('canvas()', _MAYBE)})()"), "it never stands still"


def wait_until(page: Page, expression: str, argument: Any = None) -> None:
    """Until an expression about `canvas`, which may use `argument`, is true."""
    until(page, f"(argument) => {{ const canvas = {_MAYBE}; return !!canvas && !!({expression}) }}", argument)


def ask(page: Page, expression: str, argument: Any = None) -> Any:
    """The value of an expression about `canvas`, which may use `argument`."""
    return page.evaluate(f"(argument) => {{ const canvas = {_CANVAS}; return {expression} }}", argument)


def names(page: Page) -> list[str]:
    """The names that are drawn and not hidden."""
    found: list[str] = ask(page, "canvas.visible().map((node) => node.data('label'))")
    return found


def places(page: Page) -> dict[str, tuple[float, float]]:
    """Where everybody stands on the canvas."""
    expression = "Object.fromEntries(canvas.cy.nodes().map((n) => [n.id(), [n.position('x'), n.position('y')]]))"
    found: dict[str, tuple[float, float]] = ask(page, expression)
    return found


def chosen(page: Page) -> list[str]:
    """The names that are chosen."""
    found: list[str] = ask(page, "canvas.cy.$('node:selected').map((node) => node.data('label'))")
    return found


def at(page: Page, name: str) -> tuple[float, float]:
    """Where on the page a name's glyph is."""
    x, y = ask(
        page,
        """(() => {
          const node = canvas.cy.nodes().filter((each) => each.data('label') === argument)[0];
          const box = canvas.frame.stage.getBoundingClientRect();
          return [box.left + node.renderedPosition('x'), box.top + node.renderedPosition('y')];
        })()""",
        name,
    )
    return x, y


def on_a_line(page: Page, name: str) -> tuple[float, float]:
    """The middle of the longest line of somebody, on the page."""
    x, y = ask(
        page,
        """(() => {
          const node = canvas.cy.nodes().filter((each) => each.data('label') === argument)[0];
          const far = (edge) => Math.hypot(edge.source().position('x') - edge.target().position('x'),
            edge.source().position('y') - edge.target().position('y'));
          const middle = node.connectedEdges().sort((a, b) => far(b) - far(a))[0].renderedMidpoint();
          const box = canvas.frame.stage.getBoundingClientRect();
          return [box.left + middle.x, box.top + middle.y];
        })()""",
        name,
    )
    return x, y
