"""The sections that kinds of task share: every setting with its default, help and limits.

A kind declares which of these settings it uses, its own defaults for them, and sections of its own.
"""

from dataclasses import dataclass

from ..settings import setting


@dataclass(frozen=True)
class DataConfig:
    """The data, its tokens and its splits."""

    files: tuple[str, ...] = setting((), "Files or folders, relative to the current folder; -: stdin.", option="DATA")
    tokens: str | None = setting(
        "char",
        "Unit of a token; symbol: what stands between blanks, for sources of pairs.",
        choices=("char", "byte", "word", "symbol"),
    )
    documents: str = setting(
        "file", "What counts as one document; the recurrent state is reset at each.", choices=("file", "line")
    )
    encoding: str = setting("utf-8", "Encoding of the data; ignored for byte tokens.")
    min_count: int = setting(1, "Words, or symbols of a source, seen less often than this become <unk>.", min=1)
    max_vocab: int = setting(0, "Keep this many of the most frequent of them; 0: all.", min=0)
    val_frac: float = setting(
        0.1, "Share of the data for validation; of a text, the part before the test split.", min=0, below=1
    )
    test_frac: float = setting(0.0, "Share of the data for the test split; of a text, its end.", min=0, below=1)


@dataclass(frozen=True)
class ModelConfig:
    """The network."""

    cell: str = setting("lstm", "Recurrent cell by name, for example rnn, lstm or gru.")
    hidden_size: int | tuple[int, ...] = setting(
        256, "Hidden units per layer: one number, or one for each layer.", min=1, max=100_000
    )
    num_layers: int = setting(1, "Recurrent layers; with a list of sizes, its length.", min=1, max=1_000)
    embedding_size: int = setting(
        0, "Size of the learnt token vectors; 0: one-hot. Word tokens: 128.", min=0, max=100_000
    )
    residual: bool = setting(False, "Add the input of a layer to its output.")
    tie_embeddings: bool = setting(False, "Use the embedding as the output weights too.")
    layer_norm: bool = setting(False, "Normalise the output of each layer.")
    dropout: float = setting(0.0, "Dropout after each layer.", min=0, below=1)
    dropout_input: float = setting(0.0, "Dropout on the embedding.", min=0, below=1)
    dropout_recurrent: float = setting(0.0, "Dropout on the recurrent connections.", min=0, below=1)
    dropout_kind: str = setting(
        "variational", "One dropout mask per sequence, or one per step.", choices=("variational", "step")
    )
    init: str = setting(
        "uniform", "Initialisation of the recurrent layers.", choices=("uniform", "glorot", "orthogonal", "identity")
    )
    forget_bias: float = setting(1.0, "Initial bias of forget gates.", min=-1000, max=1000)
    chrono_max: int = setting(0, "Longest memory for chrono initialisation, in steps; 0: off.", min=0)
    code: tuple[str, ...] = setting((), "Python files that define the cell; they run only when --code names them.")

    @property
    def sizes(self) -> tuple[int, ...]:
        """Hidden units of each layer."""
        return self.hidden_size if isinstance(self.hidden_size, tuple) else (self.hidden_size,) * self.num_layers


@dataclass(frozen=True)
class OptimConfig:
    """The optimizer: from a gradient to a step."""

    optimizer: str = setting(
        "adam", "Update rule.", choices=("sgd", "momentum", "nesterov", "adagrad", "rmsprop", "adam", "adamw")
    )
    lr: float | None = setting(None, "Learning rate; null: the default of the optimizer.", above=0)
    momentum: float = setting(0.9, "Decay of the velocity (momentum, nesterov).", min=0, below=1)
    beta1: float = setting(0.9, "Decay of the mean gradient (adam, adamw).", min=0, below=1)
    beta2: float = setting(0.99, "Decay of the mean squared gradient (adam, adamw).", min=0, below=1)
    rho: float = setting(0.95, "Decay of the mean squared gradient (rmsprop).", min=0, below=1)
    epsilon: float = setting(1e-8, "Added to the root of the mean squared gradient.", above=0)
    weight_decay: float = setting(0.0, "Weight decay, on weights but not on biases.", min=0)
    clip_norm: float = setting(1.0, "Largest global norm of the gradient; 0: no limit.", min=0)
    clip_value: float = setting(0.0, "Largest element of the gradient; 0: no limit.", min=0)
    average: float = setting(0.0, "Decay of the moving average of the weights; 0: no average.", min=0, below=1)


@dataclass(frozen=True)
class ScheduleConfig:
    """The learning rate over a run."""

    kind: str = setting(
        "cosine",
        "Learning-rate schedule.",
        option="--schedule",
        choices=("constant", "step", "exponential", "cosine", "plateau"),
    )
    warmup: int = setting(0, "Steps of linear warm-up from 0.", min=0)
    every: int = setting(1000, "Steps between decays (step, exponential).", min=1)
    gamma: float = setting(0.5, "Factor of each decay (step, exponential, plateau).", above=0, max=1)
    final: float = setting(0.0, "Share of the learning rate left at the end (cosine).", min=0, max=1)
    patience: int = setting(3, "Evaluations without improvement before a decay (plateau).", min=1)


@dataclass(frozen=True)
class TrainConfig:
    """Length of training, its batches and its reports."""

    seq_length: int = setting(32, "Steps of truncated BPTT; 0: whole documents.", min=0)
    batch_size: int = setting(16, "Sequences trained side by side.", min=1)
    epochs: int | None = setting(None, "Passes over the training split; null: no limit.", min=1)
    max_steps: int | None = setting(None, "Update steps; null: no limit.", min=1)
    max_seconds: float | None = setting(None, "Seconds of training; null: no limit.", above=0)
    workers: str = setting("auto", "Processes that share each batch: a number, or auto: as many as speed it up.")
    eval_every: int = setting(1000, "Steps between evaluations.", min=1)
    eval_tokens: int = setting(200_000, "Validation targets scored at each evaluation; 0: all.", min=0)
    checkpoint_every: int = setting(1000, "Steps between checkpoints.", min=1)
    keep_checkpoints: int = setting(2, "Newest checkpoints kept.", min=1)
    patience: int = setting(0, "Evaluations without improvement before stopping; 0: never stop early.", min=0)
    shuffle: bool = setting(True, "Shuffle documents and shift the start of streams in each epoch.")
    norms_every: int = setting(0, "Steps between gradient-norm tables; 0: at each evaluation.", min=0)
    show: str = setting(
        "none",
        "What to follow live; gradients: how the gradient norms change, and how far back the gradient reaches.",
        choices=("none", "gradients"),
    )
    sample_length: int = setting(200, "Length of the sample shown at each evaluation; 0: none.", min=0, max=1_000_000)
