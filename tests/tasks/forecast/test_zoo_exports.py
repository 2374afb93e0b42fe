"""Tables as programs and offices export them, with their signs, titles and leftovers: one command trains on each."""

import io
import json
import zipfile

import pandas as pd
import pytest
from table_zoo import AHEAD, Animal, comma, dates, is_understood, table, text, wave


@pytest.fixture(autouse=True)
def of_its_own(apart):
    """A folder of its own for each test."""


def fred():
    """A point where a value is missing."""
    stamps, ahead = dates("2018-01-01", 70, "MS")
    values = ["." if t in (5, 40) else f"{value:.1f}" for t, value in enumerate(wave(70, digits=1))]
    rows = zip(text(stamps, "%Y-%m-%d"), values, strict=True)
    return Animal("UNEMP.csv", table("observation_date,UNEMP", rows), text(ahead, "%Y-%m-%d"), "MS", "UNEMP")


def german_export():
    """Excel in German: cp1252, sep=, a title, empty cells, a sum below."""
    stamps, ahead = dates("2023-05-01", 70, "D")
    values = wave(70, level=2345, size=800)
    rows = [(day, comma(value, 2, "."), "") for day, value in zip(text(stamps, "%d.%m.%Y"), values, strict=True)]
    body = table("Datum;Umsatz in €;", rows, ";", "\r\n")
    data = f"sep=;\r\nUmsätze 2023 – Filiale Köln;;\r\n;;\r\n{body};;\r\nSumme;{comma(sum(values), 2, '.')};\r\n"
    last = tuple(values[-3:])
    return Animal("a.csv", data.encode("cp1252"), text(ahead, "%d.%m.%Y"), "D", "Umsatz in €", last=last)


def french_export():
    """Months in French, blanks that do not break between thousands."""
    months = ["janv.", "févr.", "mars", "avr.", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.", "déc."]
    stamps, ahead = dates("2019-01-01", 66, "MS")
    written = [[f"{months[stamp.month - 1]} {stamp.year}" for stamp in part] for part in (stamps, ahead)]
    values = wave(66, level=12345, size=3000)
    rows = [(month, comma(value, 2, "\u00a0")) for month, value in zip(written[0], values, strict=True)]
    data = table("Mois;Chiffre d’affaires", rows, ";")
    return Animal("a.csv", data, written[1], "MS", "Chiffre d’affaires", last=tuple(values[-2:]))


def american_store():
    """Dollars, and what was paid back in brackets."""
    stamps, ahead = dates("2024-01-05", 60, "D")
    values = wave(60, level=600, size=900)
    cells = [f'"${v:,.2f}"' if v >= 0 else f'"(${-v:,.2f})"' for v in values]
    rows = zip(text(stamps, "%m/%d/%Y"), cells, strict=True)
    return Animal(
        "a.csv", table("Date,Net Sales", rows), text(ahead, "%m/%d/%Y"), "D", "Net Sales", last=tuple(values[-9:])
    )


def coin_prices():
    """The newest day first, months in words, commas in quotes."""
    stamps, ahead = dates("2018-01-01", 60, "D")
    close = wave(60, level=4321, size=900)
    rows = [
        (f'"{day}"', close[t], round(close[t] * 1.01, 2), f'"{int(close[t] * 1e6):,}"', f'"{int(close[t] * 17e6):,}"')
        for t, day in enumerate(text(stamps, "%b %d, %Y"))
    ]
    header, option = "Date,Close**,High,Volume,Market Cap", ("--target-col", "Close**")
    data = table(header, rows[::-1])
    return Animal("a.csv", data, text(ahead, "%b %d, %Y"), "D", "Close**", last=tuple(close[-2:]), options=option)


def market_site():
    """The newest day first, volumes in thousands, millions and billions, changes in per cent."""
    stamps, ahead = dates("2024-01-02", 64, "B")
    price = wave(64, level=1234, size=90)
    rows = [
        (
            f'"{day}"',
            f'"{price[t]:,.2f}"',
            f'"{price[t] + 1:,.2f}"',
            f'"{price[t] / 9:.2f}{"KMB"[t % 3]}"',
            f'"{t - 30}.25%"',
        )
        for t, day in enumerate(text(stamps, "%m/%d/%Y"))
    ]
    data = "\ufeff" + table('"Date","Price","Open","Vol.","Change %"', rows[::-1])
    option = ("--target-col", "Price", "--past-cols", "Vol.,Change %")
    return Animal("a.csv", data, text(ahead, "%m/%d/%Y"), "B", "Price", last=tuple(price[-2:]), options=option)


def quotes():
    """Rows of null."""
    stamps, ahead = dates("2024-01-02", 64, "B")
    close = wave(64, level=150, digits=6)
    rows = [
        (day, *(["null"] * 3 if t in (9, 30) else [v, v + 1, 1000 + t]))
        for t, (day, v) in enumerate(zip(text(stamps, "%Y-%m-%d"), close, strict=True))
    ]
    return Animal(
        "a.csv",
        table("Date,Close,High,Volume", rows),
        text(ahead, "%Y-%m-%d"),
        "B",
        "Close",
        options=("--target-col", "Close"),
    )


def search_trends():
    """Title lines, and <1 where there was next to nothing."""
    stamps, ahead = dates("2022-01-02", 70, "W-SUN")
    values = ["<1" if t == 12 else int(v) for t, v in enumerate(wave(70))]
    rows = zip(text(stamps, "%Y-%m-%d"), values, strict=True)
    data = "Category: All categories\n\n" + table("Week,rain coat: (Worldwide)", rows)
    return Animal("multiTimeline.csv", data, text(ahead, "%Y-%m-%d"), "W-SUN", "rain coat: (Worldwide)")


def household_power():
    """Date and time in two columns, day first, ? where a value is missing."""
    stamps, ahead = dates("2006-12-16 17:24", 100, "min")
    values = ["?" if t == 20 else f"{v:.3f}" for t, v in enumerate(wave(100, level=2, size=1.5, digits=3))]
    rows = [
        (f"{s:%d/%m/%Y}", f"{s:%H:%M:%S}", v, f"{230 + t % 3}.100")
        for t, (s, v) in enumerate(zip(stamps, values, strict=True))
    ]
    data = table("Date;Time;Global_active_power;Voltage", rows, ";")
    ahead, name = text(ahead, "%d/%m/%Y %H:%M:%S"), "Global_active_power"
    return Animal("power.txt", data, ahead, "min", name, options=("--target-col", name))


def air_quality():
    """Decimal commas, points in the times, two columns and many rows of separators alone."""
    stamps, ahead = dates("2004-03-10 18:00", 100, "h")
    rows = [
        (f"{s:%d/%m/%Y}", f"{s:%H.%M.%S}", comma(v, 1), 1000 + t % 9, comma(v / 30, 4), "", "")
        for t, (s, v) in enumerate(zip(stamps, wave(100), strict=True))
    ]
    data = table("Date;Time;CO(GT);S1(CO);AH;;", rows, ";", "\r\n") + ";;;;;;\r\n" * 5
    last = tuple(round(v, 1) for v in wave(100)[-2:])
    ahead = text(ahead, "%d/%m/%Y %H.%M.%S")
    return Animal("air.csv", data, ahead, "h", "CO(GT)", last=last, options=("--target-col", "CO(GT)"))


def weather_station():
    """Units in the names, ten minutes from step to step."""
    stamps, ahead = dates("2009-01-01 00:10", 100, "10min")
    rows = [(s, round(900 + v, 2), v) for s, v in zip(text(stamps, "%d.%m.%Y %H:%M:%S"), wave(100), strict=True)]
    ahead, name = text(ahead, "%d.%m.%Y %H:%M:%S"), "T (degC)"
    return Animal(
        "a.csv", table('"Date Time","p (mbar)","T (degC)"', rows), ahead, "10min", name, options=("--target-col", name)
    )


def pandas_index():
    """What `to_csv` writes without index=False."""
    stamps, ahead = dates("1949-01-01", 66, "MS")
    rows = [(k, month, 100 + k % 12) for k, month in enumerate(text(stamps, "%Y-%m"))]
    return Animal("a.csv", table(",Month,#Passengers", rows), text(ahead, "%Y-%m"), "MS", "#Passengers")


def workbook():
    """Typed cells, with a title above the header."""
    stamps, ahead = dates("2024-01-17", 60, "D")
    out = io.BytesIO()
    cells = pd.DataFrame({"Date": stamps, "Sales": wave(60)})
    with pd.ExcelWriter(out) as writer:
        pd.DataFrame({"About": ["no table here"]}).to_excel(writer, sheet_name="read me", index=False)
        cells.to_excel(writer, sheet_name="data", index=False)
    return Animal("a.xlsx", out.getvalue(), text(ahead, "%Y-%m-%d"), "D", "Sales", last=tuple(wave(60)[-2:]))


def plain(name="a.csv", sep=",", header="date,value"):
    stamps, ahead = dates("2024-01-17", 60, "D")
    data = table(header.replace(",", sep), zip(text(stamps, "%Y-%m-%d"), wave(60), strict=True), sep)
    return Animal(name, data, text(ahead, "%Y-%m-%d"), "D", header.split(",")[1], last=tuple(wave(60)[-2:]))


def archived():
    animal, out = plain("a.csv.zip"), io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("__MACOSX/._a.csv", b"\0\0")
        archive.writestr("data/a.csv", animal.data)
    return Animal(animal.file, out.getvalue(), animal.ahead, animal.frequency, animal.target, last=animal.last)


def aligned():
    """Columns that blanks bring below each other, as Fortran writes them."""
    stamps, ahead = dates("1900-01-01", 70, "YS")
    data = "   YEAR     SUNACTIVITY\n" + "".join(
        f"   {s.year}     {v:8.2f}\n" for s, v in zip(stamps, wave(70), strict=True)
    )
    return Animal("a.dat", data, text(ahead, "%Y"), "YS", "SUNACTIVITY", last=tuple(wave(70)[-2:]))


def remarks():
    """Lines of remarks above the header, as observatories write them."""
    animal = plain("a.txt")
    return Animal("a.txt", "# made by hand\n# unit: mm\n" + animal.data, animal.ahead, "D", "value", last=animal.last)


def utf16():
    animal = plain("a.csv", "\t")
    return Animal("a.csv", animal.data.encode("utf-16"), animal.ahead, "D", "value", last=animal.last)


def one_column():
    values = wave(60)
    ahead = [str(k) for k in range(61, 61 + AHEAD)]
    return Animal("a.txt", "".join(f"{v}\n" for v in values), ahead, None, "y", last=tuple(values[-2:]))


def without_header():
    stamps, ahead = dates("2024-01-17", 60, "D")
    data = table("2024-01-16,3.5", zip(text(stamps, "%Y-%m-%d"), wave(60), strict=True))
    return Animal("a.csv", data, text(ahead, "%Y-%m-%d"), "D", last=tuple(wave(60)[-2:]))


def comma_in_a_name():
    animal = plain()
    rows = [line.split(",") for line in animal.data.splitlines()[1:]]
    data = table("Datum;Umsatz, netto", rows, ";")
    return Animal("a.csv", data, animal.ahead, "D", "Umsatz, netto", last=animal.last)


def json_lines():
    stamps, ahead = dates("2024-01-17", 60, "D")
    rows = [{"ds": day, "y": value} for day, value in zip(text(stamps, "%Y-%m-%d"), wave(60), strict=True)]
    return Animal("a.jsonl", "\n".join(map(json.dumps, rows)) + "\n", text(ahead, "%Y-%m-%d"), "D", "y")


def json_array():
    animal = json_lines()
    data = "[" + ",\n".join(animal.data.splitlines()) + "]"
    return Animal("a.json", data, animal.ahead, "D", "y")


EXPORTS = {
    "FRED": fred,
    "Excel in German": german_export,
    "Excel in French": french_export,
    "an American store": american_store,
    "coin prices": coin_prices,
    "a market site": market_site,
    "quotes with null": quotes,
    "search trends": search_trends,
    "household power": household_power,
    "air quality": air_quality,
    "a weather station": weather_station,
    "pandas with its index": pandas_index,
    "a workbook of two sheets": workbook,
    "a zip archive": archived,
    "bars between cells": lambda: plain("a.csv", "|"),
    "a table called .txt": lambda: plain("a.txt"),
    "tabs in a file called .csv": lambda: plain("a.csv", "\t"),
    "no ending": lambda: plain("a"),
    "aligned by blanks": aligned,
    "remarks above the header": remarks,
    "UTF-16": utf16,
    "one column without header": one_column,
    "no header": without_header,
    "a comma in a name": comma_in_a_name,
    "JSON lines": json_lines,
    "a JSON array": json_array,
}


@pytest.mark.parametrize("export", EXPORTS.values(), ids=EXPORTS.keys())
def test_an_export_is_understood(command, export):
    is_understood(export(), command)
