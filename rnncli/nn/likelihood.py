"""The contract of a likelihood, the registry of likelihoods, and the checks that one must pass to enter it."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from ..errors import ConfigError
from ..registry import Registry


class Likelihood:
    """The loss of scores (M, outputs(K)) for targets (M, K), and the forecasts that can be read from the scores.

    A frozen dataclass of its options.
    """

    name: str
    lowest: float | None = None  # the smallest possible target, if there is one
    columns = 1  # P, parameters for each target
    places = 1  # how many of them, the first ones, are locations rather than scales

    def outputs(self, K: int) -> int:
        """Columns of scores for K targets."""
        return self.columns * K

    def loss(self, scores: np.ndarray, targets: np.ndarray, real: np.ndarray | None = None, xp: Any = np) -> Any:
        """The loss as a sum over targets (M, K); scores (M, outputs(K)) are overwritten with dL/dscores.

        Where `real` (M, K) is False a target is missing: its loss and gradient are zero, whether it is nan or not.
        """
        y = (targets if real is None else xp.where(real, targets, 0)).astype(xp.float64)
        wide = scores.astype(xp.result_type(scores.dtype, xp.float64))
        losses, gradients = self.terms(self._parts(wide), y, xp)
        for part, gradient in zip(self._parts(scores), gradients, strict=True):
            part[...] = gradient if real is None else xp.where(real, gradient, 0)
        return (losses if real is None else xp.where(real, losses, 0)).sum().item()

    def terms(self, parts: Sequence[Any], y: Any, xp: Any) -> tuple[Any, Sequence[Any]]:
        """Losses (M, K), and the gradients (M, K) by each of the `parts`, P arrays (M, K) of scores; y (M, K).

        Must let a complex step through: no abs, max or comparison except of the real part.
        """
        raise NotImplementedError

    def mean(self, scores: np.ndarray) -> np.ndarray:
        """Point forecast (M, K)."""
        raise NotImplementedError

    def quantile(self, scores: np.ndarray, q: float) -> np.ndarray:
        """The quantile (M, K) of level q, 0 < q < 1: a target is at or below it with probability q.

        Raises ConfigError for another q, and if the loss describes no distribution.
        """
        raise self._no_distribution("quantiles")

    def sample(self, scores: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        """One draw (M, K), by the Generator `rng`. Raises ConfigError if the loss describes no distribution."""
        raise self._no_distribution("samples")

    def tail(self, scores: np.ndarray, targets: np.ndarray) -> np.ndarray:
        """Two-sided tail probability (M, K) of targets (M, K): 1 at the median, near 0 far from it; nan stays nan.

        Raises ConfigError if the loss describes no distribution.
        """
        raise self._no_distribution("tail probabilities")

    def _parts(self, scores):
        """Views (M, K) of scores (M, P K), one for each parameter."""
        K = scores.shape[1] // self.columns
        return [scores[:, p * K : (p + 1) * K] for p in range(self.columns)]

    def _read(self, scores):
        return self._parts(np.array(scores, np.float64))

    def _no_distribution(self, wanted):
        return ConfigError(
            f"the loss '{self.name}' describes no distribution, so it has no {wanted}",
            "use conformal intervals, or train with gaussian, student-t or negative-binomial",
        )


def check_option(name: str, value: Any, good: Any, allowed: str) -> None:
    """Raises ConfigError with the allowed values, unless `good`."""
    if not good:
        raise ConfigError(f"{name} is {value}", f"allowed: {allowed}")


def check_likelihood(name: str, likelihood: Likelihood) -> None:
    """Raises ConfigError if `likelihood` has no loss, or a name other than `name`."""
    if getattr(type(likelihood), "terms", None) in (None, Likelihood.terms) or likelihood.name != name:
        raise ConfigError(
            f"likelihood '{name}': found {likelihood!r}; expected a Likelihood of that name",
            "give it a `name`, and a method `terms` that returns losses and gradients",
        )


LIKELIHOODS: Registry[Likelihood] = Registry("likelihood", check_likelihood)  # with default options
