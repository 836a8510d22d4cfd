"""Files on their way in: copied at once, read for a plan, and only then, on a click, imported."""

from __future__ import annotations

import re
import shutil
import time
import uuid
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st
from streamlit.typing import UploadedFile

from graph.jobs import NO_LIMITS
from pages.language import count, current, say
from pages.parts import asking, drop, iiif_choice, limits, planned, scans, schema_choice, spending
from pages.parts.cabinet import Cabinet
from pages.parts.links import link
from pages.parts.plain import escaped, label

if TYPE_CHECKING:
    from ingest.plan import Plan
    from ingest.submit import Options

_PATH = re.compile(r"[/~\\]|\.{1,2}[/\\]|[A-Za-z]:[/\\]|file:", re.IGNORECASE)
"""How a path on a computer begins, and no web address."""
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:/")
_FORGOTTEN = 2 * 86_400.0
"""Seconds after which files that were sent and not imported are taken away."""
QUICK, WITH_MODEL = "quick", ("statements", "transformer")


def show(cabinet: Cabinet) -> Options:
    """The drop field, the choice of how to read, the plan, the start; how documents are to be read."""
    with st.container(key="add-drop"):
        drop.in_our_words("add-drop", say("add.choose"), say("add.or_drop", n=cabinet.settings.max_file_mb))
        given = st.file_uploader(
            say("add.drop"), accept_multiple_files=True, key=f"add.files.{st.session_state.get('add.round', 0)}",
            max_upload_size=cabinet.settings.max_file_mb,
        )  # fmt: skip
    st.html(f'<p class="wk-soft">{escaped(say("add.kinds"))}</p>')
    addresses = st.text_area(
        say("add.addresses"), key=f"add.addresses.{st.session_state.get('add.round', 0)}", height=68,
        placeholder="https://example.org/catalogue.html\nhttps://example.org/iiif/manuscript/manifest.json",
    )  # fmt: skip
    options = _options(cabinet)
    named: list[Path | str] = [*_copied(cabinet, given), *_fetchable(_addresses(addresses))]
    paths = iiif_choice.chosen(cabinet, named)
    if not paths:
        return options
    plan = _plan(cabinet, paths, options)
    if iiif_choice.found(plan, paths):
        st.rerun()
    planned.figures(plan)
    if any(document.waiting for document in plan.documents) and not (options.ocr or options.caption_model):
        scans.offer(cabinet)
    planned.files(plan)
    instead = planned.earlier_versions(plan)
    if plan.calls:
        options = replace(options, limits=limits.fields("add.limit", _priced(cabinet, options), NO_LIMITS))
    readable = planned.readable(plan)
    with st.container(horizontal=True, vertical_alignment="center"):
        if readable and st.button(
            count("add.start", readable), key="add.start.button", type="primary", icon=":material/play_arrow:"
        ):
            _start(cabinet, paths, options, instead)
        said = say("add.safe") if readable else say("plan.nothing")
        st.html(f'<span class="wk-soft">{escaped(said)}</span>', width="content")
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
    return Options(
        how,
        model,
        eyes.describes,
        ocr=eyes.reads,
        caption_language=language,
        schema=schema,
        collection=cabinet.collection,
    )


def _copied(cabinet: Cabinet, given: Sequence[UploadedFile]) -> list[Path]:
    """The files as paths of our own, each in a folder of its own so that equal names do not meet."""
    from ingest.files import clean_name

    folder = _folder(cabinet)
    paths: list[Path] = []
    for file in given:
        path = folder / file.file_id / clean_name(file.name)
        if not path.exists():
            spending.bring(cabinet, file.name, file.size)
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
        found += words
    return found


def _fetchable(typed: Sequence[str]) -> list[str]:
    """Those that can be fetched, as whole addresses; of the others it is said what they are."""
    from ingest.fetch import is_address
    from ingest.web_errors import NoWebAddress

    found: list[str] = []
    for word in typed:
        if _PATH.match(word):
            said = say("add.path", name=label(word, 200), what=say("watch.title"))
            st.warning(said, icon=":material/warning:")
        elif _SCHEME.match(word) and not is_address(word):
            st.warning(label(NoWebAddress(name=word).text(current()), 400), icon=":material/warning:")
        else:
            found.append(word if is_address(word) else f"https://{word}")
    return found


def _folder(cabinet: Cabinet) -> Path:
    """Where this session's files wait for the click; emptied when they are imported."""
    incoming = cabinet.settings.home / "incoming"
    if "add.folder" not in st.session_state:
        st.session_state["add.folder"] = uuid.uuid4().hex
        sweep(incoming)
    return incoming / str(st.session_state["add.folder"])


def sweep(incoming: Path, now: float | None = None) -> None:
    """Take away what was sent days ago and never imported: whoever sent it has long closed the page."""
    until = (time.time() if now is None else now) - _FORGOTTEN
    for folder in incoming.iterdir() if incoming.is_dir() else ():
        with suppress(FileNotFoundError):
            # Another page may be sweeping too.
            if folder.is_dir() and folder.stat().st_mtime < until:
                shutil.rmtree(folder, ignore_errors=True)


def _plan(cabinet: Cabinet, paths: Sequence[Path | str], options: Options) -> Plan:
    from ingest.forecast import measured
    from ingest.plan import plan

    # What is imported or deleted meanwhile makes another plan of the same files.
    key = (tuple(paths), options, cabinet.store.documents.count(cabinet.here))
    kept: tuple[object, Plan] | None = st.session_state.get("add.plan")
    if kept and kept[0] == key:
        return kept[1]
    with st.spinner(count("add.planning", len(paths))):
        made = plan(paths, cabinet.settings, options, measured(cabinet.store, options.model), cabinet.store)
    st.session_state["add.plan"] = (key, made)
    return made


def _start(cabinet: Cabinet, paths: Sequence[Path | str], options: Options, instead: Mapping[str, str]) -> None:
    from ingest.submit import submit
    from ingest.worker import ensure_worker

    if options.asks:
        options = replace(options, limits=spending.within(cabinet, options.limits))
    with st.spinner(count("add.starting", len(paths))):
        submitted = submit(cabinet.store, cabinet.settings, paths, options, instead)
        ensure_worker(cabinet.settings)
        shutil.rmtree(_folder(cabinet), ignore_errors=True)
    iiif_choice.forget()
    st.session_state["add.round"] = st.session_state.get("add.round", 0) + 1
    st.session_state.pop("add.plan", None)
    st.query_params["job"] = submitted.job.id
    st.rerun()
