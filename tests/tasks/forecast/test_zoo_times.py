"""Tables whose times are written in as many ways as people write them: one command trains, and the stamps are right."""

import io

import pandas as pd
import pytest
from table_zoo import AHEAD, Animal, dates, is_understood, table, text, wave


@pytest.fixture(autouse=True)
def of_its_own(apart):
    """A folder of its own for each test."""


def daily(file, header, form, begin="2024-01-17", n=60, freq="D", frequency=None, **how):
    """A table of a stamp and a value."""
    stamps, ahead = dates(begin, n, freq)
    rows, target = zip(text(stamps, form), wave(n), strict=True), header.split(",")[1].strip('"')
    return Animal(
        file, table(header, rows), text(ahead, form), frequency or freq, target, last=tuple(wave(n)[-3:]), **how
    )


FORMS = {
    "ISO": daily("a.csv", "date,value", "%Y-%m-%d"),
    "ISO with T": daily("a.csv", "time,load", "%Y-%m-%dT%H:%M:%S", freq="h"),
    "ISO with Z": daily("a.csv", "time,load", "%Y-%m-%dT%H:%M:%SZ", freq="h"),
    "UTC in words": daily("a.csv", "time,load", "%Y-%m-%d %H:%M:%S UTC", freq="h"),
    "thousandths of a second": daily("a.csv", "time,load", "%Y-%m-%d %H:%M:%S.000", freq="h"),
    "slashes, year first": daily("a.csv", "date,value", "%Y/%m/%d"),
    "points, year first": daily("a.csv", "date,value", "%Y.%m.%d"),
    "day first with dashes": daily("a.csv", "date,value", "%d-%m-%Y"),
    "day first with points": daily("a.csv", "Datum,Menge", "%d.%m.%Y"),
    "day first with slashes and minutes": daily("a.csv", "Fecha,Ventas", "%d/%m/%Y %H:%M", freq="h"),
    "month first": daily("a.csv", "Date,Sales", "%m/%d/%Y"),
    "month first without zeros, two-digit years": daily("a.csv", "Date,Sales", "%-m/%-d/%y"),
    "month first on the first of each month": daily("a.csv", "Date,Sales", "%m/%d/%Y", "2018-01-01", 66, "MS"),
    "month last on the first of each month": daily("a.csv", "DATE,VALUES", "%d-%m-%Y", "2018-01-01", 66, "MS"),
    "month names": daily("a.csv", "date,price", "%b %-d %Y", "2018-01-01", 66, "MS"),
    "month names and day first": daily("a.csv", "date,price", "%d %b %Y"),
    "month names and the day between dashes": daily("a.csv", "date,price", "%d-%b-%Y"),
    "months by name": daily("a.csv", "Month,Sales", "%b %Y", "2018-01-01", 66, "MS"),
    "months of years of two digits": daily("a.csv", "Month,Passengers", "%b-%y", "1949-01-01", 66, "MS"),
    "months in figures": daily("a.csv", '"Month","Sunspots"', "%Y-%m", "1749-01-01", 66, "MS"),
    "digits alone": daily("a.csv", "date,co2", "%Y%m%d"),
    "digits of months": daily("a.csv", "period,co2", "%Y%m", "2018-01-01", 66, "MS"),
    "digits of hours": daily("a.csv", "time,co2", "%Y%m%d%H", freq="h"),
    "years": daily("a.csv", "year,volume", "%Y", "1871-01-01", 70, "YS"),
    "half of the day in words": daily("a.csv", "Date,kWh", "%-m/%-d/%Y %-I:%M %p", freq="h"),
    "half of the day in words with seconds": daily("a.csv", "Date,kWh", "%m/%d/%Y %-I:%M:%S %p", freq="h"),
    "quarters of an hour": daily("a.csv", "time,kW", "%Y-%m-%d %H:%M", freq="15min"),
    "weeks that end on Saturday": daily("a.csv", "week,cases", "%Y-%m-%d", "2021-01-02", 70, "W-SAT"),
    "ends of months": daily("a.csv", "date,rate", "%Y-%m-%d", "2018-01-31", 66, "ME"),
    "ends of business months": daily("a.csv", "date,rate", "%Y-%m-%d", "2017-01-31", 66, "BME"),
    "ends of quarters": daily("a.csv", "date,rate", "%Y-%m-%d", "2005-02-28", 66, "QE-NOV"),
    "the first and the fifteenth": daily("a.csv", "date,pay", "%Y-%m-%d", "2021-01-01", 66, "SMS-15"),
    "every seventh day": daily("a.csv", "date,visits", "%d.%m.%Y", "2022-01-05", 70, "7D", "W-WED"),
}


@pytest.mark.parametrize("animal", FORMS.values(), ids=FORMS.keys())
def test_a_form_of_stamps_is_found_and_kept(command, animal):
    is_understood(animal, command)


def hours_by_24():
    """Hours that end at 24:00."""
    stamps, ahead = dates("2024-01-01 01:00", 100, "h")

    def form(stamp):
        day = stamp - pd.Timedelta(days=int(stamp.hour == 0))
        return f"{day:%d.%m.%Y} {stamp.hour or 24:02d}:00"

    rows = zip(map(form, stamps), wave(100), strict=True)
    return Animal("a.csv", table("Zeit,Last", rows), list(map(form, ahead)), "h", "Last")


def weeks(form, begin="2018-12-03"):
    stamps, ahead = dates(begin, 70, "W-MON")
    written = [[form.format(*stamp.isocalendar()) for stamp in part] for part in (stamps, ahead)]
    return Animal(
        "a.csv", table("Week,Barrels", zip(written[0], wave(70), strict=True)), written[1], "W-MON", "Barrels"
    )


def quarters(form):
    stamps, ahead = dates("2004-01-01", 66, "QS")
    written = [[form.format(stamp.year, stamp.quarter) for stamp in part] for part in (stamps, ahead)]
    return Animal("a.csv", table("Quarter,Beer", zip(written[0], wave(66), strict=True)), written[1], "QS", "Beer")


def epochs(per_second, name="timestamp"):
    stamps, ahead = dates("2021-03-01", 100, "min")
    written = [[str(int(stamp.timestamp()) * per_second) for stamp in part] for part in (stamps, ahead)]
    return Animal("a.csv", table(f"{name},Close", zip(written[0], wave(100), strict=True)), written[1], "min", "Close")


def serials():
    """Days as Excel counts them."""
    written = [str(day) for day in range(45292, 45292 + 60 + AHEAD)]
    return Animal("a.csv", table("Date,Sales", zip(written[:60], wave(60), strict=True)), written[60:], "D", "Sales")


def berlin(form, freq, begin="2024-03-27", n=60):
    """Stamps with offsets across the night when clocks go forward."""
    stamps, ahead = dates(begin, n, freq, "Europe/Berlin")
    written = [[form(stamp) for stamp in part] for part in (stamps, ahead)]
    return Animal("a.csv", table("time,load", zip(written[0], wave(n), strict=True)), written[1], freq, "load")


def quarter_hours_of_a_clock():
    """Wall clock alone: in the night when clocks go back, four quarters of an hour stand twice."""
    stamps, _ = dates("2024-10-26", 288, "15min", "Europe/Berlin")
    wall = [stamp.tz_localize(None) for stamp in stamps]
    ahead = pd.date_range(wall[-1], periods=AHEAD + 1, freq="15min")[1:]
    rows = zip(text(wall, "%d.%m.%Y %H:%M"), wave(288), strict=True)
    return Animal("a.csv", table("Zeit,Last", rows), text(ahead, "%d.%m.%Y %H:%M"), "15min", "Last")


def thirtieth():
    """The 30th of each month, the last of February."""
    stamps = [
        pd.Timestamp(y, m, min(30, pd.Timestamp(y, m, 1).days_in_month))
        for y in range(2018, 2024)
        for m in range(1, 13)
    ]
    n = 70 - AHEAD
    rows = zip(text(stamps[:n], "%Y-%m-%d"), wave(n), strict=True)
    return Animal("a.csv", table("date,rent", rows), text(stamps[n:70], "%Y-%m-%d"), None, "rent")


def business_days_with_holidays():
    stamps, ahead = dates("2023-11-01", 90, "B")
    closed = {"2023-12-25", "2023-12-26", "2024-01-01"}
    rows = [(day, value) for day, value in zip(text(stamps, "%Y-%m-%d"), wave(90), strict=True) if day not in closed]
    return Animal("a.csv", table("date,close", rows), text(ahead, "%Y-%m-%d"), "B", "close")


def periods():
    """Weeks from their first to their last day, as pandas writes its periods."""
    spans = [str(span) for span in pd.period_range("2022-01-03", periods=70 + AHEAD, freq="W-SUN")]
    return Animal("a.csv", table("week,y", zip(spans[:70], wave(70), strict=True)), spans[70:], None, "y")


def parquet_with_a_zone():
    stamps, ahead = dates("2024-02-20", 60, "D", "America/New_York")
    out = io.BytesIO()
    pd.DataFrame({"ds": stamps, "y": wave(60)}).to_parquet(out, index=False)
    return Animal("a.parquet", out.getvalue(), ahead, "D", "y", last=tuple(wave(60)[-2:]))


def parquet_with_an_index():
    stamps, ahead = dates("2024-02-20", 60, "h")
    out = io.BytesIO()
    pd.DataFrame({"load": wave(60)}, index=pd.Index(stamps, name="time")).to_parquet(out)
    return Animal("a.parquet", out.getvalue(), ahead, "h", "load")


def iso(stamp):
    return stamp.isoformat()


def utc(stamp):
    return f"{stamp.tz_convert('UTC'):%Y-%m-%dT%H:%M:%SZ}"


KINDS = {
    "24:00": hours_by_24,
    "ISO weeks": lambda: weeks("{0}-W{1:02d}"),
    "ISO weeks after a blank": lambda: weeks("{0} W{1:02d}", "1991-02-04"),
    "quarters after a blank": lambda: quarters("{} Q{}"),
    "quarters before the year": lambda: quarters("Q{1} {0}"),
    "quarters after a dash": lambda: quarters("{}-Q{}"),
    "seconds since 1970": lambda: epochs(1),
    "milliseconds since 1970": lambda: epochs(1000, "time"),
    "days of Excel": serials,
    "offsets that change with the clock": lambda: berlin(iso, "h"),
    "days with offsets that change": lambda: berlin(iso, "D", "2024-03-01"),
    "days that begin at 22:00Z": lambda: berlin(utc, "D", "2024-03-01"),
    "a quarter of an hour that the clock shows twice": quarter_hours_of_a_clock,
    "the thirtieth": thirtieth,
    "business days with holidays": business_days_with_holidays,
    "periods": periods,
    "Parquet with a zone": parquet_with_a_zone,
    "Parquet with the stamps as its index": parquet_with_an_index,
}


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS.keys())
def test_a_kind_of_times_is_understood(command, kind):
    is_understood(kind(), command)
