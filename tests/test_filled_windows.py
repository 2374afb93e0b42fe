"""What a forecast reads of a filled gap: nothing that depends on a value at its origin or behind it."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from untrained import series_data, write_long

from rnncli.data.series.filling import carry, fill
from rnncli.data.series.scaling import Units
from rnncli.data.series.splits import Split
from rnncli.data.series.window import Arrays
from rnncli.data.series.windows import Windows
from rnncli.tasks.forecast.ridge import Ridge

NAN = np.nan
L, H, SEASON = 6, 3, 4


def gappy_walk(n, missing, seed, K=1):
    """(n, K) random walks above 0 with a share of their values missing, the last one there."""
    rng = np.random.default_rng(seed)
    y = 100 + np.cumsum(rng.normal(size=(n, K)), axis=0)
    y[rng.random((n, K)) < missing] = NAN
    y[-1] = 100
    return y


def filled_windows(series, how, L=L, h=H, **more):
    """The Windows of [(L_s, K)] arrays with their gaps filled, in units that no value moves."""
    filled, carried = ([each(y, how, SEASON) for y in series] for each in (fill, carry))
    nothing = [np.zeros((len(y), 0)) for y in series]
    known = [np.zeros((len(y) + h, 0)) for y in series]
    arrays = Arrays(
        filled, carried, [~np.isnan(y) for y in series], nothing, known, np.zeros((len(series), 0)), np.zeros(0)
    )
    units = Units(
        np.zeros((len(series), series[0].shape[1])), np.ones((len(series), series[0].shape[1])), more.get("log", False)
    )
    return Windows(arrays, L, h, units, **more)


def read_at(windows, first):
    """All that a forecast of series 0 from an origin reads: inputs, and the units that its numbers come back in."""
    found = windows.take(np.array([0]), np.array([first]))
    return [found.inputs, found.units.offset, found.units.scale]


@pytest.mark.parametrize("how", ["ffill", "linear", "seasonal"])
@given(
    seed=st.integers(0, 2**32),
    first=st.integers(1, 30),
    kind=st.sampled_from(["none", "last", "mean"]),
    log=st.booleans(),
    difference=st.sampled_from([0, 1, SEASON]),
    gappy=st.booleans(),
    recursive=st.booleans(),
)
def test_no_value_at_or_behind_the_origin_changes_what_a_window_reads(
    how, seed, first, kind, log, difference, gappy, recursive
):
    settings = {
        "kind": kind,
        "log": log,
        "difference": difference,
        "gappy": gappy,
        "recursive": recursive and not difference,
    }
    y, other = gappy_walk(30, 0.5, seed, K=2), gappy_walk(30, 0.5, seed + 1, K=2)
    other[:first] = y[:first]
    one, two = (read_at(filled_windows([each], how, **settings), first) for each in (y, other))
    for a, b in zip(one, two):
        np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize("how", ["ffill", "linear", "seasonal"])
@given(seed=st.integers(0, 2**32), first=st.integers(1, 30), difference=st.sampled_from([0, SEASON]))
def test_a_window_inside_a_series_is_the_one_at_the_end_of_what_came_before(how, seed, first, difference):
    y = gappy_walk(30, 0.5, seed)
    inside = filled_windows([y], how, kind="none", difference=difference, gappy=True)
    end = filled_windows([y[:first]], how, kind="none", difference=difference, gappy=True)
    if np.isnan(y[:first]).all():
        assert not inside.take(np.array([0]), np.array([first])).inputs.any()
        return
    for a, b in zip(read_at(inside, first), read_at(end, first)):
        np.testing.assert_array_equal(a, b)


def test_a_gap_is_a_straight_line_behind_it_and_the_last_value_inside_it():
    y = np.array([[1.0], [2], [NAN], [NAN], [5], [6], [7], [8]])
    windows = filled_windows([y], "linear", L=4, h=1, kind="none")
    assert windows.take(np.zeros(3, int), np.array([3, 4, 5])).inputs[:, :, 0].T.tolist() == [
        [0, 1, 2, 2],
        [1, 2, 2, 2],
        [2, 3, 4, 5],
    ]


def test_each_step_of_a_recursive_window_is_an_origin_of_its_own():
    y = np.array([[1.0], [2], [NAN], [NAN], [5], [6], [7], [8]])
    windows = filled_windows([y], "linear", L=4, h=1, kind="none", recursive=True)
    found = windows.take(np.array([0]), np.array([5]))
    assert found.inputs[:, 0, 0].tolist() == [2, 2, 2, 5]
    assert found.following_real[:, 0, 0].tolist() == [False, False, True, True]


def test_windows_continued_from_inside_a_gap_do_not_know_its_end():
    y = np.array([[1.0], [2], [3], [NAN], [NAN], [6], [7], [8]])
    windows = filled_windows([y], "linear", L=4, h=1, kind="none")
    more = windows.continued(np.array([0]), np.array([5]), np.full((1, 1, 1), 9.0))
    assert more.take(np.array([0]), more.lengths).inputs[:, 0, 0].tolist() == [3, 3, 3, 9]


def test_before_its_first_value_a_series_has_no_windows():
    y = np.arange(12.0)[:, None]
    y[:5] = NAN
    windows = filled_windows([y], "linear", L=3, h=2)
    assert windows.origins(Split("val", np.array([1]), np.array([12])))[1].tolist() == [6, 7, 8, 9, 10]


@pytest.mark.parametrize("how", ["ffill", "linear", "seasonal"])
@given(seed=st.integers(0, 2**32), t=st.integers(0, 29))
def test_carrying_reads_no_row_behind_and_ends_as_filling_does(how, seed, t):
    y = gappy_walk(30, 0.6, seed)
    np.testing.assert_array_equal(carry(y, how, SEASON)[: t + 1], carry(y[: t + 1], how, SEASON))
    if not np.isnan(y[: t + 1]).all():
        assert carry(y, how, SEASON)[t] == fill(y[: t + 1], how, SEASON)[-1]


def skill(y, windows, train, test):
    """By how much a ridge on the inputs of windows is better than the last observed value, by MAE, as a share."""
    x, z, real = [], [], []
    for split in (train, test):
        series, first = windows.origins(split)
        found = windows.take(series, first)
        x.append(found.inputs[:, :, 0].T)
        z.append(found.targets[:, :, 0].T)
        real.append(found.real[:, :, 0].T)
    whole = real[0].all(axis=1)
    ridge = Ridge(center=False, scale=False).fit(x[0][whole], z[0][whole])
    error = np.abs(ridge.predict(x[1]) - z[1])[real[1]].mean()
    last = carry(y, "ffill", 1)[first - 1]  # (W, 1)
    truth = found.units.undo(found.targets)[:, :, 0].T
    return 1 - error / np.abs(truth - last)[real[1]].mean()


@pytest.mark.parametrize("missing", [1 / 2, 5 / 6])
@pytest.mark.parametrize("how", ["ffill", "linear", "seasonal"])
def test_on_a_random_walk_with_most_of_its_rows_missing_nothing_beats_the_last_value(how, missing):
    y = gappy_walk(8000, missing, seed=1)
    windows = filled_windows([y], how, L=8, h=2, kind="last")
    train, test = (
        Split(name, np.array([start]), np.array([stop]))
        for name, start, stop in (("train", 0, 6000), ("test", 6000, 8000))
    )
    assert abs(skill(y, windows, train, test)) < 0.05  # noise; a line over the origin gave a third, and more


def test_a_table_that_is_filled_is_read_without_what_comes_after_the_origin(tmp_path):
    y = gappy_walk(96, 0.5, seed=2)[:, 0]
    later = np.where(np.arange(96) < 70, y, y[::-1])
    later[-1] = 100  # rows without a value at the end would be left out
    settings = {"series.fill": "linear", "forecast.scaling": "last"}
    one, two = (
        series_data(write_long(tmp_path / name, {"a": each}), settings)
        for name, each in (("a.csv", y), ("b.csv", later))
    )
    scale = [data.windows.units.scale for data in (one, two)]
    for first in range(60, 71):
        a, b = (data.windows.take(np.array([0]), np.array([first])) for data in (one, two))
        np.testing.assert_allclose(a.inputs * scale[0], b.inputs * scale[1], rtol=1e-12, atol=1e-12)
