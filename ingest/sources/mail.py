"""E-mail (EML, and web pages kept as one file, MHTML): headers, then the text with all replies that it quotes.

What is attached becomes documents of its own when the mail is imported, see `ingest.unpack`.
"""

from __future__ import annotations

import re
from pathlib import Path

from ingest.archive_errors import MailWithoutText
from ingest.charset import decode_markup
from ingest.files import clean_name
from ingest.language import guess_language
from ingest.mail import open_mail
from ingest.sources.base import BlockKind, Limits, ReadDocument
from ingest.sources.blocks import Writer
from ingest.sources.html import write_page
from ingest.sources.html_tree import parse_html

_PARAGRAPHS = re.compile(r"\n[^\S\n]*(?:>[> \t]*)?\n")


def read(path: Path, name: str, limits: Limits) -> ReadDocument:
    """A mail as one page; its plain text, or its HTML where there is none. Raises `MailWithoutText`."""
    shown = clean_name(name)
    mail = open_mail(path, name, limits.max_file_mb)
    writer = Writer()
    writer.lines([f"{key}: {value}" for key, value in mail.headers], BlockKind.METADATA)
    begin = len(writer.blocks)
    for text in mail.plain:
        for paragraph in _PARAGRAPHS.split(text):
            writer.add(paragraph)
    if len(writer.blocks) == begin:
        for raw in mail.html:
            root, _ = parse_html(decode_markup(raw, shown))
            if root is not None:
                write_page(root, writer)
    if len(writer.blocks) == begin and not mail.parts:
        raise MailWithoutText(name=shown)
    writer.end_page()
    body = writer.text[writer.blocks[begin].start :] if len(writer.blocks) > begin else ""
    return ReadDocument(
        title=mail.header("Subject") or Path(shown).stem,
        media_type="message/rfc822",
        text=writer.text,
        pages=tuple(writer.pages),
        blocks=tuple(writer.blocks),
        language=guess_language(body),
        attribution=mail.header("From"),
    )
