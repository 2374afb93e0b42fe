"""Warnings on evaluations: answers that are not numbers, and labels that the model never saw."""

from collections.abc import Sequence

from ...phrases import counted
from .texts import one_line

NAMED = 3  # labels that the warning names, each with its first place


def unseen_warning(labels: Sequence[tuple[str, str]], what: str, label: str) -> str:
    """A sentence on (label, place) of every example that the model cannot get right.

    what: the word for an example; label: the word for its label.
    """
    first: dict[str, str] = {}
    for name, where in labels:
        first.setdefault(name, where)
    parts = [f"'{one_line(name, 40)}' ({one_line(where)})" for name, where in list(first.items())[:NAMED]]
    parts += [f"{len(first) - NAMED:,} more"] if len(first) > NAMED else []
    verb = "counts" if len(labels) == 1 else "count"
    return f"{counted(len(labels), what)} with a {label} that the model never saw {verb} as wrong: {', '.join(parts)}"


def diverged(broken: int, total: int, what: str) -> str:
    """A sentence on the `broken` of all answers that are not numbers; what: the word for an example."""
    return (
        "metrics cannot be computed: the network diverged: "
        f"{broken:,} of {counted(total, what)} {'is' if broken == 1 else 'are'} not finite"
    )
