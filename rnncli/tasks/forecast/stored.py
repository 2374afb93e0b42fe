"""The form of what a model file of a forecaster holds besides its weights: the encoder, and the tail of its series."""

import re
from collections.abc import Mapping
from typing import Any

import numpy as np

from ...data.tables.durations import CLOCKS
from ...data.time.closed import is_closed_text
from ...data.time.forms import FIELDS, NUMBERS, PIECE, SHORT_FIELDS, compiled
from ...errors import ConfigError, DataError
from ...storage.declared import (
    Either,
    Fields,
    Malformed,
    Maybe,
    Name,
    Number,
    Rows,
    Symbol,
    Table,
    Text,
    Truth,
    Tuple,
    Whole,
    check,
    require,
)
from .older_runs import UNIT

POSITIVE = Number(above=0.0)
NAMES = Rows(Symbol(), distinct=True)
UNITS = Rows(Tuple(Number(), POSITIVE))
LONGEST_STEP = 2e18  # microseconds, some 60,000 years
MOST_WAVES = 1_000  # pairs of sine and cosine, as forecast.fourier has
CYCLES = ("hour", "weekday", "day", "month")

ROLES = Fields(
    {
        "id": Maybe(Symbol()),
        "time": Maybe(Symbol()),
        "targets": Rows(Symbol(), 1, distinct=True),
        "past": NAMES,
        "known": NAMES,
        "static": NAMES,
    }
)
FORM = Fields(
    {"pattern": Text()},
    optional={
        **{name: Text() for name in ("offset", "zero", "fraction", "until", "lasts")},
        "zone": Maybe(Text()),
        "trim": Text("", "zeros", "all", "one"),
        "months": Rows(Symbol()),
        "weekdays": Rows(Symbol()),
        "halves": Rows(Symbol()),
        "turn": Whole(0, 9999),
        "era": Whole(-9999, 9999),
        "late": Truth(),
        "decimals": Whole(-100, 100),
        "width": Whole(0, 100),
    },
)
LISTS = ("id", "time", "ignored", "words", "sample", "order")
ARRANGEMENT = Fields(
    {"layout": Text(), "parts": Table(Rows(Symbol())), **{name: Rows(Symbol()) for name in LISTS}},
    optional={"header": Rows(Symbol()), "dates": Rows(Symbol()), "adds": Table(Symbol())},
    open=True,
)
SIGNS = Tuple(Symbol(), Symbol())
LOOK = Fields(
    {"positive": SIGNS, "negative": SIGNS, "factor": POSITIVE, "decimals": Maybe(Whole(0, 100))},
    optional={"clock": Text("", *CLOCKS)},
    open=True,
)
WRITTEN = Fields(
    {},
    optional={
        "format": Text("csv", "jsonl", "parquet", "xlsx"),
        **{name: Symbol() for name in ("sep", "encoding", "decimal", "thousands")},
        "bom": Truth(),
        "crlf": Truth(),
        "looks": Rows(LOOK),
    },
    open=True,
)
STATIC = Fields({"name": Symbol(), "words": NAMES, "offset": Number(), "scale": POSITIVE})
WORD = Fields({"name": Symbol(), "words": NAMES})
SHARED = {
    "kind": Text("series"),
    "stamps": Maybe(Text("time", "index")),
    "frequency": Maybe(Symbol()),
    "step": Number(above=0.0, most=LONGEST_STEP),
    "gappy": Truth(),
    "past": UNITS,
    "known": UNITS,
    "static": Rows(STATIC),
    "cycles": Rows(Text(*CYCLES), distinct=True),
    "season": Whole(1, 1_000_000),
    "fourier": Whole(0, MOST_WAVES),
    "roles": ROLES,
}
OF_NOW = {"zone": Maybe(Text()), "closed": Maybe(Symbol()), "arrangement": ARRANGEMENT, "written": WRITTEN}
ENCODER = Fields(SHARED | OF_NOW | {"words": Rows(WORD), "form": Maybe(Either(FORM))})
OLDER = Fields(SHARED | {"format": Maybe(Text())})
RECORD = Fields(
    {"ids": Rows(Symbol(), 1, distinct=True), "static": Rows(Rows(Symbol()), 1), "files": Rows(Name())},
    optional={"categories": Table(Rows(Symbol())), UNIT: Text("us")},
)
TAIL = {  # the numbers and the axes of each tensor of the tail
    "y": (np.float64, 2),
    "real": (np.uint8, 2),
    "past": (np.float64, 2),
    "known": (np.float64, 2),
    "stamps": (np.int64, 1),
    "steps": (np.int64, 1),
    "rows": (np.int64, 1),
    "offset": (np.float64, 2),
    "scale": (np.float64, 2),
}
RESIDUALS = "residuals"


def check_encoder(values: Any, config: Any) -> None:
    """Raise Malformed unless `values` are those of an encoder for a Config."""
    for name in ("horizon", "window", "season"):
        require(getattr(config.forecast, name) is not None, f"config.forecast.{name} is missing")
    now = isinstance(values, dict) and "zone" in values
    check(values, ENCODER if now else OLDER, "encoder")
    roles, forecast = values["roles"], config.forecast
    every = [name for group in ("targets", "past", "known", "static") for name in roles[group]]
    require(len(set(every)) == len(every), "encoder.roles: a column has two roles")
    for name in ("past", "known", "static"):
        require(len(values[name]) == len(roles[name]), f"encoder.{name}: not one for each column of that role")
    words = [column["name"] for column in values.get("words", [])]
    require(set(words) <= {*roles["past"], *roles["known"]}, "encoder.words: of columns that are no covariates")
    require(len(set(words)) == len(words), "encoder.words: a column stands there twice")
    require(values["fourier"] == forecast.fourier, "encoder.fourier: unlike forecast.fourier")
    require(values["season"] == forecast.season, "encoder.season: unlike forecast.season")
    require(2 * values["fourier"] <= values["season"], "encoder.fourier: more waves than the season has")
    require(bool(values["cycles"]) <= forecast.calendar, "encoder.cycles: without forecast.calendar")
    _check_stamps(values, values.get("form" if now else "format"))


def _check_stamps(values: Any, form: Any) -> None:
    """Raise Malformed unless the parts of the encoder about stamps agree."""
    timed = values["stamps"] is not None
    require(timed == (form is not None), "encoder.form: stamps without a form, or a form without stamps")
    require(timed or values["frequency"] is None, "encoder.frequency: without stamps")
    require(is_closed_text(values.get("closed") or ""), "encoder.closed: not only weekdays, hours and dates")
    if isinstance(form, dict) and form["pattern"] not in NUMBERS:
        letters = {piece[-1] for piece in PIECE.findall(form["pattern"]) if piece not in "{}"}
        known = letters <= {*FIELDS, *SHORT_FIELDS, "%"} and "%" in form["pattern"]
        require(known, "encoder.form.pattern: not a format of stamps")
        try:
            compiled(form["pattern"])
        except (re.error, KeyError):
            raise Malformed("encoder.form.pattern: not a format of stamps") from None


def _check_clock(encoder: Any) -> None:
    """Raise Malformed unless the zone, the frequency and the closed steps of an encoder are known."""
    try:
        encoder.step_between  # noqa: B018 (made of the three, on the clock of the zone)
        encoder.clock  # noqa: B018
    except (ConfigError, DataError, ValueError, OverflowError) as error:
        raise Malformed(f"encoder: {' '.join(str(error).split())[:120]}") from None


def check_tail(config: Any, encoder: Any, arrays: Mapping[str, np.ndarray], record: Any) -> None:
    """Raise Malformed unless the tail, tensors "series/..." and their `record`, is that of series of an encoder."""
    check(record, RECORD, "record")
    _check_clock(encoder)
    tail = {name.removeprefix("series/"): array for name, array in arrays.items()}
    require(tail.keys() - {RESIDUALS} == TAIL.keys(), "its series are not complete, or other tensors stand among them")
    for name, (dtype, axes) in TAIL.items():
        found = tail[name]
        require(found.dtype == dtype and found.ndim == axes, f"series/{name}: found {found.dtype} {found.shape}")
        require(not (found.dtype.kind == "f" and np.isinf(found).any()), f"series/{name}: holds infinite numbers")
    require(not (tail["scale"] <= 0).any(), "series/scale: not all above 0")
    S, roles = len(record["ids"]), encoder.roles
    lengths = {"steps": int(tail["steps"].sum()), "rows": int(tail["rows"].sum())}
    require(
        len(tail["steps"]) == len(tail["rows"]) == len(record["static"]) == S,
        "series/steps, series/rows and record.static are not those of its ids",
    )
    require(
        bool((tail["steps"] > 0).all() and (tail["rows"] >= tail["steps"]).all()),
        "series/steps: not a number of steps for each series",
    )
    widths = {"y": len(roles.targets), "real": len(roles.targets), "past": len(roles.past), "known": len(roles.known)}
    for name, width in widths.items():
        rows = lengths["rows" if name == "known" else "steps"]
        require(tail[name].shape == (rows, width), f"series/{name}: shape {tail[name].shape}, not {(rows, width)}")
    require(tail["stamps"].shape == (lengths["rows"],), "series/stamps: not one for each row")
    for name in ("offset", "scale"):
        require(tail[name].shape == (S, len(roles.targets)), f"series/{name}: not one for each series and target")
    require(all(len(each) == len(roles.static) for each in record["static"]), "record.static: not one for each column")
    if RESIDUALS in tail:
        wanted = (config.forecast.horizon, len(roles.targets))
        found = tail[RESIDUALS]
        require(found.ndim == 3 and found.shape[1:] == wanted and found.dtype == np.float32, "series/residuals: shape")
