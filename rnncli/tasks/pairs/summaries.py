"""Linear baselines and below: the most frequent class, the mean, and a ridge on features or on a series.

The ridge reads any features x (E, F), such as the columns of a table, each standardised by the training examples:

    z = (x - mean) / sd,      W, b = argmin sum |y - z W - b|^2 + penalty |W|^2        (no penalty on b)

with the penalty whose leave-one-out error is the smallest. With z = U S V' and h_e = 1/E + sum_j U_ej^2 S_j^2 /
(S_j^2 + penalty), the error of example e by the map fitted without it is its error divided by 1 - h_e. Allen, "The
relationship between variable selection and data augmentation and a method for prediction", Technometrics 16 (1974)
125-127. For classes, y is 1 for the class of an example and -1 for all others, and the largest answer wins.
"""

from collections.abc import Sequence

import numpy as np

from ...data.pairs.sides import summaries as summary

PENALTIES = tuple(10.0**k for k in range(-6, 7))


def majority(labels: np.ndarray, K: int) -> int:
    """The most frequent of K classes in `labels` (E,), the first one of equals."""
    return int(np.argmax(np.bincount(labels, minlength=K)))


def mean(numbers: np.ndarray) -> np.ndarray:
    """The mean of the examples' numbers (E, ...), over E: (...)."""
    return np.mean(numbers, axis=0)


def summaries(series: Sequence[np.ndarray]) -> np.ndarray:
    """Mean, sd, minimum, maximum, first and last of every channel of `series` [(T_e, D)]: (E, 6 D) float64."""
    return np.array([summary(x) for x in series], np.float64)


def columns(series: Sequence[np.ndarray], T: int) -> np.ndarray:
    """Every value of `series` [(T_e, D)] as a feature of its own, channels side by side: (E, T D) float64.

    Series of other lengths are resampled along straight lines at T equal distances from their first to their last step.
    """
    D = series[0].shape[1]
    out = np.empty((len(series), T, D))
    for e, x in enumerate(series):
        at = np.linspace(0, len(x) - 1, T)
        for k in range(D):
            out[e, :, k] = x[:, k] if len(x) == T else np.interp(at, np.arange(len(x)), x[:, k])
    return out.reshape(len(series), -1)


def one_against_all(labels: np.ndarray, K: int) -> np.ndarray:
    """1 for the class of each of `labels` (E,) and -1 for the others: (E, K). A class without examples never wins."""
    return 2 * np.eye(K)[labels] - 1


class Ridge:
    """One linear map for all targets. The penalty is the one of `penalties` with the smallest leave-one-out error.

    The error is the mean over examples and targets of the squared error in variances of the target. After `fit`:
    `penalty`, its `error`, and the map as `weights` W (F, K) and `bias` b (K,) on x as it came. ValueError unless all
    penalties are above 0.
    """

    def __init__(self, penalties: Sequence[float] = PENALTIES) -> None:
        self.penalties = tuple(sorted(penalties))
        if not self.penalties or not self.penalties[0] > 0:
            raise ValueError(f"penalties are {self.penalties}; give one or more, all above 0")

    def fit(self, x: np.ndarray, y: np.ndarray) -> "Ridge":
        """Fit on features x (E, F) and targets y (E, K), in any units. Returns self.

        A constant feature has weight 0. With one example the map is its target.
        """
        x, y = np.asarray(x, np.float64), np.asarray(y, np.float64)
        middle, level = x.mean(axis=0), y.mean(axis=0)
        spread = x.std(axis=0)
        spread[spread <= 1e-12 * np.abs(x).max(axis=0)] = np.inf  # rounding, not variance
        solved = _Solved((x - middle) / spread, y - level)
        self.penalty = min(reversed(self.penalties), key=solved.error)  # of equals, the largest
        self.error = solved.error(self.penalty)
        self.weights = solved.weights(self.penalty) / spread[:, None]
        self.bias = level - middle @ self.weights
        return self

    def predict(self, x: np.ndarray) -> np.ndarray:
        """The targets of features x (n, F): (n, K). For classes, the argmax over K is the answer."""
        return np.asarray(x, np.float64) @ self.weights + self.bias


class SeriesRidge:
    """A ridge on the summaries of series or on all their values, as the smaller leave-one-out error decides.

    All values are those of the series resampled to the longest training series; where they would be more than `most`
    numbers in all, only the summaries are tried. After `fit`: `ridge`, and `T`, 0 for the summaries.
    """

    def __init__(self, most: int = 20_000_000) -> None:
        self.most = most

    def fit(self, series: Sequence[np.ndarray], y: np.ndarray) -> "SeriesRidge":
        """Fit on `series` [(T_e, D)] without missing values and targets y (E, K). Returns self."""
        self.T, self.ridge = 0, Ridge().fit(summaries(series), y)
        T = max(len(x) for x in series)
        if len(series) * T * series[0].shape[1] <= self.most:
            other = Ridge().fit(columns(series, T), y)
            if other.error < self.ridge.error:
                self.T, self.ridge = T, other
        return self

    def predict(self, series: Sequence[np.ndarray]) -> np.ndarray:
        """The targets of `series` [(T_e, D)]: (n, K)."""
        return self.ridge.predict(columns(series, self.T) if self.T else summaries(series))


class _Solved:
    """z (E, F) and y (E, K), both centred, in the axes of z = U S V': each penalty costs only a division."""

    def __init__(self, z, y):
        self._z, self._y = z, y
        self._tall = len(z) > z.shape[1]
        squares, axes = np.linalg.eigh(z.T @ z if self._tall else z @ z.T)
        kept = squares > 1e-12 * squares.max(initial=1e-300)
        self._squares, self._axes = squares[kept], axes[:, kept]
        self._U = z @ self._axes / np.sqrt(self._squares) if self._tall else self._axes
        self._moments = self._U.T @ y
        self._variance = np.maximum((y**2).mean(axis=0), 1e-300)

    def error(self, penalty):
        """The mean squared leave-one-out error in variances of the targets; infinite for a single example."""
        E = len(self._y)
        shares = self._squares / (self._squares + penalty)
        left = 1 - 1 / E - self._U**2 @ shares
        if left.min() <= 1e-9:
            return np.inf
        residuals = (self._y - self._U @ (shares[:, None] * self._moments)) / left[:, None]
        return float(((residuals**2).mean(axis=0) / self._variance).mean())

    def weights(self, penalty):
        """W (F, K) for z."""
        shares = self._moments / (self._squares + penalty)[:, None]
        if self._tall:
            return self._axes @ (np.sqrt(self._squares)[:, None] * shares)
        return self._z.T @ (self._axes @ shares)
