"""Checks for CI: limits on the metrics of an evaluation, given by hand, by a baseline or by an earlier evaluation."""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from ..errors import CheckFailed, ConfigError, DataError
from .base import TaskKind

Figures = Mapping[str, Any]  # {name of a metric: value, None where it has none}

MAX, MIN, BASELINE, REGRESS = "max", "min", "beat-baseline", "max-regress"
LOWER, HIGHER = "lower", "higher"
SIGNS = {
    LOWER: {MAX: "<=", MIN: ">=", BASELINE: "<", REGRESS: "<="},
    HIGHER: {MAX: "<=", MIN: ">=", BASELINE: ">", REGRESS: ">="},
}
AT_MOST = ("<=", "<")


@dataclass(frozen=True)
class LimitCheck:
    """A demand on one metric. limit: None where only the evaluation yields it (the baseline's value)."""

    kind: str  # MAX, MIN, BASELINE or REGRESS
    metric: str
    limit: float | None = None
    baseline: str | None = None  # the baseline whose value is the limit
    named: bool = False  # whether the check names the baseline: where there are several
    better: str = LOWER  # which values of the metric are better

    def outcome(self, metrics: Figures, baselines: Mapping[str, Figures | None]) -> "MetricCheck":
        """The MetricCheck for these values; a value that is missing, None or not finite fails."""
        expected = self.limit
        if self.kind == BASELINE:
            expected = (baselines.get(str(self.baseline)) or {}).get(self.metric)
        expected, found = _finite(expected), _finite(metrics.get(self.metric))
        name = f"{self.kind} {self.baseline} {self.metric}" if self.named else f"{self.kind} {self.metric}"
        sign = SIGNS[self.better][self.kind]
        if expected is None or found is None:
            return MetricCheck(name, sign, expected, found, None, False)
        margin = expected - found if sign in AT_MOST else found - expected
        passed = margin > 0 if self.kind == BASELINE else margin >= 0
        return MetricCheck(name, sign, expected, found, margin, passed)


@dataclass(frozen=True)
class MetricCheck:
    """The outcome of a LimitCheck. margin: how far `found` is on the right side of `expected`, negative on the wrong
    side."""

    name: str  # "max accuracy"
    sign: str  # the relation of `found` to `expected` that passes: <=, >=, < or >
    expected: float | None
    found: float | None
    margin: float | None
    passed: bool

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON data."""
        return asdict(self)

    def __str__(self) -> str:
        if self.margin is None:
            missing = "found no finite value" if self.found is None else "there is no value to compare with"
            return f"{self.name}: {missing}"
        return (
            f"{self.name}: found {self.found:.6g}, expected {self.sign} {self.expected:.6g}, margin {self.margin:+.3g}"
        )


def beaten_baselines(kind: TaskKind, names: Sequence[str], files: Sequence[str] = ()) -> tuple[str, ...]:
    """The baselines that --beat-baseline names; "" stands for the only one of a kind.

    files: other arguments, which may include a misspelt name, taken as such if there is no file of that name. Raises
    ConfigError for "" where there are several, and for an unknown name.
    """
    known = kind.baselines
    strange = next((file for file in files if file != "-" and not Path(file).exists()), "")
    found = [name or (known[0] if len(known) == 1 else strange) for name in names]
    for name in found:
        if name not in known:
            near = get_close_matches(name, known, 1) or [
                near for file in files for near in get_close_matches(file, known, 1)
            ]
            raise ConfigError(
                f"--beat-baseline {f'{name}: unknown baseline' if name else 'needs the name of a baseline'}; "
                f"known: {', '.join(known) or 'none'}",
                f"did you mean '--beat-baseline {near[0]}'?"
                if near
                else f"write --beat-baseline {(*known, 'NAME')[0]}",
            )
    return tuple(dict.fromkeys(found))


def limit_checks(
    kind: TaskKind,
    names: Sequence[str],
    maxima: Sequence[str] = (),
    minima: Sequence[str] = (),
    beaten: Sequence[str] = (),
    regress: Sequence[str] = (),
) -> tuple[LimitCheck, ...]:
    """The LimitChecks that options ask for.

    names: of the metrics that the evaluation will have. maxima, minima: strings "name=value". beaten: names of
    baselines. regress: strings "base.json:1%" or "base.json:name=1%", base.json written by an earlier `eval --format
    json`; without a name it is the kind's default metric. Raises ConfigError for a value that cannot be parsed,
    DataError for a base.json that cannot be used.
    """
    checks = [_limit(kind, names, which, text) for which, texts in ((MAX, maxima), (MIN, minima)) for text in texts]
    several, metric = len(kind.baselines) > 1, kind.default_metric
    better = direction(kind, metric) or LOWER
    checks += [LimitCheck(BASELINE, metric, baseline=name, named=several, better=better) for name in beaten]
    return (*checks, *(_regress(kind, names, text) for text in regress))


def direction(kind: TaskKind, name: str) -> str | None:
    """Which values of a metric are better, "lower" or "higher"; None for neither."""
    metric = kind.metric(name)
    return metric and metric.better


def outcomes(
    checks: Sequence[LimitCheck], metrics: Figures, baselines: Mapping[str, Figures | None]
) -> tuple[MetricCheck, ...]:
    """The MetricCheck of every LimitCheck."""
    return tuple(check.outcome(metrics, baselines) for check in checks)


def raise_if_failed(checks: Sequence[MetricCheck]) -> None:
    """Raise CheckFailed naming every check that did not pass."""
    failed = [check for check in checks if not check.passed]
    if failed:
        raise CheckFailed(
            f"{len(failed)} of {len(checks)} checks failed: {'; '.join(map(str, failed))}",
            "the model does not meet these limits: train it further, or change the limits",
        )


def _limit(kind, names, which, text):
    """The LimitCheck of "name=value"."""
    name, equals, value = text.partition("=")
    limit = _number(value)
    if not equals or limit is None:
        usual = kind.example_limit
        example = f"{name}=0.5" if name in names and not usual.startswith(f"{name}=") else usual
        raise ConfigError(f"--{which} {text}: expected the name of a metric and a number", f"write --{which} {example}")
    return LimitCheck(which, _known(name, names, f"--{which} {text}"), limit)


def _regress(kind, names, text):
    """The LimitCheck of "base.json:1%" or "base.json:name=1%"."""
    path, colon, rest = text.rpartition(":")
    name, _, percent = rest.rpartition("=")
    share = _number(percent.removesuffix("%")) if percent.endswith("%") else None
    if not (colon and path) or share is None or share < 0:
        raise ConfigError(
            f"--max-regress-from {text}: expected a file and a percentage",
            f"write --max-regress-from base.json:1% or base.json:{kind.example_limit.partition('=')[0]}=1%",
        )
    directed = [each for each in names if direction(kind, each)]
    name = _known(name or kind.default_metric, directed, f"--max-regress-from {text}")
    base, better = _base_figure(path, name), direction(kind, name) or LOWER
    worst = abs(base) * share / 100
    return LimitCheck(REGRESS, name, base - worst if better == HIGHER else base + worst, better=better)


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
    wanted = "name a file that 'eval --format json' wrote"
    try:
        base = json.loads(Path(path).read_text("utf-8"))
    except OSError as error:
        raise DataError(f"{path}: {(error.strerror or str(error)).lower()}", wanted) from error
    except (ValueError, RecursionError) as error:
        raise DataError(f"{path}: not JSON in UTF-8", wanted) from error
    try:
        figure = base["metrics"][name]
    except (TypeError, KeyError):
        figure = None
    if isinstance(figure, bool) or not isinstance(figure, int | float) or _finite(figure) is None:
        raise DataError(f"{path}: has no number metrics.{name}", "write it with: rnncli eval RUN --format json")
    return figure


def _number(text):
    """A finite number, or None."""
    try:
        return _finite(float(text))
    except ValueError:
        return None


def _finite(value):
    return value if value is not None and math.isfinite(value) else None
