"""Losses and likelihoods of a forecast, registered by the name that `--loss` takes.

M rows, K target columns. Scores are (M, P K): K columns for each of the P parameters, one parameter after the other.
Targets are in the units of the model (scaled), except for the negative binomial, whose targets are the counts
themselves. Losses are computed in float64, gradients written back in the dtype of the scores; forecasts are float64.
"""

from dataclasses import dataclass
from itertools import pairwise
from math import log, pi

import numpy as np

from ..errors import DataError
from .likelihood import LIKELIHOODS, Likelihood, check_option
from .special import (
    digamma,
    lgamma,
    negative_binomial_above,
    negative_binomial_cdf,
    negative_binomial_quantile,
    normal_quantile,
    normal_tail,
    softplus,
    student_quantiles,
    student_tail,
)

FLOOR = 1e-3  # smallest scale of a distribution, in units of the model, and smallest dispersion
LEAST_FREEDOM = 2.01  # smallest degrees of freedom: the variance stays finite
LEAST_COUNT = 1e-12  # smallest mean of a distribution of counts
ROUNDING = 1e-9  # tolerance for a level beyond the outermost ones of a model


@dataclass(frozen=True)
class SquaredError(Likelihood):
    """L = (y - s)^2."""

    name = "mse"

    def terms(self, parts, y, xp):
        error = parts[0] - y
        return error * error, [2 * error]

    def mean(self, scores):
        """The scores: an estimate of the mean."""
        return self._read(scores)[0]


@dataclass(frozen=True)
class AbsoluteError(Likelihood):
    """L = |y - s|; the gradient at y = s is 0."""

    name = "mae"

    def terms(self, parts, y, xp):
        error = parts[0] - y
        sign = xp.sign(error.real)
        return sign * error, [sign]

    def mean(self, scores):
        """The scores: an estimate of the median."""
        return self._read(scores)[0]


@dataclass(frozen=True)
class Huber(Likelihood):
    """L = e^2 / 2 where |e| <= delta, else delta (|e| - delta / 2), with e = y - s (Huber 1964, Annals of
    Mathematical Statistics 35, 73-101). Raises ConfigError for a delta that is not above 0."""

    delta: float = 1.0  # in units of the model
    name = "huber"

    def __post_init__(self):
        check_option("huber delta", self.delta, 0 < self.delta < float("inf"), "a number above 0")

    def terms(self, parts, y, xp):
        error = parts[0] - y
        slope = xp.sign(error.real) * self.delta
        near = abs(error.real) <= self.delta
        return (xp.where(near, error * error / 2, slope * error - self.delta**2 / 2), [xp.where(near, error, slope)])

    def mean(self, scores):
        """The scores: an estimate between median (small delta) and mean (large delta)."""
        return self._read(scores)[0]


@dataclass(frozen=True)
class Quantiles(Likelihood):
    """The pinball loss, summed over the levels q (Koenker & Bassett 1978, Econometrica 46, 33-50).

        L = sum over q of q (y - s_q) where y > s_q, (1 - q) (s_q - y) elsewhere

    Quantiles that cross are sorted when they are read. Raises ConfigError unless the levels rise inside (0, 1) and have
    0.5, the point forecast, among or between them.
    """

    levels: tuple[float, ...] = (0.025, 0.1, 0.5, 0.9, 0.975)
    name = "quantile"

    def __post_init__(self):
        ends = (0, *self.levels, 1)
        good = self.levels and all(low < high for low, high in pairwise(ends))
        check_option(
            "quantile levels",
            self.levels,
            good and self.levels[0] <= 0.5 <= self.levels[-1],
            "numbers that rise between 0 and 1, with 0.5 among or between them",
        )

    @property
    def columns(self):
        return len(self.levels)

    places = columns

    def terms(self, parts, y, xp):
        losses, gradients = 0, []
        for level, part in zip(self.levels, parts, strict=True):
            error = part - y
            gradients.append(xp.where(error.real < 0, -level, 1 - level))
            losses = losses + gradients[-1] * error
        return losses, gradients

    def mean(self, scores):
        """The median."""
        return self.quantile(scores, 0.5)

    def quantile(self, scores, q):
        """Interpolated linearly between the levels; raises ConfigError beyond the outermost ones."""
        check_option(
            "quantile",
            q,
            self.levels[0] - ROUNDING <= q <= self.levels[-1] + ROUNDING,
            f"{self.levels[0]} to {self.levels[-1]}, the levels of the model; train with wider ones, "
            "or use conformal intervals",
        )
        ordered = np.sort(self._read(scores), axis=0)
        place = float(np.interp(q, self.levels, range(self.columns)))
        low = min(int(place), max(self.columns - 2, 0))
        high = min(low + 1, self.columns - 1)
        return ordered[low] + (place - low) * (ordered[high] - ordered[low])


@dataclass(frozen=True)
class Gaussian(Likelihood):
    """Normal with mean m and scale s = floor + softplus(a), or floor + exp(a); scores are m, a.

        L = log s + z^2 / 2 + log(2 pi) / 2     with z = (y - m) / s
        dL/dm = -z / s,   dL/ds = (1 - z^2) / s

    Raises ConfigError for another `scale` or a floor that is not above 0.
    """

    scale: str = "softplus"  # or "log"
    floor: float = FLOOR  # in units of the model
    columns, name = 2, "gaussian"

    def __post_init__(self):
        check_option("gaussian scale", self.scale, self.scale in ("softplus", "log"), "softplus, log")
        check_option("gaussian floor", self.floor, 0 < self.floor < float("inf"), "a number above 0")

    def _scale(self, a, xp=np):
        """(s, ds/da)"""
        value, slope = softplus(a, xp) if self.scale == "softplus" else (xp.exp(a),) * 2
        return self.floor + value, slope

    def terms(self, parts, y, xp):
        m, a = parts
        s, slope = self._scale(a, xp)
        z = (y - m) / s
        return xp.log(s) + z * z / 2 + log(2 * pi) / 2, [-z / s, (1 - z * z) / s * slope]

    def mean(self, scores):
        """The mean, which is also the median."""
        return self._read(scores)[0]

    def quantile(self, scores, q):
        _check_fraction(q)
        m, a = self._read(scores)
        return m + self._scale(a)[0] * normal_quantile(q)

    def sample(self, scores, rng):
        m, a = self._read(scores)
        return m + self._scale(a)[0] * rng.standard_normal(m.shape)

    def tail(self, scores, targets):
        m, a = self._read(scores)
        return normal_tail((targets - m) / self._scale(a)[0])


@dataclass(frozen=True)
class StudentT(Likelihood):
    """Student's t with location m, scale s = floor + softplus(a) and v = 2.01 + softplus(c) degrees of freedom; scores
    are m, a, c.

        L = log Gamma(v/2) - log Gamma((v+1)/2) + log(pi v) / 2 + log s + (v+1)/2 log(1 + w)
        with z = (y - m) / s,  w = z^2 / v,  u = (v+1) / (v (1 + w)):
        dL/dm = -u z / s,   dL/ds = (1 - u z^2) / s
        dL/dv = (psi(v/2) - psi((v+1)/2) + 1/v + log(1 + w) - u w) / 2

    Raises ConfigError for a floor that is not above 0.
    """

    floor: float = FLOOR  # of the scale, in units of the model
    columns, name = 3, "student-t"

    def __post_init__(self):
        check_option("student-t floor", self.floor, 0 < self.floor < float("inf"), "a number above 0")

    def terms(self, parts, y, xp):
        m, a, c = parts
        (s, s_slope), (v, v_slope) = softplus(a, xp), softplus(c, xp)
        s, v = self.floor + s, LEAST_FREEDOM + v
        z = (y - m) / s
        w = z * z / v
        u = (v + 1) / (v * (1 + w))
        losses = (
            lgamma(v / 2, xp) - lgamma((v + 1) / 2, xp) + xp.log(pi * v) / 2 + xp.log(s) + (v + 1) / 2 * xp.log(1 + w)
        )
        dv = (digamma(v / 2, xp) - digamma((v + 1) / 2, xp) + 1 / v + xp.log(1 + w) - u * w) / 2
        return losses, [-u * z / s, (1 - u * z * z) / s * s_slope, dv * v_slope]

    def _described(self, scores):
        """Location, scale and degrees of freedom, each (M, K)."""
        m, a, c = self._read(scores)
        return m, self.floor + softplus(a)[0], LEAST_FREEDOM + softplus(c)[0]

    def mean(self, scores):
        """The location, which is both mean and median."""
        return self._read(scores)[0]

    def quantile(self, scores, q):
        _check_fraction(q)
        m, s, v = self._described(scores)
        return m + s * student_quantiles(q, v)

    def sample(self, scores, rng):
        m, s, v = self._described(scores)
        return m + s * rng.standard_t(v)

    def tail(self, scores, targets):
        m, s, v = self._described(scores)
        return student_tail((targets - m) / s, v)


@dataclass(frozen=True)
class NegativeBinomial(Likelihood):
    """Counts with mean mu = softplus(a) and dispersion r = softplus(c), each above a floor: the variance is
    mu + mu^2 / r, the limit of large r is Poisson. Scores are a, c. Salinas et al. 2017, arXiv:1704.04110v3, write
    1/r for r.

        L = log Gamma(r) + log Gamma(y+1) - log Gamma(y+r) + r log((r+mu) / r) + y log((r+mu) / mu)
        dL/dmu = r (mu - y) / (mu (r+mu)),   dL/dr = psi(r) - psi(y+r) + log((r+mu) / r) + (y - mu) / (r+mu)

    Targets are the counts themselves, never scaled: raises DataError for one that is negative or not whole.
    """

    columns, name, lowest = 2, "negative-binomial", 0.0

    def terms(self, parts, y, xp):
        _check_counts(y)
        (mu, mu_slope), (r, r_slope) = (softplus(part, xp) for part in parts)
        mu, r = LEAST_COUNT + mu, FLOOR + r
        more = xp.log(r + mu) - xp.log(r)
        losses = lgamma(r, xp) + lgamma(y + 1, xp) - lgamma(y + r, xp) + r * more + y * (xp.log(r + mu) - xp.log(mu))
        dmu = r * (mu - y) / (mu * (r + mu))
        dr = digamma(r, xp) - digamma(y + r, xp) + more + (y - mu) / (r + mu)
        return losses, [dmu * mu_slope, dr * r_slope]

    def _described(self, scores):
        """Mean and dispersion, each (M, K)."""
        a, c = self._read(scores)
        return LEAST_COUNT + softplus(a)[0], FLOOR + softplus(c)[0]

    def mean(self, scores):
        """The mean, not the median: it need not be whole."""
        return self._described(scores)[0]

    def quantile(self, scores, q):
        """The smallest count k with P(Y <= k) >= q."""
        _check_fraction(q)
        return negative_binomial_quantile(q, *self._described(scores))

    def sample(self, scores, rng):
        """Poisson counts with gamma-distributed rates."""
        mu, r = self._described(scores)
        return rng.poisson(mu / r * rng.standard_gamma(r)).astype(np.float64)

    def tail(self, scores, targets):
        """Twice the smaller of P(Y <= y) and P(Y >= y), at most 1. Raises DataError for targets that are not counts."""
        _check_counts(targets)
        mu, r = self._described(scores)
        below, above = negative_binomial_cdf(targets, mu, r), negative_binomial_above(targets, mu, r)
        return np.minimum(2 * np.minimum(below, above), 1)


def _check_fraction(q):
    check_option("quantile", q, 0 < q < 1, "a number between 0 and 1")


def _check_counts(y):
    """Raises DataError for the first of y (M, K) that is not a count; nan marks a missing one and passes."""
    wrong = (y < 0) | (y > np.floor(y))
    if wrong.any():
        raise DataError(
            f"negative-binomial: {y[wrong][0]} is not a count; targets must be whole numbers, 0 or more",
            "leave counts unscaled, or train with gaussian or student-t",
        )


for likelihood in (SquaredError(), AbsoluteError(), Huber(), Quantiles(), Gaussian(), StudentT(), NegativeBinomial()):
    LIKELIHOODS.register(likelihood.name, likelihood)
