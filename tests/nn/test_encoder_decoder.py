"""Laws of the models that write a sequence."""

import tracemalloc
from types import SimpleNamespace

import numpy as np
import pytest
from laws import relative
from writing_models import CASES, PADDED, ROUNDING, call, cut, lengths, make_plan, parameters

from rnncli.config import Config, ModelConfig
from rnncli.errors import ConfigError
from rnncli.gradcheck.text_models import WRITTEN
from rnncli.nn.attention import Dot
from rnncli.nn.bridge import Bridge
from rnncli.nn.building import recurrent_layers
from rnncli.nn.categorical import Categorical
from rnncli.nn.compose import Stack
from rnncli.nn.dense import Dense
from rnncli.nn.encoder_decoder import EncoderDecoder, Features, Reader
from rnncli.nn.memory import Memory
from rnncli.nn.tokens import Embedding
from rnncli.random_streams import Noise
from rnncli.training.shard import Layout


@pytest.fixture
def rng():
    return np.random.default_rng(0)


@pytest.fixture(params=list(CASES))
def case(request):
    return CASES[request.param]


@pytest.fixture(params=PADDED)
def padded(request):
    return CASES[request.param]


def test_a_batch_is_what_the_model_says_its_parts_are(case):
    size, N = case.size
    parts = case.model.batch(size, N)
    assert parts.keys() >= {"inputs", "targets", "mask"} and len(case.model.lengths) == len(size)
    for name, part in parts.items():
        array = getattr(case.batch, name)
        assert array is None or (array.shape == part.shape and array.dtype.kind == np.dtype(part.dtype).kind)
        assert part.shape[part.rows] == N
        assert part.length is None or part.shape[0] == dict(zip(case.model.lengths, size))[part.length]


def test_a_row_alone_equals_the_row_in_a_batch(case):
    _, _, scores = call(case)
    for row in range(case.size[1]):
        batch, size = cut(case, slice(row, row + 1), lengths(case, row))
        found = call(case, batch, size=size)[2][:, 0]
        assert relative(scores[: len(found), row], found) < ROUNDING


def test_parts_of_a_batch_sum_to_the_whole_with_the_same_dropout(case):
    N = case.size[1]
    loss, g, _ = call(case, noise=Noise(8, rows=slice(None), N=N))
    parts = []
    for rows in (slice(0, 1), slice(1, N)):
        batch, size = cut(case, rows)
        parts.append(call(case, batch, size=size, noise=Noise(8, rows=rows, N=N)))
    assert sum(part[0] for part in parts) == pytest.approx(loss, rel=ROUNDING)
    assert relative(sum(part[1] for part in parts), g) < ROUNDING


def test_what_stands_in_the_padding_changes_nothing(padded):
    batch, expected = SimpleNamespace(**vars(padded.batch)), call(padded)
    batch.inputs = np.where(batch.mask, batch.inputs, WRITTEN - 1)
    batch.targets = np.where(batch.mask, batch.targets, 10**6)
    if padded.model.source.lengths:
        batch.source = np.where(batch.source_mask, batch.source, 4)
    loss, g, _ = call(padded, batch)
    assert loss == pytest.approx(expected[0], rel=ROUNDING) and relative(g, expected[1]) < ROUNDING


def test_garbage_in_the_plan_changes_nothing_and_backward_adds(case):
    memory = Memory("f8")
    plan = make_plan(case, memory=memory, noise=Noise(8))
    loss, g, scores = call(case, plan=plan)
    for array in memory.arrays:
        array.fill(np.nan)
    case.model.draw(Noise(8), plan)
    case.model.load(parameters(case), plan)
    again, twice, same = call(case, plan=plan, g=g.copy())
    assert again == loss and np.array_equal(same, scores) and relative(twice, 2 * g) < ROUNDING


def test_absent_masks_stand_for_everything(case):
    ones = {
        name: np.ones((steps, case.size[1]), bool) for name, steps in zip(("mask", "source_mask"), case.size[0][::-1])
    }
    absent, full = (SimpleNamespace(**vars(case.batch) | given) for given in (dict.fromkeys(ones), ones))
    (loss, g, _), (same, same_g, _) = call(case, absent), call(case, full)
    assert loss == pytest.approx(same, rel=ROUNDING) and relative(g, same_g) < ROUNDING


def test_the_nats_of_the_symbols_sum_to_the_loss_and_are_zero_at_padding(case):
    nats = case.model.nats(case.batch, make_plan(case))
    assert nats.dtype == np.float64 and nats.sum() == pytest.approx(call(case)[0], rel=ROUNDING)
    assert case.batch.mask is None or (not nats[~case.batch.mask].any() and (nats[case.batch.mask] > 0).all())


def test_memory_for_the_forward_pass_alone_scores_the_same_with_less_and_refuses_to_go_back(case):
    whole, alone = Memory("f8"), Memory("f8", forward_only=True)
    plans = [make_plan(case, memory=memory) for memory in (whole, alone)]
    scores = [case.model.forward(case.batch, plan).copy() for plan in plans]
    assert np.array_equal(*scores) and alone.nbytes < 0.75 * whole.nbytes
    with pytest.raises(ValueError, match="read-only"):
        case.model.backward(case.model.store().views(np.zeros(case.model.store().size)), scores[1], (), plans[1])


def test_the_writer_starts_from_the_last_state_of_the_reader():
    case = next(case for name, case in CASES.items() if name.startswith("lstm T=5") and "both ways" in name)
    (T, _), N, memory = *case.size, Memory("f8")
    plan = make_plan(case)
    first = case.model.read(case.batch, plan)
    reader = Stack({f"reader_{name}": layer for name, layer in case.model.origin.body.layers.items()})
    body = reader.plan(T, N, memory)
    reader.load(parameters(case), body)
    _, sT = reader.forward(case.batch.source, reader.initial_state(N, memory), body, case.batch.source_mask)
    last, first = ([state for layer in states for state in layer] for states in (sT, first))
    assert len(last) == len(first) == 4 and all(map(np.array_equal, last, first))


def test_a_bridge_makes_h_with_a_tanh_and_other_states_without(rng):
    bridge = Bridge(3, ((4, 4), (2,)))
    W, b, f = rng.normal(size=(3, 10)), rng.normal(size=10), rng.normal(size=(5, 3))
    plan = bridge.plan(5, Memory("f8"))
    bridge.load(SimpleNamespace(W=W, b=b), plan)
    (h, c), (second,) = bridge.forward(f, plan)
    a = f @ W + b
    assert np.allclose(np.hstack([h, second]), np.tanh(a[:, :6]), rtol=1e-14) and np.allclose(c, a[:, 6:], rtol=1e-14)


def test_evaluation_has_no_dropout_and_training_has_its_own_in_reader_and_writer():
    case = next(case for name, case in CASES.items() if "reader: two layers, one way" in name)
    plan = make_plan(case, noise=Noise(8))
    masks = [plan.source.body["reader_drop0"].mask, plan.body["writer_drop0"].mask]
    assert all((mask == 0).any() for mask in masks) and not np.array_equal(*masks)
    assert call(case)[0] != pytest.approx(call(case, noise=Noise(8))[0], rel=1e-3)


# Parts that do not fit


def make(reader=None, writer=None, attention=None, E=3, source=None):
    """A model of recurrent layers as configurations describe them, ModelConfig(**reader) and ModelConfig(**writer)."""
    reader, writer = (ModelConfig(**{"cell": "gru", "hidden_size": 4} | (each or {})) for each in (reader, writer))
    read = Stack(recurrent_layers(reader, 5, True, "", bidirectional=reader.sizes[0] > 4))
    body = Stack(recurrent_layers(writer, E, False, ""))
    H = writer.sizes[-1]
    return EncoderDecoder(source or Reader(read), Embedding(6, E), body, Dense(H, 6), attention, Categorical(6))


@pytest.mark.parametrize(
    "writer, found",
    [
        ({"hidden_size": 6}, "the reader has gru 4, and the writer gru 6"),
        ({"cell": "lstm"}, "the reader has gru 4, and the writer lstm 4"),
        ({"num_layers": 2}, "the reader has gru 4, and the writer gru 4, gru 4"),
    ],
)
def test_a_writer_whose_state_is_not_that_of_the_reader_is_refused_with_both(writer, found):
    with pytest.raises(ConfigError, match=found):
        make({}, writer)


def test_norms_and_dropout_may_differ_between_reader_and_writer_and_both_halves_of_a_layer_count():
    make({"hidden_size": 8}, {"hidden_size": 8, "layer_norm": True, "dropout": 0.1})


def test_without_attention_the_reader_has_no_layers_after_its_last_state():
    deep = {"num_layers": 2, "layer_norm": True, "dropout": 0.1}
    without = {name for name in make(deep, deep).store().specs if name.startswith("reader")}
    attended = {name for name in make(deep, deep, Dot(4, 4)).store().specs if name.startswith("reader")}
    assert without == {"reader_layer0", "reader_norm0", "reader_layer1"} and attended - without == {"reader_norm1"}


def test_parts_that_make_no_sense_are_refused():
    writer = Stack(recurrent_layers(ModelConfig(cell="lstm", hidden_size=4), 3, False, ""))
    with pytest.raises(ValueError, match="attention"):
        make(source=Features(Bridge.into(writer, 2), 2), attention=Dot(4, 4), writer={"cell": "lstm"})
    with pytest.raises(ValueError, match="a bridge to"):
        make(source=Features(Bridge.into(writer, 2), 2))
    both = Stack(recurrent_layers(ModelConfig(cell="gru", hidden_size=4), 3, False, "", bidirectional=True))
    with pytest.raises(ValueError, match="both ways"):
        EncoderDecoder(Reader(both), Embedding(6, 3), both, Dense(4, 6), None, Categorical(6))


# Layout and memory


def test_parameters_have_the_names_of_their_parts_and_embeddings_are_not_multiplied():
    model = make(attention=Dot(4, 4))
    assert list(model.store().specs) == ["reader_layer0", "writer_embedding", "writer_layer0", "attention", "head"]
    matrices = [5 * 12 + 4 * 12, 3 * 12 + 4 * 12, 4 * 4 + 8 * 4, 4 * 6]  # reader, writer, attention, head
    assert model.multiplied() == sum(matrices)
    writer = Stack(recurrent_layers(ModelConfig(cell="lstm", hidden_size=4), 3, False, ""))
    described = make(source=Features(Bridge.into(writer, 2), 2), writer={"cell": "lstm"})
    assert list(described.store().specs) == ["bridge", "writer_embedding", "writer_layer0", "head"]


def test_shards_cut_the_rows_of_sources_and_targets_of_every_size():
    model = make()
    layout = Layout(Config(task="language"), model, [(5, 3), (2, 8)], N=6, count=2)
    views = layout.views(np.zeros(layout.nbytes + 64, "u1"))
    cut = {name: array.shape for name, array in layout.batch(views, (2, 8), slice(2, 5)).items()}
    assert cut == {"source": (2, 3), "source_mask": (2, 3), "inputs": (8, 3), "targets": (8, 3), "mask": (8, 3)}


@pytest.mark.parametrize("attention", [None, Dot(64, 64)])
def test_a_step_allocates_next_to_nothing_and_without_attention_no_gradient_by_step(attention, rng):
    T, U, N = 60, 5, 32
    model = make({"hidden_size": 64}, {"hidden_size": 64}, attention)
    arrays = {name: rng.integers(0, 5, part.shape) for name, part in model.batch((T, U), N).items()}
    batch = SimpleNamespace(**arrays | {"source_mask": np.arange(T)[:, None] < rng.integers(1, T, N), "mask": None})
    memory, store = Memory("f4"), model.store()
    plan, p, g = model.plan((T, U), N, memory), *(store.views(np.zeros(store.size, "f4")) for _ in range(2))
    model.loss_and_grad(p, g, batch, (), plan)
    tracemalloc.start()
    try:
        model.loss_and_grad(p, g, batch, (), plan)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < T * N * 64 * 4 / 2
