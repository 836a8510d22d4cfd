"""The plan of an import: what it takes, how each file stands to what is there, and what stays out."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Final

import streamlit as st

from pages.language import count, current, date, duration, money, number, say, size
from pages.parts.plain import escaped, label

if TYPE_CHECKING:
    from ingest.plan import Plan, PlannedDocument

OFFERED: Final = 12
"""Uploads of a known name that can be taken for new versions at once."""
_STANDINGS: Final = ("known", "changed", "again", "rest", "twice")
_KINDS = {"application/pdf": "pdf", "text/markdown": "text", "text/plain": "text", "application/jsonl": "claims"}
_NAMES = {
    "docx": "Word", "pptx": "PowerPoint", "xlsx": "Excel", "opendocument": "OpenDocument", "delimited": "CSV",
    "html": "HTML", "epub": "EPUB", "mail": "E-Mail", "tei": "TEI", "alto": "ALTO", "pagexml": "PAGE", "hocr": "hOCR",
    "iiif": "IIIF",
}  # fmt: skip
"""Kinds that are called the same in every language."""


def readable(plan: Plan) -> int:
    """How many documents an import would read."""
    return sum(not document.stays_out for document in plan.documents)


def figures(plan: Plan) -> None:
    """What it takes, as large figures, and a line on what is there already."""
    from ingest.known import Standing

    st.subheader(say("plan.title"))
    shown = [
        _counted("plan.documents", readable(plan)),
        _counted("plan.pages", plan.pages),
        _counted("plan.pictures", plan.pictures),
        (number(plan.calls), say("plan.calls")),
        (_cost(plan), say("plan.cost")),
        (duration(plan.seconds) if readable(plan) else say("plan.free"), say("plan.time")),
    ]
    items = "".join(f"<div><b>{escaped(value)}</b><span>{escaped(name)}</span></div>" for value, name in shown)
    st.html(f'<div class="wk-numbers">{items}</div>')
    if plan.calls:
        tokens = say("plan.tokens", read=plan.tokens_in, written=plan.tokens_out)
        st.html(f'<p class="wk-soft">{escaped(tokens)}</p>')
    found = [count(f"plan.{each}", n) for each in _STANDINGS if (n := plan.counted(Standing(each)))]
    if found:
        said = " · ".join(found)
        st.html(f'<p class="wk-soft">{escaped(said[:1].upper() + said[1:])}.</p>')


def files(plan: Plan) -> None:
    """What cannot be taken in, with the reasons, and a row for each file that can."""
    for document in plan.failed:
        st.warning(_problem(document), icon=":material/warning:")
    rows = [document for document in plan.documents if document.failure is None]
    if rows:
        st.dataframe(
            {
                say("plan.name"): [document.name for document in rows],
                say("plan.kind"): [_kind(document.kind) for document in rows],
                say("plan.pages"): [number(document.pages) if document.pages else "" for document in rows],
                say("plan.size"): [size(document.size) for document in rows],
                say("plan.remark"): [_remark(document) for document in rows],
            },
            hide_index=True,
            height="auto" if len(rows) < 12 else 420,
            alt=say("plan.title"),
        )


def earlier_versions(plan: Plan) -> dict[str, str]:
    """Which uploads replace the document that was sent under their name before: its id, by their address."""
    names = [document.uri for document in plan.documents]
    offered = [d for d in plan.documents if d.earlier is not None and names.count(d.uri) == 1][:OFFERED]
    if not offered:
        return {}
    with st.container(border=True, gap="small", key="plan-earlier"):
        st.html(f'<p class="wk-soft">{escaped(count("plan.earlier.about", len(offered)))}</p>')
        return dict(_ticked(offered))


def _ticked(offered: Sequence[PlannedDocument]) -> list[tuple[str, str]]:
    found = []
    for document in offered:
        earlier = document.earlier
        assert earlier is not None, "only those with an earlier document are offered"
        words = say("plan.earlier", name=label(document.name, 80), date=date(earlier.added_at))
        if st.checkbox(words, key=f"plan.earlier.{earlier.id}"):
            found.append((document.uri, earlier.id))
    return found


def _counted(key: str, n: int) -> tuple[str, str]:
    return number(n), count(key, n)


def _cost(plan: Plan) -> str:
    if plan.cost is None:
        return say("plan.unknown")
    return money(plan.cost) if plan.cost or plan.calls else say("plan.free")


def _problem(document: PlannedDocument) -> str:
    assert document.failure is not None, "only documents that failed are told of"
    return label(document.failure.say(current()), 400)


def _kind(media_type: str) -> str:
    from ingest.sources import kind_named

    with suppress(KeyError):
        if name := _NAMES.get(kind_named(media_type).kind):
            return name
    kind = "picture" if media_type.startswith("image/") else _KINDS.get(media_type, "text")
    return say(f"kind.{kind}")


def _remark(document: PlannedDocument) -> str:
    standing = document.standing.value
    said = [
        say(f"plan.is.{standing}") if standing in _STANDINGS else "",
        count("plan.ocr", document.ocr_pages) if document.ocr_pages else "",
        count("plan.described", document.described) if document.described else "",
    ]
    if document.waiting and not document.ocr_pages and not document.described:
        said.append(count("plan.waiting", document.waiting))
    return ", ".join(filter(None, said))
