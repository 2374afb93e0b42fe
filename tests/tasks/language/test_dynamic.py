"""Dynamic evaluation against its equation, written out one segment at a time in float64."""

from dataclasses import replace

import numpy as np
import pytest
from scorings import brute_force, loaded_with, random_split, small_model, split_of

from rnncli.config import DataConfig
from rnncli.data.text.corpus import load_corpus
from rnncli.errors import ConfigError
from rnncli.nn.losses import softmax_cross_entropy
from rnncli.nn.memory import Memory
from rnncli.tasks.language.dynamic import DECAYS, EPSILON, RATES, Adaptation, Adapter, Dynamic, end_of, gradient_scale
from rnncli.tasks.language.evaluate import asked_rate, report

PIECES = [[0, 33], [33, 36], [36, 80]]  # documents with whole segments, a short one, and a rest at the end
STEPS = 5


def by_the_equation(model, theta, scale, split, how):
    """-ln p of every target, by the equation in the docstring of the module."""
    memory, store, mean = Memory("f8"), model.store(), scale.mean()
    now, nats = theta.copy(), []
    for begin, end in split.pieces.tolist():
        state = model.initial_state(1, memory)
        for at in range(begin, end - 1, STEPS):
            stop = min(at + STEPS, end - 1)
            plan, g = model.plan((stop - at,), 1, memory), np.zeros_like(theta)
            model.load(store.views(now), plan)
            ids, targets = (
                split.tokens[at:stop].astype(np.intp)[:, None],
                split.tokens[at + 1 : stop + 1].astype(np.intp),
            )
            scores, after = model.forward(ids, state, plan)
            p = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)
            nats.extend(-np.log(p[np.arange(len(targets)), targets]))
            state = tuple(tuple(array.copy() for array in layer) for layer in after)
            softmax_cross_entropy(scores, targets)
            model.backward(store.views(g), scores, (), plan)
            back = np.minimum(how.decay * scale / mean, 1)
            now = now - how.rate * g / (scale + EPSILON * mean) + back * (theta - now)
    return np.array(nats)


@pytest.fixture
def tried():
    """(model, theta, scale, split)"""
    model, theta = small_model()
    scale = np.random.default_rng(2).uniform(0, 0.1, theta.size)
    return model, theta, scale, random_split(PIECES)


@pytest.mark.parametrize(
    "how", [Adaptation(1e-2, 0.0), Adaptation(3e-2, 0.1), Adaptation(0.0, 0.5), Adaptation(1e-2, 9.0)]
)
def test_each_target_costs_what_the_equation_says(tried, how):
    model, theta, scale, split = tried
    found = Adapter(model, theta, scale, STEPS).nats(split, how)
    np.testing.assert_allclose(found, by_the_equation(model, theta, scale, split, how), rtol=1e-10, atol=1e-12)


def test_weights_that_do_not_move_score_as_ever(tried):
    model, theta, scale, split = tried
    found = Adapter(model, theta, scale, STEPS).nats(split, Adaptation(0.0, 0.0))
    np.testing.assert_allclose(found, brute_force(model, theta, split), rtol=1e-11, atol=1e-12)


def test_no_figure_depends_on_what_comes_after_it(tried):
    model, theta, scale, split = tried
    adapter, how = Adapter(model, theta, scale, STEPS), Adaptation(0.05, 0.01)
    whole = adapter.nats(split, how)
    for at in (1, 4, 5, 6, 32, 34, 50, 79):
        tokens = split.tokens.copy()
        tokens[at:] = (tokens[at:] + 1) % 7
        targets = sum(min(max(at - begin - 1, 0), end - begin - 1) for begin, end in PIECES)  # before position `at`
        other = adapter.nats(replace(split, tokens=tokens), how)
        np.testing.assert_array_equal(other[:targets], whole[:targets])
        assert (other[targets:] != whole[targets:]).any()


def test_the_trained_weights_stay_and_every_text_begins_with_them(tried):
    model, theta, scale, split = tried
    before, adapter, how = theta.copy(), Adapter(model, theta, scale, STEPS), Adaptation(0.05, 0.01)
    first = adapter.nats(split, how)
    np.testing.assert_array_equal(adapter.nats(split, how), first)
    np.testing.assert_array_equal(theta, before)


def test_a_text_that_repeats_itself_is_learnt_while_it_is_read(tried):
    model, theta, scale, _ = tried
    split = split_of(np.tile([0, 3, 1, 5, 2, 6, 4, 4], 80), [[0, 640]])
    found = Adapter(model, theta, scale, STEPS).nats(split, Adaptation(0.01, 0.0))
    assert found[:40].mean() > 2 and found[-80:].mean() < 0.5


def test_the_scale_is_the_root_of_the_mean_square_of_gradients():
    """Of 16 streams of two segments: the squared sum of 16 segments, as if they were independent."""
    model, theta = small_model()
    split, memory, store = random_split([[0, 161]]), Memory("f8"), model.store()
    sums = np.zeros((2, theta.size))
    for begin in range(0, 160, 10):
        state = model.initial_state(1, memory)
        for number, at in enumerate((begin, begin + STEPS)):
            plan, g = model.plan((STEPS,), 1, memory), np.zeros_like(theta)
            model.load(store.views(theta), plan)
            scores, after = model.forward(split.tokens[at : at + STEPS].astype(np.intp)[:, None], state, plan)
            softmax_cross_entropy(scores, split.tokens[at + 1 : at + STEPS + 1].astype(np.intp))
            model.backward(store.views(g), scores, (), plan)
            state = tuple(tuple(array.copy() for array in layer) for layer in after)
            sums[number] += g
    expected = np.sqrt((sums**2).sum(axis=0) / 32)
    np.testing.assert_allclose(gradient_scale(model, theta, split, STEPS), expected, rtol=1e-9)


@pytest.mark.parametrize(
    ("targets", "pieces"),
    [
        (1000, PIECES),
        (43, [[36, 80]]),
        (10, [[69, 80]]),
        (44, [[34, 36], [36, 80]]),
        (45, [[33, 36], [36, 80]]),
        (46, [[31, 33], [33, 36], [36, 80]]),
    ],
)
def test_the_end_of_a_text_has_as_many_targets_as_asked(targets, pieces):
    found = end_of(random_split(PIECES), targets)
    assert found.pieces.tolist() in (pieces, pieces[1:])
    assert found.targets == min(targets, 77)


def test_rate_and_decay_are_the_best_of_those_tried_on_the_end_of_the_training_text(char_run):
    loaded, corpus = char_run
    told = []
    chosen = Dynamic(loaded, corpus.train, None, lambda *done: told.append(done))
    assert chosen.how.rate in RATES and chosen.how.decay in DECAYS
    assert [done for what, done, _ in told if "choosing" in what] == list(range(8))
    tail = end_of(corpus.train, 10_000)
    own = chosen.nats(tail).mean()
    for rate in RATES:
        assert own <= Dynamic(loaded, corpus.train, rate, lambda *_: None).nats(tail).mean()


def test_the_report_has_a_row_and_metrics_of_its_own(char_run):
    loaded, corpus = char_run
    dynamic = Dynamic(loaded, corpus.train, 1e-3, lambda *_: None)
    found = report(loaded, [corpus.val], dynamic=dynamic)
    metrics = found.metrics()
    assert metrics["dynamic_nats_per_char"] == pytest.approx(dynamic.nats(corpus.val).mean())
    assert metrics["dynamic_nats_per_char"] < metrics["nats_per_char"]
    assert found.summary()["dynamic"] == {"rate": 1e-3, "decay": 1e-3}


@pytest.mark.parametrize("text", ["", "fast", "0", "-1", "2", "nan", "inf", "1e-3x"])
def test_what_is_no_rate_is_refused(text):
    with pytest.raises(ConfigError, match="--dynamic"):
        asked_rate(text)


def test_lines_are_documents_over_which_the_weights_go_on_to_adapt(tmp_path):
    path = tmp_path / "names.txt"
    path.write_text("anna\nbella\ncarla\ndora\n" * 40, "utf-8")
    corpus = load_corpus(DataConfig(files=(str(path),), documents="line", val_frac=0.5))
    loaded = loaded_with(corpus.encoder, documents="line")
    found = Dynamic(loaded, corpus.train, 1e-2, lambda *_: None).nats(corpus.val)
    assert found[-100:].mean() < 0.8 * found[:100].mean()
