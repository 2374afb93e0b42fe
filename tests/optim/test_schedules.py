"""Schedules equal their formulas, and the plateau's state survives JSON."""

import json
import math
from functools import partial

import pytest

from rnncli.config import ScheduleConfig
from rnncli.errors import ConfigError
from rnncli.optim.schedules import SCHEDULES, build_schedule

Config = partial(ScheduleConfig, every=100, gamma=0.5, patience=3)


def factors(config, steps, total):
    schedule = build_schedule(config)
    return [schedule.factor(step, (step - 1) / total) for step in steps]


def test_constant_is_one():
    assert factors(Config("constant"), [1, 2, 1000], 1000) == [1, 1, 1]


def test_step_falls_after_every_so_many_steps():
    assert factors(Config("step"), [1, 100, 101, 200, 201, 301], 400) == [1, 1, 0.5, 0.5, 0.25, 0.125]


def test_exponential_is_step_where_that_changes_and_smooth_between():
    assert factors(Config("exponential"), [1, 101, 201], 400) == [1, 0.5, 0.25]
    assert factors(Config("exponential"), [51], 400) == [pytest.approx(math.sqrt(0.5))]


def test_cosine_goes_from_one_to_the_final_fraction_over_the_budget():
    schedule = build_schedule(Config("cosine", final=0.1))
    assert schedule.factor(1, 0.0) == 1
    assert schedule.factor(7, 0.5) == pytest.approx(0.55)
    assert schedule.factor(7, 0.25) == pytest.approx(0.1 + 0.9 * (1 + math.sqrt(0.5)) / 2)
    assert schedule.factor(7, 1.0) == pytest.approx(0.1)
    assert schedule.factor(7, 1.2) == pytest.approx(0.1)  # a budget of time can be overrun by a step


@pytest.mark.parametrize("kind", sorted(SCHEDULES))
def test_warm_up_multiplies_every_schedule(kind):
    plain, warm = build_schedule(Config(kind)), build_schedule(Config(kind, warmup=10))
    for step, share in [(1, 0.1), (5, 0.5), (10, 1.0), (11, 1.0), (150, 1.0)]:
        assert warm.factor(step, step / 200) == pytest.approx(share * plain.factor(step, step / 200), rel=1e-15)


def test_plateau_falls_after_patience_evaluations_in_a_row_without_a_better_one():
    schedule = build_schedule(Config("plateau"))
    seen = []
    for metric in [2.0, 1.9, 1.95, 1.9, 1.8, 1.9, 1.9, 1.9, 1.9, 1.9, 1.9, 1.7, 1.8]:
        schedule.observe(metric)
        seen.append(schedule.factor(1, 0))
    assert seen == [1, 1, 1, 1, 1, 1, 1, 0.5, 0.5, 0.5, 0.25, 0.25, 0.25]


def test_nan_is_never_better_for_a_plateau():
    schedule = build_schedule(Config("plateau", patience=2))
    for metric in [math.nan, math.nan, 3.0, math.nan]:
        schedule.observe(metric)
    assert schedule.to_dict() == {"best": 3.0, "waited": 1, "scale": 0.5}


def test_other_schedules_do_not_listen():
    for kind in set(SCHEDULES) - {"plateau"}:
        schedule = build_schedule(Config(kind))
        before = schedule.factor(130, 0.3)
        for _ in range(9):
            schedule.observe(5.0)
        assert schedule.factor(130, 0.3) == before
        assert schedule.to_dict() == {}


@pytest.mark.parametrize("kind", sorted(SCHEDULES))
def test_a_schedule_restored_from_json_goes_on_as_if_never_stopped(kind):
    metrics = [2.0, 2.1, 2.1, 2.1, 2.2, 1.9, 2.0, 2.0, 2.0, 2.0]
    whole, stopped = build_schedule(Config(kind)), build_schedule(Config(kind))
    for metric in metrics[:5]:
        whole.observe(metric)
        stopped.observe(metric)
    resumed = build_schedule(Config(kind))
    resumed.from_dict(json.loads(json.dumps(stopped.to_dict(), allow_nan=False)))
    for step, metric in enumerate(metrics[5:], 100):
        whole.observe(metric)
        resumed.observe(metric)
        assert resumed.factor(step, 0.4) == whole.factor(step, 0.4)
    assert resumed.to_dict() == whole.to_dict()


def test_an_unknown_kind_is_named_with_the_known_ones():
    with pytest.raises(ConfigError, match="unknown schedule 'cosin'; known: constant, step, "):
        build_schedule(Config("cosin"))
