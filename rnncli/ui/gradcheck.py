"""The results of a gradient check: a table, JSON, JSON lines."""

import json
from collections.abc import Iterable, Iterator, Sequence
from math import isfinite, log10
from statistics import median
from textwrap import wrap
from typing import Any

from ..gradcheck.derivatives import COMPLEX_STEP
from ..gradcheck.report import FORMULA, NOT_REACHED, PRODUCTS, Entry, GradientCheck, notes, summary, worst
from ..phrases import safe_text

WIDTH = 80  # of a table that does not go to a terminal
INDENT, GAP = "  ", "  "
COLUMNS = {
    "gradient of": "left",
    "rel. error": "right",
    "allowed": "right",
    "numbers": "right",
    "result": "left",
    "worst in": "left",
}
LAST = "worst in"
DIGITS, MOST_DIGITS = 4, 15  # after the point, of two numbers that are compared


def as_json(checks: Sequence[GradientCheck], seed: int) -> str:
    """One JSON object with its newline."""
    return json.dumps(summary(checks, seed), indent=2, allow_nan=False) + "\n"


def as_json_line(check: GradientCheck) -> str:
    """{"record": "check", ...}: one check."""
    return json.dumps({"record": "check"} | check.to_dict(), allow_nan=False) + "\n"


def as_last_json_line(checks: Sequence[GradientCheck], seed: int) -> str:
    """{"record": "total", ...}: the object of `as_json` without its checks."""
    total = {name: value for name, value in summary(checks, seed).items() if name != "checks"}
    return json.dumps({"record": "total"} | total, allow_nan=False) + "\n"


def show(
    checks: Sequence[GradientCheck], seed: int, console: Any, every: bool = False, summary_only: bool = False
) -> None:
    """Print a table and its summary on a Rich console.

    A row is the worst check of one parameter of one cell; with `every`, each check is a row; with `summary_only`, only
    failed rows are printed. Below a failed row stand its worst entries; with `every`, also those of the worst check,
    and the errors by step size.
    """
    width = console.width if console.is_terminal else WIDTH
    groups = [[check] for check in checks] if every else grouped(checks)
    if summary_only:
        groups = [group for group in groups if failed(group)]
    for line, wrong in table(groups, width, every) if groups else ():
        console.print(line, style="red" if wrong else None, soft_wrap=True)
    for line in (*conclusion(checks, seed, every), *(sweep(checks) if every else ())):
        for part in wrapped(line, width):
            console.print(part, soft_wrap=True)


def grouped(checks: Iterable[GradientCheck]) -> list[list[GradientCheck]]:
    """A list of the checks for each array of each cell, in order, over all cases and layers."""
    groups: dict[tuple[str, str], list[GradientCheck]] = {}
    for check in checks:
        groups.setdefault((check.cell, check.array), []).append(check)
    order = {cell: place for place, cell in enumerate(dict.fromkeys(check.cell for check in checks))}
    return sorted(groups.values(), key=lambda group: order[group[0].cell])


def failed(group: Iterable[GradientCheck]) -> bool:
    """Whether one of these checks failed."""
    return not all(check.passed for check in group)


def shown(group: Sequence[GradientCheck]) -> GradientCheck:
    """The worst check of a group, among those that failed if there are any."""
    return worst([check for check in group if not check.passed] or group)


def table(groups: Sequence[list[GradientCheck]], width: int, every: bool = False) -> Iterator[tuple[str, bool]]:
    """(line, whether it failed): the header, then for each cell its name and a row for each of its groups, with the
    worst entries of those that failed; with `every`, also with the errors by step size.

    If a row is wider than `width`, its last column is cut; figures are never cut.
    """
    rows = [row(group) for group in groups]
    widths = [max(map(len, texts)) for texts in zip(COLUMNS, *rows)]
    left = [align == "left" for align in COLUMNS.values()]
    room = width - sum(widths[:-1]) - len(GAP) * (len(widths) - 1)

    def line(texts):
        *figures, last = (t.ljust(w) if at_left else t.rjust(w) for t, w, at_left in zip(texts, widths, left))
        return GAP.join([*figures, shortened(last.rstrip(), room)]).rstrip()

    yield line(tuple(COLUMNS)), False
    yield "─" * min(width, sum(widths) + len(GAP) * (len(widths) - 1)), False
    above = None
    for group, texts in zip(groups, rows):
        if group[0].cell != above:
            above = group[0].cell
            yield safe_text(above), False
        yield line(texts), failed(group)
        for below in details(shown(group), every):
            yield from ((part, failed(group)) for part in wrapped(INDENT * 2 + below, width))


def wrapped(line: str, width: int) -> list[str]:
    """A line as lines of at most this width, the later ones indented."""
    indent = line[: len(line) - len(line.lstrip())] + INDENT
    return wrap(line, width, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False)


def details(check: GradientCheck, every: bool) -> Iterator[str]:
    """The lines below a row."""
    if every and check.steps:
        errors = " ".join(f"{error:.0e}" for _, error in check.steps)
        yield f"h = {check.steps[0].step:.0e} to {check.steps[-1].step:.0e}: {errors}"
    if not check.passed:
        yield from ["every derivative is 0"] if check.verdict == NOT_REACHED else entries(check)


def entries(check: GradientCheck) -> Iterator[str]:
    """The worst entries of an array, a line each."""
    for entry in check.worst:
        index = ", ".join(map(str, entry.index))
        block = f"  (block {entry.block})" if entry.block else ""
        analytic, numeric = figures(entry)
        yield safe_text(f"{check.parameter}[{index}]  analytic {analytic}  numeric {numeric}{block}")


def figures(entry: Entry) -> tuple[str, str]:
    """The two numbers of an entry, with as many digits as show their difference."""
    larger, difference = max(abs(entry.analytic), abs(entry.numeric)), abs(entry.analytic - entry.numeric)
    digits = DIGITS
    if isfinite(difference) and difference > 0:
        digits = min(MOST_DIGITS, max(DIGITS, 1 + int(-log10(difference / larger))))
    return f"{entry.analytic:.{digits}e}", f"{entry.numeric:.{digits}e}"


def row(group: Sequence[GradientCheck]) -> tuple[str, ...]:
    """The texts of one row: the worst check of the group."""
    check = shown(group)
    array = check.parameter if len(group) == 1 else check.array
    return (
        INDENT + safe_text(array),
        f"{check.error:.1e}",
        f"{check.tolerance:.0e}",
        f"{sum(other.numbers for other in group):,}",
        "FAILED" if failed(group) else "ok (central)" if check.method == "central" else "ok",
        safe_text(check.case),
    )


def shortened(text: str, room: int) -> str:
    """The text cut to `room` characters, with … at its end; a few characters always stay."""
    room = max(room, len(LAST))
    return text if len(text) <= room else text[: room - 1] + "…"


def conclusion(checks: Sequence[GradientCheck], seed: int, every: bool = False) -> Iterator[str]:
    """The summary of the table in a few lines; with `every`, with the worst entries of the worst check."""
    yield verdict(checks)
    yield worst_in_words(checks)
    if every:
        yield from (INDENT + line for line in entries(worst(checks)))
    products = f"; of products {PRODUCTS}" if any(check.method == "products" for check in checks) else ""
    yield f"relative error: {FORMULA}{products}"
    yield "analytic: the backward pass in float64"
    yield f"numeric: {'; '.join(methods(checks))}"
    yield f"both through the code that trains; seed {seed}"


def methods(checks: Sequence[GradientCheck]) -> Iterator[str]:
    """The methods by which numeric derivatives were found, in words."""
    used = {check.method for check in checks}
    if used & {"complex", "products"}:
        yield f"complex step, Im L(x + ih) / h with h = {COMPLEX_STEP:.0e}"
    if "products" in used:
        yield "products with random directions v for large arrays"
    if "central" in used:
        steps = {step for check in checks for step, _ in check.steps}
        sweep = f"h from {max(steps):.0e} to {min(steps):.0e}"
        yield f"central differences, {sweep}, each derivative where it changes least"


def verdict(checks: Sequence[GradientCheck]) -> str:
    """How many gradients were checked and how many failed."""
    wrong, numbers = sum(not check.passed for check in checks), sum(check.numbers for check in checks)
    return f"{len(checks):,} gradients, {numbers:,} derivatives: " + (f"{wrong:,} FAILED" if wrong else "all passed")


def worst_in_words(checks: Sequence[GradientCheck]) -> str:
    """The largest relative error and its place."""
    check = worst(checks)
    return f"worst relative error: {check.error:.1e} ({safe_text(f'{check.cell}, {check.parameter}, {check.case}')})"


def sweep(checks: Iterable[GradientCheck]) -> Iterator[str]:
    """A table of the errors of central differences by step size, over all arrays; nothing without any."""
    by_step: dict[float, list[float]] = {}
    for check in checks:
        for step, error in check.steps:
            by_step.setdefault(step, []).append(error)
    if by_step:
        yield "relative error by step size, over all arrays:"
        yield f"{INDENT}{'h':5}{GAP}{'median':>7}{GAP}{'worst':>7}"
    for step, errors in by_step.items():
        yield f"{INDENT}{step:.0e}{GAP}{median(errors):7.1e}{GAP}{max(errors):7.1e}"


def warning_lines(checks: Sequence[GradientCheck]) -> list[str]:
    """A line for each cell that passed but was not checked to full precision."""
    return [f"warning: {safe_text(note)}" for note in notes(checks)]
