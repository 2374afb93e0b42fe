"""The scores of many series at once equal those of one series at a time."""

import math

import numpy as np
import pytest

from rnncli.tasks.forecast.grouped_metrics import score_each
from rnncli.tasks.forecast.metrics import score

W, H = 23, 4
STARTS = np.array([0, 1, 9, 15, 21])


def arrays(seed=0):
    """actual, forecast, {quantile: array}, {level: (lo, hi)}: with gaps, zeros and a series without a value."""
    rng = np.random.default_rng(seed)
    actual = rng.poisson(3, (W, H)) * 1.0
    actual[rng.random((W, H)) < 0.3] = np.nan
    actual[21:] = np.nan
    forecast = actual + rng.normal(size=(W, H))
    forecast = np.where(np.isnan(actual), rng.normal(size=(W, H)), forecast)
    quantiles = {q: forecast + q - 0.5 for q in (0.1, 0.5, 0.9)}
    return actual, forecast, quantiles, {80.0: (forecast - 1, forecast + 0.5), 95.0: (forecast - 2, forecast + 2)}


def groups():
    return [slice(*pair) for pair in zip(STARTS, [*STARTS[1:], W])]


def alone(actual, forecast, quantiles, intervals, scale, spread):
    return [
        score(
            actual[g],
            forecast[g],
            scale[n],
            {q: each[g] for q, each in quantiles.items()},
            {level: (lo[g], hi[g]) for level, (lo, hi) in intervals.items()},
            spread[n],
        )
        for n, g in enumerate(groups())
    ]


def assert_same(one, other):
    for name, value in one.as_dict().items():
        assert other.as_dict()[name] == (value if value is None else pytest.approx(value, rel=1e-12)), name
    assert (one.values, one.quantile_loss) == (
        other.values,
        pytest.approx(other.quantile_loss, rel=1e-12, nan_ok=True),
    )
    assert one.magnitude == pytest.approx(other.magnitude, rel=1e-12)


@pytest.mark.parametrize("seed", range(5))
def test_every_series_gets_the_scores_that_it_would_get_alone(seed):
    actual, forecast, quantiles, intervals = arrays(seed)
    scale, spread = np.array([2.0, 0.5, math.nan, 1.0, 1.0]), np.array([1.5, math.nan, 1.0, 0.0, 1.0])
    found = score_each(actual, forecast, STARTS, scale, quantiles, intervals, spread)
    expected = alone(actual, forecast, quantiles, intervals, scale, spread)
    assert found[4].values == 0 and math.isnan(found[4].mae) and math.isnan(found[2].mase)
    for one, other in zip(found, expected, strict=True):
        assert_same(one, other)


def test_a_forecast_that_was_not_given_spoils_the_scores_of_its_series_alone():
    actual, forecast, quantiles, intervals = arrays()
    row, step = np.argwhere(~np.isnan(actual[9:15]))[0]
    forecast[9 + row, step] = np.nan
    for lo, _ in intervals.values():
        lo[9 + row, step] = np.nan
    ones = np.ones(5)
    found = score_each(actual, forecast, STARTS, ones, quantiles, intervals, ones)
    assert [math.isnan(one.mae) for one in found] == [False, False, True, False, True]
    assert [math.isnan(one.coverage[80]) for one in found] == [False, False, True, False, True]
    for one, other in zip(found, alone(actual, forecast, quantiles, intervals, ones, ones), strict=True):
        assert_same(one, other)


def test_without_quantiles_and_intervals_there_are_no_scores_of_them():
    actual, forecast, *_ = arrays()
    found = score_each(actual, forecast, STARTS, np.ones(5))
    assert found[1].coverage == {} and math.isnan(found[1].wql) and math.isnan(found[1].z_mae)
    assert_same(found[1], score(actual[1:9], forecast[1:9], 1.0))
