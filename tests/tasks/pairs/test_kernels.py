"""ROCKET: the features of every kernel against a loop over its outputs, and the ridge on them."""

import numpy as np
import pytest

from rnncli.tasks.pairs import kernels
from rnncli.tasks.pairs.kernels import Group, Rocket, drawn, features
from rnncli.tasks.pairs.summaries import one_against_all

SINGLE = 1e-4  # float32 sums of up to a hundred products


def naive(group, k, x):
    """Maximum and share above 0 of the outputs of kernel k of a group on x (T, D), one output at a time."""
    m, d, p, W, b = group
    padded = np.pad(x, ((p, p), (0, 0)))
    padded = np.pad(padded, ((0, max(0, (m - 1) * d + 1 - len(padded))), (0, 0)))
    outputs = [b[k] + sum(W[j, :, k] @ padded[t + j * d] for j in range(m)) for t in range(len(padded) - (m - 1) * d)]
    return max(outputs), np.mean(np.array(outputs) > 0)


@pytest.mark.parametrize("D", [1, 3])
def test_features_are_the_maximum_and_the_share_above_zero_of_every_kernel(D):
    rng = np.random.default_rng(D)
    series = [rng.normal(size=(T, D)) for T in (40, 1, 12, 40, 25)]
    groups = drawn(60, 40, D, rng)
    got, at = features(groups, series), 0
    assert got.shape == (5, 120) and {group.p > 0 for group in groups} == {True, False}
    for group in groups:
        n = len(group.b)
        for e, x in enumerate(series):
            expected = np.array([naive(group, k, x) for k in range(n)]).T
            np.testing.assert_allclose(got[e, at : at + 2 * n].reshape(2, n), expected, rtol=SINGLE, atol=SINGLE)
        at += 2 * n


def test_a_series_has_the_same_features_alone_and_beside_longer_ones(monkeypatch):
    rng = np.random.default_rng(2)
    series, groups = [rng.normal(size=(T, 2)) for T in (9, 50, 31)], drawn(40, 30, 2, rng)
    together = features(groups, series)
    np.testing.assert_allclose(np.concatenate([features(groups, [x]) for x in series]), together, atol=SINGLE)
    monkeypatch.setattr(kernels, "BLOCK", 1)
    np.testing.assert_allclose(features(groups, series), together, atol=SINGLE)


def test_kernels_are_drawn_as_the_paper_says():
    groups = drawn(3000, 200, 5, np.random.default_rng(3))
    number = sum(len(group.b) for group in groups)
    assert number == 3000 and {group.m for group in groups} == {7, 9, 11}
    assert all((group.m - 1) * group.d <= 199 and group.p in (0, (group.m - 1) * group.d // 2) for group in groups)
    padded = sum(len(group.b) for group in groups if group.p)
    assert abs(padded / number - 0.5) < 0.05  # five standard deviations
    W = np.concatenate([group.W.sum(axis=0) for group in groups], axis=1)
    np.testing.assert_allclose(W, 0, atol=SINGLE)  # every channel is centred
    read = np.concatenate([(group.W != 0).any(axis=0).sum(axis=0) for group in groups])
    assert set(read) == {1, 2, 3, 4, 5} and np.abs(np.concatenate([group.b for group in groups])).max() <= 1


def test_series_shorter_than_every_kernel_have_features():
    groups = drawn(20, 3, 1, np.random.default_rng(4))
    assert all(isinstance(group, Group) and group.d == 1 for group in groups)
    assert np.isfinite(features(groups, [np.ones((1, 1)), np.ones((3, 1))])).all()


def test_no_series_have_no_features():
    assert features(drawn(5, 20, 1, np.random.default_rng(5)), []).shape == (0, 10)


def frequencies(seed, n):
    """Series of two classes that differ in frequency, each with a phase of its own, and labels (n,)."""
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, 2, n)
    steps = np.arange(60.0)
    return [np.sin(steps * (0.5 + 0.2 * k) + rng.uniform(0, 6))[:, None] for k in labels], labels


def test_classes_that_differ_in_frequency_are_told_apart():
    (series, labels), (asked, truth) = frequencies(0, 40), frequencies(1, 40)
    model = Rocket(100).fit(series, one_against_all(labels, 2))
    assert (model.predict(asked).argmax(axis=1) == truth).all() and model.notes == []


def test_the_seed_decides_the_kernels():
    series, labels = frequencies(0, 20)
    y = one_against_all(labels, 2)
    first, again, other = (Rocket(20, seed).fit(series, y).predict(series) for seed in (0, 0, 1))
    np.testing.assert_array_equal(first, again)
    assert not np.allclose(first, other)


def test_large_data_get_fewer_kernels_and_are_told_so():
    series, labels = frequencies(0, 20)
    model = Rocket(200, work=60 * 60 * (kernels.OUTPUT + 9) * 100).fit(series, one_against_all(labels, 2), questions=40)
    assert model.notes == ["ROCKET: 100 kernels rather than 200, as the data are large"]
    assert model.predict(series).shape == (20, 2)


def test_progress_counts_the_series():
    seen = []
    series, labels = frequencies(0, 20)
    Rocket(10).fit(series, one_against_all(labels, 2), progress=lambda *now: seen.append(now))
    assert seen[-1] == (20, 20)


def test_no_kernels_are_refused():
    with pytest.raises(ValueError, match="must be 1 or more"):
        Rocket(0)
