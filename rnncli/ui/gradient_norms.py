"""The gradient-norm table: for every parameter its norm before and after clipping, and the relative step."""

from ..events import StepDone

COLUMNS = ("grad norm", "clipped", "update ratio")
NUMBER = 12  # characters of a column of figures


def norms_lines(step: StepDone, width: int = 100) -> list[str]:
    """The table of a StepDone as lines of at most `width` characters.

    grad norm: ||g|| before clipping; clipped: after it; update ratio: ||step|| / ||parameter||.
    """
    room = max(width - len(COLUMNS) * (NUMBER + 1), 12)
    names = [shorten(row.name, room) for row in step.norms]
    first = max(map(len, [*names, "parameter"]))
    lines = [" ".join([f"{'parameter':{first}}", *(f"{title:>{NUMBER}}" for title in COLUMNS)])]
    for name, row in zip(names, step.norms):
        figures = (row.norm, row.clipped, row.update_ratio)
        lines.append(" ".join([f"{name:{first}}", *(f"{figure:{NUMBER}.2e}" for figure in figures)]))
    return lines


def shorten(name: str, room: int) -> str:
    """A long name without its start, since its end distinguishes the parameters of a layer."""
    return name if len(name) <= room else "..." + name[len(name) - room + 3 :]
