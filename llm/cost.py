"""What a call costs, from the catalog's prices, None where one is not known; and how much a model can be shown."""

from __future__ import annotations

from llm.spec import ModelSpec

CHARACTERS_PER_TOKEN = 3.6
"""Over German and English texts; a token is a little shorter in German. Used only where nobody counts for us."""


_MOST_CHARACTERS = 40_000
_WITHOUT_SPEC = 16_000
_ROOM = 2_500
"""Tokens kept free for the rules, the conversation and the answer."""


def room(spec: ModelSpec | None) -> int:
    """How many characters of sources a model is shown at most."""
    if spec is None:
        return _WITHOUT_SPEC
    return min(_MOST_CHARACTERS, max(1_000, int((spec.context_tokens - _ROOM) * CHARACTERS_PER_TOKEN * 0.8)))


def estimate_tokens(characters: int) -> int:
    """About how many tokens a text of that length has, rounded up."""
    return -int(-characters // CHARACTERS_PER_TOKEN)


def cost(spec: ModelSpec | None, tokens_in: int, tokens_out: int) -> float | None:
    """US dollars for a call; None where the model or its price is not known."""
    if spec is None or spec.price_in is None or spec.price_out is None:
        return None
    return (tokens_in * spec.price_in + tokens_out * spec.price_out) / 1_000_000
