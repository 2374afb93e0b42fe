"""The baseline of series: the target of the nearest training series, by Euclidean distance or dynamic time warping.

With x, y (T, D) and the squared distance c_ij = |x_i - y_j|^2 of two steps, all channels together,

    Euclidean:  sum_i c_ii            DTW:  d_ij = c_ij + min(d_{i-1,j}, d_{i,j-1}, d_{i-1,j-1}),  |i - j| <= r

and the distance is d_{T,T}. r is a share of T. Sakoe and Chiba, "Dynamic programming algorithm optimization for spoken
word recognition", IEEE Trans. on Acoustics, Speech, and Signal Processing 26 (1978) 43-49. Series of other lengths are
first resampled to T along straight lines, which costs little accuracy: Ratanamahatana and Keogh, "Everything you know
about dynamic time warping is wrong", workshop on mining temporal and sequential data (2004).
"""

from collections.abc import Callable, Sequence

import numpy as np

from ...phrases import counted
from ...random_streams import stream
from .summaries import columns

BAND = 0.1  # r as a share of T: the usual one
LONGEST = 512  # steps; longer series are resampled to as many
WORK = 20_000_000_000  # numbers to compare in all, half a minute of one core
NUMBERS = 20_000_000  # of the training series that are kept

Progress = Callable[[int, int], None]  # (done, total)


class Nearest:
    """The target of the nearest series, the first of equally near ones. Series are scaled alike before they come here.

    band: r as a share of T for DTW; None for the Euclidean distance. seed: draws the training series that are compared
    where all of them would exceed `work`. After `fit`: `notes`, sentences on the data as it was used.
    """

    def __init__(self, band: float | None = None, seed: int = 0, work: int = WORK) -> None:
        if band is not None and not 0 <= band <= 1:
            raise ValueError(f"the band is {band}; it must be a share of the length, from 0 to 1")
        self.band, self.seed, self.work = band, seed, work

    def fit(self, series: Sequence[np.ndarray], targets: np.ndarray, questions: int = 1) -> "Nearest":
        """Keep `series` [(T_e, D)] and `targets` (E, ...): numbers or classes. Returns self.

        questions: the number of series that `predict` will be asked for, on which its work depends.
        """
        lengths = {len(x) for x in series}
        self.T = min(max(lengths), LONGEST)
        self._r = 0 if self.band is None else int(self.band * self.T)
        kept = self._kept(len(series), self.T * series[0].shape[1], max(questions, 1) * min(2 * self._r + 1, self.T))
        self._targets = np.asarray(targets)[kept]
        alike = columns([series[e] for e in kept], self.T).reshape(len(kept), self.T, -1)
        self._series = np.ascontiguousarray(alike.transpose(1, 2, 0))  # (T, D, kept)
        self.notes = []
        if len(lengths) > 1 or max(lengths) > LONGEST:
            self.notes.append(f"nearest neighbours: every series is resampled to {counted(self.T, 'step')}")
        if len(kept) < len(series):
            self.notes.append(
                f"nearest neighbours: {len(kept):,} of {len(series):,} training series are compared, drawn at random"
            )
        return self

    def predict(self, series: Sequence[np.ndarray], progress: Progress | None = None) -> np.ndarray:
        """The target of the nearest training series of each of `series` [(T_e, D)]: (n, ...)."""
        nearest = np.empty(len(series), np.intp)
        for k, values in enumerate(series):
            x = columns([values], self.T).reshape(self.T, -1)
            distance = _euclidean(x, self._series) if self.band is None else _warped(x, self._series, self._r)
            nearest[k] = np.argmin(distance)
            if progress:
                progress(k + 1, len(series))
        return self._targets[nearest]

    def _kept(self, E, size, uses):
        """Which training series are compared, rising; size: the numbers in one; uses: how often each is compared."""
        most = max(1, min(NUMBERS // size, self.work // (size * uses)))
        if most >= E:
            return np.arange(E)
        return np.sort(stream(self.seed, "neighbours").choice(E, most, replace=False))


def _euclidean(x, others):
    """Squared distances of x (T, D) to `others` (T, D, E): (E,)."""
    return ((others - x[:, :, None]) ** 2).sum(axis=(0, 1))


def _warped(x, others, r):
    """DTW distances of x (T, D) to `others` (T, D, E) within |i - j| <= r: (E,).

    Antidiagonal by antidiagonal s = i + j: the cells of one depend only on the two before. A buffer holds d of one of
    them at [i + 1], infinite outside the band.
    """
    T, D, E = others.shape
    reverse = others[::-1]  # its index rises with i along an antidiagonal
    before, last, new = (np.full((T + 1, E), np.inf) for _ in range(3))
    difference = np.empty((min(T, r + 1), E))
    before[0] = 0  # the cell before (0, 0)
    for s in range(2 * T - 1):
        low, high = max(0, s - T + 1, (s - r + 1) // 2), min(T - 1, s, (s + r) // 2) + 1
        w, shift = high - low, T - 1 - s
        c, d = new[low + 1 : high + 1], difference[:w]
        np.minimum(last[low:high], last[low + 1 : high + 1], out=c)  # from (i - 1, j) and (i, j - 1)
        np.minimum(c, before[low:high], out=c)  # from (i - 1, j - 1)
        for k in range(D):
            np.subtract(x[low:high, k, None], reverse[low + shift : high + shift, k], out=d)
            d *= d
            c += d
        new[low] = np.inf
        if high + 1 <= T:
            new[high + 1] = np.inf
        before, last, new = last, new, before
    return last[T]
