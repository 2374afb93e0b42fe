"""The adding problem."""

import numpy as np


def adding(lengths: np.ndarray, rng: np.random.Generator) -> tuple[list[np.ndarray], list[float]]:
    """Two values to be added, far apart in a series of random ones (Hochreiter & Schmidhuber 1997, experiment 4).

    A series is (T, 2), as in Le, Jaitly & Hinton (2015, arXiv:1504.00941v2): values uniform in 0 to 1, and marks, 1
    at two steps and 0 elsewhere. One step of the first half is marked and one of the second, any of them equally
    likely (Arjovsky, Shah & Bengio 2016, arXiv:1511.06464v4). The answer, after the last step, is the sum of the two
    values. Whoever always answers 1 has the variance of the sum as mean squared error: 2/12 = 0.167.
    """
    sources, sums = [], []
    for T in lengths:
        source = np.zeros((T, 2))
        source[:, 0] = rng.random(T)
        marked = [rng.integers(0, T // 2), rng.integers(T // 2, T)]
        source[marked, 1] = 1
        sources.append(source)
        sums.append(float(source[marked, 0].sum()))
    return sources, sums
