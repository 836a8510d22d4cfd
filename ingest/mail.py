"""The parts of a mail (RFC 5322, MIME): who wrote what to whom, the text, what is attached. Malformed ones too.

The standard library's older policy is used on purpose: it takes what mail programs really write.
"""

from __future__ import annotations

import email
import email.errors
import email.header
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import Message
from pathlib import Path
from typing import Final

from ingest.archive_errors import MailDamaged, MailEncrypted, MailTooLarge
from ingest.errors import BinaryFile
from ingest.files import MEGABYTE, clean_name, open_source
from ingest.sources.base import tidy
from ingest.sources.text import decode

MAX_MB = 60
"""A mail is held in memory; servers of mail mostly stop at half of this."""
MAX_PARTS = 1000
MAX_DEPTH = 20
HEADERS: Final = ("From", "To", "Cc", "Date", "Subject")
_SIGNATURES: Final = {"application/pgp-signature", "application/pkcs7-signature", "application/x-pkcs7-signature"}
_ENCRYPTED: Final = {"multipart/encrypted", "application/pkcs7-mime", "application/x-pkcs7-mime"}


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file in a mail, unpacked."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail: its headers in our order, its texts (each plain or HTML), its attachments not yet unpacked."""

    headers: tuple[tuple[str, str], ...]
    plain: tuple[str, ...]
    html: tuple[bytes, ...]
    parts: tuple[Message, ...]

    def header(self, name: str) -> str | None:
        """The value of a header."""
        return dict(self.headers).get(name)

    def attachments(self) -> Iterator[Attachment]:
        """The files in the mail, one after another."""
        for number, part in enumerate(self.parts, start=1):
            yield Attachment(_name(part, number), _bytes(part))


def open_mail(path: Path, name: str, max_mb: int) -> Mail:
    """Read a mail; raises what `open_source` raises, `MailTooLarge`, `MailDamaged`, `MailEncrypted`."""
    shown = clean_name(name)
    with open_source(path, name, max_mb) as file:
        raw = file.read(MAX_MB * MEGABYTE + 1)
    if len(raw) > MAX_MB * MEGABYTE:
        raise MailTooLarge(name=shown, limit_mb=MAX_MB)
    try:
        message = email.message_from_bytes(raw.lstrip(b"\xef\xbb\xbf\r\n"))
        found = list(_leaves(message, 0))
    except (RecursionError, email.errors.MessageError, LookupError, ValueError):
        raise MailDamaged(name=shown) from None
    headers = tuple((key, value) for key in HEADERS if (value := _header(message.get(key))))
    if not headers:
        raise MailDamaged(name=shown)
    if any(part.get_content_type() in _ENCRYPTED and not _is_signed(part) for part in found):
        raise MailEncrypted(name=shown)
    texts = [part for part in found if _is_text(part)]
    plain = tuple(words for part in texts if part.get_content_type() != "text/html" and (words := _words(part)))
    html = tuple(_bytes(part) for part in texts if part.get_content_type() == "text/html")
    attached = tuple(part for part in found if not _is_text(part) and _is_file(part))
    return Mail(headers, plain, html, attached)


def _is_signed(part: Message) -> bool:
    return str(part.get_param("smime-type", "")) == "signed-data"


def _leaves(message: Message, depth: int) -> Iterator[Message]:
    """The parts that hold something, one way of saying it where a mail offers several."""
    if depth > MAX_DEPTH:
        raise ValueError("nested too deep")
    kind, inner = message.get_content_type(), message.get_payload()
    if kind in _ENCRYPTED or kind == "message/rfc822" or not isinstance(inner, list):
        yield message
        return
    parts = [part for part in inner if isinstance(part, Message)][:MAX_PARTS]
    if kind == "multipart/alternative":
        parts = [_preferred(parts)] if parts else []
    for part in parts:
        yield from _leaves(part, depth + 1)


def _preferred(parts: list[Message]) -> Message:
    """Of several forms of one text the plain one, if there is something in it; else the last, which is the richest."""
    for part in parts:
        if part.get_content_type() == "text/plain" and _words(part).strip():
            return part
    return parts[-1]


def _is_text(part: Message) -> bool:
    kind = part.get_content_type()
    named = part.get_filename() is not None or part.get_content_disposition() == "attachment"
    # A mail that says it has parts and has none is its text.
    return (kind in {"text/plain", "text/html"} or kind.startswith("multipart/")) and not named


def _is_file(part: Message) -> bool:
    """Whether a part is a file for people: no signature, no picture that only decorates the text."""
    decorates = part.get_content_maintype() == "image" and part.get("Content-ID") is not None
    if part.get_content_type() in _SIGNATURES or (decorates and part.get_content_disposition() != "attachment"):
        return False
    return bool(_bytes(part).strip())


def _bytes(part: Message) -> bytes:
    """The content of a part; of a mail in a mail, its source."""
    inner = part.get_payload()
    try:
        if isinstance(inner, list):
            return b"\n".join(each.as_bytes() for each in inner if isinstance(each, Message))
        content = part.get_payload(decode=True)
    except (ValueError, LookupError, RecursionError, email.errors.MessageError):
        return b""
    return content if isinstance(content, bytes) else b""


def _words(part: Message) -> str:
    """The text of a plain part in its encoding, or by its letters where that does not hold."""
    raw = _bytes(part)
    try:
        text = raw.decode(str(part.get_content_charset() or "utf-8"))
    except (LookupError, UnicodeError, ValueError):
        try:
            text = decode(raw, "mail")
        except BinaryFile:
            text = raw.decode("ascii", "replace")
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", " ")


def _header(value: object) -> str | None:
    """A header as people read it: encoded words decoded, one line."""
    if value is None:
        return None
    try:
        decoded = str(email.header.make_header(email.header.decode_header(str(value))))
    except (email.errors.MessageError, LookupError, ValueError):
        decoded = str(value)
    return tidy(decoded.encode("utf-8", "replace").decode("utf-8"), limit=2000)


def _name(part: Message, number: int) -> str:
    """The name of an attachment, made for those that have none."""
    given = _header(part.get_filename())
    if part.get_content_type() == "message/rfc822":
        inner = part.get_payload()
        first = inner[0] if isinstance(inner, list) and inner and isinstance(inner[0], Message) else None
        given = given or (_header(first.get("Subject")) if first is not None else None) or f"mail {number}"
        given = given if given.lower().endswith(".eml") else f"{given}.eml"
        return clean_name(given.replace("/", "-"))
    return clean_name(given or f"attachment {number}")
