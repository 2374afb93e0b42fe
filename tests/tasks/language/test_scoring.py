"""Scoring against a step-by-step float64 softmax."""

import math

import numpy as np
import pytest
from scorings import brute_force, one_by_one, random_split, scored, small_model

from rnncli.nn.memory import Memory
from rnncli.tasks.language.scoring import Scorer, Stretches, plan_shape, split_nats


@pytest.mark.parametrize(
    "pieces",
    [
        [[0, 200]],  # one document, longer than any plan
        [[0, 90], [90, 95], [95, 200]],  # files end to end
        [[0, 6], [5, 40], [39, 41], [40, 200]],  # lines, which share their newline
        [[3, 5]],  # a single target
    ],
)
@pytest.mark.parametrize("settings", [{}, {"cell": "gru", "embedding_size": 4}])
def test_every_target_costs_what_a_softmax_step_by_step_says(pieces, settings):
    model, theta = small_model(**settings)
    split = random_split(pieces)
    np.testing.assert_allclose(scored(model, theta, split), brute_force(model, theta, split), rtol=1e-11, atol=1e-12)


def test_float32_scores_are_close_to_float64():
    model, theta = small_model()
    split = random_split([[0, 300]])
    nats = split_nats(model, model.store().views(theta.astype("f4")), split)
    np.testing.assert_allclose(nats, brute_force(model, theta, split), rtol=0, atol=2e-5)  # 24 bits, 300 steps
    assert nats.dtype == np.float64


def test_many_lines_of_all_lengths_come_back_in_their_order():
    lengths = np.random.default_rng(3).integers(0, 40, 150)
    ends = np.cumsum(lengths + 1)
    split = random_split(np.stack([ends - lengths - 1, ends + 1], axis=1)[:-1])
    model, theta = small_model()
    np.testing.assert_allclose(scored(model, theta, split), brute_force(model, theta, split), rtol=1e-11, atol=1e-12)


def test_a_document_of_one_symbol_has_no_target():
    model, theta = small_model()
    split = random_split([[0, 1], [1, 9], [9, 10]])
    np.testing.assert_allclose(scored(model, theta, split), one_by_one(model, theta, split.tokens, 1, 9), rtol=1e-11)
    assert scored(model, theta, random_split([[0, 1]])).shape == (0,)


def test_windows_start_from_an_empty_context_and_score_every_target_once():
    model, theta = small_model()
    split = random_split([[0, 50], [50, 63]])
    windows = [(start, min(start + 17, 50)) for start in (0, 16, 32, 48)] + [(50, 63)]
    expected = [value for begin, end in windows for value in one_by_one(model, theta, split.tokens, begin, end)]
    np.testing.assert_allclose(scored(model, theta, split, context=16), expected, rtol=1e-11)


def test_a_stream_is_exact_up_to_what_its_warm_up_forgets():
    model, theta = small_model()
    split = random_split([[0, 1000]])
    exact, streams = (scored(model, theta, split, streams=n) for n in (1, 4))
    limit = 250  # targets of a stream
    np.testing.assert_allclose(streams[:limit], exact[:limit], rtol=1e-11)  # nothing came before
    warmed = [
        one_by_one(model, theta, split.tokens, start - 64, min(start + limit + 1, 1000))[64:]
        for start in (250, 500, 750)
    ]
    np.testing.assert_allclose(streams[limit:], np.concatenate(warmed), rtol=1e-11)
    assert abs(streams.mean() - exact.mean()) < 1e-3


def test_a_scorer_is_used_again_for_other_splits_and_other_weights():
    model, theta = small_model()
    _, other = small_model(seed=5)
    scorer = Scorer(model, 3, 5, Memory("f8"))
    first, second = random_split([[0, 60]]), random_split([[0, 6], [5, 20]], seed=8)
    whole = scorer.nats(model.store().views(theta), first, longest=59)
    np.testing.assert_allclose(whole, brute_force(model, theta, first), rtol=1e-11)
    lines = scorer.nats(model.store().views(other), second, longest=99)
    np.testing.assert_allclose(lines, brute_force(model, other, second), rtol=1e-11)
    again = scorer.nats(model.store().views(theta), first, longest=59)
    np.testing.assert_array_equal(again, whole)


def test_a_scorer_makes_no_memory_after_it_was_made():
    model, theta = small_model()
    memory = Memory("f4")
    scorer = Scorer(model, 4, 8, memory)
    size = memory.nbytes
    scorer.nats(model.store().views(theta), random_split([[0, 100]]))
    assert memory.nbytes == size


def test_progress_ends_with_all_targets():
    model, theta = small_model()
    calls = []
    scored(model, theta, random_split([[0, 300], [300, 310]]), progress=lambda *call: calls.append(call))
    assert calls[-1] == (308, 308)
    assert [done for done, _ in calls] == sorted(done for done, _ in calls)


def test_stretches_cover_every_target_once_and_only_cuts_are_warmed_up():
    stretches = Stretches.of(np.array([[0, 101], [100, 130], [130, 131]]), longest=40, warmup=64)
    assert sorted(zip(stretches.place, stretches.targets, stretches.warmup, stretches.begin)) == [
        (0, 40, 0, 0),
        (40, 40, 40, 0),
        (80, 20, 64, 16),
        (100, 29, 0, 100),
    ]
    assert list(stretches.steps) == sorted(stretches.steps, reverse=True)


def test_rows_are_many_for_lines_and_one_for_a_long_document():
    assert plan_shape(np.array([100_000]), 65) == (1, 64)
    N, T = plan_shape(np.full(1000, 8), 65)
    assert N == 64 and T == 8
    assert plan_shape(np.array([100_000] + [10] * 63), 65)[0] == 1  # the long one would keep 63 rows waiting
    N, T = plan_shape(np.full(1000, 100), 2_000_000)
    assert N * T * 2_000_000 <= 4_000_000


def test_weights_with_nan_give_nan_and_no_warning(recwarn):
    model, theta = small_model()
    theta[:] = math.nan
    assert np.isnan(scored(model, theta, random_split([[0, 30]]))).all()
    assert not len(recwarn)
