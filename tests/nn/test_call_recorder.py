"""Calls that are bound to their arrays: what they record, what they refuse, and when a state may be overwritten."""

import math
from types import SimpleNamespace

import numpy as np
import pytest
from laws import make_problem

from rnncli.nn.call_recorder import bind, in_place
from rnncli.nn.cell import Block, Cell, at_every_step
from rnncli.nn.cells import CELLS
from rnncli.nn.memory import Memory
from rnncli.nn.parameters import ParamStore
from rnncli.nn.recurrent import Recurrent


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
        lambda xp, s: np.multiply(s.a, s.b, out=s.c),  # NumPy by name
        lambda xp, s: xp.clip(s.a, -1, 1, out=s.c),  # no ufunc: its last argument is not out
        lambda xp, s: xp.round(s.a, out=s.c),
        lambda xp, s: xp.multiply(s.a, s.b, out=s.c, where=True),
        lambda xp, s: xp.add.reduce(s.a, axis=0, keepdims=True, out=s.c),
        lambda xp, s: s.c.__itruediv__(2),
        lambda xp, s: s.c.fill(s.a[0]),
        lambda xp, s: xp.copyto(s.c, np.asarray(s.b)),
        lambda xp, s: xp.copyto(s.c, max(s.a.shape)),
        lambda xp, s: xp.multiply(s.a, math.exp(s.b.item()), out=s.c),
        lambda xp, s: xp.multiply(2 * s.a, -s.b, out=s.c),
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


def test_a_state_that_the_very_next_call_reads_again_is_not_overwritten():
    def method(xp, s):
        xp.multiply(s.x, 2, out=s.new)
        xp.add(s.new, s.old, out=s.x)  # the state before is read once more, right after the new one was begun

    s = arrays(old=[1.0], new=[0.0], x=[3.0])
    assert in_place(bind(method, np, s), s.old, s.new) is None


def test_a_state_that_is_filled_is_filled_over_the_one_before():
    def method(xp, s):
        s.new.fill(4)
        s.new += s.x

    s = arrays(old=[1.0], new=[0.0], x=[3.0])
    run(in_place(bind(method, np, s), s.old, s.new))
    assert (s.old.item(), s.new.item()) == (7.0, 0.0)


class Half(Cell):
    """h_t = tanh(a_t) + h_{t-1} / 2, the old state read by the call after the one that begins the new."""

    blocks = (Block("a", "tanh"),)

    def step(self, xp, s):
        xp.multiply(s.a, 1, out=s.h)
        xp.multiply(s.h_prev, 0.5, out=s.tmp)
        s.h += s.tmp

    def step_backward(self, xp, s, slope, d, da):
        xp.multiply(d.h, slope.a, out=da.a)
        d.h *= 0.5


def test_a_cell_that_reads_the_old_state_after_it_began_the_new_one_streams_as_it_runs():
    T, N, H = 4, 2, 3
    layer, rng = Recurrent(Half(), 3, H), np.random.default_rng(0)
    store = ParamStore({"layer": layer.specs()})
    p, x, s0 = store.views(rng.normal(size=store.size))["layer"], rng.normal(size=(T, N, 3)), rng.normal(size=(N, H))
    whole, one = layer.plan(T, N, Memory("f8")), layer.plan(1, N, Memory("f8"))
    for plan in (whole, one):
        layer.load(p, plan)
    expected, read = layer.forward(x, (s0,), whole)[0], x[:1].copy()
    calls, y, _ = layer.stream(read, (s0,), one)
    for t in range(T):
        read[0] = x[t]
        run(calls)
        assert np.allclose(y[0], expected[t], rtol=1e-14)


# What cannot be recorded


def test_a_method_that_cannot_be_recorded_is_noted_once_with_its_line():
    class Slow(Half):
        def step(self, xp, s):
            xp.copyto(s.tmp, s.a)
            s.h[...] = s.tmp

    memory = Memory("f8")
    for T in (3, 2):
        Recurrent(Slow(), 3, 4).plan(T, 2, memory)
    line = Slow.step.__code__.co_firstlineno + 2
    (note,) = memory.notes
    assert note.startswith(f"{__file__}:{line}: ") and "Slow.step runs anew at every step" in note
    assert "xp.copyto(x, y)" in note  # what to write instead


def test_a_method_that_is_meant_to_run_anew_is_not_noted():
    memory = Memory("f8")
    for cell in ("rnn-relu", "lstm-peephole", "gru-before"):
        Recurrent(CELLS[cell], 3, 4).plan(3, 2, memory)
    assert memory.notes == []

    class Meant(Half):
        @at_every_step
        def step(self, xp, s):
            s.h[...] = s.a

    Recurrent(Meant(), 3, 4).plan(3, 2, memory)
    assert memory.notes == []


@pytest.mark.parametrize(
    "method, named",
    [
        (lambda xp, s: xp.multiply(s.a, s.bb, out=s.c), "bb"),
        (lambda xp, s: xp.mutliply(s.a, s.b, out=s.c), "mutliply"),
        (lambda xp, s: s.a.filll(0), "filll"),
        (lambda xp, s: s.a.real.rael, "real"),
    ],
)
def test_a_misspelt_name_is_an_error_and_no_reason_to_run_anew(method, named):
    given = arrays(a=[1.0], b=[1.0], c=[0.0])
    if named == "real":  # a name that arrays have: what is wrong comes to light when it runs
        with pytest.raises(AttributeError, match="rael"):
            run(bind(method, np, given))
        return
    with pytest.raises(AttributeError, match=named):
        bind(method, np, given)


def test_a_misuse_of_python_is_an_error_too():
    with pytest.raises(TypeError, match="NoneType"):
        bind(lambda xp, s: xp.copyto(s.a, None + 1), np, arrays(a=[1.0]))


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
