"""No leak: a forecast from an origin reads nothing at or behind it, with whatever options.

The law: what `eval` takes as the forecast of an origin is, to the last digit, what `generate` writes for a table that
is cut there. And what is learnt does not depend on the rows that are held out for the test.
"""

import csv
import json

import numpy as np
import pytest
from cut_tables import check, equal, generated, printed
from hypothesis import example, given
from hypothesis import strategies as st

from rnncli.cli.main import main
from rnncli.storage.model_files import load_model
from rnncli.tasks.forecast.evaluation_data import known_before, other_data, own_data

NAN = np.nan
L, H, SEASON, ROWS, TEST, VAL = 10, 3, 7, 90, 20, 17
TRAINED = {
    "--horizon": H,
    "--window": L,
    "--season": SEASON,
    "--test-size": TEST,
    "--val-size": VAL,
    "--max-steps": 2,
    "--seed": 1,
    "--set": "model.hidden_size=5",
}
GAPS = np.cumsum(np.random.default_rng(5).integers(1, 4, 4 * ROWS))  # days of the rows of an irregular table


class Table:
    """Series of one or two targets with gaps, and perhaps a past covariate with gaps, a future and a static one."""

    def __init__(self, seed, ids=("a", "b"), missing=0.0, about=()):
        rng, n = np.random.default_rng(seed), ROWS
        self.ids, self.about, self.targets = ids, about, ("y", "z")[: 1 + ("two" in about)]
        walks = [walk(n, missing, rng) for _ in (*self.targets, *ids)]
        self.y = {
            name: np.stack([10**k * walks[k + j] for j in range(len(self.targets))], axis=1)
            for k, name in enumerate(ids)
        }
        self.temp = {name: np.where(rng.random(n) < 0.3, NAN, rng.normal(size=n).round(3)) for name in ids}
        self.promo = rng.choice(["yes", "no"], n)

    def options(self):
        """The options that say what the columns are."""
        given = {"past": "temp", "future": "promo", "static": "kind"}
        found = {f"--{about}-cols": name for about, name in given.items() if about in self.about}
        found |= {"--freq": "none"} if "irregular" in self.about else {}
        return found | {"--target-col": ",".join(self.targets)}

    def header(self):
        more = {"past": "temp", "future": "promo", "static": "kind"}
        return ["unique_id", "ds", *self.targets, *(name for about, name in more.items() if about in self.about)]

    def cells(self, name, t, cut):
        """The cells of a row; at and behind `cut` only what is known ahead."""
        day, there = (GAPS[t] if "irregular" in self.about else t), t < cut
        cells = [name, str(np.datetime64("2024-01-01") + np.timedelta64(day, "D"))]
        cells += [text(value if there else NAN) for value in self.y[name][t]]
        cells += [text(self.temp[name][t] if there else NAN)] * ("past" in self.about)
        return cells + [self.promo[t]] * ("future" in self.about) + [f"kind of {name}"] * ("static" in self.about)

    def write(self, path, cut=None):
        """The table, or what of it is known before row `cut`; returns its name."""
        stop = ROWS if cut is None else cut + H * ("future" in self.about)
        rows = [self.cells(name, t, ROWS if cut is None else cut) for name in self.ids for t in range(stop)]
        with open(path, "w", newline="") as file:
            csv.writer(file, lineterminator="\n").writerows([self.header(), *rows])
        return str(path)


def walk(n, missing, rng):
    """(n,) a random walk above 0 that moves with the season; a share is missing, but neither the first and the last
    value nor those on both sides of the first origin of the test rows."""
    y = np.exp(0.05 * np.cumsum(rng.normal(size=n))) + 0.3 * np.sin(2 * np.pi * np.arange(n) / SEASON) + 1
    gaps = rng.random(n) < missing
    gaps[[0, n - TEST - 1, n - TEST, n - 1]] = False
    y[gaps] = NAN
    return y


def text(value):
    return "" if np.isnan(value) else repr(float(value))


def trained(folder, table, options, out):
    """The model of a table, trained for two steps by the command."""
    given = [str(word) for pair in (TRAINED | table.options() | options).items() for word in pair if word is not True]
    assert main(["train", table.write(folder / "table.csv"), "-o", str(folder / out), "-q", *given]) == 0
    return load_model(folder / out)


SETTINGS = {
    "fill": st.sampled_from(["none", "ffill", "linear", "seasonal"]),
    "scaling": st.sampled_from(["last", "mean", "standard", "robust", "minmax", "none"]),
    "mode": st.sampled_from(["direct", "direct", "recursive"]),
    "difference": st.sampled_from([0, 1, SEASON]),
    "loss": st.sampled_from(["mse", "gaussian", "quantile"]),
    "flags": st.sets(st.sampled_from(["--log", "--calendar", "fourier", "highway", "segment"])),
    "about": st.sets(st.sampled_from(["two", "past", "future", "static", "irregular"])),
    "missing": st.sampled_from([0.0, 0.3, 0.8]),
    "seed": st.integers(0, 2**16),
}


def options_of(fill, scaling, mode, difference, loss, flags):
    """The options of `train`; a recursive model has no difference, segment or highway, nor past covariates."""
    given = {"--fill": fill, "--scaling": scaling, "--mode": mode, "--loss": loss}
    given |= {flag: True for flag in ("--log", "--calendar") if flag in flags}
    given |= {"--fourier": 2} if "fourier" in flags else {}
    if mode == "direct":
        given |= {"--difference": difference} if difference else {}
        given |= {"--highway": 5} if "highway" in flags else {}
        given |= {"--segment": 2} if "segment" in flags else {}
    return given


@given(**SETTINGS)
@example("linear", "last", "direct", 0, "mse", set(), {"two"}, 0.8, 1)
@example("seasonal", "standard", "direct", SEASON, "mse", {"--log"}, {"past"}, 0.8, 2)
@example("seasonal", "mean", "recursive", 0, "mse", set(), {"future", "static"}, 0.3, 3)
@example("none", "last", "direct", 0, "mse", {"--calendar", "fourier"}, {"irregular"}, 0.0, 4)
@example("none", "last", "recursive", 0, "mse", {"--calendar"}, {"irregular"}, 0.3, 5)
@example("linear", "last", "direct", 1, "mse", set(), {"two"}, 0.8, 9)
@example("ffill", "standard", "recursive", 0, "gaussian", set(), {"two", "static"}, 0.8, 6)
@example("linear", "robust", "recursive", 0, "quantile", set(), {"future"}, 0.3, 7)
@example("linear", "mean", "direct", 1, "quantile", {"segment", "highway"}, {"two", "past"}, 0.3, 8)
def test_what_eval_takes_as_the_forecast_of_an_origin_is_what_generate_writes_for_a_table_cut_there(
    tmp_path_factory, fill, scaling, mode, difference, loss, flags, about, missing, seed
):
    folder = tmp_path_factory.mktemp("law")
    about = about - {"past"} if mode == "recursive" else about
    table = Table(seed, missing=missing, about=about)
    loaded = trained(folder, table, options_of(fill, scaling, mode, difference, loss, flags), "run")
    check(folder / "run", loaded, own_data(loaded, "test"), lambda t: table.write(folder / "cut.csv", cut=t))


@pytest.mark.parametrize("scaling", ["last", "mean", "standard", "robust", "minmax"])
@pytest.mark.parametrize("flags", [set(), {"--log"}])
def test_of_series_that_a_model_never_saw_the_same_is_true(tmp_path, scaling, flags):
    loaded = trained(tmp_path, Table(1), options_of("linear", scaling, "direct", 0, "mse", flags), "run")
    new = Table(2, ids=("new", "newer"), missing=0.3)
    source = other_data(loaded, [new.write(tmp_path / "new.csv")])
    check(tmp_path / "run", loaded, source, lambda t: new.write(tmp_path / "cut.csv", cut=t))


@pytest.mark.parametrize("options", [{}, {"--fill": "seasonal", "--difference": 1}, {"--mode": "recursive"}])
def test_the_forecasts_of_single_steps_are_those_of_cut_tables(tmp_path, options):
    table = Table(3, missing=0.5)
    trained(tmp_path, table, options, "run")
    steps = json.loads(printed("eval", str(tmp_path / "run"), "--per-step", "--format", "json", "-q"))["steps"]
    forecast = {(step["unique_id"], step["ds"]): step["forecast"] for step in steps}
    origin = next(t for t in range(ROWS - TEST, ROWS) if not any(np.isnan(y[t - 1, 0]) for y in table.y.values()))
    written = generated(tmp_path / "run", table.write(tmp_path / "cut.csv", cut=origin))
    for name in table.ids:
        assert equal(written[name].columns["rnncli"][0], forecast[name, table.cells(name, origin, ROWS)[1]])


@pytest.mark.parametrize("options", [{}, {"--fill": "linear"}, {"--scaling": "robust"}, {"--difference": 7}])
def test_nothing_that_is_learnt_depends_on_the_test_rows(tmp_path, options):
    table = Table(4, missing=0.3, about={"past", "future"})
    one = trained(tmp_path, table, options, "one")
    behind = np.arange(ROWS) >= ROWS - TEST
    for name in table.ids:
        table.y[name] = np.where(behind[:, None], 50 + table.y[name][::-1], table.y[name])
        table.y[name][-1] = 1
        table.temp[name] = np.where(behind, 7.0, table.temp[name])
    table.promo = np.where(behind, "perhaps", table.promo)
    two = trained(tmp_path, table, options, "two")
    np.testing.assert_array_equal(one.theta, two.theta)
    np.testing.assert_array_equal(one.arrays["series/residuals"], two.arrays["series/residuals"])
    for name in ("series/offset", "series/scale"):
        np.testing.assert_array_equal(one.arrays[name], two.arrays[name])
    assert (one.encoder.past, one.encoder.words) == (two.encoder.past, two.encoder.words)


@pytest.mark.parametrize("stop", [ROWS - TEST - VAL, ROWS - TEST])
def test_a_baseline_is_fitted_and_errors_are_scaled_on_rows_before_the_split(tmp_path, stop):
    table = Table(5)
    loaded = trained(tmp_path, table, {}, "run")
    data = own_data(loaded, "test").data
    known = known_before(data, "test" if stop == ROWS - TEST else "val")
    assert [len(y) for y in known.before] == [stop] * 2
    assert [len(y) for y in known.fitted_on] == [ROWS - TEST - VAL] * 2
