"""`rnncli eval` of a forecaster: errors of its forecasts from rolling origins, beside naive forecasts and a ridge."""

from dataclasses import replace
from difflib import get_close_matches

from ..forecasting.anomalies import step_records
from ..errors import ConfigError
from ..forecasting.baselines import BASELINES
from ..forecasting.sources import held_out_name, other_series, seen_before, stored_series
from ..forecasting.report import LEVELS, SKILL, report
from ..gates import Task, apply_gates, parse_gates, raise_if_failed
from ..forecasting.metrics import metric_names
from ..plugins import user_code
from ..ui.console import stderr_console
from ..ui.evaluation import ProgressDisplay
from ..ui.forecast_evaluation import render
from .output import tell, write


def eval_series(loaded, options, files, split, beaten, checks, format, progress, quiet, color):
    """Score `loaded` (Loaded) as the options of the command say; `options` are those for series, by their names."""
    levels = numbers("--level", options["--level"], 100)
    quantiles = numbers("--quantiles", options["--quantiles"], 1)
    check_baselines(beaten, files)
    task = Task(metric_names(LEVELS if levels is None else levels), SKILL, BASELINES, "mae=12")
    gates = parse_gates(task, beaten=beaten, **checks)
    with user_code(), ProgressDisplay(stderr_console(color), progress) as shown:
        reading = lambda done, total: shown("reading", done, total)
        data = other_series(loaded, files, reading) if files else stored_series(loaded, reading)
        name = held_out_name(loaded, data, split)
        found = report(loaded, data, name, options["--step-size"] or 1, options["--n-windows"], levels, quantiles,
                       shown)
        steps = step_records(loaded, data, name, shown) if options["--per-step"] else None
    if files:
        found = replace(found, warnings=(*seen_before(loaded, data, name), *found.warnings))
        for note in () if quiet else data.notes:
            tell(f"note: {note}")
    for warning in found.warnings:
        tell(f"warning: {warning}")
    made = apply_gates(gates, found.metrics(), found.baselines())
    write(render(found, made, format, bool(options["--per-series"]), steps))
    raise_if_failed(made)


def check_baselines(beaten, files):
    """Raises ConfigError for --beat-baseline without the name of a baseline, or with one that is not known."""
    known = f"known: {', '.join(BASELINES)}"
    for name in beaten:
        if name not in BASELINES:
            near = get_close_matches(name, BASELINES, 1) or [
                match for file in files for match in get_close_matches(file, BASELINES, 1)]
            hint = f"did you mean '--beat-baseline {near[0]}'?" if near else "write --beat-baseline seasonal_naive"
            said = f"unknown baseline '{name}'" if name else "which baseline to beat is not said"
            raise ConfigError(f"--beat-baseline: {said}; {known}", hint)


def numbers(option, text, most):
    """(n,) distinct numbers between 0 and `most`, rising, from a text as "80,95", none of them from "none"; None for
    None. ConfigError for what is no number."""
    if text in (None, "none"):
        return None if text is None else ()
    try:
        found = tuple(sorted({float(part) for part in text.split(",")}))
    except ValueError:
        found = (0.0,)
    if not all(0 < number < most for number in found):
        example = "80,95" if most == 100 else "0.1,0.5,0.9"
        raise ConfigError(f"{option} {text}: not numbers between 0 and {most}, with commas between them",
                          f"write {option} {example}")
    return found
