"""L-BFGS: the minimum of a smooth function from its value f and gradient g. The same start gives the same steps.

With s_k = x_{k+1} - x_k and y_k = g_{k+1} - g_k of the last few steps, the direction is -H g, where the two-loop
recursion applies the inverse Hessian approximation H without forming it. A step t along the direction p satisfies

    f(x + t p) <= f(x) + 1e-4 t p.g(x),        p.g(x + t p) >= 0.9 p.g(x)

so that s.y > 0. Nocedal, "Updating quasi-Newton matrices with limited storage", Mathematics of Computation 35 (1980)
773-782; the bisection for t is that of Lewis and Overton, "Nonsmooth optimization via quasi-Newton methods",
Mathematical Programming 141 (2013) 135-163.
"""

from collections import deque
from collections.abc import Callable

import numpy as np

Function = Callable[[np.ndarray], tuple[float, np.ndarray]]  # x -> f, g; g has the shape of x and is never overwritten
DECREASE, CURVATURE, HALVINGS = 1e-4, 0.9, 40


def minimise(function: Function, x: np.ndarray, tolerance: float, steps: int = 1000, memory: int = 10) -> np.ndarray:
    """x after at most `steps` steps from the given start, which is not overwritten.

    It stops once no |g_i| exceeds `tolerance`, or where rounding leaves no lower value to be found.
    """
    f, g = function(x)
    pairs: deque[tuple[np.ndarray, np.ndarray]] = deque(maxlen=memory)
    for _ in range(steps):
        if np.abs(g).max() <= tolerance:
            break
        p = -_product(pairs, g)
        t = 1.0 if pairs else 1 / np.linalg.norm(g)
        found = _searched(function, x, f, g, p, float(t))
        if found is None:
            break
        s, y = found[0] - x, found[2] - g
        if np.vdot(s, y) > 0:
            pairs.append((s, y))
        x, f, g = found
    return x


def _product(pairs, g):
    """H g by the two-loop recursion; g itself while there are no pairs."""
    q, shares = g.copy(), []
    for s, y in reversed(pairs):
        shares.append(np.vdot(s, q) / np.vdot(s, y))
        q -= shares[-1] * y
    if pairs:
        s, y = pairs[-1]
        q *= np.vdot(s, y) / np.vdot(y, y)
    for (s, y), share in zip(pairs, reversed(shares)):
        q += (share - np.vdot(y, q) / np.vdot(s, y)) * s
    return q


def _searched(function, x, f, g, p, t):
    """x + t p, its f and g, for a step t that satisfies both conditions; None if there is no lower value."""
    slope, low, high, lowest = np.vdot(p, g), 0.0, np.inf, None
    for _ in range(HALVINGS):
        moved = x + t * p
        f_t, g_t = function(moved)
        if not f_t <= f + DECREASE * t * slope:
            high = t
        else:
            lowest = moved, f_t, g_t
            if np.vdot(p, g_t) >= CURVATURE * slope:
                break
            low = t
        t = 2 * low if high == np.inf else (low + high) / 2
    return lowest
