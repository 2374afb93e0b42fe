"""`rnncli eval` of a forecaster: errors of its forecasts from rolling origins, beside naive forecasts and a ridge."""

import signal
from contextlib import contextmanager
from dataclasses import replace
from difflib import get_close_matches

from ..errors import ConfigError, Interrupted
from ..plugins import user_code
from ..tasks.forecast.anomalies import step_records
from ..tasks.forecast.baselines import BASELINES
from ..tasks.forecast.evaluate import LEVELS, SKILL, report
from ..tasks.forecast.evaluation_data import other_source, own_source
from ..tasks.forecast.metrics import metric_names
from ..tasks.forecast.refit import refit_report
from ..tasks.metric_checks import Task, apply_gates, parse_gates, raise_if_failed
from ..ui.console import stderr_console
from ..ui.forecast_evaluation import render
from ..ui.progress_display import ProgressDisplay
from .output import tell, write


def eval_series(loaded, options, files, split, beaten, checks, format, progress, quiet, color):
    """Score `loaded` (Loaded) as the options of the command say; `options` are those for series, by their names."""
    levels = numbers("--level", options["--level"], 100)
    quantiles = numbers("--quantiles", options["--quantiles"], 1)
    check_baselines(beaten, files)
    check_refit(options, split)
    task = Task(metric_names(LEVELS if levels is None else levels), SKILL, BASELINES, "mae=12")
    gates = parse_gates(task, beaten=beaten, **checks)
    how = {
        "levels": levels,
        "quantiles": quantiles,
        "n_windows": options["--n-windows"],
        "stride": options["--step-size"],
    }
    with user_code(), ProgressDisplay(stderr_console(color), progress) as shown:
        if options["--refit"]:
            with cleared_up():
                found, steps = refit_report(loaded, files, **how, progress=shown), None
        else:
            found, steps = evaluated(loaded, files, split, how, options["--per-step"], shown, quiet)
    for warning in found.warnings:
        tell(f"warning: {warning}")
    made = apply_gates(gates, found.metrics(), found.baselines())
    write(render(found, made, format, bool(options["--per-series"]), steps))
    raise_if_failed(made)


def evaluated(loaded, files, split, how, per_step, shown, quiet):
    """(ForecastReport, records of single steps or None) of the weights that `loaded` has."""
    reading = lambda done, total: shown("reading", done, total)
    source = other_source(loaded, files, split, reading) if files else own_source(loaded, split, reading)
    for note in source.data.notes if files and not quiet else ():
        tell(f"note: {note}")
    found = report(
        loaded, source.data, source.split, known=source.known, progress=shown, **how | {"stride": how["stride"] or 1}
    )
    found = replace(found, warnings=(*source.warnings, *found.warnings), notes=(*source.notes, *found.notes))
    return found, step_records(loaded, source.data, source.split, shown) if per_step else None


@contextmanager
def cleared_up():
    """While it lasts, SIGTERM ends as Ctrl-C does, so that nothing that was begun is left behind."""

    def handle(number, frame):
        raise Interrupted("stopped; nothing is left of the models that were trained for it", None, 128 + number)

    before = signal.signal(signal.SIGTERM, handle)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def check_refit(options, split):
    """Raises ConfigError for options that --refit excludes."""
    given = [name for name, value in (("--split", split), ("--per-step", options["--per-step"])) if value]
    if options["--refit"] and given:
        raise ConfigError(
            f"--refit excludes {' and '.join(given)}: it counts origins from the end of each series and "
            "trains a model for each",
            "choose them with --n-windows and --step-size",
        )


def check_baselines(beaten, files):
    """Raises ConfigError for --beat-baseline without the name of a baseline, or with one that is not known."""
    known = f"known: {', '.join(BASELINES)}"
    for name in beaten:
        if name not in BASELINES:
            near = get_close_matches(name, BASELINES, 1) or [
                match for file in files for match in get_close_matches(file, BASELINES, 1)
            ]
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
        raise ConfigError(
            f"{option} {text}: not numbers between 0 and {most}, with commas between them", f"write {option} {example}"
        )
    return found
