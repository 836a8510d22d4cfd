"""Under a page: a part of it shown to a model that sees, what it says of it, and the way to keep that with the page."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import streamlit as st
from PIL import Image

from graph.roles import Role
from graph.types import Chunk, ChunkKind, Document, Region
from pages.language import current, say
from pages.parts import asking
from pages.parts.cabinet import Cabinet
from pages.parts.links import link, place
from pages.parts.plain import escaped, shortened

if TYPE_CHECKING:
    from ingest.look import Look
    from llm.looking import Watched

RUN = "closer.run"
"""Session state: the look that is under way or was the last."""
KEPT = "closer.kept"
MARKED, OWN = "marked", "own"
_MOST = 40
"""Parts of a page that can be chosen from."""
_PREVIEW = (420, 300)
_LEAST = 2
"""Per cent of a side."""


@dataclass(frozen=True, slots=True)
class Run:
    """A look at a part of a page."""

    document: str
    page: int
    region: Region
    watched: Watched[Look]


def show(cabinet: Cabinet, document: Document, page: int, chunks: Sequence[Chunk], marked: Region | None) -> None:
    """The choice of a part and a model, and what came of the last look at this page."""
    run: Run | None = st.session_state.get(RUN)
    mine = run if run is not None and (run.document, run.page) == (document.id, page) else None
    with st.expander(say("closer.title"), icon=":material/zoom_in:", expanded=mine is not None):
        st.html(f'<p class="wk-soft">{escaped(say("closer.about"))}</p>')
        seeing = [spec for spec in asking.ready_specs(cabinet) if spec.vision]
        if not seeing:
            with st.container(horizontal=True, vertical_alignment="center", gap="small"):
                st.html(f"<span>{escaped(say('describe.no_model'))}</span>", width="content")
                link("models", say("ask.choose_model"), ":material/memory:")
            return
        left, right = st.columns(2, gap="large")
        with left:
            region = _part(cabinet, document, page, chunks, marked)
            names = asking.model_names([spec.id for spec in seeing])
            id_ = st.selectbox(say("ask.model"), list(names), format_func=names.__getitem__, key="closer.model")
            busy = mine is not None and not mine.watched.over
            if st.button(say("closer.do"), icon=":material/visibility:", disabled=busy, key="closer.do"):
                _begin(cabinet, document, page, region, id_)
        with right:
            st.image(_crop(cabinet, document, page, region), width="content", alt=say("closer.part"))
        if mine is not None:
            _came(cabinet, mine)


def _part(cabinet: Cabinet, document: Document, page: int, chunks: Sequence[Chunk], marked: Region | None) -> Region:
    """The part that is chosen: the marked one, one that is known, or a rectangle of one's own."""
    from ingest.images import page_size

    size = page_size(cabinet.files, document.sha256 or "", document.media_type, page)
    whole = Region(0, 0, *size)
    known = {
        str(each.region): each.region
        for each in chunks
        if each.region and each.region != whole and each.kind in (ChunkKind.CAPTION, ChunkKind.OCR)
    }
    said = {str(each.region): shortened(" ".join(each.text.split()), 60) for each in reversed(chunks)}
    options = [*([MARKED] if marked else []), *list(known)[:_MOST], OWN]
    words = {MARKED: say("closer.marked"), OWN: say("closer.own")}
    chosen = st.selectbox(
        say("closer.part"),
        options,
        format_func=lambda option: words.get(option) or said[option],
        key=f"closer.part.{document.id}.{page}.{marked}",
    )
    if chosen == MARKED and marked is not None:
        return marked
    return known.get(chosen) or _own(whole)


def _own(whole: Region) -> Region:
    left, right = st.slider(say("closer.across"), 0, 100, (25, 75), key="closer.across")
    top, bottom = st.slider(say("closer.down"), 0, 100, (25, 75), key="closer.down")
    x, y = min(left, 100 - _LEAST) * whole.w // 100, min(top, 100 - _LEAST) * whole.h // 100
    w, h = max(right - left, _LEAST) * whole.w // 100, max(bottom - top, _LEAST) * whole.h // 100
    return Region(x, y, max(1, w), max(1, h))


def _crop(cabinet: Cabinet, document: Document, page: int, region: Region) -> bytes:
    """The part as people see it beside the choice: as large as fits there."""
    from ingest.images import crop

    with Image.open(io.BytesIO(crop(cabinet.files, document.sha256 or "", document.media_type, page, region))) as part:
        part.thumbnail(_PREVIEW)
        out = io.BytesIO()
        part.save(out, "JPEG", quality=85)
    return out.getvalue()


def _begin(cabinet: Cabinet, document: Document, page: int, region: Region, model: str) -> None:
    from ingest.closer import look_closer
    from llm.catalog import find_model
    from llm.looking import Watched

    spec, language, settings = find_model(model, cabinet.settings), current(), cabinet.settings
    watched = Watched(spec, lambda: look_closer(document, page, region, language, spec, settings))
    watched.start()
    st.session_state[RUN] = Run(document.id, page, region, watched)
    st.session_state.pop(KEPT, None)
    st.rerun()


def _came(cabinet: Cabinet, run: Run) -> None:
    watched = run.watched
    if not watched.over:
        _live(run)
    elif watched.result is not None and not watched.given_up:
        _seen(cabinet, run, watched.result)
    else:
        asking.came_to_nothing(watched)


@st.fragment(run_every="0.5s")
def _live(run: Run) -> None:
    if run.watched.over:
        st.rerun()
    said = say("describe.looking", name=run.watched.spec.title, n=round(run.watched.seconds))
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.button(say("answer.stop"), icon=":material/stop_circle:", on_click=run.watched.give_up, key="closer.stop")
        st.html(f'<span aria-live="polite">{escaped(said)}</span>', width="content")


def _seen(cabinet: Cabinet, run: Run, look: Look) -> None:
    from ingest.looked import in_passages

    told = look.caption
    if told is None or look.empty:
        st.html(f'<p class="wk-soft">{escaped(say("closer.nothing"))}</p>')
        return
    with st.container(border=True, key="closer-result"):
        by = say("evidence.written_by", name=run.watched.spec.title)
        st.html(f'<p class="wk-soft">{escaped(by)}</p>')
        for passage in in_passages(look):
            lines = "<br>".join(escaped(line) for line in passage.text.splitlines())
            name = f"<strong>{escaped(say('closer.writing'))}</strong><br>" if passage.kind is ChunkKind.OCR else ""
            st.html(f'<p class="wk-quote">{name}{lines}</p>')
        _keep(cabinet, run, look)


def _keep(cabinet: Cabinet, run: Run, look: Look) -> None:
    if not cabinet.may(Role.EDITOR):
        return
    kept: bool | None = st.session_state.get(KEPT)
    if kept is None:
        if st.button(say("closer.keep"), icon=":material/library_add:", key="closer.keep"):
            from ingest.closer import keep_closer
            from ingest.worker import ensure_worker

            st.session_state[KEPT] = keep_closer(cabinet.store, cabinet.settings, run.document, run.page, look)
            ensure_worker(cabinet.settings)
            st.rerun()
        return
    st.success(say("closer.kept" if kept else "closer.kept.already"), icon=":material/check:")
    link("library", say("evidence.open"), ":material/menu_book:", place(run.document, run.page, run.region))
