"""Hypotheses: what a model that writes step by step must offer, and the texts that are written with it.

N sources are answered side by side, each by K candidates; row r = k N + n of the model is candidate k of source n.
V tokens, T positions of a source that attention can look at, U tokens of one text.
"""

from bisect import insort
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol

import numpy as np

FIRST_ROOM = 64  # steps for which a History has room at first


class Stepper(Protocol):
    """A model that writes one token after another in K N rows. Its arrays are written to in place, `state` too."""

    N: int
    K: int
    ids: np.ndarray  # (1, K N) the tokens that the next round reads
    scores: np.ndarray  # (K N, V) of the next token, log probabilities up to a constant per row
    state: Sequence[Sequence[np.ndarray]]  # of each layer, arrays whose first axis are the K N rows

    def advance(self) -> None:
        """One round: reads `ids`, overwrites `scores` and `state`."""
        ...

    def attended(self) -> np.ndarray | None:
        """(K, N, T) the weights of the last round's attention, a view; None without attention."""
        ...


class Stops(Protocol):
    """Texts before which a hypothesis ends."""

    longest: int  # most tokens that such a text may spread over

    def __call__(self, tokens: np.ndarray) -> bool:
        """Whether the last of these tokens, the latest `longest` of a hypothesis or fewer, completes one of them."""
        ...


@dataclass(frozen=True)
class Written:
    """One text that answers a source."""

    tokens: tuple[int, ...]  # without the end token
    score: float  # log probability / length^alpha; the length counts the end token
    log_probability: float  # nats, by the model's own distribution: before sampling options and forbidden tokens
    ended: bool  # by the end token or a stop; False: cut at the limit
    attention: np.ndarray | None = field(default=None, compare=False)  # (U, T), a row for each token and the end token


def scored(log_probability: Any, length: Any, alpha: float) -> Any:
    """log probability / length^alpha, by which texts of different lengths are compared (Wu et al. 2016,
    arXiv:1609.08144v2, section 7, with length in place of (5 + length) / 6). alpha 0 favours short texts, 1 takes the
    mean of each token."""
    return log_probability / length**alpha


def log_normalisers(z: np.ndarray) -> np.ndarray:
    """(R, 1): log sum exp of each row of z (R, V), never below its maximum."""
    highest = z.max(axis=1, keepdims=True)
    return highest + np.log(np.exp(z - highest).sum(axis=1, keepdims=True))


class Ending(NamedTuple):
    """Where a text ends: `token`, its last, continues candidate `parent` of the step before."""

    log_probability: float
    length: int  # tokens, the end token included
    parent: int
    token: int


class History:
    """Back-pointers of every step: the token of each of (K, N) candidates, the candidate of the step before that it
    continues, and the weights of attention from which the tokens were chosen."""

    def __init__(self, K: int, N: int):
        self.steps = 0
        self.tokens = np.zeros((FIRST_ROOM, K, N), np.int32)
        self.parents = np.zeros((FIRST_ROOM, K, N), np.int32)
        self.weights: list[np.ndarray] = []

    def attend(self, weights: np.ndarray | None) -> None:
        """Keep a copy of the weights (K, N, T) for the next step; None: there are none."""
        if weights is not None:
            self.weights.append(weights.copy())

    def append(self, tokens: np.ndarray, parents: np.ndarray) -> None:
        """One more step: tokens and parents (K, N)."""
        if self.steps == len(self.tokens):
            self.tokens, self.parents = (np.concatenate([a, np.zeros_like(a)]) for a in (self.tokens, self.parents))
        self.tokens[self.steps], self.parents[self.steps] = tokens, parents
        self.steps += 1

    def written(self, n: int, ending: Ending, end: int | None, ended: bool, alpha: float) -> Written:
        """The text of source n with this ending; `end` is no part of its tokens."""
        tokens, parent = [ending.token], ending.parent
        chosen_from = [parent]
        for step in range(ending.length - 2, -1, -1):
            tokens.append(int(self.tokens[step, parent, n]))
            parent = int(self.parents[step, parent, n])
            chosen_from.append(parent)
        weights = [self.weights[step][k, n] for step, k in enumerate(reversed(chosen_from))] if self.weights else None
        return Written(
            tokens=tuple(reversed(tokens[1:] if ending.token == end else tokens)),
            score=scored(ending.log_probability, ending.length, alpha),
            log_probability=ending.log_probability,
            ended=ended,
            attention=None if weights is None else np.array(weights),
        )


class Ranking:
    """The n_best texts of each of N sources: those that ended by score, then those that were cut at the limit.

    bar: (N,) a score that an ended text must exceed to be among them.
    """

    def __init__(self, N: int, n_best: int, alpha: float):
        self.n_best, self.alpha, self.arrivals = n_best, alpha, 0
        self.ranked: list[list[tuple[tuple[bool, float, int], Ending]]] = [[] for _ in range(N)]
        self.bar = np.full(N, -np.inf)

    def add(self, n: int, ending: Ending, ended: bool) -> None:
        """Rank one more text of source n; of equal ones the first stays first."""
        self.arrivals += 1
        score, own = scored(ending.log_probability, ending.length, self.alpha), self.ranked[n]
        insort(own, ((not ended, -score, self.arrivals), ending))
        del own[self.n_best :]
        cut, worst, _ = own[-1][0]
        if len(own) == self.n_best and not cut:
            self.bar[n] = -worst

    def endings(self, n: int) -> list[tuple[Ending, bool]]:
        """(ending, whether it ended) of the texts of source n, best first."""
        return [(ending, not order[0]) for order, ending in self.ranked[n]]
