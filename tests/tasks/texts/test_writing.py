"""Texts of a model for many sources: in their order, each as if it stood alone, and as probable as they are said to be.

The weights are drawn, not learnt: texts of every length come out, and some have no end.
"""

from dataclasses import replace

import numpy as np
import pytest
from text_files import lines, numbers, things

from rnncli.config import read_settings
from rnncli.data.pairs.sides import Steps
from rnncli.data.pairs.text_batches import CodedTexts
from rnncli.generation.sampling import Sampling
from rnncli.nn.memory import Memory
from rnncli.tasks.registry import load_task
from rnncli.tasks.texts import writing
from rnncli.tasks.texts.writing import GREEDY, Manner, Writer, keys_of
from rnncli.training.run import complete

E = 23  # sources
SAMPLES = Manner(4, 4, sampling=Sampling(temperature=1.2), seed=3)
MANNERS = {"greedy": GREEDY, "beam": Manner(4, 3, 0.7), "samples": SAMPLES, "looks": Manner(2, keep_attention=True)}
LSTM = {"model.cell": "lstm", "reader.bidirectional": False}
STACK = {"model.cell": "rnn", "model.num_layers": 2}
MODELS = {  # name: (settings, the seed of the weights, the bias of the end: with it some texts end early)
    "text": ({"task": "translate"}, 5, 3),
    "no attention": ({"task": "translate", "attention.kind": "none"} | STACK, 5, 3),
    "additive": ({"task": "translate", "attention.kind": "additive"} | LSTM, 9, -1),
    "bytes": ({"task": "translate", "writer.tokens": "byte", "data.tokens": "byte"}, 5, 3),
    "features": ({"task": "describe", "pairs.source": ["size", "colour"], "pairs.target": ["text"]}, 5, 3),
}


class Drawn:
    """A model of weights drawn at random, its target side, and E sources with the texts of their examples."""

    def __init__(self, name, folder):
        settings, seed, bias = MODELS[name]
        described = settings["task"] == "describe"
        rows = things(E) if described else numbers(E)
        file = folder / "data.csv"
        names = ("size", "colour", "text") if described else ("source", "target")
        file.write_text(lines(rows, *names, separator=","))
        given = {"data.files": [str(file)], "data.val_frac": 0, "model.hidden_size": 8, "model.embedding_size": 5}
        task = load_task(complete(read_settings(overrides=given | {"train.workers": "1", "seed": 1} | settings)))
        store = task.model.store()
        self.model, self.side, self.coded = task.model, task.encoder.target, task.coded["train"]
        self.weights = store.views(np.random.default_rng(seed).normal(0, 1, store.size))
        self.weights["head"].b[self.side.END_ID] = bias

    def writer(self, coded=None, candidates=4, side=None):
        """In float64, so that equal means equal but for rounding."""
        memory = Memory("f8", forward_only=True)
        return Writer(self.model, side or self.side, coded or self.coded, memory, candidates)


@pytest.fixture(scope="module", params=MODELS)
def drawn(request, tmp_path_factory):
    return Drawn(request.param, tmp_path_factory.mktemp("drawn"))


@pytest.fixture(scope="module")
def one(tmp_path_factory):
    return Drawn("text", tmp_path_factory.mktemp("one"))


def same(found, wanted):
    """Whether texts are the same, their figures but for rounding."""
    for ours, theirs in zip(found, wanted, strict=True):
        for each, other in zip(ours, theirs, strict=True):
            assert (each.tokens, each.ended) == (other.tokens, other.ended)
            assert each.log_probability == pytest.approx(other.log_probability, abs=1e-9)
            assert (each.attention is None) == (other.attention is None)
            assert each.attention is None or np.allclose(each.attention, other.attention, atol=1e-9)
    return True


@pytest.mark.parametrize("manner", MANNERS)
def test_a_source_among_others_has_the_texts_that_it_has_alone(manner, drawn):
    how = MANNERS[manner]
    if how.keep_attention and drawn.model.attention is None:
        pytest.skip("nothing is looked at")
    whole = drawn.writer().texts(drawn.weights, how)
    assert len(whole) == E and len({best[0].tokens for best in whole}) > 1
    some = [0, 7, 8, 22]
    assert same(drawn.writer().texts(drawn.weights, how, some=some), [whole[k] for k in some])
    if how.sampling is None:  # samples are those of the number of a source
        alone = [drawn.writer(drawn.coded.take(np.array([k]))).texts(drawn.weights, how)[0] for k in some]
        assert same(alone, [whole[k] for k in some])
        order = np.random.default_rng(1).permutation(E)
        assert same(drawn.writer(drawn.coded.take(order)).texts(drawn.weights, how), [whole[k] for k in order])


@pytest.mark.parametrize("manner", MANNERS)
def test_texts_are_the_same_whether_the_true_ones_are_there_or_not(manner, one):
    blind = replace(one.coded, targets=None)
    false = replace(one.coded, targets=[target[::-1][:2] for target in one.coded.targets])
    wanted = one.writer(blind).texts(one.weights, MANNERS[manner])
    assert same(one.writer().texts(one.weights, MANNERS[manner]), wanted)
    assert same(one.writer(false).texts(one.weights, MANNERS[manner]), wanted)


@pytest.mark.parametrize("manner", ["greedy", "beam", "samples"])
def test_a_text_is_as_probable_as_the_model_says_when_it_is_given_the_text(manner, drawn):
    texts = drawn.writer().texts(drawn.weights, MANNERS[manner])
    chosen = [(k, each) for k, best in enumerate(texts) for each in best if each.ended]
    assert len(chosen) > 2
    targets = [np.array([*each.tokens, drawn.side.END_ID]) for _, each in chosen]
    coded = CodedTexts([drawn.coded.sources[k] for k, _ in chosen], targets)
    nats = drawn.writer(coded).nats(drawn.weights)
    np.testing.assert_allclose(nats, [-each.log_probability for _, each in chosen], rtol=1e-9)


def test_the_nats_of_some_are_those_of_all_and_the_others_have_none(drawn):
    whole = drawn.writer().nats(drawn.weights)
    some = drawn.writer().nats(drawn.weights, [3, 9])
    assert (whole > 0).all() and np.flatnonzero(some).tolist() == [3, 9]
    np.testing.assert_allclose(some[[3, 9]], whole[[3, 9]], rtol=1e-9)


def test_the_best_text_of_a_beam_is_never_worse_than_the_greedy_one(drawn):
    greedy = drawn.writer().texts(drawn.weights)
    for width in (2, 4):
        found = drawn.writer().texts(drawn.weights, Manner(width, width))
        for (one,), best in zip(greedy, found):
            assert not one.ended or best[0].score >= one.score - 1e-9
            assert len({each.tokens for each in best}) == len(best)


def test_few_samples_are_the_first_of_many_however_many_are_drawn_at_once(one, monkeypatch):
    many = one.writer().texts(one.weights, Manner(9, 9, sampling=Sampling(), seed=3))
    assert all(len(own) == 9 for own in many) and len({each.tokens for each in many[0]}) > 3
    few = one.writer().texts(one.weights, Manner(2, 2, sampling=Sampling(), seed=3))
    assert same(few, [own[:2] for own in many])
    monkeypatch.setattr(writing, "MOST_ROWS", 4)
    assert same(one.writer(candidates=9).texts(one.weights, Manner(9, 9, sampling=Sampling(), seed=3)), many)
    other = one.writer().texts(one.weights, Manner(2, 2, sampling=Sampling(), seed=4))
    assert [own[0].tokens for own in other] != [own[0].tokens for own in many]


def test_every_sample_of_every_source_has_a_random_stream_of_its_own():
    keys = keys_of(range(50), 50, range(0, 4)) + keys_of(range(50), 50, range(4, 7))
    assert len(set(keys)) == 350 and keys_of([3], 4, [5])[0] == keys_of([3, 9], 2, [5])[0]


def test_long_sources_stand_alone_and_in_their_place(one, monkeypatch):
    sources = [*one.coded.sources[:5]]
    sources[1], sources[3] = (Steps(np.tile(sources[k].inputs, 30)) for k in (1, 3))
    coded = CodedTexts(sources)
    wanted = one.writer(coded).texts(one.weights)
    monkeypatch.setattr(writing, "LONG", 20)
    writer = one.writer(coded)
    assert [batches.N for _, batches in writer.parts] == [3, 1]
    assert same(writer.texts(one.weights), wanted)
    assert same(writer.texts(one.weights, some=[1, 4]), [wanted[1], wanted[4]])


def test_what_was_looked_at_has_a_row_for_each_symbol_and_the_end_and_a_column_for_each_step(one):
    texts = one.writer().texts(one.weights, Manner(3, 3, keep_attention=True))
    for T, best in zip(one.coded.lengths, texts):
        for each in best:
            assert each.attention.shape == (len(each.tokens) + each.ended, T)
            np.testing.assert_allclose(each.attention.sum(1), 1, rtol=1e-9)


def test_no_text_is_longer_than_it_may_be_or_has_a_symbol_that_is_none(drawn):
    side = replace(drawn.side, longest=4)
    for manner in (GREEDY, SAMPLES):
        texts = drawn.writer(side=side).texts(drawn.weights, manner)
        for each in (each for best in texts for each in best):
            assert not {side.UNKNOWN_ID, side.END_ID} & set(each.tokens)
            extra = 3 if side.tokens == "byte" else 0  # a character that has begun is written to its end
            assert len(each.tokens) + each.ended <= 4 + extra
            assert "\ufffd" not in side.decode(each.tokens)
    assert any(not each.ended for best in texts for each in best)


def test_plans_are_made_once_and_nothing_of_one_call_stays_in_the_next(drawn):
    writer = drawn.writer()
    first = [writer.texts(drawn.weights, manner) for manner in (GREEDY, SAMPLES)], writer.nats(drawn.weights)
    arrays = len(writer.memory.arrays)
    for array in writer.memory.arrays:
        array.fill(np.nan)
    again = [writer.texts(drawn.weights, manner) for manner in (GREEDY, SAMPLES)], writer.nats(drawn.weights)
    assert len(writer.memory.arrays) == arrays
    assert all(map(same, again[0], first[0])) and np.array_equal(first[1], again[1])


def test_progress_counts_the_sources_to_their_number(one):
    told = []
    one.writer().texts(one.weights, progress=lambda *counts: told.append(counts), some=[1, 2, 5])
    assert told[-1] == (3, 3) and one.writer().texts(one.weights, some=[]) == []
