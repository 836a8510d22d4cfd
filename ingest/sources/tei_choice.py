"""What a TEI file says in two ways at one place: its events are kept until all readings are there, then one is told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ingest.sources.xml_events import Handler

_PREFERRED = ("reg", "corr", "expan", "lem")
_ATTRIBUTES = {"orig": "reg", "sic": "corr", "abbr": "expan"}
"""How P4 wrote the same without `choice`: the other reading stands in an attribute."""


@dataclass(frozen=True, slots=True)
class _Event:
    """A start (with attributes), an end (with a name only), or text (without a name)."""

    tag: str = ""
    attributes: Mapping[str, str] | None = None
    data: str = ""


@dataclass(slots=True)
class _Reading:
    tag: str
    events: list[_Event] = field(default_factory=list)


class Choice:
    """One `choice` or `app` while it is read."""

    def __init__(self) -> None:
        self._depth = 0
        self._readings: list[_Reading] = []

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        if not self._depth:
            self._readings.append(_Reading(tag.lower()))
        self._depth += 1
        self._keep(_Event(tag, attributes))

    def end(self, tag: str) -> bool:
        """Close an element; True when it was the choice itself."""
        if not self._depth:
            return True
        self._keep(_Event(tag))
        self._depth -= 1
        return False

    def text(self, data: str) -> None:
        if self._depth:
            self._keep(_Event(data=data))

    def tell(self, handler: Handler) -> None:
        """Tell the reading that counts, and nothing of the others."""
        chosen = self._chosen()
        for event in chosen.events if chosen else ():
            if event.attributes is not None:
                handler.start(event.tag, event.attributes)
            elif event.tag:
                handler.end(event.tag)
            else:
                handler.text(event.data)

    def _keep(self, event: _Event) -> None:
        self._readings[-1].events.append(event)

    def _chosen(self) -> _Reading | None:
        for tag in _PREFERRED:
            for reading in self._readings:
                if reading.tag == tag:
                    return reading
        return next(iter(self._readings), None)


def instead(tag: str, attributes: Mapping[str, str]) -> str | None:
    """The reading in an attribute that is told instead of an element's own words; None where there is none."""
    return attributes.get(_ATTRIBUTES[tag]) if tag in _ATTRIBUTES else None
