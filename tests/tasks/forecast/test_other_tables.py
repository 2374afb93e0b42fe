"""Tables that a forecaster meets after its training: read by the same options, else as the run read its own, and the
table of the run itself is always taken."""

import csv
import io
import json
from datetime import date, timedelta

import numpy as np
import pytest

from rnncli.cli.advice import OPTION, options_of
from rnncli.errors import DataError

TINY = ["--hidden-size", "4", "--max-steps", "2", "--seed", "1", "-q"]
DAYS = [date(2024, 1, 1) + timedelta(days=day) for day in range(60)]
VALUES = [20 + 5 * (day % 7) + day / 4 for day in range(60)]


def german(days=DAYS, values=VALUES, head="datum;umsatz"):
    """A table as a German spreadsheet writes it."""
    rows = [f"{day:%d.%m.%Y};{value:.2f}".replace(".2024;", ".2024;", 1) for day, value in zip(days, values)]
    return "\n".join([head, *(row[:10] + row[10:].replace(".", ",") for row in rows)]) + "\n"


def plain(days=DAYS, values=VALUES, head="datum,umsatz"):
    return "\n".join([head, *(f"{day},{value:.2f}" for day, value in zip(days, values))]) + "\n"


@pytest.fixture(autouse=True)
def own_folder(apart):
    return apart


@pytest.fixture
def trained(command, saved):
    """trained(text, *options) -> the name of a run trained on the table `text`, in data.csv."""

    def train(text, *options, name="data.csv"):
        saved(name, text)
        code, _, err = command("train", name, "-o", "run", *TINY, *options)
        assert code == 0, err
        return "run"

    return train


def rows(text):
    return list(csv.DictReader(io.StringIO(text)))


# ---- the options of reading


def test_a_table_written_otherwise_gives_the_same_forecast_and_the_same_figures(command, saved, trained):
    run = trained(plain(DAYS[:40], VALUES[:40]))
    saved("plain.csv", plain())
    saved("german.csv", german())
    expected = command("generate", run, "plain.csv", "-q")
    found = command("generate", run, "german.csv", "-q", "--decimal", ",", "--sep", ";", "--time-format", "%d.%m.%Y")
    assert expected[0] == found[0] == 0, found
    assert [row["rnncli"] for row in rows(found[1])] == [row["rnncli"] for row in rows(expected[1])]
    figures = [
        json.loads(command("eval", run, *how, "-q", "--format", "json")[1])["metrics"]
        for how in (["plain.csv"], ["german.csv", "--decimal", ",", "--time-format", "%d.%m.%Y"])
    ]
    assert figures[0] == figures[1] and figures[0]["mae"] > 0


def test_a_cell_that_means_a_missing_value_is_named_at_generate_and_eval_too(command, saved, trained):
    run = trained(plain(DAYS[:40], VALUES[:40]))
    saved("more.csv", plain().replace(f"{VALUES[50]:.2f}", "closed"))
    for name in ("generate", "eval"):
        code, _, err = command(name, run, "more.csv", "-q")
        assert code == 3 and "'closed' is not a number" in err and "--na" in err
        assert command(name, run, "more.csv", "-q", "--na", "closed")[0] == 0


@pytest.mark.parametrize("of_run, of_file", [(german, plain), (german, german)])
def test_thousands_are_never_taken_for_decimals(command, saved, trained, of_run, of_file):
    big = [1000 * value for value in VALUES]
    run = trained(of_run(DAYS[:40], [value + 0.5 for value in big[:40]]), "--horizon", "2", "--scaling", "last")
    whole = of_file(values=big).replace(",00", "").replace(".00", "")
    saved("file.csv", "".join(_grouped(line) + "\n" for line in whole.splitlines()) if of_file is german else whole)
    code, out, err = command("generate", run, "file.csv", "-q")
    assert code == 0 and float(rows(out)[0]["rnncli"]) > 5_000, out + err


def test_a_sign_between_thousands_that_training_did_not_have_is_told(command, saved, trained):
    run = trained(plain(DAYS[:40], [1000 * value for value in VALUES[:40]]), "--horizon", "2")
    saved("file.csv", "datum,umsatz\n" + "".join(f'{day},"{2 + day.day % 7},125"\n' for day in DAYS))
    _, out, err = command("generate", run, "file.csv")
    assert "numbers are read as 1,234.5, with the decimal sign of training (otherwise: --decimal, --thousands)" in err
    assert float(rows(out)[0]["rnncli"]) > 1_000
    assert float(rows(command("generate", run, "file.csv", "-q", "--decimal", ",")[1])[0]["rnncli"]) < 1_000


def _grouped(line):
    """A line with the last three digits of its number set apart, as in 25.250."""
    return line[:-3] + "." + line[-3:] if line[-3:].isdigit() else line


def test_settings_of_the_run_hold_where_nothing_is_given(command, saved, trained):
    run = trained(plain(DAYS[:40], VALUES[:40]).replace(f"{VALUES[9]:.2f}", "closed"), "--na", "closed")
    saved("more.csv", plain().replace(f"{VALUES[50]:.2f}", "closed"))
    assert command("generate", run, "more.csv", "-q")[0] == 0


def test_options_of_reading_without_a_table_are_refused(command, trained):
    run = trained(plain())
    code, _, err = command("generate", run, "--decimal", ",", "--sheet", "2")
    assert code == 2 and "--decimal, --sheet: for reading FILE or --future" in err


# ---- the table of the run


TABLES = {
    "plain": (plain(), []),
    "German": (german(), []),
    "German, asked": (german(), ["--decimal", ",", "--sep", ";", "--time-format", "%d.%m.%Y"]),
    "a value every 7th day": (plain([DAYS[0] + timedelta(days=7 * k) for k in range(60)]), []),
    "6 of 7 days empty": (
        "ds,y\n" + "".join(f"{day},{k if k % 7 == 0 else ''}\n" for k, day in enumerate(DAYS)),
        ["--horizon", "7"],
    ),
    "a value every 7th day, daily": (
        plain([DAYS[0] + timedelta(days=7 * k) for k in range(60)]),
        ["--freq", "D", "--horizon", "14", "--window", "28"],
    ),
    "monthly, no trend": ("month,y\n" + "".join(f"{2000 + k // 12}-{k % 12 + 1:02},{k}\n" for k in range(60)), []),
    "irregular": ("ds,y\n" + "".join(f"{day},{k}\n" for k, day in enumerate(DAYS) if k * k % 7 != 2), []),
    "no time": ("y\n" + "".join(f"{value}\n" for value in VALUES), []),
    "wide": ("ds,a,b\n" + "".join(f"{day},{k},{60 - k}\n" for k, day in enumerate(DAYS)), ["--wide"]),
    "rows": (
        "\n".join(
            ",".join([name, *map(str, cells)]) for name, cells in (("id", range(60)), ("a", VALUES), ("b", VALUES))
        ),
        ["--layout", "rows"],
    ),
    "series": (
        "ds,id,y\n" + "".join(f"{day},{name},{k}\n" for name in ("NA", "b") for k, day in enumerate(DAYS)),
        [],
    ),
    "covariates": (
        "ds,y,promo\n" + "".join(f"{day},{k},{k % 3}\n" for k, day in enumerate(DAYS)),
        ["--future-cols", "promo", "--target-col", "y"],
    ),
    "doubled and unsorted": (
        "ds,y\n" + "".join(f"{day},{k}\n" for k, day in [*enumerate(DAYS)][::-1]) + f"{DAYS[3]},3\n",
        ["--duplicates", "last"],
    ),
    "rows to be forecast, with another horizon": (
        "ds,y\n" + "".join(f"{day},{k if k < 50 else ''}\n" for k, day in enumerate(DAYS)),
        ["--horizon", "4"],
    ),
    "rows to be forecast": ("ds,y\n" + "".join(f"{day},{k if k < 50 else ''}\n" for k, day in enumerate(DAYS)), []),
}


@pytest.mark.parametrize("name", TABLES)
def test_the_table_of_a_run_is_taken_by_generate_and_eval(command, trained, name):
    text, options = TABLES[name]
    run = trained(text, *options)
    if name != "covariates":  # these are needed ahead
        own = command("generate", run, "-q")
        again = command("generate", run, "data.csv", "-q")
        assert (own[0], again[0]) == (0, 0), again
        assert rows(own[1]) == rows(again[1])
    scored = [command("eval", run, *file, "-q", "--format", "json") for file in ((), ("data.csv",))]
    assert [code for code, *_ in scored] == [0, 0], scored
    assert json.loads(scored[0][1])["metrics"] == json.loads(scored[1][1])["metrics"]


def test_the_table_of_a_run_is_known_by_its_bytes_under_another_name(command, saved, trained):
    run = trained(plain())
    saved("copy.csv", plain())
    code, _, err = command("eval", run, "copy.csv", "--format", "json")
    assert code == 0, err
    _, out, _ = command("eval", run, "copy.csv")
    assert "copy.csv: the training data of the model; the val rows are scored" in out


# ---- tables that cannot be read


BAD = {
    "a word": plain().replace(f"{VALUES[50]:.2f}", "closed"),
    "two decimal signs": plain().replace("25.25", '"25,25"'),
    "no such date": plain().replace("2024-01-09", "2024-01-32"),
    "doubled": plain() + "".join(f"{day},1\n" for day in DAYS[:30]),
    "other columns": plain(head="day,sales"),
    "a stamp far off": plain([*DAYS[:-1], date(2204, 2, 29)]),
    "longer steps": plain([date(1990 + k // 12, k % 12 + 1, 1) for k in range(60)]),
    "hours": "datum,umsatz\n" + "".join(f"2024-01-{1 + k // 24:02} {k % 24:02}:00,{k}\n" for k in range(60)),
    "nothing but a header": "datum,umsatz\n",
    "no value": "datum,umsatz\n" + "".join(f"{day},\n" for day in DAYS),
    "a long row": plain().replace(f"{VALUES[50]:.2f}", "1,2,3"),
    "infinity": plain().replace(f"{VALUES[50]:.2f}", "inf"),
    "prose": "once upon a time\nthere was a table\n",
}


@pytest.mark.parametrize("name", BAD)
def test_a_table_that_cannot_be_read_is_refused_with_options_that_the_command_has(command, saved, trained, name):
    run = trained(plain(), "--horizon", "3")
    saved("bad.csv", BAD[name])
    for each in ("generate", "eval"):
        code, out, err = command(each, run, "bad.csv", "-q")
        assert (code, out) == (3, ""), err
        message, hint = err.splitlines()
        assert message.startswith("error: bad.csv") and hint.startswith("hint: ")
        before_train = hint.partition("train")[0]
        assert all(option in options_of(each) for option in OPTION.findall(before_train)), hint


def test_the_command_line_that_cures_an_error_is_told_whole(command, saved, trained, monkeypatch):
    def refuse(*_, **__):
        raise DataError(
            "a.csv: odd", "write it otherwise; name it with --freq", "--decimal , --time-format '%d. %m. %y'"
        )

    run = trained(plain())
    monkeypatch.setattr("rnncli.tasks.forecast.data.read_tables", refuse)
    _, _, err = command("generate", run, "a b.csv")
    cured = "run: rnncli generate run 'a b.csv' --decimal , --time-format '%d. %m. %y'"
    assert err.splitlines()[1] == f"hint: write it otherwise; {cured}"


# ---- rows that are to be forecast


def with_rows_ahead(n=50, ahead=10):
    """A daily table with a price for each of `ahead` more days."""
    return "ds,y,price\n" + "".join(
        f"{DAYS[0] + timedelta(days=k)},{20 + k % 7 if k < n else ''},{k % 5}\n" for k in range(n + ahead)
    )


def test_rows_without_a_target_at_the_end_decide_the_horizon_and_give_the_covariates(command, saved, trained):
    run = trained(with_rows_ahead(), "--future-cols", "price", "--target-col", "y")
    code, out, err = command("generate", run, "-q")
    assert (code, err) == (0, "")
    assert [row["ds"] for row in rows(out)] == [str(DAYS[0] + timedelta(days=50 + k)) for k in range(10)]
    saved("later.csv", with_rows_ahead(60, 6))
    code, out, err = command("generate", run, "later.csv")
    assert "horizon 6: the rows without a target at the end of later.csv" in err
    assert [row["ds"] for row in rows(out)] == [str(DAYS[0] + timedelta(days=60 + k)) for k in range(6)]
    assert len(rows(command("generate", run, "later.csv", "--horizon", "2", "-q")[1])) == 2


def test_training_says_that_rows_without_a_target_are_forecast(command, saved):
    saved("data.csv", with_rows_ahead())
    _, _, err = command("train", "data.csv", "-o", "run", "--future-cols", "price", *TINY[:-1], "--progress", "lines")
    assert "horizon 10: the rows without a target at the end are to be forecast" in err


def test_where_there_are_too_few_rows_to_learn_as_many_the_command_for_them_is_told(command, saved):
    saved("data.csv", with_rows_ahead(40, 20))
    _, _, err = command("train", "data.csv", "-o", "run", "--future-cols", "price", *TINY[:-1], "--progress", "lines")
    assert "rnncli generate RUN --horizon 20" in " ".join(err.split())
    code, out, _ = command("generate", "run", "--horizon", "20", "-q")
    assert code == 0 and rows(out)[-1]["ds"] == str(DAYS[59])


def test_a_wide_table_whose_series_end_at_different_times_asks_for_no_horizon(command, trained):
    text = "ds,a,b,c\n" + "".join(
        f"{day},{k},{k if k < 40 else ''},{k if k < 50 else ''}\n" for k, day in enumerate(DAYS)
    )
    run = trained(text, "--wide", "--horizon", "3")
    code, out, err = command("generate", run, "data.csv")
    assert "2 of 3 series end before 2024-02-29, first 'b' at 2024-02-09: each is forecast from its own end" in err
    assert [row["ds"] for row in rows(out) if row["unique_id"] == "b"] == [str(DAYS[k]) for k in (40, 41, 42)]
    assert "horizon 20" not in err


def test_a_target_without_a_value_in_the_window_is_forecast_with_a_note(command, trained):
    text = "ds,a,b\n" + "".join(f"{day},{k},{k if k < 30 else ''}\n" for k, day in enumerate(DAYS))
    run = trained(text, "--target-col", "a,b", "--horizon", "3", "--window", "8")
    code, out, err = command("generate", run)
    assert code == 0 and "the series has no value of b in the last 8 steps" in err
    assert all(np.isfinite(float(row["rnncli-b"])) for row in rows(out))


# ---- templates


@pytest.mark.parametrize("written", ["plain", "German", "German, asked"])
@pytest.mark.parametrize("price", [2.5, 1.234, 1234.0, 0.001])
def test_what_the_template_writes_is_read_back_whatever_the_signs(command, saved, trained, written, price):
    text = "tag,umsatz,preis\n" + "".join(f"{day},{20 + k % 7}.5,{1 + k % 3}.25\n" for k, day in enumerate(DAYS))
    options = ["--target-col", "umsatz", "--future-cols", "preis", "--horizon", "3"]
    if written != "plain":
        text = text.replace(",", ";").replace(".", ",")
    if written == "German, asked":
        options += ["--decimal", ",", "--thousands", "."]
    run = trained(text, *options)
    code, out, _ = command("generate", run, "--future-template", "-q")
    assert code == 0
    header, *lines = out.splitlines()
    assert header == "unique_id,tag,preis" and all(line.endswith(",") for line in lines)
    saved("ahead.csv", "\n".join([header, *(f"{line}{price}" for line in lines)]) + "\n")
    code, first, err = command("generate", run, "--future", "ahead.csv", "-q")
    assert code == 0, err
    sign = str(price).replace(".", ",")
    saved("own.csv", "tag;preis\n" + "".join(f"{line.split(',')[1]};{sign}\n" for line in lines))
    code, second, err = command("generate", run, "--future", "own.csv", "--decimal", ",", "-q")
    assert code == 0 and second == first, err


def test_a_template_of_a_run_in_latin_1_is_read_back_as_utf_8(command, saved, trained):
    lines = [f"{name},{day},{k},{k % 3}" for name in ("Café", "Bar") for k, day in enumerate(DAYS)]
    text = "\n".join(["shop,ds,y,price", *lines]) + "\n"
    run = trained(text.encode("latin-1"), "--encoding", "latin-1", "--future-cols", "price", "--horizon", "2")
    template = command("generate", run, "--future-template", "-q")[1]
    saved("ahead.csv", "\n".join(line + "1" if line.endswith(",") else line for line in template.splitlines()) + "\n")
    code, out, err = command("generate", run, "--future", "ahead.csv", "-q")
    assert code == 0 and {row["unique_id"] for row in rows(out)} == {"Café", "Bar"}, err


# ---- the end of time


def test_a_long_forecast_has_the_right_stamps_to_its_end(command, trained):
    run = trained("\n".join(["ds,y", *(f"{day:%d %b %Y},{value}" for day, value in zip(DAYS, VALUES))]) + "\n")
    code, out, _ = command("generate", run, "--horizon", "96000", "-q")
    stamps = [row["ds"] for row in rows(out)]
    assert code == 0 and len(stamps) == 96_000
    assert stamps[::9_599] == [f"{DAYS[-1] + timedelta(days=1 + k):%d %b %Y}" for k in range(0, 96_000, 9_599)]


def test_a_forecast_beyond_the_year_9999_is_refused(command, trained):
    run = trained("ds,y\n" + "".join(f"{1950 + k},{value}\n" for k, value in enumerate(VALUES)))
    code, out, err = command("generate", run, "--horizon", "9000", "-q")
    assert (code, out) == (3, "") and "reach the year 10000" in err and "make --horizon smaller" in err
