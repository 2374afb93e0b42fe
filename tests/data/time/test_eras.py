"""Years of other eras, on the days of our calendar and written back as they were."""

import numpy as np
import pytest

from rnncli.data.time.stamps import Form, read_stamps

DAY = 86_400_000_000


def read(texts, name="date"):
    return read_stamps(texts, lambda row: f"row {row}", name=name)


@pytest.mark.parametrize(
    "texts, first, after",
    [
        (["28/02/2567", "29/02/2567"], "2024-02-28", "01/03/2567"),
        (["2567-02-28", "2567-02-29"], "2024-02-28", "2567-03-01"),
        (["113/02/28", "113/02/29"], "2024-02-28", "113/03/01"),
        (["113年2月8日", "113年2月9日"], "2024-02-08", "113年2月10日"),
    ],
)
def test_days_of_other_eras_are_those_of_our_calendar(texts, first, after):
    stamps = read(texts)
    assert stamps.values.astype("M8[us]").astype("M8[D]").astype(str).tolist()[0] == first
    assert stamps.text(stamps.values[1:] + DAY) == [after]
    assert "its years are those of" in stamps.notes[0]
    again = Form.from_dict(stamps.form.to_dict())
    later = read_stamps([after], lambda row: f"row {row}", again)
    assert np.array_equal(later.values, stamps.values[1:] + DAY)


def test_months_of_the_republic_go_on_from_two_digits_to_three():
    stamps = read(["99年12月", "100年1月", "100年2月"])
    assert stamps.values.astype("M8[us]").astype("M8[M]").astype(str).tolist() == ["2010-12", "2011-01", "2011-02"]
    assert stamps.text(stamps.values) == ["99年12月", "100年1月", "100年2月"]


@pytest.mark.parametrize("texts", [["28/02/2024", "29/02/2024"], ["28/02/2199", "01/03/2199"]])
def test_years_of_our_era_stay(texts):
    stamps = read(texts)
    assert stamps.form.era == 0 and not stamps.notes
    assert stamps.values.astype("M8[us]").astype("M8[Y]").astype(str).tolist()[0] == texts[0][-4:]


def test_a_column_called_weeks_has_weeks_although_its_numbers_may_be_months():
    texts = [f"2024-{k:02}" for k in range(1, 13)]
    assert read(texts, "Woche").form.pattern == "%G-%V"
    assert read(texts, "Monat").form.pattern == "%Y-%m"
    years = [f"{year}-{k:02}" for year in (2023, 2024) for k in range(1, 13)]
    assert read(years, "week").form.pattern == "%Y-%m"
