"""Search narrowed to some documents, kinds, dates or a language, whatever way it goes.

Within a few documents every passage and claim is compared: the nearest of a large library hold next to nothing of one
document. Otherwise search is asked for more than is wanted, of which only what fits is seen. What the walk through the
graph brings besides is left out at the end.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from graph.types import Mode, Retrieved
from graph.ways import Filters

if TYPE_CHECKING:
    from llm import views
    from llm.embed import Embedder
    from llm.views import Found, Graph

_MORE = 8
"""Times as much is looked up as is wanted, so that a narrow filter still finds its own."""
FEW = 2_000
"""So many passages are compared one by one: an index that must find as much among 100,000 takes no less time."""


def only_fitting(
    graph: Graph,
    embedder: Embedder | None,
    question: str,
    mode: Mode,
    limit: int,
    collections: Sequence[str],
    filters: Filters,
    retrieve: Callable[..., Retrieved],
) -> Retrieved:
    """What `retrieve` finds, narrowed by the filters; without any, just that."""
    if not filters:
        return retrieve(graph, embedder, question, mode, limit, collections)
    fits = _Fits(graph, filters, collections)
    found = retrieve(_Narrowed(graph, fits), embedder, question, mode, limit, collections, fitting=fits.chunks)
    return replace(found, searched=fits.searched, nearest=tuple(fits.statements(found.nearest)))


class _Fits:
    """Which passages and claims the filters let through; asked of the database, whatever its size."""

    def __init__(self, graph: Graph, filters: Filters, collections: Sequence[str]) -> None:
        self._graph, self._filters = graph, filters
        self.documents = graph.claimed.allowed_documents(filters, collections)
        self.searched = graph.documents.searched(collections, self.documents)
        self.few = self.documents if self.documents is not None and self.searched.chunks <= FEW else None
        """The documents where all that stands in them can be compared; None otherwise."""

    def chunks(self, ids: Sequence[str], within: bool = False) -> Sequence[str]:
        """The passages that fit, in their order; `within`: they are known to be of the documents."""
        return self._graph.claimed.fitting_chunks(ids, self._filters, None if within else self.documents)

    def statements(self, ids: Sequence[str]) -> Sequence[str]:
        """The claims that fit, in their order."""
        return self._graph.claimed.fitting_claims(ids, self._filters, self.documents)


def _fitting(search: Callable[[int], Found], limit: int, fits: Callable[[Sequence[str]], Sequence[str]]) -> Found:
    """The best that fit, of as many as are wanted; of more where too few of them do."""
    kept: Found = []
    for most in (limit, limit * _MORE):
        found = search(most)
        fitting = set(fits([id_ for id_, _ in found]))
        kept = [each for each in found if each[0] in fitting][:limit]
        if len(kept) == limit or len(found) < most:
            break
    return kept


@dataclass(frozen=True, slots=True)
class _Search:
    """The graph's search, seeing only what fits."""

    inner: views.Search
    fits: _Fits

    def chunks_by_words(self, text: str, limit: int, collections: Sequence[str]) -> Found:
        return _fitting(lambda most: self.inner.chunks_by_words(text, most, collections), limit, self.fits.chunks)

    def chunks_by_meaning(self, vector: Sequence[float], limit: int, collections: Sequence[str]) -> Found:
        few = self.fits.few
        if few is None:
            search = self.inner.chunks_by_meaning
            return _fitting(lambda most: search(vector, most, collections), limit, self.fits.chunks)
        return _fitting(
            lambda most: self.inner.chunks_near(vector, most, collections, few),
            limit,
            lambda ids: self.fits.chunks(ids, within=True),
        )

    def statements_by_words(self, text: str, limit: int, collections: Sequence[str]) -> Found:
        search = self.inner.statements_by_words
        return _fitting(lambda most: search(text, most, collections), limit, self.fits.statements)

    def statements_by_meaning(self, vector: Sequence[float], limit: int, collections: Sequence[str]) -> Found:
        few = self.fits.few
        if few is None:
            search = self.inner.statements_by_meaning
            return _fitting(lambda most: search(vector, most, collections), limit, self.fits.statements)
        near = self.inner.statements_near
        return _fitting(lambda most: near(vector, most, collections, few), limit, self.fits.statements)

    def __getattr__(self, name: str) -> object:
        return getattr(self.inner, name)


@dataclass(frozen=True, slots=True)
class _Narrowed:
    """A graph of which only what fits is found."""

    inner: Graph
    fits: _Fits

    @property
    def search(self) -> _Search:
        return _Search(self.inner.search, self.fits)

    def __getattr__(self, name: str) -> object:
        return getattr(self.inner, name)
