"""Parts of pages that lie on an institution's server: fetched side by side for evidence that shows them, and kept."""

from __future__ import annotations

import time
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from pathlib import Path
from typing import Final

import streamlit as st

from graph.errors import WunderkammerError
from graph.types import Chunk, Document
from pages.language import current, say
from pages.parts import pictures
from pages.parts.cabinet import Cabinet
from pages.parts.passages import Span

PATIENCE: Final = 8.0
"""Seconds that evidence waits for all its pictures; what comes later is there the next time."""
_AGAIN: Final = 60.0
"""Seconds before a picture that could not be had is asked for again."""
_AT_ONCE: Final = 4
_KEPT: Final = "pictures.lacking"

Shown = tuple[Document, Chunk, Sequence[Span]]


def bring_parts(cabinet: Cabinet, shown: Sequence[Shown]) -> dict[str, str]:
    """Have the pictures here that evidence shows; by chunk, why in words, for those that are not."""
    lacking: dict[str, tuple[float, WunderkammerError | None]] = st.session_state.setdefault(_KEPT, {})
    wanted = [each for each in shown if _is_elsewhere(cabinet, each)]
    now = time.monotonic()
    new = [each for each in wanted if now - lacking.get(each[1].id, (-_AGAIN, None))[0] >= _AGAIN]
    if new:
        with st.spinner(say("evidence.fetching")):
            for chunk, problem in _fetched(cabinet, new).items():
                lacking[chunk] = (now, problem)
    return {
        chunk.id: _in_words(lacking[chunk.id][1])
        for document, chunk, spans in wanted
        if chunk.id in lacking and pictures.crop_of(cabinet.files, document, chunk, spans) is None
    }


def _is_elsewhere(cabinet: Cabinet, each: Shown) -> bool:
    document, chunk, spans = each
    return pictures.has_pages(document) and pictures.crop_of(cabinet.files, document, chunk, spans) is None


def _fetched(cabinet: Cabinet, wanted: Sequence[Shown]) -> dict[str, WunderkammerError | None]:
    """What kept each picture from being had; None where it was only too slow."""
    from ingest.iiif_fetch import from_web
    from ingest.iiif_pages import bring, bring_part

    fetch, most = from_web(cabinet.settings, PATIENCE), cabinet.settings.max_megapixels

    def one(each: Shown) -> Path:
        document, chunk, spans = each
        part = pictures.part_of(cabinet.files, document, chunk, spans)
        if part is None:
            return bring(cabinet.files, document.sha256 or "", chunk.page or 1, fetch, most)
        return bring_part(cabinet.files, document.sha256 or "", chunk.page or 1, part, fetch, most)

    pool = ThreadPoolExecutor(_AT_ONCE, "pictures")
    tasks: dict[str, Future[Path]] = {each[1].id: pool.submit(one, each) for each in wanted}
    wait(tasks.values(), PATIENCE)
    pool.shutdown(wait=False, cancel_futures=True)
    problems: dict[str, WunderkammerError | None] = {}
    for chunk, task in tasks.items():
        problem = None if task.cancelled() or not task.done() else task.exception()
        if isinstance(problem, WunderkammerError):
            problems[chunk] = problem
        elif problem is not None:
            raise problem
        elif task.cancelled() or not task.done():
            problems[chunk] = None
    return problems


def _in_words(problem: WunderkammerError | None) -> str:
    if problem is None:
        return say("evidence.slow")
    host = problem.params.get("host")
    return say("evidence.offline", host=host) if host else problem.text(current())
