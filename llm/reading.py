"""Reading on: what the best passages say is added to the question, and passages near to both are looked for.

A question of several steps ("When did the state where the Pocahontas Mounds are join the Union?") names only where to
begin. The passage that answers it is near to the question together with what the first passage says, not to the
question alone (Xiong et al., Multi-Hop Dense Retrieval, arXiv 2009.12756). Nothing is asked but the embedding.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence

from llm.embed import Embedder
from llm.found import shares
from llm.sentences import sentences
from llm.together import each
from llm.views import Found, Search

SENTENCES = 2
"""How many sentences stand for a passage that no claim was made of."""
MOST_CHARACTERS = 300
"""Of what a passage says; more is slower and blurs the question."""
MOST_OF_QUESTION = 1000
"""Characters of the question to which that is added: it is embedded once for each passage that is read."""


def scaled(found: Found) -> Found:
    """Scores stretched to 0..1, so that those of different indexes can be added; one alone is 1."""
    if not found:
        return []
    low, high = min(s for _, s in found), max(s for _, s in found)
    span = high - low
    return [(id_, (score - low) / span if span > 0 else 1.0) for id_, score in found]


def chances(scores: Mapping[str, float], sharpness: float) -> dict[str, float]:
    """Scores from 0 to 1 as chances that add up to 1: a score of 1 has e^sharpness times the chance of a 0."""
    weights = {id_: math.exp(sharpness * (score - 1)) for id_, score in scores.items()}
    total = sum(weights.values())
    return {id_: weight / total for id_, weight in weights.items()}


def read_on(
    first: Mapping[str, float],
    question: str,
    said: Mapping[str, str],
    embedder: Embedder,
    near: Callable[[Sequence[float]], Found],
    sharpness: float,
    half: float,
) -> dict[str, float]:
    """The chances of passages after reading what some of them say (`said`, by id); what is found so counts `half`.

    `near` looks up the passages nearest to a vector, several at once. A passage does not find itself.
    """
    if not said:
        return dict(first)
    vectors = embedder.queries([f"{question[:MOST_OF_QUESTION]} {text}" for text in said.values()])
    whole = sum(first[id_] for id_ in said)
    after: dict[str, float] = {}
    found = each(near, [[float(x) for x in vector] for vector in vectors])
    for read, nearest in zip(said, found, strict=True):
        others = [(id_, score) for id_, score in nearest if id_ != read]
        for id_, chance in chances(dict(scaled(others)), sharpness).items():
            after[id_] = after.get(id_, 0.0) + first[read] / whole * chance
    return {
        id_: (first.get(id_, 0.0) + half * after.get(id_, 0.0)) / (1 + half) for id_ in dict.fromkeys((*first, *after))
    }


def what_they_say(
    search: Search, question: str, vector: Sequence[float], passages: Sequence[str], claims: int
) -> dict[str, str]:
    """For each passage its claims nearest to the question; its sentences with most of the question's words without."""
    made = search.claims_near(vector, passages, claims)
    texts = {found.chunk.id: found.chunk.text for found in search.chunks([id_ for id_ in passages if id_ not in made])}
    said = {id_: " ".join(made[id_]) if id_ in made else _fitting(question, texts.get(id_, "")) for id_ in passages}
    return {id_: text[:MOST_CHARACTERS] for id_, text in said.items() if text}


def _fitting(question: str, text: str) -> str:
    parts = [" ".join(text[start:end].split()) for start, end in sentences(text)]
    share = shares(question, parts)
    best = sorted(range(len(parts)), key=lambda number: (-share[number], number))[:SENTENCES]
    return " ".join(parts[number] for number in sorted(best))
