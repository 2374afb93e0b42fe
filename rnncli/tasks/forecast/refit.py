"""Trained again before each origin: how good forecasts are if a model is always brought up to date.

It tells of the settings of a model, not of one set of weights. For an origin `rows` before the end of each series that
many rows are test rows, as if `train --test-size` had said so; the validation rows of the run lie right before them.
"""

from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from ...config import stored_draft, to_dict
from ...errors import DataError, Diverged
from ...events import RunStarted, StepDone
from ...phrases import counted
from ...storage.model_files import load_model
from ...training.loop import train
from ...training.run import prepare
from .evaluate import origins, round_of, scored
from .evaluation_data import known_before, stored_series

WINDOWS = 3  # origins, where nobody says how many
NAME = "refit"  # of the rows that are scored
SHARES = 1_000  # parts in which progress is told where the number of steps is not known


def refit_report(loaded, files=(), n_windows=None, stride=None, levels=None, quantiles=None, progress=None):
    """The ForecastReport of models with the settings of `loaded` (Loaded), trained on what lies before each origin.

    files: other files to train and evaluate on, as seen from here. n_windows: origins, counted from the end of each
    series; stride: steps from one to the next, None for a horizon. levels, quantiles: as for `report`. progress: called
    with (what is being done, done, total), total None where it is not known. The baselines, too, are fitted and scaled
    before each origin. Raises DataError for standard input, for files that have changed and where the rows before an
    origin are too few; and what training raises.
    """
    progress = progress or (lambda what, done, total: None)
    config = _config(loaded, files, progress)
    n_windows, stride = n_windows or WINDOWS, stride or config.forecast.horizon
    held_back = [config.forecast.horizon + behind * stride for behind in reversed(range(n_windows))]

    def rounds():
        asked = {"levels": levels, "quantiles": quantiles}
        for number, rows in enumerate(held_back, 1):
            again, data = refit(
                config, rows, lambda done, total: progress(f"training {number:,} of {len(held_back):,}", done, total)
            )
            windows = first_origins(data, rows)
            one = round_of(again, data, NAME, windows, known_before(data, "test"), **asked)
            asked = {"levels": one.levels, "quantiles": one.quantiles}  # of the shortest past, for all
            yield one

    found = scored(rounds(), stride, progress)
    note = (
        f"trained again before each of {counted(n_windows, 'origin')}, with the settings and the seed of "
        f"{loaded.path}; baselines are fitted and errors scaled by the rows before each"
    )
    return replace(found, notes=(note, *found.notes))


def first_origins(data, rows):
    """(series (W,), first step to forecast (W,)): the origin `rows` before the end of each series that has one."""
    test = data.splits["test"]
    series, first = origins(data, test)
    kept = test.stop[series] - first == rows
    return series[kept], first[kept]


def refit(config, rows, progress=None):
    """(Loaded, SeriesData) of a model trained by a stored Config without the last `rows` rows of each series.

    The run lies in a temporary folder that is gone when this returns or raises. progress: called with (done, total).
    """
    draft = stored_draft(to_dict(config))
    draft.decide("series.test_size", float(rows))
    with TemporaryDirectory(prefix="rnncli-refit-") as folder:
        path = Path(folder, "run")
        try:
            run = prepare(draft, str(path))
        except DataError as error:
            raise DataError(
                f"without the last {counted(rows, 'row')}: {error}", "choose fewer --n-windows or a smaller --step-size"
            ) from error
        try:
            with run:
                for event in train(run):
                    _tell(event, run, progress)
        except Diverged as error:
            raise Diverged(
                f"without the last {counted(rows, 'row')}: {error}",
                "train the model itself with a lower --lr or --clip-norm",
            ) from error
        return load_model(path), run.task.data


def _tell(event, run, progress):
    """How far training is, in steps; in shares where only time limits it."""
    if progress and isinstance(event, RunStarted | StepDone):
        steps, done = run.budget.steps(run.batches.batches(0)), event.step
        if steps is None:
            steps, done = SHARES, round(SHARES * getattr(event, "fraction", 0))
        progress(done, steps)


def _config(loaded, files, progress):
    """The stored Config, with other files if there are any; its own must be what they were."""
    if not files:
        stored_series(loaded, lambda done, total: progress("reading", done, total))
        return loaded.config
    if "-" in files:
        raise DataError(
            "--refit reads the data again for each origin, and standard input can be read only once",
            "write it to a file first",
        )
    return replace(loaded.config, data=replace(loaded.config.data, files=tuple(files)))
