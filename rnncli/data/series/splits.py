"""The rows of series that are targets in training, validation and test."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ...errors import DataError


@dataclass(frozen=True)
class Split:
    """The rows of every series that are targets in one part of the data: start[s] <= t < stop[s]."""

    name: str
    start: np.ndarray  # (S,) intp
    stop: np.ndarray  # (S,) intp


def split_rows(lengths: Sequence[int] | np.ndarray, val: float, test: float, least: int = 1) -> dict[str, Split]:
    """{name: Split} train, val and test of series of `lengths` (S,): test is the last `test` rows, val those before.

    val and test are numbers of rows, or shares of each series if below 1. A series that would keep fewer than `least`
    rows for training gives none to validation. A split without rows is omitted. Raises DataError if no row is left for
    training.
    """
    lengths = np.asarray(lengths, np.intp)
    val_rows, test_rows = (part_of(lengths, part) for part in (val, test))
    val_rows = np.where(lengths - val_rows - test_rows >= least, val_rows, 0)
    train_stop = lengths - val_rows - test_rows
    if (train_stop <= 0).all():
        raise DataError(
            f"no row is left for training: the longest series has {lengths.max():,} steps, the test split "
            f"{test_rows.max():,}",
            "lower --test-size",
        )
    edges = (np.zeros_like(lengths), train_stop, lengths - test_rows, lengths)
    splits = (Split(name, *pair) for name, pair in zip(("train", "val", "test"), zip(edges, edges[1:])))
    return {split.name: split for split in splits if (split.stop > split.start).any()}


def part_of(lengths: np.ndarray, part: float) -> np.ndarray:
    """(S,) intp: `part` rows, or that share of them if below 1, of series of `lengths` (S,); 0.29 of 100 are 29."""
    lengths = np.asarray(lengths, np.intp)
    rows = np.floor(lengths * part + 1e-6) if part < 1 else np.full(lengths.shape, int(part))
    return np.minimum(rows.astype(np.intp), lengths)
