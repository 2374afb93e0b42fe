"""All that stands in the way of reading a table is told at once, with options that cure it all."""

import shlex
from pathlib import Path

import pytest

from rnncli.config import read_settings
from rnncli.errors import ConfigError, DataError
from rnncli.tasks.forecast.data import load_training
from rnncli.tasks.forecast.problems import together

OPEN = [
    "date,a,b",
    '01/02/2024,"1,001","1,234"',
    '03/05/2024,"1,101","1,534"',
    '04/09/2024,"1,001","1,334"',
    '07/11/2024,"1,201","1,274"',
    '12/12/2024,"1,401","1,204"',
]
PATHS = {"--target-col": "series.target_col", "--thousands": "table.thousands", "--time-format": "series.time_format"}


@pytest.fixture
def load(tmp_path, monkeypatch):
    """load(lines, **settings): the SeriesData of a table in t.csv; settings of series have no section."""
    monkeypatch.chdir(tmp_path)

    def loaded(lines, **settings):
        Path("t.csv").write_text("\n".join(lines) + "\n")
        paths = {name.replace("__", ".") if "__" in name else f"series.{name}": each for name, each in settings.items()}
        return load_training(read_settings(overrides={"data.files": ("t.csv",), **paths}))

    return loaded


def test_three_open_questions_are_asked_at_once_and_one_command_answers_them(load):
    with pytest.raises(DataError) as error:
        load(OPEN)
    message, hint = str(error.value), error.value.hint
    assert message.startswith("t.csv: 3 things stand in the way: (1) t.csv: cannot tell which column to forecast")
    assert "(2) t.csv:2, column b: '1,234' may be 1234 or 1.234" in message
    assert "(3) t.csv:2, column date: '01/02/2024' may begin with the day or with the month" in message
    assert "(1) name it, as in --target-col b" in hint and "(3) choose one: --time-format" in hint
    words = shlex.split(error.value.options)
    given = {PATHS[name]: (value,) if name == "--target-col" else value for name, value in zip(words[::2], words[1::2])}
    assert given.keys() == set(PATHS.values())
    data = load(OPEN, freq="none", **{path.replace(".", "__"): value for path, value in given.items()})
    assert data.panel.series[0].y[:, 0].tolist() == [1234, 1534, 1334, 1274, 1204]


def test_a_single_question_is_asked_as_it_is(load):
    with pytest.raises(DataError, match="^t.csv: cannot tell which column to forecast") as error:
        load(["date,a,b", *(f"2024-01-{day:02},{day},{day % 7}" for day in range(1, 30))])
    assert error.value.options == "--target-col b"


def test_odd_cells_of_several_columns_and_a_stamp_are_told_together(load):
    lines = ["date,y,rain", *(f"2024-01-{day:02},{day},{day % 7}" for day in range(1, 30))]
    lines[4], lines[9], lines[12] = "2024-01-04,4 or 5,4", "2024-01-09,9,some", "12 Jan,12,5"
    with pytest.raises(DataError) as error:
        load(lines, past_cols=("rain",))
    for place in ("t.csv:5, column y: '4 or 5'", "t.csv:10, column rain: 'some'", "t.csv:13, column date: '12 Jan'"):
        assert place in str(error.value)


def test_what_was_decided_is_told_in_lines_that_name_the_options(load):
    lines = ["Datum;Filiale;Umsatz;Temperatur"]
    lines += [f"{day:02}.03.2024;{name};1.{day:03},5{day % 7};{day}" for name in "AB" for day in range(1, 31)]
    assert load(lines).lines == (
        "columns: time Datum (--time-col), id Filiale (--id-col), target Umsatz (--target-col)",
        "ignored columns: Temperatur (numbers); to use them: --past-cols, --future-cols, --static-cols",
        "read as: stamps %d.%m.%Y (--time-format), frequency D (--freq), numbers as 1.234,5 (--decimal, --thousands)",
    )


def test_names_of_another_table_are_refused_all_at_once(load):
    lines = ["date,Sales", *(f"2024-01-{day:02},{day}" for day in range(1, 30))]
    with pytest.raises(ConfigError) as error:
        load(lines, past_cols=("visitors",), future_cols=("promotion", "price"), static_cols=("region",))
    assert str(error.value) == (
        "t.csv has no column 'visitors' (--past-cols), 'promotion', 'price' (--future-cols), 'region' (--static-cols)"
    )
    assert error.value.hint.startswith("its columns: date (times), Sales (numbers); name those of your table")


def test_the_words_that_several_columns_miss_values_by_are_cured_by_one_option():
    assert together(["--na closed", "--decimal ,", "--na 'no sale,closed'", "--decimal ,"]) == [
        "--decimal ,",
        "--na 'closed,no sale'",
    ]
