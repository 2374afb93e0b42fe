"""The numbers that the scores of a regressor mean."""

from collections.abc import Sequence
from typing import Any

import numpy as np


def predictions(model: Any, side: Any, scores: Sequence[np.ndarray]) -> np.ndarray:
    """(E, K) answers in the units of the data, of scores [(1, outputs)]; side: the NumberSide."""
    return side.unscaled(model.likelihood.mean(np.concatenate(scores)))
