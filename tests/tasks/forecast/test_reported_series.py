"""What was reported of series, each by the commands that showed it: ids, ends, words, closed hours and plots."""

import json
import re
import subprocess
import sys
from functools import partial
from pathlib import Path
from shutil import rmtree

import numpy as np
import pandas as pd
import pytest
from reported import days, forecast_rows, train_small
from table_zoo import comma, table, text, wave

from rnncli.tasks.registry import TASKS


@pytest.fixture(autouse=True)
def of_its_own(apart):
    """A folder of its own for each test."""


@pytest.fixture
def trained(command, saved):
    """trained(table, *options): (exit code, what `train` says of a table in a.csv)."""
    return partial(train_small, command, saved)


@pytest.fixture
def forecast(command):
    """forecast(*arguments): (the rows of `generate run`, without intervals, as dicts; what it says)."""
    return partial(forecast_rows, command)


@pytest.mark.parametrize("word", ["N/A", "#N/A", "-", ".", "?", "n.a.", "null", "--", "..", "NaN", "None", ""])
def test_the_usual_words_for_missing_values_are_known(trained, word):
    code, err = trained(table("ds,y", [(day, word if k == 20 else y) for k, (day, y) in enumerate(days(60))]))
    assert code == 0 and "y: 1 of 60 values" in err


def test_other_words_for_missing_values_are_given(trained):
    data = table("ds,y", [(day, "defekt" if k == 20 else y) for k, (day, y) in enumerate(days(60))])
    code, err = trained(data)
    assert code == 3 and "a.csv:22, column y: 'defekt' is not a number" in err and "--na" in err
    code, err = trained(data, "--na", "defekt,x")
    assert code == 0 and "y: 1 of 60 values" in err


def test_ids_that_differ_in_blanks_are_one_series(trained, forecast):
    code, err = trained(table("unique_id,ds,y", [("A " if k % 2 else "A", *row) for k, row in enumerate(days(60))]))
    assert code == 0 and "1 series of 60 steps" in err and "blank" in err
    assert {row["unique_id"] for row in forecast()[0]} == {"A"}


def test_a_series_that_ends_before_the_others_is_told(trained, forecast):
    rows = [("a", *row) for row in days(60)] + [("b", *row) for row in days(50)]
    trained(table("unique_id,ds,y", rows), "--horizon", "1")
    found, err = forecast()
    assert [row["ds"] for row in found] == ["2024-03-01", "2024-02-20"] and "'b'" in err and "2024-02-19" in err


def test_a_series_with_nothing_observed_in_its_window_is_told(trained, forecast):
    rows = [("a", *row) for row in days(90)]
    rows += [("b", day, y if k < 50 or k == 89 else "") for k, (day, y) in enumerate(days(90))]
    trained(table("unique_id,ds,y", rows), "--horizon", "2", "--window", "8")
    gone = [("a", *row) for row in days(90)] + [("b", day, 5 if k == 0 else "") for k, (day, _) in enumerate(days(89))]
    with open("b.csv", "w") as file:
        file.write(table("unique_id,ds,y", [*gone, ("b", days(90)[89][0], "")]))
    assert "'b'" in forecast("b.csv")[1]


def test_names_with_commas_are_listed_and_given(trained, forecast):
    data = table('ds,"Sales, net","Sales, gross"', [(day, y, 2 * y) for day, y in days(60)])
    code, err = trained(data)
    assert code == 3 and '"Sales, net", "Sales, gross"' in err and "--target-col 'Sales, net'" in err
    code, err = trained(data, "--target-col", "Sales, net")
    assert code == 0 and all(0 < float(row["rnncli"]) < 40 for row in forecast()[0])


def test_codes_are_kept_as_words(trained, command):
    rows = [(f"s{k}", *row, code) for k, code in enumerate(("00123", "0123")) for row in days(60)]
    code, err = trained(table("unique_id,ds,y,zip", rows), "--static-cols", "zip", "--words", "zip")
    assert code == 0, err
    _, out, _ = command("inspect", "run", "--format", "json")
    from rnncli.storage.model_files import load_model

    assert {"zip=00123", "zip=0123"} <= set(load_model("run").encoder.columns)


def test_a_difference_longer_than_the_table_is_refused(trained):
    code, err = trained(table("ds,y", days(120)), "--difference", "500")
    assert code in (2, 3) and "500" in err and "--difference" in err


def test_the_weeks_of_pandas_are_periods(trained, forecast):
    spans = [str(span) for span in pd.period_range("2020-01-06", periods=64, freq="W-SUN")]
    code, err = trained(table("ds,y", zip(spans[:60], wave(60), strict=True)), "--horizon", "4")
    assert code == 0, err
    assert [row["ds"] for row in forecast()[0]] == spans[60:]


@pytest.mark.parametrize("closed", ["weekends,18:00-08:00", None])
def test_closed_hours_are_left_out_or_suggested(trained, forecast, closed):
    hours = pd.date_range("2024-01-01", periods=60 * 24, freq="h")
    hours = hours[(hours.hour >= 8) & (hours.hour < 18) & (hours.day_of_week < 5)]
    rows = zip(text(hours, "%Y-%m-%d %H:%M"), wave(len(hours)), strict=True)
    code, err = trained(table("ds,y", rows), "--horizon", "3", *(("--closed", closed) if closed else ()))
    assert code == 0, err
    if closed:
        assert [row["ds"] for row in forecast()[0]] == ["2024-03-01 08:00", "2024-03-01 09:00", "2024-03-01 10:00"]
        assert "gaps" not in err
    else:
        assert "--closed" in err


def test_an_unknown_baseline_is_named_with_the_known_ones(trained, command):
    trained(table("ds,y", days(60)))
    code, _, err = command("eval", "run", "--beat-baseline", "foo")
    assert code == 2 and "foo" in err and all(name in err for name in TASKS["fore" + "cast"].baselines)


def test_two_digit_years_say_their_turn(trained, forecast):
    code, err = trained(table("Month,Passengers", days(66, "1949-01-01", "MS", "%b-%y")))
    assert code == 0 and re.search(r"\b(19|20)49\b", err)
    assert forecast("--horizon", "1")[0][0]["ds"] == "Jul-54"


def test_words_and_truths_are_covariates(trained, forecast):
    rows = [(day, y, "TRUE" if k % 3 else "FALSE", "fair" if k % 5 == 0 else "") for k, (day, y) in enumerate(days(60))]
    ahead = [(day, "", "TRUE", "fair") for day, _ in days(3, "2024-03-01")]
    code, err = trained(table("ds,y,open,event", [*rows, *ahead]), "--future-cols", "open,event")
    assert code == 0, err
    assert [row["ds"] for row in forecast()[0]] == ["2024-03-01", "2024-03-02", "2024-03-03"]


def test_what_a_german_export_needs_is_told_at_once_and_the_command_works(trained, command):
    rows = [(day, comma(y, 1), f"{k % 4},{100 + k}") for k, (day, y) in enumerate(days(60, form="%d.%m.%Y"))]
    code, err = trained(table("Datum;Umsatz;Absatz", rows, ";"))
    assert code == 3
    told = re.search(r"run: rnncli (.*)", err)
    assert told, err
    import shlex

    rmtree("run", ignore_errors=True)
    code, _, err = command(*shlex.split(told[1]))
    assert code == 0, err


def test_names_that_a_font_lacks_are_drawn_without_warnings(trained, command):
    pytest.importorskip("matplotlib")
    trained(table("unique_id,ds,y", [(name, *row) for name in ("東京", "大阪") for row in days(60)]))
    code, _, err = command("generate", "run", "-q", "--plot", "a.png")
    assert (code, err) == (0, "")


def test_intervals_hold_as_many_values_as_they_say(trained, command):
    rng = np.random.default_rng(4)
    values = 50 + np.tile([0, 3, 9, 4, 1, -2, -6], 90) + rng.normal(size=630)
    stamps = pd.date_range("2022-01-01", periods=630).strftime("%Y-%m-%d")
    rows = [(day, f"{value:.3f}") for day, value in zip(stamps, values)]
    sizes = ("--test-size", "150", "--val-size", "150", "--horizon", "1", "--window", "14", "--max-steps", "300")
    assert trained(table("ds,y", rows), *sizes)[0] == 0
    code, out, err = command("eval", "run", "--format", "json", "-q")
    assert code == 0, err
    held = json.loads(out)["metrics"]["coverage_80"]
    spread = np.sqrt(
        0.8 * 0.2 * (1 / 150 + 1 / 150)
    )  # of the test rows, and of the rows that the widths are taken from
    assert abs(held - 0.8) < 3 * spread


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="the peak of a process is read there")
def test_a_large_table_takes_no_more_than_four_times_its_size_and_300_mb(trained):
    n = 600_000
    stamps = np.arange(n).astype("datetime64[m]").astype(str)
    size = Path("a.csv").write_text("ds,y\n" + "".join(f"{s},{k % 97}.125\n" for k, s in enumerate(stamps.tolist())))
    words = ["train", "a.csv", "-o", "run", "-q", "--max-steps", "1", "--workers", "1"]
    code = f"""from rnncli.cli.main import main
assert main({words!r}) == 0
print(next(line.split()[1] for line in open("/proc/self/status") if line.startswith("VmHWM")))"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=240)
    assert done.returncode == 0, done.stderr
    assert int(done.stdout.split()[-1]) * 1024 <= 4 * size + 300e6
