"""The options of `rnncli generate` for a forecaster, checked before any file is read."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ...config import option_name
from ...errors import ConfigError
from ..picture_files import check_picture
from .number_lists import parse_level, parse_quantiles


@dataclass(frozen=True)
class Asked:
    """The options of the command by their keys, `level` and `quantiles` as numbers."""

    files: tuple[str, ...]
    config: Any  # Config by which the files are read
    given: frozenset[str]  # settings of it from options of the command
    seed: int
    drawn: bool  # whether the seed was not given
    horizon: int | None
    level: tuple[float, ...] | None  # None: not given
    quantiles: tuple[float, ...]
    min: float | None
    future: str | None
    future_template: bool | None
    series: list[str] | None  # ids
    num_samples: int | None
    output: str | None
    round: int | None
    like_input: bool | None
    plot: str | None


def checked(options: Mapping[str, Any]) -> Asked:
    """Asked. Raises ConfigError for options that cannot be used or exclude each other, before any file is read."""
    numbers = {"level": parse_level(options["level"]), "quantiles": parse_quantiles(options["quantiles"]) or ()}
    asked = Asked(**dict(options) | numbers)
    _check_numbers(asked)
    _check_files(asked)
    return asked


def _check_numbers(asked):
    if asked.num_samples is not None and (asked.level or asked.quantiles):
        raise ConfigError(
            "--num-samples excludes --level and --quantiles: it writes sample paths instead of intervals",
            "run the command once for each",
        )
    if asked.num_samples is not None and asked.num_samples < 1:
        raise ConfigError(f"--num-samples is {asked.num_samples}", "allowed: 1 or more")
    if asked.min is not None and not math.isfinite(asked.min):
        raise ConfigError(f"--min is {asked.min}", "give a number, as in --min 0")


def _check_files(asked):
    if asked.future_template and asked.plot:
        raise ConfigError(
            "--future-template and --plot exclude each other: the template has no forecast to draw",
            "leave one of them out",
        )
    if asked.given and not asked.files and not asked.future:
        raise ConfigError(
            f"{', '.join(map(option_name, sorted(asked.given)))}: for reading FILE or --future, but neither is named",
            "name a table after RUN, or leave it out: the forecast continues the data of the run",
        )
    if (*asked.files, asked.future).count("-") > 1:
        raise ConfigError("- is named more than once", "standard input can be read only once")
    if asked.plot:
        check_picture(asked.plot)
