"""The part of the data that a checkpoint of a forecaster stores: the columns it reads and their units."""

from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np

from ...data.series.panel import Panel, Roles, Series
from ...data.series.scaling import Units, series_units
from ...data.series.windows import Arrays, Split
from ...data.tables.numbers import is_missing, number_pattern
from ...data.time.calendar import calendar_features, cycles_for, fourier_features
from ...data.time.frequency import Frequency, frequency_named
from ...data.time.stamps import clock_offset
from ...errors import ConfigError, DataError


@dataclass(frozen=True)
class StaticColumn:
    """A column with one value for each series: words with an input for each, or standardised numbers."""

    name: str
    words: tuple[str, ...] = ()
    offset: float = 0.0
    scale: float = 1.0

    @property
    def inputs(self) -> tuple[str, ...]:
        """Names of the inputs made from it."""
        return tuple(f"{self.name}={word}" for word in self.words) or (self.name,)

    def encode(self, text: str, series: str) -> list[float]:
        """[inputs] of one value. DataError for a word that no training series had, and for an invalid number."""
        if self.words:
            if text not in self.words:
                raise DataError(
                    f"series '{series}', column {self.name}: the model does not know the word '{text}'",
                    f"known: {', '.join(self.words)}",
                )
            return [float(text == word) for word in self.words]
        if is_missing(text):
            return [0.0]
        if not number_pattern().fullmatch(text.strip()):
            raise DataError(
                f"series '{series}', column {self.name}: '{text}' is not a number",
                "in training this column held numbers",
            )
        return [(float(text) - self.offset) / self.scale]


@dataclass(frozen=True)
class SeriesEncoder:
    """Turns series into the inputs of a network.

    kind, format: of the stamps, None without a time column. frequency: an alias, None for irregular series and for rows
    without stamps. step: the median step of irregular series, in seconds or in the integers of their index. gappy:
    whether inputs mark the missing targets. past, known: offset and scale of each past and each future covariate.
    cycles, season, fourier: the computed inputs.
    """

    roles: Roles
    kind: str | None
    format: str | None
    frequency: str | None
    step: float
    gappy: bool
    past: tuple[tuple[float, float], ...] = ()
    known: tuple[tuple[float, float], ...] = ()
    static: tuple[StaticColumn, ...] = ()
    cycles: tuple[str, ...] = ()
    season: int = 1
    fourier: int = 0

    @property
    def irregular(self) -> bool:
        return self.kind is not None and self.frequency is None

    @property
    def step_between(self) -> Frequency | None:
        """The Frequency, None for irregular series and for rows without stamps."""
        return frequency_named(self.frequency) if self.frequency else None

    @property
    def future_inputs(self) -> tuple[str, ...]:
        """Names of the future covariates, computed ones last."""
        circles = [f"{part} {cycle}" for cycle in self.cycles for part in ("sin", "cos")]
        waves = [f"{part} {k}/{self.season}" for part in ("sin", "cos") for k in range(1, self.fourier + 1)]
        return (*self.roles.known, *circles, *waves)

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of the inputs of a step, in order."""
        marks = [f"{name} is there" for name in self.roles.targets] if self.gappy else []
        return (
            *self.roles.targets,
            *marks,
            *(["elapsed"] if self.irregular else []),
            *self.roles.past,
            *self.future_inputs,
            *(name for column in self.static for name in column.inputs),
        )

    @property
    def size(self) -> list[int]:
        """[D, Q, K]: inputs of a step, future covariates among them, targets."""
        return [len(self.columns), len(self.future_inputs), len(self.roles.targets)]

    def to_dict(self) -> dict[str, Any]:
        """JSON values for `from_dict`."""
        return {
            "kind": "series",
            "stamps": self.kind,
            **{key: value for key, value in asdict(self).items() if key != "kind"},
        }

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> "SeriesEncoder":
        """The SeriesEncoder that `to_dict` wrote, read from JSON or not."""
        values = {key: value for key, value in values.items() if key != "kind"}
        roles: dict[str, Any] = {
            key: tuple(value) if isinstance(value, list | tuple) else value
            for key, value in values.pop("roles").items()
        }
        static = tuple(StaticColumn(**{**each, "words": tuple(each["words"])}) for each in values.pop("static"))
        units = {name: tuple(map(tuple, values.pop(name))) for name in ("past", "known")}
        return cls(
            Roles(**roles), values.pop("stamps"), static=static, cycles=tuple(values.pop("cycles")), **units, **values
        )

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
            [self._own(each) for each in panel.series],
            [self._known(each, room) for each in panel.series],
            np.array([self._static(each) for each in panel.series]).reshape(len(panel.series), -1),
            np.array([np.log1p(1.0)] * self.irregular + [0.0] * len(self.past)),
        )

    def _own(self, series):
        """(L, E) elapsed time, for irregular series, and past covariates; 0 where missing."""
        L, parts = len(series), []
        if self.irregular:
            steps = np.diff(series.stamps[:L], prepend=series.stamps[0] - self.step) / self.step
            parts = [np.log1p(steps)[:, None]]
        return np.concatenate([*parts, _standardised(series.past, self.past)], axis=1)

    def _known(self, series, room):
        """(L + room, Q) future covariates, 0 where missing, and computed ones."""
        L = len(series)
        given = np.full((L + room, len(self.known)), np.nan)
        kept = series.known[: L + room]
        given[: len(kept)] = kept
        stamps = np.concatenate([series.stamps[:L], self.stamps_after(series, room)])
        parts = [_standardised(given, self.known)]
        if self.cycles:
            parts.append(calendar_features(stamps + clock_offset(self.format or ""), self.cycles))
        if self.fourier:
            parts.append(fourier_features(self._ordinals(stamps), self.season, self.fourier))
        return np.concatenate(parts, axis=1)

    def _ordinals(self, stamps):
        """(R,) step numbers, the same for every series at the same time."""
        frequency = self.step_between
        return frequency.cut(stamps)[0] if frequency else stamps / self.step

    def _static(self, series):
        return [number for column, text in zip(self.static, series.static) for number in column.encode(text, series.id)]


def fit_encoder(panel: Panel, train: Split, config: Any) -> SeriesEncoder:
    """The SeriesEncoder of a Panel, with units fitted on the rows of the Split `train`.

    ConfigError for calendar inputs without dates and for more Fourier terms than a season has.
    """
    forecast, stamps, roles = config.forecast, panel.stamps, panel.roles
    reach = forecast.window + forecast.difference + forecast.horizon
    gappy = any(np.isnan(each.carried).any() for each in panel.series) or bool((train.stop < reach).any())
    found = SeriesEncoder(
        roles,
        stamps and stamps.kind,
        stamps and stamps.format,
        panel.frequency.alias if panel.frequency else None,
        _median_step(panel),
        gappy,
        _covariate_units(panel, train, "past"),
        _covariate_units(panel, train, "known"),
        tuple(_static_column(panel, k) for k in range(len(roles.static))),
        season=forecast.season,
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


def _covariate_units(panel, train, name):
    """((offset, scale) of each column) over the training rows of all series together."""
    columns = getattr(panel.roles, name)
    if not columns:
        return ()
    rows = np.concatenate([getattr(each, name)[:stop] for each, stop in zip(panel.series, train.stop)])
    units = series_units(rows, "standard")
    return tuple(zip(units.offset.tolist(), units.scale.tolist()))


def _standardised(columns, pairs):
    """(R, n) columns in the units of n (offset, scale) pairs, 0 where missing."""
    offset, scale = np.array(pairs, float).reshape(-1, 2).T
    return np.nan_to_num(Units(offset, scale).apply(columns), nan=0.0)


def _static_column(panel, k):
    name, texts = panel.roles.static[k], [each.static[k] for each in panel.series]
    given = [text.strip() for text in texts if not is_missing(text)]
    if given and all(map(number_pattern().fullmatch, given)):
        units = series_units(np.array(given, float)[:, None], "standard")
        return StaticColumn(name, offset=float(units.offset[0]), scale=float(units.scale[0]))
    return StaticColumn(name, tuple(dict.fromkeys(texts)))
