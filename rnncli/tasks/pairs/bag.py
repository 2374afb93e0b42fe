"""Two linear baselines of texts as bags of n-grams: naive Bayes on counts, logistic regression on tf-idf.

E examples, G n-grams, K classes; x (E, G) is sparse. Both give ln p(k | x) = x W + b, normalised over the classes.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

import numpy as np

from ...random_streams import stream
from .lbfgs import minimise

C_GRID = (1.0, 10.0, 100.0)
ALPHA_GRID = (1.0, 0.1)
HELD_OUT = 10  # one example in ten chooses C and alpha
ACCURACY = 1e-5  # of the gradient of the mean nats, at which L-BFGS stops
ROUGH = 10  # it stops this much earlier while C is chosen
BLOCK = 1 << 18  # numbers of a product at a time: they stay in the cache

Progress = Callable[[int, int], None]  # (done, total)


class Rows(NamedTuple):
    """A sparse matrix (E, columns) by rows: row e has `values` at `indices`, both from indptr[e] to indptr[e + 1]."""

    indptr: np.ndarray  # (E + 1,) int64
    indices: np.ndarray  # (entries,) intp
    values: np.ndarray  # (entries,) float64
    columns: int

    @classmethod
    def of(cls, encoded: Iterable[tuple[np.ndarray, np.ndarray]], columns: int) -> "Rows":
        """The matrix whose rows are pairs of ids and values, such as `map(grams.encode, texts)`."""
        pairs = [(np.empty(0, np.intp), np.empty(0)), *encoded]
        indptr = np.cumsum([len(ids) for ids, _ in pairs])
        ids, values = (np.concatenate(parts) for parts in zip(*pairs))
        return cls(indptr, ids, values.astype(np.float64), columns)

    @property
    def E(self) -> int:
        return len(self.indptr) - 1

    def taken(self, rows: np.ndarray) -> "Rows":
        """The rows of these numbers, (n,), in their order."""
        n = np.diff(self.indptr)[rows]
        indptr = np.r_[0, np.cumsum(n)]
        at = np.arange(indptr[-1]) + np.repeat(self.indptr[rows] - indptr[:-1], n)
        return Rows(indptr, self.indices[at], self.values[at], self.columns)

    def transposed(self) -> "Rows":
        """The matrix (columns, E)."""
        order = np.argsort(self.indices, kind="stable")
        indptr = np.r_[0, np.cumsum(np.bincount(self.indices, minlength=self.columns))]
        rows = np.repeat(np.arange(self.E), np.diff(self.indptr))
        return Rows(indptr, rows[order], self.values[order], self.E)

    def times(self, W: np.ndarray) -> np.ndarray:
        """The product with W (columns, K): (E, K) float64."""
        product = np.zeros((self.E, W.shape[1]))
        there = np.flatnonzero(np.diff(self.indptr))  # reduceat has no sum for an empty row
        starts, stops = self.indptr[there], self.indptr[there + 1]
        first = 0
        while first < len(there):
            limit = starts[first] + BLOCK // W.shape[1]
            last = max(first + 1, int(np.searchsorted(stops, limit, side="right")))
            part = slice(starts[first], stops[last - 1])
            terms = W.take(self.indices[part], axis=0)
            terms *= self.values[part, None]
            product[there[first:last]] = np.add.reduceat(terms, starts[first:last] - starts[first], axis=0)
            first = last
        return product


class NaiveBayes:
    """Multinomial naive Bayes on counts.

        W_gk = ln (n_gk + alpha) / (n_k + alpha G),      b_k = ln (E_k + alpha) / (E + alpha K)

    n_gk: how often class k has n-gram g, n_k its n-grams in all, E_k its examples. McCallum and Nigam, "A comparison of
    event models for naive Bayes text classification", AAAI workshop on learning for text categorization (1998) 41-48.
    alpha is chosen from `grid` as C is in `Logistic`. After `fit`: `W` (G, K), `b` (K,), `alpha`. ValueError unless
    every alpha is above 0.
    """

    def __init__(self, grid: Sequence[float] = ALPHA_GRID, seed: int = 0) -> None:
        self.grid, self.seed = _grid("alpha", grid), seed

    def fit(self, rows: Rows, labels: np.ndarray, K: int, progress: Progress | None = None) -> "NaiveBayes":
        """Fit on counts `rows` (E, G) and `labels` (E,), each below K. Returns self."""
        labels = np.asarray(labels, np.intp)
        self.alpha = self.grid[0]
        if len(self.grid) > 1 and rows.E >= HELD_OUT:
            held_out, kept = _parts(rows, labels, self.seed)
            models = [NaiveBayes((alpha,)).fit(*kept, K) for alpha in self.grid]
            nats = [_nats(model.log_probabilities(held_out[0]), held_out[1]) for model in models]
            self.alpha = self.grid[int(np.argmin(nats))]
        one_hot = np.eye(K)[labels]
        n = rows.transposed().times(one_hot) + self.alpha
        self.W = np.log(n / n.sum(axis=0))
        E_k = one_hot.sum(axis=0) + self.alpha
        self.b = np.log(E_k / E_k.sum())
        if progress:
            progress(1, 1)
        return self

    def log_probabilities(self, rows: Rows) -> np.ndarray:
        """ln p of each class, (E, K)."""
        return _log_softmax(rows.times(self.W) + self.b)


class Logistic:
    """Multinomial logistic regression with an L2 penalty, none on b.

        W, b = argmin 1/2 |W|^2 + C sum_e -ln p(y_e | x_e)

    C: the one of `grid` with the fewest nats on a held-out tenth of the examples, drawn by `seed`; the model is then
    fitted on all of them. With one value, or fewer than ten examples, it is the first. After `fit`: `W` (G, K), `b`
    (K,), `C`. A class without examples gets a probability near 0. ValueError unless every C is above 0.
    """

    def __init__(self, grid: Sequence[float] = C_GRID, seed: int = 0, accuracy: float = ACCURACY) -> None:
        self.grid, self.seed, self.accuracy = _grid("C", grid), seed, accuracy

    def fit(self, rows: Rows, labels: np.ndarray, K: int, progress: Progress | None = None) -> "Logistic":
        """Fit on `rows` (E, G) and `labels` (E,), each below K. Returns self. progress: after each of the fits."""
        labels = np.asarray(labels, np.intp)
        total = len(self.grid) + 1
        self.C, start = self.grid[0], np.zeros((rows.columns + 1, K))
        if len(self.grid) > 1 and rows.E >= HELD_OUT:
            held_out, kept = _parts(rows, labels, self.seed)
            self.C, start = self._chosen(held_out, kept, start, progress)
        theta = minimise(_Objective(rows, labels, self.C), start, self.accuracy)
        self.W, self.b = theta[:-1], theta[-1]
        if progress:
            progress(total, total)
        return self

    def log_probabilities(self, rows: Rows) -> np.ndarray:
        """ln p of each class, (E, K)."""
        return _log_softmax(rows.times(self.W) + self.b)

    def _chosen(self, held_out, kept, theta, progress):
        """The C with the fewest nats on the examples `held_out`, and the parameters fitted with it on those `kept`."""
        (rows, labels), (kept_rows, kept_labels) = held_out, kept
        nats, thetas = [], []
        for C in self.grid:
            theta = minimise(_Objective(kept_rows, kept_labels, C), theta, ROUGH * self.accuracy)
            nats.append(_nats(_log_softmax(rows.times(theta[:-1]) + theta[-1]), labels))
            thetas.append(theta)
            if progress:
                progress(len(nats), len(self.grid) + 1)
        best = int(np.argmin(nats))
        return self.grid[best], thetas[best]


class _Objective:
    """The objective of `Logistic` divided by C E, of theta (G + 1, K): W above b."""

    def __init__(self, rows, labels, C):
        self.rows, self.columns, self.labels, self.penalty = rows, rows.transposed(), labels, 1 / (C * rows.E)

    def __call__(self, theta):
        W, E = theta[:-1], self.rows.E
        log_p = _log_softmax(self.rows.times(W) + theta[-1])
        true = np.arange(E), self.labels
        f = 0.5 * self.penalty * np.vdot(W, W) + _nats(log_p, self.labels)
        error = np.exp(log_p)
        error[true] -= 1
        error /= E
        g = np.concatenate([self.columns.times(error), error.sum(axis=0, keepdims=True)])
        g[:-1] += self.penalty * W
        return f, g


def _log_softmax(scores):
    scores = scores - scores.max(axis=1, keepdims=True)
    return scores - np.log(np.exp(scores).sum(axis=1, keepdims=True))


def _nats(log_p, labels):
    """Mean -ln p of the labels."""
    return -log_p[np.arange(len(labels)), labels].mean()


def _grid(name, values):
    if not values or not min(values) > 0:
        raise ValueError(f"the grid of {name} is {values}; give one or more values, all above 0")
    return tuple(values)


def _parts(rows, labels, seed):
    """(rows, labels) of a tenth of the examples and of the others."""
    order = stream(seed, "held out").permutation(rows.E)
    held_out, kept = np.sort(order[: rows.E // HELD_OUT]), np.sort(order[rows.E // HELD_OUT :])
    return (rows.taken(held_out), labels[held_out]), (rows.taken(kept), labels[kept])
