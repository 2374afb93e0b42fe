"""The loss of classes."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from .losses import softmax_cross_entropy


@dataclass(frozen=True)
class Categorical:
    """Softmax cross entropy of K classes, with class weights and label smoothing (Szegedy et al. 2016,
    arXiv:1512.00567v3, section 7).

        q = softmax(scores)
        L = sum over rows of w w_target (-sum_k r_k log q_k),   r = (1 - s) onehot(target) + s / K
        dL/dscores = w w_target (q - r)

    weights: w_k of each class, () for 1; smoothing: s, from 0 to below 1; w: of each row, 0 for filler.
    """

    K: int
    weights: tuple[float, ...] = ()
    smoothing: float = 0.0
    columns = 1  # scores of each class
    places = 1  # how many of them a linear path adds to

    def outputs(self, K: int) -> int:
        """Columns of scores for K classes."""
        return K

    def loss(self, scores: Any, targets: np.ndarray, weight: np.ndarray | None = None, xp: Any = np) -> float:
        """The loss in nats as a sum over rows; scores (M, K) are overwritten with dL/dscores.

        targets: class ids (M,). weight: of each row (M,), bool or float, None for 1. Rows of weight 0 add nothing,
        whatever their scores and targets are, NaN included.
        """
        whole = weight is None or weight.dtype == bool
        if whole and not self.weights and not self.smoothing:
            return softmax_cross_entropy(scores, targets, weight, xp)
        if weight is not None:
            targets = xp.where(weight, targets, 0)
            scores[weight == 0] = 0
        index, s = xp.arange(len(targets)), self.smoothing
        scores -= xp.maximum.reduce(scores.real, axis=1, keepdims=True)
        wanted = (1 - s) * scores[index, targets] + s * scores.mean(axis=1)
        xp.exp(scores, out=scores)
        total = xp.add.reduce(scores, axis=1, keepdims=True)
        scores /= total
        scores -= s / self.K
        scores[index, targets] -= 1 - s
        rows = self._row_weights(targets, weight, scores.real.dtype, xp)
        scores *= rows[:, None]
        return ((xp.log(total[:, 0]) - wanted) * rows).sum().item()

    def _row_weights(self, targets, weight, dtype, xp):
        rows = xp.asarray(self.weights, dtype)[targets] if self.weights else xp.ones(len(targets), dtype)
        return rows if weight is None else rows * weight.astype(dtype)

    def probabilities(self, scores: np.ndarray) -> np.ndarray:
        """softmax of scores (M, K): a new float64 array."""
        q = np.array(scores, np.float64)
        q -= q.max(axis=1, keepdims=True)
        np.exp(q, out=q)
        q /= q.sum(axis=1, keepdims=True)
        return q
