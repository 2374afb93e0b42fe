"""`rnncli eval` for a forecaster: its own weights, or models retrained before each origin."""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from ...errors import ConfigError
from ..base import Output
from .anomalies import step_records
from .evaluation_data import other_data, own_data
from .metrics import names_of_metrics
from .number_lists import parse_level, parse_quantiles
from .refit import cleared_up, refit_report
from .report import ForecastReport
from .scoring import LEVELS, report


def metric_names(loaded: Any, options: Mapping[str, Any]) -> tuple[str, ...]:
    """See `tasks.base.Task.metric_names`; raises ConfigError for levels that are not numbers."""
    levels = parse_level(options["level"])
    return names_of_metrics(LEVELS if levels is None else sorted(levels))


def evaluate(loaded: Any, options: Mapping[str, Any], out: Output) -> ForecastReport:
    """See `tasks.base.Task.evaluate`."""
    check_together(options)
    levels, quantiles = parse_level(options["level"]), parse_quantiles(options["quantiles"])
    how = {
        "levels": levels and tuple(sorted(levels)),
        "quantiles": quantiles and tuple(sorted(quantiles)),
        "n_windows": options["n_windows"],
        "stride": options["step_size"],
    }
    if options["refit"]:
        with cleared_up():
            found = refit_report(loaded, options["files"], **how, progress=out.progress, config=options["config"])
    else:
        found = of_own_weights(loaded, options, how, out)
    units = tuple(look.unit for look in loaded.encoder.written.looks)
    return replace(found, per_series=bool(options["per_series"]), units=units)


def of_own_weights(loaded: Any, options: Mapping[str, Any], how: dict[str, Any], out: Output) -> ForecastReport:
    """The report on the weights of `loaded`, with the records of single steps where they are wanted."""
    files, reading = options["files"], partial(out.progress, "reading")
    split = options["split"]
    source = other_data(loaded, files, split, reading, options["config"]) if files else own_data(loaded, split, reading)
    for note in source.data.notes if files else ():
        out.note(f"note: {note}")
    how = how | {"stride": how["stride"] or 1}
    found = report(loaded, source.data, source.split, known=source.known, progress=out.progress, **how)
    steps = step_records(loaded, source.data, source.split, out.progress) if options["per_step"] else None
    warnings, notes = (*source.warnings, *found.warnings), (*source.notes, *found.notes)
    return replace(found, warnings=warnings, notes=notes, steps=steps)


def check_together(options: Mapping[str, Any]) -> None:
    """Raises ConfigError for options that --refit excludes."""
    given = [name for name, key in (("--split", "split"), ("--per-step", "per_step")) if options[key]]
    if options["refit"] and given:
        raise ConfigError(
            f"--refit excludes {' and '.join(given)}: it trains a model for each origin, counted from the end of "
            "each series",
            "choose the origins with --n-windows and --step-size",
        )
