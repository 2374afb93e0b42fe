"""The part of the data that a checkpoint of a forecaster stores: the columns it reads and their units."""

from dataclasses import asdict, dataclass, fields, replace
from typing import Any

import numpy as np

from ...data.series.arrangement import Arrangement
from ...data.series.panel import Panel, Series
from ...data.series.roles import Roles
from ...data.series.splits import Split
from ...data.series.window import Arrays
from ...data.tables.frame import Written
from ...data.time.calendar import calendar_features, cycles_for, fourier_features
from ...data.time.clock import SECOND, Clock
from ...data.time.frequency import Frequency, frequency_named
from ...data.time.stamps import Form
from ...errors import ConfigError
from .covariates import (
    StaticColumn,
    WordColumn,
    covariate_units,
    encoded,
    fit_words,
    inputs_of,
    static_column,
)

AS_CSV = Written()


@dataclass(frozen=True)
class SeriesEncoder:
    """Turns series into the inputs of a network.

    kind, form, zone: of the stamps, None without a time column; zone: whose days count. frequency: an alias, None for
    irregular series and for rows without stamps; closed: the steps that it skips. step: the median step of irregular
    series, in microseconds or in the integers of their index. gappy: whether inputs mark the missing targets. past,
    known: offset and scale of each past and each future covariate. cycles, season, fourier: the computed inputs. words:
    the covariates that are words. arrangement, written: how the tables of the run were made long, and how the first was
    written.
    """

    roles: Roles
    kind: str | None
    form: Form | None
    frequency: str | None
    step: float
    gappy: bool
    past: tuple[tuple[float, float], ...] = ()
    known: tuple[tuple[float, float], ...] = ()
    static: tuple[StaticColumn, ...] = ()
    cycles: tuple[str, ...] = ()
    season: int = 1
    fourier: int = 0
    words: tuple[WordColumn, ...] = ()
    zone: str | None = None
    closed: str | None = None
    arrangement: Arrangement = Arrangement()
    written: Written = Written()

    @property
    def irregular(self) -> bool:
        return self.kind is not None and self.frequency is None

    @property
    def step_between(self) -> Frequency | None:
        """The Frequency, None for irregular series and for rows without stamps."""
        return frequency_named(self.frequency, self.clock, self.closed) if self.frequency else None

    @property
    def clock(self) -> Clock:
        """The Clock whose days, weeks and months count."""
        return Clock(self.zone)

    @property
    def future_inputs(self) -> tuple[str, ...]:
        """Names of the future covariates, computed ones last."""
        circles = [f"{part} {cycle}" for cycle in self.cycles for part in ("sin", "cos")]
        waves = [f"{part} {k}/{self.season}" for part in ("sin", "cos") for k in range(1, self.fourier + 1)]
        return (*inputs_of(self.roles.known, self._words), *circles, *waves)

    @property
    def covariates(self) -> tuple[str, ...]:
        """Names of the inputs made from past and future covariates, but for computed ones."""
        return tuple(inputs_of((*self.roles.past, *self.roles.known), self._words))

    @property
    def _words(self):
        return {column.name: column for column in self.words}

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of the inputs of a step, in order."""
        marks = [f"{name} is there" for name in self.roles.targets] if self.gappy else []
        return (
            *self.roles.targets,
            *marks,
            *(["elapsed"] if self.irregular else []),
            *inputs_of(self.roles.past, self._words),
            *self.future_inputs,
            *(name for column in self.static for name in column.inputs),
        )

    @property
    def size(self) -> list[int]:
        """[D, Q, K]: inputs of a step, future covariates among them, targets."""
        return [len(self.columns), len(self.future_inputs), len(self.roles.targets)]

    def to_dict(self) -> dict[str, Any]:
        """JSON values for `from_dict`."""
        values = {field.name: getattr(self, field.name) for field in fields(self) if field.name != "kind"}
        for name in ("roles", "written"):
            values[name] = asdict(values[name])
        for name in ("static", "words"):
            values[name] = [asdict(column) for column in values[name]]
        values["form"] = self.form.to_dict() if self.form else None
        values["arrangement"] = self.arrangement.to_dict()
        return {"kind": "series", "stamps": self.kind, **values}

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> "SeriesEncoder":
        """The SeriesEncoder that `to_dict` wrote, read from JSON or not; also one from before stamps had a zone, whose
        steps are in seconds."""
        values = {key: value for key, value in values.items() if key != "kind"}
        values["kind"] = values.pop("stamps")
        if "zone" not in values:
            values = _of_old(values)
        roles: dict[str, Any] = values["roles"]
        columns = {key: tuple(roles[key]) for key in ("targets", "past", "known", "static")}
        values["roles"] = Roles(roles["id"], roles["time"], **columns)
        for name, column in (("static", StaticColumn), ("words", WordColumn)):
            values[name] = tuple(column(**{**each, "words": tuple(each["words"])}) for each in values[name])
        for name in ("past", "known"):
            values[name] = tuple(map(tuple, values[name]))
        values["cycles"] = tuple(values["cycles"])
        values["form"] = Form.from_dict(values["form"]) if values["form"] else None
        values["arrangement"] = Arrangement.from_dict(values["arrangement"])
        return cls(**{**values, "written": Written.from_dict(values["written"])})

    def stamps_after(self, series: Series, n: int) -> np.ndarray:
        """(n,) int64: the stamps of the n steps after the last value of a Series: given ones, then by the frequency or
        the median step; row numbers where there are no stamps."""
        last, given = series.stamps[len(series) - 1], series.stamps[len(series) :][:n]
        if frequency := self.step_between:
            return frequency.after(last, n)
        start = given[-1] if len(given) else last
        more = start + np.round(self.step * np.arange(1, n - len(given) + 1)).astype(np.int64)
        return np.concatenate([given, more])

    def arrays(self, panel: Panel, room: int) -> Arrays:
        """The Arrays of a Panel, future covariates up to `room` steps after the last value."""
        return Arrays(
            [each.y for each in panel.series],
            [each.carried for each in panel.series],
            [each.real for each in panel.series],
            [self._own(each, panel.categories) for each in panel.series],
            [self._known(each, room, panel.categories) for each in panel.series],
            np.array([self._static(each) for each in panel.series]).reshape(len(panel.series), -1),
            np.array([np.log1p(1.0)] * self.irregular + [0.0] * len(inputs_of(self.roles.past, self._words))),
            self._foreseen(panel),
        )

    def _foreseen(self, panel):
        """The `Foreseen` of irregular series without future covariates: nobody knows the stamps after an origin, so
        those of `stamps_after` count. None for others: their `known` rows do not depend on the origin."""
        if not self.irregular or self.known or not self.future_inputs:
            return None

        def ahead(series, first, h):
            last = np.array([panel.series[s].stamps[t - 1] for s, t in zip(series.tolist(), first.tolist())], np.int64)
            steps = np.round(self.step * np.arange(1, h + 1)).astype(np.int64)
            return self._computed((last + steps[:, None]).reshape(-1)).reshape(h, len(last), -1)

        return ahead

    def _own(self, series, texts):
        """(L, E) elapsed time, for irregular series, and past covariates; 0 where missing."""
        L, parts = len(series), []
        if not (self.irregular or self.roles.past):
            return np.zeros((L, 0))
        if self.irregular:
            steps = np.diff(series.stamps[:L], prepend=series.stamps[0] - self.step) / self.step
            parts = [np.log1p(steps)[:, None]]
        return np.concatenate([*parts, encoded(series.past, self.roles.past, self.past, self._words, texts)], axis=1)

    def _known(self, series, room, texts):
        """(L + room, Q) future covariates, 0 where missing, and computed ones."""
        L = len(series)
        if not self.future_inputs:
            return np.zeros((L + room, 0))
        given = np.full((L + room, len(self.known)), np.nan)
        kept = series.known[: L + room]
        given[: len(kept)] = kept
        stamps = np.concatenate([series.stamps[:L], self.stamps_after(series, room)])
        inputs = encoded(given, self.roles.known, self.known, self._words, texts)
        return np.concatenate([inputs, self._computed(stamps)], axis=1)

    def _computed(self, stamps):
        """(R, n) the computed future covariates of stamps (R,)."""
        parts = [np.empty((len(stamps), 0))]
        if self.cycles:
            parts.append(calendar_features(self.clock.local(stamps), self.cycles))
        if self.fourier:
            parts.append(fourier_features(self._ordinals(stamps), self.season, self.fourier))
        return np.concatenate(parts, axis=1)

    def _ordinals(self, stamps):
        """(R,) step numbers, the same for every series at the same time."""
        frequency = self.step_between
        return frequency.cut(stamps)[0] if frequency else stamps / self.step

    def _static(self, series):
        return [number for column, text in zip(self.static, series.static) for number in column.encode(text, series.id)]


def fit_encoder(
    panel: Panel, train: Split, config: Any, arrangement: Arrangement | None = None, written: Written = AS_CSV
) -> SeriesEncoder:
    """The SeriesEncoder of a Panel, with units fitted on the rows of the Split `train`.

    arrangement, written: of the tables; None: a long one with the columns of the roles.

    ConfigError for calendar inputs without dates and for more Fourier terms than a season has.
    """
    forecast, stamps, roles = config.forecast, panel.stamps, panel.roles
    arrangement = arrangement or _arrangement(roles)
    reach = forecast.window + forecast.difference + forecast.horizon
    gappy = any(np.isnan(each.carried).any() for each in panel.series) or bool((train.stop < reach).any())
    found = SeriesEncoder(
        roles,
        stamps and stamps.kind,
        stamps and stamps.form,
        panel.frequency.alias if panel.frequency else None,
        _median_step(panel),
        gappy,
        covariate_units(panel, train, "past"),
        covariate_units(panel, train, "known"),
        tuple(static_column(panel, k, arrangement.words) for k in range(len(roles.static))),
        season=forecast.season,
        words=fit_words(panel, train),
        zone=stamps and stamps.clock.zone,
        closed=panel.frequency and panel.frequency.closed,
        arrangement=arrangement,
        written=written,
    )
    if forecast.calendar:
        found = replace(found, cycles=_cycles(panel, found.step))
    if 2 * forecast.fourier > forecast.season:
        raise ConfigError(
            f"forecast.fourier: {forecast.fourier} pairs need a season of {2 * forecast.fourier} steps "
            f"or more, found {forecast.season}",
            "set --season, or make --fourier smaller",
        )
    return replace(found, fourier=forecast.fourier)


def _median_step(panel):
    """The median step between stamps; 1 without stamps, and where no series has two."""
    steps = [np.diff(each.stamps[: len(each)]) for each in panel.series] if panel.stamps else []
    steps = np.concatenate(steps) if steps else np.ones(1)
    return float(np.median(steps)) if len(steps) else 1.0


def _cycles(panel, step):
    if panel.stamps is None or panel.stamps.kind != "time":
        raise ConfigError("forecast.calendar: the table has no column of dates", "leave it out; --fourier needs none")
    return cycles_for(step)


def _arrangement(roles):
    """The Arrangement of a long table with these Roles."""
    return Arrangement("long", tuple(filter(None, [roles.id])), tuple(filter(None, [roles.time])))


def _of_old(values):
    """The values of an encoder of today from those of one whose stamps are in seconds, with a format alone."""
    values = {**values, "words": [], "closed": None, "written": {}, "form": values["format"]}
    form = Form.from_dict(values["form"]) if values["form"] else None
    values["zone"] = form.zone if form and values["kind"] == "time" else None
    if values["kind"] == "time":
        values["step"] *= SECOND
    values["arrangement"] = _arrangement(Roles(**values["roles"])).to_dict()
    del values["format"]
    return values
