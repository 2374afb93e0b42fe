"""Laws of layers that read both ways."""

import tracemalloc
from types import SimpleNamespace

import numpy as np
import pytest
from laws import cut, make_plan, relative
from laws import make_problem as one_way_problem

from rnncli.config import ModelConfig
from rnncli.errors import ConfigError
from rnncli.nn.bidirectional import Bidirectional, one_way
from rnncli.nn.building import recurrent_layers
from rnncli.nn.cells import CELLS
from rnncli.nn.compose import Residual, WeightDrop
from rnncli.nn.memory import Memory
from rnncli.nn.observing import Observer
from rnncli.nn.parameters import ParamStore
from rnncli.nn.recurrent import Recurrent
from rnncli.random_streams import Noise

ROUNDING = 1e-12  # float64, sums of some hundred terms
T, N, D, H = 6, 4, 5, 8
LENGTHS = (6, 1, 4, 3)


@pytest.fixture(params=list(CELLS))
def cell(request):
    return request.param


def make_problem(cell, tokens=False, padded=True, wrap=lambda layer: layer):
    """A bidirectional layer, with gradients by step at real steps alone."""
    problem = one_way_problem(cell, tokens, T, N, D, H)
    one = wrap(Recurrent(CELLS[cell], D, H // 2, tokens))
    problem.layer = Bidirectional(one, one)
    problem.store = ParamStore({"layer": problem.layer.specs()})
    problem.theta = np.random.default_rng(3).normal(0, 0.4, problem.store.size)
    if padded:
        problem.mask = np.arange(T)[:, None] < np.array(LENGTHS)
        problem.dy = problem.dy * problem.mask[:, :, None]
    return problem


def call(problem, plan=None, g=None, noise=None):
    """y, sT, dx, ds0 and g of one call forward and backward, all copies; y is zero in the padding."""
    plan = plan or make_plan(problem)[0]
    g = np.zeros(problem.store.size) if g is None else g
    if noise:
        problem.layer.draw(noise, plan)
    problem.layer.load(problem.p, plan)
    y, sT = problem.layer.forward(problem.x, problem.s0, plan, problem.mask)
    y, sT = y.copy(), np.array(sT)
    if problem.mask is not None:
        y *= problem.mask[:, :, None]
    dx, ds0 = problem.layer.backward(problem.store.views(g)["layer"], problem.dy, problem.dsT, plan)
    return SimpleNamespace(y=y, sT=sT, dx=dx.copy(), ds0=np.array(ds0), g=g)


def plain(problem, way, row, length):
    """The layer of one direction, run by itself on the real steps of one row."""
    turn = slice(None) if way == "ahead" else slice(None, None, -1)
    half = slice(0, H // 2) if way == "ahead" else slice(H // 2, H)
    layer = getattr(problem.layer, way)
    plan, g = layer.plan(length, 1, Memory("f8")), np.zeros(problem.store.size)
    layer.load(one_way(way, problem.p), plan)
    rows = slice(row, row + 1)
    s0, dsT = (tuple(s[rows, half] for s in states) for states in (problem.s0, problem.dsT))
    y, sT = layer.forward(problem.x[:length, rows][turn], s0, plan)
    y, sT = y[turn].copy(), np.array(sT)
    own_g, dy = one_way(way, problem.store.views(g)["layer"]), problem.dy[:length, rows, half][turn]
    dx, ds0 = layer.backward(own_g, dy, dsT, plan)
    return SimpleNamespace(y=y, sT=sT, dx=dx[turn].copy(), ds0=np.array(ds0), g=g)


@pytest.mark.parametrize("tokens", [False, True], ids=["vectors", "tokens"])
@pytest.mark.parametrize("padded", [False, True], ids=["full", "padded"])
def test_it_equals_two_plain_layers_run_on_each_row_alone(cell, tokens, padded):
    problem = make_problem(cell, tokens, padded)
    found, g = call(problem), 0
    for row, length in enumerate(LENGTHS if padded else (T,) * N):
        ahead, back = (plain(problem, way, row, length) for way in ("ahead", "back"))
        g = g + ahead.g + back.g
        assert relative(found.y[:length, row], np.concatenate([ahead.y, back.y], axis=2)[:, 0]) < ROUNDING
        for name in ("sT", "ds0"):
            expected = np.concatenate([getattr(ahead, name), getattr(back, name)], axis=2)[:, 0]
            assert relative(getattr(found, name)[:, row], expected) < ROUNDING, name
        if not tokens:
            assert relative(found.dx[:length, row], (ahead.dx + back.dx)[:, 0]) < ROUNDING
            assert not found.dx[length:, row].any()
    assert relative(found.g, g) < ROUNDING


def test_what_stands_in_the_padding_changes_nothing(cell):
    problem = make_problem(cell)
    expected, problem.x = call(problem), np.where(problem.mask[:, :, None], problem.x, 1e3)
    found = call(problem)
    for name in ("y", "sT", "ds0", "g"):
        assert relative(getattr(found, name), getattr(expected, name)) < ROUNDING, name


def test_garbage_in_the_plan_changes_nothing(cell):
    problem = make_problem(cell)
    plan, memory = make_plan(problem)
    expected = call(problem, plan)
    for array in memory.arrays:
        array.fill(np.nan)
    found = call(problem, plan)
    for name, array in vars(expected).items():
        assert np.array_equal(getattr(found, name), array), name


def test_backward_adds_to_the_gradient_and_never_assigns():
    problem, before = make_problem("lstm"), np.random.default_rng(2)
    before = before.normal(size=problem.store.size)
    found = call(problem, g=before.copy())
    assert np.allclose(found.g, before + call(problem).g, rtol=0, atol=ROUNDING * np.abs(found.g).max())


def test_halves_of_the_batch_sum_to_the_whole(cell):
    problem = make_problem(cell)
    whole, halves = call(problem), [call(cut(problem, rows=rows)) for rows in (slice(0, 2), slice(2, 4))]
    assert relative(sum(half.g for half in halves), whole.g) < ROUNDING
    assert relative(np.concatenate([half.y for half in halves], axis=1), whole.y) < ROUNDING


def test_a_row_without_a_real_step_keeps_its_state_and_adds_no_gradient():
    problem = make_problem("lstm")
    problem.mask[:, 1], problem.dy[:, 1] = False, 0
    found = call(problem)
    assert np.array_equal(found.sT[:, 1], np.array(problem.s0)[:, 1])
    assert np.array_equal(found.ds0[:, 1], np.array(problem.dsT)[:, 1])
    rest = cut(problem, rows=[0, 2, 3])
    assert relative(found.g, call(rest).g) < ROUNDING


def test_a_state_that_a_plan_returned_may_be_handed_back_to_it():
    problem = make_problem("lstm", padded=False)
    plan, _ = make_plan(problem)
    problem.layer.load(problem.p, plan)
    _, state = problem.layer.forward(problem.x, problem.s0, plan)
    copies = tuple(s.copy() for s in state)
    y = problem.layer.forward(problem.x, state, plan)[0].copy()
    assert np.array_equal(y, problem.layer.forward(problem.x, copies, plan)[0])


def test_recurrent_dropout_inside_drops_other_weights_each_way():
    problem = make_problem("gru", wrap=lambda layer: WeightDrop(layer, 0.4))
    plan, _ = make_plan(problem)
    g = problem.store.views(call(problem, plan, noise=Noise(3)).g)["layer"]
    assert (g.ahead_W_h[plan.ahead.mask == 0] == 0).all() and (g.back_W_h[plan.back.mask == 0] == 0).all()
    assert not np.array_equal(plan.ahead.mask, plan.back.mask) and g.ahead_W_h.any() and g.back_W_h.any()


def test_parameters_are_named_by_their_direction():
    layer = make_problem("lstm").layer
    assert [spec.name for spec in layer.specs()] == [
        f"{way}_{name}" for way in ("ahead", "back") for name in ("W_x", "b", "W_h")
    ]
    assert [spec.decayed for spec in layer.specs()] == [True, False, True] * 2


def test_an_observer_is_told_the_direction():
    class Notebook(Observer):
        def reached(self, name, t, d):
            seen.append((name, t))

    seen, problem = [], make_problem("gru")
    memory = Memory("f8", observer=Notebook())
    call(problem, problem.layer.plan(T, N, memory.within("layer0")))
    assert set(seen) == {(f"layer0.{way}", t) for way in ("ahead", "back") for t in range(T)}


def test_it_refuses_to_read_step_by_step():
    layer = make_problem("gru").layer
    with pytest.raises(ConfigError, match="bidirectional layer cannot read step by step"):
        layer.stream(np.zeros((1, N, D)), (), layer.plan(1, N, Memory("f8")))


def test_next_to_nothing_is_allocated_after_the_first_call(cell):
    one, rng = Recurrent(CELLS[cell], 32, 32), np.random.default_rng(0)
    layer, memory = Bidirectional(one, one), Memory("f4")
    store, plan = ParamStore({"layer": layer.specs()}), layer.plan(20, 16, memory)
    p, g = (store.views(rng.normal(size=store.size).astype("f4"))["layer"] for _ in range(2))
    x, dy = rng.normal(size=(20, 16, 32)).astype("f4"), rng.normal(size=(20, 16, 64)).astype("f4")
    s0, mask = layer.initial_state(16, Memory("f4")), np.arange(20)[:, None] < rng.integers(1, 21, 16)

    def step():
        layer.load(p, plan)
        layer.forward(x, s0, plan, mask)
        layer.backward(g, dy, (), plan)

    step()
    tracemalloc.start()
    try:
        step()
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < memory.nbytes / 10


# Built from the settings


def test_each_direction_gets_half_of_every_layer_and_layers_of_equal_size_are_residual():
    config = ModelConfig(hidden_size=(6, 8, 8), num_layers=3, residual=True, dropout_recurrent=0.2, layer_norm=True)
    layers = recurrent_layers(config, 5, False, "", bidirectional=True)
    assert list(layers) == ["layer0", "norm0", "layer1", "norm1", "layer2", "norm2"]
    assert isinstance(layers["layer2"], Residual) and not isinstance(layers["layer1"], Residual)
    inner = layers["layer2"].layer
    assert isinstance(inner.ahead, WeightDrop) and (inner.ahead.H, inner.back.H, inner.D, inner.H) == (4, 4, 8, 8)


def test_an_odd_size_is_refused_with_a_size_that_works():
    with pytest.raises(ConfigError, match=r"model.hidden_size: 7 is odd") as error:
        recurrent_layers(ModelConfig(hidden_size=7), 5, True, "", bidirectional=True)
    assert "8" in error.value.hint
