"""Rows of series that lie one below the other: numbered, counted, and the last ones with a value."""

import numpy as np

ROW = np.int32  # of the numbers of flat rows: 2e9 of them would take 50 GB


def grouped_numbers(counts: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(group, number) of counts (S,) things in groups: both (sum of counts,) int32, each group counted from 0."""
    group = np.repeat(np.arange(len(counts), dtype=ROW), counts)
    number = np.arange(len(group), dtype=ROW)
    number -= (np.cumsum(counts) - counts).astype(ROW)[group]
    return group, number


def rows_before(there: np.ndarray) -> np.ndarray:
    """(L + 1,) the number of rows with any value before each row of `there` (L, K)."""
    counts = np.zeros(len(there) + 1, ROW)
    np.cumsum(there.any(axis=1), out=counts[1:])
    return counts


def last_rows(there: np.ndarray) -> np.ndarray:
    """(R, K) the row of the last value at or before each of R rows, -1 if there is none."""
    rows = np.where(there, np.arange(len(there), dtype=ROW)[:, None], ROW(-1))
    return np.maximum.accumulate(rows, axis=0, out=rows)
