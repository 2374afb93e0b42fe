"""Groups and options of `eval` and `generate` that several kinds of task share."""

from .base import Option

TEXT, SERIES, SAMPLING, OUTPUT = "Text", "Series", "Sampling", "Output and progress"

NUM_SAMPLES = Option(
    "--num-samples",
    int,
    "Number of samples. Text: texts, each ended by a newline [default: 1]. Series: sample paths "
    "in place of the forecast, one row per step of each path.",
    SAMPLING,
    metavar="N",
)
