"""Ridge against least squares with one row more for each weight, and on series that it must continue."""

import numpy as np
import pytest

from rnncli.errors import DataError
from rnncli.tasks.forecast.ridge import PENALTIES, Ridge, windows_of


def noisy(n=90, L=5, H=3, seed=1):
    """Windows and targets with a linear relation and noise, in units far from 1."""
    rng = np.random.default_rng(seed)
    windows = 300 + 40 * rng.normal(size=(n, L)).cumsum(axis=1)
    return windows, windows[:, -1:] + windows @ rng.normal(size=(L, H)) / L + 10 * rng.normal(size=(n, H))


def augmented(x, y, penalty):
    """Weights and bias by least squares: sqrt(penalty) I stands below x, zeros below y and below the ones."""
    n, L = x.shape
    rows = np.block([[x, np.ones((n, 1))], [np.sqrt(penalty) * np.eye(L), np.zeros((L, 1))]])
    solution = np.linalg.lstsq(rows, np.r_[y, np.zeros((L, y.shape[1]))], rcond=None)[0]
    return solution[:-1], solution[-1]


def in_units(windows, targets, center, scale):
    """What the regression sees, written out window by window."""
    x, y = np.empty(windows.shape), np.empty(targets.shape)
    for i, (window, target) in enumerate(zip(windows, targets, strict=True)):
        last, spread = window[-1] if center else 0.0, np.std(window) if scale else 1.0
        x[i], y[i] = (window - last) / spread, (target - last) / spread
    return x, y


@pytest.mark.parametrize("center", [True, False])
@pytest.mark.parametrize("scale", [True, False])
@pytest.mark.parametrize("penalty", [0.01, 30.0])
def test_the_closed_form_is_least_squares_with_augmented_rows(center, scale, penalty):
    windows, targets = noisy()
    ridge = Ridge(center, scale, (penalty,)).fit(windows, targets)
    weights, bias = augmented(*in_units(windows, targets, center, scale), penalty)
    # The normal equations square the condition number, here below 1e4.
    assert ridge.weights == pytest.approx(weights, rel=1e-6, abs=1e-9)
    assert ridge.bias == pytest.approx(bias, rel=1e-6, abs=1e-9)


@pytest.mark.parametrize("center", [True, False])
@pytest.mark.parametrize("scale", [True, False])
def test_a_forecast_is_the_map_in_the_units_of_its_window(center, scale):
    ridge = Ridge(center, scale, (1.0,)).fit(*noisy())
    windows, _ = noisy(7, seed=2)
    x, zero = in_units(windows, np.zeros((7, 3)), center, scale)
    last = windows[:, -1:] if center else 0.0
    spread = windows.std(axis=1, keepdims=True) if scale else 1.0
    assert ridge.predict(windows) == pytest.approx((x @ ridge.weights + ridge.bias) * spread + last, rel=1e-12)


def test_all_steps_at_once_are_each_step_alone():
    windows, targets = noisy()
    together = Ridge(penalties=(2.0,)).fit(windows, targets).predict(windows)
    for step in range(3):
        alone = Ridge(penalties=(2.0,)).fit(windows, targets[:, [step]]).predict(windows)
        assert together[:, [step]] == pytest.approx(alone, rel=1e-12)


def test_with_center_and_scale_a_forecast_moves_and_stretches_with_its_window():
    ridge = Ridge().fit(*noisy())
    windows, _ = noisy(4, seed=3)
    assert ridge.predict(7 * windows - 5000) == pytest.approx(7 * ridge.predict(windows) - 5000, rel=1e-9)


@pytest.mark.parametrize("center", [True, False])
@pytest.mark.parametrize("scale", [True, False])
@pytest.mark.parametrize("shape", ["line", "sine"])
def test_a_straight_line_and_a_sine_continue_exactly(shape, center, scale):
    t = np.arange(500.0)
    y = 0.1 * t - 20 if shape == "line" else np.sin(2 * np.pi * t / 37 + 0.4)
    L, H = 40, 100
    ridge = Ridge(center, scale, (1e-6,)).fit(*windows_of(y[:400], L, H))
    # The penalty shrinks by 1e-6 over a sum of squares, some hundreds at least.
    assert ridge.predict(y[None, 400 - L : 400])[0] == pytest.approx(y[400:], abs=1e-5 * np.ptp(y))


def test_the_default_penalties_continue_them_within_a_hundredth_of_a_per_cent():
    t = np.arange(500.0)
    for y in (3 * t - 200, np.sin(2 * np.pi * t / 37)):
        ridge = Ridge().fit(*windows_of(y[:400], 40, 100))
        assert ridge.predict(y[None, 360:400])[0] == pytest.approx(y[400:], abs=1e-4 * np.ptp(y))


@pytest.mark.parametrize("seed", range(10))
def test_the_penalty_is_the_best_of_the_grid_on_the_last_fifth(seed):
    windows, targets = noisy(60, L=12, H=2, seed=seed)
    targets += 60 * np.random.default_rng(100 + seed).normal(size=targets.shape)
    x, y = in_units(windows, targets, True, True)
    errors = []
    for penalty in PENALTIES:
        weights, bias = augmented(x[:48], y[:48], penalty)
        errors.append(((x[48:] @ weights + bias - y[48:]) ** 2).mean())
    best = PENALTIES[int(np.argmin(errors))]
    ridge = Ridge().fit(windows, targets)
    assert ridge.penalty == best
    assert ridge.weights == pytest.approx(augmented(x, y, best)[0], rel=1e-6, abs=1e-9)  # fitted again on all


def test_the_caller_may_say_which_windows_choose():
    """Half of the windows follow a rule and half are noise: which half is held out decides."""
    rng = np.random.default_rng(7)
    windows = rng.normal(size=(80, 4))
    targets = windows @ rng.normal(size=(4, 1)) * 3
    even = np.arange(80) % 2 == 0
    targets[~even] = 0
    chosen = [
        Ridge(False, False).fit(windows, targets, held_out).penalty
        for held_out in (np.r_[even[:40], np.zeros(40, bool)], np.r_[~even[:40], np.zeros(40, bool)])
    ]
    assert chosen[0] < chosen[1] == PENALTIES[-1]


def test_without_a_window_to_choose_on_the_penalty_is_the_largest():
    windows, targets = noisy()
    ridge = Ridge(penalties=PENALTIES[::-1])  # in any order
    assert ridge.fit(windows[:1], targets[:1]).penalty == PENALTIES[-1]
    for held_out in (np.zeros(90, bool), np.ones(90, bool)):
        assert ridge.fit(windows, targets, held_out).penalty == PENALTIES[-1]


def test_series_of_any_size_are_pooled_and_each_is_forecast_in_its_own_units():
    t = np.arange(300)
    series = [
        size * np.sin(2 * np.pi * t / 20 + phase) + level
        for size, phase, level in ((1, 0, 0), (1e6, 1, -5e6), (1e-4, 2, 3))
    ]
    pairs = [windows_of(y[:280], 20, 20) for y in series]
    ridge = Ridge().fit(np.concatenate([w for w, _ in pairs]), np.concatenate([t for _, t in pairs]))
    for y in series:
        assert ridge.predict(y[None, 260:280])[0] == pytest.approx(y[280:], abs=1e-4 * np.ptp(y))


def test_a_constant_window_keeps_its_value_and_teaches_nothing():
    windows, targets = noisy()
    ridge = Ridge().fit(windows, targets)
    with_constant = Ridge().fit(
        np.r_[windows, np.full((30, 5), 0.1)],
        np.r_[targets, np.full((30, 3), 1e9)],
        np.r_[np.arange(90) >= 72, np.zeros(30, bool)],
    )
    assert with_constant.weights.tolist() == ridge.weights.tolist()
    assert ridge.predict(np.full((1, 5), 0.1)).tolist() == [[0.1] * 3]


def test_a_constant_series_is_repeated():
    ridge = Ridge().fit(*windows_of(np.full(50, 0.1), 8, 4))
    assert ridge.predict(np.full((1, 8), 0.1)).tolist() == [[0.1] * 4]
    assert ridge.predict(np.arange(8.0)[None]).tolist() == [[7.0] * 4]


def test_a_window_with_a_missing_value_has_no_forecast_and_the_others_have_theirs():
    ridge = Ridge().fit(*noisy())
    windows, _ = noisy(3, seed=4)
    whole = ridge.predict(windows)
    windows[1, 2] = np.nan
    holed = ridge.predict(windows)
    assert np.isnan(holed[1]).all() and holed[[0, 2]] == pytest.approx(whole[[0, 2]], rel=1e-12)


def test_windows_are_followed_by_their_targets_in_order_of_time():
    windows, targets = windows_of(np.arange(9.0), 3, 2, 2)
    assert windows.tolist() == [[0, 1, 2], [2, 3, 4], [4, 5, 6]]
    assert targets.tolist() == [[3, 4], [5, 6], [7, 8]]
    assert [len(part) for part in windows_of(np.arange(9.0), 3, 2)] == [5, 5]


def test_windows_with_a_missing_value_in_them_or_after_them_are_left_out():
    y = np.arange(9.0)
    y[4] = np.nan
    windows, targets = windows_of(y, 2, 1)
    assert windows.tolist() == [[0, 1], [1, 2], [5, 6], [6, 7]] and targets.tolist() == [[2], [3], [7], [8]]


def test_a_series_shorter_than_window_and_horizon_has_no_windows():
    for length, n in ((0, 0), (4, 0), (5, 1)):
        windows, targets = windows_of(np.ones(length), 3, 2)
        assert windows.shape == (n, 3) and targets.shape == (n, 2)


def test_nothing_to_fit_on_is_said_with_what_to_do():
    with pytest.raises(DataError, match="no complete window") as caught:
        Ridge().fit(*windows_of(np.ones(4), 3, 2))
    assert "shorten" in caught.value.hint


def test_what_cannot_be_used_is_named():
    windows, targets = noisy()
    for penalties in ((), (0.0, 1.0), (-1.0,)):
        with pytest.raises(ValueError, match="penalties are"):
            Ridge(penalties=penalties)
    with pytest.raises(ValueError, match=r"\(90, 5\) and targets \(89, 3\)"):
        Ridge().fit(windows, targets[1:])
    with pytest.raises(ValueError, match="missing or infinite"):
        Ridge().fit(windows, np.where(targets == targets[5, 1], np.nan, targets))
    with pytest.raises(ValueError, match=r"\(90, 4\), expected \(n, L=5\)"):
        Ridge().fit(windows, targets).predict(windows[:, 1:])
    for lengths in ((0, 1, 1), (1, 0, 1), (1, 1, 0)):
        with pytest.raises(ValueError, match="must be 1 or more"):
            windows_of(np.ones(9), *lengths)
