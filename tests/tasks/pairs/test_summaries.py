"""Summaries and the ridge on them: the penalty by leaving examples out one at a time, and the map by least squares."""

import numpy as np
import pytest

from rnncli.tasks.pairs.summaries import (
    Ridge,
    SeriesRidge,
    _Solved,
    columns,
    majority,
    mean,
    one_against_all,
    summaries,
)


def standardised(x):
    return (x - x.mean(axis=0)) / x.std(axis=0)


def naive(z, y, penalty):
    """W and b of the penalised least squares on z (E, F), by its normal equations."""
    level, middle = y.mean(axis=0), z.mean(axis=0)
    W = np.linalg.solve((z - middle).T @ (z - middle) + penalty * np.eye(z.shape[1]), (z - middle).T @ (y - level))
    return W, level - middle @ W


def test_the_majority_is_the_first_of_the_most_frequent_classes():
    assert majority(np.array([2, 1, 1, 2]), 4) == 1


def test_the_mean_is_taken_over_examples():
    assert mean(np.array([[1.0, 4], [3, 8]])).tolist() == [2, 6]


def test_summaries_hold_six_statistics_of_every_channel():
    got = summaries([np.array([[1.0, 0], [3, 0], [2, 6]]), np.array([[5.0, 7]])])
    assert got[1].tolist() == [5, 7, 0, 0, 5, 7, 5, 7, 5, 7, 5, 7]
    np.testing.assert_allclose(got[0], [2, 2, (2 / 3) ** 0.5, 8**0.5, 1, 0, 3, 6, 1, 0, 2, 6], rtol=1e-15)


def test_columns_are_the_values_themselves():
    assert columns([np.array([[1.0, 2], [3, 4]])], 2).tolist() == [[1, 2, 3, 4]]


def test_columns_of_another_length_follow_straight_lines_in_every_channel():
    got = columns([np.array([[0.0, 1], [4, 1]]), np.array([[2.0, 3]])], 5).reshape(2, 5, 2)
    assert got[0].T.tolist() == [[0, 1, 2, 3, 4], [1] * 5] and got[1].T.tolist() == [[2] * 5, [3] * 5]


def test_a_series_is_read_by_its_summaries_or_its_values_as_the_targets_ask():
    rng = np.random.default_rng(6)
    series = [rng.normal(rng.normal(), 1, (8, 1)) for _ in range(60)]
    level, third = (np.array([[f(x)] for x in series]) for f in (np.max, lambda x: x[2, 0]))
    by_summary, by_value = SeriesRidge().fit(series, level), SeriesRidge().fit(series, third)
    assert (by_summary.T, by_value.T) == (0, 8)
    np.testing.assert_allclose(by_summary.predict(series), level, atol=1e-4)  # the smallest penalty is 1e-6
    np.testing.assert_allclose(by_value.predict(series), third, atol=1e-4)
    assert SeriesRidge(most=479).fit(series, third).T == 0


@pytest.mark.parametrize(("E", "F"), [(20, 4), (6, 15), (5, 5)])
def test_the_map_solves_the_normal_equations(E, F):
    rng = np.random.default_rng(E)
    x, y, asked = rng.normal(3, 2, (E, F)), rng.normal(5, 1, (E, 2)), rng.normal(3, 2, (4, F))
    model = Ridge((0.7,)).fit(x, y)
    W, b = naive(standardised(x), y, 0.7)
    np.testing.assert_allclose(model.predict(asked), (asked - x.mean(0)) / x.std(0) @ W + b, rtol=1e-9)


@pytest.mark.parametrize(("E", "F"), [(12, 4), (6, 15)])
def test_the_error_is_that_of_leaving_examples_out_one_at_a_time(E, F):
    rng = np.random.default_rng(F)
    z, y = standardised(rng.normal(size=(E, F))), rng.normal(size=(E, 2))
    y -= y.mean(axis=0)
    for penalty in (0.1, 1.0, 30.0):
        squares = []
        for e in range(E):
            W, b = naive(np.delete(z, e, axis=0), np.delete(y, e, axis=0), penalty)
            squares.append((z[e] @ W + b - y[e]) ** 2)
        expected = (np.mean(squares, axis=0) / (y**2).mean(axis=0)).mean()
        np.testing.assert_allclose(_Solved(z, y).error(penalty), expected, rtol=1e-9)


def test_the_penalty_is_small_for_a_rule_and_large_for_noise():
    rng = np.random.default_rng(0)
    x = rng.normal(size=(60, 5))
    assert Ridge().fit(x, x @ rng.normal(size=(5, 1)) + 3).penalty <= 1e-3
    assert Ridge().fit(x, rng.normal(size=(60, 1))).penalty >= 10


def test_targets_in_other_units_change_nothing():
    rng = np.random.default_rng(1)
    x, y = rng.normal(size=(30, 5)), rng.normal(size=(30, 2))
    plain, scaled = Ridge().fit(x, y), Ridge().fit(1000 * x, y * [1, 1e6])
    assert plain.penalty == scaled.penalty
    np.testing.assert_allclose(scaled.predict(1000 * x), plain.predict(x) * [1, 1e6], rtol=1e-8)


def test_a_constant_feature_has_no_weight():
    rng = np.random.default_rng(2)
    x = np.column_stack([rng.normal(size=20), np.full(20, 0.1)])
    model = Ridge((1.0,)).fit(x, x[:, :1])
    assert model.weights[1] == 0 and model.weights[0] > 0


@pytest.mark.parametrize(("E", "F"), [(1, 3), (4, 0)])
def test_too_little_to_learn_from_gives_the_mean(E, F):
    y = np.arange(2.0 * E).reshape(E, 2)
    x = np.random.default_rng(3).normal(size=(E, F))
    model = Ridge().fit(x, y)
    np.testing.assert_allclose(model.predict(x), np.tile(y.mean(axis=0), (E, 1)), atol=1e-5)  # the largest penalty, 1e6


def test_a_class_without_examples_never_wins():
    rng = np.random.default_rng(4)
    x, labels = rng.normal(size=(40, 6)), rng.integers(0, 3, 40)
    labels[labels == 1] = 2
    answers = Ridge((1e-3,)).fit(x, one_against_all(labels, 4)).predict(rng.normal(size=(500, 6)) * 5)
    np.testing.assert_allclose(answers[:, [1, 3]], -1, atol=1e-12)
    assert set(answers.argmax(axis=1)) == {0, 2}


def test_classes_are_told_apart_by_their_summaries():
    rng = np.random.default_rng(5)
    labels = rng.integers(0, 3, 90)
    series = [rng.normal(0, 1 + k, (rng.integers(30, 50), 2)) for k in labels]
    model = Ridge().fit(summaries(series[:60]), one_against_all(labels[:60], 3))
    assert (model.predict(summaries(series[60:])).argmax(axis=1) == labels[60:]).mean() > 0.8  # chance is 1/3


@pytest.mark.parametrize("penalties", [(), (0.0, 1.0)])
def test_penalties_that_are_not_above_zero_are_refused(penalties):
    with pytest.raises(ValueError, match="all above 0"):
        Ridge(penalties)
