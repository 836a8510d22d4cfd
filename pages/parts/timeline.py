"""What on the canvas has a date, in its order: a day as a point, a stretch of time as a bar, doubt as a soft edge."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import streamlit as st

from graph.types import Subgraph
from graph.when import When
from ingest.dates import read_when
from pages.language import count, relation, say
from pages.parts import going
from pages.parts.cabinet import Cabinet
from pages.parts.canvas import CO_OCCURS
from pages.parts.dated import said as said_date
from pages.parts.glyphs import known_as, mark
from pages.parts.plain import escaped, shortened

MOST = 200
_STEPS = (1, 2, 5, 10, 20, 25, 50, 100, 200, 500, 1000)
_TICKS = 5


@dataclass(frozen=True, slots=True)
class Dated:
    """A claim with a date: what is said, of what kind its subject is, and who it joins."""

    when: When
    text: str
    kind: str
    ends: tuple[str, str]
    claim: str = ""


@dataclass(frozen=True, slots=True)
class Bar:
    """A stretch of time as shares of the axis; which sides are open, and whether the date is about or doubtful."""

    left: float
    width: float
    open_left: bool
    open_right: bool
    doubt: bool


@dataclass(frozen=True, slots=True)
class Axis:
    """Years from the left edge to the right one, and the years that are written."""

    begin: float
    end: float
    ticks: tuple[int, ...]


def show(cabinet: Cabinet, graph: Subgraph, on_go: Callable[..., None]) -> None:
    """The timeline, or that nothing on the canvas has a date; `on_go` is told which claim is to be looked at."""
    ids = [edge.statement for edge in graph.edges if edge.statement]
    found = dated(graph, cabinet.store.surroundings.dates(ids))
    known = {each.claim for each in found}
    undated = len({edge.statement for edge in graph.edges if edge.label != CO_OCCURS} - known - {None})
    if not found:
        st.html(f'<p class="wk-lead">{escaped(say("timeline.none"))}</p>')
        return
    shown = found[:MOST]
    line = axis(shown)
    rows = "".join(_row(each, bar(each.when, line)) for each in shown)
    ticks = "".join(f'<span style="left:{100 * _share(year, line):.2f}%">{_year(year)}</span>' for year in line.ticks)
    years = f'<div class="wk-axis" aria-hidden="true"><div>{ticks}</div></div>'
    st.html(f'<div class="wk-timeline">{years}<ol>{rows}</ol></div>')
    going.listen("wk-timeline", on_go)
    said = [say("timeline.hint")]
    said += [count("timeline.more", len(found) - MOST)] if len(found) > MOST else []
    said += [count("timeline.undated", undated)] if undated else []
    st.caption(" ".join(said))


def dated(graph: Subgraph, dates: Mapping[str, Sequence[When]]) -> list[Dated]:
    """The claims with a date, the earliest first: what sources say, and claims whose object is a date."""
    nodes = {node.id: node for node in graph.nodes}
    found: dict[tuple[str, str, str, str], Dated] = {}
    for edge in graph.edges:
        if edge.label == CO_OCCURS or edge.source not in nodes or edge.target not in nodes:
            continue
        a, b = nodes[edge.source], nodes[edge.target]
        own = read_when(b.label) if known_as(b.type) == "Date" else None
        text = f"{a.label} · {relation(edge.label)}" if edge.label else a.label
        if own is None or (own.earliest is None and own.latest is None):
            text += f" · {b.label}"
            own = None
        for when in [own] if own else dates.get(edge.statement or "", ()):
            each = Dated(when, text, a.type, (a.id, b.id), edge.statement or "")
            found.setdefault((a.id, edge.label, b.id, when.edtf or when.words), each)
    return sorted(found.values(), key=lambda each: (_first(each.when), _last(each.when), each.text))


def axis(dated_: Sequence[Dated]) -> Axis:
    """Years around all dates, with at most `_TICKS` round ones written."""
    begin = min(_years(_first(each.when)) for each in dated_)
    end = max(_years(_last(each.when)) + 1 / 365 for each in dated_)
    room = max(1.0, (end - begin) * 0.04)
    begin, end = begin - room, end + room
    step = next((step for step in _STEPS if (end - begin) / step <= _TICKS), 2000)
    first = int(-(-begin // step)) * step
    return Axis(begin, end, tuple(range(first, int(end) + 1, step)))


def bar(when: When, axis_: Axis) -> Bar:
    """Where a date stands on the axis; a side that is not known reaches to its edge."""
    left = 0.0 if when.earliest is None else _share(_years(when.earliest), axis_)
    right = 1.0 if when.latest is None else _share(_years(when.latest) + 1 / 365, axis_)
    doubt = any(sign in when.edtf for sign in "?~%X")
    return Bar(left, max(right - left, 0.0), when.earliest is None, when.latest is None, doubt)


def _row(dated_: Dated, bar_: Bar) -> str:
    kinds = [("wk-open-left", bar_.open_left), ("wk-open-right", bar_.open_right), ("wk-doubt-date", bar_.doubt)]
    names = " ".join(["wk-range", *(name for name, on in kinds if on)])
    a, b = dated_.ends
    address = going.address({"entity": a, "with": b})
    said = f"{mark(dated_.kind)}{escaped(shortened(dated_.text, 110))}"
    return (
        f'<li><span class="wk-date">{escaped(shortened(said_date(dated_.when), 32))}</span>'
        f'<span class="wk-lane" aria-hidden="true"><i class="{names}" '
        f'style="left:{100 * bar_.left:.2f}%;width:{100 * bar_.width:.2f}%"></i></span>'
        f'<a href="{escaped(address)}" target="_self">{said}</a></li>'
    )


def _first(when: When) -> int:
    return when.earliest if when.earliest is not None else (when.latest or 0)


def _last(when: When) -> int:
    return when.latest if when.latest is not None else (when.earliest or 0)


def _years(day: int) -> float:
    """A day of `graph.when` as years with decimals."""
    year, rest = divmod(day, 10000)
    return year + (rest // 100 - 1) / 12 + (rest % 100 - 1) / 365


def _share(years: float, axis_: Axis) -> float:
    return min(1.0, max(0.0, (years - axis_.begin) / (axis_.end - axis_.begin)))


def _year(year: int) -> str:
    """A year as people write it; astronomers' 0 is 1 BC."""
    return str(year) if year > 0 else say("timeline.bc", n=str(1 - year))
