"""The real tables that people begin with: one command trains on each, and the stamps of the forecast are right."""

import pandas as pd
import pytest
from table_zoo import AHEAD, Animal, is_understood, text


@pytest.fixture(autouse=True)
def of_its_own(apart):
    """A folder of its own for each test."""


def target(name):
    return ("--target-col", name)


# {file: (last stamp, frequency, form of strftime or of pandas' periods, target, options)}
DATES = {
    "Electric_Production.csv": ("2018-01-01", "MS", "%m-%d-%Y", "VALUES", ()),
    "bike-day.csv": ("2012-12-31", "D", "%Y-%m-%d", "cnt", target("cnt")),
    "daily-total-female-births.csv": ("1959-12-31", "D", "%Y-%m-%d", "Births", ()),
    "example_retail_sales.csv": ("2016-05-01", "MS", "%Y-%m-%d", "y", ()),
    "example_wp_log_peyton_manning.csv": ("2016-01-20", "D", "%Y-%m-%d", "y", ()),
    "monthly-car-sales.csv": ("1968-12-01", "MS", "%Y-%m", "Sales", ()),
    "sm-co2.csv": ("2001-12-29", "W-SAT", "%Y%m%d", "co2", ()),
    "sm-nile.csv": ("1970-01-01", "YS", "%Y", "volume", ()),
    "vega-global-temp.csv": ("2023-01-01", "YS", "%Y", "temp", ()),
    "vega-sp500.csv": ("2010-03-01", "MS", "%b %-d %Y", "price", ()),
}
OTHERS = {
    "aus_production.csv": (["2010 Q3", "2010 Q4", "2011 Q1", "2011 Q2"], "QS", "Beer", target("Beer")),
    "monthly-shampoo-sales.csv": (["4-01", "4-02", "4-03", "4-04"], None, "Sales", ()),
    "sm-elnino.csv": (pd.date_range("2011-01-01", periods=AHEAD, freq="MS"), "MS", None, ()),
    "sm-macrodata.csv": (["2009-Q4", "2010-Q1", "2010-Q2", "2010-Q3"], "QS", "realgdp", target("realgdp")),
    "us_gasoline.csv": (["2017 W04", "2017 W05", "2017 W06", "2017 W07"], "W-MON", "Barrels", ()),
}


@pytest.fixture
def real_table(real_data):
    """real_table(name): the bytes of a real table; skips where it is absent."""

    def read(name):
        file = real_data / "series" / "tables" / name
        if not file.is_file():
            pytest.skip(f"{file} is not there")
        return file.read_bytes()

    return read


@pytest.mark.parametrize("name", DATES)
def test_a_real_table_of_dates_is_understood(command, real_table, name):
    last, frequency, form, column, options = DATES[name]
    ahead = text(pd.date_range(last, periods=AHEAD + 1, freq=frequency)[1:], form)
    is_understood(Animal(name, real_table(name), ahead, frequency, column, options=options), command)


@pytest.mark.parametrize("name", OTHERS)
def test_a_real_table_of_other_times_is_understood(command, real_table, name):
    ahead, frequency, column, options = OTHERS[name]
    is_understood(Animal(name, real_table(name), ahead, frequency, column, options=options), command)


def test_five_real_shares_are_five_series(command, real_table):
    ahead = text(pd.date_range("2010-04-01", periods=AHEAD, freq="MS"), "%b %-d %Y")
    ids = ("MSFT", "AMZN", "IBM", "GOOG", "AAPL")
    is_understood(Animal("a.csv", real_table("vega-stocks.csv"), ahead, "MS", "price", ids, (28.8,)), command)
