"""How fast a gradient fades: factors, half-lives and tails of curves with a known form."""

from math import inf, isnan, log

import numpy as np
import pytest

from rnncli.laboratory.decay import decay, fitted, half_life, reach, tail

K = np.arange(120)


def with_knee(first, after, at):
    """Norms that fall by one factor up to a lag and by another beyond it."""
    return first ** np.minimum(K, at) * after ** np.maximum(K - at, 0.0)


def test_a_geometric_curve_has_its_factor_and_no_tail_of_its_own():
    for factor in (0.1, 0.5, 0.9, 0.999):
        norms = 7.0 * factor**K
        assert decay(norms) == pytest.approx(factor, rel=1e-9)
        assert isnan(tail(norms))
    assert reach(0.5**K) == 7, "1 - 2^-7 is the first above 0.99"
    assert decay(2.0**K) == pytest.approx(2, rel=1e-9) and half_life(decay(2.0**K)) == inf


def test_the_factor_is_that_of_the_lags_that_hold_the_gradient_and_the_tail_is_told_apart():
    slow, fast = with_knee(0.8, 0.98, at=40), with_knee(0.8, 0.4, at=40)
    assert decay(slow) == pytest.approx(0.8, rel=1e-9) and decay(fast) == pytest.approx(0.8, rel=1e-9)
    assert tail(with_knee(0.8, 0.98, at=reach(slow) - 1)) == pytest.approx(log(0.5) / log(0.98), rel=1e-6)
    assert tail(slow) > 1.5 * half_life(0.8) > 1.5**2 * tail(fast)
    assert isnan(tail(with_knee(0.8, 0.82, at=21))), "the half-lives 3.1 and 3.5 are alike"


def test_a_longer_look_at_the_same_curve_does_not_change_its_factor():
    norms = with_knee(0.7, 0.97, at=30)
    assert decay(norms) == decay(norms[:60]) == decay(norms[:30])


def test_a_curve_that_falls_and_rises_has_no_factor_and_an_even_one_has():
    assert isnan(decay(np.exp(3 * np.cos(K / 8))))
    assert decay(1 + 0.1 * np.cos(K)) == pytest.approx(1, abs=1e-3)


def test_too_few_lags_have_no_factor_and_nothing_left_has_zero():
    assert isnan(decay(np.array([1.0, 0.5, 0.25]))) and isnan(decay(np.array([])))
    assert decay(np.array([1.0, 0.5, 0.25, 0.125])) == pytest.approx(0.5)
    assert decay(np.array([1.0, 0.5, 0, 0])) == 0 and half_life(0) == 0
    assert isnan(fitted(np.array([np.nan, np.nan, 1.0, np.nan])))


def test_norms_at_the_edge_of_floats_are_summed_without_overflow():
    with np.errstate(all="raise"):
        assert reach(np.full(10, 1e308)) == 10 and reach(np.full(10, 1e-308)) == 10
        assert reach(np.array([np.inf, 1.0, np.nan, 1.0])) == 4 and reach(np.zeros(3)) == 0
