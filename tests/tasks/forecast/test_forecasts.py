"""Forecasts of windows: equal to the model read by hand, intervals of every loss, paths, and horizons beyond the
trained one."""

from dataclasses import replace

import numpy as np
import pytest

from rnncli.config import load_config
from rnncli.data.series.scaling import Units
from rnncli.data.series.window import Arrays
from rnncli.data.series.windows import Windows
from rnncli.errors import ConfigError, DataError
from rnncli.nn.likelihoods import LIKELIHOODS
from rnncli.nn.memory import Memory
from rnncli.random_streams import stream
from rnncli.tasks.forecast.building import build_forecaster
from rnncli.tasks.forecast.intervals import possible_levels
from rnncli.tasks.forecast.predictor import Predictor

L, H, K = 6, 3, 2
LOSSES = list(LIKELIHOODS)
DISTRIBUTIONS = ("gaussian", "student-t", "negative-binomial")


def arrays(lengths=(30, 17, 5), Q=1, K=K, seed=0, ahead=12):
    """Arrays of series of counts from 3 on, with Q columns that are known `ahead` steps further, and one static."""
    rng = np.random.default_rng(seed)
    y = [rng.integers(3, 40, (n, K)).astype(float) for n in lengths]
    known = [rng.normal(size=(n + ahead, Q)) for n in lengths]
    return Arrays(
        y,
        y,
        [np.ones(each.shape, bool) for each in y],
        [np.zeros((n, 0)) for n in lengths],
        known,
        rng.normal(size=(len(lengths), 1)),
        np.zeros(0),
    )


def made(loss="gaussian", data=None, kind="standard", log=False, N=4, seed=0, room=12, dtype="f8", **forecast):
    """(Predictor, Windows) of a small model with random weights."""
    data = data or arrays()
    S, K = len(data.y), data.y[0].shape[1]
    if loss == "negative-binomial":
        kind = "none"
    level = np.log if log else np.asarray
    units = Units(
        np.stack([np.nanmean(level(each), axis=0) for each in data.y]),
        np.stack([np.nanstd(level(each), axis=0) for each in data.y]),
        log,
    )
    units = units if kind != "none" else Units(np.zeros((S, K)), np.ones((S, K)))
    recursive = forecast.get("mode") == "recursive"
    windows = Windows(data, L, H, units, kind, log, recursive=recursive, gappy=recursive, room=room)
    settings = {
        "task": "forecast",
        "model.hidden_size": 7,
        "forecast.loss": loss,
        "forecast.horizon": H,
        "forecast.window": L,
    } | {f"forecast.{name}": value for name, value in forecast.items()}
    Q = windows.D - K if recursive else windows.Q
    model = build_forecaster(load_config(overrides=settings), (windows.D, Q, K))
    store = model.store()
    theta = np.random.default_rng(seed).normal(0, 0.3, store.size).astype(dtype)
    return Predictor(model, store.views(theta), windows, N, Memory(dtype, forward_only=True)), windows


def some(windows, count=9, seed=0):
    """(series, first) of windows anywhere, at the end too."""
    rng = np.random.default_rng(seed)
    series = rng.integers(0, len(windows.lengths), count)
    return series, np.minimum(rng.integers(3, 31, count), windows.lengths[series])


def by_hand(predictor, series, first):
    """(Window, scores (h, 1, outputs)) of one window, in a plan of its own."""
    model, memory = predictor.model, Memory("f8")
    window = predictor.windows.take(np.array([series]), np.array([first]))
    plan = model.plan((L,), 1, memory)
    model.load(predictor.p, plan)
    return window, model.predict(window.inputs, window.ahead, model.initial_state(1, memory), plan)


def residuals_of(R=40, K=K, seed=3):
    return np.random.default_rng(seed).normal(size=(R, H, K)).astype(np.float32)


@pytest.mark.parametrize("loss", LOSSES)
def test_a_forecast_is_what_the_model_tells_of_each_window_back_in_its_units(loss):
    predictor, windows = made(loss)
    series, first = some(windows)
    found = predictor.forecast(series, first).mean
    for w in range(len(series)):
        window, scores = by_hand(predictor, series[w], first[w])
        z = predictor.model.likelihood.mean(scores[:, 0])
        expected = z * window.units.scale[0, 0] + window.units.offset[0, 0]
        np.testing.assert_allclose(found[w], expected, rtol=1e-9)


@pytest.mark.parametrize("kind", ["last", "mean", "robust"])
def test_how_many_windows_are_read_at_once_changes_nothing(kind):
    one, windows = made(kind=kind, N=1)
    many, _ = made(kind=kind, N=64)
    for found, other in zip(
        *(vars(predictor.forecast(*some(windows), levels=(80,))).values() for predictor in (one, many))
    ):
        if isinstance(found, np.ndarray):
            np.testing.assert_allclose(found, other, rtol=1e-9)


def test_float32_memory_is_near_float64():
    (exact, windows), (fast, _) = made(), made(dtype="f4")
    np.testing.assert_allclose(fast.forecast(*some(windows)).mean, exact.forecast(*some(windows)).mean, rtol=1e-4)


@pytest.mark.parametrize("loss", ["gaussian", "student-t", "negative-binomial", "quantile"])
@pytest.mark.parametrize("log", [False, True])
def test_intervals_end_at_the_quantiles_of_the_likelihood(loss, log):
    if log and loss == "negative-binomial":
        pytest.skip("counts are not scaled")
    predictor, windows = made(loss, log=log)
    series, first = some(windows)
    found = predictor.forecast(series, first, levels=(80, 95), quantiles=(0.5,))
    assert found.method == loss and set(found.intervals) == {80, 95} and set(found.quantiles) == {0.5}
    for w in range(len(series)):
        window, scores = by_hand(predictor, series[w], first[w])
        for level, q in ((80, (0.1, 0.9)), (95, (0.025, 0.975))):
            for end, share in zip(found.intervals[level], q):
                z = predictor.model.likelihood.quantile(scores[:, 0], share)
                y = z * window.units.scale[0, 0] + window.units.offset[0, 0]
                np.testing.assert_allclose(end[w], np.exp(y) if log else y, rtol=1e-8)


def test_wider_levels_hold_narrower_ones():
    for loss in ("gaussian", "quantile", "mse"):
        predictor, windows = made(loss)
        found = predictor.forecast(*some(windows), levels=(50, 80, 95), residuals=residuals_of())
        lo, hi = ([found.intervals[level][end] for level in (95, 80, 50)] for end in (0, 1))
        assert (np.diff(lo, axis=0) >= 0).all() and (np.diff(hi, axis=0) <= 0).all()
        assert (found.intervals[50][0] < found.intervals[50][1]).all()


@pytest.mark.parametrize("log", [False, True])
def test_losses_without_a_distribution_have_intervals_as_wide_as_held_out_windows_were(log):
    predictor, windows = made("mae", log=log)
    series, first = some(windows)
    residuals = residuals_of(39)
    found = predictor.forecast(series, first, levels=(90,), quantiles=(0.5,), residuals=residuals)
    width = np.sort(np.abs(residuals), axis=0)[35]  # ceil(40 * 0.9) = 36th smallest
    assert found.method == "conformal"
    np.testing.assert_array_equal(found.quantiles[0.5], found.mean)
    for w, s in enumerate(series):
        half = width * windows.units.scale[s]
        low, high = ((np.log(end[w]) if log else end[w]) for end in found.intervals[90])
        middle = np.log(found.mean[w]) if log else found.mean[w]
        np.testing.assert_allclose(middle - low, half, rtol=1e-6)
        np.testing.assert_allclose(high - middle, half, rtol=1e-6)


def test_residuals_are_truth_less_mean_in_the_units_of_the_model():
    data = arrays()
    data.y[0][20, 1] = np.nan
    data.real[0][20, 1] = False
    predictor, windows = made("huber", data)
    series, first = np.array([0, 0, 1]), np.array([10, 19, 9])
    found = predictor.residuals(series, first)
    mean = predictor.forecast(series, first).mean
    for w, s in enumerate(series):
        truth = data.y[s][first[w] : first[w] + H]
        np.testing.assert_allclose(found[w], (truth - mean[w]) / windows.units.scale[s], rtol=1e-4, atol=1e-6)
    assert found.dtype == np.float32 and np.isnan(found[1, 1, 1]) and np.isnan(found).sum() == 1


def test_conformal_intervals_hold_the_share_of_windows_that_they_promise():
    data = arrays((900, 900), seed=5)
    predictor, windows = made("mse", data, N=64)
    series, first = np.repeat([0, 1], 400), np.tile(np.arange(20, 820, 2), 2)
    residuals = predictor.residuals(series[::2], first[::2])
    found = predictor.forecast(series[1::2], first[1::2], levels=(80,), residuals=residuals)
    truth = np.stack([data.y[s][t : t + H] for s, t in zip(series[1::2], first[1::2])])
    lo, hi = found.intervals[80]
    assert ((truth >= lo) & (truth <= hi)).mean() == pytest.approx(0.8, abs=0.04)


@pytest.mark.parametrize("loss", LOSSES)
def test_what_a_model_cannot_tell_is_an_error_with_a_hint(loss):
    predictor, windows = made(loss)
    series, first = some(windows)
    if loss in DISTRIBUTIONS:
        assert predictor.forecast(series, first, (99.9,), num_samples=2).samples.shape == (2, len(series), H, K)
        return
    with pytest.raises(ConfigError, match="held-out windows") as caught:
        predictor.forecast(series, first, num_samples=2)
    assert "--val-size" in caught.value.hint
    with pytest.raises(ConfigError, match="0.025, 0.1, 0.5, 0.9, 0.975" if loss == "quantile" else "--level"):
        predictor.forecast(series, first, (99,))


def test_too_few_residuals_are_an_error_and_possible_levels_know_it():
    predictor, windows = made("mse")
    with pytest.raises(DataError, match="interval of 95 % for step 1 needs 19 held-out windows; there are 9"):
        predictor.forecast(*some(windows), levels=(80, 95), residuals=residuals_of(9))
    likelihood = predictor.model.likelihood
    assert possible_levels(likelihood, residuals_of(9), (80, 95)) == (80,)
    assert possible_levels(likelihood, None, (80, 95)) == ()
    assert possible_levels(LIKELIHOODS["gaussian"], None, (80, 95)) == (80, 95)
    assert possible_levels(LIKELIHOODS["quantile"], None, (80, 95, 99)) == (80, 95)


@pytest.mark.parametrize(
    "wanted",
    [{"levels": (0,)}, {"levels": (100,)}, {"quantiles": (1.0,)}, {"quantiles": (-0.1,)}, {"levels": (float("nan"),)}],
)
def test_levels_and_quantiles_outside_their_range_are_refused(wanted):
    predictor, windows = made()
    with pytest.raises(ConfigError, match="is not between 0 and"):
        predictor.forecast(*some(windows), **wanted)


@pytest.mark.parametrize("loss", DISTRIBUTIONS)
def test_samples_follow_the_distribution_and_the_seed(loss):
    predictor, windows = made(loss)
    series, first = np.array([0, 1]), np.array([10, 12])
    found = predictor.forecast(series, first, quantiles=(0.1, 0.5), num_samples=3000, seed=1)
    for q, values in found.quantiles.items():
        assert ((found.samples < values).mean(axis=0) < q + 0.03).all()  # 0.03: five standard errors
        assert ((found.samples <= values).mean(axis=0) > q - 0.03).all()
    few = [predictor.forecast(series, first, num_samples=3, seed=seed).samples for seed in (1, 1, 2)]
    np.testing.assert_array_equal(few[0], found.samples[:3])
    np.testing.assert_array_equal(few[0], few[1])
    assert (few[0] != few[2]).any()


def test_paths_of_other_losses_are_the_mean_and_the_errors_of_one_held_out_window():
    predictor, windows = made("mse")
    residuals = residuals_of(5)
    residuals[0, 1, 1] = np.nan  # a path cannot be made of this one
    series, first = some(windows)
    found = predictor.forecast(series, first, num_samples=20, residuals=residuals)
    for w, s in enumerate(series):
        z = (found.samples[:, w] - found.mean[w]) / windows.units.scale[s]
        near = np.abs(z[:, None] - residuals[1:]).max(axis=(2, 3)) < 1e-5
        assert (near.sum(axis=1) == 1).all() and near.any(axis=0).all()


def test_the_paths_of_a_recursive_model_read_what_was_drawn():
    predictor, windows = made("gaussian", mode="recursive", N=1)
    series, first = np.array([0]), np.array([12])
    path = predictor.forecast(series, first, num_samples=3, seed=4).samples[2, 0]
    z = (path - windows.units.offset[0]) / windows.units.scale[0]
    window, model, memory = windows.take(series, first), predictor.model, Memory("f8")
    for k in range(1, H):  # all inputs up to step k, those of the path as if they were observed
        more = [np.concatenate([z[j], np.ones(K), window.ahead[j + 1, 0], window.inputs[-1, 0, -1:]]) for j in range(k)]
        inputs = np.concatenate([window.inputs, np.array(more)[:, None]])
        plan = model.plan((L + k,), 1, memory)
        model.load(predictor.p, plan)
        scores = model.forward(inputs, model.initial_state(1, memory), plan)[0][-1:]
        draws = stream(4, "paths", 0, 2, 0)
        drawn = [draws.standard_normal((1, K)) for _ in range(k + 1)][-1]
        expected = model.likelihood.mean(scores) + drawn * (
            model.likelihood.quantile(scores, 0.8413447460685429) - model.likelihood.mean(scores)
        )
        np.testing.assert_allclose(z[k], expected[0], rtol=1e-9)


@pytest.mark.parametrize("mode", ["direct", "recursive"])
@pytest.mark.parametrize("kind", ["standard", "last"])
def test_a_longer_horizon_goes_on_from_the_forecast_as_if_it_had_been_observed(mode, kind):
    data = arrays()
    predictor, windows = made(data=data, kind=kind, mode=mode)
    series, first = np.array([0, 1, 2]), np.array([30, 17, 5])
    found = predictor.forecast(series, first, horizon=2 * H + 2).mean
    assert found.shape == (3, 2 * H + 2, K)
    np.testing.assert_array_equal(found[:, :H], predictor.forecast(series, first).mean)
    for k in (H, 2 * H):
        y = [np.concatenate([y, told[:k]]) for y, told in zip(data.y, found)]
        longer = replace(
            data,
            y=y,
            carried=y,
            real=[np.ones((len(y) + k, K), bool) for y in data.y],
            own=[np.zeros((len(y) + k, 0)) for y in data.y],
        )
        other = Windows(longer, L, H, windows.units, kind, recursive=mode == "recursive", gappy=mode == "recursive")
        again = Predictor(predictor.model, predictor.p, other, 4, Memory("f8")).forecast(series, first + k).mean
        np.testing.assert_allclose(found[:, k : k + H], again[:, : found.shape[1] - k], rtol=1e-9)


@pytest.mark.parametrize("loss", ["gaussian", "mse", "quantile"])
def test_intervals_beyond_the_trained_horizon_grow_by_what_the_steps_before_may_be_wrong(loss):
    predictor, windows = made(loss)
    series, first = np.array([0, 1]), np.array([30, 17])
    found = predictor.forecast(series, first, levels=(80,), residuals=residuals_of(), horizon=3 * H)
    hi = found.intervals[80][1] - found.mean
    last = hi[:, H - 1]
    told = windows.continued(series, first, found.mean[:, :H].swapaxes(0, 1))
    own = Predictor(predictor.model, predictor.p, told, 4, Memory("f8")).forecast(
        np.arange(2), told.lengths, levels=(80,), residuals=residuals_of()
    )
    np.testing.assert_allclose(hi[:, H] ** 2, (own.intervals[80][1] - own.mean)[:, 0] ** 2 + last**2, rtol=1e-6)
    assert (hi[:, 2 * H :] > last[:, None]).all()


@pytest.mark.parametrize("loss, log", [("gaussian", True), ("mse", True), ("negative-binomial", False)])
def test_what_cannot_be_negative_is_not_beyond_the_trained_horizon_either(loss, log):
    predictor, windows = made(loss, log=log)
    found = predictor.forecast(
        np.array([0, 1]), np.array([30, 17]), levels=(95,), quantiles=(0.05,), residuals=3 * residuals_of(), horizon=8
    )
    lows = np.stack([found.intervals[95][0], found.quantiles[0.05]])
    assert (lows > 0 if log else lows >= 0).all() and (found.intervals[95][1] > found.mean).all()
    drawn = predictor.forecast(np.array([0]), np.array([30]), num_samples=50, residuals=residuals_of(), horizon=8)
    assert (drawn.samples > 0 if log else drawn.samples >= 0).all()


def test_paths_beyond_the_trained_horizon_do_not_jump_back_to_the_mean():
    predictor, windows = made("gaussian")
    found = predictor.forecast(np.array([0]), np.array([30]), num_samples=2000, horizon=2 * H)
    apart = found.samples[:, 0, :, 0] - found.mean[0, :, 0]
    spread = apart.std(axis=0)
    assert spread[H] > spread[H - 1] and np.corrcoef(apart[:, H - 1], apart[:, H])[0, 1] > 0.3
    assert abs(np.corrcoef(apart[:, 0], apart[:, H])[0, 1]) < 0.1  # no draw is used twice


def test_nothing_is_below_the_lowest_value():
    predictor, windows = made("gaussian")
    found = predictor.forecast(*some(windows), levels=(80,), quantiles=(0.01,), num_samples=5, lowest=30.0)
    for values in (found.mean, *found.intervals[80], found.quantiles[0.01], found.samples):
        assert values.min() == 30.0


def test_progress_counts_windows_up_to_the_last_one():
    predictor, windows = made()
    told = []
    predictor.forecast(*some(windows), horizon=2 * H, progress=lambda done, total: told.append((done, total)))
    assert told == [(4, 18), (8, 18), (9, 18), (13, 18), (17, 18), (18, 18)]


def test_the_intervals_of_a_recursive_model_know_that_what_it_read_may_be_wrong():
    predictor, windows = made("gaussian", mode="recursive")
    series, first = some(windows, 5)
    found = predictor.forecast(series, first, levels=(80,), num_samples=4000, seed=2)
    assert found.method == "paths"
    inside = (found.samples >= found.intervals[80][0]) & (found.samples <= found.intervals[80][1])
    assert inside.mean(axis=0) == pytest.approx(0.8, abs=0.11)  # 0.11: four standard errors of 200 paths
    again = predictor.forecast(series, first, levels=(80,), seed=3).intervals[80]
    np.testing.assert_array_equal(again, found.intervals[80])
    residuals = residuals_of()
    calibrated = predictor.forecast(series, first, levels=(80,), residuals=residuals)
    width = np.sort(np.abs(residuals), axis=0)[32]  # ceil(41 * 0.8) = 33rd smallest
    assert calibrated.method == "conformal"
    half = calibrated.intervals[80][1] - calibrated.mean
    np.testing.assert_allclose(half, width * windows.units.scale[series][:, None], rtol=1e-6)
    few = predictor.forecast(series, first, levels=(80,), residuals=residuals[:3])
    np.testing.assert_array_equal(few.intervals[80], found.intervals[80])


def test_a_recursive_model_without_a_distribution_needs_held_out_windows():
    predictor, windows = made("quantile", mode="recursive")
    with pytest.raises(ConfigError, match="held-out windows"):
        predictor.forecast(*some(windows), levels=(80,))
    assert possible_levels(predictor.model.likelihood, None, (80, 95), feeds_back=True) == ()
    assert possible_levels(LIKELIHOODS["gaussian"], None, (80, 95), feeds_back=True) == (80, 95)
