"""What a network foresees, drawn in the reports of its training, and the words of a run on series."""

import io
import json
import math

import pytest
from rich.console import Console

from rnncli.events import EvalDone, Outlook, RunFinished, RunStarted, Sampled, StepDone
from rnncli.tasks.forecast.sample import NARROWEST, is_unicode, outlook_lines
from rnncli.ui.bar import BarReporter
from rnncli.ui.jsonl import JsonlReporter
from rnncli.ui.lines import LinesReporter

STAMPS = tuple(f"2024-01-{day:02}" for day in range(1, 16))
OUTLOOK = Outlook("visitors", STAMPS, tuple(map(float, range(12))), (12.0, 13.0, 14.0), (12.5, math.nan, 13.5))
STARTED = RunStarted("runs/shop", "forecast", ("shop.csv: 1 series",), 7, 321, 4_000, 0, 10, None, None, 96)
STEP = StepDone(1, 0.5, 0.25, 1.5, False, 0.003, 96, 1.0, 0.1)
EVALUATED = EvalDone(5, {"loss": 0.125, "mae": 3.5}, True, 1.0)
FINISHED = RunFinished(10, "early stopping", 5, 0.125, 2.0, 960, OUTLOOK)
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
def test_an_outlook_is_a_chart_of_its_history_and_forecast_no_wider_than_asked(width):
    lines = outlook_lines(OUTLOOK, width, unicode=True)
    assert lines[0].startswith("visitors") and max(map(len, lines)) <= width
    assert any("2024-01-15" in line for line in lines)


def test_an_outlook_is_never_narrower_than_can_be_drawn():
    assert outlook_lines(OUTLOOK, 3, unicode=True) == outlook_lines(OUTLOOK, NARROWEST, unicode=True)


def test_a_truth_that_is_not_known_is_not_drawn():
    unknown = Outlook("visitors", STAMPS, OUTLOOK.history, OUTLOOK.forecast, (math.nan,) * 3)
    assert "truth" in outlook_lines(OUTLOOK, 80, True)[0] and "truth" not in outlook_lines(unknown, 80, True)[0]


def test_a_stream_that_knows_ascii_only_gets_ascii_only():
    ascii_only = io.StringIO()
    assert not is_unicode(ascii_only) and is_unicode(Utf8())
    assert told(ascii_only).isascii() and not told(Utf8()).isascii()


def test_the_chart_stands_in_a_panel_on_a_terminal():
    console = Console(file=Utf8(), force_terminal=True, width=90, color_system=None)
    reporter = BarReporter(console)
    for event in (STARTED, STEP, EVALUATED, Sampled(5, OUTLOOK)):
        reporter.handle(event)
    shown = console.file.getvalue()
    assert "forecast at step 5" in shown and "visitors" in shown and "╭" in shown
    assert max(map(len, shown.splitlines())) <= 90


def test_programs_get_the_metrics_by_name_and_null_for_what_is_not_known():
    stream = io.StringIO()
    reporter = JsonlReporter(stream)
    for event in RUN:
        reporter.handle(event)
    lines = [json.loads(line) for line in stream.getvalue().splitlines()]
    assert (lines[2]["loss"], lines[2]["mae"], lines[2]["event"]) == (0.125, 3.5, "eval_done")
    assert lines[3]["sample"]["truth"] == [12.5, None, 13.5]
