"""What may stand in an archive's graph: each row is checked before anything of it is stored.

An archive comes from anybody. Names of properties, kinds of values, collections and paths are held to what our own
archives have, so that a row can be wrong but never leads out of the cabinet.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from typing import Any, Final

from graph.archived import Part
from graph.connection import Row
from graph.findings import from_json
from graph.rows import to_chunk, to_document, to_entity
from graph.types import Region

_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,63}")
_ID: Final = re.compile(r"[^\x00-\x1f]{1,300}")
SHA256: Final = re.compile(r"[0-9a-f]{64}")
_IMAGE: Final = re.compile(r"([0-9a-f]{2})/(\1[0-9a-f]{62})/pages/\d{1,8}\.jpg")
_LARGEST: Final = 2**63 - 1


def require_row(part: Part, row: object, collections: Collection[str]) -> Row:
    """The row, when it is one of this kind; raises ValueError, KeyError or TypeError otherwise."""
    if not isinstance(row, dict):
        raise ValueError("no object")
    if part.is_edge:
        _require(set(row) == {"a", "b", "r"} and isinstance(row["r"], dict))
        _require(_is_id(row["a"]) and _is_id(row["b"]))
        _require_values(row["r"])
        if row["r"].get("region"):
            Region.parse(row["r"]["region"])
        return row
    _require_values(row)
    _require(_is_id(row["id"]))
    _require((row["id"] if part.label == "Collection" else row["collection"]) in collections)
    if part.label in _MORE:
        _MORE[part.label](row)
    return row


def _is_id(value: object) -> bool:
    return isinstance(value, str) and _ID.fullmatch(value) is not None


def _require_values(row: Mapping[str, Any]) -> None:
    for name, value in row.items():
        _require(isinstance(name, str) and _NAME.fullmatch(name) is not None)
        many = value if isinstance(value, list) else [value]
        _require(all(isinstance(each, str | int | float) for each in many))
        _require(all(abs(each) <= _LARGEST for each in many if isinstance(each, int)))
    _require("embedding" not in row)


def _document(row: Row) -> None:
    document = to_document(row)
    _require(all(each is None or SHA256.fullmatch(each) for each in (document.sha256, document.claims)))


def _chunk(row: Row) -> None:
    chunk = to_chunk(row)
    _require(isinstance(chunk.text, str) and isinstance(chunk.index, int))
    _require(chunk.image_uri is None or _IMAGE.fullmatch(chunk.image_uri))


def _entity(row: Row) -> None:
    entity = to_entity(row)
    _require(isinstance(entity.name, str) and isinstance(entity.type, str))
    _require(all(isinstance(each, str) for each in (*entity.aliases, *entity.same_as)))


def _statement(row: Row) -> None:
    _require(isinstance(row["text"], str) and isinstance(row["predicate"], str))


def _finding(row: Row) -> None:
    finding = from_json(row["content"])
    _require(all(each.image is None or each.image.startswith("https://") for each in finding.evidence))


_MORE: Final[dict[str, Callable[[Row], None]]] = {
    "Document": _document,
    "Chunk": _chunk,
    "__Entity__": _entity,
    "Statement": _statement,
    "Finding": _finding,
}


def _require(fine: object) -> None:
    if not fine:
        raise ValueError("a value that no archive of ours has")
