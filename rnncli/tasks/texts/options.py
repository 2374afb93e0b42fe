"""Options of `eval` and `generate` that the tasks which write texts share. Imports no NumPy: kinds read it."""

from ..base import Option
from ..options import BASELINE, BEAM, LENGTH_PENALTY, N_BEST, NUM_SAMPLES, OUTPUT, PAIRS, SAMPLING_OPTIONS
from ..pairs.options import BY_LENGTH, PER_EXAMPLE, PLOT, WORST

CONDITION = Option(
    "--condition",
    list[str],
    "The value of a condition for every line, as in language=Irish; repeatable.",
    PAIRS,
    metavar="NAME=VALUE",
)
SHOW_ATTENTION = Option(
    "--show-attention", bool, "Show what the writer looked at for each symbol; in JSON lines, as numbers.", OUTPUT
)
EVAL = (BASELINE, BEAM, LENGTH_PENALTY, WORST, BY_LENGTH, PER_EXAMPLE, PLOT)
GENERATE = (CONDITION, BEAM, N_BEST, LENGTH_PENALTY, NUM_SAMPLES, *SAMPLING_OPTIONS)
