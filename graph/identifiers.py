"""Identifiers in authority files: addresses that name the same person, place or thing elsewhere (`sameAs`).

What a service or a person writes is untrusted text: only an http or https address of a plausible form is taken, well
known authority files in the form that they give for citing, so that two ways to write one are one.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote, urlsplit

from graph.errors import WrongUse

LONGEST: Final = 500
_SHOWN: Final = 60
_ADDRESS: Final = re.compile(r"(https?)://([^/?#\s]+)([/?#]\S+)", re.IGNORECASE)
_HOST: Final = re.compile(r"(?=.{1,253}(?::|$))[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*"
                          r"(?::[0-9]{1,5})?")  # fmt: skip
_JOINERS: Final = dict.fromkeys((0x200B, 0x2060))
"""What is not seen and comes along where an address is copied from a page, ours too."""
_KEPT: Final = "/?#[]@!$&'()*+,;=%:~-._"


class NoIdentifier(WrongUse):
    en = "“{text}” names no entry of an authority file. Write its address, such as https://d-nb.info/gnd/118560409."
    de = (
        "„{text}“ nennt keinen Eintrag einer Normdatei. Bitte seine Adresse angeben, "
        "etwa https://d-nb.info/gnd/118560409."
    )


@dataclass(frozen=True, slots=True)
class Authority:
    """An authority file: its name, how addresses of its entries look, the one for citing and the one for reading."""

    name: str
    pattern: re.Pattern[str]
    cited: str
    page: str = ""


def _authority(name: str, pattern: str, cited: str, page: str = "") -> Authority:
    return Authority(name, re.compile(rf"https?://(?:www\.)?{pattern}/?", re.IGNORECASE), cited, page)


AUTHORITIES: Final = (
    _authority("GND", r"(?:d-nb\.info|lobid\.org)/gnd/([0-9]{3,12}(?:-?[0-9X])?)", "https://d-nb.info/gnd/{}"),
    _authority(
        "Wikidata",
        r"wikidata\.org/(?:entity|wiki)/(Q[0-9]{1,12})",
        "http://www.wikidata.org/entity/{}",
        "https://www.wikidata.org/wiki/{}",
    ),
    _authority("VIAF", r"viaf\.org/(?:en/)?viaf/([0-9]{3,24})", "http://viaf.org/viaf/{}", "https://viaf.org/viaf/{}"),
    _authority("GeoNames", r"(?:sws\.)?geonames\.org/([0-9]{1,10})", "https://sws.geonames.org/{}/"),
    _authority("ISNI", r"isni\.org/(?:isni/)?([0-9]{15}[0-9X])", "https://isni.org/isni/{}"),
    _authority("ULAN", r"vocab\.getty\.edu/(?:page/)?ulan/([0-9]{3,12})", "http://vocab.getty.edu/ulan/{}"),
    _authority("TGN", r"vocab\.getty\.edu/(?:page/)?tgn/([0-9]{3,12})", "http://vocab.getty.edu/tgn/{}"),
    _authority("AAT", r"vocab\.getty\.edu/(?:page/)?aat/([0-9]{3,12})", "http://vocab.getty.edu/aat/{}"),
)
"""In the order in which they are shown."""


def identifier(text: str) -> str:
    """The address of an entry as it is stored; raises NoIdentifier for what is no plausible one."""
    address = checked(text)
    known = _known(address)
    return known[0].cited.format(known[1]) if known else address


def of_file(text: str, name: str) -> str:
    """The address of the entry with this bare number in the authority file of that name; other text as it is."""
    number = text.translate(_JOINERS).strip()
    for each in AUTHORITIES:
        address = each.cited.format(number)
        if each.name == name and each.pattern.fullmatch(address):
            return address
    return text


def checked(text: str) -> str:
    """An address that can be an entry's, as it is; raises NoIdentifier."""
    given = unicodedata.normalize("NFC", text.translate(_JOINERS).strip())
    found = _ADDRESS.fullmatch(given)
    host = found.group(2).lower() if found else ""
    if found is None or len(given) > LONGEST or not given.isprintable() or not _HOST.fullmatch(host):
        raise NoIdentifier(text=_line(text))
    address = f"{found.group(1).lower()}://{host}{quote(found.group(3), safe=_KEPT)}"
    if len(address) > LONGEST or not urlsplit(address).path.strip("/") + urlsplit(address).query:
        raise NoIdentifier(text=_line(text))
    return address


def named(uri: str) -> str:
    """An identifier in few words: "GND 118560409", or where it is and what it ends in; plain text."""
    known = _known(uri)
    if known:
        return f"{known[0].name} {known[1]}"
    parts = urlsplit(uri)
    last = next((part for part in reversed(f"{parts.path}/{parts.query}/{parts.fragment}".split("/")) if part), "")
    return _line(f"{parts.netloc} {last}")


def page_of(uri: str) -> str:
    """The address where people read about it."""
    known = _known(uri)
    return known[0].page.format(known[1]) if known and known[0].page else uri


def authority(uri: str) -> str:
    """The authority file that an identifier is of: its name, or the host of one that is not known here."""
    known = _known(uri)
    return known[0].name if known else urlsplit(uri).netloc


def differing(a: Iterable[str], b: Iterable[str]) -> list[tuple[str, str]]:
    """Identifiers of two that cannot both be right if the two are one: another entry of the same authority file."""
    first, second = _by_authority(a), _by_authority(b)
    shared = sorted(first.keys() & second.keys())
    return [(min(first[name]), min(second[name])) for name in shared if not first[name] & second[name]]


def _by_authority(uris: Iterable[str]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for uri in uris:
        found.setdefault(authority(uri), set()).add(uri)
    return found


def in_order(uris: Iterable[str]) -> list[str]:
    """Identifiers as they are shown: well known authority files first."""
    ranks = {each.name: rank for rank, each in enumerate(AUTHORITIES)}
    return sorted(set(uris), key=lambda uri: (ranks.get(authority(uri), len(ranks)), uri))


def _known(uri: str) -> tuple[Authority, str] | None:
    for each in AUTHORITIES:
        if found := each.pattern.fullmatch(uri):
            return each, found.group(1).upper()
    return None


def _line(text: str) -> str:
    line = " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())
    return line if len(line) <= _SHOWN else line[: _SHOWN - 1] + "…"
