"""Sending a finding: a channel is chosen, what is sent is shown before, and how it goes stands on the page after."""

from __future__ import annotations

import json
from collections.abc import Collection
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

import streamlit as st

import settings as configuration
from graph.delivery import AGAIN, OPEN, Delivery, DeliveryState
from graph.errors import WunderkammerError
from graph.finding import Kept
from pages.language import current, say, size
from pages.parts import correct_deed
from pages.parts.cabinet import Cabinet
from pages.parts.click import safely
from pages.parts.corrected import when
from pages.parts.plain import escaped, label, shortened

if TYPE_CHECKING:
    from graph.rounds import Rounds
    from share.message import Message

SHOWN: Final = 20


def keep(cabinet: Cabinet) -> None:
    """See to it that what waits is sent while the app runs, and rules are followed; asks once for each home."""
    _begin(str(cabinet.settings.home), cabinet.settings.neo4j_uri, cabinet)


@st.cache_resource(show_spinner=False)
def _begin(home: str, uri: str | None, _cabinet: Cabinet) -> None:
    if _cabinet.whole.outbox.anything():
        wake(_cabinet)


def wake(cabinet: Cabinet) -> None:
    """Have it looked soon whether there is something to send."""
    _keeper(str(cabinet.settings.home), cabinet.settings.neo4j_uri, cabinet).ensure()


@st.cache_resource(show_spinner=False)
def _keeper(home: str, uri: str | None, _cabinet: Cabinet) -> Rounds:
    from share.keeper import keeper

    return keeper(_cabinet.whole, configuration.read)


def dialog(cabinet: Cabinet, kept: Kept) -> None:
    """Choose a channel, see what would be sent, send it."""

    @st.dialog(say("send.title"), width="large", on_dismiss=correct_deed.close)
    def ask() -> None:
        from share.channels import channels
        from share.compose import message, queue_finding
        from share.targets import TARGETS, body

        known = channels(cabinet.settings)
        if not known:
            st.html(f'<p class="wk-soft">{escaped(say("send.none"))}</p>')
            return
        name = st.selectbox(
            say("send.channel"), list(known), key="send.channel", format_func=lambda n: shortened(n, 60)
        )
        to = known[name]
        told = message(cabinet.settings, kept)
        sent = body(TARGETS[to.target], told)
        st.html(f'<p class="wk-soft">{escaped(say("send.preview"))}</p>')
        with st.container(border=True, key="send-preview"):
            st.html(_drawn(told))
        if told.link is None:
            st.html(f'<p class="wk-soft">{escaped(say("send.links"))}</p>')
        with st.expander(say("send.raw", size=size(len(sent.encode()))), type="compact"):
            st.code(json.dumps(json.loads(sent), ensure_ascii=False, indent=2), language="json", height=260)
        with st.container(horizontal=True, horizontal_alignment="right"):
            if st.button(say("cancel"), key="send.cancel"):
                correct_deed.close()
                st.rerun()
            do = label(say("send.now", name=name), 90)
            if st.button(do, key="send.now", type="primary", icon=":material/send:"):
                try:
                    queue_finding(cabinet.store, cabinet.settings, kept, to)
                except WunderkammerError as error:
                    st.error(label(error.text(current()), 500), icon=":material/error:")
                    return
                wake(cabinet)
                correct_deed.close()
                st.toast(say("send.queued"), icon=":material/send:")
                st.rerun()

    ask()


def _drawn(told: Message) -> str:
    """HTML of a message about as a channel shows it."""
    parts = [f'<h3 class="wk-name">{escaped(told.title)}</h3>']
    parts += [f"<p><em>{escaped(told.subtitle)}</em></p>"] if told.subtitle else []
    parts += [f"<p>{escaped(told.note)}</p>"] if told.note else []
    said = " ".join(_sentence(each.text, each.supported, told.language) for each in told.sentences)
    parts += [f'<p class="wk-answer wk-column">{said}</p>'] if said else []
    parts += [f'<p class="wk-soft">{escaped(told.remark)}</p>'] if told.remark else []
    for item in told.items:
        where = f'<span class="wk-soft">{escaped(item.where)}</span>'
        title = escaped(item.title)
        parts.append(f'<div class="wk-head"><span class="wk-n">{item.n}</span><strong>{title}</strong>{where}</div>')
        parts.append(f'<div class="wk-quote">{escaped(shortened(item.quote, 400))}</div>')
    rows = "".join(f"<dt>{escaped(name)}</dt><dd>{escaped(value)}</dd>" for name, value in told.facts)
    return "".join(parts) + (f'<dl class="wk-facts">{rows}</dl>' if rows else "")


def _sentence(text: str, supported: bool, language: str) -> str:
    from share.words import say as told

    if supported:
        return escaped(text)
    note = f'<span class="wk-note">({escaped(told(language, "unsupported"))})</span>'
    return f'<span class="wk-unsupported">{escaped(text)}</span> {note}'


def messages(cabinet: Cabinet, finding: str | None = None) -> None:
    """What was sent of a finding, or of all, and how it went; drawn anew while something is on its way."""
    if cabinet.store.outbox.listed(cabinet.here, finding, OPEN, limit=1):
        _live(cabinet, finding)
    else:
        _list(cabinet, finding)


@st.fragment(run_every="1s")
def _live(cabinet: Cabinet, finding: str | None) -> None:
    _list(cabinet, finding)


def _list(cabinet: Cabinet, finding: str | None) -> None:
    found = cabinet.store.outbox.listed(cabinet.here, finding, limit=SHOWN)
    if not found:
        if finding is None:
            st.html(f'<p class="wk-soft">{escaped(say("send.all.none"))}</p>')
        return
    from share.channels import channels

    known = channels(cabinet.settings)
    for each in found:
        _row(cabinet, each, finding is None, known)


def _row(cabinet: Cabinet, each: Delivery, titled: bool, known: Collection[str]) -> None:
    with st.container(border=True, key=f"message-{each.id}", gap="xsmall"):
        with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
            title = f"<strong>{escaped(shortened(each.title, 90))}</strong><br>" if titled else ""
            row = say("send.row", name=shortened(each.channel, 60), time=when(each.created_at))
            st.html(
                f'{title}<strong>{escaped(_state(each))}</strong> <span class="wk-soft">{escaped(row)}</span>',
                width="content",
            )
            if each.state in AGAIN:
                _button(cabinet, each, "again", ":material/refresh:")
            elif each.state is DeliveryState.WAITING:
                _button(cabinet, each, "cancel", ":material/close:")
        about = say("send.accepted.about") if each.state is DeliveryState.ACCEPTED else ""
        if each.state is DeliveryState.WAITING and each.channel not in known:
            about = say("send.no_channel")
        if each.failure and each.state is not DeliveryState.CANCELLED:
            about = each.failure.say(current())
        if about:
            st.html(f'<div class="wk-soft">{escaped(about)}</div>')


def _button(cabinet: Cabinet, each: Delivery, what: str, icon: str) -> None:
    st.button(
        say(f"send.{what}"),
        key=f"message-{what}-{each.id}",
        type="tertiary",
        icon=icon,
        on_click=safely(_do),
        args=(cabinet, each.id, what),
    )


def _do(cabinet: Cabinet, delivery_id: str, what: str) -> None:
    if what == "again":
        cabinet.store.outbox.again(delivery_id, cabinet.here)
        wake(cabinet)
    else:
        cabinet.store.outbox.cancel(delivery_id, cabinet.here)


def _state(each: Delivery) -> str:
    if each.state is DeliveryState.WAITING and each.tries:
        return say("send.waiting.until", time=when(datetime.fromtimestamp(each.next_at, UTC).isoformat()))
    return say(f"send.{each.state.value}")
