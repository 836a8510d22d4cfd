"""One answer of a model in this process, whatever the model is: who listens can always leave, and is always told."""

from __future__ import annotations

import threading
import time

import pytest

from llm import resident
from llm.local_run import Finished, Give, Run, Stopped
from llm.memory import NO_ROOM
from llm.resident import Plan


def plan(seconds: float = 0.0) -> Plan[str]:
    """A model that takes so long to load."""

    def load(report: resident.Report) -> str:
        time.sleep(seconds)
        return "model"

    return Plan("slow", "Slow", 1, lambda _: resident.Way(NO_ROOM, 0, load))


def works(model: str, give: Give, cancelled: threading.Event) -> Finished:
    """Reads a long question before it says its one word."""
    if cancelled.wait(0.8):
        raise Stopped
    give("word")
    return Finished("stop", 1, 1)


@pytest.mark.parametrize("seconds", [0.0, 0.8])
def test_who_listens_is_asked_to_go_on_while_nothing_comes(seconds: float) -> None:
    try:
        words = list(Run(plan(seconds), works).words())
        assert words.count("") >= (2 if seconds == 0.0 else 4) and "".join(words) == "word"
        began = time.monotonic()
        listening = Run(plan(seconds), works).words()
        assert next(listening) == ""
        listening.close()  # type: ignore[attr-defined]
        assert seconds or time.monotonic() - began < 0.7, "who leaves does not wait for the answer"
    finally:
        assert resident.unload("slow")


def test_whatever_goes_wrong_is_told_to_who_listens() -> None:
    def breaks(model: str, give: Give, cancelled: threading.Event) -> Finished:
        give("half")
        raise RuntimeError("broken")

    try:
        words = Run(plan(), breaks).words()
        assert next(words) == "half"
        with pytest.raises(RuntimeError, match="broken"):
            next(words)
        assert not any(each.busy for each in resident.residents())
    finally:
        assert resident.unload("slow")
