"""Losses. Each returns a sum, never a mean, and leaves dL/dscores in `scores`."""

from typing import Any

import numpy as np


def softmax_cross_entropy(scores: Any, targets: np.ndarray, real: np.ndarray | None = None, xp: Any = np) -> Any:
    """Sum of -log softmax(scores)[target] in nats, for targets (M,); scores (M, K) become softmax - onehot.

    Rows where `real` (M,) is False are padding: their loss and gradient are zero, whatever their scores and targets.
    """
    if real is not None:
        targets = xp.where(real, targets, 0)
    index = xp.arange(len(targets))
    scores -= xp.maximum.reduce(scores.real, axis=1, keepdims=True)
    picked = scores[index, targets]
    xp.exp(scores, out=scores)
    total = xp.add.reduce(scores, axis=1, keepdims=True)
    scores /= total
    scores[index, targets] -= 1
    nats = xp.log(total[:, 0]) - picked
    if real is not None:
        scores[~real] = 0
        nats = nats[real]
    return nats.sum().item()


def softmax_nats(scores: np.ndarray, targets: np.ndarray, xp: Any = np) -> np.ndarray:
    """-log softmax(scores)[target] of every row, nats (M,); scores (M, K) are overwritten."""
    scores -= scores.max(axis=1, keepdims=True)
    picked = scores[xp.arange(len(targets)), targets]
    xp.exp(scores, out=scores)
    return xp.log(scores.sum(axis=1)) - picked
