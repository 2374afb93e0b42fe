"""Models that read a whole sequence have right gradients, and faults in their parts are seen."""

from functools import partial
from types import SimpleNamespace

import numpy as np
import pytest

from rnncli.gradcheck.check import check
from rnncli.gradcheck.pair_models import LENGTHS, NETWORKS, pair_cases, saved_pair_case
from rnncli.gradcheck.parts import LOSSES, POOLS, shared_cases
from rnncli.gradcheck.reach import reaching
from rnncli.gradcheck.report import failure, worst
from rnncli.nn.bidirectional import Bidirectional
from rnncli.nn.cells import CELLS
from rnncli.nn.pool import Ends, Max, Mean
from rnncli.nn.sparse_linear import SparseLinear
from rnncli.nn.words import WordReader

SEED = 1


@pytest.mark.parametrize("cell", list(CELLS))
def test_every_cell_agrees_with_the_complex_step_in_every_model(cell):
    checks = [found for case in reaching(partial(pair_cases, cell), SEED) for found in check(case, seed=SEED)]
    assert failure(checks) is None and {found.method for found in checks} == {"complex", "products"}
    assert worst(checks).error <= 1e-12  # sums that cancel among the few numbers of small models


def test_every_network_every_length_and_both_ways_are_among_the_models():
    names = [case.name for case in pair_cases("gru", SEED)]
    for part in (*NETWORKS, *LENGTHS, "T=1", "T=2", "T=5", "one way", "both ways"):
        for kind in ("classes", "numbers", "steps", "words"):
            assert any(part in name and f"{kind}:" in name for name in names), (part, kind)
    assert all(case.name in names for case in pair_cases("gru", SEED, ["words"]))


@pytest.mark.parametrize("kind", ["classes", "numbers", "words"])
def test_a_saved_model_is_checked_with_its_own_weights(kind):
    model = next(iter(pair_cases("gru", SEED, [kind]))).model
    store = model.store()
    theta = np.zeros(store.size, "f4")
    store.initialise(theta, 3)
    config = SimpleNamespace(model=SimpleNamespace(cell="gru"))
    case = saved_pair_case(SimpleNamespace(config=config, model=model, store=store, theta=theta), SEED)
    assert np.array_equal(case.arrays["head.W"], store.views(theta)["head"].W)
    checks = list(check(case, seed=SEED))
    assert failure(checks) is None and {found.parameter for found in checks} == {*store.spans, "(all at once)"}


def test_every_pool_and_every_option_of_the_loss_of_classes_has_a_case():
    names = {(case.cell, part) for case in shared_cases(SEED) for part in case.name.split(", ", 1)[1:]}
    assert {("pool", kind) for kind in POOLS} | {("categorical", f"padding, {option}") for option in LOSSES} <= names


def nothing(*arguments):
    """Stands for a pass that was forgotten."""


@pytest.mark.parametrize(
    "owner, method, fault, expected",
    [
        (Ends, "_spread", lambda self, dpooled, plan: plan.dy.fill(0), ("pool", "y")),
        (Mean, "_spread", lambda self, dpooled, plan: plan.dy.fill(1), ("pool", "y")),
        (Max, "_spread", lambda self, dpooled, plan: plan.dy.fill(0), ("pool", "y")),
        (SparseLinear, "backward", nothing, ("sparse-linear", "W")),
        (WordReader, "backward", nothing, ("word-reader", "spelling.ahead_W_h")),
    ],
    ids=["ends", "mean", "max", "sparse linear", "words"],
)
def test_a_fault_in_a_part_is_seen(monkeypatch, owner, method, fault, expected):
    monkeypatch.setattr(owner, method, fault)
    assert expected in failing(expected[0])


def test_a_layer_whose_directions_are_not_turned_back_is_seen(monkeypatch):
    def backward(self, g, dy, dsT, plan):
        return whole_backward(self, g, dy[::-1], dsT, plan)

    whole_backward = Bidirectional.backward
    monkeypatch.setattr(Bidirectional, "backward", backward)
    assert ("word-reader", "spelling.back_W_x") in failing("word-reader")


def failing(cell):
    """{(cell, parameter)} of the checks of a part that fail."""
    checks = [found for case in shared_cases(SEED) if case.cell == cell for found in check(case, seed=SEED)]
    return {(found.cell, found.parameter) for found in checks if not found.passed}
