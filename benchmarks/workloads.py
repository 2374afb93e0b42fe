"""What is timed: the same work for every contender."""

from dataclasses import dataclass

import numpy as np

ALPHABET = "\n !$&',-.3:;?ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
V = len(ALPHABET)  # 65, as in tinyshakespeare
GATES = {"rnn": 1, "gru": 3, "lstm": 4}
BATCHES = 20  # different ones that a peer is given in turn; ours reads a text
TEMPERATURE = 0.8
CLIP_NORM, RATE = 5.0, 2e-3  # of every contender


@dataclass(frozen=True)
class Workload:
    """`train`: forward, backward, global-norm clip and Adam on one batch, one-hot input, softmax at every step, state
    carried on. `generate`: one token, sampled, in each of N streams."""

    name: str
    kind: str  # "train" or "generate"
    cell: str
    layers: int
    hidden: int
    N: int = 1
    T: int = 1

    @property
    def words(self):
        size = f"{self.cell.upper()} {self.layers}x{self.hidden}"
        return f"{size}, N {self.N}, T {self.T}" if self.kind == "train" else f"{size}, generate {self.N}"

    @property
    def tokens(self):
        """Of one unit: a step of training, or a token of one stream."""
        return self.T * self.N if self.kind == "train" else 1

    @property
    def flops(self):
        """Floating point operations of the matrix products of one training step, a multiplication and an addition
        counted as two. The first layer's input is a row lookup, which is none."""
        rows, H = self.T * self.N, self.hidden
        one = 2 * rows * H * GATES[self.cell] * H
        return 3 * ((2 * self.layers - 1) * one + 2 * rows * H * V)  # forward, and twice that backward


WORKLOADS = {
    each.name: each
    for each in (
        Workload("W1", "train", "lstm", 2, 128, 50, 50),
        Workload("W2", "train", "lstm", 2, 256, 64, 64),
        Workload("W3", "train", "lstm", 1, 512, 64, 100),
        Workload("W4", "train", "gru", 2, 256, 64, 64),
        Workload("W5", "train", "rnn", 1, 128, 32, 50),
        Workload("W6", "train", "rnn", 1, 100, 1, 25),
        Workload("G1", "generate", "lstm", 2, 128),
        Workload("G2", "generate", "lstm", 2, 512),
    )
}


def a_text(characters):
    """Uniformly random characters of ALPHABET, every one of them at least once."""
    drawn = np.random.default_rng(0).integers(V, size=max(characters - V, 0))
    return ALPHABET + "".join(map(ALPHABET.__getitem__, drawn.tolist()))


def batches(workload):
    """[(inputs (T, N), targets (T, N))] int64, for the peers."""
    ids = np.random.default_rng(0).integers(V, size=(BATCHES, workload.T + 1, workload.N))
    return [(each[:-1], each[1:]) for each in ids]
