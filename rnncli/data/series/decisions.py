"""The lines that tell what was decided about the columns of a table, each with the options that change it."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from .columns import Columns, quoted

if TYPE_CHECKING:
    from .roles import Found

LAYOUTS = {
    "wide": "a series in each column",
    "dates": "a series in each row, its dates in the header",
    "steps": "a series in each row, its steps in the header",
    "months": "a year in each row, its months in the header",
    "quarters": "a year in each row, its quarters in the header",
    "hours": "a day in each row, its hours in the header",
}
LISTED = 8  # ignored columns in a line, at most


def decisions(columns: Columns, arrangement: Any, found: "Found") -> tuple[str, ...]:
    """One line on the columns with a role, and one on the others, if there are any."""
    return tuple(filter(None, (_roles(arrangement, found), _covariates(found), _ignored(columns, arrangement, found))))


def _roles(arrangement, found):
    time = f"time {quoted(found.time)}" if found.time else "no time, a step per row"
    parts = ["time in the header"] if arrangement.layout in ("dates", "steps") else [f"{time} (--time-col)"]
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
        return f"ignored columns: {columns.listed_by_kind(unread)}"
    time = "" if found.time else "--time-col, "
    return (
        f"ignored columns: {columns.listed_by_kind(unread[:LISTED])}"
        + (f", ... ({len(unread):,} in all)" if len(unread) > LISTED else "")
        + f"; to use them: {time}--past-cols, --future-cols, --static-cols"
    )
