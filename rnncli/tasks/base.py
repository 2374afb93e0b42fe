"""The contract of a task: `TaskKind`, known before anything is loaded, and `Task`, which does the work.

A kind imports no NumPy, so that help and configuration stay fast. It names its heavy half as "module:class". Whatever
is true of one kind of task alone stands in its folder; commands, training and storage use what is written here.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from math import inf
from typing import Any, ClassVar, Literal, NamedTuple, Protocol

from ..settings import Implied, Rule

Progress = Callable[[str, int, int | None], None]  # (what is done, done, total), total None where it is not known


@dataclass(frozen=True)
class Metric:
    """A figure of an evaluation. A name that ends in * stands for several: coverage_* for coverage_80, coverage_95."""

    name: str
    unit: str  # "nats", "%"; "" for none, or that of the data
    better: Literal["lower", "higher"] | None  # None: neither, as of a count
    label: str  # of its column
    format: str = ".4f"

    def covers(self, name: str) -> bool:
        """Whether this is the metric of that name."""
        return name.startswith(self.name[:-1]) if self.name.endswith("*") else name == self.name


@dataclass(frozen=True)
class Option:
    """An option of `eval` or `generate` that some tasks have.

    type: bool, int, float, str, list[str] or a Literal; a bool named "--x/--no-x" has both forms. Its value is
    `default` where it is not given. Tasks that share an option declare the same one.
    """

    name: str
    type: Any
    help: str
    group: str
    default: Any = None
    metavar: str | None = None
    min: float | None = None
    max: float | None = None

    @property
    def key(self) -> str:
        """The name without dashes, as options are handed to a task: per_line for --per-line."""
        return self.name.partition("/")[0].lstrip("-").replace("-", "_")


class Shortcut(NamedTuple):
    """An option of `train` without a value that gives a setting one of its values, as --wide for --layout wide."""

    name: str
    path: str
    value: str
    help: str
    group: str


class Next(NamedTuple):
    """A command that may follow a run: its arguments after `rnncli`, and what it does."""

    arguments: str
    purpose: str


@dataclass(frozen=True)
class TaskKind:
    """Everything that must be known of a kind of task before it is loaded."""

    name: str  # as in `--task NAME`
    data: str  # what it learns from, in messages: "text", "series"
    summary: str  # a sentence for the help
    heavy: str  # "module:class" of its Task
    accepts: Callable[[Sequence[str]], float]  # how sure it is, 0 to 1, that files of these names are its own
    unit: str  # what a target is called: "token"

    sections: Mapping[str, type] = field(default_factory=dict)  # its own sections of the configuration
    uses: tuple[str, ...] = ()  # settings of the common sections that some tasks have no use for
    defaults: Mapping[str, Any] = field(default_factory=dict)  # of common settings, where they differ
    length: Mapping[str, int] = field(default_factory=dict)  # limits of a run for which none is given
    implied: Mapping[str, Implied] = field(default_factory=dict)
    rules: tuple[Rule, ...] = ()
    renamed: Mapping[str, str] = field(default_factory=dict)  # settings of older versions: old path -> new path
    architecture: tuple[str, ...] = ()  # settings that make another model, which weights do not fit
    shapes: tuple[str, ...] = ()  # settings on which the shapes of parameters depend
    left_to_data: tuple[str, ...] = ()  # settings that the data decide where they are null

    metrics: tuple[Metric, ...] = ()
    score: str = "loss"  # of validation: the best weights have the lowest
    default_metric: str = "loss"  # that checks and baselines are about where none is named
    example_limit: str = "loss=1"  # a limit, as `eval --max` takes it
    baselines: tuple[str, ...] = ()  # that a model can be asked to beat

    train_options: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # group -> settings
    shortcuts: tuple[Shortcut, ...] = ()
    eval_options: tuple[Option, ...] = ()
    generate_options: tuple[Option, ...] = ()
    memory_bound: bool = False  # `generate` reads every weight for each token, which several cores do faster
    generate_files: str | None = None  # help of FILE of `generate`; None: it takes none
    examples: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # command -> example lines
    about: Mapping[str, str] = field(default_factory=dict)  # command -> sentences for its help
    next_commands: Callable[[str, Any], Iterable[Next]] = lambda run, started: ()  # (run folder, RunStarted)

    def load(self) -> "type[Task]":
        """The heavy half, imported."""
        module, _, name = self.heavy.partition(":")
        return getattr(import_module(module), name)

    def metric(self, name: str) -> Metric | None:
        """The Metric of that name."""
        return next((metric for metric in self.metrics if metric.covers(name)), None)


class Example(NamedTuple):
    """A small data file and settings by which the laws of tasks try a task."""

    name: str
    text: str
    settings: dict[str, Any]


class Sample(Protocol):
    """What a model shows of itself while it trains: a text, a forecast."""

    title: ClassVar[str]  # what it is called: "sample"
    wraps: ClassVar[bool]  # whether long lines may be broken: text, not a drawing

    def lines(self, width: int, unicode: bool, color: bool) -> list[str]:
        """Lines for a terminal, safe to print; `color`: with ANSI codes."""
        ...

    def record(self) -> Any:
        """JSON-ready data, a text or a dict."""
        ...


class Table(NamedTuple):
    """Rows of texts for people; the first is the header. The first `left` columns stand to the left."""

    rows: Sequence[Sequence[str]]
    left: int = 1


class Record(NamedTuple):
    """One of many results of an evaluation: `one` names it in JSON lines, `many` its list in JSON."""

    many: str
    one: str
    values: dict[str, Any]


class Report(Protocol):
    """What an evaluation found; `ui.report` writes it as text, JSON and JSON lines.

    A class that derives from it gets a report of one table, without records, notes and warnings.
    """

    @property
    def warnings(self) -> Sequence[str]:
        """What should not be missed, shown on standard error."""
        return ()

    @property
    def notes(self) -> Sequence[str]:
        """Sentences that stand behind the figures."""
        return ()

    @property
    def lists(self) -> Sequence[str]:
        """Names of the lists of records that there are, perhaps empty, in the order of JSON."""
        return ()

    def metrics(self) -> Mapping[str, float | None]:
        """{name: figure}, None where it has no value."""
        ...

    def baselines(self) -> Mapping[str, Mapping[str, Any] | None]:
        """{baseline: {name: figure, ..., "skill_percent"}}."""
        ...

    def summary(self) -> dict[str, Any]:
        """The JSON of the whole, metrics and baselines among it; without schema, task and checks."""
        return {"metrics": self.metrics(), "baselines": self.baselines()}

    def records(self) -> Iterator[Record]:
        """The results one by one, in the order of JSON lines."""
        return iter(())

    def details(self) -> Iterator[str | Table]:
        """Records for people, in front of the figures: lines and tables."""
        return iter(())

    def figures(self) -> Iterator[str | Table]:
        """The model beside its baselines for people, with what the figures mean."""
        rows = {"model": self.metrics()} | {name: row for name, row in self.baselines().items() if row is not None}
        names = list(self.metrics())
        cells = ([f"{row[name]:.4g}" if row.get(name) is not None else "-" for name in names] for row in rows.values())
        yield Table([["", *names], *([label, *texts] for label, texts in zip(rows, cells))])


class Output(Protocol):
    """Where a task writes what `generate` makes, and says what `eval` should not keep to itself."""

    format: str  # "text", "jsonl", of `eval` also "json"
    quiet: bool
    interactive: bool  # whether notes are read at a terminal, so that a drawing is welcome
    width: int  # characters of that terminal
    unicode: bool
    color: bool

    def write(self, text: str) -> None:
        """Text for standard output: exact to a pipe, made safe for a terminal."""
        ...

    def end_line(self) -> None:
        """A newline, unless one was written last."""
        ...

    def flush(self) -> None:
        """Hand on what was written."""
        ...

    def note(self, line: str) -> None:
        """A line on standard error, unless --quiet."""
        ...

    def warn(self, line: str) -> None:
        """The same, also with --quiet."""
        ...

    def draw(self, lines: Iterable[str]) -> None:
        """Lines on standard error as they are, colours included."""
        ...

    def progress(self, what: str, done: int, total: int | None) -> None:
        """How far a long piece of work is."""
        ...


class Evaluator(Protocol):
    """Scores the validation part while a run trains, in memory that is made once.

    A class that derives from it shows no samples, has no findings and is tried out as a whole.
    """

    def score(self, weights: Any) -> dict[str, float] | None:
        """{name: figure} of these weights, `kind.score` among them; None without a validation part."""
        ...

    def try_out(self, weights: Any) -> float:
        """Do a part of `score`; returns its share, for an estimate of the time."""
        self.score(weights)
        return 1.0

    def sample(self, weights: Any) -> Sample | None:
        """A Sample of these weights, None where none is wanted."""
        return None

    def findings(self) -> dict[str, Any]:
        """{name: array} of what the last `score` found and the use of the model needs."""
        return {}


class Task(Protocol):
    """What a run learns, its data read and its model built; made by `load`.

    config: the one Config of the run; data: has digest, files and notes; encoder: turns data into numbers and travels
    in the model file, `encoder.size` is what the model is built for; batches: what it is trained on.
    A class that derives from it needs to write only what has no default here.
    """

    kind: ClassVar[TaskKind]
    config: Any
    data: Any
    encoder: Any
    model: Any
    batches: Any
    hopeless: float = inf  # a mean loss above it: the network is on its way to infinity
    targets_per_step: int
    needs: tuple[str, ...] = ()  # names of what the use of the model needs to be given
    chars_per_token: float | None = None  # of a text; None where losses are not per token

    @classmethod
    def load(cls, draft: Any, encoder: Any = None, progress: Callable[[int, int], None] | None = None) -> "Task":
        """Read the data that `draft` (config.Draft) names, decide in it what is left to data, and build the rest.

        encoder: of a stored model, None to fit one; progress(done, total): bytes read. Raises DataError, ConfigError
        and ResourceError.
        """
        ...

    def evaluator(self, memory: Any) -> Evaluator:
        """The Evaluator, its plans made in `memory`."""
        ...

    def describe(self, workers: int) -> tuple[str, ...]:
        """The data, the splits and the model, a line each."""
        model = self.config.model
        return (f"data: {', '.join(self.data.files)}", f"model: {model.cell} {' + '.join(map(str, model.sizes))}")

    def summary(self) -> dict[str, Any]:
        """What summary.json says of the task."""
        return {}

    def extra_tensors(self) -> dict[str, Any]:
        """{name: array} that a model file holds beside weights; no name begins with theta/, opt/ or state/."""
        return {}

    def extra_record(self) -> dict[str, Any] | None:
        """JSON-ready data that belongs to `extra_tensors`."""
        return None

    @staticmethod
    def build(config: Any, size: Any) -> Any:
        """The model of a Config for an encoder of this `size`. Raises ConfigError for settings that do not fit."""
        ...

    @staticmethod
    def encoder_from_dict(values: dict[str, Any]) -> Any:
        """The encoder that its `to_dict` described. Raises ModelFileError."""
        ...

    @classmethod
    def metric_names(cls, loaded: Any, options: Mapping[str, Any]) -> tuple[str, ...]:
        """The names in `Report.metrics` of an evaluation with these options, before it is made."""
        return tuple(metric.name for metric in cls.kind.metrics)

    @staticmethod
    def evaluate(loaded: Any, options: Mapping[str, Any], out: Output) -> Report:
        """Score a stored model (Loaded). options: files, split, beaten (names of baselines), and `kind.eval_options`
        by their keys."""
        ...

    @staticmethod
    def generate(loaded: Any, options: Mapping[str, Any], out: Output) -> None:
        """Write what the model makes. options: files, seed, drawn (nobody chose the seed), and
        `kind.generate_options` by their keys."""
        ...

    @staticmethod
    def gradcheck_cases(cell: str, seed: int) -> Iterable[Any]:
        """The gradient-check cases of this task's models with one cell."""
        ...

    @staticmethod
    def shared_gradcheck_cases(seed: int) -> Iterable[Any]:
        """The gradient-check cases of what belongs to this task and to no cell."""
        return ()

    @staticmethod
    def saved_gradcheck_case(loaded: Any, seed: int) -> Any:
        """The gradient-check case of a stored model (Loaded)."""
        ...

    @staticmethod
    def example() -> Example:
        """What the laws of tasks try this task with."""
        ...
