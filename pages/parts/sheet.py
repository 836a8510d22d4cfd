"""The sheet of the reader: text with words marked, scrolled to the place; keys turn its pages.

Text comes from documents that nobody has checked: the browser gets it as text nodes, never as HTML.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import streamlit as st

_HEADING = re.compile(r"^#{1,6} (.+)$", re.MULTILINE)
_HTML = '<div class="sheet" tabindex="0" role="document"></div>'

_CSS = """
.sheet {
  height: 70vh; min-height: 420px; overflow: auto; border: 1px solid var(--st-border-color);
  border-radius: var(--st-base-radius); background: var(--st-secondary-background-color); outline-offset: 2px;
}
.text {
  font-family: "Source Serif 4", "Source Serif", Georgia, serif; font-size: 1.08rem; line-height: 1.65;
  max-width: 42rem; margin: 0 auto; padding: 1.5rem 1.6rem 3rem; white-space: pre-wrap; overflow-wrap: anywhere;
  color: var(--st-text-color);
}
.text b { font-family: var(--st-font); font-weight: 600; font-size: 1.1em; }
.text .note {
  display: block; font-family: var(--st-font); font-size: 0.82rem; opacity: 0.72; user-select: none;
  border-top: 1px solid var(--st-border-color); padding-top: 0.35rem; margin: 0.2rem 0 0.1rem;
}
.text mark { background: var(--sheet-mark); color: inherit; border-radius: 2px; padding: 0.05em 0; }
"""

_JS = """
const turns = new WeakMap()
// Keys turn pages wherever on the page the reader of it is, unless they type there; in the sheet Home and End scroll.
const typing = "input, textarea, select, [contenteditable], [role=radio], [role=slider], [role=combobox], [role=tab]"
function listen(sheet) {
  if (turns.has(sheet)) return turns.get(sheet)
  const turn = {}
  turn.key = (event) => {
    const ends = event.composedPath().includes(sheet) ? {} : { Home: 1, End: turn.pages }
    const page = { ArrowLeft: turn.page - 1, ArrowRight: turn.page + 1, ...ends }[event.key]
    if (!page || event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return
    if (page > turn.pages || page === turn.page || event.composedPath()[0].closest?.(typing)) return
    // Where a picture stands beside the words, that is what turns.
    if (!sheet.isConnected || document.querySelector(".st-key-reader-viewer, [role=dialog]")) return
    event.preventDefault()
    turn.page = page
    turn.to(page)
  }
  document.addEventListener("keydown", turn.key)
  turns.set(sheet, turn)
  return turn
}
export default function (component) {
  const { data, parentElement } = component
  const sheet = parentElement.querySelector(".sheet")
  if (!sheet || !data) return
  sheet.setAttribute("aria-label", data.title)
  const turn = listen(sheet)
  turn.page = data.page
  turn.pages = data.pages
  turn.to = (page) => component.setTriggerValue("turned", page)
  const end = () => document.removeEventListener("keydown", turn.key)
  const dark = getComputedStyle(sheet).colorScheme.includes("dark")
  sheet.style.setProperty("--sheet-mark", dark ? "#6a5317" : "#f6dfa0")
  const wanted = JSON.stringify(data)
  if (sheet.dataset.shown === wanted) return end
  sheet.dataset.shown = wanted
  sheet.replaceChildren()
  const scrollTo = (element) => {
    const box = element.getBoundingClientRect(), frame = sheet.getBoundingClientRect()
    sheet.scrollTop += box.top - frame.top - Math.max(40, (frame.height - box.height) / 3)
    sheet.scrollLeft += box.left - frame.left - Math.max(20, (frame.width - box.width) / 2)
  }
  const text = document.createElement("div")
  text.className = "text"
  text.lang = data.language || ""
  let first = null
  for (const part of data.parts) {
    if (part.note) {
      const note = document.createElement("span")
      note.className = "note"
      note.textContent = part.text
      text.append(note)
    } else if (part.marked || part.heading) {
      const element = document.createElement(part.marked ? "mark" : "b")
      element.textContent = part.text
      text.append(element)
      if (part.marked) first = first || element
    } else {
      text.append(document.createTextNode(part.text))
    }
  }
  sheet.append(text)
  if (first) requestAnimationFrame(() => scrollTo(first))
  else sheet.scrollTop = 0
  return end
}
"""

_sheet = st.components.v2.component("wunderkammer_sheet", html=_HTML, css=_CSS, js=_JS)


@dataclass(frozen=True, slots=True)
class Note:
    """A quiet line of ours before the text that begins at `at`."""

    at: int
    words: str


def show_text(
    text: str,
    spans: Sequence[tuple[int, int]],
    title: str,
    key: str,
    language: str | None = None,
    notes: Sequence[Note] = (),
    page: int = 1,
    pages: int = 1,
    turned: Callable[[int], None] | None = None,
) -> None:
    """Text with spans marked and notes between; spans must be in order and apart (`plain.merged`), notes in order.

    `turned` gets the number of the page that a key asked for.
    """

    def turn() -> None:
        wanted = getattr(st.session_state[key], "turned", None)
        if isinstance(wanted, int) and turned is not None:
            turned(wanted)

    data = {"parts": parts_of(text, spans, notes), "title": title, "language": language, "page": page, "pages": pages}
    _sheet(data=data, key=key, on_turned_change=turn)


def parts_of(text: str, spans: Sequence[tuple[int, int]], notes: Sequence[Note] = ()) -> list[dict[str, object]]:
    """What the sheet shows one after the other: text, headings, marked words, notes."""
    parts: list[dict[str, object]] = []
    begins = [0, *(note.at for note in notes)]
    for n, (begin, end) in enumerate(zip(begins, [*begins[1:], len(text)], strict=True)):
        if n:
            parts.append({"text": notes[n - 1].words, "note": True})
        at = begin
        for start, stop in ((max(begin, a), min(end, b)) for a, b in spans if a < end and b > begin):
            parts += _unmarked(text[at:start])
            parts.append({"text": text[start:stop], "marked": True})
            at = stop
        parts += _unmarked(text[at:end])
    return [part for part in parts if part["text"]]


def _unmarked(text: str) -> list[dict[str, object]]:
    """The text with lines that are headings in Markdown apart, without their signs."""
    parts: list[dict[str, object]] = []
    at = 0
    for heading in _HEADING.finditer(text):
        parts.append({"text": text[at : heading.start()]})
        parts.append({"text": heading.group(1), "heading": True})
        at = heading.end()
    return [*parts, {"text": text[at:]}]
