"""The words the graph knows by itself: types of entities and predicates with a relationship type of their own.

Every relationship type costs a database file, and free extraction invents thousands of predicates. So a predicate
named here becomes a relationship type, any other is a `RELATED_TO` with the predicate as property. Only names from
this table, or checked by `is_identifier`, are ever spliced into Cypher.
"""

from __future__ import annotations

import re

TYPES: tuple[str, ...] = (
    "Person",
    "Place",
    "Organisation",
    "Collection",
    "Object",
    "Material",
    "Work",
    "Event",
    "Date",
    "Concept",
    "Thing",
)

# fmt: off
PREDICATES: tuple[str, ...] = (
    "ACQUIRED", "BORN_IN", "BORN_ON", "CHILD_OF", "COLLECTED", "COMMISSIONED", "CORRESPONDED_WITH", "CREATED",
    "DATED", "DEDICATED_TO", "DEPICTS", "DESCRIBES", "DESTROYED_IN", "DIED_IN", "DIED_ON", "DISPLAYED_IN",
    "EMPLOYED", "FOUNDED", "FOUNDED_IN", "GAVE_TO", "HAS_PART", "INFLUENCED", "INSTANCE_OF", "INVENTED", "LIVED_IN",
    "LOCATED_IN", "MADE_BY", "MADE_OF", "MARRIED", "MEMBER_OF", "MET", "MOVED_TO", "NAMED_AFTER", "OPENED_IN",
    "OWNED_BY", "PART_OF", "PUBLISHED_IN", "RULED", "SERVED", "SIBLING_OF", "STUDIED_IN", "SUCCEEDED", "TAUGHT",
    "TAUGHT_AT", "TRAVELLED_TO", "VISITED", "WORKED_IN", "WROTE",
)

PRESET_PREDICATES: tuple[str, ...] = (
    "ACQUIRED_FROM", "AFFECTS", "ALLIED_WITH", "ATTRIBUTED_TO", "AWARDED", "BASED_ON", "BURIED_IN", "CAUSED",
    "CAUSES", "CITES", "CLOSED_ON", "COLLABORATED_WITH", "COMMISSIONED_BY", "COMPETES_WITH", "CONQUERED",
    "COPY_OF", "CORRELATES_WITH", "CUSTOMER_OF", "DAMAGED_IN", "DESCRIBED_IN", "DESIGNED_BY", "DISCOVERED",
    "EXHIBITED_AT", "FINED_BY", "FOUGHT_AGAINST", "FOUNDED_ON", "FOUND_IN", "FUNDED_BY", "HAS_EMPLOYEES",
    "HAS_REVENUE", "HAS_ROLE", "HAS_STYLE", "HAS_VALUE", "HEADQUARTERED_IN", "HELD_OFFICE", "INHERITED_FROM",
    "INSCRIBED_WITH", "INVESTED_IN", "IN_COLLECTION", "LICENSED_TO", "MADE_FOR", "MADE_IN", "MANAGES",
    "MEASURED", "MENTIONS", "MERGED_WITH", "OBSERVED", "OPENED_ON", "OPERATES_IN", "OWES", "OWNS", "PAID",
    "PARTNER_OF", "PREVENTS", "PRODUCES", "PROPOSED", "PROVED", "PUBLISHED", "REFUTED", "REGULATED_BY",
    "RESTORED_BY", "SELLS", "SIGNED", "SOLD_TO", "STOLEN_FROM", "STUDENT_OF", "STUDIED", "SUBSIDIARY_OF",
    "SUED", "SUPPLIES", "TOOK_PART_IN", "TOOK_PLACE_IN", "TOOK_PLACE_ON", "TREATS", "USES", "USES_TECHNIQUE",
    "WORKED_AT", "WORKS_FOR",
)
# fmt: on
"""What the ready schemas of `ingest.schemas` name besides; each has a relationship type of its own too."""

RELATED_TO = "RELATED_TO"
_IDENTIFIER = re.compile(r"[A-Z][A-Z0-9_]{0,63}")
_OWN = frozenset((*PREDICATES, *PRESET_PREDICATES))


def is_identifier(name: str) -> bool:
    """Whether a name is safe as a relationship type: capital ASCII letters, digits and underscores."""
    return _IDENTIFIER.fullmatch(name) is not None


def predicate_key(predicate: str) -> str:
    """A predicate as UPPER_SNAKE where that loses nothing: "born in" and "BORN_IN" are the same."""
    return "_".join(predicate.split()).upper()


def relationship_type(predicate: str) -> str:
    """The relationship type of the readable edge for a predicate: its own where the vocabulary has it."""
    key = predicate_key(predicate)
    return key if key in _OWN else RELATED_TO
