"""The services that know authority files: where they are, and what they call our kinds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlsplit

from settings import Settings

OWN: Final = "own"
"""The key of the service whose address people set themselves."""


@dataclass(frozen=True, slots=True)
class Service:
    """A service that speaks the Reconciliation API; `{language}` in its address is that of names and descriptions.

    `kinds` are its ids of types by our kinds; where there are none they are looked for in what it says of itself.
    """

    key: str
    name: str
    address: str
    kinds: Mapping[str, str] = field(default_factory=dict)

    def address_in(self, language: str) -> str:
        """Where it is asked."""
        return self.address.replace("{language}", language)

    @property
    def host(self) -> str:
        """Whom names are sent to, as people may read it."""
        return urlsplit(self.address).netloc.rpartition("@")[2] or self.address[:60]


GND: Final = Service(
    "gnd",
    "GND",
    "https://lobid.org/gnd/reconcile/",
    {
        "Person": "DifferentiatedPerson",
        "Place": "PlaceOrGeographicName",
        "Organisation": "CorporateBody",
        "Work": "Work",
        "Event": "ConferenceOrEvent",
        "Concept": "SubjectHeading",
        "Material": "SubjectHeading",
    },
)
WIKIDATA: Final = Service(
    "wikidata",
    "Wikidata",
    "https://wikidata.reconci.link/{language}/api",
    {
        "Person": "Q5",
        "Place": "Q2221906",
        "Organisation": "Q43229",
        "Collection": "Q2668072",
        "Work": "Q386724",
        "Event": "Q1656682",
        "Concept": "Q151885",
        "Material": "Q214609",
    },
)
_CALLED: Final = {
    "Person": ("person", "persons", "people", "human", "personen"),
    "Place": ("place", "places", "location", "ort", "orte", "geografikum"),
    "Organisation": ("organisation", "organization", "organisations", "organizations", "institution", "körperschaft"),
    "Work": ("work", "works", "werk", "werke"),
    "Event": ("event", "events", "ereignis"),
    "Concept": ("concept", "concepts", "begriff", "schlagwort"),
    "Object": ("object", "objects", "objekt"),
}
"""What services of one's own may call our kinds, in small letters."""


def services(settings: Settings) -> tuple[Service, ...]:
    """The services that can be chosen; one's own last, where its address is set."""
    own = settings.authority_url
    return (GND, WIKIDATA, *((Service(OWN, "", own),) if own else ()))


def service(named: str, settings: Settings) -> Service:
    """The service of a key, or at an address."""
    known = {each.key: each for each in services(settings)}
    return known.get(named) or Service(OWN, "", named)


def kind_of(asked: Service, kind: str, types: Sequence[tuple[str, str]]) -> str:
    """The service's id for a kind of ours, "" where it has none; `types` are what it offers: (id, name) each."""
    if asked.kinds:
        return asked.kinds.get(kind, "")
    called = {*_CALLED.get(kind, ()), kind.casefold(), GND.kinds.get(kind, "").casefold()} - {""}
    return next((id_ for id_, name in types if called & {id_.casefold(), name.casefold()}), "")
