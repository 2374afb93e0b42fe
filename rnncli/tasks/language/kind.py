"""Language modelling, as it is known before it is loaded."""

from collections.abc import Iterator, Sequence
from typing import Any, Literal

from ...settings import Implied, Rule
from ..base import Metric, Next, Option, TaskKind
from ..options import BASELINE, BEAM, LENGTH_PENALTY, N_BEST, NUM_SAMPLES, SAMPLING_OPTIONS, SURPRISE, TEXT, UNITS

METRICS = (
    Metric("nats_per_char", "nats", "lower", "nats/char"),
    Metric("bits_per_char", "bits", "lower", "bits/char"),
    Metric("perplexity", "", "lower", "perplexity", ",.3f"),
    Metric("nats_per_token", "nats", "lower", "nats/token"),
    Metric("tokens", "", None, "tokens", ",d"),
    Metric("characters", "", None, "characters", ",d"),
    Metric("unknown_share", "", None, "unknown", ".2%"),
    Metric("spelling_nats_per_char", "nats", "lower", "spelling"),
    Metric("context_nats_per_char", "nats", "lower", "nats/char"),
    Metric("context_bits_per_char", "bits", "lower", "bits/char"),
    Metric("context_perplexity", "", "lower", "perplexity", ",.3f"),
    Metric("context_nats_per_token", "nats", "lower", "nats/token"),
    Metric("dynamic_nats_per_char", "nats", "lower", "nats/char"),
    Metric("dynamic_bits_per_char", "bits", "lower", "bits/char"),
    Metric("dynamic_perplexity", "", "lower", "perplexity", ",.3f"),
    Metric("dynamic_nats_per_token", "nats", "lower", "nats/token"),
)
EVAL = (
    Option(
        "--unknown",
        Literal["error", "skip"],
        "Characters or words that the model has never seen. [default: error; words: spelled out]",
        TEXT,
    ),
    BASELINE,
    Option("--order", int, "Order of that n-gram. [default: 7; words: 3]", TEXT, metavar="N", min=1, max=100),
    Option(
        "--context",
        int,
        "Also score windows of N tokens, each with an empty context.",
        TEXT,
        metavar="N",
        min=1,
        max=1_000_000,
    ),
    Option(
        "--dynamic",
        str,
        "Also score while the weights adapt to the text, at this learning rate; auto: one found on the training text.",
        TEXT,
        metavar="RATE|auto",
    ),
    Option("--per-line", bool, "Also report each line.", TEXT),
    Option("--per-token", bool, "Also report the nats of each token.", TEXT),
)
GENERATE = (
    Option("--prompt", str, "Text to continue; without it, generation starts after a newline.", TEXT, metavar="TEXT"),
    Option(
        "--prompt-file",
        str,
        "File with the text to continue, final newline included; -: stdin.",
        TEXT,
        metavar="FILE",
    ),
    Option(
        "--unknown",
        Literal["error", "skip", "replace"],
        "Characters or words of the prompt that the model has never seen.",
        TEXT,
        "error",
    ),
    Option(
        "--length",
        int,
        "Tokens to generate: characters, bytes or words, as in training; 0: without end.",
        TEXT,
        1000,
        "N",
    ),
    Option(
        "--stop",
        list[str],
        "Stop before this text; repeatable. $'\\n' is a newline in most shells.",
        TEXT,
        metavar="TEXT",
    ),
    Option("--echo/--no-echo", bool, "Write the prompt before each text.", TEXT, False),
    NUM_SAMPLES,
    *SAMPLING_OPTIONS,
    BEAM,
    N_BEST,
    LENGTH_PENALTY,
)


def accepts(files: Sequence[str]) -> float:
    """Any file can be read as a text; a kind that recognises the format is surer."""
    return 0.1


def next_commands(run: str, started: Any) -> Iterator[Next]:
    """See `tasks.base.TaskKind`."""
    yield Next(f"generate {run}", "more text")
    yield Next(f"eval {run}", "how good it is, beside an n-gram baseline")


LANGUAGE = TaskKind(
    name="language",
    data="text",
    summary="any other file trains a text generator",
    heavy="rnncli.tasks.language.task:LanguageTask",
    accepts=accepts,
    unit="token",
    uses=(
        "data.tokens",
        "data.documents",
        "data.min_count",
        "data.max_vocab",
        "data.val_frac",
        "data.test_frac",
        "model.embedding_size",
        "model.tie_embeddings",
        "model.dropout_input",
        "train.seq_length",
        "train.shuffle",
    ),
    length={"epochs": 10},
    implied={"model.embedding_size": Implied("data.tokens", lambda tokens: 128 if tokens == "word" else None)},
    rules=(
        Rule(("data.tokens",), lambda tokens: tokens == "symbol", "tokens that are char, byte or word"),
        Rule(("data.val_frac", "data.test_frac"), lambda val, test: val + test >= 1, "a sum below 1"),
        Rule(
            ("schedule.kind", "data.val_frac"),
            lambda kind, val: kind == "plateau" and val == 0,
            "plateau with a validation split (val_frac > 0)",
        ),
        Rule(
            ("train.patience", "data.val_frac"),
            lambda patience, val: patience > 0 and val == 0,
            "early stopping with a validation split (val_frac > 0)",
        ),
        Rule(
            ("model.tie_embeddings", "model.embedding_size", "model.hidden_size"),
            lambda tied, width, sizes: tied and width != (sizes[-1] if isinstance(sizes, tuple) else sizes),
            "an embedding as wide as the last layer",
        ),
        Rule(
            ("model.dropout_input", "model.embedding_size"),
            lambda dropout, width: dropout > 0 and width == 0,
            "dropout on an embedding (embedding_size > 0)",
        ),
    ),
    renamed={"data.level": "data.tokens"},
    architecture=("data.tokens", "model.embedding_size", "model.tie_embeddings"),
    metrics=METRICS,
    score="nats_per_char",
    default_metric="nats_per_char",
    example_limit="bits_per_char=2.1",
    baselines=("kneser_ney",),
    train_options={
        TEXT: (
            "data.tokens",
            "data.documents",
            "data.min_count",
            "data.max_vocab",
            "data.val_frac",
            "data.test_frac",
            "train.seq_length",
            "model.embedding_size",
        )
    },
    reading=("data.encoding",),
    eval_options=EVAL,
    generate_options=GENERATE,
    memory_bound=True,
    examples={
        "train": ("rnncli train datasets/tales.txt --cell gru --max-seconds 60",),
        "eval": ("rnncli eval RUN other.txt --format json --max bits_per_char=2.1",),
        "generate": (
            "rnncli generate RUN --length 500 --temperature 0.8",
            'rnncli generate RUN --prompt "ROMEO:" --num-samples 3 --seed 7',
        ),
    },
    about={"generate": "Text is streamed as it is sampled."},
    inspect_parts=UNITS | SURPRISE,
    next_commands=next_commands,
)
