"""What the columns of a table are: found by their names and cells, or asked for with a command that works."""

from datetime import date, timedelta

import pytest

from rnncli.data.series.columns import Columns
from rnncli.data.series.names import folded, minute_of, month_of, quarter_of, slot_of
from rnncli.data.series.roles import Wanted, find_roles
from rnncli.data.tables.frame import read_frame
from rnncli.errors import ConfigError, DataError

DAYS = [date(2024, 1, 1) + timedelta(k) for k in range(40)]


@pytest.fixture
def roles(tmp_path, monkeypatch):
    """roles(lines, **wanted): the Found of a table in t.csv."""
    monkeypatch.chdir(tmp_path)

    def found(lines, **wanted):
        (tmp_path / "t.csv").write_text("\n".join(lines) + "\n")
        return find_roles(Columns(read_frame(["t.csv"])), Wanted(**wanted))

    return found


def daily(header, cells):
    """A line for each day: the day and cells(k)."""
    return [header, *(f"{day},{cells(k)}" for k, day in enumerate(DAYS))]


def by_day_and(header, keys, cells):
    """A line for each day and each of the keys, sorted by day: the day, the key, cells(k, number of the key)."""
    return [header, *(f"{day},{key},{cells(k, i)}" for k, day in enumerate(DAYS) for i, key in enumerate(keys))]


# ---- names


def test_a_name_is_compared_without_case_accents_and_signs():
    assert folded("Mois_de l'Année") == "mois de l annee" and folded("storeId") == "store id"
    assert folded("#Passengers ") == "passengers" and folded("Größe") == "grosse"


def test_months_quarters_and_hours_are_read_from_the_names_of_columns():
    assert [month_of(name) for name in ("JAN", "février", "M03", "12", "Okt", "Total")] == [1, 2, 3, 12, 10, None]
    assert [quarter_of(name) for name in ("Q1", "3. Quartal", "T4", "Q5")] == [1, 3, 4, None]
    assert [slot_of(name) for name in ("0", "H07", "24", "13:00")] == [0, 7, 24, None]
    assert [minute_of(name) for name in ("13:30", "12 AM", "1 pm", "00:30-01:00", "13")] == [810, 0, 780, 30, None]


# ---- one series


@pytest.mark.parametrize(
    "time", ["ds", "Datum", "fecha", "日付", "Дата", "Unnamed: 0", "whatever", "Tanggal", "x1", "التاريخ"]
)
def test_a_column_of_dates_is_the_time_whatever_it_is_called(roles, time):
    found = roles(daily(f"{time},n", lambda k: 5 * k))
    assert (found.time, found.targets, found.id) == ((time,), ("n",), ())


def test_the_name_of_a_time_decides_between_two_columns_of_dates(roles):
    lines = daily("delivered,order date,n", lambda k: f"{DAYS[k]},{k}")
    assert roles(lines).time == ("order date",)
    assert roles(lines, time=("delivered",)).time == ("delivered",)


def test_numbers_of_rows_are_neither_time_nor_target(roles):
    assert roles(daily("day,n,row", lambda k: f"{3 * k},{k}"), targets=("n",)).time == ("day",)
    found = roles(["Unnamed: 0,ds,n", *(f"{k},{day},{7 * k % 5}" for k, day in enumerate(DAYS))])
    assert (found.time, found.targets) == (("ds",), ("n",))


def test_without_a_time_the_rows_of_the_only_series_are_its_steps(roles):
    found = roles(["index,sales", *(f"{k},{k * k % 7}" for k in range(20))])
    assert (found.time, found.targets) == ((), ("sales",))


def test_the_steps_of_several_series_are_their_time_whatever_they_are_called(roles):
    lines = ["engine,d,heat", *(f"{engine},{d},{d * engine % 9}" for engine in (1, 2, 3) for d in range(1, 31))]
    found = roles(lines)
    assert (found.id, found.time, found.targets) == (("engine",), ("d",), ("heat",))


# ---- ids


def test_the_column_that_makes_stamps_unique_names_the_series(roles):
    lines = ["symbol,date,price", *(f"{name},{day},{k}" for name in "AB" for k, day in enumerate(DAYS))]
    found = roles(lines)
    assert (found.id, found.time, found.targets) == (("symbol",), ("date",), ("price",))


@pytest.mark.parametrize("by_day", [True, False])
def test_two_columns_name_the_series_where_one_does_not(roles, by_day):
    keys = ["1,7", "1,8", "2,7", "2,8"]
    lines = by_day_and("date,store,item,sales", keys, lambda k, i: (k * 3 + i) % 11)
    lines = lines if by_day else [lines[0], *sorted(lines[1:], key=lambda line: line.split(",")[1:3])]
    found = roles(lines)
    assert (found.id, found.targets) == (("store", "item"), ("sales",))


def test_a_column_that_follows_from_the_id_is_no_second_one(roles):
    found = roles(by_day_and("date,country,code,rate", ["Chad,TCD", "Peru,PER"], lambda k, i: k % 5 + i))
    assert found.id == ("country",)


def test_a_covariate_is_no_id_even_where_it_would_make_stamps_unique(roles):
    lines = by_day_and("date,shop,promo,sales", ["a,0", "b,1"], lambda k, i: k % 7)
    assert roles(lines).id == ("shop",)


def test_numbers_that_count_the_series_of_each_day_are_ids(roles):
    assert roles(by_day_and("date,Store,Sales", ["1", "2", "3"], lambda k, i: k % 7)).id == ("Store",)


# ---- targets


@pytest.mark.parametrize(
    "header, target",
    [
        ("date,y,temperature", "y"),
        ("date,temp,Wert", "Wert"),
        ("date,sales,price", "sales"),
        ("Datum,Umsatz,Temperatur", "Umsatz"),
        ("date,holiday,rides", "rides"),
        ("date,month,visits", "visits"),
    ],
)
def test_a_target_is_known_by_its_name_or_the_names_of_the_others(roles, header, target):
    assert roles(daily(header, lambda k: f"{k * 7 % 12},{k * 5 % 13}")).targets == (target,)


def test_a_column_that_never_changes_is_no_candidate(roles):
    assert roles(daily("date,flow,observed", lambda k: f"{k % 9},100")).targets == ("flow",)


def test_an_open_choice_lists_candidates_with_their_kinds_and_an_option_that_works(roles):
    lines = daily("Date,Open,Close,Ticker", lambda k: f"{k % 9},{k % 7},MSFT")
    with pytest.raises(DataError) as error:
        roles(lines)
    assert str(error.value) == (
        "t.csv: cannot tell which column to forecast; candidates: Close, Open (numbers); found already: "
        "time Date (--time-col); with one value only: Ticker (words)"
    )
    assert error.value.options == "--target-col Close" and error.value.hint.startswith(
        "name it, as in --target-col Close (several: --target-col Close,Open); "
        "if each column is a series of its own: --wide"
    )
    assert roles(lines, targets=("Close",)).targets == ("Close",)


def test_a_table_without_numbers_shows_what_it_holds(roles):
    with pytest.raises(DataError, match=r"no column of numbers to forecast; found: date \(times\), n \(words such as"):
        roles(daily("date,n", lambda k: f"{k} pieces of 3"))


def test_a_table_of_examples_is_not_forecast_by_its_only_numbers(roles):
    with pytest.raises(DataError, match="cannot tell") as error:
        roles(["size,colour,kind", *(f"{k % 7},{'rg'[k % 2]},{'xy'[k % 2]}" for k in range(20))])
    assert "--task classify --target COLUMN" in error.value.hint


# ---- names that are given


def test_a_name_with_a_comma_is_found_though_the_option_is_split_at_it(roles):
    lines = ['date,"Umsatz, netto",Kosten', *(f"{day},{k},{k % 3}" for k, day in enumerate(DAYS))]
    assert roles(lines, targets=("Umsatz", "netto")).targets == ("Umsatz, netto",)
    assert roles(lines, targets=("Kosten", "Umsatz", " netto")).targets == ("Kosten", "Umsatz, netto")


def test_a_name_that_is_no_column_is_refused_with_all_names(roles):
    with pytest.raises(ConfigError, match="t.csv has no column 'sales'; did you mean 'Sales'") as error:
        roles(daily("date,Sales,Cost", lambda k: f"{k},{k}"), targets=("sales",))
    assert error.value.hint.startswith("its columns: date, Sales, Cost; --target-col names one")
    with pytest.raises(ConfigError, match="column 'Sales' is given two roles"):
        roles(daily("date,Sales,Cost", lambda k: f"{k},{k}"), targets=("Sales",), past=("Sales",))


# ---- known ahead


def test_columns_with_values_after_the_last_target_are_known_ahead(roles):
    lines = daily(
        "date,sales,holiday,rain", lambda k: f"{k * 3 % 7 if k < 35 else ''},{k % 3},{k % 5 if k < 35 else ''}"
    )
    found = roles(lines)
    assert (found.targets, found.known, found.ahead) == (("sales",), ("holiday",), ("holiday",))
    assert roles(lines, known=("rain",)).ahead == ()


def test_a_missing_last_value_of_one_series_in_three_makes_nothing_known_ahead(roles):
    lines = by_day_and("date,shop,sales,price", list("abc"), lambda k, i: f"{k % 7},{k % 5}")
    lines[-1] = f"{DAYS[-1]},c,,3"
    assert roles(lines).known == ()


def test_steps_that_every_series_has_are_the_time_in_any_order_of_the_rows(roles):
    lines = ["t,serie,valor", *(f"{t},{name},{t * 3 % 7}" for t in range(30) for name in "xy")]
    for rows in (lines, [lines[0], *lines[:0:-1]]):
        found = roles(rows)
        assert (found.time, found.id, found.targets) == (("t",), ("serie",), ("valor",))


def test_a_column_of_dates_outranks_one_of_steps(roles):
    assert roles(daily("date,step,n", lambda k: f"{k},{k * 3 % 7}")).time == ("date",)


def test_a_flag_names_two_series_where_nothing_else_does(roles):
    assert roles(by_day_and("date,treated,sales", ["yes", "no"], lambda k, i: k % 7 + i)).id == ("treated",)


# ---- times that are not all read


@pytest.mark.parametrize(
    ("name", "cells"),
    [
        ("stand", lambda k: f"{DAYS[k]}" if k % 3 else "unbekannt"),  # most are stamps
        ("stand", lambda k: f"{DAYS[k]:%d.%m.%Y}" if k < 25 else f"{DAYS[k]:%m-%d-%Y}"),
        ("Woche", lambda k: f"Wo/{k}/a"),  # of no known form, called as times are
        ("Quarter", lambda k: f"2{k:03}~{k % 4}"),
    ],
)
def test_a_column_of_odd_times_is_the_time_so_that_its_reader_names_the_odd_cell(roles, name, cells):
    assert roles([f"{name},y", *(f"{cells(k)},{k * 3 % 7}" for k in range(40))]).time == (name,)


@pytest.mark.parametrize(
    ("name", "cells"),
    [
        ("period", lambda k: ["high", "low"][k % 2]),
        ("Woche", lambda k: f"Woche {'ab'[k % 2]}1"),
        ("code", lambda k: f"x{k}"),
    ],
)
def test_words_without_dates_are_no_time(roles, name, cells):
    assert roles([f"{name},y", *(f"{cells(k)},{k * 3 % 7}" for k in range(40))]).time == ()


def test_a_column_of_dates_is_the_time_beside_one_of_odd_times(roles):
    seen = daily("date,seen,y", lambda k: f"{DAYS[k] if k % 3 else 'never'},{k * 3 % 7}")
    assert roles(seen).time == ("date",)


def test_whole_floats_are_ids_and_decimal_years_are_no_target(roles):
    assert roles(by_day_and("date,store,sales", ["1.0", "2.0"], lambda k, i: k % 7 + i)).id == ("store",)
    months = [f"{1958 + k // 12},{k % 12 + 1},{1958 + k / 12 + 1 / 24:.4f},{315 + k % 5}.5" for k in range(40)]
    found = roles(["year,month,decimal date,average", *months])
    assert (found.time, found.targets) == (("year", "month"), ("average",))


def test_a_table_of_words_asks_for_numbers_rather_than_for_one_of_its_columns(roles):
    with pytest.raises(DataError) as error:
        roles(daily("date,comment", lambda k: "abc"))
    assert "comment (words such as 'abc')" in str(error.value)
    assert "--target-col comment" not in str(error.value.hint)
