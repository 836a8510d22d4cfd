"""Which kinds and relations a model may use, on the command line: `--schema NAME|FILE.json` and `--strict`."""

from __future__ import annotations

import argparse

from graph.errors import WrongUse
from ingest.claim_schema import FREE, ExtractionSchema
from ingest.extractors import QUICK
from ingest.schemas import PRESETS, named_schema


class NothingToHold(WrongUse):
    en = "--schema and --strict say what a model may answer; the quick way asks none. Add --extractor statements."
    de = "--schema und --strict gelten für Modelle; quick fragt keines. Bitte --extractor statements angeben."


def add_schema(parser: argparse.ArgumentParser) -> None:
    """The two options."""
    names = f"{FREE}, {', '.join(PRESETS)}"
    parser.add_argument(
        "--schema", metavar="NAME|FILE.json", help=f"which kinds and relations are looked for: {names}, or a file"
    )
    parser.add_argument("--strict", action="store_true", help="keep only claims with kinds and relations of --schema")


def schema_given(given: argparse.Namespace) -> ExtractionSchema | None:
    """The schema that was asked for, None where nothing was said; raises SchemaUnusable and NothingToHold."""
    if not given.schema and not given.strict:
        return None
    if given.extractor in (None, QUICK):
        raise NothingToHold()
    return named_schema(given.schema or FREE, given.strict)
