"""Horizons and seasons that are usual for a frequency."""

import pytest

from rnncli.data.time.clock import Clock
from rnncli.data.time.frequency import frequency_named
from rnncli.tasks.forecast.defaults import usual_horizon


@pytest.mark.parametrize(
    ("alias", "closed", "horizon", "why", "season"),
    [
        ("h", None, 24, "a day", 24),
        ("2h", None, 12, "a day", 12),
        ("15min", None, 96, "a day", 96),
        ("10min", None, 12, "usual", 144),
        ("30min", None, 48, "a day", 48),
        ("s", None, 60, "usual", 3600),
        ("100ms", None, 60, "usual", 10),
        ("D", None, 14, "two weeks", 7),
        ("D", "sun", 12, "two weeks", 6),
        ("B", None, 10, "two weeks", 5),
        ("B", "2024-12-25", 10, "two weeks", 5),
        ("h", "weekends,18:00-08:00", 10, "an open day", 10),
        ("W-SAT", None, 13, "a quarter", 52),
        ("SMS", None, 24, "a year", 24),
        ("M-5-20", None, 24, "a year", 24),
        ("ME", None, 12, "a year", 12),
        ("M-30", None, 12, "a year", 12),
        ("BME", None, 12, "a year", 12),
        ("WOM-3FRI", None, 12, "a year", 12),
        ("QE-NOV", None, 8, "two years", 4),
        ("BQE", None, 8, "two years", 4),
        ("YE-JUN", None, 6, "six years", 1),
        ("BYE", None, 6, "six years", 1),
    ],
)
def test_every_frequency_has_its_usual_horizon_and_season(alias, closed, horizon, why, season):
    frequency = frequency_named(alias, Clock("Europe/Berlin"), closed)
    found, reason = usual_horizon(frequency)
    assert found == horizon and reason.startswith(why) and frequency.season == season


def test_without_a_frequency_the_horizon_is_ten_rows():
    assert usual_horizon(None)[0] == 10 and usual_horizon(frequency_named("index"))[0] == 10
