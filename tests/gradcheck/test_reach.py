"""A check proves something: an array that the loss does not reach fails, and no case of ours has one by chance."""

import math
from dataclasses import replace

import numpy as np
import pytest
from gradient_cases import FunctionCase, make_saved, write_cell

from rnncli.cli.main import main
from rnncli.gradcheck.check import check, select_cases
from rnncli.gradcheck.models import read_from_zero
from rnncli.gradcheck.reach import ENOUGH, FAR, TRIES, reach, reaching
from rnncli.gradcheck.report import BOTH, NOT_REACHED, WRONG, failure
from rnncli.nn.cells import CELLS

SEED = 1
X = np.array([1.0, 2.0])


@pytest.fixture(autouse=True)
def registry(monkeypatch):
    """A registry of cells that forgets what a test has added."""
    monkeypatch.setattr(CELLS, "_things", dict(CELLS._things))


def square_of_x(arrays):
    return (arrays["x"] ** 2).sum()


def two_arrays(function=square_of_x, **settings):
    """A case of x and p whose gradient by p is claimed to be zero."""
    return FunctionCase(function, {"x": 2 * X, "p": np.zeros(2)}, {"x": X, "p": X}, **settings)


@pytest.mark.parametrize("method", ["auto", "complex", "central", "products"])
def test_an_array_that_the_loss_does_not_depend_on_fails_by_every_method(method):
    x, p = check(two_arrays(), method, seed=SEED)
    assert x.passed and (p.error, p.verdict, p.passed) == (0.0, NOT_REACHED, False)
    error = failure([x, p])
    assert (
        "gradient of 'function' in p: the loss does not reach it; first in a case: every derivative of p is 0"
        in str(error)
    )
    assert "--seed" in error.hint and p.to_dict()["passed"] is False


def test_an_array_of_which_the_case_says_so_passes():
    assert all(found.passed for found in check(two_arrays(unreached=("p",)), seed=SEED))


def test_a_gradient_of_zero_that_should_not_be_zero_is_a_fault_of_the_backward_pass():
    _, p = check(two_arrays(lambda arrays: (arrays["x"] ** 2 + arrays["p"]).sum()), seed=SEED)
    assert p.verdict == WRONG


def test_zeros_behind_a_lost_imaginary_part_are_a_fault_of_both_passes():
    _, p = check(two_arrays(lambda arrays: (arrays["x"] ** 2 + arrays["p"].real).sum()), seed=SEED)
    assert p.verdict == BOTH and not p.passed


# Our cases


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_loss_of_every_case_reaches_all_arrays_but_those_of_which_the_case_says_so(seed):
    cases = select_cases(seed=seed)
    assert [(case.cell, case.name) for case in cases if reach(case) == 0] == []
    assert np.mean([reach(case) < ENOUGH for case in cases]) < 0.01
    for case in cases:
        gradient = case.gradient() if case.unreached else {}
        assert not any(np.any(gradient[name]) for name in case.unreached), (case.cell, case.name)
        assert not case.unreached or "T=1" in case.name


def test_recurrent_weights_and_peepholes_of_the_old_state_are_not_reached_in_one_step_from_zero():
    names = ("layer0.W_x", "layer0.W_h", "layer0.back_p_i", "layer0.p_o", "spelling.ahead_W_h", "head.W", "layer0.p_f")
    assert read_from_zero("lstm-peephole", names, "layer") == ("layer0.W_h", "layer0.back_p_i", "layer0.p_f")


def test_a_case_that_chance_cuts_off_is_drawn_anew_and_at_last_taken_as_it_is():
    asked = []

    def make(seed, first=4):
        asked.append(seed)
        for slope in (1.0, float(seed >= first * FAR)):
            yield FunctionCase(lambda arrays: 0, {"x": slope * X}, {"x": X})

    good, found = reaching(make, 5)
    assert np.any(good.claimed["x"]) and np.any(found.claimed["x"])
    assert asked == [5 + k * FAR for k in range(5)]
    _, never = reaching(lambda seed: make(seed, first=100), 5)
    assert not np.any(never.claimed["x"]) and max(asked) == 5 + (TRIES - 1) * FAR


def test_of_cases_that_all_leave_an_array_too_little_the_best_is_taken():
    def make(seed):
        small = {0: 1e-7, 3 * FAR: 1e-5}.get(seed, 1e-9)
        yield FunctionCase(lambda arrays: 0, {"x": X, "p": small * X}, {"x": X, "p": X})

    (found,) = reaching(make, 0)
    assert reach(found) == pytest.approx(1e-5)


@pytest.mark.parametrize(
    "x, p, expected",
    [(X, X / 8, 1 / 8), (X, 0 * X, 0), (0 * X, 0 * X, 0), (X, np.nan * X, math.inf), (np.inf * X, 0 * X, math.inf)],
)
def test_the_reach_of_a_case_is_that_of_the_array_with_the_smallest_gradient(x, p, expected):
    case = FunctionCase(lambda arrays: 0, {"x": x, "p": p}, {"x": X, "p": X})
    assert reach(case) == expected
    assert reach(replace(case, unreached=("x", "p"))) in (math.inf, 0)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_cell_of_a_user_whose_units_can_be_off_is_reached(tmp_path, seed, capsys):
    path = write_cell(tmp_path, "xp.multiply(s.a, s.a.real > 0, out=s.h)", "slope.a[...] = s.a.real > 0")
    assert main(["gradcheck", "--code", path, "--seed", str(seed), "-q"]) == 0


UNUSED = """from rnncli.nn.cell import Block, Cell, Vector

class Mine(Cell):
    blocks = (Block("a", "tanh"), Block("z", "tanh"))
    vectors = (Vector("p", "z", "h_prev"),)
    def step(self, xp, s):
        xp.copyto(s.h, s.a)
    def step_backward(self, xp, s, slope, d, da):
        xp.multiply(d.h, slope.a, out=da.a)
        da.z.fill(0)
        d.h.fill(0)
"""


def test_a_parameter_that_a_cell_of_a_user_never_reads_is_told(tmp_path, capsys):
    (tmp_path / "mine.py").write_text(UNUSED)
    assert main(["gradcheck", "--code", str(tmp_path / "mine.py"), "--seed", "1"]) == 1
    out, err = capsys.readouterr()
    assert "error: gradient of 'mine' in p" in err and "the loss does not reach it" in err
    assert "every derivative is 0" in out


# A stored model


def test_a_stored_model_whose_units_are_all_off_fails():
    loaded = make_saved(cell="rnn-relu", hidden_size=16)
    loaded.store.named(loaded.theta)["layer0.b"][...] = -100
    (case,) = select_cases(loaded=loaded, seed=SEED)
    assert {found.parameter for found in check(case, seed=SEED) if found.verdict == NOT_REACHED} >= {
        "layer0.W_h",
        "layer0.b",
    }
