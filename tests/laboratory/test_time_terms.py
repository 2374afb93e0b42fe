"""The sum over time: its terms against its own formula, and their sum against the gradient of the backward pass."""

import numpy as np
import pytest
from watched_models import EVERY_CELL, nothing, of_every_kind, on_noise, on_symbols

from rnncli.laboratory.one_step import OneStep
from rnncli.laboratory.time import finding as time_terms
from rnncli.laboratory.time.chain_rule import by_backward, by_formula, worst_difference
from rnncli.laboratory.time.finding import Terms, relative, signed_share, sum_of, time
from rnncli.laboratory.watching import watch

SUBJECTS = of_every_kind()
ADDED = 1e-12  # of the largest entry: float64, sums of some hundred terms
FORMULA = 1e-10  # of the largest entry: products of Jacobians of some steps


def summed(subject):
    """The Sum of a subject."""
    return sum_of(subject.label, watch(subject, at_last=True), nothing)


def one_hot(layer, name, k):
    """A direction of the parameters: entry k of one of them."""
    direction = {each: np.zeros_like(array) for each, array in vars(layer.p).items()}
    direction[name].flat[k] = 1
    return direction


@pytest.mark.parametrize("cell", EVERY_CELL)
@pytest.mark.parametrize("make", [on_noise, on_symbols])
def test_each_entry_of_each_term_is_that_of_the_formula(cell, make):
    layer = watch(make(cell, T=5, N=2), at_last=True).layers["layer0"]
    one = OneStep(layer, 1)
    for name, array in vars(layer.p).items():
        formula = [list(by_formula(layer, 1, 4, one_hot(layer, name, k))) for k in range(array.size)]
        for lag, expected in enumerate(np.array(formula).T):
            one.take(np.array([4 - lag]), np.array([1]))
            term = one.gradient()[name].reshape(-1)
            assert np.abs(term - expected).max() <= FORMULA * np.abs(expected).max()


@pytest.mark.parametrize("name", SUBJECTS)
def test_the_terms_add_up_to_the_gradient_of_the_backward_pass_in_every_kind_of_model(name):
    found = summed(SUBJECTS[name])
    assert found.error <= ADDED and found.formula <= FORMULA
    assert found.proved > 0 and len({each.layer for each in found.terms}) > 0


@pytest.mark.parametrize("cell", EVERY_CELL)
def test_so_they_do_for_every_cell_over_many_steps_and_rows_of_unequal_length(cell):
    found = summed(on_noise(cell, T=40, N=4, lengths=(40, 1, 17, 39), layers=2, spread=0.3))
    assert found.error <= ADDED and found.formula <= FORMULA and found.count == 40
    deep = summed(on_symbols(cell, T=9, deep=True))
    assert deep.error <= ADDED and {each.layer for each in deep.terms} == {"layer0", "layer1", "layer2"}


def test_parts_of_the_gradient_along_it_add_up_to_one():
    for each in summed(on_noise("lstm", T=12)).terms:
        assert each.along.sum() == pytest.approx(1, abs=1e-12)
        assert each.shares.sum() == pytest.approx(1, abs=1e-12) and each.within[-1] == pytest.approx(1, abs=1e-12)


def test_a_lost_term_and_a_wrong_step_are_noticed(monkeypatch):
    subject = on_noise("gru", T=6)
    take = OneStep.take
    monkeypatch.setattr(OneStep, "take", lambda self, t, rows: take(self, np.where(t == 3, 2, t), rows))
    found = summed(subject)
    assert found.error > 1e-3 and found.formula > 1e-3


def test_the_terms_of_one_linear_unit_are_those_of_the_closed_form():
    """h_t = w h_{t-1} + x_t, L = (v h_N - y)^2: term i of dL/dw is dL/dh_N w^{N-i} h_{i-1}."""
    subject = on_noise("rnn-identity", T=30, N=1, H=1)
    w, p = 0.9, subject.model.store().named(subject.theta)
    p["layer0.W_h"][...] = w
    layer = watch(subject, at_last=True).layers["layer0"]
    h, start = layer.plan.states["h"][:, 0, 0], layer.d["h"][-1, 0, 0]
    expected = np.abs(start * w ** np.arange(30) * h[:-1][::-1])
    (terms,) = (each for each in summed(subject).terms if each.parameter == "W_h")
    assert np.abs(terms.norms - expected).max() <= 1e-12 * expected.max()
    assert terms.norms[-1] == 0  # h_0 is zero


def test_norms_of_terms_far_beyond_squares_of_floats_are_kept():
    subject = on_noise("rnn-identity", T=90, N=1, H=3)
    subject.model.store().named(subject.theta)["layer0.W_h"][...] = 0.01 * np.eye(3)
    (terms,) = (each for each in summed(subject).terms if each.parameter == "W_x")
    assert terms.norms[80] > 0 and np.log10(terms.norms[80] / terms.norms[0]) == pytest.approx(-160, abs=1.5)


def test_steps_that_hold_a_share_are_counted_from_the_last_one():
    terms = Terms("", "layer0", "W_h", np.array([5.0, 3, 1, 1, 0]), np.zeros(5))
    assert terms.steps(0.5) == 1 and terms.steps(0.51) == 2 and terms.steps(0.9) == 3 and terms.steps(0.99) == 4
    assert np.isnan(Terms("", "layer0", "W_h", np.zeros(3), np.zeros(3)).steps(0.5))


def test_shares_of_vectors_are_scaled():
    whole = np.array([3e-200, 4e-200])
    assert signed_share(whole / 2, whole) == pytest.approx(0.5, rel=1e-15)
    assert signed_share(-whole, whole) == pytest.approx(-1, rel=1e-15)
    assert relative(np.zeros(2), np.zeros(2)) == 0 and relative(np.array([1.0, 2.5]), np.array([1.0, 2])) == 0.25


def test_both_sides_of_the_proof_see_the_same_rows_of_unequal_length():
    layer = watch(on_noise("lstm", T=8, lengths=(8, 3, 5)), at_last=True).layers["layer0"]
    direction = {name: np.random.default_rng(0).normal(size=array.shape) for name, array in vars(layer.p).items()}
    for row, length in enumerate((8, 3, 5)):
        pairs = zip(by_formula(layer, row, length, direction), by_backward(layer, row, length, direction))
        found = [(one, other) for one, (other, _) in pairs]
        assert len(found) == length and np.array(found).T[0] == pytest.approx(np.array(found).T[1], rel=1e-10)
    assert worst_difference(layer, 1, 99, np.random.default_rng(1)) < FORMULA


def test_the_part_shows_subjects_side_by_side_and_what_proves_them():
    found = time([on_noise("lstm", T=12, layers=2), on_symbols("gru", T=9)], nothing)
    _, table, chart, sentence = found.brief
    assert [row[:2] for row in table.rows[1:]] == [["noise", "layer0"], ["noise", "layer1"], ["symbols", "layer0"]]
    assert list(chart.lines) == ["noise layer0", "noise layer1", "symbols layer0"]
    assert len(found.rows) == 2 * 3 * 12 + 3 * 9 and len({tuple(row) for row in found.rows}) == 1
    assert sentence.startswith(
        "The terms, at most 12 in a layer, add up to the gradient of the backward pass: largest "
    )
    assert " 24 terms, computed anew from step Jacobians, differ by at most " in sentence
    assert found.record["metrics"]["noise/sum_error"] <= ADDED
    assert len(found.more) == 2 * 3 and "layer1" in found.more[2]


def test_a_state_of_thousands_of_numbers_has_fewer_terms_proved(monkeypatch):
    monkeypatch.setattr(time_terms, "LARGE", 4)
    assert summed(on_noise("lstm", T=12, H=3)).proved == 2
