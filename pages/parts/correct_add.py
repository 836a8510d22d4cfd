"""Adding a claim: who or what, how it is related, to whom or what, and where it is to be read."""

from __future__ import annotations

import streamlit as st

from graph.correction import LONGEST_NAME, LONGEST_NOTE, LONGEST_TYPE, Correction, NewClaim
from graph.errors import SourceError
from graph.types import Document, Entity, Region
from graph.vocabulary import PREDICATES
from pages.language import current, kind, relation, say
from pages.parts import correct_deed as deed
from pages.parts import pictures
from pages.parts.cabinet import Cabinet
from pages.parts.correct_names import kinds
from pages.parts.drawing import draw_region, forget_region
from pages.parts.plain import distinct, escaped, label, shortened

DOCUMENTS = 500
OFFERED = 5
"""Names that are known here and may be meant."""


def add(cabinet: Cabinet, entity: Entity, document: str = "", page: int = 1, region: Region | None = None) -> None:
    """The form for a claim about an entity; a reader that knows the place already fills it in."""

    @st.dialog(say("correct.add"), width="medium", on_dismiss=deed.close)
    def ask() -> None:
        st.html(f'<p class="wk-soft">{escaped(say("correct.add.about"))}</p>')
        st.html(f"<strong>{escaped(shortened(entity.name, 120))}</strong>")
        key = f"correct.add.{entity.id}"
        left, right = st.columns(2)
        with left:
            predicate = _relation(cabinet, key)
        with right:
            object_ = _object(cabinet, f"{key}.object")
        type_ = "Thing"
        if object_.strip() and not cabinet.store.explore.entity(Entity.make_id(entity.collection, object_)):
            st.caption(say("correct.add.new"))
            type_ = kinds(cabinet, "Thing", f"{key}.kind")
        text = _sentence(_words(entity, predicate, object_), f"{key}.text")
        chosen = _document(cabinet, entity, document, f"{key}.document")
        if chosen is None:
            return
        at = _page(chosen, page, f"{key}.page")
        quote = st.text_area(say("correct.add.quote"), key=f"{key}.quote", height=68) or ""
        part, missing = _region(cabinet, chosen, at or 1, region, f"{key}.region")
        why = deed.note()
        claim = NewClaim(entity.id, predicate, object_, chosen.id, at, quote, part, type_, text)
        if deed.confirmed(say("correct.add.do"), ":material/add_comment:"):
            if missing:
                st.error(say("correct.add.undrawn"), icon=":material/info:")
                return

            def added(who: str) -> Correction:
                made = cabinet.store.corrections.add(claim, who, why)
                # The next claim of this page has another place.
                forget_region(chosen, at or 1, f"{key}.region")
                st.session_state.pop(f"{key}.text", None)
                return made

            deed.done(cabinet, added)

    ask()


def _object(cabinet: Cabinet, key: str) -> str:
    """Whom or what: a name that is known here, offered while it is typed, or a new one."""
    typed = st.text_input(say("correct.add.object"), key=key, max_chars=LONGEST_NAME, live=True) or ""
    found = cabinet.store.search.complete(typed, OFFERED, cabinet.here) if typed.strip() else []
    others = [each for each in found if each.name != typed.strip()]
    if others and len(others) == len(found):
        with st.container(horizontal=True, gap="xsmall", key=f"{key}.known"):
            for each in others:
                name = f"{label(each.name, 50)} · {label(kind(each.type), 30)}"
                st.button(name, key=f"{key}-{each.id}", type="tertiary", on_click=_choose, args=(key, each.name))
    return typed


def _choose(key: str, name: str) -> None:
    st.session_state[key] = name[:LONGEST_NAME]


def _sentence(proposed: str, key: str) -> str:
    """The claim in words: as it is put together here, until somebody writes it better."""
    if st.session_state.get(key, "") in ("", st.session_state.get(f"{key}.proposed", "")):
        st.session_state[key] = proposed
    st.session_state[f"{key}.proposed"] = proposed
    return st.text_input(say("correct.add.text"), key=key, max_chars=LONGEST_NOTE) or proposed


def _relation(cabinet: Cabinet, key: str) -> str:
    known = list(dict.fromkeys((*cabinet.store.claimed.predicates(cabinet.here), *PREDICATES)))
    chosen = st.selectbox(
        say("table.relation"),
        known,
        index=None,
        key=f"{key}.relation",
        format_func=lambda each: relation(each),
        accept_new_options=True,
        placeholder=say("correct.add.relation"),
    )
    return (chosen or "")[:LONGEST_TYPE]


def _document(cabinet: Cabinet, entity: Entity, wanted: str, key: str) -> Document | None:
    """The documents that name the entity first, then the others."""
    near = [mention.chunk.document for mention in cabinet.store.explore.mentions_of(entity.id, 50)]
    listed = cabinet.store.documents.listed(cabinet.here, limit=DOCUMENTS)
    by_id = {each.id: each for each in listed} | cabinet.store.documents.by_ids([*near, *([wanted] if wanted else [])])
    order = list(dict.fromkeys([each for each in (wanted, *near, *by_id) if each in by_id]))
    shown = distinct({id_: label(by_id[id_].title, 90) for id_ in order})
    chosen = st.selectbox(say("correct.add.document"), order, key=key, format_func=shown.__getitem__)
    return by_id.get(chosen or "")


def _page(document: Document, page: int, key: str) -> int | None:
    """The page; None for a text, which has none that could be named."""
    if document.pages < 2:
        return None
    most = document.pages
    return int(st.number_input(say("refused.page"), 1, most, min(page, most), key=f"{key}.{document.id}"))


def _region(
    cabinet: Cabinet, document: Document, page: int, region: Region | None, key: str
) -> tuple[Region | None, bool]:
    """The part of the page, drawn on it where somebody wants to; and whether that is wanted, but nothing is drawn."""
    wanted = pictures.has_pages(document) and st.toggle(
        say("correct.add.region"), value=region is not None, key=f"{key}.draw"
    )
    if not wanted:
        return None, False
    try:
        drawn = draw_region(cabinet, document, page, key, start=region)
    except SourceError as problem:
        st.warning(label(problem.text(current()), 700), icon=":material/warning:")
        return region, False
    return drawn, drawn is None


def _words(entity: Entity, predicate: str, object_: str) -> str:
    """The claim in the language of the page."""
    return f"{entity.name} {relation(predicate)} {object_}".strip() if predicate and object_.strip() else ""
