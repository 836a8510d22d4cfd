"""Words from documents on their way to a model: kept inside their block, whatever they imitate."""

from __future__ import annotations

import re

_DELIMITERS = re.compile(r"[<＜﹤]{3,}|[>＞﹥]{3,}")
_UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff\U000e0000-\U000e007f]"
)
"""What people do not see on the page and a model would read all the same; joiners that scripts need stay."""
_CONTROL_WORDS = re.compile(
    r"<\|([^|<>\n]{1,40})\|>"
    r"|<(/?(?:start_of_turn|end_of_turn|bos|eos|s|think|image|audio|unused\d+))>"
    r"|\[(/?(?:INST|SYSTEM_PROMPT|AVAILABLE_TOOLS|TOOL_CALLS|TOOL_RESULTS|IMG))\]",
    re.IGNORECASE,
)
"""Words that some chat models read as the end of a turn or the start of another."""


def inert(text: str) -> str:
    """The text without what people do not see, our delimiters and the control words of chat models replaced by
    look-alikes that do nothing."""
    text = _UNSEEN.sub("", text)
    text = _DELIMITERS.sub(lambda run: ("‹" if run.group()[0] in "<＜﹤" else "›") * len(run.group()), text)
    return _CONTROL_WORDS.sub(lambda match: "‹" + next(filter(None, match.groups())) + "›", text)


def inert_line(text: str) -> str:
    """The same on one line, for titles and headings."""
    return " ".join(inert(text).split())
