"""The ready schemas: kinds and relations for history, art, science and business, named in English, said in German too.

One JSON file each: `{"title", "about", "types": [{"name", "like", "en", "de"}], "predicates": [{"name", "en", "de"}]}`.
`like` is the type of the graph's own vocabulary whose look it has; what is named there needs no words here.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from graph.errors import Language
from ingest.claim_schema import FREE, ExtractionSchema, SchemaUnusable, from_data

PRESETS: Final = ("history", "art", "science", "business")
_FOLDER: Final = Path(__file__).parent
_LARGEST_FILE: Final = 100_000


@dataclass(frozen=True, slots=True)
class Preset:
    """A ready schema with its words in English and German, and what its types look like."""

    schema: ExtractionSchema
    title: dict[Language, str]
    about: dict[Language, str]
    like: dict[str, str]
    words: dict[Language, dict[str, str]]
    """Types and predicates that the graph's own vocabulary does not have, as they are said."""


@cache
def preset(name: str) -> Preset:
    """One of PRESETS; raises KeyError for another name."""
    if name not in PRESETS:
        raise KeyError(name)
    data = json.loads((_FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    rows = [*data["types"], *data["predicates"]]
    return Preset(
        ExtractionSchema(
            tuple(row["name"] for row in data["types"]), tuple(row["name"] for row in data["predicates"]), True, name
        ),
        data["title"],
        data["about"],
        {row["name"]: row["like"] for row in data["types"] if "like" in row},
        {language: {row["name"]: row[language] for row in rows if language in row} for language in ("en", "de")},
    )


@cache
def words(language: Language) -> dict[str, str]:
    """How the types and predicates of all ready schemas are said, as far as the vocabulary does not have them."""
    return {name: said for each in PRESETS for name, said in preset(each).words[language].items()}


@cache
def looks() -> dict[str, str]:
    """The type of the vocabulary that each further type of the ready schemas looks like."""
    return {name: like for each in PRESETS for name, like in preset(each).like.items()}


def named_schema(name: str, strict: bool = False) -> ExtractionSchema:
    """The schema of a name, `free` or one of PRESETS, or of a JSON file; `strict`: only its words are taken.

    Raises SchemaUnusable for a name that is neither, and for a file that does not hold a schema.
    """
    if name == FREE:
        schema = ExtractionSchema()
    elif name in PRESETS:
        schema = preset(name).schema
    else:
        schema = _from_file(Path(name))
    return ExtractionSchema(schema.types, schema.predicates, False, schema.name) if strict else schema


def _from_file(path: Path) -> ExtractionSchema:
    names = ", ".join((FREE, *PRESETS))
    try:
        if path.stat().st_size > _LARGEST_FILE:
            raise SchemaUnusable(what=f"{path.name} is too large.", was=f"{path.name} ist zu groß.")
        data = json.loads(path.read_text(encoding="utf-8-sig"))
    except OSError:
        raise SchemaUnusable(
            what=f"“{str(path)[:80]}” is neither one of {names} nor a file that can be read.",
            was=f"„{str(path)[:80]}“ ist weder eines von {names} noch eine lesbare Datei.",
        ) from None
    except (ValueError, RecursionError):
        raise SchemaUnusable(what=f"{path.name} is not JSON.", was=f"{path.name} ist kein JSON.") from None
    if not isinstance(data, dict):
        raise SchemaUnusable(what=f"{path.name} holds no JSON object.", was=f"{path.name} enthält kein JSON-Objekt.")
    return from_data(data, path.stem)
