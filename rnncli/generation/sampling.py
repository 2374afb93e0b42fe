"""Choosing the next token: temperature, filters, a penalty on repetition, and the noise that makes a choice random.

N rows, V tokens. Scores (N, V) are logarithms of probabilities up to a constant for each row; -inf is impossible.
"""

from dataclasses import dataclass
from math import log

import numpy as np

from ..errors import ConfigError
from ..random_streams import stream

WINDOW = 64  # how many of the latest tokens the repetition penalty looks at
NOISE = 1 << 18  # numbers drawn ahead at once, at most
STEPS_AHEAD = 256  # and for how many steps, at most
TINY = 1e-30  # keeps the logarithm of a drawn 0 finite


@dataclass(frozen=True)
class Sampling:
    """How a token is chosen. The defaults sample the model's own distribution; raises ConfigError for other values."""

    temperature: float = 1.0  # scores are divided by it; 0 always takes the most probable token
    top_k: int = 0  # only the k most probable; 0: off
    top_p: float = 1.0  # only the most probable ones that together hold this much; 1: off
    min_p: float = 0.0  # only those at least this much of the most probable one; 0: off
    repetition_penalty: float = 1.0  # for tokens among the latest WINDOW; 1: off

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


def penalise(z, recent, penalty):
    """In place: make the tokens `recent` (N, W) less probable in the scores z (N, V); each counts once.

    z_i := z_i / penalty where z_i > 0, else z_i * penalty (Keskar et al. 2019, arXiv:1909.05858v2, section 4.1, where
    every z_i is divided; a negative one is multiplied here, as is usual, since dividing it would favour the token).
    """
    rows = np.arange(len(z))[:, None]
    seen = z[rows, recent]
    z[rows, recent] = np.where(seen > 0, seen / penalty, seen * penalty)


def lowest_kept(z, top_k=0, top_p=1.0, min_p=0.0):
    """(N, 1): the lowest score that stays in the running in each row of z (N, V).

    top_k: the k-th highest (Fan et al. 2018, arXiv:1805.04833v1). top_p: the last of the fewest highest that hold
    `top_p` of what top_k left (nucleus; Holtzman et al. 2020, arXiv:1904.09751v2). min_p: `min_p` times the highest
    probability (Nguyen et al. 2024, arXiv:2407.01082v1). The strictest counts; equals of the lowest stay with it.
    """
    V = z.shape[1]
    if 0 < top_k < V:
        z = np.partition(z, V - top_k, axis=1)[:, V - top_k :]
    floor = z.min(axis=1, keepdims=True)
    highest = z.max(axis=1, keepdims=True)
    if top_p < 1:
        ordered = -np.sort(-z, axis=1)
        mass = np.cumsum(np.exp(ordered - highest), axis=1, dtype=np.float64)
        last = (mass[:, :-1] < top_p * mass[:, -1:]).sum(axis=1, keepdims=True)  # kept: what has too little before it
        floor = np.take_along_axis(ordered, last, axis=1)
    if min_p > 0:
        floor = np.maximum(floor, highest + log(min_p))
    return floor


def gumbel_noise(seed, samples, V, scale=1.0):
    """Endless: `scale` times standard Gumbel noise (N, V) float32 for one step after another; with scale 1
    argmax(z + noise) samples softmax(z) (Maddison, Tarlow & Minka 2014, arXiv:1411.0030v2).

    Row n has a stream of its own, keyed by (seed, samples[n]): what it holds depends neither on the other rows nor on
    how much is drawn ahead. Drawn as -log E, E exponential in float64: in float32 a zero would turn up now and then,
    and choose its token whatever the probability.
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

    A step whose filters are off pays nothing for them. `grammar` is a Grammar for the N rows, `samples` their numbers,
    which key their noise; `recent` (W,) are the tokens before the first, for the penalty.
    """

    def __init__(self, sampling, grammar, seed, samples, recent=()):
        self.sampling, self.grammar = sampling, grammar
        V = grammar.following.shape[1]
        self.scale = 1 / (sampling.temperature or 1)
        self.filters = {"top_k": sampling.top_k, "top_p": sampling.top_p, "min_p": sampling.min_p}
        self.filtered = bool(sampling.temperature) and bool(
            0 < sampling.top_k < V or sampling.top_p < 1 or sampling.min_p > 0
        )
        self.plain = sampling.temperature and grammar.free and not self.filtered and sampling.repetition_penalty == 1
        noise_scale = sampling.temperature if self.plain else 1.0  # argmax(s + T noise) is argmax(s/T + noise)
        self.noise = gumbel_noise(seed, samples, V, noise_scale) if sampling.temperature else None
        self.recent = None
        if sampling.repetition_penalty != 1:
            self.recent = np.tile(np.asarray(recent, np.intp)[-WINDOW:], (len(samples), 1))

    def choose(self, scores, z, ids):
        """Fill ids (N,) with the next tokens, given scores (N, V), which are only read, and z (N, V) with what the
        choice was made by: the highest of a row."""
        if self.plain:
            np.add(scores, next(self.noise), z)
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
    """Which tokens may come next in each of N rows, told by an automaton.

    following (S, V): the state that a token leads to from each of S states, or -1 where it may not come. A row begins
    in state 0, and may end there and nowhere else.
    """

    def __init__(self, following, N):
        self.following, self.state = following, np.zeros(N, np.intp)
        self.bar = np.where(following < 0, np.float32(-np.inf), np.float32(0))
        self.free = following.shape[0] == 1 and bool((following == 0).all())

    def forbid(self, z):
        """In place: z (N, V) becomes -inf for tokens that may not come next."""
        if not self.free:
            z += self.bar[self.state]

    def advance(self, ids):
        """Take in the tokens (N,) that came."""
        if not self.free:
            self.state[:] = self.following[self.state, ids]

    def complete(self):
        """[N] true where the row may end."""
        return (self.state == 0).tolist()


def utf8_automaton():
    """following (8, 256) for `Grammar`: the bytes that keep a text well-formed (Unicode 15.0, table 3-7).

    States: 0 between characters; 1, 2, 3 so many continuation bytes to come; 4 to 7 after E0, ED, F0, F4, whose next
    byte is limited: no overlong forms, no surrogates, nothing above U+10FFFF.
    """
    following = np.full((8, 256), -1, np.int8)
    for state, first, last, target in (
        (0, 0x00, 0x7F, 0),
        (0, 0xC2, 0xDF, 1),
        (0, 0xE0, 0xEF, 2),
        (0, 0xF0, 0xF4, 3),
        (0, 0xE0, 0xE0, 4),
        (0, 0xED, 0xED, 5),
        (0, 0xF0, 0xF0, 6),
        (0, 0xF4, 0xF4, 7),
        (1, 0x80, 0xBF, 0),
        (2, 0x80, 0xBF, 1),
        (3, 0x80, 0xBF, 2),
        (4, 0xA0, 0xBF, 1),
        (5, 0x80, 0x9F, 1),
        (6, 0x90, 0xBF, 2),
        (7, 0x80, 0x8F, 2),
    ):
        following[state, first : last + 1] = target
    return following
