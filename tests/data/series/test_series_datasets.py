"""The series that come with us: they are what their script writes, the facts are right, and the shops hold patterns."""

import csv
import hashlib
import math
import subprocess
import sys
from collections import defaultdict
from datetime import date
from pathlib import Path

import pytest
from processes import PATIENCE

DATASETS = Path(__file__).resolve().parents[3] / "datasets"
NAMES = ("airline.csv", "sunspots.csv", "shops.csv", "mackey_glass.csv")
REVISED = {1840, 1848, 1849, 1868, 1947, 1949, 1951, 1957, 1958, 1959, 1982}  # yearly means the two files differ in


def table(path):
    with open(path, newline="", encoding="ascii") as file:
        return list(csv.DictReader(file))


def real_table(folder, name):
    """The rows of a real file without its header; skips where it is absent."""
    path = folder / "series" / name
    if not path.is_file():
        pytest.skip(f"no {path}")
    with open(path, newline="", encoding="utf-8") as file:
        return list(csv.reader(file))[1:]


@pytest.fixture(scope="module")
def shops():
    """{shop: its rows in order}"""
    found = defaultdict(list)
    for row in table(DATASETS / "shops.csv"):
        found[row["unique_id"]].append(row)
    return dict(found)


def mean(values):
    values = list(values)
    return sum(values) / len(values)


def sold(rows):
    return [float(row["y"]) for row in rows if row["y"]]


def test_the_script_writes_the_kept_files_byte_for_byte(tmp_path):
    subprocess.run(
        [sys.executable, "-B", str(DATASETS / "make_series.py"), str(tmp_path)],
        check=True,
        cwd=tmp_path,
        timeout=PATIENCE,
    )
    assert {path.name for path in tmp_path.iterdir()} == set(NAMES)
    for name in NAMES:
        assert (tmp_path / name).read_bytes() == (DATASETS / name).read_bytes(), name


def test_another_seed_writes_other_shops(monkeypatch):
    monkeypatch.syspath_prepend(str(DATASETS))
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    import make_series

    one, same, other = (make_series.shops(seed) for seed in (5, 5, 6))
    assert one == same != other
    assert one[0] == other[0] == make_series.COLUMNS


def test_the_readme_states_the_size_and_digest_of_each_file():
    readme = (DATASETS / "README.md").read_text(encoding="utf-8")
    for name in NAMES:
        kept = (DATASETS / name).read_bytes()
        assert f"{len(kept):,} bytes" in readme and hashlib.sha256(kept).hexdigest() in readme, name


def test_the_airline_is_every_month_of_twelve_years():
    rows = table(DATASETS / "airline.csv")
    assert [row["ds"] for row in rows] == [
        f"{year}-{month:02d}" for year in range(1949, 1961) for month in range(1, 13)
    ]
    assert sum(int(row["y"]) for row in rows) == 40363


def test_the_airline_equals_the_published_series(real_data):
    ours = [(row["ds"], row["y"]) for row in table(DATASETS / "airline.csv")]
    assert ours == [tuple(row) for row in real_table(real_data, "AirPassengers.csv")]


def test_the_sunspots_are_every_year_from_1700_to_2008():
    rows = table(DATASETS / "sunspots.csv")
    assert [row["ds"] for row in rows] == [str(year) for year in range(1700, 2009)]
    assert round(sum(float(row["y"]) for row in rows), 1) == 15373.4
    assert max(rows, key=lambda row: float(row["y"]))["ds"] == "1957"


def test_the_sunspots_agree_with_the_yearly_means_of_monthly_ones(real_data):
    months = defaultdict(list)
    for month, count in real_table(real_data, "darts_monthly-sunspots.csv"):
        months[int(month[:4])].append(float(count))
    yearly = {int(row["ds"]): float(row["y"]) for row in table(DATASETS / "sunspots.csv")}
    assert set(months) == set(range(1749, 1984)) and all(len(counts) == 12 for counts in months.values())
    off = {year: abs(yearly[year] - mean(counts)) for year, counts in months.items()}
    assert {year for year, distance in off.items() if distance >= 0.2} == REVISED
    assert max(off.values()) < 1.8  # 1947: 151.6 in the yearly file, 149.84 in the monthly one


def test_the_shops_are_twelve_of_different_lengths_in_at_most_300_kilobytes(shops):
    assert len((DATASETS / "shops.csv").read_bytes()) <= 300_000
    lengths = [len(rows) for rows in shops.values()]
    assert len(shops) == 12 and len(set(lengths)) > 8
    assert min(lengths) < 120 and max(lengths) > 850
    assert len({rows[-1]["ds"] for rows in shops.values()}) == 2  # one shop has closed


def test_the_shops_hold_missing_days_and_missing_values_but_no_stamp_twice(shops):
    missing_days = missing_counts = missing_visitors = 0
    for rows in shops.values():
        days = [date.fromisoformat(row["ds"]) for row in rows]
        assert days == sorted(set(days))
        missing_days += (days[-1] - days[0]).days + 1 - len(days)
        missing_counts += sum(not row["y"] for row in rows)
        missing_visitors += sum(not row["visitors"] for row in rows)
        assert all(row["promotion"] in "01" and float(row["price"]) > 0 for row in rows)
        assert len({row["region"] for row in rows}) == 1
    assert missing_days > 80 and missing_counts > 20 and missing_visitors > 40


def test_shops_that_close_on_sundays_sell_nothing_then(shops):
    for name in ("bakehouse", "tollgate"):
        sundays = [row for row in shops[name] if date.fromisoformat(row["ds"]).weekday() == 6]
        assert len(sundays) > 50 and set(sold(sundays)) == {0.0}


def test_promotions_lift_sales_on_the_same_day_of_the_week(shops):
    """Within a shop and a weekday, so that neither decides; the script multiplies by 1.55."""
    ratios = []
    for rows in shops.values():
        for weekday in range(7):
            same = [row for row in rows if date.fromisoformat(row["ds"]).weekday() == weekday]
            on, off = (sold(row for row in same if row["promotion"] == flag) for flag in "10")
            if len(on) > 5 and mean(off) > 1:
                ratios.append(mean(on) / mean(off))
    assert len(ratios) > 50
    assert 1.4 < mean(ratios) < 1.7


def test_the_week_and_the_year_show_in_a_shop_on_the_beach(shops):
    def on(rows, wanted):
        return mean(sold(row for row in rows if wanted(date.fromisoformat(row["ds"]))))

    rows = shops["shore"]
    assert on(rows, lambda day: day.weekday() >= 5) > 1.7 * on(rows, lambda day: day.weekday() < 3)
    assert on(rows, lambda day: day.month in (6, 7)) > 2 * on(rows, lambda day: day.month in (12, 1))


def test_visitors_of_today_tell_something_about_sales_of_tomorrow(shops):
    """Relative to the same weekday of the shop, many visitors come before many sales."""
    pairs = []
    for name in ("ambry", "granary", "shore"):
        level = {
            (key, weekday): mean(
                float(row[key])
                for row in shops[name]
                if row[key] and row["promotion"] == "0" and date.fromisoformat(row["ds"]).weekday() == weekday
            )
            for key in ("y", "visitors")
            for weekday in range(7)
        }
        for today, tomorrow in zip(shops[name], shops[name][1:]):
            first, second = (date.fromisoformat(row["ds"]) for row in (today, tomorrow))
            if (second - first).days == 1 and today["visitors"] and tomorrow["y"] and tomorrow["promotion"] == "0":
                pairs.append(
                    (
                        float(today["visitors"]) / level["visitors", first.weekday()],
                        float(tomorrow["y"]) / level["y", second.weekday()],
                    )
                )
    busy, quiet = (mean(after for before, after in pairs if (before > 1.1) == busier) for busier in (True, False))
    assert busy > 1.15 * quiet


def test_the_chaotic_series_solves_its_equation(monkeypatch):
    monkeypatch.syspath_prepend(str(DATASETS))
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    import make_series

    x = [float(text) for text in make_series.mackey_glass(count=4000, between=1)[1:]]  # every step of 0.05
    for t in range(400, 3000, 97):
        late = x[t - 340]  # 17 units of time
        change = 0.2 * late / (1 + late**10) - 0.1 * x[t]
        assert (x[t + 1] - x[t - 1]) / 0.1 == pytest.approx(change, abs=2e-5)


def test_small_errors_in_the_chaotic_series_grow_e_fold_in_about_75_rows(monkeypatch):
    monkeypatch.syspath_prepend(str(DATASETS))
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    import make_series

    one, other = (make_series.mackey_glass(1000, start=start, burn_in=0)[1:] for start in (1.2, 1.2 + 1e-7))
    apart = [abs(float(a) - float(b)) for a, b in zip(one, other)]
    grown = math.log(max(apart[600:900]) / max(apart[150:450]))
    assert 2 < grown < 12  # six times 75 rows between them: 6, give or take what the attractor does there
