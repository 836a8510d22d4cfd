"""A report as PDF: set by reportlab in DejaVu Sans, which has Latin, Greek and Cyrillic; Chinese, Japanese and Korean
are left to the fonts that readers of PDF bring along. Letters that neither has stand as □, and how many is said.

Right-to-left writing is drawn letter by letter from left to right: there is no shaping here, as docs/exports.md says.
"""

from __future__ import annotations

import io
import re
import unicodedata
from collections.abc import Iterator
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import Any, Final
from xml.sax.saxutils import escape

from share.report import Footnote, Line, Report, where
from share.report_words import word

_FONTS: Final = Path(__file__).parent / "fonts"
_PLAIN, _BOLD = "DejaVuSans", "DejaVuSans-Bold"
_ACCENT: Final = "#7a3b1d"
_WIDEST, _HIGHEST = 380.0, 300.0
"""Points of a picture."""
_LONGEST: Final = 6_000
"""Characters of one paragraph: a longer one is set in several."""
_ASIAN: Final = (
    (re.compile("[\u3040-\u30ff\u31f0-\u31ff\uff66-\uff9f]"), "HeiseiMin-W3"),
    (re.compile("[\u1100-\u11ff\u3130-\u318f\uac00-\ud7af]"), "HYSMyeongJo-Medium"),
    (re.compile("[\u2e80-\u303f\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff00-\uffef]"), "STSong-Light"),
)


class Setter:
    """Sets one report; counts the letters that could not be drawn."""

    def __init__(self, report: Report) -> None:
        self.report, self.language = report, report.language
        self.missing = 0
        self.styles = _styles()

    def pdf(self) -> bytes:
        """The file."""
        from reportlab.lib.pagesizes import A4
        from reportlab.platypus import SimpleDocTemplate

        out = io.BytesIO()
        margin = 62
        # `invariant`: no moment and no random number in it; the same report gives the same bytes.
        document = SimpleDocTemplate(
            out, pagesize=A4, leftMargin=margin, rightMargin=margin, topMargin=margin, bottomMargin=margin,
            title=self.report.title[:200], author="", creator="Wunderkammer", invariant=1,
        )  # fmt: skip
        document.build(list(self._story()), onFirstPage=_numbered, onLaterPages=_numbered)
        return out.getvalue()

    def _story(self) -> Iterator[Any]:
        report, say = self.report, self._say
        yield from say(report.title, "title")
        if report.question and report.question != report.title:
            yield from say(f"{word('question', self.language)}: {report.question}", "soft")
        if report.about:
            yield from say(" · ".join(report.about), "soft")
        for each in report.note.splitlines():
            yield from say(each, "body")
        if report.outcome == "not_found":
            yield from say(word("not_found", self.language), "body")
        for section in report.sections:
            own = section.heading in ("answer", "claims")
            yield from say(word(section.heading, self.language) if own else section.heading, "heading")
            for line in section.lines:
                yield from self._line(line)
        if report.left_out:
            yield from say(word("left_out", self.language, n=report.left_out), "soft")
        if report.footnotes:
            yield from say(word("sources", self.language), "heading")
            for note in report.footnotes:
                yield from self._footnote(note)
        yield from say(word("found", self.language), "soft")
        if self.missing:
            yield from say(word("not_drawn", self.language, n=self.missing), "soft")

    def _line(self, line: Line) -> Iterator[Any]:
        marks = "".join(f' <a href="#note-{n}" color="{_ACCENT}">[{n}]</a>' for n in line.notes)
        more = "" if line.supported else f" <i>({escape(word('unsupported', self.language))})</i>"
        yield from self._say(line.text, "body", marks + more)

    def _footnote(self, note: Footnote) -> Iterator[Any]:
        told = ", ".join(where(note, self.language))
        yield from self._say(told, "source", before=f'<a name="note-{note.n}"/><b>[{note.n}]</b> ')
        if note.written_by:
            yield from self._say(word("by_model", self.language, model=note.written_by), "soft")
        if note.quote:
            yield from self._say(note.quote, "quote")
        if note.picture:
            picture = _picture(note.picture)
            if picture is not None:
                yield picture

    def _say(self, text: str, style: str, after: str = "", before: str = "") -> Iterator[Any]:
        from reportlab.platypus import Paragraph

        pieces = [text[at : at + _LONGEST] for at in range(0, len(text), _LONGEST)] or [""]
        for number, piece in enumerate(pieces):
            first, last = number == 0, number == len(pieces) - 1
            marked = (before if first else "") + self._marked(piece) + (after if last else "")
            yield Paragraph(marked, self.styles[style])

    def _marked(self, text: str) -> str:
        """The text as reportlab's markup, each stretch in a font that has its letters."""
        line = " ".join("".join(each if _shown(each) else " " for each in text).split())
        parts = []
        for font, letters in groupby(line, _font):
            stretch = "".join(letters)
            if font == "":
                self.missing += len(stretch)
                stretch, font = "□" * len(stretch), _PLAIN
            parts.append(escape(stretch) if font == _PLAIN else f'<font name="{font}">{escape(stretch)}</font>')
        return "".join(parts)


def to_pdf(report: Report) -> bytes:
    """The report as PDF."""
    return Setter(report).pdf()


def _shown(letter: str) -> bool:
    return unicodedata.category(letter) not in ("Cc", "Cs", "Cf", "Cn", "Co")


@cache
def _glyphs() -> frozenset[int]:
    """The letters that the font has; registers all fonts."""
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont
    from reportlab.pdfbase.ttfonts import TTFont

    for name in (_PLAIN, _BOLD):
        pdfmetrics.registerFont(TTFont(name, str(_FONTS / f"{name}.ttf")))
    pdfmetrics.registerFontFamily(_PLAIN, normal=_PLAIN, bold=_BOLD, italic=_PLAIN, boldItalic=_BOLD)
    for _, name in _ASIAN:
        pdfmetrics.registerFont(UnicodeCIDFont(name))
    return frozenset(pdfmetrics.getFont(_PLAIN).face.charToGlyph)


def _font(letter: str) -> str:
    """The font that a letter is set in; "" where none has it."""
    if ord(letter) in _glyphs():
        return _PLAIN
    return next((name for pattern, name in _ASIAN if pattern.match(letter)), "")


@cache
def _styles() -> dict[str, Any]:
    from reportlab.lib.colors import HexColor
    from reportlab.lib.styles import ParagraphStyle

    _glyphs()
    body = ParagraphStyle("body", fontName=_PLAIN, fontSize=9.5, leading=14, spaceAfter=5, splitLongWords=True)
    soft = HexColor("#5c5750")
    return {
        "body": body,
        "title": ParagraphStyle("title", body, fontName=_BOLD, fontSize=17, leading=22, spaceAfter=10),
        "heading": ParagraphStyle(
            "heading", body, fontName=_BOLD, fontSize=12, leading=16, spaceBefore=12, spaceAfter=6, keepWithNext=1
        ),
        "soft": ParagraphStyle("soft", body, fontSize=8.5, leading=12, textColor=soft),
        "source": ParagraphStyle("source", body, fontSize=8.5, leading=12, spaceBefore=6, spaceAfter=2),
        "quote": ParagraphStyle(
            "quote", body, fontSize=9, leading=13, leftIndent=14, borderPadding=(0, 0, 0, 8), textColor=soft
        ),
    }


def _picture(jpeg: bytes) -> Any:
    from PIL import Image as Opened
    from PIL import UnidentifiedImageError
    from reportlab.platypus import Image

    try:
        with Opened.open(io.BytesIO(jpeg)) as image:
            width, height = image.size
    except (UnidentifiedImageError, OSError):
        return None
    scale = min(_WIDEST / width, _HIGHEST / height, 0.6)
    return Image(io.BytesIO(jpeg), width * scale, height * scale, hAlign="LEFT")


def _numbered(canvas: Any, document: Any) -> None:
    canvas.setFont(_PLAIN, 8)
    canvas.drawRightString(document.pagesize[0] - document.rightMargin, 34, str(canvas.getPageNumber()))
