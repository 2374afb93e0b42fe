"""The linear baseline: ridge regression in closed form, from the last L values to the next H.

n windows, L values in each, H steps ahead. With x a window less its last value l, divided by its spread s,

    (y - l) / s = x W + b,      W, b = argmin sum |Y - X W - b|^2 + penalty |W|^2       (no penalty on b)

Hoerl and Kennard, "Ridge regression: biased estimation for nonorthogonal problems", Technometrics 12 (1970) 55-67; the
last value subtracted as in NLinear (Zeng et al. 2022, arXiv:2205.13504). Windows may come from one series or many.
"""

from collections.abc import Sequence

import numpy as np

from ...errors import DataError

BLOCK = 1 << 12  # windows whose spread is computed together
PENALTIES = tuple(10.0**k for k in range(-3, 4))
HELD_OUT = 5  # one window in five, the last ones, chooses the penalty


def windows_of(y: np.ndarray, L: int, H: int, stride: int = 1, gaps: float = 0.0) -> tuple[np.ndarray, np.ndarray]:
    """Every `stride`-th window of y (D,) from its first value on, (n, L), and the values after it, (n, H), in order.

    Windows with a missing value (nan) after them, or more than a share `gaps` in them, are left out; n is 0 for a short
    series. Both are views of y where it has no missing value. ValueError for lengths or a stride below 1.
    """
    if min(L, H, stride) < 1:
        raise ValueError(f"L is {L}, H {H} and the stride {stride}; each must be 1 or more")
    y = np.asarray(y, np.float64)
    if len(y) < L + H:
        return np.empty((0, L)), np.empty((0, H))
    both = np.lib.stride_tricks.sliding_window_view(y, L + H)[::stride]
    if not np.isnan(y).any():
        return both[:, :L], both[:, L:]
    missing = np.isnan(both)
    both = both[(missing[:, :L].sum(axis=1) <= gaps * L) & ~missing[:, L:].any(axis=1)]
    return both[:, :L], both[:, L:]


class Ridge:
    """One linear map for all H steps. `center` subtracts the last value of each window, `scale` divides by its spread.

    The spread is the standard deviation of the window's values; without `scale` it is 1, without `center` l is 0. The
    penalty is the one of `penalties` with the smallest squared error (in spreads) on held-out windows; the map is then
    fitted again on all windows. After `fit`: `weights` W (L, H), `bias` b (H,), `penalty`. ValueError unless all
    penalties are above 0.
    """

    def __init__(self, center: bool = True, scale: bool = True, penalties: Sequence[float] = PENALTIES) -> None:
        self.center, self.scale, self.penalties = center, scale, tuple(sorted(penalties))
        if not self.penalties or not self.penalties[0] > 0:
            raise ValueError(f"penalties are {self.penalties}; give one or more, all above 0")

    def fit(self, windows: np.ndarray, targets: np.ndarray, held_out: np.ndarray | None = None) -> "Ridge":
        """Fit on `windows` (n, L) and `targets` (n, H), float64 in the units of the series. Returns self.

        held_out: (n,) bool, the windows that choose the penalty; by default the last fifth, the latest windows if they
        are in time order. With `scale`, windows without spread are left out: they have no unit. If no window is held
        out, or all are, the largest penalty is used; if no window has a spread, the map is zero, which repeats the last
        value. DataError if there is no window, ValueError for shapes that do not fit and values that are not finite.
        """
        windows, targets = np.asarray(windows, np.float64), np.asarray(targets, np.float64)
        self._check(windows, targets)
        held_out = _last(len(windows)) if held_out is None else np.asarray(held_out, bool)
        anchor, spread = self._units(windows)
        there = spread[:, 0] > 0

        def scaled(rows):
            """x and y of the windows `rows` (n,) bool, as new arrays."""
            pair = windows[rows], targets[rows]
            for each in pair:
                each -= anchor[rows]
                each /= spread[rows]
            return pair

        self.penalty = self._chosen(scaled, there & ~held_out, there & held_out)
        self.weights, self.bias = _Solved(*scaled(there)).at(self.penalty)
        return self

    def predict(self, windows: np.ndarray) -> np.ndarray:
        """The next H values of each of `windows` (n, L): (n, H), in their units. A window with nan gives nan.

        The forecast of a window without spread is its last value, if `center` and `scale` are on.
        """
        windows = np.asarray(windows, np.float64)
        if windows.ndim != 2 or windows.shape[1] != len(self.weights):
            raise ValueError(f"windows have shape {windows.shape}, expected (n, L={len(self.weights)})")
        anchor, spread = self._units(windows)
        return anchor + (windows - anchor) @ self.weights + spread * self.bias

    def _units(self, windows):
        """The value subtracted from each window and its divisor, (n, 1) each."""
        last = windows[:, -1:]
        anchor = last if self.center else np.zeros_like(last)
        if not self.scale:
            return anchor, np.ones_like(last)
        spread = np.empty(last.shape)
        for begin in range(0, len(windows), BLOCK):
            some = slice(begin, begin + BLOCK)
            # After subtracting the last value, equal values are exactly 0, and so is their deviation.
            spread[some] = (windows[some] - last[some]).std(axis=1, keepdims=True)
        return anchor, spread

    def _chosen(self, scaled, kept, held_out):
        if len(self.penalties) == 1 or not held_out.any() or not kept.any():
            return self.penalties[-1]
        solved, held = _Solved(*scaled(kept)), scaled(held_out)
        return min(self.penalties, key=lambda penalty: solved.error(penalty, *held))

    @staticmethod
    def _check(windows, targets):
        if windows.ndim != 2 or targets.ndim != 2 or len(windows) != len(targets):
            raise ValueError(f"windows have shape {windows.shape} and targets {targets.shape}, expected (n, L), (n, H)")
        if not len(windows):
            raise DataError(
                "ridge: the training rows have no complete window",
                "shorten the window or the horizon, or fill missing values with --fill",
            )
        if not (np.isfinite(windows).all() and np.isfinite(targets).all()):
            raise ValueError("windows or targets have missing or infinite values; leave such windows out")


class _Solved:
    """The normal equations of x (n, L) and y (n, H), which are overwritten, in diagonal form: each penalty costs only a
    division."""

    def __init__(self, x, y):
        self._x_mean, self._y_mean = (a.mean(axis=0) if len(a) else np.zeros(a.shape[1]) for a in (x, y))
        x -= self._x_mean
        y -= self._y_mean
        squares, self._axes = np.linalg.eigh(x.T @ x)
        self._squares = np.maximum(squares, 0)  # rounding can make some slightly negative
        self._moments = self._axes.T @ (x.T @ y)

    def at(self, penalty):
        """Weights (L, H) and bias (H,) with this penalty."""
        weights = self._axes @ (self._moments / (self._squares + penalty)[:, None])
        return weights, self._y_mean - self._x_mean @ weights

    def error(self, penalty, x, y):
        """Mean squared error on other windows."""
        weights, bias = self.at(penalty)
        return np.mean((x @ weights + bias - y) ** 2)


def _last(n):
    """(n,) bool: the last fifth, at least one."""
    return np.arange(n) >= n - max(n // HELD_OUT, 1)
