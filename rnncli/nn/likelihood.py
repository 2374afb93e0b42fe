"""The contract of a likelihood, the registry of likelihoods and what one must be to enter it."""

import numpy as np

from ..errors import ConfigError
from ..registry import Registry


class Likelihood:
    """How scores (M, outputs(K)) are scored against targets (M, K), and read. A frozen dataclass with its options."""

    name: str
    lowest = None  # the least value that a target can have, if there is one
    columns = 1  # P, parameters for each target
    places = 1  # how many of them, the first ones, say where the target is and not how sure that is

    def outputs(self, K):
        """Columns of scores for K targets."""
        return self.columns * K

    def loss(self, scores, targets, real=None, xp=np):
        """The loss as a sum over targets (M, K); scores (M, outputs(K)) become dL/dscores.

        Where `real` (M, K) is false a target is missing: it counts for nothing and its gradient is zero, nan or not.
        """
        y = (targets if real is None else xp.where(real, targets, 0)).astype(xp.float64)
        wide = scores.astype(xp.result_type(scores.dtype, xp.float64))
        losses, gradients = self.terms(self._parts(wide), y, xp)
        for part, gradient in zip(self._parts(scores), gradients, strict=True):
            part[...] = gradient if real is None else xp.where(real, gradient, 0)
        return (losses if real is None else xp.where(real, losses, 0)).sum().item()

    def terms(self, parts, y, xp):
        """Losses (M, K) and the gradients (M, K) of each of the `parts`, P arrays (M, K) of scores; y (M, K).

        Must let a complex step through: no abs, max or comparison except of the real part.
        """
        raise NotImplementedError

    def mean(self, scores):
        """Point forecast (M, K)."""
        raise NotImplementedError

    def quantile(self, scores, q):
        """The value (M, K) that a target stays at or below with probability q, 0 < q < 1.

        Raises ConfigError for another q, and where the loss describes no distribution.
        """
        raise self._no_distribution("quantiles")

    def sample(self, scores, rng):
        """One draw (M, K), by the Generator `rng`. Raises ConfigError where the loss describes no distribution."""
        raise self._no_distribution("samples")

    def tail(self, scores, targets):
        """Two-sided tail probability (M, K) of targets (M, K): 1 at the median, near 0 far from it; nan stays nan.

        Raises ConfigError where the loss describes no distribution.
        """
        raise self._no_distribution("tail probabilities")

    def _parts(self, scores):
        """Views (M, K) of scores (M, P K), one for each parameter."""
        K = scores.shape[1] // self.columns
        return [scores[:, p * K : (p + 1) * K] for p in range(self.columns)]

    def _read(self, scores):
        return self._parts(np.array(scores, np.float64))

    def _no_distribution(self, what):
        return ConfigError(
            f"the loss '{self.name}' describes no distribution, so that it has no {what}",
            "use conformal intervals, or train with gaussian, student-t or negative-binomial",
        )


def check_option(name, value, good, allowed):
    """Raises ConfigError, saying what is allowed, unless `good`."""
    if not good:
        raise ConfigError(f"{name} is {value}", f"allowed: {allowed}")


def check_likelihood(name, likelihood):
    """Raises ConfigError where `likelihood` lacks a loss or is known by another name than `name`."""
    if getattr(type(likelihood), "terms", None) in (None, Likelihood.terms) or likelihood.name != name:
        raise ConfigError(
            f"likelihood '{name}': found {likelihood!r}; expected a Likelihood of that name",
            "give it a `name`, and a method `terms` that returns losses and gradients",
        )


LIKELIHOODS = Registry("likelihood", check_likelihood)  # with default options; dataclasses.replace gives others
