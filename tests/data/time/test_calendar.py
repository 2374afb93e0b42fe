"""Calendar features against the calendar of the standard library."""

from datetime import UTC, datetime, timedelta
from math import cos, pi, sin

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnncli.data.time.calendar import CYCLES, calendar_features, cycles_for, fourier_features
from rnncli.data.time.clock import DAY, HOUR, MINUTE

times = st.datetimes(datetime(1900, 1, 1), datetime(2100, 1, 1)).map(lambda time: time.replace(microsecond=0))


def instant(time):
    return (time.replace(tzinfo=UTC) - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)


@given(times)
def test_each_cycle_is_where_the_calendar_says(time):
    next_month = (time.replace(day=28) + timedelta(days=4)).replace(day=1)
    days = (next_month - timedelta(days=1)).day
    turns = {
        "hour": (time.hour * 3600 + time.minute * 60 + time.second) / 86400,
        "weekday": time.weekday() / 7,
        "day": (time.day - 1) / days,
        "month": (time.month - 1) / 12,
    }
    for cycle, turn in turns.items():
        found = calendar_features([instant(time)], (cycle,))
        assert found.shape == (1, 2)
        assert found[0] == pytest.approx([sin(2 * pi * turn), cos(2 * pi * turn)], abs=1e-9)


def test_all_cycles_side_by_side_and_none():
    assert calendar_features([0, HOUR, -1]).shape == (3, 2 * len(CYCLES))
    assert calendar_features([0, 1], ()).shape == (2, 0)
    with pytest.raises(ValueError, match="no cycle 'moon'"):
        calendar_features([0], ("moon",))


@pytest.mark.parametrize(
    "step, cycles",
    [
        (5 * MINUTE, CYCLES),
        (HOUR, CYCLES),
        (DAY, ("weekday", "day", "month")),
        (7 * DAY, ("day", "month")),
        (30 * DAY, ("month",)),
        (366 * DAY, ()),
    ],
)
def test_a_step_knows_the_cycles_that_it_turns_in(step, cycles):
    assert cycles_for(step) == cycles


def test_fourier_terms_repeat_with_the_season_and_are_orthogonal():
    terms = fourier_features(np.arange(48), 24, 3)
    assert terms.shape == (48, 6) and np.allclose(terms[:24], terms[24:], atol=1e-12)
    assert np.allclose(terms.T @ terms, 24 * np.eye(6), atol=1e-9)
    with pytest.raises(ValueError, match="order 13 is above season / 2 = 12"):
        fourier_features([0], 24, 13)
