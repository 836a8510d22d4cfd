"""What the canvas of Explore has drawn, asked of the page: where names stand, so that they can be clicked."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page, expect

_CANVAS = "document.querySelector('[data-testid=stBidiComponentIsolated]').shadowRoot.querySelector('.canvas').canvas"


def wait_until_drawn(page: Page) -> None:
    """Until the canvas can be used."""
    expect(page.locator(".canvas[data-ready]")).to_be_visible()


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
