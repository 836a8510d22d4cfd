"""What the sources state about a question where no model writes: the claims about it, or the sentence that answers it.

A claim is shown only where it is itself about the question (`Retrieved.nearest`). A sentence of the best passages goes
before the claims where it has more of the question's words than any of them: a text that was just added has none.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, Final

from graph.finding import Citation, Stating
from graph.types import ChunkKind, Retrieved, Source
from llm.found import shares

if TYPE_CHECKING:
    from llm.views import ClaimOfChunk

SHOWN: Final = 7
"""Claims that stand open; the rest are folded."""
_PASSAGES: Final = 3
"""The best passages, of which a sentence may be stated."""
_ANSWERS: Final = 0.65
"""Share of the question's words, by weight, that a sentence has which may be stated; see docs/retrieval.md."""
_BETTER: Final = 0.1
"""How much more of the question's words a sentence has that goes before the claims."""

Sentences = Callable[[str], Iterable[tuple[int, int]]]


def stated(retrieved: Retrieved, made: Sequence[ClaimOfChunk], sentences: Sentences) -> tuple[Stating, ...]:
    """What the evidence states about the question, nearest first; empty where nothing is about it.

    `made` are the claims of the evidence, `sentences` finds the sentences of a passage.
    """
    claims = _claims(retrieved, made)
    best = max(shares(retrieved.question, [each.text for each in claims]), default=0.0)
    sentence = _sentence(retrieved, sentences)
    if sentence is None or sentence[0] < best + (_BETTER if claims else 0.0):
        return tuple(claims)
    return (sentence[1], *claims)


def as_data(said: Stating) -> dict[str, Any]:
    """The same as data; `statement` is None for a sentence of a passage."""
    places = [
        {"n": p.n, "quote": p.quote, "supported": p.supported, "start": p.start, "end": p.end} for p in said.places
    ]
    return {"text": said.text, "statement": said.statement, "held": list(said.held), "places": places}


def answering(question: str, text: str, sentences: Sentences) -> tuple[int, int] | None:
    """The sentence of a passage with most of the question's words, or its first; None where it has none at all."""
    spans = list(sentences(text))
    share = shares(question, [text[start:end] for start, end in spans])
    best = max(range(len(spans)), key=lambda n: (share[n], -n), default=None)
    return None if best is None else spans[best]


def _claims(retrieved: Retrieved, made: Sequence[ClaimOfChunk]) -> list[Stating]:
    number = {piece.chunk.id: piece.n for piece in retrieved.evidence}
    near = {id_: rank for rank, id_ in enumerate(retrieved.nearest)}
    sources: dict[str, list[tuple[int, Source]]] = {}
    texts: dict[str, str] = {}
    for claim in made:
        if claim.statement in near and claim.chunk in number:
            texts[claim.statement] = claim.text
            sources.setdefault(claim.statement, []).append((number[claim.chunk], claim.source))
    return [
        Stating(
            texts[id_],
            tuple(dict.fromkeys(_place(n, source) for n, source in sorted(sources[id_], key=lambda each: each[0]))),
            id_,
            tuple(_held(texts[id_], (source for _, source in sources[id_]))),
        )
        for id_ in sorted(texts, key=near.__getitem__)
    ]


def _place(n: int, source: Source) -> Citation:
    found = source.supported and source.start is not None and source.end is not None
    return Citation(n, source.quote, found, source.start if found else None, source.end if found else None)


def _held(text: str, sources: Iterable[Source]) -> Iterator[str]:
    """Dates and places, each once, but those that the claim's own words have already."""
    said: set[str] = set()
    for source in sources:
        for words in (source.when.words if source.when else "", source.place or ""):
            if words and words.casefold() not in text.casefold() and words.casefold() not in said:
                said.add(words.casefold())
                yield words


def _sentence(retrieved: Retrieved, sentences: Sentences) -> tuple[float, Stating] | None:
    """The sentence with most of the question's words, and what share of them; None where none has enough."""
    spans = [
        (piece, start, end)
        for piece in retrieved.evidence[:_PASSAGES]
        if piece.chunk.kind is not ChunkKind.METADATA
        for start, end in sentences(piece.chunk.text)
    ]
    texts = [" ".join(piece.chunk.text[start:end].split()) for piece, start, end in spans]
    share = shares(retrieved.question, texts)
    best = max(range(len(spans)), key=lambda n: (share[n], -n), default=None)
    if best is None or share[best] < _ANSWERS:
        return None
    piece, start, end = spans[best]
    place = Citation(piece.n, texts[best], True, piece.chunk.start + start, piece.chunk.start + end)
    return share[best], Stating(texts[best], (place,))
