"""Searches in single cases: ties, stops, scores that are not finite, sampling, and models of the project."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scorings import one_by_one, small_model
from toy_stepper import Toy

from rnncli.errors import ModelFileError
from rnncli.generation.sampling import Sampling
from rnncli.generation.search import beam_search, most_probable, sample
from rnncli.nn.memory import Memory

START, END = 0, 1


def even(N=1, V=4):
    """A Toy to which every text is equally probable."""
    toy = Toy(0, N, V)
    toy.scores[:] = 0
    return toy


def test_of_equally_probable_texts_the_ones_with_the_lowest_tokens_come_first():
    (found,) = beam_search(even().stepper(3), START, None, 3, n_best=3)
    assert [each.tokens for each in found] == [(0, 0, 0), (0, 0, 1), (0, 0, 2)]
    (found,) = beam_search(even().stepper(12), START, END, 2, n_best=9, alpha=0)
    assert [each.tokens for each in found if each.ended] == [(), (0,), (2,), (3,)]


@given(st.lists(st.lists(st.sampled_from([-np.inf, -2.0, -1.0, 0.0]), min_size=7, max_size=7), min_size=1), st.data())
def test_the_most_probable_are_those_of_a_stable_sort(rows, data):
    values, M = np.array(rows), data.draw(st.integers(0, 9))
    best, places = most_probable(values, M)
    for row, own, where in zip(values, best, places):
        order = [place for place in np.argsort(-row, kind="stable") if row[place] > -np.inf][:M]
        assert where[: len(order)].tolist() == order and own[: len(order)].tolist() == row[order].tolist()
        assert (own[len(order) :] == -np.inf).all() and not where[len(order) :].any() and own.shape == (M,)


def after(toy, tokens, *p):
    """Make p (V,) the probabilities of what follows these tokens, for every source."""
    with np.errstate(divide="ignore"):
        toy.scores[:, toy.state(tokens, START)] = np.log(p)


def test_an_end_counts_among_the_K_best_and_the_next_best_takes_its_place():
    toy = even(V=5)
    after(toy, (), 0.4, 0.3, 0.2, 0.06, 0.04)
    for first in range(2, 5):
        after(toy, (first,), 0, 1, 0, 0, 0)
    after(toy, (0,), 0.01, 0.1, 0.43, 0.46, 0)
    after(toy, (0, 3), 0.97, 0.03, 0, 0, 0)
    (found,) = beam_search(toy.stepper(2), START, END, 3, n_best=9, alpha=0)
    # (): second of the first step; (2,): third there, then with the one end; the end of (0,) is the fourth and lost.
    assert [each.tokens for each in found if each.ended] == [(), (2,)]
    assert (0,) in [each.tokens for each in beam_search(toy.stepper(6), START, END, 3, n_best=9)[0] if each.ended]


def test_a_text_that_ends_comes_before_a_better_one_that_is_cut():
    toy = even(V=3)
    toy.scores[:] = [5, 0, -9]
    (greedy,), (both,) = (beam_search(toy.stepper(K), START, END, 4, n_best=2) for K in (1, 3))
    assert [(each.tokens, each.ended) for each in greedy] == [((0, 0, 0, 0), False)]
    assert all(each.ended for each in both) and both[0].score < greedy[0].score


def test_alpha_decides_between_short_and_long_texts():
    toy = even(V=3)
    toy.scores[:] = np.log([0.5, 0.3, 0.2])  # after two tokens the end is all but certain
    toy.scores[:, toy.state((0, 0), START)] = [-9, 9, -9]
    short, long = (beam_search(toy.stepper(4), START, END, 9, alpha=alpha)[0][0].tokens for alpha in (0.0, 1.0))
    assert (short, long) == ((), (0, 0))


def test_sources_that_are_finished_or_left_out_add_no_rounds():
    toy = even(N=3)
    toy.scores[:, :, END] = 20
    toy.scores[1] = Toy(3, 1).scores[0]
    toy.scores[1, :, END] = -20
    for limits, rounds in (([30, 0, 30], 1), ([30, 12, 30], 12), ([0, 0, 0], 0)):
        stepper = toy.stepper(2)
        found = beam_search(stepper, START, END, np.array(limits), alpha=0)
        assert (stepper.rounds, [len(own) for own in found]) == (rounds, [int(limit > 0) for limit in limits])


def test_each_source_can_have_a_start_of_its_own():
    toy = Toy(4, N=3)
    starts = np.array([2, 0, 3])
    for search in (
        lambda stepper, start: beam_search(stepper, start, END, 6),
        lambda stepper, start: sample(stepper, start, END, 6, Sampling(0), 0, range(4 * stepper.N)),
    ):
        found = search(toy.stepper(4), starts)
        assert [own[0].tokens for own in found] == [
            search(toy.row(n).stepper(4), int(start))[0][0].tokens for n, start in enumerate(starts)
        ]


class Stop:
    """Ends a text at these tokens."""

    def __init__(self, *tokens):
        self.tokens, self.longest = list(tokens), len(tokens)

    def __call__(self, tokens):
        assert len(tokens) <= self.longest
        return tokens.tolist() == self.tokens


def test_a_stop_ends_a_hypothesis_with_the_tokens_that_complete_it():
    toy = Toy(2, N=2, V=3)
    found = beam_search(toy.stepper(70), START, None, 4, n_best=70, stops=Stop(2, 1), alpha=0.0)
    for n, own in enumerate(found):
        ended = [each for each in own if each.ended]
        assert len(ended) == 1 + 3 + 8 and {each.tokens[-2:] for each in ended} == {(2, 1)}
        assert all((2, 1) not in zip(each.tokens, each.tokens[1:-1]) for each in own)
        assert max(ended, key=lambda each: each.score) == own[0]
        assert own[0].score == pytest.approx(toy.log_probability(n, own[0].tokens, START))


def test_a_greedy_hypothesis_ends_at_a_stop_too_and_nothing_before_the_first_token_counts():
    toy = even()
    toy.scores[:] = [0, 9, 0, 0]
    ((found,),) = beam_search(toy.stepper(1), 1, None, 9, stops=Stop(1, 1))
    assert (found.tokens, found.ended) == ((1, 1), True)


def test_a_text_that_may_not_be_cut_at_its_limit_can_still_end_and_be_the_best():
    toy, following = even(V=3), np.array([[1, 0, -1], [-1, -1, 0]])  # 0 is always followed by 2
    after(toy, (), 0.2, 0.8, 0)
    (found,) = beam_search(toy.stepper(2), START, None, 1, following=following, stops=Stop(0, 2))
    assert [(each.tokens, each.ended) for each in found] == [((0, 2), True)]


def test_scores_that_are_not_finite_are_an_error_with_the_token_where_they_begin():
    for value in (np.nan, np.inf):
        toy = Toy(1)
        toy.scores[1, toy.state((), START)] = value
        with pytest.raises(ModelFileError, match="not finite at token 1$"):
            beam_search(toy.stepper(2), START, END, 5)
        with pytest.raises(ModelFileError, match="not finite at token 1$"):
            sample(toy.stepper(1), START, END, 5, Sampling(), 0, range(3))
    toy = even()
    toy.scores[0, toy.state((0,), START)] = np.nan
    with pytest.raises(ModelFileError, match="not finite at token 2$"):
        beam_search(toy.stepper(2), START, END, 5)


def test_what_candidates_that_are_not_followed_score_does_not_matter():
    toy = even(N=2)
    toy.scores[:, :, END] = 9
    toy.scores[0] = np.nan
    toy.scores[0, toy.state((), START)] = [-50, 50, -50, -50]
    found = beam_search(toy.stepper(1), START, END, 5)
    assert found[0][0].tokens == () and found[0][0].log_probability == 0
    toy.scores[0, toy.state((), START)] = [-np.inf, 0, -np.inf, -np.inf]  # no token but the end is possible
    assert [each.tokens for each in beam_search(toy.stepper(3), START, END, 5, n_best=3)[0]] == [()]
    toy = even()
    after(toy, (), 0, 0, 1, 0)  # so that two candidates of three are empty
    toy.scores[0, toy.state((0,), START)] = np.nan  # as an empty one scores
    assert [each.tokens for each in beam_search(toy.stepper(3), START, END, 2, n_best=3)[0]] == [(2,), (2, 0), (2, 2)]


def test_log_probabilities_are_those_of_a_model_of_the_project_read_token_by_token():
    model, theta = small_model(cell="lstm", layer_norm=True)
    plan, K = model.plan((1,), 5, Memory("f8")), 5
    model.load(model.store().views(theta), plan)
    ids = np.zeros((1, K), np.intp)
    calls, scores, state = model.stream(ids, model.initial_state(K, Memory("f8")), plan)

    class Stepper:
        def advance(self):
            for call in calls:
                call()

        def attended(self):
            return None

    stepper = Stepper()
    stepper.N, stepper.K, stepper.ids, stepper.scores, stepper.state = 1, K, ids, scores, state
    (found,) = beam_search(stepper, 2, 3, 9, n_best=5)
    assert len(found) == 5 and any(each.ended for each in found)
    for each in found:
        tokens = [2, *each.tokens] + [3] * each.ended
        nats = one_by_one(model, theta, tokens, 0, len(tokens))
        assert each.log_probability == pytest.approx(-sum(nats), abs=1e-9)  # the same sums in another order


# Sampling


def test_a_sample_alone_equals_the_sample_in_a_batch():
    toy, sampling, limits = Toy(5, N=3, V=6), Sampling(1.3, 5, 0.95, 0.01, 1.2), np.array([9, 0, 5])
    keys = [n * 2 + k for k in range(2) for n in range(3)]
    together = sample(toy.stepper(2), START, END, limits, sampling, 7, keys, keep_attention=True)
    for n, limit in enumerate(limits.tolist()):
        alone = sample(toy.row(n).stepper(2), START, END, limit, sampling, 7, [n * 2, n * 2 + 1])[0]
        assert together[n] == alone and len(alone) == (2 if limit else 0)
        for each in together[n]:
            assert len(each.attention) == len(each.tokens) + each.ended <= limit
            assert (
                each.attention[-1] == toy.weights[n, toy.state(each.tokens[: len(each.attention) - 1], START)]
            ).all()


@pytest.mark.parametrize("sampling", [Sampling(0), Sampling(0.5, top_k=1), Sampling(min_p=1.0), Sampling(top_p=1e-9)])
def test_a_sample_of_only_the_most_probable_token_is_greedy_search(sampling):
    toy = Toy(6, N=5)
    for own, (best,) in zip(
        sample(toy.stepper(2), START, END, 8, sampling, 0, range(10)), beam_search(toy.stepper(1), START, END, 8)
    ):
        assert own == [best, best]


def test_samples_are_drawn_by_the_model_and_their_log_probability_is_its_own_whatever_the_temperature():
    toy, K = Toy(7, N=2, V=3, scale=0.7), 4000
    found = sample(toy.stepper(K), START, END, 2, Sampling(), 3, range(2 * K))
    for n, own in enumerate(found):
        for token, p in enumerate(np.exp(toy.log_softmax(n, (), START))):
            begun = sum((each.tokens or (END,))[0] == token for each in own)
            assert abs(begun / K - p) < 5 * np.sqrt(p * (1 - p) / K)  # five standard deviations
    for n, own in enumerate(sample(toy.stepper(9), START, END, 6, Sampling(2.5, top_k=2), 3, range(18), alpha=0.5)):
        for each in own:
            whole = each.tokens + (END,) * each.ended
            assert each.log_probability == pytest.approx(toy.log_probability(n, whole, START))
            assert each.score == each.log_probability / len(whole) ** 0.5


def test_the_repetition_penalty_counts_what_was_written_and_what_stood_before():
    toy = even(V=4)
    toy.scores[:] = [4, 3, 2, 1]
    how = {"limit": 3, "sampling": Sampling(0, repetition_penalty=10.0), "seed": 0, "keys": [0]}
    assert sample(toy.stepper(1), START, None, **how)[0][0].tokens == (0, 1, 2)
    assert sample(toy.stepper(1), START, None, **how, recent=[0])[0][0].tokens == (1, 2, 3)


def test_a_sample_follows_the_automaton_and_goes_on_until_it_may_end():
    toy, following = Toy(8, N=2, V=3, scale=0.3), np.array([[1, 0, -1], [-1, -1, 0]])  # 0 is always followed by 2
    for search in (
        lambda limit: sample(toy.stepper(5), START, None, limit, Sampling(), 0, range(10), following=following),
        lambda limit: beam_search(toy.stepper(5), START, None, limit, following=following, n_best=5),
    ):
        texts = [each.tokens for own in search(3) for each in own]
        assert all("".join(map(str, tokens)).replace("02", "").replace("1", "") == "" for tokens in texts)
        assert {len(tokens) for tokens in texts} == {3, 4}
