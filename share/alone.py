"""Findings as one page by itself: words, pictures and the graph in a single file that asks nobody for anything.

Its policy forbids all but its own style, its pictures, and one script of ours, named by its hash. What documents and
models say is escaped text; the graph is drawn here, and the script only moves and marks what is drawn.
"""

from __future__ import annotations

import base64
import hashlib
import html
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from graph.types import Node
from share.drawn import Place, placed
from share.report import Footnote, Line, Report, Section, where
from share.report_words import word

_HERE: Final = Path(__file__).parent
_SCRIPT: Final = (_HERE / "alone.js").read_text(encoding="utf-8")
_STYLE: Final = (_HERE / "alone.css").read_text(encoding="utf-8")
_HIDDEN: Final = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def policy() -> str:
    """What the page may do."""
    script, style = (base64.b64encode(hashlib.sha256(each.encode()).digest()).decode() for each in (_SCRIPT, _STYLE))
    return (
        f"default-src 'none'; img-src data:; style-src 'sha256-{style}'; script-src 'sha256-{script}'; "
        "base-uri 'none'; form-action 'none'"
    )


def to_page(reports: Sequence[Report], language: str) -> Iterator[str]:
    """The page, a piece at a time."""
    title = reports[0].title if len(reports) == 1 else word("contents", language)
    yield (
        f'<!doctype html>\n<html lang="{"de" if language == "de" else "en"}">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy()}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="referrer" content="no-referrer">\n<meta name="generator" content="Wunderkammer">\n'
        f"<title>{text(title)}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n<main>\n"
    )
    if len(reports) > 1:
        entries = (f'<li><a href="#f{n}">{text(each.title)}</a></li>' for n, each in enumerate(reports))
        yield f"<h1>{text(title)}</h1>\n<nav><ol>{''.join(entries)}</ol></nav>\n"
    for number, report in enumerate(reports):
        yield from _report(report, f"f{number}", 1 if len(reports) == 1 else 2)
    yield f"<footer>{text(word('found', language))}</footer>\n</main>\n<script>{_SCRIPT}</script>\n</body>\n</html>\n"


def text(words: str) -> str:
    """Words as text of the page."""
    return html.escape(_HIDDEN.sub("", words), quote=True)


def _report(report: Report, id_: str, level: int) -> Iterator[str]:
    language = report.language
    yield f'<article id="{id_}">\n<h{level}>{text(report.title)}</h{level}>\n'
    if report.question and report.question != report.title:
        yield f'<p class="question">{text(report.question)}</p>\n'
    if report.about:
        yield f'<p class="soft">{text(" · ".join(report.about))}</p>\n'
    for line in report.note.splitlines():
        yield f'<p class="note">{text(line)}</p>\n' if line.strip() else ""
    if report.outcome == "not_found":
        yield f"<p>{text(word('not_found', language))}</p>\n"
    marks = {line: f"{id_}-c{n}" for n, line in enumerate(report.claims)}
    for section in report.sections:
        yield from _section(section, report, id_, level, marks)
    if report.nodes:
        yield from _graph(report, id_, level, marks)
    if report.footnotes:
        yield f"<h{level + 1}>{text(word('sources', language))}</h{level + 1}>\n"
        for note in report.footnotes:
            yield from _footnote(note, id_, language)
    yield "</article>\n"


def _section(section: Section, report: Report, id_: str, level: int, marks: dict[str, str]) -> Iterator[str]:
    own = section.heading in ("answer", "claims")
    heading = word(section.heading, report.language) if own else section.heading
    yield f"<h{level + 1}>{text(heading)}</h{level + 1}>\n"
    by_line = {id(line): marks[claim] for claim, line in report.claims.items()}
    if section.heading == "answer":
        yield f'<p class="answer">{" ".join(_line(line, id_, report.language) for line in section.lines)}</p>\n'
        return
    yield "<ul>"
    for line in section.lines:
        anchor = f' id="{by_line[id(line)]}"' if id(line) in by_line else ""
        yield f"<li{anchor}>{_line(line, id_, report.language)}</li>"
    yield "</ul>\n"


def _line(line: Line, id_: str, language: str) -> str:
    marks = "".join(f'<a class="n" href="#{id_}-n{n}">[{n}]</a>' for n in line.notes)
    if line.supported:
        return f"<span>{text(line.text)}</span>{marks}"
    why = text(word("unsupported", language))
    return f'<span class="unsupported" title="{why}">{text(line.text)}</span>{marks} <em class="soft">({why})</em>'


def _footnote(note: Footnote, id_: str, language: str) -> Iterator[str]:
    told = ", ".join(text(each) for each in where(note, language))
    yield f'<section class="source" id="{id_}-n{note.n}" tabindex="-1"><p><b>[{note.n}]</b> {told}</p>'
    if note.written_by:
        yield f'<p class="soft">{text(word("by_model", language, model=note.written_by))}</p>'
    if note.quote:
        yield f"<blockquote>{text(note.quote)}</blockquote>"
    if note.picture:
        data = base64.b64encode(note.picture).decode("ascii")
        yield f'<img alt="{text(note.owned.title)}" src="data:image/jpeg;base64,{data}">'
    yield "</section>\n"


def _graph(report: Report, id_: str, level: int, marks: dict[str, str]) -> Iterator[str]:
    language = report.language
    places, width, height = placed(report.nodes, report.edges)
    kinds = {kind: n % 8 for n, kind in enumerate(sorted({node.type for node in report.nodes}))}
    yield f"<h{level + 1}>{text(word('graph', language))}</h{level + 1}>\n"
    legend = (f'<span class="k{n}">{text(kind)}</span>' for kind, n in kinds.items())
    yield f'<p class="legend">{"".join(legend)}</p><p class="soft">{text(word("graph_help", language))}</p>\n'
    yield f'<svg class="graph" viewBox="0 0 {width} {height}" role="group"><g class="view">'
    for edge in report.edges:
        if edge.source in places and edge.target in places:
            said = report.claims.get(edge.statement or "")
            a, b = places[edge.source], places[edge.target]
            anchor = f' data-claim="{marks[edge.statement]}"' if edge.statement in marks else ""
            ends = f'data-a="{a.n}" data-b="{b.n}"'
            line = f'x1="{a.x}" y1="{a.y}" x2="{b.x}" y2="{b.y}"'
            yield f"<line {ends}{anchor} {line}><title>{text(said.text if said else edge.label)}</title></line>"
    for node in report.nodes:
        yield _node(node, places[node.id], kinds[node.type])
    button = f'<button type="button" class="reset">{text(word("close", language))}</button>'
    yield f'</g></svg>\n<p class="tools">{button}</p>\n'


def _node(node: Node, at: Place, kind: int) -> str:
    name = node.label if len(node.label) <= 32 else node.label[:31] + "…"
    return (
        f'<g class="node k{kind}" data-n="{at.n}" tabindex="0" role="button" transform="translate({at.x} {at.y})">'
        f'<title>{text(node.label)}</title><circle r="7"/><text y="20">{text(name)}</text></g>'
    )
