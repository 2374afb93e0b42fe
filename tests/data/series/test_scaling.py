"""Units: there and back, fitted on what is observed, and never a division by nothing."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hn

from rnncli.data.series.scaling import KINDS, SERIES, Units, check_positive, fit_units, mean_units, series_units
from rnncli.errors import DataError

numbers = st.floats(-1e6, 1e6, width=32)


@given(hn.arrays(float, (12, 2), elements=st.one_of(numbers, st.just(np.nan))), st.sampled_from(KINDS))
def test_units_lead_there_and_back(y, kind):
    units = series_units(y, kind)
    assert np.isfinite(units.offset).all() and (units.scale > 0).all()
    assert np.allclose(units.undo(units.apply(y)), y, rtol=1e-9, atol=1e-6, equal_nan=True)


@given(hn.arrays(float, (6, 3, 2), elements=st.one_of(numbers, st.just(np.nan))))
def test_units_of_windows_can_always_be_divided_by(y):
    offset, scale = mean_units(np.nan_to_num(y), ~np.isnan(y), Units(np.full((3, 2), 4.0), np.full((3, 2), 2.0)))
    assert offset.shape == scale.shape == (3, 2) and (scale > 0).all() and np.isfinite(offset).all()


def test_each_kind_is_what_its_name_says():
    y = np.array([[1.0], [2.0], [3.0], [4.0], [100.0]])
    found = {kind: series_units(y, kind) for kind in SERIES}
    assert (found["none"].offset[0], found["none"].scale[0]) == (0, 1)
    assert (found["standard"].offset[0], found["standard"].scale[0]) == (22, pytest.approx(np.std(y)))
    assert (found["robust"].offset[0], found["robust"].scale[0]) == (3, pytest.approx(2 / 1.349))
    assert (found["minmax"].offset[0], found["minmax"].scale[0]) == (1, 99)


def test_a_logarithm_comes_first():
    y = np.exp(np.arange(5.0))[:, None]
    units = series_units(y, "standard", log=True)
    assert units.offset[0] == pytest.approx(2) and np.allclose(units.undo(units.apply(y)), y)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("value", [0.0, 7.0, -1e9, np.nan])
def test_a_constant_series_has_units_too(kind, value):
    y = np.full((8, 1), value)
    units = series_units(y, kind)
    assert units.scale[0] == 1 and np.isfinite(units.offset[0])
    window, own = y[:, None], Units(units.offset[None], units.scale[None])
    _, scale = mean_units(np.nan_to_num(window), ~np.isnan(window), own)
    assert scale[0, 0] == 1


def test_windows_have_mean_and_deviation_of_what_is_there():
    y = np.array([[1.0, 10.0, 0], [2.0, np.nan, 0], [3.0, 30.0, 0], [np.nan, np.nan, 0]])[:, :, None]  # (L, N, K)
    y[:, 2] = np.nan
    series = Units(np.full((3, 1), 7.0), np.full((3, 1), 5.0))
    offset, scale = mean_units(np.nan_to_num(y), ~np.isnan(y), series)
    assert offset[:, 0].tolist() == [2, 20, 7] and scale[:, 0] == pytest.approx([np.std([1, 2, 3]), 10, 5])
    offset, scale = mean_units(y[:3, :1], None, series)
    assert (offset[0, 0], scale[0, 0]) == (2, pytest.approx(np.std([1, 2, 3])))


def test_a_series_without_training_rows_has_the_medians_of_the_others():
    y = [np.arange(n, dtype=float)[:, None] for n in (5, 9, 3, 4)]
    units = fit_units(y, [5, 9, 3, 0], "standard")
    assert units.offset[:, 0].tolist() == [2, 4, 1, 2] and units.scale[3, 0] == np.std(np.arange(5))
    nothing = fit_units(y, [0, 0, 0, 0], "standard")
    assert nothing.offset.tolist() == [[0]] * 4 and nothing.scale.tolist() == [[1]] * 4


def test_with_a_difference_the_scale_is_that_of_the_changes():
    y = np.array([0.0, 100, 2, 104, 6, 104])[:, None]  # changes against two before: 2, 4, 4, 0
    assert fit_units([y], [6], "last", difference=2).scale[0, 0] == pytest.approx(np.std([2, 4, 4, 0]))
    assert fit_units([y], [4], "minmax", difference=2).scale[0, 0] == 2


def test_a_value_without_logarithm_is_named():
    with pytest.raises(DataError, match=r"a.csv:3, column y: y is -2, which has no logarithm"):
        check_positive(np.array([1.0, np.nan, -2.0, 0.0]), lambda row: f"a.csv:{row + 1}, column y", "y")
    check_positive(np.array([1.0, np.nan]), None, "y")
