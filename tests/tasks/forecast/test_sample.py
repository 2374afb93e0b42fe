"""What a network foresees, drawn in the reports of its training, and the words of a run on series."""

import io
import json
import math
from dataclasses import replace

import pytest
from rich.console import Console

from rnncli.events import EvalDone, RunFinished, RunStarted, Sampled, StepDone, event_record
from rnncli.tasks.forecast.kind import FORECAST
from rnncli.tasks.forecast.sample import NARROWEST, ForecastSample
from rnncli.ui.bar import BarReporter
from rnncli.ui.console import is_unicode
from rnncli.ui.jsonl import JsonlReporter
from rnncli.ui.lines import LinesReporter

STAMPS = tuple(f"2024-01-{day:02}" for day in range(1, 16))
SAMPLE = ForecastSample(
    name="visitors",
    stamps=STAMPS,
    history=tuple(map(float, range(12))),
    forecast=(12.0, 13.0, 14.0),
    truth=(12.5, math.nan, 13.5),
)
STARTED = RunStarted(
    run="runs/shop",
    task="forecast",
    description=("shop.csv: 1 series",),
    seed=7,
    parameters=321,
    memory=4_000,
    step=0,
    total_steps=10,
    max_seconds=None,
    chars_per_token=None,
    tokens_per_step=96,
    unit="value",
    arguments="runs/shop",
)
STARTED = replace(STARTED, next=tuple(FORECAST.next_commands("runs/shop", STARTED)))
STEP = StepDone(
    step=1,
    epoch=0.5,
    loss=0.25,
    grad_norm=1.5,
    clipped=False,
    rate=0.003,
    tokens=96,
    elapsed=1.0,
    fraction=0.1,
)
EVALUATED = EvalDone(5, {"loss": 0.125, "mae": 3.5}, True, 1.0)
FINISHED = RunFinished(
    step=10, reason="early stopping", best_step=5, best=0.125, elapsed=2.0, tokens=960, sample=SAMPLE
)
RUN = (STARTED, STEP, EVALUATED, FINISHED)


class Utf8(io.StringIO):
    encoding = "utf-8"


def told(stream, events=RUN):
    reporter = LinesReporter(stream)
    for event in events:
        reporter.handle(event)
    return stream.getvalue()


def test_the_report_of_a_run_on_series_speaks_of_errors_and_values_not_of_characters():
    text = told(Utf8())
    assert "val loss 0.125  mae 3.5" in text and "best validation loss 0.125 at step 5" in text
    assert "960 values" in text and "rnncli generate runs/shop  # the forecast, as CSV" in text
    assert "char" not in text and "token" not in text


@pytest.mark.parametrize("width", [40, 100])
def test_a_sample_is_a_chart_of_its_history_and_forecast_no_wider_than_asked(width):
    lines = SAMPLE.lines(width, True, False)
    assert lines[0].startswith("visitors") and max(map(len, lines)) <= width
    assert any("2024-01-15" in line for line in lines)


def test_a_sample_is_never_narrower_than_can_be_drawn():
    assert SAMPLE.lines(3, True, False) == SAMPLE.lines(NARROWEST, True, False)


def test_a_truth_that_is_not_known_is_not_drawn():
    unknown = replace(SAMPLE, truth=(math.nan,) * 3)
    assert "truth" in SAMPLE.lines(80, True, False)[0] and "truth" not in unknown.lines(80, True, False)[0]


def test_a_stream_that_knows_ascii_only_gets_ascii_only():
    ascii_only = io.StringIO()
    assert not is_unicode(ascii_only) and is_unicode(Utf8())
    assert told(ascii_only).isascii() and not told(Utf8()).isascii()


def test_the_chart_stands_in_a_panel_on_a_terminal():
    console = Console(file=Utf8(), force_terminal=True, width=90, color_system=None)
    reporter = BarReporter(console)
    for event in (STARTED, STEP, EVALUATED, Sampled(5, SAMPLE)):
        reporter.handle(event)
    shown = console.file.getvalue()
    assert "forecast at step 5" in shown and "visitors" in shown and "╭" in shown
    assert max(map(len, shown.splitlines())) <= 90


def test_the_record_of_a_sample_is_json_with_null_for_what_is_not_known():
    record = json.loads(json.dumps(SAMPLE.record(), allow_nan=False))
    assert list(record) == ["name", "stamps", "history", "forecast", "truth"]
    assert record["truth"] == [12.5, None, 13.5] and record["stamps"] == list(STAMPS)
    assert event_record(Sampled(5, SAMPLE))["sample"] == record


def test_what_has_to_be_known_ahead_is_asked_for_before_a_forecast():
    started = replace(STARTED, needs=("price", "holiday"))
    started = replace(started, next=tuple(FORECAST.next_commands("runs/shop", started)))
    text = told(Utf8(), (started, STEP, FINISHED))
    template = "rnncli generate runs/shop --future-template > future.csv  # to fill in: price, holiday"
    assert text.index(template) < text.index("rnncli generate runs/shop --future future.csv")


def test_programs_get_the_metrics_by_name_and_null_for_what_is_not_known():
    stream = io.StringIO()
    reporter = JsonlReporter(stream)
    for event in RUN:
        reporter.handle(event)
    lines = [json.loads(line) for line in stream.getvalue().splitlines()]
    assert (lines[2]["loss"], lines[2]["mae"], lines[2]["event"]) == (0.125, 3.5, "eval_done")
    assert lines[3]["sample"]["truth"] == [12.5, None, 13.5]
