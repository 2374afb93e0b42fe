"""Classification, as it is known before it is loaded."""

from collections.abc import Iterator
from typing import Any

from .. import reading
from ..base import Next, TaskKind
from ..options import PAIRS, UNITS
from ..pairs import settings as pairs
from ..pairs.accepting import accepts
from ..pairs.metric_names import CLASS_METRICS
from ..pairs.options import CONFUSION, EVAL, PER_CLASS, TOP


def next_commands(run: str, started: Any) -> Iterator[Next]:
    """See `tasks.base.TaskKind`."""
    yield Next(f"generate {run} FILE", "a class for each line of FILE")
    yield Next(f"eval {run} --confusion", "how good it is, beside simple methods")


CLASSIFY = TaskKind(
    name="classify",
    data="labelled examples",
    summary="examples with a class train a classifier",
    heavy="rnncli.tasks.classify.task:ClassifyTask",
    accepts=accepts("class"),
    unit="example",
    sections=pairs.POOLED
    | {
        "classes": pairs.ClassesConfig,
    },
    uses=pairs.SHARED,
    defaults=pairs.DEFAULTS
    | {
        "data.tokens": None,
        "model.cell": "gru",
        "model.hidden_size": 64,
        "model.embedding_size": 32,
        "model.dropout": 0.4,
        "model.dropout_input": 0.4,
    },
    length=pairs.LENGTH,
    rules=pairs.RULES,
    renamed=pairs.RENAMED,
    architecture=pairs.ARCHITECTURE,
    shapes=pairs.SHAPES,
    left_to_data=pairs.LEFT_TO_DATA,
    data_files=pairs.DATA_FILES,
    metrics=CLASS_METRICS,
    score="nats",
    default_metric="accuracy",
    example_limit="nats=0.5",
    baselines=("majority", "bag", "naive_bayes", "nearest", "dtw", "ridge", "kernels"),
    train_options={
        reading.TABLE: reading.OPTIONS,
        PAIRS: pairs.PAIR_OPTIONS,
        pairs.READER: pairs.READER_OPTIONS,
        pairs.ANSWERS: ("pool.kind", "pool.linear", "pool.ngrams", "classes.weights", "classes.smoothing"),
    },
    reading=pairs.READING,
    eval_options=(*EVAL, CONFUSION, PER_CLASS),
    generate_options=(TOP,),
    generate_files="Files with a source on each line to classify; -: stdin.",
    examples={
        "train": ("rnncli train datasets/reviews.tsv",),
        "eval": ("rnncli eval RUN --confusion --worst 10 --min accuracy=0.9",),
        "generate": ("rnncli generate RUN new.txt --top 3",),
    },
    inspect_parts=UNITS,
    next_commands=next_commands,
)
