"""Claims made by people, as JSON Lines that anyone may write: documents, entities and statements, one a line.

{"type": "document", "file": "texts/worm.md", "title": "...", "language": "en", "rights": "...", "attribution": "..."}
{"type": "entity", "name": "Ole Worm", "entity_type": "Person", "aliases": ["Olaus Wormius"], "description": "..."}
{"type": "statement", "subject": "Ole Worm", "subject_type": "Person", "predicate": "BORN_IN", "object": "Aarhus",
 "object_type": "Place", "text": "Ole Worm was born in Aarhus.", "document": "texts/worm.md", "quote": "verbatim words",
 "page": 1, "date": "13 May 1588", "place": "Jutland", "confidence": 1.0, "made_by": "hand"}

Subject and object may also be objects {"name", "type", "aliases"}. `date` is in words or EDTF. `document` names a file
relative to this one. A bad line costs that line: it is listed in `refused` with its number and the reason.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AliasChoices, BaseModel, ConfigDict, Field, TypeAdapter, ValidationError, field_validator

from graph.types import normalise
from ingest.dates import LONGEST as LONGEST_DATE
from ingest.errors import StatementsUnreadable
from ingest.sources.base import Block as _Block
from ingest.sources.base import BlockKind, Limits, PageText, ReadDocument, cover

MEDIA_TYPE = "application/jsonl"
_NAME = Field(min_length=1, max_length=300)


@dataclass(frozen=True, slots=True)
class AboutDocument:
    """A document that the claims are about, named relative to the statement file."""

    file: str
    title: str | None = None
    language: str | None = None
    rights: str | None = None
    attribution: str | None = None


@dataclass(frozen=True, slots=True)
class EntityLine:
    """An entity as it is written down."""

    name: str
    type: str = "Thing"
    aliases: tuple[str, ...] = ()
    description: str = ""


@dataclass(frozen=True, slots=True)
class StatementLine:
    """A claim as it is written down, with the words it rests on."""

    subject: EntityLine
    predicate: str
    object: EntityLine
    text: str
    document: str
    quote: str | None = None
    page: int | None = None
    confidence: float = 1.0
    made_by: str = "hand"
    date: str = ""
    place: str = ""


@dataclass(frozen=True, slots=True)
class StatementFile:
    """A statement file as it was read."""

    documents: tuple[AboutDocument, ...] = ()
    entities: tuple[EntityLine, ...] = ()
    statements: tuple[StatementLine, ...] = ()
    refused: tuple[str, ...] = ()

    def statements_of(self, uri: str) -> list[StatementLine]:
        """The statements about the document that came from this address: its path ends with the name they give."""
        path = Path(uri).parts
        return [s for s in self.statements if _ends_with(path, s.document)]


def _ends_with(path: tuple[str, ...], name: str) -> bool:
    wanted = Path(name).parts
    # Uploads arrive without their folders: then the file's own name decides.
    return path[-len(wanted) :] == wanted or path[-1:] == wanted[-1:]


class _Line(BaseModel):
    model_config = ConfigDict(extra="ignore", str_strip_whitespace=True)


class _Entity(_Line):
    name: Annotated[str, _NAME]
    type: str = Field("Thing", validation_alias=AliasChoices("entity_type", "type"), max_length=60)
    aliases: tuple[Annotated[str, _NAME], ...] = ()
    description: str = ""

    @field_validator("name")
    @classmethod
    def _is_a_name(cls, name: str) -> str:
        if not normalise(name):
            raise ValueError("the name is empty")
        return " ".join(name.split())

    def line(self) -> EntityLine:
        return EntityLine(self.name, self.type or "Thing", self.aliases, self.description)


class _EntityRow(_Entity):
    """A line of kind entity: `type` is the line's kind there, so only `entity_type` is the entity's."""

    type: str = Field("Thing", validation_alias="entity_type", max_length=60)


class _DocumentRow(_Line):
    file: Annotated[str, Field(min_length=1)]
    title: str | None = None
    language: str | None = None
    rights: str | None = None
    attribution: str | None = None


class _StatementRow(_Line):
    subject: _Entity
    predicate: Annotated[str, Field(min_length=1, max_length=120)]
    object: _Entity
    text: str = ""
    document: Annotated[str, Field(min_length=1)]
    quote: str | None = None
    page: Annotated[int, Field(ge=1)] | None = None
    confidence: Annotated[float, Field(ge=0, le=1)] = 1.0
    made_by: str = "hand"
    date: Annotated[str, Field(max_length=LONGEST_DATE)] = ""
    place: Annotated[str, Field(max_length=300)] = ""


class _Kind(_Line):
    type: Literal["document", "entity", "statement"]


_ROW: TypeAdapter[dict[str, Any]] = TypeAdapter(dict[str, Any])


def read_statements(path: Path) -> StatementFile:
    """Read a statement file; raises StatementsUnreadable when it is no UTF-8 text or no line of it can be used."""
    try:
        return parse(path.read_text(encoding="utf-8-sig").splitlines())
    except UnicodeDecodeError as error:
        raise StatementsUnreadable(name=path.name, detail=f"not UTF-8 (byte {error.start})") from error


def parse(lines: Iterable[str]) -> StatementFile:
    """Parse lines; what cannot be used is listed in `refused` with its line number."""
    documents: list[AboutDocument] = []
    entities: list[EntityLine] = []
    statements: list[StatementLine] = []
    refused: list[str] = []
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            row = _ROW.validate_json(line)
            kind = _Kind.model_validate(row).type
            if kind == "document":
                d = _DocumentRow.model_validate(row)
                documents.append(AboutDocument(d.file, d.title, d.language, d.rights, d.attribution))
            elif kind == "entity":
                entities.append(_EntityRow.model_validate(row).line())
            else:
                statements.append(_statement(row))
        except ValidationError as error:
            refused.append(f"line {number}: {_reason(error)}")
    named = {d.file for d in documents}
    documents += [AboutDocument(name) for name in dict.fromkeys(s.document for s in statements) if name not in named]
    return StatementFile(tuple(documents), tuple(entities), tuple(statements), tuple(refused))


def _statement(row: dict[str, Any]) -> StatementLine:
    for end in ("subject", "object"):
        if isinstance(row.get(end), str):
            row = row | {end: {"name": row[end], "type": row.get(f"{end}_type") or "Thing"}}
    s = _StatementRow.model_validate(row)
    text = s.text or f"{s.subject.name} {s.predicate.replace('_', ' ').lower()} {s.object.name}."
    return StatementLine(
        s.subject.line(), s.predicate, s.object.line(), text, s.document, s.quote, s.page, s.confidence, s.made_by,
        s.date, s.place,
    )  # fmt: skip


def _reason(error: ValidationError) -> str:
    first = error.errors()[0]
    where = ".".join(str(part) for part in first["loc"])
    return f"{where}: {first['msg']}" if where else str(first["msg"])


def read(path: Path, name: str, limits: Limits) -> ReadDocument:
    """The file itself as a document of text, for one whose documents cannot be found."""
    text = path.read_text(encoding="utf-8-sig", errors="replace")
    return ReadDocument(
        title=name,
        media_type=MEDIA_TYPE,
        text=text,
        pages=(PageText(1, 0, len(text)),),
        blocks=cover(text, (_Block(0, len(text.rstrip()), 1, BlockKind.CODE),) if text.strip() else ()),
    )
