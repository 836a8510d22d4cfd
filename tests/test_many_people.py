"""What keeps the app quick and small while many people use it; how quick and how small, `bench.users` measures."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

from graph.types import Mode, Retrieved
from llm.embed import OFFLINE, find_embedding
from llm.embed_offline import OfflineEmbedder, open_embedder
from pages.parts import answering, process
from pages.parts.answering import Exchange
from pages.parts.asking import NO_MODEL, Asked
from pages.parts.cabinet import Cabinet
from settings import Settings


def test_threads_take_short_turns() -> None:
    before = sys.getswitchinterval()
    try:
        process.share()
        assert sys.getswitchinterval() == pytest.approx(process.TURN) and before > process.TURN
    finally:
        sys.setswitchinterval(before)


def test_a_session_remembers_its_latest_questions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept: list[Exchange] = []
    monkeypatch.setattr(answering, "history", lambda: kept)
    cabinet = Cabinet(None, Settings(home=tmp_path))  # type: ignore[arg-type]
    for n in range(answering.MOST_KEPT + 5):
        asked = Asked(f"Question {n}", NO_MODEL, Mode.AUTO)
        answering.remember(cabinet, asked, Retrieved(asked.question, Mode.AUTO))
    assert [each.asked.question for each in kept] == [f"Question {n}" for n in range(5, answering.MOST_KEPT + 5)]


def test_a_question_that_many_ask_is_computed_once(tmp_path: Path) -> None:
    embedder = open_embedder(find_embedding(OFFLINE), Settings(home=tmp_path))
    assert isinstance(embedder, OfflineEmbedder)
    first = embedder.query("Who kept a narwhal's tusk in Prague?")
    assert embedder.query("Who kept a narwhal's tusk in Prague?") is first and np.linalg.norm(first) == pytest.approx(1)
    assert embedder.query("Who kept a unicorn in Prague?") is not first
    with pytest.raises(ValueError, match="read-only"):
        first[0] = 0.0
