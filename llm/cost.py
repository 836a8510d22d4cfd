"""What a call costs, from the catalog's prices; None wherever a price is not known, never a guess."""

from __future__ import annotations

from llm.spec import ModelSpec

CHARACTERS_PER_TOKEN = 3.6
"""Over German and English texts; a token is a little shorter in German. Used only where nobody counts for us."""


def estimate_tokens(characters: int) -> int:
    """About how many tokens a text of that length has, rounded up."""
    return -int(-characters // CHARACTERS_PER_TOKEN)


def cost(spec: ModelSpec | None, tokens_in: int, tokens_out: int) -> float | None:
    """US dollars for a call; None where the model or its price is not known."""
    if spec is None or spec.price_in is None or spec.price_out is None:
        return None
    return (tokens_in * spec.price_in + tokens_out * spec.price_out) / 1_000_000
