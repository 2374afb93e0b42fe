"""Evaluation with a model retrained before each origin: the accuracy of a model that is always kept up to date.

It evaluates the settings of a model, not one set of weights. For an origin `rows` before the end of each series, that
many rows are test rows, as with `train --test-size`; the validation rows of the run lie right before them.
"""

import signal
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from ...config import stored_draft, to_dict
from ...errors import DataError, Diverged, Interrupted
from ...events import RunStarted, StepDone
from ...phrases import counted
from ...storage.model_files import load_model
from ...storage.stored_data import located
from ...training.loop import train
from ...training.run import prepare
from ..base import Progress
from .data import SeriesData
from .evaluation_data import known_before, stored_series
from .report import ForecastReport
from .scoring import origins, round_of, scored

WINDOWS = 3  # origins by default
NAME = "refit"  # of the scored rows
SHARES = 1_000  # units of progress where the number of steps is not known


def refit_report(
    loaded: Any,
    files: Sequence[str] = (),
    n_windows: int | None = None,
    stride: int | None = None,
    levels: Sequence[float] | None = None,
    quantiles: Sequence[float] | None = None,
    progress: Progress | None = None,
    config: Any = None,
) -> ForecastReport:
    """The ForecastReport of models with the settings of `loaded` (Loaded), trained on the rows before each origin.

    files: other files to train and evaluate on, relative to the current folder; config: the Config by which they are
    read, None for that of the model. n_windows: origins, counted from the
    end of each series; stride: steps from one to the next, None for a horizon. levels, quantiles: as for `report`.
    progress: called with (activity, done, total), total None where it is not known. The baselines, too, are fitted and
    scaled before each origin. Raises DataError for standard input, for changed files and where an origin has too few
    rows before it; and the errors of training.
    """
    progress = progress or (lambda what, done, total: None)
    config = _config(loaded, files, config or loaded.config, progress)
    n_windows, step = n_windows or WINDOWS, int(stride or config.forecast.horizon)
    held_out = [config.forecast.horizon + behind * step for behind in reversed(range(n_windows))]

    def rounds():
        asked = {"levels": levels, "quantiles": quantiles}
        for number, rows in enumerate(held_out, 1):
            training = partial(progress, f"training {number:,} of {len(held_out):,}")
            again, data = refit(config, rows, training)
            windows = first_origins(data, rows)
            one = round_of(again, data, NAME, windows, known_before(data, "test"), **asked)
            asked = {
                "levels": one.levels,
                "quantiles": one.quantiles,
            }  # the first origin, with the fewest rows, decides for all
            yield one

    found = scored(rounds(), step, progress)
    note = (
        f"retrained before each of {counted(n_windows, 'origin')}, with the settings and the seed of "
        f"{loaded.path}; baselines are fitted and errors scaled on the rows before each"
    )
    return replace(found, notes=(note, *found.notes))


def first_origins(data: SeriesData, rows: int) -> tuple[np.ndarray, np.ndarray]:
    """(series (W,), first step to forecast (W,)): the origin `rows` before the end of each series that has one."""
    test = data.splits["test"]
    series, first = origins(data, test)
    kept = test.stop[series] - first == rows
    return series[kept], first[kept]


def refit(config: Any, rows: int, progress: Callable[[int, int], None] | None = None) -> tuple[Any, SeriesData]:
    """(Loaded, SeriesData) of a model trained by a stored Config without the last `rows` rows of each series.

    The run lies in a temporary folder, removed when this returns or raises. progress: called with (done, total).
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
                    _report_progress(event, run, progress)
        except Diverged as error:
            raise Diverged(
                f"without the last {counted(rows, 'row')}: {error}",
                "train the run again with a lower --lr or --clip-norm",
            ) from error
        return load_model(path), run.task.data


def _report_progress(event, run, progress):
    """Report the progress of training, in steps, or in shares where only time limits it."""
    if progress and isinstance(event, RunStarted | StepDone):
        steps, done = run.budget.steps(run.batches.batches(0)), event.step
        if steps is None:
            steps, done = SHARES, round(SHARES * getattr(event, "fraction", 0))
        progress(done, steps)


def _config(loaded, files, config, progress):
    """The stored Config, or `config` with other files if there are any; its own files must not have changed."""
    if not files:
        stored_series(loaded, partial(progress, "reading"))
        return located(loaded).config
    if "-" in files:
        raise DataError(
            "--refit reads the data again for each origin, but standard input can be read only once",
            "save it to a file first",
        )
    return replace(config, data=replace(config.data, files=tuple(files)))


@contextmanager
def cleared_up() -> Iterator[None]:
    """Inside, SIGTERM acts like Ctrl-C, so that temporary folders are removed."""

    def handle(number, frame):
        raise Interrupted("stopped; the temporary models are removed", None, 128 + number)

    before = signal.signal(signal.SIGTERM, handle)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
