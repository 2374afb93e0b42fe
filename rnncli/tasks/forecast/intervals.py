"""Where quantiles and sample paths of a forecast come from: the likelihood, or the residuals of held-out windows.

Everything here is in the units of a model (z); shapes are (h, N, K): steps ahead, windows, targets.
"""

import numpy as np

from ...errors import ConfigError
from ...nn.likelihood import Likelihood
from ...random_streams import stream
from .conformal import counts, fewest, whole_rows, widths

PATHS = 200  # drawn for the quantiles of a model that reads what it told


def ends(level):
    """The quantiles, in 0..1, of the lower and the upper end of an interval of `level`, in per cent."""
    return round((1 - level / 100) / 2, 12), round((1 + level / 100) / 2, 12)


def level_of(q):
    """The level in per cent of the interval that ends in the quantile q."""
    return round(100 * abs(2 * q - 1), 9)


def check_wanted(levels, quantiles):
    """Raises ConfigError for a level outside (0, 100) or a quantile outside (0, 1)."""
    for name, values, most in (("level", levels, 100), ("quantile", quantiles, 1)):
        for value in values:
            if not 0 < value < most:
                raise ConfigError(
                    f"{name} {value:g} is not between 0 and {most}",
                    "levels are per cent, as in 80,95; quantiles are shares, as in 0.1,0.9",
                )


def describes(likelihood, what):
    """Whether a likelihood has `what`, "quantile", "sample" or "tail", of its own."""
    return getattr(type(likelihood), what) is not getattr(Likelihood, what)


def possible_levels(likelihood, residuals, levels, feeds_back=False):
    """Those of the `levels` for which `quantile_source` finds ends."""
    if describes(likelihood, "quantile") and not feeds_back:
        low, high = _trained(likelihood)
        return tuple(level for level in levels if low <= ends(level)[0] and ends(level)[1] <= high)
    if feeds_back and describes(likelihood, "sample"):
        return tuple(levels)
    return tuple(level for level in levels if residuals is not None and _enough(residuals, level))


def _enough(residuals, level):
    """Whether there are residuals enough for an interval of a level."""
    return fewest(level) <= counts(residuals).min()


def quantile_source(likelihood, residuals, quantiles, feeds_back=False):
    """What has `method`, a name, and `quantile(scores, z, q)` (h, N, K) for each of `quantiles`.

    residuals: (R, h, K) truth less mean of held-out windows, or None. feeds_back: of a model that reads what it told,
    whose scores know nothing of how wrong that may be: residuals tell, or paths. Raises ConfigError where nothing can
    tell, and for quantiles outside those that a model was trained for; DataError for too few residuals.
    """
    sampled = feeds_back and describes(likelihood, "sample")
    if sampled and (residuals is None or not all(_enough(residuals, level_of(q)) for q in quantiles)):
        return Empirical()
    if feeds_back or not describes(likelihood, "quantile"):
        if quantiles and residuals is None:
            raise _untold(likelihood, "--level and --quantiles need")
        return Conformal(residuals, quantiles)
    low, high = _trained(likelihood)
    for q in quantiles:
        if not low <= q <= high:
            raise ConfigError(
                f"the quantile {q:g} is beyond those that the model was trained for: "
                f"{', '.join(f'{level:g}' for level in likelihood.levels)}",
                f"ask for a --level up to {level_of(min(1 - low, high)):g}, or train with other --quantiles",
            )
    return Described(likelihood)


def _trained(likelihood):
    """The least and the greatest quantile that a likelihood can tell."""
    levels = getattr(likelihood, "levels", (0.0, 1.0))
    return levels[0], levels[-1]


def _untold(likelihood, what):
    return ConfigError(
        f"{what} a distribution: the loss '{likelihood.name}' has none to draw from, the model holds "
        "no residuals of held-out windows",
        "train with validation rows (--val-size), or with --loss gaussian, student-t or negative-binomial",
    )


class Described:
    """Quantiles of the distribution that scores (h, N, outputs) describe."""

    def __init__(self, likelihood):
        self.likelihood, self.method = likelihood, likelihood.name

    def quantile(self, scores, z, q):
        """(h, N, K); z, the mean, is not looked at."""
        return self.likelihood.quantile(_rows(scores), q).reshape(z.shape)


class Empirical:
    """Quantiles of paths that a model drew. How many and which never changes: they are figures, not samples."""

    method = "paths"

    def rngs(self, block, rows):
        """Yield the Generator of each path of a batch."""
        for m in range(PATHS):
            yield stream(0, "intervals", block, m, int(rows[0]))

    def quantile(self, paths, z, q):
        """(h, N, K) of paths (PATHS, h, N, K)."""
        return np.quantile(paths, q, axis=0)


class Conformal:
    """Quantiles around the mean, as far away as held-out windows were."""

    method = "conformal"

    def __init__(self, residuals, quantiles):
        levels = sorted({level_of(q) for q in quantiles} - {0.0})
        found = widths(residuals, levels) if levels else ()
        self.widths = dict(zip(levels, found)) | {0.0: 0.0}

    def quantile(self, scores, z, q):
        """(h, N, K) around the mean z."""
        width = self.widths[level_of(q)]
        return z + np.copysign(width, q - 0.5)[:, None] if level_of(q) else z


def _rows(scores):
    """(h N, outputs) of (h, N, outputs)."""
    return scores.reshape(-1, scores.shape[-1])


def mean_of(likelihood, scores, K):
    """(h, N, K) the point forecast that scores (h, N, outputs) stand for."""
    return likelihood.mean(_rows(scores)).reshape(*scores.shape[:2], K)


def path_source(likelihood, residuals, W, num_samples, key):
    """What has `draw(scores, z, m, rows)` (h, N, K), sample m of the windows numbered `rows` (N,), and `rng(m, rows)`,
    the Generator with which a model that reads what it told may draw that path itself, or None.

    key: whole numbers that say which random numbers, the seed first. Raises ConfigError where neither the likelihood
    nor residuals can tell, DataError where no residuals make a path.
    """
    if describes(likelihood, "sample"):
        return Draws(likelihood, key)
    if residuals is None:
        raise _untold(likelihood, "--num-samples needs")
    return Bootstrap(residuals, W, num_samples, key)


class Draws:
    """Each step drawn by itself from the distribution that its scores describe: right at each step, but no step knows
    of the one before. A model that reads what it told draws paths with `rng` instead."""

    def __init__(self, likelihood, key):
        self.likelihood, self.key = likelihood, key

    def rng(self, m, rows):
        """The Generator of sample m of a batch, from its beginning."""
        seed, *more = self.key
        return stream(seed, "paths", *more, m, int(rows[0]))

    def draw(self, scores, z, m, rows):
        """(h, N, K)"""
        return self.likelihood.sample(_rows(scores), self.rng(m, rows)).reshape(z.shape)


class Bootstrap:
    """The mean and all residuals of one held-out window, drawn anew for each path: errors of neighbouring steps, and
    of several targets, belong together as they did there."""

    def __init__(self, residuals, W, num_samples, key):
        seed, *more = key
        self.residuals = whole_rows(residuals)
        self.chosen = stream(seed, "paths", *more).integers(len(self.residuals), size=(num_samples, W))

    def rng(self, m, rows):
        """None: what happens along a path changes nothing of what the model tells."""

    def draw(self, scores, z, m, rows):
        """(h, N, K)"""
        return z + self.residuals[self.chosen[m, rows]].swapaxes(0, 1)
