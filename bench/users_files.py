"""Small documents that people bring to a workshop: text, Markdown, HTML, CSV, mail, Word, PDF, a picture; each new."""

from __future__ import annotations

import io
import random
import tempfile
from collections.abc import Callable, Sequence
from email.message import EmailMessage
from pathlib import Path

from PIL import Image, ImageDraw
from reportlab.pdfgen.canvas import Canvas

_SAID = (
    "{a} sent {b} a narwhal's tusk in {year}.",
    "In {year} {a} showed the cabinet to {b}, who drew the shells in it.",
    "{b} bought the collection of {a} for {n} thalers.",
    "Im Jahr {year} schrieb {a} an {b} über die Kunstkammer.",
    "The inventory of {year} names {n} corals, which {a} had from {b}.",
)


def document(dice: random.Random, names: Sequence[str]) -> tuple[str, bytes]:
    """A file that nobody has sent before, about some of these names: what it is called, and its content."""
    number = dice.randrange(10**9)
    said = [_sentence(dice, names) for _ in range(dice.randint(4, 14))]
    kind = dice.choice(list(_KINDS))
    return f"notes-{number}.{kind}", _KINDS[kind](f"Notes {number}", said)


def _sentence(dice: random.Random, names: Sequence[str]) -> str:
    a, b = dice.sample(list(names), 2)
    return dice.choice(_SAID).format(a=a, b=b, year=dice.randint(1540, 1790), n=dice.randint(2, 900))


def _text(title: str, said: Sequence[str]) -> bytes:
    return "\n\n".join([title, *said]).encode()


def _markdown(title: str, said: Sequence[str]) -> bytes:
    return "\n\n".join([f"# {title}", *said]).encode()


def _html(title: str, said: Sequence[str]) -> bytes:
    return f"<html><title>{title}</title><body>{''.join(f'<p>{each}</p>' for each in said)}</body></html>".encode()


def _csv(title: str, said: Sequence[str]) -> bytes:
    return "\n".join(
        ["number,note", *(f'{n},"{each}"' for n, each in enumerate(said)), f"{len(said)},{title}"]
    ).encode()


def _mail(title: str, said: Sequence[str]) -> bytes:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "a@example.org", "b@example.org", title
    mail.set_content("\n\n".join(said))
    return mail.as_bytes()


def _word(title: str, said: Sequence[str]) -> bytes:
    from tests.make_office import p, word

    with tempfile.TemporaryDirectory() as folder:
        return word(Path(folder) / "notes.docx", "".join(p(each) for each in [title, *said])).read_bytes()


def _pdf(title: str, said: Sequence[str]) -> bytes:
    out = io.BytesIO()
    canvas = Canvas(out)
    canvas.setTitle(title)
    for n, each in enumerate(said):
        canvas.drawString(60, 780 - 24 * n, each[:95])
    canvas.save()
    return out.getvalue()


def _picture(title: str, said: Sequence[str]) -> bytes:
    image = Image.new("RGB", (1200, 900), "#e9e1cf")
    drawn = ImageDraw.Draw(image)
    drawn.ellipse((300, 200, 900, 700), fill="#3d6f73")
    drawn.text((40, 40), f"{title}: {said[0]}", fill="black")
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


_KINDS: dict[str, Callable[[str, Sequence[str]], bytes]] = {
    "txt": _text, "md": _markdown, "html": _html, "csv": _csv, "eml": _mail, "docx": _word, "pdf": _pdf,
    "png": _picture,
}  # fmt: skip
