"""The configuration: every setting with its default, help and limits, and where settings come from.

YAML files < environment RNNCLI_* < assignments (--set model.hidden_size=256) < the options of a command. Whatever is
wrong in any of them is reported at once, in one ConfigError with a line for each problem.
"""

import json
from dataclasses import dataclass, field, is_dataclass

from .config_reading import Reading, Rule, Schema, from_text, nest
from .config_values import Problem, safe_name, written

ENVIRONMENT = "RNNCLI_"
NOT_SETTINGS = ("RNNCLI_CACHE", "RNNCLI_DATA")      # variables with a meaning of their own
YAML_LINE_ENDS = frozenset("\x85\u2028\u2029")     # PyYAML writes them raw in quotes and reads them back as blanks


def setting(default, help, choices=None, min=None, above=None, max=None, below=None, option=None):
    """A field that knows its help, its limits (min <=, above <, <= max, < below) and its option on the command line."""
    limits = {"choices": choices, "min": min, "above": above, "max": max, "below": below}
    return field(default=default, metadata={"help": help, "option": option, **limits})


@dataclass(frozen=True)
class DataConfig:
    """What is read, how it becomes tokens and how it is split."""

    files: tuple[str, ...] = setting((), "Text files or folders, as seen from the current folder; -: stdin.",
                                    option="DATA")
    level: str = setting("char", "What a token is.", choices=("char", "byte", "word"))
    documents: str = setting("file", "What a document is; the state starts anew with each.", choices=("file", "line"))
    encoding: str = setting("utf-8", "Encoding of the text; ignored at byte level.")
    min_count: int = setting(1, "Words seen less often become <unk>.", min=1)
    max_vocab: int = setting(0, "Most frequent words kept; 0: all.", min=0)
    val_frac: float = setting(0.1, "Part of the data, before the test split, that validates.", min=0, below=1)
    test_frac: float = setting(0.0, "Part of the data, at its very end, that tests.", min=0, below=1)


@dataclass(frozen=True)
class ModelConfig:
    """The network."""

    cell: str = setting("lstm", "Recurrent cell by name, for example rnn, lstm or gru.")
    hidden_size: int | tuple[int, ...] = setting(256, "Units of each layer; one number or one for each layer.",
                                                 min=1, max=100_000)
    num_layers: int = setting(1, "Recurrent layers; with a list of sizes, its length.", min=1, max=1_000)
    embedding_size: int = setting(0, "Size of the learnt vector of a token; 0: one-hot. Not given: 128 at word level, else 0.", min=0, max=100_000)
    residual: bool = setting(False, "Add the input of a layer to its output.")
    tie_embeddings: bool = setting(False, "Use the embedding as the output weights too.")
    layer_norm: bool = setting(False, "Normalise the output of each layer.")
    dropout: float = setting(0.0, "Dropout after each layer.", min=0, below=1)
    dropout_input: float = setting(0.0, "Dropout on the embedding.", min=0, below=1)
    dropout_recurrent: float = setting(0.0, "Dropout on the recurrent connections.", min=0, below=1)
    dropout_kind: str = setting("variational", "One mask for a whole sequence, or one for each step.",
                                choices=("variational", "step"))
    init: str = setting("uniform", "Initialisation of the recurrent layers.",
                        choices=("uniform", "glorot", "orthogonal", "identity"))
    forget_bias: float = setting(1.0, "Initial bias of forget gates.")
    chrono_max: int = setting(0, "Longest memory for chrono initialisation, in steps; 0: off.", min=0)
    code: tuple[str, ...] = setting((), "Python files that register cells.")

    @property
    def sizes(self):
        """Units of each layer, one number for each."""
        return self.hidden_size if isinstance(self.hidden_size, tuple) else (self.hidden_size,) * self.num_layers


@dataclass(frozen=True)
class OptimConfig:
    """How a gradient becomes a step."""

    optimizer: str = setting("adam", "Update rule.",
                             choices=("sgd", "momentum", "nesterov", "adagrad", "rmsprop", "adam", "adamw"))
    lr: float | None = setting(None, "Learning rate; null: the default of the optimizer.", above=0)
    momentum: float = setting(0.9, "Decay of the velocity (momentum, nesterov).", min=0, below=1)
    beta1: float = setting(0.9, "Decay of the mean gradient (adam, adamw).", min=0, below=1)
    beta2: float = setting(0.99, "Decay of the mean squared gradient (adam, adamw).", min=0, below=1)
    rho: float = setting(0.95, "Decay of the mean squared gradient (rmsprop).", min=0, below=1)
    epsilon: float = setting(1e-8, "Added to the root of the mean squared gradient.", above=0)
    weight_decay: float = setting(0.0, "Weight decay; biases are spared.", min=0)
    clip_norm: float = setting(1.0, "Largest global norm of the gradient; 0: no limit.", min=0)
    clip_value: float = setting(0.0, "Largest element of the gradient; 0: no limit.", min=0)
    average: float = setting(0.0, "Decay of the moving average of the weights; 0: no average.", min=0, below=1)


@dataclass(frozen=True)
class ScheduleConfig:
    """How the learning rate changes over a run."""

    kind: str = setting("cosine", "Shape of the learning rate.", option="--schedule",
                        choices=("constant", "step", "exponential", "cosine", "plateau"))
    warmup: int = setting(0, "Steps over which the rate rises from 0.", min=0)
    every: int = setting(1000, "Steps between two decays (step, exponential).", min=1)
    gamma: float = setting(0.5, "Factor of one decay (step, exponential, plateau).", above=0, max=1)
    final: float = setting(0.0, "Part of the rate that is left at the end (cosine).", min=0, max=1)
    patience: int = setting(3, "Evaluations without improvement before a decay (plateau).", min=1)


@dataclass(frozen=True)
class TrainConfig:
    """How long training takes, in what portions, and what it reports."""

    seq_length: int = setting(32, "Steps of truncated BPTT; 0: whole documents.", min=0)
    batch_size: int = setting(16, "Streams trained side by side.", min=1)
    epochs: int | None = setting(None, "Passes over the training split; null: no limit.", min=1)
    max_steps: int | None = setting(None, "Updates; null: no limit.", min=1)
    max_seconds: float | None = setting(None, "Seconds of training; null: no limit.", above=0)
    workers: str = setting("auto", "Processes that share each batch: a number, or auto for as many as pay.")
    eval_every: int = setting(1000, "Steps between evaluations.", min=1)
    eval_tokens: int = setting(200_000, "Validation tokens scored at each evaluation; 0: all.", min=0)
    checkpoint_every: int = setting(1000, "Steps between checkpoints.", min=1)
    keep_checkpoints: int = setting(2, "Checkpoints kept.", min=1)
    patience: int = setting(0, "Evaluations without improvement before stopping; 0: never stop early.", min=0)
    shuffle: bool = setting(True, "Change the order of documents and the start of streams from pass to pass.")
    norms_every: int = setting(0, "Steps between gradient-norm tables; 0: with each evaluation.", min=0)
    sample_length: int = setting(200, "Tokens of the sample shown at each evaluation; 0: none.", min=0)


@dataclass(frozen=True)
class Config:
    """Everything a run depends on, beside the data itself."""

    task: str = setting("language", "What is learnt.", choices=("language",))
    seed: int | None = setting(None, "Seed of all random streams; null: drawn and stored.", min=0)
    data: DataConfig = DataConfig()
    model: ModelConfig = ModelConfig()
    optim: OptimConfig = OptimConfig()
    schedule: ScheduleConfig = ScheduleConfig()
    train: TrainConfig = TrainConfig()


def is_unknown_encoding(name):
    try:
        "".encode(name)
    except (LookupError, ValueError):       # ValueError: a name that no codec could have
        return True
    return False


RULES = (
    Rule(("data.encoding",), is_unknown_encoding, "an encoding of Python's, for example utf-8, latin-1 or cp1251"),
    Rule(("data.val_frac", "data.test_frac"), lambda val, test: val + test >= 1, "a sum below 1"),
    Rule(("model.hidden_size", "model.num_layers"),
         lambda sizes, layers: isinstance(sizes, tuple) and len(sizes) != layers, "one size for each layer"),
    Rule(("model.tie_embeddings", "model.embedding_size", "model.hidden_size"),
         lambda tied, width, sizes: tied and width != (sizes[-1] if isinstance(sizes, tuple) else sizes),
         "an embedding as wide as the last layer"),
    Rule(("model.dropout_input", "model.embedding_size"),
         lambda dropout, width: dropout > 0 and width == 0, "dropout on an embedding (embedding_size > 0)"),
    Rule(("model.chrono_max",), lambda longest: longest == 1, "0 (off), or 2 and more"),
    Rule(("schedule.kind", "data.val_frac"), lambda kind, val: kind == "plateau" and val == 0,
         "plateau with a validation split (val_frac > 0)"),
    Rule(("train.workers",), lambda workers: workers != "auto" and not (workers.isdecimal() and 0 < int(workers) < 65),
         "auto, or a number from 1 to 64"),
    Rule(("train.patience", "data.val_frac"), lambda patience, val: patience > 0 and val == 0,
         "early stopping with a validation split (val_frac > 0)"),
)
IMPLIED = {
    "model.num_layers": ("model.hidden_size", lambda sizes: len(sizes) if isinstance(sizes, tuple) else None),
    "model.embedding_size": ("data.level", lambda level: 128 if level == "word" else None),     # one-hot is far slower
}
SCHEMA = Schema(Config, RULES, IMPLIED)
SETTINGS = SCHEMA.settings      # "model.cell" -> its dataclass field, for help, limits and defaults


def option_name(path):
    """How a setting is called on the command line: "--hidden-size" for "model.hidden_size"."""
    return SETTINGS[path].metadata["option"] or "--" + path.rpartition(".")[2].replace("_", "-")


def load_config(paths=(), environ=None, assignments=(), overrides=None):
    """The Config of all sources, the later ones winning; raises one ConfigError for everything that is wrong.

    paths: YAML files in order, "-" for standard input. environ: its RNNCLI_* variables, RNNCLI_MODEL__CELL=gru.
    assignments: texts as "model.cell=gru". overrides: {"model.cell": "gru"}, from the options of a command; None
    stands for an option that was not given. Text of the last three is a YAML list if it begins with [.
    """
    problems = []
    trees = [
        *files(paths, problems),
        *variables(environ or {}, problems),
        *assigned(assignments, problems),
        *options(overrides or {}, problems),
    ]
    reading = Reading(SCHEMA, problems)
    for tree in trees:
        if tree is not None:        # None: empty, or unreadable and reported
            reading.take(tree)
    return reading.result()


def files(paths, problems):
    """The trees of YAML files."""
    if not paths:
        return []
    from .config_yaml import read_file    # here: PyYAML takes 15 ms, which other commands need not pay

    return [read_file(path, problems) for path in paths]


def variables(environ, problems):
    """The trees of environment variables: RNNCLI_SEED, and RNNCLI_MODEL__HIDDEN_SIZE for model.hidden_size."""
    trees = []
    for name in sorted(environ):
        if name.startswith(ENVIRONMENT) and name not in NOT_SETTINGS:
            names = name.removeprefix(ENVIRONMENT).lower().split("__")
            trees.append(from_text(names, environ[name], f"environment variable {safe_name(name)}", problems))
    return trees


def assigned(assignments, problems):
    """The trees of "path=value" texts."""
    trees = []
    for text in assignments:
        path, equals, value = text.partition("=")
        if equals:
            trees.append(from_text(path.split("."), value, "--set", problems))
        else:
            problems.append(Problem(f"{safe_name(text)}: has no = (--set)", "write --set section.name=value"))
    return trees


def options(overrides, problems):
    """The trees of options given on the command line."""
    trees = []
    for path, value in overrides.items():
        where, names = f"option {option_name(path)}", path.split(".")
        if isinstance(value, str):
            trees.append(from_text(names, value, where, problems))
        elif value is not None:
            trees.append(nest(names, written(value, where)))
    return trees


def to_dict(config):
    """Nested dict of plain values, lists for tuples, ready for JSON; `from_dict` gives an equal Config back."""
    return {name: to_dict(value) if is_dataclass(value) else list(value) if isinstance(value, tuple) else value
            for name, value in vars(config).items()}


def from_dict(values):
    """The Config of a nested dict as `to_dict` makes it; raises one ConfigError for everything that is wrong."""
    reading = Reading(SCHEMA, [])
    reading.take(written(values, "stored configuration"))
    return reading.result()


def to_yaml(config):
    """YAML text of every setting that `load_config` reads back to an equal Config."""
    import yaml

    values = to_dict(config)
    readable = YAML_LINE_ENDS.isdisjoint(json.dumps(values, ensure_ascii=False))
    return yaml.safe_dump(values, sort_keys=False, allow_unicode=readable)
