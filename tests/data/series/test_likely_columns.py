"""Which columns are likely to name series, and which to be forecast: quantities are no ids, labels are no targets."""

from datetime import date, timedelta

import pytest

from rnncli.data.series.columns import Columns
from rnncli.data.series.names import is_label, measures
from rnncli.data.series.roles import Wanted, find_roles
from rnncli.data.series.targets import OpenTarget
from rnncli.data.tables.frame import read_frame
from rnncli.errors import DataError

DAYS = [date(2024, 1, 1) + timedelta(k) for k in range(40)]


@pytest.fixture
def roles(tmp_path, monkeypatch):
    """roles(header, keys, cells, **wanted): the Found of a table with a line for each day and key: the day, the key,
    cells(k, number of the key)."""
    monkeypatch.chdir(tmp_path)

    def found(header, keys, cells, **wanted):
        lines = [header, *(f"{day},{key},{cells(k, i)}" for k, day in enumerate(DAYS) for i, key in enumerate(keys))]
        (tmp_path / "t.csv").write_text("\n".join(lines) + "\n")
        return find_roles(Columns(read_frame(["t.csv"])), Wanted(**wanted))

    return found


@pytest.fixture
def asked(roles):
    """asked(header, cells): (the message, the columns proposed) where a daily table leaves open what to forecast."""

    def raised(header, cells):
        with pytest.raises(OpenTarget) as error:
            roles(header, "a", lambda k, i: cells(k))
        return str(error.value), error.value.likely, error.value.hint

    return raised


# ---- names


def test_a_quantity_is_known_by_any_word_and_an_id_by_the_last():
    assert all(map(measures, ("item_cnt_day", "UnitSales", "item_price", "total trips")))
    assert not any(map(measures, ("price_zone", "sales channel", "item_id", "shop", "")))


def test_a_label_is_known_by_the_end_of_its_name_unless_it_counts():
    assert all(map(is_label, ("VendorID", "start_lat", "Postal Code", "birth_year", "PULocationID")))
    assert not any(map(is_label, ("trips_per_day", "item_cnt_day", "hours of day", "Total Deaths", "")))


# ---- ids


def test_a_quantity_is_no_id_even_where_it_makes_stamps_unique(roles):
    keys = ("1,7", "2,7", "1,7")
    cells = lambda k, i: f"{1 + (i == 2)},{k % 5}.5"  # noqa: E731  # the third row has the ids of the first
    found = roles("date,shop_id,item_id,item_cnt_day,y", keys, cells)
    assert "item_cnt_day" not in found.id


def test_a_full_column_names_series_rather_than_one_with_empty_cells(roles):
    keys = (",p1", "DE-BW,p2", "DE-BY,p3")
    assert roles("date,iso_code,place_id,y", keys, lambda k, i: k + i).id == ("place_id",)


def test_two_full_columns_name_series_rather_than_one_with_an_empty_cell(roles):
    keys = ("Orange,CA,6059", "Orange,NY,36071", "Kent,NY,", "Kent,CA,6001")
    assert roles("date,county,state,fips,y", keys, lambda k, i: k + i).id == ("county", "state")


@pytest.mark.parametrize(
    "header, keys, ids",
    [
        ("date,KEY,CURRENCY,y", ("EXR.1.GBP,GBP", "EXR.2.USD,USD"), ("CURRENCY",)),
        ("date,GEO,Sex,VECTOR,y", ("Ontario,M,v1", "Ontario,F,v2", "Quebec,M,v3", "Quebec,F,v4"), ("GEO", "Sex")),
        (
            "date,GEO,Age,VECTOR,y",
            ("Ulm,15 to 24 years,v1", "Ulm,25 years and over,v2", "Bonn,15 to 24 years,v3"),
            None,
        ),
        ("date,unique_id,shop,y", ("A1,Ulm", "A2,Bonn"), ("unique_id",)),
        ("date,code,kind,y", ("A1,big", "A2,small", "A3,big"), ("code",)),
    ],
)
def test_words_that_people_read_name_series_rather_than_codes_that_say_the_same(roles, header, keys, ids):
    assert roles(header, keys, lambda k, i: k + i).id == (ids or ("GEO", "Age"))


def test_rows_without_the_id_that_was_named_are_refused_with_columns_that_name_all(roles):
    with pytest.raises(DataError, match="^t.csv:2, column iso: the id is empty, 40 times in all$") as error:
        roles("date,iso,place id,y", (",one", "DE-BW,two"), lambda k, i: k + i, id=("iso",))
    assert error.value.options == "--id-col 'place id'" and "use `--id-col 'place id'`" in str(error.value.hint)


# ---- targets


@pytest.mark.parametrize(
    "header, cells, likely",
    [
        ("date,kind,nonfarm,private,nonfarm_change", lambda k: f"{k * 7 % 39},{k * 9 % 38},{k * 3.1}", "nonfarm"),
        ("date,kind,adjusted CO2,CO2", lambda k: f"{k * 1.7},{k * 1.3}", "CO2"),
        ("date,kind,AWND,PRCP,WT01", lambda k: f"{k * 7 % 39},{k % 9},{k % 2}", "AWND"),
        ("date,kind,item_price,item_cnt_day", lambda k: f"{k * 1.5},{k % 4}", "item_cnt_day"),
        ("date,kind,Load Forecast,Actual Load", lambda k: f"{k * 1.7},{k * 1.3}", "Actual Load"),
        ("date,kind,Open,Price", lambda k: f"{k * 1.7},{k % 20 * 1.3}", "Price"),
        ("date,kind,ndays,average,unc", lambda k: f"{k % 7},{k * 1.5},{k * 1.7}", "average"),
    ],
)
def test_the_likeliest_target_is_proposed(asked, header, cells, likely):
    message, proposed, hint = asked(header, cells)
    assert proposed == (likely,) and f"as in --target-col {likely}" in hint.replace("'", "")


def test_numbers_of_rows_are_no_candidates_where_some_rows_are_gone(asked):
    message, _, _ = asked("date,kind,instant,a,b", lambda k: f"{k + 1 + (k > 20)},{k % 7},{k % 5}")
    assert "candidates: a, b (numbers)" in message


def test_labels_are_no_candidates_beside_quantities(asked):
    cells = lambda k: f"{k * 7 % 39},{k % 5},{k * 1.5},{k * 3 % 17}"  # noqa: E731
    message, _, hint = asked("date,kind,PULocationID,Postal Code,fare,tip", cells)
    assert "candidates: fare, tip (numbers)" in message and "others: PULocationID, Postal Code (numbers)" in message
    assert "(several: --target-col fare,tip)" in hint


def test_the_time_the_ids_and_constants_are_told_where_the_target_is_open(roles):
    with pytest.raises(OpenTarget) as error:
        roles("date,shop,a,b,c", ("x", "y"), lambda k, i: f"{k % 7},{(k + i) * 3 % 11},5")
    assert str(error.value).endswith(
        "candidates: b, a (numbers); found already: time date (--time-col), id shop (--id-col); "
        "with one value only: c (numbers)"
    )
