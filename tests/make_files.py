"""Files for the tests, made when they are needed: PDFs by reportlab, pictures by Pillow."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from itertools import zip_longest
from pathlib import Path

from PIL import Image, ImageDraw
from reportlab.lib.pagesizes import A4
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

WIDTH, HEIGHT = A4
SENTENCES = (
    "Die Kunst- und Wunderkammer des Erzherzogs Ferdinand II. auf Schloss Ambras bei Innsbruck gilt als sehr alt.",
    "Der dänische Arzt Ole Worm zeigte 1638, dass das Horn des Einhorns der Zahn eines Narwals ist.",
    "Im 16. Jahrhundert sammelten Fürsten Naturalia, Artificialia und Scientifica in einem einzigen Raum.",
    "Kaiser Rudolf II. holte Gelehrte wie Johannes Kepler und Tycho Brahe an seinen Hof in Prag.",
    "Athanasius Kircher führte in Rom Besucher durch das Museum Kircherianum, z. B. zu sprechenden Statuen.",
)


def pdf(path: Path, draw: Callable[[Canvas], None], **options: object) -> Path:
    """A PDF drawn by a function that ends each of its pages."""
    canvas = Canvas(str(path), pagesize=A4, invariant=True, **options)
    draw(canvas)
    canvas.save()
    return path


def write_lines(
    canvas: Canvas, lines: Sequence[str], x: float, y: float, size: float = 11, font: str = "Helvetica"
) -> float:
    """Lines under each other; the height where the next one would stand."""
    canvas.setFont(font, size)
    for line in lines:
        canvas.drawString(x, y, line)
        y -= 1.35 * size
    return y


def wrap(text: str, characters: int) -> list[str]:
    """A text broken into lines of at most so many characters."""
    lines = [""]
    for word in text.split():
        if len(lines[-1]) + len(word) + 1 > characters and lines[-1]:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return lines


def book(path: Path, pages: int = 200) -> Path:
    """A book with a running head, page numbers, a chapter every ten pages, and about 2,200 letters a page."""

    def draw(canvas: Canvas) -> None:
        canvas.setTitle("Das Buch der Kammern")
        for number in range(1, pages + 1):
            write_lines(canvas, ["Wunderkammern in Europa"], 72, HEIGHT - 36, 9)
            write_lines(canvas, [str(number)], WIDTH / 2, 36, 9)
            y = HEIGHT - 90
            if number % 10 == 1:
                y = write_lines(canvas, [f"Kapitel {number // 10 + 1}"], 72, y, 18, "Helvetica-Bold") - 12
            for paragraph in range(5):
                body = " ".join(SENTENCES[(number + paragraph + i) % 5] for i in range(5))
                body = f"Absatz {paragraph + 1} auf Blatt {number}. {body}"
                y = write_lines(canvas, wrap(body, 92)[:8], 72, y) - 8
            canvas.showPage()

    return pdf(path, draw)


def two_columns(path: Path, by_row: bool) -> Path:
    """A title across, then two columns; drawn column after column or, as scanners do, line by line across both."""
    left = wrap(" ".join(f"Links steht der Satz Nummer {n} zum Lesen." for n in range(1, 13)), 40)
    right = wrap(" ".join(f"Rechts folgt der Satz Nummer {n} danach." for n in range(1, 13)), 40)

    def draw(canvas: Canvas) -> None:
        write_lines(canvas, ["Zwei Spalten über den Sammler"], 72, 760, 18, "Helvetica-Bold")
        if by_row:
            for number, (a, b) in enumerate(zip_longest(left, right, fillvalue="")):
                write_lines(canvas, [a], 72, 720 - 15 * number)
                write_lines(canvas, [b], 320, 720 - 15 * number)
        else:
            write_lines(canvas, left, 72, 720)
            write_lines(canvas, right, 320, 713)
        canvas.showPage()

    return pdf(path, draw)


def pages_of_lines(path: Path, pages: Sequence[Sequence[str]], **options: object) -> Path:
    """One page for each list of lines."""

    def draw(canvas: Canvas) -> None:
        for lines in pages:
            write_lines(canvas, lines, 72, 760)
            canvas.showPage()

    return pdf(path, draw, **options)


def scan(path: Path, pages: int = 2) -> Path:
    """A PDF of pictures only, as a scanner makes it."""

    def draw(canvas: Canvas) -> None:
        for _ in range(pages):
            canvas.setFillGray(0.5)
            canvas.rect(100, 100, 300, 400, fill=1)
            canvas.showPage()

    return pdf(path, draw)


def with_content(path: Path, *streams: bytes, filters: bytes = b"/FlateDecode") -> Path:
    """A PDF written by hand, one page for each content stream, packed or damaged as one likes."""
    count = len(streams)
    kids = b" ".join(b"%d 0 R" % (3 + 2 * n) for n in range(count))
    parts = [b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[%s]/Count %d>>" % (kids, count)]
    for number, stream in enumerate(streams):
        parts.append(
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 400 600]/Contents %d 0 R/Resources<</Font<</F1"
            b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>>>>>" % (4 + 2 * number)
        )
        parts.append(b"<</Length %d/Filter%s>>stream\n" % (len(stream), filters) + stream + b"\nendstream")
    out, places = b"%PDF-1.7\n", []
    for number, part in enumerate(parts, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n" % number + part + b"\nendobj\n"
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    size = len(parts) + 1
    end = b"xref\n0 %d\n0000000000 65535 f \n" % size + table
    end += b"trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % (size, len(out))
    path.write_bytes(out + end)
    return path


def with_font(name: str = "Serif", file: str = "/usr/share/fonts/truetype/dejavu/DejaVuSerif.ttf") -> str | None:
    """Register a font that has all letters; None where this machine has it not."""
    if not Path(file).exists():
        return None
    pdfmetrics.registerFont(TTFont(name, file))
    return name


def picture(width: int = 400, height: int = 300) -> Image.Image:
    """A picture whose four corners differ: red, green, blue, black on white."""
    image = Image.new("RGB", (width, height), "white")
    pen = ImageDraw.Draw(image)
    w, h = width // 4, height // 4
    pen.rectangle((0, 0, w, h), fill="red")
    pen.rectangle((width - w, 0, width, h), fill="green")
    pen.rectangle((0, height - h, w, height), fill="blue")
    pen.rectangle((width - w, height - h, width, height), fill="black")
    return image


def encoded(image: Image.Image, kind: str, **options: object) -> bytes:
    """A picture as the bytes of a file."""
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def png_header(width: int, height: int) -> bytes:
    """A small PNG that claims to be as large as one likes: what a decompression bomb looks like from outside."""
    import struct
    import zlib

    def part(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = zlib.compress(bytes(1000))
    return b"\x89PNG\r\n\x1a\n" + part(b"IHDR", header) + part(b"IDAT", body) + part(b"IEND", b"")
