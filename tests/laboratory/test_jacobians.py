"""Step Jacobians against complex step, their products against the backward pass, growth against eigenvalues."""

from math import log

import numpy as np
import pytest
from laws import relative
from watched_models import EVERY_CELL, of_every_kind, on_noise, on_symbols

from rnncli.laboratory.one_step import OneStep
from rnncli.laboratory.spectrum.jacobians import Product, StepJacobians, no_steps, random_frame
from rnncli.laboratory.watching import watch
from rnncli.nn.memory import Memory

ROUNDING = 1e-12  # float64, sums of some hundred terms
STEP = 1e-30  # of the complex step

SUBJECTS = of_every_kind()


def by_complex_step(watched, t, row):
    """ds_t/ds_{t-1} (n, n) from the forward pass of one step."""
    layer, source, names = watched.layer, watched.plan, watched.layer.cell.state
    plan, H = layer.plan(1, 1, Memory("c16")), watched.layer.H
    layer.load(watched.p, plan)
    s0 = [source.states[name][t, row].astype("c16") for name in names]
    columns = []
    for k, _ in enumerate(names):
        for unit in range(H):
            moved = [s[None].copy() for s in s0]
            moved[k][0, unit] += 1j * STEP
            _, sT = layer.forward(source.x[t, row][None, None], tuple(moved), plan)
            columns.append(np.concatenate([s[0].imag for s in sT]) / STEP)
    return np.array(columns).T


@pytest.mark.parametrize("cell", EVERY_CELL)
@pytest.mark.parametrize("make", [on_noise, on_symbols])
def test_the_jacobian_of_a_step_is_the_one_that_complex_step_gives(cell, make):
    layer = watch(make(cell, T=5, N=2)).layers["layer0"]
    jacobians = StepJacobians(layer)
    for t, row in ((0, 0), (3, 1), (4, 0)):
        expected = by_complex_step(layer, t, row)
        assert np.abs(jacobians.at(t, row) - expected).max() <= 1e-10 * np.abs(expected).max()


@pytest.mark.parametrize("cell", EVERY_CELL)
def test_a_gradient_goes_back_through_the_jacobians_as_the_backward_pass_takes_it(cell):
    layer = watch(on_noise(cell, T=7, N=3, lengths=(7, 3, 5)), at_last=True).layers["layer0"]
    jacobians, states = StepJacobians(layer), layer.layer.cell.state
    for row, end in enumerate(layer.ends.tolist()):
        ds = np.concatenate([layer.d[state][end, row] for state in states])
        for t in range(end, 0, -1):
            ds = ds @ jacobians.at(t, row)
            expected = np.concatenate([layer.d[state][t - 1, row] for state in states])
            assert np.abs(ds - expected).max() <= ROUNDING * np.abs(expected).max()


@pytest.mark.parametrize("name", [name for name in SUBJECTS if "lstm" in name])
def test_so_it_does_in_every_kind_of_model_with_what_comes_from_above_joined(name):
    for layer in watch(SUBJECTS[name]).layers.values():
        jacobians, states, H = StepJacobians(layer), layer.layer.cell.state, layer.layer.H
        for row in np.flatnonzero(layer.ends > 0):
            t = int(layer.ends[row])
            ds = np.concatenate([layer.d[state][t, row] for state in states]) @ jacobians.at(t, row)
            ds[:H] += layer.dy[t - 1, row]
            if layer.real[t - 1, row]:
                expected = np.concatenate([layer.d[state][t - 1, row] for state in states])
                assert np.abs(ds - expected).max() <= ROUNDING * np.abs(expected).max()


def test_rows_of_one_step_may_come_from_different_steps_of_different_rows():
    layer = watch(on_noise("gru-before", T=5, N=3)).layers["layer0"]
    one = OneStep(layer, 2)
    one.take(np.array([4, 1]), np.array([0, 2]))
    assert np.array_equal(one.plan.da[0], [layer.plan.da[4, 0], layer.plan.da[1, 2]])
    for name, value in layer.plan.values.items():
        axis = 1 if name == "blocks" else 0
        assert np.array_equal(
            one.plan.values[name][0], np.stack([value[4].take(0, axis), value[1].take(2, axis)], axis)
        )


def test_a_product_of_thousands_of_steps_neither_vanishes_nor_overflows():
    rng = np.random.default_rng(0)
    turn = np.linalg.qr(rng.normal(size=(4, 4)))[0]
    for factor in (0.01, 100.0):
        product = no_steps(4)
        for _ in range(3000):
            product = product.after(factor * turn)
        assert np.linalg.norm(product.matrix, 2) * np.exp(product.log - 3000 * log(factor)) == pytest.approx(
            1, rel=1e-9
        )


def test_a_product_is_that_of_its_matrices_in_their_order():
    rng = np.random.default_rng(1)
    last, before = rng.normal(size=(2, 3, 3))
    product = no_steps(3).after(last).after(before)
    assert relative(product.matrix * np.exp(product.log), last @ before) < ROUNDING
    assert np.abs(product.matrix).max() == 1
    zero = product.after(np.zeros((3, 3)))
    assert not zero.matrix.any() and zero.log == product.log
    assert isinstance(zero, Product)


def test_exponents_are_the_logarithms_of_eigenvalues_where_every_step_is_the_same():
    rng = np.random.default_rng(2)
    basis = rng.normal(size=(5, 5))
    jacobian = basis @ np.diag([1.5, -1.2, 0.9, 0.5, 0.1]) @ np.linalg.inv(basis)
    growth = random_frame(5, 4, rng)
    for _ in range(200):
        growth = growth.back(jacobian)
    growth = growth.restarted()
    for _ in range(50):
        growth = growth.back(jacobian)
    assert growth.exponents == pytest.approx(np.log([1.5, 1.2, 0.9, 0.5]), abs=1e-10)
    assert np.isnan(random_frame(5, 2, rng).exponents).all()


def test_a_frame_grows_as_gradients_do_which_are_row_vectors():
    rng = np.random.default_rng(3)
    jacobians, growth = rng.normal(size=(6, 4, 4)), random_frame(4, 1, rng)
    ds = growth.frame[:, 0]
    for jacobian in jacobians:
        ds, growth = ds @ jacobian, growth.back(jacobian)
    assert growth.exponents[0] == pytest.approx(np.log(np.linalg.norm(ds)) / 6, abs=1e-12)


def test_a_step_that_forgets_a_direction_has_an_exponent_of_minus_infinity():
    growth = random_frame(3, 3, np.random.default_rng(0)).back(np.diag([2.0, 1.0, 0.0]))
    assert growth.exponents[-1] < -30 and growth.back(np.zeros((3, 3))).exponents.tolist() == [-np.inf] * 3
