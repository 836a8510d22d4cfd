"""Which role each action of a store needs, and which of its arguments name things of a collection.

Whatever stands in no line here is refused: a new action is nobody's until somebody decides whose it is. Tests go
through all actions of `Store` and find each in exactly one line, and each argument that could be an id understood.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from graph.roles import Role

ENTITY: Final = "__Entity__"
DECISIONS: Final = ("Correction", "Merge", "Suggestion")
"""What the history lists, and what can be taken back by its id."""

_ACTIONS: Final[Mapping[Role | None, Mapping[str, str]]] = {
    Role.READER: {
        "documents": "all_chunks by_ids chunks chunks_of_page count coverage every find get listed open_chunks "
        "problems refused searched titled",
        "looked": "waiting",
        "embeddings": "meta",
        "removal": "preview",
        "schemas": "by_ids default get",
        "queue": "job jobs left left_off open_jobs progress with_model",
        "origins": "at below latest_upload of",
        "versions": "replaced_by",
        "watches": "listed",
        "search": "chunks chunks_by_meaning chunks_by_words chunks_near claims_near complete entities "
        "entities_by_words sources statements_by_meaning statements_by_words statements_near texts triples "
        "without_vector",
        "explore": "claims_of_chunks entities_of_chunks entity entries mentions_of most_connected of_kind "
        "statements_of",
        "surroundings": "among beginnings between claims counts dates depictions nodes of only sourced texts",
        "ranking": "graph",
        "tallies": "counts documents state words",
        "claimed": "allowed_documents fitting_chunks fitting_claims graph kinds languages passages_of predicates",
        "reader": "check rows",
        "resolution": "apart company current find like merged_into merges preview suggestions suggestions_of "
        "survivor weights",
        "corrections": "find history",
        "exports": "take write",
        "annotated": "pages_of stating",
        "findings": "count find get listed quoting standing state",
        "outbox": "anything find get listed rules states",
        "drafts": "drawn of",
        "allowances": "left of used",
    },
    Role.EDITOR: {
        "documents": "advance fail_chunk fail_open put put_chunks reopen_failed update with_content",
        "described": "put",
        "looked": "end fail fail_waiting put reopen_failed",
        "embeddings": "use_model",
        "schemas": "put use",
        "queue": "arrived cancel finish pause put_job reopen resume set_limits take_up",
        "origins": "forget mark move put",
        "versions": "drop put",
        "resolution": "dismiss merge reopen reopen_pair undo",
        "corrections": "add add_alias identify remove_alias rename retract retype split undo unidentify",
        "annotated": "put",
        "findings": "edit put remove",
        "outbox": "again cancel drop_rule forget put put_rule",
    },
    Role.OWNER: {
        "removal": "remove",
        "members": "drop of put",
        "cabinets": "check_removal held remove rename",
        "allowances": "allow allowed",
        "journal": "every listed",
    },
    Role.HOST: {
        "embeddings": "ask_indexes resume start_anew stop",
        "cabinets": "make",
        "watches": "put stop",
    },
    # The worker, the senders and the command line alone, which have the store itself.
    None: {
        "documents": "put_collection",
        "claims": "put",
        "embeddings": "chunks_left put_chunks put_statements statements_left",
        "queue": "lease release renew",
        "versions": "carry_added carry_claims carry_vectors unsettled",
        "watches": "looked",
        "spending": "bury_dead settle",
        "search": "sourced",
        "resolution": "resolved suggest unresolved",
        "archived": "begin counts finish half_opened put put_readable rows stamps use_model vectors wipe",
        "quiet": "kept wait",
        "outbox": "accepted delay failed imported last_attempts later looked next_at recover refused take unknown",
        "cabinets": "find listed",
        "members": "first_host roles",
        "allowances": "count",
        "journal": "put",
    },
}
PERMITS: Final[Mapping[str, Role | None]] = {
    f"{part}.{action}": role
    for role, parts in _ACTIONS.items()
    for part, actions in parts.items()
    for action in actions.split()
}
"""The role that each action needs, by "part.action"; None: nobody's who comes through a page."""
PARTS: Final = tuple(dict.fromkeys(part for parts in _ACTIONS.values() for part in parts))

_USUAL: Final[Mapping[str, tuple[str, ...]]] = {
    **dict.fromkeys(("document_id", "document_ids", "documents", "document", "held", "replaced"), ("Document",)),
    **dict.fromkeys(("chunk_id", "chunk_ids", "chunks"), ("Chunk",)),
    **dict.fromkeys(("entity_id", "entity_ids", "kept", "absorbed", "a", "b", "entity"), (ENTITY,)),
    **dict.fromkeys(("statement_id", "statement_ids"), ("Statement",)),
    **dict.fromkeys(("job_id", "job"), ("Job",)),
    "merge_id": ("Merge",),
    "pair_id": ("Suggestion",),
    "correction_id": DECISIONS,
    "watch_id": ("Watch",),
    "rule_id": ("Rule",),
    "delivery_id": ("Delivery",),
    **dict.fromkeys(("finding_id", "finding"), ("Finding",)),
}
_OF_ONE: Final[Mapping[str, Mapping[str, tuple[str, ...]]]] = {
    "documents.by_ids": {"ids": ("Document",)},
    "search.chunks": {"ids": ("Chunk",)},
    "search.texts": {"ids": ("Chunk",)},
    "search.without_vector": {"ids": ("Chunk",)},
    "search.entities": {"ids": (ENTITY,)},
    "search.triples": {"ids": ("Statement",)},
    "claimed.fitting_chunks": {"ids": ("Chunk",)},
    "claimed.fitting_claims": {"ids": ("Statement",)},
    "annotated.stating": {"claims": ("Statement",)},
    "corrections.split": {"claims": ("Statement",)},
    "versions.drop": {"new": ("Document",), "old": ("Document",)},
}
INSIDE: Final[Mapping[str, Mapping[str, tuple[str, ...]]]] = {
    "Selection": {
        "entities": (ENTITY,),
        "claims": ("Statement",),
        "passages": ("Chunk",),
        "documents": ("Document",),
    },
    "NewClaim": {"subject": (ENTITY,), "object": (ENTITY,), "document": ("Document",)},
    "Filters": {"documents": ("Document",)},
}
"""Fields that hold ids, of what is handed over as a whole."""

CONTENTS: Final[Mapping[str, tuple[tuple[str, str, tuple[str, ...]], ...]]] = {
    "Subgraph": (("nodes", "id", (ENTITY,)), ("edges", "statement", ("Statement",))),
    "Retrieved": (
        ("evidence", "chunk.id", ("Chunk",)),
        ("subgraph.nodes", "id", (ENTITY,)),
        ("subgraph.edges", "statement", ("Statement",)),
    ),
    "Finding": (("nodes", "id", (ENTITY,)), ("claims", "id", ("Statement",)), ("evidence", "chunk", ("Chunk",))),
}
"""Fields with parts that have ids, of what is handed over as a whole and refused as a whole."""


def labels(key: str, argument: str) -> tuple[str, ...]:
    """What an argument of an action names: labels of nodes; none where it is no id."""
    return _OF_ONE.get(key, {}).get(argument) or _USUAL.get(argument, ())
