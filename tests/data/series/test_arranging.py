"""Tables as people have them, made long: what each layout becomes, the places of its cells, and what is told."""

import numpy as np
import pytest

from rnncli.data.series.arrangement import Arrangement
from rnncli.data.series.arranging import arrange, long_frame
from rnncli.errors import ConfigError, DataError
from rnncli.tasks.forecast.kind import SeriesConfig

MONTHS = "Jan,Feb,Mar,Apr,May,Jun,Jul,Aug,Sep,Oct,Nov,Dec"


def arranged(frame, **settings):
    return arrange(frame, SeriesConfig(**settings))


def rows(frame, *names):
    """The cells of some columns, row by row."""
    return [tuple(map(str, row)) for row in zip(*(frame.columns[name] for name in names))]


def test_a_long_table_stays_as_it_is_and_says_what_it_was_taken_for(read):
    frame = read(["when,shop,sales,rain", *(f"2024-01-{d:02},{s},{d % 5},{d}" for s in "ab" for d in range(1, 20))])
    found = arranged(frame, target_col=("sales",))
    assert rows(found.frame, "shop", "when", "sales") == rows(frame, "shop", "when", "sales")
    assert found.lines == (
        "columns: time when (--time-col), id shop (--id-col), target sales (--target-col)",
        "ignored columns: rain (numbers); to use them: --past-cols, --future-cols, --static-cols",
    )
    assert found.arrangement == Arrangement("long", ("shop",), ("when",), order=("when", "shop", "sales"))


def test_several_id_columns_become_one_without_their_empty_cells(read):
    lines = ["state,country,day,cases"]
    places = [",Peru", "Hubei,China", "Ohio/Utah,US"]
    lines += [f"{place},2024-01-{d:02},{d % 3}" for place in places for d in (1, 2, 3)]
    found = arranged(read(lines), id_col=("state", "country"))
    assert found.roles.id == "state/country"
    assert rows(found.frame, "state/country")[::3] == [("Peru",), ("Hubei/China",), ("Ohio/Utah/US",)]
    assert [found.arrangement.split_id(name) for name in ("Peru", "Hubei/China", "Ohio/Utah/US")] == [
        ("", "Peru"),
        ("Hubei", "China"),
        ("Ohio/Utah", "US"),
    ]


def test_empty_cells_of_ids_stay_where_leaving_them_out_would_mix_series(read):
    lines = ["a,b,day,n", *(f"{key},2024-01-{d:02},{d}" for key in ("x,", ",x") for d in (1, 2))]
    found = arranged(read(lines), id_col=("a", "b"))
    assert rows(found.frame, "a/b") == [("x/",), ("x/",), ("/x",), ("/x",)]


def test_blanks_around_ids_are_left_out_and_told(read):
    lines = ["shop,day,n", "A,2024-01-01,1", "A ,2024-01-02,2", "B,2024-01-01,3", " B,2024-01-02,4"]
    found = arranged(read(lines), id_col=("shop",))
    assert rows(found.frame, "shop") == [("A",), ("A",), ("B",), ("B",)]
    assert found.notes == ("t.csv:3, column shop: blanks around ids are left out, 2 times in all",)


def test_na_and_none_are_ids(read):
    lines = ["country,year,n", *(f"{c},{y},{y % 7}" for c in ("NA", "None", "-") for y in range(2000, 2010))]
    found = arranged(read(lines))
    assert found.roles.id == "country" and {cell for (cell,) in rows(found.frame, "country")} == {"NA", "None", "-"}


def test_year_and_month_columns_become_one_column_of_stamps(read):
    lines = ["year,month,n", *(f"{y},{m},{y % 7 + m}" for y in (2020, 2021) for m in range(1, 13))]
    found = arranged(read(lines))
    assert found.roles.time == "year/month" and found.arrangement.time == ("year", "month")
    assert rows(found.frame, "year/month")[10:13] == [("2020-11",), ("2020-12",), ("2021-01",)]
    assert "time year, month (--time-col)" in found.lines[0]


# ---- a header with times


def test_a_year_a_row_with_months_in_the_header_is_a_monthly_series(read):
    found = arranged(
        read([f"Year,{MONTHS},Mean", *(f"{y},{','.join(str(y % 9 + m) for m in range(12))},5" for y in (2020, 2021))])
    )
    assert found.roles.id is None and found.arrangement.layout == "months"
    assert rows(found.frame, "ds", "y")[11:14] == [("2020-12", "15"), ("2021-01", "5"), ("2021-02", "6")]
    assert found.frame.where(12, "y") == "t.csv:3, column Jan"
    assert found.lines[0].startswith("columns: a year in each row, its months in the header (--layout); time Year")


def test_months_that_are_not_over_are_left_out(read):
    found = arranged(read([f"Year,{MONTHS}", f"2020,,{','.join('2' * 11)}", f"2021,5,,7{',' * 9}"]))
    assert rows(found.frame, "ds", "y")[0] == ("2020-02", "2")
    assert rows(found.frame, "ds", "y")[-3:] == [("2021-01", "5"), ("2021-02", ""), ("2021-03", "7")]


def test_hours_in_the_header_from_1_to_24_begin_at_midnight(read):
    header = ";".join(f"H{h}" for h in range(1, 25))
    found = arranged(read([f"Tag;{header}", *(f"{d:02}.01.2024;{';'.join(map(str, range(24)))}" for d in (1, 2))]))
    assert rows(found.frame, "ds", "y")[23:25] == [("01.01.2024 23:00", "23"), ("02.01.2024 00:00", "0")]


def test_quarters_of_several_countries_are_series(read):
    lines = ["country,year,Q1,Q2,Q3,Q4", *(f"{c},{y},1,2,3,4" for c in ("X", "Y") for y in (2020, 2021))]
    found = arranged(read(lines))
    assert found.roles.id == "unique_id" and found.arrangement.id == ("country",)
    assert rows(found.frame, "unique_id", "ds", "y")[7:9] == [("X", "2021-Q4", "4"), ("Y", "2020-Q1", "1")]


def test_dates_in_the_header_are_the_stamps_of_a_series_in_each_row(read):
    lines = ["Page,2024-01-01,2024-01-02,2024-01-03", "NA_en,,5,6", "zh,7,,9", "none,,,"]
    found = arranged(read(lines))
    assert rows(found.frame, "unique_id", "ds", "y") == [
        ("NA_en", "2024-01-02", "5"),
        ("NA_en", "2024-01-03", "6"),
        ("zh", "2024-01-01", "7"),
        ("zh", "2024-01-02", ""),
        ("zh", "2024-01-03", "9"),
    ]
    assert found.frame.where(1, "y") == found.frame.where(1, "ds") == "t.csv:2, column 2024-01-03"
    assert found.notes == ("series without a value are left out: none",)


def test_places_are_ids_beside_dates_in_the_header_and_coordinates_are_not(read):
    lines = ["Province,Country,Lat,Long,1/22/20,1/23/20,1/24/20", ",Peru,1.5,2.5,1,2,3", "Hubei,China,3.5,4.5,4,5,6"]
    lines += ["Beijing,China,5.5,4.5,4,5,6", ",Chad,7.5,8.5,1,1,1"]
    found = arranged(read(lines))
    assert found.arrangement.id == ("Province", "Country")
    assert sorted({cell for (cell,) in rows(found.frame, "unique_id")}) == [
        "Beijing/China",
        "Chad",
        "Hubei/China",
        "Peru",
    ]


def test_years_in_the_header_are_read_with_the_names_of_rows(read):
    years = range(1990, 2000)
    lines = [f"Country Name,Country Code,{','.join(map(str, years))},"]
    lines += [f"{name},{name[:2]},{','.join(map(str, range(10)))}," for name in ("Aruba", "Chad")]
    found = arranged(read(lines))
    assert found.arrangement.id == ("Country Name",) and rows(found.frame, "ds")[:2] == [("1990",), ("1991",)]


def test_the_same_arrangement_reads_a_later_table(read):
    first = arranged(read(["Page,2024-01-01,2024-01-02,2024-01-03", "a,1,2,3", "b,4,5,6"])).arrangement
    again = Arrangement.from_dict(first.to_dict())
    later = long_frame(read(["Page,2024-02-01,2024-02-02,2024-02-03,2024-02-04", "b,1,2,3,4"]), again)
    assert rows(later, "unique_id", "ds")[-1] == ("b", "2024-02-04")
    with pytest.raises(DataError, match="t.csv: no column Page, which the model reads"):
        long_frame(read(["Site,2024-02-01,2024-02-02,2024-02-03", "b,1,2,3"]), again)
    with pytest.raises(DataError, match="t.csv: no column is named after one of the dates"):
        long_frame(read(["Page,n", "b,1"]), again)


# ---- a series in each column or row


def test_a_wide_table_leaves_out_numbers_of_rows_empty_columns_and_years(read):
    lines = ["Unnamed: 0,year,north,south,note", *(f"{k},{1990 + k},{k % 7},{k % 5}," for k in range(20))]
    found = arranged(read(lines), layout="wide")
    assert found.roles.time == "year" and {cell for (cell,) in rows(found.frame, "unique_id")} == {"north", "south"}
    assert found.lines[-1] == "ignored columns: Unnamed: 0 (numbers), note (empty)"
    assert found.frame.where(20, "y") == "t.csv:2, column south"


def test_a_wide_table_with_year_and_month_columns_has_stamps(read):
    lines = ["year,month,a,b", *(f"{y},{m},1,2" for y in (2020, 2021) for m in range(1, 13))]
    found = arranged(read(lines), layout="wide")
    assert found.roles.time == "year/month" and rows(found.frame, "unique_id", "year/month")[24] == ("b", "2020-01")


def test_numbered_columns_after_an_id_are_a_series_in_each_row(read):
    header = ",".join(f"V{k}" for k in range(1, 10))
    found = arranged(read([header, f"H1,{','.join('12345678')}", f"H2,{','.join('12345678')}"]))
    assert found.arrangement.layout == "rows" and found.roles.time is None


def test_ids_and_times_of_a_wide_table_are_kept_once(read):
    lines = ["date,a,b", *(f"2024-01-{day:02},{day},{day + 1}" for day in range(1, 29))]
    long = arranged(read(lines), layout="wide").frame
    assert rows(long, "unique_id", "date", "y")[27:29] == [("a", "2024-01-28", "28"), ("b", "2024-01-01", "2")]
    assert [len(long.columns.source(name)[0]) for name in ("unique_id", "date")] == [2, 28]
    assert long.where(28, "date") == "t.csv:2, column date"
    assert long.where(28, "y") == "t.csv:2, column b"
    header = ["page," + ",".join(f"2024-01-{day:02}" for day in range(1, 29)), "x,,1" + ",2" * 25 + ",", "y" + "," * 28]
    long = arranged(read([*header, "z" + ",3" * 28])).frame
    assert [len(long.columns.source(name)[0]) for name in ("unique_id", "ds")] == [3, 28]
    assert rows(long, "unique_id", "ds", "y")[25:27] == [("x", "2024-01-27", "2"), ("z", "2024-01-01", "3")]
    assert (long.names, np.bincount(long.series).tolist()) == (("x", "z"), [26, 28])


@pytest.mark.parametrize("layout", ["wide", "rows", "dates"])
def test_layouts_of_series_alone_refuse_covariates(read, layout):
    frame = read(["Page,2024-01-01,2024-01-02,2024-01-03", "a,1,2,3"])
    with pytest.raises(ConfigError, match=f"series.past_cols: a table of layout '{layout}' has only series"):
        arranged(frame, layout=layout, past_cols=("a",))


def test_a_wide_table_with_ids_is_refused_as_it_would_mix_their_series(read):
    lines = ["shop,date,bread,milk", *(f"{s},2024-01-{d:02},{d % 5},{d % 7}" for s in "ab" for d in range(1, 20))]
    with pytest.raises(DataError, match="each column is a series, but shop names several") as error:
        arranged(read(lines), layout="wide")
    assert error.value.hint == "leave --wide out and name columns to forecast, as in --target-col bread,milk"
    found = arranged(read(lines), target_col=("bread", "milk"))
    assert found.roles.id == "shop" and found.roles.targets == ("bread", "milk")


def test_a_choice_among_the_columns_of_several_series_offers_no_layout_that_mixes_them(read):
    lines = ["shop,date,bread,milk", *(f"{s},2024-01-{d:02},{d % 5},{d % 7}" for s in "ab" for d in range(1, 20))]
    with pytest.raises(DataError, match=r"candidates: milk, bread \(numbers\)") as error:
        arranged(read(lines))
    assert "--wide" not in error.value.hint and "--layout" not in error.value.hint


def test_numbered_columns_beside_several_names_are_the_steps_of_each_row(read):
    header = ",".join(f"d_{k}" for k in range(1, 9))
    found = arranged(read([f"id,item,{header}", f"a_1,a,,{','.join('2345678')}", f"b_1,b,{','.join('12345678')}"]))
    assert found.arrangement.layout == "steps" and found.arrangement.id == ("id",)
    assert rows(found.frame, "unique_id", "ds", "y")[:2] == [("a_1", "2", "2"), ("a_1", "3", "3")]
    assert rows(found.frame, "unique_id", "ds")[7] == ("b_1", "1")


@pytest.mark.parametrize("form", ["X{}", "{} [YR{}]", "{}"])
def test_years_in_the_header_are_read_without_what_programs_add(read, form):
    header = ",".join(form.format(year, year) for year in range(1990, 1996))
    found = arranged(read([f"place,{header}", "a,1,2,3,4,5,6", "b,1,2,3,4,5,6"]))
    assert found.arrangement.layout == "dates" and rows(found.frame, "ds")[:2] == [("1990",), ("1991",)]


def test_a_time_format_decides_which_column_holds_the_times(read):
    lines = ["made,sold,n", *(f"2024-01-{d:02},Tag {d}.2.2024,{d}" for d in range(1, 20))]
    assert arranged(read(lines), time_format="Tag %d.%m.%Y").roles.time == "sold"
    assert arranged(read(lines)).roles.time == "made"
    with pytest.raises(DataError, match="t.csv: no column has stamps of the format %Y/%m") as error:
        arranged(read(["sold,n", *(f"Tag {d}.2.2024,{d}" for d in range(1, 20))]), time_format="%Y/%m")
    assert "--time-col; columns: sold, n" in error.value.hint


def test_parts_of_years_are_not_the_times_beside_year_and_month(read):
    lines = ["year,month,decimal date,average"]
    lines += [f"{y},{m},{y + (m - 0.5) / 12:.4f},{y % 7 + m}" for y in (2020, 2021) for m in range(1, 13)]
    assert arranged(read(lines), target_col=("average",)).arrangement.time == ("year", "month")


def test_a_quantity_named_after_the_day_ahead_is_no_time(read):
    for base, step in ((50_000, 700), (2000, 7)):
        loads = [base + step * (k * k % 23) for k in range(60)]
        lines = [f"0{1 + k // 24}.01.2024 {k % 24:02}:00,{load},{load + 5}" for k, load in enumerate(loads)]
        found = arranged(read(["MTU,Day-ahead Forecast [MW],Actual", *lines]), target_col=("Actual",))
        assert found.roles.time == "MTU"


def test_years_of_a_longer_name_are_times_though_they_are_not_in_order(read):
    lines = [f"{year},{year % 7}" for year in (*range(2010, 2024), *range(1990, 2010))]
    assert arranged(read(["Year of sale,sales", *lines])).roles.time == "Year of sale"


def test_a_time_that_never_changes_loses_to_one_that_does(read):
    lines = [f"09/27/2023,{month:02}/13/2020,{month}.5" for month in range(1, 13)]
    for name in ("Data As Of", "Date"):
        assert arranged(read([f"{name},Ending,deaths", *lines])).roles.time == "Ending"


def test_times_at_which_values_were_written_down_lose_to_those_of_the_values(read):
    lines = [f"2024-02-{k:02},2024-01-{k:02},{k}.5" for k in range(1, 20)]
    assert arranged(read(["Last Updated,Week Ending,deaths", *lines])).roles.time == "Week Ending"


def test_months_and_days_without_a_year_are_no_times(read):
    lines = [f"{k}.5,{5 + k // 28},{1 + k % 28}" for k in range(60)]
    assert arranged(read(["Ozone,Month,Day", *lines]), target_col=("Ozone",)).roles.time is None


def test_years_with_decimals_have_their_months_in_the_header(read):
    found = arranged(
        read(
            [
                f"YEAR,{MONTHS}",
                *(
                    f"{year}.0," + ",".join("123456789abc".replace("a", "1").replace("b", "2").replace("c", "3"))
                    for year in range(1950, 1954)
                ),
            ]
        )
    )
    assert found.arrangement.layout == "months"
    assert rows(found.frame, "ds")[11:13] == [("1950-12",), ("1951-01",)]


@pytest.mark.parametrize("months", [[f"M{month:02}" for month in range(1, 14)], [*"123"]])
def test_a_year_after_its_months_is_left_out_and_told(read, months):
    lines = [f"{year},{month},{year % 7}.5" for year in range(2010, 2016) for month in months]
    found = arranged(read(["year,period,value", *lines]))
    totals = len(months) == 13
    assert len(found.frame.line) == len(lines) - 6 * totals
    assert (
        found.notes
        == ("t.csv:14, column period: '2010 M13' is longer than the other steps: 6 such rows are left out",)[:totals]
    )


def test_of_years_quarters_and_months_in_one_column_the_months_are_kept(read):
    years = [f"{year},1.5" for year in range(2000, 2006)]
    quarters = [f"{year} Q{quarter},2.5" for year in range(2000, 2006) for quarter in (1, 2, 3, 4)]
    months = [f"{year} {month.upper()},3.5" for year in range(2000, 2006) for month in MONTHS.split(",")]
    found = arranged(read(["date,value", *years, *quarters, *months]))
    assert set(rows(found.frame, "value")) == {("3.5",)}
    assert "30 such rows are left out" in found.notes[0]


def test_the_hours_of_two_days_are_joined_with_their_dates(read):
    lines = [f"{16 + k // 24}.12.2006,{k % 24:02}:24:00,{k}.5" for k in range(40)]
    assert arranged(read(["Date,Time,power", *lines])).arrangement.time == ("Date", "Time")


# ---- the header and a column as parts of one date


def cells(count, begin=1):
    return ",".join(map(str, range(begin, begin + count)))


MONTH_NAMES = MONTHS.split(",")


@pytest.mark.parametrize(
    "header, names",
    [
        ("Month", MONTH_NAMES),
        ("", MONTH_NAMES),
        (
            "Monat",
            [
                "Januar",
                "Februar",
                "März",
                "April",
                "Mai",
                "Juni",
                "Juli",
                "August",
                "September",
                "Oktober",
                "November",
                "Dezember",
            ],
        ),
        ("month", [str(k) for k in range(1, 13)]),
    ],
)
def test_months_in_the_rows_and_years_in_the_header_are_one_monthly_series(read, header, names):
    lines = [f"{header},2020,2021,Total", *(f"{name},{k},{20 + k},9" for k, name in enumerate(names, start=1))]
    found = arranged(read([*lines, "Total,1,2,3"]))
    assert found.roles.id is None
    assert rows(found.frame, "ds", "y")[10:14] == [
        ("2020-11", "11"),
        ("2020-12", "12"),
        ("2021-01", "21"),
        ("2021-02", "22"),
    ]
    assert len(found.frame.line) == 24 and found.frame.where(12, "y") == "t.csv:2, column 2021"
    assert "ignored columns: Total (numbers)" in found.lines[1]
    told = f"t.csv:14, column {header or 'Unnamed: 0'}: 'Total' is no part of a date; rows left out: 1"
    assert found.notes == ((told,) if names[0] != "1" else ())  # below numbers it is a footer


def test_months_are_names_of_series_where_they_are_asked_for(read):
    lines = ["Month,2020,2021,2022", *(f"{name},{k},2,3" for k, name in enumerate(MONTH_NAMES, start=1))]
    found = arranged(read(lines), id_col=("Month",))
    assert found.arrangement.id == ("Month",) and rows(found.frame, "ds")[:2] == [("2020",), ("2021",)]


def test_months_of_several_accounts_and_quarters_among_them_are_told_apart(read):
    lines = ["Account,Month,2020,2021,2022"]
    for account in ("Sales", "Costs"):
        for k, name in enumerate(MONTH_NAMES, start=1):
            lines += [f"{account},{name},{k},{k},{k if k < 5 else ''}"] + [f"{account},Q{k // 3},9,9,9"] * (k % 3 == 0)
    found = arranged(read(lines))
    assert found.roles.id == "unique_id" and found.frame.names == ("Sales", "Costs")
    assert rows(found.frame, "unique_id", "ds")[27] == ("Sales", "2022-04")
    assert rows(found.frame, "unique_id", "ds")[28] == ("Costs", "2020-01")
    assert "'Q1' is no part of a date; rows left out: 8" in found.notes[0]


@pytest.mark.parametrize(
    "header, keys, stamps",
    [
        ("Quarter", ["Q1", "Q2", "Q3", "Q4"], ["2020-Q1", "2020-Q2"]),
        ("Week", [str(week) for week in range(1, 53)], ["2020-W01", "2020-W02"]),
    ],
)
def test_other_parts_of_years_in_the_rows_are_read_like_months(read, header, keys, stamps):
    found = arranged(read([f"{header},2020,2021,2022", *(f"{key},1,2,3" for key in keys)]))
    assert [stamp for (stamp,) in rows(found.frame, "ds")][:2] == stamps and len(found.frame.line) == 3 * len(keys)


def test_month_and_day_in_the_rows_and_years_in_the_header_are_days(read):
    days = [
        f"{month},{day},1,{'' if (month, day) == ('February', 29) else 2},3"
        for month in ("January", "February")
        for day in range(1, 30)
    ]
    found = arranged(read(["Month,Day,2020,2021,2022", *days]))
    assert ("2020-02-29",) in rows(found.frame, "ds") and ("2021-02-29",) not in rows(found.frame, "ds")


def test_hours_in_the_rows_and_days_in_the_header_are_one_hourly_series(read):
    found = arranged(read(["Hour,2024-01-01,2024-01-02,2024-01-03", *(f"{hour},{hour},5,6" for hour in range(24))]))
    assert rows(found.frame, "ds", "y")[23:25] == [("2024-01-01 23:00", "23"), ("2024-01-02 00:00", "5")]


@pytest.mark.parametrize(
    "names, second, step",
    [
        ([f"{k // 2:02}:{k % 2 * 30:02}" for k in range(48)], "2024-01-01 00:30", 48),
        ([f"{k // 4:02}:{k % 4 * 15:02}" for k in range(1, 97)], "2024-01-01 00:15", 96),
        ([str(k) for k in range(1, 49)], "2024-01-01 00:30", 48),
        ([f"{k // 2:02}{k % 2 * 30:02}" for k in range(48)], "2024-01-01 00:30", 48),
        ([f"{k:02}-{k + 1:02}" for k in range(24)], "2024-01-01 01:00", 24),
        ([f"{k % 12 or 12} {'AP'[k > 11]}M" for k in range(24)], "2024-01-01 01:00", 24),
    ],
)
def test_every_time_of_day_in_the_header_is_read_and_none_is_lost(read, names, second, step):
    found = arranged(read([f"Date,{','.join(names)}", *(f"2024-01-0{d},{cells(len(names))}" for d in (1, 2, 3))]))
    stamps = [stamp for (stamp,) in rows(found.frame, "ds")]
    assert stamps[1] == second and stamps[step] == "2024-01-02 00:00" and len(stamps) == 3 * step


@pytest.mark.parametrize("keys", [("2023-01", "2023-02"), ("2023,1", "2023,2")])
def test_days_in_the_header_end_with_their_month(read, keys):
    header = "Month" if "," not in keys[0] else "Year,Month"
    lines = [f"{header},{cells(31)}", f"{keys[0]},{cells(31)}", f"{keys[1]},{cells(28)},,,"]
    found = arranged(read(lines))
    assert rows(found.frame, "ds", "y")[30:32] == [("2023-01-31", "31"), ("2023-02-01", "1")]
    assert len(found.frame.line) == 59


def test_days_in_the_rows_months_in_the_header_and_a_column_of_years_are_days(read):
    lines = [
        f"{year},{day},{cells(2)}" + (",3" * 10 if day < 31 else ",,,,,,,,,,")
        for year in (2022, 2023)
        for day in range(1, 29)
    ]
    found = arranged(read([f"Year,Day,{MONTHS}", *lines]))
    assert rows(found.frame, "ds", "y")[27:29] == [("2022-01-28", "1"), ("2022-02-01", "2")]


@pytest.mark.parametrize(
    "header, weeks, first",
    [
        ("Week,Mon,Tue,Wed,Thu,Fri,Sat,Sun", ["2023-W01", "2023-W02", "2023-W03"], "2023-01-02"),
        ("Woche,Mo,Di,Mi,Do,Fr", ["2023-W01", "2023-W02", "2023-W03"], "2023-01-02"),
        ("Week of,Sun,Mon,Tue,Wed,Thu,Fri,Sat", ["2023-01-01", "2023-01-08", "2023-01-15"], "2023-01-01"),
        ("Week ending,Sun,Mon,Tue,Wed,Thu,Fri,Sat", ["2023-01-07", "2023-01-14", "2023-01-21"], "2023-01-01"),
    ],
)
def test_weekdays_in_the_header_are_the_days_of_the_weeks_in_the_rows(read, header, weeks, first):
    n = header.count(",")
    found = arranged(read([header, *(f"{week},{cells(n)}" for week in weeks)]))
    stamps = [stamp for (stamp,) in rows(found.frame, "ds")]
    days = (7 * k + day for k in range(3) for day in range(n))
    assert stamps == [str(np.datetime64(first) + np.timedelta64(day, "D")) for day in days]


def test_a_later_table_with_parts_of_dates_in_rows_and_header_is_read_alike(read):
    lines = [f"{name},{k},{20 + k},9" for k, name in enumerate(MONTH_NAMES, start=1)]
    first = arranged(read(["Month,2020,2021,2022", *lines])).arrangement
    again = Arrangement.from_dict(first.to_dict())
    later = long_frame(read(["Month,2021,2022,2023", *lines, "Total,1,2,3"]), again)
    assert rows(later, "ds")[-1] == ("2023-12",) and len(later.line) == 36
    assert again.adds["-03"] == "Mar"


# ---- series side by side, groups, and rows without an id


def test_a_column_that_is_the_sum_of_the_others_is_no_series(read):
    lines = [f"2024-01-{day:02},{day % 5},{day % 7},{day % 5 + day % 7}" for day in range(1, 25)]
    for header, settings in (("date,Ulm,Bonn,Total", {}), ("date,Ulm,Bonn,Gesamt", {"layout": "wide"})):
        found = arranged(read([header, *lines]), **settings)
        assert {cell for (cell,) in rows(found.frame, "unique_id")} == {"Ulm", "Bonn"}
        assert found.lines[-1] == f"ignored columns: {header.split(',')[-1]} (numbers)"
    means = [f"{line.rpartition(',')[0]},{(day % 5 + day % 7) / 2}" for day, line in enumerate(lines, start=1)]
    assert arranged(read(["date,Ulm,Bonn,Average", *means])).arrangement.ignored == ("Average",)
    with pytest.raises(DataError, match="candidates: cnt, casual, registered"):
        arranged(read(["date,casual,registered,cnt", *lines]))


def test_numbered_columns_beside_a_time_are_series(read):
    lines = [f"2024-01-{day:02},{cells(4, day)}" for day in range(1, 25)]
    assert arranged(read(["time,MT_001,MT_002,MT_003,MT_004", *lines])).arrangement.layout == "wide"


def test_the_name_of_a_group_is_that_of_all_of_its_rows(read):
    lines = [f"{region},{product},{cells(3)}" for region in ("North", "South") for product in ("Bread", "Milk", "Eggs")]
    merged = [line if ",Bread" in line else line[5:] for line in lines]
    found = arranged(read(["Region,Product,2020,2021,2022", *merged]))
    assert found.frame.names[:4] == ("North/Bread", "North/Milk", "North/Eggs", "South/Bread")
    assert found.notes == ("t.csv:3, column Region: empty cells read as the one above: 4",)
    lone = ["Hubei,China,1,2,3", ",Peru,1,2,3", ",Chad,1,2,3", "Beijing,China,1,2,3", ",Fiji,1,2,3"]
    assert "Peru" in arranged(read(["Province,Country,2020,2021,2022", *lone])).frame.names


def test_few_rows_without_an_id_are_left_out_and_many_are_a_series(read):
    lines = [f"2024-01-{day:02},{shop},{day % 7 + k}" for day in range(1, 29) for k, shop in enumerate("AB")]
    few = ["date,shop,sales", *lines]
    few[9] = few[9].replace("A", "")
    found = arranged(read(few))
    assert found.roles.id == "shop" and len(found.frame.line) == len(lines) - 1
    assert found.notes == ("t.csv:10, column shop: the id is empty; rows left out: 1",)
    found = arranged(read(["date,shop,sales", *(line.replace("B", "") for line in lines)]))
    assert rows(found.frame, "shop")[:2] == [("A",), ("(none)",)]
    assert found.notes == ("t.csv:3, column shop: rows without an id are the series '(none)': 28",)
    found = arranged(read(["Country,2000,2001,2002", "US,1,2,3", ",1,2,3", "DE,1,2,3"]))
    assert found.frame.names == ("US", "(none)", "DE")


def test_a_row_of_totals_without_a_year_is_left_out_and_told(read):
    lines = [f"{name},{year},{cells(12)}" for name in ("HR", "IT") for year in (2021, 2022)]
    found = arranged(read([f"Dept,Year,{MONTHS}", *lines, f"Total,,{cells(12)}"]))
    assert found.frame.names == ("HR", "IT") and len(found.frame.line) == 48
    assert found.notes == ("t.csv:6, column Year: '' is no part of a date; rows left out: 1",)


def test_the_end_of_a_period_by_its_name_wins_over_other_dates(read):
    lines = [f"2024-01-{k:02},2024-01-{k + 6:02},2024-01-{k + 6:02},{k}.5" for k in range(1, 20)]
    found = arranged(read(["Start Date,End Date,Week Ending Date,deaths", *lines]))
    assert found.roles.time == "Week Ending Date"


BUDGET = [
    "dept,kind,2022-01,2022-02,2022-03,{}",
    *("Sales,actual,8,6,1,15", ",plan,6,6,5,17", "IT,actual,3,5,9,17", ",plan,2,2,2,6"),
]


@pytest.mark.parametrize("name", ["Gesamt", "Total", "Summe", "Razem", "over all months"])
def test_a_column_of_totals_beside_dates_is_no_id_whatever_it_is_called(read, name):
    table = [line.format(name) for line in BUDGET]
    found = arranged(read([*table, "Total,,19,19,17,55"]))
    assert found.arrangement.id == ("dept", "kind")
    assert sorted(set(map(str, found.frame.columns[found.roles.id]))) == [
        "IT/actual",
        "IT/plan",
        "Sales/actual",
        "Sales/plan",
    ]
    assert any("'Total' sums up others; rows left out: 1" in note for note in found.notes)


def test_ids_that_are_named_are_filled_down_above_a_row_of_totals(read):
    found = arranged(read([line.format("Total") for line in [*BUDGET, "Total,,19,19,17,55"]]), id_col=("dept", "kind"))
    assert "Sales/plan" in set(map(str, found.frame.columns[found.roles.id]))
    assert any("rows left out: 1" in note for note in found.notes)


def test_years_and_words_for_months_among_constant_columns_are_joined(read):
    months = ["Januar", "Februar", "März", "April", "Mai", "Juni", "Juli", "August", "September", "Oktober"]
    months += ["November", "Dezember"]
    lines = [f"61111,JAHR,{y},MONAT,M-{k},{m},{y - 2000 + k}" for y in (2018, 2019) for k, m in enumerate(months)]
    found = arranged(read(["code,Zeit_Code,Zeit,Merkmal,Ausp_Code,Ausp_Label,Preis", *lines]))
    assert (found.arrangement.time, found.arrangement.id) == (("Zeit", "Ausp_Label"), ())
    assert str(found.frame.columns["Zeit/Ausp_Label"][13]) == "2019-02"


def test_a_misspelled_column_is_answered_with_the_nearest_one(read):
    frame = read(["date,sales", *(f"2024-01-{d:02},{d}" for d in range(1, 20))])
    with pytest.raises(ConfigError, match="did you mean 'sales'"):
        arranged(frame, target_col=("slaes",))
