"""Truncated gradients: the observer's cut against plans of a few steps with carried state, and the advice."""

from itertools import pairwise

import numpy as np
import pytest
from laws import relative
from watched_models import EVERY_CELL, nothing, of_every_kind, on_noise, on_symbols

from rnncli.laboratory.truncation import Truncation, advice, cosine, lengths, truncation, truncation_of
from rnncli.laboratory.watching import Watcher
from rnncli.nn.memory import Memory

SUBJECTS = of_every_kind()
ROUNDING = 1e-12  # float64, sums of some hundred terms


def literally(subject, edges):
    """The gradient of chunks between the edges, one after the other, the state carried and the gradients added."""
    model, store, g = subject.model, subject.model.store(), np.zeros(subject.theta.size)
    state = model.initial_state(subject.N, Memory("f8"))
    for start, stop in pairwise(edges):
        plan = model.plan((stop - start,), subject.N, Memory("f8"))
        batch = {name: array if array is None else array[start:stop] for name, array in subject.batch.items()}
        arrays = type(subject.arrays)(**batch)
        _, state = model.loss_and_grad(store.views(subject.theta), store.views(g), arrays, state, plan)
        state = tuple(tuple(each.copy() for each in layer) for layer in state)
    return store.named(g)


@pytest.mark.parametrize("cell", EVERY_CELL)
@pytest.mark.parametrize(
    "chunk, edges", [(1, range(7)), (2, (0, 2, 4, 6)), (3, (0, 3, 6)), (4, (0, 2, 6)), (6, (0, 6))]
)
def test_a_cut_gradient_is_that_of_truncated_backpropagation_with_carried_state(cell, chunk, edges):
    for subject in (on_symbols(cell, T=6, deep=True), on_noise(cell, T=6, layers=2)):
        found = Watcher(subject).watch(chunk=chunk).gradient
        for name, expected in literally(subject, edges).items():
            assert relative(found[name], expected) < ROUNDING


def test_chunk_lengths_are_powers_of_two_and_the_whole():
    assert lengths(1) == [1] and lengths(8) == [1, 2, 4, 8] and lengths(20) == [1, 2, 4, 8, 16, 20]


def test_the_whole_gradient_has_a_cosine_of_one_with_itself_and_a_cut_one_less():
    found = truncation_of(on_noise("lstm", T=12, layers=2), nothing)
    assert found.chunks == [1, 2, 4, 8, 12]
    for what in ("all", "W_h", "layer0.W_h", "layer1.b"):
        assert found.cosines[what][-1] == pytest.approx(1, abs=1e-15) and found.ratios[what][-1] == 1
        assert (found.cosines[what][:-1] < 1).all()


def test_figures_are_those_of_the_literal_gradients():
    subject = on_symbols("gru", T=8)
    found = truncation_of(subject, nothing)
    cut, whole = (
        np.concatenate([g[name].reshape(-1) for name in ("layer0.W_x", "layer0.b", "layer0.W_h")])
        for g in (literally(subject, (0, 2, 4, 6, 8)), literally(subject, (0, 8)))
    )
    expected = cut @ whole / np.linalg.norm(cut) / np.linalg.norm(whole)
    assert found.cosines["all"][1] == pytest.approx(expected, abs=1e-12)
    assert found.ratios["all"][1] == pytest.approx(np.linalg.norm(cut) / np.linalg.norm(whole), rel=1e-12)


def test_without_recurrent_weights_one_step_is_enough():
    subject = on_noise("rnn", T=8)
    subject.model.store().named(subject.theta)["layer0.W_h"][...] = 0
    found = truncation_of(subject, nothing)
    assert found.cosines["all"] == pytest.approx(np.ones(4), abs=1e-15)
    expected = "noise: the cosine reaches 0.9 with 1 step and 0.99 with 1: --seq-length 1 loses 0 % of the direction."
    assert advice(found).replace(f"{found.loss(1):.2g} %", "0 %") == expected and abs(found.loss(1)) < 1e-12


def made(cosines, carries=True, chunks=(1, 2, 4, 8)):
    each = np.array(cosines)
    return Truncation("it", chunks, {"all": each, "W_h": each}, {"all": each, "W_h": each}, carries)


def test_the_advice_is_the_shortest_length_from_which_on_all_are_good():
    assert made([0.995, 0.95, 0.996, 1]).shortest(0.99) == 4
    assert made([0.5, 0.8, 0.98, 1]).shortest(0.99) == 8
    assert made([0.99, 1, 1, 1]).shortest(0.99) == 1


def test_the_advice_fits_the_model():
    good, bad = [0.85, 0.93, 0.996, 1], [0.5, 0.6, 0.8, 1]
    assert advice(made(good)) == (
        "it: the cosine reaches 0.9 with 2 steps and 0.99 with 4: --seq-length 4 loses 0.4 % of the direction."
    )
    assert advice(made(good, carries=False)).endswith("what lies farther back than that hardly changes what it learns.")
    assert advice(made(bad)) == (
        "it: the cosine reaches 0.9 with 8 steps, but not 0.99 with 4 of 8, which lose 20 % of the direction: "
        "look at more --steps."
    )
    assert advice(made(bad, carries=False)).endswith("which lose 20 % of the direction: all that it reads counts.")
    assert advice(made([1.0], chunks=(1,))) == "it: nothing to compare: it reads one step."
    assert advice(made([np.nan] * 4)) == "it: nothing to compare: the whole gradient is zero or not finite."


@pytest.mark.parametrize("name", SUBJECTS)
def test_every_kind_of_model_is_compared_with_its_whole_gradient(name):
    found = truncation_of(SUBJECTS[name], nothing)
    assert found.cosines["all"][-1] == pytest.approx(1, abs=1e-12)
    assert advice(found).count(found.subject) == 1


def test_the_words_on_the_length_of_training_are_for_models_that_carry_their_state():
    assert truncation_of(on_symbols("gru"), nothing).carries
    assert not truncation_of(on_noise("gru", carries=False), nothing).carries
    assert not truncation_of(next(s for name, s in SUBJECTS.items() if "forecast" in name), nothing).carries


def test_a_cosine_does_not_overflow_and_zeros_have_none():
    assert cosine(np.array([3e200, 4e200]), np.array([3e-200, 4e-200])) == pytest.approx(1, abs=1e-15)
    with np.errstate(invalid="ignore"):
        assert np.isnan(cosine(np.zeros(2), np.ones(2)))


def test_the_part_shows_subjects_side_by_side_and_the_only_W_h_once():
    found = truncation([on_noise("lstm", T=12), on_symbols("gru", T=6)], nothing)
    table, chart, *sentences = found.brief
    assert table.rows[0] == ["", "steps", "1", "2", "4", "6", "8", "12"]
    assert [row[:2] for row in table.rows[1:]] == [
        ["noise", "cosine"],
        ["", "norm"],
        ["symbols", "cosine"],
        ["", "norm"],
    ]
    assert table.rows[3][-2:] == ["-", "-"] and table.rows[3][5] == "1.000"
    assert chart.log_x and list(chart.lines) == ["noise", "symbols"] and len(sentences) == 2
    assert [element for element in found.more if isinstance(element, str)] == [
        "W_h alone:",
        "layer0.W_x alone:",
        "layer0.b alone:",
    ]
    assert len({tuple(row) for row in found.rows}) == 1
