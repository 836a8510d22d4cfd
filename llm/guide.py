"""Chains and themes as a model gets them beside the sources: what to follow, with the numbers to cite."""

from __future__ import annotations

from collections.abc import Iterator

from graph.ways import Chain, Theme, Way
from llm.untrusted import inert_line

_LONGEST = 300


def guide(way: Way) -> str:
    """A block between delimiters that its own words cannot imitate; empty where only passages were found."""
    told = [line for chain in way.chains for line in _chain(chain)]
    told += [line for theme in way.themes for line in _theme(theme)]
    if not told:
        return ""
    name = "HOW IT IS CONNECTED" if way.chains else "WHAT BELONGS TOGETHER"
    return f"\n\n<<<{name}\n" + "\n".join(told) + f"\n{name}>>>"


def _chain(chain: Chain) -> Iterator[str]:
    yield _line(" - ".join(station.name for station in chain.stations))
    for claims in chain.steps:
        for step in claims:
            yield f"- {_line(step.text)} [{step.n}]"


def _theme(theme: Theme) -> Iterator[str]:
    yield _line(", ".join(name.name for name in theme.names))
    if theme.summary:
        yield f"  {_line(theme.summary)}"
    for step in theme.claims:
        yield f"- {_line(step.text)} [{step.n}]"


def _line(text: str) -> str:
    return inert_line(text)[:_LONGEST]
