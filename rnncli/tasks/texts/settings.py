"""Settings that the tasks which write texts share. Imports no NumPy: kinds read it."""

from dataclasses import dataclass

from ...settings import Rule, setting
from ..pairs import settings as pairs

WRITER = "Writer"


@dataclass(frozen=True)
class WriterConfig:
    """The layers that write a text, symbol by symbol."""

    tokens: str | None = setting(
        None,
        "Unit of what is written; symbol: what stands between blanks; null: found.",
        choices=("char", "byte", "word", "symbol"),
        option="--target-tokens",
    )
    longest: int = setting(
        500, "Longest text in symbols that is learnt and written; longer ones are cut.", min=1, max=100_000
    )
    smoothing: float = setting(
        0.0, "Share of each target that is spread over all symbols.", min=0, below=1, option="--label-smoothing"
    )


SECTIONS = pairs.SECTIONS | {"writer": WriterConfig}
DEFAULTS = {
    "optim.lr": 0.004,
    "model.cell": "gru",
    "train.batch_size": 64,
    "train.eval_every": 250,
    "train.patience": 12,
}
RULES = (
    *pairs.RULES,
    Rule(
        ("model.embedding_size",),
        lambda size: size == 0,
        "an embedding of 1 or more: the symbols that are written have vectors",
    ),
)
ARCHITECTURE = ("writer.tokens",)
PAIR_OPTIONS = (*pairs.PAIR_OPTIONS[:2], "pairs.condition", *pairs.PAIR_OPTIONS[2:])
WRITER_OPTIONS = ("writer.tokens", "writer.smoothing")
