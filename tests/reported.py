"""Small forecasters of tables of days: what the tests of what was reported share."""

import csv
import io
from shutil import rmtree

import pandas as pd
from table_zoo import text, wave

FAST = ("--hidden-size", "4", "--max-steps", "2", "--workers", "1", "--seed", "1", "-o", "run")


def train_small(command, saved, data, *options):
    """(exit code, what `train` says) of a table in a.csv; the run of an earlier one is gone."""
    rmtree("run", ignore_errors=True)
    saved("a.csv", data)
    code, _, err = command("train", "a.csv", *FAST, *options)
    return code, err


def forecast_rows(command, *arguments):
    """(the rows of `generate run`, without intervals, as dicts; what it says)."""
    code, out, err = command("generate", "run", "--level", "none", *arguments)
    assert code == 0, err
    return list(csv.DictReader(io.StringIO(out))), err


def days(n, begin="2024-01-01", freq="D", form="%Y-%m-%d", **how):
    """[(stamp, value)] of n steps."""
    return list(zip(text(pd.date_range(begin, periods=n, freq=freq), form), wave(n, **how), strict=True))
