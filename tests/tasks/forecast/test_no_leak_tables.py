"""The law of `test_no_leak` for tables as people have them: in other layouts, time zones, orders and spellings."""

import numpy as np
import pandas as pd
import pytest
from cut_tables import check

from rnncli.cli.main import main
from rnncli.storage.model_files import load_model
from rnncli.tasks.forecast.evaluation_data import own_data

ROWS, H, IDS = 80, 3, ("north", "south")
TRAINED = "--horizon 3 --window 8 --season 7 --test-size 20 --val-size 15 --max-steps 2 --seed 1 --hidden-size 5"
RNG = np.random.default_rng(8)
GONE = (RNG.random((2, ROWS)) < 0.15) & ~np.isin(np.arange(ROWS), [0, ROWS - 21, ROWS - 20, ROWS - 1])
Y = np.where(GONE, np.nan, np.round(1500 + 90 * np.cumsum(RNG.normal(size=(2, ROWS)), axis=1), 2))
WORDS = RNG.choice(["sun", "rain", "snow"], ROWS).tolist()
DAYS = pd.date_range("2024-01-01", periods=ROWS, freq="D")


def text(value):
    return "" if np.isnan(value) else f"{value:.2f}"


def lines(header, rows, sep=","):
    return "\n".join(sep.join(map(str, row)) for row in [header, *rows]) + "\n"


def long(stamps, cut, form="%Y-%m-%d"):
    """The rows of a long table of both series before step `cut`."""
    names = stamps.strftime(form).tolist()[:cut]
    return [(name, names[t], text(Y[s, t])) for s, name in enumerate(IDS) for t in range(len(names))]


def wide(cut):
    rows = zip(DAYS.strftime("%Y-%m-%d")[:cut], *(map(text, y[:cut]) for y in Y), strict=True)
    return lines(("day", *IDS), rows)


def dates_in_the_header(cut):
    rows = [(name, *map(text, y[:cut])) for name, y in zip(IDS, Y)]
    return lines(("region", *DAYS.strftime("%Y-%m-%d")[:cut]), rows)


def newest_first(cut):
    return lines(("region", "day", "sales"), long(DAYS, cut)[::-1])


def day_or_month_first(cut):
    """Dates and a thousands sign of which a part of the table leaves open what they mean."""
    rows = [(name, day, text(y).replace(".", ",")) for (name, day, _), y in zip(long(DAYS, cut, "%d/%m/%Y"), flat(cut))]
    return lines(("region", "day", "sales"), rows, ";")


def flat(cut):
    return np.concatenate([y[:cut] for y in Y]) // 1


def german(cut):
    """A German export: a title, signs, and a sum that differs from cut to cut."""
    sign = str.maketrans(",.", ".,")
    rows = [(d, n, f"{float(y):,.2f} €".translate(sign) if y else "") for n, d, y in long(DAYS, cut, "%d.%m.%Y")]
    total = ("Summe", "", f"{np.nansum(Y[:, :cut]):,.2f} €".translate(sign))
    return "sep=;\nUmsatzbericht;;\n" + lines(("Datum", "Filiale", "Umsatz"), [*rows, total], ";")


def thousands_and_millions(cut):
    """Numbers with units, which grow in the last rows."""
    grown = [[0 if np.isnan(v) else v * (900 if t > ROWS - 15 else 1) for t, v in enumerate(y[:cut])] for y in Y]
    cells = [("" if not v else f"{v / 1e6:.3f}M" if v > 1e5 else f"{v / 1e3:.3f}K") for y in grown for v in y]
    return lines(("region", "day", "volume"), [(*row[:2], cell) for row, cell in zip(long(DAYS, cut), cells)])


def orders(cut):
    """Two rows and more of each day, in no order."""
    rows = [row for row in long(DAYS, cut) if row[2] for _ in range(1 + int(row[2][-1]) % 3)]
    return lines(("region", "day", "sales"), [rows[n] for n in np.random.default_rng(1).permutation(len(rows))])


def working_hours(cut):
    """Hours of one series from a Wednesday on, without the weekend, which lies among the last rows."""
    hours = pd.date_range("2024-01-03 02:00", periods=ROWS + 48, freq="h")
    hours = hours[hours.day_of_week < 5][:ROWS]
    return lines(("hour", "load"), zip(hours.strftime("%Y-%m-%d %H:%M")[:cut], map(text, Y[0, :cut]), strict=True))


def opening_hours(cut):
    hours = pd.date_range("2024-01-01 00:00", periods=10 * ROWS, freq="h")
    hours = hours[(hours.hour >= 8) & (hours.hour < 18)][:ROWS]
    return lines(("hour", "load"), zip(hours.strftime("%Y-%m-%d %H:%M")[:cut], map(text, Y[0, :cut]), strict=True))


def workdays(cut):
    return lines(("region", "day", "sales"), long(pd.bdate_range("2024-01-01", periods=ROWS), cut))


def hours_in(begin, offsets):
    """Hours of Berlin across a change of its clock, with offsets from UTC or without."""

    def table(cut):
        hours = pd.date_range(begin, periods=ROWS, freq="h", tz="Europe/Berlin")[:cut]
        names = [hour.isoformat() if offsets else hour.strftime("%Y-%m-%d %H:%M") for hour in hours]
        return lines(("time", "load"), zip(names, map(text, Y[0, :cut]), strict=True))

    return table


def midnights_in_utc(cut):
    """Days of Berlin as the hours in UTC at which they begin, across a change of its clock."""
    days = pd.date_range("2024-01-25", periods=ROWS, freq="D", tz="Europe/Berlin").tz_convert("UTC")[:cut]
    return lines(("time", "load"), zip(days.strftime("%Y-%m-%dT%H:%MZ"), map(text, Y[0, :cut]), strict=True))


def ragged(cut):
    """One series begins late, the other ends early."""
    rows = [row for row in long(DAYS, cut) if (row[1] > "2024-01-12" if row[0] == "south" else row[1] < "2024-03-10")]
    return lines(("region", "day", "sales"), rows)


def without_dates(cut):
    """A series in each row, without stamps."""
    return lines(
        ("id", *(f"V{t}" for t in range(1, (cut or ROWS) + 1))), [(n, *map(text, y[:cut])) for n, y in zip(IDS, Y)]
    )


def mood(cut):
    """Two targets, and words of the past."""
    rows = [(*row, 7 * t % 11, WORDS[t]) for t, row in enumerate(long(DAYS, cut)[: len(DAYS[:cut])])]
    return lines(("region", "day", "sales", "visits", "mood"), rows)


def weather(cut):
    """Words that are known ahead, one of which training never saw, and words about a series."""
    kinds, words = dict(zip(IDS, ("urban", "rural"))), [*WORDS[:-4], "hail", *WORDS[-3:]]
    stop = ROWS if cut is None else cut + H
    rows = [
        (*row[:2], kinds[row[0]], words[n % stop], row[2] if n % stop < (cut or ROWS) else "")
        for n, row in enumerate(long(DAYS, stop))
    ]
    return lines(("region", "day", "kind", "weather", "sales"), rows)


TABLES = {
    "wide": (wide, "--wide"),
    "header": (dates_in_the_header, ""),
    "header filled": (dates_in_the_header, "--fill linear"),
    "newest first": (newest_first, "--fill seasonal"),
    "day or month": (day_or_month_first, ""),
    "german": (german, "--fill linear"),
    "units": (thousands_and_millions, "--log"),
    "sum": (orders, "--duplicates sum"),
    "mean": (orders, "--duplicates mean --fill linear"),
    "weekends": (working_hours, "--closed weekends --calendar"),
    "spring": (hours_in("2024-03-28 04:00", True), "--calendar"),
    "autumn": (hours_in("2024-10-24 05:00", True), "--calendar"),
    "spring, zone named": (hours_in("2024-03-28 04:00", False), "--time-zone Europe/Berlin --calendar"),
    "autumn, zone named": (hours_in("2024-10-24 05:00", False), "--time-zone Europe/Berlin --calendar"),
    "midnights": (midnights_in_utc, "--calendar"),
    "opening hours": (opening_hours, "--closed 18:00-08:00"),
    "workdays": (workdays, ""),
    "ragged": (ragged, "--fill linear"),
    "rows": (without_dates, "--layout rows"),
    "targets": (mood, "--target-col sales,visits --past-cols mood --scaling robust"),
    "words": (weather, "--static-cols kind --future-cols weather --target-col sales"),
    "words recursive": (weather, "--static-cols kind --future-cols weather --target-col sales --mode recursive"),
}


@pytest.mark.parametrize("name", TABLES)
def test_eval_forecasts_an_origin_as_generate_does_the_table_that_is_cut_there(apart, name):
    table, options = TABLES[name]

    def cut(t):
        (apart / "cut.csv").write_text(table(t), "utf-8")
        return apart / "cut.csv"

    (apart / "table.csv").write_text(table(None), "utf-8")
    assert main(["train", "table.csv", "-o", "run", "-q", *TRAINED.split(), *options.split()]) == 0
    loaded = load_model("run")
    check("run", loaded, own_data(loaded, "test"), cut, every=True)
