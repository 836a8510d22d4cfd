"""From a plate to a page (reportlab) and from a page to a picture (pypdfium2)."""

import io
from pathlib import Path

import numpy as np
import pypdfium2 as pdfium
from PIL import Image
from reportlab import rl_config
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import FILL_NON_ZERO, Canvas
from reportlab.pdfgen.pathobject import PDFPathObject

from sample.drawing.engrave import PAPER, Fill, Plate
from sample.drawing.shape import Array, simplify, swollen

INK = (0.20, 0.135, 0.085)
SHEET = (0.957, 0.925, 0.855)
WEIGHT = 1.0
TEXT, ITALIC = "WunderText", "WunderText-Italic"


def fonts() -> None:
    rl_config.useA85 = 0
    here = Path(__file__).parent / "fonts"
    for name, file in ((TEXT, "WunderText-Regular.ttf"), (ITALIC, "WunderText-Italic.ttf")):
        pdfmetrics.registerFont(TTFont(name, str(here / file)))
    pdfmetrics.registerFontFamily(TEXT, normal=TEXT, bold=TEXT, italic=ITALIC, boldItalic=ITALIC)


def pull(canvas: Canvas, plate: Plate, x: float, y: float, width: float) -> None:
    """Print a plate at a place of the page, `width` points wide.

    Lines are filled outlines and not strokes: viewers draw a thin stroke one pixel wide at the
    least, which would turn a small plate black.
    """
    scale = width / plate.width
    canvas.saveState()
    canvas.translate(x, y)
    canvas.scale(scale / 10, scale / 10)
    for op in plate.ops:
        path = canvas.beginPath()
        if isinstance(op, Fill):
            canvas.setFillColorRGB(*op.colour)
            _trace(path, simplify(op.points, 0.08))
        else:
            canvas.setFillColorRGB(*INK)
            for line in op.lines:
                _trace(path, swollen(simplify(line * [1, 1, WEIGHT], 0.14)))
        canvas.drawPath(path, stroke=0, fill=1, fillMode=FILL_NON_ZERO)
    canvas.restoreState()


def _trace(path: PDFPathObject, points: Array) -> None:
    """Tenths of a unit as whole numbers keep the file small."""
    for i, (px, py) in enumerate(np.rint(points * 10).astype(int).tolist()):
        (path.lineTo if i else path.moveTo)(px, py)
    path.close()


def plate_mark(canvas: Canvas, x: float, y: float, w: float, h: float) -> None:
    """The edge that the copper leaves in the paper, and a double line inside it."""
    canvas.saveState()
    canvas.setFillColorRGB(*PAPER)
    canvas.setStrokeColorRGB(0.80, 0.74, 0.64)
    canvas.setLineWidth(0.8)
    canvas.roundRect(x, y, w, h, 3, stroke=1, fill=1)
    canvas.setStrokeColorRGB(*INK)
    for inset, line in ((7.0, 0.9), (9.4, 0.3)):
        canvas.setLineWidth(line)
        canvas.rect(x + inset, y + inset, w - 2 * inset, h - 2 * inset, stroke=1, fill=0)
    canvas.restoreState()


def picture(plate: Plate, title: str, target: Path, *, size: tuple[int, int], note: str) -> None:
    """One plate as a PNG with its own sheet, title and description."""
    buffer = io.BytesIO()
    w, h = float(size[0]), float(size[1])
    canvas = Canvas(buffer, pagesize=(w, h), invariant=1)
    canvas.setFillColorRGB(*SHEET)
    canvas.rect(0, 0, w, h, stroke=0, fill=1)
    plate_mark(canvas, 24, 24, w - 48, h - 48)
    room_w, room_h = w - 100, h - 150
    width = min(room_w, room_h * plate.width / plate.height)
    height = width * plate.height / plate.width
    pull(canvas, plate, (w - width) / 2, 92 + (room_h - height) / 2, width)
    canvas.setFillColorRGB(*INK)
    canvas.setFont(ITALIC, 30)
    canvas.drawCentredString(w / 2, 56, title)
    canvas.showPage()
    canvas.save()
    document = pdfium.PdfDocument(buffer.getvalue())
    big = document[0].render(scale=2).to_pil().convert("RGB")
    image = big.resize(size, Image.Resampling.LANCZOS).quantize(24, dither=Image.Dither.NONE)
    exif = Image.Exif()
    exif[0x010E] = note
    exif[0x8298] = "CC0 1.0"
    image.save(target, optimize=True, exif=exif)
    document.close()
