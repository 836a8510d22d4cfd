"""What stands on a page, as the browser knows it: elements by their place, replaced and taken away as runs tell.

Each element comes with the path of its place, the run that drew it and the fragment it belongs to. At the end of a run
all is gone that it did not draw: of a fragment's run, what belonged to that fragment.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState

Path = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Placed:
    """An element on the page: its kind, such as `button`, and what was sent of it."""

    kind: str
    what: Any
    run: str
    fragment: str

    @property
    def id(self) -> str:
        """The id of a widget; empty for what is none."""
        return str(getattr(self.what, "id", ""))

    @property
    def key(self) -> str:
        """The key that the page gave to it; empty where it gave none."""
        key = self.id.split("-", 2)[-1]
        return "" if key == "None" else key

    @property
    def label(self) -> str:
        return str(getattr(self.what, "label", ""))


@dataclass(slots=True)
class Tree:
    """The elements of one page."""

    at: dict[Path, Placed] = field(default_factory=dict)

    def take(self, message: ForwardMsg, run: str) -> Placed | None:
        """Put what a message of a run brings in its place; the element, or None for what only holds others."""
        delta, path = message.delta, tuple(message.metadata.delta_path)
        kind: str
        if delta.WhichOneof("type") == "new_element":
            kind = delta.new_element.WhichOneof("type") or "empty"
            what = getattr(delta.new_element, kind)
        elif delta.WhichOneof("type") == "add_block":
            kind, what = "block", delta.add_block
        else:
            return None
        placed = Placed(kind, what, run, delta.fragment_id)
        self.at[path] = placed
        return placed if kind != "block" else None

    def ended(self, run: str, fragments: Sequence[str]) -> None:
        """Take away what the run that ended did not draw again."""
        gone = [
            path
            for path, placed in self.at.items()
            if placed.run != run and (not fragments or placed.fragment in fragments)
        ]
        for path in gone:
            del self.at[path]

    def all(self, kind: str, key: str = "", label: str = "") -> list[Placed]:
        """Elements of a kind in their order on the page; `label` is a part of the label, `key` the key.

        A `key` that ends with "." or "-" is how keys begin; without one any will do.
        """
        return [
            placed
            for _, placed in sorted(self.at.items())
            if placed.kind == kind
            and label in placed.label
            and (placed.key == key or (key[-1:] in (".", "-", "") and placed.key.startswith(key)))
        ]

    def one(self, kind: str, key: str = "", label: str = "") -> Placed | None:
        """The first of them that can be used."""
        return next((each for each in self.all(kind, key, label) if not getattr(each.what, "disabled", False)), None)

    def ids(self) -> frozenset[str]:
        """The ids of all widgets."""
        return frozenset(placed.id for placed in self.at.values() if placed.kind != "block")

    def troubles(self) -> Iterator[str]:
        """What the page says of something that went wrong: exceptions, and texts marked as errors."""
        for placed in self.at.values():
            if placed.kind == "exception":
                yield f"{placed.what.type}: {placed.what.message}"[:300]
            elif placed.kind == "alert" and placed.what.format == placed.what.ERROR:
                yield placed.what.body[:300]


def told(placed: Placed) -> WidgetState | None:
    """The value that a page has set of a widget, which holds in the browser from now on; None where it set none."""
    what, state = placed.what, WidgetState(id=placed.id)
    if not getattr(what, "set_value", False):
        return None
    if placed.kind in ("text_input", "text_area"):
        state.string_value = what.value
    elif placed.kind == "selectbox":
        state.string_value = what.raw_value
    elif placed.kind == "button_group":
        state.string_array_value.data.extend(what.raw_values)
    elif placed.kind == "checkbox":
        state.bool_value = what.value
    elif placed.kind == "multiselect":
        state.string_array_value.data.extend(what.raw_values)
    else:
        return None
    return state
