"""The list of documents: cover, what each is, how far it is read, in words and as a bar."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import streamlit as st

from graph.roles import Role
from graph.schemas import StoredSchema
from graph.types import Coverage, Document, State
from graph.work import Work
from pages.language import count, current, date, say
from pages.parts import exporting, pictures, refusals, rest, schema_choice
from pages.parts.apart import told_apart
from pages.parts.cabinet import Cabinet
from pages.parts.click import safely
from pages.parts.links import link
from pages.parts.plain import escaped, label, shortened
from pages.parts.reader import about, file_name
from share.offers import of_collection

PER_PAGE = 20
UNREAD = "unread"
"""`?show=unread`: only the documents of which something could not be read, or waits."""


def show(cabinet: Cabinet) -> None:
    """The whole list, or what to do when there is nothing in it."""
    st.title(say("library.title"))
    if not cabinet.store.documents.count(cabinet.here):
        st.html(f'<p class="wk-lead">{escaped(say("library.empty"))}</p>')
        link("add", say("welcome.add"), ":material/add_circle:")
        return
    with st.container(horizontal=True, vertical_alignment="bottom", horizontal_alignment="distribute"):
        wanted = st.text_input(
            say("library.search"), key="library.search", type="search", placeholder=say("library.search"), width=420,
            label_visibility="collapsed",
        )  # fmt: skip
        with st.container(horizontal=True, width="content", gap="small"):
            if cabinet.may(Role.EDITOR) and cabinet.store.documents.searched(cabinet.here).failed:
                st.button(
                    say("library.retry_all"), icon=":material/refresh:", on_click=safely(_retry), args=(cabinet, None)
                )
            exporting.offer(cabinet, of_collection(cabinet.here, say("library.title")), "library")
    unread = st.query_params.get("show") == UNREAD
    documents, found = _page_of(cabinet, (wanted or "").strip(), unread)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        shown = count("library.unread" if unread else "documents", found)
        st.html(f'<span class="wk-soft">{escaped(shown)}</span>', width="content")
        if unread:
            link("library", say("reader.back"), ":material/menu_book:")
    if wanted and not found:
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.html(f'<span class="wk-soft">{escaped(say("library.nothing"))}</span>', width="content")
            link("ask", shortened(wanted, 60), ":material/search:", {"q": wanted.strip()})
    schemas = cabinet.store.schemas.by_ids(sorted({d.schema for d in documents if d.schema}))
    apart = told_apart(documents)
    left = cabinet.store.queue.left_off([d.id for d in documents])
    with st.container(gap="small"):
        for coverage in cabinet.store.documents.coverage(documents, shown=True):
            document = coverage.document
            said = in_words(coverage, left.get(document.id))
            text = partial(_described, schema=schemas.get(document.schema or ""), apart=apart.get(document.id, ""))
            _row(cabinet, coverage, text(coverage, said=said), document.id in left, text)
    _pages(found)


def _page_of(cabinet: Cabinet, wanted: str, unread: bool) -> tuple[list[Document], int]:
    """The documents of the page that is shown, and how many match in all."""
    found = cabinet.store.documents.count(cabinet.here, text=wanted, unread=unread)
    first = (int(st.session_state.get("library.page") or 1) - 1) * PER_PAGE
    first = min(first, max(0, (found - 1) // PER_PAGE * PER_PAGE))
    listed = cabinet.store.documents.listed(cabinet.here, skip=first, limit=PER_PAGE, text=wanted, unread=unread)
    return listed, found


def _pages(found: int) -> None:
    last = -(-found // PER_PAGE)
    if last > 1:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.html(f'<span class="wk-soft">{escaped(say("library.page"))}</span>', width="content")
            st.number_input(say("library.page"), 1, last, key="library.page", label_visibility="collapsed", width=130)
            st.html(f'<span class="wk-soft">{escaped(say("reader.of", n=last))}</span>', width="content")


def _row(cabinet: Cabinet, coverage: Coverage, described: str, left_off: bool, describe: Callable[..., str]) -> None:
    document = coverage.document
    with st.container(border=True, key=f"document-{document.id}"):
        cover, text, actions = st.columns([1, 9, 3], vertical_alignment="center", gap="small")
        with cover:
            st.image(pictures.cover(cabinet.files, document), width=54, alt="")
        with text:
            if not left_off and (parts(coverage).open or document.state in (State.PENDING, State.RUNNING)):
                _live(cabinet, document.id, describe)
            else:
                st.html(described)
            refusals.offer(cabinet, coverage)
        with (
            actions,
            st.container(horizontal=True, horizontal_alignment="right", vertical_alignment="center", gap="small"),
        ):
            link("library", say("library.open"), ":material/menu_book:", {"document": document.id})
            if _failed(coverage) and cabinet.may(Role.EDITOR):
                st.button(
                    say("library.retry"),
                    key=f"retry-{document.id}",
                    icon=":material/refresh:",
                    type="tertiary",
                    on_click=safely(_retry),
                    args=(cabinet, document.id),
                )
            if left_off:
                rest.offer(cabinet, coverage)
            delete = say("library.delete")
            if cabinet.may(Role.OWNER) and st.button(
                delete, key=f"delete-{document.id}", icon=":material/delete:", type="tertiary"
            ):
                _delete(cabinet, coverage)


@st.fragment(run_every="2s")
def _live(cabinet: Cabinet, document_id: str, describe: Callable[..., str]) -> None:
    """A card of a document that is being read, told anew as often as the sidebar tells how far the import is."""
    document = cabinet.store.documents.get(document_id)
    if document is not None:
        (now,) = cabinet.store.documents.coverage([document])
        st.html(describe(now, said=in_words(now)))


def _described(coverage: Coverage, schema: StoredSchema | None, apart: str, said: str) -> str:
    document = coverage.document
    # The name of the file stands on every card anyway.
    apart = apart.removeprefix(file_name(document))
    facts = [about(document), say("library.added", date=date(document.added_at)), _in_language(document)]
    facts.append(say("library.schema", name=shortened(schema_choice.title(schema.name), 60)) if schema else "")
    return (
        f"<strong>{escaped(shortened(document.title, 140))}</strong> "
        f'<span class="wk-soft">{escaped(shortened(apart, 100))}</span>'
        f'<div class="wk-soft">{escaped(" · ".join(fact for fact in facts if fact))}</div>'
        f"{bar(coverage)}"
        f'<div class="wk-soft">{escaped(said)}</div>'
    )


def _in_language(document: Document) -> str:
    """Its language by name; nothing for one that has no name here, whose code would say nothing to most."""
    code = (document.language or "").split("-")[0].lower()
    return say(f"language.{code}") if code in LANGUAGE_NAMES else ""


LANGUAGE_NAMES = "de en fr it es nl la pt da sv no pl cs hu ru el ar he tr ja zh".split()


@dataclass(frozen=True, slots=True)
class Parts:
    """The passages of a document: read, failed, waiting for a vision model, still to be read."""

    read: int
    failed: int
    waiting: int
    open: int
    skipped: int = 0

    @property
    def total(self) -> int:
        return self.to_read + self.waiting + self.skipped

    @property
    def to_read(self) -> int:
        """All that can be read without a model that sees."""
        return self.read + self.failed + self.open


def parts(coverage: Coverage) -> Parts:
    """Passages by what a reader wants to know of them."""
    chunks = coverage.chunks
    return Parts(
        read=chunks.get(State.DONE, 0) + chunks.get(State.EMPTY, 0),
        failed=chunks.get(State.FAILED, 0),
        waiting=chunks.get(State.WAITING, 0),
        open=chunks.get(State.PENDING, 0) + chunks.get(State.RUNNING, 0),
        skipped=chunks.get(State.SKIPPED, 0),
    )


def bar(coverage: Coverage) -> str:
    """The coverage as an HTML bar; the words beside it say the same."""
    of = parts(coverage)
    if not of.total:
        return ""

    def piece(kind: str, n: int) -> str:
        return f'<i class="{kind}" style="width:{100 * n / of.total:.1f}%"></i>' if n else ""

    pieces = piece("wk-read", of.read) + piece("wk-bad", of.failed) + piece("wk-wait", of.waiting)
    return f'<div class="wk-bar" aria-hidden="true">{pieces}</div>'


def in_words(coverage: Coverage, left: Work | None = None) -> str:
    """The coverage in words: how much is read, what failed and why, what waits, what was found.

    `left` is what is next for a document that nobody goes on with.
    """
    document, of = coverage.document, parts(coverage)
    if document.state is State.FAILED and document.failure:
        return document.failure.say(current())
    if not of.total and left is not None:
        return say("coverage.unread")
    if not of.total:
        return say("coverage.reading") if document.state in (State.PENDING, State.RUNNING) else say("coverage.nothing")
    said = []
    if of.to_read:
        some = say("coverage.some", read=of.read, total=of.to_read)
        said.append(count("coverage.all", of.read) if of.read == of.to_read else some)
    if left is Work.EMBED:
        said.append(count("searched.unembedded", max(1, of.to_read - coverage.embedded)))
    elif left is not None:
        said.append(say("coverage.stopped"))
    if of.failed:
        said.append(count("coverage.failed", of.failed))
    if of.waiting:
        said.append(count("coverage.waiting", of.waiting))
    if of.skipped:
        said.append(count("coverage.skipped", of.skipped))
    if coverage.statements:
        said.append(count("held.statements", coverage.statements))
    if coverage.entities:
        said.append(count("held.entities", coverage.entities))
    text = " · ".join(said)
    return text[:1].upper() + text[1:]


def _failed(coverage: Coverage) -> bool:
    return coverage.document.state is State.FAILED or parts(coverage).failed > 0


def _retry(cabinet: Cabinet, document_id: str | None) -> None:
    from ingest.rest import retry
    from ingest.worker import ensure_worker

    again = len(retry(cabinet.store, document_id, cabinet.here))
    ensure_worker(cabinet.settings)
    st.toast(count("library.retried", again), icon=":material/refresh:")


def _delete(cabinet: Cabinet, coverage: Coverage) -> None:
    @st.dialog(say("delete.title"))
    def ask() -> None:
        document = coverage.document
        goes = cabinet.store.removal.preview(document.id)
        st.markdown(f"**{label(document.title, 200)}**")
        st.write(say("delete.what"))
        items = [
            count("passages", goes.chunks),
            count("delete.claims", goes.statements),
            count("delete.entities", goes.entities),
            say("delete.file"),
        ]
        st.markdown("\n".join(f"- {item}" for item in items))
        st.caption(say("delete.kept"))
        if quoting := cabinet.store.findings.quoting(document.id, cabinet.here):
            st.caption(count("delete.findings", quoting))
        with st.container(horizontal=True, horizontal_alignment="right"):
            if st.button(say("cancel")):
                st.rerun()
            if st.button(say("delete.do"), key="delete.do", type="primary", icon=":material/delete:"):
                from ingest.submit import remove_document

                with st.spinner(say("delete.doing")):
                    remove_document(cabinet.store, cabinet.settings, document.id)
                st.rerun()

    ask()
