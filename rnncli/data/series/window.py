"""Series as arrays for a network, and windows of them."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from .scaling import Units

Foreseen = Callable[[np.ndarray, np.ndarray, int], np.ndarray]  # (series (N,), first (N,), h) -> (h, N, Q)


@dataclass(frozen=True)
class Arrays:
    """S series as input for a network, all but the targets in their final units. L_s: steps of series s."""

    y: list[np.ndarray]  # S arrays (L_s, K) float64, nan where missing
    carried: list[np.ndarray]  # S arrays (L_s, K) float64: y, filled from earlier rows alone
    real: list[np.ndarray]  # S arrays (L_s, K) bool: True for observed targets, False for filled ones
    own: list[np.ndarray]  # S arrays (L_s, E): past covariates, known up to the origin
    known: list[np.ndarray]  # S arrays (L_s + F_s, Q): future covariates
    static: np.ndarray  # (S, C): static covariates
    next: np.ndarray  # (E,): `own` of a step after the origin
    foreseen: Foreseen | None = None  # future covariates as foreseen at an origin, where `known` is not known by then


@dataclass(frozen=True)
class Window:
    """N windows, each in its own units. K targets, D inputs, Q future covariates."""

    inputs: np.ndarray  # (L, N, D), 0 where missing
    ahead: np.ndarray  # (h, N, Q): future covariates of the steps to forecast
    targets: np.ndarray  # (h, N, K), 0 where missing
    real: np.ndarray  # (h, N, K) bool: True for observed targets
    units: Units  # offset and scale, both broadcast against (h, N, K)
    following: np.ndarray | None = None  # (L, N, K): the targets one step after each input step; 0 where missing
    following_real: np.ndarray | None = None  # (L, N, K) bool

    @property
    def size(self) -> tuple[int, ...]:
        """(L,)"""
        return (len(self.inputs),)

    @property
    def arrays(self) -> dict[str, np.ndarray | None]:
        """{name: array} for all models; each uses some of them."""
        return {
            "inputs": self.inputs,
            "ahead": self.ahead,
            "targets": self.targets,
            "real": self.real,
            "following": self.following,
            "following_real": self.following_real,
        }

    @property
    def count(self) -> int:
        """The number of targets in the loss."""
        return int((self.real if self.following_real is None else self.following_real).sum())

    @property
    def fresh(self) -> np.ndarray:
        """(N,) bool, all True: every window begins with a zero state."""
        return np.ones(self.inputs.shape[1], bool)
