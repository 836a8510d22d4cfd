"""Books, mails and archives for the tests, made when they are needed."""

from __future__ import annotations

import zipfile
from email.message import EmailMessage
from pathlib import Path

CONTAINER = (
    '<?xml version="1.0"?><container xmlns="urn:oasis:names:tc:opendocument:xmlns:container" version="1.0"><rootfiles>'
    '<rootfile full-path="OEBPS/book.opf" media-type="application/oebps-package+xml"/></rootfiles></container>'
)
METADATA = (
    "<dc:title>Das Buch der Kammern</dc:title><dc:creator>Anna Meier</dc:creator><dc:creator>Bert Huber</dc:creator>"
    "<dc:language>de-AT</dc:language><dc:rights>CC BY 4.0</dc:rights><dc:date>1596</dc:date>"
)


def zipped(path: Path, files: dict[str, str | bytes], compression: int = zipfile.ZIP_DEFLATED) -> Path:
    """An archive of these files, in this order, always the same bytes."""
    with zipfile.ZipFile(path, "w", compression) as archive:
        for name, content in files.items():
            entry = zipfile.ZipInfo(name)
            entry.compress_type = zipfile.ZIP_STORED if name == "mimetype" else compression
            archive.writestr(entry, content)
    return path


def xhtml(body: str) -> str:
    """A page of a book, with the DTD that books have."""
    return (
        '<?xml version="1.0" encoding="utf-8"?><!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.1//EN" '
        '"http://www.w3.org/TR/xhtml11/DTD/xhtml11.dtd"><html xmlns="http://www.w3.org/1999/xhtml" '
        f'xmlns:epub="http://www.idpf.org/2007/ops"><head><title/></head><body>{body}</body></html>'
    )


def epub(
    path: Path,
    pages: dict[str, str],
    labels: dict[str, str] | None = None,
    version: int = 3,
    metadata: str = METADATA,
    extra: dict[str, str | bytes] | None = None,
    spine: list[str] | None = None,
) -> Path:
    """A book whose pages are named files of XHTML; the spine is in their order unless it is given."""
    items = "".join(
        f'<item id="p{n}" href="{name}" media-type="application/xhtml+xml"/>' for n, name in enumerate(pages)
    )
    ids = {name: f"p{n}" for n, name in enumerate(pages)}
    order = "".join(f'<itemref idref="{ids[name]}"/>' for name in (spine or list(pages)))
    listed = labels or {}
    if version == 3:
        items += '<item id="nav" href="nav.xhtml" properties="nav" media-type="application/xhtml+xml"/>'
        rows = "".join(f'<li><a href="{target}">{label}</a></li>' for target, label in listed.items())
        contents = {"OEBPS/nav.xhtml": xhtml(f'<nav epub:type="toc"><ol>{rows}</ol></nav>')}
    else:
        items += '<item id="ncx" href="toc.ncx" media-type="application/x-dtbncx+xml"/>'
        points = "".join(
            f'<navPoint><navLabel><text>{label}</text></navLabel><content src="{target}"/></navPoint>'
            for target, label in listed.items()
        )
        contents = {
            "OEBPS/toc.ncx": f'<ncx xmlns="http://www.daisy.org/z3986/2005/ncx/"><navMap>{points}</navMap></ncx>'
        }
    package = (
        f'<?xml version="1.0"?><package xmlns="http://www.idpf.org/2007/opf" version="{version}.0">'
        f'<metadata xmlns:dc="http://purl.org/dc/elements/1.1/">{metadata}</metadata>'
        f'<manifest>{items}</manifest><spine toc="ncx">{order}</spine></package>'
    )
    files: dict[str, str | bytes] = {
        "mimetype": "application/epub+zip",
        "META-INF/container.xml": CONTAINER,
        "OEBPS/book.opf": package,
        **contents,
        **{f"OEBPS/{name}": content for name, content in pages.items() if content},
        **(extra or {}),
    }
    return zipped(path, files)


def mail(path: Path, plain: str | None = None, html: str | None = None, files: dict[str, bytes] | None = None) -> Path:
    """A mail as programs write it, with its attachments."""
    message = EmailMessage()
    message["From"] = "Jürgen Möller <moeller@example.org>"
    message["To"] = "archiv@example.org"
    message["Date"] = "Tue, 03 Mar 2020 10:00:00 +0100"
    message["Subject"] = "Über das Horn des Einhorns"
    if plain is not None:
        message.set_content(plain)
    if html is not None:
        if plain is None:
            message.set_content(html, subtype="html")
        else:
            message.add_alternative(html, subtype="html")
    for name, content in (files or {}).items():
        message.add_attachment(content, maintype="application", subtype="octet-stream", filename=name)
    for part in message.walk():
        if part.is_multipart():
            part.set_boundary(f"grenze-{part.get_content_subtype()}")
    path.write_bytes(message.as_bytes())
    return path
