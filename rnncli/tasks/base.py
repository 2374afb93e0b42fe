"""The contract of a task: `TaskKind`, known before anything is loaded, and `Task`, which does the work.

A kind imports no NumPy, so that help and configuration stay fast. It names its heavy half as "module:class". Whatever
is true of only one kind of task stays in its folder; commands, training and storage use only this contract.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from math import inf
from typing import Any, ClassVar, Literal, NamedTuple, Protocol

from ..settings import Implied, Rule

Progress = Callable[[str, int, int | None], None]  # (activity, done, total), total None where it is not known


def _none() -> dict[str, Any]:
    """The empty default of a mapping."""
    return {}


@dataclass(frozen=True)
class Metric:
    """A metric of an evaluation. A name that ends in * stands for several: coverage_* for coverage_80, coverage_95."""

    name: str
    unit: str  # "nats", "%"; "" for no unit, or that of the data
    better: Literal["lower", "higher"] | None  # None: neither, as for a count
    label: str  # the title of its column
    format: str = ".4f"

    def covers(self, name: str) -> bool:
        """Whether this is the metric of that name."""
        return name.startswith(self.name[:-1]) if self.name.endswith("*") else name == self.name


@dataclass(frozen=True)
class Option:
    """An option of `eval` or `generate` that some tasks have.

    type: bool, int, float, str, list[str] or a Literal; a bool named "--x/--no-x" has both forms. `default` is its
    value where it is not given. Tasks that share an option share one declaration.
    """

    name: str
    type: Any
    help: str
    group: str
    default: Any = None
    metavar: str | None = None
    min: float | None = None
    max: float | None = None
    short: str | None = None  # a second name, of one letter: "-o"

    @property
    def key(self) -> str:
        """The name without dashes, the key under which a task receives its value: per_line for --per-line."""
        return self.name.partition("/")[0].lstrip("-").replace("-", "_")


class Shortcut(NamedTuple):
    """An option of `train` that takes no value and sets one value of a setting: --wide for --layout wide."""

    name: str
    path: str
    value: str
    help: str
    group: str


class Next(NamedTuple):
    """A command to suggest after a run: its arguments after `rnncli`, and its purpose."""

    arguments: str
    purpose: str


@dataclass(frozen=True)
class TaskKind:
    """Everything about a kind of task that the commands need before it is loaded."""

    name: str  # as in `--task NAME`
    data: str  # the name of its data in messages: "text", "series"
    summary: str  # a sentence for the help
    heavy: str  # "module:class" of its Task
    accepts: Callable[[Sequence[str]], float]  # how sure it is, 0 to 1, that files of these names are its own
    unit: str  # the name of a target: "token"

    sections: Mapping[str, type] = field(default_factory=_none)  # its own sections of the configuration
    uses: tuple[str, ...] = ()  # its settings in the common sections that other tasks have no use for
    defaults: Mapping[str, Any] = field(default_factory=_none)  # of common settings, where they differ
    length: Mapping[str, int] = field(default_factory=_none)  # default limits of a run without any
    implied: Mapping[str, Implied] = field(default_factory=_none)
    rules: tuple[Rule, ...] = ()
    renamed: Mapping[str, str] = field(default_factory=_none)  # settings of older versions: old path -> new path
    architecture: tuple[str, ...] = ()  # settings that change the model, so that stored weights no longer fit
    shapes: tuple[str, ...] = ()  # settings on which the shapes of parameters depend
    left_to_data: tuple[str, ...] = ()  # settings that the data decide where they are null
    data_files: tuple[str, ...] = ()  # settings that name files with data, besides data.files

    metrics: tuple[Metric, ...] = ()
    score: str = "loss"  # the validation metric that selects the best weights: lower is better
    default_metric: str = "loss"  # the metric of checks and baselines where none is named
    example_limit: str = "loss=1"  # an example of a limit for `eval --max`
    baselines: tuple[str, ...] = ()  # names that --beat-baseline accepts

    train_options: Mapping[str, tuple[str, ...]] = field(default_factory=_none)  # group -> settings
    shortcuts: tuple[Shortcut, ...] = ()
    eval_options: tuple[Option, ...] = ()
    generate_options: tuple[Option, ...] = ()
    reading: tuple[str, ...] = ()  # settings that say how a file is read: options of `eval` and `generate` too
    memory_bound: bool = False  # `generate` reads every weight for each token, which several cores do faster
    generate_files: str | None = None  # the help of FILE in `generate`; None: it takes no file
    examples: Mapping[str, tuple[str, ...]] = field(default_factory=_none)  # command -> example lines
    about: Mapping[str, str] = field(default_factory=_none)  # command -> sentences for its help
    inspect_parts: Mapping[str, str] = field(default_factory=_none)  # part of `inspect` -> a sentence for its help
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
    given: tuple[str, ...] = ()  # the files that `generate` needs


class Sample(Protocol):
    """Output of a model shown while it trains: a text, a forecast."""

    title: ClassVar[str]  # its heading: "sample"
    wraps: ClassVar[bool]  # whether long lines may be broken: yes for text, no for a drawing

    def lines(self, width: int, unicode: bool, color: bool) -> list[str]:
        """Lines for a terminal, safe to print; `color`: with ANSI codes."""
        ...

    def record(self) -> Any:
        """JSON-ready data: a string or a dict."""
        ...


class Table(NamedTuple):
    """Rows of strings for people; the first is the header. The first `left` columns are aligned left."""

    rows: Sequence[Sequence[str]]
    left: int = 1


class Record(NamedTuple):
    """One of many results of an evaluation: `one` is its name in JSON lines, `many` that of its list in JSON."""

    many: str
    one: str
    values: dict[str, Any]


class Report(Protocol):
    """The results of an evaluation; `ui.report` writes them as text, JSON and JSON lines.

    A class that derives from it gets a report of one table, without records, notes and warnings.
    """

    @property
    def warnings(self) -> Sequence[str]:
        """Sentences that nobody should miss, shown on standard error."""
        return ()

    @property
    def notes(self) -> Sequence[str]:
        """Sentences printed after the figures."""
        return ()

    @property
    def lists(self) -> Sequence[str]:
        """Names of the lists of records in this report, empty ones included, in the order of JSON."""
        return ()

    def metrics(self) -> Mapping[str, float | None]:
        """{name: value}, None where a metric has no value."""
        ...

    def baselines(self) -> Mapping[str, Mapping[str, Any] | None]:
        """{baseline: {name: value, ..., "skill_percent"}}."""
        ...

    def summary(self) -> dict[str, Any]:
        """The JSON of the whole, including metrics and baselines; without schema, task and checks."""
        return {"metrics": self.metrics(), "baselines": self.baselines()}

    def records(self) -> Iterator[Record]:
        """The results one by one, in the order of JSON lines."""
        return iter(())

    def details(self) -> Iterator[str | Table]:
        """The records for people, printed before the figures: lines and tables."""
        return iter(())

    def figures(self) -> Iterator[str | Table]:
        """The model beside its baselines for people, with the meaning of the figures."""
        rows = {"model": self.metrics()} | {name: row for name, row in self.baselines().items() if row is not None}
        names = list(self.metrics())
        cells = ([f"{row[name]:.4g}" if row.get(name) is not None else "-" for name in names] for row in rows.values())
        yield Table([["", *names], *([label, *texts] for label, texts in zip(rows, cells))])


class Output(Protocol):
    """Where a task writes the output of `generate` and the notes and progress of both `generate` and `eval`."""

    format: str  # "text", "jsonl"; for `eval` also "json"
    quiet: bool
    interactive: bool  # whether standard error is a terminal, so that a drawing is welcome
    width: int  # characters of that terminal
    unicode: bool
    color: bool
    exact: bool  # whether standard output gets text unchanged, as it is no terminal

    def write(self, text: str) -> None:
        """Text for standard output: exact to a pipe, made safe for a terminal."""
        ...

    def end_line(self) -> None:
        """A newline, unless one was written last."""
        ...

    def flush(self) -> None:
        """Pass buffered output on."""
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
        """Report how far a long activity, such as "reading", has come."""
        ...


class Evaluator(Protocol):
    """Scores the validation data while a run trains, in memory allocated once.

    A class that derives from it shows no samples, has no findings and is tried out as a whole.
    """

    def score(self, weights: Any) -> dict[str, float] | None:
        """{name: value} for these weights, `kind.score` included; None without validation data."""
        ...

    def try_out(self, weights: Any) -> float:
        """Run a part of `score`; returns its share of the whole, to estimate the time."""
        self.score(weights)
        return 1.0

    def sample(self, weights: Any) -> Sample | None:
        """A Sample of these weights, None where none is wanted."""
        return None

    def findings(self) -> dict[str, Any]:
        """{name: array} of results of the last `score` that the trained model needs later."""
        return {}


class Task(Protocol):
    """The task of one run, with its data read and its model built; made by `load`.

    config: the one Config of the run; data: has digest, files and notes; encoder: turns data into numbers and is stored
    in the model file, `encoder.size` gives the input and output sizes of the model; batches: the training batches.
    A class that derives from it needs to write only what has no default here.
    """

    kind: ClassVar[TaskKind]
    config: Any
    data: Any
    encoder: Any
    model: Any
    batches: Any
    hopeless: float = inf  # a mean loss above it means that the network is diverging
    targets_per_step: int
    needs: tuple[str, ...] = ()  # the inputs that users of the model must provide: names, or examples of them
    chars_per_token: float | None = None  # of a text; None where losses are not per token
    spelling_nats_per_char: float = 0.0  # of a text: nats to spell the words outside the vocabulary, which no loss has

    @classmethod
    def load(cls, draft: Any, encoder: Any = None, progress: Callable[[int, int], None] | None = None) -> "Task":
        """Read the data that `draft` (config.Draft) names, settle there the settings left to the data, build the rest.

        encoder: of a stored model, None to fit one; progress(done, total): bytes read. Raises DataError, ConfigError
        and ResourceError.
        """
        ...

    def start(self, views: Any) -> Iterable[str]:
        """Change the initial weights of a new run, `views` {layer: its arrays by name}; returns notes.

        Raises ConfigError and ModelFileError.
        """
        return ()

    def evaluator(self, memory: Any) -> Evaluator:
        """The Evaluator, its plans made in `memory`."""
        ...

    def watched(self, steps: int | None, rows: int) -> Any:
        """A batch (nn.model.Batch) to look at gradients with, the same at every call: held-out data, long sequences.

        steps: of a row, where the task can choose them, None for its own length; rows: at most so many. By default the
        first batch of training.
        """
        return next(iter(self.batches.epoch(0)))

    def describe(self, workers: int) -> tuple[str, ...]:
        """The data, the splits and the model, one line each."""
        model = self.config.model
        return (f"data: {', '.join(self.data.files)}", f"model: {model.cell} {' + '.join(map(str, model.sizes))}")

    def summary(self) -> dict[str, Any]:
        """The entries of the task in summary.json."""
        return {}

    def extra_tensors(self) -> dict[str, Any]:
        """{name: array} that a model file holds beside the weights; no name begins with theta/, opt/ or state/."""
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
        """The encoder that `to_dict` wrote. Raises ModelFileError."""
        ...

    @classmethod
    def check_stored_encoder(cls, values: Any, config: Any) -> None:
        """Raise `storage.declared.Malformed` unless `values`, from a model file that may come from anyone, are what
        `encoder.to_dict` writes for a run of this Config. Called before `encoder_from_dict`."""

    @classmethod
    def check_stored_tensors(cls, config: Any, encoder: Any, arrays: Mapping[str, Any], record: Any) -> None:
        """Raise `storage.declared.Malformed` unless `arrays` {name: array} and `record` of a model file are what
        `extra_tensors`, `findings` and `extra_record` give for a run of this Config."""

    @classmethod
    def metric_names(cls, loaded: Any, options: Mapping[str, Any]) -> tuple[str, ...]:
        """The names that `Report.metrics` will have for an evaluation with these options."""
        return tuple(metric.name for metric in cls.kind.metrics)

    @staticmethod
    def evaluate(loaded: Any, options: Mapping[str, Any], out: Output) -> Report:
        """Score a stored model (Loaded). options: files, config (a Config: that of the model, with the `kind.reading`
        settings by which files are read), split, beaten (names of baselines), and `kind.eval_options` by their keys."""
        ...

    @staticmethod
    def generate(loaded: Any, options: Mapping[str, Any], out: Output) -> None:
        """Write output of a stored model (Loaded). options: files, config (as for `evaluate`), seed, drawn (the seed
        was not given), and `kind.generate_options` by their keys."""
        ...

    @staticmethod
    def inspect(loaded: Any, part: str, options: Mapping[str, Any], out: Output) -> Any:
        """The Finding (laboratory.drawings) of a part of `kind.inspect_parts` for a stored model (Loaded).

        options: files, to look at in place of held-out data; units, names of units to show; symbols, how many are
        shown, None for the usual number; seed. Raises ConfigError for a part that this model does not have and for
        units that are not there, DataError for data that cannot be read.
        """
        ...

    @staticmethod
    def gradcheck_cases(cell: str, seed: int) -> Iterable[Any]:
        """The gradient-check cases of this task's models with one cell."""
        ...

    @staticmethod
    def shared_gradcheck_cases(seed: int) -> Iterable[Any]:
        """The gradient-check cases of this task that depend on no cell."""
        return ()

    @staticmethod
    def saved_gradcheck_case(loaded: Any, seed: int) -> Any:
        """The gradient-check case of a stored model (Loaded)."""
        ...

    @staticmethod
    def example() -> Example:
        """What the laws of tasks try this task with."""
        ...
