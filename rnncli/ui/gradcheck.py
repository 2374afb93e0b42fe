"""The results of a gradient check: a table, JSON, JSON lines."""

import json
from collections.abc import Iterable, Iterator, Sequence
from textwrap import wrap
from typing import Any

from ..gradcheck.check import CENTRAL_STEPS, COMPLEX_STEP
from ..gradcheck.report import FORMULA, GradientCheck, notes, summary, worst
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
    failed rows are printed.
    """
    width = console.width if console.is_terminal else WIDTH
    groups = [[check] for check in checks] if every else grouped(checks)
    if summary_only:
        groups = [group for group in groups if failed(group)]
    for line, wrong in table(groups, width) if groups else ():
        console.print(line, style="red" if wrong else None, soft_wrap=True)
    for line in conclusion(checks, seed):
        for part in wrap(line, width, subsequent_indent=INDENT, break_long_words=False, break_on_hyphens=False):
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


def table(groups: Sequence[list[GradientCheck]], width: int) -> Iterator[tuple[str, bool]]:
    """(line, whether it failed): the header, then for each cell its name and a row for each of its groups.

    If a line is wider than `width`, its last column is cut; figures are never cut.
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


def row(group: Sequence[GradientCheck]) -> tuple[str, ...]:
    """The texts of one row: the worst check of the group."""
    check = worst(group)
    array = check.parameter if len(group) == 1 else check.array
    return (
        INDENT + safe_text(array),
        f"{check.error:.1e}",
        f"{check.tolerance:.0e}",
        f"{sum(other.numbers for other in group):,}",
        "FAILED" if failed(group) else "ok" if check.method == "complex" else f"ok ({check.method})",
        safe_text(check.case),
    )


def shortened(text: str, room: int) -> str:
    """The text cut to `room` characters, with … at its end; a few characters always stay."""
    room = max(room, len(LAST))
    return text if len(text) <= room else text[: room - 1] + "…"


def conclusion(checks: Sequence[GradientCheck], seed: int) -> Iterator[str]:
    """The summary of the table in a few lines."""
    check, wrong = worst(checks), sum(not check.passed for check in checks)
    numbers = sum(check.numbers for check in checks)
    yield f"{len(checks):,} gradients, {numbers:,} derivatives: " + (f"{wrong:,} FAILED" if wrong else "all passed")
    yield f"worst relative error: {check.error:.1e} ({safe_text(f'{check.cell}, {check.parameter}, {check.case}')})"
    yield f"relative error: {FORMULA}"
    yield "analytic: the backward pass in float64"
    methods = {
        "complex": f"complex step, Im L(x + ih) / h with h = {COMPLEX_STEP:.0e}",
        "central": f"central differences, h = {CENTRAL_STEPS[0]:.0e}",
    }
    used = [words for method, words in methods.items() if any(check.method == method for check in checks)]
    yield f"numeric: {'; '.join(used)}"
    yield f"both through the code that trains; seed {seed}"


def warning_lines(checks: Sequence[GradientCheck]) -> list[str]:
    """A line for each cell that passed but was not checked to full precision."""
    return [f"warning: {safe_text(note)}" for note in notes(checks)]
