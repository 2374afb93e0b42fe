"""Sampling against definitions written out naively, and against the distributions that it should draw from."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnncli.data.text.utf8 import utf8_automaton
from rnncli.errors import ConfigError
from rnncli.generation import sampling as module
from rnncli.generation.sampling import (
    WINDOW,
    Grammar,
    Sampler,
    Sampling,
    gumbel_noise,
    lowest_kept,
    penalise,
)


def softmax(z):
    p = np.exp(z - z.max(axis=-1, keepdims=True), dtype=np.float64)
    return p / p.sum(axis=-1, keepdims=True)


def anything(V, N):
    """A Grammar that forbids nothing."""
    return Grammar(np.zeros((1, V), np.int8), N)


def draw(sampling, z, N=400, steps=100, seed=5, recent=()):
    """(steps, N) tokens chosen for the scores z (V,), the same in every row and step."""
    sampler = Sampler(sampling, anything(len(z), N), seed, range(N), recent)
    scores, drawn = np.tile(np.float32(z), (N, 1)), np.zeros((steps, N), np.intp)
    for ids in drawn:
        sampler.choose(scores, np.empty_like(scores), ids)
    return drawn


def assert_shares(drawn, p):
    """Every token's share of `drawn` is its probability p (V,) within five standard deviations."""
    shares = np.bincount(drawn.ravel(), minlength=len(p)) / drawn.size
    assert (np.abs(shares - p) <= 5 * np.sqrt(p * (1 - p) / drawn.size)).all(), (shares, p)


Z = np.array([1.5, -0.5, 0.25, 2.0, -3.0])


def test_the_defaults_sample_the_softmax_of_the_scores():
    assert_shares(draw(Sampling(), Z), softmax(Z))


def test_a_temperature_divides_the_scores():
    assert_shares(draw(Sampling(temperature=0.5), Z), softmax(2 * Z))
    assert_shares(draw(Sampling(temperature=3), Z), softmax(Z / 3))


def test_filters_leave_the_proportions_of_what_they_keep():
    p = softmax(Z) * [1, 0, 1, 1, 0]
    assert_shares(draw(Sampling(top_k=3), Z), p / p.sum())
    p = softmax(Z / 2) * [1, 0, 0, 1, 0]
    assert_shares(draw(Sampling(temperature=2, top_k=3, top_p=0.6), Z), p / p.sum())


def test_temperature_zero_takes_the_most_probable_token_whatever_the_filters():
    z = np.random.default_rng(0).normal(size=(6, 9)).astype(np.float32)
    for sampling in (Sampling(temperature=0), Sampling(0, top_k=3, top_p=0.1, min_p=0.5)):
        ids = np.zeros(6, np.intp)
        Sampler(sampling, anything(9, 6), 1, range(6)).choose(z, np.empty_like(z), ids)
        assert ids.tolist() == z.argmax(axis=1).tolist()


def test_filters_at_their_no_op_values_change_no_token():
    plain = draw(Sampling(0.7), Z)
    for same in (
        Sampling(0.7, top_k=5),
        Sampling(0.7, top_k=0),
        Sampling(0.7, top_p=1.0),
        Sampling(0.7, min_p=0.0),
        Sampling(0.7, repetition_penalty=1.0),
        Sampling(0.7, top_k=900, min_p=1e-300),
    ):
        assert (draw(same, Z) == plain).all()


def test_choosing_only_reads_the_scores():
    scores = np.random.default_rng(0).normal(size=(2, 5)).astype(np.float32)
    before = scores.copy()
    sampler = Sampler(Sampling(0.5, 2, 0.9, 0.1, 1.3), anything(5, 2), 1, range(2), [1, 2])
    sampler.choose(scores, np.empty_like(scores), np.zeros(2, np.intp))
    assert (scores == before).all()


def naively_kept(z, top_k, top_p, min_p):
    """The tokens that stay, one row, straight from the definitions; scores are distinct."""
    order = sorted(range(len(z)), key=lambda i: -z[i])
    kept = order[:top_k] if top_k else order
    p, total, nucleus = softmax(z[kept]), 0.0, []
    for token, share in zip(kept, p, strict=True):
        nucleus.append(token)
        total += share
        if total >= top_p:
            break
    highest = softmax(z)[order[0]]
    return {token for token in nucleus if softmax(z)[token] >= min_p * highest}


@given(st.integers(0, 2**32), st.integers(0, 12), st.floats(0.05, 1), st.floats(0, 0.95))
def test_filters_keep_what_their_definitions_keep(seed, top_k, top_p, min_p):
    z = np.random.default_rng(seed).normal(size=(3, 10)) * 2  # float64: no ties, no rounding at the edge
    floor = lowest_kept(z, top_k, top_p, min_p)
    for row, low in zip(z, floor[:, 0], strict=True):
        assert set(np.flatnonzero(row >= low)) == naively_kept(row, top_k, top_p, min_p)


def test_equals_of_the_last_kept_token_stay_with_it():
    z = np.array([[1.0, 2.0, 1.0, 0.0]])
    assert lowest_kept(z, top_k=2).item() == 1.0
    assert lowest_kept(z, top_p=0.6).item() == 1.0


def test_forbidden_tokens_are_no_part_of_the_nucleus():
    z = np.array([[-np.inf, 0.0, -np.inf, 0.1]])
    assert lowest_kept(z, top_p=1 - 1e-7).item() == 0.0
    assert lowest_kept(z, top_k=3, top_p=0.3).item() == 0.1


def test_the_penalty_divides_positive_scores_and_multiplies_negative_ones_once():
    z = np.array([[2.0, -2.0, 1.0, -1.0], [2.0, -2.0, 1.0, -1.0]])
    penalise(z, np.array([[0, 0, 1], [2, 2, 2]]), 1.6)
    assert z.tolist() == [[1.25, -3.2, 1.0, -1.0], [2.0, -2.0, 0.625, -1.0]]


def test_the_penalty_looks_at_the_prompt_and_at_the_latest_tokens_and_no_further():
    z = np.full(WINDOW + 2, 8.0)
    z[3] = 9.0  # greedy: the favourite until the penalty holds it back
    drawn = draw(Sampling(0, repetition_penalty=2.0), z, N=1, steps=WINDOW + 2)[:, 0]
    assert drawn[0] == 3 and sorted(drawn[: WINDOW + 1]) == sorted(set(drawn[: WINDOW + 1]))
    assert drawn[WINDOW + 1] == 3  # WINDOW others later it is forgotten and chosen again
    assert draw(Sampling(0, repetition_penalty=2.0), z, N=1, steps=1, recent=[3]).item() == 0
    assert draw(Sampling(0, repetition_penalty=2.0), z, N=1, steps=1, recent=[3] + [5] * WINDOW).item() == 3


def test_noise_is_standard_gumbel():
    stream = gumbel_noise(1, range(10), 100)
    noise = np.array([next(stream).copy() for _ in range(400)], np.float64)
    # Mean Euler's constant, variance pi^2 / 6, excess kurtosis 12 / 5; five standard deviations of each estimate.
    n, variance = noise.size, np.pi**2 / 6
    assert abs(noise.mean() - np.euler_gamma) < 5 * np.sqrt(variance / n)
    assert abs(noise.var() - variance) < 5 * variance * np.sqrt(4.4 / n)


def test_noise_of_a_sample_depends_neither_on_the_others_nor_on_how_much_is_drawn_ahead(monkeypatch):
    together = gumbel_noise(3, (0, 1, 2), 7)
    whole = np.array([next(together).copy() for _ in range(20)])
    monkeypatch.setattr(module, "STEPS_AHEAD", 3)
    for k in range(3):
        alone = gumbel_noise(3, (k,), 7)
        assert (np.array([next(alone)[0].copy() for _ in range(20)]) == whole[:, k]).all()
    assert len({row.tobytes() for row in whole[0]}) == 3


def test_a_drawn_zero_does_not_choose_its_token(monkeypatch):
    class Zeros:
        def standard_exponential(self, shape):
            return np.zeros(shape)

    monkeypatch.setattr(module, "stream", lambda *key: Zeros())
    assert np.isfinite(next(gumbel_noise(0, (0,), 4))).all()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("temperature", -1),
        ("temperature", 1e-9),
        ("temperature", float("nan")),
        ("temperature", float("inf")),
        ("top_k", -1),
        ("top_p", 0),
        ("top_p", 1.01),
        ("top_p", float("nan")),
        ("min_p", -0.1),
        ("min_p", 2),
        ("repetition_penalty", 0),
        ("repetition_penalty", float("inf")),
    ],
)
def test_a_value_that_cannot_be_used_is_named_with_what_is_allowed(name, value):
    with pytest.raises(ConfigError, match=f"^--{name.replace('_', '-')} is {value}") as caught:
        Sampling(**{name: value})
    assert "allowed" in caught.value.hint


def accepts(data):
    """Whether the automaton takes in all of `data` and ends between characters."""
    following, state = utf8_automaton(), 0
    for byte in data:
        state = following[state, byte]
        if state < 0:
            return False
    return state == 0


def test_the_automaton_accepts_every_code_point():
    following = utf8_automaton()
    for first, last in ((0, 0x7F), (0x80, 0x7FF), (0x800, 0xD7FF), (0xE000, 0xFFFF), (0x10000, 0x10FFFF)):
        text = "".join(map(chr, range(first, last + 1))).encode()
        state = np.zeros(last - first + 1, np.intp)
        for byte in np.frombuffer(text, np.uint8).reshape(len(state), -1).T:
            state = following[state, byte].astype(np.intp)
            assert (state >= 0).all()
        assert (state == 0).all()


def test_the_automaton_accepts_nothing_else():
    """It has as many single characters as Unicode: 0x110000 code points less 0x800 surrogates."""
    following = utf8_automaton()
    steps = np.array([[(following[state] == target).sum() for target in range(8)] for state in range(8)])
    begun, characters = np.eye(8, dtype=int)[0], 0
    for _ in range(5):
        begun = begun @ steps
        characters += begun[0]
        begun[0] = 0  # a character ends where state 0 is met again
    assert characters == 0x110000 - 0x800 and not begun.any()


@given(st.binary(max_size=6) | st.text(max_size=3).map(lambda text: text.encode("utf-8", "surrogatepass")))
def test_the_automaton_agrees_with_the_strict_decoder(data):
    try:
        data.decode("utf-8", "strict")
        valid = True
    except UnicodeDecodeError:
        valid = False
    assert accepts(data) == valid


def test_a_grammar_keeps_a_state_for_each_row():
    grammar = Grammar(utf8_automaton(), 2)
    grammar.advance(np.array([ord("a"), 0xD0]))
    z = np.zeros((2, 256), np.float32)
    grammar.forbid(z)
    assert np.flatnonzero(z[0] == 0).tolist() == [*range(0x80), *range(0xC2, 0xF5)]
    assert np.flatnonzero(z[1] == 0).tolist() == [*range(0x80, 0xC0)]
    assert grammar.complete() == [True, False]
