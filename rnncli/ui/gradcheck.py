"""A gradient check on paper: a Rich table, JSON, JSON lines."""

import json

from ..gradcheck.check import CENTRAL_STEPS, COMPLEX_STEP
from ..gradcheck.report import FORMULA, notes, summary, worst
from ..phrases import safe_text

WIDTH = 140  # of a table that does not go to a terminal
COLUMNS = {
    "cell": "left",
    "gradient of": "left",
    "rel. error": "right",
    "allowed": "right",
    "numbers": "right",
    "result": "left",
    "worst in": "left",
}
LAST = "worst in"


def as_json(checks, seed):
    """One JSON object with its newline."""
    return json.dumps(summary(checks, seed), indent=2, allow_nan=False) + "\n"


def as_json_line(check):
    """{"record": "check", ...}: one check, as it is found."""
    return json.dumps({"record": "check"} | check.to_dict(), allow_nan=False) + "\n"


def as_last_json_line(checks, seed):
    """{"record": "total", ...}: what `as_json` writes, without the checks."""
    total = {name: value for name, value in summary(checks, seed).items() if name != "checks"}
    return json.dumps({"record": "total"} | total, allow_nan=False) + "\n"


def show(checks, seed, console, every=False):
    """Print a table and what it means: the worst check of each parameter of each cell, or with `every` all of them."""
    if not console.is_terminal:
        console.width = max(console.width, WIDTH)
    console.print(make_table([[check] for check in checks] if every else grouped(checks), console.width))
    for line in conclusion(checks, seed):
        console.print(line, soft_wrap=True)


def grouped(checks):
    """Lists of the checks of one array of one cell, in order, whatever case or layer they belong to."""
    groups = {}
    for check in checks:
        groups.setdefault((check.cell, check.array), []).append(check)
    order = {cell: place for place, cell in enumerate(dict.fromkeys(check.cell for check in checks))}
    return sorted(groups.values(), key=lambda group: order[group[0].cell])


def make_table(groups, width):
    """A row for each list of checks: its worst. Where the table would be wider than `width`, the last column is cut."""
    from rich import box
    from rich.table import Table

    rows = [row(group) for group in groups]
    needed = sum(max(map(len, texts)) + len("   ") for texts in list(zip(COLUMNS, *rows))[:-1])
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False)
    for title, place in COLUMNS.items():
        table.add_column(
            title, justify=place, no_wrap=True, max_width=max(len(title), width - needed) if title == LAST else None
        )
    above = None
    for texts in rows:
        if above not in (None, texts[0]):
            table.add_section()
        table.add_row("" if texts[0] == above else texts[0], *texts[1:], style="red" if "FAILED" in texts else None)
        above = texts[0]
    return table


def row(group):
    """The texts of one row."""
    check, failed = worst(group), not all(check.passed for check in group)
    array = check.parameter if len(group) == 1 else check.array
    return (
        safe_text(check.cell),
        safe_text(array),
        f"{check.error:.1e}",
        f"{check.tolerance:.0e}",
        f"{sum(other.numbers for other in group):,}",
        "FAILED" if failed else "ok" if check.method == "complex" else f"ok ({check.method})",
        check.case,
    )


def conclusion(checks, seed):
    """What the table means, in three lines."""
    check, failed = worst(checks), sum(not check.passed for check in checks)
    numbers = sum(check.numbers for check in checks)
    where = safe_text(f"{check.cell}, {check.parameter}, {check.case}")
    yield (
        f"{len(checks):,} gradients, {numbers:,} derivatives: "
        + (f"{failed:,} FAILED" if failed else "all passed")
        + f"; worst relative error {check.error:.1e} ({where})"
    )
    yield f"relative error: {FORMULA}; analytic: the backward pass in float64"
    methods = {
        "complex": f"complex step, Im L(x + ih) / h with h = {COMPLEX_STEP:.0e}",
        "central": f"central differences, h = {CENTRAL_STEPS[0]:.0e}",
    }
    used = [words for method, words in methods.items() if any(check.method == method for check in checks)]
    yield f"numeric: {'; '.join(used)}, through the code that trains; seed {seed}"


def warning_lines(checks):
    """A line for each cell that is right, but was not checked to full precision."""
    return [f"warning: {safe_text(note)}" for note in notes(checks)]
