"""Settings and options that the tasks of pairs share. Imports no NumPy: kinds read it."""

from dataclasses import dataclass

from ...settings import Rule, setting
from .. import reading

READER, ANSWERS = "Reader", "Answers"
FORMATS = ("auto", "delimited", "jsonl", "fasttext", "labelled", "folder", "parallel", "conll", "ts", "ucr")


@dataclass(frozen=True)
class PairsConfig:
    """Where the examples are, and which of them are held out."""

    source: tuple[str, ...] = setting(
        (), "Columns of the source, by name or number, separated by commas; none: found.", commas=True
    )
    target: tuple[str, ...] = setting(
        (), "Columns of the target, by name or number, separated by commas; none: found.", commas=True
    )
    condition: tuple[str, ...] = setting(
        (), "Columns that decide the text together with the source, separated by commas.", commas=True
    )
    group: str | None = setting(None, "Column whose equal values stay in one split; null: equal sources stay together.")
    format: str = setting("auto", "Format of the files.", choices=FORMATS, option="--data-format")
    header: str = setting("auto", "Whether the first line names the columns.", choices=("auto", "yes", "no"))
    val: tuple[str, ...] = setting(
        (), "Files with the validation examples, separated by commas; none: a share of the data.", commas=True
    )
    test: tuple[str, ...] = setting((), "Files with the test examples, separated by commas.", commas=True)


@dataclass(frozen=True)
class ReaderConfig:
    """The layers that read a source."""

    bidirectional: bool = setting(True, "Read each source in both directions, half of the units each.")
    body_from: str | None = setting(None, "Run of a language model whose layers read the source at first; null: none.")


@dataclass(frozen=True)
class StepsConfig:
    """How a source becomes steps."""

    case: str | None = setting(
        None, "Letters as they are, or all small; null: small for word tokens.", choices=("keep", "lower")
    )
    longest: int = setting(1000, "Longest source in steps; the rest of a longer one is not read.", min=1, max=1_000_000)
    segment: int | None = setting(
        None, "Steps of a series that are read as one; null: so many that about 80 remain.", min=1, max=100_000
    )
    differences: int = setting(
        1, "How often the change from step to step is taken and added to the channels of a series.", min=0, max=3
    )
    scaling: str = setting(
        "standard",
        "Scaling of series: by the mean and deviation of each channel in training, of each example, or none.",
        choices=("standard", "example", "none"),
    )


@dataclass(frozen=True)
class PoolConfig:
    """How one answer is made of all steps of a source."""

    kind: str = setting(
        "max",
        "What is kept of the outputs of all steps: the last, and of the way back the first; their mean; the greatest.",
        choices=("ends", "mean", "max"),
        option="--pool",
    )
    linear: bool = setting(
        True, "Add a linear path from the source to the answer: n-grams of a text, summaries of a series, features."
    )
    ngrams: int | None = setting(
        None, "Longest n-grams of the linear path in tokens; null: 4 characters, 2 words.", min=1, max=8
    )


@dataclass(frozen=True)
class ClassesConfig:
    """How classes count in the loss."""

    weights: str = setting(
        "none",
        "Weights of classes in the loss; balanced: each class counts alike.",
        choices=("none", "balanced"),
        option="--class-weights",
    )
    smoothing: float = setting(
        0.0, "Share of each target that is spread over all classes.", min=0, below=1, option="--label-smoothing"
    )


SHARED = (
    "data.val_frac",
    "data.test_frac",
    "data.min_count",
    "data.max_vocab",
    "data.tokens",
    "model.embedding_size",
    "model.dropout_input",
)
SECTIONS = {"table": reading.TableConfig, "pairs": PairsConfig, "reader": ReaderConfig, "steps": StepsConfig}
POOLED = SECTIONS | {"pool": PoolConfig}  # of the tasks with one answer for each source
DEFAULTS = {
    "data.min_count": 2,
    "optim.lr": 0.003,
    "train.batch_size": 32,
    "train.eval_every": 100,
    "train.patience": 15,
}
LENGTH = {"max_steps": 3000}
ARCHITECTURE = ("data.tokens", "model.embedding_size", "reader.bidirectional", "pool.kind", "pool.linear")
SHAPES = ("steps.segment", "steps.differences", "pool.ngrams")
READER_OPTIONS = ("steps.case", "reader.bidirectional", "reader.body_from", "steps.segment", "steps.differences")
RULES = (
    *reading.RULES,
    Rule(("data.val_frac", "data.test_frac"), lambda val, test: val + test >= 1, "a sum below 1"),
    Rule(
        ("schedule.kind", "data.val_frac", "pairs.val"),
        lambda kind, share, files: kind == "plateau" and share == 0 and not files,
        "plateau with validation examples (val_frac > 0, or --val FILE)",
    ),
)
LEFT_TO_DATA = ("data.tokens", "steps.case", "steps.segment", "pool.ngrams")
RENAMED = {"pairs.decimal": "table.decimal", "pairs.sheet": "table.sheet"}
READING = ("data.encoding", *reading.OPTIONS)
READING_TEXTS = tuple(path for path in READING if path not in ("table.decimal", "table.thousands"))
DATA_FILES = ("pairs.val", "pairs.test")
PAIR_OPTIONS = (
    "pairs.source",
    "pairs.target",
    "pairs.group",
    "pairs.format",
    "pairs.header",
    "pairs.val",
    "pairs.test",
)
