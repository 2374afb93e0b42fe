"""Files that are newer than a model: other series are named, and numbers of another size are a warning."""

from datetime import date, timedelta

import numpy as np
import pytest

from rnncli.data.series.gaps import GapReport
from rnncli.data.series.panel import Series
from rnncli.tasks.forecast.newer_files import other_series, other_size

TINY = ["--hidden-size", "4", "--max-steps", "2", "--seed", "1", "-q"]
DAYS = [date(2024, 1, 1) + timedelta(days=day) for day in range(60)]


def series(values, name="a"):
    y, none = np.array(values, float)[:, None], np.zeros((len(values), 0))
    return Series(name, np.arange(len(y)), y, y, np.isfinite(y), none, none, (), GapReport())


def said(old, new):
    return list(other_size([series(old)], [series(new)], ["y"], ["new.csv"]))


@pytest.mark.parametrize(
    ("new", "factor", "than"),
    [
        ([12.028, 14.72, 13.5], "1,000", "smaller"),
        ([120.28, 147.2, 135.0], "100", "smaller"),
        ([12028410, 14720500, 13500000], "1,000", "larger"),
        ([1202841, 1472050, 1350000], "100", "larger"),
    ],
)
def test_a_level_that_differs_by_a_power_of_signs_is_a_warning(new, factor, than):
    (words,) = said([12028.41, 14720.5, 13500.0], new)
    assert words.startswith(f"new.csv: y is about {factor} times {than} than in training; ")
    assert words.endswith("--decimal, --thousands")


@pytest.mark.parametrize(
    "new",
    [[12000.0, 15000.0], [24000.0, 30000.0], [1.23456, 14.7201], [12028410.5, 14720500.2], [0, np.nan], [400, 500]],
)
def test_other_levels_and_numbers_that_signs_do_not_explain_are_none(new):
    assert said([12028.41, 14720.5, 13500.0], new) == []


def test_new_and_missing_series_are_named():
    assert list(other_series(["a", "b"], ["b", "c"], ["n.csv"])) == [
        "n.csv: series not in training: c; only in training: a"
    ]
    assert list(other_series(["a", "b"], ["b"], ["n.csv"])) == ["n.csv: series only in training: a"]
    assert list(other_series(["a", "b"], ["b", "a"], ["n.csv"])) == []
    assert list(other_series(["y"], ["sales"], ["n.csv"])) == []  # one series, whatever it is called


def test_generate_warns_of_a_file_whose_thousands_were_read_as_decimals(command, saved, apart):
    saved("old.csv", "ds;y\n" + "".join(f"{day:%d.%m.%Y};{12000 + 7 * k},41\n" for k, day in enumerate(DAYS)))
    saved("new.csv", "ds;y\n" + "".join(f"{day:%d.%m.%Y};12,{100 + 7 * k}\n" for k, day in enumerate(DAYS)))
    assert command("train", "old.csv", "-o", "run", *TINY)[0] == 0
    code, _, err = command("generate", "run", "new.csv")
    assert code == 0 and "about 1,000 times smaller than in training" in err
    code, _, err = command("generate", "run", "new.csv", "--thousands", ",", "--decimal", ".")
    assert code == 0 and "times smaller" not in err


def test_durations_are_forecast_as_the_table_has_them(command, saved, apart):
    saved("t.csv", "ds;y;z\n" + "".join(f"{day:%d.%m.%Y};8:{k % 50 + 10};1,5\n" for k, day in enumerate(DAYS)))
    assert command("train", "t.csv", "--target-col", "y", "-o", "run", *TINY)[0] == 0
    _, out, _ = command("generate", "run", "--like-input", "-q")
    header, *rows = out.splitlines()
    cells = rows[0].split(";")
    assert header.startswith("ds;y") and cells[1].count(":") == 1 and cells[1].replace(":", "").isdigit()
    _, out, _ = command("generate", "run", "--like-input", "--round", "1", "-q")
    assert "," in out.splitlines()[1] and "." not in out.splitlines()[1].split(";")[1]


def test_the_option_of_another_task_is_answered_with_the_one_that_is_meant(command, saved, apart):
    saved("t.csv", "ds,y\n" + "".join(f"{day},{k}\n" for k, day in enumerate(DAYS)))
    code, _, err = command("train", "t.csv", "--target", "y", "-o", "run")
    assert code == 2 and "did you mean --target-col?" in err
