"""Checks for CI: limits on the metrics of an evaluation, set by hand, by the baseline or by an earlier evaluation."""

import json
import math
from dataclasses import asdict, dataclass
from difflib import get_close_matches
from pathlib import Path

from ..errors import CheckFailed, ConfigError, DataError

LOWER_IS_BETTER = (
    "nats_per_char",
    "bits_per_char",
    "perplexity",
    "nats_per_token",
    "spelling_nats_per_char",
    "context_nats_per_char",
    "context_bits_per_char",
    "context_perplexity",
    "context_nats_per_token",
    "mae",
    "rmse",
    "mse",
    "mape",
    "smape",
    "mase",
    "owa",
    "wql",
    "z_mae",
    "z_mse",
    "z_rmse",
    "msis_",
)
MAX, MIN, BASELINE, REGRESS = "max", "min", "beat-baseline", "max-regress"
SIGNS = {MAX: "<=", MIN: ">=", BASELINE: "<", REGRESS: "<="}


@dataclass(frozen=True)
class Task:
    """What the checks of a kind of evaluation are about.

    known: the names of the metrics that there will be; default: the one that is meant where none is named; baselines:
    those that can be beaten; example: a limit as it is written.
    """

    known: tuple[str, ...]
    default: str
    baselines: tuple[str, ...]
    example: str


@dataclass(frozen=True)
class Gate:
    """A demand on one metric. limit: None where only the evaluation tells it (the baseline's figure)."""

    kind: str  # one of SIGNS
    metric: str
    limit: float | None = None
    baseline: str | None = None  # whose figure it is
    named: bool = False  # whether the check says so: where there are several

    def check(self, metrics, baselines):
        """The Check of this gate; a figure that is missing, None or not finite fails."""
        expected = self.limit
        if self.kind == BASELINE:
            expected = (baselines.get(self.baseline) or {}).get(self.metric)
        expected, found = _finite(expected), _finite(metrics.get(self.metric))
        name = f"{self.kind} {self.baseline} {self.metric}" if self.named else f"{self.kind} {self.metric}"
        if expected is None or found is None:
            return Check(name, SIGNS[self.kind], expected, found, None, False)
        margin = found - expected if self.kind == MIN else expected - found
        passed = margin > 0 if self.kind == BASELINE else margin >= 0
        return Check(name, SIGNS[self.kind], expected, found, margin, passed)


@dataclass(frozen=True)
class Check:
    """What became of a gate. margin: how far `found` is on the right side of `expected`, negative on the wrong one."""

    name: str  # "max bits_per_char"
    sign: str  # what `found` should be to `expected`: <=, >= or <
    expected: float | None
    found: float | None
    margin: float | None
    passed: bool

    def to_dict(self):
        """Plain JSON data."""
        return asdict(self)

    def __str__(self):
        if self.margin is None:
            missing = "found no finite figure" if self.found is None else "there is no figure to compare with"
            return f"{self.name}: {missing}"
        return (
            f"{self.name}: found {self.found:.6g}, expected {self.sign} {self.expected:.6g}, margin {self.margin:+.3g}"
        )


def parse_gates(task, maxima=(), minima=(), beaten=(), regress=()):
    """The Gates that options ask for, as a tuple.

    task: a Task. maxima, minima: texts "name=value". beaten: names of baselines. regress: texts "base.json:1%" or
    "base.json:perplexity=1%", base.json written by an earlier `eval --format json`; without a name it is the default.
    Raises ConfigError for what cannot be read, DataError for a base that is of no use.
    """
    gates = [_limit(kind, text, task) for kind, texts in ((MAX, maxima), (MIN, minima)) for text in texts]
    gates += [Gate(BASELINE, task.default, baseline=name, named=len(task.baselines) > 1) for name in beaten]
    return (*gates, *(_regress(text, task) for text in regress))


def apply_gates(gates, metrics, baselines):
    """The Check of every gate, as a tuple."""
    return tuple(gate.check(metrics, baselines) for gate in gates)


def raise_if_failed(checks):
    """Raise CheckFailed naming every check that did not pass."""
    failed = [check for check in checks if not check.passed]
    if failed:
        raise CheckFailed(
            f"{len(failed)} of {len(checks)} checks failed: {'; '.join(map(str, failed))}",
            "the model is not good enough for these limits: train it further, or change the limits",
        )


def _limit(kind, text, task):
    name, equals, value = text.partition("=")
    limit = _number(value)
    if not equals or limit is None:
        raise ConfigError(f"--{kind} {text}: not a name and a number", f"write --{kind} {task.example}")
    return Gate(kind, _known(name, task.known, f"--{kind} {text}"), limit)


def _regress(text, task):
    """The Gate of "base.json:1%" or "base.json:name=1%"."""
    path, colon, rest = text.rpartition(":")
    name, _, percent = rest.rpartition("=")
    share = _number(percent.removesuffix("%")) if percent.endswith("%") else None
    if not (colon and path) or share is None or share < 0:
        raise ConfigError(
            f"--max-regress-from {text}: not a file and a percentage",
            f"write --max-regress-from base.json:1% or base.json:{task.example.partition('=')[0]}=1%",
        )
    lower = [each for each in task.known if each.rstrip("0123456789.") in LOWER_IS_BETTER]
    name = _known(name or task.default, lower, f"--max-regress-from {text}")
    base = _base_figure(path, name)
    return Gate(REGRESS, name, base + abs(base) * share / 100)


def _known(name, known, option):
    if name not in known:
        near = get_close_matches(name, known, 1)
        raise ConfigError(
            f"{option}: unknown metric '{name}'; known: {', '.join(known)}",
            f"did you mean '{near[0]}'?" if near else "name one of the known metrics",
        )
    return name


def _base_figure(path, name):
    """The metric `name` in the JSON of an earlier evaluation; raises DataError where it has none."""
    try:
        base = json.loads(Path(path).read_text("utf-8"))
        figure = base["metrics"][name]
    except OSError as error:
        raise DataError(f"{path}: {(error.strerror or str(error)).lower()}", "name what an earlier eval wrote")
    except (ValueError, TypeError, KeyError):
        figure = None
    if isinstance(figure, bool) or not isinstance(figure, int | float) or _finite(figure) is None:
        raise DataError(f"{path}: holds no figure metrics.{name}", "write it with: rnncli eval RUN --format json")
    return figure


def _number(text):
    """A finite number, or None."""
    try:
        return _finite(float(text))
    except ValueError:
        return None


def _finite(value):
    return value if value is not None and math.isfinite(value) else None
