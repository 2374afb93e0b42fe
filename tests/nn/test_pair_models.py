"""Laws of the models that read a whole sequence, and of those that answer at every step."""

import tracemalloc
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
from laws import relative

from rnncli.config import Config, ModelConfig
from rnncli.gradcheck.pair_models import pair_cases
from rnncli.nn.aligned import Aligned
from rnncli.nn.bidirectional import Bidirectional
from rnncli.nn.building import recurrent_layers
from rnncli.nn.categorical import Categorical
from rnncli.nn.cells import CELLS
from rnncli.nn.compose import Stack
from rnncli.nn.dense import Dense
from rnncli.nn.likelihoods import LIKELIHOODS
from rnncli.nn.losses import softmax_cross_entropy
from rnncli.nn.memory import Memory
from rnncli.nn.pool import Mean
from rnncli.nn.pooled import Pooled
from rnncli.nn.recurrent import Recurrent
from rnncli.nn.sparse_linear import SparseLinear
from rnncli.nn.words import WordReader
from rnncli.random_streams import Noise
from rnncli.tasks.language.model import build_model
from rnncli.training.shard import Layout

ROUNDING = 1e-11  # float64, sums of some thousand terms of both signs
CASES = {case.name: case for case in pair_cases("gru", 1) if case.name.startswith("T=5")}
PADDED = [name for name in CASES if not name.endswith("full")]


@pytest.fixture(params=list(CASES))
def case(request):
    return CASES[request.param]


@pytest.fixture(params=PADDED)
def padded(request):
    return CASES[request.param]


def call(case, batch=None, plan=None, g=None, noise=None, size=None):
    """(loss, gradient vector, scores (steps, N, outputs)) of one call."""
    model, batch, store = case.model, batch or case.batch, case.model.store()
    size = size or case.size
    plan = plan or model.plan(*size, Memory("f8"))
    if noise:
        model.draw(noise, plan)
    theta = np.concatenate([case.arrays[name].reshape(-1) for name in store.spans])
    g = np.zeros(store.size) if g is None else g
    model.load(store.views(theta), plan)
    loss, sT = model.loss(batch, (), plan)
    assert sT == ()
    scores = scores_of(model, batch, plan)
    loss, _ = model.loss(batch, (), plan)
    assert model.backward(store.views(g), plan.scores, (), plan) == ()
    return loss, g, scores.reshape(-1, size[1], scores.shape[1])


def scores_of(model, batch, plan):
    """A copy of the scores of a batch that has no targets."""
    given = SimpleNamespace(**{name: array for name, array in vars(batch).items() if name not in ("targets", "real")})
    if isinstance(model, Pooled):
        return model.forward(given, plan).copy()
    return model.answers(given, plan).reshape(-1, model.head.K).copy()


def cut(case, rows, steps=None):
    """(the batch of some rows, and of their first steps; its size)."""
    (T, *others), N = case.size
    parts, arrays = case.model.batch((T, *others), N), {}
    for name, part in parts.items():
        array = getattr(case.batch, name)
        cuts = [rows if axis == part.rows else slice(None) for axis in range(len(part.shape))]
        if steps is not None and T in part.shape[:2]:
            cuts[part.shape.index(T)] = slice(steps)
        arrays[name] = None if array is None else array[tuple(cuts)]
    return SimpleNamespace(**arrays), ((steps or T, *others), len(range(N)[rows]))


def lengths(case):
    (T, *_), N = case.size
    return [T] * N if case.batch.mask is None else case.batch.mask.sum(axis=0).tolist()


def test_a_batch_is_what_the_model_says_its_parts_are(case):
    size, N = case.size
    parts = case.model.batch(size, N)
    assert parts.keys() == vars(case.batch).keys() and len(case.model.lengths) == len(size)
    for name, part in parts.items():
        array = getattr(case.batch, name)
        assert array is None or (array.shape == part.shape and array.dtype.kind == np.dtype(part.dtype).kind)
        assert part.rows is None or part.shape[part.rows] == N
        assert part.length is None or part.shape[0] == dict(zip(case.model.lengths, size))[part.length]


def test_a_row_alone_equals_the_row_in_a_batch(case):
    _, _, scores = call(case)
    for row, length in enumerate(lengths(case)):
        batch, size = cut(case, slice(row, row + 1), length)
        found = call(case, batch, size=size)[2][:, 0]
        assert relative(scores[: len(found), row], found) < ROUNDING


def test_halves_of_a_batch_sum_to_the_whole_with_the_same_dropout(case):
    N = case.size[1]
    loss, g, _ = call(case, noise=Noise(8, rows=slice(None), N=N))
    halves = []
    for rows in (slice(0, 1), slice(1, N)):
        batch, size = cut(case, rows)
        halves.append(call(case, batch, size=size, noise=Noise(8, rows=rows, N=N)))
    assert sum(half[0] for half in halves) == pytest.approx(loss, rel=ROUNDING)
    assert relative(sum(half[1] for half in halves), g) < ROUNDING


def test_what_stands_in_the_padding_changes_nothing_even_nan(padded):
    batch, mask = SimpleNamespace(**vars(padded.batch)), padded.batch.mask
    expected = call(padded)
    if padded.model.D:
        batch.inputs = np.where(mask[:, :, None], batch.inputs, np.nan)
    else:
        batch.inputs = np.where(mask, batch.inputs, 3)
    if isinstance(padded.model, Aligned):
        spoilt = np.nan if batch.targets.dtype.kind == "f" else 10**6
        batch.targets = np.where(mask.reshape(*mask.shape, *(1,) * (batch.targets.ndim - 2)), batch.targets, spoilt)
    loss, g, _ = call(padded, batch)
    assert loss == pytest.approx(expected[0], rel=ROUNDING) and relative(g, expected[1]) < ROUNDING


@pytest.mark.parametrize("name", [name for name in PADDED if isinstance(CASES[name].model, Pooled)])
def test_filler_rows_count_for_nothing(name):
    case = CASES[name]
    batch, row = SimpleNamespace(**{key: array.copy() for key, array in vars(case.batch).items()}), -1
    assert batch.weight[0, row] == 0
    expected = call(case)
    batch.inputs[:, row] = batch.inputs[::-1, row]
    batch.targets[:, row] = np.nan if batch.targets.dtype.kind == "f" else 10**6
    if case.model.sparse:
        batch.gram_values[:, row] = 7
    if case.model.dense:
        batch.summary[:, row] = 7
    loss, g, _ = call(case, batch)
    assert loss == pytest.approx(expected[0], rel=ROUNDING) and relative(g, expected[1]) < ROUNDING


def test_garbage_in_the_plan_changes_nothing_and_backward_adds(case):
    memory = Memory("f8")
    plan = case.model.plan(*case.size, memory)
    loss, g, scores = call(case, plan=plan, noise=Noise(8))
    for array in memory.arrays:
        array.fill(np.nan)
    again, twice, same = call(case, plan=plan, g=g.copy(), noise=Noise(8))
    assert again == loss and np.array_equal(same, scores)
    assert relative(twice, 2 * g) < ROUNDING


def test_absent_masks_and_weights_stand_for_everything(case):
    (T, *_), N = case.size
    batch = SimpleNamespace(**vars(case.batch))
    ones = {"mask": np.ones((T, N), bool), "weight": np.ones((1, N), "f4")}
    ones["real"] = np.ones(batch.targets.shape, bool)
    ones = {name: array for name, array in ones.items() if hasattr(batch, name)}
    batch.targets = np.nan_to_num(batch.targets)
    absent, full = (SimpleNamespace(**vars(batch) | given) for given in (dict.fromkeys(ones), ones))
    (loss, g, _), (same, same_g, _) = call(case, absent), call(case, full)
    assert loss == pytest.approx(same, rel=ROUNDING) and relative(g, same_g) < ROUNDING


def test_evaluation_has_no_dropout_and_training_has():
    case = CASES["T=5, classes: two layers, both ways, full"]
    assert call(case)[0] != pytest.approx(call(case, noise=Noise(8))[0], rel=1e-3)


def test_a_linear_path_adds_to_the_scores_and_starts_at_zero():
    case = CASES["T=5, classes: two layers, both ways, full"]
    model, without = case.model, replace(case.model, sparse=None)
    store = model.store()
    theta = np.zeros(store.size)
    store.initialise(theta, 0)
    assert not store.views(theta)["linear"].W.any() and "linear" not in without.store().views(theta)
    _, _, scores = call(case)
    grams, values = case.batch.grams, case.batch.gram_values
    linear = np.einsum("gn,gnk->nk", values, case.arrays["linear.W"][grams])
    _, _, rest = call(replace_model(case, without))
    assert relative(scores, rest + linear) < ROUNDING


def test_a_summary_adds_to_the_locations_alone():
    case = next(each for name, each in CASES.items() if "numbers: two layers" in name)
    _, _, scores = call(case)
    _, _, rest = call(replace_model(case, replace(case.model, dense=0)))
    linear, K = case.batch.summary[0] @ case.arrays["linear.W"] + case.arrays["linear.b"], case.model.K
    assert relative(scores[0, :, :K], rest[0, :, :K] + linear) < ROUNDING
    assert np.array_equal(scores[0, :, K:], rest[0, :, K:])


def replace_model(case, model):
    (T, *_), N = case.size
    return SimpleNamespace(model=model, arrays=case.arrays, batch=case.batch, size=((T,), N))


def test_two_linear_paths_are_refused():
    with pytest.raises(ValueError, match="one linear path"):
        Pooled(Stack({}), Mean(4), Dense(4, 2), Categorical(2), SparseLinear(5, 2), dense=3)


def test_a_linear_path_has_a_column_for_each_target():
    with pytest.raises(ValueError, match="2 columns, expected K=1"):
        Pooled(Stack({}), Mean(4), Dense(4, 2), LIKELIHOODS["gaussian"], SparseLinear(5, 2))


def test_shards_share_the_spellings_of_words_and_cut_the_rest_along_its_rows():
    one = Recurrent(CELLS["gru"], 3, 2)
    words = WordReader(9, 4, 6, 3, Bidirectional(one, one), longest=7)
    model = Aligned(Stack({"layer0": Recurrent(CELLS["gru"], 8, 4)}), Dense(4, 5), words=words, carries=False)
    layout = Layout(Config(task="language"), model, [(5, 3), (4, 8)], N=6, count=2)
    views = layout.views(np.zeros(layout.nbytes + 64, "u1"))
    cut = layout.batch(views, (4, 8), slice(2, 5))
    assert {name: array.shape for name, array in cut.items()} == {
        "inputs": (4, 3),
        "targets": (4, 3),
        "mask": (4, 3),
        "spelled": (4, 3),
        "characters": (7, 8),
        "character_mask": (7, 8),
    }


def test_a_classifier_allocates_next_to_nothing_after_the_first_call():
    rng, T, N, G, F, K = np.random.default_rng(0), 20, 16, 30, 500, 10
    layers = recurrent_layers(ModelConfig(cell="gru", hidden_size=64), 40, True, "", bidirectional=True)
    model = Pooled(Stack(layers), Mean(64), Dense(64, K), Categorical(K), SparseLinear(F, K))
    batch = SimpleNamespace(
        inputs=rng.integers(0, 40, (T, N)),
        mask=np.arange(T)[:, None] < rng.integers(1, T + 1, N),
        targets=rng.integers(0, K, (1, N)),
        weight=np.ones((1, N), "f4"),
        grams=rng.integers(0, F, (G, N)),
        gram_values=np.ones((G, N), "f4"),
    )
    memory, store = Memory("f4"), model.store()
    plan, p, g = model.plan((T, G), N, memory), *(store.views(np.zeros(store.size, "f4")) for _ in range(2))
    model.loss_and_grad(p, g, batch, (), plan)
    tracemalloc.start()
    try:
        model.loss_and_grad(p, g, batch, (), plan)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < memory.nbytes / 10


# The language model


def test_a_language_model_is_its_layers_its_head_and_the_cross_entropy_to_the_byte():
    model, rng = build_model(ModelConfig(embedding_size=6, hidden_size=8), 7), np.random.default_rng(0)
    store = model.store()
    assert {name.split(".")[0] for name in store.spans} == {"embedding", "layer0", "head"}
    theta, (g, by_hand) = rng.normal(0, 0.4, store.size).astype("f4"), np.zeros((2, store.size), "f4")
    ids, targets = rng.integers(0, 7, (2, 5, 4))
    mask = np.arange(5)[:, None] < np.array([5, 2, 0, 4])
    plan, s0 = model.plan((5,), 4, Memory("f4")), model.initial_state(4, Memory("f4"))
    batch = SimpleNamespace(inputs=ids, targets=targets, mask=mask)
    loss, sT = model.loss_and_grad(store.views(theta), store.views(g), batch, s0, plan)
    sT = np.concatenate(sT, axis=None)

    body, head = model.body.plan(5, 4, Memory("f4")), model.head.plan(5, 4, Memory("f4"))
    p, views = store.views(theta), store.views(by_hand)
    model.body.load(p, body)
    model.head.load(p["head"], head)
    y, same_sT = model.body.forward(ids, s0, body, mask)
    scores = model.head.forward(y, head)
    same = softmax_cross_entropy(scores, targets.reshape(-1), mask.reshape(-1))
    model.body.backward(views, model.head.backward(views["head"], scores, head), (), body)
    assert loss == same and g.tobytes() == by_hand.tobytes() and np.array_equal(sT, np.concatenate(same_sT, axis=None))
