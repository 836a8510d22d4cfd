"""A part of a page that is to run as the page's run ends: what that run sent comes first."""

from __future__ import annotations

import asyncio
import inspect
from types import SimpleNamespace
from typing import Any

import pytest
from streamlit.proto.ClientState_pb2 import ClientState
from streamlit.runtime.app_session import AppSession
from streamlit.runtime.scriptrunner import ScriptRunner
from streamlit.runtime.scriptrunner_utils.script_requests import ScriptRequests

from pages.parts.run_end import heard_to_the_end


class Session:
    """What is used of Streamlit's."""

    def __init__(self, runner: Any) -> None:
        self._scriptrunner, self._event_loop = runner, asyncio.get_running_loop()


async def happens(runner: Any, *asked: ClientState | None) -> list[str]:
    """What a session hears, in order, where its runner has sent its end and nobody has looked at that yet."""
    heard: list[str] = []
    session = Session(runner)
    request = heard_to_the_end(lambda _, state: heard.append(f"run {state.fragment_id if state else None}"))
    session._event_loop.call_soon(heard.append, "the end")
    for state in asked:
        request(session, state)
    await asyncio.sleep(0)
    request(session, ClientState(fragment_id="later"))
    await asyncio.sleep(0)
    return heard


def runner(stopped: bool) -> Any:
    requests = ScriptRequests()
    if stopped:
        requests.on_scriptrunner_ready()
    return SimpleNamespace(_requests=requests)


PART, WHOLE = ClientState(fragment_id="part", is_auto_rerun=True), ClientState()


@pytest.mark.parametrize(
    "of, asked, heard",
    [
        (runner(stopped=True), PART, ["the end", "run part"]),
        (runner(stopped=False), PART, ["run part", "the end"]),
        (None, PART, ["run part", "the end"]),
        # The whole page is sent anew: of what was sent before nothing is needed.
        (runner(stopped=True), WHOLE, ["run ", "the end"]),
        (runner(stopped=True), None, ["run None", "the end"]),
    ],
)
def test_what_was_sent_is_heard_before_a_part_runs(of: Any, asked: ClientState | None, heard: list[str]) -> None:
    assert asyncio.run(happens(of, asked)) == [*heard, "run later"]


def test_what_was_asked_for_in_turn_runs_in_turn() -> None:
    """The page asked for last shows what was typed last, so nothing overtakes what waits."""
    heard = asyncio.run(happens(runner(stopped=True), PART, WHOLE, None))
    assert heard == ["the end", "run part", "run ", "run None", "run later"]


def test_streamlit_is_made_as_this_expects() -> None:
    """Where an upgrade makes this fail: see whether what it works around is still there."""
    assert "_scriptrunner.request_rerun(rerun_data)" in inspect.getsource(AppSession.request_rerun)
    assert "self._event_loop" in inspect.getsource(AppSession.__init__)
    assert "self._requests" in inspect.getsource(ScriptRunner.__init__)
    runner_ends = inspect.getsource(ScriptRunner._run_script_thread)
    assert runner_ends.index("_run_script(") < runner_ends.index("on_scriptrunner_ready()", runner_ends.index("while"))
