"""Groups and options of `eval` and `generate` that several kinds of task share."""

from .base import Option

TEXT, SERIES, PAIRS, SAMPLING = "Text", "Series", "Pairs", "Sampling"
CHECKS, OUTPUT = "Checks", "Output and progress"

NUM_SAMPLES = Option(
    "--num-samples",
    int,
    "Number of samples. Text: texts, each ended by a newline [default: 1]. Series: sample paths "
    "in place of the forecast, one row per step of each path.",
    SAMPLING,
    metavar="N",
)

BASELINE = Option(
    "--baseline/--no-baseline",
    bool,
    "Compare with simple methods fitted on the run's training split: for a text a Kneser-Ney n-gram. "
    "[default: baseline]",
    CHECKS,
)
