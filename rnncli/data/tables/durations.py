"""Columns of durations, as watches and trackers export them: 6:10:00, 1:05:09.5, 6h 10m, PT6H10M."""

import re
from collections.abc import Collection

import numpy as np

from .shapes import Shapes

CLOCK = re.compile(r"(?:(?P<d>\d+) days?,? )?(?P<h>\d+):(?P<m>\d\d):(?P<s>\d\d(?:[.,]\d+)?)")
SHORT = re.compile(r"(?P<m>\d+):(?P<s>\d\d(?:[.,]\d+)?)")  # minutes and seconds, or hours and minutes
WORDS = re.compile(
    r"(?:P?(?P<d>\d+)\s?d(?:ays?)?)?,?\s?(?:P?T?(?P<h>\d+)\s?h(?:(?:ou)?rs?)?)?,?\s?"
    r"(?:P?T?(?P<m>\d+)\s?m(?:ins?|inutes?)?)?,?\s?(?:P?T?(?P<s>\d+(?:[.,]\d+)?)\s?s(?:ecs?|econds?)?)?",
    re.IGNORECASE,
)
FORMS = (CLOCK, SHORT, WORDS)
CLOCKS = ("1:02:03", "01:02:03", "1:02", "01:02")  # how durations are written back
SECONDS = {"d": 86400.0, "h": 3600.0, "m": 60.0, "s": 1.0}
EXAMPLES = {
    CLOCK: "1:02:03 read as 3723 seconds",
    SHORT: "2:03 read as 123 (60 times the first number, and the second)",
}
WORDED = "1h 2m read as 3720 seconds"


def duration_form(shapes: Collection[str]) -> re.Pattern[str] | None:
    """The form of all shapes of the cells of a column; None if they are no durations, or have a single unit."""
    cells = [shape.strip() for shape in shapes]
    form = next((form for form in FORMS if cells and form.fullmatch(cells[0])), None)
    found = [form.fullmatch(cell) for cell in cells] if form else []
    several = any(each and sum(part is not None for part in each.groups()) > 1 for each in found)
    return form if several and all(found) else None


def are_worded_durations(shapes: Collection[str]) -> bool:
    """Whether a column with these shapes holds durations that are no times of the day: 6h 10m."""
    return duration_form(shapes) is WORDS


def durations_of(column: Shapes, form: re.Pattern[str]) -> np.ndarray:
    """(R,) float64: the durations of a column of this form, nan for missing ones."""
    given = [cell.strip() if shape in column.counts else "" for cell, shape in zip(column.cells, column.shapes)]
    return np.array([_seconds(found) if cell and (found := form.fullmatch(cell)) else np.nan for cell in given])


def duration_words(shapes: Collection[str]) -> str:
    """How the durations of a column with these shapes are read, for a note; "" for any other column."""
    form = duration_form(shapes)
    return EXAMPLES.get(form, WORDED) if form else ""


def clock_of(shapes: Collection[str]) -> str:
    """The example of durations written with colons that most like the shapes of a column: 1:02:03, 1:02, or with two
    digits in the first part; "" for any other column, and for parts of a second and days."""
    form = duration_form(shapes)
    if form not in (CLOCK, SHORT) or not all(re.fullmatch(r"[\d:]+", shape.strip()) for shape in shapes):
        return ""
    padded = min(len(shape.strip().partition(":")[0]) for shape in shapes) > 1
    return "0" * padded + ("1:02:03" if form is CLOCK else "1:02")


def clock_text(seconds: float, clock: str) -> str:
    """A duration as `clock` is written, rounded to whole seconds."""
    whole = round(abs(seconds))
    parts = [whole // 3600, whole // 60 % 60, whole % 60] if clock.count(":") > 1 else [whole // 60, whole % 60]
    first = f"{parts[0]:0{len(clock.partition(':')[0])}d}"
    return "-" * (seconds < 0 < whole) + ":".join([first, *(f"{part:02d}" for part in parts[1:])])


def _seconds(found):
    return sum(SECONDS[unit] * float(part.replace(",", ".")) for unit, part in found.groupdict().items() if part)
