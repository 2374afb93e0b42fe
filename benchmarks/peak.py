"""The speed that no training can pass: float32 matrix products of one core, by the BLAS of NumPy, at their fastest.

A unit of work is a floating point operation. The bound of the whole machine is the sum over a process for each core.
"""

import time
from contextlib import contextmanager

import numpy as np

SHAPES = (
    (1, 1024, 1024, 1024),
    (1, 512, 512, 512),
    (16, 64, 240, 64),
    (16, 48, 320, 64),
    (16, 64, 256, 48),
    (16, 32, 512, 48),
)  # products at once, rows, contraction, columns
AT_ONCE = 0.02  # seconds of one measurement, about


@contextmanager
def opened(workload):
    rng, best, rate = np.random.default_rng(0), None, 0.0
    for shape in SHAPES:
        product = _product(rng, *shape)
        product()
        seconds = min(_seconds(product) for _ in range(10))
        flops = 2 * float(np.prod(shape))
        if flops / seconds > rate:
            best, rate, operations = product, flops / seconds, flops
    repeats = max(1, round(AT_ONCE * rate / operations))

    def work():
        for _ in range(repeats):
            best()
        return repeats * operations

    yield work, {}


def _product(rng, count, M, K, N):
    a, b = (rng.standard_normal(shape, np.float32) for shape in ((count, M, K), (count, K, N)))
    out = np.empty((count, M, N), np.float32)
    return lambda: np.matmul(a, b, out=out)


def _seconds(call):
    begun = time.perf_counter()
    call()
    return time.perf_counter() - begun
