"""Words in several languages, as IIIF 2 and 3 write them, as plain text on one line or many; HTML in them is dropped.

One value is chosen for titles and headings: German, then English, then the first. Where languages say different
things, all are kept, each after its language: `de: Kammer / en: chamber`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import unescape
from html.parser import HTMLParser
from typing import Final

from ingest.iiif_json import Node, first, listed, text_of

PREFERRED: Final = ("de", "en")
LONGEST: Final = 20_000
"""Characters of one value that are kept of a description."""
HTML_LIMIT: Final = 200_000
_NOT_SHOWN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ufffe\uffff]")
_SURROGATE = re.compile("[\ud800-\udfff]")
_TAG = re.compile(r"</?[a-zA-Z][^<>]{0,2000}>|<!--|&(?:[a-zA-Z]{2,8}|#[0-9]{1,7}|#x[0-9a-fA-F]{1,6});")
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{1,8}){0,4}")
_BREAKS = {"br", "p", "div", "li", "tr", "h1", "h2", "h3", "h4", "h5", "h6", "table", "ul", "ol", "blockquote"}
_SILENT = {"script", "style"}


@dataclass(frozen=True, slots=True)
class Said:
    """One text and its language, empty where none is named."""

    language: str
    text: str


def said(value: object) -> tuple[Said, ...]:
    """Everything that a label, a summary or a value says, one entry for each text, as single lines."""
    found = ((language, line(text)) for language, text in _values(value))
    return tuple(dict.fromkeys(Said(language, text) for language, text in found if text))


def best(value: object) -> str:
    """What to show of it: German, else English, else what comes first; several texts of that language joined."""
    return chosen(said(value))


def chosen(texts: Sequence[Said]) -> str:
    """The texts of the preferred language, joined."""
    if not texts:
        return ""
    languages = {each.language.partition("-")[0].lower(): each.language for each in reversed(texts)}
    language = next((languages[wanted] for wanted in PREFERRED if wanted in languages), texts[0].language)
    return "; ".join(each.text for each in texts if each.language == language)


def all_languages(value: object) -> str:
    """What it says in every language: once where they agree, otherwise each after its language."""
    return _told(_by_language(value))


def pair(of: Node) -> str:
    """A label with its value, as metadata and required statements have them, as one line.

    Where languages say different things: `de: Ort: Prag / en: Place: Prague`; otherwise `Ort / Place: Prag`.
    """
    labels, values = _by_language(of.get("label")), _by_language(of.get("value"))
    if not labels or not values:
        return _told(values)
    if len(set(values.values())) < 2:
        return f"{' / '.join(dict.fromkeys(labels.values()))}: {_told(values)}"
    usual = next(iter(labels.values()))
    return _told({language: f"{labels.get(language, usual)}: {text}" for language, text in values.items()})


def _by_language(value: object) -> dict[str, str]:
    """What it says in each language, the preferred ones first."""
    found: dict[str, list[str]] = {}
    for each in said(value):
        found.setdefault(each.language, []).append(each.text)
    return {language: "; ".join(found[language]) for language in sorted(found, key=_rank)}


def _told(by_language: dict[str, str]) -> str:
    if len(set(by_language.values())) < 2:
        return next(iter(by_language.values()), "")
    return " / ".join(f"{language}: {text}" if language else text for language, text in by_language.items())


def line(text: str, limit: int = LONGEST) -> str:
    """A text as one line without HTML and without what cannot be shown."""
    return " ".join(plain(text[: limit * 4]).split())[:limit].rstrip()


def plain(text: str) -> str:
    """A text without HTML and without what cannot be shown; its lines stay."""
    return clean(_without_html(text) if _TAG.search(text) else text)


def clean(text: str) -> str:
    """A text without control characters and halves of characters; its lines stay."""
    return _NOT_SHOWN.sub(" ", _SURROGATE.sub("\ufffd", text.replace("\r\n", "\n").replace("\r", "\n")))


def _rank(language: str) -> int:
    main = language.partition("-")[0].lower()
    return PREFERRED.index(main) if main in PREFERRED else len(PREFERRED)


def _values(value: object, language: str = "", depth: int = 0) -> Iterator[tuple[str, str]]:
    """(language, text) of a text, a list, `{"@value", "@language"}`, `{"de": [...]}`, in any mixture."""
    if depth > 4:
        return
    for each in listed(value):
        if not isinstance(each, dict):
            if isinstance(each, list):
                yield from _values(each, language, depth + 1)
            elif text := text_of(each):
                yield language, text
        elif (inner := first(each, "@value", "value", "chars")) is not None:
            named = first(each, "@language", "language")
            yield from _values(inner, named if isinstance(named, str) and _is_language(named) else language, depth + 1)
        else:
            for key, inner in each.items():
                if key in {"none", "@none"} or _is_language(key):
                    yield from _values(inner, "" if "none" in key else key, depth + 1)
            if "label" in each:
                yield from _values(each["label"], language, depth + 1)


def _is_language(name: object) -> bool:
    return isinstance(name, str) and name not in {"id", "type"} and bool(_LANGUAGE.fullmatch(name))


class _Words(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _SILENT:
            self._silent += 1
        if tag in _BREAKS:
            self.parts.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in _SILENT:
            self._silent = max(0, self._silent - 1)
        if tag in _BREAKS:
            self.parts.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.parts.append(data)


def _without_html(text: str) -> str:
    if len(text) > HTML_LIMIT or text.count("<!") > 20:
        # The parser's time grows with the square of what is broken.
        return unescape(re.sub(r"<[^<>]*>", " ", text))
    words = _Words()
    try:
        words.feed(text)
        words.close()
    except AssertionError:
        # What the standard library's parser says of a few broken declarations.
        return unescape(text)
    return re.sub(r"[ \t]*\n\s*", "\n", "".join(words.parts)).strip()
