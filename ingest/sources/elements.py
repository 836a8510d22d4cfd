"""Elements of XML by their names without namespaces: the strict and the usual form of Office files differ in those."""

from __future__ import annotations

from xml.etree import ElementTree

Element = ElementTree.Element


def local(element: Element) -> str:
    """The name of an element without its namespace."""
    return element.tag.rpartition("}")[2]


def attribute(element: Element, name: str) -> str | None:
    """The value of an attribute by its name without namespace."""
    value = element.get(name)
    if value is not None:
        return value
    return next((value for key, value in element.items() if key.rpartition("}")[2] == name), None)


def child(element: Element | None, *names: str) -> Element | None:
    """The first child of this name, of that one its first child of the next name, and so on."""
    for name in names:
        if element is None:
            return None
        element = next((inner for inner in element if local(inner) == name), None)
    return element


def inside(element: Element | None, *names: str) -> tuple[Element, ...]:
    """The children of the element that `child` finds; none where it finds none."""
    found = child(element, *names)
    return () if found is None else tuple(found)


def number(value: str | None, default: int = 0) -> int:
    """A whole number as files write it, or the default for what is none."""
    try:
        return int(float(value)) if value else default
    except (ValueError, OverflowError):
        return default


def chosen(alternatives: Element) -> Element:
    """The first way in which a program may show something; the others say the same again."""
    first = child(alternatives, "Choice")
    fallback = child(alternatives, "Fallback")
    if first is not None and (len(first) or fallback is None):
        return first
    return alternatives if fallback is None else fallback


def is_on(given: str | None, absent: bool = True) -> bool:
    """Whether a switch of an Office file is on; its mere presence means yes."""
    return absent if given is None else given.casefold() not in {"0", "false", "off", "none"}
