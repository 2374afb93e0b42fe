"""Tables whose times are periods: months of SAP and of fiscal years, weeks without a W, spans of hours, weekdays before
dates; positions in a cycle, which are no times; and steps that stamps cannot write."""

import pandas as pd
import pytest
from table_zoo import AHEAD, TINY, Animal, comma, dates, is_understood, table, wave

EXCEL, DAY = pd.Timestamp("1899-12-30"), pd.Timedelta(days=1)
FRENCH = ["janvier", "fevrier", "mars", "avril", "mai", "juin", "juillet", "aout", "septembre", "octobre", "novembre"]
FRENCH.append("decembre")
POLISH = ["poniedziałek", "wtorek", "środa", "czwartek", "piątek", "sobota", "niedziela"]
LUNDI = ["lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"]
POLISH_MONTHS = ["stycznia", "lutego", "marca", "kwietnia", "maja", "czerwca"]


@pytest.fixture(autouse=True)
def of_its_own(apart):
    """A folder of its own for each test."""


def written(header, form, begin, freq, frequency, n=60, joined=None):
    """A table of `freq` whose stamps are form(stamp); joined(stamp): what several columns make together."""
    stamps, ahead = dates(begin, n, freq)
    rows = zip(map(form, stamps), wave(n), strict=True)
    return Animal("a.csv", table(header, rows), list(map(joined or form, ahead)), frequency)


MONTHS = {
    "month and year, as SAP writes them": ("Periode,Menge", lambda day: f"{day:%m.%Y}"),
    "month and year without a zero": ("X,Menge", lambda day: f"{day.month}.{day.year}"),
    "periods of three digits": ("Periode,Menge", lambda day: f"0{day:%m.%Y}"),
    "periods of three digits after the year": ("PERIO,Menge", lambda day: f"{day.year}0{day:%m}"),
    "year and month as decimals": ("month,sales", lambda day: f"{day:%Y.%m}"),
    "decimals without the zero of October": ("month,sales", lambda day: str(float(f"{day:%Y.%m}"))),
    "decimals without the zero of 2020": ("month,sales", lambda day: str(float(f"{day:%m.%Y}"))),
    "periods of a fiscal year": ("Period,Value", lambda day: f"FY{day:%y} P{day:%m}"),
    "fiscal years in full": ("Period,Value", lambda day: f"FY{day:%Y}-P{day:%m}"),
    "periods after the year": ("Period,Value", lambda day: f"{day:%Y} P{day:%m}"),
    "periods before the year": ("Period,Value", lambda day: f"P{day:%m.%Y}"),
    "French months without accents": ("mois,valeur", lambda day: f"{FRENCH[day.month - 1]} {day.year}"),
    "Korean months": ("년월,매출", lambda day: f"{day.year}. {day.month}"),
}


@pytest.mark.parametrize("header, form", MONTHS.values(), ids=MONTHS.keys())
def test_months_are_found_however_they_are_written(command, header, form):
    is_understood(written(header, form, "2017-03-01", "MS", "MS"), command)


@pytest.mark.parametrize("header", ["week,sales", "period,sales"])
@pytest.mark.parametrize("form", ["{0}-{1:02d}", "{0}/{1}", "{1:02d}/{0}", "S{1:02d}-{0}"])
def test_weeks_without_a_letter_are_told_by_numbers_above_twelve(command, header, form):
    is_understood(written(header, lambda day: form.format(*day.isocalendar()), "2020-11-02", "W-MON", "W-MON"), command)


def test_numbers_of_one_year_are_no_weeks_unless_their_column_is_called_so(command):
    rows = [(f"2021-{k + 1:02d}", value) for k, value in enumerate(wave(50))]
    with open("a.csv", "w") as file:
        file.write(table("invoice,amount", rows))
    _, _, err = command("train", "a.csv", "--task", "forecast", *TINY, "-o", "run")
    assert "%G" not in err


DAYS = {
    "weekdays of English in full": lambda day: f"{day:%A} {day.day} {day:%B} {day.year}",
    "weekdays in short, years of two digits": lambda day: f"{day:%a %d %b %y}",
    "weekdays of French": lambda day: f"{LUNDI[day.weekday()]} {day.day} {FRENCH[day.month - 1]} {day.year}",
    "weekdays of Polish": lambda day: f"{POLISH[day.weekday()]} {day.day} {POLISH_MONTHS[day.month - 1]} {day.year}",
    "dots after each part": lambda day: f"{day:%Y.%m.%d.}",
}


@pytest.mark.parametrize("form", DAYS.values(), ids=DAYS.keys())
def test_days_are_found_beside_whole_numbers_at_the_first_try(command, form):
    is_understood(written("x,n", form, "2023-01-09", "D", "D"), command)


HOURS = {
    "spans of hours": ("Datum;Uhrzeit;kWh", lambda t: f"{t:%d.%m.%Y};{t.hour}-{t.hour + 1}"),
    "spans of two digits": ("Datum;Uhrzeit;kWh", lambda t: f"{t:%d.%m.%Y};{t.hour:02}-{t.hour + 1:02} h"),
    "spans of clocks": ("Datum;Zeitraum;kWh", lambda t: f"{t:%d.%m.%Y};{t:%H:%M}-{(t.hour + 1) % 24:02}:00"),
    "to the last minute": ("Datum;Uhrzeit;kWh", lambda t: f"{t:%d.%m.%Y};{t:%H:%M} - {t:%H}:59"),
    "blanks that do not break": ("Date;Hours;SYS", lambda t: f"{t:%d-%m-%Y};{t:%H}\u00a0-\u00a0{(t.hour + 1) % 24:02}"),
    "a date in figures": ("YYYYMMDD;HH;T", lambda t: f"{t:%Y%m%d};{t.hour}"),
    "the begin beside the end": ("Datum;von;bis;kWh", lambda t: f"{t:%d.%m.%Y};{t:%H:%M};{(t.hour + 1) % 24:02}:00"),
}


@pytest.mark.parametrize("header, form", HOURS.values(), ids=HOURS.keys())
def test_a_span_of_hours_beside_a_date_is_the_hour_of_its_begin(command, header, form):
    stamps, ahead = dates("2023-01-13", 100, "h")
    rows = zip(map(form, stamps), map(comma, wave(100)), strict=True)
    is_understood(Animal("a.csv", table(header, rows, ";"), ahead, "h", header.split(";")[-1]), command)


def test_days_of_excel_with_rounded_decimals_are_hours_all_the_same(command):
    def form(stamp):
        return f"{(stamp - EXCEL) / DAY:.6f}"

    is_understood(written("Date,load", form, "2023-01-13", "h", "h", n=100), command)


JOINED = {
    "fiscal years and periods": ("FY,Period,Value", lambda day: f"FY{day:%y},P{day:%m}", "FY%Y-P%m"),
    "years and periods": ("Year,Period,Value", lambda day: f"{day:%Y},P{day.month}", "%Y-P%m"),
    "years and periods of SAP": ("Geschäftsjahr,Periode,Wert", lambda day: f"{day:%Y},0{day:%m}", "%Y-%m"),
}


@pytest.mark.parametrize("header, form, joined", JOINED.values(), ids=JOINED.keys())
def test_a_year_and_a_period_in_two_columns_are_a_month(command, header, form, joined):
    is_understood(written(header, form, "2017-03-01", "MS", "MS", joined=lambda day: day.strftime(joined)), command)


def test_periods_of_fiscal_years_are_noted_as_taken_for_calendar_months(command, saved):
    stamps, _ = dates("2017-03-01", 40, "MS")
    saved("a.csv", table("Period,Value", zip((f"FY{day:%y} P{day:%m}" for day in stamps), wave(40), strict=True)))
    code, _, err = command("train", "a.csv", *TINY, "-o", "run")
    assert code == 0 and "periods of fiscal years are taken as those of calendar years" in err


CYCLES = {
    "weeks": ("Week,Sales", lambda k: k % 52 + 1),
    "months": ("Month,Sales", lambda k: k % 12 + 1),
    "hours": ("hour,load", lambda k: k % 24),
    "days of the week": ("Day,Sales", lambda k: k % 7 + 1),
    "names of months": ("Month,Sales", lambda k: FRENCH[k % 12]),
    "names of days": ("Day,Sales", lambda k: LUNDI[k % 7]),
    "times of day": ("time,load", lambda k: f"{k % 24:02}:00"),
    "months and days": ("Month,Day,Sales", lambda k: f"{5 + k // 31},{k % 31 + 1}"),
}


@pytest.mark.parametrize("header, form", CYCLES.values(), ids=CYCLES.keys())
def test_a_position_in_a_cycle_is_no_stamp_but_each_row_a_step(command, header, form):
    n = 110
    data = table(header, zip(map(form, range(n)), wave(n), strict=True))
    ahead = [str(n + 1 + k) for k in range(AHEAD)]
    is_understood(Animal("a.csv", data, ahead, None, header.split(",")[-1], last=tuple(wave(n)[-3:])), command)


def test_stores_are_told_apart_where_each_has_the_weeks_of_two_years(command):
    n, stores = 104, ("North", "South")
    rows = [(k % 52 + 1, store, wave(n, s)[k]) for s, store in enumerate(stores) for k in range(n)]
    ahead = [str(n + 1 + k) for k in range(AHEAD)]
    data = table("Week,Store,Sales", rows)
    is_understood(Animal("a.csv", data, ahead, None, "Sales", stores, last=tuple(wave(n)[-3:])), command)


def test_steps_of_series_that_begin_anew_are_not_laid_end_to_end(command, saved):
    saved("a.csv", table("time,value", [(k % 10, value) for k, value in enumerate(wave(60))]))
    code, _, err = command("train", "a.csv", *TINY, "-o", "run")
    assert code == 3 and "the same stamp" in err


@pytest.mark.parametrize(
    "form, freq, named, own",
    [("%d-%m-%Y", "D", "h", "D"), ("%Y-%m", "MS", "D", "MS"), ("%Y-%m-%d %H", "h", "15min", "h")],
)
def test_a_step_that_the_stamps_cannot_write_is_refused_with_one_that_they_can(command, saved, form, freq, named, own):
    stamps, _ = dates("2023-01-13", 60, freq)
    saved("a.csv", table("date,y", zip(stamps.strftime(form), wave(60), strict=True)))
    code, _, err = command("train", "a.csv", *TINY, "-o", "run", "--freq", named)
    assert code == 2 and f"--freq {named} is too short" in err and f"--freq {own}" in err
    code, _, err = command("train", "a.csv", *TINY, "-o", "other", "--freq", own)
    assert code == 0, err


def test_dates_of_two_forms_are_to_be_written_alike(command, saved):
    stamps, _ = dates("2023-01-13", 60, "D")
    written = [f"{day:%Y-%m-%d}" if k < 40 else f"{day:%d.%m.%Y}" for k, day in enumerate(stamps)]
    saved("a.csv", table("date,y", zip(written, wave(60), strict=True)))
    code, _, err = command("train", "a.csv", *TINY, "-o", "run")
    assert code == 3 and "a.csv:42" in err and "and so do 19 more" in err
    assert "like '2023-01-13'" in err and "--time-format" not in err


@pytest.mark.parametrize("begin", ["2024-03-25", "2024-10-20"])
def test_an_hour_that_a_clock_skips_or_shows_twice_is_noted_with_its_zone(command, saved, begin):
    stamps, _ = dates(begin, 300, "h", "Europe/Berlin")
    saved("a.csv", table("time,load", zip(stamps.strftime("%Y-%m-%d %H:%M"), wave(300), strict=True)))
    code, _, err = command("train", "a.csv", *TINY, "-o", "run")
    assert code == 0 and "--time-zone Europe/Berlin" in err
    code, _, err = command("train", "a.csv", *TINY, "-o", "other", "--time-zone", "Europe/Berlin")
    assert code == 0 and "gap" not in err and "duplicate" not in err


def test_a_gap_elsewhere_names_no_zone(command, saved):
    stamps, _ = dates("2024-01-15", 300, "h")
    rows = [row for k, row in enumerate(zip(stamps.strftime("%Y-%m-%d %H:%M"), wave(300), strict=True)) if k != 50]
    saved("a.csv", table("time,load", rows))
    code, _, err = command("train", "a.csv", *TINY, "-o", "run")
    assert code == 0 and "1 gap" in err and "--time-zone" not in err


def test_stamps_without_a_year_are_no_dates_with_an_hour_for_a_year(command, saved):
    stamps, _ = dates("2023-01-13", 100, "h")
    saved("a.csv", table("time,hits", zip(stamps.strftime("%b %d %H:%M:%S"), wave(100), strict=True)))
    code, _, err = command("train", "a.csv", *TINY, "-o", "run")
    assert code == 3 and "has no year" in err
