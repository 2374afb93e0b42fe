"""Special functions that NumPy lacks, element by element.

`softplus`, `lgamma` and `digamma` are part of the forward pass and analytic, so that a complex step passes through.
The others evaluate finished forecasts and are for float64 alone. All take arrays.

A&S is Abramowitz and Stegun, Handbook of Mathematical Functions (1964), by the numbers of its formulas.
"""

import math
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.polynomial import chebyshev

FROM = 8  # start of the asymptotic series: the first omitted term is below 1e-15 there
BERNOULLI = (1 / 6, -1 / 30, 1 / 42, -1 / 30, 5 / 66, -691 / 2730, 7 / 6, -3617 / 510)  # B_2 to B_16, A&S 23.2
LGAMMA = [B / (2 * n * (2 * n - 1)) for n, B in enumerate(BERNOULLI, 1)]
DIGAMMA = [B / (2 * n) for n, B in enumerate(BERNOULLI, 1)]

# Inverse of the normal distribution, relative error 1.15e-9: P. J. Acklam, "An algorithm for computing the inverse
# normal cumulative distribution function" (2003). Numerators and denominators, highest power first.
CENTRE = (
    (
        -3.969683028665376e01,
        2.209460984245205e02,
        -2.759285104469687e02,
        1.383577518672690e02,
        -3.066479806614716e01,
        2.506628277459239e00,
    ),
    (
        -5.447609879822406e01,
        1.615858368580409e02,
        -1.556989798598866e02,
        6.680131188771972e01,
        -1.328068155288572e01,
        1.0,
    ),
)
TAIL = (
    (
        -7.784894002430293e-03,
        -3.223964580411365e-01,
        -2.400758277161838e00,
        -2.549732537343734e00,
        4.374664141464968e00,
        2.938163982698783e00,
    ),
    (7.784695709041462e-03, 3.224671290700398e-01, 2.445134137142996e00, 3.754408661907416e00, 1.0),
)
TAIL_BELOW = 0.02425  # probability below which the second pair applies

# When iterations stop. The last factor of a converged continued fraction is three or four roundings away from 1, so a
# bound below about 1e-15 might never be met.
ENOUGH = 1e-14  # how near 1 the last factor of a continued fraction is
TERMS = 5000  # of a continued fraction at most: it needs 2,000 where a and b are 1e8
STEPS = 1000  # of Newton's method at most: it needs 600 for Student's t at q = 1e-200, v = 2
TINY = 1e-30  # replaces a zero divisor in a continued fraction: the next step cancels it
EPS = np.finfo(np.float64).eps

NODES = 20  # of the polynomial that approximates many quantiles of Student's t
CACHED = 16_384  # elements

erfc = np.frompyfunc(math.erfc, 1, 1)


def softplus(a: Any, xp: Any = np) -> tuple[Any, Any]:
    """(log(1 + e^a), its derivative sigma(a)), both of the shape of a. Neither overflows.

    log(1 + t) is taken as 2 artanh(t / (2 + t)) with t = e^-|a|: NumPy's complex log1p loses the digits of a small t.
    """
    positive = a.real > 0
    t = xp.exp(xp.where(positive, -a, a))
    value = xp.where(positive, a, 0) + 2 * xp.arctanh(t / (2 + t))
    return value, xp.exp(a - value)


def lgamma(x: Any, xp: Any = np) -> Any:
    """log Gamma(x), Re x > 0. Recurrence (A&S 6.1.15) up to Re x >= 8, then Stirling's series (A&S 6.1.40)."""
    shifted, x = _shift(x, xp.log, xp)
    return (x - 0.5) * xp.log(x) - x + 0.5 * math.log(2 * math.pi) + _series(LGAMMA, 1 / (x * x)) / x - shifted


def digamma(x: Any, xp: Any = np) -> Any:
    """psi(x) = d log Gamma(x) / dx, Re x > 0. Recurrence (A&S 6.3.5), then the asymptotic series (A&S 6.3.18)."""
    shifted, x = _shift(x, lambda x: 1 / x, xp)
    w = 1 / (x * x)
    return xp.log(x) - 0.5 / x - w * _series(DIGAMMA, w) - shifted


def _shift(x, term, xp):
    """(the sum of term(x), term(x + 1), ... as long as x + n < FROM, the first x + n >= FROM)"""
    total = xp.zeros_like(x)
    for _ in range(FROM):
        low = x.real < FROM
        if not low.any():
            break
        total += xp.where(low, term(x), 0)
        x = xp.where(low, x + 1, x)
    return total, x


def _series(coefficients, w):
    """coefficients[0] + coefficients[1] w + coefficients[2] w^2 + ..."""
    total = 0 * w
    for coefficient in reversed(coefficients):
        total = total * w + coefficient
    return total


def normal_tail(z: np.ndarray) -> np.ndarray:
    """P(|Z| >= |z|) = erfc(|z| / sqrt 2) for a standard normal Z (A&S 26.2.29)."""
    return np.asarray(erfc(np.abs(z) / math.sqrt(2)), np.float64)


def normal_quantile(q):
    """z with P(Z <= z) = q, 0 < q < 1: Acklam's rational approximation and one step of Newton."""
    p = np.minimum(q, 1 - np.asarray(q, np.float64))  # the lower half; the upper one mirrors it
    t, s = p - 0.5, np.sqrt(-2 * np.log(p))
    z = np.where(
        p < TAIL_BELOW,
        np.polyval(TAIL[0], s) / np.polyval(TAIL[1], s),
        t * np.polyval(CENTRE[0], t * t) / np.polyval(CENTRE[1], t * t),
    )
    z -= (normal_tail(z) / 2 - p) * math.sqrt(2 * math.pi) * np.exp(z * z / 2)
    return np.where(np.asarray(q) < 0.5, z, -z)


def incomplete_beta(a, b, x, y):
    """I_x(a, b), the regularised incomplete beta function, for a, b > 0; y = 1 - x is given so that no digits are lost.

    Continued fraction A&S 26.5.8 where it is fast, x < (a + 1) / (a + b + 2); elsewhere 1 - I_y(b, a). Relative error
    about 1e-12 for a and b up to 1e4, 1e-8 up to 1e8, because near 1 the rounding of x is amplified a + b times. From
    1e9 on the iteration may stop before it has converged.
    """
    swap = x > (a + 1) / (a + b + 2)
    a, b, x, y = np.where(swap, b, a), np.where(swap, a, b), np.where(swap, y, x), np.where(swap, x, y)
    value = _beta_front(a, b, x, y) / _fraction(a, b, x)
    return np.where(swap, 1 - value, value)


def _beta_front(a, b, x, y):
    """x^a y^b / (a B(a, b)), with error 1e-16 sqrt(a + b): large terms that cancel never enter the logarithms.

    With d = b x - a y, which is (a + b) x - a, and f(u) = u - log(1 + u), it is

        sqrt(b / (2 pi a (a + b))) exp(S(a + b) - S(a) - S(b) - a f(d / a) - b f(-d / b)),     S: `_stirling`

    (C. Loader, "Fast and accurate computation of binomial probabilities", 2000, for whole a and b).
    """
    d, n = b * x - a * y, a + b
    exponent = _stirling(n) - _stirling(a) - _stirling(b)
    exponent = exponent - a * _less_log(d / a, x / a * n) - b * _less_log(-d / b, y / b * n)
    return np.sqrt(b / n / a / (2 * math.pi)) * np.exp(exponent)


def _stirling(x):
    """lgamma(x) - ((x - 1/2) log x - x + log(2 pi) / 2): the error of Stirling's formula, 1 / (12 x) for large x."""
    low = np.minimum(x, FROM)
    rest = lgamma(low) - ((low - 0.5) * np.log(low) - low + 0.5 * math.log(2 * math.pi))
    w = 1 / np.maximum(x, FROM)
    return np.where(x < FROM, rest, w * _series(LGAMMA, w * w))


def _less_log(u, v):
    """u - log(1 + u), given v = 1 + u as well, so that no digits are lost; inf where v is 0."""
    with np.errstate(divide="ignore"):  # log 0 = -inf is right here: the function above is 0
        return u - np.where(np.abs(u) < 0.5, np.log1p(np.maximum(u, -0.5)), np.log(v))


def _fraction(a, b, x):
    """1 + d_1 / (1 + d_2 / (1 + ...)) of A&S 26.5.8 by Lentz's method (W. J. Lentz, Applied Optics 15 (1976) 668).

    Elements that have converged are left out; each uses as many terms as it would alone.
    """
    shape, found = x.shape, np.empty(x.size)
    a, b, x, left = a.reshape(-1), b.reshape(-1), x.reshape(-1), np.arange(x.size)
    value, C, D = np.ones_like(x), np.ones_like(x), np.zeros_like(x)
    for m in range(TERMS):
        odd = -(a + m) / (a + 2 * m) * ((a + b + m) / (a + 2 * m + 1)) * x
        even = (m + 1) / (a + 2 * m + 1) * ((b - m - 1) / (a + 2 * m + 2)) * x
        change = 1.0
        for d in (odd, even):
            C, D = _not_zero(1 + d / C), 1 / _not_zero(1 + d * D)
            change = change * C * D
        value = value * change
        going = np.abs(change - 1) > ENOUGH  # False for nan, which then shows in the value
        if not going.all():
            found[left[~going]] = value[~going]
            left = left[going]
            a, b, x, value, C, D = (each[going] for each in (a, b, x, value, C, D))
        if not len(left):
            break
    found[left] = value
    return found.reshape(shape)


def _not_zero(x):
    return np.where(x == 0, TINY, x)


def student_tail(t: Any, v: Any) -> np.ndarray:
    """P(|T| >= |t|) for Student's t with v degrees of freedom: I_x(v/2, 1/2), x = v / (v + t^2) (A&S 26.7.1)."""
    x, y = v / (v + t * t), t * t / (v + t * t)
    return incomplete_beta(v / 2, 0.5, x, y)


def student_quantile(q: Any, v: Any) -> np.ndarray:
    """t with P(T <= t) = q, 1e-200 < q < 1, for v >= 1 degrees of freedom.

    Newton's method on the upper tail, starting from the normal quantile. That lies between 0 and t, where the tail is
    convex: every step goes up and none beyond t. Only rounding can suggest a step down, which is not taken.
    """
    q, v = np.broadcast_arrays(np.asarray(q, np.float64), np.asarray(v, np.float64))
    p = np.minimum(q, 1 - q)
    t = np.abs(normal_quantile(p))
    upper = lgamma((v + 1) / 2)
    log_front, enough = upper - lgamma(v / 2) - 0.5 * np.log(math.pi * v), ENOUGH + 4 * EPS * np.abs(upper)
    for _ in range(STEPS):
        density = np.exp(log_front - (v + 1) / 2 * np.log1p(t * t / v))
        step = np.maximum((student_tail(t, v) / 2 - p) / density, 0)
        t = t + step
        if not (step > enough * (1 + t)).any():
            break
    return np.where(q < 0.5, -t, t)


def student_quantiles(q: float, v: np.ndarray) -> np.ndarray:
    """`student_quantile` of one q for many v >= 2, with relative error 1e-9 for q from 1e-6 to 1 - 1e-6: z exp(c(1/v)),
    where z is the normal quantile and c the polynomial of `_student_curve`."""
    z, curve = float(normal_quantile(q)), _student_curve(float(q))
    return z * np.exp(np.concatenate([np.polyval(curve, 4 / part - 1) for part in _parts(v)]).reshape(v.shape))


@lru_cache(maxsize=64)  # every batch needs the same few
def _student_curve(q):
    """(NODES,) coefficients, highest power first, of log(t / z) as a polynomial in 4/v - 1, which is in [-1, 1].

    The function is smooth in 1/v from 0, where it is 0, to 1/2, and interpolated at Chebyshev points. At q = 1/2 both
    quantiles are 0.
    """
    y = np.cos(np.pi * (np.arange(NODES) + 0.5) / NODES)
    if q == 0.5:
        return np.zeros(NODES)
    ratio = student_quantile(q, 4 / (1 + y)) / normal_quantile(q)
    return chebyshev.cheb2poly(chebyshev.chebfit(y, np.log(ratio), NODES - 1))[::-1]


def _parts(array):
    """The elements of an array in order, in parts that stay in the cache."""
    return np.array_split(array.reshape(-1), max(1, array.size // CACHED))


def negative_binomial_cdf(k: np.ndarray, mean: np.ndarray, r: np.ndarray) -> np.ndarray:
    """P(Y <= k) = I_x(r, k + 1), x = r / (r + mean) (A&S 26.5.26); whole k from -1 on, variance mean + mean^2 / r."""
    return np.where(k < 0, 0.0, incomplete_beta(r, np.maximum(k, 0) + 1, r / (r + mean), mean / (r + mean)))


def negative_binomial_above(k: np.ndarray, mean: np.ndarray, r: np.ndarray) -> np.ndarray:
    """P(Y >= k) = I_y(k, r), y = mean / (r + mean), without the rounding of 1 - P(Y < k); whole k from 0 on."""
    return np.where(k < 1, 1.0, incomplete_beta(np.maximum(k, 1), r, mean / (r + mean), r / (r + mean)))


def negative_binomial_quantile(q: float, mean: np.ndarray, r: np.ndarray) -> np.ndarray:
    """The smallest k with P(Y <= k) >= q, 0 < q < 1: an upper bound by doubling, then bisection. Above 2^53, where not
    every whole number is a float64, the smallest float64 with that property."""
    low, high = np.full_like(mean, -1.0), np.ceil(mean)
    while (short := negative_binomial_cdf(high, mean, r) < q).any():
        low, high = np.where(short, high, low), np.where(short, 2 * high + 1, high)
    while True:
        middle = np.floor(low + (high - low) / 2)
        between = (low < middle) & (middle < high)
        if not between.any():
            return high
        enough = negative_binomial_cdf(middle, mean, r) >= q
        low, high = np.where(between & ~enough, middle, low), np.where(between & enough, middle, high)
