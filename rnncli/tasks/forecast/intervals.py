"""The sources of quantiles and sample paths of a forecast: the likelihood, or the residuals of held-out windows.

Everything here is in the units of a model (z); shapes are (h, N, K): steps ahead, windows, targets.
"""

from collections.abc import Sequence

import numpy as np

from ...errors import ConfigError
from ...nn.likelihood import Likelihood
from ...random_streams import stream
from .conformal import counts, fewest, whole_rows, widths

PATHS = 200  # sample paths for the quantiles of a recursive model


def ends(level: float) -> tuple[float, float]:
    """The quantiles, in 0..1, at the lower and the upper end of an interval of `level`, in per cent."""
    return round((1 - level / 100) / 2, 12), round((1 + level / 100) / 2, 12)


def level_of(q: float) -> float:
    """The level in per cent of the interval that ends at the quantile q."""
    return round(100 * abs(2 * q - 1), 9)


def check_wanted(levels: Sequence[float], quantiles: Sequence[float]) -> None:
    """Raises ConfigError for a level outside (0, 100) or a quantile outside (0, 1)."""
    for name, values, most in (("level", levels, 100), ("quantile", quantiles, 1)):
        for value in values:
            if not 0 < value < most:
                raise ConfigError(
                    f"{name} {value:g} is not between 0 and {most}",
                    "levels are in per cent, as in 80,95; quantiles between 0 and 1, as in 0.1,0.9",
                )


def describes(likelihood: Likelihood, what: str) -> bool:
    """Whether a likelihood defines the method `what`: "quantile", "sample" or "tail"."""
    return getattr(type(likelihood), what) is not getattr(Likelihood, what)


def possible_levels(
    likelihood: Likelihood, residuals: np.ndarray | None, levels: Sequence[float], feeds_back: bool = False
) -> tuple[float, ...]:
    """The `levels` whose interval ends `quantile_source` can provide."""
    if describes(likelihood, "quantile") and not feeds_back:
        low, high = _trained(likelihood)
        return tuple(level for level in levels if low <= ends(level)[0] and ends(level)[1] <= high)
    if feeds_back and describes(likelihood, "sample"):
        return tuple(levels)
    return tuple(level for level in levels if residuals is not None and _enough(residuals, level))


def _enough(residuals, level):
    """Whether there are enough residuals for an interval of a level."""
    return fewest(level) <= counts(residuals).min()


def quantile_source(
    likelihood: Likelihood, residuals: np.ndarray | None, quantiles: Sequence[float], feeds_back: bool = False
) -> "Described | Empirical | Conformal":
    """An object with `method`, a name, and `quantile(scores, z, q)` (h, N, K) for each of `quantiles`.

    residuals: (R, h, K) observed value less mean of held-out windows, or None. feeds_back: for a recursive model, which
    reads its own predictions: its scores ignore their errors, so residuals or paths are used. Raises ConfigError where
    there is neither, and for quantiles outside those that a model was trained for; DataError for too few residuals.
    """
    sampled = feeds_back and describes(likelihood, "sample")
    if sampled and (residuals is None or not all(_enough(residuals, level_of(q)) for q in quantiles)):
        return Empirical()
    if feeds_back or not describes(likelihood, "quantile"):
        if quantiles and residuals is None:
            raise _no_distribution(likelihood, "--level and --quantiles need")
        return Conformal(residuals, quantiles)
    low, high = _trained(likelihood)
    widest = level_of(min(1 - low, high))  # of the intervals that both ends have quantiles for
    lower = f"ask for a --level up to {widest:g}, or " if widest > 0 else ""
    for q in quantiles:
        if not low <= q <= high:
            raise ConfigError(
                f"the quantile {q:g} is outside those that the model was trained for: "
                f"{', '.join(f'{level:g}' for level in getattr(likelihood, 'levels', ()))}",
                f"{lower}train with --quantiles that include {q:g}",
            )
    return Described(likelihood)


def _trained(likelihood):
    """The least and the greatest quantile that a likelihood can predict."""
    levels = getattr(likelihood, "levels", (0.0, 1.0))
    return levels[0], levels[-1]


def _no_distribution(likelihood, what):
    return ConfigError(
        f"{what} a distribution: the loss '{likelihood.name}' has none, and the model has no residuals of "
        "held-out windows",
        "train with validation rows (--val-size), or with --loss gaussian, student-t or negative-binomial",
    )


class Described:
    """Quantiles of the distribution that scores (h, N, outputs) describe."""

    def __init__(self, likelihood: Likelihood) -> None:
        self.likelihood, self.method = likelihood, likelihood.name

    def quantile(self, scores: np.ndarray, z: np.ndarray, q: float) -> np.ndarray:
        """(h, N, K); z, the mean, is not used."""
        return self.likelihood.quantile(_rows(scores), q).reshape(z.shape)


class Empirical:
    """Quantiles of paths that a model drew. Their number and seed are fixed, so that quantiles never vary."""

    method = "paths"

    def rng(self, block: int) -> np.random.Generator:
        """The Generator of the paths of a window in a block of steps: the same for all windows."""
        return stream(0, "intervals", block)

    def quantile(self, paths: np.ndarray, z: np.ndarray, q: float) -> np.ndarray:
        """(h, N, K) of paths (PATHS, h, N, K)."""
        return np.quantile(paths, q, axis=0)


class Conformal:
    """Quantiles around the mean, at distances taken from the residuals of held-out windows."""

    method = "conformal"

    def __init__(self, residuals: np.ndarray | None, quantiles: Sequence[float]) -> None:
        levels = sorted({level_of(q) for q in quantiles} - {0.0})
        found = widths(residuals, levels) if levels and residuals is not None else ()
        self.widths = dict(zip(levels, found)) | {0.0: 0.0}

    def quantile(self, scores: np.ndarray, z: np.ndarray, q: float) -> np.ndarray:
        """(h, N, K) around the mean z."""
        width = self.widths[level_of(q)]
        return z + np.copysign(width, q - 0.5)[:, None] if level_of(q) else z


def _rows(scores):
    """(h N, outputs) of (h, N, outputs)."""
    return scores.reshape(-1, scores.shape[-1])


def mean_of(likelihood: Likelihood, scores: np.ndarray, K: int) -> np.ndarray:
    """(h, N, K) the point forecast of scores (h, N, outputs)."""
    return likelihood.mean(_rows(scores)).reshape(*scores.shape[:2], K)


def path_source(
    likelihood: Likelihood, residuals: np.ndarray | None, W: int, num_samples: int, key: Sequence[int]
) -> "Draws | Bootstrap":
    """An object with `draw(scores, z, m, rows)` (h, N, K), sample m of the windows numbered `rows` (N,), and
    `rng(m, rows)`, the Generator with which a recursive model draws that path itself, or None.

    key: whole numbers that select the random stream, the seed first. Raises ConfigError where there is neither a
    distribution nor residuals, DataError where no residuals make a path.
    """
    if describes(likelihood, "sample"):
        return Draws(likelihood, key)
    if residuals is None:
        raise _no_distribution(likelihood, "--num-samples needs")
    return Bootstrap(residuals, W, num_samples, key)


class Draws:
    """Each step drawn independently from the distribution of its scores: right at each step, but without the dependence
    between steps. A recursive model draws paths with `rng` instead."""

    def __init__(self, likelihood: Likelihood, key: Sequence[int]) -> None:
        self.likelihood, self.key = likelihood, key

    def rng(self, m: int, rows: np.ndarray) -> np.random.Generator:
        """The Generator of sample m of a batch, from its start."""
        seed, *more = self.key
        return stream(seed, "paths", *more, m, int(rows[0]))

    def draw(self, scores: np.ndarray, z: np.ndarray, m: int, rows: np.ndarray) -> np.ndarray:
        """(h, N, K)"""
        return self.likelihood.sample(_rows(scores), self.rng(m, rows)).reshape(z.shape)


class Bootstrap:
    """The mean plus all residuals of one held-out window, drawn for each path: this keeps the dependence between the
    errors of neighbouring steps and of several targets."""

    def __init__(self, residuals: np.ndarray, W: int, num_samples: int, key: Sequence[int]) -> None:
        seed, *more = key
        self.residuals = whole_rows(residuals)
        self.chosen = stream(seed, "paths", *more).integers(len(self.residuals), size=(num_samples, W))

    def rng(self, m: int, rows: np.ndarray) -> None:
        """None: a path does not change the predictions of the model."""

    def draw(self, scores: np.ndarray, z: np.ndarray, m: int, rows: np.ndarray) -> np.ndarray:
        """(h, N, K)"""
        return z + self.residuals[self.chosen[m, rows]].swapaxes(0, 1)
