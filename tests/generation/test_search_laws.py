"""What holds for every search: against all texts of small models, written out, and against a greedy loop."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from toy_stepper import Toy

from rnncli.data.text.utf8 import utf8_automaton
from rnncli.generation import search as module
from rnncli.generation.hypotheses import Ranking
from rnncli.generation.search import beam_search

START, END = 0, 1
NEAR = 1e-9  # sums of a few log probabilities in float64
seeds, alphas = st.integers(0, 2**32), st.sampled_from([0.0, 0.6, 1.0, 2.0])


def all_texts(toy, n, limit, alpha, end=END):
    """(ended, score, tokens) of every text of source n, best first: ended ones, then those of `limit` tokens."""
    V, found = toy.scores.shape[2], []
    others = [token for token in range(V) if token != end]
    for length in range(1, limit + 1):
        for body in product(others, repeat=length - 1):
            last = range(V) if length == limit else [] if end is None else [end]
            for tokens in (body + (token,) for token in last):
                score = toy.log_probability(n, tokens, START) / length**alpha
                found.append((tokens[-1] == end, score, tokens[:-1] if tokens[-1] == end else tokens))
    return sorted(found, key=lambda each: (not each[0], -each[1]))


def greedy(toy, n, limit, end=END):
    """(tokens with the end, whether it ended) of the most probable token at every step."""
    tokens = ()
    while len(tokens) < limit and end not in tokens:
        tokens += (int(toy.scores[n, toy.state(tokens, START)].argmax()),)
    return tokens, end in tokens


def order(written):
    return written.ended, written.score


@given(seeds, alphas, st.integers(1, 4), st.integers(2, 4), st.sampled_from([END, None]))
def test_a_beam_as_wide_as_all_beginnings_finds_the_best_texts_of_all(seed, alpha, limit, V, end):
    toy = Toy(seed, N=2, V=V)
    found = beam_search(toy.stepper(V**limit + 1), START, end, limit, alpha=alpha, n_best=6)
    for n, own in enumerate(found):
        best = all_texts(toy, n, limit, alpha, end)[:6]
        assert [(each.ended, each.tokens) for each in own] == [(ended, tokens) for ended, _, tokens in best]
        assert [each.score for each in own] == pytest.approx([score for _, score, _ in best], abs=NEAR)


@given(seeds, alphas, st.integers(1, 9), st.sampled_from([END, None]))
def test_width_1_is_greedy_search(seed, alpha, limit, end):
    toy = Toy(seed)
    for n, (own,) in enumerate(beam_search(toy.stepper(1), START, end, limit, alpha=alpha)):
        tokens, ended = greedy(toy, n, limit, end)
        assert (own.tokens, own.ended) == (tokens[:-1] if ended else tokens, ended)
        assert own.log_probability == pytest.approx(toy.log_probability(n, tokens, START), abs=NEAR)


@given(seeds, alphas, st.integers(1, 12), st.integers(2, 9))
def test_no_width_ends_with_a_text_below_the_greedy_one(seed, alpha, limit, K):
    toy = Toy(seed, N=4, V=5, scale=1.0)
    greedily = beam_search(toy.stepper(1), START, END, limit, alpha=alpha)
    widely = beam_search(toy.stepper(K), START, END, limit, alpha=alpha, n_best=3)
    for (worst,), best in zip(greedily, widely, strict=True):
        assert order(best[0]) >= order(worst)


@given(seeds, alphas, st.integers(1, 12), st.integers(1, 9))
def test_texts_are_different_in_order_and_scored_as_the_model_scores_them(seed, alpha, limit, K):
    toy = Toy(seed, V=5, scale=1.0)
    for n, own in enumerate(beam_search(toy.stepper(K), START, END, limit, alpha=alpha, n_best=K)):
        assert 1 <= len(own) <= K and len({each.tokens for each in own}) == len(own)
        assert own == sorted(own, key=order, reverse=True)
        for each in own:
            whole = each.tokens + (END,) * each.ended
            assert END not in each.tokens and (len(whole) <= limit if each.ended else len(whole) == limit)
            assert each.log_probability == pytest.approx(toy.log_probability(n, whole, START), abs=NEAR)
            assert each.score == each.log_probability / len(whole) ** alpha


@given(seeds, alphas, st.integers(1, 6), st.lists(st.integers(0, 9), min_size=5, max_size=5))
def test_a_source_alone_equals_the_source_in_a_batch_whatever_the_limits_of_the_others(seed, alpha, K, limits):
    toy, how = Toy(seed, N=5), {"alpha": alpha, "n_best": 3}
    together = beam_search(toy.stepper(K), START, END, np.array(limits), **how)
    for n, limit in enumerate(limits):
        assert together[n] == beam_search(toy.row(n).stepper(K), START, END, limit, **how)[0]
        assert bool(together[n]) == (limit > 0)


class Endless(Ranking):
    """One that never lets a source finish before all its candidates have."""

    def add(self, n, ending, ended):
        super().add(n, ending, ended)
        self.bar[:] = -np.inf


@given(seeds, alphas, st.integers(2, 5), st.integers(1, 4))
def test_a_source_is_finished_only_when_no_candidate_can_be_among_the_best_any_more(seed, alpha, K, n_best):
    toy, rounds, found = Toy(seed, N=1, V=4, scale=3.0), [], []
    for ranking in (Ranking, Endless):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(module, "Ranking", ranking)
            stepper = toy.stepper(K)
            found.append(beam_search(stepper, START, END, 20, alpha=alpha, n_best=n_best))
            rounds.append(stepper.rounds)
    assert found[0] == found[1] and rounds[0] <= rounds[1]


@given(seeds, st.integers(1, 5), st.integers(1, 12))
def test_bytes_are_whole_characters_that_go_at_most_three_bytes_beyond_the_limit(seed, K, limit):
    toy, following = Toy(seed, N=2, V=257, scale=4.0), np.full((8, 257), -1)
    following[:, :256], following[0, 256] = utf8_automaton(), 0
    for own in beam_search(toy.stepper(K), ord("\n"), 256, limit, n_best=K, following=following):
        for each in own:
            assert bytes(each.tokens).decode("utf-8", "strict") is not None
            assert len(each.tokens) <= limit + 3 and (each.ended or len(each.tokens) >= limit)


@given(seeds, st.integers(1, 5), st.integers(1, 9))
def test_every_token_and_the_end_have_the_attention_from_which_they_were_chosen(seed, K, limit):
    toy = Toy(seed)
    for n, own in enumerate(beam_search(toy.stepper(K), START, END, limit, n_best=K, keep_attention=True)):
        for each in own:
            assert len(each.attention) == len(each.tokens) + each.ended
            for u, row in enumerate(each.attention):
                assert (row == toy.weights[n, toy.state(each.tokens[:u], START)]).all()
