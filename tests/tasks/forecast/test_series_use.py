"""Series as people use them: `train`, `generate` and `eval` on tables as they come, from end to end."""

import csv
import io
import math
import os
import signal
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path

import pytest
from processes import child
from rich.console import Console

from rnncli.cli.main import main
from rnncli.config import schema
from rnncli.tasks.forecast.sample import ForecastSample
from rnncli.tasks.registry import TASKS
from rnncli.ui.bar import BarReporter

FAST = ("--hidden-size", "4", "--max-steps", "6", "--eval-every", "3", "--workers", "1", "--seed", "1")

DAILY = [f"{t % 24 + t % 5}" for t in range(200)]


@pytest.fixture(autouse=True)
def apart(tmp_path, monkeypatch):
    """A folder of its own for each test; the user's cache is not touched, no disk is waited for."""
    monkeypatch.setenv("RNNCLI_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(os, "fsync", lambda file: None)
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def rnncli(capfd):
    """rnncli(*arguments): (exit code, stdout, stderr) of a command line."""

    def run(*arguments):
        capfd.readouterr()
        code = main([str(argument) for argument in arguments])
        return (code, *capfd.readouterr())

    return run


def days(n, size=1.0):
    """[(stamp, value)] of n days: a week that repeats, a little uneven."""
    begin = date(2024, 1, 1)
    return [
        (str(begin + timedelta(i)), size * (20 + 5 * math.sin(2 * math.pi * i / 7) + (i * 37 % 11) / 11))
        for i in range(n)
    ]


def table(rows, header="ds,y", file="a.csv"):
    """Write a table of rows, and return its name."""
    Path(file).write_text("\n".join([header, *(",".join(map(str, row)) for row in rows)]) + "\n")
    return file


def values(text, column="rnncli"):
    return [float(row[column]) for row in csv.DictReader(io.StringIO(text))]


def started(*arguments, **how):
    """A process of its own that runs a command line."""
    return child(sys.executable, "-m", "rnncli", *arguments, text=True, **how)


def without(stream, *arguments, **how):
    """The same with one of its streams closed, "1" or "2"."""
    return child(
        "sh", "-c", f'exec "$@" {stream}>&-', "sh", sys.executable, "-m", "rnncli", *arguments, text=True, **how
    )


# ---- what the units of a series are


@pytest.mark.parametrize("size", [1e-300, 1e-9, 1.0, 1e140])
def test_the_size_of_a_series_does_not_change_its_forecast_in_its_own_units(rnncli, size):
    table(days(60, size))
    assert rnncli("train", "a.csv", *FAST, "-q", "-o", "run")[0] == 0
    found = [value / size for value in values(rnncli("generate", "run", "-q")[1])]
    assert all(10 < value < 30 for value in found)
    code, out, err = rnncli("eval", "run", "--format", "json")
    assert code == 0 and "Warning" not in err and "NaN" not in out


def test_a_constant_series_of_a_tiny_value_is_forecast_near_it(rnncli):
    table([(stamp, 3e-9) for stamp, _ in days(60)])
    rnncli("train", "a.csv", *FAST, "-q", "-o", "run")
    assert all(abs(value - 3e-9) < 3e-9 for value in values(rnncli("generate", "run", "-q")[1]))


# ---- what is told


def test_columns_that_are_not_read_are_named(rnncli):
    table([(stamp, y, 1, 2) for stamp, y in days(40)], "ds,y,rain,wind")
    err = rnncli("train", "a.csv", *FAST, "--past-cols", "wind", "-o", "run")[2]
    assert "ignored columns: rain (numbers); to use them: --past-cols, --future-cols, --static-cols" in err
    assert "not read" not in rnncli("generate", "run", "a.csv")[2]


def test_rows_without_stamps_name_the_option_for_a_column_of_steps_that_is_not_read(rnncli):
    table([(2 * t, y) for t, (_, y) in enumerate(days(40))], "reading,y")
    err = rnncli("train", "a.csv", *FAST, "-o", "run")[2]
    assert "ignored columns: reading (numbers); to use them: --time-col, --past-cols" in err


def test_missing_covariates_are_counted_with_what_stands_for_them(rnncli):
    table(
        [(stamp, y, "" if i in (3, 5) else i % 2, "" if i == 9 else 1) for i, (stamp, y) in enumerate(days(40))],
        "ds,y,wind,sale",
    )
    err = rnncli("train", "a.csv", *FAST, "--past-cols", "wind", "--future-cols", "sale", "-o", "run")[2]
    assert "note: values missing in wind 2, sale 1; replaced by the mean of the training rows" in err


def test_a_small_table_warns_of_nothing(rnncli):
    err = rnncli("train", table(days(40)), *FAST, "-o", "run")[2]
    assert "warning" not in err and "batches: " in err


def test_a_dry_run_says_which_defaults_were_chosen_and_why(rnncli):
    code, out, _ = rnncli("train", table(days(40)), "--dry-run")
    assert code == 0 and "note: season 7: usual for frequency D, and the training rows show it; " in out


def test_without_validation_rows_no_eval_is_advised(rnncli):
    err = rnncli("train", table(days(40)), *FAST, "--val-size", "0", "-o", "run")[2]
    assert "rnncli generate run" in err and "rnncli eval" not in err
    assert "rnncli eval other" in rnncli("train", "a.csv", *FAST, "-o", "other")[2]


def test_a_short_series_gets_the_intervals_of_eighty_per_cent_by_default(rnncli):
    err = rnncli("train", table(days(150)), *FAST, "-o", "run")[2]
    assert "note: validation: 17 rows, the fewest that 80 % intervals need; --val-size sets another number" in err
    code, out, err = rnncli("generate", "run")
    assert out.startswith("unique_id,ds,rnncli,rnncli-lo-80,rnncli-hi-80\n") and "note: no 95 % intervals" in err
    low, mean, high = (values(out, f"rnncli{end}") for end in ("-lo-80", "", "-hi-80"))
    assert all(a < b < c for a, b, c in zip(low, mean, high))


def test_quantiles_that_were_not_learnt_are_the_reason_for_missing_intervals(rnncli):
    rnncli("train", table(days(60)), *FAST, "--loss", "quantile", "--quantiles", "0.1,0.5,0.9", "-q", "-o", "run")
    code, out, err = rnncli("generate", "run")
    assert out.startswith("unique_id,ds,rnncli,rnncli-lo-80,rnncli-hi-80\n")
    assert "note: no 95 % intervals: they lie outside the trained quantiles, 0.1, 0.5, 0.9" in err


@pytest.mark.parametrize(
    "layout, text",
    [
        ("long", "y\n" + "\n".join(DAILY) + "\n"),
        ("rows", f"id,{','.join(map(str, range(200)))}\na,{','.join(DAILY)}\n"),
    ],
)
def test_a_frequency_that_is_named_tells_season_and_horizon_where_there_are_no_stamps(rnncli, layout, text):
    Path("a.csv").write_text(text)
    out = rnncli("train", "a.csv", "--layout", layout, "--freq", "h", "--dry-run")[1]
    assert "note: horizon 24: a day of frequency h" in out and "note: season 24: usual for frequency h" in out


def test_a_chart_of_the_training_fits_a_terminal_of_forty_characters():
    stamps = tuple(f"2024-01-{day:02}" for day in range(1, 31))
    sample = ForecastSample("temp", stamps, tuple(range(26)), (1.0,) * 4, (2.0,) * 4)
    console = Console(file=io.StringIO(), width=40, force_terminal=True, color_system=None)
    BarReporter(console).show_sample("sample", sample)
    lines = console.file.getvalue().splitlines()
    assert max(map(len, lines)) <= 40 and any("truth" in line for line in lines)
    assert any(line.rstrip(" │").endswith("2024-01-30") for line in lines)


# ---- what is refused


def test_a_table_of_many_columns_is_refused_in_a_line_with_the_other_layouts(rnncli):
    Path("a.csv").write_text("id" + "".join(f",V{t * t}" for t in range(900)) + "\na" + ",1" * 900 + "\n")
    code, _, err = rnncli("train", "a.csv", *FAST, "-o", "run")
    assert code == 3 and len(err) < 700 and "in all)" in err and "--layout rows" in err


@pytest.mark.parametrize(
    "options, message",
    [
        (
            ("--tokens", "word"),
            """data.tokens: found "word" (option --tokens); not for the task 'forecast' (a.csv is read as series)""",
        ),
        (
            ("--val-frac", "0.2", "--seq-length", "9"),
            "data.val_frac: found 0.2 (option --val-frac); not for the task 'forecast' (a.csv is read as series)\n"
            "train.seq_length: found 9 (option --seq-length); not for the task 'forecast' (a.csv is read as series)",
        ),
        (
            ("--task", "language", "--horizon", "3", "--wide"),
            """series.layout: found "wide" (option --layout); not for the task 'language' (option --task)\n"""
            "forecast.horizon: found 3 (option --horizon); not for the task 'language' (option --task)",
        ),
    ],
)
def test_an_option_of_the_other_task_is_refused_by_train(rnncli, options, message):
    code, _, err = rnncli("train", table(days(40)), *FAST, *options, "-o", "run")
    paths = [line.partition(":")[0] for line in message.splitlines()]
    owners = [[kind.name for kind in TASKS.values() if not schema().foreign(kind, path)] for path in paths]
    hint = "; ".join(dict.fromkeys(f"add --task {' or '.join(names)}, or remove it" for names in owners))
    assert (code, err) == (2, f"error: {message}\nhint: {hint}\n") and not Path("run").exists()


def test_settings_of_a_file_for_both_tasks_are_taken(rnncli):
    Path("both.yaml").write_text("train:\n  seq_length: 9\ndata:\n  val_frac: 0.2\nforecast:\n  horizon: 3\n")
    assert rnncli("train", table(days(40)), *FAST, "-c", "both.yaml", "-o", "run")[0] == 0


@pytest.mark.parametrize(
    "options, parameter, hint",
    [
        (("--horizon", "3"), "head.W has shape (4, 8), here (4, 3)", "forecast.horizon 8 (here 3)"),
        (("--past-cols", "wind"), "layer0.W_x has shape (1, 16), here (2, 16)", "series.past_cols none (here wind)"),
    ],
)
def test_weights_of_other_shapes_are_no_beginning(rnncli, options, parameter, hint):
    table([(stamp, y, i % 3) for i, (stamp, y) in enumerate(days(40))], "ds,y,wind")
    rnncli("train", "a.csv", *FAST, "-q", "-o", "first")
    code, _, err = rnncli("train", "a.csv", *FAST, "--init-from", "first", *options, "-o", "second")
    assert code == 4 and err.startswith(f"error: first/model.safetensors: parameter {parameter}\nhint: start from")
    assert hint in err and not Path("second").exists()
    assert rnncli("train", "a.csv", *FAST, "--init-from", "first", "--loss", "mae", "-q", "-o", "third")[0] == 0


@pytest.mark.parametrize("lowest", ["nan", "inf"])
def test_a_lowest_forecast_that_is_no_number_is_refused(rnncli, lowest):
    rnncli("train", table(days(40)), *FAST, "-q", "-o", "run")
    code, out, err = rnncli("generate", "run", "--min", lowest)
    assert (code, out, err) == (2, "", f"error: --min is {lowest}\nhint: give a number, as in --min 0\n")


def test_two_rows_of_one_stamp_in_what_is_known_ahead_are_refused(rnncli):
    table([(stamp, y, i % 2) for i, (stamp, y) in enumerate(days(40))], "ds,y,sale")
    rnncli("train", "a.csv", *FAST, "--future-cols", "sale", "--horizon", "2", "-q", "-o", "run")
    table([("2024-02-10", 0), ("2024-02-11", 1), ("2024-02-11", 0)], "ds,sale", "ahead.csv")
    code, out, err = rnncli("generate", "run", "--future", "ahead.csv")
    assert (code, out) == (3, "")
    assert err.startswith("error: ahead.csv:4, column ds: the same stamp as ahead.csv:3, column ds\nhint: remove one")


def test_steps_that_are_numbered_in_fractions_are_refused_with_what_to_do(rnncli):
    table([(f"{t / 10:.1f}", y) for t, (_, y) in enumerate(days(40))], "t,y")
    code, _, err = rnncli("train", "a.csv", *FAST, "--time-col", "t", "-o", "run")
    assert code == 3 and err.startswith("error: a.csv:2, column t: '0.0' is neither a stamp nor a whole number\n")


def test_a_column_with_a_comma_in_its_name_is_named_in_quotes(rnncli):
    table([(stamp, y, i % 3, 1) for i, (stamp, y) in enumerate(days(40))], 'ds,y,"price, net",wind')
    code, _, err = rnncli("train", "a.csv", *FAST, "--past-cols", 'wind, "price, net"', "-o", "run")
    assert code == 0 and "reads 16 steps of 3 columns" in err


def test_a_series_too_short_for_training_rows_is_scored_with_the_others(rnncli):
    table([(name, *row) for name, n in (("one", 1), ("long", 80)) for row in days(n)], "unique_id,ds,y")
    assert rnncli("train", "a.csv", *FAST, "--horizon", "2", "--test-size", "9", "-q", "-o", "run")[0] == 0
    code, out, err = rnncli("eval", "run", "--per-series")
    assert code == 0 and "bug" not in err and "ridge" in out


# ---- streams and signals


def test_a_closed_standard_error_leaves_standard_output_as_it_is(rnncli):
    rnncli("train", table(days(40)), *FAST, "-q", "-o", "run")
    expected = rnncli("generate", "run")[1]
    with without("2", "generate", "run", stdout=subprocess.PIPE) as process:
        assert process.communicate()[0] == expected and process.returncode == 0


@pytest.mark.parametrize("command", ["generate", "eval"])
def test_a_closed_standard_output_is_no_bug_of_ours(rnncli, command):
    rnncli("train", table(days(60)), *FAST, "-q", "-o", "run")
    with without("1", command, "run", stderr=subprocess.PIPE) as process:
        err = process.communicate()[1]
    assert process.returncode == 6 and "error: standard output: closed, so that nothing can be written to it\n" in err


def test_a_run_that_was_stopped_and_goes_on_forecasts_the_same_bytes(rnncli):
    options = (
        table(days(60)),
        "--hidden-size",
        "8",
        "--max-steps",
        "600",
        "--eval-every",
        "200",
        "--patience",
        "0",
        "--workers",
        "1",
        "--seed",
        "1",
        "-o",
    )
    with started("train", "--progress", "jsonl", *options, "stopped", stderr=subprocess.PIPE) as process:
        assert any('"step_done"' in line for line in process.stderr)  # before its first step it may not listen yet
        process.send_signal(signal.SIGTERM)
        process.communicate()
        assert process.returncode == 143
    assert rnncli("train", "--resume", "auto", *options, "stopped")[0] == rnncli("train", *options, "whole")[0] == 0
    assert Path("stopped/model.safetensors").read_bytes() == Path("whole/model.safetensors").read_bytes()
    assert rnncli("generate", "stopped")[1] == rnncli("generate", "whole")[1] != ""
