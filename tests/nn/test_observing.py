"""What an observer is shown of the backward pass: dL/dh_t and the like of every step, whole, by the layer's name."""

import numpy as np
import pytest
import reference
from laws import call, cut, make_problem, relative

from rnncli.nn.cells import CELLS
from rnncli.nn.compose import Residual, Stack, WeightDrop
from rnncli.nn.memory import Memory
from rnncli.nn.observing import Observer
from rnncli.nn.parameters import ParamStore
from rnncli.nn.recurrent import Recurrent
from rnncli.random_streams import Noise

ROUNDING = 1e-12  # float64, sums of some hundred terms


class Notebook(Observer):
    """An observer that keeps copies of what it is shown."""

    def __init__(self):
        self.seen, self.order = {}, []

    def reached(self, layer, t, d):
        self.order.append((layer, t))
        for state, array in d.items():
            self.seen[layer, state, t] = array.copy()


def observed(problem):
    """(what a call gives, what was seen on the way)"""
    notebook = Notebook()
    plan = problem.layer.plan(*problem.x.shape[:2], Memory("f8", observer=notebook).within("it"))
    return call(problem, plan=plan), notebook


@pytest.mark.parametrize("cell", ["lstm", "lstm-peephole", "gru", "gru-before", "rnn"])
def test_the_gradient_seen_of_every_state_is_that_of_the_naive_textbook_cell(cell):
    problem = make_problem(cell, False, T=4, N=2, D=3, H=3)
    _, notebook = observed(problem)
    assert notebook.order == [("it", t) for t in (3, 2, 1, 0)]
    given = problem.x, problem.s0, problem.dy, problem.dsT
    for t in range(4):
        for k, state in enumerate(problem.layer.cell.state):
            expected = reference.gradient_of_a_state(cell, problem.p, *given, t, k)
            assert relative(notebook.seen["it", state, t], expected) < ROUNDING


@pytest.mark.parametrize("cell", list(CELLS))
@pytest.mark.parametrize("padded", [False, True])
def test_the_gradient_seen_is_what_the_steps_after_it_hand_back(cell, padded):
    problem = make_problem(cell, False, T=5, N=3, D=4, H=6)
    if padded:
        problem.mask = np.arange(5)[:, None] < np.array([5, 2, 3])
    whole, notebook = observed(problem)
    for t in range(4):
        state = call(cut(problem, slice(0, t + 1))).sT
        rest = call(cut(problem, slice(t + 1, None), s0=tuple(state))).ds0
        for k, name in enumerate(problem.layer.cell.state):
            expected = rest[k] + (problem.dy[t] if name == "h" else 0)
            assert relative(notebook.seen["it", name, t], expected) < ROUNDING
    unseen = call(problem)
    assert all(np.array_equal(getattr(whole, name), getattr(unseen, name)) for name in ("g", "dx", "ds0", "y"))


@pytest.mark.parametrize("cell", list(CELLS))
def test_without_an_observer_a_plan_makes_the_calls_that_it_always_made(cell):
    layer = make_problem(cell, False, 3, 2, 4, 8).layer
    plain, seen = (layer.plan(3, 2, Memory("f4", observer=each)).steps for each in (None, Notebook()))
    for without, with_one in zip(plain, seen):
        assert [len(part) for part in without] == [len(part) for part in with_one[:2]] + [len(with_one.backward) - 2]
        ours = [call.func for call in with_one.backward[1:-1]]
        names = [getattr(func, "__name__", None) for func in ours]
        assert [getattr(call.func, "__name__", None) for call in without.backward] == names
        assert not any("Notebook" in repr(call) or "reached" in repr(call) for call in without.backward)


def test_layers_inside_others_are_seen_by_the_name_that_their_stack_gives_them():
    stack, rng, (T, N) = (
        Stack({"first": Recurrent(CELLS["lstm"], 3, 4), "second": deep()}),
        np.random.default_rng(1),
        (4, 2),
    )
    store = ParamStore(stack.specs())
    p, g = (store.views(vector) for vector in (rng.normal(0, 0.5, store.size), np.zeros(store.size)))
    x, dy = rng.normal(size=(T, N, 3)), rng.normal(size=(T, N, 4))
    notebook, s0 = Notebook(), stack.initial_state(N, Memory("f8"))

    def backward(steps, s0, memory):
        plan = stack.plan(len(x[steps]), N, memory)
        stack.draw(Noise(3), plan)
        stack.load(p, plan)
        sT = stack.forward(x[steps], s0, plan)[1]
        return sT, stack.backward(g, dy[steps], (), plan)[1]

    backward(slice(None), s0, Memory("f8", observer=notebook))
    assert {layer for layer, _ in notebook.order} == {"first", "second"}
    sT, _ = backward(slice(0, 2), s0, Memory("f8"))
    _, ((_, dc), (dh, _)) = backward(slice(2, None), sT, Memory("f8"))
    assert relative(notebook.seen["first", "c", 1], dc) < ROUNDING
    assert relative(notebook.seen["second", "h", 1], dh + dy[1]) < ROUNDING


def deep():
    return Residual(WeightDrop(Recurrent(CELLS["lstm"], 4, 4), 0.4))
