"""The kinds of dates that people have: each column is read as pandas made it, and its next stamps are written alike."""

import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnncli.data.time.forms import Form
from rnncli.data.time.names import places, written_names
from rnncli.data.time.stamps import read_stamps, time_share
from rnncli.errors import DataError

ROWS, AHEAD = 60, 5
MOST = 150  # steps after the begin of a table with two-digit years
EXCEL = pd.Timestamp("1899-12-30")


def where(row):
    return f"sales.csv:{row + 2}, column ds"


def iso(values):
    return [str(stamp) for stamp in np.array(values, "M8[us]")]


def made(start, frequency, format, rows=ROWS, zone=None):
    """(texts of a column, the next texts, the instants of both as ISO 8601)."""
    stamps = pd.date_range(start, periods=rows + AHEAD, freq=frequency, tz=zone)
    write = (lambda stamp: stamp.strftime(format)) if isinstance(format, str) else format
    texts = [write(stamp) for stamp in stamps]
    instants = stamps if zone is None else stamps.tz_convert("UTC").tz_localize(None)
    return texts[:rows], texts[rows:], [str(np.datetime64(stamp, "us")) for stamp in instants]


def bare(format):
    """A writer without leading zeros in month, day and hour."""
    return lambda stamp: format.format(
        stamp, m=stamp.month, d=stamp.day, H=stamp.hour, I=(stamp.hour + 11) % 12 + 1, y=stamp.year % 100
    )


KINDS = {
    "ISO days": ("2020-01-01", "D", "%Y-%m-%d"),
    "ISO minutes": ("2020-01-01", "15min", "%Y-%m-%d %H:%M"),
    "ISO with T and seconds": ("2020-01-01", "7s", "%Y-%m-%dT%H:%M:%S"),
    "ISO with microseconds": ("2020-01-01", "250ms", "%Y-%m-%dT%H:%M:%S.%f"),
    "ISO basic": ("2020-01-01", "h", "%Y%m%dT%H%M%S"),
    "ISO hours alone": ("2020-01-01", "h", "%Y-%m-%dT%H"),
    "days of the year": ("2020-01-01", "D", "%Y-%j"),
    "slashes after the year": ("2020-01-01", "D", "%Y/%m/%d"),
    "dots after the year": ("2020-01-31", "D", "%Y.%m.%d"),
    "day first with hyphens": ("2020-01-31", "D", "%d-%m-%Y"),
    "day first with dots": ("2020-01-31", "D", "%d.%m.%Y"),
    "day first with slashes": ("2020-01-31", "D", "%d/%m/%Y"),
    "month first": ("2020-01-31", "D", "%m/%d/%Y"),
    "month first without zeros": ("2020-01-31", "D", bare("{m}/{d}/{0:%Y}")),
    "Excel's own": ("2020-01-31", "D", bare("{m}/{d}/{y}")),
    "Excel's own with a time": ("2020-01-31", "h", bare("{m}/{d}/{y} {H}:{0:%M}")),
    "month first, AM and PM": ("2020-01-31", "h", "%m/%d/%Y %I:%M:%S %p"),
    "as browsers write": ("2020-01-31", "h", bare("{m}/{d}/{0:%Y}, {I}:{0:%M:%S}\u202f{0:%p}")),
    "German with a time": ("2020-01-31", "h", "%d.%m.%Y %H:%M"),
    "two-digit years with dots": ("2020-01-31", "D", "%d.%m.%y"),
    "two-digit years first": ("2020-01-31", "D", "%y-%m-%d"),
    "month names": ("2020-01-01", "MS", "%b %Y"),
    "full month names": ("2020-01-01", "MS", "%B %Y"),
    "month names and two digits": ("2015-01-01", "MS", "%b-%y"),
    "the year before the month name": ("2015-01-01", "MS", "%Y-%b"),
    "month name, day, year": ("2000-01-01", "D", bare("{0:%b} {d} {0:%Y}")),
    "month name, day, comma, year": ("2000-01-01", "D", "%b %d, %Y"),
    "Oracle": ("2000-01-01", "D", lambda stamp: stamp.strftime("%d-%b-%y").upper()),
    "SAS dates": ("2000-01-01", "D", lambda stamp: stamp.strftime("%d%b%Y").upper()),
    "SAS times": ("2000-01-01", "h", lambda stamp: stamp.strftime("%d%b%Y:%H:%M:%S").upper()),
    "weekdays before": ("2000-01-01", "D", "%A, %d %B %Y"),
    "as C writes": ("2000-01-01", "h", "%a %b %d %H:%M:%S %Y"),
    "blanks for zeros": ("2000-01-01", "D", lambda stamp: f"{stamp:%b} {stamp.day:2} {stamp:%Y}"),
    "ordinal days": ("2000-01-01", "D", lambda stamp: f"{ordinal(stamp.day)} {stamp:%B %Y}"),
    "time first": ("2000-01-31", "h", "%H:%M %d/%m/%Y"),
    "web server logs": ("2000-01-31", "h", "%d/%b/%Y:%H:%M:%S +0000"),
    "Japanese": ("2000-01-01", "D", bare("{0:%Y}年{m}月{d}日")),
    "months": ("2000-01-01", "MS", "%Y-%m"),
    "months first": ("2000-01-01", "MS", "%m/%Y"),
    "months of Eurostat": ("2000-01-01", "MS", "%YM%m"),
    "months after a colon": ("2000-01-01", "MS", "%Y:%m"),
    "months of Stata": ("2000-01-01", "MS", bare("{0:%Y}m{m}")),
    "months behind a letter": ("2000-01-01", "MS", "%Y-M%m"),
    "months with a dot": ("2000-01-01", "MS", "%Y.%m"),
    "quarters": ("2000-01-01", "QS", lambda stamp: f"{stamp.year} Q{stamp.quarter}"),
    "quarters of pandas": ("2000-01-01", "QS", lambda stamp: f"{stamp.year}Q{stamp.quarter}"),
    "quarters with a hyphen": ("2000-01-01", "QS", lambda stamp: f"{stamp.year}-Q{stamp.quarter}"),
    "quarters first": ("2000-01-01", "QS", lambda stamp: f"Q{stamp.quarter} {stamp.year}"),
    "German quarters": ("2000-01-01", "QS", lambda stamp: f"{stamp.quarter}. Quartal {stamp.year}"),
    "quarters with two digits": ("2000-01-01", "QS", lambda stamp: f"{stamp.quarter}Q{stamp:%y}"),
    "quarters after a colon": ("1959-01-01", "QS", lambda stamp: f"{stamp.year}:{stamp.quarter}"),
    "quarters as bare numbers": ("1959-01-01", "QS", lambda stamp: f"{stamp.year}-{stamp.quarter}"),
    "quarters after a dot": ("1959-01-01", "QS", lambda stamp: f"{stamp.year}.{stamp.quarter}"),
    "quarters of fiscal years": ("2004-01-01", "QS", lambda stamp: f"Q{stamp.quarter} FY{stamp:%y}"),
    "halves of years": ("2000-01-01", "6MS", lambda stamp: f"{stamp.year}-S{1 + stamp.month // 7}"),
    "ISO weeks": ("2018-01-01", "W-MON", "%G-W%V"),
    "ISO weeks with a blank": ("1991-02-04", "W-MON", "%G W%V"),
    "German weeks": ("2018-01-01", "W-MON", "KW %V/%G"),
    "ISO week dates": ("2018-01-01", "D", "%G-W%V-%u"),
    "years": ("1871-01-01", "YS", "%Y"),
    "years as decimals": ("1871-01-01", "YS", "%Y.0"),
    "seasons": ("1999-01-01", "YS", lambda stamp: f"{stamp.year}/{(stamp.year + 1) % 100:02}"),
    "YYYYMMDD": ("1958-03-29", "7D", "%Y%m%d"),
    "YYYYMM": ("1958-03-01", "MS", "%Y%m"),
    "YYYYMMDDHH": ("2024-01-31", "h", "%Y%m%d%H"),
    "YYYYMMDDHHMM": ("2024-01-31", "h", "%Y%m%d%H%M"),
    "YYYYMMDDHHMMSS": ("2024-01-31", "h", "%Y%m%d%H%M%S"),
    "DDMMYYYY": ("2024-01-31", "D", "%d%m%Y"),
    "YYMMDD": ("2024-01-31", "D", "%y%m%d"),
    "epoch seconds": ("2024-01-31", "h", lambda stamp: str(stamp.value // 10**9)),
    "epoch milliseconds": ("2024-01-31", "h", lambda stamp: str(stamp.value // 10**6)),
    "epoch microseconds": ("2024-01-31", "h", lambda stamp: str(stamp.value // 10**3)),
    "epoch nanoseconds": ("2024-01-31", "h", lambda stamp: str(stamp.value)),
    "epoch seconds as decimals": ("2024-01-31", "500ms", lambda stamp: str(stamp.value / 10**9)),
    "Excel's days": ("2024-01-31", "D", lambda stamp: str((stamp - EXCEL).days)),
    "Excel's hours": (
        "2024-01-31",
        "h",
        lambda stamp: f"{(stamp - pd.Timestamp('1899-12-30')) / pd.Timedelta('1D'):.10f}",
    ),
    "years with twelfths": ("1949-01-01", "MS", lambda stamp: f"{stamp.year + (stamp.month - 1) / 12:.11f}"),
    "years with quarters": ("1949-01-01", "QS", lambda stamp: str(stamp.year + (stamp.month - 1) / 12)),
    "midnight without a time": ("2024-01-31", "h", lambda stamp: str(stamp) if stamp.hour else str(stamp.date())),
    "weeks of pandas": ("2024-01-01", "W-MON", lambda stamp: str(stamp.to_period("W-SUN"))),
    "spans of months": ("2024-01-01", "MS", lambda stamp: f"{stamp.date()}/{(stamp + pd.offsets.MonthEnd(1)).date()}"),
    "hours with their ends": (
        "2024-01-31",
        "h",
        lambda stamp: f"{stamp:%d.%m.%Y %H:%M} - {stamp + pd.Timedelta('1h'):%d.%m.%Y %H:%M}",
    ),
}


def ordinal(day):
    return f"{day}{'th' if 10 < day < 20 else {1: 'st', 2: 'nd', 3: 'rd'}.get(day % 10, 'th')}"


@pytest.mark.parametrize("kind", KINDS)
def test_a_kind_of_dates_is_read_as_it_was_made_and_goes_on_alike(kind):
    texts, ahead, instants = made(*KINDS[kind])
    stamps = read_stamps(texts, where, name="date")
    assert stamps.kind == "time" and iso(stamps.values) == instants[:ROWS]
    assert stamps.text(stamps.values) == texts
    assert stamps.text(np.array(instants[ROWS:], "M8[us]").astype(np.int64)) == ahead
    assert time_share(texts, "date") == 1.0


@pytest.mark.parametrize("kind", KINDS)
def test_the_form_of_a_table_reads_the_next_table_after_it_was_stored(kind):
    texts, ahead, instants = made(*KINDS[kind])
    stored = Form.from_dict(json.loads(json.dumps(read_stamps(texts, where, name="date").form.to_dict())))
    again = read_stamps(ahead, where, format=stored)
    assert iso(again.values) == instants[ROWS:] and again.text(again.values) == ahead


@given(st.sampled_from(sorted(KINDS)), st.integers(1, 3000))
def test_any_stamps_of_a_kind_are_read_and_written_back_by_its_form(kind, steps):
    start, frequency, write = KINDS[kind]
    form = read_stamps(made(start, frequency, write)[0], where, name="date").form
    steps = steps % MOST if "%y" in form.pattern else steps  # within the hundred years of two digits
    later = pd.date_range(start, periods=steps + 1, freq=frequency)[-1]
    texts, ahead, instants = made(later, frequency, write, rows=3)
    stamps = read_stamps(texts, where, format=form)
    assert stamps.text(stamps.values) == texts and iso(stamps.values) == instants[:3]
    assert stamps.text(np.array(instants[3:], "M8[us]").astype(np.int64)) == ahead


@given(st.sampled_from(sorted(KINDS)), st.data())
def test_a_damaged_text_is_read_alike_or_refused_in_words(kind, data):
    texts = made(*KINDS[kind], rows=4)[0]
    place = data.draw(st.integers(0, len(texts[1]) - 1))
    texts[1] = texts[1][:place] + data.draw(st.sampled_from("0159-/.: TZ+QWKMé年")) + texts[1][place + 1 :]
    try:
        stamps = read_stamps(texts, where, name="date")
    except DataError as error:
        assert str(error).startswith("sales.csv:") and error.hint
    else:
        assert read_stamps(stamps.text(stamps.values), where, stamps.form).values.tolist() == stamps.values.tolist()


LANGUAGES = [
    (["Januar 2020", "Februar 2020", "März 2020"], ["April 2020", "Mai 2020"]),
    (["Okt 2019", "Nov 2019", "Dez 2019", "Jan 2020", "Feb 2020", "Mrz 2020"], ["Apr 2020", "Mai 2020"]),
    (["janv. 2020", "févr. 2020", "mars 2020"], ["avr. 2020", "mai 2020"]),
    (["ENE 2020", "FEB 2020", "MAR 2020"], ["ABR 2020", "MAY 2020"]),
    (["1 de enero de 2020", "1 de febrero de 2020", "1 de marzo de 2020"], ["1 de abril de 2020", "1 de mayo de 2020"]),
    (["gennaio 2020", "febbraio 2020", "marzo 2020"], ["aprile 2020", "maggio 2020"]),
    (["Ocak 2020", "Şubat 2020", "Mart 2020"], ["Nisan 2020", "Mayıs 2020"]),
    (["января 2020", "февраля 2020", "марта 2020"], ["апреля 2020", "мая 2020"]),
]


@pytest.mark.parametrize(("texts", "ahead"), LANGUAGES)
def test_month_names_of_other_languages_are_read_and_go_on_in_their_language(texts, ahead):
    stamps = read_stamps(texts, where)
    months = pd.date_range(end="2020-03-01", periods=len(texts), freq="MS")
    assert iso(stamps.values) == [str(np.datetime64(month, "us")) for month in months]
    assert stamps.text(np.array(["2020-04-01", "2020-05-01"], "M8[us]").astype(np.int64)) == ahead


def test_years_counted_from_one_are_months_that_go_on():
    texts = [f"{year}-{month:02}" for year in (1, 2, 3) for month in range(1, 13)]
    stamps = read_stamps(texts, where, name="Month")
    assert iso(stamps.values[:2]) == ["0001-01-01T00:00:00.000000", "0001-02-01T00:00:00.000000"]
    assert stamps.text(np.array(["0004-01-01"], "M8[us]").astype(np.int64)) == ["4-01"]
    assert "--time-format '%m-%y'" in stamps.notes[0]


REAL = {
    "Electric_Production.csv": (0, "%m-%d-%Y", "1985-02-01", "MS"),
    "aus_production.csv": (1, "%Y Q%q", "1956-04-01", "QS"),
    "us_gasoline.csv": (1, "%G W%V", "1991-02-11", "W-MON"),
    "sm-co2.csv": (0, "%Y%m%d", "1958-04-05", "7D"),
    "monthly-shampoo-sales.csv": (0, "%-Y-%m", "0001-02-01", None),
    "vega-sp500.csv": (0, "%b %-d %Y", "2000-02-01", "MS"),
    "sm-nile.csv": (0, "%Y", "1872-01-01", None),
    "bike-day.csv": (1, "%Y-%m-%d", "2011-01-02", "D"),
}


@pytest.mark.parametrize("file", REAL)
def test_a_public_table_is_read_by_the_form_that_makes_its_steps_regular(file, real_data):
    column, pattern, second, frequency = REAL[file]
    path = real_data / "series" / "tables" / file
    if not path.is_file():
        pytest.skip(f"{path} is not there")
    table = pd.read_csv(path, dtype=str, keep_default_na=False)
    texts = table[table.columns[column]].tolist()
    stamps = read_stamps(texts, where, name=table.columns[column])
    assert stamps.form.pattern == pattern and stamps.text(stamps.values) == texts
    assert iso(stamps.values[1:2])[0].startswith(second)
    if frequency:
        expected = pd.date_range(iso(stamps.values[:1])[0], periods=len(texts), freq=frequency)
        assert iso(stamps.values) == [str(np.datetime64(stamp, "us")) for stamp in expected]


# ---- names


@pytest.mark.parametrize(
    "word, month",
    [("fevrier", 2), ("aout", 8), ("decembre", 12), ("marz", 3), ("Maerz", 3), ("Jänner", 1), ("grudzien", 12)]
    + [("pazdziernika", 10), ("unora", 2), ("července", 7), ("Subat", 2), ("agustos", 8), ("heinäkuuta", 7)]
    + [("setiembre", 9), ("січня", 1), ("Αυγούστου", 8), ("octombrie", 10), ("janv.", 1), ("junho", 6)],
)
def test_a_month_is_known_with_and_without_its_accents(word, month):
    found = places({word})
    assert found is not None and found[1][word] == month - 1


@pytest.mark.parametrize(
    "words, weekday, expected",
    [
        ({"Maerz", "Januar"}, False, {1: "Februar", 2: "Maerz", 4: "Mai"}),
        ({"tammikuuta"}, False, {1: "helmikuuta"}),
        ({"wt", "pon"}, True, {2: "śr", 6: "niedz"}),
    ],
)
def test_names_that_a_table_lacks_are_written_in_its_manner(words, weekday, expected):
    names = written_names(words, weekday)
    assert {place: names[place] for place in expected} == expected
