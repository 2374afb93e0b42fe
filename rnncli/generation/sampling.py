"""Sampling the next token: temperature, filters, a repetition penalty, and the noise that makes a choice random.

N rows, V tokens. Scores (N, V) are log probabilities up to a constant per row; -inf is impossible.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import log

import numpy as np

from ..errors import ConfigError, ModelFileError
from ..random_streams import stream

WINDOW = 64  # latest tokens that the repetition penalty considers
NOISE = 1 << 18  # most random numbers drawn ahead at once
STEPS_AHEAD = 256  # most steps for which they are drawn
TINY = 1e-30  # keeps the logarithm of a drawn 0 finite


@dataclass(frozen=True)
class Sampling:
    """Sampling options. The defaults sample the model's own distribution; invalid values raise ConfigError."""

    temperature: float = 1.0  # scores are divided by it; 0: always the most probable token
    top_k: int = 0  # only the k most probable tokens; 0: off
    top_p: float = 1.0  # only the most probable tokens with this total probability; 1: off
    min_p: float = 0.0  # only tokens with at least this share of the highest probability; 0: off
    repetition_penalty: float = 1.0  # of tokens among the latest WINDOW; 1: off

    def __post_init__(self):
        for name, value, good, allowed in (
            (
                "temperature",
                self.temperature,
                self.temperature == 0 or 0.01 <= self.temperature <= 100,
                "0 (always the most probable token) or 0.01 to 100",
            ),
            ("top-k", self.top_k, self.top_k >= 0, "1 or more, or 0 (off)"),
            ("top-p", self.top_p, 0 < self.top_p <= 1, "above 0 up to 1 (off)"),
            ("min-p", self.min_p, 0 <= self.min_p <= 1, "0 (off) to 1"),
            (
                "repetition-penalty",
                self.repetition_penalty,
                0.1 <= self.repetition_penalty <= 10,
                "0.1 to 10; above 1 discourages, 1 is off",
            ),
        ):
            if not good:
                raise ConfigError(f"--{name} is {value}", f"allowed: {allowed}")


def check_finite(highest: np.ndarray, done: int) -> None:
    """Raises ModelFileError unless the best score of every row is finite at each step; highest: (steps, N), the last
    one of step `done`."""
    bad = ~np.isfinite(highest).all(axis=1)
    if bad.any():
        first = done - len(highest) + int(bad.argmax()) + 1
        raise ModelFileError(
            f"the model's scores are not finite at token {first:,}",
            "its state or weights overflowed; generate from an earlier checkpoint of the run",
        )


def penalise(z: np.ndarray, recent: np.ndarray, penalty: float) -> None:
    """In place: make the tokens `recent` (N, W) less probable in the scores z (N, V); each counts once.

    z_i := z_i / penalty where z_i > 0, else z_i * penalty (Keskar et al. 2019, arXiv:1909.05858v2, section 4.1, where
    every z_i is divided; a negative one is multiplied here, as is usual, since division would favour the token).
    """
    rows = np.arange(len(z))[:, None]
    seen = z[rows, recent]
    z[rows, recent] = np.where(seen > 0, seen / penalty, seen * penalty)


def lowest_kept(z: np.ndarray, top_k: int = 0, top_p: float = 1.0, min_p: float = 0.0) -> np.ndarray:
    """(N, 1): the lowest score that passes the filters in each row of z (N, V).

    top_k: the k-th highest (Fan et al. 2018, arXiv:1805.04833v1). top_p: the last of the fewest highest scores with
    at least `top_p` of the probability that top_k left (nucleus; Holtzman et al. 2020, arXiv:1904.09751v2). min_p:
    `min_p` times the highest probability (Nguyen et al. 2024, arXiv:2407.01082v1). The strictest filter counts; ties
    with the lowest score pass.
    """
    V = z.shape[1]
    if 0 < top_k < V:
        z = np.partition(z, V - top_k, axis=1)[:, V - top_k :]
    floor = z.min(axis=1, keepdims=True)
    highest = z.max(axis=1, keepdims=True)
    if top_p < 1:
        ordered = -np.sort(-z, axis=1)
        mass = np.cumsum(np.exp(ordered - highest), axis=1, dtype=np.float64)
        last = (mass[:, :-1] < top_p * mass[:, -1:]).sum(axis=1, keepdims=True)  # first with enough mass up to it
        floor = np.take_along_axis(ordered, last, axis=1)
    if min_p > 0:
        floor = np.maximum(floor, highest + log(min_p))
    return floor


def gumbel_noise(seed: int, samples: Sequence[int], V: int, scale: float = 1.0) -> Iterator[np.ndarray]:
    """Endless: `scale` times standard Gumbel noise (N, V) float32, step after step; with scale 1, argmax(z + noise)
    samples softmax(z) (Maddison, Tarlow & Minka 2014, arXiv:1411.0030v2).

    Row n has its own random stream, keyed by (seed, samples[n]): its values depend neither on the other rows nor on
    the number of steps drawn ahead. Drawn as -log E, E exponential in float64: in float32 an occasional zero would
    choose its token whatever the probability.
    """
    N = len(samples)
    ahead = min(STEPS_AHEAD, max(1, NOISE // (N * V)))
    streams, block = [stream(seed, "sample", k) for k in samples], np.empty((ahead, N, V), np.float32)
    while True:
        for row, rng in enumerate(streams):
            block[:, row] = rng.standard_exponential((ahead, V))
        np.maximum(block, TINY, out=block)
        np.log(block, out=block)
        block *= -scale
        yield from block


class Sampler:
    """Chooses the next tokens of N rows, step after step: repetition penalty, temperature, top-k, top-p, min-p, noise.

    Filters that are off cost nothing. grammar: the Grammar of the N rows; samples: their numbers, which key their
    noise; recent: (W,) tokens before the first, for the penalty.
    """

    def __init__(
        self,
        sampling: Sampling,
        grammar: "Grammar",
        seed: int,
        samples: Sequence[int],
        recent: Sequence[int] | np.ndarray = (),
    ):
        self.sampling, self.grammar = sampling, grammar
        V = grammar.following.shape[1]
        self.scale = 1 / (sampling.temperature or 1)
        self.filters = {"top_k": sampling.top_k, "top_p": sampling.top_p, "min_p": sampling.min_p}
        self.filtered = bool(sampling.temperature) and bool(
            0 < sampling.top_k < V or sampling.top_p < 1 or sampling.min_p > 0
        )
        plain = sampling.temperature and grammar.free and not self.filtered and sampling.repetition_penalty == 1
        noise_scale = sampling.temperature if plain else 1.0  # argmax(s + T noise) is argmax(s/T + noise)
        self.noise = gumbel_noise(seed, samples, V, noise_scale) if sampling.temperature else None
        self.plain = self.noise if plain else None  # the noise, where it alone decides
        self.recent = None
        if sampling.repetition_penalty != 1:
            self.recent = np.tile(np.asarray(recent, np.intp)[-WINDOW:], (len(samples), 1))

    def choose(self, scores: np.ndarray, z: np.ndarray, ids: np.ndarray) -> None:
        """Fill ids (N,) with the next tokens, given scores (N, V), which are only read, and z (N, V) with the final
        scores, whose maximum in each row is the choice."""
        if self.plain is not None:
            np.add(scores, next(self.plain), z)
            z.argmax(1, ids)
            return
        np.multiply(scores, self.scale, out=z)
        if self.recent is not None:
            penalise(z, self.recent, self.sampling.repetition_penalty)
        self.grammar.forbid(z)
        if self.filtered:
            z[z < lowest_kept(z, **self.filters)] = -np.inf
        if self.noise is not None:
            z += next(self.noise)
        z.argmax(axis=1, out=ids)
        self.grammar.advance(ids)
        if self.recent is not None:
            self.recent = np.concatenate([self.recent, ids[:, None]], axis=1)[:, -WINDOW:]


class Grammar:
    """An automaton that decides which tokens may come next in each of N rows.

    following: (S, V), the next state for each of S states and each token, or -1 for a token that is not allowed. A row
    starts in state 0 and may end only there.
    """

    def __init__(self, following: np.ndarray, N: int):
        self.following, self.state = following, np.zeros(N, np.intp)
        self.bar = np.where(following < 0, np.float32(-np.inf), np.float32(0))
        self.free = following.shape[0] == 1 and bool((following == 0).all())

    def forbid(self, z: np.ndarray) -> None:
        """In place: z (N, V) becomes -inf for tokens that are not allowed next."""
        if not self.free:
            z += self.bar[self.state]

    def advance(self, ids: np.ndarray) -> None:
        """Move each row to its next state by its token in ids (N,)."""
        if not self.free:
            self.state[:] = self.following[self.state, ids]

    def complete(self) -> list[bool]:
        """[N] true where the row may end."""
        return (self.state == 0).tolist()
