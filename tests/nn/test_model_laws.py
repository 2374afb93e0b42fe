"""Laws of the layers around a cell and of whole models."""

import tracemalloc
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
from laws import relative

from rnncli.config import ModelConfig
from rnncli.nn import matmul_tiling, products, recurrent_plan
from rnncli.nn import tokens as token_sums
from rnncli.nn.cells import CELLS
from rnncli.nn.compose import Residual, WeightDrop
from rnncli.nn.dropout import Dropout
from rnncli.nn.losses import softmax_cross_entropy, softmax_nats
from rnncli.nn.memory import Memory
from rnncli.nn.norm import EPSILON, LayerNorm
from rnncli.nn.recurrent import Recurrent
from rnncli.nn.tokens import Embedding
from rnncli.random_streams import Noise
from rnncli.storage.checkpoint import fill, load, named_arrays, save
from rnncli.tasks.language.model import build_model

ROUNDING = 1e-12  # float64, sums of some hundred terms
V, T, N = 7, 5, 4
EVERYTHING = {
    "embedding_size": 8,
    "hidden_size": (8, 8),
    "num_layers": 2,
    "residual": True,
    "tie_embeddings": True,
    "layer_norm": True,
    "dropout": 0.3,
    "dropout_input": 0.2,
    "dropout_recurrent": 0.3,
}
KINDS = {
    "one-hot": {"hidden_size": (16, 8), "num_layers": 2},
    "embedding": {"embedding_size": 5, "hidden_size": 8},
    "everything": EVERYTHING,
}


@pytest.fixture
def rng():
    return np.random.default_rng(4)


def random_parameters(layer, rng):
    return SimpleNamespace(**{spec.name: rng.normal(size=spec.shape) for spec in layer.specs()})


def zeros_like(p):
    return SimpleNamespace(**{name: np.zeros_like(array) for name, array in vars(p).items()})


# Layers


@pytest.mark.parametrize("variational", [True, False])
def test_dropout_passes_everything_until_a_mask_is_drawn(rng, variational):
    layer, x = Dropout(3, 0.5, variational), rng.normal(size=(T, N, 3))
    plan = layer.plan(T, N, Memory("f8"))
    assert np.array_equal(layer.forward(x, (), plan)[0], x)
    assert np.array_equal(layer.backward(None, x, (), plan)[0], x)


@pytest.mark.parametrize("variational", [True, False])
def test_dropout_drops_the_share_asked_for_and_scales_the_rest_both_ways(variational):
    layer, x = Dropout(200, 0.25, variational), np.ones((T, 50, 200))
    plan = layer.plan(T, 50, Memory("f8"))
    layer.draw(Noise(1), plan)
    y = layer.forward(x, (), plan)[0].copy()
    assert set(np.unique(y.round(12))) == {0, round(1 / 0.75, 12)}
    assert (y == 0).mean() == pytest.approx(0.25, abs=0.01)  # three deviations of 10,000 draws
    assert np.array_equal(layer.backward(None, x, (), plan)[0], y)


def test_a_variational_mask_is_one_for_all_steps_and_the_other_kind_is_not():
    masks = {}
    for variational in (True, False):
        layer, x = Dropout(20, 0.5, variational), np.ones((T, N, 20))
        plan = layer.plan(T, N, Memory("f8"))
        layer.draw(Noise(1), plan)
        masks[variational] = layer.forward(x, (), plan)[0].copy()
    assert np.array_equal(masks[True][0], masks[True][T - 1])
    assert not np.array_equal(masks[False][0], masks[False][T - 1])


@pytest.mark.parametrize("dtype", ["f4", "c16"])
def test_the_same_noise_gives_the_same_mask_in_every_precision(dtype):
    masks = []
    for each in ("f8", dtype):
        layer = Dropout(20, 0.5)
        plan = layer.plan(T, N, Memory(each))
        layer.draw(Noise(1, 2), plan)
        masks.append(plan.mask.real != 0)
    assert np.array_equal(*masks)


def test_different_noise_gives_another_mask():
    layer, masks = Dropout(20, 0.5), []
    for key in (1, 2):
        plan = layer.plan(T, N, Memory("f8"))
        layer.draw(Noise(key), plan)
        masks.append(plan.mask.copy())
    assert not np.array_equal(*masks)


@pytest.mark.parametrize("cell", list(CELLS))
def test_recurrent_dropout_is_the_same_layer_with_entries_of_its_recurrent_matrix_left_out(cell, rng):
    inner = Recurrent(CELLS[cell], 3, 8)
    layer, p = WeightDrop(inner, 0.4), random_parameters(inner, rng)
    x, dy = rng.normal(size=(T, N, 3)), rng.normal(size=(T, N, 8))
    s0 = tuple(rng.normal(size=(N, 8)) for _ in CELLS[cell].state)
    plan = layer.plan(T, N, Memory("f8"))
    layer.draw(Noise(3), plan)
    mask = plan.mask.copy()
    results = []
    masked = SimpleNamespace(**vars(p) | {"W_h": p.W_h * mask})
    for each, q, used in ((layer, p, plan), (inner, masked, inner.plan(T, N, Memory("f8")))):
        g = zeros_like(p)
        each.load(q, used)
        y = each.forward(x, s0, used)[0].copy()
        dx, ds0 = each.backward(g, dy, s0, used)
        results.append((y, dx.copy(), np.array(ds0), g))
    dropped, plain = results
    assert 0.2 < (mask == 0).mean() < 0.6
    for found, expected in zip(dropped[:3], plain[:3]):
        assert np.array_equal(found, expected)
    assert np.allclose(dropped[3].W_h, plain[3].W_h * mask, rtol=0, atol=ROUNDING)
    assert np.array_equal(dropped[3].W_x, plain[3].W_x)


def test_residual_adds_its_input_to_the_output_and_its_gradient_to_the_gradient(rng):
    inner = Recurrent(CELLS["lstm"], 8, 8)
    layer, p = Residual(inner), random_parameters(inner, rng)
    x, dy, s0 = rng.normal(size=(T, N, 8)), rng.normal(size=(T, N, 8)), tuple(rng.normal(size=(2, N, 8)))
    results = []
    for each in (layer, inner):
        plan, g = each.plan(T, N, Memory("f8")), zeros_like(p)
        each.load(p, plan)
        y, sT = each.forward(x, s0, plan)
        y, sT = y.copy(), np.array(sT)
        results.append((y, sT, each.backward(g, dy, s0, plan)[0].copy(), g.W_h))
    around, alone = results
    assert np.array_equal(around[0], x + alone[0]) and np.array_equal(around[2], alone[2] + dy)
    assert np.array_equal(around[1], alone[1]) and np.array_equal(around[3], alone[3])


def test_layer_norm_equals_its_formula(rng):
    layer, x = LayerNorm(6), rng.normal(2, 3, (T, N, 6))
    p, plan = random_parameters(layer, rng), layer.plan(T, N, Memory("f8"))
    layer.load(p, plan)
    normal = (x - x.mean(-1, keepdims=True)) / np.sqrt(x.var(-1, keepdims=True) + EPSILON)
    assert relative(layer.forward(x, (), plan)[0], p.gain * normal + p.bias) < ROUNDING


def test_an_embedding_picks_rows_and_sums_the_gradient_of_tokens_that_occur_more_than_once(rng):
    layer = Embedding(5, 3)
    p, plan = random_parameters(layer, rng), layer.plan(2, 3, Memory("f8"))
    ids, dy, g = np.array([[4, 0, 4], [4, 2, 0]]), rng.normal(size=(2, 3, 3)), SimpleNamespace(E=np.full((5, 3), 0.5))
    layer.load(p, plan)
    assert np.array_equal(layer.forward(ids, (), plan)[0], p.E[ids])
    layer.backward(g, dy, (), plan)
    one_hot = np.eye(5)[ids]
    assert np.allclose(g.E, 0.5 + np.einsum("tnv,tnd->vd", one_hot, dy), rtol=0, atol=ROUNDING)


# Loss


def test_cross_entropy_is_a_sum_of_nats_and_its_gradient_softmax_minus_one_hot(rng):
    scores, targets = rng.normal(0, 3, (6, 4)), rng.integers(0, 4, 6)
    softmax = np.exp(scores) / np.exp(scores).sum(1, keepdims=True)
    expected = -np.log(softmax[np.arange(6), targets])
    assert np.allclose(softmax_nats(scores.copy(), targets), expected, rtol=ROUNDING)
    assert softmax_cross_entropy(scores, targets) == pytest.approx(expected.sum(), rel=ROUNDING)
    assert np.allclose(scores, softmax - np.eye(4)[targets], rtol=0, atol=ROUNDING)


def test_padding_counts_for_nothing_in_the_loss(rng):
    scores, targets, real = rng.normal(size=(6, 4)), rng.integers(0, 4, 6), np.array([1, 0, 1, 1, 0, 0], bool)
    few = scores[real].copy()
    assert softmax_cross_entropy(scores, targets, real) == pytest.approx(softmax_cross_entropy(few, targets[real]))
    assert np.array_equal(scores[real], few) and not scores[~real].any()


def test_huge_scores_do_not_overflow():
    scores = np.array([[1e4, 0.0], [-1e4, 0.0]])
    assert softmax_cross_entropy(scores, np.array([1, 1])) == pytest.approx(1e4)
    assert np.array_equal(scores, [[1, -1], [0, 0]])


# Models


@pytest.fixture(params=list(CELLS))
def cell(request):
    return request.param


@pytest.fixture(params=["ordinary layout", "small blocks"])
def layout(request, monkeypatch):
    if request.param == "small blocks":
        monkeypatch.setattr(matmul_tiling, "SMALL", 500)
        monkeypatch.setattr(matmul_tiling, "WIDTHS", (4,))
        monkeypatch.setattr(recurrent_plan, "CHUNK_BYTES", 1)
        monkeypatch.setattr(products, "LOOKUP_BYTES", 1)
        monkeypatch.setattr(token_sums, "FEW", 0)
        monkeypatch.setattr(token_sums, "ORDERED_BYTES", 200)


@pytest.fixture(params=list(KINDS))
def problem(request, cell, layout):
    return make_problem(ModelConfig(cell=cell, **KINDS[request.param]))


def make_problem(config, seed=0):
    """A model with random parameters, a padded batch and states that are not zero."""
    rng, model = np.random.default_rng(seed), build_model(config, V)
    store = model.store()
    ids, targets = rng.integers(0, V, (2, T, N))
    batch = SimpleNamespace(inputs=ids, targets=targets, mask=np.arange(T)[:, None] < np.array([5, 2, 3, 5]))
    s0 = tuple(tuple(rng.normal(size=s.shape) for s in layer) for layer in model.initial_state(N, Memory("f8")))
    return SimpleNamespace(model=model, store=store, theta=rng.normal(0, 0.4, store.size), batch=batch, s0=s0)


NOISE = Noise(8)


def make_plan(problem, dtype="f8", size=(T, N), noise=NOISE):
    memory = Memory(dtype)
    steps, rows = size
    plan = problem.model.plan((steps,), rows, memory)
    if noise:
        problem.model.draw(noise, plan)
    return plan, memory


def call(problem, plan, batch=None, s0=None, g=None):
    """(nats, gradient, states flattened) of one call of `loss_and_grad`."""
    g = np.zeros_like(problem.theta) if g is None else g
    views = problem.store.views
    loss, sT = problem.model.loss_and_grad(
        views(problem.theta), views(g), batch or problem.batch, s0 or problem.s0, plan
    )
    return loss, g, np.concatenate([s.reshape(-1) for layer in sT for s in layer])


def test_a_batch_is_what_the_model_says_its_parts_are(problem):
    parts = problem.model.batch((T,), N)
    assert parts.keys() == vars(problem.batch).keys()
    for name, part in parts.items():
        array = getattr(problem.batch, name)
        assert array.shape == part.shape and array.dtype == part.dtype and part.shape[part.rows] == N
        assert part.shape[0] == dict(zip(problem.model.lengths, (T,)))[part.length]


def test_a_model_gives_exactly_the_same_twice_whatever_its_plan_held(problem):
    plan, memory = make_plan(problem)
    loss, g, sT = call(problem, plan)
    for array in memory.arrays:
        array.fill(np.nan)
    problem.model.draw(Noise(8), plan)
    again, same_g, same_sT = call(problem, plan)
    assert loss == again and np.array_equal(g, same_g) and np.array_equal(sT, same_sT)


def test_a_model_adds_to_the_gradient_and_never_assigns(problem):
    before = np.random.default_rng(2).normal(size=problem.store.size)
    g = call(problem, make_plan(problem)[0])[1]
    found = call(problem, make_plan(problem)[0], g=before.copy())[1]
    assert np.allclose(found, before + g, rtol=0, atol=ROUNDING * np.abs(found).max())


def test_shards_of_a_batch_sum_to_the_whole_model(cell):
    problem = make_problem(
        ModelConfig(
            cell=cell,
            embedding_size=8,
            hidden_size=(8, 8),
            num_layers=2,
            residual=True,
            tie_embeddings=True,
            layer_norm=True,
        )
    )
    loss, g, _ = call(problem, make_plan(problem)[0])
    shards = []
    for rows in (slice(0, 1), slice(1, 4)):
        batch = SimpleNamespace(**{name: array[:, rows] for name, array in vars(problem.batch).items()})
        s0 = tuple(tuple(s[rows] for s in layer) for layer in problem.s0)
        shards.append(call(problem, make_plan(problem, size=batch.inputs.shape)[0], batch, s0))
    assert sum(shard[0] for shard in shards) == pytest.approx(loss, rel=ROUNDING)
    assert relative(sum(shard[1] for shard in shards), g) < ROUNDING


def test_two_chunks_of_text_score_as_one(problem):
    def score(batch, s0, steps):
        return problem.model.loss(batch, s0, plans[steps])

    def part(steps):
        return SimpleNamespace(**{name: array[steps] for name, array in vars(problem.batch).items()})

    plans = {steps: make_plan(problem, size=(steps, N), noise=None)[0] for steps in (2, T - 2, T)}
    for plan in plans.values():
        problem.model.load(problem.store.views(problem.theta), plan)
    whole, last = score(problem.batch, problem.s0, T)
    first, state = score(part(slice(0, 2)), problem.s0, 2)
    second, state = score(part(slice(2, None)), state, T - 2)
    assert first + second == pytest.approx(whole, rel=ROUNDING)
    assert relative(np.concatenate(state, axis=None), np.concatenate(last, axis=None)) < ROUNDING


def test_the_gradient_along_a_direction_equals_the_complex_step_of_the_same_code(problem):
    _, g, _ = call(problem, make_plan(problem)[0])
    plan, v, h = make_plan(problem, "c16")[0], np.random.default_rng(1).normal(size=problem.store.size), 1e-30
    problem.model.load(problem.store.views(problem.theta + 1j * h * v), plan)
    loss, _ = problem.model.loss(problem.batch, problem.s0, plan)
    assert g @ v == pytest.approx(loss.imag / h, rel=1e-11)  # of some hundred terms of both signs


def test_a_tied_head_gives_the_embedding_the_sum_of_both_gradients():
    config = ModelConfig(cell="gru", embedding_size=8, hidden_size=8)
    tied, free = make_problem(replace(config, tie_embeddings=True)), make_problem(config)
    for name, array in tied.store.named(tied.theta).items():
        free.store.named(free.theta)[name][...] = array
    free.store.named(free.theta)["head.W"][...] = tied.store.named(tied.theta)["embedding.E"].T
    (loss, g, _), (same, g_free, _) = (call(each, make_plan(each)[0], tied.batch, tied.s0) for each in (tied, free))
    g, g_free = tied.store.named(g), free.store.named(g_free)
    assert loss == pytest.approx(same, rel=ROUNDING)
    assert relative(g["embedding.E"], g_free["embedding.E"] + g_free["head.W"].T) < ROUNDING
    assert "head.W" not in g


def test_evaluation_has_no_dropout_and_training_has():
    problem = make_problem(ModelConfig(**EVERYTHING))
    plain = make_problem(ModelConfig(**EVERYTHING | {"dropout": 0, "dropout_input": 0, "dropout_recurrent": 0}))
    expected = call(plain, make_plan(plain)[0])[0]
    assert call(problem, make_plan(problem, noise=None)[0])[0] == pytest.approx(expected, rel=ROUNDING)
    assert call(problem, make_plan(problem)[0])[0] != pytest.approx(expected, rel=1e-3)


def test_a_model_allocates_next_to_nothing_after_the_first_call(cell):
    problem = make_problem(ModelConfig(cell=cell, embedding_size=64, hidden_size=64))
    problem.theta = problem.theta.astype("f4")
    rng, steps, rows = np.random.default_rng(3), 20, 16
    ids, targets = rng.integers(0, V, (2, steps, rows))
    batch, plan_memory = SimpleNamespace(inputs=ids, targets=targets, mask=None), Memory("f4")
    plan, s0 = problem.model.plan((steps,), rows, plan_memory), problem.model.initial_state(rows, Memory("f4"))
    g = np.zeros_like(problem.theta)
    call(problem, plan, batch, s0, g)
    tracemalloc.start()
    try:
        call(problem, plan, batch, s0, g)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < plan_memory.nbytes / 10


def test_a_model_is_the_same_after_a_round_trip_through_a_checkpoint(cell, tmp_path):
    problem = make_problem(ModelConfig(cell=cell, **KINDS["one-hot"]))
    problem.theta = problem.theta.astype("f4")
    save(tmp_path / "model.safetensors", named_arrays(problem.store, "theta/", problem.theta), {"note": "a test"})
    arrays, meta = load(tmp_path / "model.safetensors")
    theta = np.zeros_like(problem.theta)
    fill(problem.store, "theta/", theta, arrays, "model.safetensors")
    assert meta["note"] == "a test" and np.array_equal(theta, problem.theta)


def test_memory_for_the_forward_pass_alone_scores_the_same_with_less_and_refuses_to_go_back(problem):
    whole, alone = Memory("f8"), Memory("f8", forward_only=True)
    scores = []
    for memory in (whole, alone):
        plan = problem.model.plan((T,), N, memory)
        problem.model.load(problem.store.views(problem.theta), plan)
        scores.append(problem.model.forward(problem.batch.inputs, problem.s0, plan)[0].copy())
    assert np.array_equal(*scores) and alone.nbytes < 0.75 * whole.nbytes
    with pytest.raises(ValueError, match="read-only"):
        problem.model.backward(problem.store.views(np.zeros_like(problem.theta)), scores[1], (), plan)
