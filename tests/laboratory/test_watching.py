"""What a watched pass records: gradients of states by lag, against the forward pass alone and against other passes."""

import numpy as np
import pytest
from laws import relative
from watched_models import EVERY_CELL, D, cell_named, nothing, of_case, of_every_kind, on_noise, on_symbols, sequence_of

from rnncli.gradcheck.text_models import text_cases
from rnncli.laboratory.decay import decay
from rnncli.laboratory.lag import LagCurve, curves_of, lag
from rnncli.laboratory.subjects import Subject
from rnncli.laboratory.watching import Watcher, full_names, keep_last, norm, watch
from rnncli.nn.memory import Memory

ROUNDING = 1e-12  # float64, sums of some hundred terms
STEP = 1e-30  # of the complex step

SUBJECTS = of_every_kind()


def gradient_by_complex_step(subject, row, lag_, state, watched):
    """dL/dstate_{t-lag} (H,) of the last answer, from the forward pass of the steps after it alone."""
    layer = watched.layers["layer0"]
    end, names = int(layer.ends[row]), layer.layer.cell.state
    s0 = [layer.plan.states[name][end - lag_ + 1, row : row + 1].astype("c16") for name in names]
    cut = sequence_of(subject, row, end - lag_ + 1, end + 1)
    watcher, found = Watcher(cut, "c16"), []
    watcher.subject.model.load(watcher.store.views(subject.theta.astype("c16")), watcher.plan)
    for unit in range(layer.layer.H):
        moved = [s.copy() for s in s0]
        moved[names.index(state)][0, unit] += 1j * STEP
        loss, _ = cut.model.loss(cut.arrays, (tuple(moved),), watcher.plan)
        found.append(loss.imag / STEP)
    return np.array(found)


@pytest.mark.parametrize("cell", EVERY_CELL)
@pytest.mark.parametrize("lengths", [None, (6, 2, 4)])
def test_the_lag_curve_is_the_one_that_a_complex_step_on_the_state_of_a_cut_sequence_gives(cell, lengths):
    subject = on_noise(cell, T=6, N=3, lengths=lengths)
    watched = watch(subject, at_last=True)
    layer, ends = watched.layers["layer0"], np.array(lengths or (6, 6, 6)) - 1
    assert layer.ends.tolist() == ends.tolist()
    for state in cell_named(cell).state:
        norms = layer.by_lag(state)
        for k in (1, 2, 4, 5):
            rows = [row for row in range(3) if ends[row] >= k]
            expected = [gradient_by_complex_step(subject, row, k, state, watched) for row in rows]
            for row, gradient in zip(rows, expected):
                assert np.abs(layer.d[state][ends[row] - k, row] - gradient).max() <= 1e-10 * np.abs(gradient).max()
            root = np.sqrt(np.mean([(each**2).sum() for each in expected]))
            assert norms[k] == pytest.approx(root, rel=1e-10)
    assert np.isnan(norms[ends.max() + 1 :]).all() and len(norms) == 6


def test_the_last_answer_of_each_row_alone_has_a_gradient_where_rows_end_early():
    whole = np.arange(24.0).reshape(12, 2) + 1  # 4 answers of 3 rows, answer by answer
    whole[9] = whole[7] = whole[10] = 0  # the last answer of row 0, and the last two of row 1
    expected = np.zeros((12, 2))
    expected[[6, 4, 11]] = whole[[6, 4, 11]]
    keep_last(whole, 4)
    assert np.array_equal(whole, expected)


def test_a_row_without_any_answer_stays_without_a_gradient():
    scores = np.array([[1.0], [0.0], [2.0], [0.0]])  # 2 answers of 2 rows
    keep_last(scores, 2)
    assert scores.tolist() == [[0.0], [0.0], [2.0], [0.0]]


def test_the_gradient_of_the_last_answers_is_that_of_a_batch_without_the_other_targets():
    subject = on_noise("lstm", lengths=(6, 2, 4))
    real = np.zeros((6, 3, D), bool)
    real[[5, 1, 3], [0, 1, 2]] = True
    alone = watch(Subject("", subject.model, subject.theta, {**subject.batch, "real": real}, subject.size, subject.N))
    found = watch(subject, at_last=True)
    for name, g in alone.gradient.items():
        assert relative(found.gradient[name], g) < ROUNDING


@pytest.mark.parametrize("name", SUBJECTS)
def test_a_watched_pass_gives_the_gradient_of_training_bit_for_bit_and_so_does_a_second_one(name):
    subject = SUBJECTS[name]
    model, store, g = subject.model, subject.model.store(), np.zeros(subject.theta.size)
    plan, s0 = model.plan(subject.size, subject.N, Memory("f8")), model.initial_state(subject.N, Memory("f8"))
    loss, _ = model.loss_and_grad(store.views(subject.theta), store.views(g), subject.arrays, s0, plan)
    watcher = Watcher(subject)
    watcher.watch(at_last=True, chunk=1)  # leaves nothing behind
    for _ in range(2):
        watched = watcher.watch()
        assert watched.loss == loss
        assert all(np.array_equal(watched.gradient[name], own) for name, own in store.named(g).items())


@pytest.mark.parametrize("name", SUBJECTS)
def test_every_layer_of_a_model_knows_its_parameters_and_what_reaches_it_from_above(name):
    watched = watch(SUBJECTS[name])
    for layer in watched.layers.values():
        assert {short: array.shape for short, array in vars(layer.p).items()} == {
            spec.name: spec.shape for spec in layer.layer.specs()
        }
        for short, full in layer.full_names.items():
            assert full.endswith(short) and watched.gradient[full].shape == getattr(layer.p, short).shape
        assert np.array_equal(layer.d["h"][-1], layer.dy[-1])
    found = {full for layer in watched.layers.values() for full in layer.full_names.values()}
    assert {full for full in watched.gradient if full.endswith("W_h")} <= found


def test_a_layer_without_parameters_of_its_name_is_an_error():
    store = on_noise("gru").model.store()
    assert full_names("place.layer0", ["W_h"], store) == {"W_h": "layer0.W_h"}
    with pytest.raises(LookupError, match=r"no parameters of the layer layer1 among layer0\.W_x"):
        full_names("layer1", ["W_h"], store)


def test_layers_are_named_as_in_the_model_with_directions_and_places_apart():
    names = {tuple(watch(subject).layers) for subject in SUBJECTS.values()}
    assert {
        ("layer0",),
        ("layer0", "layer1"),
        ("layer0.ahead", "layer0.back"),
        ("encoder.layer0", "decoder.layer0"),
        ("reader_layer0", "writer_layer0"),
    } <= names
    assert any("spelling.ahead" in each for each in names)


def test_nothing_reaches_a_step_from_above_but_at_the_last_answer():
    layer = watch(on_noise("gru", lengths=(6, 2, 4)), at_last=True).layers["layer0"]
    entered = (layer.dy != 0).any(axis=2)
    assert entered.sum() == 3 and entered[[5, 1, 3], [0, 1, 2]].all()


def test_a_cut_lets_the_gradient_travel_exactly_that_many_steps_from_the_end_of_each_row():
    subject = on_noise("lstm", T=6, lengths=(6, 2, 5))
    for chunk in (1, 2, 4):
        layer = Watcher(subject).watch(at_last=True, chunk=chunk).layers["layer0"]
        reached = (layer.d["h"] != 0).any(axis=2).sum(axis=0)
        assert reached.tolist() == [min(chunk, length) for length in (6, 2, 5)]


@pytest.mark.parametrize("name", SUBJECTS)
def test_a_chunk_as_long_as_everything_cuts_nothing(name):
    watcher = Watcher(SUBJECTS[name])
    whole, cut = watcher.watch(), watcher.watch(chunk=99)
    assert all(np.array_equal(cut.gradient[name], g) for name, g in whole.gradient.items())


def test_a_reader_still_gets_its_gradient_where_the_writer_is_cut():
    case = next(case for case in text_cases("gru", 0, ["reader"]) if "T=4, U=4" in case.name)
    cut = Watcher(of_case(case)).watch(chunk=1)
    assert np.abs(cut.gradient["reader_layer0.W_x"]).max() > 0
    assert len(cut.layers) == 2


@pytest.mark.parametrize("weight", [0.01, 20])
def test_gradients_that_vanish_and_explode_keep_their_size_over_a_hundred_steps(weight):
    subject = on_noise("rnn-identity", T=101, N=2, H=3)
    store = subject.model.store()
    store.named(subject.theta)["layer0.W_h"][...] = weight * np.eye(3)
    layer = watch(subject, at_last=True).layers["layer0"]
    norms = layer.by_lag("h")
    expected = np.log10(norms[0]) + np.arange(101) * np.log10(weight)
    assert np.isfinite(norms).all() and norms.min() > 0
    assert np.log10(norms) == pytest.approx(expected, abs=1e-10)
    (curve,) = curves_of("x", watch(subject, at_last=True))
    assert curve.factor == pytest.approx(weight, rel=1e-10)


def test_the_norm_neither_overflows_nor_underflows_and_keeps_what_is_not_a_number():
    rows = np.array([[3e-200, 4e-200], [3e200, -4e200], [0, 0], [np.inf, 1], [np.nan, 1]])
    with np.errstate(all="raise"):
        found = norm(rows[:3], axis=1)
    assert found == pytest.approx([5e-200, 5e200, 0], rel=1e-15, abs=0)
    assert norm(rows, axis=1)[3] == np.inf and np.isnan(norm(rows, axis=1)[4])


def test_a_gradient_that_is_gone_at_once_halves_in_no_steps_and_one_lag_says_nothing():
    gone = LagCurve("", "layer0", "h", np.array([1.0, 0.5, 0, 0]), np.array([1.0, 0.5, 0, 0]))
    assert gone.factor == 0 and gone.half_life == 0 and gone.reach == 2
    short = LagCurve("", "layer0", "h", np.array([1.0, 0.5]), np.array([1.0, 0.5]))
    assert np.isnan(short.factor) and np.isnan(short.half_life)
    assert decay(np.array([7.0, 8, 4, 2, 1])) == pytest.approx(0.5, rel=1e-12)


def test_the_part_lag_shows_every_state_of_every_layer_of_all_subjects():
    found = lag([on_noise("lstm", T=12, layers=2), on_symbols("gru", T=9)], nothing)
    assert len({tuple(row) for row in found.rows}) == 1 and len(found.rows) == 4 * 12 + 9
    assert [row[:3] for row in found.brief[0].rows[1:]] == [
        ["noise", "layer0", "h"],
        ["noise", "layer0", "c"],
        ["noise", "layer1", "h"],
        ["noise", "layer1", "c"],
        ["symbols", "layer0", "h"],
    ]
    assert found.record["metrics"]["symbols/layer0.h/reach_99"] <= 9
