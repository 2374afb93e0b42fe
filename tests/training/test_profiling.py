"""The stopwatch of --profile: it counts what is inside for itself alone, and changes nothing."""

from types import SimpleNamespace

import numpy as np
import pytest
from runs import tiny

from rnncli.events import Profiled
from rnncli.training.loop import train
from rnncli.training.profiling import KINDS, Profile, Timed
from rnncli.training.run import prepare
from rnncli.ui.profile import profile_lines


class Clock:
    """A clock that moves when it is told to."""

    def __init__(self):
        self.now = 0.0

    def __call__(self):
        return self.now

    def pass_by(self, seconds):
        self.now += seconds


def test_what_is_timed_inside_something_else_counts_for_itself_alone():
    clock = Clock()
    profile = Profile(clock)
    inner = profile.around("products", lambda: clock.pass_by(2))

    def outer():
        clock.pass_by(1)
        inner()
        inner()
        clock.pass_by(0.5)

    profile.around("interpreter", outer)()
    profile.around("data", lambda: clock.pass_by(3))()
    assert (profile.seconds["interpreter"], profile.seconds["products"], profile.seconds["data"]) == (1.5, 4, 3)
    assert profile.calls["products"] == 2


def test_time_counts_where_something_fails_too():
    clock = Clock()
    profile = Profile(clock)

    def failing():
        clock.pass_by(1)
        raise ValueError

    with pytest.raises(ValueError):
        profile.around("data", failing)()
    assert profile.seconds["data"] == 1


def test_an_array_library_that_is_timed_does_the_same():
    profile = Profile()
    xp, a = Timed(np, profile), np.arange(6.0).reshape(2, 3)
    assert np.array_equal(xp.matmul(a, a.T), a @ a.T) and np.array_equal(xp.add.reduce(a, axis=0), a.sum(axis=0))
    assert xp.intp is np.intp and xp.pi == np.pi
    assert (profile.calls["products"], profile.calls["elementwise"]) == (1, 1)


def trained(folder, profile=None):
    """(events, theta) of a run of ten steps."""
    with prepare(tiny({"train.max_steps": 10}), folder, **({"xp": profile.xp} if profile else {})) as run:
        if profile:
            profile.attach(run)
        events = list(profile.follow(train(run)) if profile else train(run))
        return events, run.trainer.theta.copy()


def test_a_profiled_run_takes_the_same_steps_and_ends_with_a_table(apart):
    events, theta = trained("plain")
    profiled, same = trained("profiled", Profile())
    assert np.array_equal(theta, same)
    assert [type(event) for event in profiled] == [*map(type, events), Profiled]
    result = profiled[-1]
    rows = {row.name: row for row in result.rows}
    assert list(rows) == list(KINDS) and result.steps == 9 and result.layouts
    assert rows["products"].calls > 10 and rows["elementwise"].calls > 10 and rows["data"].seconds > 0
    assert all(row.seconds >= 0 for row in result.rows) and rows["waiting"].seconds < rows["products"].seconds


def test_the_table_shows_shares_that_add_up():
    rows = (
        SimpleNamespace(name="products", seconds=0.003, calls=20.0, words="a"),
        SimpleNamespace(name="data", seconds=0.001, calls=1.0, words="b"),
        SimpleNamespace(name="waiting", seconds=0.0, calls=0.0, words="c"),
    )
    lines = profile_lines(Profiled(7, rows, ("64 x 2 x 4*8: whole (timed)",)))
    assert "7 steps: 4.000 ms" in lines[0] and "75.0%" in lines[2] and "25.0%" in lines[3]
    assert not any("waiting" in line for line in lines) and lines[-1] == "  64 x 2 x 4*8: whole (timed)"
