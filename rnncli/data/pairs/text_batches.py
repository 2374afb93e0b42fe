"""Batches of pairs whose target is a text: sources and texts of similar length side by side."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from .sides import Steps
from .sorted_batches import MOST_SIZES, PairBatch, SortedBatches, edges_of
from .written import END_ID

SOURCE_SIZES, TARGET_SIZES = 4, 3  # lengths of sources, and of the targets of each
CANDIDATES = 500  # lengths among which they are chosen


@dataclass(frozen=True)
class CodedTexts:
    """E examples as numbers: texts as ids (T,), or one step of features (1, F) each.

    targets: (U,) ids each, the end last; None without.
    """

    sources: Sequence[Steps]
    targets: Sequence[np.ndarray] | None = None

    def __len__(self) -> int:
        return len(self.sources)

    @cached_property
    def lengths(self) -> np.ndarray:
        """(E,) steps of each source."""
        return np.array([len(each.inputs) for each in self.sources], np.intp)

    @cached_property
    def target_lengths(self) -> np.ndarray:
        """(E,) ids of each target, 1 without targets."""
        if self.targets is None:
            return np.ones(len(self), np.intp)
        return np.array([len(each) for each in self.targets], np.intp)

    @property
    def has_features(self) -> bool:
        """Whether the sources are features rather than texts."""
        return len(self) > 0 and self.sources[0].inputs.ndim > 1

    def take(self, rows: np.ndarray) -> "CodedTexts":
        """The examples with the indices `rows`, in that order."""
        targets = None if self.targets is None else [self.targets[row] for row in rows]
        return CodedTexts([self.sources[row] for row in rows], targets)


class TextBatches(SortedBatches):
    """The batches of coded texts, pass after pass.

    Of texts: source (T, N) ids and source_mask (T, N), True at real steps; a size is (T, U). Of features: features
    (1, N, F); a size is (U,). Beside them inputs (U, N), the end and then the targets before each; targets (U, N), the
    end last; mask (U, N), True at real targets. A filler row has one real step of its source and no target, and so has
    every row without targets, where U is 1.

    T is one of at most 4 lengths, U one of at most 3 for each of them; with U alone, or T alone, one of at most 8.
    """

    def __init__(self, coded: CodedTexts, batch_size: int, seed: int):
        T, U = coded.lengths, coded.target_lengths
        if coded.has_features:
            self.sizes = tuple((edge,) for edge in tight_edges(U, MOST_SIZES).tolist())
            keys = (U,)
        else:
            self.sizes, part = sizes_of(T, U)
            keys = (T, np.where(part % 2, -U, U), part)  # to and fro: neighbours of two parts have similar targets
        super().__init__(keys, batch_size, seed)
        self.coded, self.T = coded, int(T.max(initial=1))

    def take(self, rows: np.ndarray) -> PairBatch:
        """The batch of these examples, at most N."""
        coded, N = self.coded, self.N
        needed = [int(coded.target_lengths[rows].max())]
        if not coded.has_features:
            needed = [int(coded.lengths[rows].max()), *needed]
        size = next(size for size in self.sizes if all(room >= need for room, need in zip(size, needed)))
        sources = [coded.sources[row].inputs for row in rows]
        arrays = _features(sources, N) if coded.has_features else _texts(sources, size[0], N)
        targets = [] if coded.targets is None else [coded.targets[row] for row in rows]
        arrays |= _written(targets, size[-1], N)
        return PairBatch(size, arrays, np.ones(N, bool), sum(map(len, targets)), rows)


def sizes_of(T: np.ndarray, U: np.ndarray) -> tuple[tuple[tuple[int, int], ...], np.ndarray]:
    """(((T, U), ...), the first of the T's that is enough for each example, by number): sizes of batches of sources and
    targets of these lengths (E,), the smallest first; the last is enough for all."""
    several = len(U) > 0 and U.max() > 1
    edges = tight_edges(T, SOURCE_SIZES if several else MOST_SIZES)
    part = np.searchsorted(edges, T)
    sizes = []
    for k, edge in enumerate(edges.tolist()):
        own = tight_edges(U[part == k], TARGET_SIZES)
        own[-1] = U[part <= k].max(initial=1)  # a batch may have examples of the parts before
        sizes += [(edge, room) for room in np.unique(own).tolist()]
    return tuple(sorted(sizes, key=lambda size: (sum(size), size))), part


def tight_edges(lengths: np.ndarray, most: int) -> np.ndarray:
    """At most `most` rising lengths, the last of them the greatest, with the least padding: the sum over examples of
    the first that is enough for each. Found by dynamic programming over the last edge."""
    edges = edges_of(lengths, CANDIDATES)
    below = np.searchsorted(np.sort(lengths), edges, side="right")  # examples that each is enough for
    cost, cuts = edges * below.astype(float), []  # of one edge for all up to each
    extra = edges[None] * (below[None] - below[:, None]).astype(float)  # of those after one edge up to the next
    extra[np.tril_indices(len(edges))] = np.inf
    for _ in range(most - 1):
        before = (cost[:, None] + extra).argmin(0)
        split = cost[before] + extra[before, np.arange(len(edges))]
        cuts.append(np.where(split < cost, before, -1))
        cost = np.minimum(cost, split)
    chosen = [len(edges) - 1]
    for cut in reversed(cuts):
        if cut[chosen[0]] >= 0:
            chosen.insert(0, int(cut[chosen[0]]))
    return edges[chosen]


def _texts(sources, T, N):
    """The arrays of sources of ids in a batch of N rows."""
    ids, mask = _padded(sources, T, N)
    mask[0] = True
    return {"source": ids, "source_mask": mask}


def _features(sources, N):
    """The array of sources of features in a batch of N rows."""
    features = np.zeros((1, N, sources[0].shape[1]), np.float32)
    features[0, : len(sources)] = np.concatenate(sources)
    return {"features": features}


def _written(texts, U, N) -> dict[str, Any]:
    """The arrays of targets in a batch of N rows."""
    targets, mask = _padded(texts, U, N)
    inputs = np.full((U, N), END_ID, np.intp)
    inputs[1:] = np.where(mask[1:], targets[:-1], 0)
    return {"inputs": inputs, "targets": targets, "mask": mask}


def _padded(rows, length, N):
    """((length, N) ids, (length, N) where they stand) of at most N rows of ids, below each other."""
    lengths = np.zeros(N, np.intp)
    lengths[: len(rows)] = [len(row) for row in rows]
    real, ids = np.arange(length) < lengths[:, None], np.zeros((N, length), np.intp)
    ids[real] = np.concatenate(rows) if rows else ()
    return np.ascontiguousarray(ids.T), np.ascontiguousarray(real.T)
