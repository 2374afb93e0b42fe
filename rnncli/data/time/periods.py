"""Periods: texts with a begin and an end, such as 2024-01-01/2024-01-07 or 01.01.2024 00:00 - 01.01.2024 01:00."""

import re

import numpy as np

from .clock import DAY, HOUR

UNTIL = (" - ", "/", " to ", " bis ", " – ", "..", "--", " until ", " au ")
MOST_TURNS = 0.02  # of the hours of a table lie where its clock is turned; a month of them has one
BEGINS = 6  # signs that a date has at least


def until_of(text: str) -> str:
    """The sign between the begin and the end of a period; "" for a text that is none."""
    for sign in UNTIL:
        begin, found, end = text.partition(sign)
        same = re.sub(r"\d", "0", begin) == re.sub(r"\d", "0", end)
        if found and same and len(begin) >= BEGINS and sign not in end:
            return sign
    return ""


def length_of(begins: np.ndarray, ends: np.ndarray) -> str | None:
    """How long periods (R,) last, as `Form.lasts` writes it; None if they differ."""
    lengths, counts = np.unique(ends - begins, return_counts=True)
    usual = lengths[counts.argmax()]
    turned = counts[lengths != usual].sum() <= max(1, MOST_TURNS * len(begins))
    if len(lengths) == 1 or turned and (np.abs(lengths - usual) <= HOUR).all():  # where a clock is turned
        return f"{usual}u"
    for before in (0, DAY):
        after = ends + before
        months, parts = zip(*(_months(local) for local in (begins, after)))
        count = np.unique(months[1] - months[0])
        if len(count) == 1 and (parts[0] == parts[1]).all():
            return f"{'-' if before else ''}{count[0]}m"
    return None


def _months(local):
    months = local.astype("M8[us]").astype("M8[M]")
    return months.astype(np.int64), local - months.astype("M8[us]").astype(np.int64)
