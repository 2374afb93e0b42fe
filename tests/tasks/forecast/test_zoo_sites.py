"""Tables as sites, agencies and libraries publish them: one command trains on each, and the stamps are right."""

import io

import pandas as pd
import pytest
from table_zoo import AHEAD, Animal, comma, dates, is_understood, table, text, wave


@pytest.fixture(autouse=True)
def of_its_own(apart):
    """A folder of its own for each test."""


def site(header, cells, stamp, begin="2024-01-05", n=60, freq="D", target=None, sep=",", above="", **how):
    """A table whose row t is cells(its stamp as text, its value, t); stamp: a form of strftime, or a function."""
    stamps, ahead = dates(begin, n, freq)
    written = [stamp(each) if callable(stamp) else text([each], stamp)[0] for each in [*stamps, *ahead]]
    rows = [cells(day, value, t) for t, (day, value) in enumerate(zip(written[:n], wave(n), strict=True))]
    how = {"frequency": freq, "last": tuple(wave(n)[-2:])} | how
    return Animal("a.csv", above + table(header, rows, sep), written[n:], target=target, **how)


def column(name):
    return ("--target-col", name)


def pair(day, value, t):
    return day, value


def quoted(day, value, t):
    return f'"{day}"', value


def half_hours(stamp):
    """A quarter of an hour from its begin to its end."""
    return f"{stamp:%d.%m.%Y %H:%M} - {stamp + pd.Timedelta(minutes=15):%d.%m.%Y %H:%M}"


def with_lines(animal, at, *lines):
    """The table with more lines above its line `at`, from 0."""
    kept = animal.data.split("\n")
    kept[at:at] = lines
    how = {"target": animal.target, "last": animal.last, "options": animal.options}
    return Animal(animal.file, "\n".join(kept), animal.ahead, animal.frequency, **how)


def three_headers():
    """The names of a library's columns in three rows."""
    animal = site("Price,Close,High", lambda d, v, t: (d, v, v + 1), "%Y-%m-%d", "2024-01-02", 64, "B", "Close")
    animal = with_lines(animal, 1, "Ticker,SHARE,SHARE", "Date,,")
    return Animal(animal.file, animal.data, animal.ahead, "B", "Close", last=animal.last, options=column("Close"))


def grocery():
    """A row number, a store and a family of goods, with a slash in its name."""
    stamps, ahead = dates("2017-01-01", 60, "D")
    names = [(store, family) for store in (1, 2) for family in ("BREAD/CAKE", "DAIRY")]
    rows = [
        (4 * t + k, f"{day:%Y-%m-%d}", store, family, value, t % 3)
        for t, (day, value) in enumerate(zip(stamps, wave(60), strict=True))
        for k, (store, family) in enumerate(names)
    ]
    data = table("id,date,store_nbr,family,sales,onpromotion", rows)
    ids = tuple(f"{store}/{family}" for store, family in names)
    return Animal("a.csv", data, text(ahead, "%Y-%m-%d"), "D", "sales", ids)


def numbered_days():
    """A row for each item, its days in columns that only have numbers."""
    names = [(f"FOODS_{k}_CA", f"FOODS_{k}", "FOODS", "CA") for k in range(3)]
    rows = [(*name, *map(int, wave(70, k))) for k, name in enumerate(names)]
    data = table("id,item_id,dept_id,store_id," + ",".join(f"d_{k}" for k in range(1, 71)), rows)
    stamps = [str(k) for k in range(71, 71 + AHEAD)]
    return Animal("a.csv", data, stamps, None, ids=tuple(name[0] for name in names), last=(int(wave(70)[-1]),))


def statistics():
    """Flags behind the numbers, tabs between years, commas within the names of rows."""
    years = list(range(1990, 2024))
    rows = [
        (f"A,PC,{place}", *(": " if t < k else f"{v} p" if t > 30 else f"{v} " for t, v in enumerate(wave(34, k))))
        for k, place in enumerate(("AT", "BE", "NA"))
    ]
    header = "freq,unit,geo\\TIME_PERIOD\t" + "\t".join(f"{year} " for year in years)
    ahead = [str(year) for year in range(2024, 2024 + AHEAD)]
    return Animal("a.tsv", table(header, rows, "\t"), ahead, "YS", ids=("A,PC,AT|AT", "A,PC,BE|BE", "A,PC,NA|NA"))


def anomalies():
    """A title, a row a year, means of seasons behind its months, *** for what is missing."""
    _, ahead = dates("2000-01-01", 288, "MS")
    values = [f"{v / 100:.2f}".replace("0.", ".") for v in wave(288)]
    rows = [(2000 + k, *values[12 * k : 12 * k + 12], "***" if k == 0 else ".50") for k in range(24)]
    data = "Global Means\n" + table("Year,Jan,Feb,Mar,Apr,May,Jun,Jul,Aug,Sep,Oct,Nov,Dec,DJF", rows)
    return Animal("a.csv", data, ahead, "MS")


def observatory():
    """Many lines of remarks with commas; a year, a month and the same as a decimal."""
    stamps, ahead = dates("1990-03-01", 100, "MS")
    rows = [(s.year, s.month, f"{s.year + s.month / 12:.4f}", v) for s, v in zip(stamps, wave(100), strict=True)]
    data = "# a line, with words\n" * 38 + table("year,month,decimal date,average", rows)
    return Animal("a.csv", data, ahead, "MS", "average", options=column("average"))


def periods_of_years():
    """The month as a code in a column of its own."""
    stamps, ahead = dates("2018-01-01", 66, "MS")
    rows = [("LNS14", s.year, f"M{s.month:02d}", v) for s, v in zip(stamps, wave(66), strict=True)]
    return Animal("a.csv", table("Series ID,Year,Period,Value", rows), ahead, "MS", "Value", last=tuple(wave(66)[-2:]))


def month_names_beside_years():
    stamps, ahead = dates("2018-01-01", 66, "MS")
    rows = [(s.year, f"{s:%B}", v) for s, v in zip(stamps, wave(66), strict=True)]
    return Animal("a.csv", table("Year,Month,Sales", rows), ahead, "MS", "Sales", last=tuple(wave(66)[-2:]))


def three_columns_of_a_date():
    stamps, ahead = dates("2000-01-01", 66, "D")
    rows = [(s.year, s.month, s.day, s.weekday() + 1, v) for s, v in zip(stamps, wave(66), strict=True)]
    data = table("year,month,date_of_month,day_of_week,births", rows)
    return Animal("a.csv", data, ahead, "D", "births", options=column("births"))


def settlement_periods():
    """Half an hour of a day by its number."""
    stamps, ahead = dates("2024-01-01", 192, "30min")
    rows = [(f"{s:%d-%b-%Y}", 2 * s.hour + s.minute // 30 + 1, v) for s, v in zip(stamps, wave(192), strict=True)]
    return Animal("a.csv", table("SETTLEMENT_DATE,SETTLEMENT_PERIOD,ND", rows), ahead, "30min", "ND")


def sheet_with_a_title():
    """A table that begins in the third row and the second column of a sheet, with a sum below."""
    stamps, ahead = dates("2021-01-01", 60, "D")
    rows = [[None, *row] for row in zip(stamps, wave(60), strict=True)]
    sheet = [["Umsätze 2021", None, None], [None] * 3, [None, "Datum", "Umsatz"], *rows, [None, "Summe", 1234.5]]
    out = io.BytesIO()
    pd.DataFrame(sheet).to_excel(out, header=False, index=False)
    return Animal("a.xlsx", out.getvalue(), text(ahead, "%Y-%m-%d"), "D", "Umsatz", last=tuple(wave(60)[-2:]))


def sheet_with_dates_across():
    stamps, ahead = dates("2021-01-01", 40, "MS")
    out = io.BytesIO()
    sheet = pd.DataFrame([["North", *wave(40)], ["South", *wave(40, 1)]], columns=["Region", *stamps])
    sheet.to_excel(out, index=False)
    return Animal("a.xlsx", out.getvalue(), ahead, "MS", ids=("North", "South"), last=tuple(wave(40)[-2:]))


SITES = {
    "dollars of an exchange": lambda: site(
        "Date,Close/Last,Volume",
        lambda d, v, t: (d, f"${v:.2f}", f'"{1000 + t:,}"'),
        "%m/%d/%Y",
        "2024-01-02",
        64,
        "B",
        "Close/Last",
        options=column("Close/Last"),
    ),
    "rates of a central bank": lambda: site(
        "Date,USD,JPY,BGN,",
        lambda d, v, t: (d, v, v * 2, "N/A" if t < 30 else v * 3, ""),
        "%Y-%m-%d",
        "2024-01-02",
        64,
        "B",
        "USD",
        options=column("USD"),
    ),
    "begin and end of hours": lambda: site(
        "Datum von;Datum bis;Netzlast [MWh]",
        lambda d, v, t: (d, d[:11] + "23:59", comma(v)),
        "%d.%m.%Y %H:%M",
        freq="h",
        target="Netzlast [MWh]",
        sep=";",
    ),
    "quarters of an hour from - to": lambda: site(
        '"Time (CET/CEST)","Actual Load [MW]"', quoted, half_hours, freq="15min", target="Actual Load [MW]"
    ),
    "offsets without colon": lambda: site(
        "time,v", pair, lambda s: f"{s:%Y-%m-%dT%H:%M:%S}.000+0000", freq="h", target="v"
    ),
    "mail headers": lambda: site("time,v", quoted, "%a, %d %b %Y %H:%M:%S GMT", freq="h", target="v"),
    "digits of seconds": lambda: site("time,v", pair, "%Y%m%d%H%M%S", freq="h", target="v"),
    "months behind M": lambda: site("TIME_PERIOD,OBS_VALUE", pair, "%YM%m", "2018-01-01", 66, "MS", "OBS_VALUE"),
    "months behind -M": lambda: site("TIME_PERIOD,OBS_VALUE", pair, "%Y-M%m", "2018-01-01", 66, "MS", "OBS_VALUE"),
    "quarters of fiscal years": lambda: site(
        "Quarter,Revenue", pair, lambda s: f"{s.quarter}Q{s.year % 100:02d}", "2004-01-01", 66, "QS", "Revenue"
    ),
    "months as words with days": lambda: site("date,v", quoted, lambda s: f"{s:%B} {s.day}, {s.year}", target="v"),
    "Chinese dates": lambda: site("日期,销量", pair, lambda s: f"{s.year}年{s.month}月{s.day}日", target="销量"),
    "tenths of a second": lambda: site(
        "t,v", pair, lambda s: f"{s:%Y-%m-%d %H:%M:%S.%f}"[:-3], freq="100ms", target="v"
    ),
    "a minus behind the number": lambda: site(
        "Buchungsdatum;Betrag",
        lambda d, v, t: (d, comma(abs(v - 20)) + ("-" if v < 20 else "")),
        "%d.%m.%Y",
        target="Betrag",
        sep=";",
        last=tuple(round(v - 20, 2) for v in wave(60)[-9:]),
    ),
    "per cent": lambda: site("date,rate", lambda d, v, t: (d, f"{v}%"), "%Y-%m-%d", target="rate"),
    "Swiss thousands": lambda: site(
        "Datum;Umsatz",
        lambda d, v, t: (d, f"{1000 * v:,.2f}".replace(",", "'")),
        "%d.%m.%Y",
        target="Umsatz",
        sep=";",
        last=tuple(round(1000 * v, 2) for v in wave(60)[-2:]),
    ),
    "euros before the number": lambda: site(
        "Datum;Umsatz", lambda d, v, t: (d, f"€ {comma(v)}"), "%d.%m.%Y", target="Umsatz", sep=";"
    ),
    "units below the header": lambda: with_lines(
        site("Datum;Temperatur", pair, "%d.%m.%Y", target="Temperatur", sep=";"), 1, ";[°C]"
    ),
    "row names of R": lambda: site(
        '"date" "value"', lambda d, v, t: (f'"{t + 1}"', f'"{d}"', v), "%Y-%m-%d", target="value", sep=" "
    ),
    "one share alone": lambda: site("Name,date,close", lambda d, v, t: ("A", d, v), "%Y-%m-%d", target="close"),
    "years of ten": lambda: site("year,people", pair, "%Y", "1700-01-01", 30, "10YS", "people"),
    "three rows of names": three_headers,
    "groceries": grocery,
    "numbered days": numbered_days,
    "statistics with flags": statistics,
    "anomalies": anomalies,
    "an observatory": observatory,
    "codes of months": periods_of_years,
    "months by name beside years": month_names_beside_years,
    "three columns of a date": three_columns_of_a_date,
    "settlement periods": settlement_periods,
    "a sheet with a title": sheet_with_a_title,
    "a sheet with dates across": sheet_with_dates_across,
}


@pytest.mark.parametrize("animal", SITES.values(), ids=SITES.keys())
def test_a_published_table_is_understood(command, animal):
    is_understood(animal(), command)
