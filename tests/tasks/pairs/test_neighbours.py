"""Nearest neighbours: distances against loops over every cell, and how series are made alike."""

import numpy as np
import pytest

from rnncli.tasks.pairs import neighbours
from rnncli.tasks.pairs.neighbours import Nearest, _warped

EXACT = 1e-12  # the same float64 additions in another order


def warped(x, y, r):
    """The DTW distance of x and y (T, D), cell by cell."""
    T = len(x)
    d = np.full((T + 1, T + 1), np.inf)
    d[0, 0] = 0
    for i in range(T):
        for j in range(max(0, i - r), min(T, i + r + 1)):
            d[i + 1, j + 1] = ((x[i] - y[j]) ** 2).sum() + min(d[i, j + 1], d[i + 1, j], d[i, j])
    return d[T, T]


@pytest.mark.parametrize(("T", "D", "E"), [(1, 1, 1), (2, 1, 3), (7, 3, 4), (8, 1, 2), (15, 2, 1)])
def test_warped_distances_are_those_of_the_recursion(T, D, E):
    rng = np.random.default_rng(T)
    x, others = rng.normal(size=(T, D)), rng.normal(size=(T, D, E))
    for r in range(T + 1):
        expected = [warped(x, others[..., e], r) for e in range(E)]
        np.testing.assert_allclose(_warped(x, others, r), expected, rtol=EXACT)


def test_a_band_of_zero_is_the_euclidean_distance():
    rng = np.random.default_rng(0)
    series, asked = rng.normal(size=(30, 20, 2)), rng.normal(size=(10, 20, 2))
    euclidean = Nearest().fit(series, np.arange(30)).predict(asked)
    np.testing.assert_array_equal(Nearest(band=0.0).fit(series, np.arange(30)).predict(asked), euclidean)
    naive = [((series - x) ** 2).sum(axis=(1, 2)).argmin() for x in asked]
    np.testing.assert_array_equal(euclidean, naive)


def test_warping_finds_a_shifted_peak_and_euclid_does_not():
    def peak(at):
        return np.exp(-0.5 * (np.arange(40.0) - at) ** 2)[:, None]

    series, targets = [peak(20), np.zeros((40, 1))], [1, 0]
    assert Nearest(band=0.1).fit(series, targets).predict([peak(24)]) == [1]
    assert Nearest(band=0.05).fit(series, targets).predict([peak(30)]) == [0]
    assert Nearest().fit(series, targets).predict([peak(30)]) == [0]


def test_targets_may_be_several_numbers():
    series = [np.zeros((3, 1)), np.ones((3, 1))]
    model = Nearest().fit(series, np.array([[1.0, 2.0], [3.0, 4.0]]))
    assert model.predict([np.full((3, 1), 0.9)]).tolist() == [[3.0, 4.0]] and model.notes == []


def test_the_first_of_equally_near_series_wins():
    assert Nearest(0.5).fit([np.zeros((3, 1))] * 2, [7, 8]).predict([np.ones((3, 1))]) == [7]


def test_unequal_lengths_are_resampled_to_the_longest_and_said_so():
    series = [np.arange(3.0)[:, None], np.arange(5.0)[::-1, None]]
    model = Nearest().fit(series, [0, 1])
    assert model.T == 5 and model.notes == ["nearest neighbours: every series is resampled to 5 steps"]
    assert model.predict([np.arange(9.0)[:, None] / 2, np.arange(4.0)[::-1, None]]).tolist() == [0, 1]


def test_long_series_are_shortened(monkeypatch):
    monkeypatch.setattr(neighbours, "LONGEST", 4)
    model = Nearest(0.5).fit([np.arange(9.0)[:, None], np.zeros((9, 1))], [0, 1])
    assert model.T == 4 and "4 steps" in model.notes[0] and model.predict([np.arange(9.0)[:, None]]) == [0]


def test_large_sets_are_compared_with_the_same_seeded_part_of_the_training_series():
    series = [np.full((4, 1), float(e)) for e in range(50)]
    models = [Nearest(seed=seed, work=4 * 10 * 2).fit(series, np.arange(50), 2) for seed in (0, 0, 1)]
    answers = [set(model.predict(series).tolist()) for model in models]
    assert answers[0] == answers[1] != answers[2] and len(answers[0]) == 10
    assert models[0].notes == ["nearest neighbours: 10 of 50 training series are compared, drawn at random"]


def test_at_least_one_series_is_compared():
    assert Nearest(work=1).fit([np.ones((4, 1))] * 3, [5, 5, 5], 9).predict([np.zeros((4, 1))]) == [5]


def test_no_series_have_no_answers():
    assert Nearest(0.1).fit([np.ones((4, 2))], [5]).predict([]).tolist() == []


def test_progress_counts_the_series():
    seen = []
    Nearest().fit([np.ones((4, 1))], [5]).predict([np.ones((4, 1))] * 2, lambda *now: seen.append(now))
    assert seen == [(1, 2), (2, 2)]


@pytest.mark.parametrize("band", [-0.1, 1.1, float("nan")])
def test_a_band_that_is_no_share_is_refused(band):
    with pytest.raises(ValueError, match="share of the length"):
        Nearest(band)
