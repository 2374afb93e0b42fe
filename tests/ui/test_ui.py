"""Reporters: what they show of a stream of events, and that nothing in it can steer a terminal."""

import io
import json
import math
from dataclasses import replace

import pytest
from rich.console import Console

from rnncli.events import (
    CheckpointSaved,
    EvalDone,
    Notice,
    ParameterNorm,
    RunFinished,
    RunStarted,
    Sampled,
    StepDone,
    StepRejected,
)
from rnncli.phrases import duration, safe_text, speed
from rnncli.tasks.language.kind import LANGUAGE
from rnncli.tasks.language.sample import TextSample
from rnncli.ui.bar import BarReporter, packed
from rnncli.ui.console import wants_color
from rnncli.ui.event_lines import next_lines, start_lines, step_line
from rnncli.ui.gradient_norms import norms_lines
from rnncli.ui.jsonl import JsonlReporter
from rnncli.ui.lines import LinesReporter, WarningsReporter
from rnncli.ui.meter import Meter
from rnncli.ui.reporter import choose_reporter

LN2 = math.log(2)
STARTED = RunStarted(
    run="runs/a b",
    task="language",
    description=("data: a.txt",),
    seed=7,
    parameters=12_345,
    memory=3_400_000,
    step=0,
    total_steps=100,
    max_seconds=None,
    chars_per_token=2.0,
    tokens_per_step=20,
    score="nats_per_char",
    score_label="nats/char",
    arguments="'runs/a b'",
    resume="'runs/a b'",
    next=tuple(LANGUAGE.next_commands("'runs/a b'", None)),
)
NORMS = (ParameterNorm("layer0.W_h", 0.5, 0.25, 1e-3), ParameterNorm("a." * 40 + "head.W", 2.0, 1.0, 2e-3))
FINISHED = RunFinished(
    step=100,
    reason="max_steps",
    best_step=90,
    best=LN2,
    elapsed=65.0,
    tokens=2000,
    sample=TextSample("the end\n"),
)


def step(number, loss=2 * LN2, norms=()):
    """Step `number` of 100, a second and 20 tokens each."""
    return StepDone(
        step=number,
        epoch=number / 40,
        loss=loss,
        grad_norm=0.75,
        clipped=True,
        rate=1e-3,
        tokens=20,
        elapsed=float(number),
        fraction=number / 100,
        norms=norms,
    )


def events():
    """A whole run."""
    return [
        STARTED,
        Notice("shrunk", warning=True),
        Notice("read"),
        step(1),
        step(2, norms=NORMS),
        EvalDone(2, {"nats_per_token": 2 * LN2, "nats_per_char": LN2}, True, 2.0),
        Sampled(2, TextSample("red \x1b[31m text")),
        CheckpointSaved(2, "x"),
        StepRejected(3, "gradient", "layer0.W_h", 2, 0.5),
        EvalDone(4, {"nats_per_token": 2.0, "nats_per_char": 1.0}, False, 4.0),
        FINISHED,
    ]


def shown(reporter, stream):
    with reporter:
        for event in events():
            reporter.handle(event)
    return stream.getvalue()


def lines_of(norms=False):
    stream = io.StringIO()
    return shown(LinesReporter(stream, norms, clock=lambda: 0.0), stream)


def bar_of(width=60, norms=False):
    stream = io.StringIO()
    console = Console(file=stream, width=width, force_terminal=True, color_system=None)
    return shown(BarReporter(console, norms, clock=lambda: 0.0), stream)


def test_safe_text_escapes_all_that_could_steer_a_terminal_and_nothing_else():
    assert safe_text("a\x1b[31m\x07\r\x7f\x9b\u202e\ud800") == r"a\x1b[31m\x07\x0d\x7f\x9b\u202e\ud800"
    kept = "tab\t newline\n привет \N{GRINNING FACE} e\u0301 \u00a0"
    assert safe_text(kept) == kept


def test_safe_text_of_pieces_is_the_same_as_of_the_whole():
    text = "a\x1b[0m\u202eb\x85"
    assert "".join(map(safe_text, text)) == safe_text(text)


@pytest.mark.parametrize("report", [lines_of, bar_of])
def test_a_sample_reaches_no_terminal_raw(report):
    assert r"red \x1b[31m text" in report()
    assert "\x1b[31m" not in report()


@pytest.mark.parametrize("report", [lines_of, bar_of])
def test_every_event_that_matters_is_shown(report):
    text = report()
    for part in (
        "data: a.txt",
        "12,345 parameters, 3.4 MB of arrays, seed 7",
        "warning: shrunk",
        "note: read",
        "* step 2  val 1.000 bits/char (0.693 nats/char)",
        "  step 4  val 1.443 bits/char",
        "step limit reached after 100 steps, 2,000 tokens in 1:05",
        "best validation 1.000 bits/char",
        "the end",
        "rnncli generate 'runs/a b'",
        "rnncli eval 'runs/a b'",
        "rnncli train --resume 'runs/a b' --max-steps 200",
    ):
        assert part in text
    assert "step 3 rejected: its gradient of layer0.W_h is not finite" in " ".join(text.split())


@pytest.mark.parametrize("report", [lines_of, bar_of])
def test_gradient_norms_are_shown_only_where_they_were_asked_for(report):
    assert "5.00e-01     2.50e-01     1.00e-03" in report(norms=True)
    assert "5.00e-01" not in report(norms=False)


@pytest.mark.parametrize("width", [60, 80, 150])
def test_the_gradient_norm_table_fits_its_width_and_keeps_the_ends_of_long_names(width):
    lines = norms_lines(step(1, norms=NORMS), width)
    assert max(map(len, lines)) <= width
    assert "head.W" in lines[2] and lines[2].startswith("..." if width < 150 else "a.a.")


def test_a_sample_that_was_just_shown_is_not_shown_again_at_the_end():
    stream = io.StringIO()
    reporter = LinesReporter(stream)
    for event in (STARTED, Sampled(100, FINISHED.sample), FINISHED):
        reporter.handle(event)
    assert stream.getvalue().count("the end") == 1


def test_plain_lines_about_the_steps_come_at_least_every_thirty_seconds():
    stream, now = io.StringIO(), [0.0]
    reporter = LinesReporter(stream, clock=lambda: now[0])
    reporter.handle(STARTED)
    before = stream.getvalue()
    times = []
    for number in range(1, 100):
        now[0] = float(number)
        reporter.handle(step(number))
        if stream.getvalue() != before:
            before = stream.getvalue()
            times.append(now[0])
    assert times and max(late - early for early, late in zip([0.0, *times], [*times, 99.0])) <= 30


def test_a_plain_line_has_step_loss_bits_gradient_norm_speed_and_time_left():
    meter = Meter(STARTED)
    meter.add(step(10))
    meter.add(step(20, loss=4 * LN2))
    line = step_line(meter)
    # 3 ln 2 nats per token on average and 2 characters per token: 1.5 bits per character. 20 tokens in 10 s, 80 % left.
    assert line == (
        "step 20/100  epoch 0.50  loss 1.500 bits/char (2.079 nats/token)  grad norm 0.75 clipped  "
        "2 tokens/s  1:20 left"
    )


def test_time_left_counts_the_pace_of_this_session_alone():
    meter = Meter(STARTED)
    for number in (50, 60):  # resumed at step 50
        meter.add(replace(step(number), elapsed=1000.0 + 2 * number))
    assert meter.seconds_left == pytest.approx(80.0)


def test_a_meter_that_saw_one_step_claims_no_speed():
    meter = Meter(STARTED)
    meter.add(step(1))
    assert meter.tokens_per_second is None and meter.seconds_left is None


def test_the_bar_fits_sixty_columns():
    assert all(len(line) <= 60 for line in bar_of(60).replace("\r", "\n").split("\n") if "\x1b" not in line)
    assert packed(("a" * 30, "b" * 28, "c" * 40), 60) == ["a" * 30 + "  " + "b" * 28, "c" * 40]


def test_the_bar_leaves_the_cursor_visible():
    text = bar_of()
    assert text.rfind("\x1b[?25h") > text.rfind("\x1b[?25l")


def test_json_lines_hold_every_event_and_never_nan():
    stream = io.StringIO()
    with JsonlReporter(stream) as reporter:
        for event in [*events(), step(5, loss=math.nan), step(6, loss=math.inf)]:
            reporter.handle(event)
    lines = [json.loads(line, parse_constant=pytest.fail) for line in stream.getvalue().splitlines()]
    assert all(line["schema"] == 1 for line in lines)
    assert [line["event"] for line in lines[:4]] == ["run_started", "notice", "notice", "step_done"]
    figures = {"norm": 0.5, "clipped": 0.25, "update_ratio": 1e-3, "cut": 0.0, "cosine": 1.0}
    assert lines[4]["norms"][0] == {"name": "layer0.W_h"} | figures
    assert lines[-1]["loss"] is None and lines[-2]["loss"] is None
    assert stream.getvalue().isascii() and "\x1b" not in stream.getvalue()


def test_a_quiet_reporter_shows_warnings_alone():
    stream = io.StringIO()
    text = shown(WarningsReporter(stream), stream)
    assert [line.partition(":")[0] for line in text.splitlines()] == ["warning", "warning"]


@pytest.mark.parametrize(
    "progress, quiet, kind",
    [
        ("auto", False, LinesReporter),
        ("auto", True, WarningsReporter),
        ("none", False, WarningsReporter),
        ("lines", True, LinesReporter),
        ("bar", False, BarReporter),
        ("jsonl", False, JsonlReporter),
    ],
)
def test_without_a_terminal_progress_is_lines_and_a_named_kind_wins_over_quiet(progress, quiet, kind, capsys):
    assert type(choose_reporter(progress, quiet=quiet)) is kind


@pytest.mark.parametrize(
    "color, variables, expected",
    [
        ("auto", {}, False),
        ("always", {"NO_COLOR": "1"}, True),
        ("never", {"FORCE_COLOR": "1"}, False),
        ("auto", {"FORCE_COLOR": "1"}, True),
        ("auto", {"FORCE_COLOR": "1", "NO_COLOR": "1"}, False),
    ],
)
def test_an_option_decides_about_colors_before_the_environment_does(color, variables, expected, monkeypatch):
    for name in ("NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert wants_color(io.StringIO(), color) is expected


def test_figures_are_written_with_their_units():
    assert [duration(seconds) for seconds in (7.9, 754, 3723)] == ["0:07", "12:34", "1:02:03"]
    assert [speed(rate) for rate in (950, 52_100)] == ["950 tokens/s", "52.1k tokens/s"]
    resumed = replace(
        STARTED, run="r", description=(), parameters=1, memory=999, step=50, total_steps=None, max_seconds=90.0
    )
    assert start_lines(resumed) == [
        "1 parameter, 999 bytes of arrays, seed 7",
        "run folder r: continues from step 50, 1:30",
    ]


def test_a_run_that_stopped_early_is_not_advised_to_train_twice_as_long():
    early = replace(FINISHED, reason="early stopping")
    assert not any("--resume" in line for line in next_lines(early, STARTED))


def test_what_nothing_was_held_back_for_is_not_suggested():
    unscored = next_lines(replace(FINISHED, best=None), STARTED)
    assert any("rnncli generate" in line for line in unscored) and not any("rnncli eval" in line for line in unscored)


def test_a_run_that_asks_for_gradient_norms_has_them_shown():
    stream = io.StringIO()
    reporter = LinesReporter(stream)
    for event in (replace(STARTED, norms_every=2), step(2, norms=NORMS)):
        reporter.handle(event)
    assert "5.00e-01     2.50e-01     1.00e-03" in stream.getvalue()


def test_bits_per_character_have_the_spelling_of_unknown_words():
    meter = Meter(replace(STARTED, spelling_nats_per_char=3 * LN2))
    assert meter.bits(2 * LN2) == pytest.approx(1 + 3)
    assert Meter(STARTED).bits(2 * LN2) == pytest.approx(1)
