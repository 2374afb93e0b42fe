"""Translation, as it is known before it is loaded."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ...settings import Rule, setting
from .. import reading
from ..base import Next, TaskKind
from ..options import DRAWING, PAIRS, SURPRISE
from ..pairs import settings as pairs
from ..pairs.accepting import accepts
from ..texts import settings as texts
from ..texts.metric_names import TEXT_METRICS, TEXT_SCORE
from ..texts.options import EVAL, GENERATE, SHOW_ATTENTION

READER_OPTIONS = ("data.tokens", "steps.case", "reader.bidirectional", "reader.body_from", "model.embedding_size")


@dataclass(frozen=True)
class AttentionConfig:
    """What the writer sees of the source besides its last state."""

    kind: str = setting(
        "dot",
        "How well a step of the source fits a step of the text: their product, or a layer of its own; none: not seen.",
        choices=("dot", "additive", "none"),
        option="--attention",
    )


OF_SERIES = Rule(
    ("steps.segment", "steps.differences", "steps.scaling"),
    lambda segment, differences, scaling: segment is not None or differences != 1 or scaling != "standard",
    "nothing for series: sources are texts",
)


def next_commands(run: str, started: Any) -> Iterator[Next]:
    """See `tasks.base.TaskKind`."""
    yield Next(f"generate {run} FILE", "a text for each line of FILE")
    yield Next(f"eval {run} --worst 10", "how good it is, beside simple methods")


TRANSLATE = TaskKind(
    name="translate",
    data="pairs of texts",
    summary="pairs of texts train a translator",
    heavy="rnncli.tasks.translate.task:TranslateTask",
    accepts=accepts("text"),
    unit="symbol",
    sections=texts.SECTIONS | {"reader": pairs.ReaderConfig, "steps": pairs.StepsConfig, "attention": AttentionConfig},
    uses=pairs.SHARED,
    defaults=texts.DEFAULTS
    | {
        "data.tokens": None,
        "model.hidden_size": 160,
        "model.embedding_size": 64,
        "model.dropout": 0.2,
    },
    length={"max_steps": 5000},
    rules=(*texts.RULES, OF_SERIES),
    renamed=pairs.RENAMED,
    architecture=(
        "data.tokens",
        "model.embedding_size",
        "reader.bidirectional",
        "attention.kind",
        *texts.ARCHITECTURE,
    ),
    left_to_data=("data.tokens", "steps.case", "writer.tokens"),
    data_files=pairs.DATA_FILES,
    metrics=TEXT_METRICS,
    score=TEXT_SCORE,
    default_metric=TEXT_SCORE,
    example_limit="symbol_error_rate=0.1",
    baselines=("copy", "nearest"),
    train_options={
        reading.TABLE: reading.OPTIONS,
        PAIRS: texts.PAIR_OPTIONS,
        pairs.READER: READER_OPTIONS,
        texts.WRITER: ("attention.kind", *texts.WRITER_OPTIONS),
    },
    reading=pairs.READING_TEXTS,
    eval_options=EVAL,
    generate_options=(*GENERATE, SHOW_ATTENTION, DRAWING),
    generate_files="Files with a source on each line to translate; -: stdin.",
    examples={
        "train": ("rnncli train datasets/dates.tsv",),
        "eval": ("rnncli eval RUN --worst 10 --min exact_match=0.9",),
        "generate": ("rnncli generate RUN new.txt --beam 4",),
    },
    inspect_parts={"attention": "what the writer looks at for each symbol, and how it moves"} | SURPRISE,
    next_commands=next_commands,
)
