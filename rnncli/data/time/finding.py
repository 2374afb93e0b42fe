"""Which form a column of stamps has: what all of its rows fit, and of several such forms the one with regular steps."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from ...errors import DataError
from .clock import DAY
from .column_names import is_of_time, is_of_weeks, may_be_years
from .eras import with_era
from .fields import fitting, local_of, parts
from .forms import WORD, Form
from .grammar import is_weak, patterns_of
from .likely_steps import density, order
from .names import is_name
from .number_forms import YEAR_PARTS, all_numbers, form_of_numbers, numbers
from .periods import until_of
from .shapes import Column, column_of, stripped
from .styling import turn_of

COMMON = 8  # shapes that candidates are taken from
DENSE, TWICE = 0.5, 2.0  # the least density of a likely reading, and how many times denser than the next it is
SORTED, APART = 0.95, 0.1  # the least order of a likely reading of irregular times, and its lead over the next
TELLING = 6  # distinct times without a gap that are no coincidence
SWAPPED = re.compile("%Y.%d")
CLOCK = re.compile(r"\d{1,2}:\d\d(:\d\d)?")
AFTER_DOTS = "%d."  # with dots the day comes first, in every country that writes dates so


@dataclass(frozen=True)
class Found:
    """The Form of a column, its style aside, and what was guessed in a few words, "" where it is obvious; stored: it is
    that of a model, whose two-digit years stay; whose: the format, in words for messages."""

    form: Form
    guessed: str = ""
    stored: bool = False
    whose: str = "of the other stamps"


def find_form(column: Column, where: Callable[[int], str], name: str = "") -> Found:
    """The form of a Column. DataError, with the place, if no form fits all rows or several fit equally well."""
    if not len(column):
        return Found(Form("index"))
    if all_numbers(column):
        form, guessed = form_of_numbers(column, name)
        if form is not None:
            return Found(form, guessed)
        raise _unknown(column, where)
    counts = candidates(column)
    counts = {pattern: count for pattern, count in counts.items() if not _is_swapped(pattern, counts)}
    whole = [pattern for pattern, count in counts.items() if count == len(column)]
    sure = [pattern for pattern in whole if not is_weak(pattern)]
    if sure or whole:
        if weeks := _called_weeks(column, whole, name):
            return weeks
        return _likely(column, _usual(sure or whole), where, name)
    best = max(counts, key=lambda pattern: counts[pattern], default=None)
    plain = sum(len(shape.rows) for shape, *_ in numbers(column))
    if best is None or counts[best] <= plain or is_weak(best):
        raise _unknown(column, where)
    return Found(Form(best))


def _called_weeks(column, patterns, name):
    """The Found of the weeks of one year where a column is called so, although its numbers may be months too."""
    weeks = [pattern for pattern in patterns if "%V" in pattern]
    months = [pattern for pattern in patterns if "%m" in pattern]
    if not is_of_weeks(name) or not weeks or not months or _years(column, weeks[0]) > 1:
        return None
    return Found(Form(weeks[0]), _as_guessed(Form(weeks[0]), "as the column is called", Form(months[0])))


def _usual(patterns):
    """Of patterns that fit those with a year and the next one, if there are any, as every 2011/12 may be a month too;
    else no weeks where months or quarters fit."""
    years = [pattern for pattern in patterns if "%n" in pattern.lower()]
    return years or [pattern for pattern in patterns if "%V" not in pattern] or patterns


def _is_swapped(pattern, counts):
    """Whether a pattern has the day before the month after a year although most rows fit the usual order too."""
    usual = re.sub("%[md]", lambda found: {"%m": "%d", "%d": "%m"}[found[0]], pattern)
    return SWAPPED.match(pattern) is not None and 2 * counts.get(usual, 0) >= counts[pattern]


def candidates(column: Column) -> dict[str, int]:
    """{pattern: the number of rows that fit it} of the patterns of the most common shapes."""
    longest = sorted(column.shapes, key=lambda shape: -len(shape.text))[:1]
    patterns = dict.fromkeys(p for shape in [*column.shapes[:COMMON], *longest] for p in patterns_of(shape.text))
    counts = {pattern: int(fitting(column, Form(pattern)).sum()) for pattern in patterns}
    if patterns and max(counts.values()) < len(column):
        for pattern in _with_bare_midnights(patterns):
            if _is_bare_only_at_midnight(column, pattern):
                counts[pattern] = int(fitting(column, Form(pattern)).sum())
    return counts


def _with_bare_midnights(patterns):
    """Patterns whose time of day is left out at midnight: "%Y-%m-%d{ %H:%M}"."""
    for short in patterns:
        for long in patterns:
            if long.startswith(short) and "%H" in long and "%H" not in short:
                yield f"{short}{{{long[len(short) :]}}}"


def _is_bare_only_at_midnight(column, pattern):
    form = Form(pattern)
    values = local_of(column, form).values
    for shape, fields, _ in parts(column, form):
        if "H" in fields and (values[shape.rows] % DAY == 0).any():
            return False
    return True


def _unknown(column, where):
    """The DataError for a column without a known form: for its first text that is no number, if most are."""
    plain = sum(len(shape.rows) for shape, *_ in numbers(column))
    if plain == len(column):
        row = next((row for row, text in enumerate(column.texts) if "." in text), 0)
        return DataError(
            f"{where(row)}: '{column.texts[row]}' is neither a stamp nor a whole number",
            "number the steps 0, 1, 2, ..., or give dates; without a time column the rows are the steps",
        )
    if 2 * plain > len(column):
        odd = np.ones(len(column), bool)
        for shape, *_ in numbers(column):
            odd[shape.rows] = False
        row = int(odd.argmax())
        return DataError(
            f"{where(row)}: '{column.texts[row]}' is no stamp as the others are, "
            f"such as '{column.texts[int(odd.argmin())]}'",
            "correct it; if it is the row of a subtotal, as all like it, remove these rows; or set another format with "
            "`--time-format`",
        )
    text = str(column.texts[0])
    plain = re.findall(r"\d+", CLOCK.sub("", text))
    if any(is_name(word) for word in re.findall(f"{WORD}{{3,}}", text)) and len("".join(plain)) <= 2:
        return DataError(f"{where(0)}: '{text}' has no year", "write the year into every date")
    return DataError(
        f"{where(0)}: '{text}' is not in a known time format",
        "give it with `--time-format`, for example --time-format '%d %b %Y'",
    )


# ---- which of several forms


def _likely(column, patterns, where, name):
    """The Found of the likely one of patterns that all rows fit."""
    forms = [with_era(column, with_turn(column, Form(pattern))) for pattern in patterns]
    times = [local_of(column, form) for form in forms]
    real = [k for k, time in enumerate(times) if time.real.all()]
    if len(real) == 1 and len(forms) > 1:
        return Found(forms[real[0]], _as_guessed(forms[real[0]], "every other reading has days that no calendar has"))
    kept = real or range(len(forms))
    forms, values = [forms[k] for k in kept], [times[k].values for k in kept]
    if len(forms) == 1:
        return _only(column, forms[0], values[0], where, name)
    found = _of_steps(forms, values) or _by_custom(forms, values)
    if found is None:
        raise _ambiguous(column, forms, where)
    return found


def _of_steps(forms, values):
    """The Found of the form that alone gives regular steps, or alone puts the rows in order; None if none does."""
    dense = [density(each) for each in values]
    first, second = sorted(range(len(forms)), key=lambda k: -dense[k])[:2]
    if dense[first] >= DENSE and dense[first] >= TWICE * dense[second]:
        return Found(forms[first], _as_guessed(forms[first], "which gives regular steps", forms[second]))
    sorts = [order(each) for each in values]
    first, second = sorted(range(len(forms)), key=lambda k: -sorts[k])[:2]
    if sorts[first] >= SORTED and sorts[first] >= sorts[second] + APART:
        return Found(forms[first], _as_guessed(forms[first], "which puts the rows in order", forms[second]))
    return None


def _by_custom(forms, values):
    """The Found of the form that is usual where steps decide nothing: the first, if all say the same, if its day comes
    before dots, or if the others take a bare number for a quarter. None if there is no custom."""
    if all(np.array_equal(each, values[0]) for each in values[1:]):
        return Found(forms[0])
    if forms[0].pattern.startswith(AFTER_DOTS):
        return Found(forms[0], _as_guessed(forms[0], "as usual with dots", forms[1]))
    if all("%q" in form.pattern for form in forms[1:]):
        return Found(forms[0], _as_guessed(forms[0], "as usual", forms[1]))
    return None


def _only(column, form, values, where, name):
    """The only form that fits, unless it is one that anything fits."""
    letters = {sign for sign in form.pattern if sign.isalpha()}
    named_months = letters & {"b"} and "y" in letters and "d" not in letters
    if (is_weak(form.pattern) or named_months) and len(values) > 2:
        if density(values) < DENSE and order(values) < 1:
            raise DataError(
                f"{where(0)}: '{column.texts[0]}' has no year, or no regular steps as {form}",
                "write dates with four-digit years, or give the format with `--time-format`",
            )
        return Found(form, f"read as {form}")
    if is_weak(form.pattern) and not is_of_time(name):
        raise _unknown(column, where)
    return Found(form)


def _as_guessed(form, why, other=None):
    words = f"read as {form}, {why}"
    return f"{words}; {other.option} reads it otherwise" if other else words


def _ambiguous(column, forms, where):
    text = column.texts[0]
    swapped = {re.sub("%[md]", "%d", form.pattern) for form in forms}
    what = "may begin with the day or with the month" if len(swapped) == 1 else "can be read in several ways"
    if any("%y" in form.pattern for form in forms) and len(forms) > 2:
        what = "may begin with the day, the month or the year"
    choices = " or ".join(form.option for form in dict.fromkeys(forms))
    return DataError(
        f"{where(0)}: '{text}' {what}, and no other stamp decides",
        f"choose one: {choices}",
        choices.partition(" or ")[0],
    )


def with_turn(column: Column, form: Form) -> Form:
    """A Form that knows which hundred years its two-digit years stand for."""
    if "%y" not in form.pattern or form.turn != Form.turn:
        return form
    years = np.full(len(column), -1)
    for shape, fields, _ in parts(column, form):
        years[shape.rows] = fields["y"]
    return replace(form, turn=turn_of(years[years >= 0])) if (years >= 0).any() else form


def time_share(texts: Sequence[str] | np.ndarray, name: str = "") -> float:
    """The share of the cells of a column that are stamps of one form, 0 to 1; empty ones do not count. Numbers are
    stamps only where their values, their name or their steps say so; a plain index is none."""
    cells = stripped(texts)
    cells = cells[np.strings.str_len(cells) > 0]
    until = until_of(str(cells[0])) if len(cells) else ""
    if until:
        cells = stripped([str(cell).partition(until)[0] for cell in cells])
    column = column_of(cells)
    if not len(column):
        return 0.0
    if all_numbers(column):
        form, _ = form_of_numbers(column, name)
        if form is None or form.pattern == "index":
            return 0.0
        if form.pattern in YEAR_PARTS and not may_be_years(name):
            return 0.0
        return 1.0 if form.is_number else float(fitting(column, form).mean())
    counts = candidates(column)
    share = max((count for pattern, count in counts.items() if not is_weak(pattern)), default=0) / len(column)
    weak = [pattern for pattern, count in counts.items() if is_weak(pattern) and count == len(column)]
    if weak and not is_of_time(name) and not is_of_weeks(name):  # the numbers of a year, such as invoice 2021-13
        weak = [pattern for pattern in weak if "%V" not in pattern or _years(column, pattern) > 1]
    times = [local_of(column, Form(pattern)).values for pattern in weak]
    return 1.0 if any(density(each) >= SORTED and len(np.unique(each)) >= TELLING for each in times) else share


def _years(column, pattern):
    """How many different years a column of weeks has."""
    every = (fields["G"] for _, fields, _ in parts(column, Form(pattern)))
    return len(np.unique(np.concatenate([np.unique(years) for years in every])))
