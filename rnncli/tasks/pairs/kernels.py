"""The strongest simple baseline of series: a ridge on random convolutions, ROCKET.

A kernel has m weights w_jc for each of its channels c, a bias b, a dilation d and a padding p, zero or (m - 1) d / 2:

    o_t = b + sum_j sum_c w_jc x_{t + j d - p, c},      features: max_t o_t and the share of t with o_t > 0

    m from {7, 9, 11},  w ~ N(0, 1) less its mean in each channel,  b ~ U(-1, 1),
    d = floor(2^a), a ~ U(0, log2((T - 1) / (m - 1))),  padding for half of the kernels

Dempster, Petitjean and Webb, "ROCKET: exceptionally fast and accurate time series classification using random
convolutional kernels", Data Mining and Knowledge Discovery 34 (2020) 1454-1495, arXiv:1910.13051; a kernel reads
2^U(0, log2(D + 1)) of D channels, at most m, as in the authors' code.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from ...random_streams import stream
from .summaries import Ridge

KERNELS, FEWEST = 2000, 50
LENGTHS = (7, 9, 11)
WORK = 200_000_000_000  # products of a weight and a value in all, a minute or so of one core
OUTPUT = 30  # as many products take as long as the maximum and the share of one output
FEATURES = 20_000_000  # of all training series together: the ridge keeps three copies
BLOCK = 1 << 18  # values that kernels read at a time: they stay in the cache

Progress = Callable[[int, int], None]  # (done, total)


class Rocket:
    """Ridge regression on the features of random kernels. For classes, y is one against all and the argmax the answer.

    The channels have about mean 0 and deviation 1 in the training series. kernels: their number, unless the data are so
    large that it would take more than `work` products. After `fit`: `notes`, sentences on the kernels.
    """

    def __init__(self, kernels: int = KERNELS, seed: int = 0, work: int = WORK) -> None:
        if kernels < 1:
            raise ValueError(f"kernels is {kernels}; it must be 1 or more")
        self.kernels, self.seed, self.work = kernels, seed, work

    def fit(
        self, series: Sequence[np.ndarray], y: np.ndarray, questions: int = 0, progress: Progress | None = None
    ) -> "Rocket":
        """Fit on `series` [(T_e, D)] and targets y (E, K). Returns self.

        questions: the number of series that `predict` will be asked for, on which the work depends.
        """
        E, T, D = len(series), max(len(x) for x in series), series[0].shape[1]
        affordable = self.work // ((E + questions) * T * (OUTPUT + LENGTHS[1] * D))
        number = min(self.kernels, max(FEWEST, min(affordable, FEATURES // (2 * E))))
        self.notes = []
        if number < self.kernels:
            self.notes.append(f"ROCKET: {number:,} kernels rather than {self.kernels:,}, as the data are large")
        self._groups = drawn(number, T, D, stream(self.seed, "kernels"))
        self._ridge = Ridge().fit(features(self._groups, series, progress), y)
        return self

    def predict(self, series: Sequence[np.ndarray], progress: Progress | None = None) -> np.ndarray:
        """The targets of `series` [(T_e, D)]: (n, K)."""
        return self._ridge.predict(features(self._groups, series, progress))


class Group(NamedTuple):
    """The k kernels of one length m, dilation d and padding p over D channels."""

    m: int
    d: int
    p: int
    W: np.ndarray  # (m, D, k) float32, 0 in the channels that a kernel does not read
    b: np.ndarray  # (k,) float32


def drawn(kernels: int, T: int, D: int, rng: np.random.Generator) -> list[Group]:
    """Random kernels for series of T steps and D channels, grouped by what the products have in common."""
    found: dict[tuple[int, int, int], list[tuple[np.ndarray, float]]] = {}
    for _ in range(kernels):
        m = int(rng.choice(LENGTHS))
        d = int(2 ** rng.uniform(0, max(0.0, np.log2(max(T - 1, 1) / (m - 1)))))
        p = (m - 1) * d // 2 if rng.random() < 0.5 else 0
        w = np.zeros((m, D), np.float32)
        read = rng.permutation(D)[: int(2 ** rng.uniform(0, np.log2(min(D, m) + 1)))]
        weights = rng.normal(size=(m, len(read)))
        w[:, read] = weights - weights.mean(axis=0)
        found.setdefault((m, d, p), []).append((w, rng.uniform(-1, 1)))
    return [
        Group(*key, np.stack([w for w, _ in group], axis=2), np.array([b for _, b in group], np.float32))
        for key, group in sorted(found.items())
    ]


def features(groups: Sequence[Group], series: Sequence[np.ndarray], progress: Progress | None = None) -> np.ndarray:
    """The maximum and the share above 0 of the outputs of each of K kernels on `series` [(T_e, D)]: (E, 2 K) float64.

    An output whose kernel ends after the last step of its series, padding included, does not exist. A kernel longer
    than the series has one output, as if zeros followed. A series has the same features in any company.
    """
    lengths, D = np.array([len(x) for x in series], np.intp), groups[0].W.shape[1]
    size = max(1, BLOCK // (int(lengths.max(initial=1)) * LENGTHS[-1] * D))
    margin = max((group.m - 1) * group.d for group in groups)
    rows = [np.empty((0, 2 * sum(len(group.b) for group in groups)))]
    for first in range(0, len(series), size):
        part = lengths[first : first + size]
        x = np.zeros((len(part), margin + part.max() + margin, D), np.float32)
        for e, values in enumerate(series[first : first + size]):
            x[e, margin : margin + len(values)] = values
        rows.append(np.concatenate([_features(group, x, part, margin) for group in groups], axis=1))
        if progress:
            progress(min(first + size, len(series)), len(series))
    return np.concatenate(rows)


def _features(group, x, lengths, margin):
    """The features of one group on x (E, margin + T + margin, D), whose series begin after the margin: (E, 2 k)."""
    m, d, p, W, b = group
    outputs = np.maximum(lengths + 2 * p - (m - 1) * d, 1)
    longest = outputs.max()
    taps = [x[:, margin - p + j * d :][:, :longest] for j in range(m)]
    o = np.concatenate(taps, axis=2) @ W.reshape(-1, len(b)) + b
    if outputs.min() < longest:
        o[np.arange(longest) >= outputs[:, None]] = -np.inf
    return np.concatenate([o.max(axis=1), (o > 0).sum(axis=1) / outputs[:, None]], axis=1)
