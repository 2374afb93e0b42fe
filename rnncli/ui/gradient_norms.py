"""The gradient-norm table: of every parameter its norm, its norm after clipping, and how far the step moved it."""

COLUMNS = ("grad norm", "clipped", "update ratio")
NUMBER = 12  # characters of a column of figures


def norms_lines(step, width=100):
    """The table of a StepDone as lines no longer than `width`.

    grad norm is ||g|| before clipping and clipped after it; update ratio is ||step taken|| / ||parameter||.
    """
    room = max(width - len(COLUMNS) * (NUMBER + 1), 12)
    names = [shorten(row.name, room) for row in step.norms]
    first = max(map(len, [*names, "parameter"]))
    lines = [" ".join([f"{'parameter':{first}}", *(f"{title:>{NUMBER}}" for title in COLUMNS)])]
    for name, row in zip(names, step.norms):
        figures = (row.norm, row.clipped, row.update_ratio)
        lines.append(" ".join([f"{name:{first}}", *(f"{figure:{NUMBER}.2e}" for figure in figures)]))
    return lines


def shorten(name, room):
    """A long name without its beginning: its end tells the parameters of a layer apart."""
    return name if len(name) <= room else "..." + name[len(name) - room + 3 :]
