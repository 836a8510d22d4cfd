"""Structured output of models that run in this process: a grammar that lets only the schema's JSON through.

llguidance is used for it: it refuses a schema with a keyword that it does not know, where others leave it out silently.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from llm.errors import BadRequest, NotInstalled, scrub

if TYPE_CHECKING:
    import llguidance
    import torch
    from transformers import PreTrainedTokenizerBase

_OPTIONS = {"whitespace_flexible": False, "item_separator": ", ", "key_separator": ": "}
"""A model that may put spaces anywhere can go on putting spaces for ever."""
_PACKAGE = "llguidance"


def vocabulary(
    tokenizer: PreTrainedTokenizerBase, ends: Sequence[int], model: str, command: str
) -> llguidance.LLTokenizer:
    """The tokens of a model as grammars see them: a second for a large vocabulary, so made once for each model."""
    try:
        import llguidance.hf
    except ImportError:
        raise NotInstalled(model=model, package=_PACKAGE, command=command) from None
    return llguidance.hf.from_tokenizer(tokenizer, eos_token=list(ends))  # type: ignore[arg-type]


def matcher(tokens: llguidance.LLTokenizer, schema: dict[str, Any], model: str) -> llguidance.LLMatcher:
    """The grammar of one answer, at its beginning. Raises BadRequest for a schema that it cannot keep to the letter."""
    import llguidance

    try:
        grammar = llguidance.LLMatcher.grammar_from_json_schema(json.dumps(schema), overrides=_OPTIONS)  # type: ignore[arg-type]
        found = llguidance.LLMatcher(tokens, grammar, log_level=0)
    except (ValueError, TypeError) as problem:
        raise _refused(model, str(problem)) from None
    if found.is_error():
        raise _refused(model, found.get_error())
    return found


class Constraint:
    """A logits processor for one answer: only tokens that a JSON Schema allows next keep their score.

    Raises BadRequest for a schema that cannot be followed to the letter.
    """

    def __init__(self, tokens: llguidance.LLTokenizer, schema: dict[str, Any], model: str) -> None:
        self._matcher = matcher(tokens, schema, model)
        self._read: int | None = None

    def __call__(self, input_ids: torch.Tensor, scores: torch.Tensor) -> torch.Tensor:
        import torch

        if self._read is None:
            self._read = input_ids.shape[-1]
        self._matcher.consume_tokens(input_ids[0, self._read :].tolist())
        self._read = input_ids.shape[-1]
        # Whatever the matcher does not speak of (rows that pad the vocabulary) stays forbidden.
        allowed = torch.zeros(scores.shape[-1], dtype=torch.bool)
        mask = torch.frombuffer(bytearray(self._matcher.compute_logit_bias()), dtype=torch.uint8).bool()
        width = min(len(mask), len(allowed))
        allowed[:width] = mask[:width]
        if self._matcher.is_error() or not bool(allowed.any()):
            raise RuntimeError(f"the grammar has no token to go on with: {self._matcher.get_error()}")
        return scores.masked_fill(~allowed.to(scores.device), float("-inf"))


def _refused(model: str, detail: str) -> BadRequest:
    return BadRequest(server=_PACKAGE, model=model, detail=scrub(f"schema: {detail}"))
