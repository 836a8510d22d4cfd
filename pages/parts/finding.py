"""One finding: the answer and its evidence as they were kept, where each place is now, and what can be done with it."""

from __future__ import annotations

from typing import Final, Literal

import streamlit as st

from graph.finding import LONGEST_NOTE, LONGEST_TITLE, Finding, Kept, Outcome, Standing
from graph.roles import Role
from graph.types import Mode, Subgraph
from llm.answer import Answer, Status
from llm.cite import CheckedSentence
from pages.language import count, decimal, money, say
from pages.parts import (
    answering,
    claim_sources,
    claims,
    correct_deed,
    exporting,
    finding_again,
    finding_evidence,
    glyphs,
    graph_view,
    sending,
)
from pages.parts.asking import MODES, NO_MODEL
from pages.parts.cabinet import Cabinet
from pages.parts.corrected import when
from pages.parts.links import go, link
from pages.parts.plain import escaped, label, shortened
from share.offers import of_kept

TOLD: Final = "finding.told"
"""Session state: what was done last, told once."""


def show(cabinet: Cabinet, kept: Kept) -> None:
    """The whole page of a finding."""
    finding = kept.finding
    standing = cabinet.store.findings.standing(finding)
    link("findings", say("findings.back"), ":material/arrow_back:")
    st.title(label(finding.title, LONGEST_TITLE))
    told()
    _about(cabinet, finding, standing)
    _actions(cabinet, kept)
    sending.messages(cabinet, kept.id)
    if finding.outcome is not Outcome.GRAPH and finding_again.asked(kept):
        finding_again.show(cabinet, kept)
    left, right = st.columns([5, 6], gap="large")
    with left:
        _answer(finding, {chunk for chunk, now in standing.items() if now is Standing.HERE})
        _note(cabinet, kept)
        if finding.claims:
            claim_sources.listed(finding)
    with right:
        if finding.evidence:
            st.subheader(say("ask.evidence"))
            finding_evidence.cards(cabinet, finding, standing)
    _graph(finding)
    _details(finding)


def told() -> None:
    """Say once what was done last."""
    if text := st.session_state.pop(TOLD, ""):
        st.success(text, icon=":material/check:")


def _about(cabinet: Cabinet, finding: Finding, standing: dict[str, Standing]) -> None:
    facts = [
        say(f"finding.{finding.outcome.value}"),
        say("finding.by", name=shortened(finding.who, 60), date=when(finding.created_at)),
        say("finding.edited", date=when(finding.edited_at)) if finding.edited_at else "",
    ]
    if finding.question and finding.question != finding.title:
        st.html(f'<p class="wk-lead">{escaped(finding.question)}</p>')
    st.html(f'<div class="wk-soft">{escaped(" · ".join(filter(None, facts)))}</div>')
    lost = sum(standing.get(piece.chunk) is Standing.GONE for piece in finding.evidence)
    if lost:
        st.warning(count("finding.lost", lost), icon=":material/folder_off:")
    changed = cabinet.store.findings.state(finding.collection) != finding.state
    said = say("finding.changed" if changed else "finding.unchanged")
    st.html(f'<div class="wk-soft">{escaped(said)}</div>')
    if finding.earlier:
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.html(f'<span class="wk-soft">{escaped(say("finding.again_of"))}</span>', width="content")
            link("findings", say("finding.earlier"), parameters={"finding": finding.earlier})


def _actions(cabinet: Cabinet, kept: Kept) -> None:
    with st.container(horizontal=True, gap="small", vertical_alignment="center", key="finding-actions"):
        if cabinet.may(Role.EDITOR):
            _opens("send", kept, say("send.do"), ":material/send:", "primary")
        if kept.finding.question:
            finding_again.button(kept)
            link("ask", say("finding.ask"), ":material/search:", {"q": kept.finding.question, "mode": _mode(kept)})
        exporting.offer(cabinet, of_kept(kept.finding), "finding")
        if cabinet.may(Role.EDITOR):
            _opens("delete", kept, say("finding.delete"), ":material/delete:", "tertiary")
    opened = correct_deed.opened(kept.id)
    if opened == "send":
        sending.dialog(cabinet, kept)
    elif opened == "delete":
        _delete(cabinet, kept)


def _opens(what: str, kept: Kept, text: str, icon: str, kind: Literal["primary", "tertiary"]) -> None:
    """A button that opens a dialog, which stays open while the page runs anew behind it."""
    st.button(text, key=f"finding.{what}", icon=icon, type=kind, on_click=correct_deed.open_, args=(what, kept.id))


def _mode(kept: Kept) -> str:
    return kept.finding.mode if kept.finding.mode in {mode.value for mode in MODES} else Mode.AUTO.value


def _answer(finding: Finding, standing: set[str]) -> None:
    if finding.outcome is Outcome.GRAPH:
        return
    if finding.stated and not finding.answer:
        st.subheader(say("ask.stated"))
        here = {piece.n: finding_evidence.as_chunk(piece) for piece in finding.evidence}
        claims.listed(finding.stated, here, standing)
        return
    st.subheader(say("answer.title"))
    if finding.answer:
        st.html(f'<div class="wk-answer">{answering.written(as_answer(finding))}</div>')
        return
    if finding.outcome is Outcome.NOT_FOUND:
        searched = finding.searched
        documents = count("documents.in", searched.documents)
        pages = count("pages.of", searched.pages_total)
        said = say("searched.pages", read=searched.pages, all=pages, documents=documents)
        st.html(f'<p>{escaped(say("ask.not_found"))}</p><p class="wk-soft">{escaped(said)}</p>')
        return
    st.html(f'<p class="wk-soft">{escaped(say("finding.no_answer"))}</p>')


def as_answer(finding: Finding) -> Answer:
    """What was kept of an answer, to be shown as answers are."""
    sentences = tuple(
        CheckedSentence(said.text, said.citations, said.supported, said.start, said.end) for said in finding.said
    )
    status = Status.ANSWERED if finding.outcome is Outcome.GRAPH else Status(finding.outcome.value)
    mode = Mode(finding.mode) if finding.mode in set(Mode) else Mode.AUTO
    return Answer(finding.question, status, mode, finding.answer, sentences, finding.model, shown=len(finding.evidence))


def _note(cabinet: Cabinet, kept: Kept) -> None:
    finding = kept.finding
    if finding.note:
        st.subheader(say("finding.edit.note"))
        st.html(f'<div class="wk-lines">{escaped(finding.note)}</div>')
    if not cabinet.may(Role.EDITOR):
        return
    with st.expander(say("finding.edit"), icon=":material/edit_note:"), st.form("finding.form", border=False):
        title = st.text_input(say("finding.edit.title"), finding.title, max_chars=LONGEST_TITLE)
        note = st.text_area(say("finding.edit.note"), finding.note, max_chars=LONGEST_NOTE, height=160)
        if st.form_submit_button(say("finding.edit.save"), icon=":material/check:"):
            cabinet.store.findings.edit(kept.id, title, note, cabinet.here)
            st.session_state[TOLD] = say("finding.edited.told")
            st.rerun()


def _graph(finding: Finding) -> None:
    if not finding.nodes:
        return
    st.subheader(say("finding.graph.title"))
    st.html(glyphs.legend({node.type for node in finding.nodes}))
    graph = Subgraph(finding.nodes, finding.edges)
    graph_view.draw(
        graph, "finding.graph", lambda id_: go("explore", entity=id_), canvas=graph_view.Canvas(440, aspect=2.1)
    )


def _details(finding: Finding) -> None:
    spent = finding.spent
    facts = [
        (say("details.model"), finding.model or NO_MODEL),
        (say("details.mode"), say(f"mode.{finding.mode}") if finding.mode in set(Mode) else finding.mode),
        (say("details.time"), f"{decimal(spent.seconds, 2)} s"),
        (say("details.tokens"), say("details.tokens.value", read=spent.tokens_in, written=spent.tokens_out)),
        (say("details.cost"), say("details.unknown") if spent.cost is None else money(spent.cost)),
    ]
    if not finding.model:
        facts = facts[:3]
    with st.expander(say("details"), type="compact"):
        rows = "".join(f"<dt>{escaped(name)}</dt><dd>{escaped(value)}</dd>" for name, value in facts)
        st.html(f'<dl class="wk-facts">{rows}</dl>')


def _delete(cabinet: Cabinet, kept: Kept) -> None:
    @st.dialog(say("finding.delete.title"), on_dismiss=correct_deed.close)
    def ask() -> None:
        sent = sum(cabinet.store.outbox.states(cabinet.here, kept.id).values())
        items = [say("finding.delete.item", n=len(kept.finding.evidence))]
        items += [count("finding.delete.messages", sent)] if sent else []
        shown = "".join(f"<li>{escaped(item)}</li>" for item in items)
        st.html(
            f"<p><strong>{escaped(kept.finding.title)}</strong></p><p>{escaped(say('finding.delete.what'))}</p>"
            f'<ul>{shown}</ul><p class="wk-soft">{escaped(say("finding.delete.kept"))}</p>'
        )
        with st.container(horizontal=True, horizontal_alignment="right"):
            if st.button(say("cancel"), key="finding.delete.cancel"):
                correct_deed.close()
                st.rerun()
            if st.button(say("finding.delete"), key="finding.delete.do", type="primary", icon=":material/delete:"):
                correct_deed.close()
                cabinet.store.outbox.forget(kept.id)
                cabinet.store.findings.remove(kept.id, cabinet.here)
                st.session_state[TOLD] = say("finding.deleted")
                go("findings")

    ask()
