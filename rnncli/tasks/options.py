"""Groups, options of `eval` and `generate`, and parts of `inspect` that several kinds of task share."""

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

TEMPERATURE = Option(
    "--temperature",
    float,
    "Sampling temperature. Below 1: safer; above 1: wilder; 0: always the most probable token. [default: 1]",
    SAMPLING,
    metavar="X",
)
TOP_K = Option("--top-k", int, "Sample from the K most probable tokens; 0: all. [default: 0]", SAMPLING, metavar="K")
TOP_P = Option(
    "--top-p",
    float,
    "Sample from the most probable tokens whose total probability is at least P; 1: all. [default: 1]",
    SAMPLING,
    metavar="P",
)
MIN_P = Option(
    "--min-p",
    float,
    "Sample from tokens with at least P times the probability of the most probable one; 0: all. [default: 0]",
    SAMPLING,
    metavar="P",
)
REPETITION_PENALTY = Option(
    "--repetition-penalty",
    float,
    "Above 1: make the latest 64 tokens less probable; 1: off. [default: 1]",
    SAMPLING,
    metavar="X",
)
SAMPLING_OPTIONS = (TEMPERATURE, TOP_K, TOP_P, MIN_P, REPETITION_PENALTY)  # by key those of `generation.Sampling`

BEAM = Option(
    "--beam",
    int,
    "Search for the most probable text by following the N best at each token, without chance; 1: greedy.",
    SAMPLING,
    metavar="N",
    min=1,
    max=1000,
)
N_BEST = Option(
    "--n-best", int, "Write the N most probable texts that --beam finds. [default: 1]", SAMPLING, metavar="N", min=1
)
LENGTH_PENALTY = Option(
    "--length-penalty",
    float,
    "ALPHA of the score of --beam, log probability / length^ALPHA; 0 favours short texts. [default: 1]",
    SAMPLING,
    metavar="ALPHA",
    min=0,
    max=10,
)

DRAWING = Option(
    "--plot",
    str,
    "Also draw it, as .png or .svg: history, forecast and intervals, or what a writer looked at.",
    OUTPUT,
    metavar="FILE",
)

BASELINE = Option(
    "--baseline/--no-baseline",
    bool,
    "Compare with simple methods fitted on the run's training split: for a text a Kneser-Ney n-gram. "
    "[default: baseline]",
    CHECKS,
)

UNITS = {"units": "units that follow the data, and the data in the colours of a unit"}  # parts of `inspect`
SURPRISE = {"surprise": "bits of each symbol as colour, and the worst places; of a text beside an n-gram"}
