"""Finding somebody or something in an authority file: a dialog that asks a service only when a person says so."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from graph.correction import LONGEST_NAME
from graph.identifiers import LONGEST, in_order, named, of_file
from graph.types import Entity
from pages.language import count, current, decimal, kind, say
from pages.parts import authority_asked, identified
from pages.parts import correct_deed as deed
from pages.parts.authority_asked import Asked
from pages.parts.cabinet import Cabinet
from pages.parts.plain import escaped, label, shortened

if TYPE_CHECKING:
    from ingest.authority import Answer, Candidate, Question
    from ingest.authority_services import Service

MOST_NAMES = 6
"""Names that are asked for at once: its own and so many further ones."""


def find(cabinet: Cabinet, entity: Entity) -> None:
    """Ask a service, look at its candidates, accept one; or note an entry that one knows; or take one away."""

    @st.dialog(say("authority.find"), width="medium", on_dismiss=deed.close)
    def ask() -> None:
        st.html(f'<p class="wk-soft">{escaped(say("authority.about", name=shortened(entity.name, 80)))}</p>')
        _noted(cabinet, entity)
        service = _service(cabinet)
        question = _question(entity, service)
        asked = authority_asked.of(entity.id, service.key)
        _send(cabinet, entity, service, question, asked)
        if asked is not None:
            _came(cabinet, entity, asked)
        _by_hand(cabinet, entity, service)

    ask()


def _noted(cabinet: Cabinet, entity: Entity) -> None:
    """What was found already; each can go."""
    for position, uri in enumerate(in_order(entity.same_as)):
        with st.container(horizontal=True, vertical_alignment="center", gap="small", key=f"authority-noted-{position}"):
            st.html(f"<div>{identified.entry(uri)}</div>", width="content")
            if st.button(
                say("correct.aliases.remove"),
                key=f"authority.remove.{position}",
                type="tertiary",
                icon=":material/close:",
            ):
                gone = cabinet.store.corrections.unidentify
                deed.done(cabinet, lambda who, gone=gone, uri=uri: gone(entity.id, uri, who))  # type: ignore[misc]


def _service(cabinet: Cabinet) -> Service:
    from ingest.authority_services import services

    known = {each.key: each for each in services(cabinet.settings)}
    chosen = st.segmented_control(
        say("authority.service"),
        list(known),
        default=next(iter(known)),
        required=True,
        key="authority.service",
        format_func=lambda key: label(known[key].name or known[key].host, 60),
    )
    return known[chosen or next(iter(known))]


def _question(entity: Entity, service: Service) -> Question:
    """Whom to look for, as the fields say."""
    from ingest.authority import Question
    from ingest.authority_services import OWN

    name = st.text_input(
        say("authority.name"), entity.name[:LONGEST_NAME], key=f"authority.name.{entity.id}", max_chars=LONGEST_NAME
    )
    further = [alias for alias in entity.aliases if alias != entity.name][: MOST_NAMES - 1]
    # Of a service of one's own it shows only when it is asked what it calls kinds.
    has_kind = entity.type != "Thing" and (entity.type in service.kinds or service.key == OWN)
    with st.container(horizontal=True, gap="small", key="authority-how"):
        only = has_kind and st.checkbox(
            label(say("authority.only", name=kind(entity.type))), value=True, key=f"authority.kind.{entity.id}"
        )
        also = bool(further) and st.checkbox(
            label(say("authority.further", names=", ".join(further)), 90), key=f"authority.further.{entity.id}"
        )
    names = dict.fromkeys([(name or "").strip(), *(further if also else ())])
    return Question(tuple(filter(None, names)), entity.type if only else "")


def _send(cabinet: Cabinet, entity: Entity, service: Service, question: Question, asked: Asked | None) -> None:
    """What would be sent to whom, and the button that does it."""
    names = [say("authority.quoted", name=shortened(name, 60)) for name in question.names]
    what = ", ".join([*names, *([kind(question.kind)] if question.kind else [])])
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="authority-send"):
        busy = asked is not None and not asked.over
        if st.button(
            label(say("authority.ask", host=service.host), 90),
            key="authority.ask",
            icon=":material/search:",
            type="primary",
            disabled=busy or not question.names,
        ):
            authority_asked.begin(entity.id, service, question, cabinet.settings, current())
            st.rerun()
        said = say("authority.sent", host=service.host, what=what) if names else say("authority.no_name")
        st.html(f'<span class="wk-soft">{escaped(said)}</span>', width="stretch")


def _came(cabinet: Cabinet, entity: Entity, asked: Asked) -> None:
    """What came of the question so far."""
    if not asked.over:
        _live(asked)
        return
    problem = asked.problem
    if problem is not None:
        st.error(label(problem.text(current()), 700), icon=":material/cloud_off:")
    elif asked.answer is not None:
        _candidates(cabinet, entity, asked.answer)


@st.fragment(run_every="0.5s")
def _live(asked: Asked) -> None:
    """How long it has taken so far; the page runs anew when the answer is there."""
    if asked.over:
        st.rerun()
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.button(say("answer.stop"), icon=":material/stop_circle:", on_click=asked.give_up, key="authority.stop")
        said = say("authority.asking", host=asked.host, n=round(asked.seconds))
        st.html(f'<span class="wk-soft">{escaped(said)}</span>', width="content")


def _candidates(cabinet: Cabinet, entity: Entity, answer: Answer) -> None:
    found = answer.candidates
    if not found:
        st.html(f'<p role="status">{escaped(say("authority.none", host=answer.host))}</p>')
        return
    told = count("authority.found", len(found), host=answer.host)
    more = f" {count('authority.more', answer.left_out)}" if answer.left_out else ""
    st.html(f'<p class="wk-soft" role="status">{escaped(told + more)}</p>')
    with st.container(height=380 if len(found) > 4 else "content", border=False, gap="small", key="authority-found"):
        for position, each in enumerate(found):
            _candidate(cabinet, entity, each, answer.host, position)


def _candidate(cabinet: Cabinet, entity: Entity, each: Candidate, host: str, position: int) -> None:
    with st.container(
        border=True, horizontal=True, vertical_alignment="center", gap="small", key=f"authority-candidate-{position}"
    ):
        about = f"<div>{escaped(each.description)}</div>" if each.description else ""
        st.html(
            f"<div><strong>{escaped(each.name)}</strong></div>{about}"
            f'<div class="wk-soft">{" · ".join(filter(None, _facts(each)))}</div>',
            width="stretch",
        )
        if not each.uri:
            st.html(f'<span class="wk-soft">{escaped(say("authority.no_address"))}</span>', width="content")
        elif each.uri in entity.same_as:
            st.html(f'<span class="wk-soft">{escaped(say("authority.noted"))}</span>', width="content")
        elif st.button(say("authority.accept"), key=f"authority.accept.{position}", icon=":material/check:"):
            identify = cabinet.store.corrections.identify
            note = f"{shortened(each.told, 300)} ({host})"
            deed.done(cabinet, lambda who: identify(entity.id, each.uri, who, note))


def _facts(each: Candidate) -> list[str]:
    """HTML of what is told of a candidate on one line: kinds, score, and a link to its page."""
    score = "" if each.score is None else say("authority.score", n=_score(each.score))
    sure = say("authority.sure") if each.sure else ""
    words = [escaped(shortened(", ".join(each.types), 120)), escaped(score), escaped(sure)]
    return [*words, identified.outside(each.page, named(each.uri) if each.uri else each.id)]


def _score(score: float) -> str:
    """A score as it is said; every service counts in its own way."""
    return decimal(score) if abs(score) < 1_000_000 else f"{score:.0e}"


def _by_hand(cabinet: Cabinet, entity: Entity, service: Service) -> None:
    """For an entry that one knows: nobody is asked, it works offline."""
    with st.expander(say("authority.by_hand"), icon=":material/edit:"):
        address = st.text_input(
            say("authority.address"),
            key=f"authority.address.{entity.id}",
            max_chars=LONGEST,
            placeholder="https://d-nb.info/gnd/118560409",
        )
        if st.button(say("authority.note_it"), key="authority.by_hand", disabled=not (address or "").strip()):
            identify = cabinet.store.corrections.identify
            entry = of_file(address or "", service.name)
            deed.done(cabinet, lambda who: identify(entity.id, entry, who))
