"""Central differences: a sweep of step sizes, each derivative read where it has settled."""

import numpy as np
import pytest
from gradient_cases import FunctionCase

from rnncli.gradcheck.check import check, select_cases
from rnncli.gradcheck.derivatives import CENTRAL_STEPS, Differentiator, settled
from rnncli.gradcheck.inspector import COARSEST, TOLERANCES
from rnncli.gradcheck.report import WRONG, failure

SEED = 1


def one_check(function, claimed, x, **settings):
    """The check of one array by central differences."""
    (found,) = check(FunctionCase(function, {"x": np.array(claimed)}, {"x": np.array(x)}), "central", **settings)
    return found


def errors(found):
    return [error for _, error in found.steps]


# The V curve


def test_truncation_falls_with_the_square_of_the_step_and_rounding_rises_as_the_step_falls():
    found = one_check(lambda arrays: np.exp(arrays["x"]).sum(), np.exp([0.3, -0.7]), [0.3, -0.7])
    assert [step for step, _ in found.steps] == list(CENTRAL_STEPS) == [10.0**-k for k in range(2, 10)]
    by_step = errors(found)
    assert by_step[0] == pytest.approx(1e-4 / 6, rel=1e-3) and by_step[0] / by_step[1] == pytest.approx(100, rel=1e-2)
    assert by_step[1] / by_step[2] == pytest.approx(100, rel=2e-2)
    assert by_step[-1] > 30 * by_step[4] and min(by_step) < 1e-10


def test_the_error_of_a_check_is_near_the_bottom_of_the_curve():
    (case, *_) = select_cases(["gru"], seed=SEED)
    for found in check(case, "central", seed=SEED):
        assert found.passed and found.method == "central" and found.error < 30 * min(errors(found)) < 1e-8


def test_differences_settle_where_two_neighbours_agree_within_rounding():
    sweep = np.array([[9.0, 1.1, 0.0], [5.0, 1.001, 0.0], [3.0, 1.0001, 0.0], [2.0, 1.0, 0.0]])
    sweep = np.vstack([sweep, [[2.0, 0.9, 0.0], [2.0, 1.4, 0.0], [2.0, 7.0, 0.0], [2.0, 3.0, 0.0]]])
    assert settled(sweep, CENTRAL_STEPS, 1e-12).values.tolist() == [2.0, 1.0, 0.0]


def test_steps_at_which_the_loss_is_not_a_number_are_left_out():
    found = one_check(lambda arrays: np.log(arrays["x"]).sum(), [1 / 3e-3], [3e-3])  # 3e-3 - 1e-2 is negative
    assert np.isnan(errors(found)[0]) and found.passed and found.error < 1e-7


# Kinks


def bent(at, x, slopes=(1.0, 3.0)):
    """A function with a kink, and its derivative at x."""
    left, right = slopes

    def function(arrays):
        past = arrays["x"] - at
        return (np.where(past < 0, left, right) * past + 0.1 * past**2).sum()

    return function, (np.where(x - at < 0, left, right) + 0.2 * (x - at)).tolist()


@pytest.mark.parametrize("distance", [5e-2, 3e-3, 4e-4, 2e-5, 7e-6, 3e-7])
@pytest.mark.parametrize("side", [-1, 1])
def test_a_kink_within_the_larger_steps_is_no_fault(distance, side):
    x = np.array([0.3])
    function, claimed = bent(x + side * distance, x)
    found = one_check(function, claimed, x)
    assert found.passed and found.error < 1e-6
    assert distance > 1e-2 or errors(found)[0] > 0.1


@pytest.mark.parametrize("distance", [3e-3, 2e-5, 3e-7])
def test_the_slope_beyond_a_kink_is_a_fault(distance):
    x = np.array([0.3])
    function, _ = bent(x + distance, x)
    _, claimed = bent(x - distance, x)
    found = one_check(function, claimed, x)
    assert found.verdict == WRONG and found.error == pytest.approx(2, rel=0.01)


def test_each_entry_has_a_step_of_its_own():
    """One needs a step below 3e-7, which costs the other four digits."""
    x = np.array([0.3, 0.4])

    def function(arrays):
        return 77.7 + bending({"x": arrays["x"][:1]}) + np.exp(arrays["x"][1])

    bending, (slope,) = bent(x[:1] + 3e-7, x[:1])
    claimed = np.array([slope, np.exp(0.4)])
    found = Differentiator(FunctionCase(function, {"x": claimed}, {"x": x})).central({"x": v} for v in np.eye(2))
    off, small = np.abs([values - claimed for _, values in found.sweep]), CENTRAL_STEPS.index(1e-7)
    assert np.all(off[:small, 0] > 0.1) and off[small, 1] > 1e-9
    assert np.abs(found.values - claimed)[0] < 1e-6 and np.abs(found.values - claimed)[1] < 1e-10


@pytest.mark.parametrize("seed", [1, 2])
def test_every_model_with_a_relu_agrees_with_central_differences(seed):
    cases = select_cases(["rnn-relu"], seed=seed)
    chosen = [case for case in cases if "segments" in case.name or "words" in case.name]
    checks = [found for case in chosen for found in check(case, "central", seed=seed)]
    assert len(checks) > 100 and failure(checks) is None


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_cells_with_kinks_and_with_small_gradients_agree_with_central_differences_everywhere(seed):
    cases = select_cases(["rnn-relu", "lstm-peephole"], seed=seed)
    assert failure([found for case in cases for found in check(case, "central", seed=seed)]) is None


# Gradients that are small beside the loss


def test_the_tolerance_rises_to_what_rounding_allows_and_no_further():
    def function(arrays):
        return 1e3 + (size * np.sin(arrays["x"])).sum()

    for size, allowed in ((1.0, TOLERANCES["central"]), (1e-6, None), (1e-9, COARSEST)):
        found = one_check(function, size * np.cos([0.5]), [0.5])
        assert found.tolerance == allowed or (allowed is None and TOLERANCES["central"] < found.tolerance < COARSEST)
        assert found.passed or size < 1e-8


def test_a_tolerance_that_is_given_is_not_raised():
    found = one_check(
        lambda arrays: 1e3 + 1e-6 * np.sin(arrays["x"]).sum(), [1e-6 * np.cos(0.5)], [0.5], tolerance=1e-9
    )
    assert found.tolerance == 1e-9 and not found.passed


def test_no_number_is_complex():
    case = FunctionCase(lambda arrays: (arrays["x"] ** 2).sum(), {"x": np.array([2.0])}, {"x": np.array([1.0])})
    assert all(found.passed for found in check(case, "central")) and set(case.calls) == {"f8"}


def test_a_forward_pass_is_made_twice_for_each_step_of_each_entry():
    case = FunctionCase(lambda arrays: (arrays["x"] ** 2).sum(), {"x": np.ones(3)}, {"x": np.ones(3)})
    Differentiator(case).central({"x": probe} for probe in np.eye(3))
    assert len(case.calls) == 2 * 3 * len(CENTRAL_STEPS) + 1
