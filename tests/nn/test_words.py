"""Laws of the reader of words."""

import numpy as np
import pytest
from laws import relative

from rnncli.nn.bidirectional import Bidirectional
from rnncli.nn.cells import CELLS
from rnncli.nn.memory import Memory
from rnncli.nn.parameters import ParamStore
from rnncli.nn.recurrent import Recurrent
from rnncli.nn.words import WordReader

ROUNDING = 1e-12  # float64, sums of some hundred terms
C, T, N, V, E, LETTERS = 5, 3, 4, 7, 3, 6
LENGTHS = np.array([5, 1, 2, 3, 4, 0])  # characters of each spelling
W = len(LENGTHS)


@pytest.fixture(params=list(CELLS))
def problem(request):
    return make_problem(request.param)


def make_problem(cell):
    """(reader, store, theta, (word ids, spellings, character ids, mask), dx)."""
    one, rng = Recurrent(CELLS[cell], 4, 3), np.random.default_rng(0)
    reader = WordReader(V, E, LETTERS, 4, Bidirectional(one, one), C)
    store = ParamStore(reader.specs())
    ids, spelled, characters = rng.integers(0, V, (T, N)), rng.integers(0, W, (T, N)), rng.integers(0, LETTERS, (C, W))
    spelled[0, 0] = W - 1
    words = ids, spelled, characters, np.arange(C)[:, None] < LENGTHS
    return reader, store, rng.normal(0, 0.4, store.size), words, rng.normal(size=(T, N, reader.D))


def call(problem, plan=None, g=None):
    """(x, gradient), copies."""
    reader, store, theta, words, dx = problem
    plan = plan or reader.plan(*words[0].shape, words[2].shape[1], Memory("f8"))
    g = np.zeros_like(theta) if g is None else g
    reader.load(store.views(theta), plan)
    x = reader.forward(*words, plan).copy()
    reader.backward(store.views(g), dx, plan)
    return x, g


def one_word(problem, t, n):
    """The problem with one word alone, whose spelling is the only one."""
    reader, store, theta, (ids, spelled, characters, mask), dx = problem
    here, spelling = (slice(t, t + 1), slice(n, n + 1)), slice(spelled[t, n], spelled[t, n] + 1)
    words = ids[here], np.zeros((1, 1), int), characters[:, spelling], mask[:, spelling]
    return reader, store, theta, words, dx[here]


def test_it_equals_reading_each_word_alone(problem):
    x, g = call(problem)
    alone = {(t, n): call(one_word(problem, t, n)) for t in range(T) for n in range(N)}
    for (t, n), (found, _) in alone.items():
        assert relative(x[t, n], found[0, 0]) < ROUNDING
    assert relative(g, sum(each for _, each in alone.values())) < ROUNDING


def test_a_vector_is_the_embedding_of_the_word_and_the_ends_of_its_characters(problem):
    reader, store, theta, (ids, spelled, characters, _), _ = problem
    spelled[1, 1] = 0
    x, _ = call(problem)
    p = store.views(theta)
    assert np.array_equal(x[:, :, :E], p["embedding"].E[ids])
    plan = reader.body.plan(C, 1, Memory("f8"))
    reader.body.load(p["spelling"], plan)
    s0 = reader.body.initial_state(1, Memory("f8"))
    _, sT = reader.body.forward(p["characters"].E[characters[:, :1]], s0, plan)
    assert relative(x[1, 1, E:], sT[0][0]) < ROUNDING


def test_a_spelling_without_characters_is_zero_and_gives_no_gradient(problem):
    reader, store, theta, words, dx = problem
    x, g = call(problem)
    empty = words[1] == W - 1
    assert empty.any() and not x[empty][:, E:].any() and np.isfinite(g).all()
    dx = dx.copy()
    dx[empty, E:] = 1
    assert np.array_equal(call((reader, store, theta, words, dx))[1], g)


def test_characters_in_the_padding_change_nothing(problem):
    reader, store, theta, (ids, spelled, characters, mask), dx = problem
    other = ids, spelled, np.where(mask, characters, (characters + 1) % LETTERS), mask
    expected, found = call(problem), call((reader, store, theta, other, dx))
    assert np.array_equal(found[0], expected[0]) and relative(found[1], expected[1]) < ROUNDING


def test_garbage_in_the_plan_changes_nothing_and_backward_adds(problem):
    reader, *_ = problem
    memory = Memory("f8")
    plan = reader.plan(T, N, W, memory)
    x, g = call(problem, plan)
    for array in memory.arrays:
        array.fill(np.nan)
    same, twice = call(problem, plan, g.copy())
    assert np.array_equal(same, x) and relative(twice, 2 * g) < ROUNDING


def test_its_parameters_stand_under_three_layers():
    reader = make_problem("lstm")[0]
    assert reader.D == E + 6 and list(reader.specs()) == ["embedding", "characters", "spelling"]
    assert {spec.name for spec in reader.specs()["spelling"]} >= {"ahead_W_x", "back_W_h"}
