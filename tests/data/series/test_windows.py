"""Windows of many series at once: what each holds, and that no split sees another's targets."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnncli.data.series.scaling import fit_units
from rnncli.data.series.splits import part_of, split_rows
from rnncli.data.series.window import Arrays
from rnncli.data.series.window_batches import WindowBatches, shuffled
from rnncli.data.series.windows import Windows
from rnncli.errors import DataError


def made(lengths=(20, 9, 4), L=5, h=3, kind="none", room=None, y=None, val=0.2, test=0.2, log=False, **more):
    """(Windows, splits, targets) of series whose values show their place: 100 s + t; own covariates are -t,
    known ones 1000 s + t."""
    y = y or [100.0 * s + np.arange(n)[:, None] for s, n in enumerate(lengths)]
    own = [-np.arange(len(each), dtype=float)[:, None] for each in y]
    known = [1000.0 * s + np.arange(len(each) + (room or h))[:, None] for s, each in enumerate(y)]
    static = np.arange(1.0, 1 + len(y))[:, None]
    arrays = Arrays(y, y, [~np.isnan(each) for each in y], own, known, static, np.array([-9.0]))
    splits = split_rows([len(each) for each in y], val, test)
    units = fit_units(y, splits["train"].stop, kind, log, more.get("difference", 0))
    return Windows(arrays, L, h, units, kind, log, room=room, **more), splits, y


def at(s, first):
    return np.array([s]), np.array([first])


def test_a_window_holds_the_steps_before_its_origin_and_those_from_it_on():
    windows, _, y = made()
    found = windows.take(np.array([0, 1]), np.array([7, 5]))
    assert found.inputs[:, 0, 0].tolist() == y[0][2:7, 0].tolist()
    assert found.inputs[:, 1, 0].tolist() == y[1][0:5, 0].tolist()
    assert found.targets[:, 0, 0].tolist() == y[0][7:10, 0].tolist()
    assert found.targets[:, 1, 0].tolist() == y[1][5:8, 0].tolist()
    assert found.real.all() and found.count == 6 and found.fresh.tolist() == [True, True]


def test_every_column_has_its_place():
    windows, *_ = made(gappy=True)
    found = windows.take(*at(1, 6))
    assert windows.D == 5 and found.inputs.shape == (5, 1, 5)
    assert found.inputs[-1, 0].tolist() == [105, 1, -5, 1005, 2]  # target, is there, own, known, static
    assert found.ahead[:, 0, 0].tolist() == [1006, 1007, 1008]


def test_what_is_before_or_behind_a_series_is_nothing():
    windows, *_ = made(gappy=True, kind="standard")
    found = windows.take(*at(1, 2))
    assert found.inputs[:3, 0, 0].tolist() == [0, 0, 0] and found.inputs[:, 0, 1].tolist() == [0, 0, 0, 1, 1]
    late = windows.take(*at(1, 8))
    assert late.real[:, 0, 0].tolist() == [True, False, False] and late.targets[1:, 0, 0].tolist() == [0, 0]
    unmarked, *_ = made(kind="standard")
    assert unmarked.take(*at(1, 2)).inputs[:3, 0, 0].tolist() == [0, 0, 0]


def test_missing_values_are_0_wherever_they_are():
    y = np.arange(20.0)[:, None] + 50
    y[[8, 11]] = np.nan
    windows, *_ = made(y=[y], kind="standard")
    found = windows.take(*at(0, 10))
    assert found.inputs[3, 0, 0] == 0 and (found.inputs[[0, 1, 2, 4], 0, 0] != 0).all()
    assert found.real[:, 0, 0].tolist() == [True, False, True] and found.targets[1, 0, 0] == 0 and found.count == 2


def test_known_covariates_go_on_beyond_the_last_value():
    windows, *_ = made(room=6)
    assert windows.take(*at(0, 20)).ahead[:, 0, 0].tolist() == [20, 21, 22]
    assert windows.known[windows.base[1] + 9 :][:6, 0].tolist() == [1009 + k for k in range(6)]


@given(
    st.lists(st.integers(1, 60), min_size=1, max_size=4),
    st.integers(1, 8),
    st.integers(1, 6),
    st.sampled_from([0, 0.1, 0.3, 5]),
    st.sampled_from([0, 0.2, 4]),
)
def test_no_split_sees_a_target_of_another(lengths, L, h, val, test):
    try:
        windows, splits, y = made(lengths, L, h, val=val, test=test)
    except DataError:
        assert all(n <= (n * val if val < 1 else val) + (n * test if test < 1 else test) + 1 for n in lengths)
        return
    for s, n in enumerate(lengths):
        rows = [t for split in splits.values() for t in range(split.start[s], split.stop[s])]
        assert rows == sorted(set(rows)) and set(rows) <= set(range(n))
    for split in splits.values():
        series, first = windows.origins(split)
        assert (first >= split.start[series]).all() and (first + h <= split.stop[series]).all() and (first >= 1).all()
        for s in range(len(lengths)):
            if split.start[s] == 0 and split.stop[s] >= L + h:  # long enough for windows without padding
                assert first[series == s].tolist() == list(range(L, split.stop[s] - h + 1))


def test_a_series_too_short_to_validate_on_learns_from_all_its_rows():
    splits = split_rows([20, 6], 5, 1, least=3)
    assert splits["train"].stop.tolist() == [14, 5] and splits["val"].start.tolist() == [14, 5]
    assert splits["val"].stop.tolist() == [19, 5] and splits["test"].start.tolist() == [19, 5]


def test_test_windows_reach_back_before_the_test_rows():
    windows, splits, y = made((40,), L=10, h=4, val=8, test=8)
    series, first = windows.origins(splits["test"])
    assert first.tolist() == [32, 33, 34, 35, 36]
    assert windows.take(series[:1], first[:1]).inputs[0, 0, 0] == 22


def test_windows_without_a_value_on_either_side_are_left_out():
    y = np.arange(20.0)[:, None]
    y[6:12] = np.nan
    windows, splits, *_ = made(y=[y], L=3, h=2, val=0, test=0)
    _, first = windows.origins(splits["train"])
    assert first.tolist() == [3, 4, 5, 13, 14, 15, 16, 17, 18]


def test_filled_values_are_read_and_never_targets():
    windows, splits, y = made((20,), L=3, h=2, val=0, test=0)
    windows.arrays.real[0][6] = False
    windows = Windows(windows.arrays, 3, 2, windows.units, "none")
    found = windows.take(np.array([0, 0]), np.array([5, 8]))
    assert found.real[:, 0, 0].tolist() == [True, False] and found.inputs[1, 1, 0] == 6


def test_every_stride_th_origin_from_the_first_on():
    windows, splits, *_ = made((30,), val=0, test=0)
    assert windows.origins(splits["train"], stride=4)[1].tolist() == list(range(5, 28, 4))


def test_units_are_fitted_on_training_rows_alone():
    y = np.concatenate([np.arange(10.0), np.full(10, 1e6)])[:, None]
    windows, *_ = made(y=[y], kind="standard", val=5, test=5)
    assert windows.units.offset[0, 0] == 4.5


def naive(y, units, first, L, h, kind, m):
    """(inputs (L,), targets (h,)) of one window of a series y (L_s,), nan where missing: the definitions, a value at a
    time. units: offset and scale of the series."""

    def value(t):
        return y[t] if 0 <= t < len(y) else np.nan

    read = [value(t) - (value(t - m) if m else 0) for t in range(first - L, first)]
    seen, (offset, scale) = [v for v in read if not np.isnan(v)], units
    if kind == "mean" and seen:
        varies = np.std(seen) > 1e-8 * max(1, *np.abs(seen), 1)
        offset, scale = offset if m else np.mean(seen), np.std(seen) if varies and len(seen) > 1 else scale
    last = [value(t) for t in range(first - L, first) if not np.isnan(value(t))]
    if last and (kind == "last" or m):
        offset = last[-1]
    targets = []
    for t in range(first, first + h):
        earlier = [value(s) for s in range(t - m, first - L - m - 1, -m) if s < first] if m else []
        earlier = [v for v in earlier if not np.isnan(v)]
        targets.append((value(t) - (earlier[0] if earlier else offset)) / scale)
    return (np.array(read) - (0 if m else offset)) / scale, np.array(targets)


@given(
    st.integers(0, 1000),
    st.integers(1, 6),
    st.integers(1, 7),
    st.sampled_from([0, 0, 1, 2, 5]),
    st.sampled_from(["last", "mean", "standard", "none"]),
)
def test_every_window_is_what_its_definition_says(seed, L, h, m, kind):
    rng = np.random.default_rng(seed)
    y = [np.where(rng.random((n, 1)) < 0.3, np.nan, rng.normal(5, 2, (n, 1)).round(1)) for n in (12, 23)]
    y[0][:2] = [[1], [2]]
    windows, splits, _ = made(y=y, L=L, h=h, kind=kind, difference=m, val=0, test=0)
    series, first = np.array([0, 1, 0, 1]), np.array([3, 9, 12, 1])
    found = windows.take(series, first)
    for n, (s, f) in enumerate(zip(series, first)):
        units = windows.units.offset[s, 0], windows.units.scale[s, 0]
        inputs, targets = naive(y[s][:, 0], units, f, L, h, kind, m)
        assert np.allclose(found.inputs[:, n, 0], np.nan_to_num(inputs), atol=1e-12)
        assert np.array_equal(found.real[:, n, 0], ~np.isnan(targets))
        assert np.allclose(found.targets[:, n, 0], np.nan_to_num(targets), atol=1e-12)


@pytest.mark.parametrize("log", [False, True])
@pytest.mark.parametrize("difference", [0, 1, 2, 7])
@pytest.mark.parametrize("kind", ["last", "mean", "standard", "robust", "minmax", "none"])
def test_targets_are_in_the_units_of_their_window(kind, difference, log):
    rng = np.random.default_rng(3)
    y = [np.exp(rng.normal(size=(n, 2))) for n in (30, 25)]
    windows, *_ = made(y=y, kind=kind, difference=difference, log=log)
    found = windows.take(np.array([0, 1]), np.array([17, 15]))
    back = found.units.undo(found.targets)
    assert np.allclose(back[:, 0], y[0][17:20]) and np.allclose(back[:, 1], y[1][15:18])
    if kind == "last" and not difference:
        assert found.inputs[-1, :, :2].tolist() == [[0, 0], [0, 0]]
    if kind == "mean" and not difference:
        z = found.inputs[:, :, :2]
        assert np.allclose(z.mean(axis=0), 0) and np.allclose(z.std(axis=0), 1)


def test_the_last_value_is_the_last_observed_one_of_the_window():
    y = np.arange(100.0, 130)[:, None]
    y[10:13] = np.nan
    windows, *_ = made(y=[y], kind="last", L=4)
    assert windows.take(*at(0, 12)).units.offset[0, 0, 0] == 109
    assert windows.take(*at(0, 13)).units.offset[0, 0, 0] == 109
    y[9:13] = np.nan
    windows, *_ = made(y=[y], kind="last", L=4)
    assert windows.take(*at(0, 13)).units.offset[0, 0, 0] == windows.units.offset[0, 0]  # nothing is there


def test_a_seasonal_fill_does_not_become_the_value_that_a_forecast_starts_from():
    y = np.arange(100.0, 120)[:, None]
    real = np.ones((20, 1), bool)
    real[10:13] = False
    carried = np.where(real, y, 50.0)  # a season before it was 50
    arrays = Arrays([y], [carried], [real], [np.zeros((20, 0))], [np.zeros((23, 0))], np.zeros((1, 0)), np.zeros(0))
    windows = Windows(arrays, 4, 3, fit_units([y], [20], "last"), "last")
    found = windows.take(*at(0, 12))
    assert found.units.offset[0, 0, 0] == 109 and found.units.undo(found.inputs[:, :, :1])[:, 0, 0].tolist() == [
        108,
        109,
        50,
        50,
    ]
    shorter = Windows(arrays, 2, 3, windows.units, "last")
    assert shorter.take(*at(0, 12)).units.offset[0, 0, 0] == 50  # nothing is observed in the window


def test_static_columns_are_inputs_of_every_step_and_kept_once_for_each_series():
    lengths = (20, 9, 4)
    y = [np.arange(n, dtype=float)[:, None] for n in lengths]
    static = np.arange(3.0 * 500).reshape(3, 500)
    known = [np.zeros((n + 3, 0)) for n in lengths]
    arrays = Arrays(y, y, [y_s >= 0 for y_s in y], [y_s[:, :0] for y_s in y], known, static, np.zeros(0))
    windows = Windows(arrays, 5, 3, fit_units(y, lengths, "none"), "none")
    found = windows.take(np.array([2, 0]), np.array([4, 20]))
    assert windows.D == 501 and windows.beside.shape[1] == 0
    assert np.array_equal(found.inputs[:, :, 1:], np.broadcast_to(static[[2, 0]], (5, 2, 500)))


@pytest.mark.parametrize("recursive", [False, True])
def test_what_is_foreseen_at_an_origin_counts_before_what_came(recursive):
    windows, _, y = made((20, 9), recursive=recursive)

    def foreseen(series, first, h):
        return (10_000 * series + 100 * first + np.arange(h)[:, None])[:, :, None].astype(float)

    seen = Windows(replace(windows.arrays, foreseen=foreseen), 5, 3, windows.units, "none", recursive=recursive)
    found, known = (each.take(np.array([0, 1]), np.array([12, 7])) for each in (seen, windows))
    assert found.ahead[:, :, 0].T.tolist() == [[1200, 1201, 1202], [10700, 10701, 10702]]
    of_steps = [[800, 900, 1000, 1100, 1200], [10300, 10400, 10500, 10600, 10700]]
    assert found.inputs[:, :, 2].T.tolist() == (of_steps if recursive else known.inputs[:, :, 2].T.tolist())
    assert np.array_equal(found.inputs[:, :, :2], known.inputs[:, :, :2])


def test_with_a_difference_inputs_are_changes_and_targets_changes_against_a_season_before():
    y = (np.arange(30.0) ** 2)[:, None]
    windows, *_ = made(y=[y], kind="none", L=4, h=5, difference=3)
    found = windows.take(*at(0, 12))
    assert found.inputs[:, 0, 0].tolist() == [t**2 - (t - 3) ** 2 for t in range(8, 12)]
    assert found.units.offset[:, 0, 0].tolist() == [81, 100, 121, 81, 100]  # 9, 10, 11, and again
    y[10] = np.nan
    windows, *_ = made(y=[y], kind="none", L=4, h=5, difference=3)
    found = windows.take(*at(0, 12))
    assert found.units.offset[:, 0, 0].tolist() == [81, 49, 121, 81, 49] and found.inputs[2, 0, 0] == 0


def test_a_recursive_window_knows_what_follows_each_step_and_is_told_of_the_next_one():
    windows, _, y = made(kind="last", recursive=True)
    found = windows.take(*at(1, 6))
    assert found.units.undo(found.following)[:, 0, 0].tolist() == [102, 103, 104, 105, 106]
    assert found.following_real.all() and found.count == 5
    assert found.inputs[:, 0, 2].tolist() == [1002, 1003, 1004, 1005, 1006] and found.ahead[0, 0, 0] == 1006
    assert found.inputs[:, 0, 1].tolist() == [-1, -2, -3, -4, -5]


@pytest.mark.parametrize("difference, recursive", [(0, True), (0, False), (2, False)])
def test_windows_continued_by_what_came_are_those_of_the_whole_series(difference, recursive):
    windows, _, y = made((20, 18), kind="last", recursive=recursive, difference=difference)
    series, first = np.array([1, 0, 1]), np.array([9, 12, 3])
    came = np.stack([y[s][f : f + 2] for s, f in zip(series, first)], axis=1)
    longer = windows.continued(series, first, came)
    one, other = longer.take(np.arange(3), longer.lengths), windows.take(series, first + 2)
    keep = [0, 2, 3]  # own covariates of steps to come are not known
    assert np.array_equal(one.inputs[:, :, keep], other.inputs[:, :, keep]) and np.array_equal(one.ahead, other.ahead)
    assert one.inputs[-1, :, 1].tolist() == [-9, -9, -9]
    assert np.array_equal(one.units.offset, other.units.offset)


def test_a_share_of_the_rows_is_the_number_that_it_says():
    lengths = np.array([100, 1000, 10, 7])
    assert part_of(lengths, 0.29).tolist() == [29, 290, 2, 2] and part_of(lengths, 0.57).tolist() == [57, 570, 5, 3]
    assert part_of(lengths, 12).tolist() == [12, 12, 10, 7] and part_of(lengths, 0).tolist() == [0, 0, 0, 0]
    assert [int(part_of(np.array(n), k / n)) for n in (100, 300, 700) for k in range(1, n)] == [
        k for n in (100, 300, 700) for k in range(1, n)
    ]
    test = split_rows([100], 0, 0.29)["test"]
    assert (test.start[0], test.stop[0]) == (71, 100)


def test_nothing_left_to_train_on_is_an_error():
    with pytest.raises(DataError, match="no row is left for training: the longest series has 9 steps"):
        split_rows([9, 4], 0, 9)


def test_a_pass_has_every_window_and_full_batches_and_the_seed_says_in_which_order():
    batches = shuffled(23, 5, seed=1, number=0)
    assert batches.shape == (5, 5) and set(batches.reshape(-1)) == set(range(23))
    assert np.array_equal(batches, shuffled(23, 5, 1, 0)) and not np.array_equal(batches, shuffled(23, 5, 1, 1))


def gappy_windows():
    """(Windows of 40 steps of which every third is missing, series, first steps to forecast)."""
    y = np.arange(40.0)[:, None] + 100
    y[::3] = np.nan
    windows, splits, _ = made(y=[y], L=6, h=2, gappy=True, kind="last")
    return windows, *windows.origins(splits["train"])


def test_gaps_are_missing_values_after_the_first_one():
    assert gappy_windows()[0].has_gaps and not made((20,), gappy=True)[0].has_gaps
    y = np.arange(20.0)[:, None]
    y[:5] = np.nan
    assert not made(y=[y], gappy=True)[0].has_gaps


def test_hidden_values_are_0_and_unmarked_and_targets_are_untouched():
    windows, series, first = gappy_windows()
    plain = list(WindowBatches(windows, series, first, 4, 7).epoch(2))
    hidden = list(WindowBatches(windows, series, first, 4, 7, hide=1.0).epoch(2))
    marks = np.concatenate([batch.inputs[:, :, 1].ravel() for batch in hidden])
    before = np.concatenate([batch.inputs[:, :, 1].ravel() for batch in plain])
    assert 0.55 < marks.sum() / before.sum() < 0.8 and (marks <= before).all()
    for one, other in zip(plain, hidden, strict=True):
        kept = other.inputs[:, :, 1:2]
        assert np.array_equal(other.inputs[:, :, :1], one.inputs[:, :, :1] * kept)
        assert np.array_equal(other.inputs[:, :, 2:], one.inputs[:, :, 2:])
        assert np.array_equal(other.targets, one.targets) and np.array_equal(other.units.offset, one.units.offset)


def test_what_is_hidden_follows_from_the_seed_and_the_number_of_the_batch():
    windows, series, first = gappy_windows()
    batches = WindowBatches(windows, series, first, 4, 7, hide=1.0)
    whole, late = list(batches.epoch(3)), list(batches.epoch(3, start=2))
    assert all(np.array_equal(one.inputs, other.inputs) for one, other in zip(whole[2:], late, strict=True))
    assert not np.array_equal(whole[0].inputs, next(batches.epoch(4)).inputs)


def test_nothing_is_hidden_in_a_window_without_a_gap():
    y = np.arange(60.0)[:, None] + 100
    y[5] = np.nan
    windows, splits, _ = made(y=[y], L=6, h=2, gappy=True, kind="last")
    whole = np.arange(12, 40)
    hidden = WindowBatches(windows, np.zeros(28, np.intp), whole, 28, 7, hide=1.0)
    assert next(hidden.epoch(0)).inputs[:, :, 1].all()
