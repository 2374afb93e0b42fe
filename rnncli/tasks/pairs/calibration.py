"""Calibration: whether the most probable class is right as often as its probability says.

Ten bins of equal width, after Guo, Pleiss, Sun and Weinberger, "On calibration of modern neural networks" (2017,
arXiv:1706.04599, section 2).
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from ..base import Table

BINS = 10


@dataclass(frozen=True)
class CalibrationBin:
    """The n answers with a probability in (low, high]: its mean, and the share of them that is right."""

    low: float
    high: float
    n: int
    says: float
    right: float

    def values(self) -> dict[str, Any]:
        """JSON-ready data."""
        return asdict(self)


def calibration_of(truth: np.ndarray, answers: Any) -> tuple[CalibrationBin, ...]:
    """The CalibrationBins of Answers with log probabilities that hold an answer; answers that are not numbers are left
    out."""
    there = answers.ids >= 0
    says = np.exp(answers.logs[there, answers.ids[there]])
    right = answers.ids[there] == truth[there]
    number = np.clip(np.ceil(says * BINS).astype(np.int64) - 1, 0, BINS - 1)
    bins = ((k, number == k) for k in range(BINS))
    return tuple(
        CalibrationBin(k / BINS, (k + 1) / BINS, int(own.sum()), float(says[own].mean()), float(right[own].mean()))
        for k, own in bins
        if own.any()
    )


def calibration_error(bins: Sequence[CalibrationBin]) -> float | None:
    """Expected calibration error, the mean of |right - says| over answers (ECE in Guo et al.); None without answers."""
    total = sum(one.n for one in bins)
    return sum(one.n * abs(one.right - one.says) for one in bins) / total if total else None


def calibration_table(bins: Sequence[CalibrationBin]) -> Table:
    """A column for each bin, in per cent."""
    heads = (f"{100 * one.low:.0f}-{100 * one.high:.0f}" for one in bins)
    return Table(
        [
            ("says %", *heads),
            ("right %", *(f"{100 * one.right:.0f}" for one in bins)),
            ("answers", *(f"{one.n:,}" for one in bins)),
        ]
    )
