"""Random streams that are keyed and never remembered: the same key gives the same numbers, whoever asks, whenever."""

import numpy as np


class Noise:
    """What is random in one forward pass, keyed by whole numbers (seed, purpose, step, layer ...).

    Nothing has to be saved for a run to go on exactly: the step is part of the key.
    """

    def __init__(self, *key):
        self.key = key

    def child(self, k):
        """The noise of part `k`."""
        return Noise(*self.key, k)

    def keep(self, mask, rate):
        """Fill `mask` with 0 at a share `rate` of the places and 1 / (1 - rate) at the others (inverted dropout)."""
        drawn = np.random.default_rng(self.key).random(mask.shape, dtype=np.float32)
        np.greater_equal(drawn, rate, out=mask, casting="unsafe")
        mask *= 1 / (1 - rate)


def stream(seed, purpose, *key):
    """A generator for one purpose ("sample", "shuffle"), apart from every other purpose of the same seed."""
    return np.random.default_rng([seed, *purpose.encode(), *key])
