"""A report as Markdown with footnotes, and its pictures beside it; nothing in it is markup but ours."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from share.report import Footnote, Line, Report, where
from share.report_words import word

_SPECIAL: Final = re.compile(r"([\\`*_<>!|#~$\[\]&])")
_START: Final = re.compile(r"^([-+=]|\d+(?=[.)]))")
_HIDDEN: Final = re.compile("[\x00-\x1f\x7f-\x9f\u200b\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]")
_LINK: Final = re.compile(r"(?i)(https?|ftp|mailto|www)(?=[:.])")
_ADDRESS: Final = re.compile(r"https?://[A-Za-z0-9][^\s<>\"'`\\\\\x00-\x1f\x7f-\uffff]*")
Keep = Callable[[str, bytes], None]
"""Puts a picture beside the report, under this name."""


def to_markdown(report: Report, keep: Keep | None = None) -> str:
    """The report; `keep` is given where its pictures can stand beside it."""
    language = report.language
    parts = [f"# {plain(report.title)}"]
    if report.question and report.question != report.title:
        parts.append(f"**{word('question', language)}:** {plain(report.question)}")
    if report.about:
        parts.append(plain(" · ".join(report.about)))
    if report.note:
        parts += [plain(each) for each in report.note.splitlines() if each.strip()]
    if report.outcome == "not_found":
        parts.append(word("not_found", language))
    for section in report.sections:
        own = section.heading in ("answer", "claims")
        parts.append(f"## {word(section.heading, language) if own else plain(section.heading)}")
        parts.append("\n".join(f"- {_line(line, language)}" for line in section.lines))
    if report.left_out:
        parts.append(word("left_out", language, n=report.left_out))
    if report.footnotes:
        parts.append(f"## {word('sources', language)}")
        parts += [_footnote(note, language, keep) for note in report.footnotes]
    parts.append(f"*{word('found', language)}*")
    return "\n\n".join(parts) + "\n"


def plain(text: str) -> str:
    """Text on one line that Markdown shows letter for letter."""
    line = " ".join(_HIDDEN.sub(" ", text).split())
    # An address would become a link by itself.
    return _START.sub(r"\\\1", _LINK.sub("\\1\u2060", _SPECIAL.sub(r"\\\1", line)))


def _line(line: Line, language: str) -> str:
    marks = "".join(f"[^{n}]" for n in line.notes)
    return plain(line.text) + marks + ("" if line.supported else f" *({word('unsupported', language)})*")


def _footnote(note: Footnote, language: str, keep: Keep | None) -> str:
    told = [_place(each) for each in where(note, language)]
    lines = [f"[^{note.n}]: {', '.join(told)}"]
    if note.written_by:
        lines.append(f"    *{plain(word('by_model', language, model=note.written_by))}*")
    if note.quote:
        lines.append(f"    > {plain(note.quote)}")
    if note.picture and keep:
        name = f"pictures/{note.n}.jpg"
        keep(name, note.picture)
        lines.append(f"    ![{note.n}]({name})")
    return "\n\n".join(lines)


def _place(text: str) -> str:
    """A piece of where it stands; the address of a source is a link."""
    return f"<{text}>" if _ADDRESS.fullmatch(text) else plain(text)
