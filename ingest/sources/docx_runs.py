"""The words of a paragraph of a Word document in their order, with what hangs on them: notes, text boxes, page breaks.

Deletions that are tracked are left out, insertions are kept; field results are kept, their instructions are not.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from ingest.sources.docx_styles import value
from ingest.sources.elements import Element, attribute, child, chosen, is_on, local
from ingest.sources.numerals import roman

_LEFT_OUT = {
    "pPr", "rPr", "tcPr", "trPr", "tblPr", "sdtPr", "del", "moveFrom", "delText", "instrText", "delInstrText",
    "fldData", "rt", "sectPr", "cellDel",
}  # fmt: skip
_SIGNS = {"tab": "\t", "ptab": "\t", "cr": "\n", "noBreakHyphen": "-"}
_BLOCKS = {"p", "tr", "tbl", "tc"}


@dataclass(slots=True)
class Notes:
    """Footnotes or endnotes: their words by id, and those that were referred to, in order, with their marks."""

    texts: dict[str, str] = field(default_factory=dict)
    roman: bool = False
    waiting: list[str] = field(default_factory=list)
    count: int = 0

    def mark(self, reference: Element) -> str:
        """The mark for a reference; the note waits to be written under it."""
        text = self.texts.get(attribute(reference, "id") or "")
        if not text:
            return ""
        self.count += 1
        mark = f"[{roman(self.count) if self.roman and self.count < 4000 else self.count}]"
        self.waiting.append(f"{mark} {text}")
        return mark

    def taken(self) -> list[str]:
        """The notes that wait; they wait no longer."""
        taken, self.waiting = self.waiting, []
        return taken


@dataclass(slots=True)
class Pages:
    """Counts page breaks: those that people set, and those of Word's last layout, where both say the same once."""

    _set: bool = False

    def set_break(self) -> int:
        """A break that somebody set; how many pages further the text is."""
        self._set = True
        return 1

    def layout_break(self) -> int:
        """A break that Word noted when it last laid out the text; it confirms one that was just set."""
        further = 0 if self._set else 1
        self._set = False
        return further

    def words(self) -> None:
        """Words came: the next break is another one."""
        self._set = False


@dataclass(slots=True)
class Words:
    """The words of a paragraph or a table's row: `before` and `after` count the pages that begin around its start."""

    parts: list[str] = field(default_factory=list)
    before: int = 0
    after: int = 0
    boxes: list[Element] = field(default_factory=list)
    begun: bool = False

    @property
    def text(self) -> str:
        return "".join(self.parts)

    def put(self, text: str) -> None:
        self.parts.append(text)
        self.begun = self.begun or bool(text.strip())

    def turn(self, pages: int) -> None:
        """Pages end here; what has begun before belongs to the page it began on."""
        if self.begun:
            self.after += pages
        else:
            self.before += pages


class Runs:
    """Reads paragraphs; knows the notes of the document and counts its pages."""

    def __init__(self, footnotes: Notes, endnotes: Notes) -> None:
        self._notes = {"footnoteReference": footnotes, "endnoteReference": endnotes}
        self.pages = Pages()

    def read(self, element: Element, words: Words) -> None:
        """Add the words of everything inside an element."""
        if child(element, "pPr", "pageBreakBefore") is not None and is_on(
            value(child(element, "pPr", "pageBreakBefore"))
        ):
            words.turn(self.pages.set_break())
        for inner in element:
            self._read(inner, words)

    def _read(self, element: Element, words: Words) -> None:
        name = local(element)
        if name in _LEFT_OUT:
            return
        if name == "t":
            self._text(element.text or "", words)
        elif name in _SIGNS:
            words.put(_SIGNS[name])
        elif name == "br":
            kind = attribute(element, "type")
            words.put("\n")
            if kind == "page":
                words.turn(self.pages.set_break())
        elif name == "lastRenderedPageBreak":
            words.turn(self.pages.layout_break())
        elif name in self._notes:
            words.put(self._notes[name].mark(element))
        elif name == "txbxContent":
            words.boxes.append(element)
        elif name == "AlternateContent":
            self.read(chosen(element), words)
        elif name != "r" or not _is_hidden(element):
            self.read(element, words)
            if name in _BLOCKS:
                words.put(" ")

    def _text(self, text: str, words: Words) -> None:
        if text.strip():
            self.pages.words()
        words.put(text)


def _is_hidden(run: Element) -> bool:
    vanish = child(run, "rPr", "vanish")
    return vanish is not None and is_on(value(vanish))


def note_texts(elements: Iterator[Element], words_of: Callable[[Element], str]) -> dict[str, str]:
    """The words of notes by their ids; the lines that separate notes from the text are none."""
    found: dict[str, str] = {}
    for element in elements:
        if attribute(element, "type") not in {None, "normal"}:
            continue
        paragraphs = [words_of(inner) for inner in element if local(inner) not in _LEFT_OUT]
        text = "\n".join(text for text in (p.strip() for p in paragraphs) if text)
        if text:
            found[attribute(element, "id") or ""] = text
    return found
