"""Conformal intervals: the widths by hand, the coverage that they promise, and what too few residuals say."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnncli.errors import DataError
from rnncli.tasks.forecast.conformal import counts, fewest, whole_rows, widths


def test_a_width_is_the_right_one_of_the_sorted_residuals():
    residuals = np.array([-3.0, 1, 2, -5, 4, 0, 6, -7, 8])[:, None, None]
    ordered = sorted(map(abs, residuals.ravel()))
    assert widths(residuals, [50, 80, 90]).ravel().tolist() == [ordered[4], ordered[7], ordered[8]]


@given(
    st.integers(20, 60), st.integers(1, 4), st.integers(1, 3), st.sampled_from([50, 80, 90, 95]), st.integers(0, 2**31)
)
def test_at_least_the_share_of_the_residuals_themselves_is_inside(n, h, K, level, seed):
    residuals = np.random.default_rng(seed).standard_t(3, (n, h, K))
    half = widths(residuals, [level])[0]
    inside = (np.abs(residuals) <= half).sum(axis=0)
    assert (inside >= np.ceil((n + 1) * level / 100 - 1e-9)).all() and (inside <= (n + 1) * level / 100 + 1).all()


def test_every_step_and_target_has_a_width_of_its_own_whatever_is_missing_in_others():
    rng = np.random.default_rng(1)
    residuals = rng.normal(size=(60, 3, 2))
    residuals[rng.random(residuals.shape) < 0.3] = np.nan
    found = widths(residuals, [80])[0]
    assert found.shape == (3, 2) and (counts(residuals) < 60).all()
    for j, k in np.ndindex(3, 2):
        alone = residuals[:, j, k][~np.isnan(residuals[:, j, k])][:, None, None]
        assert found[j, k] == widths(alone, [80]).item()


def test_what_comes_is_covered_as_promised():
    rng, covered = np.random.default_rng(0), []
    for _ in range(400):
        half = widths(rng.normal(size=(39, 1, 1)), [90]).item()
        covered.append(np.mean(np.abs(rng.normal(size=200)) <= half))
    assert np.mean(covered) == pytest.approx(0.9, abs=0.01)


@pytest.mark.parametrize("level, count", [(50, 1), (80, 4), (90, 9), (95, 19), (99, 99)])
def test_too_few_residuals_are_an_error_that_says_how_many_are_needed(level, count):
    assert fewest(level) == count
    assert np.isfinite(widths(np.ones((count, 2, 1)), [level])).all()
    residuals = np.ones((count, 2, 1))
    residuals[0, 1] = np.nan
    told = f"interval of {level} % for step 2 needs {count} held-out windows; there are {count - 1}"
    with pytest.raises(DataError, match=told):
        widths(residuals, [level])


def test_only_windows_without_gaps_make_paths():
    residuals = np.arange(12.0).reshape(3, 2, 2)
    residuals[1, 0, 1] = np.nan
    assert whole_rows(residuals).tolist() == residuals[[0, 2]].tolist()
    with pytest.raises(DataError, match="without missing values"):
        whole_rows(residuals[1:2])
