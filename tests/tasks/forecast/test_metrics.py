"""The metrics of forecasts against figures worked out by hand, and what they say where a formula has no value."""

import math
from dataclasses import replace

import numpy as np
import pytest

from rnncli.tasks.forecast.metrics import (
    aggregate,
    coverage,
    mae,
    mape,
    mase,
    mse,
    msis,
    names_of_metrics,
    owa,
    pooled,
    rmse,
    score,
    seasonal_scale,
    skill,
    smape,
    wql,
)

NAN = math.nan
Y = np.array([[1.0, 2.0, NAN], [-4.0, 0.0, 5.0]])  # S = 2 windows, H = 3 steps; five values are there
F = np.array([[2.0, 2.0, 7.0], [-1.0, 0.0, 3.0]])  # errors 1, 0, -, 3, 0, 2
POINTWISE = (mae, mse, rmse, mape, smape)


def test_errors_are_means_over_the_values_that_are_there():
    assert mae(Y, F) == pytest.approx(6 / 5)
    assert mse(Y, F) == pytest.approx(14 / 5)
    assert rmse(Y, F) == pytest.approx(math.sqrt(14 / 5))


def test_smape_goes_from_0_to_200_and_is_0_where_both_are():
    assert smape(Y, F) == pytest.approx((200 / 3 + 0 + 600 / 5 + 0 + 400 / 8) / 5)
    assert smape([[3.0]], [[-1.0]]) == smape([[3.0]], [[0.0]]) == 200
    assert smape([[0.0]], [[0.0]]) == 0


def test_mape_is_in_per_cent_of_the_actual_value_and_has_none_at_zero():
    assert mape([[4.0, -2.0]], [[5.0, -3.0]]) == pytest.approx((25 + 50) / 2)
    assert math.isnan(mape(Y, F))


@pytest.mark.parametrize("metric", POINTWISE)
def test_nothing_observed_has_no_error(metric):
    assert math.isnan(metric(np.full((2, 3), NAN), F))


@pytest.mark.parametrize("metric", POINTWISE)
def test_a_forecast_that_was_not_given_is_not_left_out(metric):
    y = np.ones((1, 3))
    assert math.isnan(metric(y, [[1.0, NAN, 1.0]]))
    assert metric([[1.0, NAN, 1.0]], [[2.0, NAN, 2.0]]) > 0  # nobody asks for it where y is missing


def test_a_forecast_of_another_shape_is_refused():
    with pytest.raises(ValueError, match=r"shape \(3,\), expected \(2, 3\)"):
        mae(Y, F[0])


def test_the_scale_is_the_mean_change_over_one_season():
    train = [1.0, 5.0, 2.0, 9.0, NAN, 8.0]
    assert seasonal_scale(train, 2) == pytest.approx((1 + 4 + 1) / 3)  # 2-1, 9-5, 8-9; the pair with nan is out
    assert seasonal_scale(train, 1) == pytest.approx((4 + 3 + 7) / 3)
    with pytest.raises(ValueError, match="season is 0"):
        seasonal_scale(train, 0)


@pytest.mark.parametrize("train", [[], [3.0], [3.0, 4.0], [3.0] * 9, [1.0, 2.0] * 4, [1.0, NAN, NAN, 2.0]])
def test_without_a_change_over_a_season_there_is_no_scale(train):
    assert math.isnan(seasonal_scale(train, 2))
    assert math.isnan(mase(Y, F, seasonal_scale(train, 2)))


def test_mase_is_the_absolute_error_in_scales():
    assert mase(Y, F, 0.5) == pytest.approx(12 / 5)


def test_the_quantile_loss_weighs_both_sides_as_its_level_says():
    y, low, high = np.array([[10.0, -20.0, NAN]]), np.array([[8.0, -18.0, 0.0]]), np.array([[14.0, -21.0, 0.0]])
    # level .1: .1 * 2 below y, .9 * 2 above; level .9: .1 * 4 above, .9 * 1 below
    assert wql(y, [low], [0.1]) == pytest.approx(2 * (0.2 + 1.8) / 30)
    assert wql(y, [low, high], [0.1, 0.9]) == pytest.approx((2 * 2.0 / 30 + 2 * 1.3 / 30) / 2)


def test_the_quantile_loss_of_the_median_is_the_absolute_error_in_shares_of_the_total():
    assert wql(Y, [F], [0.5]) == pytest.approx(6 / 12)


def test_the_quantile_loss_is_smallest_at_the_quantile():
    y = np.arange(1.0, 101)[None]
    losses = [wql(y, [np.full_like(y, f)], [0.8]) for f in range(1, 101)]
    assert np.argmin(losses) + 1 in (80, 81)


def test_the_quantile_loss_has_no_value_without_a_size_and_refuses_what_is_no_level():
    assert math.isnan(wql([[0.0, NAN]], [[[1.0, 1.0]]], [0.5]))
    assert math.isnan(wql([[NAN]], [[[1.0]]], [0.5]))
    for level in (0, 1, 95):
        with pytest.raises(ValueError, match=f"level is {level}"):
            wql(Y, [F], [level])
    with pytest.raises(ValueError):
        wql(Y, [F], [0.1, 0.9])


def test_coverage_counts_the_bounds_in_and_missing_values_out():
    y = np.array([[1.0, 2.0, 3.0, 4.0, NAN]])
    assert coverage(y, y * 0 + 2, y * 0 + 3) == 0.5
    assert coverage(y, np.full((1, 5), -np.inf), np.full((1, 5), np.inf)) == 1
    assert math.isnan(coverage(y, [[0.0, NAN, 0.0, 0.0, 0.0]], np.full((1, 5), 9.0)))
    assert math.isnan(coverage([[NAN]], [[0.0]], [[1.0]]))


def test_the_interval_score_is_the_width_and_a_fine_for_every_miss():
    y, lo, hi = np.array([[5.0, 1.0, 12.0, NAN]]), np.full((1, 4), 4.0), np.full((1, 4), 10.0)
    # widths 6; 3 below and 2 above, each times 2 / .05
    assert msis(y, lo, hi, 0.05, 2.0) == pytest.approx((6 + (6 + 120) + (6 + 80)) / 3 / 2)
    assert math.isnan(msis(y, lo, hi, 0.05, NAN))
    with pytest.raises(ValueError, match="alpha is 95"):
        msis(y, lo, hi, 95, 2.0)


def test_owa_is_the_mean_of_both_ratios():
    assert owa(9, 3, 18, 2) == pytest.approx((0.5 + 1.5) / 2)
    assert math.isnan(owa(9, 3, 0, 2)) and math.isnan(owa(9, NAN, 18, 2))


def test_skill_is_what_is_saved_of_the_loss_of_the_reference_in_per_cent():
    assert skill(3.0, 4.0) == 25
    assert skill(5.0, 4.0) == -25
    assert math.isnan(skill(1.0, 0.0))


TRAIN = np.array([1.0, 5.0, 2.0, 9.0, 4.0, 8.0])


def one(y, f, train=TRAIN, width=1.0):
    """Scores of a single window with two quantiles and two intervals."""
    y, f = np.atleast_2d(y), np.atleast_2d(f)
    return score(
        y,
        f,
        seasonal_scale(train, 2),
        {0.1: f - width, 0.9: f + width},
        {80: (f - width, f + width), 97.5: (f - 3, f + 3)},
        spread=4.0,
    )


def test_a_score_holds_what_each_function_gives():
    found, scale = one(Y, F), seasonal_scale(TRAIN, 2)
    for metric in POINTWISE:
        assert getattr(found, metric.__name__) == pytest.approx(metric(Y, F), nan_ok=True)
    assert found.values == 5 and found.magnitude == 12
    assert found.mase == mase(Y, F, scale)
    assert found.wql == wql(Y, [F - 1, F + 1], [0.1, 0.9])
    assert found.coverage == {80: coverage(Y, F - 1, F + 1), 97.5: coverage(Y, F - 3, F + 3)} == {80: 0.6, 97.5: 1.0}
    assert found.msis[80] == pytest.approx(msis(Y, F - 1, F + 1, 0.2, scale))
    assert found.msis[97.5] == pytest.approx(msis(Y, F - 3, F + 3, 0.025, scale))


def test_a_score_as_a_dict_has_plain_floats_and_none_for_what_is_not_defined():
    found = one(Y, F).as_dict()
    assert list(found) == [
        "mae",
        "rmse",
        "mse",
        "mape",
        "smape",
        "mase",
        "owa",
        "wql",
        "z_mae",
        "z_mse",
        "z_rmse",
        "coverage_80",
        "coverage_97.5",
        "msis_80",
        "msis_97.5",
    ]
    assert set(found) == set(names_of_metrics((80, 97.5))) and list(names_of_metrics()) == list(found)[:11]
    assert found["mape"] is found["owa"] is None
    assert {type(value) for name, value in found.items() if name not in ("mape", "owa")} == {float}
    plain = score(Y, F, NAN).as_dict()
    assert plain["mase"] is plain["wql"] is plain["z_mse"] is None
    assert plain["mae"] == pytest.approx(1.2) and "coverage_80" not in plain


def test_z_scores_are_errors_in_deviations_of_the_training_rows():
    found = one(Y, F)
    assert found.z_mae == pytest.approx(6 / 5 / 4) and found.z_mse == pytest.approx(14 / 5 / 16)
    assert aggregate([found, replace(found, z_mse=math.nan)]).z_mse == found.z_mse
    assert found.as_dict()["z_rmse"] == pytest.approx(math.sqrt(14 / 5) / 4)


def test_a_series_scored_in_parts_has_the_scores_of_all_its_windows():
    rng = np.random.default_rng(4)
    y, f = rng.standard_normal((7, 3)) + 9, rng.standard_normal((7, 3)) + 9
    y[2:4, 1:], y[5] = NAN, NAN
    parts = [one(y[a:b], f[a:b]) for a, b in ((0, 2), (2, 5), (5, 6), (6, 7))]
    whole, together = one(y, f), pooled(parts)
    assert together.as_dict() == pytest.approx(whole.as_dict(), nan_ok=True)
    assert (together.values, together.magnitude) == (whole.values, pytest.approx(whole.magnitude))
    assert pooled(parts[2:3]).values == 0 and pooled(parts[:1]) is parts[0]
    assert math.isnan(pooled([parts[0], one([1.0], [NAN])]).mae)


def test_each_series_counts_the_same_however_long_it_is():
    long, short = one(np.full((1, 30), 4.0), np.full((1, 30), 5.0)), one([10.0], [6.0], TRAIN * 3)
    both = aggregate([long, short])
    assert both.mae == (1 + 4) / 2
    assert both.smape == pytest.approx((200 / 9 + 800 / 16) / 2)
    assert both.mase == pytest.approx((long.mase + short.mase) / 2) and long.mase / short.mase == pytest.approx(3 / 4)
    assert both.coverage == {80: 0.5, 97.5: 0.5}
    assert both.msis[80] == pytest.approx((long.msis[80] + short.msis[80]) / 2)
    assert both.values == 31


def test_the_root_is_taken_and_the_quantile_loss_divided_after_the_series_are_together():
    a, b = one([4.0, 3.0], [5.0, 3.0]), one([0.0, 0.0], [6.0, 2.0])  # b alone has no weighted quantile loss
    both = aggregate([a, b])
    assert both.mse == (0.5 + 20) / 2 and both.rmse == pytest.approx(math.sqrt(10.25))
    assert math.isnan(b.wql)
    assert both.wql == pytest.approx(
        wql([[4.0, 3.0], [0.0, 0.0]], [[[4.0, 2.0], [5.0, 1.0]], [[6.0, 4.0], [7.0, 3.0]]], [0.1, 0.9])
    )


def test_owa_of_many_series_is_made_of_the_means_not_a_mean_of_ratios():
    model = [one([4.0], [5.0]), one([10.0], [6.0])]
    naive2 = [one([4.0], [4.5]), one([10.0], [30.0])]
    together = aggregate(model, naive2)
    smapes, mases = [(200 / 9 + 800 / 16), (100 / 8.5 + 4000 / 40)], [1 + 4, 0.5 + 20]
    assert together.owa == pytest.approx((smapes[0] / smapes[1] + mases[0] / mases[1]) / 2)
    assert aggregate(naive2, naive2).owa == 1
    assert math.isnan(aggregate(model).owa)


def test_series_are_left_out_of_what_is_not_defined_for_them():
    good, constant, unseen = one([4.0], [5.0]), one([4.0], [7.0], [3.0] * 6), one([NAN], [5.0])
    together = aggregate([good, constant, unseen])
    assert together.mae == 2 and together.mase == good.mase and together.msis[80] == good.msis[80]
    assert aggregate([good, one([0.0], [1.0])]).mape == good.mape
    assert together.values == 2


def test_a_series_without_a_forecast_makes_the_whole_undefined():
    together = aggregate([one([4.0], [5.0]), one([4.0], [NAN])])
    assert {name for name, value in together.as_dict().items() if value is not None} == set()


def test_no_series_at_all_have_no_scores():
    empty = aggregate([])
    assert empty.values == 0 and set(empty.as_dict().values()) == {None}


def test_series_scored_in_different_ways_are_not_thrown_together():
    a = one([4.0], [5.0])
    with pytest.raises(ValueError, match="different levels"):
        aggregate([a, replace(a, coverage={80: 1.0})])
    with pytest.raises(ValueError, match="not scored on the same values"):
        aggregate([a, a], [a])
