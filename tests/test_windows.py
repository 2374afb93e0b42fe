"""Windows of many series at once: what each holds, and that no split sees another's targets."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnncli.data.windows import Windows, shuffled, split_rows
from rnncli.errors import DataError


def made(lengths=(20, 9, 4), L=5, h=3, kind="none", known_more=0, y=None, **more):
    """Windows of series whose values tell where they stand: 100 s + t."""
    rng = np.random.default_rng(0)
    y = y or [100.0 * s + np.arange(n)[:, None] for s, n in enumerate(lengths)]
    past = [rng.normal(size=(len(each), 1)) for each in y]
    known = [1000.0 * s + np.arange(len(each) + known_more)[:, None] for s, each in enumerate(y)]
    splits = split_rows([len(each) for each in y], more.pop("val", 0.2), more.pop("test", 0.2))
    return Windows(y, past, known, L, h, splits["train"], kind, **more), splits, y, past, known


def test_a_window_holds_the_steps_before_its_origin_and_those_from_it_on():
    windows, _, y, *_ = made()
    found = windows.take(np.array([0, 1]), np.array([7, 5]))
    assert found.inputs[:, 0, 0].tolist() == y[0][2:7, 0].tolist()
    assert found.inputs[:, 1, 0].tolist() == y[1][0:5, 0].tolist()
    assert found.targets[:, :, 0].tolist() == [y[0][7:10, 0].tolist(), y[1][5:8, 0].tolist()]
    assert found.real.all()


def test_what_is_before_or_behind_a_series_is_nothing():
    windows, _, y, *_ = made()
    found = windows.take(np.array([1]), np.array([2]))
    assert found.inputs[:, 0, 0].tolist() == [0, 0, 0, 100, 101] and found.inputs[:, 0, 1].tolist() == [0, 0, 0, 1, 1]
    late = windows.take(np.array([1]), np.array([8]))
    assert late.real[0, :, 0].tolist() == [True, False, False] and late.targets[0, 1:, 0].tolist() == [0, 0]


def test_known_covariates_go_on_beyond_the_last_value():
    windows, _, _, _, known = made(known_more=3)
    found = windows.take(np.array([0]), np.array([20]))
    all_known = np.concatenate([each[:stop] for each, stop in zip(known, (12, 7, 4))])
    expected = (known[0][20:23] - all_known.mean()) / all_known.std()
    assert found.ahead.shape == (1, 3, 1) and np.allclose(found.ahead[0], expected)


@given(st.lists(st.integers(1, 60), min_size=1, max_size=4), st.integers(1, 8), st.integers(1, 6),
       st.sampled_from([0, 0.1, 0.3, 5]), st.sampled_from([0, 0.2, 4]))
def test_no_split_sees_a_target_of_another(lengths, L, h, val, test):
    try:
        windows, splits, y, *_ = made(lengths, L, h, val=val, test=test)
    except DataError:
        assert all(n <= (n * val if val < 1 else val) + (n * test if test < 1 else test) + 1 for n in lengths)
        return
    for s, n in enumerate(lengths):
        rows = [t for split in splits.values() for t in range(split.start[s], split.stop[s])]
        assert rows == sorted(set(rows)) and set(rows) <= set(range(n))
    for split in splits.values():
        series, first = windows.origins(split)
        assert (first >= split.start[series]).all() and (first + h <= split.stop[series]).all() and (first >= 1).all()


def test_windows_without_a_value_on_either_side_are_left_out():
    y = np.arange(20.0)[:, None]
    y[6:12] = np.nan
    windows, splits, *_ = made(y=[y], L=3, h=2, val=0, test=0)
    _, first = windows.origins(splits["train"])
    assert not set(range(9, 13)) & set(first) and {8, 13} <= set(first) | {8} and 13 in first
    assert all(~np.isnan(y[t - 3 if t > 3 else 0:t]).all() for t in first)


def test_every_stride_th_origin_from_the_first_on():
    windows, splits, *_ = made((30,), val=0, test=0)
    assert windows.origins(splits["train"], stride=4)[1].tolist() == list(range(1, 28, 4))


def test_units_are_fitted_on_training_rows_alone():
    y = np.concatenate([np.arange(10.0), np.full(10, 1e6)])[:, None]
    windows, *_ = made(y=[y], kind="standard", val=5, test=5)
    assert windows.units.offset[0, 0] == 4.5


@pytest.mark.parametrize("kind", ["last", "mean", "standard"])
def test_targets_are_in_the_units_of_their_window(kind):
    windows, _, y, *_ = made(kind=kind)
    found = windows.take(np.array([0, 1]), np.array([7, 5]))
    back = found.units.undo(found.targets.swapaxes(0, 1)).swapaxes(0, 1)
    assert np.allclose(back[0], y[0][7:10]) and np.allclose(back[1], y[1][5:8])
    if kind == "last":
        assert found.inputs[-1, :, 0].tolist() == [0, 0]


def test_nothing_left_to_train_on_is_an_error():
    with pytest.raises(DataError, match="no row is left to train on: the longest series has 9 steps"):
        split_rows([9, 4], 5, 4)


def test_a_pass_has_every_window_and_full_batches_and_the_seed_says_in_which_order():
    batches = shuffled(23, 5, seed=1, number=0)
    assert batches.shape == (5, 5) and set(batches.reshape(-1)) == set(range(23))
    assert np.array_equal(batches, shuffled(23, 5, 1, 0)) and not np.array_equal(batches, shuffled(23, 5, 1, 1))
