"""A comparison as a table for a spreadsheet and as Markdown for a report; neither does anything when it is opened."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from typing import Final

from llm.compare import NO_MODEL, Comparison, Seen

_STARTS_A_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
_MARKDOWN: Final = re.compile(r"([\\`*_<>!|#~$])")
_LINE_START: Final = re.compile(r"^(\s*)([-+=>]|\d+[.)])", re.MULTILINE)
HEADERS: Final = (
    "question",
    "model",
    "mode",
    "status",
    "better",
    "first_word_s",
    "total_s",
    "tokens_in",
    "tokens_out",
    "tokens_estimated",
    "cost_usd",
    "citations_supported",
    "citations_unsupported",
    "sentences_unsupported",
    "evidence_read",
    "evidence_found",
    "prompt",
    "answer",
    "evidence",
    "passages",
    "error",
)


def to_csv(comparison: Comparison, better: int | None) -> str:
    """One row a column; cells that a spreadsheet would compute are quoted, so that they stay words."""
    out = io.StringIO()
    writer = csv.DictWriter(out, HEADERS, lineterminator="\r\n")
    writer.writeheader()
    for row in _rows(comparison, better):
        writer.writerow({name: _cell(value) for name, value in row.items() if name in HEADERS})
    return out.getvalue()


def to_markdown(comparison: Comparison, better: int | None) -> str:
    """The question, a table of numbers, then each answer with the evidence it was given."""
    rows = list(_rows(comparison, better))
    parts = [f"# {_plain(comparison.question)}", "", "|  | " + " | ".join(_name(row) for row in rows) + " |"]
    parts.append("|---" * (len(rows) + 1) + "|")
    for name in HEADERS[3:16]:
        if not any(_shown(row[name]) for row in rows):
            continue
        parts.append(f"| {name.replace('_', ' ')} | " + " | ".join(_plain(_shown(row[name])) for row in rows) + " |")
    for row in rows:
        parts += ["", f"## {_name(row)}{' (better)' if row['better'] else ''}", ""]
        parts += [f"> {line}" for line in _block(str(row["answer"] or row["error"] or "")).splitlines()]
        unsupported = row.get("unsupported", ())
        assert isinstance(unsupported, tuple)
        parts += ["", *(f"Not supported by its sources: {_plain(each)}" for each in unsupported)] if unsupported else []
        titles, passages = row["evidence"], row["passages"]
        assert isinstance(titles, tuple) and isinstance(passages, tuple)
        for n, (title, passage) in enumerate(zip(titles, passages, strict=True), 1):
            parts += ["", f"{n}. {_plain(title)}", "", f"   > {_plain(passage)}"]
    return "\n".join(parts) + "\n"


def _rows(comparison: Comparison, better: int | None) -> Iterator[dict[str, object]]:
    for number, (column, seen) in enumerate(zip(comparison.columns, comparison.seen(), strict=True)):
        retrieved = comparison.evidence(number)
        yield {
            "question": comparison.question,
            "model": "" if column.model == NO_MODEL else column.model,
            "mode": retrieved.mode.value,
            "better": "yes" if number == better else "",
            "evidence_found": len(retrieved.evidence),
            "evidence": tuple(
                each.title + (f", p. {each.chunk.page}" if each.chunk.page else "") for each in retrieved.evidence
            ),
            "passages": tuple(each.chunk.text for each in retrieved.evidence),
            "error": seen.failure.text if seen.failure else "",
        } | _of_answer(seen)


def _of_answer(seen: Seen) -> dict[str, object]:
    answer = seen.answer
    if answer is None:
        names = [name for name in HEADERS[3:18] if name not in {"better", "evidence_found"}]
        nothing: dict[str, object] = dict.fromkeys(names, "")
        return nothing | {"status": seen.stage.value, "answer": seen.text}
    wrote = answer.model is not None
    supported = sum(each.supported for each in answer.citations)
    return {
        "status": "stopped" if answer.stopped else answer.status.value,
        "first_word_s": _seconds(answer.timings.first_word),
        "total_s": _seconds(answer.timings.total) if wrote else "",
        "tokens_in": answer.usage.tokens_in if wrote else "",
        "tokens_out": answer.usage.tokens_out if wrote else "",
        "tokens_estimated": ("yes" if answer.usage.estimated else "no") if wrote else "",
        "cost_usd": "" if answer.usage.cost is None else f"{answer.usage.cost:.6f}",
        "citations_supported": supported if wrote else "",
        "citations_unsupported": len(answer.citations) - supported if wrote else "",
        "sentences_unsupported": answer.unsupported if wrote else "",
        "evidence_read": answer.shown if wrote else "",
        "prompt": answer.prompt or "",
        "answer": answer.text,
        "unsupported": tuple(each.text for each in answer.sentences if not each.supported),
    }


def _seconds(value: float | None) -> str:
    return "" if value is None else f"{value:.3f}"


def _cell(value: object) -> object:
    if isinstance(value, tuple):
        value = " | ".join(value)
    text = str(value)
    return f"'{text}" if isinstance(value, str) and text.lstrip(" ").startswith(_STARTS_A_FORMULA) else value


def _shown(value: object) -> str:
    return "" if value is None else str(value)


def _name(row: dict[str, object]) -> str:
    return _plain(f"{row['model'] or 'evidence only'}, {row['mode']}")


def _plain(text: str) -> str:
    """Text on one line that Markdown shows letter for letter; [n] stays readable, since no address follows it."""
    return re.sub(r"\](?=[(:\[])", r"\\]", _MARKDOWN.sub(r"\\\1", " ".join(text.split())))


def _block(text: str) -> str:
    """The same for several lines."""
    lines = (_plain(line) for line in text.splitlines())
    return _LINE_START.sub(r"\1\\\2", "\n".join(lines))
