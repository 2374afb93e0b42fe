"""Labelling, as it is known before it is loaded."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ...settings import Rule, setting
from .. import reading
from ..base import Next, Option, TaskKind
from ..options import PAIRS, UNITS
from ..pairs import settings as pairs
from ..pairs.accepting import accepts
from ..pairs.metric_names import TAG_METRICS
from ..pairs.options import BASELINE, CONFUSION, PER_CLASS, PLOT


@dataclass(frozen=True)
class SpellingConfig:
    """The layer that reads the characters of each word."""

    size: int = setting(
        64,
        "Units of the layer that reads the characters of each word, both directions; 0: none.",
        min=0,
        max=10_000,
        option="--spelling-size",
    )
    width: int = setting(32, "Size of the vectors of characters.", min=1, max=10_000, option="--character-size")


SHOW = Option("--show", int, "Show N sentences with their labels, wrong ones underlined.", PAIRS, 0, "N", 0)


def next_commands(run: str, started: Any) -> Iterator[Next]:
    """See `tasks.base.TaskKind`."""
    yield Next(f"generate {run} FILE", "the words of FILE with a label each")
    yield Next(f"eval {run} --show 5", "how good it is, beside the most frequent labels")


LABEL = TaskKind(
    name="label",
    data="labelled words",
    summary="sentences with a label for each word train a labeller",
    heavy="rnncli.tasks.label.task:LabelTask",
    accepts=accepts("step"),
    unit="word",
    sections=pairs.SECTIONS
    | {
        "classes": pairs.ClassesConfig,
        "spelling": SpellingConfig,
    },
    uses=tuple(path for path in pairs.SHARED if path != "data.tokens"),
    defaults=pairs.DEFAULTS
    | {
        "model.cell": "lstm",
        "model.hidden_size": 192,
        "model.embedding_size": 64,
        "model.dropout": 0.5,
        "model.dropout_input": 0.5,
        "steps.segment": 1,
    },
    length=pairs.LENGTH,
    rules=(
        *pairs.RULES,
        Rule(
            ("steps.segment",),
            lambda steps: (steps or 1) > 1,
            "segments of 1 step, as each step of a series has its label",
        ),
    ),
    renamed=pairs.RENAMED,
    architecture=("model.embedding_size", "reader.bidirectional"),
    shapes=("spelling.size", "spelling.width", "steps.differences"),
    data_files=pairs.DATA_FILES,
    metrics=TAG_METRICS,
    score="nats",
    default_metric="accuracy",
    example_limit="nats=0.3",
    baselines=("frequent",),
    train_options={
        reading.TABLE: reading.OPTIONS,
        PAIRS: pairs.PAIR_OPTIONS,
        pairs.READER: ("reader.bidirectional", "spelling.size", "spelling.width", "steps.differences"),
        pairs.ANSWERS: ("classes.weights", "classes.smoothing"),
    },
    reading=pairs.READING_TEXTS,
    eval_options=(BASELINE, SHOW, CONFUSION, PER_CLASS, PLOT),
    generate_files="Files with a word on each line and an empty line between sentences; -: stdin.",
    examples={
        "train": ("rnncli train datasets/tags.tsv",),
        "eval": ("rnncli eval RUN --show 5 --min accuracy=0.9",),
        "generate": ("rnncli generate RUN words.txt",),
    },
    inspect_parts=UNITS,
    next_commands=next_commands,
)
