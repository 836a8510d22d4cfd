"""How each type of entity looks everywhere: a shape and a colour of its own, so that either alone tells them apart."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass
from hashlib import blake2b

from graph.vocabulary import TYPES
from ingest.schemas import looks
from pages.language import kind
from pages.parts.plain import escaped


@dataclass(frozen=True, slots=True)
class Glyph:
    """Colours for light and dark grounds (at least 3:1 against either), and a path in a box of 24 by 24."""

    light: str
    dark: str
    path: str

    def colour(self, theme: str) -> str:
        """The colour for "light" or "dark"."""
        return self.dark if theme == "dark" else self.light


GLYPHS: dict[str, Glyph] = {
    "Person": Glyph("#a8442f", "#e58a72", "M12 2a10 10 0 1 0 .01 0z"),
    "Place": Glyph("#2f6f9f", "#76b4e0", "M2 3h20L12 22z"),
    "Organisation": Glyph("#6b4f9e", "#b39be0", "M3 3h18v18H3z"),
    "Collection": Glyph("#1f6f5c", "#66c2a8", "M7 3h10l5 9-5 9H7l-5-9z"),
    "Object": Glyph("#96690f", "#dcb35a", "M12 1l11 11-11 11L1 12z"),
    "Material": Glyph("#5c6b2c", "#b0c26e", "M12 2l10 7.5-4 12H6l-4-12z"),
    "Work": Glyph("#9a3f74", "#e094be", "M6 2h12v20l-6-5-6 5z"),
    "Event": Glyph("#b0561a", "#f0a269", "M12 1l3 7.5 8 .5-6.2 5.1L19 22l-7-4.5L5 22l2.2-7.9L1 9l8-.5z"),
    "Date": Glyph("#4a6274", "#9db6c9", "M2 6h20v12H2z"),
    "Concept": Glyph("#3f7d86", "#7fc6cf", "M12 2L23 22H1z"),
    "Thing": Glyph("#6f675a", "#b5ac9d", "M9 2h6v7h7v6h-7v7H9v-7H2V9h7z"),
}
assert set(GLYPHS) == set(TYPES), "every type of the vocabulary has a look"


OWN: tuple[Glyph, ...] = (
    Glyph("#8a3a5e", "#df93b4", "M12 2a10 10 0 1 0 .01 0zM12 7a5 5 0 1 1 -.01 0z"),
    Glyph("#2d6a8a", "#7cbcd9", "M3 3h18v18H3zM8 8v8h8V8z"),
    Glyph("#4f6b1f", "#a9c46a", "M12 1l11 11-11 11L1 12zM12 8l-4 4 4 4 4-4z"),
    Glyph("#8a5416", "#e0aa66", "M6 2l6 6 6-6 4 4-6 6 6 6-4 4-6-6-6 6-4-4 6-6-6-6z"),
    Glyph("#5b4a9a", "#ab9ce6", "M15 2a10 10 0 1 0 0 20 8 8 0 0 1 0-20z"),
    Glyph("#1f6d66", "#68bfb4", "M2 22V2l10 8 10-8v20z"),
)
"""Looks of types that people or models named themselves: always the same one for the same name."""


def known_as(type_: str) -> str:
    """The type of the vocabulary whose look a type has; the type itself where it has one of its own."""
    return type_ if type_ in GLYPHS else looks().get(type_, type_)


def glyph(type_: str) -> Glyph:
    """The look of a type; one that neither the vocabulary nor a ready list has gets one of OWN."""
    return GLYPHS.get(known_as(type_)) or OWN[_own(type_)]


def _own(type_: str) -> int:
    return blake2b(type_.casefold().encode("utf-8", "surrogatepass"), digest_size=2).digest()[0] % len(OWN)


def rank(type_: str) -> int:
    """Where a type stands in lists: as in the vocabulary, those of one's own last."""
    known = known_as(type_)
    return list(GLYPHS).index(known) if known in GLYPHS else len(GLYPHS)


def image(type_: str, theme: str, ring: bool = False) -> str:
    """The glyph as an SVG data address, for the canvas; with a ring around it where it is the one looked at."""
    look = glyph(type_)
    colour, ground = look.colour(theme), "#191714" if theme == "dark" else "#fcfbf8"
    halo = f'<circle cx="24" cy="24" r="22" fill="{ground}" stroke="{colour}" stroke-width="2.5"/>' if ring else ""
    box = "0 0 48 48" if ring else "10 10 28 28"
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="96" height="96" viewBox="{box}">'
        f'{halo}<path transform="translate(12 12)" d="{look.path}" fill="{colour}" stroke="{ground}"/></svg>'
    )
    return "data:image/svg+xml;base64," + b64encode(svg.encode()).decode()


def mark(type_: str) -> str:
    """The glyph as HTML beside a name; its name is read aloud."""
    known = known_as(type_)
    name = known if known in GLYPHS else f"own-{_own(type_)}"
    return f'<i class="wk-glyph wk-{name}" role="img" aria-label="{escaped(kind(type_))}"></i>'


def css() -> str:
    """The rules that give each glyph in HTML its shape and colour."""
    rules = []
    for type_, look in (*GLYPHS.items(), *((f"own-{n}", look) for n, look in enumerate(OWN))):
        svg = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24"><path d="{look.path}"/></svg>'
        address = f"url(data:image/svg+xml;base64,{b64encode(svg.encode()).decode()})"
        colour = f"light-dark({look.light}, {look.dark})"
        rules.append(f".wk-{type_} {{ background: {colour}; mask: {address} center / contain no-repeat; }}")
    return "\n".join(rules)


def legend(types: set[str]) -> str:
    """HTML that names the given types with their glyphs, in the order of the vocabulary."""
    known = sorted(types, key=lambda type_: (rank(type_), type_ not in GLYPHS, type_))
    items = "".join(f"<span>{mark(type_)}{escaped(kind(type_))}</span>" for type_ in known)
    return f'<div class="wk-legend">{items}</div>'
