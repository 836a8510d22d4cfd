"""TEI editions (P5, and P4 and older ones): the text as it is to be read, with its pages, headings, verse and notes.

What an editor encodes twice is read once, in the form that people search for: the regularised, corrected and expanded
reading (`reg`, `corr`, `expan`) and the text of the edition (`lem`) rather than its variants. Additions, supplied and
unclear words are read; deletions (`del`), running heads and catchwords (`fw`), `facsimile` and `standOff` are left
out, a gap is `[…]`. Notes follow the paragraph that they belong to; `[n]` marks both places. Each `pb` begins a page;
words that a line's end divides are joined.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from ingest.files import clean_name
from ingest.language import guess_language
from ingest.sources.base import BlockKind, Limits, ReadDocument
from ingest.sources.codes import language_code
from ingest.sources.page_layout import check_pages
from ingest.sources.tei_choice import Choice, instead
from ingest.sources.tei_header import Header, HeaderReader
from ingest.sources.tei_text import LINE, SPACE, TeiText
from ingest.sources.xml_events import stream
from ingest.xml_errors import XmlWithoutText

MEDIA_TYPE = "application/tei+xml"
_LEFT_OUT = frozenset("del fw facsimile standoff xenodata binaryobject index teiheader".split())
_DIVISIONS = frozenset("tei tei.2 group text front body back div lg sp floatingtext".split()) | {
    f"div{level}" for level in range(8)
}
_PARAGRAPHS = frozenset(
    "p ab opener closer trailer titlepart docauthor docdate docimprint docedition byline argument epigraph speaker "
    "entry entryfree u postscript zone sourcedoc surface".split()
)
_PLACED = frozenset("quote q cit said bibl biblstruct address dateline salute signed stage label formula".split())
"""Blocks of their own between paragraphs, words like any other inside of one."""
_LISTS = {
    "list": frozenset({"item", "label"}),
    "castlist": frozenset({"castitem"}),
    "listbibl": frozenset({"bibl", "biblstruct", "biblfull", "msdesc"}),
    **{f"list{each}": frozenset({each}) for each in ("person", "place", "org", "event", "object")},
    "listwit": frozenset({"witness"}),
}
"""Lists, and what their lines are called."""
_CHOICES = frozenset({"choice", "app"})


def read(path: Path, name: str, limits: Limits) -> ReadDocument:
    """A TEI file with its pages; raises the errors of XML, `TooManyPages` and `XmlWithoutText`."""
    reader = _Reader(name, limits)
    stream(path, name, limits, reader)
    written, told = reader.written, reader.told or Header()
    written.close()
    if not written.blocks:
        raise XmlWithoutText(name=clean_name(name), kind="TEI")
    text = written.text
    return ReadDocument(
        title=told.title or Path(clean_name(name)).stem,
        media_type=MEDIA_TYPE,
        text=text,
        pages=written.pages(),
        blocks=tuple(written.blocks),
        language=language_code(reader.language) or told.language or guess_language(text),
        rights=told.rights,
        attribution=told.attribution,
    )


class _Reader:
    """Turns the elements as they come into text."""

    def __init__(self, name: str, limits: Limits) -> None:
        self.written = TeiText()
        self.told: Header | None = None
        self.language: str | None = None
        self._name, self._limits = name, limits
        self._header: HeaderReader | None = None
        self._choice: Choice | None = None
        self._silent = 0
        self._restored = 0
        self._open: list[Callable[[], None] | None] = []
        """What is to be done at the end of each open element."""
        self._within = 0
        """How many paragraphs are open in each other."""
        self._containers: list[str] = []
        self._cells: list[str] = []
        self._labelled = False
        self._notes = 0
        self._soft = 0
        """How many notes and captions are open in each other: what stands in them makes no blocks."""
        self._edition: str | None = None
        self._turned = False
        """Whether the first page has begun: what stands before it, the description of the file, is on it too."""

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        low = tag.lower()
        if self._choice is not None:
            self._choice.start(tag, attributes)
        elif self._header is not None:
            self._header.start(tag, attributes)
        elif low == "teiheader" and not (self._soft or self._containers or self._silent):
            self._header = HeaderReader()
            self._header.start(tag, attributes)
        elif low in _CHOICES and not self._silent:
            self._choice = Choice()
        else:
            self._open.append(self._begin(low, attributes))

    def end(self, tag: str) -> None:
        if self._choice is not None:
            if self._choice.end(tag):
                choice, self._choice = self._choice, None
                choice.tell(self)
        elif self._header is not None:
            if self._header.end(tag):
                header, self._header = self._header.header(), None
                self.told = self.told or header
                self.written.metadata(header.lines)
        elif (finish := self._open.pop()) is not None:
            finish()

    def text(self, data: str) -> None:
        if self._choice is not None:
            self._choice.text(data)
        elif self._header is not None:
            self._header.text(data)
        elif not self._silent:
            self.written.add(data)

    def _begin(self, tag: str, attributes: Mapping[str, str]) -> Callable[[], None] | None:
        """Begin an element; what is to be done at its end."""
        if tag == "pb" or (tag == "surface" and not self._silent):
            self._page(attributes)
        if self._silent or (tag in _LEFT_OUT and not (tag == "del" and self._restored)):
            self._silent += 1
            return self._loud
        if tag in {"tei", "tei.2", "text"}:
            self.language = self.language or attributes.get("lang")
        if (reading := instead(tag, attributes)) is not None:
            self.written.add(reading)
            self._silent += 1
            return self._loud
        return self._block(tag, attributes) or self._small(tag, attributes)

    def _loud(self) -> None:
        self._silent -= 1

    def _page(self, attributes: Mapping[str, str]) -> None:
        edition = attributes.get("ed", "")
        self._edition = edition if self._edition is None else self._edition
        if edition != self._edition:
            # The pages of another edition than the one that comes first.
            return
        if self.written.begun or self._turned:
            self.written.turn(attributes.get("n", ""))
        self._turned = True
        check_pages(self.written.page, self._name, self._limits)

    def _block(self, tag: str, attributes: Mapping[str, str]) -> Callable[[], None] | None:
        """Begin an element that stands for itself."""
        soft = self._soft > 0 or bool(self._containers)
        if tag in _LISTS or tag == "table":
            return self._container(tag, soft)
        if tag == "figure":
            return self._aside(BlockKind.CAPTION, soft or self._inside())
        if tag == "note":
            return self._note(attributes, soft)
        if soft:
            return self._piece(tag)
        if tag in _DIVISIONS:
            self.written.enter()
            return self.written.leave
        if tag == "head":
            self.written.begin(BlockKind.HEADING)
            return self._paragraph()
        if tag in _PARAGRAPHS or (tag in _PLACED and not self._within):
            self.written.close()
            return self._paragraph()
        return None

    def _paragraph(self) -> Callable[[], None]:
        self._within += 1

        def finish() -> None:
            self._within -= 1
            self.written.close()

        return finish

    def _inside(self) -> bool:
        """Whether words of a paragraph come before."""
        return self.written.open is not None and bool(self.written.open.parts)

    def _container(self, tag: str, soft: bool) -> Callable[[], None]:
        if not soft:
            self.written.begin(BlockKind.TABLE if tag == "table" else BlockKind.LIST)
        self._containers.append(tag)

        def finish() -> None:
            self._containers.pop()
            if not soft:
                self.written.close()
            else:
                self.written.space(SPACE)

        return finish

    def _piece(self, tag: str) -> Callable[[], None] | None:
        """Begin a part of a list, a table, a note or a caption."""
        place = self._containers[-1] if self._containers else ""
        table = self._containers == ["table"]
        if tag in _LISTS.get(place, ()) and "table" not in self._containers:
            self.written.space(SPACE if self._labelled and tag == "item" else LINE)
            self._labelled = tag == "label"
            return None
        if table and tag == "head" and not self.written.aside and self.written.open is not None:
            self.written.open.kind = BlockKind.CAPTION
            return lambda: self.written.begin(BlockKind.TABLE)
        if table and tag == "row":
            self._cells = []
            return self._row
        if table and tag == "cell" and not self.written.aside:
            self.written.begin_aside(BlockKind.PARAGRAPH)
            return lambda: self._cells.append(self.written.end_cell())
        if tag in _PARAGRAPHS or tag in _PLACED or tag in {"head", "item", "figdesc", "cell", "row", "lg"}:
            gap = LINE if tag in {"p", "figdesc", "head", "lg"} and not self._containers else SPACE
            self.written.space(gap)
            return lambda: self.written.space(gap)
        return None

    def _row(self) -> None:
        if self.written.open is not None:
            self.written.open.row(self._cells)

    def _note(self, attributes: Mapping[str, str], soft: bool) -> Callable[[], None] | None:
        inside = soft or self._within > 0 or self._inside()
        label = " ".join(attributes.get("n", "").split()).strip("[]()")
        if inside and not label:
            self._notes += 1
            label = str(self._notes)
        mark = f"[{label}]" if label else ""
        if inside:
            self.written.add(mark)
        return self._aside(BlockKind.PARAGRAPH, inside, mark)

    def _aside(self, kind: BlockKind, inside: bool, mark: str = "") -> Callable[[], None]:
        """A note or a figure: after the block it stands in, or a block of its own."""
        if inside and self.written.open is None:
            inside = False
        containers, self._containers = self._containers, []
        if inside:
            self.written.begin_aside(kind, mark)
        else:
            self.written.begin(kind, mark)
        self._within += 1
        self._soft += 1

        def finish() -> None:
            self._within -= 1
            self._soft -= 1
            self._containers = containers
            if inside:
                self.written.end_aside()
            else:
                self.written.close()

        return finish

    def _small(self, tag: str, attributes: Mapping[str, str]) -> Callable[[], None] | None:
        """Begin an element inside of a line."""
        written = self.written
        if tag == "lb" and written.open is not None:
            written.open.line_end(attributes.get("break") == "no")
        elif tag in {"l", "line"}:
            gap = SPACE if self._containers else LINE
            written.space(gap)
            return lambda: written.space(gap)
        elif tag == "gap":
            written.add("[…]")
        elif tag in {"space", "cb", "anchor"}:
            written.space()
        elif tag == "restore":
            self._restored += 1
            return self._unrestored
        return None

    def _unrestored(self) -> None:
        self._restored -= 1
