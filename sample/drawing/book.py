"""A book from a source: title page, contents, chapters, plates."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from reportlab.lib.enums import TA_CENTER, TA_JUSTIFY, TA_LEFT
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Frame, Paragraph
from reportlab.platypus.flowables import Flowable

from sample.drawing.engrave import Plate
from sample.drawing.press import INK, ITALIC, TEXT, plate_mark, pull

W, H = 165 * mm, 235 * mm
LEFT, RIGHT, TOP, FOOT = 24 * mm, 24 * mm, 27 * mm, 25 * mm
LEAF = (0.985, 0.970, 0.935)
ACCENT = (0.48, 0.20, 0.14)
NUMERALS = ["I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII", "XIII", "XIV", "XV", "XVI"]
Drawn = Callable[[str], Plate]


@dataclass(slots=True)
class Chapter:
    title: str
    options: dict[str, str] = field(default_factory=dict)
    paragraphs: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Source:
    options: dict[str, list[str]] = field(default_factory=dict)
    chapters: list[Chapter] = field(default_factory=list)


def read(path: Path) -> Source:
    """`key: value` lines, `# chapters`, paragraphs parted by empty lines."""
    source, known = Source(), {"plate", "caption", "stations", "columns", "tailpiece"}
    for raw in path.read_text(encoding="utf-8").split("\n"):
        line = raw.strip()
        key, _, value = line.partition(": ")
        if line.startswith("# "):
            source.chapters.append(Chapter(line[2:]))
        elif not source.chapters:
            if line:
                source.options.setdefault(key, []).append(value)
        elif key in known and value:
            source.chapters[-1].options[key] = value
        elif line:
            source.chapters[-1].paragraphs.append(line)
    return source


def style(size: float, lead: float, **more: object) -> ParagraphStyle:
    settings: dict[str, object] = {
        "fontName": TEXT, "fontSize": size, "leading": lead, "textColor": INK, "alignment": TA_JUSTIFY,
        "allowWidows": 0, "allowOrphans": 0,
    }  # fmt: skip
    return ParagraphStyle("s", **(settings | more))


BODY = style(10.6, 15.6, firstLineIndent=12)
FIRST = style(10.6, 15.6)
SMALL = style(9.2, 13.4, alignment=TA_LEFT, spaceAfter=5)
NARROW = style(9.0, 12.6, alignment=TA_LEFT, leftIndent=27, bulletFontName=ITALIC, spaceAfter=3.2)
CAPTION = style(9.6, 13, fontName=ITALIC, alignment=TA_CENTER)


class Book:
    def __init__(self, target: Path, source: Source, words: dict[str, str], drawn: Drawn) -> None:
        self.source, self.words, self.drawn = source, words, drawn
        self.canvas = Canvas(str(target), pagesize=(W, H), invariant=1, pageCompression=1)
        self.canvas.setTitle(source.options["title"][0])
        self.canvas.setAuthor("Wunderkammer")
        self.canvas.setSubject(source.options["subtitle"][0])
        self.canvas.setCreator("sample/build.py")
        self.page = 0

    # pages
    def leaf(self, running: str = "") -> None:
        c = self.canvas
        if self.page:
            c.showPage()
        self.page += 1
        c.setFillColorRGB(*LEAF)
        c.rect(0, 0, W, H, stroke=0, fill=1)
        c.setFillColorRGB(*INK)
        if running:
            c.setFont(ITALIC, 9)
            c.drawCentredString(W / 2, H - 15 * mm, running)
            c.setFont(TEXT, 9)
            c.drawCentredString(W / 2, 13 * mm, str(self.page))

    def flow(self, items: list[Flowable], x: float, y: float, w: float, h: float) -> list[Flowable]:
        frame = Frame(x, y, w, h, leftPadding=0, rightPadding=0, topPadding=0, bottomPadding=0)
        rest = list(items)
        frame.addFromList(rest, self.canvas)
        return rest

    def fit(self, items: list[Flowable], y: float, h: float) -> None:
        if self.flow(items, LEFT, y, W - LEFT - RIGHT, h):
            raise ValueError(f"page {self.page} of {self.source.options['title'][0]} is too full")

    def title_page(self, vignette: str) -> None:
        self.leaf()
        c, options = self.canvas, self.source.options
        plate_mark(c, 12 * mm, 12 * mm, W - 24 * mm, H - 24 * mm)
        c.setFillColorRGB(*INK)
        c.setFont(TEXT, 31)
        c.drawCentredString(W / 2, H - 52 * mm, options["title"][0])
        rule = 26 * mm
        c.setStrokeColorRGB(*ACCENT)
        c.setLineWidth(1.0)
        c.line(W / 2 - rule, H - 59 * mm, W / 2 + rule, H - 59 * mm)
        sub = style(12.5, 17, fontName=ITALIC, alignment=TA_CENTER)
        self.flow([Paragraph(options["subtitle"][0], sub)], 32 * mm, H - 92 * mm, W - 64 * mm, 28 * mm)
        plate = self.drawn(vignette)
        wide = 78 * mm if plate.height > plate.width else 104 * mm
        tall = wide * plate.height / plate.width
        pull(c, plate, (W - wide) / 2, 36 * mm + (104 * mm - tall) / 2, wide)
        c.setFillColorRGB(*INK)
        c.setFont(TEXT, 11)
        c.drawCentredString(W / 2, 24 * mm, "Wunderkammer")

    def front(self) -> None:
        self.leaf()
        self.fit([Paragraph(text, SMALL) for text in self.source.options["imprint"]], 24 * mm, 90 * mm)
        self.leaf(self.words["running"])
        self.heading(self.words["preface"], "")
        texts = self.source.options["preface"]
        self.fit([Paragraph(t, BODY if i else FIRST) for i, t in enumerate(texts)], FOOT, H - TOP - FOOT - 20 * mm)

    def contents(self, pages: list[int]) -> None:
        self.leaf(self.words["running"])
        self.heading(self.words["contents"], "")
        c, y = self.canvas, H - TOP - 26 * mm
        numbered = 0
        for chapter, page in zip(self.source.chapters, pages, strict=True):
            c.setFillColorRGB(*INK)
            c.setFont(TEXT, 11)
            if "columns" not in chapter.options:
                c.drawRightString(LEFT + 9 * mm, y, NUMERALS[numbered])
                numbered += 1
            c.drawString(LEFT + 13 * mm, y, chapter.title)
            c.drawRightString(W - RIGHT, y, str(page))
            start = LEFT + 15 * mm + c.stringWidth(chapter.title, TEXT, 11)
            c.setStrokeColorRGB(0.72, 0.64, 0.54)
            c.setLineWidth(0.6)
            c.setDash(0.6, 3.2)
            c.line(start, y + 1.5, W - RIGHT - 8 * mm, y + 1.5)
            c.setDash()
            y -= 8.4 * mm

    def heading(self, title: str, number: str) -> None:
        c = self.canvas
        c.setFillColorRGB(*ACCENT)
        c.setFont(TEXT, 12)
        if number:
            c.drawCentredString(W / 2, H - TOP + 1 * mm, number)
        c.setFillColorRGB(*INK)
        size = 21.0
        while c.stringWidth(title, TEXT, size) > W - LEFT - RIGHT:
            size -= 0.5
        c.setFont(TEXT, size)
        c.drawCentredString(W / 2, H - TOP - 9 * mm, title)
        c.setStrokeColorRGB(*ACCENT)
        c.setLineWidth(0.7)
        c.line(W / 2 - 9 * mm, H - TOP - 14 * mm, W / 2 + 9 * mm, H - TOP - 14 * mm)

    def chapter_page(self, chapter: Chapter, number: str) -> None:
        self.leaf(self.words["running"])
        self.heading(chapter.title, number)
        top = H - TOP - 21 * mm
        if "stations" in chapter.options:
            self.stations([s.strip() for s in chapter.options["stations"].split("|")], top - 5 * mm)
            top -= 19 * mm
        items: list[Flowable] = [Paragraph(t, BODY if i else FIRST) for i, t in enumerate(chapter.paragraphs)]
        self.fit(items, FOOT, top - FOOT)
        tall = sum(item.wrap(W - LEFT - RIGHT, H)[1] for item in items)
        room = top - FOOT - tall
        if chapter.options.get("tailpiece") and room > 34 * mm:
            plate = self.drawn(chapter.options["tailpiece"])
            high = min(room - 6 * mm, 62 * mm)
            wide = high * plate.width / plate.height
            pull(self.canvas, plate, (W - wide) / 2, FOOT - 2 * mm, wide)
        elif room > 14 * mm:
            self.canvas.setFillColorRGB(*ACCENT)
            self.canvas.setFont(TEXT, 15)
            self.canvas.drawCentredString(W / 2, FOOT + max(0.0, min(room - 15 * mm, room * 0.55)), "\u2766")

    def stations(self, names: list[str], y: float) -> None:
        """The way of a thing, as a line with stops."""
        c, x0, x1 = self.canvas, LEFT + 14 * mm, W - RIGHT - 14 * mm
        c.setStrokeColorRGB(*ACCENT)
        c.setLineWidth(1.0)
        c.line(x0, y, x1, y)
        for i, name in enumerate(names):
            x = x0 + (x1 - x0) * i / max(1, len(names) - 1)
            c.setFillColorRGB(*(ACCENT if i == len(names) - 1 else LEAF))
            c.circle(x, y, 3.1, stroke=1, fill=1)
            c.setFillColorRGB(*INK)
            c.setFont(ITALIC, 8.6)
            c.drawCentredString(x, y - 14 if i % 2 == 0 else y + 8, name)

    def plate_page(self, chapter: Chapter, number: str, latin: str) -> None:
        self.leaf()
        c, plate = self.canvas, self.drawn(chapter.options["plate"])
        x, y, w, h = 15 * mm, 34 * mm, W - 30 * mm, H - 50 * mm
        if plate.width > plate.height:
            h = w * 0.94
            y = 34 * mm + (H - 50 * mm - h) / 2
        plate_mark(c, x, y, w, h)
        room_w, room_h = w - 15 * mm, h - 26 * mm
        wide = min(room_w, room_h * plate.width / plate.height)
        pull(c, plate, x + (w - wide) / 2, y + 16 * mm + (room_h - wide * plate.height / plate.width) / 2, wide)
        c.setFillColorRGB(*INK)
        c.setFont(ITALIC, 9)
        c.drawRightString(x + w - 6 * mm, y + h - 8.2 * mm, f"Tab. {number}.")
        c.setFont(ITALIC, 14)
        c.drawCentredString(W / 2, y + 8.4 * mm, latin)
        label = f"{self.words['plate']} {number}. {chapter.options['caption']}"
        self.flow(
            [Paragraph(label, CAPTION)],
            20 * mm,
            14 * mm if plate.height > plate.width else y - 20 * mm,
            W - 40 * mm,
            16 * mm,
        )
        c.setFont(TEXT, 9)
        c.drawCentredString(W / 2, 10 * mm, str(self.page))

    def column_pages(self, chapter: Chapter, columns: int) -> None:
        items: list[Flowable] = []
        for text in chapter.paragraphs:
            if text.startswith("**"):
                year, _, rest = text[2:].partition("** ")
                items.append(Paragraph(rest, NARROW, bulletText=year))
            else:
                items.append(Paragraph(text, SMALL))
        first, gutter = True, 8 * mm
        wide = (W - 40 * mm - gutter * (columns - 1)) / columns
        while items:
            self.leaf(self.words["running"])
            top = H - TOP
            if first:
                self.heading(chapter.title, "")
                top -= 22 * mm
            for k in range(columns):
                items = self.flow(items, 20 * mm + k * (wide + gutter), FOOT, wide, top - FOOT)
            first = False

    def save(self) -> int:
        self.canvas.showPage()
        self.canvas.save()
        return self.page
