"""No leak: a forecast from an origin reads nothing at or behind it, with whatever options.

The law: what `eval` takes as the forecast of an origin is, to the last digit, what `generate` writes for a table that
is cut there. And what is learnt does not depend on the rows that are held out for the test.
"""

import csv
import io
import json
from contextlib import redirect_stdout
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from rnncli.cli.main import main
from rnncli.storage.model_files import load_model
from rnncli.tasks.forecast.evaluation_data import known_before, other_data, own_data
from rnncli.tasks.forecast.scoring import origins, round_of

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
        cells = [name, str(np.datetime64("2024-01-01") + day)]
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


def printed(*words):
    """The standard output of a command, which must end with 0."""
    with redirect_stdout(io.TextIOWrapper(io.BytesIO(), "utf-8", write_through=True)) as out:
        assert main(list(words)) == 0
    return out.buffer.getvalue().decode()


def generated(run, file):
    """{id: {column: [the number as text]}} that the command writes."""
    found = {}
    for row in csv.DictReader(io.StringIO(printed("generate", str(run), file, "-q"))):
        for name in list(row)[2:]:
            found.setdefault(row["unique_id"], {}).setdefault(name, []).append(row[name])
    return found


def equal(written, value):
    """Whether a number as text is `value`, rounded to the digits of the text, of which there are some."""
    number = Decimal(written)
    unit = Decimal(1).scaleb(int(number.as_tuple().exponent))
    assert unit <= abs(Decimal(value)) * Decimal("1e-5"), f"{written}: too few digits to tell anything"
    return abs(number - Decimal(value)) <= unit * Decimal("0.500001")


def check(folder, run, table, data, name, forecast):
    """Whether the forecasts of some origins of the split `name` are those of cut tables."""
    series, first = origins(data, data.splits[name])
    behind = np.array([not np.isnan(table.y[data.ids[s]][t - 1]).all() for s, t in zip(series, first)])
    possible = np.unique(first[behind]).tolist()  # a table that is cut inside a gap is forecast from its last value
    for t in {possible[0], possible[len(possible) // 2], possible[-1]}:
        written = generated(run, table.write(folder / "cut.csv", cut=t))
        at = np.flatnonzero(behind & (first == t))
        found = forecast(series[at], first[at], progress=None)
        for n, s in enumerate(series[at]):
            for column, values in columns_of(table.targets, found, n).items():
                pairs = list(zip(written[data.ids[s]][column][:H], values.tolist(), strict=True))
                assert all(equal(*pair) for pair in pairs), (t, data.ids[s], column, pairs)


def columns_of(targets, found, n):
    """{column: (h,)} of window n of Forecasts."""
    columns = {}
    for k, target in enumerate(targets):
        name = "rnncli" if len(targets) == 1 else f"rnncli-{target}"
        columns[name] = found.mean[n, :, k]
        for level, (lo, hi) in found.intervals.items():
            columns |= {f"{name}-lo-{level:g}": lo[n, :, k], f"{name}-hi-{level:g}": hi[n, :, k]}
    return columns


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
def test_what_eval_takes_as_the_forecast_of_an_origin_is_what_generate_writes_for_a_table_cut_there(
    tmp_path_factory, fill, scaling, mode, difference, loss, flags, about, missing, seed
):
    folder = tmp_path_factory.mktemp("law")
    about = about - {"past"} if mode == "recursive" else about
    table = Table(seed, missing=missing, about=about)
    loaded = trained(folder, table, options_of(fill, scaling, mode, difference, loss, flags), "run")
    source = own_data(loaded, "test")
    windows = origins(source.data, source.data.splits["test"])
    one = round_of(loaded, source.data, "test", windows, source.known, *intervals_of(loaded))
    check(folder, folder / "run", table, source.data, "test", one.forecast)


def intervals_of(loaded):
    """(levels, quantiles) to ask for: the usual ones, and none where a model draws paths for them."""
    feeds_back = loaded.config.forecast.mode == "recursive"
    return ((), ()) if feeds_back else (None, ())


@pytest.mark.parametrize("scaling", ["last", "mean", "standard", "robust", "minmax"])
@pytest.mark.parametrize("flags", [set(), {"--log"}])
def test_of_series_that_a_model_never_saw_the_same_is_true(tmp_path, scaling, flags):
    loaded = trained(tmp_path, Table(1), options_of("linear", scaling, "direct", 0, "mse", flags), "run")
    new = Table(2, ids=("new", "newer"), missing=0.3)
    source = other_data(loaded, [new.write(tmp_path / "new.csv")])
    windows = origins(source.data, source.data.splits["file"])
    one = round_of(loaded, source.data, "file", windows, source.known, None, ())
    check(tmp_path, tmp_path / "run", new, source.data, "file", one.forecast)


@pytest.mark.parametrize("options", [{}, {"--fill": "seasonal", "--difference": 1}, {"--mode": "recursive"}])
def test_the_forecasts_of_single_steps_are_those_of_cut_tables(tmp_path, options):
    table = Table(3, missing=0.5)
    trained(tmp_path, table, options, "run")
    steps = json.loads(printed("eval", str(tmp_path / "run"), "--per-step", "--format", "json", "-q"))["steps"]
    forecast = {(step["unique_id"], step["ds"]): step["forecast"] for step in steps}
    origin = next(t for t in range(ROWS - TEST, ROWS) if not any(np.isnan(y[t - 1, 0]) for y in table.y.values()))
    written = generated(tmp_path / "run", table.write(tmp_path / "cut.csv", cut=origin))
    for name in table.ids:
        assert equal(written[name]["rnncli"][0], forecast[name, table.cells(name, origin, ROWS)[1]])


@pytest.mark.parametrize("options", [{}, {"--fill": "linear"}, {"--scaling": "robust"}, {"--difference": 7}])
def test_nothing_that_is_learnt_depends_on_the_test_rows(tmp_path, options):
    table = Table(4, missing=0.3, about={"past"})
    one = trained(tmp_path, table, options, "one")
    behind = np.arange(ROWS) >= ROWS - TEST
    for name in table.ids:
        table.y[name] = np.where(behind[:, None], 50 + table.y[name][::-1], table.y[name])
        table.y[name][-1] = 1
        table.temp[name] = np.where(behind, 7.0, table.temp[name])
    two = trained(tmp_path, table, options, "two")
    np.testing.assert_array_equal(one.theta, two.theta)
    np.testing.assert_array_equal(one.arrays["series/residuals"], two.arrays["series/residuals"])
    for name in ("series/offset", "series/scale"):
        np.testing.assert_array_equal(one.arrays[name], two.arrays[name])
    assert one.encoder.past == two.encoder.past


@pytest.mark.parametrize("stop", [ROWS - TEST - VAL, ROWS - TEST])
def test_a_baseline_is_fitted_and_errors_are_scaled_on_rows_before_the_split(tmp_path, stop):
    table = Table(5)
    loaded = trained(tmp_path, table, {}, "run")
    data = own_data(loaded, "test").data
    known = known_before(data, "test" if stop == ROWS - TEST else "val")
    assert [len(y) for y in known.before] == [stop] * 2
    assert [len(y) for y in known.fitted_on] == [ROWS - TEST - VAL] * 2
