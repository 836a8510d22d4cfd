"""`python -m llm describe`: one picture, one vision model, a form or free JSON, without a browser."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

import cli
import settings as configuration
from graph.errors import WrongUse
from graph.types import Region
from ingest.files import open_source
from ingest.for_model import Shown, for_model
from ingest.part import part_for_model
from ingest.sources.base import Limits
from llm.catalog import DEFAULT_MODEL, ModelSpec, find_model, models, open_chat
from llm.describe import Description, SeesNothing, describe
from llm.forms import LONGEST_SCHEMA, Schema, read_schema
from llm.language import NAMES

_SCHEMA_MB = 1


class NoRegion(WrongUse):
    en = "“{name}” is no region. Give x,y,w,h in whole pixels of the picture, such as 100,50,400,300."
    de = "„{name}“ ist kein Ausschnitt. Gewünscht ist x,y,w,h in ganzen Pixeln des Bildes, etwa 100,50,400,300."


class NotText(WrongUse):
    en = "“{name}” is not a text file in UTF-8. Save the schema as JSON and name that file."
    de = "„{name}“ ist keine Textdatei in UTF-8. Speichern Sie das Schema als JSON und nennen Sie diese Datei."


def describe_command(given: argparse.Namespace) -> int:
    """Have a model that sees describe one picture, or a page of a PDF, by a form of yours or freely."""
    settings = configuration.read()
    spec = find_model(given.model, settings)
    if not spec.vision:
        raise SeesNothing(model=spec.title, others=", ".join(each.id for each in models() if each.vision))
    schema = _schema(Path(given.schema)) if given.schema else None
    picture = Path(given.image)
    shown = for_model(picture, picture.name, spec.family, Limits.of(settings), given.page)
    if given.region:
        shown = part_for_model(picture, shown, _region(given.region))
    chat = open_chat(spec, settings)
    for change in shown.changes:
        cli.say(change.en)
    found = describe(chat, shown.data, shown.mime_type, schema, given.language, spec)
    for problem in found.problems:
        cli.say(problem.en)
    cli.show(
        given, _data(picture, given.region, shown, found, spec), json.dumps(found.data, ensure_ascii=False, indent=2)
    )
    return cli.DONE


def _region(text: str) -> Region:
    try:
        region = Region.parse(text)
    except ValueError:
        raise NoRegion(name=text) from None
    if min(region.x, region.y) < 0 or min(region.w, region.h) < 1:
        raise NoRegion(name=text)
    return region


def _schema(path: Path) -> Schema:
    with open_source(path, path.name, _SCHEMA_MB) as file:
        content = file.read(LONGEST_SCHEMA * 4)
    try:
        return read_schema(content.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise NotText(name=path.name) from None


def _data(picture: Path, given_region: str | None, shown: Shown, found: Description, spec: ModelSpec) -> dict[str, Any]:
    return {
        "picture": str(picture),
        "page": shown.page,
        "region": given_region,
        "sent": {"mime_type": shown.mime_type, "width": shown.width, "height": shown.height},
        "changes": [each.en for each in shown.changes],
        "model": found.model,
        "prompt": found.prompt,
        "data": found.data,
        "raw": found.raw,
        "problems": [each.en for each in found.problems],
        "tokens": {"in": found.usage.tokens_in, "out": found.usage.tokens_out, "estimated": found.usage.estimated},
        "cost": found.usage.cost if spec.weights is None else 0.0,
        "seconds": round(found.seconds, 3),
    }


def add_describe(commands: Any) -> None:
    """Give the command line its `describe`."""
    told = describe_command.__doc__
    parser: argparse.ArgumentParser = cli.add_json(commands.add_parser("describe", help=told, description=told))
    parser.add_argument("image", metavar="IMAGE", help="a picture (PNG, JPEG, TIFF, WebP, GIF, BMP) or a PDF")
    parser.add_argument("--page", type=cli.whole(1), default=1, metavar="N", help="page of a PDF or TIFF (default 1)")
    parser.add_argument("--region", metavar="X,Y,W,H", help="only this part, in pixels of the upright picture or page")
    told = "your form: a file with a JSON Schema; without one the model chooses the fields"
    parser.add_argument("--schema", metavar="FILE.json", help=told)
    parser.add_argument(
        "--model", metavar="ID", default=DEFAULT_MODEL, help=f"a model that sees (default {DEFAULT_MODEL})"
    )
    parser.add_argument("--language", choices=sorted(NAMES), default="en", help="language of the answer")
    parser.set_defaults(command=describe_command)
