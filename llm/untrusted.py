"""Words from documents on their way to a model: kept inside their block, whatever they imitate."""

from __future__ import annotations

import re

_DELIMITERS = re.compile(r"<{3,}|>{3,}")
_CONTROL_WORDS = re.compile(
    r"<\|([^|<>\n]{1,40})\|>"
    r"|<(/?(?:start_of_turn|end_of_turn|bos|eos|s|think|image|audio|unused\d+))>"
    r"|\[(/?(?:INST|SYSTEM_PROMPT|AVAILABLE_TOOLS|TOOL_CALLS|TOOL_RESULTS|IMG))\]",
    re.IGNORECASE,
)
"""Words that some chat models read as the end of a turn or the start of another."""


def inert(text: str) -> str:
    """The text with our delimiters and the control words of chat models replaced by look-alikes that do nothing."""
    text = _DELIMITERS.sub(lambda run: ("‹" if run.group()[0] == "<" else "›") * len(run.group()), text)
    return _CONTROL_WORDS.sub(lambda match: "‹" + next(filter(None, match.groups())) + "›", text)


def inert_line(text: str) -> str:
    """The same on one line, for titles and headings."""
    return " ".join(inert(text).split())
