"""What a run of a page sends last is not lost to a timer that ticks as it ends.

Streamlit starts a new runner for a part of a page that is to run just when the page's own runner has ended, and from
then on passes over what the old one has sent and nobody has looked at yet: the last pieces of the page, and that it is
done. While many ask at once that takes a while, and the browser waits for ever (1.67; `AppSession.request_rerun`
describes it). Here such a part waits until all that was sent has been looked at.
"""

from __future__ import annotations

import weakref
from collections.abc import Callable
from typing import Any

from streamlit.proto.ClientState_pb2 import ClientState
from streamlit.runtime.app_session import AppSession
from streamlit.runtime.scriptrunner_utils.script_requests import ScriptRequestType

Request = Callable[[Any, ClientState | None], None]


def heard_to_the_end(request: Request) -> Request:
    """`AppSession.request_rerun`, but that what the runner that has just ended sent is looked at first.

    What is asked for meanwhile waits too: the browser's later state must not be replaced by an earlier one.
    """
    waiting: weakref.WeakKeyDictionary[Any, int] = weakref.WeakKeyDictionary()

    def request_rerun(session: Any, client_state: ClientState | None) -> None:
        if waiting.get(session) or (client_state is not None and client_state.fragment_id and _has_ended(session)):
            waiting[session] = waiting.get(session, 0) + 1
            # All that it sent stands in the loop's queue by now, so it comes before this.
            session._event_loop.call_soon(later, session, client_state)
        else:
            request(session, client_state)

    def later(session: Any, client_state: ClientState | None) -> None:
        waiting[session] -= 1
        request(session, client_state)

    return request_rerun


def install() -> None:
    """Have all sessions of this process do so."""
    AppSession.request_rerun = heard_to_the_end(AppSession.request_rerun)  # type: ignore[method-assign,assignment]


def _has_ended(session: Any) -> bool:
    """Whether the session has a runner that will take no more requests."""
    requests = getattr(getattr(session, "_scriptrunner", None), "_requests", None)
    return getattr(requests, "_state", None) is ScriptRequestType.STOP
