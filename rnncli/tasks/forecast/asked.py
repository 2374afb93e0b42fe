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
    asked = Asked(
        **dict(options)
        | {
            "level": parse_level(options["level"]),
            "quantiles": parse_quantiles(options["quantiles"]) or (),
        }
    )
    for wrong, found, hint in (
        (
            asked.num_samples is not None and (asked.level or asked.quantiles),
            "--num-samples excludes --level and --quantiles: it writes sample paths instead of intervals",
            "run the command once for each",
        ),
        (
            asked.num_samples is not None and asked.num_samples < 1,
            f"--num-samples is {asked.num_samples}",
            "allowed: 1 or more",
        ),
        (
            asked.min is not None and not math.isfinite(asked.min),
            f"--min is {asked.min}",
            "give a number, as in --min 0",
        ),
        (
            asked.future_template and asked.plot,
            "--future-template and --plot exclude each other: the template has no forecast to draw",
            "leave one of them out",
        ),
        (
            asked.given and not asked.files and not asked.future,
            f"{', '.join(map(option_name, sorted(asked.given)))}: for reading FILE or --future, but neither is named",
            "name a table after RUN, or leave it out: the forecast continues the data of the run",
        ),
        (
            (*asked.files, asked.future).count("-") > 1,
            "- is named more than once",
            "standard input can be read only once",
        ),
    ):
        if wrong:
            raise ConfigError(found, hint)
    if asked.plot:
        check_picture(asked.plot)
    return asked
