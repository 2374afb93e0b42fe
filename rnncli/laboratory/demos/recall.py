"""The problem `recall` for the demonstrations: a letter, distracting ones, and the question for the first.

A network is named as in `python -m benchmarks memory`: a cell, and after a slash a way to begin.
"""

from collections.abc import Iterator
from types import SimpleNamespace

import numpy as np

from ...config.sections import ModelConfig
from ...data.synthetic.delays import DISTRACTORS, SYMBOLS, recall
from ...errors import ConfigError
from ...nn.building import recurrent_layers
from ...nn.categorical import Categorical
from ...nn.cells import CELLS
from ...nn.compose import Stack
from ...nn.dense import Dense
from ...nn.pool import pool_named
from ...nn.pooled import Pooled
from ...random_streams import stream

KNOWN = SYMBOLS + DISTRACTORS + "?"
FORGET_BIAS = 1.0
STARTS = ("uniform", "identity", "chrono")  # after the slash; without one, W_h is orthogonal


def check_network(name: str) -> str:
    """The name itself; raises ConfigError for a way to begin that there is not."""
    _, slash, start = name.partition("/")
    if slash and start not in STARTS:
        raise ConfigError(
            f"{name}: unknown way to begin", f"write CELL or CELL/START, START one of {', '.join(STARTS)}"
        )
    return name


def label(name: str) -> str:
    """The name for people: "rnn, orthogonal", "lstm, bias 1" (of the gate that keeps)."""
    cell, _, start = name.partition("/")
    return f"{cell}, {start or (f'bias {FORGET_BIAS:g}' if CELLS[cell].keep else 'orthogonal')}"


def network(name: str, length: int, H: int) -> Pooled:
    """A network of one layer that answers after `length` letters, as it begins in the benchmark. Chrono initialisation
    gets that length as its longest memory."""
    cell, _, start = check_network(name).partition("/")
    config = ModelConfig(
        cell=cell,
        hidden_size=H,
        init=start if start in ("uniform", "identity") else "orthogonal",
        forget_bias=FORGET_BIAS,
        chrono_max=length if start == "chrono" else 0,
    )
    layers = recurrent_layers(config, len(KNOWN), True, "")
    K = len(SYMBOLS)
    return Pooled(Stack(layers), pool_named("ends", H), Dense(H, K), Categorical(K))


def batches(length: int, N: int, seed: int) -> Iterator[SimpleNamespace]:
    """Batches of N examples of `length` letters, without end."""
    rng, ids = stream(seed, "recall", length), {letter: k for k, letter in enumerate(KNOWN)}
    while True:
        sources, first = recall(np.full(N, length), rng)
        inputs = np.array([[ids[letter] for letter in source] for source in sources]).T
        targets = np.array([[ids[letter] for letter in first]])
        yield SimpleNamespace(inputs=np.ascontiguousarray(inputs), targets=targets, mask=None, weight=None)
