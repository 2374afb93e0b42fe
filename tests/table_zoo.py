"""Tables as people have them, in small and with numbers of our own: what the tests of whole commands on them share."""

import csv
import io
import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd
from pandas.tseries.frequencies import to_offset

from rnncli.storage.model_files import load_model
from rnncli.tasks.forecast.tables import read_tables

AHEAD = 4  # steps to forecast
TINY = ("--hidden-size", "4", "--max-steps", "2", "--workers", "1", "--seed", "1", "--window", "8")
HORIZON = ("--horizon", str(AHEAD))
ENGLISH = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]


@dataclass(frozen=True)
class Animal:
    """A table, and what a forecaster that was trained on it must have understood.

    ahead        the stamps of the forecasts of each series, as text in the form of the table; pandas' Timestamps where
                 the form is ours, because several columns make a date
    frequency    as pandas names it; None where pandas has no name for it or steps are not times
    ids          of the series in order; alternatives between |, any of which may be a part of the id; (): one series
    last         the last values of the first series
    """

    file: str
    data: str | bytes
    ahead: Sequence[str] | pd.DatetimeIndex
    frequency: str | None
    target: str | None = None
    ids: tuple[str, ...] = ()
    last: tuple[float, ...] = ()
    options: tuple[str, ...] = ()
    horizon: tuple[str, ...] = HORIZON


def wave(n: int, seed: int = 0, level: float = 20.0, size: float = 5.0, digits: int = 2) -> list[float]:
    """A wave of seven steps, a little uneven."""
    noise = np.random.default_rng(seed).normal(size=n)
    return [round(level + size * (math.sin(2 * math.pi * t / 7) + 0.2 * float(noise[t])), digits) for t in range(n)]


def dates(begin: str, n: int, freq: str, zone: str | None = None) -> tuple[pd.DatetimeIndex, pd.DatetimeIndex]:
    """(n stamps, those of the steps after them)."""
    both = pd.date_range(begin, periods=n + AHEAD, freq=freq, tz=zone)
    return both[:n], both[n:]


def text(stamps: Iterable[pd.Timestamp], form: str) -> list[str]:
    """Stamps in a form of strftime, in English whatever the locale; %-d, %-m, %-I: without a zero before them."""
    written = []
    for stamp in stamps:
        hour = stamp.hour % 12 or 12
        short = {"%-d": stamp.day, "%-m": stamp.month, "%-I": hour, "%p": "PM" if stamp.hour > 11 else "AM"}
        own = form.replace("%b", ENGLISH[stamp.month - 1])
        for sign, value in short.items():
            own = own.replace(sign, str(value))
        written.append(stamp.strftime(own))
    return written


def table(header: str, rows: Iterable[Sequence[object]], sep: str = ",", end: str = "\n") -> str:
    """CSV without quotes of its own."""
    return end.join([header, *(sep.join(map(str, row)) for row in rows)]) + end


def comma(value: float, digits: int = 2, thousands: str = "") -> str:
    """A number with a decimal comma."""
    return f"{value:,.{digits}f}".replace(",", "x").replace(".", ",").replace("x", thousands)


def is_understood(animal: Animal, command: Callable) -> None:
    """Train by one command, forecast after the table and after the table given again, and compare with what is right.

    command: the fixture, which runs `rnncli` in this process.
    """
    data = animal.data
    Path(animal.file).write_bytes(data if isinstance(data, bytes) else data.encode())
    code, _, err = command("train", animal.file, *TINY, *animal.horizon, *animal.options, "-o", "run")
    assert code == 0, err
    model = load_model("run")
    if animal.frequency:
        found = to_offset(model.encoder.frequency)
        assert found == to_offset(animal.frequency), model.encoder.frequency
    if animal.target:
        assert model.encoder.roles.targets == (animal.target,)
    if animal.last:
        steps = int(model.arrays["series/steps"][0])
        kept = model.arrays["series/y"][:steps, 0]
        assert np.allclose(kept[len(kept) - len(animal.last) :], animal.last, rtol=1e-12, equal_nan=True)
    code, out, err = command("generate", "run", "-q", "--level", "none")
    assert code == 0 and not err, err
    _are_forecasts(animal, out)
    code, again, err = command("generate", "run", animal.file, "-q", "--level", "none")
    assert code == 0, err
    assert again == out
    if not (roles := model.encoder.roles).past + roles.known + roles.static:
        _comes_back(model, out, command)


def _comes_back(model, out, command):
    """What --like-input writes is read as the table is: the same series, stamps and, but for their digits, values."""
    code, _, err = command("generate", "run", "--like-input", "-q", "--level", "none", "-o", "like.csv")
    assert code == 0 and not err, err
    config = replace(model.config, data=replace(model.config.data, files=("like.csv",)))
    panel = read_tables(config, model.encoder).panel
    rows = list(csv.DictReader(io.StringIO(out)))
    if panel.stamps is not None:
        read = [(each.id, text) for each in panel.series for text in panel.text(each.stamps)]
        assert sorted(read) == sorted((row["unique_id"], row["ds"]) for row in rows)
    values = {each.id: each.y[each.real[:, 0], 0] for each in panel.series}
    for name, own in values.items():
        wanted = [float(row["rnncli"]) for row in rows if row["unique_id"] == name or len(values) == 1]
        assert np.allclose(own, wanted, rtol=0.02, atol=0.1 * np.abs(wanted).max()), (own, wanted)


def _are_forecasts(animal, out):
    rows = list(csv.DictReader(io.StringIO(out)))
    found: dict[str, list[str]] = {}
    for row in rows:
        found.setdefault(row["unique_id"], []).append(row["ds"])
        assert math.isfinite(float(row["rnncli"]))
    assert len(found) == max(len(animal.ids), 1), list(found)
    for expected, name in zip(animal.ids, found):
        assert any(each == name or each in name.split("/") for each in expected.split("|")), (expected, name)
    for stamps in found.values():
        if isinstance(animal.ahead, pd.DatetimeIndex):
            assert [pd.Timestamp(stamp) for stamp in stamps] == list(animal.ahead)
        else:
            assert stamps == list(animal.ahead)
