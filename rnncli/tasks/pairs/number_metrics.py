"""Metrics of answers that are K numbers; y is the truth (E,), nan where it is not known, f the answer (E,).

A f that is not finite where y is known leaves a metric without a value: a missing answer is never better than a bad
one. A metric without a value is None.
"""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from .class_metrics import mean

ALONE = ("rmse", "mae", "r2")


def errors(truth: np.ndarray, answers: np.ndarray) -> np.ndarray:
    """f - y where y is known."""
    if truth.shape != answers.shape:
        raise ValueError(f"the answers have shape {answers.shape}, expected {truth.shape} like the truth")
    there = ~np.isnan(truth)
    return answers[there] - truth[there]


def rmse(truth: np.ndarray, answers: np.ndarray) -> float | None:
    """Root mean squared error, in the units of y."""
    squared = mean(errors(truth, answers) ** 2)
    return None if squared is None else math.sqrt(squared)


def mae(truth: np.ndarray, answers: np.ndarray) -> float | None:
    """Mean absolute error, in the units of y."""
    return mean(np.abs(errors(truth, answers)))


def r2(truth: np.ndarray, answers: np.ndarray) -> float | None:
    """Coefficient of determination, 1 - sum (f - y)^2 / sum (y - mean y)^2; None where y is constant."""
    y = truth[~np.isnan(truth)]
    spread = float(((y - y.mean()) ** 2).sum()) if len(y) and y.min() < y.max() else 0.0
    squared = float((errors(truth, answers) ** 2).sum())
    return 1 - squared / spread if spread and math.isfinite(squared) else None


def target_metrics(truth: np.ndarray, answers: np.ndarray) -> dict[str, float | None]:
    """{"rmse", "mae", "r2"} of one target."""
    return {"rmse": rmse(truth, answers), "mae": mae(truth, answers), "r2": r2(truth, answers)}


def number_metrics(truth: np.ndarray, answers: np.ndarray, names: Sequence[str]) -> dict[str, Any]:
    """{name: value} of the metrics of `number_metric_names` but the counts; truth, answers: (E, K).

    Of several targets: the means over the targets, RMSE and MAE in units of the deviation of each target's truth, so
    that each counts the same; and each target in its own units. Targets without a known y
    are left out, and from R² those that are constant; one answer that is not finite leaves the means without a value.
    """
    each = {name: target_metrics(truth[:, k], answers[:, k]) for k, name in enumerate(names)}
    known = [k for k in range(len(names)) if not np.isnan(truth[:, k]).all()]
    broken = not np.isfinite(answers[~np.isnan(truth)]).all()
    together = {}
    for metric in ALONE:
        values = [in_deviations(each[names[k]][metric], metric, truth[:, k], len(names)) for k in known]
        together[metric] = None if broken else mean(np.array([value for value in values if value is not None]))
    if len(names) > 1:
        together |= {f"{metric}_{name}": each[name][metric] for name in names for metric in ALONE}
    return together


def in_deviations(value: float | None, metric: str, truth: np.ndarray, targets: int) -> float | None:
    """An error in units of the deviation of the truth where there are several targets; None where that is 0."""
    if targets == 1 or metric == "r2" or value is None:
        return value
    deviation = float(np.nanstd(truth))
    return value / deviation if deviation > 0 else None
