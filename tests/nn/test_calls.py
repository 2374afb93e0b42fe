"""Calls that are bound to their arrays: what they record, what they refuse, and when a state may be overwritten."""

from types import SimpleNamespace

import numpy as np
import pytest
from laws import make_problem

from rnncli.nn.call_recorder import bind, in_place, zeroes
from rnncli.nn.cells import CELLS
from rnncli.nn.memory import Memory


def arrays(**values):
    return SimpleNamespace(**{name: np.array(value, float) for name, value in values.items()})


def run(calls):
    for call in calls:
        call()


def test_a_method_of_calls_with_out_and_updates_is_noted_down():
    def method(xp, s):
        xp.multiply(s.a, s.b, out=s.c)
        s.c += s.a
        s.c -= 1
        s.c *= 2.0
        xp.copyto(s.b, s.c)
        s.a.fill(7)

    given, expected = arrays(a=[1, 2], b=[3, 4], c=[0, 0]), arrays(a=[1, 2], b=[3, 4], c=[0, 0])
    calls = bind(method, np, given)
    assert len(calls) == 6 and given.c.tolist() == [0, 0]  # nothing has happened yet
    run(calls)
    method(np, expected)
    assert all(np.array_equal(getattr(given, name), getattr(expected, name)) for name in "abc")


@pytest.mark.parametrize(
    "method",
    [
        lambda xp, s: xp.multiply(s.a, s.a > 0, out=s.c),  # makes an array
        lambda xp, s: xp.multiply(s.a, s.a.real, out=s.c),  # another view
        lambda xp, s: xp.multiply(s.a, xp.exp(s.b), out=s.c),  # a call without out
        lambda xp, s: xp.copyto(s.c, s.b if s.a else s.a),  # looks at a value
        lambda xp, s: xp.copyto(s.c, s.b if s.a == 1 else s.a),
        lambda xp, s: xp.multiply(s.a, np.array([2.0]), out=s.c),  # an array of its own
        lambda xp, s: s.c.__setitem__(slice(None), s.a),
    ],
)
def test_a_method_that_does_anything_else_is_itself_the_call(method):
    given, expected = arrays(a=[5.0], b=[3.0], c=[0.0]), arrays(a=[5.0], b=[3.0], c=[0.0])
    calls = bind(method, np, given)
    assert len(calls) == 1 and calls[0].func is method
    given.a[:] = expected.a[:] = -2.0  # what it was bound with does not stick
    run(calls)
    method(np, expected)
    assert given.c.tolist() == expected.c.tolist()


def test_a_state_may_be_written_over_the_one_before_unless_that_is_read_later():
    s = arrays(old=[1.0], new=[0.0], x=[3.0])
    before = [*bind(lambda xp, s: xp.add(s.old, s.x, out=s.new), np, s), *bind(lambda xp, s: s.new.__imul__(2), np, s)]
    run(in_place(before, s.old, s.new))
    assert (s.old.item(), s.new.item()) == (8.0, 0.0)
    assert in_place([*before, *bind(lambda xp, s: xp.copyto(s.x, s.old), np, s)], s.old, s.new) is None
    hidden = bind(lambda xp, s: xp.add(s.old, s.x + 1, out=s.new), np, s)
    assert in_place(hidden, s.old, s.new) is None


def test_a_call_that_zeroes_an_array_is_known():
    s = arrays(a=[1.0], b=[1.0])
    call, other = (bind(lambda xp, s, value=value: s.a.fill(value), np, s)[0] for value in (0, 1))
    assert zeroes(call, s.a) and not zeroes(call, s.b) and not zeroes(other, s.a)


@pytest.mark.parametrize("cell", [cell for cell in CELLS if cell != "rnn-relu"])
def test_the_steps_of_our_cells_are_all_noted_down(cell):
    """rnn-relu asks which values are positive, and so is called as it is."""
    layer = make_problem(cell, False, 3, 2, 4, 8).layer
    for step in layer.plan(3, 2, Memory("f4")).steps:
        assert not any(getattr(call.func, "__self__", None) is layer.cell for call in step.forward + step.backward)


@pytest.mark.parametrize(
    "cell, alone", [("lstm", True), ("rnn", True), ("lstm-peephole", True), ("gru", False), ("gru-before", False)]
)
def test_where_h_is_reached_through_the_product_alone_it_writes_the_gradient_itself(cell, alone):
    plan = make_problem(cell, False, 3, 2, 4, 8).layer.plan(3, 2, Memory("f4"))
    assert (plan.dh is plan.d.h) == alone
