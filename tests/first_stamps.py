"""Instants for the tests of frequencies."""

import numpy as np

from rnncli.data.time.clock import DAY


def times(*texts):
    """(R,) int64 instants of ISO stamps."""
    return np.array(texts, "datetime64[us]").astype(np.int64)


def first_stamp(frequency, seed):
    """A stamp of `frequency` near one drawn from two hundred years."""
    if frequency.unit == "index":
        return seed
    value = (seed % 40000 - 10000) * DAY + seed % DAY
    near = value + DAY * np.arange(800)
    return int(near[frequency.cut(near)[1] >= 0][0])
