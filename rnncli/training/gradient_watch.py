"""What `train.show: gradients` adds to the events of a run. Nothing that is learnt depends on it."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from ..errors import ConfigError, ModelFileError
from ..events import GradientByLag, LagNorms, Notice, PastNorms
from ..laboratory.lag import curves_of
from ..laboratory.subjects import subject_of
from ..laboratory.watching import Watcher
from ..storage.run_log import read_log
from ..tasks.base import Task

STEPS, ROWS = 128, 8  # of the batch: a pass takes a small share of the time between two evaluations


class GradientWatch:
    """Backward passes in float64 over one batch of a Task, the same during the whole run, in memory allocated once.

    size: elements of theta.
    """

    def __init__(self, task: Task, size: int):
        self.watcher = Watcher(subject_of("", task.model, np.zeros(size), task.watched(STEPS, ROWS), ROWS))

    @property
    def nbytes(self) -> int:
        """Bytes of the plan, the parameters and the gradient."""
        return self.watcher.nbytes + self.watcher.subject.theta.nbytes

    def look(self, step: int, weights: np.ndarray) -> GradientByLag:
        """The GradientByLag of weights (size,) after a step."""
        self.watcher.subject.theta[...] = weights
        curves = curves_of("", self.watcher.watch(at_last=True))
        return GradientByLag(
            step,
            tuple(
                LagNorms(each.layer, each.state, tuple(each.norms.tolist()), each.half_life, each.factor)
                for each in curves
            ),
        )

    @staticmethod
    def past_norms(folder: Path) -> Iterator[PastNorms | Notice]:
        """The gradient-norm tables in the log of a resumed run; a warning where the log cannot be read."""
        try:
            yield from (PastNorms(logged.step, logged.norms) for logged in read_log(folder).steps if logged.norms)
        except (ConfigError, ModelFileError) as error:
            yield Notice(f"gradient norms are shown from here on: {error}", warning=True)
