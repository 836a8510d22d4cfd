"""The graph in memory as a sparse matrix, and personalised PageRank over entities and chunks.

The matrix is read once per state of the collections (their change stamps) and shared by all questions; that of a large
one is kept on disk besides. A question then costs milliseconds: the walk goes on only from where enough of it is
(`RankGraph.pagerank`). Sources:
Haveliwala, Topic-Sensitive PageRank (WWW 2002); Andersen, Chung and Lang, Local Graph Partitioning using PageRank
Vectors (FOCS 2006); HippoRAG 2 (arXiv 2502.14802) for the use.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from graph import cypher
from graph.connection import Connection
from graph.kept import QUESTION, Kept
from graph.kept_file import Arrays, packed, unpacked
from graph.long_read import LongRead

FloatArray = npt.NDArray[np.float64]

MENTION_WEIGHT = 1.0
STATEMENT_WEIGHT = 1.0
CO_OCCURRENCE_WEIGHT = 0.1
LEAST = 1e-6
"""What is less of a walk, for each unit of a node's strength, goes no further; the best passages have 1e-2 or so."""
_GATHER = 5
"""Looking up single edges takes so many times as long as going through all of them."""


@dataclass(frozen=True, slots=True)
class Weights:
    """Weights of the edges: claim between entities, entity named in a chunk, entities in one sentence."""

    statement: float = STATEMENT_WEIGHT
    mention: float = MENTION_WEIGHT
    co_occurrence: float = CO_OCCURRENCE_WEIGHT


@dataclass(frozen=True, slots=True)
class RankGraph:
    """Ids in one row order (entities, then chunks), and the symmetric matrix of the weights of edges between them."""

    index: dict[str, int]
    ids: tuple[str, ...]
    entities: int
    adjacency: sp.csr_matrix
    strength: FloatArray
    """For each node the sum of its edges' weights; shape (len(ids),)."""
    chunk_counts: FloatArray
    """For each entity the number of chunks that name it, at least 1; shape (entities,)."""
    seconds: float = 0.0

    @classmethod
    def of(cls, ids: Sequence[str], matrix: sp.csr_matrix, chunk_counts: FloatArray, seconds: float = 0.0) -> RankGraph:
        """The graph of these nodes and edges; arguments as the fields."""
        index = {id_: row for row, id_ in enumerate(ids)}
        strength = np.asarray(matrix.sum(axis=1)).ravel()
        return cls(index, tuple(ids), len(chunk_counts), matrix, strength, chunk_counts, seconds)

    def pagerank(self, seeds: Mapping[str, float], damping: float = 0.5, least: float = LEAST) -> FloatArray:
        """Probability of each node, shape (len(ids),), of a walk that restarts at the seeds with 1 - damping.

        Seeds are ids with positive weights, unknown ids are passed over; without a known seed all are 0. Where less
        than `least` of the walk, for each unit of a node's strength, is still on its way, it stays there: no node's
        probability is wrong by more than `least` times its strength; how often it is spread depends on `least` alone.
        """
        moving: FloatArray = np.zeros(len(self.ids))
        for id_, weight in seeds.items():
            row = self.index.get(id_)
            if row is not None and weight > 0:
                moving[row] += weight
        total = moving.sum()
        if total == 0:
            return moving
        moving /= total
        settled = np.zeros_like(moving)
        enough = least * np.maximum(self.strength, 1)
        while len(nodes := np.flatnonzero(moving > enough)):
            taken = moving[nodes]
            # Who stands where no edge leads away stays there.
            onward = np.where(self.strength[nodes] > 0, damping, 0.0) * taken
            settled[nodes] += taken - onward
            moving[nodes] = 0
            moving += self._spread(nodes, np.divide(onward, self.strength[nodes], where=onward > 0, out=onward))
        return settled + moving

    def best_chunks(self, walk: FloatArray, most: int) -> dict[str, float]:
        """The chunks where most of a walk ends, so many and those as good as the last; none where nothing does."""
        chunks = walk[self.entities :]
        least = float(np.partition(chunks, -most)[-most]) if most < len(chunks) else 0.0
        rows = np.flatnonzero((chunks >= least) & (chunks > 0))
        return {self.ids[self.entities + row]: float(chunks[row]) for row in rows}

    def _spread(self, nodes: npt.NDArray[np.intp], shares: FloatArray) -> FloatArray:
        """What arrives at each node when these give each of their edges a share of their own times its weight."""
        matrix = self.adjacency
        counts = matrix.indptr[nodes + 1] - matrix.indptr[nodes]
        many = int(counts.sum())
        if many * _GATHER > matrix.nnz:
            given = np.zeros(len(self.ids))
            given[nodes] = shares
            return np.asarray(matrix @ given)
        ends = np.cumsum(counts)
        at = np.repeat(matrix.indptr[nodes] - (ends - counts), counts) + np.arange(many)
        arriving = np.repeat(shares, counts) * matrix.data[at]
        return np.asarray(np.bincount(matrix.indices[at], arriving, len(self.ids)), dtype=np.float64)


def build(
    mentions: Sequence[tuple[str, str]],
    statements: Sequence[tuple[str, str]],
    co_occurrences: Sequence[tuple[str, str, int]],
    weights: Weights = Weights(),
) -> RankGraph:
    """A matrix from (entity, chunk), (subject, object) and (a, b, times); parallel edges add up."""
    began = time.perf_counter()
    entity_ids = sorted({entity for entity, _ in mentions} | {id_ for pair in statements for id_ in pair})
    ids = (*entity_ids, *sorted({chunk for _, chunk in mentions}))
    index = {id_: row for row, id_ in enumerate(ids)}
    together = [each for each in co_occurrences if each[0] in index and each[1] in index]
    naming = _rows(index, mentions)
    joined = np.concatenate([naming, _rows(index, statements), _rows(index, [(a, b) for a, b, _ in together])])
    times = np.array([min(times, 10) for _, _, times in together], dtype=np.float64)
    heavy = np.concatenate(
        [
            np.full(len(mentions), weights.mention),
            np.full(len(statements), weights.statement),
            weights.co_occurrence * times,
        ]
    )
    apart = joined[:, 0] != joined[:, 1]
    (a, b), heavy = joined[apart].T, heavy[apart]
    rows, columns = np.concatenate([a, b]), np.concatenate([b, a])
    matrix = sp.csr_matrix((np.concatenate([heavy, heavy]), (rows, columns)), shape=(len(ids), len(ids)))
    counts = np.maximum(np.bincount(naming[:, 0], minlength=len(entity_ids))[: len(entity_ids)], 1.0)
    return RankGraph.of(ids, matrix, counts, time.perf_counter() - began)


def _rows(index: Mapping[str, int], pairs: Sequence[tuple[str, str]]) -> npt.NDArray[np.int32]:
    """The rows of both ends of pairs, shape (len(pairs), 2)."""
    found = np.fromiter((index[id_] for pair in pairs for id_ in pair), np.int32, 2 * len(pairs))
    return found.reshape(-1, 2)


def _to_arrays(graph: RankGraph) -> Arrays:
    """What `_from_arrays` makes the graph of again."""
    matrix = graph.adjacency
    return {
        "ids": packed(graph.ids),
        "data": matrix.data,
        "indices": matrix.indices,
        "indptr": matrix.indptr,
        "chunk_counts": graph.chunk_counts,
    }


def _from_arrays(held: Arrays) -> RankGraph:
    """The graph of a file; ValueError where its arrays do not belong together."""
    ids = unpacked(held["ids"])
    matrix = sp.csr_matrix((held["data"], held["indices"], held["indptr"]), shape=(len(ids), len(ids)))
    matrix.check_format(full_check=True)
    return RankGraph.of(ids, matrix, held["chunk_counts"])


def _arrays(db: Connection, collections: Sequence[str]) -> Arrays:
    return _to_arrays(Ranking(db).graph(collections))


_MATRIX = LongRead(
    "rank", _to_arrays, _from_arrays, lambda graph: len(graph.ids), reading=_arrays, made_by=repr(Weights())
)


class Ranking:
    """Keeps the matrix of the collections asked for last, and reads it anew when they changed."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection
        self._kept: Kept[None, RankGraph] = Kept(connection, self._load, QUESTION)

    def graph(self, collections: Sequence[str]) -> RankGraph:
        """The matrix of these collections; of a large database at most some seconds old."""
        return self._kept.of(collections, None)

    def _load(self, collections: Sequence[str], _: None) -> RankGraph:
        return _MATRIX.of(self._db, collections, lambda: self._read(list(collections)))

    def _read(self, names: list[str]) -> RankGraph:
        # A row for each name, not for each edge: reading rows is what takes the time.
        return build(
            [(r["entity"], c) for r in self._db.read(cypher.RANK_MENTIONS, collections=names) for c in r["chunks"]],
            [(r["subject"], o) for r in self._db.read(cypher.RANK_STATEMENTS, collections=names) for o in r["objects"]],
            [
                (r["a"], b, times)
                for r in self._db.read(cypher.RANK_CO_OCCURRENCES, collections=names)
                for b, times in zip(r["others"], r["weights"], strict=True)
            ],
        )
