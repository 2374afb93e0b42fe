"""Groups and options of `eval` and `generate` that several kinds of task share."""

from .base import Option

TEXT, SERIES, SAMPLING, OUTPUT = "Text", "Series", "Sampling", "Output and progress"

NUM_SAMPLES = Option(
    "--num-samples",
    int,
    "Samples to draw: texts, each ended by a newline [default: 1]; of series, paths to draw "
    "instead of the forecast, one row per step of each.",
    SAMPLING,
    metavar="N",
)
