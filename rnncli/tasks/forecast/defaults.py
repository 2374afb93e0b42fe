"""Defaults for horizon, window, season and validation rows: the usual choices for a frequency, with their reasons."""

from typing import Any

import numpy as np

from ...data.series.panel import IRREGULAR, Panel
from ...data.series.splits import part_of
from ...data.time.clock import DAY, HOUR, WEEK
from ...data.time.frequency import Frequency, frequency_named
from ...errors import ConfigError, DataError
from ...phrases import counted
from .ends import rows_ahead
from .seasons import candidates, searched, shown

BY_ROW = 10  # horizon where the length of a step is unknown
SPANS = ((WEEK, 13 * WEEK, "a quarter"), (DAY, 14 * DAY, "two weeks"), (HOUR, DAY, "a day"), (HOUR // 4, DAY, "a day"))
MONTHS = ((12, 72, "six years"), (3, 24, "two years"), (0.5, 12, "a year"))
LONGEST_WINDOW = 720  # steps of a default window: a recurrent network reads them one by one
NEEDED = 4  # held-out windows that an 80 % interval needs; the 19 for 95 % would leave too few rows to train on
AHEAD = 3  # horizons that the longest series needs for one of as many steps as are to be forecast
SEASONS = 10  # from this many seasons of training rows on, a window has three seasons, below that two


def settled(config: Any, panel: Panel) -> tuple[dict[str, float], tuple[str, ...]]:
    """({setting: number}, notes): horizon, season, window and val_size, as given or chosen for `panel`.

    DataError where the series are too short for the horizon, ConfigError where the held-out rows are.
    """
    notes = []
    lengths = np.array([len(each) for each in panel.series])
    longest = int(lengths.max())
    test = _rows(config.series.test_size, longest)
    horizon = config.forecast.horizon or _horizon(config, panel, longest, notes)
    _check_held_out(config.series, horizon, longest)
    _check_length(panel, longest, test, _rows(config.series.val_size or 0, longest), horizon)
    val = config.series.val_size
    if val is None:
        val = _val_rows(lengths - np.array([_rows(config.series.test_size, n) for n in lengths]), horizon, notes)
    train = longest - test - _rows(val, longest)
    season = config.forecast.season or _season(_frequency(config, panel), _training(config, panel, val), notes)
    window = config.forecast.window or _window(train, season, horizon, notes)
    return {
        "series.val_size": float(val),
        "forecast.horizon": horizon,
        "forecast.window": window,
        "forecast.season": season,
    }, tuple(notes)


def _training(config, panel, val):
    """The training rows of each target of each series, (L,) float64."""
    return [
        target
        for each in panel.series
        for target in each.y[: len(each) - _rows(config.series.test_size, len(each)) - _rows(val, len(each))].T
    ]


def _rows(part, length):
    """The number of rows of a series that `part`, a number of rows or a share below 1, stands for."""
    return int(part_of(np.array(length), part))


def _horizon(config, panel, longest, notes):
    steps, why = usual_horizon(_frequency(config, panel))
    if ahead := rows_ahead(panel):
        if AHEAD * ahead <= longest:
            why = "the rows without a target at the end are to be forecast"
            notes.append(f"horizon {ahead:,}: {why}; --horizon sets another")
            return ahead
        notes.append(
            f"{counted(ahead, 'row')} without a target at the end are to be forecast, too many to learn at once here: "
            f"rnncli generate RUN --horizon {ahead} forecasts them"
        )
    limits = [(max(1, longest // 5), f"a fifth of the longest series, which has {longest:,} steps")]
    limits += [
        (_rows(part, longest), f"all of {option}")
        for option, part in (("--val-size", config.series.val_size), ("--test-size", config.series.test_size))
        if part
    ]
    limit, reason = min(limits)
    if 0 < limit < steps:
        steps, why = limit, reason
    notes.append(f"horizon {steps:,}: {why}; --horizon sets another")
    return steps


def usual_horizon(frequency: Frequency | None) -> tuple[int, str]:
    """(horizon, the reason in words) for a Frequency, None for series without one."""
    if frequency is None or frequency.unit == "index":
        return BY_ROW, "the length of a step is unknown"
    if frequency.unit == "business":
        steps = 2 * frequency.season if frequency.step.size == 1 else 10 // frequency.step.size
        return max(1, steps), f"two weeks of frequency {frequency.alias}"
    if frequency.closed and frequency.unit == "time":
        return frequency.season, f"an open day of frequency {frequency.alias}"
    length, spans = (frequency.step.months, MONTHS) if frequency.step.months else (int(frequency.length), SPANS)
    for size, span, name in spans:
        if length % size == 0:
            return max(1, int(span // length)), f"{name} of frequency {frequency.alias}"
    return min(60, max(12, int(HOUR // length))), f"usual for frequency {frequency.alias}"


def _frequency(config, panel):
    """The Frequency of the series; without stamps the one that --freq names, or None."""
    named = config.series.freq
    return frequency_named(named) if panel.stamps is None and named not in (None, IRREGULAR) else panel.frequency


def _season(frequency, train, notes):
    """The season of training rows, `train` [(L,) each]: one that they show, or the usual one where they cannot tell."""
    season, why = _checked_season(frequency, train)
    notes.append(f"season {season:,}: {why}; --season sets another")
    return season


def _checked_season(frequency, train):
    alias = frequency.alias if frequency else ""
    if frequency is None or frequency.unit == "index":
        season = searched(train)
        return (
            season,
            "the training rows show it" if season > 1 else "the training rows show none, and no stamps say more",
        )
    if not (asked := candidates(frequency)):
        return 1, f"usual for frequency {alias}"
    found = dict(zip(asked, shown(train, asked)))
    if seen := next((season for season, is_there in found.items() if is_there), None):
        return seen, f"usual for frequency {alias}, and the training rows show it"
    usual = asked[0]
    if found[usual] is not None:
        return 1, f"the training rows do not show that of {usual:,} which is usual for frequency {alias}"
    if usual >= max(map(len, train)):
        return 1, f"the training rows do not hold a whole season of {usual:,}"
    return usual, f"usual for frequency {alias}; the training rows are too few to tell"


def _window(train, season, horizon, notes):
    seasons = 3 if train >= SEASONS * season and 3 * season <= LONGEST_WINDOW else 2
    wanted = max(seasons * season, 2 * horizon)
    why = f"{seasons} seasons" if seasons * season >= 2 * horizon else "two horizons"
    for limit, reason in (
        (LONGEST_WINDOW, "longer windows are slow to read"),
        (max(1, train // 2), f"half of the {train:,} training rows"),
    ):
        if limit < wanted:
            wanted, why = limit, reason
    notes.append(f"window {wanted:,}: {why}; --window sets another")
    return wanted


def _val_rows(lengths, horizon, notes):
    """Validation rows for series with `lengths` (S,) before their test rows."""
    longest, tenth = int(lengths.max()), int(np.median(lengths)) // 10
    rows, why = max(horizon, tenth), "a tenth of the rows" if tenth > horizon else "one horizon"
    intervals = horizon - 1 + -(-NEEDED // len(lengths))
    if rows < intervals <= longest // 4:
        rows, why = intervals, "the fewest that 80 % intervals need"
    if longest - rows < 2 * horizon:
        rows, why = horizon, "one horizon, because the series are short"
    if longest - rows < 1 + horizon:
        rows, why = 0, "because the series are too short"
    notes.append(f"validation: {counted(rows, 'row')}, {why}; --val-size sets another number")
    return rows


def _check_held_out(series, horizon, longest):
    """ConfigError where the validation or test rows are fewer than a horizon."""
    for name, part in (("val_size", series.val_size), ("test_size", series.test_size)):
        if part and _rows(part, longest) < horizon:
            raise ConfigError(
                f"series.{name}: {counted(_rows(part, longest), 'row')} at most, fewer than the horizon of {horizon:,}",
                f"make --{name.replace('_', '-')} {horizon} or more, or --horizon smaller",
            )


def _check_length(panel, longest, test, val, horizon):
    """DataError where no series has one value to read and a horizon to train on."""
    left = longest - test - val
    if left < 1 + horizon:
        held = f", of which {test + val:,} are held out for validation and test" if test + val else ""
        raise DataError(
            f"{panel.files[0]}: the longest series has {counted(longest, 'row')}{held}; a horizon of {horizon:,} "
            f"needs at least {1 + horizon:,} rows to train on",
            f"give more rows, or make --horizon smaller{', or --val-size or --test-size' if held else ''}",
        )
