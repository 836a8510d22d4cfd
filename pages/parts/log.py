"""Limits of a cabinet and the log of what was done in it, for its owners."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from dataclasses import asdict, fields
from functools import partial

import streamlit as st

from graph.allowances import NOTHING_SAID, Allowance
from graph.journal import Entry
from graph.roles import Role
from pages.language import TEXTS, money, number, say
from pages.parts import spending
from pages.parts.cabinet import Cabinet
from pages.parts.corrected import when
from pages.parts.plain import escaped, shortened

_SHOWN = 50
_STEPS = {"usd": 0.5, "calls": 10.0, "mb": 10.0}


def limits(cabinet: Cabinet) -> None:
    """What people may use up in a day: for everybody, and for one person."""
    if not cabinet.may(Role.OWNER):
        return
    allowed = cabinet.store.allowances.allowed(cabinet.collection)
    usual = allowed.everybody.over(spending.otherwise(cabinet.configured))
    everybody = say("limits.everybody")
    with st.expander(say("limits.title"), icon=":material/speed:"):
        st.html(f'<p class="wk-soft">{escaped(say("limits.about"))}</p>')
        people = [each.email for each in cabinet.store.members.of(cabinet.collection)]
        whom = st.selectbox(say("limits.whom"), ["", *people], format_func=lambda each: each or everybody, width=380)
        now = allowed.exceptions.get(whom, NOTHING_SAID) if whom else usual
        form = st.form(f"limits.form.{whom}", border=False)
        with form, st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
            given = {name: _field(name, whom, getattr(now, name)) for name in _STEPS}
            sent = st.form_submit_button(say("limits.set"))
        if whom:
            used = cabinet.store.allowances.used(cabinet.collection, whom)
            told = say("limits.used", usd=money(used.usd), calls=used.calls, mb=number(round(used.mb)))
            st.html(f'<p class="wk-soft">{escaped(told)}</p>')
    if sent:
        calls = None if given["calls"] is None else round(given["calls"])
        cabinet.store.allowances.allow(cabinet.collection, Allowance(given["usd"], calls, given["mb"]), whom)
        st.rerun()


def _field(name: str, whom: str, now: float | None) -> float | None:
    return st.number_input(
        say(f"limits.{name}"), 0.0, value=None if now is None else float(now), step=_STEPS[name], width=170,
        key=f"limits.{name}.{whom}", placeholder=say("limits.none"),
    )  # fmt: skip


def show(cabinet: Cabinet) -> None:
    """The latest entries, and all of them as a file."""
    if not cabinet.may(Role.OWNER):
        return
    with st.expander(say("log.title"), icon=":material/receipt_long:"):
        st.html(f'<p class="wk-soft">{escaped(say("log.about"))}</p>')
        found = cabinet.store.journal.listed(cabinet.here, limit=_SHOWN)
        if not found:
            st.html(f"<p>{escaped(say('log.empty'))}</p>")
            return
        st.dataframe([_row(each) for each in found], hide_index=True)
        with st.container(horizontal=True, gap="small"):
            _file(cabinet, "csv", as_csv, "text/csv")
            _file(cabinet, "jsonl", as_lines, "application/jsonl")


def _file(cabinet: Cabinet, name: str, make: Callable[[Cabinet], bytes], kind: str) -> None:
    st.download_button(
        say(f"log.{name}"), partial(make, cabinet), f"log.{name}", kind, key=f"log.{name}", icon=":material/download:",
        on_click="ignore",
    )  # fmt: skip


def _row(each: Entry) -> dict[str, str]:
    spent = "" if each.usd is None else money(each.usd)
    tokens = f"{number(each.tokens_in)} + {number(each.tokens_out)}" if each.model else ""
    sent = number(len(each.passages)) if each.passages else ""
    told = each.question or " ".join(filter(None, (each.about, each.subject)))
    return {
        say("log.at"): when(each.at),
        say("log.who"): shortened(each.who, 60),
        say("log.did"): _deed(each.did),
        say("log.what"): shortened(told, 160),
        say("log.model"): each.model or "",
        say("log.passages"): sent,
        say("log.tokens"): tokens,
        say("log.usd"): spent,
    }


def _deed(did: str) -> str:
    word, _, how = did.partition(": ")
    key = f"log.did.{word.replace(' ', '_')}"
    # What a later version notes has no words here yet.
    return f"{say(key)} ({how})" if how else say(key) if key in TEXTS["en"] else did


def as_csv(cabinet: Cabinet) -> bytes:
    """The whole log of the cabinet as CSV; a cell that a spreadsheet would take for a formula is quoted."""
    out = io.StringIO()
    rows = csv.writer(out)
    rows.writerow([each.name for each in fields(Entry)])
    for entry in cabinet.store.journal.every(cabinet.here):
        rows.writerow([_cell(value) for value in asdict(entry).values()])
    return out.getvalue().encode("utf-8-sig")


def _cell(value: object) -> str:
    text = " ".join(map(str, value)) if isinstance(value, tuple | list) else "" if value is None else str(value)
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text


def as_lines(cabinet: Cabinet) -> bytes:
    """The whole log of the cabinet, one JSON object a line."""
    return b"".join(
        json.dumps(asdict(each), ensure_ascii=False).encode() + b"\n"
        for each in cabinet.store.journal.every(cabinet.here)
    )
