"""Options of `eval` and `generate` that the tasks of pairs share. Imports no NumPy: kinds read it."""

from collections.abc import Sequence

from ...data.synthetic.problems import PREFIX, PROBLEMS
from ..base import Option
from ..options import BASELINE, OUTPUT, PAIRS

WORST = Option(
    "--worst", int, "Also list the N answers that are most wrong, with their file and line.", PAIRS, 0, "N", 0
)
BY_LENGTH = Option("--by-length", bool, "Also report sources by their length.", PAIRS)
PER_EXAMPLE = Option("--per-example", bool, "Also report each example, with its file and line.", PAIRS)
PLOT = Option("--plot", str, "Also draw the figures, as .png or .svg.", OUTPUT, metavar="FILE")
CONFUSION = Option("--confusion", bool, "Also show the confusion matrix.", PAIRS)
PER_CLASS = Option("--per-class", bool, "Report every class, also where there are many.", PAIRS)
TOP = Option(
    "--top", int, "Write the N most probable classes of each line, with their probabilities.", PAIRS, 1, "N", 1
)
EVAL = (BASELINE, WORST, BY_LENGTH, PER_EXAMPLE, PLOT)
SYNTHETIC = Option(  # of `train`
    "--synthetic",
    list[str],
    "Train on made examples of a problem that needs memory, as the DATA synthetic:NAME:LENGTH:COUNT does. "
    f"NAME: {', '.join(PROBLEMS)}; repeatable.",
    PAIRS,
    metavar="NAME:LENGTH[:COUNT]",
)


def made_data(names: Sequence[str] | None) -> list[str]:
    """The DATA that values of --synthetic stand for."""
    return [PREFIX + name for name in names or ()]
