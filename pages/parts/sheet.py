"""The sheet of the reader: a page image with regions drawn on it, or text with words marked, scrolled to the place.

Text comes from documents that nobody has checked: the browser gets it as text nodes, never as HTML.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from graph.types import Region

_HEADING = re.compile(r"^#{1,6} (.+)$", re.MULTILINE)
_HTML = '<div class="sheet" tabindex="0" role="document"></div>'

_CSS = """
.sheet {
  height: 70vh; min-height: 420px; overflow: auto; border: 1px solid var(--st-border-color);
  border-radius: var(--st-base-radius); background: var(--st-secondary-background-color); outline-offset: 2px;
}
.page { position: relative; margin: 0 auto; width: 100%; line-height: 0; transform-origin: top left; }
.page img { width: 100%; height: auto; display: block; background: #fff; }
.region {
  position: absolute; background: rgba(240, 190, 40, 0.34); mix-blend-mode: multiply; border-radius: 2px;
}
.region.area {
  background: none; mix-blend-mode: normal; box-shadow: 0 0 0 2px rgba(31, 95, 99, 0.85); border-radius: 4px;
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
export default function (component) {
  const { data, parentElement } = component
  const sheet = parentElement.querySelector(".sheet")
  if (!sheet || !data) return
  sheet.setAttribute("aria-label", data.title)
  const dark = getComputedStyle(sheet).colorScheme.includes("dark")
  sheet.style.setProperty("--sheet-mark", dark ? "#6a5317" : "#f6dfa0")
  const wanted = JSON.stringify(data)
  if (sheet.dataset.shown === wanted) return
  sheet.dataset.shown = wanted
  sheet.replaceChildren()
  const scrollTo = (element) => {
    const box = element.getBoundingClientRect(), frame = sheet.getBoundingClientRect()
    sheet.scrollTop += box.top - frame.top - Math.max(40, (frame.height - box.height) / 3)
    sheet.scrollLeft += box.left - frame.left - Math.max(20, (frame.width - box.width) / 2)
  }
  if (data.image) {
    const page = document.createElement("div")
    page.className = "page"
    page.style.width = data.zoom + "%"
    const image = document.createElement("img")
    image.alt = data.title
    image.width = data.width
    image.height = data.height
    page.append(image)
    let first = null
    for (const region of data.regions) {
      const box = document.createElement("div")
      box.className = region.area ? "region area" : "region"
      box.style.left = (100 * region.x) / data.width + "%"
      box.style.top = (100 * region.y) / data.height + "%"
      box.style.width = (100 * region.w) / data.width + "%"
      box.style.height = (100 * region.h) / data.height + "%"
      page.append(box)
      first = first || box
    }
    sheet.append(page)
    image.onload = () => first && scrollTo(first)
    image.src = data.image
    return
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
}
"""

_sheet = st.components.v2.component("wunderkammer_sheet", html=_HTML, css=_CSS, js=_JS)


@dataclass(frozen=True, slots=True)
class Mark:
    """A region to draw: filled like a text marker, or `area`, a frame around a picture or passage."""

    region: Region
    area: bool = False


@dataclass(frozen=True, slots=True)
class Note:
    """A quiet line of ours before the text that begins at `at`."""

    at: int
    words: str


def show_image(
    address: str, width: int, height: int, marks: Sequence[Mark], title: str, key: str, zoom: int = 100
) -> None:
    """A page image (`address`: where the browser loads it) with marks in its pixels; zoom 100 is the sheet's width."""
    regions = [{"x": m.region.x, "y": m.region.y, "w": m.region.w, "h": m.region.h, "area": m.area} for m in marks]
    content = {"image": address, "width": width, "height": height, "regions": regions, "title": title, "zoom": zoom}
    _sheet(data=content, key=key)


def show_text(
    text: str,
    spans: Sequence[tuple[int, int]],
    title: str,
    key: str,
    language: str | None = None,
    notes: Sequence[Note] = (),
) -> None:
    """Text with spans marked and notes between; spans must be in order and apart (`plain.merged`), notes in order."""
    parts = parts_of(text, spans, notes)
    _sheet(data={"parts": parts, "title": title, "language": language}, key=key)


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
