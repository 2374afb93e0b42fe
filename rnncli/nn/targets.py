"""What a model predicts, in its batches and in its loss: class ids, or numbers of which some may be missing."""

from typing import TYPE_CHECKING, Any

import numpy as np

from .categorical import Categorical
from .memory import Array
from .model import Part

if TYPE_CHECKING:
    from .likelihood import Likelihood


def target_parts(
    likelihood: "Categorical | Likelihood", K: int, steps: int, N: int, length: str | None
) -> dict[str, Part]:
    """{name: Part} of the targets of `steps` steps: ids (steps, N), or K numbers each and which of them are `real`."""
    if isinstance(likelihood, Categorical):
        return {"targets": Part((steps, N), np.intp, length=length)}
    shape = (steps, N, K)
    return {"targets": Part(shape, "f4", length=length), "real": Part(shape, np.bool_, length=length)}


def loss_of_targets(
    likelihood: "Categorical | Likelihood", scores: Array, batch: Any, rows: Array | None, xp: Any
) -> Any:
    """The loss of the targets of a batch as a sum; scores (M, outputs) are overwritten with dL/dscores.

    rows: weight of each row of scores (M,), bool or float, None for 1; numbers count fully or, at 0, not at all.
    """
    if isinstance(likelihood, Categorical):
        return likelihood.loss(scores, batch.targets.reshape(-1), rows, xp)
    targets = batch.targets.reshape(len(scores), -1)
    real = None if batch.real is None else batch.real.reshape(targets.shape)
    if rows is not None:
        counted = xp.broadcast_to(rows[:, None] != 0, targets.shape)
        real = counted if real is None else real & counted
    return likelihood.loss(scores, targets, real, xp)
