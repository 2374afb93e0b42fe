"""The lines that tell what was decided about the columns of a table, each with the options that change it."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from .arrangement import IN_HEADER
from .columns import Columns, quoted
from .times import parts_of_no_date

if TYPE_CHECKING:
    from .roles import Found

LAYOUTS = {
    "wide": "a series in each column",
    "dates": "a series in each row, its dates in the header",
    "steps": "a series in each row, its steps in the header",
    "months": "a year in each row, its months in the header",
    "quarters": "a year in each row, its quarters in the header",
    "weeks": "a year in each row, its weeks in the header",
    "days": "a month in each row, its days in the header",
    "weekdays": "a week in each row, its days in the header",
    "hours": "a day in each row, its times in the header",
}
LISTED = 8  # ignored columns in a line, at most


def decisions(columns: Columns, arrangement: Any, found: "Found") -> tuple[str, ...]:
    """One line on the columns with a role, and one on the others, if there are any."""
    roles, ignored = (line(columns, arrangement, found) for line in (_roles, _ignored))
    return tuple(filter(None, (roles, _covariates(found), ignored)))


def _roles(columns, arrangement, found):
    time = f"time {quoted(found.time)}" if found.time else "no time, a step per row"
    parts = [] if found.time else parts_of_no_date(columns, columns.names)
    time += f": no date beside {quoted(parts)}" if parts else ""
    in_header = arrangement.layout in IN_HEADER
    if in_header and found.time:
        ids = f"id {quoted(found.id)} (--id-col)" if found.id else "one series (--id-col)"
        return f"columns: dates in the header and in {quoted(found.time)} together (--layout); {ids}"
    parts = ["time in the header"] if in_header else [f"{time} (--time-col)"]
    if arrangement.layout != "wide":
        parts.append(f"id {quoted(found.id)} (--id-col)" if found.id else "one series (--id-col)")
    if arrangement.layout in LAYOUTS:
        return f"columns: {LAYOUTS[arrangement.layout]} (--layout); {', '.join(parts)}"
    return f"columns: {', '.join(parts)}, target {quoted(found.targets)} (--target-col)"


def _covariates(found):
    groups = (
        ("past covariates", found.past, "--past-cols"),
        ("future covariates", found.known, "--future-cols"),
        ("static", found.static, "--static-cols"),
    )
    parts = [f"{what} {quoted(names)} ({option})" for what, names, option in groups if names]
    ahead = "; given ahead of the last target" if found.ahead else ""
    return f"covariates: {', '.join(parts)}{ahead}" if parts else None


def _ignored(columns, arrangement, found):
    used = {*found.id, *found.time, *found.targets, *found.past, *found.known, *found.static}
    melted = arrangement.layout in LAYOUTS
    unread: Sequence[str] = arrangement.ignored if melted else [name for name in columns.names if name not in used]
    if not unread:
        return None
    if melted:
        return f"ignored columns: {columns.listed_by_kind(unread[:LISTED])}" + _more(unread)
    time = "" if found.time else "--time-col, "
    return (
        f"ignored columns: {columns.listed_by_kind(unread[:LISTED])}"
        + _more(unread)
        + f"; to use them: {time}--past-cols, --future-cols, --static-cols"
    )


def _more(unread):
    return f", ... ({len(unread):,} in all)" if len(unread) > LISTED else ""
