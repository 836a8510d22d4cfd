"""When a request is sent again, and after how long."""

from __future__ import annotations

from email.utils import formatdate

import pytest

from llm import patient

NOW = 1_800_000_000.0


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"retry-after": "7"}, 7.0),
        ({"retry-after": "0.5"}, 0.5),
        ({"retry-after-ms": "250", "retry-after": "9"}, 0.25),
        ({"retry-after": formatdate(NOW + 30, usegmt=True)}, 30.0),
        ({"retry-after": formatdate(NOW - 30, usegmt=True)}, 0.0),
        ({"retry-after": "soon"}, None),
        ({"retry-after": "-3"}, None),
        ({"retry-after": "nan"}, None),
        ({"retry-after": "inf"}, None),
    ],
)
def test_the_wait_that_is_asked_for(headers: dict[str, str], seconds: float | None) -> None:
    assert patient.asked_wait(headers, NOW) == seconds


@pytest.mark.parametrize(
    ("status", "headers", "body", "attempt", "wait"),
    [
        (200, {}, "", 1, None),
        (400, {"retry-after": "1"}, "", 1, None),
        (429, {}, "", 1, 0.5),
        (429, {}, "", 2, 1.0),
        (429, {}, "", 3, None),
        (429, {"retry-after": "20"}, "", 1, 20.0),
        (429, {"retry-after": "21"}, "", 1, None),
        (429, {}, '{"error": {"code": "insufficient_quota"}}', 1, None),
        (429, {}, '{"error": "text"}', 1, 0.5),
        (503, {}, "<html>", 1, 0.5),
    ],
)
def test_when_to_ask_again(status: int, headers: dict[str, str], body: str, attempt: int, wait: float | None) -> None:
    assert patient.pause(status, headers, body, attempt, NOW) == wait
