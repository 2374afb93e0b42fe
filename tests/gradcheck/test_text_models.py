"""Models that write a sequence have right gradients, and faults in their parts are seen."""

from functools import partial
from types import SimpleNamespace

import numpy as np
import pytest

from rnncli.gradcheck.check import check
from rnncli.gradcheck.pair_models import LENGTHS, NETWORKS
from rnncli.gradcheck.parts import ATTENTIONS, BRIDGES, shared_cases
from rnncli.gradcheck.reach import reaching
from rnncli.gradcheck.report import failure, worst
from rnncli.gradcheck.text_models import ATTENDING, FED, saved_text_case, text_cases
from rnncli.nn.attention import Additive, Dot
from rnncli.nn.bridge import Bridge
from rnncli.nn.cells import CELLS
from rnncli.nn.sources import Features, Reader

SEED = 1


@pytest.mark.parametrize("cell", list(CELLS))
def test_every_cell_agrees_with_the_complex_step_in_every_model(cell):
    checks = [found for case in reaching(partial(text_cases, cell), SEED) for found in check(case, seed=SEED)]
    assert failure(checks) is None and {found.method for found in checks} == {"complex", "products"}
    assert worst(checks).error <= 1e-12  # where weights are nearly equal, gradients are small differences


def test_attention_and_bridges_agree_with_the_complex_step_for_their_inputs_too():
    cases = [case for case in shared_cases(SEED) if case.cell in ("attention", "bridge")]
    names = {(case.cell, name) for case in cases for name in case.arrays}
    assert names >= {("attention", "q"), ("attention", "h"), ("attention", "v"), ("bridge", "W")}
    assert worst([found for case in cases for found in check(case, seed=SEED)]).error <= 1e-13


def test_every_network_every_length_and_every_attention_are_among_the_models():
    names = [case.name for case in text_cases("gru", SEED)]
    for kind, ways in (("reader", ATTENDING), ("features", FED)):
        for network in NETWORKS:
            for way in (*ways, *LENGTHS):
                assert any(f"{kind}: {network}" in name and way in name for name in names), (kind, way)
    for way in ("one way", "both ways"):
        assert {name.split(", ")[-2] for name in names if way in name} == set(ATTENDING)
    assert [case.name for case in text_cases("gru", SEED, ["features"])] == [n for n in names if "features" in n]
    shared = {case.name for case in shared_cases(SEED)}
    assert shared >= {*BRIDGES, *(f"T={T}, {kind}, padding" for T in (1, 2, 5) for kind in ATTENTIONS)}


@pytest.mark.parametrize("kind", ["reader", "features"])
def test_a_saved_model_is_checked_with_its_own_weights(kind):
    model = next(iter(text_cases("gru", SEED, [kind]))).model
    store = model.store()
    theta = np.zeros(store.size, "f4")
    store.initialise(theta, 3)
    config = SimpleNamespace(model=SimpleNamespace(cell="gru"))
    case = saved_text_case(SimpleNamespace(config=config, model=model, store=store, theta=theta), SEED)
    assert np.array_equal(case.arrays["head.W"], store.views(theta)["head"].W)
    checks = list(check(case, seed=SEED))
    assert failure(checks) is None and {found.parameter for found in checks} == {*store.spans, "(all at once)"}


def nothing(*arguments):
    """Stands for a pass that was forgotten."""


@pytest.mark.parametrize(
    "owner, method, fault, expected",
    [
        (Dot, "_score_backward", nothing, ("attention", "h")),
        (Additive, "_compare_backward", nothing, ("attention", "v")),
        (Bridge, "backward", nothing, ("bridge", "W")),
    ],
    ids=["dot", "additive", "bridge"],
)
def test_a_fault_in_a_part_is_seen(monkeypatch, owner, method, fault, expected):
    monkeypatch.setattr(owner, method, fault)
    assert expected in failing(case for case in shared_cases(SEED) if case.cell == expected[0])


def forgetting(argument):
    """A backward pass of a source in which the writer's gradient `argument` is lost."""

    def backward(self, g, dstates, dh, plan):
        if argument == "dstates":
            dstates = tuple(tuple(0 * d for d in layer) for layer in dstates)
        return whole(self, g, dstates, None if argument == "dh" else dh, plan)

    whole = Reader.backward
    return backward


@pytest.mark.parametrize("argument", ["dstates", "dh"])
def test_a_reader_that_gets_only_a_part_of_its_gradient_is_seen(monkeypatch, argument):
    monkeypatch.setattr(Reader, "backward", forgetting(argument))
    case = next(case for case in text_cases("gru", SEED, ["reader"]) if "both ways, dot" in case.name)
    assert ("gru", "reader_layer0.ahead_W_h") in failing([case])


def test_features_whose_gradient_is_that_of_other_rows_are_seen(monkeypatch):
    def backward(self, g, dstates, dh, plan):
        whole(self, g, tuple(tuple(d[::-1] for d in layer) for layer in dstates), dh, plan)

    whole = Features.backward
    monkeypatch.setattr(Features, "backward", backward)
    assert ("gru", "bridge.W") in failing([next(text_cases("gru", SEED, ["features"]))])


def failing(cases):
    """{(cell, parameter)} of the checks that fail."""
    return {(found.cell, found.parameter) for case in cases for found in check(case, seed=SEED) if not found.passed}
