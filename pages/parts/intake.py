"""Files on their way in: copied at once, read for a plan, and only then, on a click, imported."""

from __future__ import annotations

import shutil
import uuid
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st
from streamlit.typing import UploadedFile

from graph.jobs import NO_LIMITS
from pages.language import count, current, duration, money, number, say, size
from pages.parts import asking, drop, iiif_choice, limits, scans, schema_choice
from pages.parts.cabinet import Cabinet
from pages.parts.links import link
from pages.parts.plain import escaped

if TYPE_CHECKING:
    from ingest.plan import Plan, PlannedDocument
    from ingest.submit import Options

QUICK, WITH_MODEL = "quick", ("statements", "transformer")
_KINDS = {"application/pdf": "pdf", "text/markdown": "text", "text/plain": "text", "application/jsonl": "claims"}
_NAMES = {
    "docx": "Word", "pptx": "PowerPoint", "xlsx": "Excel", "opendocument": "OpenDocument", "delimited": "CSV",
    "html": "HTML", "epub": "EPUB", "mail": "E-Mail", "tei": "TEI", "alto": "ALTO", "pagexml": "PAGE", "hocr": "hOCR",
    "iiif": "IIIF",
}  # fmt: skip
"""Kinds that are called the same in every language."""


def show(cabinet: Cabinet) -> Options:
    """The drop field, the choice of how to read, the plan, the start; how documents are to be read."""
    with st.container(key="add-drop"):
        drop.in_our_words("add-drop", say("add.choose"), say("add.or_drop", n=cabinet.settings.max_file_mb))
        given = st.file_uploader(
            say("add.drop"), accept_multiple_files=True, key=f"add.files.{st.session_state.get('add.round', 0)}"
        )
    st.html(f'<p class="wk-soft">{escaped(say("add.kinds"))}</p>')
    addresses = st.text_area(
        say("add.addresses"), key=f"add.addresses.{st.session_state.get('add.round', 0)}", height=68,
        placeholder="https://example.org/catalogue.html\nhttps://example.org/iiif/manuscript/manifest.json",
    )  # fmt: skip
    options = _options(cabinet)
    named: list[Path | str] = [*_copied(cabinet, given), *_addresses(addresses)]
    paths = iiif_choice.chosen(cabinet, named)
    if not paths:
        return options
    plan = _plan(cabinet, paths, options)
    if iiif_choice.found(plan, paths):
        st.rerun()
    _show_plan(cabinet, plan, options)
    if plan.calls:
        options = replace(options, limits=limits.fields("add.limit", _priced(cabinet, options), NO_LIMITS))
    readable = len(plan.documents) - len(plan.failed)
    with st.container(horizontal=True, vertical_alignment="center"):
        if st.button(
            count("add.start", readable),
            key="add.start.button",
            type="primary",
            icon=":material/play_arrow:",
            disabled=not readable,
        ):
            _start(cabinet, paths, options)
        st.html(f'<span class="wk-soft">{escaped(say("add.safe"))}</span>', width="content")
    return options


def _priced(cabinet: Cabinet, options: Options) -> bool:
    """Whether all is known that it takes to keep a limit of money."""
    from ingest.limits import unpriced

    embedding = cabinet.store.embeddings.meta().embedding_model
    return unpriced(options.asks, embedding, cabinet.settings) is None


def _options(cabinet: Cabinet) -> Options:
    """How to read: without a model, or with one that is ready."""
    from ingest.submit import Options

    ready = asking.ready_models(cabinet)
    ways = [QUICK, *WITH_MODEL] if ready else [QUICK]
    how = st.radio(
        say("add.how"),
        ways,
        format_func={way: say(f"add.how.{way}") for way in ways}.__getitem__,
        captions=[say(f"add.how.{way}.about") for way in ways],
        key="add.how",
    )
    if not ready:
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.html(f'<span class="wk-soft">{escaped(say("add.no_model"))}</span>', width="content")
            link("models", say("ask.choose_model"), ":material/memory:")
    model = schema = None
    if how != QUICK:
        model = st.selectbox(
            say("ask.model"), ready, key="add.model", format_func=asking.model_names(ready).__getitem__, width=320
        )
        schema = schema_choice.choose(cabinet)
    eyes = scans.choose(cabinet)
    language = current() if eyes.describes else None
    return Options(how, model, eyes.describes, ocr=eyes.reads, caption_language=language, schema=schema)


def _copied(cabinet: Cabinet, given: Sequence[UploadedFile]) -> list[Path]:
    """The files as paths of our own, each in a folder of its own so that equal names do not meet."""
    from ingest.files import clean_name

    folder = _folder(cabinet)
    paths: list[Path] = []
    for file in given:
        path = folder / file.file_id / clean_name(file.name)
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("wb") as copy:
                shutil.copyfileobj(file, copy)
        paths.append(path)
    return paths


def _addresses(typed: str) -> list[str]:
    """The addresses that were typed, one a line or with spaces between; a line without any is one mistake, not many."""
    found: list[str] = []
    for line in filter(None, (each.strip() for each in typed.splitlines())):
        words = line.split()
        if len(words) > 1 and not all("://" in word or "." in word for word in words):
            words = [line]
        found += [word if "://" in word else f"https://{word}" for word in words]
    return found


def _folder(cabinet: Cabinet) -> Path:
    """Where this session's files wait for the click; emptied when they are imported."""
    name: str = st.session_state.setdefault("add.folder", uuid.uuid4().hex)
    return cabinet.settings.home / "incoming" / name


def _plan(cabinet: Cabinet, paths: Sequence[Path | str], options: Options) -> Plan:
    from ingest.forecast import measured
    from ingest.plan import plan

    key = (tuple(paths), options)
    kept: tuple[object, Plan] | None = st.session_state.get("add.plan")
    if kept and kept[0] == key:
        return kept[1]
    with st.spinner(count("add.planning", len(paths))):
        made = plan(paths, cabinet.settings, options, measured(cabinet.store, options.model))
    st.session_state["add.plan"] = (key, made)
    return made


def _show_plan(cabinet: Cabinet, plan: Plan, options: Options) -> None:
    st.subheader(say("plan.title"))
    shown = [
        _counted("plan.documents", len(plan.documents) - len(plan.failed)),
        _counted("plan.pages", plan.pages),
        _counted("plan.pictures", plan.pictures),
        (number(plan.calls), say("plan.calls")),
        (_cost(plan), say("plan.cost")),
        (duration(plan.seconds), say("plan.time")),
    ]
    items = "".join(f"<div><b>{escaped(value)}</b><span>{escaped(name)}</span></div>" for value, name in shown)
    st.html(f'<div class="wk-numbers">{items}</div>')
    if any(document.waiting for document in plan.documents) and not (options.ocr or options.caption_model):
        scans.offer(cabinet)
    if plan.calls:
        tokens = say("plan.tokens", read=plan.tokens_in, written=plan.tokens_out)
        st.html(f'<p class="wk-soft">{escaped(tokens)}</p>')
    for document in plan.failed:
        st.warning(_problem(document), icon=":material/warning:")
    readable = [document for document in plan.documents if document.failure is None]
    if readable:
        st.dataframe(
            {
                say("plan.name"): [document.name for document in readable],
                say("plan.kind"): [_kind(document.kind) for document in readable],
                say("plan.pages"): [document.pages for document in readable],
                say("plan.size"): [size(document.size) for document in readable],
                say("plan.remark"): [_remark(document) for document in readable],
            },
            hide_index=True,
            height="auto" if len(readable) < 12 else 420,
            alt=say("plan.title"),
        )


def _counted(key: str, n: int) -> tuple[str, str]:
    return number(n), count(key, n)


def _cost(plan: Plan) -> str:
    if plan.cost is None:
        return say("plan.unknown")
    return money(plan.cost) if plan.cost or plan.calls else say("plan.free")


def _problem(document: PlannedDocument) -> str:
    from pages.parts.plain import label

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
    seen = [
        count("plan.ocr", document.ocr_pages) if document.ocr_pages else "",
        count("plan.described", document.described) if document.described else "",
    ]
    if any(seen):
        return ", ".join(filter(None, seen))
    return count("plan.waiting", document.waiting) if document.waiting else ""


def _start(cabinet: Cabinet, paths: Sequence[Path | str], options: Options) -> None:
    from ingest.submit import submit
    from ingest.worker import ensure_worker

    with st.spinner(count("add.starting", len(paths))):
        submitted = submit(cabinet.store, cabinet.settings, paths, options)
        ensure_worker(cabinet.settings)
        shutil.rmtree(_folder(cabinet), ignore_errors=True)
    iiif_choice.forget()
    st.session_state["add.round"] = st.session_state.get("add.round", 0) + 1
    st.session_state["add.unchanged"] = (submitted.job.id, len(submitted.unchanged), len(submitted.updated))
    st.query_params["job"] = submitted.job.id
    st.rerun()
