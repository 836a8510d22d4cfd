"""How often a small local model's claims are valid JSON in the form of the claim schema: `python -m bench.models_json`.

`[--prompts 100] [--tokens 400] [--json]`; goal: all of them. Passages are from the sample cabinet in German and
English, and some that break things. An answer for which the room ran out counts, and is told: it must be valid too.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import jsonschema
from langchain_core.messages import HumanMessage, SystemMessage

from ingest.claim_schema import ExtractionSchema
from llm.catalog import open_chat
from settings import Settings
from tests.tiny_gguf import tiny_gguf

_TEXTS = Path(__file__).resolve().parents[1] / "sample" / "texts"
_ODD = ("", "x", "{", '"', "[]", "\\u0000", "1638 — 山田 €", "<|im_end|>", "ÄÖÜ" * 40, "null", "\n\n\n", "🦄🐚" * 20)
_LENGTH = 400


@dataclass(frozen=True, slots=True)
class Result:
    """How many answers fit the schema, how many of them ended for want of room, and their claims in all."""

    prompts: int
    valid: int
    cut_off: int
    claims: int
    seconds: float


def passages(count: int) -> list[str]:
    """So many different passages: the odd ones first, then pieces of the sample's texts."""
    whole = "\n".join(each.read_text(encoding="utf-8") for each in sorted(_TEXTS.iterdir()))
    step = max(1, (len(whole) - _LENGTH) // count)
    return [*_ODD, *(whole[at : at + _LENGTH] for at in range(0, len(whole) - _LENGTH, step))][:count]


def measure(count: int, tokens: int) -> Result:
    """Ask for the claims of each passage."""
    schema = ExtractionSchema()
    form = schema.json_schema()
    with tempfile.TemporaryDirectory() as home:
        chat = open_chat(tiny_gguf(), Settings(Path(home))).model_copy(update={"max_tokens": tokens})
    asked = chat.with_structured_output(form, method="json_schema", include_raw=True, strict=True)
    valid = cut_off = claims = 0
    began = time.perf_counter()
    for number, passage in enumerate(passages(count), 1):
        reply: Any = asked.invoke([SystemMessage(schema.instructions()), HumanMessage(passage)])
        raw = reply["raw"]
        try:
            found = json.loads(raw.text)
            jsonschema.validate(found, form)
        except (ValueError, jsonschema.ValidationError) as problem:
            print(f"{number}: {problem}\n{raw.text}", file=sys.stderr)
            continue
        valid += 1
        claims += len(found["statements"])
        cut_off += raw.response_metadata["finish_reason"] == "length"
    return Result(count, valid, cut_off, claims, round(time.perf_counter() - began, 1))


def main(arguments: Sequence[str] | None = None) -> int:
    """Entry of the command; 1 where an answer was not valid."""
    parser = argparse.ArgumentParser(prog="python -m bench.models_json", description=__doc__)
    parser.add_argument("--prompts", type=int, default=100)
    parser.add_argument("--tokens", type=int, default=400)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args(arguments)
    result = measure(given.prompts, given.tokens)
    print(json.dumps(asdict(result)) if given.json else result)
    return 0 if result.valid == result.prompts else 1


if __name__ == "__main__":
    sys.exit(main())
