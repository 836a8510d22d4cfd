"""Names that may be one person, place or thing: what speaks for it, what would change, merging and undoing it."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from graph.errors import WrongUse
from graph.identifiers import named
from graph.merges import Merge, Pair, Preview, Weight
from graph.moving import RULE
from graph.roles import Role
from graph.types import Entity
from pages.language import count, current, kind, say
from pages.parts import going
from pages.parts.cabinet import Cabinet
from pages.parts.click import safely
from pages.parts.correct_deed import close, vectors, who
from pages.parts.glyphs import mark
from pages.parts.here import in_address
from pages.parts.links import link
from pages.parts.plain import distinct, escaped, label, shortened

DONE = "same.done"
"""Session state: what was decided last, as long as it can be taken back on the spot."""
LISTED = 10
LIKELY, PERHAPS = 0.85, 0.75
CLAIMS_TOLD = 6


def of_entity(cabinet: Cabinet, entity: Entity) -> None:
    """What may be the same as this entity, and which names it was put together from."""
    if not cabinet.may(Role.EDITOR):
        return
    _taken_back(cabinet)
    pairs = cabinet.store.resolution.suggestions_of(entity.id)
    if pairs:
        st.subheader(say("same.title"))
        with st.container(gap="small", key="same-of-entity"):
            for pair in pairs:
                _card(cabinet, pair, [pair.b])
    merged = cabinet.store.resolution.merged_into(entity.id)
    if merged:
        with st.expander(count("same.merged", len(merged)), icon=":material/join_inner:"):
            for merge in merged:
                _merged(cabinet, merge)


def open_list(cabinet: Cabinet) -> None:
    """The likeliest of all open suggestions; nothing where there are none."""
    if not cabinet.may(Role.EDITOR):
        return
    _taken_back(cabinet)
    pairs = cabinet.store.resolution.suggestions(cabinet.here, LISTED + 1)
    if not pairs:
        return
    number = count("same.open", len(pairs)) if len(pairs) <= LISTED else say("same.open.more", n=LISTED)
    with st.expander(number, icon=":material/join_inner:", key="same-open", expanded=DONE in st.session_state):
        st.html(f'<p class="wk-soft">{escaped(say("same.lead"))}</p>')
        for pair in pairs[:LISTED]:
            _card(cabinet, pair, [pair.a, pair.b])


def _card(cabinet: Cabinet, pair: Pair, shown: Sequence[Entity]) -> None:
    with st.container(border=True, gap="xsmall", key=f"same-{pair.id}"):
        for entity in shown:
            others = [alias for alias in entity.aliases if alias != entity.name][:4]
            also = f" · {shortened(say('entity.also', names=', '.join(others)), 120)}" if others else ""
            st.html(
                f"<div>{mark(entity.type)}<strong>{escaped(shortened(entity.name, 80))}</strong> "
                f'<span class="wk-soft">{escaped(kind(entity.type))}{escaped(also)}</span></div>'
            )
        st.html(f'<div class="wk-soft">{escaped(_why(pair.score, pair.reason))}</div>')
        with st.container(horizontal=True, gap="small", vertical_alignment="center"):
            if st.button(say("same.yes"), key=f"same-yes-{pair.id}", icon=":material/join_inner:"):
                _ask(cabinet, pair)
            st.button(
                say("same.no"),
                key=f"same-no-{pair.id}",
                type="tertiary",
                on_click=safely(_dismiss),
                args=(cabinet, pair),
            )
            for entity in shown:
                to = going.stays() | {"entity": entity.id}
                link("explore", say("same.look", name=shortened(entity.name, 30)), parameters=to)


def _why(score: float, reason: str) -> str:
    """How likely, in words, and the reason as a sentence."""
    sure = "likely" if score >= LIKELY else "perhaps" if score >= PERHAPS else "maybe"
    return f"{say(f'same.{sure}', n=round(100 * score))} {say(f'same.reason.{reason}')}"


def _ask(cabinet: Cabinet, pair: Pair) -> None:
    @st.dialog(say("same.ask"), width="medium")
    def ask() -> None:
        decide(cabinet, pair)

    ask()


def decide(cabinet: Cabinet, pair: Pair) -> None:
    """Inside a dialog: which name stays, what would change, and the buttons to do it or not."""
    names = {entity.id: entity.name for entity in (pair.a, pair.b)}
    weights = cabinet.store.resolution.weights(list(names))
    best = sorted(names, key=lambda id_: -weights[id_].passages)
    shown = distinct({id_: label(names[id_], 100) for id_ in best})
    kept = st.radio(say("same.keep"), best, format_func=shown.__getitem__, key=f"same-keep-{pair.id}")
    absorbed = next(id_ for id_ in names if id_ != kept)
    try:
        preview = cabinet.store.resolution.preview(kept, absorbed)
    except WrongUse as error:
        st.error(label(error.text(current()), 700))
        return
    _of_two_kinds(pair, kept, preview)
    _foreseen(preview, names[kept], names[absorbed])
    with st.container(horizontal=True, horizontal_alignment="right"):
        cancelled = st.button(say("cancel"))
        if st.button(say("same.do"), key="same.do", type="primary", icon=":material/join_inner:"):
            _merge(cabinet, pair, kept, absorbed)
        elif not cancelled:
            return
    close()
    st.rerun()


def _of_two_kinds(pair: Pair, kept: str, preview: Preview) -> None:
    """A person and a collection are hardly one: said before anything else."""
    first, second = (pair.a, pair.b) if pair.a.id == kept else (pair.b, pair.a)
    if first.type == second.type:
        return
    said = say(
        "same.kinds",
        a=shortened(first.name, 60),
        kind_a=kind(first.type),
        b=shortened(second.name, 60),
        kind_b=kind(second.type),
        what=kind(preview.after.type),
    )
    st.warning(label(said, 500), icon=":material/warning:")


def _foreseen(preview: Preview, kept: str, absorbed: str) -> None:
    st.html(f'<p class="wk-soft">{escaped(say("same.changes", kept=kept, absorbed=absorbed))}</p>')
    lines = [f"**{label(name, 60)}**: {_amount(w)}" for name, w in ((kept, preview.kept), (absorbed, preview.absorbed))]
    others = shortened(", ".join(preview.after.aliases), 200)
    lines.append(label(say("same.becomes", name=kept, what=kind(preview.after.type), names=others), 500))
    if preview.same:
        lines.append(count("same.common", len(preview.same)))
    if preview.loops:
        lines.append(count("same.loops", len(preview.loops)))
    if preview.entries:
        a, b = preview.entries[0]
        lines.append(label(say("same.entries", kept=named(a), absorbed=named(b)), 300))
    st.markdown("\n".join(f"- {line}" for line in lines))
    if told := [*preview.same[:CLAIMS_TOLD], *preview.loops[:CLAIMS_TOLD]]:
        items = "".join(f"<li>{escaped(shortened(text, 200))}</li>" for text in told)
        st.html(f'<ul class="wk-soft">{items}</ul>')
    st.caption(say("same.safe"))


def _amount(weight: Weight) -> str:
    said = [count("held.statements", weight.claims), count("passages", weight.passages)]
    return f"{', '.join(said)}, {count('documents', weight.documents)}"


def _merge(cabinet: Cabinet, pair: Pair, kept: str, absorbed: str) -> None:
    try:
        made = cabinet.store.resolution.merge(kept, absorbed, pair.reason, pair.score, who=who(cabinet))
    except WrongUse as error:
        st.session_state[DONE] = ("told", error.text(current()), "", "")
        return
    vectors(cabinet)
    text = say("same.done", kept=made.kept_name, absorbed=made.absorbed_name)
    st.session_state[DONE] = ("merge", text, made.id, "")
    if st.query_params.get("entity") == absorbed:
        st.query_params.from_dict(in_address() | {"entity": kept})


def _dismiss(cabinet: Cabinet, pair: Pair) -> None:
    try:
        cabinet.store.resolution.dismiss(pair.a.id, pair.b.id, who(cabinet))
    except WrongUse as error:
        st.session_state[DONE] = ("told", error.text(current()), "", "")
        return
    text = say("same.apart", a=pair.a.name, b=pair.b.name)
    st.session_state[DONE] = ("apart", text, pair.a.id, pair.b.id)


def _taken_back(cabinet: Cabinet) -> None:
    """What was decided last, in words, with the way back."""
    if DONE not in st.session_state:
        return
    deed, text, first, second = st.session_state[DONE]
    with st.container(border=True, horizontal=True, vertical_alignment="center", gap="small", key="same-done"):
        st.html(f'<span role="status">{escaped(text)}</span>', width="stretch")
        if deed != "told":
            st.button(
                say("same.undo"),
                key="same.undo",
                icon=":material/undo:",
                on_click=safely(_undo),
                args=(cabinet, deed, first, second),
            )
        st.button(say("same.close"), key="same.close", type="tertiary", on_click=_forget)


def _forget() -> None:
    st.session_state.pop(DONE, None)


def _undo(cabinet: Cabinet, deed: str, first: str, second: str) -> None:
    _forget()
    if deed == "apart":
        cabinet.store.resolution.reopen(first, second)
        return
    try:
        undone = cabinet.store.resolution.undo(first, who(cabinet))
    except WrongUse as error:
        st.session_state[DONE] = ("told", error.text(current()), "", "")
        return
    vectors(cabinet)
    text = say("same.undone", a=undone.kept_name, b=undone.absorbed_name)
    st.session_state[DONE] = ("told", text, "", "")


def _merged(cabinet: Cabinet, merge: Merge) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key=f"merged-{merge.id}"):
        by = (
            say("same.by_rule")
            if merge.by == RULE
            else say("same.by", name=merge.who)
            if merge.who
            else say("same.by_person")
        )
        reason = f" {say(f'same.reason.{merge.reason}')}" if merge.by == RULE else ""
        names = say("same.was", kept=merge.kept_name, absorbed=merge.absorbed_name)
        st.html(
            f'<div>{escaped(names)}<div class="wk-soft">{escaped(by)}{escaped(reason)}</div></div>', width="stretch"
        )
        st.button(
            say("same.undo"),
            key=f"undo-{merge.id}",
            type="tertiary",
            icon=":material/undo:",
            on_click=safely(_undo),
            args=(cabinet, "merge", merge.id, ""),
        )
