"""Tables of several series and columns, in all the layouts that people lay them: one command trains on each."""

import pandas as pd
import pytest
from table_zoo import AHEAD, Animal, comma, dates, is_understood, table, text, wave


@pytest.fixture(autouse=True)
def of_its_own(apart):
    """A folder of its own for each test."""


def long(header, names, form="%Y-%m-%d", begin="2023-01-01", n=60, freq="D", more=(), **how):
    """Series below each other: an id (or several), a stamp, a value and more cells."""
    stamps, ahead = dates(begin, n, freq)
    rows = [
        (*name, day, value, *more)
        for k, name in enumerate(names)
        for day, value in zip(text(stamps, form), wave(n, k), strict=True)
    ]
    ids = tuple("/".join(name) for name in names)
    return Animal("a.csv", table(header, rows), text(ahead, form), freq, ids=ids, last=tuple(wave(n)[-2:]), **how)


def own_world_in_data():
    """Two columns name the series, one stands for a continent, several are numbers."""
    names = [("CHL", "South America", "Chile"), ("FRA", "Europe", "France"), ("ITA", "Europe", "Italy")]
    stamps, ahead = dates("2023-01-01", 60, "D")
    rows = [
        (*name, day, 1000 + t, v, 19.5 + k)
        for k, name in enumerate(names)
        for t, (day, v) in enumerate(zip(text(stamps, "%Y-%m-%d"), wave(60, k), strict=True))
    ]
    data = table("iso_code,continent,location,date,total_cases,new_cases,population_density", rows)
    ids, option = ("CHL|Chile", "FRA|France", "ITA|Italy"), ("--target-col", "new_cases")
    return Animal("a.csv", data, text(ahead, "%Y-%m-%d"), "D", "new_cases", ids, options=option)


def shops_by_day():
    """The newest day first in each shop, 0 and letters for holidays."""
    stamps, ahead = dates("2023-01-01", 70, "D")
    rows = [
        (
            k,
            stamp.weekday() + 1,
            f"{stamp:%Y-%m-%d}",
            round(300 * v),
            t % 7 != 0 or 0,
            t % 3,
            "0ab"[t % 11 // 9 * (1 + t % 2)],
        )
        for k in (1, 2)
        for t, (stamp, v) in reversed(list(enumerate(zip(stamps, wave(70, k), strict=True))))
    ]
    rows = [(*row[:4], int(row[4]), *row[5:]) for row in rows]
    data = table("Store,DayOfWeek,Date,Sales,Open,Promo,StateHoliday", rows)
    return Animal("a.csv", data, text(ahead, "%Y-%m-%d"), "D", "Sales", ("1", "2"), options=("--target-col", "Sales"))


def departments_by_week():
    """Two numbers name the series, TRUE and FALSE the holidays."""
    stamps, ahead = dates("2022-02-04", 70, "W-FRI")
    rows = [
        (store, dept, f"{stamp:%Y-%m-%d}", v, "TRUE" if t % 13 == 1 else "FALSE")
        for store, dept in ((1, 1), (1, 2), (2, 1))
        for t, (stamp, v) in enumerate(zip(stamps, wave(70, store + dept), strict=True))
    ]
    data = table("Store,Dept,Date,Weekly_Sales,IsHoliday", rows)
    return Animal("a.csv", data, text(ahead, "%Y-%m-%d"), "W-FRI", "Weekly_Sales", ("1/1", "1/2", "2/1"))


def stores_and_items():
    """The date first, then two numbers that name the series."""
    stamps, ahead = dates("2023-01-01", 60, "D")
    rows = [
        (f"{stamp:%Y-%m-%d}", store, item, int(v))
        for item in (1, 2)
        for store in (1, 2, 3)
        for stamp, v in zip(stamps, wave(60, store + item), strict=True)
    ]
    ids = tuple(f"{store}/{item}" for item in (1, 2) for store in (1, 2, 3))
    return Animal("a.csv", table("date,store,item,sales", rows), text(ahead, "%Y-%m-%d"), "D", "sales", ids)


def share_prices():
    animal = long("symbol,date,price", [("MSF",), ("AMA",), ("IBN",)], "%b %-d %Y", "2018-01-01", 66, "MS")
    return animal


def world_bank():
    """Title lines, years in the header, two names of each country, a comma at the end of each line."""
    years = list(range(1960, 2024))
    head = ",".join(
        f'"{name}"' for name in ("Country Name", "Country Code", "Indicator Name", "Indicator Code", *years)
    )
    lines = []
    for k, (name, code) in enumerate((("Aruba", "ABW"), ("Chile", "CHL"), ("Namibia", "NAM"))):
        values = [f'"{v}"' if t > 3 * k else "" for t, v in enumerate(wave(len(years), k))]
        lines.append(",".join([f'"{name}"', f'"{code}"', '"GDP (current US$)"', '"NY.GDP"', *values]) + ",")
    top = '"Data Source","World Development Indicators",\n\n"Last Updated Date","2024-03-28",\n\n'
    ahead = [str(year) for year in range(2024, 2024 + AHEAD)]
    data = "\ufeff" + top + "\n".join([head + ",", *lines]) + "\n"
    return Animal("API.csv", data, ahead, "YS", ids=("Aruba|ABW", "Chile|CHL", "Namibia|NAM"))


def cases_by_country():
    """Dates in the header, the place of each row in four columns."""
    stamps, ahead = dates("2020-01-22", 60, "D")
    rows = [
        (*place, *(int(v) for v in wave(60, k)))
        for k, place in enumerate(
            (("", "France", 46.2, 2.2), ("", "Italy", 41.9, 12.6), ("Bermuda", "Kingdom", 32.3, -64.8))
        )
    ]
    form = "%-m/%-d/%y"
    data = table("Province/State,Country/Region,Lat,Long," + ",".join(text(stamps, form)), rows)
    return Animal("a.csv", data, text(ahead, form), "D", ids=("France", "Italy", "Bermuda|Kingdom|Bermuda/Kingdom"))


def web_traffic():
    """Dates in the header, a page in each row, nothing where nobody came."""
    stamps, ahead = dates("2015-07-01", 70, "D")
    names = ("2NE1_zh.example.org_all-access_spider", "4minute_zh.example.org_desktop", "NA_en.example.org_all")
    rows = [(name, *("" if t < 9 * k else int(v) for t, v in enumerate(wave(70, k)))) for k, name in enumerate(names)]
    data = table("Page," + ",".join(text(stamps, "%Y-%m-%d")), rows)
    return Animal(
        "train_1.csv", data, text(ahead, "%Y-%m-%d"), "D", ids=names, last=tuple(int(v) for v in wave(70)[-2:])
    )


def competition():
    """V1, V2, ... above rows of different lengths."""
    rows = [
        (f'"{name}"', *(f'"{v}"' if t < n else "" for t, v in enumerate(wave(70, k))))
        for k, (name, n) in enumerate((("H1", 70), ("H2", 70)))
    ]
    data = table(",".join(f'"V{k}"' for k in range(1, 72)), rows)
    return Animal("Hourly-train.csv", data, [str(k) for k in range(71, 71 + AHEAD)], None, ids=("H1", "H2"))


def meters():
    """A column for each meter, no name above the times, decimal commas."""
    stamps, ahead = dates("2011-01-01 00:15", 100, "15min")
    form = "%Y-%m-%d %H:%M:%S"
    rows = [
        (f'"{stamp}"', *(comma(v, 6) for v in values))
        for stamp, *values in zip(text(stamps, form), wave(100), wave(100, 1), wave(100, 2), strict=True)
    ]
    data = table('"";"MT_001";"MT_002";"MT_003"', rows, ";")
    return Animal("LD.txt", data, text(ahead, form), "15min", ids=("MT_001", "MT_002", "MT_003"), options=("--wide",))


def months_across():
    """A row for each year, a column for each month."""
    stamps, ahead = dates("2014-01-01", 72, "MS")
    rows = [(2014 + k, *wave(72)[12 * k : 12 * k + 12]) for k in range(6)]
    header = '"YEAR","JAN","FEB","MAR","APR","MAY","JUN","JUL","AUG","SEP","OCT","NOV","DEC"'
    return Animal("a.csv", table(header, rows), ahead, "MS", last=tuple(wave(72)[-2:]))


def air_by_the_hour():
    """Year, month, day and hour in columns of their own, a number for each row, NA."""
    stamps, ahead = dates("2010-01-02", 100, "h")
    rows = [
        (k + 1, s.year, s.month, s.day, s.hour, "NA" if k == 30 else v, 1020 + k % 5, ("NW", "cv", "SE")[k % 3])
        for k, (s, v) in enumerate(zip(stamps, wave(100), strict=True))
    ]
    data = table("No,year,month,day,hour,pm2.5,PRES,cbwd", rows)
    return Animal("a.csv", data, ahead, "h", "pm2.5", options=("--target-col", "pm2.5"), last=tuple(wave(100)[-2:]))


def bikes_by_the_hour():
    """A date and an hour beside other columns of time and weather."""
    stamps, ahead = dates("2023-01-01", 100, "h")
    rows = [
        (k + 1, f"{s:%Y-%m-%d}", 1, s.year - 2023, s.month, s.hour, s.weekday(), round(v / 40, 2), int(v), int(2 * v))
        for k, (s, v) in enumerate(zip(stamps, wave(100), strict=True))
    ]
    data = table("instant,dteday,season,yr,mnth,hr,weekday,temp,casual,cnt", rows)
    return Animal("hour.csv", data, ahead, "h", "cnt", options=("--target-col", "cnt"))


def quarters_in_two_columns():
    stamps, ahead = dates("2005-01-01", 66, "QS")
    ahead = [f"{s.year}-Q{s.quarter}" for s in ahead]
    rows = [(s.year, s.quarter, v, v / 2) for s, v in zip(stamps, wave(66), strict=True)]
    return Animal(
        "a.csv",
        table("year,quarter,realgdp,realcons", rows),
        ahead,
        "QS",
        "realgdp",
        options=("--target-col", "realgdp"),
    )


def german_quarters():
    stamps, ahead = dates("2005-01-01", 66, "QS")
    ahead = [f"{s.year}-Q{s.quarter}" for s in ahead]
    rows = [(s.year, s.quarter, comma(v)) for s, v in zip(stamps, wave(66), strict=True)]
    return Animal("a.csv", table("Jahr;Quartal;Wert", rows, ";"), ahead, "QS", "Wert", last=tuple(wave(66)[-2:]))


def grid_load():
    """Years out of order; an hour twice where clocks go back, none where they go forward."""
    zone = pd.date_range("2023-03-20", "2023-11-12 23:00", freq="h", tz="America/New_York")
    rows = [(f"{s:%Y-%m-%d %H:%M:%S}", v) for s, v in zip(zone, wave(len(zone)), strict=True)]
    rows = rows[3000:] + rows[:3000][::-1]
    ahead = pd.date_range("2023-11-13", periods=AHEAD, freq="h")
    return Animal("a.csv", table("Datetime,PJME_MW", rows), text(ahead, "%Y-%m-%d %H:%M:%S"), "h", "PJME_MW")


def ticker():
    """Seconds since 1970 with minutes in which nothing was traded."""
    seconds = [1325317920 + 60 * k for k in range(104)]
    rows = [
        (s, *(["NaN"] * 3 if k % 9 == 4 else [v, v + 1, v / 10])) for k, (s, v) in enumerate(zip(seconds, wave(100)))
    ]
    ahead = [str(s) for s in seconds[100:]]
    option = ("--target-col", "Close")
    return Animal("a.csv", table("Timestamp,Close,High,Volume_(BTC)", rows), ahead, "min", "Close", options=option)


def holidays_ahead():
    """The last rows have no value: they are to be forecast, with holidays in words and truths."""
    stamps, ahead = dates("2023-10-02", 80, "D")
    words = ["Fair" if t % 10 == 4 else "Market" if t % 10 == 8 else "" for t in range(80 + AHEAD)]
    values = [*wave(80), *[""] * AHEAD]
    rows = [
        (f"{day:%Y-%m-%d}", v, word, str(day.weekday() < 5).lower())
        for day, v, word in zip([*stamps, *ahead], values, words, strict=True)
    ]
    option = ("--future-cols", "holiday,open")
    return Animal("a.csv", table("ds,y,holiday,open", rows), text(ahead, "%Y-%m-%d"), "D", "y", options=option)


def postcodes():
    """The id is a number that begins with 0."""
    stamps, ahead = dates("2023-01-01", 60, "D")
    rows = [
        (zip_code, f"{s:%Y-%m-%d}", v)
        for k, zip_code in enumerate(("01067", "00123", "99084"))
        for s, v in zip(stamps, wave(60, k), strict=True)
    ]
    return Animal(
        "a.csv", table("zip,date,sales", rows), text(ahead, "%Y-%m-%d"), "D", "sales", ("01067", "00123", "99084")
    )


def namibia():
    """Ids that are words for missing values elsewhere."""
    return long("country,date,value", [("NA",), ("None",), ("-",), ("null",)])


def blanks():
    """An id with a blank behind it is the same id."""
    animal = long("shop,date,sales", [("A",), ("B",)])
    rows = animal.data.splitlines()
    data = "\n".join(row.replace("A,", "A ,") if k % 2 else row for k, row in enumerate(rows)) + "\n"
    return Animal("a.csv", data, animal.ahead, "D", "sales", ids=("A", "B"), last=animal.last)


LAYOUTS = {
    "Nixtla": lambda: long("unique_id,ds,y", [("H1",), ("H2",)], target="y"),
    "own world in data": own_world_in_data,
    "shops by day": shops_by_day,
    "departments by week": departments_by_week,
    "stores and items": stores_and_items,
    "share prices": share_prices,
    "World Bank": world_bank,
    "cases by country": cases_by_country,
    "web traffic": web_traffic,
    "a competition": competition,
    "meters side by side": meters,
    "months across": months_across,
    "air by the hour": air_by_the_hour,
    "bikes by the hour": bikes_by_the_hour,
    "year and quarter": quarters_in_two_columns,
    "Jahr und Quartal": german_quarters,
    "grid load": grid_load,
    "a ticker": ticker,
    "holidays ahead": holidays_ahead,
    "postcodes": postcodes,
    "ids that mean nothing elsewhere": namibia,
    "ids with blanks": blanks,
}


@pytest.mark.parametrize("layout", LAYOUTS.values(), ids=LAYOUTS.keys())
def test_a_layout_is_understood(command, layout):
    is_understood(layout(), command)


def test_rows_to_be_forecast_give_the_horizon(command):
    animal = holidays_ahead()
    is_understood(Animal(animal.file, animal.data, animal.ahead, "D", "y", options=animal.options, horizon=()), command)


def test_series_of_different_ends_are_each_forecast_after_their_own(command):
    stamps = text(dates("2023-01-01", 60, "D")[0], "%Y-%m-%d")
    rows = [("a", day, v) for day, v in zip(stamps, wave(60), strict=True)] + [
        ("b", day, v) for day, v in zip(stamps[:50], wave(50, 1), strict=True)
    ]
    with open("a.csv", "w") as file:
        file.write(table("shop,date,sales", rows))
    code, _, err = command(
        "train", "a.csv", "--hidden-size", "4", "--max-steps", "2", "--horizon", "2", "--workers", "1", "-o", "run"
    )
    assert code == 0, err
    _, out, _ = command("generate", "run", "-q", "--level", "none")
    assert [line.split(",")[:2] for line in out.splitlines()[1:]] == [
        ["a", "2023-03-02"],
        ["a", "2023-03-03"],
        ["b", "2023-02-20"],
        ["b", "2023-02-21"],
    ]


# ---- parts of one date in the header and in the rows


def trained(command, name, *options):
    """A run of the table called `name`, and what its training said."""
    tiny = ["--hidden-size", "4", "--max-steps", "2", "--horizon", "3", "--workers", "1", "-o", "run"]
    code, _, err = command("train", name, *tiny, *options)
    assert code == 0, err
    return err


def written(name, lines):
    with open(name, "w", encoding="utf-8") as file:
        file.write("\n".join(lines) + "\n")


def test_months_below_years_are_forecast_as_one_series_and_written_in_their_places(command):
    months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
    lines = [f"{month},{','.join(str(100 + 10 * y + k % 6) for y in range(6))},99" for k, month in enumerate(months)]
    written("pivot.csv", ["Month,2016,2017,2018,2019,2020,2021,Total", *lines, "Total,1,2,3,4,5,6,7"])
    told = trained(command, "pivot.csv")
    assert "1 series of 72 steps, frequency MS" in told and "ignored columns: Total" in told
    code, out, err = command("generate", "run", "pivot.csv", "-q", "--level", "none")
    assert code == 0, err
    assert [line.split(",")[1] for line in out.splitlines()] == ["ds", "2022-01", "2022-02", "2022-03"]
    code, out, err = command("generate", "run", "-q", "--level", "none", "--like-input")
    assert code == 0, err
    assert [line.split(",")[0] for line in out.splitlines()] == ["Month", "Jan", "Feb", "Mar"]
    assert out.splitlines()[0] == "Month,2022"


def test_half_hours_across_are_all_read(command):
    header = ",".join(f"{k // 2:02}:{k % 2 * 30:02}" for k in range(48))
    written("day.csv", [f"Date,{header}", *(f"2024-01-{d:02},{','.join(map(str, range(48)))}" for d in range(1, 9))])
    assert "1 series of 384 steps, frequency 30min" in trained(command, "day.csv")
    code, out, err = command("generate", "run", "-q", "--level", "none", "--like-input")
    assert code == 0, err
    assert out.splitlines()[0] == f"Date,{header}" and out.splitlines()[1].startswith("2024-01-09,")


def test_days_of_a_month_across_are_written_with_their_year_and_month(command):
    lines = [f"2023,{m},{','.join('5' if d < 28 else '' for d in range(31))}" for m in range(1, 7)]
    written("days.csv", [f"Year,Month,{','.join(map(str, range(1, 32)))}", *lines])
    trained(command, "days.csv")
    code, out, err = command("generate", "run", "-q", "--level", "none", "--like-input")
    assert code == 0, err
    assert out.splitlines()[1].startswith("2023,6,")


@pytest.mark.parametrize(
    "header, months",
    [
        ("Jahr;Monat;Wert", "Januar Februar März April Mai Juni Juli August September Oktober November Dezember"),
        ("Année;Mois;Ventes", "janvier février mars avril mai juin juillet août septembre octobre novembre décembre"),
        (
            "Rok;Miesiąc;Ilość",
            "styczeń luty marzec kwiecień maj czerwiec lipiec sierpień wrzesień październik listopad grudzień",
        ),
        (
            "An;Luna;Valoare",
            "ianuarie februarie martie aprilie mai iunie iulie august septembrie octombrie noiembrie decembrie",
        ),
    ],
)
def test_names_of_months_beside_years_make_a_series_and_no_classes(command, header, months):
    lines = [f"{year};{month};{100 + k}" for year in range(2016, 2022) for k, month in enumerate(months.split())]
    written("months.csv", [header, *lines])
    assert "1 series of 72 steps, frequency MS" in trained(command, "months.csv")
    _, out, _ = command("generate", "run", "-q", "--level", "none")
    assert [line.split(",")[1] for line in out.splitlines()[1:]] == ["2022-01", "2022-02", "2022-03"]


def test_quarters_of_fiscal_years_make_series_and_no_classes(command):
    lines = [f"{name},{year},{year % 7 + 1},2,3,4,10" for name in "XY" for year in range(2012, 2023)]
    written("firms.csv", ["Company,FY,Q1,Q2,Q3,Q4,Full Year", *lines])
    assert "2 series of 44 steps, frequency QS" in trained(command, "firms.csv")


def test_rows_without_an_id_are_read_by_the_same_rule_at_generate_and_eval(command):
    rows = [
        f"2024-{1 + d // 28:02}-{1 + d % 28:02},{shop},{d % 7 + k}" for d in range(84) for k, shop in enumerate("AB")
    ]
    written("a.csv", ["date,shop,sales", *rows[:112]])
    trained(command, "a.csv")
    written("b.csv", ["date,shop,sales", *rows[:-1], rows[-1].replace("B", "")])
    for name in ("generate", "eval"):
        code, _, err = command(name, "run", "b.csv")
        assert code == 0 and "column shop: the id is empty; rows left out: 1" in err, err
