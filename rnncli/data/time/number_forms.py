"""Stamps that are numbers: an index, years, days as 20240131, seconds since 1970, Excel's days, years with decimals."""

import re
from collections.abc import Iterator
from typing import Any

import numpy as np

from .clock import DAY, MINUTE, SECOND
from .column_names import is_of_index, is_of_quarters, is_of_time, is_of_weeks
from .fields import local_of
from .forms import EPOCHS, MONTH_PARTS, YEAR_PARTS, Form
from .likely_steps import FEW, commonest, density
from .shapes import MOST_DIGITS, Column, Shape, column_of

NUMBER = re.compile(r"([+-]?)(0+)(?:\.(0*))?")
FIRST_YEAR, LAST_YEAR = 1500, 2200  # a column of four-digit integers in this range holds years
FIRST_DATE, LAST_DATE = 1900, 2100  # years of longer numbers that may be dates
PACKED = {  # numbers of so many digits that may be dates
    8: ("%Y%m%d", "%d%m%Y", "%m%d%Y"),
    10: ("%Y%m%d%H",),
    12: ("%Y%m%d%H%M",),
    14: ("%Y%m%d%H%M%S",),
}
MOSTLY, ENOUGH = 0.9, 10  # the share of so many rows that must be dates for the others to be mistakes
HALF = 0.5  # the share where the name of the column says that it holds dates
FIRST_ROWS = 1000
UNITS = {"epoch": "seconds", "epoch-ms": "milliseconds", "epoch-us": "microseconds", "epoch-ns": "nanoseconds"}
EARLIEST, LATEST = 100_000_000, 2_600_000_000  # seconds of 1973 and of 2052, between which epochs lie
EXCEL = (20_000, 80_000)  # days of 1954 and of 2119
EXCEL_ZERO = -25_569 * DAY  # 1899-12-30
ONE = "one"  # how numbers of Python are trimmed: 1.0 keeps a zero
EXACT = 1000  # Excel's days are read to the millisecond
ROUNDED = {10**4: MINUTE, 10**5: SECOND, 10**6: SECOND}  # but with few decimals, which are rounded, to these
SHORTEST = 5  # seconds between epochs in a column whose name does not say that it holds times


def numbers(column: Column) -> Iterator[tuple[Shape, str, int, int]]:
    """(shape, sign, digits before the point, digits after it; -1 without a point) of the shapes that are numbers."""
    for shape in column.shapes:
        if found := NUMBER.fullmatch(shape.text):
            yield shape, found[1], len(found[2]), -1 if found[3] is None else len(found[3])


def all_numbers(column: Column) -> bool:
    """Whether every text of a column that is not empty is a number."""
    return len(column) > 0 and sum(len(each[0].rows) for each in numbers(column)) == len(column)


def form_of_numbers(column: Column, name: str) -> tuple[Form | None, str]:
    """(the Form of a column of numbers, or None; what was guessed, "" where it is obvious)."""
    form, guessed = _guessed(column, name)
    return form, f"{guessed}; --time-format index counts them" if guessed else ""


def _guessed(column, name):
    kinds = list(numbers(column))
    places = {max(0, each[3]) for each in kinds}
    whole, parts = _split(column)
    if parts.any():
        return _with_decimals(column, name, places)
    widths = {each[2] for each in kinds}
    tail = "." + "0" * max(places) if any(each[3] > 0 for each in kinds) else ""
    if not any(each[1] for each in kinds) and len(widths) == 1 and len(places) == 1:
        found = _packed(column, name, whole, min(widths), tail)
        if found[0]:
            return found
    found = _epoch(column, name, whole)
    if found[0]:
        return found
    if is_of_time(name) and len(whole) and EXCEL[0] <= whole.min() and whole.max() <= EXCEL[1]:
        return Form("excel", decimals=max(places)), "read as Excel's days since 1899-12-30"
    width = max(widths) if any(each[2] > 1 and _has_zero(each[0]) for each in kinds) else 0
    return (Form("index", decimals=max(places), width=width) if not width or len(widths) == 1 else None), ""


def style_of_numbers(column: Column) -> dict[str, Any]:
    """How a column writes decimals, as keywords of a Form: as many everywhere, or as many as each number needs."""
    places = {max(0, each[3]) for each in numbers(column)}
    if len(places) < 2:
        return {"decimals": max(places, default=0)}
    return {"decimals": -max(places), "trim": ONE if min(places) == 1 else ""}


def _has_zero(shape):
    """Whether a number of a shape begins with 0."""
    first = shape.text.index("0")
    return bool((shape.number(first, first + 1) == 0).any())


def _packed(column, name, whole, width, tail):
    """Years, months and days without separators."""
    if width == 4 and not is_of_index(name) and whole.min() >= FIRST_YEAR and whole.max() <= LAST_YEAR:
        return Form("%Y" + tail), ""
    if width == 5 and is_of_quarters(name) and _dated(column, "%Y%q" + tail) == 1:
        return Form("%Y%q" + tail), "read as years and quarters"
    if width == 7 and (whole // 100 % 10 == 0).all() and _dated(column, "%Y0%m" + tail) == 1:
        months = local_of(column, Form("%Y0%m" + tail)).values
        if density(months) > HALF and months.max() - months.min() > 366 * DAY:
            return Form("%Y0%m" + tail), "read as years and periods, the months of calendar years"
    if width == 7 and is_of_time(name) and _dated(column, "%Y%j" + tail) == 1:
        return Form("%Y%j" + tail), "read as years and days of the year"
    if width == 6:
        return _six(column, name, tail)
    shares = {pattern + tail: _dated(column, pattern + tail) for pattern in PACKED.get(width, ())}
    for pattern, share in shares.items():
        if share == 1:
            return Form(pattern), f"read as dates, {pattern}"
    best = max(shares, key=lambda pattern: shares[pattern], default=None)
    return (Form(best), "") if best and _mostly(shares[best], column, name) else (None, "")


def _mostly(share, column, name):
    """Whether rows that are no dates are mistakes in a column of dates."""
    return share >= (HALF if is_of_time(name) else MOSTLY) and (len(column) >= ENOUGH or is_of_time(name))


def _six(column, name, tail):
    if is_of_weeks(name) and _dated(column, "%G%V" + tail) == 1:
        return Form("%G%V" + tail), "read as years and ISO weeks"
    share = _dated(column, "%Y%m" + tail)
    if share == 1 or _mostly(share, column, name):
        return Form("%Y%m" + tail), "read as years and months"
    if _dated(column, "%y%m%d" + tail) == 1 and (is_of_time(name) or len(column) >= ENOUGH):
        return Form("%y%m%d" + tail), "read as days with two-digit years"
    weeks = local_of(column, Form("%G%V" + tail))
    years = weeks.values.astype("M8[us]").astype("M8[Y]").astype(np.int64) + 1970
    if _dated(column, "%G%V" + tail) == 1 and len(np.unique(years)) > 1 and density(weeks.values) > MOSTLY:
        return Form("%G%V" + tail), "read as years and ISO weeks"
    return None, ""


def _dated(column, pattern, earliest=FIRST_DATE):
    """The share of rows that are days of the calendar by a pattern, within the years of tables; the first rows decide
    whether all are looked at."""
    if len(column) > 2 * FIRST_ROWS:
        share = _dated(column_of(column.texts[:FIRST_ROWS]), pattern, earliest)
        if share < HALF:
            return share
    local = local_of(column, Form(pattern))
    years = local.values.astype("M8[us]").astype("M8[Y]").astype(np.int64) + 1970
    return (local.fits & local.real & (years >= earliest) & (years <= LAST_DATE)).mean() if len(column) else 0.0


def _epoch(column, name, whole):
    if not len(whole):
        return None, ""
    for (unit, words), per in zip(UNITS.items(), (1, 10**3, 10**6, 10**9), strict=True):
        if EARLIEST * per <= whole.min() and whole.max() <= LATEST * per:
            steps = np.diff(np.unique(whole))
            sure = is_of_time(name) or (len(steps) > 1 and commonest(steps) >= SHORTEST * per)
            stamped = per > 1 and not (whole % (60 * per)).any()  # whole minutes, as of pandas' reset_index()
            if sure and (stamped or not is_of_index(name)):
                return Form(unit, **style_of_numbers(column)), f"read as {words} since 1970 UTC"
    return None, ""


def _with_decimals(column, name, places):
    digits, style = max(places), style_of_numbers(column)
    values = decimal_values(column)
    if months := _months(column, name):
        return months, "read as years and months" + ("" if "%" in months.pattern else ", zeros at the end left out")
    if _dated(column, "%Y.%q") == 1 and density(local_of(column, Form("%Y.%q")).values) > HALF:
        return Form("%Y.%q"), "read as years and quarters"
    if values.min() >= FIRST_YEAR and values.max() <= LAST_YEAR:
        for pattern, (parts, place) in YEAR_PARTS.items():
            off = np.abs(values * parts - place - np.round(values * parts - place))
            if digits > 1 and (off <= max(parts * 10.0**-digits, 1e-6)).all() and _rises(values, parts):
                return Form(pattern, **style), f"read as years in parts of {parts}"
    whole, _ = _split(column)
    if is_of_time(name) and EXCEL[0] <= values.min() and values.max() <= EXCEL[1]:
        return Form("excel", **style), "read as Excel's days since 1899-12-30"
    return _epoch(column, name, whole)


def _months(column, name):
    """The Form of years and months as decimals, 2018.01 or 01.2018, also without the zeros that programs leave out at
    the end; None if they are none."""
    whole, _ = _split(column)
    named = is_of_time(name) or len(np.unique(whole)) >= FEW or not (whole[0] == whole).all()
    patterns = ("%Y.%m", "%m.%Y", *(("0%m.%Y",) if whole.max() <= 12 else ()))
    dated = [Form(pattern) for pattern in patterns if _dated(column, pattern, FIRST_YEAR) == 1]
    found = {form: density(local_of(column, form).values) for form in dated}
    style = style_of_numbers(column)
    for pattern, base in MONTH_PARTS.items():
        values, fits = read_numbers(column, Form(pattern))
        if fits.all() and 10 ** abs(style["decimals"]) <= base:
            found[Form(pattern, **style)] = density(values)
    best = max(found, key=lambda form: found[form], default=None)
    return best if named and best and found[best] > (HALF if is_of_time(name) else MOSTLY) else None


def without_last_zeros(cells: np.ndarray) -> Form:
    """The Form of cells (R,) of years and months, 2018.01: where zeros at the end are lost, as in a spreadsheet, that
    which reads 2018.1 as October. They are where there are months of one digit and of two, and no 10 among them."""
    tails = {str(cell).partition(".")[2] for cell in cells}
    lost = "1" in tails and {"11", "12"} <= tails and not tails & {"10", "2", "3"}
    return Form("year.month", **style_of_numbers(column_of(cells))) if lost else Form("%Y.%m")


def _rises(values, parts):
    return len(values) > 2 and density(np.round(values * parts).astype(np.int64)) > MOSTLY


def decimal_values(column: Column) -> np.ndarray:
    """(R,) float64 of a column of numbers, nan where a text is none."""
    values = np.full(len(column), np.nan)
    for shape, sign, _, places in numbers(column):
        whole, part = _numbers_of(column, shape)
        values[shape.rows] = (whole + part / 10.0 ** max(places, 0)) * (-1 if sign == "-" else 1)
    return values


def _split(column):
    """((R,) int64 whole numbers, (R,) int64 digits after the point) of a column of numbers."""
    whole, parts = np.zeros(len(column), np.int64), np.zeros(len(column), np.int64)
    for shape, sign, _, _ in numbers(column):
        own, parts[shape.rows] = _numbers_of(column, shape)
        whole[shape.rows] = -own if sign == "-" else own
    return whole, parts


def _numbers_of(column, shape):
    first, *more = sorted(shape.runs)
    end = shape.runs[first][0]
    if end - first > MOST_DIGITS:
        whole = np.array([min(int(text[first:end]), np.iinfo(np.int64).max) for text in column.texts[shape.rows]])
    else:
        whole = shape.number(first, end)
    return whole, shape.number(more[0], shape.runs[more[0]][0]) if more else np.zeros(len(whole), np.int64)


def read_numbers(column: Column, form: Form) -> tuple[np.ndarray, np.ndarray]:
    """((R,) int64 instants, or the integers of an index; (R,) bool: which rows are such numbers)."""
    values, fits = np.zeros(len(column), np.int64), np.zeros(len(column), bool)
    for shape, sign, _, places in numbers(column):
        whole, part = _numbers_of(column, shape)
        fits[shape.rows] = (part == 0) if form.pattern == "index" else True
        values[shape.rows] = _read(whole, part, 10 ** max(places, 0), form) * (-1 if sign == "-" else 1)
        if form.pattern in MONTH_PARTS:
            year, month = _year_month(whole, part, 10 ** max(places, 0), form)
            fits[shape.rows] = (year >= FIRST_YEAR) & (year <= LAST_DATE) & (month >= 1) & (month <= 12)
    if form.pattern == "excel":
        return values + EXCEL_ZERO, fits
    return (values, fits)


def _read(whole, part, scale, form):
    if form.pattern == "index":
        return whole
    if form.pattern == "excel":
        unit = ROUNDED.get(scale, EXACT)
        return np.round((whole + part / scale) * (DAY / unit)).astype(np.int64) * unit
    if form.pattern == "epoch-ns":
        return whole // 1000
    if form.pattern in EPOCHS:
        per = EPOCHS[form.pattern]
        return whole * per + np.round(part * (per / scale)).astype(np.int64)
    if form.pattern in MONTH_PARTS:
        year, month = _year_month(whole, part, scale, form)
        return (12 * (year - 1970) + month - 1).astype("M8[M]").astype("M8[us]").astype(np.int64)
    count, place = YEAR_PARTS[form.pattern]
    steps = np.round((whole + part / scale) * count - place).astype(np.int64)
    months = (steps * (12 // count) - 1970 * 12).astype("M8[M]")
    return months.astype("M8[us]").astype(np.int64)


def _year_month(whole, part, scale, form):
    """(years, months) of numbers such as 2018.1, which is October, or 1.202, January 2020."""
    base = MONTH_PARTS[form.pattern]
    major, minor = np.divmod(whole * base + np.round(part * (base / scale)).astype(np.int64), base)
    year, month = (major, minor) if form.pattern == "year.month" else (minor, major)
    return np.clip(year, 0, 9999), month


def write_numbers(values: np.ndarray, form: Form) -> list[str]:
    """[n] instants (n,) int64, or integers of an index, as numbers of a form."""
    if form.pattern in ("index", "epoch-ns"):
        scaled = values * 1000 if form.pattern == "epoch-ns" else values
        tail = "." + "0" * form.decimals if form.decimals > 0 else ""
        return [f"{value:0{form.width}}{tail}" for value in scaled.tolist()]
    if form.pattern in EPOCHS:
        return _decimals(values, EPOCHS[form.pattern], form)
    if form.pattern == "excel":
        return _decimals(values - EXCEL_ZERO, DAY, form)
    months = values.astype("M8[us]").astype("M8[M]").astype(np.int64) + 1970 * 12
    if form.pattern in MONTH_PARTS:
        base, pairs = MONTH_PARTS[form.pattern], zip((months // 12).tolist(), (months % 12 + 1).tolist(), strict=True)
        first = form.pattern == "year.month"
        return [_shown(year + month / base if first else month + year / base, form) for year, month in pairs]
    count, place = YEAR_PARTS[form.pattern]
    return [_shown(value, form) for value in ((months // (12 // count) + place) / count).tolist()]


def _decimals(values, unit, form):
    """Whole numbers exactly, others with the decimals of a form."""
    whole, rest = np.divmod(values, unit)
    if form.decimals == 0 and not rest.any():
        return [str(value) for value in whole.tolist()]
    return [_shown(a + b / unit, form) for a, b in zip(whole.tolist(), rest.tolist(), strict=True)]


def _shown(value, form):
    """A number with the decimals of a form; as many as it needs, none or one where it needs none, if negative."""
    text = f"{value:.{abs(form.decimals) or (SECOND_DIGITS if value % 1 else 0)}f}"
    if form.decimals >= 0:
        return text
    text = text.rstrip("0")
    return text + "0" if text.endswith(".") and form.trim == ONE else text.removesuffix(".")


SECOND_DIGITS = len(str(SECOND)) - 1
