"""A IIIF collection among what is to be added: its manifests as a list to search, turn pages in and tick."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

import streamlit as st

from graph.errors import SourceError
from pages.language import count, current, say
from pages.parts.cabinet import Cabinet
from pages.parts.plain import escaped, label, shortened

if TYPE_CHECKING:
    from ingest.iiif_collection import Entry, Listing
    from ingest.plan import Plan

PER_PAGE: Final = 20
AT_ONCE: Final = 100
"""Manifests of one collection that are added at once here; the command line takes more."""
_FOUND = "iiif.collections"


@dataclass(slots=True)
class _Shelf:
    """A collection that somebody looks at: its entries so far, those within that were opened, what is ticked."""

    listing: Listing
    file: Path
    above: list[tuple[Listing, Path]] = field(default_factory=list)
    ticked: dict[str, str] = field(default_factory=dict)


def found(plan: Plan, sources: Sequence[Path | str]) -> bool:
    """Whether a plan met collections that were not known as such yet; they are from now on."""
    known: dict[str, Path | str] = st.session_state.setdefault(_FOUND, {})
    before = len(known)
    for document in plan.failed:
        if document.failure is None or document.failure.code != "CollectionGiven":
            continue
        where = str(document.failure.params.get("where"))
        for source in sources:
            if _meant(source, where):
                known[str(source)] = source
    return len(known) > before


def _meant(source: Path | str, where: str) -> bool:
    if isinstance(source, Path):
        return source.name == where
    from ingest.iiif_address import behind

    return where in (source, behind(source))


def chosen(cabinet: Cabinet, sources: Sequence[Path | str]) -> list[Path | str]:
    """The sources, each known collection among them shown to choose from and replaced by what is ticked in it."""
    known: dict[str, Path | str] = st.session_state.get(_FOUND, {})
    result: list[Path | str] = []
    for source in sources:
        if str(source) in known:
            result += _choice(cabinet, source)
        else:
            result.append(source)
    return list(dict.fromkeys(result))


def forget() -> None:
    """What was chosen from is on its way: the next import begins with nothing ticked."""
    for name in [name for name in st.session_state if str(name).startswith("iiif.")]:
        del st.session_state[name]


def _choice(cabinet: Cabinet, source: Path | str) -> list[str]:
    key = "iiif." + hashlib.sha256(str(source).encode()).hexdigest()[:12]
    with st.container(border=True, key=key.replace(".", "-")):
        try:
            shelf = _shelf(cabinet, source, key)
        except SourceError as error:
            st.warning(label(error.text(current()), 500), icon=":material/warning:")
            return []
        _draw(cabinet, shelf, key)
    if len(shelf.ticked) > AT_ONCE:
        st.warning(say("iiif.too_many", n=AT_ONCE), icon=":material/warning:")
    return list(shelf.ticked)[:AT_ONCE]


def _shelf(cabinet: Cabinet, source: Path | str, key: str) -> _Shelf:
    """What is known of a collection; read when it is first wanted."""
    shelf: _Shelf | None = st.session_state.get(key)
    if shelf is None:
        shelf = st.session_state[key] = _Shelf(*_opened(cabinet, source, key))
    return shelf


def _opened(cabinet: Cabinet, source: Path | str, key: str, inside: Sequence[int] = ()) -> tuple[Listing, Path]:
    """The entries of a collection, and the file that it is kept in while somebody chooses from it."""
    from ingest.iiif_choice import keep, opened

    with st.spinner(say("iiif.opening")):
        file = source
        if not isinstance(file, Path):
            name = hashlib.sha256(f"{key} {source}".encode()).hexdigest()[:16]
            folder: str = st.session_state.get("add.folder", "collections")
            file = cabinet.settings.home / "incoming" / folder / "collections" / f"{name}.json"
            keep(str(source), cabinet.settings, file)
        return opened(file, cabinet.settings, inside).listing, file


def _draw(cabinet: Cabinet, shelf: _Shelf, key: str) -> None:
    listing = shelf.listing
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        if shelf.above and st.button(
            say("iiif.back"), key=f"{key}.back", icon=":material/arrow_back:", type="tertiary"
        ):
            shelf.listing, shelf.file = shelf.above.pop()
            _to_first(key)
            st.rerun()
        title = shortened(listing.label, 140) or say("iiif.collection")
        st.html(f"<strong>{escaped(title)}</strong>", width="content")
        st.html(f'<span class="wk-soft">{escaped(count("iiif.entries", listing.total))}</span>', width="content")
    wanted = st.text_input(
        say("iiif.search"), key=f"{key}.search", type="search", placeholder=say("iiif.search"), width=420,
        label_visibility="collapsed", on_change=_to_first, args=(key,),
    )  # fmt: skip
    matching = _matching(listing.entries, wanted or "")
    last = max(1, -(-len(matching) // PER_PAGE))
    at = min(int(st.session_state.get(f"{key}.page") or 1), last)
    with st.container(gap="xxsmall"):
        for entry in matching[(at - 1) * PER_PAGE : at * PER_PAGE]:
            _row(cabinet, shelf, entry, key)
    if not matching:
        st.html(f'<p class="wk-soft">{escaped(say("iiif.nothing"))}</p>')
    _below(cabinet, shelf, matching, last, key)


def _matching(entries: Sequence[Entry], wanted: str) -> list[Entry]:
    words = wanted.casefold().split()
    return [entry for entry in entries if all(word in entry.label.casefold() for word in words)]


def _to_first(key: str) -> None:
    st.session_state[f"{key}.page"] = 1


def _row(cabinet: Cabinet, shelf: _Shelf, entry: Entry, key: str) -> None:
    name = hashlib.sha256(f"{entry.id} {entry.path}".encode()).hexdigest()[:12]
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        shown = label(entry.label, 160)
        if entry.type != "Manifest":
            inside = count("iiif.entries", entry.count) if entry.count else say("iiif.collection")
            words = f'<span class="wk-soft"><b>{escaped(shortened(entry.label, 160))}</b> {escaped(inside)}</span>'
            st.html(words, width="content")
            if st.button(say("iiif.open"), key=f"{key}.open.{name}", icon=":material/folder_open:", type="tertiary"):
                _open(cabinet, shelf, entry, key)
            return
        ticked = st.checkbox(
            shown, value=entry.id in shelf.ticked, key=f"{key}.tick.{name}", disabled=not _is_address(entry.id)
        )
        if ticked:
            shelf.ticked[entry.id] = entry.label
        else:
            shelf.ticked.pop(entry.id, None)
        if entry.count:
            st.html(f'<span class="wk-soft">{escaped(count("pages", entry.count))}</span>', width="content")


def _is_address(text: str) -> bool:
    return text.startswith(("http://", "https://"))


def _open(cabinet: Cabinet, shelf: _Shelf, entry: Entry, key: str) -> None:
    """Go into a collection that lies in this one."""
    try:
        if entry.embedded:
            listing, file = _opened(cabinet, shelf.file, key, entry.path)
        else:
            listing, file = _opened(cabinet, entry.id, key)
    except SourceError as error:
        st.warning(label(error.text(current()), 500), icon=":material/warning:")
        return
    shelf.above.append((shelf.listing, shelf.file))
    shelf.listing, shelf.file = listing, file
    st.session_state.pop(f"{key}.page", None)
    st.session_state.pop(f"{key}.search", None)
    st.rerun()


def _below(cabinet: Cabinet, shelf: _Shelf, matching: Sequence[Entry], last: int, key: str) -> None:
    """Turn pages, fetch the next part of the collection, tick all, and how many are ticked."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        if last > 1:
            st.html(f'<span class="wk-soft">{escaped(say("library.page"))}</span>', width="content")
            st.number_input(say("library.page"), 1, last, key=f"{key}.page", label_visibility="collapsed", width=130)
            st.html(f'<span class="wk-soft">{escaped(say("reader.of", n=last))}</span>', width="content")
        manifests = [entry for entry in matching if entry.type == "Manifest" and _is_address(entry.id)]
        if manifests and len(manifests) <= AT_ONCE:
            st.button(
                count("iiif.all", len(manifests)), key=f"{key}.all", icon=":material/done_all:", type="tertiary",
                on_click=_tick, args=(shelf, manifests, key),
            )  # fmt: skip
        if shelf.ticked:
            st.button(
                say("iiif.none"), key=f"{key}.none", icon=":material/remove_done:", type="tertiary",
                on_click=_tick, args=(shelf, (), key),
            )  # fmt: skip
        if shelf.listing.next_page and st.button(say("iiif.more"), key=f"{key}.more", icon=":material/expand_more:"):
            _go_on(cabinet, shelf, key)
    chosen_words = count("iiif.chosen", len(shelf.ticked)) if shelf.ticked else say("iiif.choose")
    st.html(f'<p class="wk-soft">{escaped(chosen_words)}</p>')


def _tick(shelf: _Shelf, entries: Sequence[Entry], key: str) -> None:
    """Tick these too, or, without any, nothing at all; the boxes are drawn anew from that."""
    shelf.ticked = shelf.ticked | {entry.id: entry.label for entry in entries} if entries else {}
    for name in [name for name in st.session_state if str(name).startswith(f"{key}.tick.")]:
        del st.session_state[name]


def _go_on(cabinet: Cabinet, shelf: _Shelf, key: str) -> None:
    """Put the next part of a collection that comes in parts behind what is there."""
    assert shelf.listing.next_page is not None, "asked for only where there is one"
    try:
        following, _ = _opened(cabinet, shelf.listing.next_page, key)
    except SourceError as error:
        st.warning(label(error.text(current()), 500), icon=":material/warning:")
        return
    known = {entry.id for entry in shelf.listing.entries}
    # What is embedded in a later part cannot be opened from the file of the first: it is opened by its address.
    new = tuple(replace(each, path=(), embedded=False) for each in following.entries if each.id not in known)
    entries = (*shelf.listing.entries, *new)
    seen = following.next_page if following.next_page != shelf.listing.next_page else None
    shelf.listing = replace(
        shelf.listing, entries=entries, total=max(len(entries), shelf.listing.total), next_page=seen
    )
    st.rerun()
