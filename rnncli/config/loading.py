"""The configuration: every setting with its default, help and limits, and where settings come from.

YAML files < environment RNNCLI_* < assignments (--set model.hidden_size=256) < the options of a command. Whatever is
wrong in any of them is reported at once, in one ConfigError with a line for each problem.
"""

import json
from dataclasses import dataclass, is_dataclass

from ..settings import Rule, setting
from ..tasks.forecast.kind import ForecastConfig, SeriesConfig
from .schema import Reading, Schema, from_text, nest
from .sections import DataConfig, ModelConfig, OptimConfig, ScheduleConfig, TrainConfig
from .values import Problem, safe_name, written

ENVIRONMENT = "RNNCLI_"
NOT_SETTINGS = ("RNNCLI_CACHE", "RNNCLI_DATA")  # variables with a meaning of their own
YAML_LINE_ENDS = frozenset("\x85\u2028\u2029")  # PyYAML writes them raw in quotes and reads them back as blanks


@dataclass(frozen=True)
class Config:
    """Everything a run depends on, beside the data itself."""

    task: str = setting(
        "auto",
        "What is learnt; auto: of a table a forecast, of any other file a language model.",
        choices=("auto", "language", "forecast"),
    )
    seed: int | None = setting(None, "Seed of all random streams; null: drawn and stored.", min=0)
    data: DataConfig = DataConfig()
    series: SeriesConfig = SeriesConfig()
    forecast: ForecastConfig = ForecastConfig()
    model: ModelConfig = ModelConfig()
    optim: OptimConfig = OptimConfig()
    schedule: ScheduleConfig = ScheduleConfig()
    train: TrainConfig = TrainConfig()


def is_unknown_encoding(name):
    try:
        "".encode(name)
    except (LookupError, ValueError):  # ValueError: a name that no codec could have
        return True
    return False


ROWS = "whole rows, or a share below 1"


def is_part_of_a_row(rows):
    return rows >= 1 and rows != int(rows)


RULES = (
    Rule(("data.encoding",), is_unknown_encoding, "an encoding of Python's, for example utf-8, latin-1 or cp1251"),
    Rule(("data.val_frac", "data.test_frac"), lambda val, test: val + test >= 1, "a sum below 1"),
    Rule(
        ("model.hidden_size", "model.num_layers"),
        lambda sizes, layers: isinstance(sizes, tuple) and len(sizes) != layers,
        "one size for each layer",
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
    Rule(("model.chrono_max",), lambda longest: longest == 1, "0 (off), or 2 and more"),
    Rule(
        ("schedule.kind", "data.val_frac", "series.val_size"),
        lambda kind, val, rows: kind == "plateau" and 0 in (val, rows),
        "plateau with a validation split (val_frac, val_size > 0)",
    ),
    Rule(
        ("train.workers",),
        lambda workers: workers != "auto" and not (workers.isdecimal() and 0 < int(workers) < 65),
        "auto, or a number from 1 to 64",
    ),
    Rule(
        ("train.patience", "data.val_frac"),
        lambda patience, val: patience > 0 and val == 0,
        "early stopping with a validation split (val_frac > 0)",
    ),
    Rule(("series.val_size",), lambda rows: is_part_of_a_row(rows or 0), ROWS),
    Rule(("series.test_size",), is_part_of_a_row, ROWS),
    Rule(
        ("series.thousands", "series.decimal"),
        lambda thousands, decimal: thousands == decimal or len(thousands or "") > 1,
        "one sign, another than decimal",
    ),
    Rule(
        ("forecast.mode", "forecast.difference", "forecast.segment", "forecast.highway"),
        lambda mode, *others: mode == "recursive" and any(others),
        "with mode recursive neither difference, segment nor highway",
    ),
    Rule(
        ("forecast.quantiles", "forecast.loss"),
        lambda quantiles, loss: bool(quantiles) and loss != "quantile",
        "quantiles with the loss quantile; others are asked for when forecasting",
    ),
    Rule(("forecast.quantiles",), lambda quantiles: list(quantiles) != sorted(set(quantiles)), "quantiles that rise"),
    Rule(
        ("forecast.loss", "forecast.log", "forecast.scaling", "forecast.difference"),
        lambda loss, log, scaling, lag: loss == "negative-binomial" and (log or scaling != "none" or lag > 0),
        "negative-binomial with scaling none, without log and difference: it counts",
    ),
)


def of_series(value):
    """What a task implies, for forecasts alone."""
    return lambda task: value if task == "forecast" else None


IMPLIED = {
    "model.num_layers": ("model.hidden_size", lambda sizes: len(sizes) if isinstance(sizes, tuple) else None),
    "model.embedding_size": ("data.level", lambda level: 128 if level == "word" else None),  # one-hot is far slower
    "forecast.scaling": ("forecast.loss", lambda loss: "none" if loss == "negative-binomial" else None),
    "model.hidden_size": ("task", of_series(64)),
    "optim.lr": ("task", of_series(0.003)),
    "train.batch_size": ("task", of_series(32)),
    "train.eval_every": ("task", of_series(100)),
    "train.patience": ("task", of_series(10)),
    "train.sample_length": ("task", of_series(0)),
}
SCHEMA = Schema(Config, RULES, IMPLIED)
SETTINGS = SCHEMA.settings  # "model.cell" -> its dataclass field, for help, limits and defaults


def option_name(path):
    """How a setting is called on the command line: "--hidden-size" for "model.hidden_size"."""
    return SETTINGS[path].metadata["option"] or "--" + path.rpartition(".")[2].replace("_", "-")


def load_config(paths=(), environ=None, assignments=(), overrides=None, task_of=None):
    """The Config of all sources, the later ones winning; raises one ConfigError for everything that is wrong.

    paths: YAML files in order, "-" for standard input. environ: its RNNCLI_* variables, RNNCLI_MODEL__CELL=gru.
    assignments: texts as "model.cell=gru". overrides: {"model.cell": "gru"}, from the options of a command; None
    stands for an option that was not given. Text of the last three is a YAML list if it begins with [. task_of: what
    gives the task for the names of the data files, where it is auto. Each file is read once: a pipe can be read no
    second time.
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
        if tree is not None:  # None: empty, or unreadable and reported
            reading.take(tree)
    if task_of and not problems:
        take_task(reading, task_of)
    return reading.result()


def take_task(reading, task_of):
    """Choose the task of the data where it is auto and data is named: other defaults depend on it."""
    (task, _), (names, _) = reading.current("task"), reading.current("data.files")
    if task == "auto" and names:
        reading.take(written({"task": task_of(names)}, "task of the data"))


def files(paths, problems):
    """The trees of YAML files."""
    if not paths:
        return []
    from .yaml_files import read_file  # here: PyYAML takes 15 ms, which other commands need not pay

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
    return {
        name: to_dict(value) if is_dataclass(value) else list(value) if isinstance(value, tuple) else value
        for name, value in vars(config).items()
    }


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
