"""`gradcheck` covers forecasts: every likelihood, every kind of forecaster, every cell in one, and saved ones."""

from types import SimpleNamespace

import numpy as np
import pytest
from forecasters import configured

from rnncli.gradcheck.cases import likelihood_cases
from rnncli.gradcheck.check import check, select_cases
from rnncli.gradcheck.report import failure
from rnncli.nn.cells import CELLS
from rnncli.nn.cells.gru import GRU
from rnncli.nn.compose import Stack
from rnncli.nn.likelihoods import LIKELIHOODS, StudentT
from rnncli.tasks.forecast.checks import cases, shared_cases
from rnncli.tasks.forecast.linear_skip import LinearSkip
from rnncli.tasks.registry import build

SEED = 1


@pytest.fixture(scope="module")
def everything():
    """(cases, checks) of all likelihoods and forecasters, with one cell of two states."""
    found = [*likelihood_cases(SEED), *shared_cases(SEED), *cases("lstm", SEED)]
    return found, [each for case in found for each in check(case, seed=SEED)]


def failing(cases):
    return {(found.cell, found.parameter) for case in cases for found in check(case, seed=SEED) if not found.passed}


def test_every_likelihood_alone_and_in_a_forecaster_agrees_with_the_complex_step_to_1e_10(everything):
    assert failure(everything[1]) is None and {found.method for found in everything[1]} == {"complex", "products"}
    for name in LIKELIHOODS:
        found = {check.case: check.error for check in everything[1] if check.cell == name}
        assert {"missing targets", "T=1, forecast", "T=2, forecast", "T=5, forecast"} == set(found)
        assert max(found.values()) <= 1e-10


@pytest.mark.parametrize("cell", list(CELLS))
def test_a_cell_is_in_a_forecaster_of_either_kind(cell):
    assert [case.name for case in cases(cell, SEED)] == ["T=5, forecast", "T=5, forecast by segments"]


def test_every_parameter_and_state_of_every_kind_is_checked(everything):
    found = {(check.cell, check.parameter) for check in everything[1]}
    assert {
        ("highway", "highway.W"),
        ("highway", "head.W"),
        ("segments", "segment.W"),
        ("segments", "position.P"),
        ("segments", "known.W"),
        ("segments", "norm0.gain"),
        ("segments", "highway.W"),
        ("segments", "s0.layer0.h"),
        ("recursive", "head.b"),
        ("recursive", "s0.layer0.h"),
        ("recursive", "(all at once)"),
        ("student-t", "scores"),
        ("student-t", "head.W"),
        ("lstm", "s0.layer1.c"),
    } <= found


def test_no_check_is_empty_and_some_targets_are_missing(everything):
    empty = []
    for case in everything[0]:
        gradient = case.gradient()
        empty += [(case.cell, name) for name in case.arrays if not np.abs(gradient[name]).max() > 1e-6]
        arrays = vars(getattr(case, "batch", case))
        there = arrays["following_real"] if "following_real" in arrays else arrays["real"]
        assert there.any() and not there.all()
    assert not empty


def of(cells):
    return [case for case in (*likelihood_cases(SEED), *shared_cases(SEED)) if case.cell in cells]


def test_a_slope_of_a_likelihood_that_is_off_by_a_little_is_seen(monkeypatch):
    terms = StudentT.terms

    def off(self, parts, y, xp):
        losses, (m, a, c) = terms(self, parts, y, xp)
        return losses, [m, a, c * (1 + 1e-8)]

    monkeypatch.setattr(StudentT, "terms", off)
    assert ("student-t", "scores") in failing(of({"student-t"}))


def test_a_decoder_that_hands_no_gradient_to_the_state_it_began_with_is_seen(monkeypatch):
    whole = Stack.backward

    def forgets(self, g, dy, dsT, plan):
        dx, ds0 = whole(self, g, dy, dsT, plan)
        for d in (d for layer in ds0 for d in layer if len(dy) == 1):
            d.fill(0)
        return dx, ds0

    monkeypatch.setattr(Stack, "backward", forgets)
    failed = failing(case for case in of({"segments"}) if "T=5" in case.name)
    assert {("segments", "segment.W"), ("segments", "s0.layer0.h")} <= failed
    assert ("segments", "position.P") not in failed


def test_a_gradient_of_the_highway_that_is_forgotten_is_seen(monkeypatch):
    monkeypatch.setattr(LinearSkip, "backward", lambda self, g, ds, plan: None)
    assert failing(of({"highway"})) == {("highway", "highway.W"), ("highway", "(all at once)")}


@pytest.mark.parametrize(
    "settings",
    [
        {"hidden_size": 24, "cell": "gru", "highway": 6, "dropout": 0.2, "loss": "gaussian"},
        {"hidden_size": 16, "cell": "gru", "segment": 3, "loss": "negative-binomial"},
        {"hidden_size": 16, "mode": "recursive", "loss": "student-t", "num_layers": 2},
    ],
    ids=str,
)
def test_a_saved_forecaster_is_checked_with_its_own_weights(settings):
    config, size = configured(**settings), [5, 3, 2]
    model = build(config, size)
    store = model.store()
    theta = np.zeros(store.size, "f4")
    store.initialise(theta, 3)
    loaded = SimpleNamespace(config=config, encoder=SimpleNamespace(size=size), model=model, store=store, theta=theta)
    (case,) = select_cases(loaded=loaded, seed=SEED)
    assert np.array_equal(case.arrays["layer0.W_h"], store.named(theta)["layer0.W_h"])
    checks = list(check(case, seed=SEED))
    assert failure(checks) is None and {*store.spans, "(all at once)", "s0.layer0.h"} <= {c.parameter for c in checks}


def test_a_cell_that_is_wrong_is_found_in_a_forecast_too(monkeypatch):
    slopes = GRU.local_derivatives

    def off(self, xp, s, slope):
        slopes(self, xp, s, slope)
        slope.z *= 1.001

    monkeypatch.setattr(GRU, "local_derivatives", off)
    assert ("gru", "layer0.W_x") in failing(cases("gru", SEED))
