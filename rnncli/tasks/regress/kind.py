"""Regression, as it is known before it is loaded."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ...settings import setting
from .. import reading
from ..base import Next, TaskKind
from ..options import PAIRS, UNITS
from ..pairs import settings as pairs
from ..pairs.accepting import accepts
from ..pairs.metric_names import NUMBER_METRICS
from ..pairs.options import EVAL


@dataclass(frozen=True)
class RegressConfig:
    """The loss of numbers."""

    loss: str = setting("mse", "Loss or likelihood of the numbers.", choices=("mse", "mae", "huber", "gaussian"))


def next_commands(run: str, started: Any) -> Iterator[Next]:
    """See `tasks.base.TaskKind`."""
    yield Next(f"generate {run} FILE", "a number for each line of FILE")
    yield Next(f"eval {run} --worst 5", "how good it is, beside simple methods")


REGRESS = TaskKind(
    name="regress",
    data="examples with numbers",
    summary="examples with a number train a regressor",
    heavy="rnncli.tasks.regress.task:RegressTask",
    accepts=accepts("number"),
    unit="example",
    sections=pairs.POOLED
    | {
        "regress": RegressConfig,
    },
    uses=pairs.SHARED,
    defaults=pairs.DEFAULTS
    | {
        "data.tokens": None,
        "model.cell": "gru",
        "model.hidden_size": 64,
        "model.embedding_size": 64,
        "pool.kind": "mean",
    },
    length=pairs.LENGTH,
    rules=pairs.RULES,
    renamed=pairs.RENAMED,
    architecture=pairs.ARCHITECTURE,
    shapes=(*pairs.SHAPES, "regress.loss"),
    left_to_data=pairs.LEFT_TO_DATA,
    data_files=pairs.DATA_FILES,
    metrics=NUMBER_METRICS,
    score="rmse",
    default_metric="rmse",
    example_limit="rmse=1.5",
    baselines=("mean", "nearest", "dtw", "ridge", "kernels"),
    train_options={
        reading.TABLE: reading.OPTIONS,
        PAIRS: pairs.PAIR_OPTIONS,
        pairs.READER: pairs.READER_OPTIONS,
        pairs.ANSWERS: ("pool.kind", "pool.linear", "pool.ngrams", "regress.loss"),
    },
    reading=pairs.READING,
    eval_options=EVAL,
    generate_files="Files with sources to answer; -: stdin.",
    examples={
        "train": ("rnncli train datasets/waves.ts",),
        "eval": ("rnncli eval RUN --worst 5 --max rmse=1.5",),
        "generate": ("rnncli generate RUN new.ts",),
    },
    inspect_parts=UNITS,
    next_commands=next_commands,
)
