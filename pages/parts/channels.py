"""The channels that findings can be sent to, and what is sent by itself: set up here, their addresses never shown."""

from __future__ import annotations

import streamlit as st

from graph.delivery import Rule, When
from graph.errors import WunderkammerError
from graph.roles import Role
from pages.language import current, say
from pages.parts import sending
from pages.parts.cabinet import Cabinet
from pages.parts.click import safely
from pages.parts.plain import escaped, label, shortened


def show(cabinet: Cabinet) -> None:
    """Channels, rules and all messages, each folded."""
    if not cabinet.may(Role.EDITOR):
        return
    from share.channels import channels

    known = channels(cabinet.settings)
    with st.expander(say("channels.title"), icon=":material/forum:"):
        st.html(f'<p class="wk-soft">{escaped(say("channels.about"))}</p>')
        for name in known:
            _channel(cabinet, name)
        _more(cabinet)
    with st.expander(say("rules.title"), icon=":material/schedule_send:"):
        st.html(f'<p class="wk-soft">{escaped(say("rules.about") if known else say("send.none"))}</p>')
        for rule in cabinet.store.outbox.rules(cabinet.here):
            _rule(cabinet, rule)
        if known:
            _more_rules(cabinet, list(known))
    with st.expander(say("send.all"), icon=":material/outgoing_mail:"):
        sending.messages(cabinet)


def _channel(cabinet: Cabinet, name: str) -> None:
    from share.channels import channels
    from share.targets import TARGETS

    each = channels(cabinet.settings)[name]
    facts = (TARGETS[each.target].title, each.masked, say(f"channels.in.{each.place}"))
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key=f"channel-{name}"):
        st.html(
            f'<strong>{escaped(name)}</strong><div class="wk-soft">{escaped(" · ".join(facts))}</div>', width="content"
        )
        st.button(
            say("channels.test"), key=f"channels.test.{name}", type="tertiary", icon=":material/send:",
            on_click=_test, args=(cabinet, name),
        )  # fmt: skip
        if each.place != "environment" and cabinet.may(Role.HOST):
            st.button(
                say("channels.remove"), key=f"channels.remove.{name}", type="tertiary", icon=":material/delete:",
                on_click=_remove, args=(cabinet, name),
            )  # fmt: skip


def _test(cabinet: Cabinet, name: str) -> None:
    from share.channels import channel
    from share.compose import queue_test

    try:
        queue_test(cabinet.store, cabinet.settings, channel(cabinet.settings, name), current(), cabinet.collection)
    except WunderkammerError as error:
        st.toast(label(error.text(current()), 300), icon=":material/error:")
        return
    sending.wake(cabinet)
    st.toast(say("send.queued"), icon=":material/send:")


def _remove(cabinet: Cabinet, name: str) -> None:
    from share.channels import remove

    try:
        remove(cabinet.settings, name)
    except WunderkammerError as error:
        st.toast(label(error.text(current()), 300), icon=":material/error:")


def _more(cabinet: Cabinet) -> None:
    if not cabinet.may(Role.HOST):
        return
    from share.channels import add
    from share.targets import TARGETS

    begun = st.session_state.get("channels.begun", 0)
    with st.form("channels.form", border=False):
        with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
            name = st.text_input(say("channels.name"), key=f"channels.name.{begun}", max_chars=60, width=190)
            kind = st.selectbox(
                say("channels.kind"), list(TARGETS), key="channels.kind", width=300,
                format_func=lambda each: TARGETS[each].title,
            )  # fmt: skip
            address = st.text_input(
                say("channels.address"), type="password", key=f"channels.address.{begun}", autocomplete="off", width=300
            )
            sent = st.form_submit_button(say("channels.add"), icon=":material/add:")
        st.html(f'<p class="wk-soft">{escaped(say("channels.teams"))}</p>')
    if not sent:
        return
    try:
        add(cabinet.settings, name or "", kind, address or "")
    except WunderkammerError as error:
        st.error(label(error.text(current()), 500), icon=":material/error:")
        return
    st.session_state["channels.begun"] = begun + 1
    st.rerun()


def _rule(cabinet: Cabinet, rule: Rule) -> None:
    what = say("rules.digest.at", n=rule.hour) if rule.when is When.DIGEST else say("rules.import")
    to = say("rules.to", name=shortened(rule.channel, 60))
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key=f"rule-{rule.id}"):
        st.html(f'{escaped(what)} <span class="wk-soft">{escaped(to)}</span>', width="content")
        st.button(
            say("rules.remove"), key=f"rules.remove.{rule.id}", type="tertiary", icon=":material/close:",
            on_click=safely(cabinet.store.outbox.drop_rule), args=(rule.id,),
        )  # fmt: skip
    if rule.failure:
        st.warning(label(rule.failure.say(current()), 400), icon=":material/warning:")


def _more_rules(cabinet: Cabinet, names: list[str]) -> None:
    from share.channels import channel
    from share.rules import rule

    with st.form("rules.form", border=False), st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        when = st.selectbox(
            say("rules.when"), [each.value for each in When], key="rules.when", width=280,
            format_func=lambda each: say(f"rules.{each}"),
        )  # fmt: skip
        to = st.selectbox(
            say("send.channel"), names, key="rules.channel", width=200, format_func=lambda n: shortened(n, 60)
        )
        hour = st.number_input(say("rules.hour"), 0, 23, 8, key="rules.hour", width=120)
        sent = st.form_submit_button(say("rules.add"), icon=":material/add:")
    if sent:
        made = rule(
            cabinet.settings, When(when), channel(cabinet.settings, to), current(), int(hour), cabinet.collection
        )
        cabinet.store.outbox.put_rule(made)
        sending.wake(cabinet)
        st.rerun()
