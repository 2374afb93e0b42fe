"""Tables whose columns make a time together under names that nobody knows, and series whose stamps are not read."""

from itertools import product

import pytest

from rnncli.data.series.columns import Columns
from rnncli.data.series.roles import Wanted, find_roles
from rnncli.data.tables.frame import read_frame
from rnncli.data.time.date_columns import date_columns, join_dates
from rnncli.errors import DataError
from rnncli.tasks.registry import detect

WEEKS = [(year, week) for year in (2021, 2022) for week in range(1, 53)]
MONTHS = list(product((2020, 2021, 2022), range(1, 13)))


@pytest.fixture
def written(tmp_path):
    """written(header, rows): the path of a table."""

    def write(header, rows):
        path = tmp_path / "t.csv"
        path.write_text("\n".join([header, *(",".join(map(str, row)) for row in rows)]) + "\n")
        return str(path)

    return write


def roles(path, **wanted):
    return find_roles(Columns(read_frame([path])), Wanted(**wanted))


def of_two(periods):
    """A row of each period of two series, one below the other."""
    return [(name, *period, 50 + k % 7) for name in ("SP", "RJ") for k, period in enumerate(periods)]


@pytest.mark.parametrize(
    "header, periods, last",
    [
        ("uf,Ano,Semana epidemiológica,casos", WEEKS, "2022-W52"),
        ("uf,ano_epi,SE,casos", WEEKS, "2022-W52"),
        ("country,ISO_YEAR,ISO_WEEK,cases", WEEKS, "2022-W52"),
        ("plant,CALYEAR,CALMONTH2,qty", MONTHS, "2022-12"),
        ("branch,SalesYear,SalesMonth,amount", MONTHS, "2022-12"),
    ],
)
def test_numbers_that_run_within_each_year_are_its_weeks_or_months(written, header, periods, last):
    path = written(header, of_two(periods))
    uf, *time, value = header.split(",")
    found = roles(path)
    assert (found.id, found.time, found.targets) == ((uf,), tuple(time), (value,))
    columns = read_frame([path]).columns
    assert join_dates(found.time, columns).tolist()[-1] == last
    assert detect([path]).data == "series"


@pytest.mark.parametrize("name, numbers", [("plot", 12), ("store", 52), ("region_code", 53)])
def test_numbers_of_places_are_no_parts_of_a_year(name, numbers):
    rows = list(product(map(str, (2020, 2021, 2022)), map(str, range(1, numbers + 1))))
    columns = {"year": [year for year, _ in rows], name: [number for _, number in rows]}
    assert date_columns(list(columns), columns) is None


def test_stores_below_each_other_with_a_year_a_row_stay_ids(written):
    rows = [(year, store, 50 + (store + year) % 7) for store in range(1, 53) for year in range(2010, 2020)]
    found = roles(written("year,cluster,sales", rows))
    assert found.time == ("year",) and found.id == ("cluster",)


def test_steps_that_begin_anew_with_each_word_are_a_series_and_not_features_of_a_class(written):
    rows = [(plant, day, 90 + day % 7) for plant in ("p1", "p2") for day in range(1, 31)]
    path = written("plant,day_n,height", rows)
    assert detect([path]).data == "series"
    assert roles(path).id == ("plant",)
    flowers = [(kind, 4 + k % 5, 2 + k % 3) for kind in ("setosa", "virginica") for k in range(30)]
    assert detect([written("species,length,width", flowers)]).data != "series"


@pytest.mark.parametrize("stamp", ["Tháng {1}/{0}", "FY{0}P{1}x", "Matchday {2}"])
def test_series_with_stamps_that_are_not_read_are_never_laid_end_to_end(written, stamp):
    periods = [(stamp.format(*month, k),) for k, month in enumerate(MONTHS, start=1)]
    rows = [(*row[1:-1], row[0], row[-1]) for row in of_two(periods)]
    path = written("kỳ,tỉnh,thu", rows)
    with pytest.raises(DataError) as error:
        roles(path)
    assert error.value.options == "--target-col thu" and "each tỉnh is a series with a step per row" in str(
        error.value.hint
    )
    assert roles(path, targets=("thu",)).id == ("tỉnh",)
    assert roles(path, targets=("thu",), single=True).id == ()
