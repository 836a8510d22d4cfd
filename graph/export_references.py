"""The documents as a bibliography: CSL-JSON, which Zotero and pandoc read, and BibTeX."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterator
from typing import Final, TextIO

from graph.leaving import credit, is_web
from graph.taken import Taken
from graph.types import Document

_TYPES: Final = {"text/html": "webpage", "message/rfc822": "personal_communication", "application/epub+zip": "book"}
_BIBTEX: Final = {
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "%": r"\%", "&": r"\&", "$": r"\$", "#": r"\#", "_": r"\_",
    "~": r"\textasciitilde{}", "^": r"\textasciicircum{}",
}  # fmt: skip


def write_csl(taken: Taken, out: TextIO) -> None:
    """Write the documents that were taken as CSL-JSON."""
    out.write("[\n")
    for number, document in enumerate(taken.documents()):
        out.write((",\n" if number else "") + json.dumps(_csl(document), ensure_ascii=False))
    out.write("\n]\n")


def write_bibtex(taken: Taken, out: TextIO) -> None:
    """Write the documents that were taken as BibTeX (UTF-8, as biber reads it)."""
    for document in taken.documents():
        fields = ",\n".join(f"  {name} = {{{bibtex_text(text)}}}" for name, text in _fields(document))
        out.write(f"@{'online' if is_web(document.uri) else 'misc'}{{{_key(document)},\n{fields}\n}}\n\n")


def bibtex_text(text: str) -> str:
    """Words that BibTeX and LaTeX print as they are, on one line."""
    one_line = " ".join("".join(each if unicodedata.category(each) != "Cc" else " " for each in text).split())
    return "".join(_BIBTEX.get(letter, letter) for letter in one_line)


def _csl(document: Document) -> dict[str, object]:
    owned = credit(document)
    kind = _TYPES.get(document.media_type) or ("graphic" if document.media_type.startswith("image/") else "document")
    item: dict[str, object] = {"id": _key(document), "type": kind, "title": owned.title}
    if owned.attribution:
        item["author"] = [{"literal": owned.attribution}]
    if is_web(owned.address):
        item["URL"] = owned.address
    if owned.language:
        item["language"] = owned.language
    if document.pages:
        item["number-of-pages"] = str(document.pages)
    if accessed := _day(document.added_at):
        item["accessed"] = {"date-parts": [accessed]}
    if owned.rights:
        item["note"] = f"Rights: {owned.rights}"
    return item


def _fields(document: Document) -> Iterator[tuple[str, str]]:
    owned = credit(document)
    yield "title", owned.title
    if owned.attribution:
        yield "author", owned.attribution
    if is_web(owned.address):
        yield "url", owned.address
        if day := _day(document.added_at):
            yield "urldate", "-".join(f"{part:02d}" for part in day)
    elif owned.address and owned.address != owned.title:
        yield "howpublished", owned.address
    if document.pages:
        yield "pagetotal", str(document.pages)
    if owned.language:
        yield "langid", owned.language
    if owned.rights:
        yield "note", f"Rights: {owned.rights}"


def _key(document: Document) -> str:
    """A name for citing: the first words of the title in ASCII, and the beginning of the id, which tells it apart."""
    plain = unicodedata.normalize("NFKD", document.title).encode("ascii", "ignore").decode()
    words = re.findall(r"[a-z0-9]+", plain.lower())[:3]
    return "-".join([*words, document.id[:8]])


def _day(moment: str) -> list[int] | None:
    found = re.match(r"(\d{4})-(\d{2})-(\d{2})", moment)
    return [int(part) for part in found.groups()] if found else None
