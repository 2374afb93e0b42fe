"""Description, as it is known before it is loaded."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from ...errors import shell_word
from ...settings import setting
from .. import reading
from ..base import Next, Option, TaskKind
from ..options import PAIRS, SURPRISE, TEMPERATURE
from ..pairs import settings as pairs
from ..texts import settings as texts
from ..texts.metric_names import DESCRIPTION_METRICS, TEXT_SCORE
from ..texts.options import EVAL, GENERATE

JUDGE = Option(
    "--judge",
    str,
    "Run of a classifier: also report how often it finds the condition in what was written.",
    PAIRS,
    metavar="RUN",
)


@dataclass(frozen=True)
class ConditionConfig:
    """How the writer knows its condition."""

    every_step: bool = setting(
        True, "Tell the condition at every step too, not only at the first.", option="--condition-every-step"
    )


def accepts(files: Sequence[str]) -> float:
    """Less than that they are a text or texts with their classes, and only for a folder with a file for each."""
    from ...data.pairs.detection import sniff

    found = sniff(files)
    return found.sure / 2 if found and found.format == "folder" else 0.0


def next_commands(run: str, started: Any) -> Iterator[Next]:
    """See `tasks.base.TaskKind`."""
    conditions = " ".join(f"--condition {shell_word(each)}" for each in started.needs)
    yield Next(f"generate {run} {conditions} --num-samples 5", "texts for a condition")
    yield Next(f"eval {run}", "how good they are, beside texts of training")


DESCRIBE = TaskKind(
    name="describe",
    data="texts with a condition",
    summary="with --task describe, texts with features or a class train a writer of such texts",
    heavy="rnncli.tasks.describe.task:DescribeTask",
    accepts=accepts,
    unit="symbol",
    sections={
        "table": reading.TableConfig,
        "pairs": pairs.PairsConfig,
        "writer": texts.WriterConfig,
        "conditions": ConditionConfig,
    },
    uses=tuple(path for path in pairs.SHARED if path != "data.tokens"),
    defaults=texts.DEFAULTS
    | {
        "model.hidden_size": 160,
        "model.embedding_size": 48,
        "model.dropout": 0.3,
    },
    length={"max_steps": 4000},
    rules=texts.RULES,
    renamed=pairs.RENAMED,
    architecture=("model.embedding_size", "conditions.every_step", *texts.ARCHITECTURE),
    left_to_data=("writer.tokens",),
    data_files=pairs.DATA_FILES,
    metrics=DESCRIPTION_METRICS,
    score="nats_per_symbol",
    default_metric=TEXT_SCORE,
    example_limit="nats_per_symbol=2",
    baselines=("nearest",),
    train_options={
        reading.TABLE: reading.OPTIONS,
        PAIRS: texts.PAIR_OPTIONS,
        texts.WRITER: ("model.embedding_size", "conditions.every_step", *texts.WRITER_OPTIONS),
    },
    reading=pairs.READING,
    eval_options=(*EVAL, JUDGE, TEMPERATURE),
    generate_options=GENERATE,
    generate_files="Files with a condition on each line, as in training; -: stdin.",
    examples={
        "train": ("rnncli train datasets/names --task describe --condition language",),
        "eval": ("rnncli eval RUN --judge CLASSIFIER",),
        "generate": ("rnncli generate RUN --condition language=Dorgun --num-samples 5",),
    },
    inspect_parts=SURPRISE,
    next_commands=next_commands,
)
